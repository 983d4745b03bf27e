use crate::demand::{Demand, StoredArm};
use crate::design::Design;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::plan::Plan;
use crate::scenario::Mode;
use crate::units::Usd;

use super::coverage::Coverage;
use super::dynamo::{ArmUse, BillLine};

/// One design with everything that follows from it.
#[derive(Clone, Debug)]
pub struct DesignResult {
    /// The design.
    pub design: Design,
    /// Its sizes.
    pub layout: Layout,
    /// How it serves each pattern.
    pub plan: Plan,
    /// What that consumes.
    pub demand: Demand,
    /// What each table and index uses.
    pub uses: Vec<ArmUse>,
    /// The same with every read strong that can be.
    pub strong_uses: Vec<ArmUse>,
    /// What is stored.
    pub stored: Vec<StoredArm>,
    /// How much of the workload it serves.
    pub coverage: Coverage,
    /// Its bill at today's load, by capacity mode.
    pub modes: Vec<ModeResult>,
    /// Stores that serve what it does not.
    pub elsewhere: Vec<ElsewhereCost>,
    /// What the reader must know about it.
    pub findings: Vec<Finding>,
}

/// A design's bill under one capacity mode at today's load.
#[derive(Clone, Debug)]
pub struct ModeResult {
    /// The mode.
    pub mode: Mode,
    /// The lines.
    pub lines: Vec<BillLine>,
    /// Their sum, without other stores; `None` if a line has no price.
    pub monthly: Option<Usd>,
    /// The same with every read strong that can be.
    pub strong_monthly: Option<Usd>,
}

/// Statements that a design sends to another store.
#[derive(Clone, Debug, PartialEq)]
pub struct ElsewhereCost {
    /// The store, in the planner's words.
    pub store: String,
    /// The patterns, by position in the workload.
    pub patterns: Vec<usize>,
    /// What it costs a month at today's load, if anybody stated it.
    pub monthly: Option<Usd>,
}

/// A cost over load.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is the cost of.
    pub name: String,
    /// Multiples of today's load with dollars a month; ends where the thing
    /// cannot be had any more.
    pub points: Vec<(f64, f64)>,
    /// Why it ends before the range does.
    pub ends: Option<String>,
}

/// Where two curves change places.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossover {
    /// The curve that is cheaper above.
    pub cheaper_above: String,
    /// The curve that is cheaper below.
    pub cheaper_below: String,
    /// The multiple of today's load.
    pub load: f64,
    /// What both cost there, in dollars a month.
    pub monthly_usd: f64,
}
