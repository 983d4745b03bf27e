use std::fmt;

use crate::compare::decimal_to_f64;
use crate::report::document::Exact;
use crate::report::{Align, Table};

use super::{Change, Difference, FindingOf};

/// Rows of a table shown at most; JSON has them all.
const SHOWN: usize = 12;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return writeln!(f, "nothing differs");
        }
        if let Some(verdict) = &self.verdict {
            let text = |side: &Option<String>| side.clone().unwrap_or_default();
            writeln!(f, "verdict\n- {}\n+ {}\n", text(&verdict.from), text(&verdict.to))?;
        }
        self.changes(f, "made from", &self.made_from)?;
        self.changes(f, "input file", &self.inputs)?;
        self.changes(f, "assumption", &self.assumptions)?;
        self.changes(f, "price", &self.prices)?;
        for (sign, names) in [("-", &self.designs_removed), ("+", &self.designs_added)] {
            for name in names {
                writeln!(f, "{sign} design {name}")?;
            }
        }
        if !self.designs_removed.is_empty() || !self.designs_added.is_empty() {
            writeln!(f, "  (their costs and findings: --json)\n")?;
        }
        self.coverage(f)?;
        self.costs(f)?;
        self.lines(f)?;
        self.patterns(f)?;
        self.crossovers(f)?;
        for (sign, findings) in [("-", &self.findings_removed), ("+", &self.findings_added)] {
            for one in findings.iter().filter(|one| self.in_both(one.design.as_deref())) {
                writeln!(f, "{sign} {}", finding(one))?;
            }
        }
        Ok(())
    }
}

impl Difference {
    /// Whether a figure is of a design that both reports have, or of no design;
    /// `of` is a design, or one with its mode.
    fn in_both(&self, of: Option<&str>) -> bool {
        let of = of.unwrap_or_default();
        let mut only = self.designs_removed.iter().chain(&self.designs_added);
        !only.any(|name| {
            of.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
        })
    }

    fn changes(&self, f: &mut fmt::Formatter<'_>, title: &str, all: &[Change]) -> fmt::Result {
        let side = |side: &Option<String>| {
            side.as_ref().map_or("-".to_owned(), |text| text.chars().take(60).collect())
        };
        let rows = all.iter().map(|one| vec![one.what.clone(), side(&one.from), side(&one.to)]);
        show(f, [title, "from", "to"], Align::Left, rows.collect())
    }

    fn coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: Option<f64>| side.map_or("?".to_owned(), |value| format!("{value:.4}"));
        let of_both = self.coverage.iter().filter(|one| self.in_both(Some(&one.design)));
        let rows = of_both.map(|one| {
            vec![format!("{}: {}", one.design, one.figure), side(one.from), side(one.to)]
        });
        show(f, ["coverage", "from", "to"], Align::Right, rows.collect())
    }

    fn costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usd = |usd: Option<f64>| usd.map_or("-".to_owned(), dollars);
        let of_both = self.costs.iter().filter(|one| self.in_both(Some(&one.curve)));
        let rows = of_both.map(|one| {
            let name = format!("{} at {}x", one.curve, one.load);
            vec![name, usd(one.from_usd), usd(one.to_usd), change(one.change_usd)]
        });
        show(f, ["USD a month", "from", "to", "change"], Align::Right, rows.collect())
    }

    fn lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_both = self.lines.iter().filter(|one| self.in_both(Some(&one.bill)));
        let rows = of_both.map(|one| {
            vec![
                format!("{}: {}", one.bill, one.what),
                number(one.from_usd).map_or("-".to_owned(), dollars),
                number(one.to_usd).map_or("-".to_owned(), dollars),
                change(number(one.change_usd)),
                change(number(one.by_quantity_usd)),
                change(number(one.by_price_usd)),
            ]
        });
        let titles = ["line at 1x", "from", "to", "change", "by quantity", "by price"];
        show(f, titles, Align::Right, rows.collect())
    }

    fn patterns(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_both = self.patterns.iter().filter(|one| self.in_both(Some(&one.design)));
        let rows = of_both.map(|one| {
            vec![
                format!("{}: {}", one.design, one.pattern),
                number(one.from_usd).map_or("-".to_owned(), dollars),
                number(one.to_usd).map_or("-".to_owned(), dollars),
                change(number(one.change_usd)),
            ]
        });
        let titles = ["statement at 1x, on-demand prices", "from", "to", "change"];
        show(f, titles, Align::Right, rows.collect())
    }

    fn crossovers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |loads: &[f64]| {
            let loads: Vec<String> = loads.iter().map(|load| format!("{load:.2}x")).collect();
            if loads.is_empty() { "nowhere".to_owned() } else { loads.join(", ") }
        };
        let rows = self.crossovers.iter().map(|one| {
            let name = format!("{} cheaper than {} above", one.cheaper_above, one.cheaper_below);
            vec![name, side(&one.from_loads), side(&one.to_loads)]
        });
        show(f, ["crossover", "from", "to"], Align::Right, rows.collect())
    }
}

fn show<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    titles: [&str; N],
    align: Align,
    rows: Vec<Vec<String>>,
) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    let more = rows.len().saturating_sub(SHOWN);
    let aligns = (0..N).map(|i| if i == 0 { Align::Left } else { align });
    let table = Table::new(titles).align(aligns).rows(rows.into_iter().take(SHOWN));
    write!(f, "{table}")?;
    if more > 0 {
        writeln!(f, "{more} more with --json")?;
    }
    writeln!(f)
}

fn finding(one: &FindingOf) -> String {
    let whose = one.design.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    format!("{} finding: {whose}{}", one.severity.as_str(), one.what)
}

fn number(usd: Option<Exact>) -> Option<f64> {
    usd.map(|usd| decimal_to_f64(usd.get()))
}

fn dollars(usd: f64) -> String {
    format!("{usd:.2}")
}

fn change(usd: Option<f64>) -> String {
    usd.map_or("?".to_owned(), |usd| format!("{usd:+.2}"))
}
