//! Loads whose days repeat. A day is run once for each state that it begins in:
//! the same day from the same state brings the same and leaves the same state, so
//! that a month with one unusual day takes the time of a few days, exactly.

use super::series::MinuteSeries;

/// Days from midnight to midnight (UTC), told apart by what they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedDays {
    different: Vec<MinuteSeries>,
    order: Vec<usize>,
}

impl RepeatedDays {
    /// Different days, and which of them comes when, by position. Each lasts a
    /// whole UTC day, but the last one may end sooner.
    #[must_use]
    pub const fn new(different: Vec<MinuteSeries>, order: Vec<usize>) -> Self {
        Self { different, order }
    }

    /// Which of the different days comes when.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// One of the different days, by position.
    #[must_use]
    pub fn different(&self, kind: usize) -> &MinuteSeries {
        &self.different[kind]
    }

    /// The days as they come.
    pub fn iter(&self) -> impl Iterator<Item = &MinuteSeries> {
        self.order.iter().map(|kind| &self.different[*kind])
    }
}

/// Runs days one after another from a state on. `run` takes the state at the
/// beginning of a day and its kind, and returns the state at its end with what
/// it brought: it must depend on these two alone. `take` is shown what each day
/// brought, in order.
pub fn day_by_day<S: Clone + PartialEq, R>(
    order: &[usize],
    first: S,
    mut run: impl FnMut(S, usize) -> (S, R),
    mut take: impl FnMut(usize, &R),
) {
    struct Known<S, R> {
        kind: usize,
        before: S,
        after: S,
        brought: R,
    }
    let mut known: Vec<Known<S, R>> = Vec::new();
    let mut state = first;
    for (day, &kind) in order.iter().enumerate() {
        let same = |one: &Known<S, R>| one.kind == kind && one.before == state;
        let at = known.iter().position(same).unwrap_or_else(|| {
            let (after, brought) = run(state.clone(), kind);
            known.push(Known { kind, before: state.clone(), after, brought });
            known.len() - 1
        });
        take(day, &known[at].brought);
        state = known[at].after.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state that takes two days to settle: three of the seven days are run.
    #[test]
    fn a_day_is_run_once_for_each_state_that_it_begins_in() {
        let mut runs = Vec::new();
        let mut brought = Vec::new();
        day_by_day(
            &[0, 0, 0, 0, 1, 0, 0],
            0_u32,
            |state, kind| {
                runs.push((state, kind));
                let after = if kind == 1 { 0 } else { (state + 1).min(1) };
                (after, 10 * state + u32::from(kind == 1))
            },
            |day, one| brought.push((day, *one)),
        );
        assert_eq!(runs, [(0, 0), (1, 0), (1, 1)]);
        let expected = [0, 10, 10, 10, 11, 0, 10];
        assert_eq!(brought, expected.into_iter().enumerate().collect::<Vec<_>>());
    }
}
