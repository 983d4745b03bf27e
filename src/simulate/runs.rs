/// The longest run of minutes in a row of which something is true.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LongestRun {
    current: u64,
    longest: u64,
}

impl LongestRun {
    /// Adds a minute.
    #[inline]
    pub(crate) fn add(&mut self, is_true: bool) {
        self.current = if is_true { self.current + 1 } else { 0 };
        self.longest = self.longest.max(self.current);
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
}
