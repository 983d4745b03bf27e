use crate::finding::{Diagnostic, Diagnostics};
use crate::scenario::Mode;
use crate::written::{Document, Section, Written};

use super::{Budget, Figure, Limit, Limits, WhichMode};

impl Budget {
    /// Reads a budget file.
    ///
    /// # Errors
    /// Everything wrong with it, each with its line and column.
    pub fn read(file: &str, text: &str) -> Result<Self, Diagnostics> {
        Document::new(file, text).read(|root| {
            let limits: Vec<Limits> = root.sections("limits").iter().map(limits).collect();
            if limits.is_empty() {
                root.fault(
                    Diagnostic::new("the budget has no limits")
                        .at(root.place())
                        .mend("add a section [[limits]]"),
                );
            }
            Some(Self { limits })
        })
    }
}

fn limits(section: &Section<'_, '_>) -> Limits {
    let figures: Vec<Limit> = Figure::ALL
        .into_iter()
        .filter_map(|figure| {
            let (most, what) = figure.range();
            let written = section.number_in(figure.key(), 0.0..=most, what)?;
            Some(Limit { figure, limit: written.value, place: written.place })
        })
        .collect();
    let limits = Limits {
        place: section.place(),
        design: section.text("design"),
        mode: mode(section),
        load: section.number_in("load", 1e-6..=1e6, "a multiple of today's load"),
        leave_out_other_stores: section
            .flag("leave_out_other_stores")
            .is_some_and(|flag| flag.value),
        figures,
    };
    if !Figure::ALL.into_iter().any(|figure| section.has(figure.key())) {
        let keys = Figure::ALL.map(Figure::key);
        section.fault(
            Diagnostic::new("nothing is limited here")
                .at(section.place())
                .mend(format!("add one or more of: {}", keys.join(", "))),
        );
    }
    let of_mode = limits.figures.iter().find(|limit| limit.figure.is_of_mode());
    if let Some(limit) = of_mode {
        for (key, form) in [
            ("mode", "\"on_demand\", \"provisioned\", \"auto_scaled\", \"cheapest\" or \"each\""),
            ("load", "a multiple of today's load, such as 8"),
        ] {
            if !section.has(key) {
                section.fault(
                    Diagnostic::new(format!("{key} is missing"))
                        .at(limit.place.clone())
                        .why(format!("{} differs from {key} to {key}", limit.figure.key()))
                        .mend(format!("add {key} = {form}")),
                );
            }
        }
    }
    section.report_left_over();
    limits
}

fn mode(section: &Section<'_, '_>) -> Option<Written<WhichMode>> {
    let mut words = Mode::ALL.map(Mode::word).to_vec();
    words.extend(["cheapest", "each"]);
    let word = section.word("mode", &words)?;
    let value = match word.value.checked_sub(Mode::ALL.len()) {
        None => WhichMode::One(Mode::ALL[word.value]),
        Some(0) => WhichMode::Cheapest,
        Some(_) => WhichMode::Each,
    };
    Some(Written { value, place: word.place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_place() {
        let text = "[[limits]]\nmonthly_usd_max = 10\n\n[[limits]]\ndesing = \"a\"\n\
                    served_calls_share_min = 99\n\n[[limits]]\ndesign = \"b\"\n";
        let faults = Budget::read("budget.toml", text).unwrap_err();
        let firsts: Vec<String> = faults
            .0
            .iter()
            .map(|fault| fault.to_string().lines().next().unwrap().to_owned())
            .collect();
        assert_eq!(
            firsts,
            [
                "budget.toml:2:19: mode is missing",
                "budget.toml:2:19: load is missing",
                "budget.toml:6:26: limits.served_calls_share_min = 99 is out of range",
                "budget.toml:5:1: limits.desing is not a known key",
                "budget.toml:8:1: nothing is limited here",
            ]
        );
    }

    #[test]
    fn an_empty_budget_is_no_budget() {
        assert!(Budget::read("budget.toml", "").is_err());
    }
}
