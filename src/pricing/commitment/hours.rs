//! One hour's cost under a commitment, and how it changes with it.

use rust_decimal::Decimal;

use super::RESERVATION_BLOCK_UNITS;

/// A kind of usage that a commitment may cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// List price of a unit, after private discounts.
    pub price: Decimal,
    /// The plan's rate, where the plan covers it.
    pub plan_rate: Option<Decimal>,
    /// The index of the reservations that cover it, if any do.
    pub reserved_by: Option<usize>,
}

impl Kind {
    /// Dollars at list price that one dollar of the plan replaces.
    fn value_of_plan_dollar(&self) -> Option<Decimal> {
        match self.plan_rate {
            Some(rate) if !rate.is_zero() => Some(self.price / rate),
            _ => None,
        }
    }
}

/// Units of each kind in an hour, and how many hours of the period are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    pub units: Vec<Decimal>,
    pub count: Decimal,
}

/// How the cost of an hour changes with a small step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slope {
    /// Per block of reads and of writes.
    pub block: [Decimal; 2],
    /// Per dollar of the plan.
    pub plan: Decimal,
}

/// Which side of the plan's present commitment a slope is taken on; the cost
/// has kinks there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    Above,
}

/// What reservations leave of an hour's units.
pub(super) fn left_by_reservations(
    kinds: &[Kind],
    units: &[Decimal],
    reserved: [Decimal; 2],
) -> Vec<Decimal> {
    let left = |(kind, units): (&Kind, &Decimal)| match kind.reserved_by {
        Some(index) => (*units - reserved[index]).max(Decimal::ZERO),
        None => *units,
    };
    kinds.iter().zip(units).map(left).collect()
}

/// What is left to pay at list price, after reservations (already taken off
/// `left`) and a plan of `plan` dollars an hour.
///
/// `kinds` are in the order in which the plan covers them.
pub(super) fn at_list_price(kinds: &[Kind], left: &[Decimal], plan: Decimal) -> Decimal {
    let mut unspent = plan;
    let mut usd = Decimal::ZERO;
    for (kind, units) in kinds.iter().zip(left) {
        let at_list = *units * kind.price;
        usd += match (kind.plan_rate, kind.value_of_plan_dollar()) {
            (Some(rate), Some(value)) => {
                let at_plan = *units * rate;
                if unspent >= at_plan {
                    unspent -= at_plan;
                    Decimal::ZERO
                } else {
                    let covered = unspent * value;
                    unspent = Decimal::ZERO;
                    at_list - covered
                }
            }
            _ => at_list,
        };
    }
    usd
}

/// The plan commitments at which an hour's cost has kinks, each with how much
/// the slope rises there, and the slope at 0.
pub(super) fn plan_kinks(kinds: &[Kind], left: &[Decimal]) -> (Decimal, Vec<(Decimal, Decimal)>) {
    let mut covered = Decimal::ZERO;
    let mut kinks: Vec<(Decimal, Decimal)> = Vec::new();
    let mut first_value = Decimal::ZERO;
    for (kind, units) in kinds.iter().zip(left) {
        let (Some(rate), Some(value)) = (kind.plan_rate, kind.value_of_plan_dollar()) else {
            continue;
        };
        if units.is_zero() {
            continue;
        }
        match kinks.last_mut() {
            Some((_, rise)) => *rise -= value,
            None => first_value = value,
        }
        covered += *units * rate;
        kinks.push((covered, value));
    }
    (Decimal::ONE - first_value, kinks)
}

/// The slope of an hour's cost (plan dollars included, reservation fees not).
///
/// On one side of a kink all slopes belong to one linear piece, so the result
/// is a supporting plane of the convex cost there.
pub(super) fn slope(kinds: &[Kind], left: &[Decimal], plan: Decimal, side: Side) -> Slope {
    // The kind that the plan's last dollar covers, if the plan is not too large.
    let mut covered = Decimal::ZERO;
    let mut marginal = None;
    for (index, (kind, units)) in kinds.iter().zip(left).enumerate() {
        if let (Some(rate), Some(value)) = (kind.plan_rate, kind.value_of_plan_dollar())
            && !units.is_zero()
        {
            covered += *units * rate;
            let beyond = match side {
                Side::Above => covered > plan,
                Side::Below => covered >= plan,
            };
            if beyond {
                marginal = Some((index, value));
                break;
            }
        }
    }
    let value = marginal.map_or(Decimal::ZERO, |(_, value)| value);
    let mut slope = Slope { plan: Decimal::ONE - value, ..Slope::default() };
    for (index, (kind, units)) in kinds.iter().zip(left).enumerate() {
        let Some(reserved_by) = kind.reserved_by else { continue };
        if units.is_zero() {
            continue;
        }
        // A unit less of a kind that the plan covers in full frees plan dollars
        // for the marginal kind; of another it saves its list price.
        let fully_covered = marginal.is_none_or(|(marginal, _)| index < marginal);
        let unit = match kind.plan_rate {
            Some(rate) if fully_covered => rate * value,
            _ => kind.price,
        };
        slope.block[reserved_by] -= unit * Decimal::from(RESERVATION_BLOCK_UNITS);
    }
    slope
}
