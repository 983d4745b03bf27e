use std::collections::BTreeMap;

use crate::finding::Diagnostic;

use super::super::catalog::{Column, Constraint, Index, TableName, Trigger};
use super::cursor::Cursor;
use super::index;
use super::lexer::{Lexer, Token};
use super::table::{self, Element};
use super::trigger;

/// What a schema text defines, in its order.
#[derive(Debug, Default)]
pub(in crate::capture) struct Schema {
    /// Tables.
    pub tables: Vec<TableName>,
    /// Columns in order within their table.
    pub columns: Vec<(TableName, Column)>,
    /// Keys.
    pub constraints: Vec<(TableName, Constraint)>,
    /// Indexes, without those that belong to a constraint.
    pub indexes: Vec<(TableName, Index)>,
    /// Enum types by name, without schema `public`, and their labels.
    pub enums: Vec<(String, Vec<String>)>,
    /// Triggers.
    pub triggers: Vec<(TableName, Trigger)>,
    /// Texts of functions.
    pub functions: Vec<(TableName, String)>,
    /// Partitions: the child and its parent.
    pub partitions: Vec<(TableName, TableName)>,
    /// Where in `columns` each column stands, for the many statements of a dump
    /// that alter one.
    pub places: BTreeMap<(TableName, String), usize>,
}

/// Reads a schema text.
///
/// # Errors
/// A quote or comment that is never closed, or an empty name; its place names no
/// file.
pub(in crate::capture) fn schema(text: &str) -> Result<Schema, Diagnostic> {
    let mut schema = Schema::default();
    let mut lexer = Lexer::new(text);
    while let Some(statement) = lexer.next_statement() {
        // A statement that is not understood defines nothing that is.
        let _ = schema.define(text, &statement?);
    }
    Ok(schema)
}

impl Schema {
    fn define(&mut self, text: &str, tokens: &[Token]) -> Option<()> {
        let mut at = Cursor::new(text, tokens);
        if at.take("alter table") {
            return self.alter_table(at);
        }
        if at.take("alter type") {
            return self.add_label(at);
        }
        if !at.take("create") {
            return None;
        }
        at.take("or replace");
        let _ = at.take("unlogged") || at.take("global") || at.take("local");
        let temporary = at.take("temporary") || at.take("temp");
        if at.take("table") && !temporary {
            return self.create_table(at);
        }
        if at.take("type") {
            let name = type_key(at.table()?);
            if !at.take("as enum") {
                return None;
            }
            let labels = at.group()?.split_commas().into_iter().filter_map(|mut l| l.string());
            self.enums.push((name, labels.collect()));
            return Some(());
        }
        at.take("constraint");
        if at.take("trigger") {
            let name = at.name()?;
            self.triggers.push(trigger::trigger(name, at)?);
            return Some(());
        }
        if at.take("function") {
            self.functions.push(trigger::function(at)?);
            return Some(());
        }
        self.indexes.push(index::create(&mut at)?);
        Some(())
    }

    fn create_table(&mut self, mut at: Cursor<'_>) -> Option<()> {
        at.take("if not exists");
        let table = at.table()?;
        if at.take("partition of") {
            self.partitions.push((table.clone(), at.table()?));
            self.tables.push(table);
            return Some(());
        }
        let elements = at.group()?;
        self.tables.push(table.clone());
        for part in elements.split_commas() {
            match table::element(&table, part) {
                Element::Column(column, own) => self.add_column(&table, column, own),
                Element::Constraint(one) => self.constraints.push((table.clone(), one)),
                Element::Other => {}
            }
        }
        Some(())
    }

    fn add_column(&mut self, table: &TableName, column: Column, own: Vec<Constraint>) {
        let name = (table.clone(), column.name.clone());
        self.places.entry(name).or_insert(self.columns.len());
        self.columns.push((table.clone(), column));
        self.constraints.extend(own.into_iter().map(|one| (table.clone(), one)));
    }

    fn alter_table(&mut self, mut at: Cursor<'_>) -> Option<()> {
        at.take("if exists");
        at.take("only");
        let table = at.table()?;
        for mut action in at.split_commas() {
            if action.take("attach partition") {
                self.partitions.push((action.table()?, table.clone()));
            } else if action.take("add") {
                let element = if action.take("column") {
                    action.take("if not exists");
                    table::column(&table, action).map(|(column, own)| Element::Column(column, own))
                } else {
                    Some(table::element(&table, action))
                };
                match element {
                    Some(Element::Column(column, own)) => self.add_column(&table, column, own),
                    Some(Element::Constraint(one)) => self.constraints.push((table.clone(), one)),
                    _ => {}
                }
            } else if action.take("alter") {
                action.take("column");
                let name = action.name()?;
                let place = *self.places.get(&(table.clone(), name))?;
                let column = &mut self.columns[place].1;
                if action.take("add generated") {
                    column.identity = true;
                } else if action.take("set not null") {
                    column.not_null = true;
                } else if action.take("set default") {
                    column.default = Some(action.rest().to_owned());
                }
            }
        }
        Some(())
    }

