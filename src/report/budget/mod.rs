//! A budget: limits that a report must keep, as a gate for a change of designs.
//!
//! A figure that is not known keeps no limit: what nobody can price is no
//! reason to let a change pass.

mod check;
mod read;

use crate::finding::Place;
use crate::scenario::Mode;
use crate::written::Written;

pub use check::{Broken, Outcome};

/// A budget file, read but not yet held against a report.
#[derive(Clone, Debug)]
pub struct Budget {
    limits: Vec<Limits>,
}

/// One `[[limits]]` of a budget file.
#[derive(Clone, Debug)]
struct Limits {
    place: Place,
    /// The design's name; every design without it.
    design: Option<Written<String>>,
    /// The capacity mode that the limits of costs and throttling speak of.
    mode: Option<Written<WhichMode>>,
    /// The multiple of today's load that they speak of.
    load: Option<Written<f64>>,
    /// The bill is compared although stores without a stated price are left out
    /// of it.
    leave_out_other_stores: bool,
    figures: Vec<Limit>,
}

/// Which capacity modes a limit holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WhichMode {
    One(Mode),
    /// The one that costs least at the load.
    Cheapest,
    /// All that were compared.
    Each,
}

/// A limit on one figure.
#[derive(Clone, Debug)]
struct Limit {
    figure: Figure,
    limit: f64,
    place: Place,
}

/// What can be limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    MonthlyUsd,
    ThrottledShare,
    ThrottledShareWithoutBurst,
    ServedCallsShare,
    ServedTimeShare,
    NotServed,
}

impl Figure {
    const ALL: [Self; 6] = [
        Self::MonthlyUsd,
        Self::ThrottledShare,
        Self::ThrottledShareWithoutBurst,
        Self::ServedCallsShare,
        Self::ServedTimeShare,
        Self::NotServed,
    ];

    /// The key in a budget file.
    const fn key(self) -> &'static str {
        match self {
            Self::MonthlyUsd => "monthly_usd_max",
            Self::ThrottledShare => "throttled_share_max",
            Self::ThrottledShareWithoutBurst => "throttled_share_without_burst_max",
            Self::ServedCallsShare => "served_calls_share_min",
            Self::ServedTimeShare => "served_time_share_min",
            Self::NotServed => "not_served_max",
        }
    }

    /// The largest value that means something, and what it is.
    const fn range(self) -> (f64, &'static str) {
        match self {
            Self::MonthlyUsd => (1e15, "dollars a month"),
            Self::NotServed => (1e9, "a number of statements"),
            _ => (1.0, "a share (0.05 is 5 %)"),
        }
    }

    /// Whether it depends on the capacity mode and the load.
    const fn is_of_mode(self) -> bool {
        matches!(self, Self::MonthlyUsd | Self::ThrottledShare | Self::ThrottledShareWithoutBurst)
    }

    /// Whether the limit is the least that may be, not the most.
    const fn is_least(self) -> bool {
        matches!(self, Self::ServedCallsShare | Self::ServedTimeShare)
    }
}
