use super::super::catalog::{Index, TableName};
use super::cursor::Cursor;
use super::lexer::Lexer;

/// Reads what `pg_get_indexdef` prints. `None` if it is no index definition.
pub(in crate::capture) fn index(definition: &str) -> Option<(TableName, Index)> {
    let tokens = Lexer::new(definition).next_statement()?.ok()?;
    let mut at = Cursor::new(definition, &tokens);
    if at.take("create") { create(&mut at) } else { None }
}

/// `CREATE INDEX` after `CREATE`.
pub(super) fn create(at: &mut Cursor<'_>) -> Option<(TableName, Index)> {
    let unique = at.take("unique");
    if !at.take("index") {
        return None;
    }
    at.take("concurrently");
    at.take("if not exists");
    let named = if at.sees("on") { None } else { Some(at.table()?.name) };
    if !at.take("on") {
        return None;
    }
    at.take("only");
    let table = at.table()?;
    let method = if at.take("using") { at.name()? } else { "btree".to_owned() };
    let key_columns: Vec<_> = at.group()?.split_commas().into_iter().map(key_column).collect();
    let included_columns = if at.take("include") { at.names()? } else { Vec::new() };
    let (mut predicate, mut fillfactor) = (None, None);
    while !at.done() {
        if at.take("where") {
            predicate = Some(at.rest().to_owned());
            break;
        }
        if at.take("with")
            && let Some(options) = at.group()
        {
            fillfactor = fillfactor_of(options.rest());
            continue;
        }
        at.skip_whole();
    }
    let name = named.unwrap_or_else(|| {
        let columns: Vec<_> =
            key_columns.iter().map(|column| column.as_deref().unwrap_or("expr")).collect();
        format!("{}_{}_idx", table.name, columns.join("_"))
    });
    let index = Index {
        name,
        key_columns,
        included_columns,
        unique,
        primary: false,
        method,
        predicate,
        bytes: None,
        rows: None,
        fillfactor,
    };
    Some((table, index))
}

/// The fillfactor among storage parameters, such as `fillfactor='70'`, percent.
#[must_use]
pub fn fillfactor_of(options: &str) -> Option<u32> {
    let lower = options.to_ascii_lowercase();
    let after = &lower[lower.find("fillfactor")? + "fillfactor".len()..];
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches('\'');
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|percent| (10..=100).contains(percent))
}

/// A column name, or `None` for an expression. What may follow a column is a
/// collation, an operator class, and the order of values and NULLs.
fn key_column(mut at: Cursor<'_>) -> Option<String> {
    let name = at.name()?;
    if at.take_symbol('(') || at.take_symbol('.') { None } else { Some(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_as_postgres_prints_them() {
        let text = "CREATE UNIQUE INDEX i ON ONLY app.\"T\" USING btree (user_id, lower(name), \
            ((a ->> 'b'::text)), created_at DESC NULLS LAST, code varchar_pattern_ops) \
            INCLUDE (x, y) WITH (fillfactor='70') WHERE (state = ANY (ARRAY['a;b'::text]))";
        let (table, index) = index(text).unwrap();
        assert_eq!(table, TableName::new("app", "T"));
        assert_eq!(
            index.key_columns,
            [
                Some("user_id".to_owned()),
                None,
                None,
                Some("created_at".into()),
                Some("code".into())
            ]
        );
        assert_eq!(index.included_columns, ["x", "y"]);
        assert_eq!(index.predicate.as_deref(), Some("(state = ANY (ARRAY['a;b'::text]))"));
        assert!(index.unique && !index.primary && index.method == "btree");
        assert_eq!(index.fillfactor, Some(70));
    }

    #[test]
    fn an_index_without_a_name_gets_the_one_postgres_chooses() {
        let (_, index) = super::index("create index on t (a, (b + 1))").unwrap();
        assert_eq!(index.name, "t_a_expr_idx");
    }
}
