use std::io::BufRead;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::finding::{Diagnostic, Place};

use super::csv::{not_utf8, too_long};
use super::line::{Flaw, RECORD_BYTES_MAX, read_line};

/// The line on which an object starts, and the object.
type Found = (usize, Map<String, Value>);

/// JSON objects one at a time: one a line, or the elements of an array, or
/// pretty-printed one after the other.
pub(in crate::capture) struct ObjectReader<'a> {
    reader: &'a mut dyn BufRead,
    file: Rc<str>,
    /// The line number of the next byte, and its column in bytes.
    line: usize,
    column: usize,
    one_a_line: bool,
    depth: usize,
    done: bool,
    most: usize,
    flaw: Option<Flaw>,
}

impl<'a> ObjectReader<'a> {
    /// `head` is the start of the same file: it tells lines from arrays.
    pub fn new(reader: &'a mut dyn BufRead, file: Rc<str>, head: &[u8]) -> Self {
        Self {
            reader,
            file,
            line: 1,
            column: 1,
            one_a_line: one_a_line(head),
            depth: 0,
            done: false,
            most: RECORD_BYTES_MAX,
            flaw: None,
        }
    }

    /// What the last fault was, if the caller may go on in spite of it.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// The line on which the object starts, and the object. After a fault in
    /// line-by-line reading the next line can still be read.
    pub fn next_object(&mut self) -> Option<Result<Found, Diagnostic>> {
        if self.done {
            return None;
        }
        self.flaw = None;
        let found = if self.one_a_line { self.next_line() } else { self.next_element() };
        if !self.one_a_line && matches!(found, Some(Err(_))) && self.flaw != Some(Flaw::TooLong) {
            self.done = true;
        }
        found
    }

    fn next_line(&mut self) -> Option<Result<Found, Diagnostic>> {
        loop {
            let mut bytes = Vec::new();
            let length = match read_line(self.reader, &mut bytes, self.most, |_| {}) {
                Ok(0) => return None,
                Ok(length) => length,
                Err(error) => {
                    self.done = true;
                    return Some(Err(self.fault(&format!("cannot read on: {error}"))));
                }
            };
            let line = self.line;
            self.line += 1;
            if length > self.most {
                self.flaw = Some(Flaw::TooLong);
                return Some(Err(too_long(&self.file, line, 1, self.most)));
            }
            let whole = bytes.ends_with(b"\n");
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            let bytes = bytes.trim_ascii_end();
            if bytes.is_empty() {
                continue;
            }
            let object = self.parse(bytes, line, 1).map(|object| (line, object));
            self.flaw = (object.is_err() && !whole).then_some(Flaw::Cut);
            return Some(object);
        }
    }

    /// Finds the next `{ … }` at the top level or inside the one outer array.
    fn next_element(&mut self) -> Option<Result<Found, Diagnostic>> {
        let (mut object, mut length) = (Vec::new(), 0);
        let mut start = (self.line, self.column);
        let (mut in_string, mut escaped) = (false, false);
        loop {
            let byte = match self.reader.fill_buf() {
                Err(error) => return Some(Err(self.fault(&format!("cannot read on: {error}")))),
                Ok([]) if object.is_empty() => {
                    self.done = true;
                    return None;
                }
                Ok([]) if length > self.most => {
                    self.done = true;
                    return Some(Err(self.fault("this JSON object is never closed")));
                }
                // The parser words what is missing and where.
                Ok([]) => {
                    return Some(self.parse(&object, start.0, start.1).map(|o| (start.0, o)));
                }
                Ok(buffer) => buffer[0],
            };
            self.reader.consume(1);
            if object.is_empty() {
                if byte == b'{' {
                    start = (self.line, self.column);
                } else if !matches!(byte, b'[' | b']' | b',' | 0xef | 0xbb | 0xbf)
                    && !byte.is_ascii_whitespace()
                {
                    return Some(Err(self.fault("a JSON object is expected here")));
                }
            }
            self.column += 1;
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
            }
            if object.is_empty() && byte != b'{' {
                continue;
            }
            length += 1;
            if length <= self.most {
                object.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'{' if !in_string => self.depth += 1,
                b'}' if !in_string => {
                    self.depth -= 1;
                    if self.depth == 0 && length > self.most {
                        self.flaw = Some(Flaw::TooLong);
                        return Some(Err(too_long(&self.file, start.0, start.1, self.most)));
                    }
                    if self.depth == 0 {
                        return Some(self.parse(&object, start.0, start.1).map(|o| (start.0, o)));
                    }
                }
                _ => {}
            }
        }
    }

    fn parse(
        &self,
        bytes: &[u8],
        line: usize,
        column: usize,
    ) -> Result<Map<String, Value>, Diagnostic> {
        let text = std::str::from_utf8(bytes).map_err(|_| not_utf8(&self.file, line))?;
        serde_json::from_str(text).map_err(|error| {
            let at_line = line + error.line().saturating_sub(1);
            let at_column = if error.line() <= 1 { column - 1 } else { 0 } + error.column().max(1);
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            let fault = Diagnostic::new(format!("this is not a whole JSON object: {words}"))
                .at(Place::at(&*self.file, at_line, at_column));
            if error.is_eof() {
                fault
                    .why("the file seems to be cut off")
                    .mend("export it again, or delete the cut line")
            } else {
                fault.mend("export it again")
            }
        })
    }

    fn fault(&self, what: &str) -> Diagnostic {
        Diagnostic::new(what).at(Place::at(&*self.file, self.line, self.column))
    }
}

