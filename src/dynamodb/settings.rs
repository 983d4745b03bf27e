//! What AWS's pages leave open or the sources contradict each other on, as
//! switches with a documented default.

use serde::{Deserialize, Serialize};

use super::limits::PAGE_BYTES_MAX;

/// One choice for every open point; the defaults are the best-supported
/// readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What a write whose condition fails is billed by.
    pub failed_condition: FailedCondition,
    /// What a Query that matches nothing costs.
    pub empty_query: EmptyRead,
    /// What a Scan over an empty table or index costs. No page says; the
    /// default follows the rule for a Query.
    pub empty_scan: EmptyRead,
    /// Index writes inside `TransactWriteItems`.
    pub transactional_indexes: TransactionalIndexes,
    /// What a cancelled `TransactWriteItems` costs.
    pub cancelled_transaction: CancelledTransaction,
    /// A Query or Scan stops after this many evaluated bytes. The nominal 1 MB;
    /// production counts about 1 % more to an item (dynalite's production
    /// tests), which moves page breaks but no sum by more than one rounding a
    /// page.
    pub page_bytes_max: u64,
    /// How many bytes a number takes.
    pub number_size: NumberSize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            failed_condition: FailedCondition::default(),
            empty_query: EmptyRead::default(),
            empty_scan: EmptyRead::default(),
            transactional_indexes: TransactionalIndexes::default(),
            cancelled_transaction: CancelledTransaction::default(),
            page_bytes_max: PAGE_BYTES_MAX,
            number_size: NumberSize::default(),
        }
    }
}

/// What a write whose condition fails is billed by. The Developer Guide has
/// said all three at one time or another; they differ above 1 KB only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedCondition {
    /// The item that is there ("Write operation consumption", current text).
    #[default]
    ExistingItem,
    /// The item that was to be written (text of February 2023).
    NewItem,
    /// The larger of the two (a wording of 2022).
    LargerItem,
}

/// What a read that evaluates nothing costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyRead {
    /// The minimum of one block (API reference, `Query`: "queries that do not
    /// return results consume the minimum number of read capacity units").
    #[default]
    Minimum,
    /// Nothing, as DynamoDB Local and dynalite answer.
    Nothing,
}

/// Index writes inside `TransactWriteItems`. AWS's pages double the units of
/// the transaction without a word on indexes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionalIndexes {
    /// As outside a transaction: production answers recorded by the dynoxide
    /// project, and AWS's own cost script in aws/agent-toolkit-for-aws.
    #[default]
    Once,
    /// Doubled like the table.
    Twice,
}

/// What a cancelled `TransactWriteItems` costs. Not established: the response
/// carries no figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledTransaction {
    /// Every action like a write whose condition failed, at the transactional
    /// price; no index. By analogy.
    #[default]
    FailedConditions,
    /// Nothing.
    Nothing,
}

/// How many bytes a number takes; the readings part by one byte, where zeros
/// shift the pairing of digits (120, 0.012).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberSize {
    /// Pairs of digits aligned to the decimal point, as in DynamoDB Local and
    /// dynalite.
    #[default]
    Base100,
    /// The digits before and after the point paired apart, as in dynoxide.
    SplitAtPoint,
}
