//! The cheapest commitment for a design, beside its bill as configured.
//!
//! Reservations and Savings Plans are chosen over the sum of all tables and
//! indexes of a Region, as AWS applies them. A Savings Plan holds for every
//! Region; here each Region has its own, which costs the same where the usage
//! of every Region is even.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::design::Design;
use crate::finding::Origin;
use crate::pricing::{
    BestCommitment, BillSettings, Dimension, Model, PriceKey, Region, Unit, UsageSeries,
    commitment_covers,
};
use crate::scenario::{Assumption, Mode};
use crate::units::Usd;

use super::arm_use::ArmUse;
use super::billing::{BillLine, Billing};
use super::throughput::tracked_hour_weights;

/// The load that a commitment is tried against beside today's: 20 % below plan.
pub const BEHIND_PLAN: Decimal = Decimal::from_parts(8, 0, 0, false, 1);

/// Throughput of a design in one Region, hour by hour: a series for each table,
/// index and dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionUsage {
    /// The Region.
    pub region: Region,
    /// The series, all of the same hours.
    pub series: Vec<UsageSeries>,
}

/// What a month costs with the commitment and with nothing new bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The design's whole bill with the commitment, upfront fees spread over
    /// their terms.
    pub effective_monthly: Usd,
    /// The same with what was bought before and nothing new.
    pub nothing_new_monthly: Usd,
}

impl Committed {
    /// The share of the bill that the commitment saves; negative where it costs
    /// more than it saves.
    #[must_use]
    pub fn saving_share(&self) -> Decimal {
        let saved = self.nothing_new_monthly.get() - self.effective_monthly.get();
        saved.checked_div(self.nothing_new_monthly.get()).unwrap_or_default()
    }
}

/// What to buy for one Region, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionCommitment {
    /// The Region.
    pub region: Region,
    /// The optimiser's answer.
    pub best: BestCommitment,
    /// The answer rests on rates that nobody verified.
    pub unverified: bool,
}

/// The best commitment for a design under one capacity mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesignCommitment {
    /// What to buy, by Region.
    pub regions: Vec<RegionCommitment>,
    /// What is paid at once.
    pub upfront: Usd,
    /// At today's load, for which it is made.
    pub at_plan: Committed,
    /// At 80 % of it.
    pub at_80_percent: Committed,
}

impl DesignCommitment {
    /// The Savings Plans' commitment in dollars an hour.
    #[must_use]
    pub fn plan_usd_per_hour(&self) -> Usd {
        self.regions.iter().map(|one| one.best.commitment.plan_usd_per_hour).sum()
    }

    /// Years of the longest term that is bought; `None` if nothing is.
    #[must_use]
    pub fn years(&self) -> Option<u32> {
        let bought = self.regions.iter().map(|one| &one.best.commitment);
        let reserved = bought.flat_map(|one| one.reservations.iter().map(|one| one.term.years()));
        // A Savings Plan is for a year.
        let plan = (self.plan_usd_per_hour() > Usd::ZERO).then_some(1);
        reserved.chain(plan).max()
    }

    /// It rests on rates that nobody verified.
    #[must_use]
    pub fn unverified(&self) -> bool {
        self.regions.iter().any(|one| one.unverified)
    }

    /// What could not be considered, and why, each once.
    #[must_use]
    pub fn left_out(&self) -> BTreeSet<&str> {
        self.regions.iter().flat_map(|one| &one.best.left_out).map(String::as_str).collect()
    }
}

