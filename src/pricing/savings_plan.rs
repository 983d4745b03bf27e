//! Database Savings Plans: what an hour costs under the plan.
//!
//! The list (AWS Database Savings Plans, April 2026) has one offer, 1 year and
//! No Upfront. A commitment is in dollars an hour at these rates, used or lost,
//! over the whole account; it covers what reservations leave.

use rust_decimal::{Decimal, RoundingStrategy};

use super::book::PriceBook;
use super::hardware::family_of;
use super::price::PriceDate;
use super::price_key::PriceKey;
use super::region::Region;
use crate::units::Usd;

/// A rate on AWS's Savings Plans list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRate {
    /// Dollars a unit under the plan.
    pub usd: Usd,
    /// The id of the source in the book.
    pub source: String,
    /// When it was published.
    pub date: PriceDate,
}

/// The share off the on-demand price, for Regions whose list is not in the
/// book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDiscount {
    /// 0.12 is 12 % off.
    pub share: Decimal,
    /// The instance families that the plan covers; empty where the dimension
    /// has none.
    pub families: Vec<String>,
    /// The id of the source in the book.
    pub source: String,
    /// When it was published.
    pub date: PriceDate,
    /// Whether AWS's own figure was seen for every Region.
    pub verified: bool,
    /// What a reader should know.
    pub note: Option<String>,
}

/// What a unit costs under the plan, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPrice {
    /// Dollars a unit under the plan.
    pub usd: Usd,
    /// Whether the rate was read off AWS's list for this Region.
    pub verified: bool,
    /// The id of the source in the book.
    pub source: String,
    /// What a reader should know.
    pub note: Option<String>,
}

/// AWS rounds listed rates to ten places: 0.0000001425 less 18 % is listed as
/// 0.0000001169.
const LISTED_PLACES: u32 = 10;

impl PriceBook {
    /// What one unit costs under the Database Savings Plan, or `None` where the
    /// plan does not cover it or neither a rate nor a base price is known.
    ///
    /// A listed rate comes first; elsewhere the on-demand price less the plan's
    /// discount, rounded as AWS's lists are, and verified only if both are.
    #[must_use]
    pub fn savings_plan_price(&self, key: &PriceKey, region: &Region) -> Option<PlanPrice> {
        if let Some(rate) = self.plan_rate(key, region) {
            let source = rate.source.clone();
            return Some(PlanPrice { usd: rate.usd, verified: true, source, note: None });
        }
        let discount = self.plan_discount(key.dimension)?;
        if let Some(class) = &key.class
            && !discount.families.iter().any(|family| family == family_of(class))
        {
            return None;
        }
        let base = self.price(key, region).known()?;
        let usd = (base.first_paid().get() * (Decimal::ONE - discount.share))
            .round_dp_with_strategy(LISTED_PLACES, RoundingStrategy::MidpointAwayFromZero)
            .normalize();
        Some(PlanPrice {
            usd: Usd::new(usd),
            verified: discount.verified && base.verified,
            source: discount.source.clone(),
            note: discount.note.clone(),
        })
    }
}
