//! The cheapest commitment: against brute force, and on cases worked by hand.

use std::collections::BTreeSet;

use ddbplan::pricing::{
    BestCommitment, BillSettings, CommitmentOptions, Dimension, Direction, Model, PriceBook,
    Region, SunkReservation, Term, UsageSeries,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn region() -> Region {
    Region::new("us-east-1").expect("a Region code")
}

fn unverified() -> BillSettings {
    BillSettings { unverified: true, ..BillSettings::default() }
}

fn series(dimension: Dimension, units: &[u32]) -> UsageSeries {
    let units = units.iter().map(|units| Decimal::from(*units)).collect();
    UsageSeries { resource: dimension.id().to_owned(), dimension, units }
}

fn best(series: &[UsageSeries], options: &CommitmentOptions) -> BestCommitment {
    let book = PriceBook::embedded();
    let settings = unverified();
    let model = Model::new(&book, &region(), series, options, &settings).expect("a sound model");
    model.optimise()
}

/// List price, plan rate and which reservation (0 reads, 1 writes) covers it.
fn rates(book: &PriceBook, dimension: Dimension) -> (Decimal, Decimal) {
    let key = dimension.into();
    let list = book.price(&key, &region()).known().expect("a price").first_paid().get();
    let plan = book.savings_plan_price(&key, &region()).expect("a plan rate").usd.get();
    (list, plan)
}

fn first_paid(book: &PriceBook, dimension: Dimension) -> Decimal {
    book.price(&dimension.into(), &region()).known().expect("a price").first_paid().get()
}

/// The slow, obvious way: every number of blocks of each direction, and every
/// plan commitment that exactly covers the best-discounted usage of some hour
/// up to some kind. Costs are piecewise linear in the plan between those.
fn brute_force(all: &[UsageSeries], terms: &[Term], plan: bool, sunk: [u32; 2]) -> Decimal {
    let book = PriceBook::embedded();
    let hours = all[0].units.len();
    let effective = |direction| {
        let of = |term: &Term| {
            let upfront = first_paid(&book, Dimension::reserved_upfront(direction, *term));
            let hourly = first_paid(&book, Dimension::reserved_hours(direction, *term));
            hourly + upfront / Decimal::from(8760 * term.years())
        };
        terms.iter().map(of).min()
    };
    let fees = [effective(Direction::Read), effective(Direction::Write)];
    let most = |index: usize, dimension: Dimension| {
        if fees[index].is_none() {
            return 0;
        }
        let in_hour = |hour: usize| -> Decimal {
            all.iter().filter(|s| s.dimension == dimension).map(|s| s.units[hour]).sum()
        };
        let peak = (0..hours).map(in_hour).max().unwrap_or_default();
        u32::try_from((peak / Decimal::from(100)).ceil()).expect("small")
    };
    let mut least = Decimal::MAX;
    for reads in 0..=most(0, Dimension::RcuHours) {
        for writes in 0..=most(1, Dimension::WcuHours) {
            let blocks = [reads, writes];
            let fee: Decimal =
                (0..2).map(|i| fees[i].unwrap_or_default() * Decimal::from(100 * blocks[i])).sum();
            // What is left in each hour: (plan rate, list price, units), the
            // largest discount first.
            let left: Vec<Vec<(Decimal, Decimal, Decimal)>> = (0..hours)
                .map(|hour| {
                    let mut free = [0, 1].map(|i| Decimal::from(100 * (blocks[i] + sunk[i])));
                    let mut rows: Vec<(Decimal, Decimal, Decimal)> = Vec::new();
                    for one in all {
                        let mut units = one.units[hour];
                        let reserved = match one.dimension {
                            Dimension::RcuHours => Some(0),
                            Dimension::WcuHours => Some(1),
                            _ => None,
                        };
                        if let Some(index) = reserved {
                            let covered = units.min(free[index]);
                            free[index] -= covered;
                            units -= covered;
                        }
                        let (list, rate) = rates(&book, one.dimension);
                        rows.push((rate, list, units));
                    }
                    rows.sort_by_key(|(rate, list, _)| rate / list);
                    rows
                })
                .collect();
            let mut plans = BTreeSet::from([Decimal::ZERO]);
            if plan {
                for rows in &left {
                    let mut sum = Decimal::ZERO;
                    for (rate, _, units) in rows {
                        sum += rate * units;
                        plans.insert(sum);
                    }
                }
            }
            for plan in plans {
                let mut total = (fee + plan) * Decimal::from(hours);
                for rows in &left {
                    let mut dollars = plan;
                    for (rate, list, units) in rows {
                        let covered = (dollars / rate).min(*units);
                        dollars -= covered * rate;
                        total += (units - covered) * list;
                    }
                }
                least = least.min(total);
            }
        }
    }
    least
}

fn close(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() < Decimal::new(1, 9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// The search finds what brute force finds, and its bound proves it.
    #[test]
    fn the_best_commitment_is_the_best(
        reads in proptest::collection::vec(0_u32..600, 4),
        writes in proptest::collection::vec(0_u32..400, 4),
        more_writes in proptest::collection::vec(0_u32..200, 4),
        replicated in proptest::collection::vec(0_u32..300, 4),
        requests in proptest::collection::vec(0_u32..900_000, 4),
        infrequent in proptest::collection::vec(0_u32..300, 4),
        three_years in any::<bool>(),
        reserve in any::<bool>(),
        plan in any::<bool>(),
        sunk_writes in 0_u32..3,
    ) {
        let all = [
            series(Dimension::RcuHours, &reads),
            series(Dimension::WcuHours, &writes),
            series(Dimension::WcuHours, &more_writes),
            series(Dimension::RwcuHours, &replicated),
            series(Dimension::WriteRequestUnits, &requests),
            series(Dimension::IaRcuHours, &infrequent),
        ];
        let terms = match (reserve, three_years) {
            (false, _) => vec![],
            (true, false) => vec![Term::OneYear],
            (true, true) => vec![Term::OneYear, Term::ThreeYears],
        };
        let sunk =
            SunkReservation { direction: Direction::Write, term: Term::OneYear, blocks: sunk_writes };
        let options =
            CommitmentOptions { terms: terms.clone(), savings_plan: plan, sunk: vec![sunk] };
        let found = best(&all, &options);
        let expected = brute_force(&all, &terms, plan, [0, sunk_writes]);
        let without_sunk_fees = found.cost.total - found.cost.sunk;
        prop_assert!(
            close(without_sunk_fees.get(), expected),
            "{:?} costs {}, brute force {expected}", found.commitment, without_sunk_fees.get()
        );
        prop_assert!(close(found.lower_bound.get(), found.cost.total.get()));
        prop_assert!(found.cost.total.get() <= found.cost_without.total.get());
    }
}

/// 250 WCU for 4 of 10 hours and 100 for the other 6, one year: a block pays
/// from 46.04 % of its unit-hours, so the first block (100 %) is bought and the
/// second (40 %) is not.
#[test]
fn blocks_are_bought_while_they_are_used_enough() {
    let units = [250, 250, 250, 250, 100, 100, 100, 100, 100, 100];
    let options = CommitmentOptions { savings_plan: false, ..CommitmentOptions::default() };
    let best = best(&[series(Dimension::WcuHours, &units)], &options);
    let reason = best.reasons.iter().find(|r| r.direction == Direction::Write).unwrap();
    assert_eq!(reason.blocks, 1);
    assert_eq!(reason.break_even_share.round_dp(4).to_string(), "0.4604");
    assert_eq!(reason.hours_used, Some(10.into()));
    assert_eq!(reason.share_used, Some(Decimal::ONE));
    assert_eq!(reason.share_of_next, "0.4".parse().unwrap());
    // A unit must be busy in 5 of the 10 hours; in the 5th busiest there are
    // 100 units.
    assert_eq!(reason.marginal_hour_units, 100.into());
    // The second block costs 10 h x 100 x 0.000299232876... and saves 4 h x 100
    // x 0.00065.
    assert_eq!(reason.one_more.get().round_dp(6).to_string(), "0.039233");
    // Without the first: 10 h x 100 x (0.00065 - 0.000299232876...).
    assert_eq!(reason.one_fewer.unwrap().get().round_dp(6).to_string(), "0.350767");
    assert_eq!(best.cost.upfront_cash.get(), Decimal::from(150));
    assert_eq!(
        reason.to_string(),
        "write: 1 block of 100; a unit pays from 46.0 % of the hours, and in the hour that decides \
         100 units are provisioned; the last block is used in 10 hours and to 100.0 %, the next would be \
         to 40.0 %; one block fewer would cost $0.35 more, one more $0.04 more"
    );
}

/// Tables and indexes are summed before blocks are counted: three of 40 WCU
/// need one block and 20 units, not three blocks.
#[test]
fn reservations_cover_the_sum_of_all_tables() {
    let table = series(Dimension::WcuHours, &[40; 24]);
    let options = CommitmentOptions { savings_plan: false, ..CommitmentOptions::default() };
    let best = best(&[table.clone(), table.clone(), table], &options);
    assert_eq!(best.commitment.reservations.len(), 1);
    assert_eq!(best.commitment.reservations[0].blocks, 1);
    // 20 units for 24 h at list price.
    assert_eq!(best.cost.list.get(), "0.312".parse().unwrap());
}

/// Neither Standard-IA nor replicated capacity nor on-demand can be reserved;
/// the plan covers all of them.
#[test]
fn what_cannot_be_reserved_goes_to_the_plan() {
    let all = [
        series(Dimension::IaWcuHours, &[1000; 10]),
        series(Dimension::RwcuHours, &[1000; 10]),
        series(Dimension::WriteRequestUnits, &[1_000_000; 10]),
    ];
    let best = best(&all, &CommitmentOptions::default());
    assert!(best.commitment.reservations.is_empty());
    // 1,000 x 0.00081 x 0.88 + 1,000 x 0.00065 x 0.88 + 10^6 x 0.000000625 x
    // 0.82 = 0.7128 + 0.572 + 0.5125 an hour; rates are rounded at ten places.
    assert_eq!(best.commitment.plan_usd_per_hour.get().normalize().to_string(), "1.7973");
    assert_eq!(best.cost.list.get(), Decimal::ZERO);
}

/// The shipped plan rates of us-east-1 are the percentages of another Region's
/// list: without asking for unverified figures the plan is left out, and said
/// to be.
#[test]
fn an_unverified_plan_is_left_out_and_it_is_said() {
    let book = PriceBook::embedded();
    let all = [series(Dimension::WcuHours, &[1000; 10])];
    let (options, settings) = (CommitmentOptions::default(), BillSettings::default());
    let model = Model::new(&book, &region(), &all, &options, &settings).unwrap();
    let best = model.optimise();
    assert_eq!(best.commitment.plan_usd_per_hour.get(), Decimal::ZERO);
    assert!(best.left_out.iter().any(|why| why.contains("not verified")), "{:?}", best.left_out);
}

/// ap-south-2 has a list of its own, so there the plan is verified.
#[test]
fn a_listed_plan_is_considered() {
    let book = PriceBook::embedded();
    let region = Region::new("ap-south-2").unwrap();
    let all = [series(Dimension::ReadRequestUnits, &[1_000_000; 10])];
    let (options, settings) = (CommitmentOptions::default(), BillSettings::default());
    let best = Model::new(&book, &region, &all, &options, &settings).unwrap().optimise();
    // 10^6 x 0.0000001169
    assert_eq!(best.commitment.plan_usd_per_hour.get().normalize().to_string(), "0.1169");
}

/// A commitment is paid when load falls behind the plan, too.
#[test]
fn a_commitment_is_paid_whether_used_or_not() {
    let book = PriceBook::embedded();
    let all = [series(Dimension::WcuHours, &[1000; 10])];
    let options = CommitmentOptions { savings_plan: false, ..CommitmentOptions::default() };
    let settings = BillSettings::default();
    let model = Model::new(&book, &region(), &all, &options, &settings).unwrap();
    let best = model.optimise();
    let behind = model.scaled("0.8".parse().unwrap());
    let cost = behind.cost(&best.commitment).unwrap();
    assert_eq!(cost.reserved, best.cost.reserved);
    assert_eq!(cost.total, best.cost.total);
    assert!(behind.optimise().cost.total < cost.total);
}

/// Paid blocks leave less to reserve; their upfront fee is spent, their hourly
/// fee is due.
#[test]
fn paid_reservations_are_sunk() {
    let sunk = SunkReservation { direction: Direction::Write, term: Term::OneYear, blocks: 4 };
    let options = CommitmentOptions { savings_plan: false, sunk: vec![sunk], ..Default::default() };
    let best = best(&[series(Dimension::WcuHours, &[1000; 10])], &options);
    assert_eq!(best.commitment.reservations[0].blocks, 6);
    // 400 x 0.000128 x 10 h
    assert_eq!(best.cost.sunk.get(), "0.512".parse().unwrap());
}

/// Where no 3-year reservation is sold, the 1-year one is found, and it is said
/// why.
#[test]
fn a_missing_term_is_said() {
    let book = PriceBook::embedded();
    let region = Region::new("us-east-2").unwrap();
    let all = [series(Dimension::WcuHours, &[1000; 10])];
    let terms = vec![Term::ThreeYears, Term::OneYear];
    let options = CommitmentOptions { terms, savings_plan: false, sunk: vec![] };
    let settings = BillSettings::default();
    let best = Model::new(&book, &region, &all, &options, &settings).unwrap().optimise();
    assert_eq!(best.commitment.reservations[0].term, Term::OneYear);
    assert!(best.left_out.iter().any(|why| why.contains("not offered")), "{:?}", best.left_out);
}

/// Large accounts are searched too: a daily wave between 20,000 and 120,000
/// WCU and twice as many RCU, with on-demand beside.
#[test]
fn a_large_account_is_proved_too() {
    let wave: Vec<u32> = (0..168)
        .map(|hour: u32| {
            let in_day = hour % 24;
            let height = if in_day < 12 { in_day } else { 24 - in_day };
            20_000 + height * 8_333 + (hour / 24) * 17
        })
        .collect();
    let double: Vec<u32> = wave.iter().map(|units| units * 2).collect();
    let requests: Vec<u32> = wave.iter().map(|units| 1_000_000 - units * 3).collect();
    let all = [
        series(Dimension::WcuHours, &wave),
        series(Dimension::RcuHours, &double),
        series(Dimension::ReadRequestUnits, &requests),
    ];
    let best = best(&all, &CommitmentOptions::default());
    assert!(close(best.lower_bound.get(), best.cost.total.get()), "{best:?}");
    assert!(best.planes < 200, "{} planes", best.planes);
}

#[test]
fn faulty_series_are_named() {
    let all = [
        series(Dimension::WcuHours, &[1, 2]),
        series(Dimension::RcuHours, &[1]),
        series(Dimension::Storage, &[1, 2]),
    ];
    let book = PriceBook::embedded();
    let (options, settings) = (CommitmentOptions::default(), BillSettings::default());
    let faults = Model::new(&book, &region(), &all, &options, &settings).unwrap_err().to_string();
    assert!(faults.contains("1 hours, where others have 2"), "{faults}");
    assert!(faults.contains("no commitment covers dynamodb.storage"), "{faults}");
}
