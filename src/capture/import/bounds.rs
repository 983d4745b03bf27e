//! What values in Postgres's views can be, and readers that refuse any other.
//!
//! Sources of the limits: the manual's "PostgreSQL Limits", "pg_stats" and
//! "pg_class".

use std::ops::RangeInclusive;

use crate::finding::Diagnostic;
use crate::units::Bytes;

use super::super::text::{Names, Record};

/// Rows of one relation. The 32 TB that Postgres allows a table hold 1.25e12 of
/// the shortest rows; a partitioned table counts those of all its partitions.
pub(super) const RELATION_ROWS_MAX: u64 = 10_000_000_000_000;
/// Bytes of one relation or of all its indexes, 1 PB: eight relations of the
/// 128 TB that the largest block size (32 KB) allows.
const RELATION_BYTES_MAX: u64 = 1 << 50;
/// Bytes of a row as text: as many values as it can have.
pub(super) const ROW_BYTES_MAX: u64 = COLUMN_NUMBER_MAX * VALUE_BYTES_MAX;
/// Bytes of one value, 1 GB.
pub(super) const VALUE_BYTES_MAX: u64 = 1 << 30;
/// Columns of a view's row (`MaxTupleAttributeNumber`); a table has at most 1,600.
pub(super) const COLUMN_NUMBER_MAX: u64 = 1664;
/// The longest length that a type can be declared with: bits of a bit string,
/// eight times the characters of a text.
pub(super) const TYPE_LENGTH_MAX: u64 = 83_886_080;
/// Shares are single-precision numbers: a sum of thousands of them that is 1 in
/// truth misses it by less.
const SHARES_ROUNDING: f64 = 1e-3;

/// What to do about a value that no server writes.
const FIX: &str = "Postgres never writes such a value: export the view again, or leave the row out";

impl Record {
    /// A number that lies in `range`; `what` says what it is.
    pub(super) fn number_in(
        &self,
        names: Names,
        range: RangeInclusive<f64>,
        what: &str,
    ) -> Result<Option<f64>, Diagnostic> {
        match self.number(names)? {
            Some(number) if !range.contains(&number) => Err(self
                .wrong(names, &format!("{what} ({} to {})", range.start(), range.end()))
                .mend(FIX)),
            number => Ok(number),
        }
    }

    /// A count of at most `most`; `what` says of what.
    pub(super) fn count_to(
        &self,
        names: Names,
        most: u64,
        what: &str,
    ) -> Result<Option<u64>, Diagnostic> {
        match self.count(names)? {
            Some(count) if count > most => {
                Err(self.wrong(names, &format!("{what} (at most {most})")).mend(FIX))
            }
            count => Ok(count),
        }
    }

    /// Size on disk of a relation.
    pub(super) fn relation_bytes(&self, names: Names) -> Result<Option<Bytes>, Diagnostic> {
        let bytes = self.count_to(names, RELATION_BYTES_MAX, "the bytes of a relation")?;
        Ok(bytes.map(Bytes::new))
    }

    /// A name, which must be there and is never empty in Postgres.
    pub(super) fn name(&self, names: Names) -> Result<&str, Diagnostic> {
        let name = self.need(names)?;
        if name.is_empty() {
            return Err(self.wrong(names, "a name: Postgres has no empty ones").mend(FIX));
        }
        Ok(name)
    }

    /// A list of shares of a whole.
    pub(super) fn shares(&self, names: Names) -> Result<Vec<f64>, Diagnostic> {
        let texts = self.list(names)?.unwrap_or_default();
        let shares: Result<Vec<f64>, _> = texts.iter().map(|text| text.parse()).collect();
        let shares = shares.map_err(|_| self.wrong(names, "a list of numbers"))?;
        let sound = shares.iter().all(|share| (0.0..=1.0).contains(share))
            && shares.iter().sum::<f64>() <= 1.0 + SHARES_ROUNDING;
        if !sound {
            let expected = "a list of shares (each 0 to 1, 1 at most in all)";
            return Err(self.wrong(names, expected).mend(FIX));
        }
        Ok(shares)
    }

