use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};

use super::super::catalog::{Table, TableName};
use super::super::ddl::Schema;

/// Which table each partition belongs to.
#[derive(Clone, Debug, Default)]
pub(in crate::capture) struct Partitions {
    parents: BTreeMap<TableName, TableName>,
}

impl Partitions {
    pub(super) fn of(schemas: &[Schema]) -> Self {
        let pairs = schemas.iter().flat_map(|schema| schema.partitions.iter().cloned());
        Self { parents: pairs.collect() }
    }

    /// The table that statements name: the topmost parent.
    pub fn whole<'a>(&'a self, table: &'a TableName) -> &'a TableName {
        let mut table = table;
        // A cycle cannot come from a server, but a file can say anything.
        for _ in 0..self.parents.len() {
            match self.parents.get(table) {
                Some(parent) => table = parent,
                None => break,
            }
        }
        table
    }

    /// Adds the rows and sizes of partitions to their table and leaves only
    /// that.
    pub(super) fn fold(
        &self,
        tables: &mut BTreeMap<TableName, Table>,
        findings: &mut Vec<Finding>,
    ) {
        let mut folded = 0;
        // A partitioned table that was analysed counts the rows of its
        // partitions already.
        let counted: Vec<TableName> = tables
            .values()
            .filter(|table| table.rows.is_some_and(|rows| rows > 0))
            .map(|table| table.name.clone())
            .collect();
        for child in self.parents.keys() {
            let whole = self.whole(child);
            if whole == child || !tables.contains_key(whole) {
                continue;
            }
            let Some(part) = tables.remove(child) else { continue };
            let Some(table) = tables.get_mut(whole) else { continue };
            folded += 1;
            if !counted.contains(&table.name) {
                table.rows = sum(table.rows, part.rows, u64::saturating_add);
            }
            table.heap_bytes = sum(table.heap_bytes, part.heap_bytes, |a, b| a + b);
            table.toast_bytes = sum(table.toast_bytes, part.toast_bytes, |a, b| a + b);
            table.index_bytes = sum(table.index_bytes, part.index_bytes, |a, b| a + b);
            for index in part.indexes {
                let same = table.indexes.iter_mut().find(|one| {
                    one.key_columns == index.key_columns && one.predicate == index.predicate
                });
                if let Some(same) = same {
                    same.bytes = sum(same.bytes, index.bytes, |a, b| a + b);
                    same.rows = sum(same.rows, index.rows, u64::saturating_add);
                }
            }
        }
        if folded > 0 {
            findings.push(Finding::new(
                "partitions-folded",
                Severity::Low,
                format!("{folded} partitions are counted with the tables they belong to"),
            ));
        }
    }
}

fn sum<T>(a: Option<T>, b: Option<T>, add: fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(add(a, b)),
        (one, None) | (None, one) => one,
    }
}
