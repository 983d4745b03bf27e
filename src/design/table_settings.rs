use crate::finding::{Diagnostic, Diagnostics};
use crate::scenario::TableOverride;

use super::model::Design;

/// Checks that each table and index that a plan has settings for is in at least
/// one of the designs.
///
/// # Errors
/// Every name that none of them has, with its place.
pub fn check_table_settings(
    settings: &[TableOverride],
    designs: &[Design],
) -> Result<(), Diagnostics> {
    let mut faults = Diagnostics::default();
    let tables = || designs.iter().flat_map(|design| &design.tables);
    for one in settings {
        let of_name = || tables().filter(|table| table.name == one.name.value);
        if of_name().next().is_none() {
            let mut names: Vec<&str> = tables().map(|table| table.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            faults.push(
                Diagnostic::new(format!("no design has a table {}", one.name.value))
                    .at(one.name.place.clone())
                    .mend(format!("the tables are: {}", names.join(", "))),
            );
            continue;
        }
        for (index, _) in &one.index_targets {
            if !of_name().any(|table| table.indexes.iter().any(|own| own.name == index.value)) {
                faults.push(
                    Diagnostic::new(format!(
                        "table {} has no index {} in any design",
                        one.name.value, index.value
                    ))
                    .at(index.place.clone()),
                );
            }
        }
    }
    faults.finish(())
}
