//! Plain-text tables for a terminal: aligned columns, measured as a terminal
//! shows them.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::visible::one_line;

/// Which side of its column a cell keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers, so that units stand under units.
    Right,
}

/// A table under construction; its text is its `Display`.
#[derive(Debug, Clone)]
pub struct Table {
    headers: Vec<String>,
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles. The first column is aligned left, the
    /// others right.
    #[must_use]
    pub fn new<H: Into<String>>(headers: impl IntoIterator<Item = H>) -> Self {
        let headers: Vec<String> = headers.into_iter().map(|text| one_line(&text.into())).collect();
        let aligns =
            (0..headers.len()).map(|i| if i == 0 { Align::Left } else { Align::Right }).collect();
        Self { headers, aligns, rows: Vec::new() }
    }

    /// Aligns the columns, from the first on; those not named stay as they are.
    #[must_use]
    pub fn align(mut self, aligns: impl IntoIterator<Item = Align>) -> Self {
        for (column, align) in self.aligns.iter_mut().zip(aligns) {
            *column = align;
        }
        self
    }

    /// Adds a row. Cells that are missing stay empty.
    ///
    /// # Panics
    ///
    /// When there are more cells than columns: a cell without a title is a
    /// figure nobody can read.
    #[must_use]
    pub fn row<C: Into<String>>(mut self, cells: impl IntoIterator<Item = C>) -> Self {
        let mut cells: Vec<String> = cells.into_iter().map(|text| one_line(&text.into())).collect();
        assert!(cells.len() <= self.headers.len(), "more cells than columns: {cells:?}");
        cells.resize(self.headers.len(), String::new());
        self.rows.push(cells);
        self
    }
}

impl Table {
    /// Adds rows.
    ///
    /// # Panics
    ///
    /// As [`Table::row`].
    #[must_use]
    pub fn rows<C: Into<String>>(
        self,
        rows: impl IntoIterator<Item = impl IntoIterator<Item = C>>,
    ) -> Self {
        rows.into_iter().fold(self, Self::row)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> = (0..self.headers.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| row[i].width());
                cells.fold(self.headers[i].width(), usize::max)
            })
            .collect();
        self.line(f, &self.headers, &widths)?;
        let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
        self.line(f, &rules, &widths)?;
        self.rows.iter().try_for_each(|row| self.line(f, row, &widths))
    }
}

impl Table {
    /// One line; nothing trails it.
    fn line(&self, f: &mut fmt::Formatter<'_>, cells: &[String], widths: &[usize]) -> fmt::Result {
        let mut line = String::new();
        for (i, (cell, &width)) in cells.iter().zip(widths).enumerate() {
            if i > 0 {
                line.push_str("  ");
            }
            let room = " ".repeat(width - cell.width());
            match self.aligns[i] {
                Align::Left => line.extend([cell.as_str(), room.as_str()]),
                Align::Right => line.extend([room.as_str(), cell.as_str()]),
            }
        }
        writeln!(f, "{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_line_up() {
        let table = Table::new(["design", "USD/month", "throttled"])
            .row(["single-table", "1,204.50", "unknown"])
            .row(["設計B", "98,110.00", "0.2%"])
            .row(["naïve"]);
        assert_eq!(
            table.to_string(),
            "\
design        USD/month  throttled
------------  ---------  ---------
single-table   1,204.50    unknown
設計B         98,110.00       0.2%
naïve
"
        );
    }

    #[test]
    fn a_column_can_be_set_left() {
        let table =
            Table::new(["a", "note"]).align([Align::Right, Align::Left]).row(["10", "b\nc\u{1b}"]);
        assert_eq!(table.to_string(), " a  note\n--  ---------\n10  b c\\u001b\n");
    }

    #[test]
    #[should_panic(expected = "more cells than columns")]
    fn a_cell_needs_a_title() {
        drop(Table::new(["a"]).row(["1", "2"]));
    }

    proptest! {
        #[test]
        fn right_columns_end_together(cells in prop::collection::vec("\\PC{0,12}", 1..8)) {
            let table = cells.iter().fold(Table::new(["head", "last"]), |table, cell| {
                table.row([cell.as_str(), "9"])
            });
            let text = table.to_string();
            let ends: Vec<usize> = text.lines().map(UnicodeWidthStr::width).collect();
            prop_assert_eq!(ends.len(), cells.len() + 2);
            prop_assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{}", text);
        }
    }
}
