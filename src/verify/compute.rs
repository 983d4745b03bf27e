//! The units of every operation of a scenario, computed from its items.

use std::collections::BTreeMap;

use crate::dynamodb::{self, Action, ByArm, Change, Item, Settings, Table, Value};
use crate::units::Bytes;

use super::consumed::TableCapacity;
use super::operation::{Got, Image, Operation, Page, TransactionAction, Work};
use super::scenario::Scenario;

/// What the rules say of one operation.
pub(super) struct Computed<'s> {
    /// By table; tables without cost are absent.
    pub capacity: BTreeMap<String, TableCapacity>,
    /// Recorded sizes that are not the computed ones.
    pub size_faults: Vec<String>,
    /// The items the operation met.
    pub items: Vec<&'s Item>,
    /// Whether the request repeats an earlier transaction.
    pub is_replay: bool,
}

/// The items of a table by key.
type Items<'s> = BTreeMap<Vec<&'s Value>, &'s Item>;

/// Computes the operations in order and hands each over.
pub(super) fn scenario<'s>(
    scenario: &'s Scenario,
    settings: &Settings,
    mut each: impl FnMut(usize, Computed<'s>),
) {
    let mut run = Run {
        tables: &scenario.tables,
        settings,
        stored: BTreeMap::new(),
        committed: BTreeMap::new(),
    };
    for (number, operation) in scenario.operations.iter().enumerate() {
        each(number, run.operation(operation));
        run.store(operation);
    }
}

struct Run<'s, 'a> {
    tables: &'s BTreeMap<String, Table>,
    settings: &'a Settings,
    stored: BTreeMap<&'s str, Items<'s>>,
    /// The transactions that carried a token.
    committed: BTreeMap<&'s str, &'s [TransactionAction]>,
}

