use std::borrow::Cow;

use crate::dynamodb::Consistency;
use crate::units::{Bytes, Timestamp};

/// What was done to one item, or, for `Query` and `Scan`, to one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `GetItem`, or one key of `BatchGetItem`.
    Get,
    /// `Query`: the bytes are those of all evaluated items.
    Query,
    /// `Scan`: the same.
    Scan,
    /// One item of `TransactGetItems`.
    TransactGet,
    /// `PutItem`, or one put of `BatchWriteItem`.
    Put,
    /// `UpdateItem`.
    Update,
    /// `DeleteItem`, or one delete of `BatchWriteItem`.
    Delete,
    /// A put in `TransactWriteItems`.
    TransactPut,
    /// An update in `TransactWriteItems`.
    TransactUpdate,
    /// A delete in `TransactWriteItems`.
    TransactDelete,
}

/// Names as recorded, in lower case, and what they mean.
const NAMES: [(&str, Operation); 18] = [
    ("getitem", Operation::Get),
    ("get", Operation::Get),
    ("batchgetitem", Operation::Get),
    ("query", Operation::Query),
    ("scan", Operation::Scan),
    ("transactgetitems", Operation::TransactGet),
    ("transactget", Operation::TransactGet),
    ("putitem", Operation::Put),
    ("put", Operation::Put),
    ("batchwriteitem", Operation::Put),
    ("updateitem", Operation::Update),
    ("update", Operation::Update),
    ("deleteitem", Operation::Delete),
    ("delete", Operation::Delete),
    ("transactwriteitems", Operation::TransactPut),
    ("transactput", Operation::TransactPut),
    ("transactupdate", Operation::TransactUpdate),
    ("transactdelete", Operation::TransactDelete),
];

impl Operation {
    /// The operation of that name, in any case.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        // AWS's own spelling is by far the commonest.
        match name {
            b"GetItem" => return Some(Self::Get),
            b"Query" => return Some(Self::Query),
            b"PutItem" => return Some(Self::Put),
            b"UpdateItem" => return Some(Self::Update),
            b"DeleteItem" => return Some(Self::Delete),
            _ => {}
        }
        let is = |known: &&(&str, Self)| known.0.as_bytes().eq_ignore_ascii_case(name);
        NAMES.iter().find(is).map(|(_, operation)| *operation)
    }

    /// Whether it writes.
    #[must_use]
    pub const fn is_write(self) -> bool {
        !matches!(self, Self::Get | Self::Query | Self::Scan | Self::TransactGet)
    }
}

/// One recorded operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub operation: Operation,
    /// Consistency of a read; a transactional one is the operation's.
    pub consistency: Consistency,
    /// The table.
    pub table: Cow<'a, [u8]>,
    /// The index read, if one is named.
    pub index: Option<Cow<'a, [u8]>>,
    /// The partition key of the table, or of the index that is read.
    pub key: Cow<'a, [u8]>,
    /// The item after a write, the item read, or all items evaluated; of a
    /// delete the item deleted.
    pub bytes: Bytes,
    /// The item before a write; `None` if there was none or it is not known.
    pub old_bytes: Option<Bytes>,
    /// Line in the trace, from 1.
    pub line: usize,
}

/// Item sizes before and after a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Images {
    pub(super) before: Option<Bytes>,
    pub(super) after: Option<Bytes>,
}

impl Record<'_> {
    pub(super) fn images(&self) -> Images {
        let deletes = matches!(self.operation, Operation::Delete | Operation::TransactDelete);
        if deletes {
            let deleted = self.old_bytes.unwrap_or(self.bytes);
            Images { before: (deleted > Bytes::ZERO).then_some(deleted), after: None }
        } else {
            Images { before: self.old_bytes, after: Some(self.bytes) }
        }
    }

    pub(super) const fn is_transactional(&self) -> bool {
        matches!(
            self.operation,
            Operation::TransactGet
                | Operation::TransactPut
                | Operation::TransactUpdate
                | Operation::TransactDelete
        )
    }

    pub(super) const fn is_update(&self) -> bool {
        matches!(self.operation, Operation::Update | Operation::TransactUpdate)
    }
}

/// Consistency by name.
pub(super) fn consistency(name: &[u8]) -> Option<Consistency> {
    let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
    if name.is_empty() || is("eventual") {
        Some(Consistency::Eventual)
    } else if is("strong") {
        Some(Consistency::Strong)
    } else {
        None
    }
}
