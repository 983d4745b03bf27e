//! What AWS's two kinds of CSV have in common: rows of metadata, then a header
//! whose columns differ from service to service.

use std::collections::BTreeMap;

use super::File;
use super::collect::Publication;
use super::product::attribute_name;
use crate::finding::{Diagnostic, Place};
use crate::pricing::csv::{self, Row};

/// A price list as a table.
pub(super) struct Table<'t> {
    file: &'t str,
    columns: Vec<String>,
    pub publication: Publication,
    pub rows: Vec<Row>,
}

impl<'t> Table<'t> {
    /// Reads the metadata and the header.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn read(kind: &str, file: &File<'t>) -> Result<Self, Diagnostic> {
        let mut metadata = BTreeMap::new();
        let mut rows = csv::rows(file.text);
        let columns = loop {
            match rows.next() {
                Some(row) if row.cells[0] == "SKU" => {
                    break row.cells.iter().map(|name| attribute_name(name)).collect();
                }
                Some(row) => {
                    metadata.insert(row.cells[0].clone(), row.cells.get(1).cloned());
                }
                None => return Err(Diagnostic::new("there is no header row").at(file.place())),
            }
        };
        let of = |name: &str| metadata.get(name).cloned().flatten().unwrap_or_default();
        let publication = Publication::new(kind, &of("OfferCode"), &of("Publication Date"))
            .map_err(|what| Diagnostic::new(what).at(file.place()))?;
        Ok(Self { file: file.name, columns, publication, rows: rows.collect() })
    }

    /// The cell under a column, by its name in lower case without spaces.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: &str) -> &'r str {
        let index = self.columns.iter().position(|name| name == column);
        index.and_then(|index| row.cells.get(index)).map_or("", String::as_str)
    }

    /// All cells of a row by column.
    pub(super) fn attributes(&self, row: &Row) -> BTreeMap<String, String> {
        self.columns.iter().cloned().zip(row.cells.iter().cloned()).collect()
    }

    pub(super) fn place(&self, row: &Row) -> Place {
        Place::at(self.file, row.line, 1)
    }
}
