//! Reads `workload.toml`.

use crate::finding::{Diagnostic, Diagnostics};
use crate::written::{Document, Section, split_name};

use super::{Declared, DeclaredColumn, DeclaredPattern, DeclaredTable};

/// Rows of a table: Postgres ends at 32 TB a table ("PostgreSQL Limits"), which hold
/// 1.25e12 of the shortest rows; partitioned tables have more.
const ROWS_MAX: u64 = 10_000_000_000_000;
/// Values of a column: no more than rows.
const DISTINCT_MAX: f64 = 1e13;
/// Calls, rows and milliseconds of execution a second. A million connections that are
/// always busy have 1e9 milliseconds; a month of 1e9 rows a second is 2.6e15, which
/// is counted exactly.
const A_SECOND_MAX: f64 = 1e9;

/// Reads the file.
///
/// # Errors
/// Everything wrong with it, each with its place.
pub fn read(file: &str, text: &str) -> Result<Declared, Diagnostics> {
    Document::new(file, text).read(|root| {
        let schema = root.required_text("schema");
        let tables = root.section_or_empty("tables");
        let tables: Vec<DeclaredTable> = tables
            .each_section()
            .iter()
            .filter_map(|(name, section)| table(&name.value, section))
            .collect();
        let patterns: Vec<DeclaredPattern> =
            root.sections("patterns").iter().filter_map(pattern).collect();
        if patterns.is_empty() {
            root.fault(
                Diagnostic::new("no statement is declared")
                    .at(root.place())
                    .mend("add [[patterns]] with sql, calls_per_second and rows_per_call"),
            );
        }
        Some(Declared { schema: schema?, tables, patterns })
    })
}

fn table(name: &str, section: &Section<'_, '_>) -> Option<DeclaredTable> {
    let (schema, name) = split_name(name);
    let schema = schema.unwrap_or_else(|| "public".to_owned());
    if name.is_empty() || schema.is_empty() {
        section.fault(Diagnostic::new("a table has no empty name").at(section.place()));
    }
    let rows = section.whole_in("rows", 0..=ROWS_MAX, "rows of a table");
    if rows.is_none() && !section.has("rows") {
        section.fault(
            Diagnostic::new(format!("table {name} needs rows"))
                .at(section.place())
                .mend("write how many rows it has, such as rows = 5_000_000"),
        );
    }
    let columns = section.section_or_empty("columns");
    let columns: Vec<DeclaredColumn> =
        columns.each_section().iter().map(|(name, section)| column(&name.value, section)).collect();
    section.report_left_over();
    Some(DeclaredTable { schema, name, rows: rows?.value, columns })
}

fn column(name: &str, section: &Section<'_, '_>) -> DeclaredColumn {
    let number = |key: &str, range, what: &str| {
        section.number_in(key, range, what).map(|number| number.value)
    };
    let bytes = number("bytes", 0.0..=1e9, "a mean length in bytes");
    let null_share = number("null_share", 0.0..=1.0, "a share of the rows");
    let distinct = number("distinct", 1.0..=DISTINCT_MAX, "a number of values");
    let top = section.numbers("top_shares").unwrap_or_default();
    let shares: Vec<f64> = top.iter().map(|share| share.value).collect();
    let sound = shares.iter().all(|share| (0.0..=1.0).contains(share))
        && shares.is_sorted_by(|a, b| a >= b)
        && shares.iter().sum::<f64>() <= 1.0 + 1e-9;
    if !sound {
        section.fault(
            Diagnostic::new(
                "top_shares must be shares of the rows in falling order, 1 at most in all",
            )
            .at(top.first().map_or_else(|| section.place(), |share| share.place.clone()))
            .mend("write for example top_shares = [0.04, 0.01]"),
        );
    }
    section.report_left_over();
    DeclaredColumn {
        name: name.to_owned(),
        bytes,
        null_share: null_share.unwrap_or(0.0),
        distinct,
        top_shares: shares,
    }
}

fn pattern(section: &Section<'_, '_>) -> Option<DeclaredPattern> {
    let sql = section.required_text("sql");
    let rate = section.number_in("calls_per_second", 0.0..=A_SECOND_MAX, "calls a second");
    let rows = section.number_in("rows_per_call", 0.0..=A_SECOND_MAX, "rows of a call");
    let exec = section.number_in("exec_ms", 0.0..=A_SECOND_MAX, "milliseconds");
    for (key, missing) in [("calls_per_second", rate.is_none()), ("rows_per_call", rows.is_none())]
    {
        if missing && !section.has(key) {
            section.fault(
                Diagnostic::new(format!("a statement needs {key}"))
                    .at(section.place())
                    .mend("write it; what is not known cannot be taken for 0"),
            );
        }
    }
    for (key, each) in [("rows_per_call", &rows), ("exec_ms", &exec)] {
        let a_second = each.as_ref().zip(rate.as_ref()).map(|(each, rate)| each.value * rate.value);
        if let (Some(each), Some(most)) = (each, a_second.filter(|sum| *sum > A_SECOND_MAX)) {
            section.fault(
                Diagnostic::new(format!("calls_per_second times {key} is {most:.1e} a second"))
                    .at(each.place.clone())
                    .why(format!("no server does more than {A_SECOND_MAX:.0e} a second"))
                    .mend("lower one of them"),
            );
        }
    }
    section.report_left_over();
    Some(DeclaredPattern {
        sql: sql?,
        calls_per_second: rate?.value,
        rows_per_call: rows?.value,
        exec_ms: exec.map(|exec| exec.value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_any_server_are_told_with_their_place() {
        let text = "schema = \"s\"\n[tables.a]\nrows = 1_000_000_000_000_000_000\n\
                    columns.b = { bytes = 1e15, null_share = 1.5, distinct = 1e300 }\n\
                    [[patterns]]\nsql = \"SELECT 1\"\ncalls_per_second = 1e300\nrows_per_call = -1\n\
                    [[patterns]]\nsql = \"SELECT 1\"\ncalls_per_second = 1e8\nrows_per_call = 1e8\n";
        let told = read("w", text).unwrap_err();
        let places: Vec<_> =
            told.0.iter().filter_map(|one| one.place.as_ref()?.line_column).collect();
        let lines: Vec<usize> = places.into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [3, 4, 4, 4, 7, 8, 12], "{told}");
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let text = "schema = 3\n[tables.a]\ncolumns.b.bytes = -1\ncolumns.c.top_shares = [0.1, 0.4]\n\
                    [[patterns]]\nsql = \"SELECT 1\"\nrows = 2\n";
        let told = read("workload.toml", text).unwrap_err().to_string();
        for part in [
            "workload.toml:1:10",
            "table a needs rows",
            "workload.toml:3:19",
            "falling order",
            "a statement needs calls_per_second",
            "a statement needs rows_per_call",
            "patterns.rows",
        ] {
            assert!(told.contains(part), "{part} is not in:\n{told}");
        }
    }

    #[test]
    fn a_table_may_name_its_schema() {
        let text = "schema = \"s.sql\"\n[tables.\"app.orders\"]\nrows = 7\n[[patterns]]\n\
                    sql = \"SELECT 1\"\ncalls_per_second = 1\nrows_per_call = 1\n";
        let declared = read("workload.toml", text).unwrap();
        assert_eq!((declared.tables[0].schema.as_str(), declared.tables[0].rows), ("app", 7));
        let told = read("w", "schema = \"s\"\n").unwrap_err().to_string();
        assert!(told.contains("no statement is declared"), "{told}");
    }
}
