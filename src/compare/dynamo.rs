//! The DynamoDB side of the bill: units and bytes under a capacity mode become
//! lines.

use rust_decimal::Decimal;

use crate::design::Design;
use crate::scenario::Mode;

use super::arm_use::ArmUse;
use super::billing::{BillLine, Billing, priced};
use super::extras::extras;
use super::throughput::{TableUse, on_demand, provisioned};

/// A month of a design at a multiple of today's load, under a capacity mode for
/// all tables that the plan does not give one of their own. `uses` are in the
/// order of tables and indexes.
#[must_use]
pub fn lines(
    billing: &Billing<'_>,
    design: &Design,
    uses: &[ArmUse],
    mode: Mode,
    load: Decimal,
) -> Vec<BillLine> {
    let tables: Vec<TableUse<'_>> = uses
        .chunk_by(|a, b| a.arm.table == b.arm.table)
        .map(|uses| {
            let table = &design.tables[uses[0].arm.table];
            TableUse { table, settings: billing.settings.dynamodb.table(&table.name), uses }
        })
        .collect();
    let mut drafts = Vec::new();
    for of in &tables {
        match of.settings.mode.unwrap_or(mode) {
            Mode::OnDemand => on_demand(billing, of, load, &mut drafts),
            Mode::Provisioned => provisioned(billing, of, load, &mut drafts),
        }
    }
    for of in &tables {
        extras(billing, of, load, &mut drafts);
    }
    priced(billing, drafts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::Arm;
    use crate::design::{IndexDesign, IndexKind, Membership, Projection, TableDesign, Template};
    use crate::pricing::{BillSettings, PriceBook, Region};
    use crate::scenario::Settings;

    const GB: f64 = 1_073_741_824.0;

    /// A table with a global and a local index.
    fn design() -> Design {
        let key = || Template::parse("id").unwrap();
        let index = |name: &str, kind| IndexDesign {
            name: name.to_owned(),
            kind,
            partition_key: key(),
            sort_key: None,
            projection: Projection::All,
            membership: Membership::HasKey,
            items: None,
        };
        Design {
            name: "design".to_owned(),
            summary: String::new(),
            tables: vec![TableDesign {
                name: "orders".to_owned(),
                partition_attribute: "id".to_owned(),
                sort_attribute: None,
                indexes: vec![
                    index("by_day", IndexKind::Global),
                    index("by_size", IndexKind::Local),
                ],
                items: Vec::new(),
                ttl: None,
            }],
            rules: Vec::new(),
            caches: Vec::new(),
        }
    }

    /// Units a second over a month of 2,628,000 s: the table 10 written and 1 read,
    /// by_day 5 written, by_size 1 written; 1 and 0.5 expire. The table's million
    /// items make 10 GB with 48 bytes each for replication, each index 1 GB; 5 GB
    /// of changes a month.
    fn uses() -> Vec<ArmUse> {
        let per_second = |units: &str| units.parse::<Decimal>().unwrap() * Decimal::from(2_628_000);
        let arm = |index| ArmUse::none(Arm { table: 0, index });
        vec![
            ArmUse {
                write_units: per_second("10"),
                read_units: per_second("1"),
                expired_units: per_second("1"),
                bytes: Some(10.0 * GB - 48e6),
                items: Some(1e6),
                sent_bytes: Decimal::from(5_368_709_120_u64),
                ..arm(None)
            },
            ArmUse {
                write_units: per_second("5"),
                expired_units: per_second("0.5"),
                bytes: Some(GB),
                items: Some(1e6),
                ..arm(Some(0))
            },
            ArmUse { write_units: per_second("1"), bytes: Some(GB), ..arm(Some(1)) },
        ]
    }

    /// Table or index, Region, dimension and quantity of each line, in order.
    fn bill(plan: &str, mode: Mode) -> Vec<String> {
        let (settings, _) = Settings::read("plan.toml", plan).unwrap();
        let (book, region) = (PriceBook::embedded(), Region::new("us-east-1").unwrap());
        let billing = Billing {
            book: &book,
            region: &region,
            settings: &settings,
            conventions: &BillSettings::default(),
            peak_to_mean: 1.0,
        };
        let design = design();
        let lines = lines(&billing, &design, &uses(), mode, Decimal::ONE);
        let mut shown: Vec<String> = lines
            .iter()
            .map(|line| {
                assert!(line.usd.is_ok(), "{line:?}");
                let name = line.arm.unwrap().name(&design);
                let dimension = line.key.to_string();
                let dimension = dimension.trim_start_matches("dynamodb.");
                format!("{name} {} {dimension} {}", line.region, line.quantity.normalize())
            })
            .collect();
        shown.sort();
        shown
    }

    const TWO_REPLICAS: &str = "[dynamodb]\nreplica_regions = [\"eu-west-1\", \"us-west-2\"]\n\
                                target_utilization_percent = 50\n";

    /// Writes of the table and of its local index are replicated ones in every
    /// Region, those of the global index ordinary ones; expiry (1 and 0.5 a second)
    /// is added in the other Regions only: 11 x 2,628,000 = 28,908,000 and 5.5 x
    /// 2,628,000 = 14,454,000. Reads are at home. 5 GB go to each of two Regions.
    #[test]
    fn a_global_table_on_demand() {
        assert_eq!(
            bill(TWO_REPLICAS, Mode::OnDemand),
            [
                "orders eu-west-1 replicated-write-request-units 28908000",
                "orders eu-west-1 storage 10",
                "orders us-east-1 pitr-storage 10",
                "orders us-east-1 read-request-units 2628000",
                "orders us-east-1 replicated-write-request-units 26280000",
                "orders us-east-1 storage 10",
                "orders us-east-1 transfer.inter-region-out 10",
                "orders us-west-2 replicated-write-request-units 28908000",
                "orders us-west-2 storage 10",
                "orders.by_day eu-west-1 storage 1",
                "orders.by_day eu-west-1 write-request-units 14454000",
                "orders.by_day us-east-1 storage 1",
                "orders.by_day us-east-1 write-request-units 13140000",
                "orders.by_day us-west-2 storage 1",
                "orders.by_day us-west-2 write-request-units 14454000",
                "orders.by_size eu-west-1 replicated-write-request-units 2628000",
                "orders.by_size eu-west-1 storage 1",
                "orders.by_size us-east-1 pitr-storage 1",
                "orders.by_size us-east-1 replicated-write-request-units 2628000",
                "orders.by_size us-east-1 storage 1",
                "orders.by_size us-west-2 replicated-write-request-units 2628000",
                "orders.by_size us-west-2 storage 1",
            ]
        );
    }

    /// The local index draws on the table: 10 + 1 written a second at home, 12 with
    /// the expiries elsewhere. All Regions have the capacity of the one that writes
    /// most, at 50 %: 24 rWCU, 17,520 hours; by_day 5.5 / 50 % = 11 WCU, 8,030. Reads
    /// 1 / 50 % = 2 RCU, 1,460 hours, and one unit at least.
    #[test]
    fn a_global_table_provisioned() {
        let lines = bill(TWO_REPLICAS, Mode::Provisioned);
        let hours: Vec<&String> = lines.iter().filter(|line| line.contains("cu-hours")).collect();
        let mut expected = Vec::new();
        for region in ["eu-west-1", "us-east-1", "us-west-2"] {
            expected.push(format!("orders {region} rcu-hours 1460"));
            expected.push(format!("orders {region} rwcu-hours 17520"));
        }
        for region in ["eu-west-1", "us-east-1", "us-west-2"] {
            expected.push(format!("orders.by_day {region} rcu-hours 730"));
            expected.push(format!("orders.by_day {region} wcu-hours 8030"));
        }
        assert_eq!(hours, expected.iter().collect::<Vec<_>>());
    }

    /// Three backups hold the table and its local index three times; two GetRecords
    /// a second are 5,256,000 a month. One Region adds nothing to an item: the table
    /// holds 10 - 48,000,000 / 2^30 = 9.955... GB.
    #[test]
    fn backups_and_streams_are_lines_of_the_table() {
        let plan = "[dynamodb]\npitr = false\nbackups_kept = 3\nstream_reads_per_second = 2\n";
        let lines = bill(plan, Mode::OnDemand);
        let extras: Vec<&String> =
            lines.iter().filter(|line| !line.contains("request-units")).collect();
        assert_eq!(
            extras,
            [
                "orders us-east-1 backup-storage 29.86588954925537109375",
                "orders us-east-1 storage 9.95529651641845703125",
                "orders us-east-1 streams-read-requests 5256000",
                "orders.by_day us-east-1 storage 1",
                "orders.by_size us-east-1 backup-storage 3",
                "orders.by_size us-east-1 storage 1",
            ]
        );
    }

    /// The table keeps its mode and class, and its indexes with it, whatever mode
    /// the design is compared under.
    #[test]
    fn a_tables_own_mode_and_class_hold_for_its_indexes() {
        let plan = "[dynamodb]\npitr = false\n[dynamodb.tables.orders]\nmode = \"on_demand\"\n\
                    table_class = \"standard_ia\"\n";
        let lines = bill(plan, Mode::Provisioned);
        assert_eq!(lines, bill(plan, Mode::OnDemand));
        assert!(lines.contains(&"orders us-east-1 ia-write-request-units 26280000".to_owned()));
        assert!(lines.contains(&"orders.by_day us-east-1 ia-storage 1".to_owned()));
        assert!(lines.iter().all(|line| line.contains(" ia-")), "{lines:?}");
    }

    /// 5 written a second at 25 % are 20 WCU for the index; the table, with its
    /// local index 11 at 50 %, has 22.
    #[test]
    fn an_index_has_a_target_of_its_own() {
        let plan = "[dynamodb.tables.orders]\ntarget_utilization_percent = 50\n\
                    [dynamodb.tables.orders.indexes.by_day]\ntarget_utilization_percent = 25\n";
        let lines = bill(plan, Mode::Provisioned);
        assert!(lines.contains(&"orders.by_day us-east-1 wcu-hours 14600".to_owned()), "{lines:?}");
        assert!(lines.contains(&"orders us-east-1 wcu-hours 16060".to_owned()), "{lines:?}");
    }
}
