//! Which statements run inside transactions that write.

use std::collections::BTreeMap;

use crate::capture::QueryLog;
use crate::finding::{Finding, Severity};
use crate::sql::{self, Access, Verb};

use super::pattern::AccessPattern;

/// Fills in, from a query log, the share of each statement's calls that ran in a
/// transaction that writes. Without a log nobody knows, and where statements ran
/// in transactions at all that is said.
pub fn fill_in(
    log: Option<&QueryLog>,
    patterns: &mut [AccessPattern],
    findings: &mut Vec<Finding>,
) {
    match log {
        Some(log) => from_log(log, patterns),
        None => findings.extend(unknown(patterns)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn from_log(log: &QueryLog, patterns: &mut [AccessPattern]) {
    let texts: Vec<String> = log.statements.iter().map(|one| sql::one_line(&one.text)).collect();
    let written: BTreeMap<&str, bool> =
        patterns.iter().map(|pattern| (pattern.text.as_str(), writes(pattern))).collect();
    let mut within = vec![0_u64; log.statements.len()];
    for transaction in &log.transactions {
        let writing =
            transaction.statements.iter().any(|&s| written.get(&*texts[s]).is_some_and(|w| *w));
        if writing {
            for &statement in &transaction.statements {
                within[statement] = within[statement].saturating_add(transaction.count);
            }
        }
    }
    let shares: BTreeMap<&str, f64> = texts
        .iter()
        .zip(log.statements.iter().zip(&within))
        .filter(|(_, (statement, _))| statement.calls > 0)
        .map(|(text, (statement, within))| {
            (text.as_str(), (*within as f64 / statement.calls as f64).min(1.0))
        })
        .collect();
    let found: Vec<Option<f64>> =
        patterns.iter().map(|pattern| shares.get(pattern.text.as_str()).copied()).collect();
    for (pattern, share) in patterns.iter_mut().zip(found) {
        pattern.in_writing_transaction = share;
    }
}

fn writes(pattern: &AccessPattern) -> bool {
    match &pattern.access {
        Access::Data(steps) => steps.iter().any(|step| step.verb != Verb::Read),
        Access::Unparsed(_) | Access::Ignorable(_) => false,
    }
}

fn unknown(patterns: &[AccessPattern]) -> Option<Finding> {
    let begun: u64 = patterns
        .iter()
        .filter(|pattern| !pattern.nested && begins(&pattern.text))
        .map(|pattern| pattern.calls)
        .fold(0, u64::saturating_add);
    (begun > 0).then(|| {
        Finding::new(
            "transactions-unknown",
            Severity::Medium,
            format!(
                "{begun} transactions were begun, and without a query log nobody knows which \
                 statements ran in them: reads in a transaction that writes should be strongly \
                 consistent, and are billed as eventually consistent unless they lock; the total \
                 with strong reads is the upper end"
            ),
        )
        .mend("add a query log, or say strong = true for a pattern of a design")
    })
}

fn begins(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("begin") || word.eq_ignore_ascii_case("start")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Capture, InputFile, LoggedStatement, LoggedTransaction, Settings, read};
    use crate::scenario;
    use crate::units::Timestamp;

    const READ: &str = "SELECT a FROM t WHERE id = $1";
    const OTHER: &str = "SELECT b FROM t WHERE id = $1";
    const WRITE: &str = "UPDATE t SET a = $1 WHERE id = $2";

    fn capture() -> Capture {
        let row = |at: u8, queryid: u8, text: &str, calls: u64| {
            format!(
                "{{\"captured_at\":\"2026-01-01 00:0{at}:00+00\",\"userid\":1,\"dbid\":1,\
                 \"queryid\":{queryid},\"query\":\"{text}\",\"calls\":{calls},\"rows\":{calls}}}\n"
            )
        };
        let texts = [READ, OTHER, WRITE, "BEGIN"];
        let rows: String = [(0, 0), (1, 100)]
            .into_iter()
            .flat_map(|(at, calls)| {
                (1..).zip(texts).map(move |(id, text)| row(at, id, text, calls))
            })
            .collect();
        let schema = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int);";
        let files = vec![InputFile::bytes("s.jsonl", rows), InputFile::bytes("schema.sql", schema)];
        read(files, &Settings::default()).unwrap()
    }

    fn shares(log: Option<QueryLog>) -> (Vec<Option<f64>>, bool) {
        let mut capture = capture();
        capture.query_log = log;
        let (settings, _) = scenario::Settings::read("plan.toml", "").unwrap();
        let workload = super::super::build(&capture, &settings);
        let of = |text: &str| {
            workload.patterns.iter().find(|one| one.text == text).unwrap().in_writing_transaction
        };
        let told = workload.findings.iter().any(|one| one.id == "transactions-unknown");
        (vec![of(READ), of(OTHER)], told)
    }

    /// 30 transactions read and write, 50 read twice: of the 80 calls of the first
    /// read 30 are with a write, of the 60 of the other none.
    #[test]
    fn a_log_tells_which_reads_run_with_writes() {
        let statement = |text: &str, calls| LoggedStatement {
            text: text.to_owned(),
            query_id: None,
            calls,
            duration_ms: None,
            list_lengths: Vec::new(),
            keys: Vec::new(),
        };
        let log = QueryLog {
            start: Timestamp::parse("2026-01-01 00:00:00+00").unwrap(),
            end: Timestamp::parse("2026-01-01 00:01:00+00").unwrap(),
            executions: 170,
            statements: vec![statement(READ, 80), statement(OTHER, 60), statement(WRITE, 30)],
            transactions: vec![
                LoggedTransaction { statements: vec![0, 1], count: 50 },
                LoggedTransaction { statements: vec![0, 2], count: 30 },
            ],
        };
        assert_eq!(shares(Some(log)), (vec![Some(0.375), Some(0.0)], false));
    }

    #[test]
    fn without_a_log_it_is_said_that_nobody_knows() {
        assert_eq!(shares(None), (vec![None, None], true));
    }
}
