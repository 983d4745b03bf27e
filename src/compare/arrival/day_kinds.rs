//! Which days of a course are alike.

/// The days that a load is run over, the day before among them, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayKinds {
    order: Vec<usize>,
    first: Vec<usize>,
}

impl DayKinds {
    /// So many days, told apart by `alike`.
    pub(super) fn of(days: usize, alike: impl Fn(usize, usize) -> bool) -> Self {
        let mut kinds = Self::default();
        for day in 0..days {
            let kind = kinds.first.iter().position(|first| alike(*first, day));
            kinds.order.push(kind.unwrap_or(kinds.first.len()));
            if kind.is_none() {
                kinds.first.push(day);
            }
        }
        kinds
    }

    /// The kind of each day, by position.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The first day of each kind.
    #[must_use]
    pub fn first(&self) -> &[usize] {
        &self.first
    }
}
