use proptest::prelude::*;

use super::super::payback::{LOOK_AHEAD_DAYS, Payback, Scaled, payback};
use super::super::phase::{Pace, lengths};
use super::*;
use crate::scenario::Settings;

/// Daily rates that a reader can add up by hand: Postgres by its reads, writes,
/// reads and storage of `DynamoDB` by their shares.
struct ByHand {
    postgres: Decimal,
    replicas: Decimal,
    writes: Decimal,
    reads: Decimal,
    storage: Decimal,
}

impl ByHand {
    fn new(postgres: u32, replicas: u32, writes: u32, reads: u32, storage: u32) -> Self {
        let [postgres, replicas, writes, reads, storage] =
            [postgres, replicas, writes, reads, storage].map(Decimal::from);
        Self { postgres, replicas, writes, reads, storage }
    }
}

impl Rates for ByHand {
    fn period(&self, _day: u32) -> u32 {
        0
    }

    fn day(&self, _period: u32, traffic: Traffic) -> Sides {
        let usd = |amount: Decimal| Cost::known(Usd::new(amount));
        let replicas = self.replicas * traffic.postgres_reads;
        let running = if traffic.postgres { self.postgres + replicas } else { Decimal::ZERO };
        let storage = if traffic.tables { self.storage } else { Decimal::ZERO };
        Sides {
            postgres: usd(running),
            writes: usd(self.writes * traffic.writes),
            reads: usd(self.reads * traffic.reads),
            storage: usd(storage),
            elsewhere: Cost::default(),
        }
    }
}

fn settings(text: &str) -> MigrationSettings {
    let plan = format!("[migration]\ndual_write_error_rate = 0\n{text}");
    Settings::read("plan.toml", &plan).unwrap().0.migration
}

fn days(lengths: [u32; 7]) -> String {
    let names = [
        "baseline",
        "dual_write",
        "backfill",
        "validation",
        "read_shift",
        "primary",
        "decommission",
    ];
    names
        .iter()
        .zip(lengths)
        .map(|(name, days)| format!("{name}_days = [{days}, {days}, {days}]\n"))
        .collect()
}

fn timeline(settings: &MigrationSettings, work: &Work, rates: &dyn Rates, least: u32) -> Timeline {
    Timeline::new(&lengths(settings, Pace::Likely, 0), settings, work, rates, least)
}

fn once(backfill: u32, validation: u32) -> Work {
    let usd = |amount: u32| Cost::known(Usd::new(amount.into()));
    Work { backfill: usd(backfill), validation: usd(validation), catch_up_days: 0 }
}

fn usd(amount: i64) -> Usd {
    Usd::new(amount.into())
}

/// No phase takes a day: every day is `DynamoDB` alone, and none is anything
/// else; nothing is paid once.
#[test]
fn phases_of_no_length_cost_exactly_the_steady_states() {
    let settings = settings(&days([0; 7]));
    let timeline = timeline(&settings, &once(500, 50), &ByHand::new(100, 20, 30, 10, 5), 365);
    assert!(timeline.phases.is_empty());
    assert_eq!(timeline.total(), Cost::default());
    assert_eq!(timeline.premium(), Cost::default());
    assert_eq!(timeline.cumulative().last(), Some(&(usd(45 * 365), usd(120 * 365))));
}

/// Postgres 100 a day and 20 for its replicas; writes 30, reads 10, storage 5.
/// Two days of each phase, the shift at 50 % and then 100 %:
/// baseline 240; dual write 2 x 155 = 310; backfill 310 + 500; validation
/// 2 x 165 + 50 = 380; shift (110 + 35 + 5) + (100 + 35 + 10) = 295; primary
/// 2 x 145 = 290; decommission 2 x 45 = 90.
#[test]
fn a_move_by_hand() {
    let text = format!("{}read_shift_percent = [50, 100]\n", days([2; 7]));
    let settings = settings(&text);
    let timeline = timeline(&settings, &once(500, 50), &ByHand::new(100, 20, 30, 10, 5), 0);
    let totals: Vec<Usd> = timeline.phases.iter().map(|phase| phase.total().usd).collect();
    assert_eq!(totals, [240, 310, 810, 380, 295, 290, 90].map(usd));
    // Twelve days of both sides less twelve of Postgres alone.
    assert_eq!(timeline.premium().usd, usd(2325 - 12 * 120));
    assert_eq!(timeline.end_day(), 14);
}

