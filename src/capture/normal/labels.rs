/// Tags of a comment: `key='value',…` with URL-encoded values as sqlcommenter
/// writes them (<https://google.github.io/sqlcommenter/spec/>), or
/// `key:value,…` as Rails does (`ActiveRecord::QueryLogs`).
///
/// The server keeps the text of an entry's first call, so these name the first
/// caller only.
pub(super) fn labels(comment: &str) -> Vec<(String, String)> {
    let Some(inner) = comment.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")) else {
        return Vec::new();
    };
    let labels: Option<Vec<_>> = inner.trim().split(',').map(label).collect();
    labels.unwrap_or_default()
}

fn label(text: &str) -> Option<(String, String)> {
    let (key, value) = text.trim().split_once(['=', ':'])?;
    let key = key.trim();
    let is_key = !key.is_empty()
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '%' | '.'));
    let value = value.trim().trim_matches('\'').replace("\\'", "'");
    is_key.then(|| (decoded(key), decoded(&value)))
}

/// `%2F` as `/`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dialects_of_tags() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            labels("/*action='%2Fparam*d',db_driver='django.db'*/"),
            [pair("action", "/param*d"), pair("db_driver", "django.db")]
        );
        assert_eq!(
            labels("/* application:Shop,controller:orders */"),
            [pair("application", "Shop"), pair("controller", "orders")]
        );
        assert_eq!(labels("/* find the latest */"), []);
        assert_eq!(labels("-- a=b"), []);
    }
}
