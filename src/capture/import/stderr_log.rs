use std::io::BufRead;
use std::rc::Rc;

use crate::finding::{Diagnostic, Place};
use crate::units::Timestamp;

use super::super::log::{Entry, Logs};
use super::super::text::{RECORD_BYTES_MAX, read_line, too_long};
use super::{Head, Importer, PassedOver, Read, Shape};

/// The server's plain log: a prefix (`log_line_prefix`) with at least a time
/// (`%t` or `%m`) and a process (`%p`), then `LOG:  …`; lines that start with a
/// tab continue the one before.
pub(super) const IMPORTER: Importer = Importer {
    name: "server log",
    sniff: |head: &Head| {
        head.shape == Shape::Text
            && head.text.lines().take(200).filter(|line| start(line).is_some()).count() > 0
    },
    read: Read::File(|source, _, gathered, faults| {
        let name = Rc::clone(&source.name);
        let mut passed_over = PassedOver::default();
        match read(source.reader(), &name, &mut gathered.logs, &mut passed_over) {
            Ok(true) => {}
            Ok(false) => gathered.logs.repeated.push(name),
            Err(error) => {
                let fault = Diagnostic::new(format!("cannot read on: {error}"));
                faults.push(fault.at(Place::file(&*name)));
            }
        }
        gathered.findings.extend(passed_over.finding());
        gathered.logs.end_of_file();
    }),
};

/// A line that starts an entry.
#[derive(Debug, PartialEq)]
struct Start<'a> {
    at: Timestamp,
    session: &'a str,
    database: &'a str,
    severity: &'a str,
    message: &'a str,
}

/// An entry whose lines are being read.
#[derive(Default)]
struct Waiting {
    /// The line it starts on.
    line: usize,
    entry: String,
    /// The text of its DETAIL line, and whether that is being read.
    detail: String,
    in_detail: bool,
    /// The bytes of its lines.
    length: usize,
}

impl Waiting {
    /// Adds a line that continues it.
    fn go_on(&mut self, text: &str) {
        // It is passed over in the end: its text need not be kept.
        if self.length <= RECORD_BYTES_MAX {
            let to = if self.in_detail { &mut self.detail } else { &mut self.entry };
            to.push('\n');
            to.push_str(text.trim_start_matches('\t'));
        }
    }
}

/// `false` if the log was found to be a repetition and not read on.
fn read(
    reader: &mut dyn BufRead,
    name: &str,
    logs: &mut Logs,
    passed_over: &mut PassedOver,
) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    // The statement waits for its DETAIL line.
    let mut waiting: Option<Waiting> = None;
    for line in 1_usize.. {
        bytes.clear();
        let length = read_line(reader, &mut bytes, RECORD_BYTES_MAX, |_| {})?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        let started = start(text);
        if let Some(known) = &mut waiting
            && length > 0
            && started.as_ref().is_none_or(|next| next.severity == "DETAIL")
        {
            known.length += length;
            match started {
                Some(next) => {
                    next.message.clone_into(&mut known.detail);
                    known.in_detail = true;
                }
                None => known.go_on(text),
            }
            continue;
        }
        match waiting.take() {
            Some(whole) if whole.length > RECORD_BYTES_MAX => {
                passed_over.add(&too_long(name, whole.line, 1, RECORD_BYTES_MAX));
            }
            Some(whole) if !give(logs, &whole.entry, &whole.detail) => return Ok(false),
            _ => {}
        }
        if length == 0 {
            break;
        }
        if started.is_some() {
            waiting = Some(Waiting { line, length, entry: text.to_owned(), ..Waiting::default() });
        }
    }
    Ok(true)
}

fn give(logs: &mut Logs, entry: &str, detail: &str) -> bool {
    let Some(start) = start(entry) else { return true };
    logs.take(&Entry {
        at: Some(start.at),
        session: start.session,
        vxid: None,
        database: start.database,
        query_id: None,
        message: start.message,
        detail,
    })
}

