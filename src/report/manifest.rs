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
