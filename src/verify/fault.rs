//! Where the servers are known to be wrong, so that a difference from them can
//! be told from a fault in the rules.

use std::collections::BTreeMap;

use crate::dynamodb::{Consistency, Index, IndexKind, Item, NumberSize, PagedRead, Table, Value};

use super::compute::Computed;
use super::operation::{Api, Asked, Image, Operation, Page, Work};
use super::server::Server;

/// A known fault of a server.
pub struct Fault {
    /// Whose.
    pub server: Server,
    /// A stable name.
    pub id: &'static str,
    /// What the server does.
    pub what: &'static str,
    /// Whether an operation is of the kind that the fault touches. It may still
    /// come out right, where rounding hides the fault.
    touches: fn(&Case<'_>) -> bool,
}

/// One operation with what the rules say of it.
pub(super) struct Case<'a> {
    pub tables: &'a BTreeMap<String, Table>,
    pub operation: &'a Operation,
    pub computed: &'a Computed<'a>,
}

/// All known faults.
const FAULTS: [Fault; 17] = [
    Fault {
        server: Server::Dynalite,
        id: "no_index_write_capacity",
        what: "reports no index write units",
        touches: |case| case.writes_indexes(),
    },
    Fault {
        server: Server::Dynalite,
        id: "utf16_length_not_utf8",
        what: "counts UTF-16 units, not UTF-8 bytes",
        touches: |case| case.has_non_ascii_text(),
    },
    Fault {
        server: Server::Dynalite,
        id: "empty_query_is_free",
        what: "bills nothing for a Query that matches nothing",
        touches: |case| case.is_empty_query(),
    },
    Fault {
        server: Server::Dynalite,
        id: "scan_ignores_consistent_read",
        what: "ignores ConsistentRead on Scan",
        touches: |case| {
            let is_strong = |page: &Page| page.consistency == Consistency::Strong;
            case.is_scan() && case.page().is_some_and(is_strong)
        },
    },
    Fault {
        server: Server::Dynalite,
        id: "lsi_fetch_not_per_item",
        what: "rounds the sum of what a local index fetches, or does not fetch",
        touches: |case| case.fetches(),
    },
    Fault {
        server: Server::DdbLocal,
        id: "transact_write_not_2x",
        what: "bills TransactWriteItems at other than twice the price",
        touches: |case| case.operation.api == Api::TransactWriteItems,
    },
    Fault {
        server: Server::DdbLocal,
        id: "batchget_missing_item_is_free",
        what: "bills nothing for missing keys of BatchGetItem",
        touches: |case| match &case.operation.work {
            Work::Gets(gets) => {
                case.operation.api == Api::BatchGetItem && gets.iter().any(|got| got.item.is_none())
            }
            _ => false,
        },
    },
    Fault {
        server: Server::DdbLocal,
        id: "empty_query_is_free",
        what: "bills nothing for a Query that matches nothing",
        touches: |case| case.is_empty_query(),
    },
    Fault {
        server: Server::DdbLocal,
        id: "batch_delete_of_missing_costs_2",
        what: "bills 2 units for a batch delete of a missing item",
        touches: |case| {
            case.operation.api == Api::BatchWriteItem
                && case.images().any(|image| image.before.is_none() && image.after.is_none())
        },
    },
    Fault {
        server: Server::DdbLocal,
        id: "lsi_write_adds_100_bytes",
        what: "adds the 100 bytes of storage to local index entries on writes",
        touches: |case| {
            let has_local_arm = case.computed.capacity.values().any(|table| !table.lsi.is_empty());
            has_local_arm && case.page().is_none()
        },
    },
    Fault {
        server: Server::DdbLocal,
        id: "index_scan_charges_base_item_size",
        what: "bills a Scan of an index by the size of the table's items",
        touches: |case| case.is_scan() && case.read_index().is_some(),
    },
    Fault {
        server: Server::DdbLocal,
        id: "sparse_composite_index_key",
        what: "bills an index whose composite key is incomplete before and after",
        touches: |case| case.has_incomplete_composite_key(),
    },
    Fault {
        server: Server::DdbLocal,
        id: "lsi_projection_fetch_not_needed",
        what: "fetches for a local index that projects all that is asked for",
        touches: |case| {
            case.page().is_some_and(|page| matches!(page.asked, Asked::Named(_)))
                && case.reads_local_index()
                && !case.fetches()
        },
    },
    Fault {
        server: Server::Dynoxide,
        id: "number_size",
        what: "pairs the digits before and after the point apart",
        touches: |case| {
            case.computed
                .items
                .iter()
                .any(|item| item.bytes(NumberSize::Base100) != item.bytes(NumberSize::SplitAtPoint))
        },
    },
    Fault {
        server: Server::Dynoxide,
        id: "lsi_fetch_not_per_item",
        what: "rounds the sum of what a local index fetches",
        touches: |case| case.fetches(),
    },
    Fault {
        server: Server::Dynoxide,
        id: "empty_lsi_fetch_bills_table",
        what: "bills the table for a fetch of nothing",
        touches: |case| case.is_empty_query() && case.fetches(),
    },
    Fault {
        server: Server::Dynoxide,
        id: "lsi_scan_bills_table",
        what: "reports the units of a Scan of a local index on the table",
        touches: |case| case.is_scan() && case.reads_local_index(),
    },
];

