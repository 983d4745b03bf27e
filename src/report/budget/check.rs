use std::fmt;

use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::report::document::Report;
use crate::report::document::design::Design;
use crate::report::document::mode::Mode;
use crate::visible::visible;
use crate::written::nearest;

use super::{Budget, Figure, Limit, Limits, WhichMode};

/// How a report stands to a budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Number of limits that were looked at.
    pub checked: usize,
    /// Those that do not hold, in the order of the file.
    pub broken: Vec<Broken>,
}

/// A limit that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Where the limit is written.
    pub place: Place,
    /// What it is about: the design, and the mode and load where they matter.
    pub subject: String,
    /// The figure, its value and the limit.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, visible(&self.subject), visible(&self.what))
    }
}

impl Budget {
    /// Holds a report against the limits.
    ///
    /// # Errors
    /// If a limit names a design, mode or load that the report does not have.
    pub fn check(&self, report: &Report) -> Result<Outcome, Diagnostics> {
        let mut faults = Diagnostics::default();
        let mut outcome = Outcome { checked: 0, broken: Vec::new() };
        for limits in &self.limits {
            let designs = match designs(report, limits) {
                Ok(designs) => designs,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
            if let Err(fault) = has_load(report, limits) {
                faults.push(fault);
                continue;
            }
            for design in designs {
                for limit in &limits.figures {
                    if let Err(fault) = hold(design, limits, limit, &mut outcome) {
                        faults.push(fault);
                    }
                }
            }
        }
        faults.finish(outcome)
    }
}

fn designs<'r>(report: &'r Report, limits: &Limits) -> Result<Vec<&'r Design>, Diagnostic> {
    let Some(named) = &limits.design else { return Ok(report.designs.iter().collect()) };
    let found: Vec<&Design> =
        report.designs.iter().filter(|design| design.name == named.value).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let known: Vec<&str> = report.designs.iter().map(|design| design.name.as_str()).collect();
    Err(Diagnostic::new(format!("there is no design \"{}\"", named.value))
        .at(named.place.clone())
        .mend(match nearest(&named.value, &known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the designs are: {}", known.join(", ")),
        }))
}

fn has_load(report: &Report, limits: &Limits) -> Result<(), Diagnostic> {
    let Some(load) = &limits.load else { return Ok(()) };
    let asked: Vec<f64> = report.verdict.at.iter().map(|at| at.load).collect();
    if asked.iter().any(|one| same(*one, load.value)) {
        return Ok(());
    }
    let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
    Err(Diagnostic::new(format!("no cost is known at {} times today's load", load.value))
        .at(load.place.clone())
        .mend(format!("the loads of the report are: {}", asked.join(", "))))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 * b.abs().max(1.0)
}

/// Holds a design against one limit.
fn hold(
    design: &Design,
    limits: &Limits,
    limit: &Limit,
    outcome: &mut Outcome,
) -> Result<(), Diagnostic> {
    if !limit.figure.is_of_mode() {
        let value = match limit.figure {
            Figure::ServedCallsShare => design.served_of_data_calls,
            Figure::ServedTimeShare => design.served_of_data_time,
            _ => Some(count(design)),
        };
        note(&design.name, limit, value, outcome);
        return Ok(());
    }
    let (Some(which), Some(load)) = (&limits.mode, &limits.load) else {
        return Err(Diagnostic::new("mode and load are missing").at(limits.place.clone()));
    };
    let modes: Vec<&Mode> = match which.value {
        WhichMode::Each => design.modes.iter().collect(),
        WhichMode::One(mode) => design.modes.iter().filter(|one| one.mode == mode).collect(),
        WhichMode::Cheapest => design
            .modes
            .iter()
            .min_by(|a, b| {
                let cost = |mode: &Mode| cost_at(mode, load.value).unwrap_or(f64::INFINITY);
                cost(a).total_cmp(&cost(b))
            })
            .into_iter()
            .collect(),
    };
    if modes.is_empty() {
        let known: Vec<&str> = design.modes.iter().map(|mode| mode.mode.word()).collect();
        return Err(Diagnostic::new(format!("{} is not compared in this mode", design.name))
            .at(which.place.clone())
            .mend(format!("the modes of the plan are: {}", known.join(", "))));
    }
    for mode in modes {
        let subject = format!("{}, {}, at {}x", design.name, mode.mode.label(), load.value);
        if limit.figure == Figure::MonthlyUsd && !limits.leave_out_other_stores {
            let stores = unpriced_stores(design);
            if !stores.is_empty() {
                outcome.checked += 1;
                let known = cost_at(mode, load.value);
                outcome.broken.push(Broken {
                    place: limit.place.clone(),
                    subject,
                    what: format!(
                        "{} is not known: it is at least {}, without {}, whose price nobody \
                         stated (limit {}; leave_out_other_stores = true compares the rest)",
                        limit.figure.key(),
                        known.map_or("unknown".to_owned(), |usd| shown(limit.figure, usd)),
                        stores.join(", "),
                        shown(limit.figure, limit.limit)
                    ),
                });
                continue;
            }
        }
        let throttling = mode.throttling.iter().find(|one| same(one.load, load.value));
        let value = match limit.figure {
            Figure::MonthlyUsd => cost_at(mode, load.value),
            Figure::ThrottledShare => throttling.map(|one| one.throttled_share),
            _ => throttling.map(|one| one.throttled_share_without_burst),
        };
        note(&subject, limit, value, outcome);
    }
    Ok(())
}

/// Number of statements that a design does not serve without a Scan.
#[expect(clippy::cast_precision_loss, reason = "a number of statements")]
fn count(design: &Design) -> f64 {
    design.not_served.len() as f64
}

fn cost_at(mode: &Mode, load: f64) -> Option<f64> {
    mode.monthly_usd_at.iter().find(|at| same(at.load, load)).map(|at| at.monthly_usd)
}

fn unpriced_stores(design: &Design) -> Vec<&str> {
    let unpriced = design.elsewhere.iter().filter(|one| one.monthly_usd.is_none());
    unpriced.map(|one| one.store.as_str()).collect()
}

fn note(subject: &str, limit: &Limit, value: Option<f64>, outcome: &mut Outcome) {
    outcome.checked += 1;
    let figure = limit.figure;
    let holds = value.is_some_and(|value| {
        if figure.is_least() { value >= limit.limit } else { value <= limit.limit }
    });
    if holds {
        return;
    }
    let value = value.map_or("not known".to_owned(), |value| shown(figure, value));
    let bound = if figure.is_least() { "at least" } else { "at most" };
    outcome.broken.push(Broken {
        place: limit.place.clone(),
        subject: subject.to_owned(),
        what: format!(
            "{}: it is {value}, the limit is {bound} {}",
            figure.key(),
            shown(figure, limit.limit)
        ),
    });
}

/// A figure with its unit, in full so that it never reads like its limit.
fn shown(figure: Figure, value: f64) -> String {
    match figure {
        Figure::MonthlyUsd => format!("${value:.2} a month"),
        Figure::NotServed => format!("{value} statements"),
        _ => format!("{value} of 1"),
    }
}
