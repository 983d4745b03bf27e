//! Rows of a CSV file (RFC 4180) from any reader, in constant memory and without
//! copying fields.

use std::borrow::Cow;
use std::io::{self, Read};

const BUFFER_BYTES: usize = 1 << 17;
/// A longer row is taken for an unclosed quote.
const ROW_BYTES_MAX: usize = 1 << 20;
const TEXT_AFTER_QUOTE: &str = "there is text after a closing quote";

/// Splits a byte stream into rows.
pub(super) struct CsvReader<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    line: usize,
    fields: Vec<Field>,
}

#[derive(Clone, Copy)]
struct Field {
    start: usize,
    end: usize,
    /// Holds `""`, which stands for one quote.
    escaped: bool,
}

/// One row. Fields are bytes: what is not UTF-8 is the reader's to judge.
pub(super) struct Row<'a> {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    bytes: &'a [u8],
    fields: &'a [Field],
}

/// A row that cannot be split, and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unsplit {
    pub(super) line: usize,
    pub(super) what: &'static str,
}

impl<'a> Row<'a> {
    /// Number of fields; a blank line has one, which is empty.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field without its quotes, or `None` past the last one.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<Cow<'a, [u8]>> {
        let field = self.fields.get(index)?;
        let bytes = &self.bytes[field.start..field.end];
        Some(if field.escaped { Cow::Owned(unescaped(bytes)) } else { Cow::Borrowed(bytes) })
    }

    /// The column (in bytes, from 1) at which a field begins.
    pub(super) fn column(&self, index: usize) -> usize {
        self.fields.get(index).map_or(1, |field| field.start + 1)
    }
}

/// Two quotes stand for one.
#[cold]
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        plain.push(byte);
        if byte == b'"' {
            rest.next();
        }
    }
    plain
}

enum Split {
    /// A row of this many bytes, its end of line included, and whether a field
    /// of it is quoted.
    Row(usize, bool),
    Incomplete,
    Malformed(&'static str),
}

impl<R: Read> CsvReader<R> {
    pub(super) fn new(input: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES];
        Self { input, buffer, start: 0, end: 0, at_end: false, line: 1, fields: Vec::new() }
    }

    /// The next row, or `None` after the last.
    #[inline]
    pub(super) fn next_row(&mut self) -> io::Result<Option<Result<Row<'_>, Unsplit>>> {
        loop {
            if self.start == self.end && self.at_end {
                return Ok(None);
            }
            let bytes = &self.buffer[self.start..self.end];
            match split(bytes, self.at_end, &mut self.fields) {
                Split::Row(length, quoted) => {
                    let bytes = &self.buffer[self.start..self.start + length];
                    let line = self.line;
                    // Only quoted fields can hold an end of line.
                    self.line += if quoted { lines(bytes) } else { 1 };
                    self.start += length;
                    return Ok(Some(Ok(Row { line, bytes, fields: &self.fields })));
                }
                Split::Malformed(what)
                    if self.at_end || bytes.contains(&b'\n') || bytes.len() >= ROW_BYTES_MAX =>
                {
                    return Ok(Some(Err(self.give_up_on_line(what))));
                }
                Split::Incomplete if self.at_end || bytes.len() >= ROW_BYTES_MAX => {
                    let what = "a quoted field is not closed";
                    return Ok(Some(Err(self.give_up_on_line(what))));
                }
                Split::Malformed(_) | Split::Incomplete => self.refill()?,
            }
        }
    }

    /// Lets the next row pass; for after a [`Self::peek_row`].
    pub(super) fn skip_row(&mut self) -> io::Result<()> {
        self.next_row().map(|_| ())
    }

    /// Lets blank lines pass, as every reader of CSV does.
    #[inline]
    pub(super) fn skip_blank_rows(&mut self) -> io::Result<()> {
        loop {
            match self.buffer[self.start..self.end] {
                [b'\n', ..] => self.start += 1,
                [b'\r', b'\n', ..] => self.start += 2,
                [] | [b'\r'] if !self.at_end => {
                    self.refill()?;
                    continue;
                }
                [b'\r'] => self.start += 1,
                _ => return Ok(()),
            }
            self.line += 1;
        }
    }

    /// The next row without moving past it. What cannot be split is left for
    /// [`Self::next_row`] to tell.
    pub(super) fn peek_row(&mut self) -> io::Result<Option<Row<'_>>> {
        loop {
            let bytes = &self.buffer[self.start..self.end];
            match split(bytes, self.at_end, &mut self.fields) {
                Split::Row(length, _) if length > 0 => {
                    let bytes = &self.buffer[self.start..self.start + length];
                    return Ok(Some(Row { line: self.line, bytes, fields: &self.fields }));
                }
                Split::Incomplete if !self.at_end && bytes.len() < ROW_BYTES_MAX => {
                    self.refill()?
                }
                _ => return Ok(None),
            }
        }
    }

    /// Reading goes on with the line after the one on which the row begins.
    fn give_up_on_line(&mut self, what: &'static str) -> Unsplit {
        let bytes = &self.buffer[self.start..self.end];
        let length = bytes.iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| at + 1);
        self.start += length;
        self.line += 1;
        Unsplit { line: self.line - 1, what }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

fn lines(row: &[u8]) -> usize {
    row.iter().filter(|&&b| b == b'\n').count().max(1)
}

