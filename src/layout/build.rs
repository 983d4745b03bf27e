use crate::design::{Design, Embedded, IndexDesign, ItemType, Membership, TableDesign};
use crate::dynamodb::{STORAGE_OVERHEAD_BYTES, SizeDistribution};
use crate::workload::{Entity, Workload};

use super::attributes::{
    ItemAttribute, can_have_entry, embedded_bytes, entry_attributes, item_attributes,
    rows_per_parent,
};
use super::sizes::{sizes, write_unit_range};

/// Sizes and counts of everything a design stores.
#[derive(Clone, Debug)]
pub struct Layout {
    /// As [`Design::tables`].
    pub tables: Vec<TableLayout>,
}

/// One table.
#[derive(Clone, Debug)]
pub struct TableLayout {
    /// As [`TableDesign::items`].
    pub items: Vec<ItemLayout>,
}

/// One kind of item.
#[derive(Clone, Debug)]
pub struct ItemLayout {
    /// Its attributes.
    pub attributes: Vec<ItemAttribute>,
    /// Its size.
    pub sizes: SizeDistribution,
    /// Within which its mean write units lie, where values are kept out of line
    /// and nobody measured them: their spread and their compression are not
    /// known. `None` where the sizes are known well enough.
    pub unit_range: Option<(f64, f64)>,
    /// Bytes of the guard items of one item, 100 each for storage included.
    pub guard_bytes: f64,
    /// How many there are today; `None` where the rows were never counted.
    pub count: Option<f64>,
    /// How many there are at the horizon.
    pub count_horizon: Option<f64>,
    /// The lists that grow inside it.
    pub lists: Vec<ListLayout>,
    /// Its entry in each index of the table; `None` where it can have none.
    pub entries: Vec<Option<EntryLayout>>,
}

/// Rows of another table as a list inside an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ListLayout {
    /// The attribute that holds it.
    pub attribute: String,
    /// Rows in one item's list that the item's size counts with.
    pub rows_per_item: f64,
    /// Bytes that each row adds.
    pub row_bytes: f64,
    /// Rows in all lists today; `None` where they were never counted.
    pub rows: Option<f64>,
    /// Rows in all lists at the horizon.
    pub rows_horizon: Option<f64>,
    /// The largest known share of the rows that are in one list.
    pub longest_share: Option<f64>,
}

/// An item's entry in an index.
#[derive(Clone, Debug)]
pub struct EntryLayout {
    /// Its attributes.
    pub attributes: Vec<ItemAttribute>,
    /// Its size.
    pub sizes: SizeDistribution,
    /// Share of the items that have an entry.
    pub share: f64,
}

/// Lays a workload out under a design.
#[must_use]
pub fn build(design: &Design, workload: &Workload) -> Layout {
    let tables = design
        .tables
        .iter()
        .map(|table| TableLayout {
            items: table
                .items
                .iter()
                .map(|item| {
                    let entity = workload
                        .entity(Some(&item.from.schema), &item.from.name)
                        .expect("a design is checked against the tables of its workload");
                    item_layout(table, item, entity, workload)
                })
                .collect(),
        })
        .collect();
    Layout { tables }
}

fn item_layout(
    table: &TableDesign,
    item: &ItemType,
    entity: &Entity,
    workload: &Workload,
) -> ItemLayout {
    let attributes = item_attributes(table, item, entity, workload);
    let entries = table
        .indexes
        .iter()
        .map(|index| {
            can_have_entry(index, item, entity)
                .then(|| entry(table, item, index, entity, &attributes))
        })
        .collect();
    let sizes = sizes(entity, &attributes);
    let unit_range = write_unit_range(item, entity, &sizes);
    ItemLayout {
        sizes,
        unit_range,
        guard_bytes: guard_bytes(item, entity),
        attributes,
        count: entity.rows,
        count_horizon: entity.rows_horizon,
        lists: lists(item, entity, workload),
        entries,
    }
}

fn lists(item: &ItemType, entity: &Entity, workload: &Workload) -> Vec<ListLayout> {
    let list = |embed: &Embedded| {
        let child = workload.entity(Some(&embed.from.schema), &embed.from.name)?;
        let reference = child.parents.iter().find(|one| one.table == entity.table);
        let longest_share = reference
            .and_then(|one| child.attribute(one.columns.first()?))
            .and_then(|column| column.top_frequencies.first().copied());
        Some(ListLayout {
            attribute: embed.attribute.clone(),
            rows_per_item: rows_per_parent(child, entity),
            row_bytes: embedded_bytes(child, entity),
            rows: child.rows,
            rows_horizon: child.rows_horizon,
            longest_share,
        })
    };
    item.embeds.iter().filter_map(list).collect()
}

fn entry(
    table: &TableDesign,
    item: &ItemType,
    index: &IndexDesign,
    entity: &Entity,
    all: &[ItemAttribute],
) -> EntryLayout {
    let attributes = entry_attributes(table, item, index, all);
    let keys = index
        .partition_key
        .own_columns()
        .into_iter()
        .chain(index.sort_key.iter().flat_map(|sort| sort.own_columns()));
    let with_keys: f64 =
        keys.filter_map(|key| entity.attribute(key)).map(|attribute| attribute.present).product();
    let share = match &index.membership {
        Membership::HasKey => with_keys,
        Membership::LikeIndex { share, .. } => *share,
    };
    EntryLayout { sizes: sizes(entity, &attributes), attributes, share }
}

/// Stored bytes of the guard items of one item: each is a key made of the unique
/// value.
#[expect(clippy::cast_precision_loss, reason = "100 bytes")]
fn guard_bytes(item: &ItemType, entity: &Entity) -> f64 {
    item.unique
        .iter()
        .map(|columns| {
            let value: f64 = columns
                .iter()
                .filter_map(|column| entity.attribute(column))
                .map(|column| column.bytes.mean())
                .sum();
            value + STORAGE_OVERHEAD_BYTES as f64
        })
        .sum()
}
