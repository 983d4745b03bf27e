//! Designs to begin with, made from the schema and the statements: ordinary
//! design files that a person then edits.

mod entity_collections;
mod indexes;
mod needs;
mod projection;
mod relational_copy;
mod sketch;

use crate::workload::Workload;

/// A design file that has been made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    /// The design's name; its file is `NAME.toml`.
    pub name: String,
    /// The design file.
    pub text: String,
}

/// A table for each Postgres table, keyed by its primary key, and an index for
/// each other way in that the statements ask for.
#[must_use]
pub fn relational_copy(workload: &Workload) -> Starter {
    starter(&relational_copy::sketch(workload))
}

/// Children keyed under the parent through which they are read, so that one
/// Query reads both, and an index for each other way in.
#[must_use]
pub fn entity_collections(workload: &Workload) -> Starter {
    starter(&entity_collections::sketch(workload))
}

/// Everything in one table, children under the parent through which they are
/// read, and the twenty indexes that are called most.
#[must_use]
pub fn single_table(workload: &Workload) -> Starter {
    starter(&entity_collections::single_table(workload))
}

/// Every starter design of a workload.
#[must_use]
pub fn all(workload: &Workload) -> Vec<Starter> {
    vec![relational_copy(workload), entity_collections(workload), single_table(workload)]
}

fn starter(sketch: &sketch::Sketch) -> Starter {
    Starter { name: sketch.name.clone(), text: sketch.text() }
}
