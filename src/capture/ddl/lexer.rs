use crate::finding::{Diagnostic, Place};

use super::super::normal::comment_length;

/// One token and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name, in lower case.
    Word(String),
    /// A name in double quotes, without them.
    Quoted(String),
    /// A string constant, without its quotes.
    Text(String),
    /// A number or a parameter.
    Other,
    /// A punctuation character.
    Symbol(char),
}

/// Splits a text into statements.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The tokens up to the next `;`, which is left out. `None` at the end.
    ///
    /// # Errors
    /// A quote or comment that is not closed; a name in quotes that is empty.
    pub fn next_statement(&mut self) -> Option<Result<Vec<Token>, Diagnostic>> {
        let mut tokens = Vec::new();
        loop {
            match self.next_token() {
                Err(fault) => {
                    self.at = self.text.len();
                    return Some(Err(fault));
                }
                Ok(None) if tokens.is_empty() => return None,
                Ok(None) => return Some(Ok(tokens)),
                Ok(Some(Token { kind: Kind::Symbol(';'), .. })) => {
                    if tokens.is_empty() {
                        continue;
                    }
                    self.skip_copied_rows(&tokens);
                    return Some(Ok(tokens));
                }
                Ok(Some(token)) => tokens.push(token),
            }
        }
    }

    /// `COPY … FROM stdin;` is followed by data up to a line `\.`.
    fn skip_copied_rows(&mut self, tokens: &[Token]) {
        let word = |token: Option<&Token>, wanted: &str| {
            token.is_some_and(|token| token.kind == Kind::Word(wanted.to_owned()))
        };
        if word(tokens.first(), "copy") && tokens.iter().any(|token| word(Some(token), "stdin")) {
            let rest = &self.text[self.at..];
            self.at += rest.find("\n\\.").map_or(rest.len(), |end| end + 3);
        }
    }

    fn next_token(&mut self) -> Result<Option<Token>, Diagnostic> {
        self.skip_space_and_comments()?;
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let start = self.at;
        let name_end = |text: &str| {
            text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(text.len())
        };
        let (kind, length) = match first {
            '"' => {
                let (value, length) = self.quoted(rest, '"')?;
                if value.is_empty() {
                    return Err(Diagnostic::new("a name is empty")
                        .at(Place::of_offset("", self.text, self.at))
                        .why("Postgres takes no name of no characters")
                        .mend("write the name between the quotes, or dump the schema again"));
                }
                (Kind::Quoted(value), length)
            }
            '\'' => {
                let (value, length) = self.quoted(rest, '\'')?;
                (Kind::Text(value), length)
            }
            '$' => match rest[1..].find('$') {
                Some(end)
                    if rest[1..=end].chars().all(|c| c.is_alphanumeric() || c == '_')
                        && !rest[1..].starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    let tag = &rest[..end + 2];
                    let body = &rest[tag.len()..];
                    let close = body.find(tag).ok_or_else(|| self.unclosed("dollar quote"))?;
                    (Kind::Text(body[..close].to_owned()), close + 2 * tag.len())
                }
                _ => (Kind::Other, 1 + name_end(&rest[1..])),
            },
            c if c.is_alphabetic() || c == '_' => {
                let length = name_end(rest);
                (Kind::Word(rest[..length].to_lowercase()), length)
            }
            c if c.is_ascii_digit() => (Kind::Other, name_end(rest)),
            c => (Kind::Symbol(c), c.len_utf8()),
        };
        self.at += length;
        Ok(Some(Token { kind, start, end: self.at }))
    }

    /// The value in quotes at the start of `rest` (doubled quotes stand for
    /// one), and how long it is with them.
    fn quoted(&self, rest: &str, quote: char) -> Result<(String, usize), Diagnostic> {
        let mut value = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c != quote {
                value.push(c);
            } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
                value.push(c);
                chars.next();
            } else {
                return Ok((value, i + 1));
            }
        }
        Err(self.unclosed("quote"))
    }

    fn skip_space_and_comments(&mut self) -> Result<(), Diagnostic> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let line_start = self.at == 0 || self.text[..self.at].ends_with('\n');
            if trimmed.starts_with("--") || (line_start && trimmed.starts_with('\\')) {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += comment_length(trimmed).ok_or_else(|| self.unclosed("comment"))?;
            } else {
                return Ok(());
            }
        }
    }

    fn unclosed(&self, what: &str) -> Diagnostic {
        Diagnostic::new(format!("this {what} is never closed"))
            .at(Place::of_offset("", self.text, self.at))
            .why("the file seems to be cut off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<String> {
        let mut lexer = Lexer::new(text);
        let mut all = Vec::new();
        while let Some(statement) = lexer.next_statement() {
            let statement = statement.unwrap();
            all.push(text[statement[0].start..statement.last().unwrap().end].to_owned());
        }
        all
    }

    #[test]
    fn quotes_comments_and_copied_rows_do_not_split_statements() {
        let text = "\\restrict x;y\nCREATE a 'it''s;' \"b;\" /* ; /* ; */ ; */ -- ;\n c;\
            CREATE FUNCTION f AS $x$ ; $$ ; $x$;\nCOPY t (a) FROM stdin;\nit's;\n\\.\nALTER z $1";
        assert_eq!(
            statements(text),
            [
                "CREATE a 'it''s;' \"b;\" /* ; /* ; */ ; */ -- ;\n c",
                "CREATE FUNCTION f AS $x$ ; $$ ; $x$",
                "COPY t (a) FROM stdin",
                "ALTER z $1",
            ]
        );
    }

    #[test]
    fn an_open_quote_is_told_with_its_place() {
        let mut lexer = Lexer::new("a;\n b 'c");
        assert!(lexer.next_statement().unwrap().is_ok());
        let fault = lexer.next_statement().unwrap().unwrap_err();
        assert_eq!(fault.place, Some(Place::at("", 2, 4)));
        assert!(lexer.next_statement().is_none());
    }

    #[test]
    fn an_empty_name_is_told_with_its_place() {
        for (text, column) in [
            ("CREATE TABLE \"\" (a int)", 14),
            ("CREATE TABLE t (\"\" int)", 17),
            ("CREATE INDEX i ON t (\"\")", 22),
        ] {
            let fault = Lexer::new(text).next_statement().unwrap().unwrap_err();
            assert_eq!(fault.place, Some(Place::at("", 1, column)), "{text}");
        }
        // A quote in a name, and a text, may well be all there is.
        let sound = "CREATE TABLE t (\"\"\"\" text DEFAULT '')";
        assert!(Lexer::new(sound).next_statement().unwrap().is_ok());
    }
}
