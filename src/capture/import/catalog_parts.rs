use std::collections::BTreeMap;

use crate::finding::{Finding, Place, Severity};
use crate::units::Bytes;

use super::super::catalog::{
    Catalog, Column, ColumnStats, Constraint, ConstraintKind, Index, Table, TableName,
};
use super::super::ddl::{self, Schema};
use super::partitions::Partitions;

/// Rows of the catalog by key, from any number of files. The same catalog often
/// stands in a folder twice (CSV and JSON): equal rows are one.
#[derive(Debug)]
pub(in crate::capture) struct Part<K, V> {
    rows: BTreeMap<K, V>,
    /// Where rows stand, of those that may be at odds with other parts.
    places: BTreeMap<K, Place>,
    repeated: usize,
    disagreeing: usize,
}

impl<K, V> Default for Part<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: BTreeMap::new(), repeated: 0, disagreeing: 0 }
    }
}

impl<K: Ord + Clone, V: PartialEq> Part<K, V> {
    /// The same with the place of the row.
    pub fn offer_at(&mut self, key: K, value: V, place: Place) {
        self.places.entry(key.clone()).or_insert(place);
        self.offer(key, value);
    }

    /// Takes a row; of two rows for one key the first stays.
    pub fn offer(&mut self, key: K, value: V) {
        match self.rows.get(&key) {
            None => {
                self.rows.insert(key, value);
            }
            Some(known) if *known == value => self.repeated += 1,
            Some(_) => self.disagreeing += 1,
        }
    }
}

/// Sizes of a table and what kind of relation it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::capture) struct TableSizes {
    pub rows: Option<u64>,
    pub heap_bytes: Option<Bytes>,
    pub toast_bytes: Option<Bytes>,
    pub index_bytes: Option<Bytes>,
    pub fillfactor: Option<u32>,
}

/// What catalog files and schema texts say, kept apart until all are read.
#[derive(Debug, Default)]
pub(in crate::capture) struct CatalogParts {
    pub tables: Part<TableName, TableSizes>,
    /// By table and position.
    pub columns: Part<(TableName, u64), Column>,
    pub constraints: Part<(TableName, String), Constraint>,
    pub indexes: Part<(TableName, String), Index>,
    /// By table, column and whether children are included.
    pub stats: Part<(TableName, String, bool), ColumnStats>,
    pub settings: Part<String, (String, Option<String>)>,
    /// Schema texts, in the order read.
    pub schemas: Vec<Schema>,
}

impl CatalogParts {
    /// Puts the parts together. A schema text gives what no catalog file does.
    /// Partitions are part of their table; which of which is told beside.
    pub fn assemble(mut self, findings: &mut Vec<Finding>) -> (Catalog, Partitions) {
        self.tell_repetitions(findings);
        self.fill_from_schemas(findings);
        let mut tables: BTreeMap<TableName, Table> = BTreeMap::new();
        for (name, sizes) in self.tables.rows {
            let table = table_of(&mut tables, &name);
            table.rows = sizes.rows;
            table.heap_bytes = sizes.heap_bytes;
            table.toast_bytes = sizes.toast_bytes;
            table.index_bytes = sizes.index_bytes;
            table.fillfactor = sizes.fillfactor;
        }
        for ((name, _), column) in self.columns.rows {
            table_of(&mut tables, &name).columns.push(column);
        }
        for ((name, column, _), stats) in self.stats.rows {
            // Rows without children come first and win.
            let table = tables.get_mut(&name);
            if let Some(column) =
                table.and_then(|t| t.columns.iter_mut().find(|c| c.name == column))
            {
                column.stats.get_or_insert(stats);
            }
        }
        let mut at_odds = AtOdds::default();
        for (key, constraint) in self.constraints.rows {
            let table = table_of(&mut tables, &key.0);
            match constraint.columns.iter().find(|column| table.column(column).is_none()) {
                Some(column) => {
                    at_odds.note(&key.0, &constraint, column, self.constraints.places.get(&key))
                }
                None => table.constraints.push(constraint),
            }
        }
        findings.extend(at_odds.finding());
        for ((name, _), index) in self.indexes.rows {
            table_of(&mut tables, &name).indexes.push(index);
        }
        let partitions = Partitions::of(&self.schemas);
        partitions.fold(&mut tables, findings);
        let mut catalog = Catalog::default();
        let functions: BTreeMap<TableName, String> =
            self.schemas.iter().flat_map(|schema| schema.functions.iter().cloned()).collect();
        for schema in self.schemas {
            for (name, mut trigger) in schema.triggers {
                let text = trigger.function.as_ref().and_then(|name| functions.get(name));
                trigger.body = text.map(|text| ddl::body(text));
                if let Some(table) = tables.get_mut(&name)
                    && !table.triggers.contains(&trigger)
                {
                    table.triggers.push(trigger);
                }
            }
            for (name, labels) in schema.enums {
                if !catalog.enums.iter().any(|(known, _)| *known == name) {
                    catalog.enums.push((name, labels));
                }
            }
        }
        catalog.enums.sort();
        resolve_references(&mut tables);
        for table in tables.values_mut() {
            add_indexes_of_constraints(table);
            table.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        }
        catalog.tables = tables.into_values().collect();
        catalog.settings =
            self.settings.rows.into_iter().map(|(name, (v, u))| (name, v, u)).collect();
        (catalog, partitions)
    }

