/// Reads a list of values as `COPY` and `row_to_json` print them: a Postgres
/// array (`{1,2}`), a JSON array (`["a",2]`), or words with spaces between them
/// (`indkey`). `None` if a bracket is not closed.
pub(in crate::capture) fn list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if text.starts_with('[') {
        let values: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
        return Some(
            values
                .into_iter()
                .map(|value| match value {
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                })
                .collect(),
        );
    }
    let Some(inner) = text.strip_prefix('{') else {
        return Some(text.split_whitespace().map(str::to_owned).collect());
    };
    let inner = inner.strip_suffix('}')?;
    let mut values = Vec::new();
    let mut value = String::new();
    let mut quoted = false;
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' => value.extend(chars.next()),
            ',' if !quoted => values.push(std::mem::take(&mut value)),
            c => value.push(c),
        }
    }
    if quoted {
        return None;
    }
    if !inner.is_empty() {
        values.push(value);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_in_three_spellings() {
        assert_eq!(list("{1,2}").unwrap(), ["1", "2"]);
        assert_eq!(list("[1,\"b c\"]").unwrap(), ["1", "b c"]);
        assert_eq!(list("2 17").unwrap(), ["2", "17"]);
        assert_eq!(list(r#"{"a,b","c\"d"}"#).unwrap(), ["a,b", "c\"d"]);
        assert_eq!(list("{}").unwrap(), Vec::<String>::new());
        assert_eq!(list("{1,2"), None);
    }
}
