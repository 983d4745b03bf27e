//! What a product is: from service, usage type and operation to a dimension.
//!
//! Usage types are matched whole, after an optional Region prefix. Endings will
//! not do: `ReplWriteRequestUnits` and `IA-WriteRequestUnits` both end like
//! `WriteRequestUnits`. The `group` attribute will not do either: on-demand and
//! provisioned units share it, and some products have none.

use rust_decimal::Decimal;

use crate::pricing::dimension::Dimension;
use crate::pricing::kinds::Unit;
use crate::pricing::price_key::PriceKey;

/// The words a list has on a product.
pub(super) struct Described<'t> {
    pub service: &'t str,
    pub usage_type: &'t str,
    pub operation: &'t str,
    /// The full class name, such as `db.r7g.xlarge`; empty where not given.
    pub instance_type: &'t str,
    /// The database engine; empty or `Any` where the product is for all.
    pub engine: &'t str,
    /// The unit of its first price.
    pub unit: &'t str,
}

/// A product that the book has a place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recognised {
    pub key: PriceKey,
    /// Of two products with the same key and different prices in one list, the
    /// one with the lower rank holds.
    pub rank: Rank,
}

/// Lower is better, fields in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// A row for any engine gives way to the engine's own.
    pub any_engine: bool,
    /// us-east-1 lists Standard storage twice: `TimedStorage-ByteHrs` with the
    /// free tier and `USE1-TimedStorage-ByteHrs` without. The bare one is the
    /// one that bills show, so a prefixed one gives way to it.
    pub prefixed: bool,
}

/// RDS and Aurora name the engine by the operation.
const POSTGRES_OPERATION: &str = "CreateDBInstance:0014";
const AURORA_POSTGRES_OPERATION: &str = "CreateDBInstance:0021";

const DYNAMODB: &[(&str, Dimension)] = &[
    ("WriteRequestUnits", Dimension::WriteRequestUnits),
    ("ReadRequestUnits", Dimension::ReadRequestUnits),
    ("ReplWriteRequestUnits", Dimension::ReplicatedWriteRequestUnits),
    ("IA-WriteRequestUnits", Dimension::IaWriteRequestUnits),
    ("IA-ReadRequestUnits", Dimension::IaReadRequestUnits),
    ("IA-ReplWriteRequestUnits", Dimension::IaReplicatedWriteRequestUnits),
    ("WriteCapacityUnit-Hrs", Dimension::WcuHours),
    ("ReadCapacityUnit-Hrs", Dimension::RcuHours),
    ("ReplWriteCapacityUnit-Hrs", Dimension::RwcuHours),
    ("IA-WriteCapacityUnit-Hrs", Dimension::IaWcuHours),
    ("IA-ReadCapacityUnit-Hrs", Dimension::IaRcuHours),
    ("IA-ReplWriteCapacityUnit-Hrs", Dimension::IaRwcuHours),
    ("TimedStorage-ByteHrs", Dimension::Storage),
    ("IA-TimedStorage-ByteHrs", Dimension::IaStorage),
    ("TimedPITRStorage-ByteHrs", Dimension::PitrStorage),
    ("TimedBackupStorage-ByteHrs", Dimension::BackupStorage),
    ("RestoreDataSize-Bytes", Dimension::Restore),
    ("ExportDataSize-Bytes", Dimension::Export),
    ("IncrementalExportDataSize-Bytes", Dimension::IncrementalExport),
    ("ImportDataSize-Bytes", Dimension::Import),
    ("Streams-Requests", Dimension::StreamsReadRequests),
    ("ChangeDataCaptureUnits-Kinesis", Dimension::CdcKinesisUnits),
    ("VectorWriteRequest", Dimension::VectorWrite),
    ("VectorSearch", Dimension::VectorSearch),
    ("IA-VectorWriteRequest", Dimension::IaVectorWrite),
    ("IA-VectorSearch", Dimension::IaVectorSearch),
];

