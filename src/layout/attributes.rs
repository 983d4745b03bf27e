//! Which attributes an item and an index entry hold.

use std::collections::BTreeSet;

use crate::design::{
    GENERATED_BYTES, IndexDesign, ItemType, Membership, Part, Projection, TableDesign, Template,
};
use crate::dynamodb::SizeDistribution;
use crate::workload::{Attribute, Entity, ValueBytes, Workload, item_sizes, name_bytes};

/// An attribute of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemAttribute {
    /// Its name.
    pub name: String,
    /// The columns it is made from: writing one of them changes it.
    pub columns: BTreeSet<String>,
    /// Share of the items that have it.
    pub present: f64,
    /// Bytes of the value.
    pub bytes: ValueBytes,
}

impl ItemAttribute {
    /// The form the size distribution is made from.
    #[must_use]
    pub fn size_part(&self) -> (f64, f64, ValueBytes) {
        (name_bytes(&self.name), self.present, self.bytes)
    }
}

/// A list or a map costs 3 bytes, and 1 byte for each element (Developer Guide,
/// "DynamoDB item sizes and formats").
pub(super) const NESTED_BYTES: f64 = 3.0;
const ELEMENT_BYTES: f64 = 1.0;

/// The attributes of an item: its columns, its composed keys, those of the
/// indexes it is in, and embedded rows.
#[must_use]
pub fn item_attributes(
    table: &TableDesign,
    item: &ItemType,
    entity: &Entity,
    workload: &Workload,
) -> Vec<ItemAttribute> {
    let mut attributes = Vec::new();
    add_key(&mut attributes, &table.partition_attribute, &item.partition_key, entity, workload);
    if let (Some(name), Some(sort)) = (&table.sort_attribute, &item.sort_key) {
        add_key(&mut attributes, name, sort, entity, workload);
    }
    for column in &entity.attributes {
        if item.omit.contains(&column.name) {
            continue;
        }
        let name = item.rename.get(&column.name).unwrap_or(&column.name);
        if attributes.iter().any(|attribute| attribute.name == *name) {
            continue;
        }
        let ratio = item.compress.get(&column.name).copied().unwrap_or(1.0);
        attributes.push(ItemAttribute {
            name: name.clone(),
            columns: BTreeSet::from([column.name.clone()]),
            present: column.present,
            bytes: column.bytes.scaled(ratio),
        });
    }
    for copy in &item.copies {
        let parent = workload.entity(Some(&copy.table.schema), &copy.table.name);
        if let Some(column) = parent.and_then(|parent| parent.attribute(&copy.column)) {
            attributes.push(ItemAttribute {
                name: copy.attribute.clone(),
                columns: BTreeSet::from([copied_column(&copy.attribute)]),
                present: column.present,
                bytes: column.bytes,
            });
        }
    }
    for embed in &item.embeds {
        if let Some(child) = workload.entity(Some(&embed.from.schema), &embed.from.name) {
            let rows = rows_per_parent(child, entity);
            attributes.push(ItemAttribute {
                name: embed.attribute.clone(),
                columns: BTreeSet::from([embedded_column(&embed.attribute)]),
                present: 1.0,
                bytes: ValueBytes::About(NESTED_BYTES + rows * embedded_bytes(child, entity)),
            });
        }
    }
    for index in &table.indexes {
        add_index_keys(&mut attributes, index, item, entity, workload);
    }
    attributes
}

/// The name under which a change of an embedded list is known; no Postgres
/// column is called so.
#[must_use]
pub fn embedded_column(attribute: &str) -> String {
    format!("[{attribute}]")
}

/// The name under which a change of a copied value is known; no Postgres column
/// is called so.
#[must_use]
pub fn copied_column(attribute: &str) -> String {
    format!("[copy {attribute}]")
}

/// Bytes that one embedded row adds to the list: an element that is a map.
/// The reference to the parent is not stored; the parent is the item.
#[must_use]
pub fn embedded_bytes(child: &Entity, parent: &Entity) -> f64 {
    let reference: BTreeSet<&String> = child
        .parents
        .iter()
        .filter(|one| one.table == parent.table)
        .flat_map(|one| &one.columns)
        .collect();
    let fields: f64 = child
        .attributes
        .iter()
        .filter(|column| !reference.contains(&column.name))
        .map(|column| {
            column.present * (ELEMENT_BYTES + name_bytes(&column.name) + column.bytes.mean())
        })
        .sum();
    ELEMENT_BYTES + NESTED_BYTES + fields
}

/// How many child rows a parent has on average. Parents most of which will be
/// new by the horizon, such as orders, have as many as are inserted with them,
/// or as there are, whichever is more (the lists of new parents are the ones
/// that are written). Parents that stay, such as users, gather rows up to the
/// horizon.
#[must_use]
pub fn rows_per_parent(child: &Entity, parent: &Entity) -> f64 {
    let renewed = parent.inserted_horizon.unwrap_or(0.0) >= parent.rows.unwrap_or(0.0);
    if let (false, Some(children), Some(parents)) =
        (renewed, child.rows_horizon, parent.rows_horizon)
    {
        return children / parents.max(1.0);
    }
    let stored = match (child.rows, parent.rows) {
        (Some(children), Some(parents)) if parents >= 1.0 => children / parents,
        _ => 1.0,
    };
    let inserted = match (child.inserted_per_month, parent.inserted_per_month) {
        (Some(children), Some(parents)) if parents > 0.0 => children / parents,
        _ => 0.0,
    };
    stored.max(inserted)
}

