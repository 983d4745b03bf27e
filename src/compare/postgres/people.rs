//! What those who look after a fleet cost.

use rust_decimal::Decimal;

use crate::scenario::Estimate;
use crate::units::{Usd, decimal_from_f64};

use super::super::billing::Billing;

/// Engineers that so many shards take, least, likely and most: none beyond those of
/// an unsharded instance, which DynamoDB needs as well.
#[must_use]
pub fn engineers(billing: &Billing<'_>, shards: u32) -> Estimate {
    let per_shard = billing.settings.postgres.bill.people.engineers_per_shard.value;
    if shards > 1 { per_shard.map(|one| one * f64::from(shards)) } else { [0.0; 3] }
}

/// What they cost a month, of the estimate that the plan counts.
pub(super) fn counted(billing: &Billing<'_>, shards: u32) -> Option<Usd> {
    let people = &billing.settings.postgres.bill.people;
    let engineers = people.counted.value.of(engineers(billing, shards))?;
    month_of(billing, engineers)
}

/// What so many engineers cost a month; `None` where the plan does not say what one
/// costs.
pub(super) fn month_of(billing: &Billing<'_>, engineers: f64) -> Option<Usd> {
    let a_year = billing.settings.postgres.bill.people.engineer_year?;
    let engineers = decimal_from_f64(engineers).ok()?;
    Some(Usd::new(a_year.get() * engineers / Decimal::from(12)))
}
