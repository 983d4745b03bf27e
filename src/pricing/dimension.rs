use std::fmt;

use super::kinds::{Direction, Due, Service, TableClass, Term, Unit};

/// What is fixed about a dimension.
struct Spec {
    id: &'static str,
    service: Service,
    unit: Unit,
    due: Due,
    per_class: bool,
    label: &'static str,
}

/// Declares [`Dimension`], its registry and its table in one place, so that a
/// new charge is one entry here and nothing can be forgotten.
macro_rules! dimensions {
    ($($(#[$doc:meta])+ $name:ident = {
        $id:literal, $service:ident, $unit:ident, $due:ident, $kind:ident, $label:literal
    };)+) => {
        /// One kind of charge on an AWS bill.
        ///
        /// Instances are priced per class: the pair of a dimension and a class
        /// is a [`PriceKey`](super::PriceKey).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Dimension {
            $($(#[$doc])+ $name,)+
        }

        impl Dimension {
            /// Every dimension, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            const fn spec(self) -> Spec {
                match self {
                    $(Self::$name => Spec {
                        id: $id,
                        service: Service::$service,
                        unit: Unit::$unit,
                        due: Due::$due,
                        per_class: dimensions!(@$kind),
                        label: $label,
                    },)+
                }
            }
        }
    };
    (@plain) => { false };
    (@class) => { true };
}

