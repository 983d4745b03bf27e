//! Scenarios of a recording: tables that start empty and operations in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::dynamodb::{IndexKind, Projection, Table};
use crate::finding::Diagnostics;
use crate::json::{self, Node, Text};

use super::operation::Operation;
use super::reader::Reader;

/// One line of a recording.
pub(super) struct Scenario {
    pub id: String,
    pub tables: BTreeMap<String, Table>,
    pub operations: Vec<Operation>,
}

/// Reads a scenario; `None` if anything is wrong with it, which `found` tells.
pub(super) fn read(line: &Text<'_>, found: &mut Diagnostics) -> Option<Scenario> {
    let faults_before = found.0.len();
    let node = json::parse(line, found)?;
    let mut reader = Reader { text: line, found };
    let id = reader.required_string(&node, "id")?.to_owned();
    let schema = reader.required_array(&node, "schema")?;
    let tables: BTreeMap<String, Table> = reader
        .each(schema, table)?
        .into_iter()
        .map(|table| (table.name().to_owned(), table))
        .collect();
    let nodes = reader.required_array(&node, "ops")?;
    let operations = reader.each(nodes, |reader, node| Operation::read(reader, node, &tables))?;
    (found.0.len() == faults_before).then_some(Scenario { id, tables, operations })
}

/// Reads a `CreateTable` request.
fn table(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Table> {
    let name = reader.required_string(node, "TableName")?.to_owned();
    let mut table = Table::new(name, key(reader, node)?);
    for (member, kind) in
        [("GlobalSecondaryIndexes", IndexKind::Global), ("LocalSecondaryIndexes", IndexKind::Local)]
    {
        for index in reader.optional_array(node, member)? {
            let name = reader.required_string(index, "IndexName")?.to_owned();
            let key = key(reader, index)?;
            let projection = projection(reader, index)?;
            table = table.with_index(name, kind, key, projection);
        }
    }
    Some(table)
}

fn key(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Vec<String>> {
    let elements = reader.required_array(node, "KeySchema")?;
    reader.each(elements, |reader, element| {
        reader.required_string(element, "AttributeName").map(str::to_owned)
    })
}

fn projection(reader: &mut Reader<'_, '_>, index: &Node) -> Option<Projection> {
    let projection = reader.required(index, "Projection")?;
    match reader.required_string(projection, "ProjectionType")? {
        "KEYS_ONLY" => Some(Projection::KeysOnly),
        "ALL" => Some(Projection::All),
        "INCLUDE" => {
            let names = reader.required_array(projection, "NonKeyAttributes")?;
            let names =
                reader.each(names, |reader, name| reader.string(name).map(str::to_owned))?;
            Some(Projection::Include(BTreeSet::from_iter(names)))
        }
        _ => reader.refuse(projection, "the projections are KEYS_ONLY, INCLUDE and ALL"),
    }
}
