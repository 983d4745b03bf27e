//! Figures from all files together, and which holds where they differ.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Imported;
use super::usage_type::{Rank, without_prefix};
use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::pricing::book::PriceBook;
use crate::pricing::document::DECIMAL_MAX;
use crate::pricing::price::{Price, PriceDate, Source, Tier};
use crate::pricing::price_key::PriceKey;
use crate::pricing::region::Region;
use crate::pricing::savings_plan::PlanRate;
use crate::units::Usd;

/// What stands before the colon of usage types that say what they are behind
/// it (`RDS:GP3-Storage`); elsewhere a class or size stands there.
const WORDS_BEFORE_COLON: [&str; 4] = ["RDS", "Aurora", "EBS", "CW"];

/// The list that a figure stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Publication {
    /// When it was published.
    pub date: PriceDate,
    /// Its id as a source of the book.
    pub source: String,
    /// What it is.
    pub what: String,
}

impl Publication {
    /// A list of AWS's, by its code and version.
    ///
    /// # Errors
    /// What is wrong with the publication date.
    pub(super) fn new(kind: &str, code: &str, published: &str) -> Result<Self, String> {
        let day = published.get(..10).unwrap_or(published);
        let date = PriceDate::parse(day)
            .map_err(|_| format!("its publication date `{published}` is not a date"))?;
        let source = format!("{code}-{date}");
        Ok(Self { source, what: format!("{kind} {code}, published {published}"), date })
    }
}

/// A price as one product of one list states it.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub key: PriceKey,
    pub region: Region,
    pub tiers: Vec<Tier>,
    /// The usage at which the list stops, if it does.
    pub known_to: Option<Decimal>,
    pub sku: String,
    pub usage_type: String,
    pub rank: Rank,
    pub publication: Publication,
    pub place: Place,
    pub note: Option<String>,
}

/// A Savings Plan rate as one row states it.
#[derive(Clone, Debug)]
pub(super) struct RateFigure {
    pub key: PriceKey,
    pub region: Region,
    pub usd: Usd,
    pub publication: Publication,
    pub place: Place,
}

/// What the importers have found so far.
#[derive(Default)]
pub(super) struct Collected {
    figures: BTreeMap<(Region, PriceKey), Vec<Figure>>,
    rates: BTreeMap<(Region, PriceKey), Vec<RateFigure>>,
    unknown: BTreeMap<(String, String), usize>,
    notes: Vec<String>,
    faults: Diagnostics,
}

impl Collected {
    pub(super) fn figure(&mut self, figure: Figure) {
        let amounts = figure.tiers.iter().flat_map(|tier| [tier.from, tier.usd.get()]);
        let largest = amounts.chain(figure.known_to).max().unwrap_or_default();
        if largest > DECIMAL_MAX {
            let what = format!("SKU {} ({})", figure.sku, figure.usage_type);
            self.fault(too_large(&what, largest, figure.place));
            return;
        }
        let slot = (figure.region.clone(), figure.key.clone());
        self.figures.entry(slot).or_default().push(figure);
    }

    pub(super) fn rate(&mut self, rate: RateFigure) {
        if rate.usd.get() > DECIMAL_MAX {
            let what = format!("{} in {}", rate.key, rate.region);
            self.fault(too_large(&what, rate.usd.get(), rate.place));
            return;
        }
        self.rates.entry((rate.region.clone(), rate.key.clone())).or_default().push(rate);
    }

