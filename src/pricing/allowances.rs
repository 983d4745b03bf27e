//! What a price includes before anything more is billed.

use rust_decimal::Decimal;

/// From this size on an RDS PostgreSQL gp3 volume is striped over four (Amazon
/// RDS user guide, "gp3 storage").
const RDS_GP3_STRIPED_FROM_GIB: u64 = 400;

/// IOPS and MiB/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumePerformance {
    /// I/O operations a second.
    pub iops: u64,
    /// MiB a second.
    pub mib_per_second: u64,
}

/// What an EBS gp3 volume of any size includes.
pub const EBS_GP3_INCLUDED: VolumePerformance =
    VolumePerformance { iops: 3000, mib_per_second: 125 };

/// What an RDS PostgreSQL gp3 volume includes. Below 400 GiB nothing more can
/// be bought; from there on the included part is four times as much.
#[must_use]
pub const fn rds_gp3_included(allocated_gib: u64) -> VolumePerformance {
    if allocated_gib < RDS_GP3_STRIPED_FROM_GIB {
        EBS_GP3_INCLUDED
    } else {
        VolumePerformance { iops: 12_000, mib_per_second: 500 }
    }
}

/// Backup storage of RDS that is billed: what exceeds the storage provisioned
/// in the Region.
#[must_use]
pub fn rds_billed_backup(backup: Decimal, provisioned: Decimal) -> Decimal {
    (backup - provisioned).max(Decimal::ZERO)
}

/// Provisioned IOPS of one EBS io2 volume by price tier: the first 32,000, up
/// to 64,000, and above. The tiers are of the volume, not of the account, so
/// they are three dimensions.
#[must_use]
pub const fn ebs_io2_iops_by_tier(iops: u64) -> [u64; 3] {
    const FIRST: u64 = 32_000;
    const SECOND: u64 = 64_000;
    let first = if iops < FIRST { iops } else { FIRST };
    let to_second = if iops < SECOND { iops } else { SECOND };
    [first, to_second - first, iops - to_second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io2_iops_are_cut_at_the_tiers_of_the_volume() {
        assert_eq!(ebs_io2_iops_by_tier(1000), [1000, 0, 0]);
        assert_eq!(ebs_io2_iops_by_tier(40_000), [32_000, 8_000, 0]);
        assert_eq!(ebs_io2_iops_by_tier(100_000), [32_000, 32_000, 36_000]);
    }

    #[test]
    fn gp3_of_rds_includes_more_from_400_gib() {
        assert_eq!(rds_gp3_included(399).iops, 3000);
        assert_eq!(rds_gp3_included(400), VolumePerformance { iops: 12_000, mib_per_second: 500 });
    }
}
