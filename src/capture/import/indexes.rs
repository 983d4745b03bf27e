use super::super::ddl::index;
use super::super::text::Names;
use super::{Importer, Read};

const DEFINITION: Names = &["def", "indexdef", "definition", "pg_get_indexdef"];

/// Indexes, with what `pg_get_indexdef` prints (the view `pg_indexes` has it
/// too).
pub(super) const IMPORTER: Importer = Importer {
    name: "indexes",
    sniff: |head| head.has_any(&["index", "indexname", "indexrelname"]) && head.has_any(DEFINITION),
    read: Read::Rows(|record, gathered| {
        let Some((table, mut one)) = index(record.need(DEFINITION)?) else {
            return Err(record.wrong(DEFINITION, "an index as pg_get_indexdef prints it"));
        };
        if one.name.is_empty() || table.name.is_empty() || table.schema.is_empty() {
            return Err(record.wrong(DEFINITION, "an index with names: Postgres has no empty ones"));
        }
        one.primary = record.flag(&["indisprimary"])?.unwrap_or(false);
        one.bytes = record.relation_bytes(&["bytes", "index_bytes"])?;
        one.rows = record.row_estimate()?;
        if record.flag(&["indisvalid"])? != Some(false) {
            gathered.catalog.indexes.offer((table, one.name.clone()), one);
        }
        Ok(())
    }),
};
