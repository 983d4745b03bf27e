use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::kinds::Service;

/// Conventions that a bill depends on. Each is a choice on which published
/// calculations differ, so each is stated beside the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillSettings {
    /// Hours of a month. 730 is a twelfth of 8,760 and what AWS's calculator
    /// uses; 720 and 732 (30.5 days) are seen too.
    pub month_hours: Decimal,
    /// Bytes of a GB: 2^30 by default; AWS's price list does not say, and some
    /// tools take 10^9.
    pub bytes_per_gb: u64,
    /// Whether AWS's free tier is taken off. It is one per paying account and
    /// Region, so a single workload can rarely count on it: off by default.
    pub free_tier: bool,
    /// Whether unverified figures may be used. They are marked on every line.
    pub unverified: bool,
    /// Private discounts: the share taken off every price of a service, such as
    /// 0.10.
    pub discounts: BTreeMap<Service, Decimal>,
}

impl Default for BillSettings {
    fn default() -> Self {
        Self {
            month_hours: Decimal::from(730),
            bytes_per_gb: 1 << 30,
            free_tier: false,
            unverified: false,
            discounts: BTreeMap::new(),
        }
    }
}

impl BillSettings {
    /// GB of so many bytes; also GB-months of so many bytes on average over the
    /// month. Exact to the 28 digits of a decimal.
    #[must_use]
    pub fn gigabytes(&self, bytes: Decimal) -> Decimal {
        bytes / Decimal::from(self.bytes_per_gb)
    }

    /// Unit-hours of something held all month: capacity units, instances.
    #[must_use]
    pub fn month_of(&self, units: Decimal) -> Decimal {
        units * self.month_hours
    }

    /// Seconds of a month, which turn a rate per second into a month's count.
    #[must_use]
    pub fn month_seconds(&self) -> Decimal {
        self.month_hours * Decimal::from(3600)
    }

    /// What is left of a price after the private discount of its service.
    #[must_use]
    pub fn share_paid(&self, service: Service) -> Decimal {
        Decimal::ONE - self.discounts.get(&service).copied().unwrap_or_default()
    }
}
