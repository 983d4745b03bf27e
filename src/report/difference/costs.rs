use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::compare::{SHARDED, SINGLE, curve_name};
use crate::report::document::bill::{Line, PostgresLine};
use crate::report::document::curves::CostAt;
use crate::report::document::{Exact, Report};

use super::find::{paired, same};
use super::{CostChange, LineChange, PatternChange};

/// Costs at the loads that were asked about.
pub fn costs(from: &Report, to: &Report) -> Vec<CostChange> {
    paired(at_loads(from), at_loads(to))
        .into_iter()
        .filter(|(_, (from, to))| !same(*from, *to))
        .map(|(((curve, load), _), (from, to))| CostChange {
            curve,
            load: load.0,
            from_usd: from,
            to_usd: to,
            change_usd: from.zip(to).map(|(from, to)| to - from),
        })
        .collect()
}

/// A load as a key.
#[derive(Clone, Copy)]
struct Load(f64);

impl PartialEq for Load {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Load {}

impl PartialOrd for Load {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Load {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

fn at_loads(report: &Report) -> Vec<((String, Load), f64)> {
    let mut all = Vec::new();
    let mut add = |curve: String, costs: &[CostAt]| {
        all.extend(costs.iter().map(|at| ((curve.clone(), Load(at.load)), at.monthly_usd)));
    };
    for design in &report.designs {
        for mode in &design.modes {
            add(curve_name(&design.name, mode.mode), &mode.monthly_usd_at);
        }
    }
    add(SHARDED.to_owned(), &report.postgres.monthly_usd_at);
    add(SINGLE.to_owned(), &report.postgres.single_monthly_usd_at);
    all
}

/// A line of any bill.
#[derive(Clone)]
struct Billed {
    unit: String,
    quantity: Exact,
    unit_usd: Option<Exact>,
    usd: Option<Exact>,
}

/// Every line by its bill and by what is billed, at today's load.
fn billed(report: &Report) -> Vec<((String, String), Billed)> {
    let mut all = Vec::new();
    for design in &report.designs {
        for mode in &design.modes {
            let bill = curve_name(&design.name, mode.mode);
            all.extend(mode.lines.iter().map(|line| {
                let billed = Billed {
                    unit: line.unit.clone(),
                    quantity: line.quantity,
                    unit_usd: line.unit_usd,
                    usd: line.usd,
                };
                ((bill.clone(), what(line)), billed)
            }));
        }
    }
    let single = report.postgres.single.as_ref().map(|fleet| &fleet.lines);
    for (bill, lines) in [(SHARDED, report.postgres.lines.as_ref()), (SINGLE, single)] {
        all.extend(lines.into_iter().flatten().map(|line| {
            let PostgresLine { dimension, part, unit, quantity, unit_usd, usd, .. } = line.clone();
            let what = part.map_or(dimension.clone(), |part| format!("{dimension} ({part})"));
            ((bill.to_owned(), what), Billed { unit, quantity, unit_usd, usd })
        }));
    }
    all
}

fn what(line: &Line) -> String {
    let mut of: Vec<&str> = line.table.iter().map(String::as_str).collect();
    of.extend(line.index.as_deref());
    if of.is_empty() {
        format!("{} in {}", line.dimension, line.region)
    } else {
        format!("{} of {} in {}", line.dimension, of.join("."), line.region)
    }
}

/// Lines that differ, the largest change first.
pub fn lines(from: &Report, to: &Report) -> Vec<LineChange> {
    let mut changes: Vec<LineChange> = paired(billed(from), billed(to))
        .into_iter()
        .filter_map(|(((bill, what), _), (from, to))| line(bill, what, from, to))
        .collect();
    changes.sort_by_key(|one| std::cmp::Reverse(size(one.change_usd)));
    changes
}

fn line(
    bill: String,
    what: String,
    from: Option<Billed>,
    to: Option<Billed>,
) -> Option<LineChange> {
    let quantity = |of: &Option<Billed>| of.as_ref().map(|one| one.quantity);
    let usd = |of: &Option<Billed>| of.as_ref().and_then(|one| one.usd);
    let unchanged = quantity(&from) == quantity(&to) && usd(&from) == usd(&to);
    let unit = from.as_ref().or(to.as_ref())?.unit.clone();
    if unchanged {
        return None;
    }
    // What is not there costs nothing; what has no price costs nobody knows what.
    let paid = |of: &Option<Billed>| match of {
        None => Some(Decimal::ZERO),
        Some(one) => one.usd.map(Exact::get),
    };
    let change = paid(&to).zip(paid(&from)).map(|(to, from)| Exact::new(to - from));
    let split = match (&from, &to) {
        (Some(from), Some(to)) => from.unit_usd.zip(to.unit_usd).map(|(old, new)| {
            let more = to.quantity.get() - from.quantity.get();
            let dearer = to.quantity.get() * (new.get() - old.get());
            (Exact::new(more * old.get()), Exact::new(dearer))
        }),
        // A line that only one side has differs by all of its quantity.
        _ => change.map(|change| (change, Exact::new(Decimal::ZERO))),
    };
    Some(LineChange {
        bill,
        what,
        unit,
        from_quantity: quantity(&from),
        to_quantity: quantity(&to),
        from_usd: usd(&from),
        to_usd: usd(&to),
        change_usd: change,
        by_quantity_usd: split.map(|(by_quantity, _)| by_quantity),
        by_price_usd: split.map(|(_, by_price)| by_price),
    })
}

/// How large a change is; what nobody knows comes first.
fn size(change: Option<Exact>) -> Decimal {
    change.map_or(Decimal::MAX, |change| change.get().abs())
}

/// Prices of a unit, by dimension and Region.
pub fn prices(report: &Report) -> Vec<(String, String)> {
    let mut prices: BTreeMap<String, String> = BTreeMap::new();
    for design in &report.designs {
        for line in design.modes.iter().flat_map(|mode| &mode.lines) {
            if let Some(usd) = line.unit_usd {
                let key = format!("{} in {}, USD a {}", line.dimension, line.region, line.unit);
                prices.insert(key, usd.to_string());
            }
        }
    }
    let single = report.postgres.single.as_ref().map(|fleet| &fleet.lines);
    for line in [report.postgres.lines.as_ref(), single].into_iter().flatten().flatten() {
        if let Some(usd) = line.unit_usd {
            prices.insert(format!("{}, USD a {}", line.dimension, line.unit), usd.to_string());
        }
    }
    prices.into_iter().collect()
}

/// What the operations of each statement cost, where that differs.
pub fn patterns(from: &Report, to: &Report) -> Vec<PatternChange> {
    let mut changes: Vec<PatternChange> = paired(by_pattern(from), by_pattern(to))
        .into_iter()
        .filter(|(_, (from, to))| from != to)
        .map(|(((design, pattern), _), (from, to))| {
            let (from, to) = (from.flatten(), to.flatten());
            PatternChange {
                design,
                pattern,
                from_usd: from,
                to_usd: to,
                change_usd: from.zip(to).map(|(from, to)| Exact::new(to.get() - from.get())),
            }
        })
        .collect();
    changes.sort_by_key(|one| std::cmp::Reverse(size(one.change_usd)));
    changes
}

/// `None` where an operation has no price.
fn by_pattern(report: &Report) -> BTreeMap<(String, String), Option<Exact>> {
    let mut sums: BTreeMap<(String, String), Option<Exact>> = BTreeMap::new();
    for design in &report.designs {
        for operation in &design.operations {
            let key = (design.name.clone(), operation.pattern.clone());
            let sum = sums.entry(key).or_insert_with(|| Some(Exact::new(Decimal::ZERO)));
            *sum =
                sum.zip(operation.monthly_usd).map(|(sum, usd)| Exact::new(sum.get() + usd.get()));
        }
    }
    sums
}
