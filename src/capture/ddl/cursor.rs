use super::super::catalog::TableName;
use super::lexer::{Kind, Token};

/// A place in a list of tokens.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    tokens: &'a [Token],
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens }
    }

    pub fn done(&self) -> bool {
        self.tokens.is_empty()
    }

    pub fn skip(&mut self) {
        self.tokens = self.tokens.get(1..).unwrap_or_default();
    }

    fn kind(&self) -> Option<&'a Kind> {
        self.tokens.first().map(|token| &token.kind)
    }

    /// Whether the next token is that keyword.
    pub fn sees(&self, word: &str) -> bool {
        matches!(self.kind(), Some(Kind::Word(next)) if next == word)
    }

    pub fn sees_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sees(word))
    }

    /// Steps over these keywords if all of them come next.
    pub fn take(&mut self, words: &str) -> bool {
        let mut ahead = self.clone();
        for word in words.split(' ') {
            if !ahead.sees(word) {
                return false;
            }
            ahead.skip();
        }
        *self = ahead;
        true
    }

    pub fn take_symbol(&mut self, symbol: char) -> bool {
        let seen = self.kind() == Some(&Kind::Symbol(symbol));
        if seen {
            self.skip();
        }
        seen
    }

    /// A name, quoted or not.
    pub fn name(&mut self) -> Option<String> {
        let name = match self.kind()? {
            Kind::Word(name) | Kind::Quoted(name) => name.clone(),
            _ => return None,
        };
        self.skip();
        Some(name)
    }

    /// A string constant.
    pub fn string(&mut self) -> Option<String> {
        let Some(Kind::Text(value)) = self.kind() else { return None };
        self.skip();
        Some(value.clone())
    }

    /// A table, `public` where no schema is written.
    pub fn table(&mut self) -> Option<TableName> {
        let first = self.name()?;
        if self.take_symbol('.') {
            Some(TableName::new(first, self.name()?))
        } else {
            Some(TableName::new("public", first))
        }
    }

    /// What stands in the parentheses that come next.
    pub fn group(&mut self) -> Option<Cursor<'a>> {
        if self.kind() != Some(&Kind::Symbol('(')) {
            return None;
        }
        let mut depth = 0_usize;
        for (i, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Symbol('(') => depth += 1,
                Kind::Symbol(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = Cursor::new(self.text, &self.tokens[1..i]);
                self.tokens = &self.tokens[i + 1..];
                return Some(inner);
            }
        }
        None
    }

    /// The parts between the commas that stand in no parentheses or brackets.
    pub fn split_commas(self) -> Vec<Cursor<'a>> {
        let mut parts = Vec::new();
        let (mut depth, mut from) = (0_usize, 0);
        for (i, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Symbol('(' | '[') => depth += 1,
                Kind::Symbol(')' | ']') => depth = depth.saturating_sub(1),
                Kind::Symbol(',') if depth == 0 => {
                    parts.push(Cursor::new(self.text, &self.tokens[from..i]));
                    from = i + 1;
                }
                _ => {}
            }
        }
        if from < self.tokens.len() {
            parts.push(Cursor::new(self.text, &self.tokens[from..]));
        }
        parts
    }

    /// The names of a list in parentheses, `(a, "b")`.
    pub fn names(&mut self) -> Option<Vec<String>> {
        self.group()?.split_commas().into_iter().map(|mut part| part.name()).collect()
    }

    /// The text from here to where `end` is, or to the end.
    pub fn text_until(&self, end: &Cursor<'a>) -> &'a str {
        let taken = &self.tokens[..self.tokens.len() - end.tokens.len()];
        match (taken.first(), taken.last()) {
            (Some(first), Some(last)) => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// The text from here to the end.
    pub fn rest(&self) -> &'a str {
        self.text_until(&Cursor::new(self.text, &[]))
    }

    /// Steps over one token, or over a whole group in parentheses.
    pub fn skip_whole(&mut self) {
        if self.group().is_none() {
            self.skip();
        }
    }
}
