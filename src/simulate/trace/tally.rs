use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::units::{ReadUnits, WriteUnits};

/// A table or one of its indexes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arm {
    /// The table.
    pub table: String,
    /// The index; `None` is the table itself.
    pub index: Option<String>,
    /// Partitions it is split into; `None` where the trace does not tell which
    /// operation goes to which.
    pub partitions: Option<u32>,
}

impl Arm {
    /// Cells that it takes: one a partition, one in all where these are not known.
    pub(super) fn cells(&self) -> u32 {
        self.partitions.unwrap_or(1).max(1)
    }
}

/// Demand on one partition in one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Operations; on an index, writes that touch it.
    pub operations: u64,
    /// Read units.
    pub reads: ReadUnits,
    /// Write units.
    pub writes: WriteUnits,
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.operations += other.operations;
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

/// One cell and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Minutes after 1970-01-01 00:00 UTC.
    pub minute: i64,
    /// The table or index.
    pub arm: &'a Arm,
    /// The partition, from 0.
    pub partition: u32,
    /// The demand, never empty.
    pub cell: Cell,
}

/// Demand by minute, table or index, and partition. All sums are of integers,
/// so tallies of parts of a trace merge to exactly the tally of the whole.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    arms: Vec<Arm>,
    first_cell: Vec<usize>,
    cells: usize,
    minutes: BTreeMap<i64, Vec<Cell>>,
    // Neighbouring records mostly share a minute: it is kept out of the tree.
    current: Option<(i64, Vec<Cell>)>,
}

impl Tally {
    /// The number of an arm, which is added if it is new.
    pub fn arm(&mut self, arm: &Arm) -> usize {
        if let Some(known) = self.arms.iter().position(|a| a == arm) {
            return known;
        }
        self.first_cell.push(self.cells);
        self.cells += usize::try_from(arm.cells()).expect("32 bits fit an index");
        self.arms.push(arm.clone());
        self.arms.len() - 1
    }

    /// Adds demand to a partition of an arm (by number) in a minute. Partitions
    /// past the last count as the last.
    pub fn add(&mut self, minute: i64, arm: usize, partition: u32, demand: Cell) {
        let last = self.arms[arm].cells() - 1;
        let partition = usize::try_from(partition.min(last)).expect("32 bits fit an index");
        let at = self.first_cell[arm] + partition;
        self.minute(minute)[at] += demand;
    }

    /// Adds everything another tally holds.
    pub fn merge(&mut self, other: &Self) {
        let arms: Vec<usize> = other.arms.iter().map(|arm| self.arm(arm)).collect();
        for (minute, cells) in other.all_minutes() {
            for (theirs, &ours) in arms.iter().enumerate() {
                let partitions = other.cells_of(theirs, cells);
                for (partition, cell) in (0_u32..).zip(partitions) {
                    if *cell != Cell::default() {
                        self.add(minute, ours, partition, *cell);
                    }
                }
            }
        }
    }

    /// Every cell with demand: by minute, then by arm, then by partition,
    /// whatever the order in which they came.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let mut order: Vec<usize> = (0..self.arms.len()).collect();
        order.sort_by_key(|&arm| &self.arms[arm]);
        self.all_minutes().flat_map(move |(minute, cells)| {
            let of_arm = |&arm: &usize| {
                let cells = (0_u32..).zip(self.cells_of(arm, cells));
                let demanded = cells.filter(|(_, cell)| **cell != Cell::default());
                let arm = &self.arms[arm];
                demanded.map(move |(partition, cell)| Row { minute, arm, partition, cell: *cell })
            };
            order.iter().flat_map(of_arm).collect::<Vec<_>>()
        })
    }

    /// Takes out everything before a minute.
    #[must_use]
    pub fn split_before(&mut self, minute: i64) -> Self {
        self.stash();
        let later = self.minutes.split_off(&minute);
        Self {
            arms: self.arms.clone(),
            first_cell: self.first_cell.clone(),
            cells: self.cells,
            minutes: std::mem::replace(&mut self.minutes, later),
            current: None,
        }
    }

    /// The earliest minute held.
    #[must_use]
    pub fn first_minute(&self) -> Option<i64> {
        let stashed = self.minutes.first_key_value().map(|(minute, _)| *minute);
        let current = self.current.as_ref().map(|(minute, _)| *minute);
        stashed.into_iter().chain(current).min()
    }

    fn minute(&mut self, minute: i64) -> &mut [Cell] {
        if self.current.as_ref().is_none_or(|(current, _)| *current != minute) {
            self.stash();
            let cells = self.minutes.remove(&minute).unwrap_or_default();
            self.current = Some((minute, cells));
        }
        let cells = &mut self.current.as_mut().expect("set above").1;
        if cells.len() < self.cells {
            cells.resize(self.cells, Cell::default());
        }
        cells
    }

    fn stash(&mut self) {
        if let Some((minute, cells)) = self.current.take() {
            self.minutes.insert(minute, cells);
        }
    }

    fn all_minutes(&self) -> impl Iterator<Item = (i64, &Vec<Cell>)> {
        let current = self.current.as_ref();
        let at = current.map_or(i64::MAX, |(minute, _)| *minute);
        let current = current.map(|(minute, cells)| (minute, cells));
        self.minutes
            .range(..at)
            .chain(current)
            .chain(self.minutes.range(at..))
            .map(|(minute, cells)| (*minute, cells))
    }

    /// The cells of an arm in a minute; fewer than its partitions, or none, if
    /// the arm was added after the minute was last touched.
    fn cells_of<'a>(&self, arm: usize, cells: &'a [Cell]) -> &'a [Cell] {
        let first = self.first_cell[arm];
        let next = self.first_cell.get(arm + 1).copied().unwrap_or(self.cells);
        cells.get(first..next.min(cells.len())).unwrap_or(&[])
    }
}
