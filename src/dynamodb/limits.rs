//! Limits and default quotas that a plan can run into.
//!
//! Source, unless another is named: Amazon DynamoDB Developer Guide, "Quotas in
//! Amazon DynamoDB" (`ServiceQuotas`), text of February 2023. Quotas marked as
//! defaults can be raised on request.

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;
const GB: u64 = 1024 * MB;

/// An item may be no larger (400 KB, attribute names included). On a table with
/// local secondary indexes the item and its entries in them share this limit,
/// index by index.
pub const ITEM_BYTES_MAX: u64 = 400 * KB;

/// Lists and maps may be nested this deep.
pub const NESTING_LEVELS_MAX: usize = 32;

/// A Query or Scan stops after evaluating this much; the item that crosses the
/// limit still belongs to the page.
pub const PAGE_BYTES_MAX: u64 = MB;

/// Keys in one `BatchGetItem`.
pub const BATCH_GET_KEYS_MAX: usize = 100;

/// Data returned by one `BatchGetItem`.
pub const BATCH_GET_BYTES_MAX: u64 = 16 * MB;

/// Puts and deletes in one `BatchWriteItem`.
pub const BATCH_WRITE_REQUESTS_MAX: usize = 25;

/// Data in one `BatchWriteItem`.
pub const BATCH_WRITE_BYTES_MAX: u64 = 16 * MB;

/// Distinct items in one transaction.
pub const TRANSACTION_ITEMS_MAX: usize = 100;

/// Data in one transaction.
pub const TRANSACTION_BYTES_MAX: u64 = 4 * MB;

/// The value of a partition key.
pub const PARTITION_KEY_BYTES_MAX: u64 = 2048;

/// The value of a sort key.
pub const SORT_KEY_BYTES_MAX: u64 = 1024;

/// All items with one partition key value, entries in local secondary indexes
/// included; only on tables that have such an index. Developer Guide, "Local
/// secondary indexes", "Item collection size limit".
pub const ITEM_COLLECTION_BYTES_MAX: u64 = 10 * GB;

/// Characters of the name of a table or an index, least and most. Developer Guide,
/// "Supported data types and naming rules".
pub const NAME_LENGTH_MIN: usize = 3;
/// See [`NAME_LENGTH_MIN`].
pub const NAME_LENGTH_MAX: usize = 255;

/// Whether names of tables and indexes may hold the character. Same source.
#[must_use]
pub const fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Local secondary indexes on a table.
pub const LOCAL_INDEXES_MAX: usize = 5;

/// Global secondary indexes on a table; a default.
pub const GLOBAL_INDEXES_DEFAULT_MAX: usize = 20;

/// Non-key attributes that the INCLUDE projections of a table's indexes may
/// name in total.
pub const INCLUDED_ATTRIBUTES_MAX: usize = 100;

/// Read units a second that one partition serves. Developer Guide, "Designing
/// partition keys to distribute your workload" (`bp-partition-key-design`).
pub const PARTITION_READ_UNITS_PER_SECOND: u64 = 3000;

/// Write units a second that one partition serves. Same source.
pub const PARTITION_WRITE_UNITS_PER_SECOND: u64 = 1000;

/// The most data one partition holds.
pub const PARTITION_BYTES_MAX: u64 = 10 * GB;

/// Read units a second of a table with its global indexes; a default, for
/// on-demand and provisioned tables alike.
pub const TABLE_READ_UNITS_PER_SECOND_DEFAULT_MAX: u64 = 40_000;

/// Write units a second of a table with its global indexes; a default, for
/// on-demand and provisioned tables alike.
pub const TABLE_WRITE_UNITS_PER_SECOND_DEFAULT_MAX: u64 = 40_000;

/// Provisioned read units (and, counted apart, write units) a second of all
/// tables of an account in one Region; a default.
pub const ACCOUNT_PROVISIONED_UNITS_PER_SECOND_DEFAULT_MAX: u64 = 80_000;
