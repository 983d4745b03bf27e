//! What a design says about single statements: the things a planner cannot
//! know.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Diagnostic, Place};
use crate::written::Section;

use super::model::TableDesign;

/// One `[[patterns]]` section.
#[derive(Clone, Debug)]
pub struct PatternRule {
    /// The statements it is about: the whole normalised text on one line, or
    /// its beginning if it ends in `...`.
    pub sql: String,
    /// Where it stands.
    pub place: Place,
    /// Columns whose values the caller knows besides those in the statement
    /// (own columns, or a parent's as `table.column`).
    pub supplies: BTreeSet<String>,
    /// A Scan is accepted for these statements.
    pub accept_scan: bool,
    /// Served by another store, by its name in `plan.toml`.
    pub elsewhere: Option<String>,
    /// The deletes are left to TTL.
    pub by_ttl: bool,
    /// Time buckets that a range of the statement reaches over.
    pub buckets: Option<f64>,
    /// What the statements write is one transaction.
    pub transaction: bool,
    /// Reads are strongly consistent.
    pub strong: Option<bool>,
    /// What the statements do to the entries of an index.
    pub index_effects: BTreeMap<String, IndexEffect>,
    /// The operations themselves, where SQL is not the right language.
    pub operations: Vec<StatedOperation>,
}

/// What a write does to an item's entry in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexEffect {
    /// Nothing.
    Untouched,
    /// The entry appears.
    Enters,
    /// The entry disappears.
    Leaves,
    /// The entry's key changes: two writes.
    Moves,
    /// The entry's content changes.
    Changes,
}

impl IndexEffect {
    const WORDS: [(&'static str, Self); 5] = [
        ("untouched", Self::Untouched),
        ("enters", Self::Enters),
        ("leaves", Self::Leaves),
        ("moves", Self::Moves),
        ("changes", Self::Changes),
    ];
}

/// One operation of an explicit list.
#[derive(Clone, Debug)]
pub struct StatedOperation {
    /// What is requested.
    pub request: StatedRequest,
    /// Which table, by position.
    pub table: usize,
    /// Which kind of item, by position.
    pub item: usize,
    /// Which index is read, by position.
    pub index: Option<usize>,
    /// Requests per call of the statement.
    pub per_call: f64,
    /// Items looked at per request, for Query and Scan.
    pub items: f64,
}

/// The operations that a design may state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedRequest {
    /// `GetItem`.
    Get,
    /// `Query`.
    Query,
    /// `Scan` of `items` items.
    Scan,
    /// `PutItem` of a new item.
    Put,
    /// `UpdateItem` that changes these columns.
    Update(BTreeSet<String>),
    /// `DeleteItem`.
    Delete,
}

impl PatternRule {
    /// Whether the rule is about a statement, given as one line.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        match self.sql.strip_suffix("...") {
            Some(beginning) => text.starts_with(beginning),
            None => text == self.sql,
        }
    }

    /// Reads one `[[patterns]]` section.
    pub(super) fn read(section: &Section<'_, '_>, tables: &[TableDesign]) -> Option<Self> {
        let sql = section.required_text("sql");
        let supplies = section.texts("supplies").unwrap_or_default();
        let accept_scan = section.flag("accept_scan").is_some_and(|flag| flag.value);
        let elsewhere = section.text("elsewhere").map(|store| store.value);
        let by_ttl = section.flag("by_ttl").is_some_and(|flag| flag.value);
        let buckets = section.number_in("buckets", 1.0..=1e6, "a number of time buckets");
        let transaction = section.flag("transaction").is_some_and(|flag| flag.value);
        let strong = section.flag("strong").map(|flag| flag.value);
        let index_effects = index_effects(section, tables);
        let operations = section
            .sections("operations")
            .iter()
            .filter_map(|operation| StatedOperation::read(operation, tables))
            .collect();
        section.report_left_over();
        let sql = sql?;
        Some(Self {
            sql: crate::sql::one_line(&sql.value),
            place: sql.place,
            supplies: supplies.into_iter().map(|column| column.value).collect(),
            accept_scan,
            elsewhere,
            by_ttl,
            buckets: buckets.map(|number| number.value),
            transaction,
            strong,
            index_effects,
            operations,
        })
    }
}

fn index_effects(
    section: &Section<'_, '_>,
    tables: &[TableDesign],
) -> BTreeMap<String, IndexEffect> {
    let Some(effects) = section.section("index_effects") else { return BTreeMap::new() };
    let words = IndexEffect::WORDS.map(|(word, _)| word);
    let mut found = BTreeMap::new();
    for index in effects.keys() {
        let known = tables.iter().flat_map(|table| &table.indexes);
        if !known.clone().any(|known| known.name == index.value) {
            let names: Vec<&str> = known.map(|known| known.name.as_str()).collect();
            effects.fault(
                Diagnostic::new(format!("there is no index {}", index.value))
                    .at(index.place.clone())
                    .mend(format!("the indexes are: {}", names.join(", "))),
            );
        }
        if let Some(word) = effects.word(&index.value, &words) {
            found.insert(index.value, IndexEffect::WORDS[word.value].1);
        }
    }
    found
}

impl StatedOperation {
    fn read(section: &Section<'_, '_>, tables: &[TableDesign]) -> Option<Self> {
        const WORDS: [&str; 6] =
            ["GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"];
        let request = section.word("operation", &WORDS);
        let table_name = section.required_text("table");
        let item_name = section.required_text("item");
        let index_name = section.text("index");
        let per_call = section.number_in("per_call", 0.0..=1e6, "requests per call");
        let items = section.number_in("items", 0.0..=1e12, "items per request");
        let changes = section.texts("changes").unwrap_or_default();
        section.report_left_over();
        let lacks = |what: &str, place: &Place| {
            section
                .fault(Diagnostic::new(format!("the design has no such {what}")).at(place.clone()));
        };
        let request = request?;
        let (table_name, item_name) = (table_name?, item_name?);
        let Some(table) = tables.iter().position(|table| table.name == table_name.value) else {
            lacks("table", &table_name.place);
            return None;
        };
        let Some(item) = tables[table].items.iter().position(|i| i.name == item_name.value) else {
            lacks("item", &item_name.place);
            return None;
        };
        let index = match &index_name {
            None => None,
            Some(name) => {
                let found = tables[table].indexes.iter().position(|i| i.name == name.value);
                if found.is_none() {
                    lacks("index", &name.place);
                }
                Some(found?)
            }
        };
        let request = match WORDS[request.value] {
            "GetItem" => StatedRequest::Get,
            "Query" => StatedRequest::Query,
            "Scan" => StatedRequest::Scan,
            "PutItem" => StatedRequest::Put,
            "UpdateItem" => {
                StatedRequest::Update(changes.into_iter().map(|column| column.value).collect())
            }
            _ => StatedRequest::Delete,
        };
        Some(Self {
            request,
            table,
            item,
            index,
            per_call: per_call.map_or(1.0, |number| number.value),
            items: items.map_or(1.0, |number| number.value),
        })
    }
}
