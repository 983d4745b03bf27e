//! Assumptions and findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{self, Severity};
use crate::scenario;

/// A value that was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// A stable name, as in `plan.toml`.
    pub id: String,
    /// What it means.
    pub what: String,
    /// The value with its unit.
    pub value: String,
    /// Where it comes from: a place in a file, `default`, or how it was derived.
    pub origin: String,
    /// Nobody measured or stated it, or the plan says that it is not measured.
    pub assumed: bool,
}

impl From<&scenario::Assumption> for Assumption {
    fn from(one: &scenario::Assumption) -> Self {
        Self {
            id: one.id.clone(),
            what: one.what.clone(),
            value: one.value.clone(),
            origin: one.origin.to_string(),
            assumed: one.assumed,
        }
    }
}

/// Something that a reader must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// A stable name of its kind.
    pub id: String,
    /// Its weight.
    pub severity: Severity,
    /// What was found.
    pub what: String,
    /// What to do about it.
    pub mend: Option<String>,
}

impl From<&finding::Finding> for Finding {
    fn from(one: &finding::Finding) -> Self {
        Self {
            id: one.id.to_owned(),
            severity: one.severity,
            what: one.what.clone(),
            mend: one.mend.clone(),
        }
    }
}