    /// `ALTER TYPE … ADD VALUE 'x' [BEFORE | AFTER 'y']`.
    fn add_label(&mut self, mut at: Cursor<'_>) -> Option<()> {
        let name = type_key(at.table()?);
        if !at.take("add value") {
            return None;
        }
        at.take("if not exists");
        let label = at.string()?;
        let (_, labels) = self.enums.iter_mut().find(|(of, _)| *of == name)?;
        let before = at.take("before");
        let after = at.take("after");
        let beside = at.string().and_then(|beside| labels.iter().position(|one| *one == beside));
        match beside {
            Some(place) if before => labels.insert(place, label),
            Some(place) if after => labels.insert(place + 1, label),
            _ => labels.push(label),
        }
        Some(())
    }
}

/// Types are looked up as `format_type` names them.
fn type_key(name: TableName) -> String {
    name.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::super::catalog::ConstraintKind;
    use super::*;

    const TEXT: &str = r#"
SET client_encoding = 'UTF8';
CREATE TYPE public.state AS ENUM ('created', 'it''s', 'sent');
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN; CREATE TABLE no (a int); END $$;
CREATE TABLE public.events (
    id bigint NOT NULL,
    "At" timestamp with time zone DEFAULT now() NOT NULL,
    state public.state DEFAULT 'created'::public.state NOT NULL,
    note character varying(20) DEFAULT NULL::character varying,
    price numeric(12,2),
    CONSTRAINT positive CHECK ((price > (0)::numeric))
)
PARTITION BY RANGE ("At");
ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq START WITH 1
);
ALTER TABLE ONLY public.events ADD CONSTRAINT events_pkey PRIMARY KEY (id, "At");
ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TRIGGER touch BEFORE UPDATE OF note ON public.events FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE INDEX events_note ON public.events USING btree (note) WHERE (note IS NOT NULL);
ALTER TYPE public.state ADD VALUE 'queued' BEFORE 'sent';
"#;

    #[test]
    fn a_dump_defines_tables_keys_enums_triggers_and_partitions() {
        let schema = schema(TEXT).unwrap();
        let events = TableName::new("public", "events");
        assert_eq!(schema.tables, std::slice::from_ref(&events));
        let columns: Vec<_> = schema
            .columns
            .iter()
            .map(|(_, c)| (c.name.as_str(), c.type_name.as_str(), c.not_null, c.default.as_deref()))
            .collect();
        assert_eq!(
            columns,
            [
                ("id", "bigint", true, None),
                ("At", "timestamp with time zone", true, Some("now()")),
                ("state", "state", true, Some("'created'::public.state")),
                ("note", "character varying(20)", false, Some("NULL::character varying")),
                ("price", "numeric(12,2)", false, None),
            ]
        );
        assert!(schema.columns[0].1.identity);
        assert_eq!(schema.constraints.len(), 1);
        assert_eq!(schema.constraints[0].1.columns, ["id", "At"]);
        assert_eq!(
            schema.enums,
            [("state".into(), ["created", "it's", "queued", "sent"].map(String::from).into())]
        );
        assert_eq!(schema.partitions, [(TableName::new("public", "events_2026"), events)]);
        assert_eq!(schema.indexes[0].1.predicate.as_deref(), Some("(note IS NOT NULL)"));
        let trigger = &schema.triggers[0].1;
        assert!(trigger.definition.starts_with("BEFORE UPDATE OF note ON"), "{trigger:?}");
        assert!(trigger.fires.before && trigger.fires.on_update && !trigger.fires.on_insert);
        assert_eq!(trigger.fires.update_of, ["note"]);
        assert_eq!(trigger.function, Some(TableName::new("public", "touch")));
        assert_eq!(schema.functions[0].0, TableName::new("public", "touch"));
    }

    #[test]
    fn a_dump_of_20_000_tables_that_alters_each_is_read() {
        let table = |i: usize| {
            format!(
                "CREATE TABLE t{i} (id bigint);\nALTER TABLE t{i} ALTER COLUMN id SET NOT NULL;\n"
            )
        };
        let schema = schema(&(0..20_000).map(table).collect::<String>()).unwrap();
        assert_eq!(schema.columns.len(), 20_000);
        assert!(schema.columns.iter().all(|(_, column)| column.not_null));
    }

    #[test]
    fn brackets_and_comments_without_end_define_nothing() {
        for (text, columns) in [
            (format!("CREATE TABLE t (a int DEFAULT {}", "(".repeat(100_000)), 0),
            (format!("CREATE TABLE t (a int{}, b int)", "[]".repeat(100_000)), 2),
            (format!("{}{}CREATE TABLE t (a int)", "/*".repeat(100_000), "*/".repeat(100_000)), 1),
        ] {
            assert_eq!(schema(&text).unwrap().columns.len(), columns);
        }
        assert!(schema(&"/*".repeat(100_000)).is_err());
    }

    #[test]
    fn tables_written_by_hand() {
        let text = "create table t (id bigserial primary key, u int not null references users on \
            delete cascade, k varchar(9) unique, unique (u, k), foreign key (k) references ks (id))";
        let schema = schema(text).unwrap();
        assert_eq!(schema.columns[0].1.type_name, "bigint");
        assert!(schema.columns[0].1.default.as_deref().unwrap().starts_with("nextval"));
        let names: Vec<_> = schema.constraints.iter().map(|(_, c)| c.name.as_str()).collect();
        assert_eq!(names, ["t_pkey", "t_u_fkey", "t_k_key", "t_u_k_key", "t_k_fkey"]);
        assert!(matches!(schema.constraints[1].1.kind, ConstraintKind::ForeignKey { .. }));
    }
}
