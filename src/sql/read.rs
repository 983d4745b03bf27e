//! A statement's text to its [`Access`].

use std::collections::BTreeMap;

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Word};

use crate::capture::Catalog;

use super::access::{Access, Unparsed};
use super::build::{Builder, Built};
use super::rewrite::{Tokens, rewrite, tokens};
use super::verb;

/// How deep brackets and queries may nest before a text is given up on: each
/// level costs the parser stack.
const NESTING_MAX: usize = 40;
/// How long a chain such as `a OR b OR …` may be before a text is given up on:
/// the parser nests it to the left.
const CHAIN_MAX: usize = 1000;
/// Words, signs and spaces of a text before it is given up on: each takes some
/// hundred bytes. The longest statement that a driver can send has 65,535
/// parameters, with a comma and a space each, and brackets around rows of them.
const TOKENS_MAX: usize = 400_000;

/// Reads one statement. The catalog tells which table an unqualified column
/// belongs to; without it a statement on one table is read all the same.
///
/// Never fails: what is not understood comes back as [`Access::Unparsed`].
#[must_use]
pub fn read(text: &str, catalog: &Catalog) -> Access {
    let cut = tokens(text);
    let truncated = cut.broken.is_some() || cut.ellipsis;
    let parts = statements(&cut);
    let mut found: Option<Access> = None;
    for part in &parts {
        let access = read_one(part, truncated, cut.broken.as_deref(), catalog);
        match (&found, &access) {
            // `BEGIN; UPDATE …` is the UPDATE.
            (None | Some(Access::Ignorable(_)), _) => found = Some(access),
            (_, Access::Ignorable(_)) => {}
            _ => return unparsed(&cut.tokens, "several statements in one text", truncated),
        }
    }
    found.unwrap_or_else(|| unparsed(&cut.tokens, "there is no statement in the text", truncated))
}

/// The statements of a text. A function's body has semicolons of its own.
fn statements(cut: &Tokens) -> Vec<&[Token]> {
    if verb::verb(&cut.tokens) == "CREATE" {
        return vec![&cut.tokens];
    }
    cut.tokens.split(|token| *token == Token::SemiColon).filter(|part| !part.is_empty()).collect()
}

fn read_one(tokens: &[Token], truncated: bool, broken: Option<&str>, catalog: &Catalog) -> Access {
    if let Some(verb) = verb::ignorable(tokens) {
        return Access::Ignorable(verb);
    }
    if let Some(why) = verb::why_unread(&verb::verb(tokens)) {
        return unparsed(tokens, why, truncated);
    }
    if let Some(error) = broken {
        return unparsed(tokens, &format!("the text cannot be cut into words: {error}"), true);
    }
    if tokens.len() > TOKENS_MAX {
        return unparsed(
            tokens,
            &format!("it has more than {TOKENS_MAX} words and signs"),
            truncated,
        );
    }
    let tokens = rewrite(tokens);
    match parse(&tokens, catalog) {
        Ok(built) => access_of(built, &tokens),
        Err(why) => {
            let ends_early = why.contains("EOF") || opens(&tokens);
            unparsed(&tokens, &why, truncated || ends_early)
        }
    }
}

fn parse(tokens: &[Token], catalog: &Catalog) -> Result<Built, String> {
    if chain(tokens) > CHAIN_MAX {
        return Err(format!("a chain of more than {CHAIN_MAX} operators"));
    }
    let mut parser = Parser::new(&PostgreSqlDialect {})
        .with_recursion_limit(NESTING_MAX)
        .with_tokens(tokens.to_vec());
    let statement = parser.parse_statement().map_err(|error| error.to_string())?;
    let next = parser.peek_token().token;
    if next != Token::EOF {
        return Err(format!("the statement goes on with {next}, which is not understood"));
    }
    Builder::new(catalog, words(tokens)).build(&statement)
}

