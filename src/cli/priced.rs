//! A scenario with everything that its bills depend on.

use std::collections::BTreeSet;
use std::path::Path;

use ddbplan::compare::{Arrival, Billing, Offer, check_countable};
use ddbplan::finding::{Diagnostic, Diagnostics, Origin};
use ddbplan::pricing::{BillSettings, PriceBook, PriceKey, Region};
use ddbplan::scenario::Settings;

use super::Failure;
use super::book::BookArgs;
use super::scenario::{Scenario, ScenarioArgs, load};

/// A scenario, the prices of its Region and the conventions of its plan.
pub struct Priced {
    /// The scenario.
    pub scenario: Scenario,
    /// The prices.
    pub book: PriceBook,
    /// The Region.
    pub region: Region,
    conventions: BillSettings,
    arrival: Arrival,
}

impl Priced {
    /// Reads the scenario and the price book.
    ///
    /// # Errors
    /// Everything wrong with either.
    pub fn load(scenario: &ScenarioArgs, book: &BookArgs) -> Result<Self, Failure> {
        let folder = &scenario.scenario;
        let scenario = load(folder)?;
        let book = book.load()?;
        let region = region(folder, &scenario.settings, &book)?;
        classes(folder, &scenario.settings, &book, &region)?;
        let conventions = conventions(&scenario.settings);
        let arrival = Arrival::of(&scenario.settings.load, &scenario.workload);
        check_countable(&scenario.workload, &scenario.settings.load, &arrival)
            .map_err(|found| found.below(&folder.display().to_string()))?;
        Ok(Self { scenario, book, region, conventions, arrival })
    }

    /// What a comparison is billed by.
    pub fn billing(&self) -> Billing<'_> {
        Billing {
            book: &self.book,
            region: &self.region,
            settings: &self.scenario.settings,
            conventions: &self.conventions,
            peak_to_mean: self.scenario.workload.peak_to_mean.value,
            arrival: &self.arrival,
        }
    }
}

/// The Region of the plan, which the price book must know.
fn region(folder: &Path, settings: &Settings, book: &PriceBook) -> Result<Region, Diagnostics> {
    let known = Region::new(&settings.region.value).map_err(Diagnostic::new).and_then(|region| {
        if book.regions().any(|one| *one == region) {
            return Ok(region);
        }
        let regions: Vec<&str> = book.regions().map(Region::code).collect();
        Err(Diagnostic::new(format!("the price book has no Region {}", region.code()))
            .mend(format!("name one of: {}", regions.join(", "))))
    });
    known.map_err(|mut diagnostic| {
        if let Origin::File(place) = &settings.region.origin {
            diagnostic = diagnostic.at(place.clone());
        }
        Diagnostics::from(diagnostic).below(&folder.display().to_string())
    })
}

/// The instance classes that the plan names must have a price.
fn classes(
    folder: &Path,
    settings: &Settings,
    book: &PriceBook,
    region: &Region,
) -> Result<(), Diagnostics> {
    let verified = |offer: &Offer| {
        let hours = offer.instance_hours();
        let is_verified = move |class: &&str| {
            let price = book.price(&PriceKey::of_class(hours, *class), region);
            price.known().is_some_and(|price| price.verified)
        };
        book.classes_priced(hours, region).filter(is_verified)
    };
    let offers = Offer::listed(settings.postgres.bill.offer.value);
    let priced: BTreeSet<&str> = offers.iter().flat_map(verified).collect();
    let mut unknown = Diagnostics::default();
    let lacking = settings
        .postgres
        .fleet
        .classes
        .iter()
        .filter(|class| !priced.contains(class.value.as_str()));
    for class in lacking {
        let what = format!(
            "the price book has no PostgreSQL instance {} with a verified price in {}",
            class.value,
            region.code()
        );
        let priced: Vec<&str> = priced.iter().copied().collect();
        let mend = format!("name some of: {}", priced.join(", "));
        unknown.push(Diagnostic::new(what).at(class.place.clone()).mend(mend));
    }
    unknown.finish(()).map_err(|unknown| unknown.below(&folder.display().to_string()))
}

/// The billing conventions of the plan.
fn conventions(settings: &Settings) -> BillSettings {
    BillSettings {
        month_hours: settings.load.month_hours.value.into(),
        bytes_per_gb: settings.load.gb_bytes.value,
        ..BillSettings::default()
    }
}