const RDS_STORAGE: &[(&str, Dimension)] = &[
    ("RDS:GP3-Storage", Dimension::RdsGp3Storage),
    ("RDS:Multi-AZ-GP3-Storage", Dimension::RdsMultiAzGp3Storage),
    ("RDS:Multi-AZCluster-GP3-Storage", Dimension::RdsMultiAzClusterGp3Storage),
    ("RDS:GP3-PIOPS", Dimension::RdsGp3Iops),
    ("RDS:Multi-AZ-GP3-PIOPS", Dimension::RdsMultiAzGp3Iops),
    ("RDS:GP3-Throughput", Dimension::RdsGp3Throughput),
    ("RDS:Multi-AZ-GP3-Throughput", Dimension::RdsMultiAzGp3Throughput),
    ("RDS:GP2-Storage", Dimension::RdsGp2Storage),
    ("RDS:Multi-AZ-GP2-Storage", Dimension::RdsMultiAzGp2Storage),
    ("RDS:PIOPS-Storage", Dimension::RdsIo1Storage),
    ("RDS:Multi-AZ-PIOPS-Storage", Dimension::RdsMultiAzIo1Storage),
    ("RDS:PIOPS", Dimension::RdsIo1Iops),
    ("RDS:Multi-AZ-PIOPS", Dimension::RdsMultiAzIo1Iops),
    ("RDS:PIOPS-Storage-IO2", Dimension::RdsIo2Storage),
    ("RDS:Multi-AZ-PIOPS-Storage-IO2", Dimension::RdsMultiAzIo2Storage),
    ("RDS:IO2-PIOPS-Storage", Dimension::RdsIo2Storage),
    ("RDS:Multi-AZ-IO2-PIOPS-Storage", Dimension::RdsMultiAzIo2Storage),
    ("RDS:IO2-PIOPS", Dimension::RdsIo2Iops),
    ("RDS:Multi-AZ-IO2-PIOPS", Dimension::RdsMultiAzIo2Iops),
    ("RDS:ChargedBackupUsage", Dimension::RdsBackupStorage),
];

const AURORA: &[(&str, Dimension)] = &[
    ("Aurora:StorageUsage", Dimension::AuroraStorage),
    ("Aurora:IO-OptimizedStorageUsage", Dimension::AuroraIoOptimizedStorage),
    ("Aurora:StorageIOUsage", Dimension::AuroraIoRequests),
    ("Aurora:BackupUsage", Dimension::AuroraBackupStorage),
    ("Aurora:ServerlessV2Usage", Dimension::AuroraServerlessAcuHours),
    ("Aurora:ServerlessV2IOOptimizedUsage", Dimension::AuroraIoOptimizedServerlessAcuHours),
    ("Aurora:IO-OptimizedLimitlessACUUsage-Limitless", Dimension::AuroraLimitlessAcuHours),
];

const EBS: &[(&str, Dimension)] = &[
    ("EBS:VolumeUsage.gp3", Dimension::EbsGp3Storage),
    ("EBS:VolumeP-IOPS.gp3", Dimension::EbsGp3Iops),
    ("EBS:VolumeP-Throughput.gp3", Dimension::EbsGp3Throughput),
    ("EBS:VolumeUsage.gp2", Dimension::EbsGp2Storage),
    ("EBS:VolumeUsage.piops", Dimension::EbsIo1Storage),
    ("EBS:VolumeP-IOPS.piops", Dimension::EbsIo1Iops),
    ("EBS:VolumeUsage.io2", Dimension::EbsIo2Storage),
    ("EBS:VolumeP-IOPS.io2", Dimension::EbsIo2IopsTier1),
    ("EBS:VolumeP-IOPS.io2.tier2", Dimension::EbsIo2IopsTier2),
    ("EBS:VolumeP-IOPS.io2.tier3", Dimension::EbsIo2IopsTier3),
    ("EBS:SnapshotUsage", Dimension::EbsSnapshotStorage),
];

const OTHER: &[(&str, &str, Dimension)] = &[
    ("AWSBackup", "ColdStorage-ByteHrs-DynamoDB", Dimension::BackupColdStorage),
    ("AmazonCloudWatch", "CW:ContributorRulesManaged", Dimension::ContributorRules),
    ("AmazonCloudWatch", "CW:ContributorEventsManaged", Dimension::ContributorEvents),
    ("AWSDataTransfer", "DataTransfer-Out-Bytes", Dimension::TransferInternetOut),
    ("AWSDataTransfer", "DataTransfer-Regional-Bytes", Dimension::TransferInterAz),
];

