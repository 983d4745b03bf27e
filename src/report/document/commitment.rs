//! The cheapest commitment beside a bill.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Committed, DesignCommitment, ModeResult};
use crate::pricing::{self, RESERVATION_BLOCK_UNITS, Unpriced};
use crate::units::Usd;

use super::Exact;

/// The cheapest commitment beside a bill; where it has no price every field is
/// null and `unpriced` says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BestCommitment {
    /// US dollars paid at once.
    pub upfront_usd: Option<Exact>,
    /// The whole bill, upfront fees spread over their terms: US dollars a month.
    pub effective_monthly_usd: Option<Exact>,
    /// The same with nothing new bought, US dollars a month.
    pub nothing_new_monthly_usd: Option<Exact>,
    /// Share of the bill that it saves.
    pub saving_share: Option<f64>,
    /// Reserved capacity to buy.
    pub reservations: Option<Vec<Reservation>>,
    /// Savings Plan to buy; null if none pays.
    pub savings_plan: Option<SavingsPlan>,
    /// What becomes of it if the load stays 20 % below the plan.
    pub at_80_percent_load: Option<AtLessLoad>,
    /// Why this and no more.
    pub why: Option<Vec<String>>,
    /// What could not be considered.
    pub not_considered: Option<Vec<String>>,
    /// Every rate was verified against the vendor's own.
    pub verified: Option<bool>,
    /// Why it has no price.
    pub unpriced: Option<Vec<String>>,
}

/// A commitment's bill when the load stays behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AtLessLoad {
    /// The whole bill, US dollars a month.
    pub effective_monthly_usd: Exact,
    /// The same with nothing new bought, US dollars a month.
    pub nothing_new_monthly_usd: Exact,
    /// Share of the bill that it saves; negative if it costs more.
    pub saving_share: Option<f64>,
}

/// Reserved capacity to buy in one Region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reservation {
    /// The Region.
    pub region: String,
    /// `read` or `write`.
    pub direction: String,
    /// The term, such as `1y`.
    pub term: String,
    /// Blocks of 100 units.
    pub blocks: u32,
    /// Capacity units.
    pub units: u32,
    /// Its rates were verified against the vendor's own.
    pub verified: bool,
}

/// A Savings Plan to buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SavingsPlan {
    /// US dollars an hour.
    pub usd_per_hour: Exact,
    /// What of it is for which Region.
    pub by_region: Vec<RegionPlan>,
}

/// A Region's part of a Savings Plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionPlan {
    /// The Region.
    pub region: String,
    /// US dollars an hour.
    pub usd_per_hour: Exact,
    /// Its rates were verified against the vendor's own.
    pub verified: bool,
}

/// From which use on capacity costs less than requests, and reservations less
/// than capacity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreakEven {
    /// `read` or `write`.
    pub direction: String,
    /// Use of provisioned capacity from which it costs less than on-demand.
    pub provisioned_over_on_demand: BreakEvenShare,
    /// Use of reserved capacity from which it costs less than provisioned.
    pub reserved_over_provisioned: Vec<ReservedBreakEven>,
}

/// A share, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreakEvenShare {
    /// The share.
    pub share: Option<f64>,
    /// Why it is not known.
    pub unpriced: Option<String>,
}

/// A share by the length of the reservation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReservedBreakEven {
    /// The share.
    pub share: Option<f64>,
    /// Why it is not known.
    pub unpriced: Option<String>,
    /// The term, such as `1y`.
    pub term: String,
}

impl From<&ModeResult> for BestCommitment {
    fn from(mode: &ModeResult) -> Self {
        let best = mode.best_commitment.as_ref();
        let known = best.ok();
        Self {
            upfront_usd: known.map(|best| Exact::usd(best.upfront)),
            effective_monthly_usd: known.map(|best| Exact::usd(best.at_plan.effective_monthly)),
            nothing_new_monthly_usd: known.map(|best| Exact::usd(best.at_plan.nothing_new_monthly)),
            saving_share: known.and_then(|best| saving(best.at_plan)),
            reservations: known.map(reservations),
            savings_plan: known.and_then(savings_plan),
            at_80_percent_load: known.map(|best| AtLessLoad {
                effective_monthly_usd: Exact::usd(best.at_80_percent.effective_monthly),
                nothing_new_monthly_usd: Exact::usd(best.at_80_percent.nothing_new_monthly),
                saving_share: saving(best.at_80_percent),
            }),
            why: known.map(why),
            not_considered: known
                .map(|best| best.left_out().into_iter().map(str::to_owned).collect()),
            verified: known.map(|best| !best.unverified()),
            unpriced: best.err().cloned(),
        }
    }
}

impl From<&pricing::BreakEven> for BreakEven {
    fn from(one: &pricing::BreakEven) -> Self {
        let share = |share: &Result<Decimal, Unpriced>| BreakEvenShare {
            share: share.as_ref().ok().and_then(ToPrimitive::to_f64),
            unpriced: share.as_ref().err().map(ToString::to_string),
        };
        let reserved = one.reserved.iter().map(|(term, reserved)| {
            let BreakEvenShare { share, unpriced } = share(reserved);
            ReservedBreakEven { share, unpriced, term: term.as_str().to_owned() }
        });
        Self {
            direction: one.direction.as_str().to_owned(),
            provisioned_over_on_demand: share(&one.provisioned),
            reserved_over_provisioned: reserved.collect(),
        }
    }
}

/// Why a commitment buys this and no more, by Region.
pub fn why(best: &DesignCommitment) -> Vec<String> {
    let of_region = best
        .regions
        .iter()
        .flat_map(|one| one.best.reasons.iter().map(|reason| format!("{}: {reason}", one.region)));
    of_region.collect()
}

fn saving(committed: Committed) -> Option<f64> {
    committed.saving_share().to_f64()
}

fn reservations(best: &DesignCommitment) -> Vec<Reservation> {
    let of_region = best.regions.iter().flat_map(|one| {
        one.best.commitment.reservations.iter().map(|reservation| Reservation {
            region: one.region.code().to_owned(),
            direction: reservation.direction.as_str().to_owned(),
            term: reservation.term.as_str().to_owned(),
            blocks: reservation.blocks,
            units: reservation.blocks * RESERVATION_BLOCK_UNITS,
            verified: !one.unverified,
        })
    });
    of_region.collect()
}

fn savings_plan(best: &DesignCommitment) -> Option<SavingsPlan> {
    let usd_per_hour = best.plan_usd_per_hour();
    (usd_per_hour > Usd::ZERO).then(|| SavingsPlan {
        usd_per_hour: Exact::usd(usd_per_hour),
        by_region: best
            .regions
            .iter()
            .map(|one| RegionPlan {
                region: one.region.code().to_owned(),
                usd_per_hour: Exact::usd(one.best.commitment.plan_usd_per_hour),
                verified: !one.unverified,
            })
            .collect(),
    })
}
