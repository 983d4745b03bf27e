//! What the people asking say about their scenario: `plan.toml`.

mod elsewhere;
mod settings;

pub use elsewhere::Elsewhere;
pub use settings::{
    Assumption, Baseline, CaptureRepresents, DynamoDbSettings, Encoding, LoadSettings, Mode,
    NumberEncoding, PostgresSettings, Settings, TimestampEncoding,
};