    /// Whether a schema text, or what stands only there, was among the files.
    pub fn knows_schema(&self) -> bool {
        !self.schemas.is_empty()
    }

    fn fill_from_schemas(&mut self, findings: &mut Vec<Finding>) {
        let (columns, constraints, indexes) = (
            self.columns.rows.is_empty(),
            self.constraints.rows.is_empty(),
            self.indexes.rows.is_empty(),
        );
        for schema in &self.schemas {
            if columns {
                for table in &schema.tables {
                    self.tables.rows.entry(table.clone()).or_default();
                }
                for (position, (table, column)) in (1..).zip(&schema.columns) {
                    self.columns.offer((table.clone(), position), column.clone());
                }
            }
            if constraints {
                for (table, one) in &schema.constraints {
                    self.constraints.offer((table.clone(), one.name.clone()), one.clone());
                }
            }
            if indexes {
                for (table, one) in &schema.indexes {
                    self.indexes.offer((table.clone(), one.name.clone()), one.clone());
                }
            }
        }
        if columns && !self.columns.rows.is_empty() && self.stats.rows.is_empty() {
            findings.push(
                Finding::new(
                    "catalog-without-statistics",
                    Severity::High,
                    "tables and columns come from a schema text alone: the numbers of rows, the \
                     widths of columns and the sizes on disk are unknown",
                )
                .mend(
                    "export pg_class, pg_stats and the relation sizes too, or state sizes by hand",
                ),
            );
        }
    }

    fn tell_repetitions(&self, findings: &mut Vec<Finding>) {
        let all = [
            ("tables", self.tables.repeated, self.tables.disagreeing),
            ("columns", self.columns.repeated, self.columns.disagreeing),
            ("constraints", self.constraints.repeated, self.constraints.disagreeing),
            ("indexes", self.indexes.repeated, self.indexes.disagreeing),
            ("pg_stats", self.stats.repeated, self.stats.disagreeing),
            ("settings", self.settings.repeated, self.settings.disagreeing),
        ];
        let told = |pick: fn(&(&str, usize, usize)) -> usize| {
            let parts: Vec<_> = all
                .iter()
                .filter(|part| pick(part) > 0)
                .map(|part| format!("{} ({} rows)", part.0, pick(part)))
                .collect();
            parts.join(", ")
        };
        let repeated = told(|part| part.1);
        if !repeated.is_empty() {
            findings.push(Finding::new(
                "catalog-repeated",
                Severity::Low,
                format!(
                    "the catalog stands in more than one file and was counted once: {repeated}"
                ),
            ));
        }
        let disagreeing = told(|part| part.2);
        if !disagreeing.is_empty() {
            findings.push(
                Finding::new(
                    "catalog-disagrees",
                    Severity::Medium,
                    format!("catalog files contradict each other; the first by name was used: {disagreeing}"),
                )
                .mend("leave out the older export"),
            );
        }
    }
}

