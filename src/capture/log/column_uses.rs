use super::super::normal::{Piece, pieces};

/// A value compared with a column, or inserted into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use<'a> {
    /// The column as written, with its table or alias if it has one.
    pub column: String,
    /// A constant as written, or a parameter such as `$1`.
    pub value: &'a str,
}

/// Finds `column = value`, `column IN (values)`, `column = ANY (ARRAY[values])`
/// and the values of `INSERT INTO t (columns) VALUES (values)`. What `SET`
/// assigns is no key and left out.
pub(super) fn column_uses(text: &str) -> Vec<Use<'_>> {
    let all: Vec<Piece<'_>> = pieces(text)
        .filter(|piece| !matches!(piece, Piece::Space(_) | Piece::Comment(_)))
        .collect();
    let mut uses = inserted(&all).unwrap_or_default();
    let mut assigning = false;
    // Where the values of a list start that the piece at hand may be one of.
    let mut list = 0;
    for (i, piece) in all.iter().enumerate() {
        let before = &all[..list];
        if !is_in_list(&all[..=i]) {
            list = i + 1;
        }
        match piece {
            Piece::Word(word) if word.eq_ignore_ascii_case("set") => assigning = true,
            Piece::Word(word)
                if ["where", "from", "returning", "on"]
                    .iter()
                    .any(|w| word.eq_ignore_ascii_case(w)) =>
            {
                assigning = false;
            }
            _ => {}
        }
        if assigning || !is_value(piece) || goes_on(all.get(i + 1)) {
            continue;
        }
        if let Some(column) = compared_with(before) {
            uses.push(Use { column, value: piece.text() });
        }
    }
    uses
}

fn is_value(piece: &Piece<'_>) -> bool {
    match piece {
        Piece::Parameter(_) | Piece::Number(_) => true,
        Piece::Quoted { text, closed } => *closed && !text.starts_with('"'),
        _ => false,
    }
}

/// Whether a value is only the beginning of an expression, such as `$1 || $2`:
/// it is not what the column is compared with then. A cast changes nothing.
fn goes_on(next: Option<&Piece<'_>>) -> bool {
    matches!(next, Some(Piece::Symbol(symbol)) if ![",", ")", "]", ";", ":"].contains(symbol))
}

fn is_symbol(piece: Option<&Piece<'_>>, symbol: &str) -> bool {
    matches!(piece, Some(Piece::Symbol(text)) if *text == symbol)
}

fn is_word(piece: Option<&Piece<'_>>, wanted: &str) -> bool {
    matches!(piece, Some(Piece::Word(text)) if text.eq_ignore_ascii_case(wanted))
}

