//! A recorded trace in the two forms that are read.

const HEADER: &str = "ts,operation,table,key,bytes,old_bytes\n";

/// A CSV trace of so many rows, ten a second.
pub fn csv_trace(rows: u32) -> String {
    let mut text = String::from(HEADER);
    (0..rows).for_each(|row| push_row(row, &mut text));
    text
}

fn push_row(row: u32, text: &mut String) {
    let operation = ["GetItem", "PutItem", "UpdateItem", "Query"][(row % 4) as usize];
    let old = if operation == "UpdateItem" { "811" } else { "" };
    text.push_str(&format!(
        "{}.{},{operation},table{},user-{},{},{old}\n",
        1_790_000_000 + row / 10,
        row % 10,
        row % 5,
        row.wrapping_mul(2_654_435_761) % 100_000,
        200 + row.wrapping_mul(40_503) % 4_000,
    ));
}

/// The same as JSON lines.
pub fn json_trace(csv: &str) -> String {
    let mut text = String::new();
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let old = if fields[5].is_empty() { "null" } else { fields[5] };
        text.push_str(&format!(
            "{{\"ts\":{},\"operation\":\"{}\",\"table\":\"{}\",\"key\":\"{}\",\"bytes\":{},\"old_bytes\":{old}}}\n",
            fields[0], fields[1], fields[2], fields[3], fields[4],
        ));
    }
    text
}

/// A CSV trace that is made as it is read, so that it takes no memory.
#[allow(dead_code, reason = "one of the benches has no use for it")]
pub struct Endless {
    rows: std::ops::Range<u32>,
    text: String,
    read: usize,
}

#[allow(dead_code, reason = "one of the benches has no use for it")]
impl Endless {
    pub fn new(rows: u32) -> Self {
        Self { rows: 0..rows, text: HEADER.to_owned(), read: 0 }
    }
}

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.text.len() {
            self.text.clear();
            self.read = 0;
            self.rows.by_ref().take(100).for_each(|row| push_row(row, &mut self.text));
        }
        let left = &self.text.as_bytes()[self.read..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.read += count;
        Ok(count)
    }
}
