use std::fmt;

use super::dimension::Dimension;

/// What a price is looked up by, beside the Region: a dimension, and the
/// instance class where it has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceKey {
    /// The charge.
    pub dimension: Dimension,
    /// The instance class, such as `db.r6g.large`; given exactly where
    /// [`Dimension::is_per_class`] says so.
    pub class: Option<String>,
}

impl PriceKey {
    /// The price of an instance class.
    #[must_use]
    pub fn of_class(dimension: Dimension, class: impl Into<String>) -> Self {
        Self { dimension, class: Some(class.into()) }
    }
}

impl From<Dimension> for PriceKey {
    fn from(dimension: Dimension) -> Self {
        Self { dimension, class: None }
    }
}

impl fmt::Display for PriceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.class {
            Some(class) => write!(f, "{} {class}", self.dimension),
            None => write!(f, "{}", self.dimension),
        }
    }
}
