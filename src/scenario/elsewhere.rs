use rust_decimal::Decimal;

use crate::units::Usd;
use crate::written::{Section, Written};

use super::USD_MAX;

/// Statements that stay on another store, and what that store costs.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The statement, as text to be matched against the workload.
    pub sql: Written<String>,
    /// Where it goes, in the planner's words.
    pub store: String,
    /// What that store costs a month at today's load, if anybody knows.
    pub monthly: Option<Usd>,
    /// Its price grows with the load; `None` where nobody said.
    pub grows_with_load: Option<bool>,
}

/// Whether a statement, given as one line, is meant by what a plan writes: its
/// whole text, or its beginning followed by `...`.
pub(super) fn reads_like(written: &str, text: &str) -> bool {
    match written.strip_suffix("...") {
        Some(beginning) => text.starts_with(beginning),
        None => text == written,
    }
}

impl Elsewhere {
    /// Whether it is about a statement, given as one line: the whole text, or
    /// its beginning if it is written with `...` at the end.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        reads_like(&self.sql.value, text)
    }

    /// Reads one `[[elsewhere]]` section.
    pub(super) fn read(section: &Section<'_, '_>) -> Option<Self> {
        let sql = section.required_text("sql");
        let store = section.required_text("store");
        let monthly = section.decimal_in(
            "monthly_usd",
            Decimal::ZERO..=Decimal::from(USD_MAX),
            "dollars a month; leave it out if the price is not known",
        );
        let grows_with_load = section.flag("grows_with_load");
        section.report_left_over();
        Some(Self {
            sql: sql?,
            store: store?.value,
            monthly: monthly.map(|price| Usd::new(price.value)),
            grows_with_load: grows_with_load.map(|grows| grows.value),
        })
    }
}
