//! Reads table descriptions: JSON with `tables`, each with what the system
//! catalog, `pg_stats` and, where somebody counted, the table itself tell.

mod column;
mod fields;
mod index;

use crate::capture::fillfactor_of;
use crate::finding::{Diagnostic, Diagnostics, Finding, Severity};
use crate::json::{self, Node, Text};

use super::ASSUMED_WIDTHS;
use super::description::{Measured, TableDescription};
use column::Columns;
use fields::Fields;

/// What is believed about widths and counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Exact widths and counts where they are given, `pg_stats` elsewhere.
    Exact,
    /// `pg_stats` alone, to see what it would give.
    StatisticsOnly,
}

/// Tables as described, and what had to be taken for granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptions {
    /// In the order of the file.
    pub tables: Vec<TableDescription>,
    /// Assumptions and parts of the file that were not used.
    pub findings: Vec<Finding>,
}

/// Reads table descriptions from JSON.
///
/// # Errors
/// Every missing, misshapen or impossible value, with its place.
pub fn read(file: &str, text: &str, evidence: Evidence) -> Result<Descriptions, Diagnostics> {
    let text = Text::file(file, text);
    let mut found = Diagnostics::default();
    let mut notes = Notes::default();
    let Some(root) = json::parse(&text, &mut found) else { return Err(found) };
    let mut reader = Reader { text, evidence, found, notes: &mut notes };
    let tables = reader.tables(&root);
    let found = reader.found;
    found.finish(Descriptions { tables, findings: notes.findings() })
}

/// What is common to all parts of the file.
struct Reader<'a, 't> {
    text: Text<'t>,
    evidence: Evidence,
    found: Diagnostics,
    notes: &'a mut Notes,
}

/// What is to be said about the description as a whole.
#[derive(Default)]
struct Notes {
    assumed_widths: Vec<String>,
    out_of_line: Vec<String>,
    unknown_builds: Vec<String>,
    unused_keys: Vec<String>,
}