/// A usage type without its Region prefix, and whether it had one.
///
/// A prefix is a few capitals and digits before a hyphen (`EU`, `USE1`); `IA`
/// looks like one and is not.
pub(super) fn without_prefix(usage_type: &str) -> (&str, bool) {
    match usage_type.split_once('-') {
        Some((prefix, rest))
            if prefix != "IA"
                && prefix.len() >= 2
                && prefix.len() <= 6
                && prefix.starts_with(|c: char| c.is_ascii_uppercase())
                && prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) =>
        {
            (rest, true)
        }
        _ => (usage_type, false),
    }
}

/// The place in the book of a product, if it has one.
pub(super) fn recognise(described: &Described<'_>) -> Option<Recognised> {
    let (name, prefixed) = without_prefix(described.usage_type);
    let find = |table: &[(&str, Dimension)]| {
        table.iter().find(|(usage_type, _)| *usage_type == name).map(|(_, d)| PriceKey::from(*d))
    };
    let engine_is = |engine: &str| ["", "Any", engine].contains(&described.engine);
    let key = match described.service {
        "AmazonDynamoDB" => find(DYNAMODB),
        "AmazonRDS" => instance(name, described).or_else(|| match name {
            "RDS:ProxyUsage" if described.unit.to_lowercase().starts_with("acu") => {
                Some(Dimension::RdsProxyAcuHours.into())
            }
            "RDS:ProxyUsage" => Some(Dimension::RdsProxyVcpuHours.into()),
            _ if engine_is("PostgreSQL") && name.starts_with("RDS:") => find(RDS_STORAGE),
            "Aurora:ServerlessV2Usage"
            | "Aurora:ServerlessV2IOOptimizedUsage"
            | "Aurora:IO-OptimizedLimitlessACUUsage-Limitless" => {
                (described.operation == AURORA_POSTGRES_OPERATION).then(|| find(AURORA)).flatten()
            }
            _ if engine_is("Aurora PostgreSQL") => find(AURORA),
            _ => None,
        }),
        "AmazonEC2" => find(EBS).or_else(|| {
            let class = name.strip_prefix("BoxUsage:")?;
            (described.operation == "RunInstances")
                .then(|| PriceKey::of_class(Dimension::Ec2InstanceHours, class))
        }),
        "AmazonDAX" => name
            .strip_prefix("NodeUsage:")
            .map(|class| PriceKey::of_class(Dimension::DaxNodeHours, class)),
        service => OTHER
            .iter()
            .find(|(its_service, usage_type, _)| *its_service == service && *usage_type == name)
            .map(|(_, _, dimension)| PriceKey::from(*dimension)),
    }?;
    let any_engine = described.engine == "Any";
    Some(Recognised { key, rank: Rank { any_engine, prefixed } })
}

/// RDS and Aurora instances: the engine by the operation, the class in full by
/// its attribute, since usage types abbreviate it (`db.r7g.xl`).
fn instance(name: &str, described: &Described<'_>) -> Option<PriceKey> {
    let (kind, abbreviated) = name.split_once(':')?;
    let dimension = match (kind, described.operation) {
        ("InstanceUsage", POSTGRES_OPERATION) => Dimension::RdsSingleAzHours,
        ("Multi-AZUsage", POSTGRES_OPERATION) => Dimension::RdsMultiAzHours,
        ("InstanceUsage", AURORA_POSTGRES_OPERATION) => Dimension::AuroraInstanceHours,
        ("InstanceUsageIOOptimized", AURORA_POSTGRES_OPERATION) => {
            Dimension::AuroraIoOptimizedInstanceHours
        }
        _ => return None,
    };
    // Some rows of the Savings Plans list name only the family there (`R7G`).
    let class = if described.instance_type.contains('.') {
        described.instance_type.to_owned()
    } else {
        in_full(abbreviated)
    };
    Some(PriceKey::of_class(dimension, class))
}

