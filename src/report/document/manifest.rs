//! What a report was made from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report;

/// What the report was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The scenario's name.
    pub scenario: String,
    /// Version of the tool.
    pub ddbplan_version: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Region of the prices.
    pub region: String,
    /// The prices.
    pub price_book: PriceBook,
    /// The files read.
    pub inputs: Vec<InputFile>,
}

/// A price book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PriceBook {
    /// Its id, made of its date and a hash of its bytes.
    pub id: String,
    /// Date of its newest figure.
    pub date: String,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// Its path within the scenario.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl From<&report::Manifest> for Manifest {
    fn from(manifest: &report::Manifest) -> Self {
        let input = |(name, sha256): &(String, String)| InputFile {
            name: name.clone(),
            sha256: sha256.clone(),
        };
        Self {
            scenario: manifest.scenario.clone(),
            ddbplan_version: manifest.version.to_owned(),
            seed: manifest.seed,
            region: manifest.region.clone(),
            price_book: PriceBook {
                id: manifest.price_book_id.clone(),
                date: manifest.price_book_date.clone(),
            },
            inputs: manifest.inputs.iter().map(input).collect(),
        }
    }
}
