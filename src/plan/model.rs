use crate::dynamodb::Consistency;
use crate::finding::Finding;
use crate::layout::Inserted;
use crate::workload::Service;

/// A workload planned onto a design.
#[derive(Clone, Debug)]
pub struct Plan {
    /// One for each pattern of the workload, in its order.
    pub patterns: Vec<PlannedPattern>,
    /// What the reader must know about the design.
    pub findings: Vec<Finding>,
}

/// How one pattern is served.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedPattern {
    /// Its coverage class.
    pub service: Service,
    /// The operations, in order; empty unless it is served or scanned.
    pub operations: Vec<Operation>,
    /// Why it is not served, or what was assumed to serve it.
    pub notes: Vec<String>,
    /// The other store that the design sends it to.
    pub elsewhere: Option<String>,
    /// A write arrives without the key of its items: they are found by a read
    /// first.
    pub finds_first: bool,
    /// Read units per call with eventual consistency, at least and at most,
    /// where what it looks at is not known for sure.
    pub read_range: Option<(f64, f64)>,
    /// Every way that was considered to reach the rows it reads, those taken
    /// included.
    pub alternatives: Vec<Alternative>,
}

/// One way to reach the rows of a table, taken or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The Postgres table whose rows are read.
    pub table: String,
    /// The way, such as `index inbox.by_provider`.
    pub way: String,
    /// Read units per call of the statement with eventual consistency, or why
    /// it is no way.
    pub read_units: Result<f64, String>,
    /// It was the cheapest.
    pub taken: bool,
}

impl PlannedPattern {
    /// A pattern without operations.
    pub(super) fn without(service: Service, note: impl Into<String>) -> Self {
        Self {
            service,
            operations: Vec::new(),
            notes: vec![note.into()],
            elsewhere: None,
            finds_first: false,
            read_range: None,
            alternatives: Vec::new(),
        }
    }

    /// How well it is known what its reads look at: the worst of them; `None` if
    /// it reads nothing.
    #[must_use]
    pub fn evidence(&self) -> Option<Evidence> {
        let reads = self.operations.iter().filter_map(|operation| match operation.detail {
            Detail::Read { evidence, .. } => Some(evidence),
            Detail::Write { .. } | Detail::Guard => None,
        });
        reads.max()
    }
}

/// How the number of items that a read looks at is known; the better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The statement's own counters or its text give it.
    Counted,
    /// The design states it.
    Stated,
    /// What Postgres's index counters leave for it.
    IndexCounters,
    /// Estimated from column statistics.
    Estimated,
    /// At least so many; nobody knows how many more.
    LowerBound,
}

/// The requests that DynamoDB knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperationKind {
    /// `GetItem`.
    GetItem,
    /// `BatchGetItem`, counted in keys.
    BatchGetItem,
    /// `Query`.
    Query,
    /// `Scan`.
    Scan,
    /// `PutItem`.
    PutItem,
    /// `UpdateItem`.
    UpdateItem,
    /// `DeleteItem`.
    DeleteItem,
}

impl OperationKind {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetItem => "GetItem",
            Self::BatchGetItem => "BatchGetItem",
            Self::Query => "Query",
            Self::Scan => "Scan",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
        }
    }
}

/// One kind of request made for a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Which request.
    pub kind: OperationKind,
    /// The table, by position in the design.
    pub table: usize,
    /// The kind of item, by position in the table.
    pub item: usize,
    /// The index that is read, by position in the table.
    pub index: Option<usize>,
    /// Requests (of a batch: keys) per call of the statement.
    pub per_call: f64,
    /// Part of a `TransactWriteItems`: the table's units count twice, those of
    /// the indexes once.
    pub transactional: bool,
    /// What decides its units.
    pub detail: Detail,
    /// What it is for, for the reader.
    pub purpose: String,
}

/// What decides the units of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// A read.
    Read {
        /// Items looked at per request: evaluated, not returned.
        items: f64,
        /// Bytes of other kinds of items of the same collection that each request
        /// reads along.
        along_bytes: f64,
        /// How the number of items is known.
        evidence: Evidence,
        /// Share of the requests that find anything; the others cost the
        /// minimum.
        found: f64,
        /// The consistency asked for.
        consistency: Consistency,
        /// Reads are strong only because of a setting or a rule, not because
        /// the statement itself needs it; kept for the comparison of both.
        may_be_strong: bool,
    },
    /// A write of an item that is nothing but its key, to keep a value unique.
    Guard,
    /// A write.
    Write {
        /// Share of the requests that do change an item. The others fail their
        /// condition: they cost the existing item's units on the table and
        /// nothing on the indexes.
        succeeds: f64,
        /// What happens to the entry in each index of the table.
        entries: Vec<EntryChange>,
        /// The write adds a row to a list inside the item.
        appends: Option<Append>,
        /// Sizes of a new item that does not hold yet all that it will.
        inserted: Option<Inserted>,
    },
}

/// A row added to a list that grows inside an item: the whole item is billed at
/// the length it has then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Append {
    /// Rows that the list comes to hold, on average.
    pub rows: f64,
    /// Bytes that each adds.
    pub row_bytes: f64,
}

/// What a write does to an index entry, on average over the requests.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryChange {
    /// The index, by position in the table.
    pub index: usize,
    /// Writes of the entry per successful request: 2 where its key moves, 1
    /// where it appears, disappears or changes, less where not every item has
    /// one.
    pub writes: f64,
    /// Why, for the reader.
    pub why: String,
}
