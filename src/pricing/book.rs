use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::dimension::Dimension;
use super::document::{self, Document, Entry};
use super::embedded;
use super::hardware::InstanceClass;
use super::price::{Price, PriceState, Source};
use super::price_key::PriceKey;
use super::region::Region;
use super::savings_plan::{PlanDiscount, PlanRate};
use crate::finding::{Diagnostic, Diagnostics, Place};

/// Dated list prices with their sources, and the hardware of instance classes.
///
/// Made of one or more files; the one that comes with the program is
/// [`PriceBook::embedded`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceBook {
    sources: BTreeMap<String, Source>,
    entries: BTreeMap<Region, BTreeMap<PriceKey, Entry>>,
    plan_rates: BTreeMap<Region, BTreeMap<PriceKey, PlanRate>>,
    plan_discounts: BTreeMap<Dimension, PlanDiscount>,
    classes: BTreeMap<String, InstanceClass>,
}

impl PriceBook {
    /// The book that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn embedded() -> Self {
        Self::parse(embedded::DOCUMENTS).expect("the embedded book is read by a test")
    }

    /// The book made of these files, given as pairs of name and text.
    ///
    /// # Errors
    /// Every entry that is malformed, and every figure that two files state
    /// differently.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Diagnostics> {
        let mut book = Self::default();
        let mut faults = Diagnostics::default();
        for (file, text) in files {
            match document::parse(file, text) {
                Ok(document) => book.add(file, document, &mut faults),
                Err(mut found) => faults.0.append(&mut found.0),
            }
        }
        faults.finish(book)
    }

    /// The price of `key` in `region`.
    #[must_use]
    pub fn price(&self, key: &PriceKey, region: &Region) -> PriceState<'_> {
        match self.entries.get(region).and_then(|prices| prices.get(key)) {
            Some(Entry::Price(price)) => PriceState::Known(price),
            Some(Entry::Absent(absence)) => match absence.offered {
                super::price::Offered::No => PriceState::NotOffered(absence),
                super::price::Offered::Unknown => PriceState::Unknown(Some(absence)),
            },
            None => PriceState::Unknown(None),
        }
    }

    /// Everything the book says, by Region and then in the order of
    /// [`Dimension::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (&Region, &PriceKey, PriceState<'_>)> {
        self.entries.iter().flat_map(move |(region, prices)| {
            prices.keys().map(move |key| (region, key, self.price(key, region)))
        })
    }

    /// The Regions that the book knows anything about.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.entries.keys()
    }

    /// The classes that a dimension is known for in a Region, priced or not.
    pub fn classes_priced<'book>(
        &'book self,
        dimension: Dimension,
        region: &Region,
    ) -> impl Iterator<Item = &'book str> {
        self.entries
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .filter(move |key| key.dimension == dimension)
            .filter_map(|key| key.class.as_deref())
    }

    /// The hardware of an instance class, such as `db.r7g.large`.
    #[must_use]
    pub fn class(&self, class: &str) -> Option<&InstanceClass> {
        self.classes.get(class)
    }

    /// The hardware of all classes, by name.
    pub fn classes(&self) -> impl Iterator<Item = &InstanceClass> {
        self.classes.values()
    }

    /// Where a figure came from.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id)
    }

    /// All sources by id.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.sources.iter().map(|(id, source)| (id.as_str(), source))
    }

    /// The date of the newest figure, or `undated`.
    #[must_use]
    pub fn date(&self) -> String {
        let dates = self.entries.values().flat_map(BTreeMap::values).map(|entry| match entry {
            Entry::Price(price) => &price.date,
            Entry::Absent(absence) => &absence.date,
        });
        let rate_dates = self.plan_rates.values().flat_map(BTreeMap::values).map(|rate| &rate.date);
        dates.chain(rate_dates).max().map_or_else(|| "empty".to_owned(), ToString::to_string)
    }

    /// The date of the newest figure and a hash over everything the book says,
    /// such as `2026-10-08-3f09c1d2a4b5`. It does not depend on how the book is
    /// cut into files.
    #[must_use]
    pub fn id(&self) -> String {
        let hash = Sha256::digest(self.to_text("").as_bytes());
        hash.iter().take(6).fold(self.date() + "-", |mut id, byte| {
            // Writing to a string cannot fail.
            let _ = write!(id, "{byte:02x}");
            id
        })
    }

    /// The whole book as the text of one file.
    #[must_use]
    pub fn to_text(&self, title: &str) -> String {
        fn flat<T: Clone>(
            map: &BTreeMap<Region, BTreeMap<PriceKey, T>>,
        ) -> Vec<(PriceKey, Region, T)> {
            map.iter()
                .flat_map(|(region, all)| {
                    all.iter().map(|(key, one)| (key.clone(), region.clone(), one.clone()))
                })
                .collect()
        }
        document::write(&Document {
            title: title.to_owned(),
            sources: self.sources.clone(),
            entries: flat(&self.entries),
            plan_rates: flat(&self.plan_rates),
            plan_discounts: self.plan_discounts.clone().into_iter().collect(),
            classes: self.classes.values().cloned().collect(),
        })
    }

    pub(super) fn plan_rate(&self, key: &PriceKey, region: &Region) -> Option<&PlanRate> {
        self.plan_rates.get(region)?.get(key)
    }

    pub(super) fn plan_discount(&self, dimension: Dimension) -> Option<&PlanDiscount> {
        self.plan_discounts.get(&dimension)
    }

    pub(super) fn add_source(&mut self, id: &str, source: Source) {
        self.sources.insert(id.to_owned(), source);
    }

    pub(super) fn set_price(&mut self, key: PriceKey, region: Region, price: Price) {
        self.entries.entry(region).or_default().insert(key, Entry::Price(price));
    }

    pub(super) fn set_plan_rate(&mut self, key: PriceKey, region: Region, rate: PlanRate) {
        self.plan_rates.entry(region).or_default().insert(key, rate);
    }

    /// Takes in one file; what contradicts an earlier one is a fault.
    fn add(&mut self, file: &str, document: Document, faults: &mut Diagnostics) {
        let mut clash = |what: String| {
            faults.push(
                Diagnostic::new(format!("{what} is stated twice, and differently"))
                    .at(Place::file(file))
                    .mend("keep one of the two"),
            );
        };
        for (id, source) in document.sources {
            let known = self.sources.entry(id.clone()).or_insert_with(|| source.clone());
            if *known != source {
                clash(format!("source `{id}`"));
            }
        }
        for (key, region, entry) in document.entries {
            let what = format!("the price of {key} in {region}");
            let known = self.entries.entry(region).or_default().entry(key);
            if *known.or_insert_with(|| entry.clone()) != entry {
                clash(what);
            }
        }
        for (key, region, rate) in document.plan_rates {
            let what = format!("the Savings Plan rate of {key} in {region}");
            let known = self.plan_rates.entry(region).or_default().entry(key);
            if *known.or_insert_with(|| rate.clone()) != rate {
                clash(what);
            }
        }
        for (dimension, discount) in document.plan_discounts {
            let known = self.plan_discounts.entry(dimension).or_insert_with(|| discount.clone());
            if *known != discount {
                clash(format!("the Savings Plan discount of {dimension}"));
            }
        }
        for class in document.classes {
            let known = self.classes.entry(class.class.clone()).or_insert_with(|| class.clone());
            if *known != class {
                clash(format!("the hardware of {}", class.class));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{BillSettings, PriceDate, Region, Unpriced, usable};

    fn region(code: &str) -> Region {
        Region::new(code).unwrap()
    }

    #[test]
    fn the_embedded_book_prices_dynamodb_in_36_regions() {
        let book = PriceBook::embedded();
        let priced = book.regions().filter(|region| {
            book.price(&Dimension::WriteRequestUnits.into(), region).known().is_some()
        });
        assert_eq!(priced.count(), 36);
    }

    #[test]
    fn every_figure_has_a_source_that_the_book_knows() {
        let book = PriceBook::embedded();
        for (region, key, state) in book.iter() {
            let source = match state {
                PriceState::Known(price) => &price.source,
                PriceState::NotOffered(absence) | PriceState::Unknown(Some(absence)) => {
                    assert!(!absence.why.is_empty());
                    &absence.source
                }
                PriceState::Unknown(None) => panic!("{key} in {region} says nothing"),
            };
            assert!(book.source(source).is_some(), "{key} in {region}: {source}");
        }
        for class in book.classes() {
            assert!(book.source(&class.source).is_some(), "{}", class.class);
        }
    }

    #[test]
    fn a_missing_price_says_why() {
        let book = PriceBook::embedded();
        let settings = BillSettings::default();
        let why = |dimension: Dimension, code| {
            usable(book.price(&dimension.into(), &region(code)), &settings).unwrap_err()
        };
        assert!(matches!(
            why(Dimension::Reserved3YWcuUpfront, "us-east-2"),
            Unpriced::NotOffered(_)
        ));
        assert!(matches!(
            why(Dimension::StreamsReadRequests, "il-central-1"),
            Unpriced::Unknown(Some(_))
        ));
        assert_eq!(why(Dimension::EbsGp3Storage, "eu-north-1"), Unpriced::Unknown(None));
        assert!(matches!(
            why(Dimension::ContributorEvents, "us-east-1"),
            Unpriced::Unverified(Some(_))
        ));
    }

    #[test]
    fn the_id_does_not_depend_on_the_cut_into_files() {
        let book = PriceBook::embedded();
        let text = book.to_text("all in one");
        let again = PriceBook::parse(&[("one.json", &text)]).unwrap();
        assert_eq!(again, book);
        assert_eq!(again.id(), book.id());
        assert!(book.id().starts_with(&book.date()));
        assert!(PriceDate::parse(&book.date()).is_ok());
    }

    #[test]
    fn faults_are_named_with_their_places_and_all_at_once() {
        let text = r#"{"format": 1, "title": "t", "sources": {"s": {"date": "2026-01-01", "what": "w"}},
 "prices": [
  {"region": "us-east-1", "dimension": "dynamodb.wcu-hour", "unit": "WCU-hour", "usd": "1", "source": "s", "date": "2026-01-01", "verified": true},
  {"region": "us-east-1", "dimension": "dynamodb.storage", "unit": "WCU-hour", "usd": "1", "source": "s", "date": "2026-01-01", "verified": true},
  {"region": "us-east-1", "dimension": "dynamodb.storage", "unit": "GB-month", "usd": "-1", "source": "s", "date": "2026-01-01", "verified": true},
  {"region": "us-east-1", "dimension": "dynamodb.storage", "unit": "GB-month", "usd": "1", "source": "x", "date": "2026-01-01", "verified": true},
  {"region": "us-east-1", "dimension": "dynamodb.storage", "unit": "GB-month", "usd": 1, "source": "s", "date": "2026-01-01", "verified": true},
  {"region": "us-east-1", "dimension": "dax.node-hours", "unit": "hour", "usd": "1", "source": "s", "date": "2026-01-01", "verified": true}
 ]}"#;
        let faults = PriceBook::parse(&[("b.json", text)]).unwrap_err();
        let said: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 6, "{said:#?}");
        assert!(said[0].starts_with("b.json:3:3: there is no dimension `dynamodb.wcu-hour`; did"));
        assert_eq!(said[1], "b.json:4:3: the unit of `dynamodb.storage` is GB-month, not WCU-hour");
        assert_eq!(said[2], "b.json:5:3: the price `-1` is negative");
        assert_eq!(said[3], "b.json:6:3: the source `x` is not in this file's `sources`");
        assert!(said[4].starts_with("b.json:7:"), "{}", said[4]);
        assert_eq!(said[5], "b.json:8:3: `dax.node-hours` needs an instance class");
    }

    #[test]
    fn two_files_may_not_contradict_each_other() {
        let file = |usd: &str| {
            format!(
                r#"{{"format": 1, "title": "t", "sources": {{"s": {{"date": "undated", "what": "w"}}}}, "prices": [
{{"region": "us-east-1", "dimension": "dynamodb.restore", "unit": "GB", "usd": "{usd}", "source": "s", "date": "undated", "verified": true}}]}}"#
            )
        };
        let (a, b) = (file("0.15"), file("0.16"));
        assert!(PriceBook::parse(&[("a", &a), ("a again", &a)]).is_ok());
        let faults = PriceBook::parse(&[("a", &a), ("b", &b)]).unwrap_err();
        assert_eq!(faults.0.len(), 1);
        assert!(faults.to_string().starts_with("b: the price of dynamodb.restore in us-east-1"));
    }
}
