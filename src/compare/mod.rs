//! Bills over load: what each design and a sharded Postgres cost, where they
//! cross, and what that comes to in a sentence.

mod arm_use;
mod arrival;
mod billing;
mod busiest_day;
mod calls;
mod chance;
mod collections;
mod commitment;
mod comparison;
mod countable;
mod coverage;
mod crossover;
mod curves;
mod design;
mod design_limits;
mod dynamo;
mod elsewhere;
mod extras;
mod hot_keys;
mod lag;
mod like_for_like;
mod limits;
mod model;
mod noise;
mod odds;
mod operation_cost;
mod partitions;
mod postgres;
mod refused;
mod replication;
mod throttling;
mod throughput;
mod trace_tables;
pub mod uncertainty;
mod verdict;

pub use arm_use::{ArmUse, arm_uses};
pub use arrival::{Arrival, ArrivalSource, LoadCurve};
pub use billing::{BillLine, Billing, Draft, decimal_to_f64, monthly, priced, to_f64, upfront};
pub use busiest_day::BusiestDay;
pub use collections::{Collection, LargestCollection};
pub use commitment::{
    BEHIND_PLAN, Committed, DesignCommitment, RegionCommitment, RegionUsage, best_commitment,
    hourly_usage,
};
pub use comparison::{Comparison, SHARDED, SINGLE, compare, curve_name};
pub use countable::check_countable;
pub use coverage::{Coverage, coverage};
pub use crossover::crossovers;
pub use curves::{Cost, NamedCost, curve, design_cost, loads};
pub use design::evaluate;
pub use design_limits::design_limits;
pub use dynamo::lines;
pub use elsewhere::{ElsewhereCost, UNNAMED_STORE, known_monthly};
pub use like_for_like::{LikeForLike, like_for_like};
pub use model::{
    Crossover, Curve, CurveKind, DesignResult, ModeResult, PeopleResult, PostgresAt, PostgresPoint,
    PostgresResult, ShardKeyAt, ShardKeyResult,
};
pub use noise::Noise;
pub use odds::{
    Cheaper, CurveOdds, InputRange, LoadSwings, Odds, OverTime, PairOdds, Reshard, TimeCurve,
    TimePoint, percent_of_draws,
};
pub use operation_cost::{UnitPrices, operation_costs};
pub use partitions::{ArmPartitions, Busiest, DirectionAt, PartitionsAt};
pub use postgres::{Offer, PostgresSide};
pub use throttling::{Throttling, throttling};
pub use trace_tables::trace_tables;
pub use verdict::{Verdict, VerdictAt};