/// Replicas go with the reads that they serve, and the instance stays until
/// nothing is written to it.
#[test]
fn postgres_shrinks_only_with_the_reads_that_leave_it() {
    let settings = settings(&days([3; 7]));
    let timeline = timeline(&settings, &Work::default(), &ByHand::new(100, 20, 0, 0, 0), 0);
    let postgres: Vec<Usd> = timeline.phases.iter().map(|one| one.sides.postgres.usd).collect();
    assert_eq!(postgres[..4], [usd(360), usd(360), usd(360), usd(360)]);
    assert!(postgres[4] < usd(360) && postgres[4] > usd(300));
    assert_eq!(postgres[5..], [usd(300), usd(0)]);
}

/// An import misses what is written while it runs: those days' writes are sent
/// when the dual writes begin, which is after it.
#[test]
fn what_an_import_missed_is_sent_again() {
    let text = format!("{}backfill = \"s3_import\"\n", days([1, 2, 4, 0, 0, 0, 0]));
    let settings = settings(&text);
    let work = Work { catch_up_days: 4, ..once(7, 0) };
    let timeline = timeline(&settings, &work, &ByHand::new(100, 0, 30, 10, 5), 0);
    let kinds: Vec<PhaseKind> = timeline.phases.iter().map(|phase| phase.kind).collect();
    assert_eq!(kinds, [PhaseKind::Baseline, PhaseKind::Backfill, PhaseKind::DualWrite]);
    let totals: Vec<Usd> = timeline.phases.iter().map(|phase| phase.total().usd).collect();
    assert_eq!(totals, [usd(100), usd(4 * 105 + 7), usd(2 * 135 + 4 * 30)]);
}

/// Steps of 1 % to 100 % cost as much as half of all reads, and half a step.
#[test]
fn a_linear_shift_costs_half_of_all_reads() {
    let steps: Vec<String> = (1..=100).map(|step| step.to_string()).collect();
    let text =
        format!("{}read_shift_percent = [{}]\n", days([0, 0, 0, 0, 100, 0, 0]), steps.join(", "));
    let settings = settings(&text);
    let timeline = timeline(&settings, &Work::default(), &ByHand::new(0, 0, 0, 2, 0), 0);
    assert_eq!(timeline.phases[0].sides.reads.usd, usd(2 * 50 + 1));
}

/// 120 a day against 45 after six days of both at 165 (4 dual writes at 155, 2
/// of primary at 145 = 910 in place of 720): 190 behind, 75 back a day, even on
/// the third day of `DynamoDB` alone.
#[test]
fn the_day_it_has_paid_for_itself() {
    let hours = Decimal::from(730);
    let settings = settings(&days([0, 4, 0, 0, 0, 2, 0]));
    let rates = ByHand::new(100, 20, 30, 10, 5);
    let course = timeline(&settings, &Work::default(), &rates, LOOK_AHEAD_DAYS);
    assert_eq!(course.premium().usd, usd(190));
    assert_eq!(payback(&course, hours), Payback::OnDay(9));

    // Postgres at 40 a day is cheaper than 45.
    let cheap = ByHand::new(40, 0, 30, 10, 5);
    let course = timeline(&settings, &Work::default(), &cheap, LOOK_AHEAD_DAYS);
    let dearer_by = Usd::new(Decimal::new(15_208, 2));
    assert_eq!(payback(&course, hours), Payback::Never { dearer_by });

    // A saving of a dollar a day against a backfill of 100,000.
    let near = ByHand::new(46, 0, 30, 10, 5);
    let slow = days([0, 4, 1, 0, 0, 2, 0]);
    let course = timeline(&self::settings(&slow), &once(100_000, 0), &near, LOOK_AHEAD_DAYS);
    assert_eq!(payback(&course, hours), Payback::NotInTenYears);
}

