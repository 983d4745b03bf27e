use std::io::BufRead;
use std::rc::Rc;

use crate::finding::{Diagnostic, Place};

/// A record longer than this has a quote that is never closed.
const RECORD_BYTES_MAX: usize = 256 << 20;

/// One value of a CSV record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::capture) struct Cell {
    /// The value, unquoted.
    pub text: String,
    /// It stood in quotes, so that an empty value is not NULL.
    pub quoted: bool,
    /// The column (characters, from 1) in its line where it starts.
    pub column: usize,
}

/// Records of RFC 4180 as `COPY … CSV` writes them, one at a time.
pub(in crate::capture) struct CsvReader<'a> {
    reader: &'a mut dyn BufRead,
    file: Rc<str>,
    delimiter: u8,
    next_line: usize,
    cut: bool,
}

impl<'a> CsvReader<'a> {
    pub fn new(reader: &'a mut dyn BufRead, file: Rc<str>, delimiter: u8) -> Self {
        Self { reader, file, delimiter, next_line: 1, cut: false }
    }

    /// Whether the last fault was that the file ends in the middle of a record.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The line on which the record starts, and its cells; empty lines are
    /// skipped. `None` at the end.
    pub fn next_record(&mut self) -> Option<Result<(usize, Vec<Cell>), Diagnostic>> {
        loop {
            let line = self.next_line;
            let mut bytes = Vec::new();
            let mut quotes = 0;
            loop {
                let before = bytes.len();
                match self.reader.read_until(b'\n', &mut bytes) {
                    Err(error) => return Some(Err(self.unreadable(line, &error))),
                    Ok(0) if bytes.is_empty() => return None,
                    Ok(read) => {
                        // Quotes inside a quoted value are doubled, so an odd
                        // number means that the value goes on in the next line.
                        quotes += bytes[before..].iter().filter(|byte| **byte == b'"').count();
                        self.next_line += 1;
                        if quotes.is_multiple_of(2) {
                            break;
                        }
                        if read == 0 || bytes.len() > RECORD_BYTES_MAX {
                            self.cut = read == 0;
                            return Some(Err(self.unclosed(line)));
                        }
                    }
                }
            }
            while matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.pop();
            }
            if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            if bytes.is_empty() {
                continue;
            }
            return Some(match std::str::from_utf8(&bytes) {
                Ok(text) => Ok((line, split(text, self.delimiter))),
                Err(_) => Err(not_utf8(&self.file, line)),
            });
        }
    }

    fn unclosed(&self, line: usize) -> Diagnostic {
        Diagnostic::new("a quoted value of this record is never closed")
            .at(Place::at(&*self.file, line, 1))
            .why("the file seems to be cut off")
            .mend("export it again")
    }

    fn unreadable(&self, line: usize, error: &std::io::Error) -> Diagnostic {
        Diagnostic::new(format!("cannot read on: {error}")).at(Place::at(&*self.file, line, 1))
    }
}

/// The fault of text that is not UTF-8.
pub(super) fn not_utf8(file: &str, line: usize) -> Diagnostic {
    Diagnostic::new("this is not UTF-8 text")
        .at(Place::at(file, line, 1))
        .mend("export the file as UTF-8")
}

fn split(text: &str, delimiter: u8) -> Vec<Cell> {
    let delimiter = char::from(delimiter);
    let mut cells = Vec::new();
    let mut cell = Cell { text: String::new(), quoted: false, column: 1 };
    let mut inside = false;
    let mut column = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        column = if c == '\n' { 0 } else { column + 1 };
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                column += 1;
                cell.text.push('"');
            }
            '"' if inside => inside = false,
            '"' if cell.text.is_empty() => {
                inside = true;
                cell.quoted = true;
            }
            c if c == delimiter && !inside => {
                let next = Cell { text: String::new(), quoted: false, column: column + 1 };
                cells.push(std::mem::replace(&mut cell, next));
            }
            c => cell.text.push(c),
        }
    }
    cells.push(cell);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<Result<(usize, Vec<String>), Diagnostic>> {
        let mut bytes = text.as_bytes();
        let mut reader = CsvReader::new(&mut bytes, "f".into(), b',');
        let mut all = Vec::new();
        while let Some(record) = reader.next_record() {
            all.push(
                record.map(|(line, cells)| (line, cells.into_iter().map(|c| c.text).collect())),
            );
        }
        all
    }

    #[test]
    fn quotes_line_breaks_windows_ends_and_a_byte_order_mark() {
        let text = "\u{feff}a,\"b\"\"\nc\",\"\"\r\n\r\nd,,e";
        let expected = vec![
            Ok((1, vec!["a".into(), "b\"\nc".into(), String::new()])),
            Ok((4, vec!["d".into(), String::new(), "e".into()])),
        ];
        assert_eq!(records(text), expected);
    }

    #[test]
    fn a_cell_knows_where_it_starts_and_whether_it_was_quoted() {
        let cells = split("é,\"\",x", b',');
        let told: Vec<_> = cells.iter().map(|cell| (cell.column, cell.quoted)).collect();
        assert_eq!(told, [(1, false), (3, true), (6, false)]);
    }

    #[test]
    fn an_open_quote_is_a_cut_file() {
        let fault = records("a,b\n\"c,d\n").pop().unwrap().unwrap_err();
        assert_eq!(fault.place, Some(Place::at("f", 2, 1)));
    }
}
