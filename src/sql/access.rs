use std::collections::BTreeSet;

/// What one statement does to tables, as far as its text tells.
///
/// A statement is a list of steps. A join is several read steps linked by
/// predicates whose [`Value`] is a column of another step; an `UPDATE … FROM
/// (SELECT …)` or `DELETE … WHERE id IN (SELECT …)` is a read step and a write
/// step fed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads or writes tables.
    Data(Vec<Step>),
    /// Has nothing to do with rows of tables: transaction control, session
    /// settings and the like (a closed list of verbs). The word is the verb in
    /// capitals.
    Ignorable(&'static str),
    /// Touches data in a way that is not understood: COPY, MERGE, CALL, a
    /// function called for its effect, a construct outside the grammar.
    Unparsed(Unparsed),
}

/// A statement that could not be turned into steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsed {
    /// The leading verb in capitals, such as `COPY`; empty if there is none.
    pub verb: String,
    /// The first table named, as far as it can be told.
    pub first_table: Option<String>,
    /// Why, in a sentence for the report.
    pub why: String,
    /// The text seems cut off by whatever exported it.
    pub truncated: bool,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `SELECT`.
    Read,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

/// One table touched by a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub verb: Verb,
    /// Schema as written, if any.
    pub schema: Option<String>,
    /// Table as written (folded to lower case unless quoted).
    pub table: String,
    /// The name the statement uses for it (alias or table name).
    pub alias: String,
    /// Conditions that must all hold.
    pub predicates: Vec<Predicate>,
    /// Conditions on this table that are not understood as a [`Predicate`] (a
    /// disjunction, an expression over a column), as SQL, with the columns they
    /// read. They filter; they never give a key.
    pub residual: Vec<ColumnUse>,
    /// Columns whose values the statement needs from this table (select list,
    /// `RETURNING`, expressions, join conditions; not conditions already in
    /// `predicates`).
    pub reads: Columns,
    /// Columns written, for `INSERT` and `UPDATE`.
    pub writes: Vec<Assigned>,
    /// `ORDER BY`, as far as it names columns of this table; empty if it has
    /// none, or if it orders by something else (then `ordered_by_other`).
    pub order_by: Vec<OrderBy>,
    /// The statement orders by something that is not a column of this table.
    pub ordered_by_other: bool,
    /// `LIMIT`, and whether an `OFFSET` stands with it.
    pub limit: Option<Limit>,
    /// `OFFSET` is present.
    pub offset: bool,
    /// Set functions, `GROUP BY`, `DISTINCT`, `EXISTS`.
    pub aggregate: Option<Aggregate>,
    /// `FOR UPDATE` and its kin.
    pub locking: Option<Locking>,
    /// `ON CONFLICT`.
    pub conflict: Option<Conflict>,
    /// Rows in `VALUES`; `None` where the rows come from a query.
    pub rows_inserted: Option<u64>,
    /// This read is optional to the others (the nullable side of an outer
    /// join).
    pub outer: bool,
}

/// A condition `column test`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// The column, of this step's table.
    pub column: String,
    /// What it is compared with.
    pub test: Test,
}

/// The tests a key can use, and the plain filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `= value`.
    Equal(Value),
    /// `IN (…)` or `= ANY (…)`: the number of values where the text shows it.
    AnyOf {
        /// Number of listed values; `None` for an array parameter or a
        /// squashed list.
        count: Option<u64>,
        /// Where the values come from.
        values: Value,
    },
    /// `>`, `>=`, `<`, `<=` or `BETWEEN`.
    Range {
        /// Bounded from below.
        lower: Option<Value>,
        /// Bounded from above.
        upper: Option<Value>,
    },
    /// `LIKE 'x%'` or `^@`: a prefix of the value is given. Only where the
    /// text shows that the pattern is a prefix; a parameter is a filter.
    Prefix,
    /// `IS NULL`.
    IsNull,
    /// `IS NOT NULL`.
    IsNotNull,
    /// `<>`, `NOT IN`, `LIKE $1`, `@>` and other tests that only filter.
    Filter,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A parameter or constant, known to the caller before the statement runs
    /// (expressions over parameters, `now()` and the like included).
    Given,
    /// A column of another step of the same statement (its index in the list).
    Column {
        /// Index of the step.
        step: usize,
        /// Column of that step's table.
        column: String,
    },
    /// An expression over columns of this or another step.
    Computed,
}

/// A set of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Every column (`*`).
    All,
    /// These.
    Some(BTreeSet<String>),
}

impl Columns {
    /// No column at all.
    #[must_use]
    pub fn none() -> Self {
        Self::Some(BTreeSet::new())
    }
}

/// SQL text and the columns of the step's table it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnUse {
    /// The expression as SQL.
    pub sql: String,
    /// The columns it reads.
    pub columns: BTreeSet<String>,
}

/// A column that gets a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The column.
    pub column: String,
    /// Where the value comes from; [`Value::Computed`] for `a = a + 1`.
    pub value: Value,
    /// The literal `NULL` is assigned.
    pub null: bool,
}

/// A column of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// The column.
    pub column: String,
    /// `DESC`.
    pub descending: bool,
}

/// `LIMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A literal number.
    Constant(u64),
    /// A parameter: the number is not in the text.
    Parameter,
}

/// What is computed over the rows read rather than returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aggregate {
    /// Set functions used, in lower case: `count`, `sum`, …
    pub functions: BTreeSet<String>,
    /// Columns of `GROUP BY`.
    pub group_by: BTreeSet<String>,
    /// `DISTINCT`.
    pub distinct: bool,
    /// Only whether a row exists is asked (`EXISTS (…)`).
    pub exists: bool,
}

/// Row locks taken by a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locking {
    /// `SKIP LOCKED`.
    pub skip_locked: bool,
    /// `NOWAIT`.
    pub nowait: bool,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The columns of the conflict target, if named.
    pub target: Vec<String>,
    /// What is done.
    pub action: ConflictAction,
}

/// The action of `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictAction {
    /// `DO NOTHING`.
    Nothing,
    /// `DO UPDATE SET …`.
    Update(Vec<Assigned>),
}
