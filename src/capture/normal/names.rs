/// Puts the pieces together with one name, `s` or `c`, for every savepoint,
/// prepared statement and cursor: up to Postgres 16 each generated name makes
/// an entry of its own. Also says which cursor it was.
pub(super) fn fold_names(pieces: &[&str]) -> (String, Option<String>) {
    let words: Vec<(usize, &str)> = pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| **piece != " ")
        .map(|(i, p)| (i, *p))
        .collect();
    let word =
        |i: usize| words.get(i).map(|(_, word)| word.to_ascii_lowercase()).unwrap_or_default();
    let at = |i: usize| words.get(i).map(|(place, _)| *place);
    let last = words.len().checked_sub(1);
    let (name, stand_in) = match word(0).as_str() {
        "savepoint" if words.len() == 2 => (at(1), "s"),
        "release" if words.len() <= 3 => (last.and_then(at), "s"),
        "rollback" if word(1) == "to" || word(2) == "to" => (last.and_then(at), "s"),
        "deallocate" if word(1) != "all" => (last.and_then(at), "s"),
        "declare" => (at(1), "c"),
        "close" if word(1) != "all" => (at(1), "c"),
        // FETCH [direction] [FROM | IN] name; MOVE alike.
        "fetch" | "move" => (last.and_then(at), "c"),
        _ => (None, ""),
    };
    let cursor = (stand_in == "c").then_some(name).flatten().map(|place| pieces[place].to_owned());
    let text = pieces
        .iter()
        .enumerate()
        .map(|(i, piece)| if Some(i) == name && i > 0 { stand_in } else { piece })
        .collect();
    (text, cursor)
}

#[cfg(test)]
mod tests {
    use super::super::Normal;

    #[test]
    fn generated_names_become_one() {
        for (recorded, expected) in [
            ("SAVEPOINT \"s140_x35\"", "SAVEPOINT s"),
            ("RELEASE SAVEPOINT \"s140_x35\"", "RELEASE SAVEPOINT s"),
            ("ROLLBACK TO SAVEPOINT x", "ROLLBACK TO SAVEPOINT s"),
            ("ROLLBACK", "ROLLBACK"),
            ("FETCH FORWARD 2000 FROM \"curs_1\"", "FETCH FORWARD 2000 FROM c"),
            ("CLOSE \"curs_1\"", "CLOSE c"),
            ("CLOSE ALL", "CLOSE ALL"),
            ("DEALLOCATE pdo_1", "DEALLOCATE s"),
            (
                "DECLARE \"curs_1\" NO SCROLL CURSOR WITH HOLD FOR SELECT a FROM t",
                "DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT a FROM t",
            ),
        ] {
            assert_eq!(Normal::of(recorded).text, expected);
        }
        assert_eq!(Normal::of("FETCH 10 FROM \"c 1\"").cursor.as_deref(), Some("\"c 1\""));
        assert_eq!(Normal::of("SAVEPOINT x").cursor, None);
    }
}
