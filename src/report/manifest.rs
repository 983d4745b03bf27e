use serde_json::{Value, json};

/// What a report was made from, so that it can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The scenario's name.
    pub scenario: String,
    /// This tool's version.
    pub version: &'static str,
    /// Seed of everything random; the same input and seed give the same bytes.
    pub seed: u64,
    /// Input files with the SHA-256 of their bytes.
    pub inputs: Vec<(String, String)>,
    /// The price book's id.
    pub price_book_id: String,
    /// The newest figure in it.
    pub price_book_date: String,
    /// The Region of the prices.
    pub region: String,
}

impl Manifest {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "ddbplan_version": self.version,
            "seed": self.seed,
            "region": self.region,
            "price_book": { "id": self.price_book_id, "date": self.price_book_date },
            "inputs": self.inputs.iter().map(|(name, sha256)| {
                json!({ "name": name, "sha256": sha256 })
            }).collect::<Vec<_>>(),
        })
    }
}
