//! Numbers that must lie in a range.

use rust_decimal::Decimal;

use crate::finding::Diagnostic;

use super::{Section, Written};

impl Section<'_, '_> {
    /// A number that must lie in `range`.
    pub fn number_in(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<f64>,
        what: &str,
    ) -> Option<Written<f64>> {
        let number = self.number(key)?;
        if range.contains(&number.value) {
            return Some(number);
        }
        self.out_of_range(key, &number, (range.start(), range.end()), what);
        None
    }

    /// A whole number that must lie in `range`.
    pub fn whole_in(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
        what: &str,
    ) -> Option<Written<u64>> {
        let number = self.whole(key)?;
        if range.contains(&number.value) {
            return Some(number);
        }
        self.out_of_range(key, &number, (range.start(), range.end()), what);
        None
    }

    /// A decimal that must lie in `range`.
    pub fn decimal_in(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<Decimal>,
        what: &str,
    ) -> Option<Written<Decimal>> {
        let number = self.decimal(key)?;
        if range.contains(&number.value) {
            return Some(number);
        }
        self.out_of_range(key, &number, (range.start(), range.end()), what);
        None
    }

    fn out_of_range<T: std::fmt::Display>(
        &self,
        key: &str,
        number: &Written<T>,
        (least, most): (&T, &T),
        what: &str,
    ) {
        self.fault(
            Diagnostic::new(format!("{} = {} is out of range", self.key_name(key), number.value))
                .at(number.place.clone())
                .why(format!("it lies between {least} and {most}"))
                .mend(format!("write a number in this range: {what}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    #[test]
    fn numbers_below_the_range_are_said_as_they_are_written() {
        let error = Document::new("p.toml", "a = -3\nb = 120\n")
            .read(|root| {
                root.whole("a");
                root.number_in("b", 0.0..=100.0, "share of the bytes");
                Some(())
            })
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "p.toml:1:5: a must be a whole number from 0 on, not -3\n\
             p.toml:2:5: b = 120 is out of range\n  \
             why: it lies between 0 and 100\n  \
             fix: write a number in this range: share of the bytes"
        );
    }

    #[test]
    fn empty_names_and_wholes_out_of_range_are_told() {
        let error = Document::new("p.toml", "[tables.\"\"]\n[tables.a]\nrows = 0\nusd = 2e12\n")
            .read(|root| {
                for (_, table) in root.section("tables")?.each_section() {
                    table.whole_in("rows", 1..=5, "rows");
                    table.decimal_in("usd", Decimal::ZERO..=Decimal::TEN, "dollars");
                }
                Some(())
            })
            .unwrap_err();
        let told: Vec<String> = error.0.iter().map(|one| one.to_string()).collect();
        assert_eq!(told[0], "p.toml:1:9: tables has an empty name");
        assert!(
            told[1].starts_with("p.toml:3:8: tables.a.rows = 0 is out of range"),
            "{}",
            told[1]
        );
        assert!(told[2].starts_with("p.toml:4:7: tables.a.usd = 2"), "{}", told[2]);
        assert_eq!(told.len(), 3);
    }
}