/// Constraints on columns that the catalog does not have.
#[derive(Default)]
struct AtOdds {
    told: Vec<String>,
    count: usize,
}

impl AtOdds {
    /// More are counted, not named.
    const TOLD_MAX: usize = 10;

    fn note(&mut self, table: &TableName, one: &Constraint, column: &str, place: Option<&Place>) {
        self.count += 1;
        if self.told.len() < Self::TOLD_MAX {
            let place = place.map_or_else(|| "schema text".to_owned(), ToString::to_string);
            self.told.push(format!("{place}: {} of table {table} is on column {column}", one.name));
        }
    }

    fn finding(self) -> Option<Finding> {
        (self.count > 0).then(|| {
            Finding::new(
                "catalog-lacks-columns",
                Severity::High,
                format!(
                    "{} keys are on columns that the catalog's columns lack, and were set aside: \
                     designs cannot use them, and the items of these tables are too small: {}",
                    self.count,
                    self.told.join("; ")
                ),
            )
            .mend(
                "export the columns of all tables again, as a role that may see them \
                 (information_schema.columns leaves out what a role has no rights on)",
            )
        })
    }
}

fn table_of<'a>(tables: &'a mut BTreeMap<TableName, Table>, name: &TableName) -> &'a mut Table {
    tables.entry(name.clone()).or_insert_with(|| Table {
        name: name.clone(),
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        triggers: Vec::new(),
        rows: None,
        heap_bytes: None,
        toast_bytes: None,
        index_bytes: None,
        fillfactor: None,
    })
}

/// `REFERENCES t` without columns means the primary key of `t`.
fn resolve_references(tables: &mut BTreeMap<TableName, Table>) {
    let keys: BTreeMap<TableName, Vec<String>> =
        tables.iter().map(|(name, table)| (name.clone(), table.primary_key().to_vec())).collect();
    for constraint in tables.values_mut().flat_map(|table| &mut table.constraints) {
        if let ConstraintKind::ForeignKey { references, referenced_columns, .. } =
            &mut constraint.kind
            && referenced_columns.is_empty()
            && let Some(key) = keys.get(references)
        {
            referenced_columns.clone_from(key);
        }
    }
}

/// A dump does not define the index behind a primary key or unique constraint.
fn add_indexes_of_constraints(table: &mut Table) {
    for constraint in &table.constraints {
        let primary = constraint.kind == ConstraintKind::PrimaryKey;
        if matches!(constraint.kind, ConstraintKind::ForeignKey { .. })
            || table.indexes.iter().any(|index| index.name == constraint.name)
        {
            continue;
        }
        table.indexes.push(Index {
            name: constraint.name.clone(),
            key_columns: constraint.columns.iter().cloned().map(Some).collect(),
            included_columns: Vec::new(),
            unique: true,
            primary,
            method: "btree".to_owned(),
            predicate: None,
            bytes: None,
            rows: None,
            fillfactor: None,
        });
    }
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_on_columns_that_the_catalog_lacks_are_set_aside_with_their_place() {
        let table = TableName::new("public", "t");
        let mut parts = CatalogParts::default();
        let column = Column {
            name: "id".to_owned(),
            type_name: "integer".to_owned(),
            not_null: true,
            default: None,
            identity: false,
            stats: None,
        };
        parts.columns.offer((table.clone(), 1), column);
        let keys = [("a", ConstraintKind::PrimaryKey, "id"), ("b", ConstraintKind::Unique, "code")];
        for (line, (name, kind, column)) in (2..).zip(keys) {
            let one = Constraint { name: name.to_owned(), kind, columns: vec![column.to_owned()] };
            let place = Place::at("constraints.csv", line, 9);
            parts.constraints.offer_at((table.clone(), name.to_owned()), one, place);
        }
        let mut findings = Vec::new();
        let (catalog, _) = parts.assemble(&mut findings);
        assert_eq!(catalog.tables[0].primary_key(), ["id"]);
        assert_eq!(catalog.tables[0].constraints.len(), 1);
        assert_eq!(findings[0].id, "catalog-lacks-columns");
        let told = "constraints.csv:3:9: b of table t is on column code";
        assert!(findings[0].what.contains(told), "{}", findings[0].what);
    }
}
