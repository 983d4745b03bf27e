//! Emphasis on a terminal that can show it.

use std::fmt::Display;

use crate::visible::visible;

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Text only, as for a file or a pipe.
    Plain,
    /// With the escape sequences of ECMA-48 ("Control Functions for Coded
    /// Character Sets", section 8.3.117, SGR).
    Colour,
}

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

impl Paint {
    /// Every sequence that painted text may hold.
    pub const SEQUENCES: [&str; 4] = [BOLD, RED, DIM, PLAIN];

    /// What matters most.
    #[must_use]
    pub fn bold(self, text: impl Display) -> String {
        self.with(BOLD, text)
    }

    /// What is grave.
    #[must_use]
    pub fn red(self, text: impl Display) -> String {
        self.with(RED, text)
    }

    /// What may be passed over.
    #[must_use]
    pub fn dim(self, text: impl Display) -> String {
        self.with(DIM, text)
    }

    /// The text holds no sequence of its own.
    fn with(self, start: &str, text: impl Display) -> String {
        let text = text.to_string();
        let text = visible(&text);
        match self {
            Self::Plain => text.into_owned(),
            Self::Colour => format!("{start}{text}{PLAIN}"),
        }
    }
}
