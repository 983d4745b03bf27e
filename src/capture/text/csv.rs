use std::io::BufRead;
use std::rc::Rc;

use crate::finding::{Diagnostic, Place};

use super::line::{Flaw, RECORD_BYTES_MAX, read_line};

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
    most: usize,
    flaw: Option<Flaw>,
}

impl<'a> CsvReader<'a> {
    pub fn new(reader: &'a mut dyn BufRead, file: Rc<str>, delimiter: u8) -> Self {
        Self { reader, file, delimiter, next_line: 1, most: RECORD_BYTES_MAX, flaw: None }
    }

    /// What the last fault was, if the caller may go on in spite of it.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// The line on which the record starts, and its cells; empty lines are
    /// skipped. `None` at the end.
    pub fn next_record(&mut self) -> Option<Result<(usize, Vec<Cell>), Diagnostic>> {
        self.flaw = None;
        loop {
            let line = self.next_line;
            let mut bytes = Vec::new();
            let (mut length, mut quotes) = (0, 0);
            loop {
                // Quotes inside a quoted value are doubled, so an odd number means
                // that the value goes on in the next line.
                let count = |part: &[u8]| {
                    quotes += part.iter().filter(|byte| **byte == b'"').count();
                };
                match read_line(self.reader, &mut bytes, self.most, count) {
                    Err(error) => return Some(Err(self.unreadable(line, &error))),
                    Ok(0) if length == 0 => return None,
                    Ok(read) => {
                        self.next_line += 1;
                        length += read;
                        if quotes.is_multiple_of(2) {
                            break;
                        }
                        if read == 0 {
                            self.flaw = Some(Flaw::Cut);
                            return Some(Err(self.unclosed(line)));
                        }
                    }
                }
            }
            if length > self.most {
                self.flaw = Some(Flaw::TooLong);
                return Some(Err(too_long(&self.file, line, 1, self.most)));
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

/// The fault of a record that is too long to be held.
pub(in crate::capture) fn too_long(
    file: &str,
    line: usize,
    column: usize,
    most: usize,
) -> Diagnostic {
    Diagnostic::new(format!("this record is longer than {most} bytes"))
        .at(Place::at(file, line, column))
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
    fn a_record_that_is_too_long_is_passed_over_to_its_end() {
        let text = "a,\"long\nlong\nlong\",b\nc,d\n";
        let mut bytes = text.as_bytes();
        let mut reader = CsvReader::new(&mut bytes, "f".into(), b',');
        reader.most = 10;
        let fault = reader.next_record().unwrap().unwrap_err();
        assert_eq!(fault.to_string(), "f:1:1: this record is longer than 10 bytes");
        assert_eq!(reader.flaw(), Some(Flaw::TooLong));
        let (line, cells) = reader.next_record().unwrap().unwrap();
        assert_eq!((line, cells.len(), reader.flaw()), (4, 2, None));
        assert!(reader.next_record().is_none());
    }

    #[test]
    fn an_open_quote_is_a_cut_file() {
        let fault = records("a,b\n\"c,d\n").pop().unwrap().unwrap_err();
        assert_eq!(fault.place, Some(Place::at("f", 2, 1)));
    }
}
