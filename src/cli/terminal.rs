//! Standard output and error, and what they can show.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Stderr, StdoutLock, Write};

use ddbplan::report::Paint;
use ddbplan::visible::visible_lines;

/// Colour if standard output is a terminal that shows it and nobody asked for
/// none by `NO_COLOR` (<https://no-color.org>: set and not empty).
pub fn paint() -> Paint {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    if refused || dumb || !io::stdout().is_terminal() { Paint::Plain } else { Paint::Colour }
}

/// Standard output or error. Nothing but text, line breaks and tabs gets through:
/// names and statements come from the input, and what would act on a terminal or
/// hide on it is shown instead ([`visible_lines`]). When the reader goes away
/// (`head` that has seen enough) the rest is let go: how a command came out does
/// not depend on who reads it.
pub struct Screen<W: Write> {
    out: W,
    /// Whether the sequences of [`Paint`] get through.
    painted: bool,
    gone: bool,
}

impl Screen<BufWriter<StdoutLock<'static>>> {
    /// Standard output, for a command that paints what it shows or for one that
    /// does not.
    pub fn output(paints: bool) -> Self {
        let painted = paints && paint() == Paint::Colour;
        Self { out: BufWriter::new(io::stdout().lock()), painted, gone: false }
    }
}

impl Screen<Stderr> {
    /// Standard error.
    pub fn error() -> Self {
        Self { out: io::stderr(), painted: false, gone: false }
    }
}

impl<W: Write> Screen<W> {
    fn show(&mut self, text: &str) -> io::Result<()> {
        let shown = if self.painted { painted(text).into() } else { visible_lines(text) };
        self.out.write_all(shown.as_bytes())
    }

    /// From a reader that went away on, nothing is written and nothing fails.
    fn unless_gone(&mut self, result: io::Result<()>) -> io::Result<()> {
        self.gone |= matches!(&result, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
        if self.gone { Ok(()) } else { result }
    }
}

impl<W: Write> Write for Screen<W> {
    /// What is not UTF-8, or is cut within a character, shows as U+FFFD: callers
    /// write whole texts.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.gone {
            let result = self.show(&String::from_utf8_lossy(bytes));
            self.unless_gone(result)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let result = self.out.flush();
        self.unless_gone(result)
    }
}

/// The text with the sequences of [`Paint`] and no other.
fn painted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        let ours = Paint::SEQUENCES.into_iter().find(|one| rest[at..].starts_with(one));
        shown.push_str(&visible_lines(&rest[..at]));
        shown.push_str(ours.unwrap_or("\\u001b"));
        rest = &rest[at + ours.map_or(1, str::len)..];
    }
    shown.push_str(&visible_lines(rest));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(painted: bool, text: &str) -> String {
        let mut screen = Screen { out: Vec::new(), painted, gone: false };
        screen.write_all(text.as_bytes()).unwrap();
        String::from_utf8(screen.out).unwrap()
    }

    #[test]
    fn only_text_and_paint_get_through() {
        let bold = Paint::Colour.bold("a");
        let hostile = format!("{bold}\u{1b}[2J\u{202e}\n\tb\u{1b}");
        assert_eq!(shown(true, &hostile), format!("{bold}\\u001b[2J\\u202e\n\tb\\u001b"));
        assert!(!shown(false, &hostile).contains('\u{1b}'));
        for paint in [Paint::bold, Paint::red, Paint::dim].map(|paint| paint(Paint::Colour, "x")) {
            assert_eq!(shown(true, &paint), paint);
        }
    }

    /// A pipe whose reader has gone.
    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let mut screen = Screen { out: Gone, painted: false, gone: false };
        screen.write_all(b"x").unwrap();
        screen.flush().unwrap();
        let mut screen = Screen { out: BufWriter::new(Gone), painted: false, gone: false };
        screen.write_all(b"x").unwrap();
        screen.flush().unwrap();
        screen.write_all(b"y").unwrap();
    }
}
