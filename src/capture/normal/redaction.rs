//! What may be shown of a statement's text: the server keeps utility statements
//! as they were written, with passwords and connection strings in them.

use super::constants::{PARAMETERS_MAX, without_constants};
use super::pieces::{Piece, pieces};
use super::split_statements;

/// Statements that carry a query, or name the tables whose rows they move; their
/// text is read on, so it stays, without values.
const READ: [&str; 13] = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "DECLARE",
    "EXPLAIN", "COPY", "TRUNCATE", "REFRESH",
];

/// Control of transactions and cursors: its names are made alike already.
const CONTROL: [&str; 12] = [
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ABORT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "FETCH",
    "MOVE",
    "CLOSE",
    "DEALLOCATE",
];

/// Words of command tags behind the verb, such as `CREATE USER MAPPING`. Anything
/// else may be a name or a value.
const TAG_WORDS: [&str; 62] = [
    "ACCESS",
    "AGGREGATE",
    "ALL",
    "CAST",
    "CLASS",
    "COLLATION",
    "CONFIGURATION",
    "CONSTRAINT",
    "CONVERSION",
    "DATA",
    "DATABASE",
    "DEFAULT",
    "DICTIONARY",
    "DOMAIN",
    "EVENT",
    "EXTENSION",
    "FAMILY",
    "FOREIGN",
    "FUNCTION",
    "GLOBAL",
    "GROUP",
    "INDEX",
    "LABEL",
    "LANGUAGE",
    "LARGE",
    "LOCAL",
    "MAPPING",
    "MATERIALIZED",
    "METHOD",
    "OBJECT",
    "OPERATOR",
    "OR",
    "OWNED",
    "PARSER",
    "POLICY",
    "PRIVILEGES",
    "PROCEDURE",
    "PUBLICATION",
    "REPLACE",
    "ROLE",
    "ROUTINE",
    "RULE",
    "SCHEMA",
    "SEARCH",
    "SEQUENCE",
    "SERVER",
    "STATISTICS",
    "SUBSCRIPTION",
    "SYSTEM",
    "TABLE",
    "TABLESPACE",
    "TEMP",
    "TEMPLATE",
    "TEMPORARY",
    "TEXT",
    "TRANSACTION",
    "TRANSFORM",
    "TRIGGER",
    "TYPE",
    "UNIQUE",
    "UNLOGGED",
    "USER",
];

/// Digits of a number that says nothing of data: places of columns, precisions,
/// small factors.
const PLAIN_DIGITS_MAX: usize = 4;

/// What is shown of the text of an entry of `pg_stat_statements`: of a utility
/// statement its command tag, of any other the text with parameters in place of
/// values. Numbers that are no values stay, such as `ORDER BY 2`,
/// `numeric(10, 2)` or `LIMIT 20`: they decide what is read.
pub(in crate::capture) fn shown(text: &str) -> String {
    each_statement(text, without_values)
}

/// What is shown of a logged text: the same, and no constant at all, so that all
/// executions of a statement have one text.
pub(in crate::capture) fn shown_of_log(text: &str) -> String {
    each_statement(text, without_constants)
}

fn each_statement(text: &str, without_values: fn(&str) -> String) -> String {
    let mut shown: Vec<String> = Vec::new();
    for part in split_statements(text) {
        let part = part.trim().trim_end_matches(';').trim_end();
        let words: Vec<String> = words(part).collect();
        let verb = words.first().map_or("", String::as_str);
        let kept = READ.contains(&verb) || CONTROL.contains(&verb) || wraps_query(&words);
        shown.push(if kept { without_values(&until_open_quote(part)) } else { tag(&words) });
        // The body of a function has semicolons of its own.
        if verb == "CREATE" && !kept {
            break;
        }
    }
    shown.join("; ")
}

