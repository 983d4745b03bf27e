//! Price book, bills and commitments: quantities to dollars.
//!
//! This stage knows no databases, tables or queries. It takes quantities by
//! [`Dimension`] and [`Region`] and returns lines. Every figure carries its
//! source, its date and whether anyone verified it; a missing one is a state
//! ([`PriceState`], [`Unpriced`]), never 0. Money and quantities are exact
//! decimals: there is no floating point in this folder, and a test sees to it.

mod allowances;
mod amount;
mod bill;
mod book;
mod commitment;
mod csv;
mod diff;
mod dimension;
mod document;
mod embedded;
mod global_table;
mod hardware;
mod import;
mod json_place;
mod kinds;
mod price;
mod price_key;
mod region;
mod savings_plan;
mod series_file;
mod settings;
mod tiers;
mod usage_file;

pub use allowances::{
    EBS_GP3_INCLUDED, VolumePerformance, ebs_io2_iops_by_tier, rds_billed_backup, rds_gp3_included,
};
pub use bill::{Bill, Charge, Line, Unpriced, Usage, bill, usable};
pub use book::PriceBook;
pub use commitment::{
    BestCommitment, BreakEven, Commitment, CommitmentCost, CommitmentOptions, LastBlock, Model,
    RESERVATION_BLOCK_UNITS, Reservation, SunkReservation, UsageSeries, YEAR_HOURS,
    break_even_utilisation, break_evens, commitment_covers, reservation_break_even,
};
pub use diff::{PriceChange, diff_books, diff_regions};
pub use dimension::Dimension;
pub use global_table::{Replica, ReplicaDemand, global_table_usages, replica_demand};
pub use hardware::InstanceClass;
pub use import::{Imported, import};
pub use kinds::{Direction, Due, Service, TableClass, Term, Unit};
pub use price::{Absence, Offered, Price, PriceDate, PriceState, Source, Tier};
pub use price_key::PriceKey;
pub use region::Region;
pub use savings_plan::{PlanDiscount, PlanPrice, PlanRate};
pub use series_file::parse_series;
pub use settings::BillSettings;
pub use tiers::Part;
pub use usage_file::{UsageFile, parse_usage};
