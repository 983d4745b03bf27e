use crate::finding::{Diagnostic, Place};

use super::super::text::{CsvReader, ObjectReader, RECORD_BYTES_MAX, column_name, flat};

/// What the start of a file looks like.
pub(in crate::capture) struct Head {
    /// Its overall shape.
    pub shape: Shape,
    /// Column names of CSV with a header, or the keys of the first JSON object.
    pub columns: Vec<String>,
    /// The first lines as text, without a byte order mark.
    pub text: String,
}

/// The shape of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::capture) enum Shape {
    /// Nothing but white space.
    Empty,
    /// No text, or none that can be read; why.
    Unreadable(Diagnostic),
    /// Values with this delimiter below a header line.
    Csv(u8),
    /// JSON objects.
    Json,
    /// A JSON array without elements.
    NoObjects,
    /// Some other text.
    Text,
}

impl Head {
    /// Looks at the start of a file.
    pub fn of(name: &str, start: &[u8]) -> Self {
        let mut head = Self { shape: Shape::Text, columns: Vec::new(), text: String::new() };
        let unreadable = |what: &str, mend: &str| {
            Shape::Unreadable(Diagnostic::new(what).at(Place::file(name)).mend(mend))
        };
        if start.starts_with(&[0x1f, 0x8b]) || start.starts_with(b"PK\x03\x04") {
            head.shape = unreadable("this file is compressed", "unpack it first");
        } else if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            head.shape = unreadable("this file is UTF-16", "save it as UTF-8");
        } else if start.contains(&0) {
            head.shape =
                unreadable("this is a binary file", "leave it out, or export it as CSV or JSON");
        } else {
            let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
            head.text = String::from_utf8_lossy(start).into_owned();
            head.look(name, start);
        }
        head
    }

    fn look(&mut self, name: &str, start: &[u8]) {
        let trimmed = start.trim_ascii();
        if trimmed.is_empty() {
            self.shape = Shape::Empty;
            return;
        }
        if matches!(trimmed[0], b'{' | b'[') {
            let mut bytes = start;
            self.shape = match ObjectReader::new(&mut bytes, name.into(), start).next_object() {
                None => Shape::NoObjects,
                Some(Ok((_, object))) => {
                    self.columns = flat(object).0;
                    Shape::Json
                }
                Some(Err(_)) if start.len() >= RECORD_BYTES_MAX => Shape::Unreadable(
                    Diagnostic::new(format!(
                        "the first record of this file is longer than {RECORD_BYTES_MAX} bytes"
                    ))
                    .at(Place::at(name, 1, 1))
                    .mend(
                        "export one row a record, with statements cut to some thousand characters",
                    ),
                ),
                Some(Err(fault)) => Shape::Unreadable(fault),
            };
            return;
        }
        if start.starts_with(b"\t") {
            // A log that starts within a statement: the line goes on from the
            // file before.
            return;
        }
        for delimiter in [b',', b';', b'\t'] {
            let mut bytes = start;
            let mut csv = CsvReader::new(&mut bytes, name.into(), delimiter);
            let Some(Ok((_, cells))) = csv.next_record() else { continue };
            let names: Vec<String> = cells.iter().map(|cell| column_name(&cell.text)).collect();
            let is_name = |name: &String| {
                name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || "_. -".contains(c))
            };
            if names.len() > 1 && names.iter().all(is_name) {
                self.shape = Shape::Csv(delimiter);
                self.columns = names;
                return;
            }
        }
    }

    /// All of these columns are there.
    pub fn has(&self, columns: &[&str]) -> bool {
        columns.iter().all(|wanted| self.columns.iter().any(|column| column == wanted))
    }

    /// At least one of these columns is there.
    pub fn has_any(&self, columns: &[&str]) -> bool {
        columns.iter().any(|wanted| self.has(&[wanted]))
    }

    /// The delimiter, if this is CSV with a header.
    pub fn csv_delimiter(&self) -> Option<u8> {
        match self.shape {
            Shape::Csv(delimiter) => Some(delimiter),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_by_content() {
        let shape = |bytes: &[u8]| Head::of("f", bytes).shape;
        assert_eq!(shape(b" \r\n"), Shape::Empty);
        assert_eq!(shape(b"a,b\n1,2"), Shape::Csv(b','));
        assert_eq!(shape(b"\"a\";\"b\"\n1;2"), Shape::Csv(b';'));
        assert_eq!(shape(b"{\"a\":1}"), Shape::Json);
        assert_eq!(shape(b"[]"), Shape::NoObjects);
        assert_eq!(shape(b"CREATE TABLE t (a int, b int);"), Shape::Text);
        assert_eq!(shape(b"\tid, name\n"), Shape::Text);
        assert_eq!(shape(b"2026-11-23 06:51:42.243 UTC,postgres,notif"), Shape::Text);
        for bytes in [b"\x1f\x8b\x08".as_slice(), b"\x7fELF\0\0", b"\xff\xfea\0", b"{\"a\":"] {
            assert!(matches!(shape(bytes), Shape::Unreadable(_)), "{bytes:?}");
        }
    }
}