dimensions! {
    /// Write request units, on-demand.
    WriteRequestUnits = { "dynamodb.write-request-units", DynamoDb, WriteRequestUnit, Monthly, plain, "Write request units, on-demand" };
    /// Read request units, on-demand.
    ReadRequestUnits = { "dynamodb.read-request-units", DynamoDb, ReadRequestUnit, Monthly, plain, "Read request units, on-demand" };
    /// Replicated write request units, on-demand.
    ReplicatedWriteRequestUnits = { "dynamodb.replicated-write-request-units", DynamoDb, ReplicatedWriteRequestUnit, Monthly, plain, "Replicated write request units, on-demand" };
    /// Write request units, on-demand, Standard-IA.
    IaWriteRequestUnits = { "dynamodb.ia-write-request-units", DynamoDb, WriteRequestUnit, Monthly, plain, "Write request units, on-demand, Standard-IA" };
    /// Read request units, on-demand, Standard-IA.
    IaReadRequestUnits = { "dynamodb.ia-read-request-units", DynamoDb, ReadRequestUnit, Monthly, plain, "Read request units, on-demand, Standard-IA" };
    /// Replicated write request units, on-demand, Standard-IA.
    IaReplicatedWriteRequestUnits = { "dynamodb.ia-replicated-write-request-units", DynamoDb, ReplicatedWriteRequestUnit, Monthly, plain, "Replicated write request units, on-demand, Standard-IA" };
    /// Write capacity unit-hours, provisioned.
    WcuHours = { "dynamodb.wcu-hours", DynamoDb, WcuHour, Monthly, plain, "Write capacity unit-hours, provisioned" };
    /// Read capacity unit-hours, provisioned.
    RcuHours = { "dynamodb.rcu-hours", DynamoDb, RcuHour, Monthly, plain, "Read capacity unit-hours, provisioned" };
    /// Replicated write capacity unit-hours, provisioned.
    RwcuHours = { "dynamodb.rwcu-hours", DynamoDb, RwcuHour, Monthly, plain, "Replicated write capacity unit-hours, provisioned" };
    /// Write capacity unit-hours, provisioned, Standard-IA.
    IaWcuHours = { "dynamodb.ia-wcu-hours", DynamoDb, WcuHour, Monthly, plain, "Write capacity unit-hours, provisioned, Standard-IA" };
    /// Read capacity unit-hours, provisioned, Standard-IA.
    IaRcuHours = { "dynamodb.ia-rcu-hours", DynamoDb, RcuHour, Monthly, plain, "Read capacity unit-hours, provisioned, Standard-IA" };
    /// Replicated write capacity unit-hours, provisioned, Standard-IA.
    IaRwcuHours = { "dynamodb.ia-rwcu-hours", DynamoDb, RwcuHour, Monthly, plain, "Replicated write capacity unit-hours, provisioned, Standard-IA" };
    /// Indexed data storage.
    Storage = { "dynamodb.storage", DynamoDb, GbMonth, Monthly, plain, "Indexed data storage" };
    /// Indexed data storage, Standard-IA.
    IaStorage = { "dynamodb.ia-storage", DynamoDb, GbMonth, Monthly, plain, "Indexed data storage, Standard-IA" };
    /// Write capacity, 1-year reservation, upfront fee.
    Reserved1YWcuUpfront = { "dynamodb.reserved-1y-wcu-upfront", DynamoDb, Wcu, Once, plain, "Write capacity, 1-year reservation, upfront fee" };
    /// Write capacity unit-hours, 1-year reservation; billed for every hour of the term.
    Reserved1YWcuHours = { "dynamodb.reserved-1y-wcu-hours", DynamoDb, WcuHour, Monthly, plain, "Write capacity unit-hours, 1-year reservation" };
    /// Read capacity, 1-year reservation, upfront fee.
    Reserved1YRcuUpfront = { "dynamodb.reserved-1y-rcu-upfront", DynamoDb, Rcu, Once, plain, "Read capacity, 1-year reservation, upfront fee" };
    /// Read capacity unit-hours, 1-year reservation; billed for every hour of the term.
    Reserved1YRcuHours = { "dynamodb.reserved-1y-rcu-hours", DynamoDb, RcuHour, Monthly, plain, "Read capacity unit-hours, 1-year reservation" };
    /// Write capacity, 3-year reservation, upfront fee.
    Reserved3YWcuUpfront = { "dynamodb.reserved-3y-wcu-upfront", DynamoDb, Wcu, Once, plain, "Write capacity, 3-year reservation, upfront fee" };
    /// Write capacity unit-hours, 3-year reservation; billed for every hour of the term.
    Reserved3YWcuHours = { "dynamodb.reserved-3y-wcu-hours", DynamoDb, WcuHour, Monthly, plain, "Write capacity unit-hours, 3-year reservation" };
    /// Read capacity, 3-year reservation, upfront fee.
    Reserved3YRcuUpfront = { "dynamodb.reserved-3y-rcu-upfront", DynamoDb, Rcu, Once, plain, "Read capacity, 3-year reservation, upfront fee" };
    /// Read capacity unit-hours, 3-year reservation; billed for every hour of the term.
    Reserved3YRcuHours = { "dynamodb.reserved-3y-rcu-hours", DynamoDb, RcuHour, Monthly, plain, "Read capacity unit-hours, 3-year reservation" };
    /// `GetRecords` calls on DynamoDB Streams; Lambda triggers and global tables read free.
    StreamsReadRequests = { "dynamodb.streams-read-requests", DynamoDb, Request, Monthly, plain, "DynamoDB Streams read requests" };
    /// Change data capture units for Kinesis Data Streams.
    CdcKinesisUnits = { "dynamodb.cdc-kinesis-units", DynamoDb, CdcUnit, Monthly, plain, "Change data capture units for Kinesis Data Streams" };
    /// Point-in-time recovery storage.
    PitrStorage = { "dynamodb.pitr-storage", DynamoDb, GbMonth, Monthly, plain, "Point-in-time recovery storage" };
    /// On-demand backup storage, warm.
    BackupStorage = { "dynamodb.backup-storage", DynamoDb, GbMonth, Monthly, plain, "On-demand backup storage, warm" };
    /// On-demand backup storage, cold (AWS Backup).
    BackupColdStorage = { "dynamodb.backup-cold-storage", DynamoDb, GbMonth, Monthly, plain, "On-demand backup storage, cold (AWS Backup)" };
    /// Restored data; also what a new replica of a global table costs.
    Restore = { "dynamodb.restore", DynamoDb, Gb, Monthly, plain, "Restored data" };
    /// Data export to Amazon S3, full.
    Export = { "dynamodb.export", DynamoDb, Gb, Monthly, plain, "Data export to Amazon S3, full" };
    /// Data export to Amazon S3, incremental.
    IncrementalExport = { "dynamodb.incremental-export", DynamoDb, Gb, Monthly, plain, "Data export to Amazon S3, incremental" };
    /// Data import from Amazon S3.
    Import = { "dynamodb.import", DynamoDb, Gb, Monthly, plain, "Data import from Amazon S3" };
    /// Vector index writes.
    VectorWrite = { "dynamodb.vector-write", DynamoDb, Gb, Monthly, plain, "Vector index writes" };
    /// Vector index searches.
    VectorSearch = { "dynamodb.vector-search", DynamoDb, Gb, Monthly, plain, "Vector index searches" };
    /// Vector index writes, Standard-IA.
    IaVectorWrite = { "dynamodb.ia-vector-write", DynamoDb, Gb, Monthly, plain, "Vector index writes, Standard-IA" };
    /// Vector index searches, Standard-IA.
    IaVectorSearch = { "dynamodb.ia-vector-search", DynamoDb, Gb, Monthly, plain, "Vector index searches, Standard-IA" };
    /// Warm throughput raised, writes.
    WarmWcu = { "dynamodb.warm-wcu", DynamoDb, Wcu, Once, plain, "Warm throughput raised, writes" };
    /// Warm throughput raised, reads.
    WarmRcu = { "dynamodb.warm-rcu", DynamoDb, Rcu, Once, plain, "Warm throughput raised, reads" };
    /// Contributor Insights rules.
    ContributorRules = { "cloudwatch.contributor-rules", CloudWatch, RuleMonth, Monthly, plain, "Contributor Insights rules" };
    /// Contributor Insights events.
    ContributorEvents = { "cloudwatch.contributor-events", CloudWatch, Event, Monthly, plain, "Contributor Insights events" };
    /// DAX node-hours.
    DaxNodeHours = { "dax.node-hours", Dax, Hour, Monthly, class, "DAX node-hours" };
    /// RDS PostgreSQL instance-hours, Single-AZ.
    RdsSingleAzHours = { "rds.single-az-hours", Rds, Hour, Monthly, class, "RDS PostgreSQL instance-hours, Single-AZ" };
    /// RDS PostgreSQL instance-hours, Multi-AZ: one price for the instance and its standby.
    RdsMultiAzHours = { "rds.multi-az-hours", Rds, Hour, Monthly, class, "RDS PostgreSQL instance-hours, Multi-AZ" };
    /// gp3 storage, Single-AZ.
    RdsGp3Storage = { "rds.gp3-storage", Rds, GbMonth, Monthly, plain, "gp3 storage, Single-AZ" };
    /// gp3 storage, Multi-AZ.
    RdsMultiAzGp3Storage = { "rds.multi-az-gp3-storage", Rds, GbMonth, Monthly, plain, "gp3 storage, Multi-AZ" };
    /// gp3 storage, Multi-AZ with two readable standbys.
    RdsMultiAzClusterGp3Storage = { "rds.multi-az-cluster-gp3-storage", Rds, GbMonth, Monthly, plain, "gp3 storage, Multi-AZ with two readable standbys" };
    /// gp3 provisioned IOPS above those included, Single-AZ.
    RdsGp3Iops = { "rds.gp3-iops", Rds, IopsMonth, Monthly, plain, "gp3 provisioned IOPS above those included, Single-AZ" };
    /// gp3 provisioned IOPS above those included, Multi-AZ.
    RdsMultiAzGp3Iops = { "rds.multi-az-gp3-iops", Rds, IopsMonth, Monthly, plain, "gp3 provisioned IOPS above those included, Multi-AZ" };
    /// gp3 throughput above that included, Single-AZ.
    RdsGp3Throughput = { "rds.gp3-throughput", Rds, MibPerSecondMonth, Monthly, plain, "gp3 throughput above that included, Single-AZ" };
    /// gp3 throughput above that included, Multi-AZ.
    RdsMultiAzGp3Throughput = { "rds.multi-az-gp3-throughput", Rds, MibPerSecondMonth, Monthly, plain, "gp3 throughput above that included, Multi-AZ" };
    /// gp2 storage, Single-AZ.
    RdsGp2Storage = { "rds.gp2-storage", Rds, GbMonth, Monthly, plain, "gp2 storage, Single-AZ" };
    /// gp2 storage, Multi-AZ.
    RdsMultiAzGp2Storage = { "rds.multi-az-gp2-storage", Rds, GbMonth, Monthly, plain, "gp2 storage, Multi-AZ" };
    /// io1 storage, Single-AZ.
    RdsIo1Storage = { "rds.io1-storage", Rds, GbMonth, Monthly, plain, "io1 storage, Single-AZ" };
    /// io1 storage, Multi-AZ.
    RdsMultiAzIo1Storage = { "rds.multi-az-io1-storage", Rds, GbMonth, Monthly, plain, "io1 storage, Multi-AZ" };
    /// io1 provisioned IOPS, Single-AZ.
    RdsIo1Iops = { "rds.io1-iops", Rds, IopsMonth, Monthly, plain, "io1 provisioned IOPS, Single-AZ" };
    /// io1 provisioned IOPS, Multi-AZ.
    RdsMultiAzIo1Iops = { "rds.multi-az-io1-iops", Rds, IopsMonth, Monthly, plain, "io1 provisioned IOPS, Multi-AZ" };
    /// io2 storage, Single-AZ.
    RdsIo2Storage = { "rds.io2-storage", Rds, GbMonth, Monthly, plain, "io2 storage, Single-AZ" };
    /// io2 storage, Multi-AZ.
    RdsMultiAzIo2Storage = { "rds.multi-az-io2-storage", Rds, GbMonth, Monthly, plain, "io2 storage, Multi-AZ" };
    /// io2 provisioned IOPS, Single-AZ.
    RdsIo2Iops = { "rds.io2-iops", Rds, IopsMonth, Monthly, plain, "io2 provisioned IOPS, Single-AZ" };
    /// io2 provisioned IOPS, Multi-AZ.
    RdsMultiAzIo2Iops = { "rds.multi-az-io2-iops", Rds, IopsMonth, Monthly, plain, "io2 provisioned IOPS, Multi-AZ" };
    /// Backup storage beyond the free allocation.
    RdsBackupStorage = { "rds.backup-storage", Rds, GbMonth, Monthly, plain, "Backup storage beyond the free allocation" };
    /// RDS Proxy, per vCPU of the instance behind it.
    RdsProxyVcpuHours = { "rds.proxy-vcpu-hours", Rds, VcpuHour, Monthly, plain, "RDS Proxy, per vCPU of the instance behind it" };
    /// RDS Proxy, per ACU of the Aurora Serverless cluster behind it.
    RdsProxyAcuHours = { "rds.proxy-acu-hours", Rds, AcuHour, Monthly, plain, "RDS Proxy, per ACU of the Aurora Serverless cluster behind it" };
    /// Extended Support, years 1 and 2.
    RdsExtendedSupportVcpuHours = { "rds.extended-support-vcpu-hours", Rds, VcpuHour, Monthly, plain, "Extended Support, years 1 and 2" };
    /// Aurora PostgreSQL instance-hours, standard.
    AuroraInstanceHours = { "aurora.instance-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, standard" };
    /// Aurora PostgreSQL instance-hours, I/O-Optimized.
    AuroraIoOptimizedInstanceHours = { "aurora.io-optimized-instance-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, I/O-Optimized" };
    /// Aurora PostgreSQL instance-hours, reserved, 1-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved1YNoUpfrontHours = { "aurora.reserved-1y-no-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 1-year, No Upfront, effective" };
    /// Aurora PostgreSQL instance-hours, reserved, 1-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved1YPartialUpfrontHours = { "aurora.reserved-1y-partial-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 1-year, Partial Upfront, effective" };
    /// Aurora PostgreSQL instance-hours, reserved, 1-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved1YAllUpfrontHours = { "aurora.reserved-1y-all-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 1-year, All Upfront, effective" };
    /// Aurora PostgreSQL instance-hours, reserved, 3-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved3YNoUpfrontHours = { "aurora.reserved-3y-no-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 3-year, No Upfront, effective" };
    /// Aurora PostgreSQL instance-hours, reserved, 3-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved3YPartialUpfrontHours = { "aurora.reserved-3y-partial-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 3-year, Partial Upfront, effective" };
    /// Aurora PostgreSQL instance-hours, reserved, 3-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    AuroraReserved3YAllUpfrontHours = { "aurora.reserved-3y-all-upfront-hours", Aurora, Hour, Monthly, class, "Aurora PostgreSQL instance-hours, reserved, 3-year, All Upfront, effective" };
    /// Aurora storage, standard.
    AuroraStorage = { "aurora.storage", Aurora, GbMonth, Monthly, plain, "Aurora storage, standard" };
    /// Aurora storage, I/O-Optimized.
    AuroraIoOptimizedStorage = { "aurora.io-optimized-storage", Aurora, GbMonth, Monthly, plain, "Aurora storage, I/O-Optimized" };
    /// Aurora I/O requests, standard.
    AuroraIoRequests = { "aurora.io-requests", Aurora, Request, Monthly, plain, "Aurora I/O requests, standard" };
    /// Aurora backup storage.
    AuroraBackupStorage = { "aurora.backup-storage", Aurora, GbMonth, Monthly, plain, "Aurora backup storage" };
    /// Aurora snapshot export.
    AuroraSnapshotExport = { "aurora.snapshot-export", Aurora, Gb, Monthly, plain, "Aurora snapshot export" };
    /// Aurora Serverless v2 ACU-hours, standard.
    AuroraServerlessAcuHours = { "aurora.serverless-acu-hours", Aurora, AcuHour, Monthly, plain, "Aurora Serverless v2 ACU-hours, standard" };
    /// Aurora Serverless v2 ACU-hours, I/O-Optimized.
    AuroraIoOptimizedServerlessAcuHours = { "aurora.io-optimized-serverless-acu-hours", Aurora, AcuHour, Monthly, plain, "Aurora Serverless v2 ACU-hours, I/O-Optimized" };
    /// Aurora PostgreSQL Limitless ACU-hours.
    AuroraLimitlessAcuHours = { "aurora.limitless-acu-hours", Aurora, AcuHour, Monthly, plain, "Aurora PostgreSQL Limitless ACU-hours" };
    /// EC2 Linux instance-hours, shared tenancy.
    Ec2InstanceHours = { "ec2.instance-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, shared tenancy" };
    /// EC2 Linux instance-hours, standard reserved, 1-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved1YNoUpfrontHours = { "ec2.reserved-1y-no-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 1-year, No Upfront, effective" };
    /// EC2 Linux instance-hours, standard reserved, 1-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved1YPartialUpfrontHours = { "ec2.reserved-1y-partial-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 1-year, Partial Upfront, effective" };
    /// EC2 Linux instance-hours, standard reserved, 1-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved1YAllUpfrontHours = { "ec2.reserved-1y-all-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 1-year, All Upfront, effective" };
    /// EC2 Linux instance-hours, standard reserved, 3-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved3YNoUpfrontHours = { "ec2.reserved-3y-no-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 3-year, No Upfront, effective" };
    /// EC2 Linux instance-hours, standard reserved, 3-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved3YPartialUpfrontHours = { "ec2.reserved-3y-partial-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 3-year, Partial Upfront, effective" };
    /// EC2 Linux instance-hours, standard reserved, 3-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2Reserved3YAllUpfrontHours = { "ec2.reserved-3y-all-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, standard reserved, 3-year, All Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 1-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan1YNoUpfrontHours = { "ec2.compute-savings-plan-1y-no-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 1-year, No Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 1-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan1YPartialUpfrontHours = { "ec2.compute-savings-plan-1y-partial-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 1-year, Partial Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 1-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan1YAllUpfrontHours = { "ec2.compute-savings-plan-1y-all-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 1-year, All Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 3-year, No Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan3YNoUpfrontHours = { "ec2.compute-savings-plan-3y-no-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 3-year, No Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 3-year, Partial Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan3YPartialUpfrontHours = { "ec2.compute-savings-plan-3y-partial-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 3-year, Partial Upfront, effective" };
    /// EC2 Linux instance-hours, Compute Savings Plan, 3-year, All Upfront: effective hourly rate, the upfront part spread over 8,760 hours a year.
    Ec2ComputeSavingsPlan3YAllUpfrontHours = { "ec2.compute-savings-plan-3y-all-upfront-hours", Ec2, Hour, Monthly, class, "EC2 Linux instance-hours, Compute Savings Plan, 3-year, All Upfront, effective" };
    /// gp3 storage.
    EbsGp3Storage = { "ebs.gp3-storage", Ebs, GbMonth, Monthly, plain, "gp3 storage" };
    /// gp3 IOPS above the 3,000 included.
    EbsGp3Iops = { "ebs.gp3-iops", Ebs, IopsMonth, Monthly, plain, "gp3 IOPS above the 3,000 included" };
    /// gp3 throughput above the 125 MiB/s included.
    EbsGp3Throughput = { "ebs.gp3-throughput", Ebs, MibPerSecondMonth, Monthly, plain, "gp3 throughput above the 125 MiB/s included" };
    /// gp2 storage.
    EbsGp2Storage = { "ebs.gp2-storage", Ebs, GbMonth, Monthly, plain, "gp2 storage" };
    /// io1 storage.
    EbsIo1Storage = { "ebs.io1-storage", Ebs, GbMonth, Monthly, plain, "io1 storage" };
    /// io1 provisioned IOPS.
    EbsIo1Iops = { "ebs.io1-iops", Ebs, IopsMonth, Monthly, plain, "io1 provisioned IOPS" };
    /// io2 storage.
    EbsIo2Storage = { "ebs.io2-storage", Ebs, GbMonth, Monthly, plain, "io2 storage" };
    /// io2 provisioned IOPS, the first 32,000 of a volume.
    EbsIo2IopsTier1 = { "ebs.io2-iops-tier1", Ebs, IopsMonth, Monthly, plain, "io2 provisioned IOPS, the first 32,000 of a volume" };
    /// io2 provisioned IOPS, 32,001 to 64,000 of a volume.
    EbsIo2IopsTier2 = { "ebs.io2-iops-tier2", Ebs, IopsMonth, Monthly, plain, "io2 provisioned IOPS, 32,001 to 64,000 of a volume" };
    /// io2 provisioned IOPS, above 64,000 of a volume.
    EbsIo2IopsTier3 = { "ebs.io2-iops-tier3", Ebs, IopsMonth, Monthly, plain, "io2 provisioned IOPS, above 64,000 of a volume" };
    /// EBS snapshot storage.
    EbsSnapshotStorage = { "ebs.snapshot-storage", Ebs, GbMonth, Monthly, plain, "EBS snapshot storage" };
    /// Data transfer out to the internet.
    TransferInternetOut = { "transfer.internet-out", Transfer, Gb, Monthly, plain, "Data transfer out to the internet" };
    /// Data transfer out to another Region; the sender's Region sets the price.
    TransferInterRegionOut = { "transfer.inter-region-out", Transfer, Gb, Monthly, plain, "Data transfer out to another Region" };
    /// Data transfer between Availability Zones, each direction.
    TransferInterAz = { "transfer.inter-az", Transfer, Gb, Monthly, plain, "Data transfer between Availability Zones, each direction" };
}

