//! Comma-separated values as AWS writes them: cells quoted or not, a doubled
//! quote inside a quoted cell, rows of any width.

/// A row, and the line of the file on which it begins (from 1).
pub(super) struct Row {
    pub line: usize,
    pub cells: Vec<String>,
}

/// The rows of a text, one after the other; blank lines are left out.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Row> + '_ {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let begins = line;
            let (cells, length) = row(rest);
            line += rest[..length].matches('\n').count();
            rest = &rest[length..];
            if cells.iter().any(|cell| !cell.is_empty()) {
                return Some(Row { line: begins, cells });
            }
        }
    })
}

/// The cells of the first row, and how many bytes it takes with its line end.
fn row(text: &str) -> (Vec<String>, usize) {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                cells.push(cell.strip_suffix('\r').map(str::to_owned).unwrap_or(cell));
                return (cells, at + 1);
            }
            other => cell.push(other),
        }
    }
    cells.push(cell);
    (cells, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_cells_read_alike() {
        let text = "\"a\",\"b, c\",\"d \"\"e\"\"\"\r\n\r\nx,,y\n\"two\nlines\",z";
        let read: Vec<(usize, Vec<String>)> = rows(text).map(|row| (row.line, row.cells)).collect();
        let cells = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            read,
            [
                (1, cells(&["a", "b, c", "d \"e\""])),
                (3, cells(&["x", "", "y"])),
                (4, cells(&["two\nlines", "z"])),
            ]
        );
    }
}
