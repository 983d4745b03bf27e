use std::io::{self, BufRead, Read};
use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::finding::{Diagnostic, Diagnostics, Finding, Place};

use super::text::{ObjectReader, RECORD_BYTES_MAX, Rows};

/// How much of a file is looked at to tell what it is; more where its first
/// record is longer.
const HEAD_BYTES: usize = 1 << 20;

/// The head, then the rest.
type Whole<'a> = io::Chain<io::Cursor<Vec<u8>>, Box<dyn BufRead + 'a>>;

type Open<'a> = Box<dyn Fn() -> Result<Box<dyn BufRead + 'a>, Diagnostics> + 'a>;

/// A file to read: its name, and how to get at its bytes. It is opened when its
/// turn comes and read from start to end, so a log larger than memory is no
/// trouble; counters whose rows are in no order of time are read a second time.
pub struct InputFile<'a> {
    name: String,
    open: Open<'a>,
}

impl<'a> InputFile<'a> {
    /// A file that is opened when its turn comes. `name` is relative to the
    /// capture folder, with `/` between folders.
    pub fn new(
        name: impl Into<String>,
        open: impl Fn() -> Result<Box<dyn BufRead + 'a>, Diagnostics> + 'a,
    ) -> Self {
        Self { name: name.into(), open: Box::new(open) }
    }

    /// A file held in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Rc<[u8]> = bytes.into().into();
        Self::new(name, move || {
            Ok(Box::new(io::Cursor::new(Rc::clone(&bytes))) as Box<dyn BufRead + 'a>)
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn open(&self) -> Result<Source<'a>, Diagnostics> {
        let mut reader = (self.open)()?;
        let head = head(&mut reader, &self.name).map_err(|error| {
            Diagnostic::new(format!("cannot read this: {error}")).at(Place::file(&*self.name))
        })?;
        let reader =
            Hashing { inner: io::Cursor::new(head.clone()).chain(reader), sha: Sha256::new() };
        Ok(Source { name: self.name.as_str().into(), head, findings: Vec::new(), reader })
    }
}

/// The start of a file, long enough to tell what it is: of JSON, all of the
/// first object.
fn head(reader: &mut Box<dyn BufRead + '_>, name: &str) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut wanted = HEAD_BYTES;
    loop {
        let missing = u64::try_from(wanted - head.len()).unwrap_or(u64::MAX);
        reader.by_ref().take(missing).read_to_end(&mut head)?;
        let is_json = matches!(head.trim_ascii_start(), [b'{' | b'[', ..]);
        if head.len() < wanted || wanted >= RECORD_BYTES_MAX || !is_json {
            return Ok(head);
        }
        let mut bytes = head.as_slice();
        if let Some(Ok(_)) = ObjectReader::new(&mut bytes, name.into(), &head).next_object() {
            return Ok(head);
        }
        wanted *= 8;
    }
}

/// An opened file.
pub(super) struct Source<'a> {
    pub name: Rc<str>,
    /// The start of it: [`HEAD_BYTES`], or as far as its first record goes.
    pub head: Vec<u8>,
    /// What was noticed while it was read.
    pub findings: Vec<Finding>,
    reader: Hashing<Whole<'a>>,
}

impl Source<'_> {
    /// All its bytes.
    pub fn reader(&mut self) -> &mut dyn BufRead {
        &mut self.reader
    }

    /// Its rows, if it is JSON objects or CSV with that delimiter.
    pub fn rows(&mut self, csv_delimiter: Option<u8>) -> Result<Rows<'_>, Diagnostic> {
        let name = Rc::clone(&self.name);
        match csv_delimiter {
            Some(delimiter) => Rows::csv(&mut self.reader, name, delimiter),
            None => Ok(Rows::json(&mut self.reader, name, &self.head)),
        }
    }

    /// Everything from here on as text.
    pub fn text(&mut self) -> Result<String, Diagnostic> {
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes).map_err(|error| {
            Diagnostic::new(format!("cannot read on: {error}")).at(Place::file(&*self.name))
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            Diagnostic::new("this is not UTF-8 text")
                .at(Place::at(&*self.name, line, 1))
                .mend("export the file as UTF-8")
        })?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// SHA-256 of the whole file, in hexadecimal; reads what is left of it.
    pub fn sha256(mut self) -> Result<String, Diagnostic> {
        io::copy(&mut self.reader, &mut io::sink()).map_err(|error| {
            Diagnostic::new(format!("cannot read on: {error}")).at(Place::file(&*self.name))
        })?;
        Ok(self.reader.sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Hashes what passes through it.
struct Hashing<R> {
    inner: R,
    sha: Sha256,
}

impl<R: BufRead> Read for Hashing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.sha.update(&out[..read]);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // The buffer that the caller has seen is still there: asking for it
        // again reads nothing and cannot fail.
        if let Ok(buffer) = self.inner.fill_buf() {
            self.sha.update(&buffer[..amount.min(buffer.len())]);
        }
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_holds_the_first_object_however_long_it_is() {
        let value = "x".repeat(3 * HEAD_BYTES);
        for text in [
            format!("{{\"a\":\"{value}\"}}\n{{\"a\":1}}\n"),
            format!("[{{\"a\":\"{value}\"}},{{\"a\":1}}]"),
            format!("{{\n  \"a\": \"{value}\"\n}}\n{{\n  \"a\": 1\n}}\n"),
        ] {
            let mut source = InputFile::bytes("f", text).open().unwrap();
            assert!(source.head.len() > 3 * HEAD_BYTES);
            assert_eq!(source.rows(None).unwrap().filter(Result::is_ok).count(), 2);
        }
        let source = InputFile::bytes("f", value).open().unwrap();
        assert_eq!(source.head.len(), HEAD_BYTES);
    }

    #[test]
    fn the_hash_is_that_of_the_whole_file_however_it_was_read() {
        // FIPS 180-2, appendix B.1: SHA-256 of "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(InputFile::bytes("f", "abc").open().unwrap().sha256().unwrap(), expected);
        let mut source = InputFile::bytes("f", "abc").open().unwrap();
        source.reader.consume(2);
        assert_eq!(source.sha256().unwrap(), expected);
        let mut source = InputFile::bytes("f", "abc").open().unwrap();
        assert_eq!(source.text().unwrap(), "abc");
        assert_eq!(source.sha256().unwrap(), expected);
    }
}
