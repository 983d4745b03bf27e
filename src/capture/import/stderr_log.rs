use std::io::BufRead;
use std::rc::Rc;

use crate::finding::{Diagnostic, Place};
use crate::units::Timestamp;

use super::super::log::{Entry, Logs};
use super::{Head, Importer, Read, Shape};

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
        match read(source.reader(), &mut gathered.logs) {
            Ok(true) => {}
            Ok(false) => gathered.logs.repeated.push(name),
            Err(error) => {
                let fault = Diagnostic::new(format!("cannot read on: {error}"));
                faults.push(fault.at(Place::file(&*name)));
            }
        }
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

/// `false` if the log was found to be a repetition and not read on.
fn read(reader: &mut dyn BufRead, logs: &mut Logs) -> std::io::Result<bool> {
    let mut line = Vec::new();
    // The statement waits for its DETAIL line.
    let mut waiting: Option<(String, String)> = None;
    let mut in_detail = false;
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        let started = start(text);
        if let Some(next) = &started
            && next.severity == "DETAIL"
            && let Some((_, detail)) = &mut waiting
        {
            *detail = next.message.to_owned();
            in_detail = true;
            continue;
        }
        if started.is_some() || read == 0 {
            if let Some((entry, detail)) = waiting.take()
                && !give(logs, &entry, &detail)
            {
                return Ok(false);
            }
            if read == 0 {
                return Ok(true);
            }
            in_detail = false;
            waiting = Some((text.to_owned(), String::new()));
        } else if let Some((entry, detail)) = &mut waiting {
            let to = if in_detail { detail } else { entry };
            to.push('\n');
            to.push_str(text.trim_start_matches('\t'));
        }
    }
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