    /// Counts a product that the book has no place for. Instances are counted
    /// together, whatever their class.
    pub(super) fn unknown(&mut self, service: &str, usage_type: &str) {
        let (name, _) = without_prefix(usage_type);
        let name = match name.split_once(':') {
            Some((kind, _)) if !WORDS_BEFORE_COLON.contains(&kind) => kind,
            _ => name,
        };
        let name = if name.is_empty() { "(no usage type)" } else { name };
        *self.unknown.entry((service.to_owned(), name.to_owned())).or_default() += 1;
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn fault(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// Settles every contradiction and puts the rest into the book.
    pub(super) fn finish(
        mut self,
        files: Vec<(String, &'static str)>,
        mut book: PriceBook,
    ) -> Result<Imported, Diagnostics> {
        let mut prices = 0;
        for ((region, key), figures) in std::mem::take(&mut self.figures) {
            if let Some(figure) = self.settle(figures) {
                prices += 1;
                let publication = figure.publication;
                book.add_source(&publication.source, source(&publication));
                let price = Price {
                    tiers: figure.tiers,
                    known_to: figure.known_to,
                    source: publication.source,
                    date: publication.date,
                    verified: true,
                    sku: Some(figure.sku),
                    note: figure.note,
                };
                book.set_price(key, region, price);
            }
        }
        let mut savings_plan_rates = 0;
        for ((region, key), rates) in std::mem::take(&mut self.rates) {
            if let Some(rate) = self.settle_rates(rates) {
                savings_plan_rates += 1;
                let publication = rate.publication;
                book.add_source(&publication.source, source(&publication));
                let (usd, source, date) = (rate.usd, publication.source, publication.date);
                book.set_plan_rate(key, region, PlanRate { usd, source, date });
            }
        }
        let (unknown, notes) = (self.unknown, self.notes);
        self.faults.finish(Imported { book, prices, savings_plan_rates, files, unknown, notes })
    }

    /// Which of the statements on one price holds: the newest list's; within a
    /// list, the best-ranked product's. Equals of different prices are a fault.
    fn settle(&mut self, mut figures: Vec<Figure>) -> Option<Figure> {
        figures.sort_by(|a, b| {
            let newest_first = b.publication.date.cmp(&a.publication.date);
            newest_first.then(a.rank.cmp(&b.rank)).then_with(|| a.sku.cmp(&b.sku))
        });
        let mut figures = figures.into_iter();
        let chosen = figures.next()?;
        let what = format!("{} in {}", chosen.key, chosen.region);
        for other in figures.filter(|other| other.tiers != chosen.tiers) {
            if other.publication.date < chosen.publication.date {
                self.note(format!(
                    "{what}: {} holds, {} is older and differs",
                    chosen.publication.source, other.publication.source
                ));
            } else if other.rank > chosen.rank {
                self.note(format!(
                    "{what}: {} (SKU {}) holds, {} (SKU {}) differs and gives way",
                    chosen.usage_type, chosen.sku, other.usage_type, other.sku
                ));
            } else {
                self.fault(
                    Diagnostic::new(format!(
                        "{what}: {} (SKU {}) and {} (SKU {}) state different prices",
                        chosen.usage_type, chosen.sku, other.usage_type, other.sku
                    ))
                    .at(other.place)
                    .why("nothing says which of the two is billed")
                    .mend("leave one of the products out of the files"),
                );
            }
        }
        Some(chosen)
    }

    fn settle_rates(&mut self, mut rates: Vec<RateFigure>) -> Option<RateFigure> {
        rates.sort_by(|a, b| b.publication.date.cmp(&a.publication.date));
        let mut rates = rates.into_iter();
        let chosen = rates.next()?;
        for other in rates.filter(|other| other.usd != chosen.usd) {
            if other.publication.date == chosen.publication.date {
                self.fault(
                    Diagnostic::new(format!(
                        "{} in {}: two different Savings Plan rates",
                        chosen.key, chosen.region
                    ))
                    .at(other.place),
                );
            }
        }
        Some(chosen)
    }
}

/// The fault of a figure that the book could not be read back with.
fn too_large(what: &str, amount: Decimal, place: Place) -> Diagnostic {
    Diagnostic::new(format!("{what}: `{amount}` is larger than {DECIMAL_MAX}"))
        .at(place)
        .why("no price and no bound of a tier is; a price book takes none")
}

fn source(publication: &Publication) -> Source {
    Source { what: publication.what.clone(), date: publication.date.clone(), place: None }
}
