//! Reads `workload.toml`.

use crate::capture::split_name;
use crate::finding::{Diagnostic, Diagnostics};
use crate::written::{Document, Section};

use super::{Declared, DeclaredColumn, DeclaredPattern, DeclaredTable};

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
    let rows = section.whole("rows");
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
    let distinct = number("distinct", 1.0..=1e15, "a number of values");
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
    let rate = section.number_in("calls_per_second", 0.0..=1e9, "calls a second");
    let rows = section.number_in("rows_per_call", 0.0..=1e9, "rows of a call");
    let exec = section.number_in("exec_ms", 0.0..=1e9, "milliseconds");
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