/// The first words, in capitals, outside of brackets.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut depth = 0_i64;
    pieces(text).filter_map(move |piece| {
        match piece {
            Piece::Symbol("(") => depth += 1,
            Piece::Symbol(")") => depth -= 1,
            // The bracket before a SELECT is no bracket of a statement.
            Piece::Word(word) if depth <= 0 || is_read(word) => {
                return Some(word.to_ascii_uppercase());
            }
            _ => {}
        }
        None
    })
}

fn is_read(word: &str) -> bool {
    READ.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// Whether the statement is one that stores the rows of a query, or runs it by
/// another name.
fn wraps_query(words: &[String]) -> bool {
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    match words.first().map(String::as_str) {
        Some("CREATE") => {
            let modifiers = ["GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED"];
            let kind = words.iter().skip(1).find(|word| !modifiers.contains(&word.as_str()));
            kind.is_some_and(|kind| kind == "MATERIALIZED" || (kind == "TABLE" && has("AS")))
        }
        Some("PREPARE") => words.get(1).is_some_and(|word| word != "TRANSACTION") && has("AS"),
        _ => false,
    }
}

fn tag(words: &[String]) -> String {
    let (verb, others) = words.split_first().map_or(("", &[][..]), |(verb, rest)| (verb, rest));
    let others = others.iter().take_while(|word| TAG_WORDS.contains(&word.as_str()));
    others.fold(verb.to_owned(), |tag, word| tag + " " + word)
}

/// The text up to a constant that was cut off; its quote stays, to tell so.
fn until_open_quote(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Quoted { text, closed: false } => {
                let open = ["/*", "\""].into_iter().find(|open| text.starts_with(open));
                shown.push_str(open.unwrap_or("'"));
            }
            other => shown.push_str(other.text()),
        }
    }
    shown
}

/// Parameters in place of strings, of numbers that are compared, assigned or
/// listed, and of long numbers.
fn without_values(text: &str) -> String {
    let all: Vec<Piece<'_>> = pieces(text).collect();
    let next = |at: usize| all[at + 1..].iter().find(|piece| !matches!(piece, Piece::Space(_)));
    let mut place = Around::default();
    let mut number = all.iter().filter_map(|piece| parameter(*piece)).max().unwrap_or(0);
    let mut shown = String::with_capacity(text.len());
    for (at, piece) in all.iter().enumerate() {
        let is_value = match piece {
            Piece::Quoted { text, closed } => *closed && !text.starts_with('"'),
            Piece::Number(digits) => {
                let compared = matches!(next(at), Some(Piece::Symbol("=" | "<" | ">" | "!")));
                let long = digits.len() > PLAIN_DIGITS_MAX && !place.limits();
                compared || long || place.is_of_values()
            }
            _ => false,
        };
        if is_value {
            number += 1;
            shown.push_str(&format!("${number}"));
        } else {
            shown.push_str(piece.text());
        }
        place.pass(*piece);
    }
    shown
}

fn parameter(piece: Piece<'_>) -> Option<u64> {
    let Piece::Parameter(text) = piece else { return None };
    text[1..].parse().ok().filter(|number| *number <= PARAMETERS_MAX)
}

/// What a bracket holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Values,
    /// The length or precision of a type.
    Precision,
    Others,
}

/// What stands before a piece.
#[derive(Default)]
struct Around<'a> {
    /// The piece before, without spaces and signs of numbers.
    before: Option<Piece<'a>>,
    /// The word before.
    word: &'a str,
    /// For each open bracket: what it holds.
    brackets: Vec<Holds>,
    /// Between BETWEEN and what follows its AND.
    between: bool,
    /// In rows of VALUES, which are brackets of values with commas between.
    values: bool,
}

impl<'a> Around<'a> {
    fn is_of_values(&self) -> bool {
        let compared = match self.before {
            Some(Piece::Symbol(symbol)) => matches!(symbol, "=" | "<" | ">" | "~"),
            Some(Piece::Word(word)) => {
                let is = |wanted: &str| word.eq_ignore_ascii_case(wanted);
                is("between") || (is("and") && self.between) || is("like")
            }
            _ => false,
        };
        compared || self.brackets.last() == Some(&Holds::Values)
    }