/// The throughput of bill lines, hour by hour of the month: the same in every
/// hour for a capacity that is never changed, following the load for one that
/// is auto-scaled. Request units are taken to come evenly, under which a
/// commitment fits best: for them the saving is an upper bound.
#[must_use]
pub fn hourly_usage(
    billing: &Billing<'_>,
    design: &Design,
    mode: Mode,
    uses: &[ArmUse],
    lines: &[BillLine],
) -> Vec<RegionUsage> {
    let hours = billing.settings.load.month_hours.value as usize;
    let even = vec![Decimal::ONE; hours];
    let usual = tracked_hour_weights(billing, billing.arrival.usual(), hours);
    let weights_of = |line: &BillLine| {
        let own = line
            .arm
            .and_then(|arm| billing.settings.dynamodb.table(&design.tables[arm.table].name).mode);
        if own.unwrap_or(mode) != Mode::AutoScaled {
            return Cow::Borrowed(&even);
        }
        let used = uses.iter().find(|used| Some(used.arm) == line.arm);
        let curve = used.map(|used| match line.key.dimension.unit() {
            Unit::RcuHour => billing.arrival.of_units(&used.readers),
            _ => billing.arrival.of_units(&used.writers),
        });
        match curve {
            Some(Cow::Owned(curve)) => Cow::Owned(tracked_hour_weights(billing, &curve, hours)),
            _ => Cow::Borrowed(&usual),
        }
    };
    let mut regions: BTreeMap<Region, Vec<UsageSeries>> = BTreeMap::new();
    for line in lines.iter().filter(|line| commitment_covers(line.key.dimension)) {
        regions.entry(line.region.clone()).or_default().push(UsageSeries {
            resource: line.arm.map_or_else(String::new, |arm| arm.name(design)),
            dimension: line.key.dimension,
            units: spread(line.quantity, &weights_of(line)),
        });
    }
    regions.into_iter().map(|(region, series)| RegionUsage { region, series }).collect()
}

/// A quantity over hours in proportion to their weights.
fn spread(quantity: Decimal, weights: &[Decimal]) -> Vec<Decimal> {
    let sum: Decimal = weights.iter().sum();
    // Multiplied first: a share rounded before would not add up again.
    weights.iter().map(|weight| quantity * weight / sum).collect()
}

/// The cheapest commitment for a design whose throughput is `usage`. `lines` are
/// its bill at today's load, `behind` at [`BEHIND_PLAN`], each with what other
/// stores cost; their throughput is left aside for that of `usage`.
///
/// # Errors
/// Why the bill or the commitment has no price, everything at once.
pub fn best_commitment(
    billing: &Billing<'_>,
    usage: &[RegionUsage],
    (lines, stores): (&[BillLine], Usd),
    (behind, stores_behind): (&[BillLine], Usd),
) -> Result<DesignCommitment, Vec<String>> {
    let mut faults: Vec<String> = lines
        .iter()
        .chain(behind)
        .filter_map(|line| {
            let why = line.usd.as_ref().err()?;
            Some(format!("{} in {} has no price: {why}", line.key, line.region))
        })
        .collect();
    let options = billing.settings.dynamodb.commitment.options();
    let settings = BillSettings {
        unverified: billing.settings.dynamodb.commitment.unverified.value,
        ..billing.conventions.clone()
    };
    // Lines without a price are among the faults: then there is no sum to give.
    let rest = |lines: &[BillLine]| -> Usd {
        let others = lines.iter().filter(|line| !commitment_covers(line.key.dimension));
        others.filter_map(|line| line.usd.as_ref().ok().copied()).sum()
    };
    let (rest_at_plan, rest_behind) = (rest(lines) + stores, rest(behind) + stores_behind);
    let mut sum = DesignCommitment {
        regions: Vec::new(),
        upfront: Usd::ZERO,
        at_plan: Committed { effective_monthly: rest_at_plan, nothing_new_monthly: rest_at_plan },
        at_80_percent: Committed {
            effective_monthly: rest_behind,
            nothing_new_monthly: rest_behind,
        },
    };
    for one in usage {
        let mut options = options.clone();
        if one.region != *billing.region {
            // What is paid for already was bought in the scenario's Region.
            options.sunk.clear();
        }
        let model = match Model::new(billing.book, &one.region, &one.series, &options, &settings) {
            Ok(model) => model,
            Err(found) => {
                faults.extend(found.0.iter().map(|fault| fault.what.clone()));
                continue;
            }
        };
        let best = model.optimise();
        let scaled = model.scaled(BEHIND_PLAN);
        let cost = |commitment| {
            scaled.cost(commitment).expect("the model chose from reservations that it has").monthly
        };
        sum.upfront += best.cost.upfront_cash;
        sum.at_plan.effective_monthly += best.cost.monthly;
        sum.at_plan.nothing_new_monthly += best.cost_without.monthly;
        sum.at_80_percent.effective_monthly += cost(&best.commitment);
        sum.at_80_percent.nothing_new_monthly += cost(&Default::default());
        let unverified = rests_on_unverified(billing, one, &best);
        sum.regions.push(RegionCommitment { region: one.region.clone(), best, unverified });
    }
    if faults.is_empty() {
        return Ok(sum);
    }
    faults.sort();
    faults.dedup();
    Err(faults)
}