fn access_of(built: Built, tokens: &[Token]) -> Access {
    if !built.steps.is_empty() {
        return Access::Data(built.steps);
    }
    match built.calls.first() {
        Some(function) => unparsed(
            tokens,
            &format!("it calls {function}, and what that does is not in the text"),
            false,
        ),
        None => Access::Ignorable("SELECT WITHOUT TABLES"),
    }
}

fn unparsed(tokens: &[Token], why: &str, truncated: bool) -> Access {
    Access::Unparsed(Unparsed {
        verb: verb::verb(tokens),
        first_table: verb::first_table(tokens),
        why: why.to_owned(),
        truncated,
    })
}

/// More brackets open than close: the end is missing.
fn opens(tokens: &[Token]) -> bool {
    let count = |wanted: &Token| tokens.iter().filter(|token| *token == wanted).count();
    count(&Token::LParen) > count(&Token::RParen)
}

/// The longest chain of operators that the parser nests, an upper bound: words
/// and signs since the last comma (in CASE, the last branch) of each open
/// bracket. A bracket `[` nests what stands before it: `int[][]`, `a[1][2]`.
fn chain(tokens: &[Token]) -> usize {
    let mut open = vec![(false, 0_usize)];
    let mut total = 0_usize;
    let mut longest = 0;
    for token in tokens {
        let keyword = match token {
            Token::Word(Word { keyword, quote_style: None, .. }) => *keyword,
            _ => Keyword::NoKeyword,
        };
        let in_case = open.last().is_some_and(|(case, _)| *case);
        let opens = matches!(token, Token::LParen | Token::LBracket);
        let closes = matches!(token, Token::RParen | Token::RBracket)
            || (keyword == Keyword::END && in_case);
        let separates = *token == Token::Comma
            || (matches!(keyword, Keyword::WHEN | Keyword::THEN | Keyword::ELSE) && in_case);
        if opens || keyword == Keyword::CASE {
            if let (Token::LBracket, Some((_, links))) = (token, open.last_mut()) {
                *links += 1;
                total += 1;
                longest = longest.max(total);
            }
            open.push((keyword == Keyword::CASE, 0));
        } else if closes && open.len() > 1 {
            total -= open.pop().map_or(0, |(_, links)| links);
        } else if let Some((_, links)) = open.last_mut() {
            if separates {
                total -= *links;
                *links = 0;
            } else if links_operands(token, keyword) {
                *links += 1;
                total += 1;
                longest = longest.max(total);
            }
        }
    }
    longest
}

fn links_operands(token: &Token, keyword: Keyword) -> bool {
    match token {
        Token::Word(_) => is_infix(keyword),
        Token::Placeholder(_)
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Period
        | Token::RParen
        | Token::RBracket => false,
        _ => true,
    }
}

fn is_infix(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::AND
            | Keyword::OR
            | Keyword::XOR
            | Keyword::IS
            | Keyword::NOTNULL
            | Keyword::IN
            | Keyword::NOT
            | Keyword::LIKE
            | Keyword::ILIKE
            | Keyword::SIMILAR
            | Keyword::REGEXP
            | Keyword::RLIKE
            | Keyword::BETWEEN
            | Keyword::COLLATE
            | Keyword::AT
            | Keyword::OVERLAPS
            | Keyword::OPERATOR
            | Keyword::MEMBER
            | Keyword::UNION
            | Keyword::INTERSECT
            | Keyword::EXCEPT
            | Keyword::MINUS
            | Keyword::JOIN
            | Keyword::DIV
            | Keyword::PIVOT
            | Keyword::UNPIVOT
            | Keyword::MATCH_RECOGNIZE
    )
}

/// How often each word stands in the text other than before a period.
fn words(tokens: &[Token]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if let Token::Word(word) = token
            && tokens.get(at + 1) != Some(&Token::Period)
        {
            let name = match word.quote_style {
                Some(_) => word.value.clone(),
                None => word.value.to_lowercase(),
            };
            *found.entry(name).or_insert(0) += 1;
        }
    }
    found
}
