//! Making normalised text parsable: what `pg_stat_statements` prints is not
//! always SQL.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer, TokenizerError, Whitespace, Word};

/// Tokens ready for the parser, without white space and comments.
pub struct Rewritten {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// A list was squashed to one element and a comment, as Postgres 18 does:
    /// list lengths in the text mean nothing.
    pub squashed: bool,
}

/// Tokenises a statement and applies the rewrites:
///
/// - `extract($n FROM …)`, where normalisation replaced the field name;
/// - `FOR NO KEY UPDATE` and `FOR KEY SHARE`;
/// - `OPERATOR(pg_catalog.=)`, as foreign-key triggers write;
/// - `DECLARE … CURSOR … FOR query` to the query.
///
/// # Errors
/// If the text cannot be cut into tokens, such as an open quote.
pub fn rewrite(text: &str) -> Result<Rewritten, TokenizerError> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize()?;
    let squashed = tokens.iter().any(|token| {
        matches!(token, Token::Whitespace(Whitespace::MultiLineComment(comment))
            if comment.trim().trim_start_matches(',').trim() == "...")
    });
    let tokens: Vec<Token> =
        tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let mut out = Vec::with_capacity(tokens.len());
    let mut rest = query_of_cursor(&tokens);
    while let Some(token) = rest.first() {
        match rest {
            // extract ( $n FROM
            [Token::Word(word), Token::LParen, Token::Placeholder(_), Token::Word(from), ..]
                if is(word, "extract") && from.keyword == Keyword::FROM =>
            {
                out.extend([token.clone(), Token::LParen, plain_word("epoch")]);
                rest = &rest[3..];
            }
            [Token::Word(word), Token::Word(no), Token::Word(key), Token::Word(update), ..]
                if word.keyword == Keyword::FOR
                    && is(no, "no")
                    && is(key, "key")
                    && is(update, "update") =>
            {
                out.push(token.clone());
                rest = &rest[3..];
            }
            [Token::Word(word), Token::Word(key), Token::Word(share), ..]
                if word.keyword == Keyword::FOR && is(key, "key") && is(share, "share") =>
            {
                out.push(token.clone());
                rest = &rest[2..];
            }
            [
                Token::Word(word),
                Token::LParen,
                Token::Word(schema),
                Token::Period,
                operator,
                Token::RParen,
                ..,
            ] if is(word, "operator") && is(schema, "pg_catalog") => {
                out.push(operator.clone());
                rest = &rest[6..];
            }
            _ => {
                out.push(token.clone());
                rest = &rest[1..];
            }
        }
    }
    while out.last() == Some(&Token::SemiColon) {
        out.pop();
    }
    Ok(Rewritten { tokens: out, squashed })
}

/// What follows `FOR` in `DECLARE name CURSOR FOR query`.
fn query_of_cursor(tokens: &[Token]) -> &[Token] {
    let declares = matches!(tokens.first(), Some(Token::Word(word)) if is(word, "declare"));
    if !declares {
        return tokens;
    }
    let after = tokens
        .iter()
        .position(|token| matches!(token, Token::Word(word) if word.keyword == Keyword::FOR));
    after.map_or(tokens, |at| &tokens[at + 1..])
}

fn is(word: &Word, text: &str) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text)
}

fn plain_word(text: &str) -> Token {
    Token::make_word(text, None)
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
            Token::Whitespace(Whitespace::MultiLineComment(comment))
                if comment.trim().trim_start_matches(',').trim() == "..." =>
            {
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
        let tokens = rewrite(text).unwrap().tokens;
        tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_not_sql_becomes_sql() {
        assert_eq!(rewritten("select extract($1 FROM a)"), "select extract ( epoch FROM a )");
        assert_eq!(
            rewritten("select 1 FOR NO KEY UPDATE"),
            "select 1 FOR update".to_owned().replace("update", "UPDATE")
        );
        assert_eq!(rewritten("select 1 for key share of x"), "select 1 for share of x");
        assert_eq!(rewritten("a OPERATOR(pg_catalog.=) b;"), "a = b");
        assert_eq!(rewritten("DECLARE c CURSOR WITH HOLD FOR SELECT 1"), "SELECT 1");
        assert!(rewrite("x IN ($1 /*, ... */)").unwrap().squashed);
    }

    #[test]
    fn one_line_keeps_the_text_but_not_its_layout() {
        assert_eq!(one_line("SELECT  a,\n\tb -- why\nFROM t /*app='x'*/"), "SELECT a, b FROM t");
        assert_eq!(one_line("x IN ($1 /*, ... */)"), "x IN ($1 /*, ... */)");
        assert_eq!(one_line("a = 'it''s'"), "a = 'it''s'");
    }
}
