//! Designs to begin with, made from the schema and the statements: ordinary
//! design files that a person then edits.

mod entity_collections;
mod indexes;
mod needs;
mod projection;
mod relational_copy;
mod sketch;

use crate::workload::Workload;

/// A design file that has been made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    /// The design's name; its file is `NAME.toml`.
    pub name: String,
    /// The design file.
    pub text: String,
}

/// A table for each Postgres table, keyed by its primary key, and an index for
/// each other way in that the statements ask for.
#[must_use]
pub fn relational_copy(workload: &Workload) -> Starter {
    starter(&relational_copy::sketch(workload))
}

/// Children keyed under the parent through which they are read, so that one
/// Query reads both, and an index for each other way in.
#[must_use]
pub fn entity_collections(workload: &Workload) -> Starter {
    starter(&entity_collections::sketch(workload))
}

/// Everything in one table, children under the parent through which they are
/// read, and the twenty indexes that are called most.
#[must_use]
pub fn single_table(workload: &Workload) -> Starter {
    starter(&entity_collections::single_table(workload))
}

/// Every starter design of a workload.
#[must_use]
pub fn all(workload: &Workload) -> Vec<Starter> {
    vec![relational_copy(workload), entity_collections(workload), single_table(workload)]
}

fn starter(sketch: &sketch::Sketch) -> Starter {
    Starter { name: sketch.name.clone(), text: sketch.text() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::capture::{self, InputFile};
    use crate::dynamodb::limits::{NAME_LENGTH_MAX, NAME_LENGTH_MIN, is_name_character};
    use crate::finding::Diagnostics;
    use crate::scenario::Settings;
    use crate::{design, layout, plan, workload};

    /// A parent and a child, read by each other's keys and by a third column.
    fn workload_of(schema: &str, tables: [&str; 2], columns: [&str; 3]) -> Workload {
        let sql = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let [parent, child] = tables.map(|table| format!("{}.{}", sql(schema), sql(table)));
        let [key, link, other] = columns.map(sql);
        let ddl = format!(
            "CREATE TABLE {parent} ({key} bigint PRIMARY KEY, {other} text);\n\
             CREATE TABLE {child} ({key} bigint, {link} bigint NOT NULL REFERENCES {parent} ({key}), \
             {other} text, PRIMARY KEY ({key}, {link}));\n"
        );
        let mut counters = String::new();
        for (at, calls) in [("2026-01-01T00:00:00Z", 0), ("2026-01-09T00:00:00Z", 1_000_000)] {
            for (id, query) in [
                format!("SELECT * FROM {child} WHERE {link} = $1"),
                format!("SELECT * FROM {child} WHERE {other} = $1 ORDER BY {link} LIMIT $2"),
                format!("SELECT * FROM {parent} WHERE {other} = $1"),
                format!("SELECT * FROM {parent} WHERE {key} = $1"),
                format!("UPDATE {parent} SET {other} = $1 WHERE {key} = $2"),
            ]
            .into_iter()
            .enumerate()
            {
                let row = serde_json::json!({
                    "captured_at": at, "userid": "1", "dbid": "1", "queryid": id, "query": query,
                    "calls": calls, "rows": calls, "toplevel": true,
                });
                counters.push_str(&format!("{row}\n"));
            }
        }
        let mut rows = "schema,table,relkind,reltuples\n".to_owned();
        for table in tables {
            let csv = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            rows.push_str(&format!("{},{},r,100000\n", csv(schema), csv(table)));
        }
        let files = vec![
            InputFile::bytes("schema.sql".to_owned(), ddl),
            InputFile::bytes("counters.jsonl".to_owned(), counters),
            InputFile::bytes("tables.csv".to_owned(), rows),
        ];
        let capture = capture::read(files, &capture::Settings::default()).unwrap();
        let (settings, _) = Settings::read("plan.toml", "").unwrap();
        workload::build(&capture, &settings)
    }

    /// All starters read back, name what DynamoDB can, and can be planned.
    fn check(workload: &Workload) -> Result<(), Diagnostics> {
        for starter in all(workload) {
            let design = design::read("d.toml", &starter.text, workload)?;
            for table in &design.tables {
                let indexes = table.indexes.iter().map(|index| &index.name);
                for name in indexes.chain([&table.name]) {
                    let length = NAME_LENGTH_MIN..=NAME_LENGTH_MAX;
                    assert!(length.contains(&name.len()), "{name:?}");
                    assert!(name.chars().all(is_name_character), "{name:?}");
                }
            }
            let layout = layout::build(&design, workload);
            let plan = plan::plan(workload, &design, &layout, false);
            assert_eq!(plan.patterns.len(), workload.patterns.len());
        }
        Ok(())
    }

    #[test]
    fn names_that_mean_something_to_toml_or_to_keys() {
        for odd in [
            "a-b",
            "a:hour",
            "#",
            "{",
            "}",
            "[",
            "\"",
            "'",
            "\\",
            "\t",
            "\n",
            "\u{1}",
            "\u{7f}",
            "😀",
            " ",
            "t.x",
            "generated",
            "ALL",
            "all",
            "gsi",
            "lsi",
            "items",
            "partition_key",
            "hash(a,2)",
            "pk",
            "ééééééééééééééééééééééééééééééé",
            "true",
            "1979-05-27",
            "''",
            "=",
        ] {
            let second = format!("{odd}_");
            for workload in [
                workload_of("public", ["parents", "children"], [odd, &second, "other"]),
                workload_of("public", [odd, &second], ["id", "link", odd]),
                workload_of(odd, ["t", "u"], ["id", "link", "other"]),
            ] {
                assert_eq!(workload.entities.len(), 2, "{odd:?}");
                assert_eq!(check(&workload), Ok(()), "{odd:?}");
            }
        }
    }

    #[test]
    fn names_that_become_equal_stay_apart() {
        let workload = workload_of("public", ["a b", "a_b"], ["i#d", "i d", "i_d"]);
        let read = |starter: Starter| design::read("d.toml", &starter.text, &workload).unwrap();
        let design = read(relational_copy(&workload));
        let mut names: Vec<&str> = design.tables.iter().map(|table| table.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a_b", "a_b_2"]);
        for table in &read(single_table(&workload)).tables {
            let mut names: Vec<&str> = table.indexes.iter().map(|one| one.name.as_str()).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn starters_of_any_names_read_back(
            schema in name(),
            tables in proptest::array::uniform2(name()),
            columns in proptest::array::uniform3(name()),
        ) {
            let own = |names: &[String]| {
                let mut names: Vec<&String> = names.iter().collect();
                names.sort_unstable();
                names.dedup();
                names.len()
            };
            prop_assume!(own(&tables) == 2 && own(&columns) == 3);
            let tables = [tables[0].as_str(), &tables[1]];
            let columns = [columns[0].as_str(), &columns[1], &columns[2]];
            let workload = workload_of(&schema, tables, columns);
            prop_assert_eq!(check(&workload), Ok(()));
        }
    }

    /// Names as Postgres takes them, rich in what templates and TOML use.
    fn name() -> impl Strategy<Value = String> {
        "[a-zA-Z0-9_$.:#{}()\\[\\]\"'\\\\ ,=-é😀\t]{1,20}"
    }
}
