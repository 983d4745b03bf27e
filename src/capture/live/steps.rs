use std::collections::BTreeMap;

/// What becomes of a statement's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// They are lines of the bundle.
    Write,
    /// Their columns become variables.
    Set,
    /// Their cells are statements whose rows are lines of the bundle.
    Execute,
}

/// One statement of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// With variables not yet filled in.
    pub sql: String,
    pub then: Then,
}

/// The script for psql, taken apart: the same statements, run from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Steps {
    /// Makes a session what it must be; each must succeed.
    pub session: Vec<Step>,
    /// Reads what is read once; a table that cannot be read is left out.
    pub once: Vec<Step>,
    /// Takes one reading of the counters.
    pub reading: Vec<Step>,
    /// Variables at the start.
    pub variables: BTreeMap<String, String>,
}

impl Steps {
    /// Takes apart what [`super::super::script()`] gives. Of psql's commands it
    /// knows those that the script uses.
    pub fn of(script: &str) -> Self {
        let mut steps = Self::default();
        let mut sql = String::new();
        let mut part = 0;
        for line in script.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["\\set", "ON_ERROR_STOP", "off"] => part = 1,
                ["--", "The", "readings.", ..] => part = 2,
                ["\\set", name, value] => {
                    steps.variables.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
            let comment = line.starts_with("--");
            let command = line.starts_with('\\') && line != "\\gexec";
            if comment || command || (line.is_empty() && sql.is_empty()) {
                continue;
            }
            let (text, then) = if let Some(text) = line.strip_suffix("\\gset") {
                (text, Some(Then::Set))
            } else if let Some(text) = line.strip_suffix("\\gexec") {
                (text, Some(Then::Execute))
            } else if let Some(text) = line.strip_suffix(';') {
                (text, Some(Then::Write))
            } else {
                (line, None)
            };
            sql.push_str(text);
            sql.push('\n');
            if let Some(then) = then {
                let step = Step { sql: std::mem::take(&mut sql).trim().to_owned(), then };
                [&mut steps.session, &mut steps.once, &mut steps.reading][part].push(step);
            }
        }
        steps
    }
}

/// Fills in psql's variables: `:name` as it is, `:'name'` and `:"name"` quoted;
/// `::type` is no variable, and neither is a name that was not set.
pub(super) fn fill_in(sql: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(':') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(cast) = rest.strip_prefix(':') {
            text.push_str("::");
            rest = cast;
            continue;
        }
        let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"'));
        let quoted = quote.map(|quote| (quote, &rest[1..]));
        let name_of = |text: &str| {
            let end = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            text[..end.unwrap_or(text.len())].to_owned()
        };
        let name = name_of(quoted.map_or(rest, |(_, inner)| inner));
        match (variables.get(&name), quoted) {
            (Some(value), Some((quote, inner))) if inner[name.len()..].starts_with(quote) => {
                text.push(quote);
                text.push_str(&value.replace(quote, &format!("{quote}{quote}")));
                text.push(quote);
                rest = &inner[name.len() + 1..];
            }
            (Some(value), None) => {
                text.push_str(value);
                rest = &rest[name.len()..];
            }
            _ => text.push(':'),
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::{ScriptSettings, script};
    use super::*;

    #[test]
    fn the_script_comes_apart() {
        let once = ScriptSettings { readings: 0, ..ScriptSettings::default() };
        let steps = Steps::of(&script(&once));
        assert_eq!(steps.variables["every"], "60");
        let set = |steps: &[Step]| steps.iter().filter(|one| one.then == Then::Set).count();
        assert_eq!((set(&steps.session), set(&steps.once), set(&steps.reading)), (10, 0, 0));
        assert_eq!(steps.session[0].sql, "SET ROLE NONE");
        assert_eq!(steps.session[1].sql, "SET search_path = pg_catalog, pg_temp");
        assert_eq!(steps.once.iter().filter(|one| one.then == Then::Execute).count(), 5);
        assert_eq!(steps.reading.len(), 1);
        assert_eq!(steps.reading[0], Step { sql: ":reading".to_owned(), then: Then::Execute });
        for step in steps.session.iter().chain(&steps.once).chain(&steps.reading) {
            let word = step.sql.split_whitespace().next().unwrap();
            let checks = step.sql.starts_with("DO $$ BEGIN IF NOT ");
            assert!(["SET", "SELECT", ":reading"].contains(&word) || checks, "{}", step.sql);
        }
    }

    #[test]
    fn variables_are_filled_in_as_psql_does() {
        let variables = BTreeMap::from([
            ("every".to_owned(), "60".to_owned()),
            ("home".to_owned(), "it's".to_owned()),
            ("odd".to_owned(), "a\"b".to_owned()),
        ]);
        let filled = |sql| fill_in(sql, &variables);
        assert_eq!(filled("SELECT (:every + 60)::text"), "SELECT (60 + 60)::text");
        assert_eq!(filled("format('%I', :'home')"), "format('%I', 'it''s')");
        assert_eq!(filled("FROM :\"odd\".t, :\"unset\""), "FROM \"a\"\"b\".t, :\"unset\"");
        assert_eq!(filled("a[1:2], 'x: y', :unset"), "a[1:2], 'x: y', :unset");
    }
}
