//! DynamoDB's capacity rules as pure functions: bytes in, units out.
//!
//! Nothing here knows of workloads, designs or prices.

mod capacity;
mod expected;

pub use capacity::{
    Consistency, ITEM_BYTES_MAX, READ_UNIT_BYTES, STORAGE_OVERHEAD_BYTES, WRITE_UNIT_BYTES,
    index_write, read, write,
};
pub use expected::{DistributionError, SizeDistribution};