impl Fault {
    /// The faults of a server that may explain how its answer to an operation
    /// differs.
    pub(super) fn of(server: Server, case: &Case<'_>) -> Vec<&'static Self> {
        FAULTS.iter().filter(|fault| fault.server == server && (fault.touches)(case)).collect()
    }
}

impl<'a> Case<'a> {
    fn page(&self) -> Option<&'a Page> {
        match &self.operation.work {
            Work::Page(page) => Some(page),
            _ => None,
        }
    }

    fn images(&self) -> impl Iterator<Item = &'a Image> {
        let (images, actions) = match &self.operation.work {
            Work::Writes(images) => (images.as_slice(), [].as_slice()),
            Work::Transaction { actions, .. } => ([].as_slice(), actions.as_slice()),
            _ => ([].as_slice(), [].as_slice()),
        };
        images.iter().chain(actions.iter().map(|action| &action.image))
    }

    fn read_index(&self) -> Option<&'a Index> {
        let page = self.page()?;
        self.tables.get(&page.table)?.indexes().get(page.index?)
    }

    fn reads_local_index(&self) -> bool {
        self.read_index().is_some_and(|index| index.kind() == IndexKind::Local)
    }

    fn fetches(&self) -> bool {
        self.page().is_some_and(|page| {
            self.tables.get(&page.table).is_some_and(|table| page.fetches(table))
        })
    }

    fn is_scan(&self) -> bool {
        self.page().is_some_and(|page| page.operation == PagedRead::Scan)
    }

    fn is_empty_query(&self) -> bool {
        self.page()
            .is_some_and(|page| page.operation == PagedRead::Query && page.evaluated.is_empty())
    }

    fn writes_indexes(&self) -> bool {
        let mut tables = self.computed.capacity.values();
        self.page().is_none() && tables.any(|table| !table.gsi.is_empty() || !table.lsi.is_empty())
    }

    fn has_non_ascii_text(&self) -> bool {
        let is_ascii = |item: &&Item| item.iter().all(|(name, v)| name.is_ascii() && is_ascii(v));
        !self.computed.items.iter().all(is_ascii)
    }

    fn has_incomplete_composite_key(&self) -> bool {
        self.images().any(|image| {
            let indexes = self.tables.get(&image.table).map_or(&[][..], Table::indexes);
            indexes.iter().any(|index| {
                let held = |item: &Option<Item>| {
                    let item = item.as_ref();
                    let has = |name: &&String| item.is_some_and(|item| item.get(name).is_some());
                    index.key().iter().filter(has).count()
                };
                let (before, after) = (held(&image.before), held(&image.after));
                let whole = index.key().len();
                before < whole && after < whole && before.max(after) > 0
            })
        })
    }
}

fn is_ascii(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_ascii(),
        Value::StringSet(texts) => texts.iter().all(|text| text.is_ascii()),
        Value::List(values) => values.iter().all(is_ascii),
        Value::Map(members) => members.iter().all(|(key, v)| key.is_ascii() && is_ascii(v)),
        Value::Number(_)
        | Value::Binary(_)
        | Value::Bool(_)
        | Value::Null
        | Value::NumberSet(_)
        | Value::BinarySet(_) => true,
    }
}
