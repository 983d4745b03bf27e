/// The longest run of minutes in a row of which something is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LongestRun {
    minutes: u64,
    /// The run that it began with, the one that goes on, and the longest.
    first: u64,
    current: u64,
    longest: u64,
}

impl LongestRun {
    /// Adds a minute.
    #[inline]
    pub(crate) fn add(&mut self, is_true: bool) {
        self.current = if is_true { self.current + 1 } else { 0 };
        self.longest = self.longest.max(self.current);
        self.minutes += 1;
        if self.current == self.minutes {
            self.first = self.current;
        }
    }

    /// Adds the minutes of another one, which come after its own.
    pub(crate) fn append(&mut self, next: Self) {
        self.longest = self.longest.max(next.longest).max(self.current + next.first);
        if self.first == self.minutes {
            self.first += next.first;
        }
        self.current = if next.current == next.minutes { self.current } else { 0 } + next.current;
        self.minutes += next.minutes;
    }

    /// Minutes of the longest run so far.
    pub(crate) const fn longest(self) -> u64 {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_is_kept() {
        let mut run = LongestRun::default();
        for is_true in [true, true, false, true, true, true, false, true] {
            run.add(is_true);
        }
        assert_eq!(run.longest(), 3);
    }

    /// All ways to cut all patterns of eight minutes in three.
    #[test]
    fn parts_make_the_run_of_the_whole() {
        let of = |minutes: &[bool]| {
            let mut run = LongestRun::default();
            minutes.iter().for_each(|is_true| run.add(*is_true));
            run
        };
        for pattern in 0_u32..256 {
            let minutes: Vec<bool> = (0..8).map(|bit| pattern >> bit & 1 == 1).collect();
            for (a, b) in (0..=8).flat_map(|a| (a..=8).map(move |b| (a, b))) {
                let mut run = of(&minutes[..a]);
                run.append(of(&minutes[a..b]));
                run.append(of(&minutes[b..]));
                assert_eq!(run, of(&minutes), "{minutes:?} {a} {b}");
            }
        }
    }
}
