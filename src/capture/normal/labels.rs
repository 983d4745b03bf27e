/// Tags of a comment: `key='value',…` with URL-encoded values as sqlcommenter
/// writes them (<https://google.github.io/sqlcommenter/spec/>), or
/// `key:value,…` as Rails does (`ActiveRecord::QueryLogs`).
///
/// The server keeps the text of an entry's first call, so these name the first
/// caller only. Tags that do not name code are left out: what they hold, such as
/// a user or a trace, is a value.
pub(super) fn labels(comment: &str) -> Vec<(String, String)> {
    let Some(inner) = comment.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")) else {
        return Vec::new();
    };
    let labels: Option<Vec<_>> = inner.trim().split(',').map(label).collect();
    let mut labels = labels.unwrap_or_default();
    labels.retain(|(key, _)| NAMES_OF_CODE.contains(&key.as_str()));
    // A route with values behind it is a request.
    for (_, value) in &mut labels {
        value.truncate(value.find(['?', '#']).unwrap_or(value.len()));
    }
    labels
}

/// Tags of sqlcommenter, Rails and Marginalia that say where in the code a
/// statement comes from.
const NAMES_OF_CODE: [&str; 14] = [
    "action",
    "app",
    "application",
    "component",
    "controller",
    "controller_with_namespace",
    "db_driver",
    "file",
    "framework",
    "job",
    "line",
    "namespaced_controller",
    "route",
    "source_location",
];

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
        assert_eq!(
            labels("/*route='/reset?token=x',user='7',traceparent='00-5b'*/"),
            [pair("route", "/reset")]
        );
        assert_eq!(labels("/* find the latest */"), []);
        assert_eq!(labels("-- a=b"), []);
    }
}
