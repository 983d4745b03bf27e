//! One text for what is one statement: comments, white space, generated names
//! and the lengths of lists vary from call to call and mean nothing.
//!
//! Light work on pieces of text; parsing is another stage's.

mod constants;
mod labels;
mod lists;
mod names;
mod pieces;
mod redaction;

pub(super) use lists::{SQUASHED, fold_lists};

use names::fold_names;
pub(super) use pieces::{Piece, comment_length, pieces};
pub(super) use redaction::{shown, shown_of_log};

/// A text is cut off here, as exporters do: parsing one takes some hundred
/// times its length of memory, and no text written by hand is as long.
pub(super) const TEXT_BYTES_MAX: usize = 1 << 20;

/// A statement's text and what was taken out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Normal {
    /// The text without comments, with single spaces, and with one name for
    /// all savepoints and cursors.
    pub text: String,
    /// Tags found in comments.
    pub labels: Vec<(String, String)>,
    /// The name of the cursor that it declares or fetches from.
    pub cursor: Option<String>,
    /// Its end is missing: it is longer than [`TEXT_BYTES_MAX`], or a quote or
    /// bracket is still open.
    pub cut: bool,
}

impl Normal {
    /// Normalises a text as recorded.
    pub fn of(recorded: &str) -> Self {
        let shown = beginning(recorded);
        let mut labels = Vec::new();
        let mut kept: Vec<&str> = Vec::new();
        let (mut depth, mut open_quote) = (0_i64, false);
        for piece in pieces(shown) {
            match piece {
                Piece::Comment(text) if is_kept(text) => kept.push(text),
                Piece::Comment(text) => labels.extend(labels::labels(text)),
                Piece::Space(_) => {
                    if kept.last().is_some_and(|last| *last != " ") {
                        kept.push(" ");
                    }
                }
                Piece::Symbol(text) => {
                    depth += i64::from(text == "(") - i64::from(text == ")");
                    kept.push(text);
                }
                Piece::Quoted { text, closed } => {
                    open_quote |= !closed;
                    kept.push(text);
                }
                Piece::Word(text) | Piece::Number(text) | Piece::Parameter(text) => kept.push(text),
            }
        }
        while matches!(kept.last(), Some(&(" " | ";"))) {
            kept.pop();
        }
        let (text, cursor) = fold_names(&kept);
        let cut = open_quote || depth > 0 || shown.len() < recorded.len();
        Self { text, labels, cursor, cut }
    }
}

/// What fits into [`TEXT_BYTES_MAX`].
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The statements of a text with several, as the simple protocol allows.
pub(super) fn split_statements(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    for piece in pieces(text) {
        at += piece.text().len();
        if piece == Piece::Symbol(";") {
            parts.push(&text[from..at]);
            from = at;
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The mark of a squashed list is part of the text, and so is a planner's hint.
fn is_kept(comment: &str) -> bool {
    comment == SQUASHED || comment.starts_with("/*+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_spaces_and_final_semicolons_go() {
        let recorded = "/*route='/a',job='1'*/ SELECT  a,\n -- why\n 'it''s  --' FROM t /* mid */\tWHERE b IN ($1 /*, ... */) ; ";
        let normal = Normal::of(recorded);
        assert_eq!(normal.text, "SELECT a, 'it''s  --' FROM t WHERE b IN ($1 /*, ... */)");
        assert_eq!(normal.labels.len(), 2);
        assert!(!normal.cut);
    }

    #[test]
    fn several_statements_in_one_text() {
        assert_eq!(
            split_statements("BEGIN; SELECT ';'; COMMIT;\n"),
            ["BEGIN;", " SELECT ';';", " COMMIT;"]
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_off() {
        let text = format!("SELECT a FROM t WHERE a = 'é' {}", "AND é = 1 ".repeat(100_001));
        let normal = Normal::of(&text);
        assert!(normal.cut);
        assert!(text.starts_with(&normal.text) && normal.text.len() <= TEXT_BYTES_MAX);
        assert!(!Normal::of(beginning(&text)).cut);
    }

    #[test]
    fn text_that_ends_inside_a_bracket_or_quote_was_cut() {
        for (text, cut) in [
            ("SELECT a FROM t WHERE b IN ($1, $2", true),
            ("SELECT 'abc", true),
            ("SELECT \"a", true),
            ("SELECT a /* cut", true),
            ("SELECT f(a) FROM", false),
        ] {
            assert_eq!(Normal::of(text).cut, cut, "{text}");
        }
    }
}
