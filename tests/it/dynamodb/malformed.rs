//! What is not an item gives errors with a place, and never a panic.

use ddbplan::dynamodb::{Settings, measure_lines};
use ddbplan::finding::Diagnostics;
use proptest::prelude::*;
use proptest::sample::Index;

const ITEM: &str = r#"{"item":{"pk":{"S":"aé\u00e9😀"},"n":{"N":"-12.5e3"},"b":{"B":"AAEC"},"z":{"NULL":true},
"l":{"L":[{"SS":["a","b"]},{"M":{"k":{"NS":["1","2"]},"t":{"BOOL":false}}}]},"r":{"S$":[["z",70]]}}}"#;

/// Every error names a line and column inside the text.
fn assert_placed(errors: &Diagnostics, text: &str) {
    assert!(!errors.0.is_empty());
    let lines: Vec<&str> = text.split('\n').collect();
    for error in &errors.0 {
        let place = error.place.as_ref().and_then(|place| place.line_column);
        let (line, column) = place.unwrap_or_else(|| panic!("no place: {error}"));
        let length = lines.get(line - 1).map(|line| line.chars().count());
        assert!(length.is_some_and(|length| column <= length + 1), "outside the text: {error}");
    }
}

fn measure(text: &str) -> Result<usize, Diagnostics> {
    measure_lines("f", text, &Settings::default()).map(|measures| measures.len())
}

fn nested(levels: usize) -> String {
    format!("{{\"a\":{}{{\"S\":\"\"}}{}}}", "{\"L\":[".repeat(levels), "]}".repeat(levels))
}

/// A cut of the text between two places, put at a third.
fn mutated(text: &str, from: Index, to: Index, into: Index, keep: bool, insert: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (a, b) = (from.index(chars.len()), to.index(chars.len()));
    let cut = &chars[a.min(b)..a.max(b).min(a.min(b) + 12)];
    let mut rest = chars.clone();
    if !keep {
        rest.drain(a.min(b)..a.min(b) + cut.len());
    }
    let at = into.index(rest.len() + 1);
    rest.splice(at..at, cut.iter().copied().chain(insert.chars()));
    rest.into_iter().collect()
}

#[test]
fn the_text_that_is_mutated_is_an_item() {
    assert_eq!(measure(&ITEM.replace('\n', "")).unwrap(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn mutated_items(
        from: Index,
        to: Index,
        into: Index,
        keep: bool,
        insert in r#"[\[\]{}",:\\0-9a-zL$ \u{0}-\u{1f}]{0,3}"#,
        one_line: bool,
    ) {
        let text = if one_line { ITEM.replace('\n', "") } else { ITEM.to_owned() };
        let text = mutated(&text, from, to, into, keep, &insert);
        if let Err(errors) = measure(&text) {
            assert_placed(&errors, &text);
        }
    }

    #[test]
    fn arbitrary_text(text in r#"[\[\]{}",:SNLMB\\\n0-9 é]{0,60}"#) {
        if let Err(errors) = measure(&text) {
            assert_placed(&errors, &text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn absurd_nesting(levels in 33..20_000_usize, closed: bool) {
        let mut text = nested(levels);
        if !closed {
            text.truncate(text.len() / 2);
        }
        let errors = measure(&text).unwrap_err();
        assert_placed(&errors, &text);
    }

    #[test]
    fn repeated_keys(count in 2..6_usize, level in 0..4_usize) {
        let map = format!("{{{}}}", vec![r#""k":{"NULL":true}"#; count].join(","));
        let text = (0..level).fold(map, |map, _| format!(r#"{{"m":{{"M":{map}}}}}"#));
        let errors = measure(&text).unwrap_err();
        assert_placed(&errors, &text);
        prop_assert_eq!(errors.0.len(), count - 1);
    }

    #[test]
    fn more_than_400_kilobytes(excess in 1..3000_usize) {
        let text = |bytes: usize| format!(r#"{{"a":{{"S":"{}"}}}}"#, "x".repeat(bytes - 1));
        prop_assert_eq!(measure(&text(409_600)).unwrap(), 1);
        let text = text(409_600 + excess);
        let errors = measure(&text).unwrap_err();
        assert_placed(&errors, &text);
        prop_assert_eq!(errors.0.len(), 1);
    }
}
