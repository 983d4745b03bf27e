/// A piece of a statement's text; all pieces together are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::capture) enum Piece<'a> {
    /// White space.
    Space(&'a str),
    /// `-- …` or `/* … */`.
    Comment(&'a str),
    /// A string constant, a quoted name or a dollar-quoted string.
    Quoted {
        /// With its quotes.
        text: &'a str,
        /// It ends with its quote.
        closed: bool,
    },
    /// A keyword or name.
    Word(&'a str),
    /// A number.
    Number(&'a str),
    /// `$1`, or `?` as some tools write it.
    Parameter(&'a str),
    /// Any other character.
    Symbol(&'a str),
}

/// Cuts a text into pieces.
pub(in crate::capture) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let piece = piece(rest, first);
        rest = &rest[piece.text().len()..];
        Some(piece)
    })
}

impl<'a> Piece<'a> {
    /// Its text.
    pub fn text(self) -> &'a str {
        match self {
            Piece::Space(text)
            | Piece::Comment(text)
            | Piece::Quoted { text, .. }
            | Piece::Word(text)
            | Piece::Number(text)
            | Piece::Parameter(text)
            | Piece::Symbol(text) => text,
        }
    }
}

fn piece(rest: &str, first: char) -> Piece<'_> {
    let while_in =
        |belongs: fn(char) -> bool| &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if first.is_whitespace() {
        return Piece::Space(while_in(char::is_whitespace));
    }
    if rest.starts_with("--") {
        return Piece::Comment(while_in(|c| c != '\n'));
    }
    if rest.starts_with("/*") {
        // A comment that was cut off is left as an open bracket would be.
        return match comment_length(rest) {
            Some(length) => Piece::Comment(&rest[..length]),
            None => Piece::Quoted { text: rest, closed: false },
        };
    }
    match first {
        '\'' => quoted(rest, 0, '\'', false),
        '"' => quoted(rest, 0, '"', false),
        'e' | 'E' if rest[1..].starts_with('\'') => quoted(rest, 1, '\'', true),
        'b' | 'B' | 'x' | 'X' | 'n' | 'N' if rest[1..].starts_with('\'') => {
            quoted(rest, 1, '\'', false)
        }
        '$' => dollar(rest),
        '?' => Piece::Parameter(&rest[..1]),
        c if c.is_ascii_digit() => {
            Piece::Number(while_in(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'))
        }
        c if in_name(c) => Piece::Word(while_in(in_name)),
        c => Piece::Symbol(&rest[..c.len_utf8()]),
    }
}

/// The length of the comment that `text` starts with; comments nest.
pub(in crate::capture) fn comment_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
}

/// A quoted piece whose quote stands `prefix` bytes in.
fn quoted(rest: &str, prefix: usize, quote: char, backslash: bool) -> Piece<'_> {
    let mut chars = rest.char_indices().skip(prefix + 1).peekable();
    while let Some((i, c)) = chars.next() {
        if c == '\\' && backslash {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return Piece::Quoted { text: &rest[..=i], closed: true };
            }
        }
    }
    Piece::Quoted { text: rest, closed: false }
}

/// `$1`, or `$tag$ … $tag$`.
fn dollar(rest: &str) -> Piece<'_> {
    let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
    if digits > 0 {
        return Piece::Parameter(&rest[..=digits]);
    }
    let Some(end) = rest[1..].find('$') else { return Piece::Symbol(&rest[..1]) };
    let tag = &rest[..end + 2];
    if !tag[1..=end].chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Piece::Symbol(&rest[..1]);
    }
    match rest[tag.len()..].find(tag) {
        Some(close) => Piece::Quoted { text: &rest[..close + 2 * tag.len()], closed: true },
        None => Piece::Quoted { text: rest, closed: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_of_all_kinds_are_one_piece_each() {
        for text in ["'a''b'", "\"a\"\"b\"", "E'a\\'b'", "$x$ ' $x$", "$$a$$", "X'0f'"] {
            let all: Vec<_> = pieces(text).collect();
            assert_eq!(all, [Piece::Quoted { text, closed: true }], "{text}");
        }
        let comment = "/* a /* b */ c */";
        assert_eq!(pieces(comment).collect::<Vec<_>>(), [Piece::Comment(comment)]);
        assert_eq!(pieces("$12").collect::<Vec<_>>(), [Piece::Parameter("$12")]);
        assert_eq!(pieces("t1.e3").count(), 3);
    }

    proptest! {
        #[test]
        fn pieces_put_together_are_the_text(text in "[a-z0-9 '\"$?(),;/*éE\\\\\n-]{0,40}") {
            let whole: String = pieces(&text).map(Piece::text).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
