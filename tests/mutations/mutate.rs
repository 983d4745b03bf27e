//! Changes to a sound input: some to bytes, which try the parsers, most to the
//! values of a text, which pass the parsers and try what comes after.

use std::collections::BTreeSet;
use std::ops::Range;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How a text writes the characters that mean something to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Quoted, with backslashes: JSON, and the strings of TOML.
    Escaped,
    /// Quoted where need be, with doubled quotes: CSV, and the strings of SQL.
    Doubled,
}

/// No input grows beyond this: what is tried is nesting, numbers and repetition,
/// not how long a large file takes.
const BYTES_MAX: usize = 1 << 20;
const NESTED: usize = 10_000;
const REPEATED: usize = 1_000;

const NUMBERS: &[&str] = &[
    "-1",
    "0",
    "-0",
    "1",
    "2147483648",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "79228162514264337593543950335",
    "1e300",
    "-1e300",
    "1e-300",
    "1e999",
    "NaN",
    "inf",
    "0.1",
    "1.5",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "\"",
    "'",
    "\\",
    "\u{1b}[31mred",
    "\u{202e}gnp",
    "\u{1f4a5}",
    "\u{0}",
    "\r\n",
    "{",
    "}",
    "{}",
    "{x}",
    "#",
    ".",
    "a.b.c",
    "*",
    "$4294967295",
    "$1",
    "null",
    "true",
    "{NULL,\"\"}",
    "2026-01-01 00:00:00+00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "é",
];

const OPENINGS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{\"a\":", "}"),
    ("{\"M\":{\"a\":", "}}"),
    ("(SELECT * FROM ", ")"),
    ("NOT ", ""),
    ("- ", ""),
    ("CASE WHEN true THEN ", " END"),
    ("/*", "*/"),
    ("a.", ""),
    ("x = ", ""),
    ("1 + ", ""),
    ("SELECT 1 UNION ", ""),
];

/// The input of a case: one of `seeds`, changed once or a few times. The same
/// `number` makes the same input.
pub fn mutated(seeds: &[Vec<u8>], form: Form, number: u64) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(number);
    let mut input = pick(&mut rng, seeds).clone();
    let changes = 1 + rng.random_range(0_u32..16).trailing_zeros().min(4);
    for _ in 0..changes {
        input = match rng.random_range(0..10) {
            0 => bytes_changed(&mut rng, input),
            1 => lines_changed(&mut rng, &input),
            2 => spliced(&mut rng, &input, seeds),
            _ => values_changed(&mut rng, &input, form),
        };
        input.truncate(BYTES_MAX);
    }
    input
}

fn pick<'a, T>(rng: &mut StdRng, list: &'a [T]) -> &'a T {
    &list[rng.random_range(0..list.len())]
}

/// A stretch of up to `longest` items of `length`.
fn stretch(rng: &mut StdRng, length: usize, longest: usize) -> Range<usize> {
    let start = rng.random_range(0..=length);
    start..(start + rng.random_range(0..=longest)).min(length)
}

fn bytes_changed(rng: &mut StdRng, mut input: Vec<u8>) -> Vec<u8> {
    let part = stretch(rng, input.len(), 16);
    match rng.random_range(0..5) {
        0 => input.truncate(part.start),
        1 => drop(input.drain(part)),
        2 => {
            let copy = input[part.clone()].to_vec();
            input.splice(part.start..part.start, copy);
        }
        3 => input.insert(part.start, rng.random()),
        _ => {
            for byte in &mut input[part] {
                *byte ^= 1 << rng.random_range(0..8);
            }
        }
    }
    input
}

fn lines_changed(rng: &mut StdRng, input: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let one = rng.random_range(0..lines.len());
    match rng.random_range(0..4) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(one, lines[one]),
        2 => {
            let other = rng.random_range(0..lines.len());
            lines.swap(one, other);
        }
        _ => drop(lines.splice(one..one, std::iter::repeat_n(lines[one], REPEATED))),
    }
    lines.concat()
}

