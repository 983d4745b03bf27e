use std::collections::BTreeMap;

use crate::units::Timestamp;

/// Counters that only grow until they are reset.
pub(super) trait Counts: Clone {
    /// Whether none of them is below what it was.
    fn at_least(&self, earlier: &Self) -> bool;
}

/// What counters said over time, by what they are of. Of readings in a row of
/// one file that only grow the first and the last are kept: what was counted
/// between the two is their difference, however many lie between.
pub(super) struct Courses<K, C> {
    stretches: BTreeMap<K, Vec<Stretch<C>>>,
    /// The number of the file being read: a later file may lie between the
    /// readings of two others.
    file: usize,
}

struct Stretch<C> {
    file: usize,
    first: (Timestamp, C),
    /// `None` as long as there is only one reading.
    last: Option<(Timestamp, C)>,
}

impl<K, C> Default for Courses<K, C> {
    fn default() -> Self {
        Self { stretches: BTreeMap::new(), file: 0 }
    }
}

impl<K: Ord, C: Counts> Courses<K, C> {
    /// Takes a reading.
    pub fn push(&mut self, of: K, at: Timestamp, counts: C) {
        let stretches = self.stretches.entry(of).or_default();
        if let Some(open) = stretches.last_mut().filter(|open| open.file == self.file) {
            let (until, last) = open.last.as_ref().unwrap_or(&open.first);
            if at >= *until && counts.at_least(last) {
                open.last = Some((at, counts));
                return;
            }
        }
        stretches.push(Stretch { file: self.file, first: (at, counts), last: None });
    }

    /// Ends a file.
    pub fn end_of_file(&mut self) {
        self.file += 1;
    }

    /// Says that what was read from `from` on has not changed until `at`.
    pub fn unchanged(&mut self, from: Timestamp, at: Timestamp) {
        for open in self.stretches.values_mut().filter_map(|stretches| stretches.last_mut()) {
            let (until, last) = open.last.as_ref().unwrap_or(&open.first);
            if open.first.0 >= from && *until < at {
                open.last = Some((at, last.clone()));
            }
        }
    }

    /// Of each, the readings that tell all, in order of time.
    pub fn finish(self) -> impl Iterator<Item = (K, Vec<C>)> {
        self.stretches.into_iter().map(|(of, stretches)| {
            let ends = stretches.into_iter().flat_map(|one| [Some(one.first), one.last]);
            let mut readings: Vec<(Timestamp, C)> = ends.flatten().collect();
            readings.sort_by_key(|(at, _)| *at);
            (of, readings.into_iter().map(|(_, counts)| counts).collect())
        })
    }
}
