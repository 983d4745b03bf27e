use super::super::catalog::Column;
use super::super::ddl::type_name;
use super::super::text::Names;
use super::bounds::{COLUMN_NUMBER_MAX, TYPE_LENGTH_MAX};
use super::{Importer, Read, table_name};

const NAME: Names = &["column", "attname", "column_name"];
const TYPE: Names = &["type", "format_type", "data_type"];
const POSITION: Names = &["attnum", "ordinal_position"];
const LENGTH: Names = &["character_maximum_length"];

/// Columns, from `pg_attribute` or `information_schema.columns`.
pub(super) const IMPORTER: Importer = Importer {
    name: "columns",
    sniff: |head| head.has_any(NAME) && head.has_any(TYPE) && head.has_any(POSITION),
    read: Read::Rows(|record, gathered| {
        let not_null = match record.flag(&["is_nullable"])? {
            Some(nullable) => !nullable,
            None => record.flag(&["not_null", "attnotnull"])?.unwrap_or(false),
        };
        let identity = match record.flag(&["is_identity"])? {
            Some(identity) => identity,
            None => matches!(record.text(&["attidentity"]), Some("a" | "d")),
        };
        let mut written = record.need(TYPE)?.to_owned();
        if let Some(length) = record.count_to(LENGTH, TYPE_LENGTH_MAX, "a length of a type")? {
            written.push_str(&format!("({length})"));
        }
        let column = Column {
            name: record.name(NAME)?.to_owned(),
            type_name: type_name(&written),
            not_null,
            default: record.text(&["default", "column_default"]).map(str::to_owned),
            identity,
            stats: None,
        };
        let position =
            record.count_to(POSITION, COLUMN_NUMBER_MAX, "a column's number")?.unwrap_or(0);
        gathered.catalog.columns.offer((table_name(record)?, position), column);
        Ok(())
    }),
};
