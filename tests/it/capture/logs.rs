//! Query logs: three forms, and what they add to counters.

use std::io::{BufRead, Read};

use ddbplan::capture::{self, Capture, InputFile, QueryLog, Settings};

use super::{calls, finding, has_finding, notifications_files, read};

const CSVLOG: &str = include_str!("../../data/capture/querylog.csv");
const JSONLOG: &str = include_str!("../../data/capture/querylog.jsonl");

fn with_logs(logs: &[(&str, &str)]) -> Capture {
    let recorded = notifications_files().into_iter();
    let files = recorded.map(|(name, bytes)| InputFile::bytes(name, bytes));
    let logs = logs.iter().map(|(name, text)| InputFile::bytes(*name, *text));
    capture::read(files.chain(logs).collect(), &Settings::default()).expect("the files are sound")
}

fn logged<'a>(log: &'a QueryLog, start: &str) -> &'a capture::LoggedStatement {
    let found = log.statements.iter().find(|one| one.text.starts_with(start));
    found.unwrap_or_else(|| panic!("no logged statement starts with {start}"))
}

/// 400 entries, one execution each (counted with `grep -c statement:`).
#[test]
fn both_forms_of_the_servers_log_say_the_same_and_count_once() {
    let csv = with_logs(&[("querylog.csv", CSVLOG)]);
    let json = with_logs(&[("querylog.jsonl", JSONLOG)]);
    assert_eq!(csv.query_log, json.query_log);
    let both = with_logs(&[("querylog.csv", CSVLOG), ("querylog.jsonl", JSONLOG)]);
    assert_eq!(both.query_log, csv.query_log);
    assert!(finding(&both, "log-repeated").ends_with("querylog.jsonl"));
    assert_eq!(csv.query_log.as_ref().map(|log| log.executions), Some(400));
    // A log adds nothing to the counters.
    let without = with_logs(&[]);
    assert_eq!(csv.statements, without.statements);
    assert_eq!(csv.intervals, without.intervals);
}

