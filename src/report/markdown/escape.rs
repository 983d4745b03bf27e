//! Text as it may stand in Markdown, in a table's cell included.

use crate::visible::one_line;

/// Words of a sentence: nothing in them is markup, HTML or a mention.
///
/// What would act or hide is shown ([`one_line`]). A backslash before punctuation makes it plain, and a character reference
/// never opens markup (CommonMark 0.31, sections 2.4 and 2.5).
pub fn prose(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '!' => {
                safe.push('\\');
                safe.push(c);
            }
            c => reference(&mut safe, c),
        }
    }
    safe
}

/// A statement or a name, in the typeface of code.
pub fn code(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 13);
    safe.push_str("<code>");
    for c in one_line(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '!' | ':' => {
                safe.push_str(&format!("&#{};", u32::from(c)));
            }
            c => reference(&mut safe, c),
        }
    }
    safe.push_str("</code>");
    safe
}

fn reference(safe: &mut String, c: char) {
    match c {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '@' => safe.push_str("&#64;"),
        c => safe.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a|b `c` <script>alert(1)</script> [x](javascript:1) **d**\n# e @f $g$";

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(prose("a\u{202e}b\u{1b}c\td"), "a\\\\u202eb\\\\u001bc d");
        assert_eq!(code("a\u{2028}b"), "<code>a&#92;u2028b</code>");
    }

    #[test]
    fn nothing_opens_markup() {
        assert_eq!(
            prose(HOSTILE),
            "a\\|b \\`c\\` &lt;script&gt;alert(1)&lt;/script&gt; \\[x\\](javascript:1) \\*\\*d\\*\\* \
             \\# e &#64;f \\$g\\$"
        );
        let code = code(HOSTILE);
        let inside = code.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
        for c in ['|', '`', '<', '>', '[', ']', '*', '\n', '@', '$', '\\', '_'] {
            assert!(!inside.contains(c), "{c} in {inside}");
        }
    }
}
