use super::pieces::{Piece, pieces};

/// The text with each constant replaced by a parameter, as pg_stat_statements
/// does it, and the constants in order of their parameters, as written.
/// Parameters that are in the text already keep their number and come out as
/// `None`.
pub(in crate::capture) fn without_constants(text: &str) -> (String, Vec<Option<String>>) {
    let numbers = pieces(text).filter_map(|piece| match piece {
        Piece::Parameter(parameter) => parameter[1..].parse::<usize>().ok(),
        _ => None,
    });
    let highest = numbers.max().unwrap_or(0);
    let mut constants: Vec<Option<String>> = vec![None; highest];
    let mut out = String::with_capacity(text.len());
    // The last piece that is no space, and whether a sign waits for its number.
    let (mut before, mut negative) = (None, false);
    for piece in pieces(text) {
        match piece {
            Piece::Symbol("-") if is_sign_after(before) => negative = true,
            Piece::Number(_) | Piece::Quoted { closed: true, .. } if is_constant(piece) => {
                let sign = if negative { "-" } else { "" };
                constants.push(Some(format!("{sign}{}", piece.text())));
                out.push_str(&format!("${}", constants.len()));
                negative = false;
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
    (out, constants)
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
        let (text, constants) =
            without_constants("SELECT \"a1\", t2.x FROM t2 WHERE b = $1 AND c = 'it''s' LIMIT 20");
        assert_eq!(text, "SELECT \"a1\", t2.x FROM t2 WHERE b = $1 AND c = $2 LIMIT $3");
        assert_eq!(constants, [None, Some("'it''s'".to_owned()), Some("20".to_owned())]);
        // The sign belongs to the constant, as in pg_stat_statements.
        let (text, constants) = without_constants("a = -1 AND b - 2 > c AND d IN (-3, -x)");
        assert_eq!(text, "a = $1 AND b - $2 > c AND d IN ($3, -x)");
        assert_eq!(constants[0].as_deref(), Some("-1"));
    }
}
