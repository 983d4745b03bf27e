use super::super::ddl::fillfactor_of;
use super::catalog_parts::TableSizes;
use super::{Importer, Read, table_name};

/// Tables with their sizes, from `pg_class` and the `pg_relation_size`
/// functions.
pub(super) const IMPORTER: Importer = Importer {
    name: "tables",
    sniff: |head| {
        head.has_any(&["table", "relname", "table_name", "tablename"])
            && head.has_any(&["reltuples", "row_estimate"])
            && !head.has_any(&["index", "indexrelname", "indexname"])
    },
    read: Read::Rows(|record, gathered| {
        // Views, sequences and indexes hold no rows of their own.
        if record.text(&["relkind"]).is_some_and(|kind| !matches!(kind, "r" | "p" | "m" | "f")) {
            return Ok(());
        }
        let sizes = TableSizes {
            rows: record.row_estimate()?,
            heap_bytes: record.relation_bytes(&["heap_bytes", "table_bytes"])?,
            toast_bytes: record.relation_bytes(&["toast_bytes"])?,
            index_bytes: record.relation_bytes(&["index_bytes"])?,
            fillfactor: record.text(&["reloptions"]).and_then(fillfactor_of),
        };
        gathered.catalog.tables.offer(table_name(record)?, sizes);
        Ok(())
    }),
};