/// Adds a key attribute unless the item has it anyway.
fn add_key(
    attributes: &mut Vec<ItemAttribute>,
    name: &str,
    template: &Template,
    entity: &Entity,
    workload: &Workload,
) {
    if attributes.iter().any(|attribute| attribute.name == name) {
        return;
    }
    let own = template.own_columns();
    attributes.push(ItemAttribute {
        name: name.to_owned(),
        present: own
            .iter()
            .filter_map(|column| entity.attribute(column))
            .map(|column| column.present)
            .product(),
        columns: own.into_iter().map(str::to_owned).collect(),
        bytes: ValueBytes::About(key_bytes(template, entity, workload)),
    });
}

/// Names of an index's key attributes: the column itself, or an attribute made
/// for the index.
fn index_key_names(index: &IndexDesign) -> (String, Option<String>) {
    let name = |template: &Template, suffix: &str| match template.single_column() {
        Some(column) if index.items.is_none() => column.to_owned(),
        _ => format!("{}_{suffix}", index.name),
    };
    (name(&index.partition_key, "pk"), index.sort_key.as_ref().map(|sort| name(sort, "sk")))
}

fn add_index_keys(
    attributes: &mut Vec<ItemAttribute>,
    index: &IndexDesign,
    item: &ItemType,
    entity: &Entity,
    workload: &Workload,
) {
    if !can_have_entry(index, item, entity) {
        return;
    }
    let (partition, sort) = index_key_names(index);
    let keys = [Some((partition, &index.partition_key)), sort.zip(index.sort_key.as_ref())];
    for (name, template) in keys.into_iter().flatten() {
        // A renamed column is a key under its new name.
        let name = template
            .single_column()
            .filter(|_| index.items.is_none())
            .and_then(|column| item.rename.get(column).cloned())
            .unwrap_or(name);
        let before = attributes.len();
        add_key(attributes, &name, template, entity, workload);
        if attributes.len() > before
            && let Membership::LikeIndex { share, columns, .. } = &index.membership
        {
            let added = &mut attributes[before];
            added.present *= share;
            added.columns.extend(columns.iter().cloned());
        }
    }
}

/// Whether items of this kind can be in the index at all.
#[must_use]
pub fn can_have_entry(index: &IndexDesign, item: &ItemType, entity: &Entity) -> bool {
    let admitted = index.items.as_ref().is_none_or(|kinds| kinds.contains(&item.name));
    admitted
        && index
            .partition_key
            .own_columns()
            .into_iter()
            .chain(index.sort_key.iter().flat_map(Template::own_columns))
            .all(|column| entity.attribute(column).is_some())
}

/// The attributes of an item's entry in an index: index keys, table keys, and
/// what is projected.
#[must_use]
pub fn entry_attributes(
    table: &TableDesign,
    item: &ItemType,
    index: &IndexDesign,
    all: &[ItemAttribute],
) -> Vec<ItemAttribute> {
    let (partition, sort) = index_key_names(index);
    let stored = |column: &str| item.rename.get(column).cloned().unwrap_or(column.to_owned());
    let mut keys = BTreeSet::from([stored(&partition), table.partition_attribute.clone()]);
    keys.extend(sort.map(|sort| stored(&sort)));
    keys.extend(table.sort_attribute.clone());
    let projected = |name: &str| match &index.projection {
        Projection::All => true,
        Projection::KeysOnly => false,
        Projection::Include(columns) => columns.iter().any(|column| stored(column) == name),
    };
    all.iter()
        .filter(|attribute| keys.contains(&attribute.name) || projected(&attribute.name))
        .cloned()
        .map(|mut attribute| {
            if keys.contains(&attribute.name) {
                // An entry exists only where all its keys do.
                attribute.present = 1.0;
            }
            attribute
        })
        .collect()
}

/// Sizes of a key value made from a template.
#[must_use]
pub fn key_sizes(template: &Template, entity: &Entity, workload: &Workload) -> SizeDistribution {
    let parts = key_parts(template, entity, workload);
    item_sizes(&parts.map(|bytes| (0.0, 1.0, bytes)).collect::<Vec<_>>())
}

fn key_bytes(template: &Template, entity: &Entity, workload: &Workload) -> f64 {
    key_parts(template, entity, workload).map(ValueBytes::mean).sum()
}

/// Bytes of what a key value is made from. A column in a composed key is text, so
/// a number takes a byte a digit.
fn key_parts<'a>(
    template: &'a Template,
    entity: &'a Entity,
    workload: &'a Workload,
) -> impl Iterator<Item = ValueBytes> + 'a {
    let alone = template.single_column().is_some();
    let nothing = ValueBytes::About(0.0);
    template.parts.iter().map(move |part| match part {
        Part::Literal(text) => ValueBytes::About(name_bytes(text)),
        Part::Generated => ValueBytes::About(GENERATED_BYTES),
        Part::Column(column) if alone => {
            entity.attribute(column).map_or(nothing, |attribute| attribute.bytes)
        }
        Part::Column(column) => entity.attribute(column).map_or(nothing, text_bytes),
        Part::Parent { table, column } => entity
            .parents
            .iter()
            .find(|parent| parent.table.name == *table)
            .and_then(|parent| workload.entity(Some(&parent.table.schema), table))
            .and_then(|parent| parent.attribute(column))
            .map_or(nothing, text_bytes),
        Part::Bucket { bucket, .. } => ValueBytes::About(bucket.key_bytes()),
        Part::Hash { count, .. } => ValueBytes::About(f64::from(*count).log10().ceil()),
    })
}

fn text_bytes(attribute: &Attribute) -> ValueBytes {
    match attribute.type_name.as_str() {
        // 1 byte for the exponent, half a byte a digit: back to digits.
        "smallint" | "integer" | "bigint" => {
            ValueBytes::About(((attribute.bytes.mean() - 1.0) * 2.0 - 0.5).max(1.0))
        }
        _ => attribute.bytes,
    }
}
