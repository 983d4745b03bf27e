//! `[[load.keys]]`: how calls concentrate on the values of a column.

use crate::finding::Diagnostic;
use crate::written::Section;

use super::assumption::Taker;

/// How calls are spread over the values of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedSkew {
    /// The column, as `table.column`.
    pub column: String,
    /// The spread.
    pub spread: Spread,
}

/// A spread over values.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// The k-th busiest value takes a share proportional to k^-exponent.
    Zipf(f64),
    /// Shares of the busiest values, the busiest first.
    Top(Vec<f64>),
}

/// Takes `[[load.keys]]`.
pub(super) fn keys(taker: &mut Taker, section: &Section<'_, '_>) -> Vec<StatedSkew> {
    let read = |one: &Section<'_, '_>| {
        let column = one.required_text("column");
        let zipf = one.number_in("zipf", 0.0..=5.0, "an exponent");
        let top: Option<Vec<f64>> = one
            .numbers("top_shares")
            .map(|shares| shares.iter().map(|share| share.value).collect());
        one.report_left_over();
        let sound = |shares: &[f64]| {
            !shares.is_empty()
                && shares.iter().all(|share| (0.0..=1.0).contains(share))
                && shares.is_sorted_by(|a, b| a >= b)
                && shares.iter().sum::<f64>() <= 1.0 + 1e-9
        };
        let spread = match (zipf, top) {
            (Some(zipf), None) => Spread::Zipf(zipf.value),
            (None, Some(top)) if sound(&top) => Spread::Top(top),
            _ => {
                one.fault(
                    Diagnostic::new(
                        "load.keys needs either zipf or top_shares, shares of 1 in falling order",
                    )
                    .at(one.place())
                    .mend("write for example zipf = 1.0, or top_shares = [0.04, 0.01]"),
                );
                return None;
            }
        };
        let column = column?;
        let what = "how calls are spread over the values of a column";
        taker.note_written("load.keys", what, &column, |column| match &spread {
            Spread::Zipf(exponent) => format!("{column}: Zipf with exponent {exponent}"),
            Spread::Top(shares) => format!("{column}: the busiest take {shares:?}"),
        });
        Some(StatedSkew { column: column.value, spread })
    };
    section.sections("keys").iter().filter_map(read).collect()
}