    /// Whether a number there says how many rows, or how long a type is.
    fn limits(&self) -> bool {
        if self.brackets.last() == Some(&Holds::Precision) {
            return true;
        }
        const LEADS: [&str; 8] =
            ["limit", "offset", "first", "next", "forward", "backward", "absolute", "relative"];
        LEADS.iter().any(|lead| self.word.eq_ignore_ascii_case(lead))
            && matches!(self.before, Some(Piece::Word(_)))
    }

    /// What a bracket that opens here holds.
    fn opened(&self) -> Holds {
        const TYPES: [&str; 9] = [
            "varchar",
            "char",
            "character",
            "varying",
            "bpchar",
            "bit",
            "varbit",
            "numeric",
            "decimal",
        ];
        let among = |words: &[&str]| {
            matches!(self.before, Some(Piece::Word(before))
                if words.iter().any(|word| before.eq_ignore_ascii_case(word)))
        };
        let next_row = self.values && matches!(self.before, Some(Piece::Symbol(",")));
        let inside = self.brackets.last() == Some(&Holds::Values);
        if among(&TYPES) {
            Holds::Precision
        } else if among(&["in", "values", "array"]) || next_row || inside {
            Holds::Values
        } else {
            Holds::Others
        }
    }

    fn pass(&mut self, piece: Piece<'a>) {
        match piece {
            Piece::Space(_) | Piece::Comment(_) => return,
            // The sign of a number, if anything is compared with it.
            Piece::Symbol("-" | "+") if self.is_of_values() => return,
            Piece::Symbol("(" | "[") => self.brackets.push(self.opened()),
            Piece::Symbol(")" | "]") => drop(self.brackets.pop()),
            Piece::Word(word) => {
                let is = |wanted: &str| word.eq_ignore_ascii_case(wanted);
                self.between = is("between") || (self.between && is("and"));
                self.values = is("values");
                if is_read(word)
                    && let Some(holds) = self.brackets.last_mut()
                {
                    // A query within: `IN (SELECT 1 …)`.
                    *holds = Holds::Others;
                }
                self.word = word;
            }
            _ => {}
        }
        self.before = Some(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utility_statements_are_their_command_tags() {
        for (text, tag) in [
            ("ALTER ROLE app WITH PASSWORD 'secret'", "ALTER ROLE"),
            ("alter user app password 'secret'", "ALTER USER"),
            ("CREATE ROLE secret LOGIN", "CREATE ROLE"),
            (
                "CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'secret')",
                "CREATE USER MAPPING",
            ),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'host=h password=secret' PUBLICATION p",
                "CREATE SUBSCRIPTION",
            ),
            ("CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'secret')", "CREATE SERVER"),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 'secret'; SELECT 'secret'; END",
                "CREATE FUNCTION",
            ),
            ("CREATE TABLE t (a text DEFAULT 'secret')", "CREATE TABLE"),
            ("CREATE VIEW v AS SELECT 'secret'", "CREATE"),
            ("SET app.token = secret", "SET"),
            ("NOTIFY c, 'secret'", "NOTIFY"),
            ("DO $x$ BEGIN PERFORM 'secret'; END $x$", "DO"),
            ("COMMENT ON TABLE t IS 'secret'", "COMMENT"),
            ("SECURITY LABEL FOR p ON TABLE t IS 'secret'", "SECURITY LABEL"),
            ("PREPARE TRANSACTION 'secret'", "PREPARE TRANSACTION"),
            ("CALL p('secret')", "CALL"),
            ("EXECUTE p('secret')", "EXECUTE"),
            ("IMPORT FOREIGN SCHEMA secret FROM SERVER s INTO t", "IMPORT FOREIGN SCHEMA"),
            ("ALTER SYSTEM SET primary_conninfo = 'secret'", "ALTER SYSTEM"),
            ("ALTER ROLE app PASSWORD 'secret cut", "ALTER ROLE"),
            ("/* 'secret cut", ""),
        ] {
            for shown in [shown(text), shown_of_log(text)] {
                assert_eq!(shown, tag, "{text}");
            }
        }
    }

