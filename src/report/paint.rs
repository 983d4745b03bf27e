//! Emphasis on a terminal that can show it.

use std::fmt::Display;

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Text only, as for a file or a pipe.
    Plain,
    /// With the escape sequences of ECMA-48 ("Control Functions for Coded
    /// Character Sets", section 8.3.117, SGR).
    Colour,
}

impl Paint {
    /// What matters most.
    #[must_use]
    pub fn bold(self, text: impl Display) -> String {
        self.with("1", text)
    }

    /// What is grave.
    #[must_use]
    pub fn red(self, text: impl Display) -> String {
        self.with("31", text)
    }

    /// What may be passed over.
    #[must_use]
    pub fn dim(self, text: impl Display) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: impl Display) -> String {
        match self {
            Self::Plain => text.to_string(),
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}
