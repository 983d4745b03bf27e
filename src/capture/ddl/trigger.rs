//! When a trigger fires and what its function writes into the row.

use super::super::catalog::{Body, Firing, TableName, Trigger};
use super::cursor::Cursor;
use super::lexer::{Kind, Lexer, Token};

/// A trigger from what stands after its name: `BEFORE UPDATE OF note ON t FOR
/// EACH ROW EXECUTE FUNCTION touch()`, with its table.
pub(super) fn trigger(name: String, mut at: Cursor<'_>) -> Option<(TableName, Trigger)> {
    let definition = at.rest().to_owned();
    let mut fires = Firing { before: at.take("before"), ..Firing::default() };
    while !at.take("on") {
        if at.done() {
            return None;
        }
        if at.take("insert") {
            fires.on_insert = true;
        } else if at.take("update of") {
            fires.on_update = true;
            loop {
                fires.update_of.push(at.name()?);
                if !at.take_symbol(',') {
                    break;
                }
            }
        } else if at.take("update") {
            fires.on_update = true;
        } else {
            at.skip_whole();
        }
    }
    let table = at.table()?;
    let mut function = None;
    while !at.done() && function.is_none() {
        if at.take("execute function") || at.take("execute procedure") {
            function = at.table();
        } else {
            at.skip_whole();
        }
    }
    Some((table, Trigger { name, definition, fires, function, body: None }))
}

/// A function from what stands after `CREATE FUNCTION`: its name and its text.
pub(super) fn function(mut at: Cursor<'_>) -> Option<(TableName, String)> {
    let name = at.table()?;
    while !at.done() {
        if at.take("as") {
            return Some((name, at.string()?));
        }
        at.skip_whole();
    }
    None
}

/// Words that begin a statement whose effect is not in the row itself.
const EFFECTS: [&str; 6] = ["insert", "update", "delete", "merge", "perform", "execute"];
/// Words after which `NEW.a = b` is an assignment, not a comparison.
const BEFORE_A_STATEMENT: [&str; 4] = ["begin", "then", "else", "loop"];

/// What a PL/pgSQL text assigns to columns of the new row, and whether it does
/// anything else.
pub(in crate::capture) fn body(text: &str) -> Body {
    let mut body = Body::default();
    let mut lexer = Lexer::new(text);
    while let Some(statement) = lexer.next_statement() {
        let Ok(tokens) = statement else {
            body.does_more = true;
            break;
        };
        let word = |token: &Token| match &token.kind {
            Kind::Word(word) => Some(word.clone()),
            _ => None,
        };
        body.does_more |=
            tokens.iter().filter_map(word).any(|word| EFFECTS.contains(&word.as_str()));
        for i in 0..tokens.len() {
            let begins = i == 0
                || word(&tokens[i - 1])
                    .is_some_and(|before| BEFORE_A_STATEMENT.contains(&before.as_str()));
            let mut at = Cursor::new(text, &tokens[i..]);
            if !at.take("new") || !at.take_symbol('.') {
                continue;
            }
            let Some(column) = at.name() else { continue };
            let colon = at.take_symbol(':');
            if at.take_symbol('=') && (colon || begins) {
                body.sets.insert(column);
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(text: &str) -> Vec<String> {
        body(text).sets.into_iter().collect()
    }

    #[test]
    fn assignments_to_the_new_row_are_found() {
        assert_eq!(sets("BEGIN NEW.updated_at := now(); RETURN NEW; END"), ["updated_at"]);
        assert_eq!(sets("BEGIN new.a = 1; NEW.\"B\" = 2; RETURN NEW; END"), ["B", "a"]);
        let compared = "BEGIN IF NEW.state = OLD.state AND NEW.x = 1 THEN NEW.version = \
                        OLD.version + 1; ELSE NEW.at := now(); END IF; RETURN NEW; END";
        assert_eq!(sets(compared), ["at", "version"]);
        assert!(!body(compared).does_more);
    }

    #[test]
    fn other_effects_are_told() {
        let text = "BEGIN INSERT INTO log VALUES (NEW.id, 'UPDATE'); RETURN NEW; END";
        assert!(body(text).does_more && body(text).sets.is_empty());
        assert!(!body("BEGIN IF TG_OP = 'INSERT' THEN NEW.a := 1; END IF; END").does_more);
        assert!(body("BEGIN NEW.a := 'open").does_more);
    }
}