impl Dimension {
    /// The stable name, such as `dynamodb.wcu-hours`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.spec().id
    }

    /// The service that bills it.
    #[must_use]
    pub const fn service(self) -> Service {
        self.spec().service
    }

    /// What one unit is.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.spec().unit
    }

    /// On every bill, or once.
    #[must_use]
    pub const fn due(self) -> Due {
        self.spec().due
    }

    /// Whether its price depends on an instance class.
    #[must_use]
    pub const fn is_per_class(self) -> bool {
        self.spec().per_class
    }

    /// The name on the bill, in AWS's words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.spec().label
    }

    /// The dimension with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dimension| dimension.id() == id)
    }

    /// The ids that look most like a mistyped one, best first: those that hold
    /// all its words, else those that hold any.
    #[must_use]
    pub fn similar(id: &str) -> Vec<&'static str> {
        let words: Vec<&str> = id.split(['.', '-', '_', ' ']).filter(|w| w.len() > 1).collect();
        let hits = |d: &Self| words.iter().filter(|word| d.id().contains(**word)).count();
        let most = Self::ALL.iter().map(hits).max().unwrap_or(0);
        if most == 0 {
            return Vec::new();
        }
        Self::ALL.iter().filter(|d| hits(d) == most).map(|d| d.id()).take(5).collect()
    }

    /// On-demand request units of a table in one Region.
    #[must_use]
    pub const fn request_units(direction: Direction, class: TableClass) -> Self {
        match (direction, class) {
            (Direction::Read, TableClass::Standard) => Self::ReadRequestUnits,
            (Direction::Read, TableClass::StandardIa) => Self::IaReadRequestUnits,
            (Direction::Write, TableClass::Standard) => Self::WriteRequestUnits,
            (Direction::Write, TableClass::StandardIa) => Self::IaWriteRequestUnits,
        }
    }

    /// Provisioned capacity unit-hours of a table in one Region.
    #[must_use]
    pub const fn capacity_hours(direction: Direction, class: TableClass) -> Self {
        match (direction, class) {
            (Direction::Read, TableClass::Standard) => Self::RcuHours,
            (Direction::Read, TableClass::StandardIa) => Self::IaRcuHours,
            (Direction::Write, TableClass::Standard) => Self::WcuHours,
            (Direction::Write, TableClass::StandardIa) => Self::IaWcuHours,
        }
    }

    /// On-demand replicated writes of a global table.
    #[must_use]
    pub const fn replicated_write_request_units(class: TableClass) -> Self {
        match class {
            TableClass::Standard => Self::ReplicatedWriteRequestUnits,
            TableClass::StandardIa => Self::IaReplicatedWriteRequestUnits,
        }
    }

    /// Provisioned replicated writes of a global table.
    #[must_use]
    pub const fn replicated_write_capacity_hours(class: TableClass) -> Self {
        match class {
            TableClass::Standard => Self::RwcuHours,
            TableClass::StandardIa => Self::IaRwcuHours,
        }
    }

    /// Storage of a table and its indexes.
    #[must_use]
    pub const fn table_storage(class: TableClass) -> Self {
        match class {
            TableClass::Standard => Self::Storage,
            TableClass::StandardIa => Self::IaStorage,
        }
    }

    /// The one-off fee per reserved capacity unit.
    #[must_use]
    pub const fn reserved_upfront(direction: Direction, term: Term) -> Self {
        match (direction, term) {
            (Direction::Read, Term::OneYear) => Self::Reserved1YRcuUpfront,
            (Direction::Read, Term::ThreeYears) => Self::Reserved3YRcuUpfront,
            (Direction::Write, Term::OneYear) => Self::Reserved1YWcuUpfront,
            (Direction::Write, Term::ThreeYears) => Self::Reserved3YWcuUpfront,
        }
    }

    /// The hourly fee per reserved capacity unit, due for every hour.
    #[must_use]
    pub const fn reserved_hours(direction: Direction, term: Term) -> Self {
        match (direction, term) {
            (Direction::Read, Term::OneYear) => Self::Reserved1YRcuHours,
            (Direction::Read, Term::ThreeYears) => Self::Reserved3YRcuHours,
            (Direction::Write, Term::OneYear) => Self::Reserved1YWcuHours,
            (Direction::Write, Term::ThreeYears) => Self::Reserved3YWcuHours,
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_carry_their_service() {
        let mut seen = BTreeSet::new();
        for dimension in Dimension::ALL {
            assert!(seen.insert(dimension.id()), "{dimension} is there twice");
            let service = dimension.id().split('.').next().unwrap();
            assert_eq!(Service::from_id(service), Some(dimension.service()), "{dimension}");
            assert_eq!(Dimension::from_id(dimension.id()), Some(*dimension));
            assert!(!dimension.label().is_empty());
        }
    }

    #[test]
    fn what_is_paid_once_is_not_hourly() {
        for dimension in Dimension::ALL {
            assert!(
                dimension.due() == Due::Monthly || !dimension.unit().is_hourly(),
                "{dimension}"
            );
        }
    }

    #[test]
    fn mistyped_ids_find_their_neighbours() {
        assert_eq!(Dimension::similar("dynamodb.wcu_hours")[0], "dynamodb.wcu-hours");
        assert!(Dimension::similar("zzz").is_empty());
    }
}
