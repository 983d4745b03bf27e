//! At which loads a mode refuses part of what is asked.

/// Share of the units that a mode may refuse and still be put forward: one in a
/// thousand, which retries take care of.
const REFUSED_SHARE_MAX: f64 = 0.001;
/// Loads looked at per factor of ten.
const STEPS_PER_DECADE: f64 = 5.0;
/// How near an end of a range of loads is found, as a factor.
const PRECISION: f64 = 1.01;

/// Ranges of loads at which more than one unit in a thousand is refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RefusedLoads(Vec<(f64, f64)>);

impl RefusedLoads {
    /// Looks for them between two loads: at `asked` and at five loads per factor
    /// of ten, and where it starts and stops to within 1 %. `share` is what is
    /// refused at a load.
    pub fn find((least, most): (f64, f64), asked: &[f64], share: impl Fn(f64) -> f64) -> Self {
        let refuses = |load: f64| share(load) > REFUSED_SHARE_MAX;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a range of at most twelve decades"
        )]
        let steps = ((most / least).log10() * STEPS_PER_DECADE).ceil().max(1.0) as u32;
        let mut loads: Vec<f64> = (0..=steps)
            .map(|i| least * (most / least).powf(f64::from(i) / f64::from(steps)))
            .chain(asked.iter().copied())
            .collect();
        loads.sort_by(f64::total_cmp);
        loads.dedup_by(|a, b| *a / *b < 1.0 + 1e-9);
        let mut ranges: Vec<(f64, f64)> = Vec::new();
        let mut before: Option<(f64, bool)> = None;
        for load in loads {
            let refused = refuses(load);
            match (before, refused) {
                (None, true) => ranges.push((load, load)),
                (Some((last, false)), true) => {
                    ranges.push((edge(&refuses, load, last), load));
                }
                (Some((_, true)), true) => {
                    if let Some(range) = ranges.last_mut() {
                        range.1 = load;
                    }
                }
                (Some((last, true)), false) => {
                    let end = edge(&refuses, last, load);
                    if let Some(range) = ranges.last_mut() {
                        range.1 = end;
                    }
                }
                _ => {}
            }
            before = Some((load, refused));
        }
        Self(ranges)
    }

    /// Whether too much is refused at a load.
    #[must_use]
    pub fn contains(&self, load: f64) -> bool {
        let within = |from: f64, to: f64| from * (1.0 - 1e-9) <= load && load <= to * (1.0 + 1e-9);
        self.0.iter().any(|(from, to)| within(*from, *to))
    }

    /// The ranges, ascending; both ends are among them.
    #[must_use]
    pub fn ranges(&self) -> &[(f64, f64)] {
        &self.0
    }
}

/// The load nearest to `serving` at which `refuses` still holds, to within
/// [`PRECISION`], if it holds at `refusing`.
fn edge(refuses: &impl Fn(f64) -> bool, mut refusing: f64, mut serving: f64) -> f64 {
    while (refusing / serving).max(serving / refusing) > PRECISION {
        let middle = (refusing * serving).sqrt();
        if refuses(middle) {
            refusing = middle;
        } else {
            serving = middle;
        }
    }
    refusing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_refusing_starts_is_found_within_a_hundredth() {
        let found = RefusedLoads::find((1.0, 1000.0), &[], |load| (load - 37.0).max(0.0));
        let [(from, to)] = found.ranges() else { panic!("{found:?}") };
        assert!((37.001..37.4).contains(from), "{from}");
        assert!((to / 1000.0 - 1.0).abs() < 1e-12);
        assert!(!found.contains(36.9) && found.contains(100.0) && found.contains(1000.0));
    }

    /// Between two of the loads that are looked at anyway only one that was asked
    /// about finds it, and it is decided as it was asked.
    #[test]
    fn loads_that_were_asked_about_are_decided_exactly() {
        let peak = |load: f64| f64::from((7.9..8.1).contains(&load));
        assert_eq!(RefusedLoads::find((1.0, 100.0), &[], peak), RefusedLoads::default());
        let found = RefusedLoads::find((1.0, 100.0), &[8.0], peak);
        assert!(found.contains(8.0) && !found.contains(7.8) && !found.contains(8.2));
    }

    #[test]
    fn a_mode_may_refuse_everywhere_nowhere_or_at_the_least_load() {
        let all = RefusedLoads::find((1.0, 10.0), &[], |_| 1.0);
        assert!(all.contains(1.0) && all.contains(10.0));
        assert_eq!(all.ranges().len(), 1);
        let few = RefusedLoads::find((1.0, 10.0), &[], |load| f64::from(load < 2.0));
        assert!(few.contains(1.0) && few.contains(1.97) && !few.contains(2.0));
        // One in a thousand is what retries take care of.
        assert_eq!(RefusedLoads::find((1.0, 10.0), &[], |_| 0.001), RefusedLoads::default());
    }
}