impl Notes {
    fn findings(self) -> Vec<Finding> {
        let one = |id, severity, names: Vec<String>, what: &str, mend: &str| {
            (!names.is_empty()).then(|| {
                Finding::new(id, severity, format!("{what}: {}", names.join(", "))).mend(mend)
            })
        };
        [
            one(
                "assumed-widths",
                Severity::Medium,
                self.assumed_widths,
                ASSUMED_WIDTHS,
                "add exact: {avg_column_size, min, max, stddev} of pg_column_size(column)",
            ),
            one(
                "toast-unknown",
                Severity::High,
                self.out_of_line,
                "values are out of line, where pg_stats counts only pointers: their bytes are \
                 unknown and in no sum",
                "add exact: {avg_column_size, min, max, stddev} of pg_column_size(column)",
            ),
            one(
                "unknown-build",
                Severity::Medium,
                self.unknown_builds,
                "taken as freshly built; entries that came in one by one and in no order take \
                 1.2 to 1.4 times as much",
                "add built: \"after load\" or \"before load (incremental inserts)\"",
            ),
            one("unused-keys", Severity::Low, self.unused_keys, "not used", "check the spelling"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Reader<'_, '_> {
    fn tables(&mut self, root: &Node) -> Vec<TableDescription> {
        let Some(list) = root.get("tables").and_then(Node::as_array) else {
            self.found.push(
                Diagnostic::new("there is no list of tables")
                    .at(self.text.place(root.span.start))
                    .mend(
                        "write {\"tables\": [{\"name\": ..., \"rows\": ..., \"columns\": [...]}]}",
                    ),
            );
            return Vec::new();
        };
        list.iter().filter_map(|node| self.table(node)).collect()
    }

    fn table(&mut self, node: &Node) -> Option<TableDescription> {
        let mut fields = Fields::of(self, node, "a table")?;
        // Of these only the fillfactor matters here, the others are for whoever
        // rebuilds the table.
        let ddl = fields.text(self, "ddl");
        fields.skip(&["load_sql", "indexes_before_load", "indexes_after_load", "load_wal_bytes"]);
        let name = fields.required_text(self, "name");
        let rows = fields.required_count(self, "rows");
        let stated = fields.percent(self, "fillfactor");
        let fillfactor = stated.or_else(|| ddl.as_deref().and_then(fillfactor_of)).unwrap_or(100);
        let measured = fields.node("measured").and_then(|node| self.measured(node));
        let column_nodes = fields.required_list(self, "columns");
        let index_nodes = fields.list(self, "indexes");
        fields.finish(self, name.as_deref().unwrap_or("a table"));
        let (name, rows) = (name?, rows?);
        let mut columns: Columns =
            column_nodes?.iter().filter_map(|node| column::read(self, &name, rows, node)).collect();
        column::tell_apart(&mut columns);
        for (i, one) in columns.iter().enumerate() {
            if columns[..i].iter().any(|other| other.column.name == one.column.name) {
                let what = format!("{name} has two columns called {}", one.column.name);
                self.fault(node.span.start, what);
            }
        }
        let indexes = index_nodes
            .unwrap_or_default()
            .iter()
            .filter_map(|node| index::read(self, &name, rows, &columns, node))
            .collect();
        let table = TableDescription {
            name,
            rows,
            fillfactor,
            columns: columns.into_iter().map(|column| column.column).collect(),
            indexes,
            measured,
        };
        if table.toast_is_unknown() {
            self.notes.out_of_line.push(table.name.clone());
        }
        Some(table)
    }

    fn measured(&mut self, node: &Node) -> Option<Measured> {
        let mut fields = Fields::of(self, node, "measured sizes")?;
        fields.skip(&["tuple_count", "avg_tuple_len", "free_space"]);
        let heap = fields.required_count(self, "heap");
        let measured = Measured {
            heap: heap.unwrap_or(0),
            fsm: fields.count(self, "fsm"),
            vm: fields.count(self, "vm"),
            toast_heap: fields.count(self, "toast_heap"),
            toast_index: fields.count(self, "toast_index"),
            toast_total: None,
        };
        fields.finish(self, "measured");
        heap.map(|_| measured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::storage::{Build, Width};

    fn table(columns: &str, indexes: &str) -> String {
        format!(
            r#"{{"tables":[{{"name":"t","rows":1000,"ddl":"create table t(..) with (FillFactor = 70)","columns":[{columns}],"indexes":[{indexes}]}}]}}"#
        )
    }

    const ID: &str = r#"{"name":"id","type":"bigint","typlen":8,"typalign":"d","storage":"p","null_frac":0,"avg_width":8,"n_distinct":-1,"correlation":1}"#;

    fn faults(text: &str) -> Vec<String> {
        read("f", text, Evidence::Exact)
            .unwrap_err()
            .0
            .into_iter()
            .map(|fault| fault.to_string().lines().next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn a_table_of_statistics() {
        let text = table(
            &format!(
                r#"{ID},{{"name":"b","type":"text","typlen":-1,"typalign":"i","storage":"x","null_frac":0.25,"avg_width":40,"n_distinct":-0.5,"correlation":0.1}}"#
            ),
            r#"{"name":"t_b","indexdef":"CREATE INDEX t_b ON t USING btree (b, id DESC)","keys":["b","id"],"unique":false,"entries":1000,"built":"before load (incremental inserts)"}"#,
        );
        let read = read("f", &text, Evidence::Exact).unwrap();
        let table = &read.tables[0];
        assert_eq!(table.fillfactor, 70);
        assert_eq!(table.columns[0].width, Width::Fixed(8));
        let Width::Varying(spread) = table.columns[1].width else { panic!("text varies") };
        assert!(spread.assumed);
        assert!((spread.mean - 40.5).abs() < 1e-9, "pg_stats cuts averages off");
        let index = &table.indexes[0];
        assert_eq!(index.build, Build::Scattered);
        assert!((index.distinct_keys - 1000.0).abs() < 1e-9);
        assert_eq!(read.findings[0].id, "assumed-widths");
    }

    /// A text column all of whose values are out of line: 18 bytes on average and
    /// no correlation, because ANALYZE leaves such values out.
    #[test]
    fn pointers_tell_no_width() {
        let text = table(
            r#"{"name":"b","type":"text","typlen":-1,"typalign":"i","storage":"x","null_frac":0,"avg_width":18,"n_distinct":-1,"correlation":null}"#,
            "",
        );
        let read = read("f", &text, Evidence::Exact).unwrap();
        assert_eq!(read.tables[0].columns[0].width, Width::OutOfLine);
    }

    #[test]
    fn faults_are_named_all_at_once() {
        let text = table(
            &format!(
                r#"{ID},{{"name":"b","type":"text","typlen":-1,"typalign":"q","storage":"x","null_frac":1.5}}"#
            ),
            r#"{"name":"i","indexdef":"CREATE INDEX i ON t USING btree (nope) WHERE x","keys":["nope"],"unique":false,"predicate":"x"}"#,
        );
        let faults = faults(&text);
        assert_eq!(faults.len(), 5, "{faults:#?}");
        assert!(faults.iter().any(|fault| fault.contains("typalign")), "{faults:#?}");
        assert!(faults.iter().any(|fault| fault.contains("null_frac")));
        assert!(faults.iter().any(|fault| fault.contains("width of b")));
        assert!(faults.iter().any(|fault| fault.contains("partial")));
        assert!(faults.iter().any(|fault| fault.contains("nope")));
        assert!(faults.iter().all(|fault| fault.starts_with("f:1:")));
    }

    /// Each of these was once taken for something else.
    #[test]
    fn contradictions_are_faults() {
        let text = |exact: &str| {
            format!(
                r#"{{"name":"b","type":"text","typlen":-1,"typalign":"i","storage":"x","avg_width":40,"n_distinct":-0.5,"exact":{exact}}}"#
            )
        };
        let spread = r#"{"avg_column_size":5,"min":3,"max":9,"stddev":1}"#;
        let index = |more: &str| {
            format!(r#"{{"name":"i","indexdef":"CREATE INDEX i ON t (id)","unique":false,{more}}}"#)
        };
        for (columns, indexes, told) in [
            (text(r#"{"avg_column_size":5,"min":3}"#), String::new(), "needs max"),
            (text(r#"{"avg_column_size":5,"min":3,"max":9}"#), String::new(), "needs stddev"),
            (
                text(r#"{"avg_column_size":5,"min":3,"max":9e9,"stddev":1}"#),
                String::new(),
                "max is",
            ),
            (format!("{},{}", text(spread), text(spread)), String::new(), "two columns"),
            (ID.replace(r#""typlen":8,"#, ""), String::new(), "typlen is missing"),
            (ID.to_owned(), index(r#""keys":[]"#), "no keys"),
            (ID.to_owned(), index(r#""keys":["id"],"exact_entries":1001"#), "more entries"),
            (
                ID.to_owned(),
                index(r#""keys":["id"],"exact_entries":5,"exact_distinct_keys_incl_null":6"#),
                "more distinct keys",
            ),
        ] {
            let faults = faults(&table(&columns, &indexes));
            assert!(faults.iter().any(|fault| fault.contains(told)), "{told}: {faults:?}");
        }
        // A column of NULLs has no widths.
        let nulls = text(r#"{"avg_column_size":null,"min":null,"max":null,"stddev":null}"#);
        assert!(read("f", &table(&nulls, ""), Evidence::Exact).is_ok());
    }

    #[test]
    fn what_is_no_description() {
        assert_eq!(faults("[]").len(), 1);
        assert_eq!(faults("{").len(), 1);
        assert_eq!(faults(r#"{"tables":[{"name":"t","rows":-5,"columns":[]}]}"#).len(), 1);
    }
}
