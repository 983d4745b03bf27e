//! What reads cost: Get, BatchGet, Query, Scan and transactional Gets.
//!
//! Developer Guide, "Provisioned throughput", "Capacity unit consumption for
//! reads"; API reference of each operation. Projections, filters and COUNT
//! change nothing: what was *evaluated* counts.

use crate::units::{Bytes, ReadUnits};

use super::arms::ByArm;
use super::capacity::{Consistency, read};
use super::settings::{EmptyRead, Settings};
use super::table::{IndexKind, Table};

/// `GetItem`: the whole item, whatever is projected; a missing item costs the
/// minimum.
#[must_use]
pub fn get(item: Option<Bytes>, consistency: Consistency) -> ReadUnits {
    read(item.unwrap_or(Bytes::ZERO), consistency)
}

/// `BatchGetItem`: every key like a `GetItem` of its own, missing ones too.
#[must_use]
pub fn batch_get(
    items: impl IntoIterator<Item = Option<Bytes>>,
    consistency: Consistency,
) -> ReadUnits {
    items.into_iter().map(|item| get(item, consistency)).sum()
}

/// `TransactGetItems`: every item by itself at twice the price.
#[must_use]
pub fn transact_get(items: impl IntoIterator<Item = Option<Bytes>>) -> ReadUnits {
    batch_get(items, Consistency::Transactional)
}

/// The two operations that read in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagedRead {
    /// One partition key value.
    Query,
    /// Everything.
    Scan,
}

/// One page of a Query or Scan: the evaluated sizes are added up and rounded
/// once. Of an index, the sizes are those of its entries.
#[must_use]
pub fn page(
    operation: PagedRead,
    evaluated: &[Bytes],
    consistency: Consistency,
    settings: &Settings,
) -> ReadUnits {
    let empty = match operation {
        PagedRead::Query => settings.empty_query,
        PagedRead::Scan => settings.empty_scan,
    };
    if evaluated.is_empty() && empty == EmptyRead::Nothing {
        return ReadUnits::ZERO;
    }
    read(evaluated.iter().copied().sum(), consistency)
}

/// How many items each page of a Query or Scan evaluates, `limit` being the
/// request's `Limit`. A page ends with the item that reaches 1 MB. At least one
/// page, which may be empty.
///
/// A page that ends with the last item is the last one here; DynamoDB may then
/// need one more, empty request to find that out.
#[must_use]
pub fn page_lengths(evaluated: &[Bytes], limit: Option<usize>, settings: &Settings) -> Vec<usize> {
    let mut lengths = Vec::new();
    let (mut length, mut bytes) = (0, Bytes::ZERO);
    for size in evaluated {
        length += 1;
        bytes += *size;
        if bytes.get() >= settings.page_bytes_max || limit == Some(length) {
            lengths.push(length);
            (length, bytes) = (0, Bytes::ZERO);
        }
    }
    if length > 0 || lengths.is_empty() {
        lengths.push(length);
    }
    lengths
}

/// A Query or Scan read to its end, page after page.
#[must_use]
pub fn all_pages(
    operation: PagedRead,
    evaluated: &[Bytes],
    limit: Option<usize>,
    consistency: Consistency,
    settings: &Settings,
) -> ReadUnits {
    let mut rest = evaluated;
    page_lengths(evaluated, limit, settings)
        .into_iter()
        .map(|length| {
            let (evaluated, after) = rest.split_at(length);
            rest = after;
            page(operation, evaluated, consistency, settings)
        })
        .sum()
}

/// What a local index fetches from its table because it lacks attributes that
/// the request asks for: every item whole and rounded by itself.
#[must_use]
pub fn fetch(items: &[Bytes], consistency: Consistency) -> ReadUnits {
    batch_get(items.iter().copied().map(Some), consistency)
}