/// Whether the last of these pieces may stand between the bracket of a list and
/// one of its values.
fn is_in_list(pieces: &[Piece<'_>]) -> bool {
    let Some((last, before)) = pieces.split_last() else { return false };
    is_value(last)
        || [",", "-", ":"].iter().any(|symbol| is_symbol(Some(last), symbol))
        || (matches!(last, Piece::Word(_)) && is_symbol(before.last(), ":"))
}

/// The column that a value after `before` is compared with for equality: the
/// value itself, or the list whose bracket ends `before`.
fn compared_with(before: &[Piece<'_>]) -> Option<String> {
    let ends = |words: &[&str]| {
        before.len() >= words.len()
            && before[before.len() - words.len()..]
                .iter()
                .zip(words)
                .all(|(piece, word)| piece.text().eq_ignore_ascii_case(word))
    };
    let take = if ends(&["=", "any", "(", "array", "["]) {
        5
    } else if ends(&["in", "("]) {
        2
    } else if ends(&["="])
        && !matches!(before.iter().nth_back(1), Some(Piece::Symbol("<" | ">" | "!")))
    {
        1
    } else {
        return None;
    };
    column_at_end(&before[..before.len() - take])
}

/// `a` or `t.a`, unquoted; nothing after `NOT`.
fn column_at_end(before: &[Piece<'_>]) -> Option<String> {
    let name = |piece: &Piece<'_>| match piece {
        Piece::Word(word) => Some(word.to_lowercase()),
        Piece::Quoted { text, .. } if text.starts_with('"') => {
            Some(text.trim_matches('"').to_owned())
        }
        _ => None,
    };
    let (last, rest) = before.split_last()?;
    let column = name(last).filter(|word| word != "not")?;
    match rest {
        [.., table, Piece::Symbol(".")] => Some(format!("{}.{column}", name(table)?)),
        _ => Some(column),
    }
}

/// The values of an `INSERT`, if each is a single value.
fn inserted<'a>(all: &[Piece<'a>]) -> Option<Vec<Use<'a>>> {
    if !is_word(all.first(), "insert") {
        return None;
    }
    let open = all.iter().position(|piece| is_symbol(Some(piece), "("))?;
    let close = open + all[open..].iter().position(|piece| is_symbol(Some(piece), ")"))?;
    if !is_word(all.get(close + 1), "values") {
        return None;
    }
    let columns: Vec<String> = all[open + 1..close]
        .split(|piece| is_symbol(Some(piece), ","))
        .map(column_at_end)
        .collect::<Option<_>>()?;
    let mut uses = Vec::new();
    let mut rest = &all[close + 2..];
    while is_symbol(rest.first(), "(") {
        let mut depth = 0_usize;
        let (mut number, mut from) = (0, 1);
        let mut end = None;
        for (i, piece) in rest.iter().enumerate() {
            let closes = is_symbol(Some(piece), ")");
            if depth == 1 && (closes || is_symbol(Some(piece), ",")) {
                if let [value] = &rest[from..i]
                    && is_value(value)
                    && let Some(column) = columns.get(number)
                {
                    uses.push(Use { column: column.clone(), value: value.text() });
                }
                number += 1;
                from = i + 1;
            }
            depth += usize::from(is_symbol(Some(piece), "("));
            depth -= usize::from(closes);
            if depth == 0 {
                end = Some(i);
                break;
            }
        }
        rest = &rest[end? + 1..];
        if is_symbol(rest.first(), ",") {
            rest = &rest[1..];
        }
    }
    Some(uses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        column_uses(text).into_iter().map(|one| format!("{} {}", one.column, one.value)).collect()
    }

    #[test]
    fn each_value_of_a_list_of_80_000_is_a_key() {
        let values: Vec<String> = (0..80_000).map(|value| value.to_string()).collect();
        let found = told(&format!("SELECT a FROM t WHERE id IN ({})", values.join(", ")));
        assert_eq!(found.len(), values.len());
        assert_eq!(found[79_999], "id 79999");
    }

    #[test]
    fn keys_are_found_and_other_values_are_not() {
        assert_eq!(
            told(
                "SELECT 5 FROM t AS n WHERE n.\"User_Id\" = 27 AND at >= now() - 20 * 1 AND k <> 3 LIMIT 9"
            ),
            ["n.User_Id 27"]
        );
        assert_eq!(
            told("UPDATE t SET state = 'a', n = 2 WHERE id = $1 AND state = $2"),
            ["id $1", "state $2"]
        );
        assert_eq!(
            told("SELECT * FROM t WHERE id IN (1, -2, $3::int) AND x NOT IN (4)"),
            ["id 1", "id 2", "id $3"]
        );
        assert_eq!(told("SELECT * FROM t WHERE id = ANY (ARRAY['a','b'])"), ["id 'a'", "id 'b'"]);
        assert_eq!(
            told(
                "UPDATE t SET a = 1 WHERE k = $1 || md5($2::text) AND n = $3 + 1 AND id = $4::int"
            ),
            ["id $4"]
        );
        assert_eq!(
            told(
                "INSERT INTO t (a, \"b\", c) VALUES ($1, f(2, 3), 'x'), (4, 5, 6) ON CONFLICT (a) DO UPDATE SET c = 7"
            ),
            ["a $1", "c 'x'", "a 4", "b 5", "c 6"]
        );
    }
}
