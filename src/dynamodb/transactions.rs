//! What transactional writes cost.
//!
//! Developer Guide, "Amazon DynamoDB transactions: how it works", "Capacity
//! management for transactions". What that page leaves open (condition checks,
//! indexes, repeated requests) follows production answers recorded by the
//! dynoxide project.

use crate::units::{Bytes, ReadUnits, WriteUnits};

use super::arms::ByArm;
use super::capacity::{Consistency, read, write};
use super::item::Item;
use super::settings::{CancelledTransaction, Settings, TransactionalIndexes};
use super::table::Table;
use super::writes::{Change, failed_condition, write_item};

/// A transaction writes everything twice: to prepare and to commit.
const WRITES_PER_ACTION: u64 = 2;

/// One action of a `TransactWriteItems`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'i> {
    /// Put, Update or Delete.
    Write(Change<'i>),
    /// `ConditionCheck` of this item, if it is there.
    Check(Option<&'i Item>),
}

impl Action<'_> {
    /// The sizes before and after.
    fn bytes(&self, settings: &Settings) -> (Option<Bytes>, Option<Bytes>) {
        match self {
            Self::Write(change) => change.bytes(settings.number_size),
            Self::Check(item) => {
                let size = item.map(|item| item.bytes(settings.number_size));
                (size, size)
            }
        }
    }
}

/// One action of a committed transaction: the table at twice the price, also
/// for a condition check, which bills the item it read in *write* units;
/// indexes at the plain price unless set otherwise.
#[must_use]
pub fn transact_write(table: &Table, action: Action<'_>, settings: &Settings) -> ByArm<WriteUnits> {
    let Action::Write(change) = action else {
        let (size, _) = action.bytes(settings);
        let units = write(size, None) * WRITES_PER_ACTION;
        return ByArm::table_only(units, table.indexes().len());
    };
    let mut arms = write_item(table, change, settings);
    arms.table = arms.table * WRITES_PER_ACTION;
    if settings.transactional_indexes == TransactionalIndexes::Twice {
        for units in &mut arms.indexes {
            *units = *units * WRITES_PER_ACTION;
        }
    }
    arms
}

/// One action of a request repeated with its `ClientRequestToken`: nothing is
/// written, the larger image is read at the transactional price.
#[must_use]
pub fn transact_replay(action: Action<'_>, settings: &Settings) -> ReadUnits {
    let (before, after) = action.bytes(settings);
    read(before.max(after).unwrap_or(Bytes::ZERO), Consistency::Transactional)
}

/// One action of a cancelled transaction, on the table alone; `new` is the size
/// of the item that was to be.
#[must_use]
pub fn transact_cancelled(
    existing: Option<Bytes>,
    new: Option<Bytes>,
    settings: &Settings,
) -> WriteUnits {
    match settings.cancelled_transaction {
        CancelledTransaction::FailedConditions => {
            failed_condition(existing, new, settings) * WRITES_PER_ACTION
        }
        CancelledTransaction::Nothing => WriteUnits::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamodb::item::Value;
    use crate::dynamodb::table::{IndexKind, Projection};

    fn item(bytes: usize) -> Item {
        [("pk".to_owned(), Value::Null), ("v".to_owned(), Value::String("x".repeat(bytes - 4)))]
            .into_iter()
            .collect()
    }

    fn table() -> Table {
        Table::new("t".into(), vec!["pk".into()]).with_index(
            "i".into(),
            IndexKind::Global,
            vec!["v".into()],
            Projection::All,
        )
    }

    /// Production answers recorded by the dynoxide project: a check of 3,023 B
    /// costs 6, of a missing item 2; the replay of a 9 KB write 6 read units.
    #[test]
    fn checks_bill_write_units_and_replays_read_units() {
        let settings = Settings::default();
        let checked = transact_write(&table(), Action::Check(Some(&item(3023))), &settings);
        assert_eq!((checked.table.get(), checked.indexes[0].get()), (6, 0));
        let missing = transact_write(&table(), Action::Check(None), &settings);
        assert_eq!((missing.table.get(), missing.indexes[0].get()), (2, 0));
        let (old, new) = (item(9 * 1024), item(100));
        for (before, after) in
            [(Some(&old), Some(&new)), (Some(&new), Some(&old)), (None, Some(&old))]
        {
            let replay = transact_replay(Action::Write(Change { before, after }), &settings);
            assert_eq!(replay, ReadUnits::whole(6));
        }
        assert_eq!(transact_replay(Action::Check(None), &settings), ReadUnits::whole(2));
    }

    #[test]
    fn indexes_cost_the_plain_price_unless_set_otherwise() {
        let new = item(1500);
        let put = Action::Write(Change { before: None, after: Some(&new) });
        let once = transact_write(&table(), put, &Settings::default());
        assert_eq!((once.table.get(), once.indexes[0].get()), (4, 2));
        let settings =
            Settings { transactional_indexes: TransactionalIndexes::Twice, ..Settings::default() };
        let twice = transact_write(&table(), put, &settings);
        assert_eq!((twice.table.get(), twice.indexes[0].get(), twice.total().get()), (4, 4, 8));
    }

    #[test]
    fn a_cancelled_transaction_bills_failed_conditions_unless_set_otherwise() {
        let (existing, new) = (Some(Bytes::new(3000)), Some(Bytes::new(100)));
        let settings = Settings::default();
        assert_eq!(transact_cancelled(existing, new, &settings).get(), 6);
        assert_eq!(transact_cancelled(None, new, &settings).get(), 2);
        let nothing = Settings { cancelled_transaction: CancelledTransaction::Nothing, ..settings };
        assert_eq!(transact_cancelled(existing, new, &nothing), WriteUnits::ZERO);
    }
}
