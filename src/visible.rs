//! Characters that act on a terminal, reorder a line or hide in it, made visible.
//!
//! Names and statements come from whoever wrote the input. An escape sequence in
//! one could rewrite the screen, a bidirectional override could show another
//! figure or name than the one that is there.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character does something other than stand for itself: C0 and C1
/// controls; marks, embeddings and isolates of the bidirectional algorithm
/// (Unicode Standard Annex 9); line and paragraph separators; characters without
/// width, tags and the selectors beside them.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A value as it may stand within a line: each such character, line breaks and
/// tabs included, is written as JSON writes it, such as `\u202e`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, acts)
}

/// A text whose line breaks and tabs are its own: they stay, every other such
/// character is written as JSON writes it. What is JSON already stays the same
/// JSON.
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| acts(c) && c != '\n' && c != '\t')
}

/// A text on one line: its line breaks and tabs become blanks, every other such
/// character is shown.
#[must_use]
pub fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\r', '\t'], " ")).into_owned()
}

fn replaced(text: &str, replaces: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&replaces) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !replaces(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(safe, "\\u{unit:04x}").expect("writing to a string cannot fail");
                }
            }
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown_and_what_shows_is_kept() {
        assert_eq!(visible("a\u{1b}[2J\u{7}b"), "a\\u001b[2J\\u0007b");
        assert_eq!(visible("\u{202e}evil\u{2066}"), "\\u202eevil\\u2066");
        assert_eq!(visible("\u{9b}31m\u{7f}\u{200b}\u{feff}"), "\\u009b31m\\u007f\\u200b\\ufeff");
        assert_eq!(visible("\u{61c}\u{200f}\u{2028}"), "\\u061c\\u200f\\u2028");
        assert_eq!(visible("\u{e0041}"), "\\udb40\\udc41");
        assert_eq!(visible("a\n\r\tb"), "a\\n\\r\\tb");
        assert_eq!(visible_lines("a\n\r\tb\u{1b}"), "a\n\\r\tb\\u001b");
        assert_eq!(one_line("a\r\nb\tc\u{1b}"), "a  b c\\u001b");
        for kept in ["", "plain", "naïve 設計 🚀 e\u{301} –\u{a0}x", "تصميم"] {
            assert!(matches!(visible(kept), Cow::Borrowed(same) if same == kept));
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "a\u{202e}": "\u{1b}[2J \u{e0041} \u{7f} \u{2066}\n\t\\" });
        let shown = visible_lines(&format!("{value:#}")).into_owned();
        assert!(!shown.contains('\u{202e}') && !shown.contains('\u{e0041}'), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