    /// `reltuples`, which is -1 (0 before Postgres 14) for a relation that was
    /// never analysed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "checked to be at least 0; the bound is far below 2^53"
    )]
    pub(super) fn row_estimate(&self) -> Result<Option<u64>, Diagnostic> {
        const NAMES: Names = &["rows", "row_estimate", "reltuples"];
        const NEVER_ANALYSED: f64 = -1.0;
        let estimate = self.number(NAMES)?.filter(|rows| *rows != NEVER_ANALYSED);
        if estimate.is_none() {
            return Ok(None);
        }
        let rows = self.number_in(NAMES, 0.0..=RELATION_ROWS_MAX as f64, "a number of rows")?;
        Ok(rows.map(|rows| rows.round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::gathered::Gathered;
    use super::super::super::text::Rows;
    use super::super::{IMPORTERS, Importer, Read};

    /// What the importer of that name says of a file.
    fn told(importer: &str, text: &str) -> Vec<String> {
        let Some(Importer { read: Read::Rows(read), .. }) =
            IMPORTERS.iter().find(|one| one.name == importer)
        else {
            panic!("{importer} reads rows")
        };
        let (mut bytes, mut gathered) = (text.as_bytes(), Gathered::default());
        let rows = Rows::csv(&mut bytes, "f.csv".into(), b',').unwrap();
        rows.map(|row| row.and_then(|row| read(&row, &mut gathered)))
            .filter_map(|read| Some(read.err()?.to_string().lines().next()?.to_owned()))
            .collect()
    }

    #[test]
    fn statistics_that_no_server_writes_are_told_with_their_place() {
        let head = "tablename,attname,null_frac,avg_width,n_distinct,correlation,most_common_freqs";
        for (row, expected) in [
            ("1.5,4,1,0,", "f.csv:2:5: `null_frac` is `1.5`, not a share of the rows (0 to 1)"),
            ("-1,4,1,0,", "f.csv:2:5: `null_frac` is `-1`"),
            ("NaN,4,1,0,", "f.csv:2:5: `null_frac` is `NaN`, not a number"),
            (
                "0,-5,1,0,",
                "f.csv:2:7: `avg_width` is `-5`, not the bytes of a value (0 to 1073741824)",
            ),
            ("0,1e18,1,0,", "f.csv:2:7: `avg_width` is `1e18`"),
            ("0,4,-5,0,", "f.csv:2:9: `n_distinct` is `-5`"),
            ("0,4,1e300,0,", "f.csv:2:9: `n_distinct` is `1e300`"),
            ("0,4,inf,0,", "f.csv:2:9: `n_distinct` is `inf`"),
            ("0,4,1,7,", "f.csv:2:11: `correlation` is `7`, not a correlation (-1 to 1)"),
            ("0,4,1,0,{1.5}", "f.csv:2:13: `most_common_freqs` is `{1.5}`"),
            ("0,4,1,0,{-0.1}", "f.csv:2:13: `most_common_freqs` is `{-0.1}`"),
            ("0,4,1,0,{NaN}", "f.csv:2:13: `most_common_freqs` is `{NaN}`"),
            ("0,4,1,0,\"{0.7,0.4}\"", "f.csv:2:13: `most_common_freqs` is `{0.7,0.4}`"),
        ] {
            let told = told("pg_stats", &format!("{head}\nt,c,{row}\n"));
            assert!(told.len() == 1 && told[0].starts_with(expected), "{row}: {told:?}");
        }
        for row in ["0,0,0,,", "1,1073741824,-1,-1,{1}", "0.5,4,1e13,1,\"{0.5,0.5}\""] {
            assert!(told("pg_stats", &format!("{head}\nt,c,{row}\n")).is_empty(), "{row}");
        }
        let unnamed = told("pg_stats", &format!("{head}\nt,\"\",0,4,1,0,\n\"\",c,0,4,1,0,\n"));
        assert_eq!(
            unnamed[0],
            "f.csv:2:3: `attname` is ``, not a name: Postgres has no empty ones"
        );
        assert!(unnamed[1].starts_with("f.csv:3:1: `table` is ``, not a name"), "{unnamed:?}");
    }

    #[test]
    fn sizes_that_no_relation_has_are_told_with_their_place() {
        let head = "relname,reltuples,heap_bytes,toast_bytes,index_bytes";
        for (row, place) in [
            ("-5,0,0,0", "f.csv:2:3"),
            ("1e300,0,0,0", "f.csv:2:3"),
            ("1,18446744073709551615,0,0", "f.csv:2:5"),
            ("1,0,18446744073709551616,0", "f.csv:2:7"),
            ("1,0,0,1125899906842625", "f.csv:2:9"),
        ] {
            let told = told("tables", &format!("{head}\nt,{row}\n"));
            assert!(told.len() == 1 && told[0].starts_with(place), "{row}: {told:?}");
        }
        assert!(told("tables", &format!("{head}\nt,-1,0,0,0\nu,1e13,0,,\n")).is_empty());
        let columns = "table_name,column_name,data_type,ordinal_position\nt,c,int,1665\n,c,int,1\n";
        assert_eq!(told("columns", columns).len(), 2);
        let index = "indexname,indexdef,bytes\ni,\"CREATE INDEX \"\"\"\" ON t (c)\",1\n";
        assert_eq!(told("indexes", index).len(), 1);
    }

    #[test]
    fn samples_that_contradict_themselves_are_told() {
        let told = |kind: &str, row: &str| {
            let text = format!("{{\"kind\":\"{kind}\",\"row\":{{\"table\":\"t\",{row}}}}}\n");
            let mut bytes = text.as_bytes();
            let mut rows = Rows::json(&mut bytes, "f".into(), text.as_bytes());
            let record = rows.next().unwrap().unwrap().inner("row.");
            let read = super::super::bundle::take(kind, &record, &mut Gathered::default());
            read.err().map(|fault| fault.to_string())
        };
        let lengths = r#""rows":10,"nulls":1,"total_bytes":90,"max_bytes":70,"bucket_bytes":64,"buckets":[0,1],"counts":[8,1]"#;
        assert_eq!(told("lengths", lengths), None);
        for (good, bad) in [
            ("\"nulls\":1", "\"nulls\":11"),
            ("\"counts\":[8,1]", "\"counts\":[8,2]"),
            ("\"counts\":[8,1]", "\"counts\":[18446744073709551615,1]"),
            ("\"bucket_bytes\":64", "\"bucket_bytes\":0"),
            ("\"bucket_bytes\":64", "\"bucket_bytes\":1152921504606846976"),
            ("[0,1]", "[0,1152921504606846976]"),
            ("\"total_bytes\":90", "\"total_bytes\":631"),
            ("\"max_bytes\":70", "\"max_bytes\":18446744073709551615"),
            ("\"rows\":10", "\"rows\":18446744073709551615"),
        ] {
            let fault = told("lengths", &lengths.replace(good, bad)).expect(bad);
            assert!(fault.starts_with("f:1:1: `"), "{fault}");
        }
        let key = r#""column":"c","rows":10,"distinct":3,"top":[5,3,2]"#;
        assert_eq!(told("key_shares", key), None);
        for (good, bad) in [
            ("[5,3,2]", "[5,3,3]"),
            ("[5,3,2]", "[3,5,2]"),
            ("[5,3,2]", "[18446744073709551615,1]"),
            ("\"distinct\":3", "\"distinct\":11"),
        ] {
            assert!(told("key_shares", &key.replace(good, bad)).is_some(), "{bad}");
        }
    }
}
