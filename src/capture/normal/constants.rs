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
    for piece in pieces(text) {
        match piece {
            Piece::Number(_) | Piece::Quoted { closed: true, .. } if is_constant(piece) => {
                constants.push(Some(piece.text().to_owned()));
                out.push_str(&format!("${}", constants.len()));
            }
            other => out.push_str(other.text()),
        }
    }
    (out, constants)
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
    }
}
