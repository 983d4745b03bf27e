//! Charts: a description that is data only, and its picture as PNG bytes.
//!
//! The same description gives the same bytes everywhere: the font is embedded,
//! nothing is asked of the system.

mod bars;
mod canvas;
mod frame;
mod labels;
mod layout;
mod lines;
mod png;
mod running;
mod schedule;
mod style;
mod ticks;
mod timeline;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bars::breakdown_png;
pub use labels::replacements as shown_names;
pub use png::png;
pub use running::running_cost_png;
pub use schedule::schedule_png;
pub use timeline::timeline_png;

/// Cost on a logarithmic axis, against load or time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostChart {
    /// What the picture shows, in one line.
    pub title: String,
    /// What it holds for: region, capacity mode, dates.
    pub subtitle: String,
    /// The load or time axis and its unit.
    pub x_label: String,
    /// How that axis is divided.
    pub x_axis: XAxis,
    /// The cost axis and its unit.
    pub y_label: String,
    /// The lines, in the order of their colours.
    pub series: Vec<Series>,
    /// Points to look at: where two lines cross.
    pub marks: Vec<Mark>,
    /// A cost that does not depend on the load (USD a month), drawn across.
    pub baseline: Option<(String, f64)>,
}

/// What the horizontal axis of a [`CostChart`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum XAxis {
    /// Multiples of today's load, above 0, on a logarithmic axis.
    Multiples,
    /// Months, from 0 up, on a plain one.
    Months,
}

/// One line of a [`CostChart`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// What the line is of.
    pub name: String,
    /// How the points are joined.
    pub kind: SeriesKind,
    /// Load (multiple of today's) or months, and cost (USD a month), by ascending
    /// load or time. Loads and costs must be above 0; others are left out and the
    /// picture says so.
    pub points: Vec<(f64, f64)>,
    /// Load or months, and the least and most the cost may be there.
    pub band: Option<Vec<(f64, f64, f64)>>,
    /// Why the line stops before the range does.
    pub ends: Option<String>,
}

/// How the points of a [`Series`] are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SeriesKind {
    /// Straight.
    Line,
    /// Level until the next point: things bought whole, such as shards.
    Step,
    /// Straight and dashed: an estimate or a reference.
    Dashed,
}

/// A point to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Load, a multiple of today's, or months.
    pub x: f64,
    /// Cost, USD a month.
    pub y: f64,
    /// A few words; left out where there is no room, the point stays.
    pub label: String,
}

/// What amounts are made of, bar by bar, from nothing up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BreakdownChart {
    /// What the picture shows, in one line.
    pub title: String,
    /// What it holds for: region, capacity mode, load.
    pub subtitle: String,
    /// The axis of amounts and its unit.
    pub x_label: String,
    /// How amounts are written.
    pub unit: AmountUnit,
    /// What the bars are made of, in the order of their colours.
    pub parts: Vec<String>,
    /// Whether the last part is what is left up to a limit, drawn pale: a bar then
    /// ends at the limit.
    pub last_is_left: bool,
    /// The bars, from the top.
    pub bars: Vec<Bar>,
}

/// How the amounts of a [`BreakdownChart`] are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// US dollars a month.
    Usd,
    /// A plain number.
    Count,
    /// Parts of a hundred.
    Percent,
}

/// One bar of a [`BreakdownChart`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bar {
    /// What the bar is of.
    pub name: String,
    /// The amount of each part, in the order of the chart's parts; `None`
    /// where it is not known, which the picture says. What is no finite number
    /// from 0 up counts as not known.
    pub amounts: Vec<Option<f64>>,
}

/// Demand against capacity over time, and what was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineChart {
    /// What the picture shows, in one line.
    pub title: String,
    /// What it holds for: table, design, load.
    pub subtitle: String,
    /// The time axis: since when.
    pub x_label: String,
    /// The axis of demand and its unit.
    pub y_label: String,
    /// By ascending time; each holds until the next.
    pub moments: Vec<Moment>,
}

/// One interval of a [`TimelineChart`], all in the unit of its axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// When it begins, seconds from the start.
    pub at_s: f64,
    /// What was asked for.
    pub demand: f64,
    /// What was provisioned; `None` where nothing limits it.
    pub capacity: Option<f64>,
    /// How much of the demand was throttled. Not always what exceeds the
    /// capacity: burst capacity serves some of that.
    pub throttled: f64,
}

/// Sums that grow from the first day on, both axes plain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunningCostChart {
    /// What the picture shows, in one line.
    pub title: String,
    /// What it holds for: region, design, load.
    pub subtitle: String,
    /// The time axis and its unit.
    pub x_label: String,
    /// The cost axis and its unit.
    pub y_label: String,
    /// The lines, in the order of their colours.
    pub lines: Vec<RunningCostLine>,
    /// Times to mark across the plot: ends of phases.
    pub borders: Vec<f64>,
    /// Points to look at: time, USD, a few words.
    pub marks: Vec<(f64, f64, String)>,
}

/// One line of a [`RunningCostChart`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunningCostLine {
    /// What the line is of.
    pub name: String,
    /// Time and USD paid by then, by ascending time.
    pub points: Vec<(f64, f64)>,
}

/// Phases one after another, as bars over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleChart {
    /// What the picture shows, in one line.
    pub title: String,
    /// What it holds for.
    pub subtitle: String,
    /// The time axis and its unit.
    pub x_label: String,
    /// What the colours mean.
    pub parts: Vec<String>,
    /// The bars, from the top.
    pub bars: Vec<ScheduleBar>,
}

/// One bar of a [`ScheduleChart`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleBar {
    /// What the bar is of.
    pub name: String,
    /// Where it begins, in the unit of the axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Which of the chart's parts gives its colour.
    pub part: usize,
    /// What stands beside it, above its amount.
    pub remark: String,
    /// What it costs, USD.
    pub usd: f64,
    /// Some of its costs are not known.
    pub lower_bound: bool,
}
