use super::book::PriceBook;
use super::price::{PriceState, Tier};
use super::price_key::PriceKey;
use super::region::Region;

/// Something that two books, or two Regions, price differently. Sources, dates
/// and notes are not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// Where; in a comparison of Regions, the first of the two.
    pub region: Region,
    /// What.
    pub key: PriceKey,
    /// The first price, or `None` where there is none.
    pub before: Option<Vec<Tier>>,
    /// The second price, or `None` where there is none.
    pub after: Option<Vec<Tier>>,
}

/// What the second book prices differently, in every Region of either.
#[must_use]
pub fn diff_books(before: &PriceBook, after: &PriceBook) -> Vec<PriceChange> {
    let mut keys: Vec<(&Region, &PriceKey)> =
        before.iter().chain(after.iter()).map(|(region, key, _)| (region, key)).collect();
    keys.sort();
    keys.dedup();
    let changes = keys.into_iter().map(|(region, key)| PriceChange {
        region: region.clone(),
        key: key.clone(),
        before: tiers(before.price(key, region)),
        after: tiers(after.price(key, region)),
    });
    changes.filter(|change| change.before != change.after).collect()
}

/// What the second Region prices differently.
#[must_use]
pub fn diff_regions(book: &PriceBook, before: &Region, after: &Region) -> Vec<PriceChange> {
    let mut keys: Vec<&PriceKey> = book
        .iter()
        .filter(|(region, _, _)| *region == before || *region == after)
        .map(|(_, key, _)| key)
        .collect();
    keys.sort();
    keys.dedup();
    let changes = keys.into_iter().map(|key| PriceChange {
        region: before.clone(),
        key: key.clone(),
        before: tiers(book.price(key, before)),
        after: tiers(book.price(key, after)),
    });
    changes.filter(|change| change.before != change.after).collect()
}

fn tiers(state: PriceState<'_>) -> Option<Vec<Tier>> {
    state.known().map(|price| price.tiers.clone())
}
