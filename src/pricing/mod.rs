//! Price book, bills and commitments: quantities to dollars.
//!
//! This stage knows no databases, tables or queries. It takes quantities by
//! [`Dimension`] and [`Region`] and returns lines. Every figure carries its
//! source, its date and whether anyone verified it; a missing one is a state
//! ([`PriceState`], [`Unpriced`]), never 0. Money and quantities are exact
//! decimals: there is no floating point in this folder, and a test sees to it.

mod bill;
mod book;
mod dimension;
mod document;
mod embedded;
mod hardware;
mod json_place;
mod kinds;
mod price;
mod region;
mod savings_plan;
mod settings;
mod tiers;

pub use bill::{Bill, Charge, Line, Unpriced, Usage, bill, usable};
pub use book::PriceBook;
pub use dimension::{Dimension, PriceKey};
pub use hardware::InstanceClass;
pub use kinds::{Direction, Due, Service, TableClass, Term, Unit};
pub use price::{Absence, Offered, Price, PriceDate, PriceState, Source, Tier};
pub use region::Region;
pub use savings_plan::{PlanDiscount, PlanPrice, PlanRate};
pub use settings::BillSettings;
pub use tiers::Part;