/// `db.r7g.2xlarge` of `db.r7g.2xl`; sizes that are not abbreviated
/// (`large`, `metal-96xl`) stay as they are.
fn in_full(abbreviated: &str) -> String {
    match abbreviated.rsplit_once('.') {
        Some((family, size)) => match size.strip_suffix("xl") {
            Some(times) if times.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{family}.{times}xlarge")
            }
            _ => abbreviated.to_owned(),
        },
        None => abbreviated.to_owned(),
    }
}

/// How many of the book's units one unit of the list is, or `None` if the list
/// counts something else. AWS sells gp3 throughput of EBS by the GiB/s.
pub(super) fn units_in(listed: &str, unit: Unit) -> Option<Decimal> {
    let listed = listed.to_lowercase();
    let any = |names: &[&str]| names.contains(&listed.as_str()).then_some(Decimal::ONE);
    match unit {
        Unit::WriteRequestUnit => any(&["writerequestunits"]),
        Unit::ReadRequestUnit => any(&["readrequestunits"]),
        Unit::ReplicatedWriteRequestUnit => any(&["replicatedwriterequestunits"]),
        Unit::WcuHour => any(&["writecapacityunit-hrs"]),
        Unit::RcuHour => any(&["readcapacityunit-hrs"]),
        Unit::RwcuHour => any(&["replicatedwritecapacityunit-hrs"]),
        Unit::GbMonth => any(&["gb-mo", "gb-month"]),
        Unit::Gb => any(&["gb"]),
        Unit::Hour => any(&["hrs", "hours"]),
        Unit::VcpuHour => any(&["vcpu-hr", "vcpu-hrs", "vcpu-hour", "vcpu-hours", "hrs"]),
        Unit::AcuHour => any(&["acu-hr", "acu-hrs", "acu-hour", "acu-hours"]),
        Unit::IopsMonth => any(&["iops-mo"]),
        Unit::MibPerSecondMonth if listed == "gibps-mo" => Some(Decimal::from(1024)),
        Unit::MibPerSecondMonth => any(&["mibps-mo", "mbps-mo"]),
        // What these are counted in is stated by no source; one is one.
        Unit::Request | Unit::CdcUnit | Unit::RuleMonth | Unit::Event => Some(Decimal::ONE),
        Unit::Wcu | Unit::Rcu => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dynamodb(usage_type: &str) -> Option<Dimension> {
        recognise(&Described {
            service: "AmazonDynamoDB",
            usage_type,
            operation: "",
            instance_type: "",
            engine: "",
            unit: "",
        })
        .map(|recognised| recognised.key.dimension)
    }

    #[test]
    fn usage_types_are_matched_whole() {
        assert_eq!(dynamodb("WriteRequestUnits"), Some(Dimension::WriteRequestUnits));
        assert_eq!(dynamodb("EU-WriteRequestUnits"), Some(Dimension::WriteRequestUnits));
        assert_eq!(dynamodb("IA-WriteRequestUnits"), Some(Dimension::IaWriteRequestUnits));
        assert_eq!(dynamodb("USW2-IA-WriteRequestUnits"), Some(Dimension::IaWriteRequestUnits));
        assert_eq!(
            dynamodb("APS5-IA-ReplWriteRequestUnits"),
            Some(Dimension::IaReplicatedWriteRequestUnits)
        );
        assert_eq!(dynamodb("NEW9-ReadRequestUnits"), Some(Dimension::ReadRequestUnits));
        for not in ["XWriteRequestUnits", "MyWriteRequestUnits", "eu-WriteRequestUnits", "", "-"] {
            assert_eq!(dynamodb(not), None, "{not}");
        }
    }

    #[test]
    fn abbreviated_sizes_are_written_in_full() {
        assert_eq!(in_full("db.r7g.xl"), "db.r7g.xlarge");
        assert_eq!(in_full("db.r7g.12xl"), "db.r7g.12xlarge");
        assert_eq!(in_full("db.r7g.large"), "db.r7g.large");
        assert_eq!(in_full("db.r8i.metal-96xl"), "db.r8i.metal-96xl");
    }

    #[test]
    fn every_usage_type_of_a_table_stands_there_once() {
        for table in [DYNAMODB, RDS_STORAGE, AURORA, EBS] {
            for (index, (name, _)) in table.iter().enumerate() {
                assert!(!table[..index].iter().any(|(earlier, _)| earlier == name), "{name}");
            }
        }
    }
}
