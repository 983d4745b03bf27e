use rust_decimal::Decimal;

use crate::finding::{Diagnostic, Origin, Sourced};
use crate::units::Usd;
use crate::written::{Section, Written};

use super::USD_MAX;
use super::assumption::Taker;
use super::bloat::BloatSettings;
use super::fleet_bill::FleetBill;
use super::fleet_sizing::FleetSizing;

/// Today's Postgres, if the plan states it.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// What it is, in the planner's words.
    pub what: String,
    /// What it costs a month.
    pub monthly: Usd,
}

/// CPU that the host of the captured server used while it was captured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HostCpu {
    /// The share of all its CPUs that was busy, and how many it has.
    Busy {
        /// Busy CPU, percent.
        percent: f64,
        /// Its virtual CPUs.
        vcpus: f64,
    },
    /// CPU seconds of all server processes, from the first snapshot to the last.
    Seconds(f64),
}

impl HostCpu {
    /// CPU seconds of a capture of some length.
    #[must_use]
    pub fn seconds(self, span_seconds: f64) -> f64 {
        match self {
            Self::Busy { percent, vcpus } => percent / 100.0 * vcpus * span_seconds,
            Self::Seconds(seconds) => seconds,
        }
    }
}

/// `[postgres]`: how the sharded fleet is sized. The meaning of each is said in
/// the fleet model.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// What a shard may be asked for, and how the work is spread.
    pub fleet: FleetSizing,
    /// What updates make of tables that nobody measured.
    pub bloat: BloatSettings,
    /// What is billed around it, and how it grows.
    pub bill: FleetBill,
    /// CPU measured while capturing.
    pub host_cpu: Option<Sourced<HostCpu>>,
    /// Today's fleet and its bill.
    pub baseline: Option<Sourced<Baseline>>,
}

impl PostgresSettings {
    /// Takes `[postgres]`.
    pub(super) fn take(taker: &mut Taker, section: &Section<'_, '_>) -> Self {
        let settings = Self {
            fleet: FleetSizing::take(taker, section),
            bloat: BloatSettings::take(taker, section),
            bill: FleetBill::take(taker, section),
            host_cpu: host_cpu(taker, section),
            baseline: baseline(section),
        };
        section.report_left_over();
        settings
    }
}

fn host_cpu(taker: &mut Taker, section: &Section<'_, '_>) -> Option<Sourced<HostCpu>> {
    let percent = section.number_in("host_cpu_percent", 0.01..=100.0, "a busy share in percent");
    let vcpus = section.number_in("host_vcpus", 0.1..=4096.0, "a number of virtual CPUs");
    let seconds = section.number_in("host_cpu_seconds", 0.001..=1e10, "CPU seconds");
    let written = match (percent, vcpus, seconds) {
        (Some(percent), Some(vcpus), None) => Written {
            value: HostCpu::Busy { percent: percent.value, vcpus: vcpus.value },
            place: percent.place,
        },
        (None, None, Some(seconds)) => {
            Written { value: HostCpu::Seconds(seconds.value), place: seconds.place }
        }
        (None, None, None) => return None,
        (percent, vcpus, seconds) => {
            // What was out of range has been said already.
            let said = ["host_cpu_percent", "host_vcpus", "host_cpu_seconds"]
                .iter()
                .zip([percent.is_some(), vcpus.is_some(), seconds.is_some()])
                .any(|(key, taken)| section.has(key) && !taken);
            let place = [percent, vcpus, seconds].into_iter().flatten().next();
            if !said {
                section.fault(
                    Diagnostic::new("the CPU of the captured host is not clear")
                        .at(place.map_or_else(|| section.place(), |one| one.place))
                        .mend("state host_cpu_percent with host_vcpus, or host_cpu_seconds alone"),
                );
            }
            return None;
        }
    };
    taker.note_written(
        "postgres.host_cpu",
        "CPU of the captured host while it was captured, all its processes",
        &written,
        |cpu| match cpu {
            HostCpu::Busy { percent, vcpus } => format!("{percent} % of {vcpus} vCPUs"),
            HostCpu::Seconds(seconds) => format!("{seconds} CPU seconds"),
        },
    );
    Some(Sourced { value: written.value, origin: Origin::File(written.place) })
}

fn baseline(section: &Section<'_, '_>) -> Option<Sourced<Baseline>> {
    if !section.has("baseline") {
        return None;
    }
    let baseline = section.section("baseline")?;
    let what = baseline.required_text("what");
    let monthly = baseline.decimal("monthly_usd");
    baseline.report_left_over();
    let monthly = match monthly {
        Some(monthly)
            if monthly.value > Decimal::ZERO && monthly.value <= Decimal::from(USD_MAX) =>
        {
            monthly
        }
        _ => {
            baseline.fault(
                Diagnostic::new(
                    "postgres.baseline needs monthly_usd, above 0 and below a trillion",
                )
                .at(baseline.place())
                .mend("state today's bill, or leave the section out"),
            );
            return None;
        }
    };
    Some(Sourced {
        value: Baseline { what: what?.value, monthly: Usd::new(monthly.value) },
        origin: Origin::File(monthly.place),
    })
}
