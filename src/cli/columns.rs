//! Plain tables for the terminal.

use std::io::{self, Write};

/// How a column's cells are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Writes a header and rows in columns as wide as their widest cell.
pub fn write(
    out: &mut dyn Write,
    header: &[(&str, Align)],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(header[column].0.chars().count())
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for ((cell, (_, align)), width) in cells.zip(header).zip(&widths) {
            if !text.is_empty() {
                text.push_str("  ");
            }
            match align {
                Align::Left => text.push_str(&format!("{cell:<width$}")),
                Align::Right => text.push_str(&format!("{cell:>width$}")),
            }
        }
        writeln!(out, "{}", text.trim_end())
    };
    line(&mut header.iter().map(|(name, _)| *name))?;
    for row in rows {
        line(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}
