//! Making recorded text parsable: what `pg_stat_statements` and the tools that
//! export it print is not always SQL.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace, Word};

/// Stands for "and more of the same" in a list; Postgres numbers from `$1`.
pub const MORE: &str = "$0";

/// The tokens of a text, without white space and comments.
pub struct Tokens {
    /// The tokens, up to where the text could not be cut any further.
    pub tokens: Vec<Token>,
    /// Why it could not be cut to its end, such as an open quote.
    pub broken: Option<String>,
    /// The text ends in `...` or `…`, as exporters mark a cut.
    pub ellipsis: bool,
}

/// Cuts a text into tokens. Comments go (sqlcommenter's and those of drivers),
/// except the mark of a squashed list, which becomes the element [`MORE`].
pub fn tokens(text: &str) -> Tokens {
    let shown = text.trim_end();
    let ellipsis = shown.ends_with("...") || shown.ends_with('…');
    let shown = shown.trim_end_matches(['.', '…']);
    let mut cut: Vec<TokenWithSpan> = Vec::new();
    let broken = Tokenizer::new(&PostgreSqlDialect {}, shown)
        .tokenize_with_location_into_buf(&mut cut)
        .err()
        .map(|error| error.to_string());
    let mut tokens = Vec::with_capacity(cut.len() / 2);
    for token in cut.into_iter().map(|one| one.token) {
        match token {
            Token::Whitespace(Whitespace::MultiLineComment(comment)) if is_squash(&comment) => {
                tokens.extend([Token::Comma, Token::Placeholder(MORE.to_owned())]);
            }
            Token::Whitespace(_) => {}
            token => tokens.push(token),
        }
    }
    Tokens { tokens, broken, ellipsis }
}

/// `/*, ... */`, as Postgres 18 writes behind the first element of a list.
fn is_squash(comment: &str) -> bool {
    comment.trim().trim_start_matches(',').trim() == "..."
}

/// Turns tokens into what the parser takes:
///
/// - `extract($n FROM …)`, where normalisation replaced the field, reads the
///   epoch;
/// - `interval $n`, `timestamp $n` and the like are the parameter alone;
/// - `FOR NO KEY UPDATE` is `FOR UPDATE`, `FOR KEY SHARE` is `FOR SHARE`;
/// - `OPERATOR(schema.=)`, as foreign-key triggers write, is `=`;
/// - `ONLY` before a table goes;
/// - `DECLARE … CURSOR … FOR query` is the query;
/// - `PREPARE name (types) AS statement` is the statement: the server counts
///   each EXECUTE under this text;
/// - `?` in place of a value, as Performance Insights prints, is a parameter;
/// - `(...)` in place of a list is a list of unknown length.
pub fn rewrite(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = wrapped_statement(tokens);
    while let Some(token) = rest.first() {
        let taken = match rest {
            [Token::Word(extract), Token::LParen, Token::Placeholder(_), Token::Word(from), ..]
                if is(extract, "extract") && from.keyword == Keyword::FROM =>
            {
                out.extend([token.clone(), Token::LParen, Token::make_word("epoch", None)]);
                3
            }
            [Token::Word(kind), Token::Placeholder(_), ..] if is_typed_literal(kind) => 1,
            [Token::Word(lock), Token::Word(no), Token::Word(key), Token::Word(update), ..]
                if lock.keyword == Keyword::FOR
                    && is(no, "no")
                    && is(key, "key")
                    && is(update, "update") =>
            {
                out.push(token.clone());
                3
            }
            [Token::Word(lock), Token::Word(key), Token::Word(share), ..]
                if lock.keyword == Keyword::FOR && is(key, "key") && is(share, "share") =>
            {
                out.push(token.clone());
                2
            }
            [
                Token::Word(word),
                Token::LParen,
                Token::Word(_),
                Token::Period,
                operator,
                Token::RParen,
                ..,
            ] if is(word, "operator") => {
                out.push(operator.clone());
                6
            }
            [Token::Word(only), Token::Word(_), ..]
                if is(only, "only") && out.last().is_some_and(leads_to_table) =>
            {
                1
            }
            [Token::Period, Token::Period, Token::Period, Token::RParen, ..] => {
                if out.last() == Some(&Token::LParen) {
                    out.push(Token::Placeholder("$1".to_owned()));
                    out.push(Token::Comma);
                }
                out.push(Token::Placeholder(MORE.to_owned()));
                3
            }
            [Token::Question, ..] if out.last().is_some_and(awaits_value) => {
                out.push(Token::Placeholder("$1".to_owned()));
                1
            }
            _ => {
                out.push(token.clone());
                1
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// The statement within DECLARE or PREPARE; any other text as it is.
fn wrapped_statement(tokens: &[Token]) -> &[Token] {
    let Some(Token::Word(verb)) = tokens.first() else { return tokens };
    let lead = if is(verb, "declare") {
        Keyword::FOR
    } else if is(verb, "prepare") {
        Keyword::AS
    } else {
        return tokens;
    };
    tokens
        .iter()
        .position(|token| matches!(token, Token::Word(word) if word.keyword == lead))
        .map_or(tokens, |at| &tokens[at + 1..])
}

/// `interval $1` is no SQL, but what normalising `interval '1 day'` gives.
fn is_typed_literal(word: &Word) -> bool {
    ["interval", "timestamp", "timestamptz", "date", "time", "timetz"]
        .iter()
        .any(|kind| is(word, kind))
}

fn leads_to_table(token: &Token) -> bool {
    match token {
        Token::Comma => true,
        Token::Word(word) => {
            ["from", "update", "join", "using", "into"].iter().any(|lead| is(word, lead))
        }
        _ => false,
    }
}

/// Whether a value, rather than an operator, must follow.
fn awaits_value(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::LIMIT
                | Keyword::OFFSET
                | Keyword::BETWEEN
                | Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::THEN
                | Keyword::ELSE
                | Keyword::WHEN
                | Keyword::SELECT
                | Keyword::INTERVAL
                | Keyword::FROM
        ),
        Token::RParen
        | Token::RBracket
        | Token::Placeholder(_)
        | Token::Number(..)
        | Token::SingleQuotedString(_) => false,
        _ => true,
    }
}

pub(super) fn is(word: &Word, text: &str) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text)
}

