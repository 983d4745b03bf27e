use std::io::BufRead;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::finding::{Diagnostic, Place};
use crate::units::Timestamp;

use super::{Cell, CsvReader, Flaw, ObjectReader, list};

/// The names a column goes by in different versions and tools, best first.
pub(in crate::capture) type Names = &'static [&'static str];

/// A row with named columns, from CSV or JSON. Objects inside a JSON object
/// appear as `outer.inner`.
#[derive(Clone, Debug)]
pub(in crate::capture) struct Record {
    file: Rc<str>,
    line: usize,
    names: Rc<[String]>,
    values: Vec<Option<String>>,
    /// Where each value starts, where that is known.
    columns: Vec<usize>,
}

impl Record {
    /// The value, or `None` if it is NULL or there is no such column.
    pub fn text(&self, names: Names) -> Option<&str> {
        names.iter().find_map(|name| self.index(name)).and_then(|i| self.values[i].as_deref())
    }

    /// The value, which must be there.
    pub fn need(&self, names: Names) -> Result<&str, Diagnostic> {
        self.text(names).ok_or_else(|| {
            Diagnostic::new(format!("this row has no `{}`", names[0])).at(self.place(names))
        })
    }

    /// The value, unless it is empty: exports that quote every value write NULL so,
    /// and no number, time or list is empty.
    fn filled(&self, names: Names) -> Option<&str> {
        self.text(names).filter(|text| !text.trim().is_empty())
    }

    /// A whole number of at least 0.
    pub fn count(&self, names: Names) -> Result<Option<u64>, Diagnostic> {
        let Some(text) = self.filled(names) else { return Ok(None) };
        whole(text).map(Some).ok_or_else(|| self.wrong(names, "a whole number of at least 0"))
    }

    /// A finite number.
    pub fn number(&self, names: Names) -> Result<Option<f64>, Diagnostic> {
        let Some(text) = self.filled(names) else { return Ok(None) };
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(self.wrong(names, "a number")),
        }
    }

    /// A truth value in the spellings of CSV and JSON.
    pub fn flag(&self, names: Names) -> Result<Option<bool>, Diagnostic> {
        match self.filled(names) {
            None => Ok(None),
            Some("t" | "true" | "TRUE" | "True" | "1" | "YES" | "yes" | "on") => Ok(Some(true)),
            Some("f" | "false" | "FALSE" | "False" | "0" | "NO" | "no" | "off") => Ok(Some(false)),
            Some(_) => Err(self.wrong(names, "true or false")),
        }
    }

    /// A moment.
    pub fn time(&self, names: Names) -> Result<Option<Timestamp>, Diagnostic> {
        let Some(text) = self.filled(names) else { return Ok(None) };
        Timestamp::parse(text)
            .map(Some)
            .ok_or_else(|| self.wrong(names, "a time such as 2026-11-23 06:48:18.758+00"))
    }

    /// An array.
    pub fn list(&self, names: Names) -> Result<Option<Vec<String>>, Diagnostic> {
        let Some(text) = self.filled(names) else { return Ok(None) };
        list(text).map(Some).ok_or_else(|| self.wrong(names, "a list such as {1,2} or [1,2]"))
    }

    /// The row nested in this one: columns that start with `prefix`, without
    /// it, and those that do not.
    pub fn inner(&self, prefix: &str) -> Self {
        let name = |name: &String| name.strip_prefix(prefix).unwrap_or(name).to_owned();
        // The inner row's own columns come first where a name stands in both.
        let (inner, outer): (Vec<usize>, Vec<usize>) =
            (0..self.names.len()).partition(|i| self.names[*i].starts_with(prefix));
        let order: Vec<usize> = inner.into_iter().chain(outer).collect();
        Self {
            file: Rc::clone(&self.file),
            line: self.line,
            names: order.iter().map(|i| name(&self.names[*i])).collect(),
            values: order.iter().map(|i| self.values[*i].clone()).collect(),
            columns: Vec::new(),
        }
    }

    /// Where the value of that column stands.
    pub fn place(&self, names: Names) -> Place {
        let column = names
            .iter()
            .find_map(|name| self.index(name))
            .and_then(|i| self.columns.get(i).copied())
            .unwrap_or(1);
        Place::at(&*self.file, self.line, column)
    }

    /// A fault of this value.
    pub fn wrong(&self, names: Names, expected: &str) -> Diagnostic {
        let value = self.text(names).unwrap_or_default();
        // Where columns are shifted it may be a statement with a password.
        let is_prose = value.contains(char::is_whitespace) && value.contains(char::is_alphabetic);
        let shown = if is_prose {
            format!("a text of {} characters", value.chars().count())
        } else {
            format!("`{}`", value.chars().take(60).collect::<String>())
        };
        Diagnostic::new(format!("`{}` is {shown}, not {expected}", names[0])).at(self.place(names))
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

/// Spreadsheets write `12.0` and `1.2E+3` for counts; anything with a real
/// fraction is refused.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(count) = text.parse() {
        return Some(count);
    }
    let number: rust_decimal::Decimal =
        text.parse().or_else(|_| rust_decimal::Decimal::from_scientific(text)).ok()?;
    if number.fract().is_zero() { u64::try_from(number).ok() } else { None }
}

/// The rows of a file.
pub(in crate::capture) struct Rows<'a> {
    file: Rc<str>,
    names: Rc<[String]>,
    form: Form<'a>,
}

