//! What standard output can show.

use std::env;
use std::io::{self, IsTerminal};

use ddbplan::report::Paint;

/// Colour if standard output is a terminal that shows it and nobody asked for
/// none by `NO_COLOR` (<https://no-color.org>: set and not empty).
pub fn paint() -> Paint {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    if refused || dumb || !io::stdout().is_terminal() { Paint::Plain } else { Paint::Colour }
}