/// No fleet carries the load: what Postgres would cost is not 0.
#[test]
fn against_an_unknown_postgres_nothing_pays_back_or_fails_to() {
    struct NoFleet;
    impl Rates for NoFleet {
        fn period(&self, _day: u32) -> u32 {
            0
        }
        fn day(&self, _period: u32, traffic: Traffic) -> Sides {
            let none = Cost::unknown("a Postgres fleet");
            Sides {
                postgres: if traffic.postgres { none } else { Cost::default() },
                ..Sides::default()
            }
        }
    }
    let settings = settings(&days([1; 7]));
    let course = timeline(&settings, &Work::default(), &NoFleet, 10);
    assert_eq!(payback(&course, Decimal::from(730)), Payback::Unknown);
    assert!(!course.premium().is_known() && !course.phases[0].extra().is_known());
}

proptest! {
    #[test]
    fn days_add_up_to_phases_and_phases_to_the_curve(
        lengths in prop::array::uniform7(0_u32..40),
        rates in prop::array::uniform5(0_u32..10_000),
        (backfill, validation) in (0_u32..100_000, 0_u32..1000),
        cents in 1_u32..1_000_000,
    ) {
        let settings = settings(&days(lengths));
        let [postgres, replicas, writes, reads, storage] = rates;
        let mut rates = ByHand::new(postgres, replicas, writes, reads, storage);
        // An amount with as many places as a day's cost has.
        rates.storage += Decimal::from(cents) / Decimal::from(730);
        rates.storage = rates.storage.round_dp(12);
        let course = timeline(&settings, &once(backfill, validation), &rates, 200);
        let cumulative = course.cumulative();
        let mut phases = Usd::ZERO;
        for phase in &course.phases {
            let range = phase.first_day as usize..phase.end_day() as usize;
            let by_day: Usd = course.days[range.clone()].iter().map(|day| day.with.usd).sum();
            prop_assert_eq!(by_day, phase.total().usd);
            let alone: Usd = course.days[range].iter().map(|day| day.without.usd).sum();
            prop_assert_eq!(alone, phase.without.usd);
            phases += phase.total().usd;
            prop_assert_eq!(cumulative[phase.end_day() as usize - 1].0, phases);
        }
        prop_assert_eq!(course.total().usd, phases);
        let all: Usd = course.days.iter().map(|day| day.with.usd).sum();
        prop_assert_eq!(cumulative.last().map(|sums| sums.0), Some(all));
    }

    #[test]
    fn a_dearer_postgres_and_a_cheaper_move_never_pay_back_later(
        postgres in 1_u32..300,
        percent in 0_u32..90,
    ) {
        let settings = settings(&days([1, 5, 2, 5, 5, 10, 5]));
        let rates = ByHand::new(postgres, 0, 30, 10, 5);
        let day = |percent: i64| {
            let scaled = Scaled::in_favour(&rates, percent.into());
            let course = timeline(&settings, &once(100, 1), &scaled, LOOK_AHEAD_DAYS);
            match payback(&course, Decimal::from(730)) {
                Payback::OnDay(day) => day,
                Payback::NotInTenYears => u32::MAX - 1,
                Payback::Never { .. } | Payback::Unknown => u32::MAX,
            }
        };
        let (best, likely, worst) =
            (day(percent.into()), day(0), day(-i64::from(percent)));
        prop_assert!(best <= likely && likely <= worst);
    }
}
