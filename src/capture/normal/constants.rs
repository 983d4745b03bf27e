use super::pieces::{Piece, pieces};

/// The highest parameter that the protocol can bind (it counts them in 16
/// bits). A text may name any number; one above this binds nothing.
pub(super) const PARAMETERS_MAX: u64 = 65_535;

/// The text with each constant replaced by a parameter, as pg_stat_statements
/// does it. Parameters that are in the text already keep their number.
pub(in crate::capture) fn without_constants(text: &str) -> String {
    let numbers = pieces(text).filter_map(|piece| match piece {
        Piece::Parameter(parameter) => parameter[1..].parse::<u64>().ok(),
        _ => None,
    });
    let mut number = numbers.filter(|number| *number <= PARAMETERS_MAX).max().unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    // The last piece that is no space, and whether a sign waits for its number.
    let (mut before, mut negative) = (None, false);
    for piece in pieces(text) {
        match piece {
            Piece::Symbol("-") if is_sign_after(before) => negative = true,
            Piece::Number(_) | Piece::Quoted { closed: true, .. } if is_constant(piece) => {
                // The sign belongs to the constant, as in pg_stat_statements.
                negative = false;
                number += 1;
                out.push_str(&format!("${number}"));
            }
            other => {
                if negative {
                    out.push('-');
                    negative = false;
                }
                out.push_str(other.text());
            }
        }
        if !matches!(piece, Piece::Space(_)) {
            before = Some(piece);
        }
    }
    out
}

/// Whether a `-` there is the sign of a number, not a subtraction.
fn is_sign_after(before: Option<Piece<'_>>) -> bool {
    const KEYWORDS: [&str; 12] = [
        "select",
        "where",
        "and",
        "or",
        "not",
        "limit",
        "offset",
        "between",
        "then",
        "else",
        "when",
        "returning",
    ];
    match before {
        None => true,
        Some(Piece::Symbol(symbol)) => !matches!(symbol, ")" | "]"),
        Some(Piece::Word(word)) => KEYWORDS.iter().any(|one| word.eq_ignore_ascii_case(one)),
        _ => false,
    }
}

fn is_constant(piece: Piece<'_>) -> bool {
    !matches!(piece, Piece::Quoted { text, .. } if text.starts_with('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_become_parameters_after_those_already_there() {
        for (text, expected) in [
            (
                "SELECT \"a1\", t2.x FROM t2 WHERE b = $1 AND c = 'it''s' LIMIT 20",
                "SELECT \"a1\", t2.x FROM t2 WHERE b = $1 AND c = $2 LIMIT $3",
            ),
            ("a = -1 AND b - 2 > c AND d IN (-3, -x)", "a = $1 AND b - $2 > c AND d IN ($3, -x)"),
        ] {
            assert_eq!(without_constants(text), expected);
        }
    }

    #[test]
    fn a_parameter_that_cannot_be_bound_is_left_as_text() {
        for name in ["$65536", "$4294967295", "$18446744073709551616"] {
            let text = format!("SELECT a FROM t WHERE b = {name} AND c = 'x'");
            let expected = format!("SELECT a FROM t WHERE b = {name} AND c = $1");
            assert_eq!(without_constants(&text), expected);
        }
        assert_eq!(without_constants("b = $65535 AND c = 1"), "b = $65535 AND c = $65536");
    }
}
