/// A logged execution of a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::capture) struct Logged<'a> {
    /// How long it took, milliseconds, if that was logged.
    pub duration_ms: Option<f64>,
    /// The text.
    pub text: &'a str,
}

/// The statement that a log message says was executed; `None` for any other
/// message.
///
/// The extended protocol logs `parse`, `bind` and `execute` for one call, and
/// `execute fetch from` for more rows of the same call: only the plain
/// `execute` counts.
pub(in crate::capture) fn statement_of(message: &str) -> Option<Logged<'_>> {
    let (duration_ms, rest) = match message.strip_prefix("duration: ") {
        Some(rest) => {
            let (duration, rest) = rest.split_once(" ms")?;
            (Some(duration.parse().ok()?), rest.trim_start())
        }
        None => (None, message),
    };
    if let Some(text) = rest.strip_prefix("statement: ") {
        return Some(Logged { duration_ms, text });
    }
    let named = rest.strip_prefix("execute ")?;
    if named.starts_with("fetch from ") {
        return None;
    }
    // `<unnamed>: SELECT …`, `S_1: SELECT …`, `S_1/C_2: SELECT …`.
    let (_, text) = named.split_once(": ")?;
    Some(Logged { duration_ms, text })
}

/// The values of `parameters: $1 = 'a', $2 = NULL` (`Parameters:` from Postgres
/// 16 on), NULL as `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::capture) struct Parameters(Vec<Option<String>>);

impl Parameters {
    /// Reads the detail of a log message; empty if it lists no parameters.
    pub fn of(detail: &str) -> Self {
        let list =
            detail.strip_prefix("parameters: ").or_else(|| detail.strip_prefix("Parameters: "));
        let mut values = Vec::new();
        let mut rest = list.unwrap_or_default();
        while let Some((_, value)) = rest.strip_prefix('$').and_then(|rest| rest.split_once(" = "))
        {
            let length = if value.starts_with('\'') {
                let (text, length) = quoted(value);
                values.push(Some(text));
                length
            } else {
                values.push(None);
                value.find(", $").unwrap_or(value.len())
            };
            rest = value[length..].trim_start_matches(", ");
        }
        Self(values)
    }

    /// The value of `$number`.
    pub fn get(&self, number: usize) -> Option<&str> {
        self.0.get(number.checked_sub(1)?)?.as_deref()
    }
}

/// A quoted value and its length with quotes; one that was cut goes to the end.
fn quoted(text: &str) -> (String, usize) {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((i, c)) = chars.next() {
        if c != '\'' {
            value.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == '\'') {
            value.push(c);
            chars.next();
        } else {
            return (value, i + 1);
        }
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_executions_count() {
        let text = |message| statement_of(message).map(|logged| logged.text);
        assert_eq!(text("duration: 1.381 ms  statement: SELECT 1;"), Some("SELECT 1;"));
        assert_eq!(text("duration: 0.1 ms  parse <unnamed>: SELECT 1"), None);
        assert_eq!(text("duration: 0.1 ms  bind S_1: SELECT 1"), None);
        assert_eq!(text("duration: 0.1 ms  execute S_1: SELECT 'a: b'"), Some("SELECT 'a: b'"));
        assert_eq!(text("execute <unnamed>: SELECT 1"), Some("SELECT 1"));
        assert_eq!(text("duration: 0.1 ms  execute fetch from S_1/C_2: SELECT 1"), None);
        assert_eq!(text("duration: 0.1 ms"), None);
        assert_eq!(text("connection received: host=1"), None);
        assert_eq!(statement_of("duration: 2.5 ms  statement: X").unwrap().duration_ms, Some(2.5));
    }

    #[test]
    fn parameters_of_all_versions() {
        for word in ["parameters", "Parameters"] {
            let all = Parameters::of(&format!("{word}: $1 = 'it''s, $2 = x', $2 = NULL, $3 = '7'"));
            assert_eq!(
                (all.get(1), all.get(2), all.get(3)),
                (Some("it's, $2 = x"), None, Some("7"))
            );
            assert_eq!(all.get(0), None);
        }
        assert_eq!(Parameters::of("something else"), Parameters::default());
    }
}