enum Form<'a> {
    Csv(CsvReader<'a>),
    Json(ObjectReader<'a>),
}

impl<'a> Rows<'a> {
    /// Rows of CSV with a header line.
    pub fn csv(
        reader: &'a mut dyn BufRead,
        file: Rc<str>,
        delimiter: u8,
    ) -> Result<Self, Diagnostic> {
        let mut csv = CsvReader::new(reader, Rc::clone(&file), delimiter);
        let names = match csv.next_record() {
            None => Vec::new(),
            Some(header) => header?.1.into_iter().map(|cell| column_name(&cell.text)).collect(),
        };
        Ok(Self { file, names: names.into(), form: Form::Csv(csv) })
    }

    /// Rows of JSON objects; `head` is the start of the file.
    pub fn json(reader: &'a mut dyn BufRead, file: Rc<str>, head: &[u8]) -> Self {
        let json = ObjectReader::new(reader, Rc::clone(&file), head);
        Self { file, names: Vec::new().into(), form: Form::Json(json) }
    }
}

/// Column names are compared without regard to case and outer spaces.
pub(in crate::capture) fn column_name(text: &str) -> String {
    text.trim().to_lowercase()
}

impl Rows<'_> {
    /// What the last fault was, if the caller may go on in spite of it.
    pub fn flaw(&self) -> Option<Flaw> {
        match &self.form {
            Form::Csv(csv) => csv.flaw(),
            Form::Json(json) => json.flaw(),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Record, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.form {
            Form::Csv(csv) => {
                let (line, cells) = match csv.next_record()? {
                    Ok(record) => record,
                    Err(fault) => return Some(Err(fault)),
                };
                Some(self.row_of(line, cells))
            }
            Form::Json(json) => Some(json.next_object()?.map(|(line, object)| {
                let (names, values) = flat(object);
                if *names != *self.names {
                    self.names = names.into();
                }
                Record {
                    file: Rc::clone(&self.file),
                    line,
                    names: Rc::clone(&self.names),
                    values,
                    columns: Vec::new(),
                }
            })),
        }
    }
}

impl Rows<'_> {
    fn row_of(&self, line: usize, cells: Vec<Cell>) -> Result<Record, Diagnostic> {
        if cells.len() != self.names.len() {
            return Err(Diagnostic::new(format!(
                "this line has {} values where the header has {} columns",
                cells.len(),
                self.names.len()
            ))
            .at(Place::at(&*self.file, line, 1))
            .mend("export it again; values with commas, quotes or line breaks must be quoted"));
        }
        let columns = cells.iter().map(|cell| cell.column).collect();
        let values = cells
            .into_iter()
            .map(|cell| (cell.quoted || !cell.text.is_empty()).then_some(cell.text))
            .collect();
        Ok(Record {
            file: Rc::clone(&self.file),
            line,
            names: Rc::clone(&self.names),
            values,
            columns,
        })
    }
}

/// Names and values of an object; inner objects are spread out.
pub(in crate::capture) fn flat(object: Map<String, Value>) -> (Vec<String>, Vec<Option<String>>) {
    fn spread(
        prefix: &str,
        object: Map<String, Value>,
        out: &mut (Vec<String>, Vec<Option<String>>),
    ) {
        for (key, value) in object {
            let name = format!("{prefix}{}", column_name(&key));
            let value = match value {
                Value::Object(inner) => {
                    spread(&format!("{name}."), inner, out);
                    continue;
                }
                Value::Null => None,
                Value::String(text) => Some(text),
                other => Some(other.to_string()),
            };
            out.0.push(name);
            out.1.push(value);
        }
    }
    let mut out = (Vec::new(), Vec::new());
    spread("", object, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_and_json_rows_say_the_same() {
        let mut csv = "a,B,c,d\n1,,\"\",t\n".as_bytes();
        let mut rows = Rows::csv(&mut csv, "f".into(), b',').unwrap();
        let csv = rows.next().unwrap().unwrap();
        let text = r#"{"a":1,"B":null,"c":"","d":true,"e":{"f":{"g":[1,2]}}}"#;
        let mut bytes = text.as_bytes();
        let mut rows = Rows::json(&mut bytes, "f".into(), text.as_bytes());
        let json = rows.next().unwrap().unwrap();
        for record in [&csv, &json] {
            assert_eq!(record.count(&["x", "a"]).unwrap(), Some(1));
            assert_eq!(record.text(&["b"]), None);
            assert_eq!(record.text(&["c"]), Some(""));
            assert_eq!(record.flag(&["d"]).unwrap(), Some(true));
            assert_eq!(record.count(&["c"]).unwrap(), None, "an empty number is NULL");
        }
        assert_eq!(json.list(&["e.f.g"]).unwrap().unwrap(), ["1", "2"]);
    }

    #[test]
    fn a_wrong_value_is_told_with_its_place() {
        let mut csv = "a,calls\nx,-1\nx,1.5\nx,12.0\nx,1.2E+3\nx\n".as_bytes();
        let rows = Rows::csv(&mut csv, "f.csv".into(), b',').unwrap();
        let told: Vec<_> = rows
            .map(|row| row.and_then(|row| row.count(&["calls"])).map_err(|fault| fault.to_string()))
            .collect();
        assert_eq!(
            told[0],
            Err("f.csv:2:3: `calls` is `-1`, not a whole number of at least 0".into())
        );
        assert!(told[1].is_err());
        assert_eq!(told[2..4], [Ok(Some(12)), Ok(Some(1200))]);
        assert!(told[4].as_ref().unwrap_err().starts_with("f.csv:6:1: this line has 1 values"));
    }
}