/// Splits the first row of `bytes`; `last` says that nothing follows them.
fn split(bytes: &[u8], last: bool, fields: &mut Vec<Field>) -> Split {
    fields.clear();
    let (mut start, mut any_quoted) = (0, false);
    loop {
        let (field, next) = if bytes.get(start) == Some(&b'"') {
            any_quoted = true;
            match quoted(bytes, start + 1, last) {
                Ok(Some(found)) => found,
                Ok(None) => return Split::Incomplete,
                Err(what) => return Split::Malformed(what),
            }
        } else {
            let rest = &bytes[start..];
            let Some(length) = separator(rest) else {
                if !last {
                    return Split::Incomplete;
                }
                fields.push(Field { start, end: bytes.len(), escaped: false });
                return Split::Row(bytes.len(), any_quoted);
            };
            let end = start + length;
            (Field { start, end, escaped: false }, end)
        };
        fields.push(field);
        if bytes.get(next) == Some(&b',') {
            start = next + 1;
            continue;
        }
        if let Some(field) = fields.last_mut()
            && field.end == next
            && field.end > field.start
            && bytes[field.end - 1] == b'\r'
        {
            field.end -= 1;
        }
        return Split::Row((next + 1).min(bytes.len()), any_quoted);
    }
}

/// Where the first comma or line end is: eight bytes at a time.
#[inline]
fn separator(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    // The top bit of each byte that is 0; above the first such byte others may be
    // taken for one, below it none.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let (words, rest) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found =
            zeros(word ^ (ONES * u64::from(b','))) | zeros(word ^ (ONES * u64::from(b'\n')));
        if found != 0 {
            return Some(nth * 8 + (found.trailing_zeros() / 8) as usize);
        }
    }
    let in_rest = rest.iter().position(|&b| b == b',' || b == b'\n')?;
    Some(bytes.len() - rest.len() + in_rest)
}

/// A quoted field from after its opening quote, and where its separator is.
fn quoted(bytes: &[u8], start: usize, last: bool) -> Result<Option<(Field, usize)>, &'static str> {
    let (mut at, mut escaped) = (start, false);
    loop {
        let Some(length) = bytes[at..].iter().position(|&b| b == b'"') else { return Ok(None) };
        let end = at + length;
        match bytes.get(end + 1) {
            Some(b'"') => {
                escaped = true;
                at = end + 2;
            }
            Some(b',' | b'\n') => return Ok(Some((Field { start, end, escaped }, end + 1))),
            Some(b'\r') => match bytes.get(end + 2) {
                Some(b'\n') => return Ok(Some((Field { start, end, escaped }, end + 2))),
                None if last => return Ok(Some((Field { start, end, escaped }, end + 2))),
                None => return Ok(None),
                Some(_) => return Err(TEXT_AFTER_QUOTE),
            },
            None if last => return Ok(Some((Field { start, end, escaped }, end + 1))),
            None => return Ok(None),
            Some(_) => return Err(TEXT_AFTER_QUOTE),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Rows = Vec<(usize, Result<Vec<String>, &'static str>)>;

    fn rows(input: impl Read) -> Rows {
        let mut reader = CsvReader::new(input);
        let mut rows = Vec::new();
        while let Some(row) = reader.next_row().unwrap() {
            rows.push(match row {
                Ok(row) => {
                    let text = |i| String::from_utf8(row.get(i).unwrap().into_owned()).unwrap();
                    (row.line, Ok((0..row.len()).map(text).collect()))
                }
                Err(unsplit) => (unsplit.line, Err(unsplit.what)),
            });
        }
        rows
    }

    fn fields(texts: &[&str]) -> Result<Vec<String>, &'static str> {
        Ok(texts.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn quotes_may_hold_commas_quotes_and_line_ends() {
        let text = "a,\"b,c\",\"d \"\"e\"\"\"\r\n\"f\ng\",,h\n\ni,j";
        assert_eq!(
            rows(text.as_bytes()),
            [
                (1, fields(&["a", "b,c", "d \"e\""])),
                (2, fields(&["f\ng", "", "h"])),
                (4, fields(&[""])),
                (5, fields(&["i", "j"])),
            ]
        );
    }

    #[test]
    fn a_broken_row_does_not_take_the_next_one_along() {
        let text = "a,\"b\"c\nd,e\nf,\"g\nh,i\n";
        assert_eq!(
            rows(text.as_bytes()),
            [
                (1, Err("there is text after a closing quote")),
                (2, fields(&["d", "e"])),
                (3, Err("a quoted field is not closed")),
                (4, fields(&["h", "i"])),
            ]
        );
    }

    /// Hands out one byte at a time, to cut rows everywhere.
    struct Dribble<'a>(&'a [u8]);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    proptest! {
        /// What was written comes back, however the stream is cut.
        #[test]
        fn written_rows_are_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-c\",\n\r é]{0,6}", 1..5), 1..8),
        ) {
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\n";
            let text: String = table.iter().map(line).collect();
            let read: Vec<Vec<String>> =
                rows(text.as_bytes()).into_iter().map(|(_, row)| row.unwrap()).collect();
            prop_assert_eq!(&read, &table);
            prop_assert_eq!(rows(Dribble(text.as_bytes())), rows(text.as_bytes()));
        }

        /// Bytes next to those looked for, in any place of a word.
        #[test]
        fn separators_are_found_where_they_are(
            bytes in prop::collection::vec(prop::sample::select(b"+,-\n\x0b\x00\x80\xac\xffa".to_vec()), 0..40),
        ) {
            let slow = bytes.iter().position(|b| [b',', b'\n'].contains(b));
            prop_assert_eq!(separator(&bytes), slow);
        }

        /// Any text at all: where the stream is cut makes no difference, and
        /// no line is lost.
        #[test]
        fn cuts_in_the_stream_make_no_difference(text in "[a,\"\n\r]{0,40}") {
            let whole = rows(text.as_bytes());
            prop_assert_eq!(&rows(Dribble(text.as_bytes())), &whole);
            prop_assert_eq!(whole.is_empty(), text.is_empty());
        }
    }
}
