//! When a move has paid for itself.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate::payback;
use crate::report::document::Exact;

/// When the move has paid for itself, within the ranges of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaybackRange {
    /// If all goes well.
    pub at_best: Payback,
    /// As planned.
    pub likely: Payback,
    /// If all goes badly.
    pub at_worst: Payback,
}

/// When a move has paid for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Payback {
    /// From a day on.
    PaysBack {
        /// The day, from the first of the move.
        day: u32,
        /// The same in months.
        months: Option<Exact>,
    },
    /// Not within ten years.
    NotInTenYears,
    /// Something has no price.
    Unknown,
    /// It costs more for good.
    Never {
        /// By so many US dollars a month.
        dearer_by_usd_per_month: Exact,
    },
}

/// How many months of saving repay a premium.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Repaid {
    /// So many.
    After {
        /// Months.
        months: Exact,
    },
    /// At least so many; something has no price.
    AfterAtLeast {
        /// Months.
        months: Exact,
    },
    /// Nothing is saved.
    Never,
    /// Something has no price.
    Unknown,
}

impl Payback {
    pub(super) fn new(payback: payback::Payback, month_hours: Decimal) -> Self {
        match payback {
            payback::Payback::OnDay(day) => {
                Self::PaysBack { day, months: payback.months(month_hours).map(Exact::of_days) }
            }
            payback::Payback::NotInTenYears => Self::NotInTenYears,
            payback::Payback::Unknown => Self::Unknown,
            payback::Payback::Never { dearer_by } => {
                Self::Never { dearer_by_usd_per_month: Exact::of_days(dearer_by.get()) }
            }
        }
    }
}

impl From<payback::Repaid> for Repaid {
    fn from(repaid: payback::Repaid) -> Self {
        match repaid {
            payback::Repaid::After(months) => Self::After { months: Exact::of_days(months) },
            payback::Repaid::AfterAtLeast(months) => {
                Self::AfterAtLeast { months: Exact::of_days(months) }
            }
            payback::Repaid::Never => Self::Never,
            payback::Repaid::Unknown => Self::Unknown,
        }
    }
}
