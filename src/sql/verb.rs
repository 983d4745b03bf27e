//! Statements that are not SELECT, INSERT, UPDATE or DELETE.

use sqlparser::tokenizer::Token;

use super::rewrite::is;

/// Verbs that read and write no rows of tables. The list is closed: what is not
/// here, and not understood, counts as unparsed.
const IGNORABLE: [&str; 33] = [
    // Transaction control: what it costs is in the statements between. Which
    // statements must stay one transaction is for the design to say.
    "ABORT",
    "BEGIN",
    "COMMIT",
    "END",
    "RELEASE",
    "ROLLBACK",
    "SAVEPOINT",
    "START",
    // Session state.
    "DEALLOCATE",
    "DISCARD",
    "LOAD",
    "RESET",
    "SET",
    "SHOW",
    // Cursors: the query is read, and counted, where it is declared.
    "CLOSE",
    "FETCH",
    "MOVE",
    // Locks and messages touch no row; they have no counterpart to be billed.
    "LISTEN",
    "LOCK",
    "NOTIFY",
    "UNLISTEN",
    // Upkeep of storage and statistics, which DynamoDB does by itself.
    "ANALYZE",
    "CHECKPOINT",
    "CLUSTER",
    "REINDEX",
    "VACUUM",
    // Schema, rights and plans: no traffic of an application. Those that move
    // rows are told apart by `moves_rows`.
    "ALTER",
    "COMMENT",
    "CREATE",
    "DROP",
    "EXPLAIN",
    "GRANT",
    "REVOKE",
];

/// The verb in capitals, if it is in the closed list and moves no rows.
pub fn ignorable(tokens: &[Token]) -> Option<&'static str> {
    let verb = verb(tokens);
    if verb == "PREPARE" && word_is(tokens, 1, "transaction") {
        return Some("PREPARE TRANSACTION");
    }
    IGNORABLE.iter().find(|known| **known == verb).copied().filter(|_| !moves_rows(&verb, tokens))
}

/// Some forms of the ignorable verbs do move rows: `CREATE TABLE … AS` and
/// `CREATE MATERIALIZED VIEW` store the rows of a query, `EXPLAIN ANALYZE` runs
/// its statement.
fn moves_rows(verb: &str, tokens: &[Token]) -> bool {
    let has = |wanted: &str| (1..tokens.len()).find(|&at| word_is(tokens, at, wanted));
    match verb {
        "EXPLAIN" => {
            let statement = ["select", "with", "insert", "update", "delete"]
                .iter()
                .filter_map(|start| has(start))
                .min()
                .unwrap_or(tokens.len());
            has("analyze").is_some_and(|at| at < statement)
        }
        "CREATE" => {
            let at = (1..tokens.len())
                .find(|&at| {
                    !["global", "local", "temporary", "temp", "unlogged"]
                        .iter()
                        .any(|word| word_is(tokens, at, word))
                })
                .unwrap_or(tokens.len());
            word_is(tokens, at, "materialized")
                || (word_is(tokens, at, "table") && has_outside_parentheses(tokens, "as"))
        }
        _ => false,
    }
}

fn has_outside_parentheses(tokens: &[Token], wanted: &str) -> bool {
    let mut depth = 0_i64;
    tokens.iter().enumerate().any(|(at, token)| {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        depth == 0 && word_is(tokens, at, wanted)
    })
}

/// Why a statement with this verb is not read, for verbs that are known to
/// touch rows.
pub fn why_unread(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "COPY" => "COPY moves rows in bulk, and how many is not in the text",
        "MERGE" => "MERGE inserts, updates or deletes by rules that are not modelled",
        "CALL" => "CALL runs a procedure, whose statements are not in the text",
        "DO" => "DO runs a block of code, whose statements are not in the text",
        "EXECUTE" => "EXECUTE names a prepared statement, whose text is not here",
        "TRUNCATE" => "TRUNCATE deletes every row: DynamoDB would delete the table",
        "REFRESH" => "REFRESH stores the rows of a query anew",
        "CREATE" => "it stores the rows of a query",
        "EXPLAIN" => "EXPLAIN ANALYZE runs its statement",
        _ => return None,
    })
}

fn word_is(tokens: &[Token], at: usize, text: &str) -> bool {
    matches!(tokens.get(at), Some(Token::Word(word)) if is(word, text))
}