/// One page of an index by arm: its entries on the index, and what a local
/// index fetched on the table. Global indexes are read eventually consistent
/// whatever is asked.
///
/// # Panics
/// If the table has no index at `position`.
#[must_use]
pub fn index_page(
    operation: PagedRead,
    table: &Table,
    position: usize,
    evaluated: &[Bytes],
    fetched: &[Bytes],
    consistency: Consistency,
    settings: &Settings,
) -> ByArm<ReadUnits> {
    let consistency = match table.indexes()[position].kind() {
        IndexKind::Global => Consistency::Eventual,
        IndexKind::Local => consistency,
    };
    let entries = page(operation, evaluated, consistency, settings);
    let mut arms = ByArm::index_only(position, entries, table.indexes().len());
    arms.table = fetch(fetched, consistency);
    arms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::table::Projection;

    const STRONG: Consistency = Consistency::Strong;

    fn sizes(sizes: &[u64]) -> Vec<Bytes> {
        sizes.iter().map(|size| Bytes::new(*size)).collect()
    }

    #[test]
    fn a_query_is_rounded_once_a_batch_key_by_key() {
        let sizes = sizes(&[1500, 1500, 1500]);
        let query = page(PagedRead::Query, &sizes, STRONG, &Settings::default());
        assert_eq!(query, ReadUnits::whole(2));
        let batch = batch_get(sizes.into_iter().map(Some).chain([None]), STRONG);
        assert_eq!(batch, ReadUnits::whole(4));
        assert_eq!(transact_get([None]), ReadUnits::whole(2));
    }

    #[test]
    fn what_finds_nothing_costs_the_minimum_unless_set_otherwise() {
        let documented = Settings::default();
        let queries_free = Settings { empty_query: EmptyRead::Nothing, ..documented };
        let scans_free = Settings { empty_scan: EmptyRead::Nothing, ..documented };
        let (query, scan) = (PagedRead::Query, PagedRead::Scan);
        let empty = |read, settings| page(read, &[], Consistency::Eventual, settings).halves();
        assert_eq!((empty(query, &documented), empty(scan, &documented)), (1, 1));
        assert_eq!((empty(query, &queries_free), empty(scan, &queries_free)), (0, 1));
        assert_eq!((empty(query, &scans_free), empty(scan, &scans_free)), (1, 0));
        let one = page(query, &sizes(&[0]), Consistency::Eventual, &queries_free);
        assert_eq!(one.halves(), 1);
    }

    /// Developer Guide, "Local secondary indexes", read capacity units: four
    /// entries of 200 bytes and four items of 300 bytes are 4 KB and 16 KB.
    #[test]
    fn local_indexes_fetch_item_by_item_and_global_ones_read_eventually() {
        let key = vec!["k".to_owned()];
        let table = [IndexKind::Local, IndexKind::Global].into_iter().fold(
            Table::new("t".into(), key.clone()),
            |table, kind| {
                table.with_index(format!("{kind:?}"), kind, key.clone(), Projection::KeysOnly)
            },
        );
        let units = |position, fetched: &[u64], consistency| {
            let (entries, fetched) = (sizes(&[200; 4]), sizes(fetched));
            let settings = Settings::default();
            let query = PagedRead::Query;
            index_page(query, &table, position, &entries, &fetched, consistency, &settings)
        };
        let local = units(0, &[300; 4], STRONG);
        assert_eq!((local.table, local.indexes[0]), (ReadUnits::whole(4), ReadUnits::whole(1)));
        assert_eq!(local.total(), ReadUnits::whole(5));
        let local = units(0, &[300; 4], Consistency::Eventual);
        assert_eq!(local.total().halves(), 5);
        let global = units(1, &[], STRONG);
        assert_eq!((global.table, global.indexes[1].halves()), (ReadUnits::ZERO, 1));
    }

    #[test]
    fn pages_end_with_the_item_that_reaches_one_megabyte() {
        let settings = Settings::default();
        let lengths = |evaluated: &[u64], limit| page_lengths(&sizes(evaluated), limit, &settings);
        assert_eq!(lengths(&[], None), [0]);
        assert_eq!(lengths(&[262_144; 4], None), [4]);
        assert_eq!(lengths(&[262_144; 5], None), [4, 1]);
        assert_eq!(lengths(&[262_143; 5], None), [5]);
        assert_eq!(lengths(&[400_000; 7], None), [3, 3, 1]);
        assert_eq!(lengths(&[100; 7], Some(3)), [3, 3, 1]);
        assert_eq!(lengths(&[100; 6], Some(3)), [3, 3]);
    }

    #[test]
    fn every_page_is_rounded_by_itself() {
        let evaluated = sizes(&[400_000; 4]);
        // 1,200,000 B are 293 blocks (292.97), 400,000 B are 98 (97.66).
        let units = all_pages(PagedRead::Scan, &evaluated, None, STRONG, &Settings::default());
        assert_eq!(units, ReadUnits::whole(293 + 98));
        let limited = all_pages(PagedRead::Scan, &evaluated, Some(1), STRONG, &Settings::default());
        assert_eq!(limited, ReadUnits::whole(98 * 4));
    }
}
