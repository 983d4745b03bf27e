/// Why a statement is no part of the workload, or `None` if it is.
///
/// Judged by light patterns over the text: parsing is another stage's work.
pub(super) fn set_aside(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    // Deferred checks run at commit and stand as top-level rows, so the level
    // does not tell. Cascades use the same operator and change rows: they stay.
    if lower.contains("operator(pg_catalog.") {
        // The second is how a new constraint is checked against all rows.
        let check = lower.contains("for key share")
            || (lower.starts_with("select fk.") && lower.contains(" left outer join only "));
        return check.then_some("foreign-key check");
    }
    let words = words(&lower);
    let starts = |start: &[&str]| words.len() >= start.len() && words[..start.len()] == *start;
    if starts(&["create", "extension"])
        || starts(&["alter", "system"])
        || words.iter().any(|word| word.contains("pg_stat_statements_reset"))
        || words.iter().any(|word| *word == "pg_reload_conf" || *word == "pg_stat_reset")
    {
        return Some("administration of the server");
    }
    reads_only_the_system(&words).then_some("read of statistics or the system catalog")
}

/// Whether the rows that a statement counts are rows it changed: an `INSERT`,
/// `UPDATE`, `DELETE` or `MERGE`, also after `WITH`.
pub(super) fn changes_rows(text: &str) -> bool {
    const CHANGES: [&str; 4] = ["insert", "update", "delete", "merge"];
    let lower = text.to_lowercase();
    let words = words(&lower);
    match words.first() {
        Some(&"with") => verb_after_with(&lower).is_some_and(|verb| CHANGES.contains(&verb)),
        Some(first) => CHANGES.contains(first),
        None => false,
    }
}

/// The first of the verbs that stands in no brackets.
fn verb_after_with(lower: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut start = 0;
    for (i, c) in lower.char_indices().chain([(lower.len(), ' ')]) {
        if c.is_alphanumeric() || c == '_' {
            continue;
        }
        let word = &lower[start..i];
        if depth == 0 && matches!(word, "select" | "insert" | "update" | "delete" | "merge") {
            return Some(word);
        }
        depth += usize::from(c == '(');
        depth = depth.saturating_sub(usize::from(c == ')'));
        start = i + c.len_utf8();
    }
    None
}

/// Names, numbers and keywords; quotes and punctuation are dropped, but a
/// bracket that follows a name stays with it as the word `(`.
fn words(lower: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = lower;
    while let Some(c) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let length = if c == '\'' {
            // A constant says nothing about tables.
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else if is_name(c) {
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            words.push(&rest[..end]);
            end
        } else {
            if c == '(' {
                words.push("(");
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    words
}

/// Whether at least one relation is named and all of them are the system's.
fn reads_only_the_system(words: &[&str]) -> bool {
    let mut relations = 0;
    for (i, word) in words.iter().enumerate() {
        if !matches!(*word, "from" | "join" | "update" | "into" | "copy" | "table") {
            continue;
        }
        if *word == "from" && i > 0 && words[i - 1] == "distinct" {
            continue;
        }
        let mut next = words[i + 1..].iter().filter(|word| !matches!(**word, "only" | "lateral"));
        let (Some(name), after) = (next.next(), next.next()) else { continue };
        // The extension's views stand in any schema.
        let relation = name.rsplit('.').next().unwrap_or(name);
        let system = name.starts_with("pg_")
            || name.starts_with("information_schema.")
            || relation.starts_with("pg_stat_statements");
        // A subquery, a function, or the `from` of extract(… from 1).
        let no_relation = *name == "("
            || (after == Some(&"(") && !system)
            || name.starts_with(|c: char| c.is_ascii_digit() || c == '$');
        if no_relation {
            continue;
        }
        if !system {
            return false;
        }
        relations += 1;
    }
    relations > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_captures_own_statements_and_foreign_key_checks_go() {
        for (text, why) in [
            (
                "SELECT $2 FROM ONLY \"public\".\"users\" x WHERE \"id\" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x",
                "foreign-key check",
            ),
            (
                "SELECT fk.\"b\" FROM ONLY \"public\".\"t\" fk LEFT OUTER JOIN ONLY \"public\".\"u\" pk ON ( pk.\"b\" OPERATOR(pg_catalog.=) fk.\"b\") WHERE pk.\"b\" IS NULL",
                "foreign-key check",
            ),
            (
                "SELECT row_to_json(i) FROM monitoring.pg_stat_statements_info i",
                "read of statistics or the system catalog",
            ),
            ("select pg_stat_statements_reset()", "administration of the server"),
            ("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "administration of the server"),
            ("ALTER SYSTEM SET log_min_duration_statement = '0'", "administration of the server"),
            (
                "copy (select clock_timestamp() as captured_at, t.relname from pg_stat_user_tables t order by 2,3) to stdout with (format csv)",
                "read of statistics or the system catalog",
            ),
            (
                "select row_to_json(x) from (select s.* from pg_stat_statements s where dbid=(select oid from pg_database where datname=$1)) x",
                "read of statistics or the system catalog",
            ),
            (
                "SELECT c.relname FROM pg_catalog.pg_class c LEFT JOIN \"pg_catalog\".pg_namespace n ON n.oid = c.relnamespace",
                "read of statistics or the system catalog",
            ),
        ] {
            assert_eq!(set_aside(text), Some(why), "{text}");
        }
    }

    #[test]
    fn the_verb_after_with_says_whether_rows_change() {
        for (text, changes) in [
            ("WITH a AS (SELECT 1 FOR UPDATE) UPDATE t SET x = 1", true),
            ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", false),
            ("INSERT INTO t SELECT 1", true),
            ("SELECT update FROM t", false),
        ] {
            assert_eq!(changes_rows(text), changes, "{text}");
        }
    }

    #[test]
    fn statements_of_the_application_stay() {
        for text in [
            "DELETE FROM ONLY \"public\".\"notification_events\" WHERE $1 OPERATOR(pg_catalog.=) \"notification_id\"",
            "SELECT extract(epoch FROM at), pg_column_size(x) FROM t",
            "SELECT 1 FROM t, pg_class",
            "INSERT INTO audit SELECT * FROM pg_stat_activity",
            "COPY t (a, b) FROM stdin",
            "COPY (SELECT * FROM t) TO stdout",
            "SELECT apply_discount($1)",
            "SELECT pg_advisory_lock($1)",
            "SELECT * FROM t WHERE x = 'from pg_class'",
            "BEGIN",
            "VACUUM t",
        ] {
            assert_eq!(set_aside(text), None, "{text}");
        }
    }
}