/// The beginning of the input with the end of another.
fn spliced(rng: &mut StdRng, input: &[u8], seeds: &[Vec<u8>]) -> Vec<u8> {
    let other = pick(rng, seeds);
    let (end, start) = (rng.random_range(0..=input.len()), rng.random_range(0..=other.len()));
    [&input[..end], &other[start..]].concat()
}

fn values_changed(rng: &mut StdRng, input: &[u8], form: Form) -> Vec<u8> {
    let values = values(input);
    if values.is_empty() {
        return input.to_vec();
    }
    let one = pick(rng, &values).clone();
    let text = &input[one.clone()];
    let is_number = text.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
    let new = match rng.random_range(0..12) {
        0..=3 if is_number => pick(rng, NUMBERS).as_bytes().to_vec(),
        0..=4 => written(pick::<&str>(rng, TEXTS), form),
        5 => written(&"x".repeat(300), form),
        6 => pick(rng, NUMBERS).as_bytes().to_vec(),
        7 => {
            let (open, close) = pick(rng, OPENINGS);
            let closed = if rng.random() { NESTED } else { 0 };
            [open.repeat(NESTED).as_bytes(), text, close.repeat(closed).as_bytes()].concat()
        }
        8 => {
            let separator: &&str = pick(rng, &[",", ", ", ";", " AND ", " "]);
            vec![text; REPEATED].join(separator.as_bytes())
        }
        9 => return elements_repeated(rng, input).unwrap_or_else(|| input.to_vec()),
        10 => {
            // Another value in its place: of this input, so that names stay known.
            input[pick(rng, &values).clone()].to_vec()
        }
        _ => {
            let other = pick(rng, &values).clone();
            let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
            return [
                &input[..first.start],
                &input[last.clone()],
                &input[first.end..last.start.max(first.end)],
                &input[first],
                &input[last.end..],
            ]
            .concat();
        }
    };
    [&input[..one.start], &new, &input[one.end..]].concat()
}

/// Numbers, words and what stands between quotes, which is looked into as well:
/// cells hold lists, strings hold SQL.
fn values(input: &[u8]) -> Vec<Range<usize>> {
    let is_word = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'$') || *byte >= 128
    };
    let mut found = Vec::new();
    let mut closing = BTreeSet::new();
    let mut at = 0;
    while at < input.len() {
        let is_quote = matches!(input[at], b'"' | b'\'') && !closing.contains(&at);
        let start = if is_quote { at + 1 } else { at };
        let rest = &input[start..];
        let length = if is_quote {
            rest.iter().position(|byte| *byte == input[at] || *byte == b'\n').unwrap_or(0)
        } else {
            rest.iter().take_while(|byte| is_word(byte)).count()
        };
        if is_quote {
            closing.insert(start + length);
        }
        if length > 0 {
            found.push(start..start + length);
        }
        at = if is_quote { start } else { start + length.max(1) };
    }
    found
}

/// One element of a list, or the content of brackets, many times over.
fn elements_repeated(rng: &mut StdRng, input: &[u8]) -> Option<Vec<u8>> {
    let opened: Vec<usize> =
        (0..input.len()).filter(|at| matches!(input[*at], b'[' | b'(' | b'{')).collect();
    if opened.is_empty() {
        return None;
    }
    let start = pick(rng, &opened) + 1;
    let mut depth = 0_u32;
    let mut end = start;
    for byte in &input[start..] {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' | b',' if depth == 0 => break,
            b']' | b')' | b'}' => depth -= 1,
            _ => {}
        }
        end += 1;
    }
    let element = &input[start..end];
    let many = vec![element; REPEATED].join(&b","[..]);
    Some([&input[..start], &many, &input[end..]].concat())
}

/// A text as it is written in that form, mostly; raw now and then is for
/// [`bytes_changed`].
fn written(text: &str, form: Form) -> Vec<u8> {
    let mut out = String::new();
    for character in text.chars() {
        match (form, character) {
            (Form::Escaped, '"' | '\\') => out.extend(['\\', character]),
            (Form::Escaped, control) if control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            (Form::Doubled, '"' | '\'') => out.extend([character, character]),
            _ => out.push(character),
        }
    }
    out.into_bytes()
}