/// The first word in capitals; empty if the text does not begin with a word.
pub fn verb(tokens: &[Token]) -> String {
    tokens
        .iter()
        .find(|token| **token != Token::LParen)
        .and_then(|token| match token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_uppercase()),
            _ => None,
        })
        .unwrap_or_default()
}

/// The first table named, as far as plain word order tells: after INTO, FROM,
/// UPDATE, COPY, JOIN and the like.
pub fn first_table(tokens: &[Token]) -> Option<String> {
    let leads = ["into", "from", "update", "copy", "join", "table", "truncate", "merge", "view"];
    let passed = ["only", "into", "table", "concurrently", "if", "not", "exists", "lateral"];
    let name = |token: &Token| match token {
        Token::Word(word) if word.quote_style.is_some() => Some(word.value.clone()),
        Token::Word(word) => Some(word.value.to_lowercase()),
        _ => None,
    };
    (0..tokens.len()).filter(|&at| leads.iter().any(|lead| word_is(tokens, at, lead))).find_map(
        |at| {
            let start = (at + 1..tokens.len())
                .find(|&at| !passed.iter().any(|word| word_is(tokens, at, word)))?;
            match &tokens[start..] {
                // A function's rows, or `extract(… FROM x)` of a value.
                [Token::Word(_), Token::LParen, ..]
                    if !word_is(tokens, at, "copy")
                        && !word_is(tokens, at, "into")
                        && !word_is(tokens, at, "table") =>
                {
                    None
                }
                [Token::Word(_), Token::Period, table @ Token::Word(_), ..] => name(table),
                [table @ Token::Word(_), ..] => name(table),
                _ => None,
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::rewrite::tokens;

    #[test]
    fn only_verbs_that_move_no_rows_are_ignorable() {
        for (text, verb) in [
            ("BEGIN", Some("BEGIN")),
            ("begin isolation level serializable", Some("BEGIN")),
            ("PREPARE TRANSACTION 'x'", Some("PREPARE TRANSACTION")),
            ("PREPARE p AS SELECT 1", None),
            ("SAVEPOINT \"s140_x35\"", Some("SAVEPOINT")),
            ("FETCH FORWARD 2000 FROM \"c\"", Some("FETCH")),
            ("SET TIME ZONE 'UTC'", Some("SET")),
            ("VACUUM (ANALYZE) t", Some("VACUUM")),
            ("EXPLAIN SELECT analyze FROM t", Some("EXPLAIN")),
            ("EXPLAIN (ANALYZE, BUFFERS) UPDATE t SET a = 1", None),
            ("CREATE INDEX i ON t (a)", Some("CREATE")),
            ("CREATE TABLE t (a int)", Some("CREATE")),
            ("CREATE TABLE t (a int GENERATED ALWAYS AS (b + 1) STORED)", Some("CREATE")),
            ("CREATE TEMP TABLE t AS SELECT 1", None),
            ("CREATE VIEW v AS SELECT 1", Some("CREATE")),
            ("CREATE MATERIALIZED VIEW v AS SELECT 1", None),
            ("COPY t FROM STDIN", None),
            ("MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", None),
            ("CALL p()", None),
            ("DO $$ begin end $$", None),
            ("EXECUTE p", None),
            ("TRUNCATE t", None),
            ("REFRESH MATERIALIZED VIEW v", None),
            ("SELECT 1", None),
        ] {
            assert_eq!(ignorable(&tokens(text).tokens), verb, "{text}");
        }
    }

    #[test]
    fn the_first_table_is_found_without_parsing() {
        for (text, table) in [
            ("COPY public.t (a, b) FROM STDIN", Some("t")),
            ("COPY (SELECT a FROM x.\"T\") TO STDOUT", Some("T")),
            ("MERGE INTO orders o USING x ON true", Some("orders")),
            ("SELECT extract(epoch FROM now()) FROM ONLY t WHERE", Some("t")),
            ("TRUNCATE TABLE ONLY a, b", Some("a")),
            ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", Some("v")),
            ("INSERT INTO t(a) VALUES", Some("t")),
            ("SELECT f($1)", None),
        ] {
            assert_eq!(first_table(&tokens(text).tokens).as_deref(), table, "{text}");
        }
    }
}