/// The text on one line: white space squeezed, comments of sqlcommenter and the
/// like left out.
#[must_use]
pub fn one_line(text: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, text).with_unescape(false).tokenize()
    else {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let mut line = String::with_capacity(text.len());
    let mut space = false;
    for token in tokens {
        match token {
            Token::Whitespace(Whitespace::MultiLineComment(comment)) if is_squash(&comment) => {
                line.push_str(" /*, ... */");
                space = false;
            }
            Token::Whitespace(_) => space = true,
            token => {
                if space && !line.is_empty() {
                    line.push(' ');
                }
                space = false;
                line.push_str(&token.to_string());
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        rewrite(&tokens(text).tokens).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_not_sql_becomes_sql() {
        for (text, sql) in [
            ("select extract($1 FROM a)", "select extract ( epoch FROM a )"),
            ("now() - interval $1", "now ( ) - $1"),
            ("select 1 FOR NO KEY UPDATE", "select 1 FOR UPDATE"),
            ("select 1 for key share of x", "select 1 for share of x"),
            ("a OPERATOR(pg_catalog.=) b", "a = b"),
            ("DELETE FROM ONLY \"public\".\"t\"", "DELETE FROM \"public\" . \"t\""),
            ("FETCH FIRST 5 ROWS ONLY", "FETCH FIRST 5 ROWS ONLY"),
            ("DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT 1", "SELECT 1"),
            ("PREPARE p (int, text) AS SELECT $1", "SELECT $1"),
            ("a IN ($1 /*, ... */)", "a IN ( $1 , $0 )"),
            ("a IN (...)", "a IN ( $1 , $0 )"),
            ("a IN (?, ?) AND b = ? LIMIT ?", "a IN ( $1 , $1 ) AND b = $1 LIMIT $1"),
            ("a ? 'key'", "a ? 'key'"),
            ("/*app='x'*/ SELECT 1 -- why", "SELECT 1"),
        ] {
            assert_eq!(rewritten(text), sql, "{text}");
        }
    }

    #[test]
    fn a_cut_text_keeps_the_words_before_the_cut() {
        let cut = tokens("SELECT a FROM t WHERE b = 'ope");
        assert!(cut.broken.is_some());
        assert_eq!(cut.tokens.len(), 7);
        assert!(tokens("SELECT a FROM t WHERE b = ...").ellipsis);
        assert!(!tokens("SELECT a FROM t").ellipsis);
    }

    #[test]
    fn one_line_keeps_the_text_but_not_its_layout() {
        assert_eq!(one_line("SELECT  a,\n\tb -- why\nFROM t /*app='x'*/"), "SELECT a, b FROM t");
        assert_eq!(one_line("x IN ($1 /*, ... */)"), "x IN ($1 /*, ... */)");
        assert_eq!(one_line("a = 'it''s'"), "a = 'it''s'");
    }
}
