//! DynamoDB's capacity rules as pure functions: bytes in, units out.
//!
//! Nothing here knows of workloads, designs or prices.

mod capacity;

pub use capacity::{
    Consistency, ITEM_BYTES_MAX, READ_UNIT_BYTES, STORAGE_OVERHEAD_BYTES, WRITE_UNIT_BYTES,
    index_write, read, write,
};