#[test]
fn logged_statements_go_by_the_names_of_the_counters() {
    let capture = with_logs(&[("querylog.csv", CSVLOG)]);
    let log = capture.query_log.unwrap();
    let unknown: Vec<&str> = log
        .statements
        .iter()
        .map(|one| one.text.as_str())
        .filter(|text| !capture.statements.iter().any(|statement| statement.text == *text))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

/// BEGIN; WITH recent … UPDATE notifications; UPDATE user_counters; COMMIT: the
/// only transaction of more than one statement in this workload.
#[test]
fn transactions_are_the_statements_that_share_a_virtual_transaction_id() {
    let log = with_logs(&[("querylog.csv", CSVLOG)]).query_log.unwrap();
    assert_eq!(log.transactions.len(), 1);
    let texts: Vec<&str> = log.transactions[0]
        .statements
        .iter()
        .map(|one| log.statements[*one].text.as_str())
        .collect();
    assert!(texts[0].starts_with("WITH recent AS"), "{texts:?}");
    assert!(texts[1].starts_with("UPDATE user_counters SET unread"), "{texts:?}");
    assert_eq!(log.transactions[0].count, logged(&log, "BEGIN").calls);
}

#[test]
fn keys_are_counted_by_how_often_each_value_comes() {
    let log = with_logs(&[("querylog.csv", CSVLOG)]).query_log.unwrap();
    let inbox = logged(&log, "SELECT unread FROM user_counters");
    let key = &inbox.keys[0];
    assert_eq!((key.column.as_str(), key.values), ("user_id", inbox.calls));
    assert!(key.distinct < key.values, "users are skewed");
    assert_eq!(key.top.iter().sum::<u64>(), key.values);
    assert!(key.top[0] > 1);
}

#[test]
fn only_execute_counts_in_the_extended_protocol_and_parameters_are_read() {
    let line = |second: u32, message: &str, detail: &str| {
        format!(
            "2026-01-01 00:00:0{second}.5 UTC [77] app@shop LOG:  duration: 0.5 ms  {message}\n\
             2026-01-01 00:00:0{second}.5 UTC [77] app@shop DETAIL:  {detail}\n"
        )
    };
    let sql = "SELECT * FROM t\n\tWHERE id = $1 AND k IN ($2, $3)";
    let mut log = String::new();
    for (second, id) in [(1, 1), (2, 1), (3, 2)] {
        let detail = format!("parameters: $1 = '{id}', $2 = 'x', $3 = NULL");
        for step in ["parse <unnamed>", "bind <unnamed>", "execute <unnamed>"] {
            log.push_str(&line(second, &format!("{step}: {sql}"), &detail));
        }
    }
    log.push_str("2026-01-01 00:02:01 UTC [78] app@other LOG:  statement: SELECT 1\n");
    let capture = read(&[("postgresql.log", &log)]).unwrap();
    let text = "SELECT * FROM t WHERE id = $1 AND k IN ($2 /*, ... */)";
    assert_eq!(calls(&capture, text), [3]);
    let log = capture.query_log.as_ref().unwrap();
    let one = logged(log, text);
    assert_eq!(one.duration_ms, Some(1.5));
    assert_eq!(one.list_lengths[0].get(&2), Some(&3));
    assert_eq!(one.keys[0].top, [2, 1]);
    assert!(has_finding(&capture, "log-only"));
    assert!(finding(&capture, "log-other-databases").starts_with("1 logged"));
}

/// The time of a log is that from its first statement to its last, not that of
/// the minutes it touches: 3 calls in 2 s.
#[test]
fn a_log_alone_lasts_from_its_first_statement_to_its_last() {
    let line = |second: u32| {
        format!("2026-01-01 00:00:5{second} UTC [7] a@b LOG:  statement: SELECT a FROM t\n")
    };
    let log: String = [7, 8, 9].map(line).concat();
    let capture = read(&[("x.log", &log)]).unwrap();
    assert_eq!(capture.span_micros(), 2_000_000);
    let fault = read(&[("x.log", &line(7))]).unwrap_err().to_string();
    assert!(fault.contains("covers no time"), "{fault}");
}

#[test]
fn a_log_gives_squashed_lists_their_lengths() {
    let squashed = "SELECT a FROM t WHERE b IN ($1 /*, ... */)";
    let counters = format!(
        "captured_at,queryid,toplevel,query,calls,rows\n\
         2026-01-01 00:00:00+00,5,t,\"{squashed}\",0,0\n2026-01-01 01:00:00+00,5,t,\"{squashed}\",100,0\n"
    );
    let log = "2026-01-01 00:10:00 UTC [7] a@b LOG:  statement: SELECT a FROM t WHERE b IN (1, 2, 3)\n\
               2026-01-01 00:10:01 UTC [7] a@b LOG:  statement: SELECT a FROM t WHERE b IN (9)\n";
    let capture = read(&[("s.csv", &counters), ("x.log", log)]).unwrap();
    assert_eq!(calls(&capture, squashed), [100]);
    let lengths: Vec<_> =
        capture.statements[0].list_lengths[0].iter().map(|(n, c)| (*n, *c)).collect();
    assert_eq!(lengths, [(1, 1), (3, 1)]);
    assert!(!has_finding(&capture, "list-lengths-unknown"));
}

/// Counts what is read of it, and makes each line when it is asked for: nothing
/// holds the whole log.
struct Endless {
    line: usize,
    lines: usize,
    buffer: Vec<u8>,
    at: usize,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(out.len());
        out[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Endless {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.at == self.buffer.len() && self.line < self.lines {
            self.line += 1;
            let (second, id) = (self.line / 500, self.line * 7919 % 100_003);
            self.buffer = format!(
                "2026-01-01 00:{:02}:{:02} UTC [{}] a@b LOG:  statement: SELECT a FROM t WHERE id = {id}\n",
                second / 60 % 60,
                second % 60,
                self.line % 50
            )
            .into_bytes();
            self.at = 0;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

#[test]
fn a_log_is_read_as_a_stream() {
    let lines = 30_000;
    let reader = || {
        let endless = Endless { line: 0, lines, buffer: Vec::new(), at: 0 };
        Ok(Box::new(endless) as Box<dyn BufRead>)
    };
    let files = vec![InputFile::new("big.log", reader)];
    let capture = capture::read(files, &Settings::default()).unwrap();
    let log = capture.query_log.unwrap();
    assert_eq!(log.executions, 30_000);
    assert_eq!(log.statements.len(), 1);
    assert_eq!(log.statements[0].keys[0].values, 30_000);
}
