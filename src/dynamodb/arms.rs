//! Units by the arm that pays them: the table or one of its indexes.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// Units of one table, index by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByArm<U> {
    /// The table itself.
    pub table: U,
    /// Its secondary indexes, in the order of
    /// [`Table::indexes`](super::Table::indexes). A GSI pays from its own
    /// capacity, an LSI from the table's.
    pub indexes: Vec<U>,
}

impl<U: Copy + Default + Add<Output = U> + AddAssign + Sum> ByArm<U> {
    /// Units of the table alone.
    #[must_use]
    pub fn table_only(table: U, index_count: usize) -> Self {
        Self { table, indexes: vec![U::default(); index_count] }
    }

    /// Units of the index at a position alone.
    #[must_use]
    pub fn index_only(position: usize, units: U, index_count: usize) -> Self {
        let mut arms = Self::table_only(U::default(), index_count);
        arms.indexes[position] = units;
        arms
    }

    /// The sum over all arms.
    #[must_use]
    pub fn total(&self) -> U {
        self.table + self.indexes.iter().copied().sum()
    }
}

impl<U: AddAssign + Copy> AddAssign<&Self> for ByArm<U> {
    /// Adds the units of another operation on the same table.
    fn add_assign(&mut self, other: &Self) {
        debug_assert_eq!(self.indexes.len(), other.indexes.len(), "arms of two tables");
        self.table += other.table;
        for (mine, theirs) in self.indexes.iter_mut().zip(&other.indexes) {
            *mine += *theirs;
        }
    }
}