/// What a commitment is chosen under besides the plan's settings.
#[must_use]
pub fn assumptions() -> Vec<Assumption> {
    let assumed = |id: &str, what: &str, value: &str| Assumption {
        id: id.to_owned(),
        what: what.to_owned(),
        value: value.to_owned(),
        origin: Origin::Default,
        assumed: true,
    };
    vec![
        assumed(
            "commitment.hourly_profile",
            "request units of each hour, by which a Savings Plan is used",
            "the month's, spread evenly: what a plan saves on them is an upper bound",
        ),
        assumed(
            "commitment.load",
            "load over the term of a commitment",
            "today's in every hour of it, and 80 % of it beside",
        ),
    ]
}

/// Whether what is bought has a rate in the book that nobody verified.
fn rests_on_unverified(billing: &Billing<'_>, usage: &RegionUsage, best: &BestCommitment) -> bool {
    let reserved = best.commitment.reservations.iter().flat_map(|one| {
        [
            Dimension::reserved_upfront(one.direction, one.term),
            Dimension::reserved_hours(one.direction, one.term),
        ]
    });
    let fee_unverified = reserved.into_iter().any(|fee| {
        let price = billing.book.price(&PriceKey::from(fee), &usage.region).known();
        price.is_some_and(|price| !price.verified)
    });
    let plan_unverified = !best.commitment.plan_usd_per_hour.get().is_zero()
        && usage.series.iter().any(|series| {
            let rate =
                billing.book.savings_plan_price(&PriceKey::from(series.dimension), &usage.region);
            rate.is_some_and(|rate| !rate.verified)
        });
    fee_unverified || plan_unverified
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Arrival;
    use crate::compare::billing::{Draft, monthly, priced};
    use crate::pricing::{Direction, PriceBook, Reservation, Term};
    use crate::scenario::Settings;

    fn usd(text: &str) -> Usd {
        Usd::new(text.parse().unwrap())
    }

    /// The best commitment for one month of these dimensions and quantities; at
    /// 80 % of the load the quantities are 80 % of them.
    fn best(
        plan: &str,
        region: &str,
        quantities: &[(Dimension, &str)],
    ) -> Result<DesignCommitment, Vec<String>> {
        let (settings, _) = Settings::read("plan.toml", plan).unwrap();
        let (book, region) = (PriceBook::embedded(), Region::new(region).unwrap());
        let conventions = BillSettings::default();
        let billing = Billing {
            book: &book,
            region: &region,
            settings: &settings,
            conventions: &conventions,
            peak_to_mean: 1.0,
            arrival: &Arrival::new(&settings.load, 1.0),
        };
        let design = Design {
            name: String::new(),
            summary: String::new(),
            tables: Vec::new(),
            rules: Vec::new(),
            caches: Vec::new(),
        };
        let at = |share: Decimal| {
            let draft = |(dimension, quantity): &(Dimension, &str)| Draft {
                key: PriceKey::from(*dimension),
                region: region.clone(),
                arm: None,
                part: None,
                quantity: quantity.parse::<Decimal>().unwrap() * share,
                patterns: BTreeSet::new(),
            };
            priced(&billing, quantities.iter().map(draft).collect())
        };
        let lines = at(Decimal::ONE);
        let best = best_commitment(
            &billing,
            &hourly_usage(&billing, &design, Mode::Provisioned, &[], &lines),
            (&lines, Usd::ZERO),
            (&at(BEHIND_PLAN), Usd::ZERO),
        )?;
        if settings.dynamodb.commitment.sunk.is_empty() {
            let as_configured = monthly(&lines).unwrap().get();
            assert_eq!(best.at_plan.nothing_new_monthly.get().round_dp(12), as_configured);
        }
        Ok(best)
    }

    fn rounded(committed: Committed) -> [String; 2] {
        [committed.effective_monthly, committed.nothing_new_monthly]
            .map(|usd| usd.get().round_dp(9).normalize().to_string())
    }

    /// 250 WCU all month and 10 GB, us-east-1. A unit reserved for a year costs
    /// 0.000128 + 1.50 / 8,760 = 0.000299 an hour against 0.00065: it pays from
    /// 46 % of the hours, so the third block, half used, pays. Three blocks: 300 x
    /// 0.000128 x 730 + 450 / 12 = 28.032 + 37.50 = 65.532 a month for 450 at
    /// once, instead of 250 x 0.00065 x 730 = 118.625; storage is 2.50. At 80 %
    /// the blocks cost as much, 200 WCU would cost 94.90, and storage is 2.00.
    const A_QUARTER_THOUSAND: [(Dimension, &str); 2] =
        [(Dimension::WcuHours, "182500"), (Dimension::Storage, "10")];

    #[test]
    fn blocks_are_bought_as_far_as_they_pay() {
        let best = best("", "us-east-1", &A_QUARTER_THOUSAND).unwrap();
        let bought = &best.regions[0].best.commitment;
        let three = Reservation { direction: Direction::Write, term: Term::OneYear, blocks: 3 };
        assert_eq!(bought.reservations, [three]);
        assert_eq!(best.upfront, usd("450"));
        assert_eq!(rounded(best.at_plan), ["68.032", "121.125"]);
        assert_eq!(rounded(best.at_80_percent), ["67.532", "96.9"]);
        assert!(!best.regions[0].unverified);
    }

    /// The same for three years: 300 x 0.000081 x 730 + 300 x 1.80 / 36 = 17.739 +
    /// 15, and 2.50 for storage.
    #[test]
    fn the_longer_term_is_taken_where_the_plan_allows_it() {
        let plan = "[dynamodb.commitment]\nterms = [\"1y\", \"3y\"]\n";
        let best = best(plan, "us-east-1", &A_QUARTER_THOUSAND).unwrap();
        assert_eq!(best.regions[0].best.commitment.reservations[0].term, Term::ThreeYears);
        assert_eq!(best.upfront, usd("540"));
        assert_eq!(rounded(best.at_plan)[0], "35.239");
    }

    /// Three blocks paid for already cost their hourly fee, 28.032, whatever is
    /// decided, and leave nothing to cover.
    #[test]
    fn what_is_paid_for_is_not_bought_again() {
        let plan = "[dynamodb.commitment]\n\
                    sunk = [{ direction = \"write\", term = \"1y\", blocks = 3 }]\n";
        let best = best(plan, "us-east-1", &A_QUARTER_THOUSAND).unwrap();
        assert_eq!(best.upfront, Usd::ZERO);
        assert_eq!(rounded(best.at_plan), ["30.532", "30.532"]);
        assert_eq!(best.at_plan.saving_share(), Decimal::ZERO);
    }

    /// 73 million writes on demand, 100,000 an hour: 45.625. The Savings Plan's
    /// rate is 0.5125 of a dollar a million, 18 % less: 0.05125 an hour, 37.4125 a
    /// month, also where 80 % of the writes would cost 36.50 without it.
    #[test]
    fn a_rate_that_nobody_verified_is_left_out_unless_asked_for() {
        let quantities = [(Dimension::WriteRequestUnits, "73000000")];
        let without = best("", "us-east-1", &quantities).unwrap();
        assert_eq!(rounded(without.at_plan), ["45.625", "45.625"]);
        let left_out = without.left_out();
        assert!(left_out.iter().any(|one| one.contains("not verified")), "{left_out:?}");
        let asked = "[dynamodb.commitment]\nunverified = true\n";
        let with = best(asked, "us-east-1", &quantities).unwrap();
        assert_eq!(with.plan_usd_per_hour(), usd("0.05125"));
        assert_eq!(rounded(with.at_plan), ["37.4125", "45.625"]);
        assert_eq!(rounded(with.at_80_percent), ["37.4125", "36.5"]);
        assert!(with.at_80_percent.saving_share() < Decimal::ZERO);
        assert!(with.regions[0].unverified);
    }

    #[test]
    fn the_infrequent_access_class_has_no_reservations() {
        let best = best("", "us-east-1", &[(Dimension::IaWcuHours, "730000")]).unwrap();
        assert!(best.regions[0].best.commitment.reservations.is_empty());
        assert_eq!(best.at_plan.saving_share(), Decimal::ZERO);
    }

    #[test]
    fn without_a_price_there_is_no_answer() {
        let faults = best("", "xx-nowhere-1", &A_QUARTER_THOUSAND).unwrap_err();
        assert!(faults.iter().any(|why| why.contains("dynamodb.storage in xx-nowhere-1")));
        assert!(faults.iter().any(|why| why.contains("dynamodb.wcu-hours in xx-nowhere-1")));
    }
}
