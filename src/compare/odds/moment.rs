//! For which load and how much stored data a month is billed.

use crate::scenario::LoadSettings;

/// A month of 730 hours in days.
const MONTH_DAYS: f64 = 730.0 / 24.0;
/// Months one by one up to this horizon; beyond, fewer of them.
const MONTHS_SHOWN: f64 = 36.0;

/// Loads that can be billed, as multiples of today's: those that a plan can ask
/// for.
pub const LOADS: std::ops::RangeInclusive<f64> = LEAST_LOAD..=1e6;
/// Load that shrinks leaves at least this share of today's.
const LEAST_LOAD: f64 = 1e-6;

/// A month to be billed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Multiple of today's load.
    pub load: f64,
    /// What is stored beyond today's rows, as a share of what is added until the
    /// horizon at today's load.
    added: f64,
    /// Whether the load is what growth makes of today's, and the rows those that
    /// have come by then; else the rows are those of the horizon, times the load.
    grown: bool,
}

impl Moment {
    /// Any load, with the rows of the horizon.
    pub const fn at_load(load: f64) -> Self {
        Self { load, added: 1.0, grown: false }
    }

    /// A month from today on, if load grows as the plan says. Rows come with the
    /// load and go when they are as old as rows are kept.
    pub fn after(months: f64, settings: &LoadSettings) -> Self {
        let growth = settings.growth_per_month.value;
        let kept = kept_months(settings);
        let first = (months - kept).max(0.0);
        // Rows that come in between at a load of (1 + growth)^t.
        let came = if growth.abs() < 1e-12 {
            months - first
        } else {
            ((1.0 + growth).powf(months) - (1.0 + growth).powf(first)) / growth.ln_1p()
        };
        let added = if kept > 0.0 { came / kept } else { 0.0 };
        Self { load: (1.0 + growth).powf(months), added, grown: true }
    }

    /// The load if `growth` times as much is added to today's.
    pub fn load_under(self, growth: f64) -> f64 {
        if self.grown { (1.0 + (self.load - 1.0) * growth).max(LEAST_LOAD) } else { self.load }
    }

    /// What is stored for each multiple of today's load, from what is stored today
    /// and at the horizon at today's load, if `growth` times as much is added:
    /// bills and fleets take it times the load.
    pub fn stored_per_load(self, (today, horizon): (f64, f64), growth: f64) -> f64 {
        let added = self.added * growth;
        let stored = (today * (1.0 - added) + horizon * added).max(0.0);
        if self.grown { stored / self.load_under(growth) } else { stored }
    }
}

/// How long new rows are kept, at most up to the horizon.
fn kept_months(settings: &LoadSettings) -> f64 {
    let horizon = settings.horizon_months.value;
    settings.retention_days.value.map_or(horizon, |days| (days / MONTH_DAYS).min(horizon))
}

/// Months from today to be billed, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Months from today.
    pub months: Vec<f64>,
    /// What each is billed for.
    pub moments: Vec<Moment>,
    /// What shards that are ready in each must carry: the load that comes as long
    /// after as they are bought ahead.
    pub ahead: Vec<Moment>,
}

impl Course {
    /// From today to the horizon, with shards ready `lead` months ahead.
    pub fn new(settings: &LoadSettings, lead: f64) -> Self {
        let months = months(settings);
        let after = |more: f64| {
            months.iter().map(|month| Moment::after(month + more, settings)).collect::<Vec<_>>()
        };
        Self { moments: after(0.0), ahead: after(lead), months }
    }
}

/// The months that a cost over time is worked out for: from today to the horizon,
/// whole ones and the horizon, as far as the load stays within [`LOADS`].
fn months(settings: &LoadSettings) -> Vec<f64> {
    let mut months = to_horizon(settings.horizon_months.value);
    months.retain(|month| LOADS.contains(&Moment::after(*month, settings).load));
    months
}

fn to_horizon(horizon: f64) -> Vec<f64> {
    let step = (horizon / MONTHS_SHOWN).ceil();
    let mut months = vec![0.0];
    while months[months.len() - 1] + step < horizon {
        months.push(months[months.len() - 1] + step);
    }
    months.push(horizon);
    months
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Settings;

    fn settings(text: &str) -> LoadSettings {
        Settings::read("plan.toml", text).unwrap().0.load
    }

    /// Nothing grows and rows are kept for 3 of 12 months (91.25 days): a third
    /// of them has come after a month, all after three, and then as many go as
    /// come. 100 bytes today and 700 at the horizon.
    #[test]
    fn rows_come_until_as_many_go() {
        let settings = settings("[load]\nretention_days = 91.25\n");
        let stored = |months| Moment::after(months, &settings).stored_per_load((100.0, 700.0), 1.0);
        for (months, bytes) in [(0.0, 100.0), (1.0, 300.0), (3.0, 700.0), (12.0, 700.0)] {
            assert!((stored(months) - bytes).abs() < 1e-9, "{months}: {}", stored(months));
        }
        assert!((Moment::after(12.0, &settings).load - 1.0).abs() < 1e-12);
    }

    /// 10 % a month: after 12 months the load is 1.1^12 = 3.1384 times today's,
    /// and (1.1^12 - 1) / ln 1.1 = 22.437 months' worth of rows have come: 1.8697
    /// times those of 12 months at today's load. With half the growth of load and
    /// rows it is 2.0692 and 0.9349 of them.
    #[test]
    fn rows_come_with_the_load() {
        let settings = settings("[load]\ngrowth_per_month = 0.1\n");
        let moment = Moment::after(12.0, &settings);
        assert!((moment.load - 3.138_428).abs() < 1e-6);
        let stored =
            |growth| moment.stored_per_load((0.0, 1.0), growth) * moment.load_under(growth);
        assert!((stored(1.0) - 1.869_73).abs() < 1e-4);
        assert!((moment.load_under(0.5) - 2.069_214).abs() < 1e-6);
        assert!((stored(0.5) - 0.934_86).abs() < 1e-4);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "a factor of 1 changes nothing, to the bit")]
    fn any_load_has_the_rows_of_the_horizon() {
        let moment = Moment::at_load(8.0);
        assert_eq!(moment.stored_per_load((0.3, 0.7), 1.0), 0.7);
        assert_eq!(moment.load_under(3.0), 8.0);
    }

    #[test]
    fn months_end_at_the_horizon() {
        let of = |text| months(&settings(text));
        assert_eq!(of("").len(), 13);
        let half = of("[load]\nhorizon_months = 2.5\n");
        assert_eq!(half.len(), 4);
        assert!((half[3] - 2.5).abs() < 1e-12);
        let long = of("[load]\nhorizon_months = 120\n");
        assert!(long.len() <= 37 && (long[long.len() - 1] - 120.0).abs() < 1e-12);
        // 3^12 is 531,441, 3^13 more than a million.
        let fast = of("[load]\nhorizon_months = 120\ngrowth_per_month = 2\n");
        assert!((fast[fast.len() - 1] - 12.0).abs() < 1e-12, "{fast:?}");
    }
}