    #[test]
    fn statements_of_the_workload_lose_their_values_only() {
        for (text, expected) in [
            (
                "SELECT 1 FROM t WHERE a = 'x' AND b > 5 AND c IN (1, -2) AND d = $1",
                "SELECT 1 FROM t WHERE a = $2 AND b > $3 AND c IN ($4, -$5) AND d = $1",
            ),
            (
                "SELECT a, sum(b)::numeric(10, 2) FROM t GROUP BY 1 ORDER BY 2 LIMIT 20 OFFSET 100000",
                "SELECT a, sum(b)::numeric(10, 2) FROM t GROUP BY 1 ORDER BY 2 LIMIT 20 OFFSET 100000",
            ),
            (
                "INSERT INTO t VALUES (1, 'a'), (2, f(3))",
                "INSERT INTO t VALUES ($1, $2), ($3, f($4))",
            ),
            (
                "UPDATE t SET a = 1, b = b + 1 WHERE c BETWEEN 1 AND 2 AND 3 = d",
                "UPDATE t SET a = $1, b = b + 1 WHERE c BETWEEN $2 AND $3 AND $4 = d",
            ),
            ("SELECT f(4111111111111111), a[1], ARRAY[7]", "SELECT f($1), a[1], ARRAY[$2]"),
            (
                "SELECT * FROM t WHERE a > now() - interval '1 day'",
                "SELECT * FROM t WHERE a > now() - interval $1",
            ),
            (
                "SELECT * FROM t WHERE a IN (SELECT 1 FROM u LIMIT 3)",
                "SELECT * FROM t WHERE a IN (SELECT 1 FROM u LIMIT 3)",
            ),
            (
                "DECLARE c CURSOR FOR SELECT a FROM t WHERE b = 'x'",
                "DECLARE c CURSOR FOR SELECT a FROM t WHERE b = $1",
            ),
            (
                "EXPLAIN ANALYZE SELECT a FROM t WHERE b = 'x'",
                "EXPLAIN ANALYZE SELECT a FROM t WHERE b = $1",
            ),
            (
                "CREATE TEMP TABLE u AS SELECT a FROM t WHERE b = 'x'",
                "CREATE TEMP TABLE u AS SELECT a FROM t WHERE b = $1",
            ),
            (
                "PREPARE p AS SELECT a FROM t WHERE b = 'x'",
                "PREPARE p AS SELECT a FROM t WHERE b = $1",
            ),
            ("COPY t FROM PROGRAM 'curl x'", "COPY t FROM PROGRAM $1"),
            (
                "COPY (SELECT a FROM t WHERE b = 'x') TO STDOUT",
                "COPY (SELECT a FROM t WHERE b = $1) TO STDOUT",
            ),
            (
                "(SELECT a FROM t WHERE b = 'x') UNION SELECT 1",
                "(SELECT a FROM t WHERE b = $1) UNION SELECT 1",
            ),
            (
                "BEGIN; UPDATE t SET a = 'x'; ALTER ROLE r PASSWORD 'x'",
                "BEGIN; UPDATE t SET a = $1; ALTER ROLE",
            ),
            (
                "SET a = 'x'; SELECT b::varchar(10000) FROM t",
                "SET; SELECT b::varchar(10000) FROM t",
            ),
            ("FETCH FORWARD 20000 FROM c", "FETCH FORWARD 20000 FROM c"),
            ("SELECT \"a 'b\" FROM t WHERE b = 'cut", "SELECT \"a 'b\" FROM t WHERE b = '"),
            ("ROLLBACK PREPARED 'x'", "ROLLBACK PREPARED $1"),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(expected), expected);
        }
    }

    #[test]
    fn of_a_log_no_constant_is_shown() {
        assert_eq!(
            shown_of_log("SELECT a FROM t ORDER BY 1 LIMIT 20"),
            "SELECT a FROM t ORDER BY $1 LIMIT $2"
        );
    }
}
