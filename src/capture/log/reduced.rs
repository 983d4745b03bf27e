use std::collections::BTreeMap;
use std::rc::Rc;

use crate::units::Timestamp;

use super::super::normal::{Normal, fold_lists, shown_of_log, split_statements};
use super::super::query_log::{KeyUse, LoggedStatement, LoggedTransaction, QueryLog};
use super::column_uses::column_uses;
use super::frequencies::Frequencies;
use super::transactions::{Control, Transactions};
use super::{Parameters, statement_of};

/// Different statements told apart in one log.
const STATEMENTS_MAX: usize = 20_000;

/// Frequencies of the most frequent values that are given out.
const TOP: usize = 100;

const MINUTE_MICROS: i64 = 60_000_000;

/// One entry of a log, whatever form the log has.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::capture) struct Entry<'a> {
    pub at: Option<Timestamp>,
    /// What tells sessions apart.
    pub session: &'a str,
    /// Virtual transaction id, where logged.
    pub vxid: Option<&'a str>,
    pub database: &'a str,
    pub query_id: Option<&'a str>,
    pub message: &'a str,
    pub detail: &'a str,
}

/// All logs, reduced, by database.
#[derive(Debug, Default)]
pub(in crate::capture) struct Logs {
    pub databases: BTreeMap<String, Log>,
    /// Files whose entries stand in another file too.
    pub repeated: Vec<Rc<str>>,
    /// First and last entry of each file that was read.
    spans: Vec<(Timestamp, Timestamp)>,
    /// The file being read: its span so far.
    current: Option<(Timestamp, Timestamp)>,
}

impl Logs {
    /// Takes an entry; `false` if this file holds what another held already and
    /// need not be read on.
    pub fn take(&mut self, entry: &Entry<'_>) -> bool {
        let Some(at) = entry.at else { return true };
        match &mut self.current {
            Some((_, end)) => *end = at.max(*end),
            None if self.spans.iter().any(|(start, end)| (*start..*end).contains(&at)) => {
                return false;
            }
            None => self.current = Some((at, at)),
        }
        if let Some(logged) = statement_of(entry.message) {
            let log = self.databases.entry(entry.database.to_owned()).or_default();
            log.take(entry, at, logged.text, logged.duration_ms);
        }
        true
    }

    /// Ends a file.
    pub fn end_of_file(&mut self) {
        self.spans.extend(self.current.take());
    }
}

/// The log of one database.
#[derive(Debug, Default)]
pub(in crate::capture) struct Log {
    numbers: BTreeMap<String, usize>,
    statements: Vec<Reduced>,
    transactions: Transactions,
    span: Option<(Timestamp, Timestamp)>,
    pub executions: u64,
    /// Executions of statements beyond [`STATEMENTS_MAX`].
    pub others: u64,
}

#[derive(Debug, Default)]
struct Reduced {
    text: String,
    query_id: Option<String>,
    calls: u64,
    duration_ms: Option<f64>,
    list_lengths: Vec<BTreeMap<u64, u64>>,
    keys: BTreeMap<String, Frequencies>,
    /// Calls and milliseconds by minute.
    minutes: BTreeMap<i64, (u64, f64)>,
}

impl Log {
    fn take(&mut self, entry: &Entry<'_>, at: Timestamp, text: &str, duration_ms: Option<f64>) {
        let span = self.span.get_or_insert((at, at));
        *span = (at.min(span.0), at.max(span.1));
        let parameters = Parameters::of(entry.detail);
        let parts = split_statements(text);
        let alone = parts.len() == 1;
        for part in parts {
            self.executions += 1;
            let normal = Normal::of(part);
            let (folded, lengths) = fold_lists(&shown_of_log(&normal.text));
            let Some(number) = self.number(folded) else {
                self.others += 1;
                continue;
            };
            let reduced = &mut self.statements[number];
            reduced.calls += 1;
            if alone {
                reduced.query_id = entry.query_id.map(str::to_owned);
                if let Some(ms) = duration_ms {
                    *reduced.duration_ms.get_or_insert(0.0) += ms;
                }
            }
            reduced.list_lengths.resize_with(lengths.len(), BTreeMap::new);
            for (known, length) in reduced.list_lengths.iter_mut().zip(lengths) {
                *known.entry(length.unwrap_or(0)).or_default() += 1;
            }
            for one in column_uses(&normal.text) {
                let value = match one.value.strip_prefix('$').map(str::parse) {
                    Some(Ok(number)) => parameters.get(number),
                    _ => Some(one.value.trim_matches('\'')),
                };
                if let Some(value) = value {
                    reduced.keys.entry(one.column).or_default().add(value);
                }
            }
            let minute = reduced.minutes.entry(at.micros().div_euclid(MINUTE_MICROS)).or_default();
            minute.0 += 1;
            minute.1 += duration_ms.unwrap_or(0.0);
            let control = Control::of(&normal.text);
            self.transactions.take(entry.session, entry.vxid, control, number);
        }
    }

    fn number(&mut self, text: String) -> Option<usize> {
        if let Some(number) = self.numbers.get(&text) {
            return Some(*number);
        }
        if self.statements.len() == STATEMENTS_MAX {
            return None;
        }
        self.statements.push(Reduced { text: text.clone(), ..Reduced::default() });
        self.numbers.insert(text, self.statements.len() - 1);
        Some(self.statements.len() - 1)
    }

    /// First and last statement; `None` if there is none.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
    }

    /// Calls and milliseconds per minute since 1970 of each statement, by text.
    pub fn minutes(&self) -> impl Iterator<Item = (&str, &BTreeMap<i64, (u64, f64)>)> {
        self.statements.iter().map(|one| (one.text.as_str(), &one.minutes))
    }

    /// The log for others to read; `None` if nothing was executed. `named` says
    /// what the capture calls a statement of that queryid and text.
    pub fn finish(self, named: impl Fn(Option<&str>, &str) -> Option<String>) -> Option<QueryLog> {
        let (start, end) = self.span?;
        let mut order: Vec<usize> = (0..self.statements.len()).collect();
        order.sort_by(|a, b| self.statements[*a].text.cmp(&self.statements[*b].text));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        let mut transactions: Vec<LoggedTransaction> = self
            .transactions
            .finish()
            .0
            .into_iter()
            .map(|(statements, count)| LoggedTransaction {
                statements: statements.into_iter().map(|old| place[old]).collect(),
                count,
            })
            .collect();
        transactions
            .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.statements.cmp(&b.statements)));
        let mut statements: Vec<(usize, Reduced)> =
            place.into_iter().zip(self.statements).collect();
        statements.sort_by_key(|(place, _)| *place);
        let statements = statements.into_iter().map(|(_, one)| {
            let text = named(one.query_id.as_deref(), &one.text).unwrap_or(one.text);
            LoggedStatement {
                text,
                query_id: one.query_id,
                calls: one.calls,
                duration_ms: one.duration_ms,
                list_lengths: one.list_lengths,
                keys: one.keys.into_iter().map(key_use).collect(),
            }
        });
        Some(QueryLog {
            start,
            end,
            executions: self.executions,
            statements: statements.collect(),
            transactions,
        })
    }
}

fn key_use((column, values): (String, Frequencies)) -> KeyUse {
    let (top, top_short_by) = values.top(TOP);
    KeyUse { column, values: values.total(), distinct: values.distinct(), top, top_short_by }
}
