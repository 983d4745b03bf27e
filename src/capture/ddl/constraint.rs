use super::super::catalog::{Constraint, ConstraintKind, OnDelete, TableName};
use super::cursor::Cursor;
use super::lexer::Lexer;

/// Reads what `pg_get_constraintdef` prints, such as `PRIMARY KEY (a, b)`.
/// `None` for other kinds (`CHECK`, `EXCLUDE`) and for what is not understood.
pub(in crate::capture) fn constraint(name: &str, definition: &str) -> Option<Constraint> {
    let tokens = Lexer::new(definition).next_statement()?.ok()?;
    body(Some(name.to_owned()), &TableName::new("", ""), &mut Cursor::new(definition, &tokens))
}

/// A table constraint after `CONSTRAINT name`; without a name it gets the one
/// Postgres would choose.
pub(super) fn body(
    name: Option<String>,
    table: &TableName,
    at: &mut Cursor<'_>,
) -> Option<Constraint> {
    if at.take("primary key") {
        let columns = at.names()?;
        let name = name.unwrap_or_else(|| format!("{}_pkey", table.name));
        return Some(Constraint { name, kind: ConstraintKind::PrimaryKey, columns });
    }
    if at.take("unique") {
        let _ = at.take("nulls not distinct") || at.take("nulls distinct");
        let columns = at.names()?;
        let name = name.unwrap_or_else(|| format!("{}_{}_key", table.name, columns.join("_")));
        return Some(Constraint { name, kind: ConstraintKind::Unique, columns });
    }
    if at.take("foreign key") {
        let columns = at.names()?;
        let name = name.unwrap_or_else(|| format!("{}_{}_fkey", table.name, columns.join("_")));
        let kind = references(at)?;
        return Some(Constraint { name, kind, columns });
    }
    None
}

/// `REFERENCES table [(columns)] … [ON DELETE …]`.
pub(super) fn references(at: &mut Cursor<'_>) -> Option<ConstraintKind> {
    if !at.take("references") {
        return None;
    }
    let references = at.table()?;
    let referenced_columns = at.names().unwrap_or_default();
    let mut on_delete = OnDelete::Refuse;
    loop {
        if at.take("on delete cascade") {
            on_delete = OnDelete::Cascade;
        } else if at.take("on delete set null") || at.take("on delete set default") {
            on_delete = OnDelete::SetNull;
            // From Postgres 15 a list of columns may follow.
            at.names();
        } else if at.take("match") {
            at.skip();
        } else if !(at.take("on delete no action")
            || at.take("on delete restrict")
            || at.take("on update set null")
            || at.take("on update set default")
            || at.take("on update no action")
            || at.take("on update cascade")
            || at.take("on update restrict")
            || at.take("not deferrable")
            || at.take("deferrable")
            || at.take("initially deferred")
            || at.take("initially immediate")
            || at.take("not valid"))
        {
            break;
        }
    }
    Some(ConstraintKind::ForeignKey { references, referenced_columns, on_delete })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_as_postgres_prints_them() {
        let key = constraint("k", "PRIMARY KEY (notification_id, \"Seq\")").unwrap();
        assert_eq!(key.kind, ConstraintKind::PrimaryKey);
        assert_eq!(key.columns, ["notification_id", "Seq"]);
        let text = "FOREIGN KEY (a) REFERENCES app.t(id) MATCH FULL ON UPDATE CASCADE \
            ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED";
        let key = constraint("k", text).unwrap();
        let expected = ConstraintKind::ForeignKey {
            references: TableName::new("app", "t"),
            referenced_columns: vec!["id".into()],
            on_delete: OnDelete::Cascade,
        };
        assert_eq!(key.kind, expected);
        assert!(constraint("k", "CHECK ((a > 0))").is_none());
    }
}