/// Whether each line is an object of its own: the first line that is not empty
/// starts with `{` and either ends with `}` or a later line starts with `{"`
/// at its very beginning.
fn one_a_line(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines =
        head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let Some(first) = lines.next() else { return false };
    let opens = |line: &[u8]| line.starts_with(b"{");
    opens(first)
        && first.len() > 1
        && (serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
            || lines.next().is_none_or(opens))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(text: &str) -> Vec<Result<(usize, String), Diagnostic>> {
        let mut bytes = text.as_bytes();
        let mut reader = ObjectReader::new(&mut bytes, "f".into(), text.as_bytes());
        let mut all = Vec::new();
        while let Some(object) = reader.next_object() {
            all.push(object.map(|(line, map)| (line, Value::Object(map).to_string())));
        }
        all
    }

    #[test]
    fn lines_arrays_and_pretty_printing_read_alike() {
        let a = r#"{"a":"}\"{","b":{"c":[1]}}"#;
        let b = r#"{"a":2}"#;
        let told =
            |lines: [usize; 2]| vec![Ok((lines[0], a.to_owned())), Ok((lines[1], b.to_owned()))];
        assert_eq!(objects(&format!("{a}\n{b}\n")), told([1, 2]));
        assert_eq!(objects(&format!("\u{feff}{a}\r\n\r\n{b}")), told([1, 3]));
        assert_eq!(objects(&format!("[{a}, \n {b}]\n")), told([1, 2]));
        assert_eq!(objects("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n").len(), 2);
        assert_eq!(objects("[]"), vec![]);
    }

    #[test]
    fn a_cut_line_is_told_with_line_and_column_and_the_next_is_read() {
        let told = objects("{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
        assert_eq!(told.len(), 3);
        let fault = told[1].as_ref().unwrap_err();
        assert_eq!(fault.place, Some(Place::at("f", 2, 5)));
        assert!(fault.to_string().contains("cut off"), "{fault}");
        assert_eq!(told[2], Ok((3, "{\"a\":3}".to_owned())));
    }

    #[test]
    fn an_object_that_is_too_long_is_passed_over_to_its_end() {
        let long = "x".repeat(100);
        for text in [
            format!("{{\"a\":\"{long}}}\"}}\n{{\"a\":2}}\n"),
            format!("[{{\"a\":\"{long}}}\"}},\n{{\"a\":2}}]"),
        ] {
            let mut bytes = text.as_bytes();
            let mut reader = ObjectReader::new(&mut bytes, "f".into(), text.as_bytes());
            reader.most = 50;
            let fault = reader.next_object().unwrap().unwrap_err();
            assert!(
                fault.to_string().ends_with(": this record is longer than 50 bytes"),
                "{fault}"
            );
            assert_eq!(reader.flaw(), Some(Flaw::TooLong));
            assert_eq!(reader.next_object().unwrap().unwrap().0, 2);
            assert_eq!(reader.next_object(), None);
        }
    }

    #[test]
    fn nested_deeper_than_any_export_is_a_fault_of_that_object() {
        let told = objects(&format!("{{\"a\":1}}\n{{\"a\":{}\n{{\"a\":3}}\n", "[".repeat(100_000)));
        assert!(told[1].as_ref().unwrap_err().to_string().contains("recursion limit"), "{told:?}");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn a_cut_array_is_told_where_it_ends() {
        let fault = objects("[{\"a\":1},\n {\"a\":").pop().unwrap().unwrap_err();
        assert_eq!(fault.place, Some(Place::at("f", 2, 6)));
    }

    #[test]
    fn numbers_beyond_two_to_the_53_stay_exact() {
        let told = objects("{\"q\":-9089196982814635820,\"w\":9007199254740993}");
        assert!(told[0].as_ref().unwrap().1.contains("-9089196982814635820"));
        assert!(told[0].as_ref().unwrap().1.contains("9007199254740993"));
    }
}
