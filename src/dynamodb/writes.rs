//! What writes cost: Put, Update, Delete, BatchWrite and writes whose condition
//! fails.
//!
//! Developer Guide, "Provisioned throughput", "Capacity unit consumption for
//! writes"; "Global secondary indexes" and "Local secondary indexes", write
//! capacity units.

use crate::units::{Bytes, WriteUnits};

use super::arms::ByArm;
use super::capacity::write;
use super::item::Item;
use super::settings::{FailedCondition, NumberSize, Settings};
use super::table::Table;

/// One item before and after a write; `None` is "no such item".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'i> {
    /// What was there.
    pub before: Option<&'i Item>,
    /// What is there now.
    pub after: Option<&'i Item>,
}

impl Change<'_> {
    /// The sizes before and after.
    #[must_use]
    pub fn bytes(&self, rule: NumberSize) -> (Option<Bytes>, Option<Bytes>) {
        let bytes = |item: Option<&Item>| item.map(|item| item.bytes(rule));
        (bytes(self.before), bytes(self.after))
    }
}

/// `PutItem`, `UpdateItem` or `DeleteItem`, or one request of a
/// `BatchWriteItem`, whose units are the sum of its requests.
///
/// The table bills the larger image even if nothing changed; an index bills its
/// entries, and only what changed in them.
#[must_use]
pub fn write_item(table: &Table, change: Change<'_>, settings: &Settings) -> ByArm<WriteUnits> {
    let rule = settings.number_size;
    let (before, after) = change.bytes(rule);
    ByArm {
        table: write(before, after),
        indexes: table
            .indexes()
            .iter()
            .map(|index| index.write(change.before, change.after, (before, after), rule))
            .collect(),
    }
}

/// A write whose condition failed: on the table alone. `new` is the item that
/// was to be, where there was to be one.
#[must_use]
pub fn failed_condition(
    existing: Option<Bytes>,
    new: Option<Bytes>,
    settings: &Settings,
) -> WriteUnits {
    match settings.failed_condition {
        FailedCondition::ExistingItem => write(existing, None),
        FailedCondition::NewItem => write(None, new),
        FailedCondition::LargerItem => write(existing, new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_condition_bills_the_item_that_is_there_unless_set_otherwise() {
        let units = |existing: Option<u64>, new: Option<u64>, failed_condition| {
            let settings = Settings { failed_condition, ..Settings::default() };
            failed_condition_units(existing, new, &settings)
        };
        let default = Settings::default().failed_condition;
        assert_eq!(units(Some(3000), Some(1500), default), 3);
        assert_eq!(units(None, Some(1500), default), 1);
        assert_eq!(units(Some(3000), Some(1500), FailedCondition::NewItem), 2);
        assert_eq!(units(Some(3000), Some(1500), FailedCondition::LargerItem), 3);
        assert_eq!(units(Some(1000), Some(1500), FailedCondition::LargerItem), 2);
    }

    fn failed_condition_units(existing: Option<u64>, new: Option<u64>, settings: &Settings) -> u64 {
        failed_condition(existing.map(Bytes::new), new.map(Bytes::new), settings).get()
    }
}