impl<'s> Run<'s, '_> {
    fn operation(&self, operation: &'s Operation) -> Computed<'s> {
        let mut computed = Computed {
            capacity: BTreeMap::new(),
            size_faults: Vec::new(),
            items: Vec::new(),
            is_replay: false,
        };
        match &operation.work {
            Work::Unjudged => {}
            Work::Gets(gets) => gets.iter().for_each(|got| self.get(got, &mut computed)),
            Work::Page(page) => self.page(page, &mut computed),
            Work::Writes(images) => {
                for image in images {
                    let arms = dynamodb::write_item(
                        self.table(&image.table),
                        image.change(),
                        self.settings,
                    );
                    self.add(&image.table, &arms, &mut computed);
                    computed.items.extend(image.items());
                }
            }
            Work::FailedWrite(image) => {
                let existing = self.bytes(image.before.as_ref());
                // Recordings hold no image of what was to be written.
                let units = dynamodb::failed_condition(existing, existing, self.settings);
                self.add_to_table(&image.table, units, &mut computed);
                computed.items.extend(image.items());
            }
            Work::Transaction { actions, token, cancelled } => {
                let earlier = token.as_deref().and_then(|token| self.committed.get(token));
                computed.is_replay = earlier.is_some();
                let actions = match earlier {
                    Some(earlier) if actions.is_empty() => earlier,
                    _ => actions.as_slice(),
                };
                for action in actions {
                    self.transaction_action(action, *cancelled, &mut computed);
                }
            }
        }
        computed
    }

    fn get(&self, got: &'s Got, computed: &mut Computed<'s>) {
        let units = dynamodb::get(self.bytes(got.item.as_ref()), got.consistency);
        self.add_to_table(&got.table, units, computed);
        computed.items.extend(&got.item);
    }

    fn transaction_action(
        &self,
        action: &'s TransactionAction,
        cancelled: bool,
        computed: &mut Computed<'s>,
    ) {
        let TransactionAction { image, is_check } = action;
        let rule = match is_check {
            true => Action::Check(image.before.as_ref()),
            false => Action::Write(image.change()),
        };
        computed.items.extend(image.items());
        if computed.is_replay {
            let units = dynamodb::transact_replay(rule, self.settings);
            self.add_to_table(&image.table, units, computed);
        } else if cancelled {
            let existing = self.bytes(image.before.as_ref());
            let units = dynamodb::transact_cancelled(existing, existing, self.settings);
            self.add_to_table(&image.table, units, computed);
        } else {
            let table = self.table(&image.table);
            let arms = dynamodb::transact_write(table, rule, self.settings);
            self.add(&image.table, &arms, computed);
        }
    }

    fn page(&self, page: &'s Page, computed: &mut Computed<'s>) {
        let table = self.table(&page.table);
        let (mut entries, mut fetched) = (Vec::new(), Vec::new());
        for evaluated in &page.evaluated {
            let item = evaluated.key.as_ref().and_then(|key| self.find(table, key));
            computed.items.extend(item);
            let whole = self.bytes(item);
            let entry = match page.index {
                None => whole,
                Some(position) => item.and_then(|item| {
                    table.indexes()[position].entry_bytes(item, self.settings.number_size)
                }),
            };
            let mut size = |what: &str, own: Option<Bytes>, recorded: Option<u64>| {
                let recorded = recorded.map(Bytes::new);
                if let Some(recorded) = recorded
                    && own.is_some_and(|own| own != recorded)
                {
                    let own = own.unwrap_or_default();
                    let fault = format!("{what} of {recorded} was recorded, computed {own}");
                    computed.size_faults.push(fault);
                }
                if own.is_none() && evaluated.key.is_some() {
                    let fault = format!("{what} was evaluated that no earlier write left there");
                    computed.size_faults.push(fault);
                }
                own.or(recorded).unwrap_or_default()
            };
            let what = if page.index.is_some() { "an index entry" } else { "an item" };
            entries.push(size(what, entry, evaluated.bytes));
            if page.fetches(table) {
                fetched.push(size("a fetched item", whole, evaluated.fetched_bytes));
            }
        }
        let (operation, consistency) = (page.operation, page.consistency);
        match page.index {
            None => {
                let units = dynamodb::page(operation, &entries, consistency, self.settings);
                self.add_to_table(&page.table, units, computed);
            }
            Some(position) => {
                let arms = dynamodb::index_page(
                    operation,
                    table,
                    position,
                    &entries,
                    &fetched,
                    consistency,
                    self.settings,
                );
                self.add(&page.table, &arms, computed);
            }
        }
    }

    /// Keeps what an operation left behind.
    fn store(&mut self, operation: &'s Operation) {
        match &operation.work {
            Work::Writes(images) => images.iter().for_each(|image| self.store_image(image)),
            Work::Transaction { actions, token, cancelled: false } => {
                if let Some(token) = token {
                    if self.committed.contains_key(token.as_str()) {
                        return;
                    }
                    self.committed.insert(token, actions);
                }
                actions.iter().for_each(|action| self.store_image(&action.image));
            }
            Work::Unjudged
            | Work::Gets(_)
            | Work::Page(_)
            | Work::FailedWrite(_)
            | Work::Transaction { .. } => {}
        }
    }

    fn store_image(&mut self, image: &'s Image) {
        let table = self.table(&image.table);
        let items = self.stored.entry(table.name()).or_default();
        if let Some(key) = image.before.as_ref().and_then(|item| key(table, item)) {
            items.remove(&key);
        }
        if let Some((key, item)) =
            image.after.as_ref().and_then(|item| Some((key(table, item)?, item)))
        {
            items.insert(key, item);
        }
    }

    fn find(&self, table: &Table, item: &'s Item) -> Option<&'s Item> {
        self.stored.get(table.name())?.get(&key(table, item)?).copied()
    }

    fn bytes(&self, item: Option<&Item>) -> Option<Bytes> {
        item.map(|item| item.bytes(self.settings.number_size))
    }

    fn table(&self, name: &str) -> &'s Table {
        self.tables.get(name).expect("reading a scenario refuses unknown tables")
    }

    fn add_to_table<U>(&self, name: &str, units: U, computed: &mut Computed<'_>)
    where
        U: Copy + Default + Into<super::Capacity>,
    {
        let indexes = vec![U::default(); self.table(name).indexes().len()];
        self.add(name, &ByArm { table: units, indexes }, computed);
    }

    fn add<U>(&self, name: &str, arms: &ByArm<U>, computed: &mut Computed<'_>)
    where
        U: Copy + Into<super::Capacity>,
    {
        let table = self.table(name);
        let mut capacity = TableCapacity::default();
        capacity.add(table, arms);
        if capacity != TableCapacity::default() {
            computed.capacity.entry(name.to_owned()).or_default().add(table, arms);
        }
    }
}

impl Image {
    fn change(&self) -> Change<'_> {
        Change { before: self.before.as_ref(), after: self.after.as_ref() }
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        [&self.before, &self.after].into_iter().flatten()
    }
}

fn key<'i>(table: &Table, item: &'i Item) -> Option<Vec<&'i Value>> {
    table.key().iter().map(|name| item.get(name)).collect()
}
