//! A load whose days repeat.

use std::ops::ControlFlow;

use crate::simulate::days::{RepeatedDays, day_by_day};
use crate::simulate::series::MinuteSeries;

use super::cell::Cell;
use super::outcome::{Minute, Outcome};
use super::settings::Provisioned;

/// Runs days and shows what each came to, in order: together what [`super::run`]
/// makes of them in one series.
pub fn run_days(
    days: &RepeatedDays,
    settings: &Provisioned,
    mut take: impl FnMut(usize, &Outcome),
) {
    drive::<false, ()>(days, settings, |(), _| (), |day, outcome, ()| take(day, outcome));
}

/// The same with every minute shown to `each`, counted from the day's first one,
/// which adds it to what is told of the day.
pub fn run_days_each<R: Default>(
    days: &RepeatedDays,
    settings: &Provisioned,
    each: impl FnMut(&mut R, Minute),
    take: impl FnMut(usize, &Outcome, &R),
) {
    drive::<true, R>(days, settings, each, take);
}

fn drive<const WATCHED: bool, R: Default>(
    days: &RepeatedDays,
    settings: &Provisioned,
    mut each: impl FnMut(&mut R, Minute),
    mut take: impl FnMut(usize, &Outcome, &R),
) {
    let Some(first) = days.iter().next() else { return };
    let offered = first.milli().first().copied().unwrap_or(0);
    let first = Cell::new(settings, first.start_minute(), offered);
    let run = |cell, kind| run_day::<WATCHED, R>(cell, days.different(kind), &mut each);
    day_by_day(days.order(), first, run, |day, (outcome, told)| take(day, outcome, told));
}

fn run_day<'a, const WATCHED: bool, R: Default>(
    mut cell: Cell<'a>,
    series: &MinuteSeries,
    each: &mut impl FnMut(&mut R, Minute),
) -> (Cell<'a>, (Outcome, R)) {
    let (mut told, begin, mut done) = (R::default(), cell.minute(), 0);
    while done < series.len() {
        (done, _) = cell.run_to_event::<WATCHED>(series, done, &mut |minute| {
            each(&mut told, Minute { index: minute.index - begin, ..minute });
            ControlFlow::Continue(())
        });
    }
    cell.add_offered(series.total());
    cell.remember(series.milli());
    // Nothing comes after a last day that ends before midnight.
    let (next, outcome) =
        if cell.is_midnight() { cell.end_day() } else { (cell.clone(), cell.outcome()) };
    (next, (outcome, told))
}
