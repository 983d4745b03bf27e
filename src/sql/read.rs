//! A statement's text to its [`Access`].

use sqlparser::ast::Statement;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use crate::capture::Catalog;

use super::access::{Access, Unparsed};
use super::build::Builder;
use super::rewrite::rewrite;
use super::verb;

/// How deep expressions and queries may nest before the text is given up on.
const NESTING_MAX: usize = 100;

/// Reads one statement. The catalog tells which table an unqualified column
/// belongs to; without it a statement on one table is read all the same.
///
/// Never fails: what is not understood comes back as [`Access::Unparsed`].
#[must_use]
pub fn read(text: &str, catalog: &Catalog) -> Access {
    let rewritten = match rewrite(text) {
        Ok(rewritten) => rewritten,
        Err(error) => {
            return Access::Unparsed(Unparsed {
                verb: text.split_whitespace().next().unwrap_or_default().to_uppercase(),
                first_table: None,
                why: format!("the text cannot be cut into words: {error}"),
                // An open quote or comment is what cutting leaves behind.
                truncated: true,
            });
        }
    };
    let tokens = rewritten.tokens;
    if tokens.is_empty() {
        return unparsed(&tokens, "the text is empty");
    }
    if let Some(verb) = verb::ignorable(&tokens) {
        return Access::Ignorable(verb);
    }
    let mut parser = Parser::new(&PostgreSqlDialect {})
        .with_recursion_limit(NESTING_MAX)
        .with_tokens(tokens.clone());
    let statement = match parser.parse_statement() {
        Ok(statement) => statement,
        Err(error) => return unparsed(&tokens, &error.to_string()),
    };
    if parser.peek_token().token != Token::EOF {
        return unparsed(&tokens, "something follows the statement");
    }
    let mut builder = Builder::new(catalog, rewritten.squashed);
    match &statement {
        Statement::Query(query) => {
            builder.top_query(query);
        }
        Statement::Insert(insert) => builder.top_insert(insert),
        Statement::Update(update) => builder.top_update(update),
        Statement::Delete(delete) => builder.top_delete(delete),
        _ => {
            let verb = verb::verb(&tokens);
            return unparsed(&tokens, &format!("{verb} is not modelled"));
        }
    }
    let built = builder.finish();
    if let Some(why) = built.refused {
        return unparsed(&tokens, &why);
    }
    if built.steps.is_empty() {
        return match built.calls.first() {
            Some(function) => {
                unparsed(&tokens, &format!("it calls {function}, whose effect is not known"))
            }
            None => Access::Ignorable("SELECT WITHOUT TABLES"),
        };
    }
    Access::Data(built.steps)
}

fn unparsed(tokens: &[Token], why: &str) -> Access {
    Access::Unparsed(Unparsed {
        verb: verb::verb(tokens),
        first_table: verb::first_table(tokens),
        truncated: why.contains("EOF") || unbalanced(tokens),
        why: why.to_owned(),
    })
}

/// More parentheses open than close: the end is missing.
fn unbalanced(tokens: &[Token]) -> bool {
    let count = |wanted: &Token| tokens.iter().filter(|token| *token == wanted).count();
    count(&Token::LParen) > count(&Token::RParen)
}
