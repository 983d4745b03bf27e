//! Names as the font can draw them.

use super::canvas::text_width;

/// Whether the embedded font draws the letter as it should be read: Latin,
/// Greek, Cyrillic and common signs. Scripts that need shaping or are missing
/// from the font are not.
fn drawable(letter: char) -> bool {
    matches!(letter,
        ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}'
        | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
        | '\u{20ac}' | '\u{2190}'..='\u{2193}' | '\u{2212}' | '\u{2248}' | '\u{2264}' | '\u{2265}')
}

/// A name, or `None` when some of it cannot be drawn or nothing is there.
pub fn name(text: &str) -> Option<String> {
    let text = one_line(text);
    (!text.is_empty() && text.chars().all(drawable)).then_some(text)
}

/// A sentence, with a sign in place of each letter that cannot be drawn.
pub fn sentence(text: &str) -> String {
    one_line(text).chars().map(|c| if drawable(c) { c } else { '\u{25a1}' }).collect()
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text, its middle left out if it would be wider than `width` pixels.
pub fn fit(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |kept: usize| -> String {
        let head = kept.div_ceil(2);
        let tail = kept - head;
        let start: String = letters[..head].iter().collect();
        let end: String = letters[letters.len() - tail..].iter().collect();
        format!("{}\u{2026}{}", start.trim_end(), end.trim_start())
    };
    let (mut fits, mut too_many) = (0, letters.len());
    while too_many - fits > 1 {
        let middle = usize::midpoint(fits, too_many);
        if text_width(&shortened(middle), size) <= width {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    shortened(fits)
}

/// The text in at most `rows` lines of `width` pixels, the middle of the last
/// one left out if it does not suffice.
pub fn wrap(text: &str, size: f64, width: f64, rows: usize) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut lines = Vec::new();
    let mut next = 0;
    while next < words.len() {
        let mut end = words.len();
        if lines.len() + 1 < rows {
            while end > next + 1 && text_width(&words[next..end].join(" "), size) > width {
                end -= 1;
            }
        }
        lines.push(fit(&words[next..end].join(" "), size, width));
        next = end;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_the_font_reads_right_are_kept() {
        for text in ["Design A: naïve Łódź", "Σχέδιο Β", "Вариант 3", "≤ 8x – “quoted”…"]
        {
            assert_eq!(name(text).as_deref(), Some(text));
        }
        for text in
            ["設計A", "تصميم", "🚀", "e\u{301}", "", " \n ", "a\u{202e}", "a\u{200b}", "\u{feff}b"]
        {
            assert_eq!(name(text), None, "{text:?}");
        }
        assert_eq!(name("a\tb\n c").as_deref(), Some("a b c"));
        assert_eq!(sentence("at 8x 🚀"), "at 8x □");
        assert_eq!(sentence("a\u{1b}[2Jb\u{202e}\u{2028}"), "a [2Jb□");
    }

    #[test]
    fn long_names_lose_their_middle() {
        let long = "Orders in one table, order lines collected under the customer";
        let short = fit(long, 24.0, 300.0);
        assert!(text_width(&short, 24.0) <= 300.0);
        assert!(short.starts_with("Orders in") && short.ends_with("customer"), "{short}");
        assert_eq!(fit("short", 24.0, 300.0), "short");
    }

    #[test]
    fn long_names_take_more_lines_first() {
        let long = "Orders in one table, order lines collected under the customer";
        let rows = wrap(long, 24.0, 430.0, 2);
        assert_eq!(rows.join(" "), long);
        assert_eq!(rows.len(), 2);
        let rows = wrap(&"Abc".repeat(40), 24.0, 430.0, 2);
        assert!(rows.len() == 1 && rows[0].contains('\u{2026}'), "{rows:?}");
        assert_eq!(wrap("", 24.0, 430.0, 2), [""]);
    }
}
