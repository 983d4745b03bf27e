//! Statements that are not SELECT, INSERT, UPDATE or DELETE.

use sqlparser::tokenizer::Token;

/// Verbs that touch no rows of tables, a closed list: transaction control and
/// savepoints, session settings, cursors (their query is read where it is
/// declared), prepared statements (counted where they run), locks, messages,
/// maintenance and schema changes. COPY, MERGE, CALL and DO are not among them:
/// they move data.
const IGNORABLE: [&str; 34] = [
    "ABORT",
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "CREATE",
    "DEALLOCATE",
    "DISCARD",
    "DROP",
    "END",
    "EXPLAIN",
    "FETCH",
    "GRANT",
    "LISTEN",
    "LOCK",
    "MOVE",
    "NOTIFY",
    "PREPARE",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "SHOW",
    "START",
    "UNLISTEN",
    "VACUUM",
];

/// The verb in capitals, if it is in the closed list. `CREATE TABLE … AS` and
/// `REFRESH` read tables, but as maintenance that a design replaces.
pub fn ignorable(tokens: &[Token]) -> Option<&'static str> {
    let verb = verb(tokens);
    IGNORABLE.iter().find(|known| **known == verb).copied()
}

/// The first word in capitals; empty if the text does not begin with a word.
pub fn verb(tokens: &[Token]) -> String {
    match tokens.first() {
        Some(Token::Word(word)) => word.value.to_uppercase(),
        _ => String::new(),
    }
}

/// The first table named, as far as plain word order tells: after INTO, FROM,
/// UPDATE, COPY or JOIN.
pub fn first_table(tokens: &[Token]) -> Option<String> {
    let leads = ["INTO", "FROM", "UPDATE", "COPY", "JOIN", "CALL", "TABLE"];
    let at = tokens.iter().position(|token| {
        matches!(token, Token::Word(word) if leads.contains(&word.value.to_uppercase().as_str()))
    })?;
    let mut rest = &tokens[at + 1..];
    while let [Token::Word(word), ..] = rest
        && word.value.eq_ignore_ascii_case("only")
    {
        rest = &rest[1..];
    }
    match rest {
        [Token::Word(_), Token::Period, Token::Word(table), ..] => Some(table.value.clone()),
        [Token::Word(table), ..] => Some(table.value.clone()),
        _ => None,
    }
}
