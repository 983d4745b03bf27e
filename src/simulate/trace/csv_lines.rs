use std::borrow::Cow;
use std::io::{self, Read};

use super::Malformed;
use super::operation::{self, Operation, Record};
use crate::dynamodb::Consistency;
use crate::simulate::csv::{CsvReader, Row};
use crate::simulate::moment::moment;
use crate::units::Bytes;

/// Records of a CSV trace. The first line names the columns; without such a
/// line they are `ts, operation, table, key, bytes, old_bytes`.
pub struct CsvLines<R> {
    rows: CsvReader<R>,
    columns: Option<Columns>,
    ignored: Vec<String>,
}

#[derive(Clone, Copy)]
struct Columns {
    ts: usize,
    operation: usize,
    table: usize,
    key: usize,
    bytes: usize,
    old_bytes: Option<usize>,
    consistency: Option<usize>,
    index: Option<usize>,
}

const IN_ORDER: Columns = Columns {
    ts: 0,
    operation: 1,
    table: 2,
    key: 3,
    bytes: 4,
    old_bytes: Some(5),
    consistency: None,
    index: None,
};

impl<R: Read> CsvLines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { rows: CsvReader::new(input), columns: None, ignored: Vec::new() }
    }

    pub(super) fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }

    #[inline]
    pub(super) fn next_record(&mut self) -> io::Result<Option<Result<Record<'_>, Malformed>>> {
        self.rows.skip_blank_rows()?;
        if self.columns.is_none()
            && let Some(fault) = self.read_header()?
        {
            return Ok(Some(Err(fault)));
        }
        let columns = self.columns.unwrap_or(IN_ORDER);
        match self.rows.next_row()? {
            None => Ok(None),
            Some(Err(unsplit)) => Ok(Some(Err(Malformed {
                line: unsplit.line,
                column: 1,
                what: unsplit.what.into(),
            }))),
            Some(Ok(row)) => Ok(Some(record(&row, columns))),
        }
    }

    /// Reads the header, unless the first row is a record already.
    fn read_header(&mut self) -> io::Result<Option<Malformed>> {
        self.columns = Some(IN_ORDER);
        let Some(row) = self.rows.peek_row()? else { return Ok(None) };
        if row.get(0).is_some_and(|first| moment(&first).is_some()) {
            return Ok(None);
        }
        let names: Vec<String> = (0..row.len())
            .map(|i| {
                let name = row.get(i).unwrap_or_default();
                let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
                name.trim_start_matches('\u{feff}').replace([' ', '-'], "_")
            })
            .collect();
        let find = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
        let known: [&[&str]; 8] = [
            &["ts", "timestamp", "time"],
            &["operation", "op"],
            &["table"],
            &["key"],
            &["bytes"],
            &["old_bytes"],
            &["consistency"],
            &["index"],
        ];
        let ignored = names.iter().filter(|name| !known.iter().any(|k| k.contains(&name.as_str())));
        self.ignored = ignored.cloned().collect();
        let found = known.map(find);
        let missing: Vec<&str> =
            known[..5].iter().zip(&found).filter(|(_, f)| f.is_none()).map(|(k, _)| k[0]).collect();
        let [
            Some(ts),
            Some(operation),
            Some(table),
            Some(key),
            Some(bytes),
            old_bytes,
            consistency,
            index,
        ] = found
        else {
            let what = format!("the header has no column {}", missing.join(", "));
            let line = row.line;
            self.rows.skip_row()?;
            return Ok(Some(Malformed { line, column: 1, what }));
        };
        self.columns =
            Some(Columns { ts, operation, table, key, bytes, old_bytes, consistency, index });
        self.rows.skip_row()?;
        self.rows.skip_blank_rows()?;
        Ok(None)
    }
}

#[inline]
fn record<'a>(row: &Row<'a>, columns: Columns) -> Result<Record<'a>, Malformed> {
    let at = field(row, columns.ts)?;
    let Some(at) = moment(&at) else { return Err(wrong(row, columns.ts, "a moment")) };
    let name = field(row, columns.operation)?;
    let Some(operation) = Operation::named(name.trim_ascii()) else {
        return Err(wrong(row, columns.operation, "an operation of DynamoDB"));
    };
    let Some(bytes) = number(&field(row, columns.bytes)?) else {
        return Err(wrong(row, columns.bytes, "a number of bytes"));
    };
    let mut old_bytes = None;
    if let Some(column) = columns.old_bytes
        && let Some(text) = row.get(column)
        && !text.trim_ascii().is_empty()
    {
        old_bytes = number(&text);
        if old_bytes.is_none() {
            return Err(wrong(row, column, "a number of bytes"));
        }
    }
    let mut consistency = Consistency::Eventual;
    if let Some(column) = columns.consistency {
        let name = row.get(column).unwrap_or_default();
        match operation::consistency(name.trim_ascii()) {
            Some(named) => consistency = named,
            None => return Err(wrong(row, column, "`eventual` or `strong`")),
        }
    }
    let line = row.line;
    let index = columns.index.and_then(|column| row.get(column)).filter(|name| !name.is_empty());
    let table = row.get(columns.table).ok_or_else(|| missing(row))?;
    let key = row.get(columns.key).ok_or_else(|| missing(row))?;
    Ok(Record { at, operation, consistency, table, index, key, bytes, old_bytes, line })
}

#[inline]
fn field<'a>(row: &Row<'a>, column: usize) -> Result<Cow<'a, [u8]>, Malformed> {
    row.get(column).ok_or_else(|| missing(row))
}

#[cold]
fn missing(row: &Row<'_>) -> Malformed {
    let what = format!("this line has {} fields, fewer than the header", row.len());
    Malformed { line: row.line, column: 1, what }
}

#[cold]
fn wrong(row: &Row<'_>, column: usize, wanted: &str) -> Malformed {
    let text = row.get(column).unwrap_or_default();
    let shown: String = String::from_utf8_lossy(&text).chars().take(40).collect();
    let what = format!("`{shown}` is not {wanted}");
    Malformed { line: row.line, column: row.column(column), what }
}

#[inline]
fn number(text: &[u8]) -> Option<Bytes> {
    let digits = text.trim_ascii();
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let add = |sum: u64, &b: &u8| b.is_ascii_digit().then(|| sum * 10 + u64::from(b - b'0'));
    digits.iter().try_fold(0, add).map(Bytes::new)
}
