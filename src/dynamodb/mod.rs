//! DynamoDB's capacity rules as pure functions: items or bytes in, units out.
//!
//! Nothing here knows of workloads, designs or prices. What AWS's pages leave
//! open is a switch of [`Settings`].

mod arms;
mod capacity;
mod compact;
mod expected;
mod item;
pub mod json;
pub mod limits;
mod measure;
mod number;
mod reads;
mod replication;
mod settings;
mod table;
mod throughput;
mod transactions;
mod writes;

pub use arms::ByArm;
pub use capacity::{
    Consistency, READ_UNIT_BYTES, STORAGE_OVERHEAD_BYTES, WRITE_UNIT_BYTES, index_write, read,
    write,
};
pub use expected::{DistributionError, SizeDistribution};
pub use item::{Item, Value};
pub use limits::{ITEM_BYTES_MAX, PAGE_BYTES_MAX};
pub use measure::{ItemMeasure, measure_lines};
pub use number::{Number, NumberError};
pub use reads::{
    PagedRead, all_pages, batch_get, fetch, get, index_page, page, page_lengths, transact_get,
};
pub use replication::{
    RegionalWrite, replicated_write, ttl_delete_at_origin, ttl_delete_at_replica,
};
pub use settings::{
    CancelledTransaction, EmptyRead, FailedCondition, NumberSize, Settings, TransactionalIndexes,
};
pub use table::{Index, IndexKind, Projection, Table};
pub use throughput::{read_shards, scan_seconds};
pub use transactions::{Action, transact_cancelled, transact_replay, transact_write};
pub use writes::{Change, failed_condition, write_item};
