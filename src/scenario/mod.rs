//! What the people asking say about their scenario: `plan.toml`.

mod arrival;
mod assumption;
mod bloat;
mod capture;
mod commitment;
mod dynamodb;
mod elsewhere;
mod encoding;
mod fleet_bill;
mod fleet_sizing;
mod key_skew;
mod load;
mod migration;
mod on_demand;
mod people;
mod postgres;
mod row_sizes;
mod scheduled;
mod settings;
mod starter;
mod table;
mod uncertainty;
mod what_if;

/// Dollars that a plan may state, a trillion: sums of many stay exact.
const USD_MAX: u64 = 1_000_000_000_000;

pub use arrival::{Job, Spike};
pub use assumption::Assumption;
pub use bloat::BloatSettings;
pub use commitment::CommitmentSettings;
pub use dynamodb::{DynamoDbSettings, Mode};
pub use elsewhere::Elsewhere;
pub use encoding::{Encoding, NumberEncoding, TimestampEncoding};
pub use fleet_bill::{FleetBill, Pooler, Purchase};
pub use fleet_sizing::{FleetSizing, Placement};
pub use key_skew::{Spread, StatedSkew};
pub use load::{CaptureRepresents, LoadSettings};
pub use migration::{BackfillMethod, Days, MigrationSettings};
pub use on_demand::OnDemandLimits;
pub use people::{Counted, Estimate, People};
pub use postgres::{Baseline, HostCpu, PostgresSettings};
pub use row_sizes::StatedRowSizes;
pub use scheduled::ScheduledLeast;
pub use settings::Settings;
pub use starter::{Stands, starter_plan};
pub use table::{TableOverride, TableSettings};
pub use uncertainty::{UncertainInput, UncertaintySettings};
pub use what_if::{Cache, WhatIf};
