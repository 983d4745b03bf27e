//! What replication adds to a bill: global tables, version 2019.11.21.
//!
//! A write in one Region is billed as a replicated write in every Region of the
//! table, its own included; the writes that it causes in global secondary
//! indexes are ordinary ones, in every Region (DynamoDB Developer Guide,
//! "Global tables: billing"). Storage is per Region, and what is sent to
//! another Region is data transfer of the sender.

use rust_decimal::Decimal;

use super::bill::Usage;
use super::dimension::Dimension;
use super::kinds::{Direction, TableClass};
use super::region::Region;
use super::settings::BillSettings;

/// One Region of a global table, and the writes that applications make there.
/// Amounts are of one period: a month for a bill, a second for capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The Region.
    pub region: Region,
    /// Write units of the table for writes made in this Region.
    pub write_units: Decimal,
    /// Write units of all global secondary indexes for the same writes.
    pub index_write_units: Decimal,
    /// Write units that deletes by time to live of this Region would have; they
    /// are free here and replicated writes in the other Regions.
    pub ttl_delete_units: Decimal,
    /// Write units of all global secondary indexes for the same deletes.
    pub ttl_index_units: Decimal,
    /// Bytes of the items written and deleted here, as sent to one other
    /// Region.
    pub sent_bytes: Decimal,
    /// Bytes stored on average, overheads and indexes included.
    pub stored_bytes: Decimal,
}

/// What one Region of a global table is billed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaDemand {
    /// The Region.
    pub region: Region,
    /// Replicated write units (rWRU or rWCU).
    pub replicated_write_units: Decimal,
    /// Ordinary write units of the indexes.
    pub index_write_units: Decimal,
    /// Bytes sent to all other Regions.
    pub transfer_bytes: Decimal,
    /// Bytes stored on average.
    pub stored_bytes: Decimal,
}

/// The demand in each Region, in the order given.
#[must_use]
pub fn replica_demand(replicas: &[Replica]) -> Vec<ReplicaDemand> {
    let sum = |of: fn(&Replica) -> Decimal| replicas.iter().map(of).sum::<Decimal>();
    let writes = sum(|replica| replica.write_units + replica.ttl_delete_units);
    let index_writes = sum(|replica| replica.index_write_units + replica.ttl_index_units);
    let others = Decimal::from(replicas.len()) - Decimal::ONE;
    replicas
        .iter()
        .map(|replica| ReplicaDemand {
            region: replica.region.clone(),
            // Expiry is free in its own Region, in the table and its indexes.
            replicated_write_units: writes - replica.ttl_delete_units,
            index_write_units: index_writes - replica.ttl_index_units,
            transfer_bytes: replica.sent_bytes * others,
            stored_bytes: replica.stored_bytes,
        })
        .collect()
}

/// A month of an on-demand global table, as usages to bill: replicated writes,
/// index writes, storage and transfer for each Region, without what is not used
/// at all. Reads are those of an ordinary table and not among them.
#[must_use]
pub fn global_table_usages(
    label: &str,
    class: TableClass,
    replicas: &[Replica],
    settings: &BillSettings,
) -> Vec<Usage> {
    let usages = replica_demand(replicas).into_iter().flat_map(|demand| {
        let usage = |dimension: Dimension, quantity: Decimal| Usage {
            key: dimension.into(),
            region: demand.region.clone(),
            quantity,
            label: label.to_owned(),
        };
        [
            usage(Dimension::replicated_write_request_units(class), demand.replicated_write_units),
            usage(Dimension::request_units(Direction::Write, class), demand.index_write_units),
            usage(Dimension::table_storage(class), settings.gigabytes(demand.stored_bytes)),
            usage(Dimension::TransferInterRegionOut, settings.gigabytes(demand.transfer_bytes)),
        ]
    });
    usages.filter(|usage| !usage.quantity.is_zero()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{PriceBook, bill};

    fn replica(code: &str, writes: u32) -> Replica {
        Replica {
            region: Region::new(code).unwrap(),
            write_units: writes.into(),
            index_write_units: Decimal::ZERO,
            ttl_delete_units: Decimal::ZERO,
            ttl_index_units: Decimal::ZERO,
            sent_bytes: Decimal::ZERO,
            stored_bytes: Decimal::ZERO,
        }
    }

    /// DynamoDB Developer Guide, "Best practices and requirements for managing
    /// global tables": 5, 10 and 5 writes a second in three Regions need 20 rWCU
    /// in each, 60 in all.
    #[test]
    fn every_region_takes_the_writes_of_all() {
        let replicas = [replica("us-east-1", 5), replica("us-east-2", 10), replica("us-west-2", 5)];
        let demand = replica_demand(&replicas);
        let units: Vec<Decimal> = demand.iter().map(|d| d.replicated_write_units).collect();
        assert_eq!(units, [20.into(), 20.into(), 20.into()]);
        assert_eq!(units.iter().sum::<Decimal>(), 60.into());
    }

    /// An expired item is deleted free where it expires and for one replicated
    /// write in each other Region; its index entries likewise, by ordinary
    /// writes.
    #[test]
    fn expiry_is_free_only_in_its_own_region() {
        let mut origin = replica("us-east-1", 0);
        origin.ttl_delete_units = 100.into();
        origin.ttl_index_units = 30.into();
        let demand = replica_demand(&[origin, replica("eu-west-1", 0), replica("us-west-2", 0)]);
        let units: Vec<(Decimal, Decimal)> =
            demand.iter().map(|d| (d.replicated_write_units, d.index_write_units)).collect();
        assert_eq!(
            units,
            [(Decimal::ZERO, Decimal::ZERO), (100.into(), 30.into()), (100.into(), 30.into())]
        );
    }

    /// A million writes in us-east-1 with one index and a replica in us-west-2:
    /// 1 M rWRU and 1 M WRU in each ($0.625 each), 10 GB stored in each ($2.50),
    /// 1 GB sent ($0.02): 4 x 0.625 + 2 x 2.50 + 0.02.
    #[test]
    fn a_two_region_table_is_billed_in_both() {
        let mut origin = replica("us-east-1", 1_000_000);
        let mut other = replica("us-west-2", 0);
        origin.index_write_units = 1_000_000.into();
        origin.sent_bytes = Decimal::from(1_u64 << 30);
        origin.stored_bytes = Decimal::from(10_u64 << 30);
        other.stored_bytes = origin.stored_bytes;
        let settings = BillSettings::default();
        let usages =
            global_table_usages("orders", TableClass::Standard, &[origin, other], &settings);
        let bill = bill(&PriceBook::embedded(), &usages, &settings);
        assert_eq!(bill.monthly().map(|usd| usd.get()), Some("7.52".parse().unwrap()));
    }

    #[test]
    fn one_region_sends_nothing() {
        let mut alone = replica("us-east-1", 7);
        alone.sent_bytes = 1000.into();
        let demand = replica_demand(&[alone]);
        assert_eq!(demand[0].transfer_bytes, Decimal::ZERO);
        assert_eq!(demand[0].replicated_write_units, 7.into());
    }
}
