//! Bills over load: what each design and a sharded Postgres cost, where they
//! cross, and what that comes to in a sentence.

mod comparison;
mod coverage;
mod crossover;
mod curves;
mod design;
mod dynamo;
mod limits;
mod model;
mod operation_cost;
mod postgres;
mod verdict;

pub use comparison::{Comparison, SHARDED, SINGLE, compare, curve_name};
pub use coverage::{Coverage, coverage};
pub use crossover::crossovers;
pub use curves::{Cost, curve, design_cost, loads};
pub use design::evaluate;
pub use dynamo::{ArmUse, BillLine, Billing, capacity_units, lines, to_f64, total};
pub use model::{
    Crossover, Curve, DesignResult, ElsewhereCost, ModeResult, PostgresPoint, PostgresResult,
};
pub use operation_cost::{UnitPrices, operation_costs};
pub use postgres::PostgresSide;
pub use verdict::{Verdict, VerdictAt};
