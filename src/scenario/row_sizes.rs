use crate::finding::Diagnostic;
use crate::written::{Section, Written};

/// Bytes of a row as text: 1,600 columns of 1 GB have little more.
const ROW_BYTES_MAX: f64 = 1e12;

/// Sizes of a table's rows that somebody measured: `[row_sizes.TABLE]`.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedRowSizes {
    /// The table, with its schema if it is not `public`.
    pub table: Written<String>,
    /// Text bytes of all values of a row that are not NULL, without names: 10th,
    /// 50th, 90th and 99th percentile, and the maximum.
    pub bytes: [f64; 5],
}

impl StatedRowSizes {
    /// Reads the section `row_sizes`.
    pub(super) fn read_all(root: &Section<'_, '_>) -> Vec<Self> {
        let Some(list) = root.section("row_sizes") else { return Vec::new() };
        let tables = list.each_section();
        list.report_left_over();
        tables.into_iter().filter_map(|(table, section)| Self::read(table, &section)).collect()
    }

    fn read(table: Written<String>, section: &Section<'_, '_>) -> Option<Self> {
        let numbers = section.numbers("quantile_bytes");
        section.report_left_over();
        let bytes: Vec<f64> = numbers.iter().flatten().map(|number| number.value).collect();
        let ascending = bytes.windows(2).all(|pair| pair[0] <= pair[1]);
        match <[f64; 5]>::try_from(bytes) {
            Ok(bytes) if ascending && bytes[0] > 0.0 && bytes[4] <= ROW_BYTES_MAX => {
                Some(Self { table, bytes })
            }
            _ => {
                section.fault(
                    Diagnostic::new("quantile_bytes must be five sizes that ascend from above 0 to 1e12 at most")
                        .at(section.place())
                        .why("they are the 10th, 50th, 90th and 99th percentile and the maximum")
                        .mend("quantile_bytes = [600, 900, 2900, 9000, 51000]"),
                );
                None
            }
        }
    }
}
