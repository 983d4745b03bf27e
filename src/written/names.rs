//! Dotted names of tables and columns, quoted as in SQL where they must be.

use std::borrow::Cow;

/// Schema (`None` if there is none) and name of a table: parts in double quotes may
/// hold dots.
#[must_use]
pub fn split_name(text: &str) -> (Option<String>, String) {
    match split_last_dot(text) {
        Some((schema, name)) => (Some(unquoted(schema)), unquoted(name)),
        None => (None, unquoted(text)),
    }
}

/// A dotted name cut at its last dot outside double quotes, parts as written.
#[must_use]
pub fn split_last_dot(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut last = None;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => last = Some(at),
            _ => {}
        }
    }
    last.map(|at| (&text[..at], &text[at + 1..]))
}

/// A name as a part of a dotted one: in double quotes where it would be taken
/// for something else.
#[must_use]
pub fn quoted_part(name: &str) -> Cow<'_, str> {
    if name.contains(['.', '"']) || name.is_empty() {
        Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(name)
    }
}

/// A part of a dotted name without its quotes.
#[must_use]
pub fn unquoted(part: &str) -> String {
    match part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_names_read_back_as_they_were_quoted() {
        for schema in ["app", "a.b", "\"", "x\"y"] {
            for name in ["t", "t.x", "\"t\"", ".", "a b", ""] {
                let text = format!("{}.{}", quoted_part(schema), quoted_part(name));
                assert_eq!(split_name(&text), (Some(schema.to_owned()), name.to_owned()), "{text}");
                let alone = quoted_part(name);
                assert_eq!(split_name(&alone), (None, name.to_owned()), "{alone}");
            }
        }
        assert_eq!(split_last_dot("a.b.c"), Some(("a.b", "c")));
        assert_eq!(split_last_dot("\"a.b\""), None);
    }
}
