use std::collections::BTreeMap;

use super::pieces::{Piece, pieces};

/// What Postgres 18 puts in place of the rest of a squashed list.
pub(in crate::capture) const SQUASHED: &str = "/*, ... */";

/// The text with every list of values after `IN` or `ARRAY` written as
/// Postgres 18 writes it, `IN ($1 /*, ... */)`, parameters numbered anew; and
/// how many values each list held, in order. `None` is a list that the server
/// had squashed. Lists of one value are lists too.
pub(in crate::capture) fn fold_lists(text: &str) -> (String, Vec<Option<u64>>) {
    let all: Vec<Piece<'_>> = pieces(text).collect();
    let uses = uses(&all);
    let mut out: Vec<&str> = Vec::new();
    let mut lengths = Vec::new();
    let mut i = 0;
    while i < all.len() {
        let opens = matches!(all[i], Piece::Symbol("(" | "["));
        if opens
            && follows_list_word(&all[..i], all[i].text())
            && let Some((end, length)) = list(&all, i, &uses)
        {
            lengths.push(length);
            out.extend([all[i].text(), "$0 ", SQUASHED, all[end].text()]);
            i = end + 1;
            continue;
        }
        out.push(all[i].text());
        i += 1;
    }
    (renumbered(&out.concat()), lengths)
}

fn follows_list_word(before: &[Piece<'_>], bracket: &str) -> bool {
    let word = before.iter().rev().find(|piece| !matches!(piece, Piece::Space(_)));
    let wanted = if bracket == "(" { "in" } else { "array" };
    matches!(word, Some(Piece::Word(word)) if word.eq_ignore_ascii_case(wanted))
}

/// How often each parameter stands in a text.
fn uses<'a>(all: &[Piece<'a>]) -> BTreeMap<&'a str, usize> {
    let mut uses = BTreeMap::new();
    for piece in all {
        if let Piece::Parameter(name) = piece {
            *uses.entry(*name).or_default() += 1;
        }
    }
    uses
}

/// The end of the list that opens at `start`, and its length, if it holds
/// nothing but values with commas between them.
fn list(
    all: &[Piece<'_>],
    start: usize,
    uses: &BTreeMap<&str, usize>,
) -> Option<(usize, Option<u64>)> {
    let mut length = 0;
    let mut squashed = false;
    for (i, piece) in all.iter().enumerate().skip(start + 1) {
        match piece {
            // A value that is used elsewhere too is more than one of a list.
            Piece::Parameter(name) if name.len() > 1 && uses.get(name).is_some_and(|n| *n > 1) => {
                return None;
            }
            Piece::Parameter(_) | Piece::Number(_) => length += 1,
            Piece::Quoted { text, closed: true } if text.starts_with('\'') => length += 1,
            Piece::Comment(text) if *text == SQUASHED => squashed = true,
            Piece::Space(_) | Piece::Symbol("," | "-") => {}
            // A cast of a value: `$1::bigint`.
            Piece::Symbol(":") | Piece::Word(_) if length > 0 => {}
            Piece::Symbol(")" | "]") if length > 0 => {
                return Some((i, (!squashed).then_some(length)));
            }
            _ => return None,
        }
    }
    None
}

/// Parameters numbered by order of appearance.
fn renumbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut highest = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Parameter(parameter) if parameter.len() > 1 => {
                // `$0` stands for a list: each is a parameter of its own.
                let earlier = known.get(parameter).filter(|_| parameter != "$0").copied();
                let number = earlier.unwrap_or_else(|| {
                    highest += 1;
                    known.insert(parameter, highest);
                    highest
                });
                out.push_str(&format!("${number}"));
            }
            other => out.push_str(other.text()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_any_length_fold_to_one_text() {
        let one = fold_lists("SELECT a FROM t WHERE b IN ($1) AND c = $2 AND d = $1");
        let three = fold_lists("SELECT a FROM t WHERE b IN ($1, $2,$3) AND c = $4 AND d = $5");
        let squashed =
            fold_lists("SELECT a FROM t WHERE b IN ($1 /*, ... */) AND c = $2 AND d = $3");
        let expected = "SELECT a FROM t WHERE b IN ($1 /*, ... */) AND c = $2 AND d = $3";
        assert_eq!(three, (expected.to_owned(), vec![Some(3)]));
        assert_eq!(squashed, (expected.to_owned(), vec![None]));
        // Here the value of the list is used elsewhere too: another statement.
        assert_eq!(
            one,
            ("SELECT a FROM t WHERE b IN ($1) AND c = $2 AND d = $1".to_owned(), vec![])
        );
    }

    #[test]
    fn several_lists_casts_and_arrays() {
        let (text, lengths) = fold_lists(
            "x IN ($1::int, $2::int) AND y = ANY (ARRAY[$3, $4, $5]) AND z in (-1, 'a')",
        );
        assert_eq!(
            text,
            "x IN ($1 /*, ... */) AND y = ANY (ARRAY[$2 /*, ... */]) AND z in ($3 /*, ... */)"
        );
        assert_eq!(lengths, [Some(2), Some(3), Some(2)]);
    }

    /// More than the protocol binds: a server before 18 writes every constant of
    /// a list as a parameter.
    #[test]
    fn a_list_of_80_000_values_folds_like_any_other() {
        let names = |range: std::ops::RangeInclusive<u32>| {
            range.map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
        };
        let list = names(1..=80_000);
        let (text, lengths) = fold_lists(&format!("SELECT a FROM t WHERE b IN ({list})"));
        assert_eq!(text, "SELECT a FROM t WHERE b IN ($1 /*, ... */)");
        assert_eq!(lengths, [Some(80_000)]);
        // Values of rows are no list: they are only numbered.
        let rows = format!("INSERT INTO t VALUES ({list})");
        assert_eq!(fold_lists(&rows), (rows, vec![]));
        // Each value is used twice.
        let twice = format!("SELECT a FROM t WHERE b IN ({list}) OR c IN ({list})");
        assert_eq!(fold_lists(&twice), (twice, vec![]));
    }

    #[test]
    fn subqueries_and_calls_are_no_lists() {
        for text in ["a IN (SELECT b FROM c)", "f($1, $2)", "INSERT INTO t VALUES ($1, $2)"] {
            assert_eq!(fold_lists(text), (text.to_owned(), vec![]));
        }
    }
}
