//! When the move has paid for itself.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::units::Usd;

use super::phase::Traffic;
use super::rates::{Rates, Sides};
use super::timeline::Timeline;

/// How far ahead is looked: ten years.
pub const LOOK_AHEAD_DAYS: u32 = 3650;

/// When what was paid with the move falls to what Postgres alone would have
/// cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payback {
    /// On this day, counted from the first of the move, as day 1.
    OnDay(u32),
    /// It saves something a month, but has not paid for itself in ten years.
    NotInTenYears,
    /// `DynamoDB` costs as much as Postgres or more for as long as is looked
    /// ahead: each month adds to the loss.
    Never {
        /// Dollars a month that it costs more once the move is over.
        dearer_by: Usd,
    },
}

impl Payback {
    /// Months from the first day, if there is such a day.
    #[must_use]
    pub fn months(self, month_hours: Decimal) -> Option<Decimal> {
        match self {
            Self::OnDay(day) => {
                Some((Decimal::from(day) * Decimal::from(24) / month_hours).round_dp(1))
            }
            Self::NotInTenYears | Self::Never { .. } => None,
        }
    }
}

/// The day from which on the move is never behind again within ten years;
/// `timeline` must reach that far.
#[must_use]
pub fn payback(timeline: &Timeline, month_hours: Decimal) -> Payback {
    let cumulative = timeline.cumulative();
    let behind = cumulative.iter().rposition(|(with, without)| with > without);
    let last = cumulative.len().checked_sub(1);
    match (behind, last) {
        (None, _) => Payback::OnDay(timeline.end_day().max(1)),
        (Some(behind), Some(last)) if behind < last => {
            Payback::OnDay(u32::try_from(behind + 2).unwrap_or(u32::MAX))
        }
        _ => {
            let last = timeline.days.last().cloned().unwrap_or_default();
            let daily = last.with.usd - last.without.usd;
            if daily.get() < Decimal::ZERO {
                Payback::NotInTenYears
            } else {
                let monthly = daily.get() * month_hours / Decimal::from(24);
                Payback::Never { dearer_by: Usd::new(monthly.round_dp(2)) }
            }
        }
    }
}

/// Months of a saving that repay a premium; `None` if there is none.
#[must_use]
pub fn months_to_repay(premium: Usd, monthly_saving: Usd) -> Option<Decimal> {
    (monthly_saving.get() > Decimal::ZERO)
        .then(|| (premium.get().max(Decimal::ZERO) / monthly_saving.get()).round_dp(1))
}

/// The same rates with both sides off by a factor each.
pub struct Scaled<'a> {
    /// The rates.
    pub rates: &'a dyn Rates,
    /// Factor of Postgres.
    pub postgres: Decimal,
    /// Factor of `DynamoDB`.
    pub dynamodb: Decimal,
}

impl Scaled<'_> {
    /// Postgres dearer by some percent and `DynamoDB` cheaper by as many; with
    /// negative percent the other way round.
    #[must_use]
    pub fn in_favour(rates: &dyn Rates, percent: Decimal) -> Scaled<'_> {
        let share = percent / Decimal::ONE_HUNDRED;
        Scaled { rates, postgres: Decimal::ONE + share, dynamodb: Decimal::ONE - share }
    }
}

impl Rates for Scaled<'_> {
    fn period(&self, day: u32) -> u32 {
        self.rates.period(day)
    }

    fn day(&self, period: u32, traffic: Traffic) -> Sides {
        self.rates.day(period, traffic).scaled(self.postgres, self.dynamodb)
    }
}

/// A month as a number, for a chart.
#[must_use]
pub fn months_f64(day: u32, month_hours: Decimal) -> f64 {
    f64::from(day) * 24.0 / month_hours.to_f64().unwrap_or(730.0)
}
