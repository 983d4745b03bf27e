use std::fmt;

/// Calls per interval of a capture. Kept as pairs of "intervals passed over"
/// and "calls", seven bits a byte: a day of minutes is some kilobytes for a
/// statement that always runs and nothing for one that seldom does.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CallSeries {
    bytes: Vec<u8>,
    /// The interval after the last one with calls.
    reached: usize,
}

impl CallSeries {
    /// One number an interval, in order of time.
    pub(super) fn of(calls: &[u64]) -> Self {
        let mut series = Self::default();
        for (interval, calls) in calls.iter().enumerate() {
            series.push(interval, *calls);
        }
        series.bytes.shrink_to_fit();
        series
    }

    /// Adds the calls of another series.
    pub(super) fn add(&mut self, other: Self) {
        if self.reached == 0 {
            *self = other;
            self.bytes.shrink_to_fit();
            return;
        }
        let mut sums = self.per_interval(self.reached.max(other.reached));
        other.add_to(&mut sums);
        *self = Self::of(&sums);
    }

    /// Adds calls in an interval after all those before.
    pub(super) fn push(&mut self, interval: usize, calls: u64) {
        if calls == 0 {
            return;
        }
        self.write((interval - self.reached) as u64);
        self.write(calls);
        self.reached = interval + 1;
    }

    fn write(&mut self, number: u64) {
        let mut rest = number;
        while rest >= 0x80 {
            self.bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push((rest & 0x7f) as u8);
    }

    /// The intervals with calls, by index, and how many.
    pub fn iter(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let mut bytes = self.bytes.iter();
        let mut read = move || {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                number |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    return Some(number);
                }
            }
        };
        let mut interval = 0;
        std::iter::from_fn(move || {
            let passed = usize::try_from(read()?).ok()?;
            let calls = read()?;
            interval += passed + 1;
            Some((interval - 1, calls))
        })
    }

    /// The calls of each of the first `intervals` intervals.
    #[must_use]
    pub fn per_interval(&self, intervals: usize) -> Vec<u64> {
        let mut all = vec![0; intervals];
        self.add_to(&mut all);
        all
    }

    /// Adds the calls of each interval to a sum.
    pub fn add_to(&self, sums: &mut [u64]) {
        for (interval, calls) in self.iter() {
            if let Some(sum) = sums.get_mut(interval) {
                *sum = sum.saturating_add(calls);
            }
        }
    }
}

impl fmt::Debug for CallSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(calls in prop::collection::vec(prop_oneof![Just(0), any::<u64>()], 0..40)) {
            prop_assert_eq!(CallSeries::of(&calls).per_interval(calls.len()), calls);
        }
    }

    #[test]
    fn a_statement_that_always_runs_takes_three_bytes_a_minute() {
        assert!(CallSeries::of(&[1000; 1440]).bytes.len() <= 3 * 1440);
        assert_eq!(CallSeries::of(&[0; 1440]).bytes.len(), 0);
    }
}