/// Reads the prefix by what is in it, not by its pattern: the time at its
/// start, the first number in square brackets, the first `user@database`.
fn start(line: &str) -> Option<Start<'_>> {
    const SEVERITIES: [&str; 8] =
        ["LOG", "DETAIL", "ERROR", "STATEMENT", "WARNING", "FATAL", "HINT", "NOTICE"];
    let (place, severity) = SEVERITIES
        .iter()
        .filter_map(|word| {
            let place = line.find(&format!("{word}:  "))?;
            Some((place, *word))
        })
        .min()?;
    let prefix = &line[..place];
    let at = clock(prefix)?;
    let bracketed = prefix.split('[').skip(1).filter_map(|part| part.split_once(']'));
    let session = bracketed
        .map(|(inner, _)| inner.split('-').next().unwrap_or(inner))
        .find(|inner| !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()))?;
    let database =
        prefix.split([' ', ':', '[', ']', '(', ')', ',']).find_map(|word| word.split_once('@'));
    Some(Start {
        at,
        session,
        database: database.map_or("", |(_, database)| database),
        severity,
        message: line[place + severity.len() + 1..].trim_start(),
    })
}

/// The time at the start of a log line. The zone is left aside: logs write it
/// by name, all lines of one log share it, and only differences matter.
pub(super) fn clock(text: &str) -> Option<Timestamp> {
    let end = text
        .char_indices()
        .find(|(i, c)| *i > 10 && !c.is_ascii_digit() && *c != ':' && *c != '.')
        .map_or(text.len(), |(i, _)| i);
    let digits = text.get(..end)?.trim_end_matches([':', '.']);
    Timestamp::parse(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_longer_than_a_record_may_be_is_passed_over() {
        use std::io::Read;
        let entry = |second: u32, text: &str| {
            format!(
                "2026-11-23 06:51:0{second} UTC [4] a@b LOG:  duration: 1 ms  statement: {text}"
            )
        };
        let more = u64::try_from(RECORD_BYTES_MAX).unwrap() + 1;
        let (first, last) = (entry(1, "SELECT '"), format!("\n{}\n", entry(2, "SELECT 1")));
        let long = std::io::BufReader::new(std::io::repeat(b'x').take(more));
        let mut reader = first.as_bytes().chain(long).chain(last.as_bytes());
        let (mut logs, mut passed_over) = (Logs::default(), PassedOver::default());
        assert!(read(&mut reader, "f", &mut logs, &mut passed_over).unwrap());
        assert_eq!(logs.databases["b"].executions, 1);
        let finding = passed_over.finding().unwrap();
        assert!(finding.what.starts_with("f:1:1: this record is longer than 67108864 bytes"));
    }

    #[test]
    fn prefixes_are_read_by_what_is_in_them() {
        for (line, database) in [
            ("2026-11-23 06:51:42.243 UTC [2026] LOG:  duration: 1 ms  statement: X", ""),
            (
                "2026-11-23 06:51:42.243 CET [2026] postgres@shop LOG:  duration: 1 ms  statement: X",
                "shop",
            ),
            (
                "2026-11-23 06:51:42.243 UTC:10.0.0.1(5432):app@shop:[2026]:LOG:  duration: 1 ms  statement: X",
                "shop",
            ),
            (
                "2026-11-23 06:51:42.243 UTC [2026-1] user=a,db=b LOG:  duration: 1 ms  statement: X",
                "",
            ),
        ] {
            let start = start(line).unwrap();
            assert_eq!((start.session, start.database), ("2026", database), "{line}");
            assert_eq!(start.message, "duration: 1 ms  statement: X");
            assert_eq!(start.at.to_string(), "2026-11-23T06:51:42Z");
        }
        assert_eq!(start("\tFROM t WHERE a = 'LOG:  '"), None);
    }
}
