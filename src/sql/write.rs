//! INSERT, UPDATE and DELETE.

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, DoUpdate, Expr, FromTable, Insert,
    ObjectName, OnConflict, OnConflictAction, OnInsert, Query, SelectItem, SetExpr, Statement,
    TableAlias, TableFactor, TableObject, Update, UpdateTableFromKind, Value as Literal, Values,
};

use super::access::{Assigned, Conflict, ConflictAction, Value, Verb};
use super::build::{Builder, fold, last_name, schema_of};
use super::condition::value_of;
use super::scope::{Name, Origin, Output, Scope, Source};

impl Builder<'_> {
    /// A statement that writes; gives what RETURNING puts out.
    pub(super) fn write(&mut self, statement: &Statement, outer: Option<&Scope<'_>>) -> Output {
        match statement {
            Statement::Insert(insert) => self.insert(insert, outer),
            Statement::Update(update) => self.update(update, outer),
            Statement::Delete(delete) => self.delete(delete, outer),
            _ => {
                self.refuse("a statement of another kind stands within it");
                Output::default()
            }
        }
    }

    /// The step is complete: it comes after all that was read for it, and takes
    /// no condition from the query around it.
    fn written(&mut self, step: usize) {
        self.order.push(step);
        self.sealed.insert(step);
    }

    fn insert(&mut self, insert: &Insert, outer: Option<&Scope<'_>>) -> Output {
        let TableObject::TableName(name) = &insert.table else {
            self.refuse("this INSERT names no table");
            return Output::default();
        };
        let named: Vec<String> = insert.columns.iter().map(last_name).collect();
        let (rows, values) = match &insert.source {
            None => (Some(1), Vec::new()), // DEFAULT VALUES
            Some(source) => self.inserted(source, outer),
        };
        let alias = insert.table_alias.as_ref().map(|alias| &alias.alias);
        let step = self.step(Verb::Insert, name, alias);
        let columns = if named.is_empty() { self.columns_of(name) } else { named };
        if columns.is_empty() && !values.is_empty() {
            self.refuse(format!(
                "it names no columns, and the catalog lacks the table {}",
                last_name(name)
            ));
        }
        self.steps[step].writes = columns
            .into_iter()
            .zip(values)
            .filter_map(|(column, value)| {
                let Inserted { value, null } = value?;
                Some(Assigned { column, value, null })
            })
            .collect();
        self.steps[step].rows_inserted = rows;
        let alias = self.steps[step].alias.clone();
        let scope = Scope { sources: vec![(alias, Source::Step(step))], outer };
        match &insert.on {
            Some(OnInsert::OnConflict(conflict)) => {
                let conflict = self.conflict(conflict, name, &scope);
                self.steps[step].conflict = Some(conflict);
            }
            Some(_) => self.refuse("ON DUPLICATE KEY is not Postgres"),
            None => {}
        }
        let output = self.returning(insert.returning.as_deref(), &scope);
        self.written(step);
        output
    }

    fn columns_of(&self, name: &ObjectName) -> Vec<String> {
        self.catalog
            .find(schema_of(name).as_deref(), &last_name(name))
            .map(|table| table.columns.iter().map(|column| column.name.clone()).collect())
            .unwrap_or_default()
    }

    /// How many rows are inserted, and the values of each column.
    fn inserted(
        &mut self,
        source: &Query,
        outer: Option<&Scope<'_>>,
    ) -> (Option<u64>, Vec<Option<Inserted>>) {
        if let SetExpr::Values(values) = source.body.as_ref() {
            let visible = self.ctes.len();
            if let Some(with) = &source.with {
                self.with(with, outer);
            }
            let inserted = self.tuples(values, outer);
            self.ctes.truncate(visible);
            return (u64::try_from(values.rows.len()).ok(), inserted);
        }
        let output = self.query(source, outer);
        self.need_output(&output);
        let from_rows = !output.steps.is_empty()
            || output.unlisted.is_some()
            || output.columns.iter().any(|(_, origin)| matches!(origin, Origin::Listed(_)));
        let listed = output.columns.iter().find_map(|(_, origin)| match origin {
            Origin::Listed(count) => *count,
            _ => None,
        });
        // INSERT … SELECT of constants inserts one row, at most.
        let rows = if from_rows { listed.filter(|_| output.steps.is_empty()) } else { Some(1) };
        let values = output
            .columns
            .iter()
            .map(|(_, origin)| Some(Inserted { value: origin_value(origin), null: false }))
            .collect();
        (rows, values)
    }

    /// The tuples of VALUES, column by column; `None` where every tuple says
    /// DEFAULT.
    fn tuples(&mut self, values: &Values, outer: Option<&Scope<'_>>) -> Vec<Option<Inserted>> {
        let scope = Scope { sources: Vec::new(), outer };
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut columns: Vec<Option<Inserted>> = (0..width).map(|_| None).collect();
        for row in &values.rows {
            for (at, expr) in row.content.iter().enumerate().take(width) {
                if is_default(expr) {
                    if let Some(column) = &mut columns[at] {
                        column.null = false;
                    }
                    continue;
                }
                let uses = self.walk(expr, &scope);
                self.need_all(&uses.columns);
                let given = uses.is_given();
                let column =
                    columns[at].get_or_insert(Inserted { value: Value::Given, null: true });
                if !given {
                    column.value = Value::Computed;
                }
                column.null &= is_null(expr);
            }
        }
        columns
    }

    fn conflict(&mut self, on: &OnConflict, name: &ObjectName, scope: &Scope<'_>) -> Conflict {
        let target = match &on.conflict_target {
            Some(ConflictTarget::Columns { columns, .. }) => columns.iter().map(fold).collect(),
            Some(ConflictTarget::OnConstraint(constraint)) => {
                let wanted = last_name(constraint);
                let table = self.catalog.find(schema_of(name).as_deref(), &last_name(name));
                let found = table.and_then(|table| {
                    table.constraints.iter().find(|constraint| constraint.name == wanted)
                });
                found.map(|constraint| constraint.columns.clone()).unwrap_or_default()
            }
            None => Vec::new(),
        };
        let action = match &on.action {
            OnConflictAction::DoNothing => ConflictAction::Nothing,
            OnConflictAction::DoUpdate(DoUpdate { assignments, selection }) => {
                // `excluded` is the row that was to be inserted: all given.
                let excluded = Output { unlisted: Some(Origin::Given), ..Output::default() };
                let mut sources = scope.sources.clone();
                sources.push(("excluded".to_owned(), Source::Rows(excluded)));
                let scope = Scope { sources, outer: scope.outer };
                if let Some(condition) = selection {
                    self.filter(condition, &scope);
                }
                ConflictAction::Update(self.assigned(assignments, &scope))
            }
        };
        Conflict { target, action }
    }

    fn update(&mut self, update: &Update, outer: Option<&Scope<'_>>) -> Output {
        let TableFactor::Table { name, alias, .. } = &update.table.relation else {
            self.refuse("this UPDATE names no table");
            return Output::default();
        };
        let (step, mut scope) = self.target(Verb::Update, name, alias.as_ref(), outer);
        if let Some(UpdateTableFromKind::AfterSet(from) | UpdateTableFromKind::BeforeSet(from)) =
            &update.from
        {
            for from in from {
                self.from(from, &mut scope);
            }
        }
        if let Some(condition) = &update.selection {
            self.condition(condition, &scope);
        }
        self.steps[step].writes = self.assigned(&update.assignments, &scope);
        let output = self.returning(update.returning.as_deref(), &scope);
        self.written(step);
        output
    }

    fn delete(&mut self, delete: &Delete, outer: Option<&Scope<'_>>) -> Output {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let Some(TableFactor::Table { name, alias, .. }) = from.first().map(|from| &from.relation)
        else {
            self.refuse("this DELETE names no table");
            return Output::default();
        };
        let (step, mut scope) = self.target(Verb::Delete, name, alias.as_ref(), outer);
        for using in delete.using.iter().flatten() {
            self.from(using, &mut scope);
        }
        if let Some(condition) = &delete.selection {
            self.condition(condition, &scope);
        }
        let output = self.returning(delete.returning.as_deref(), &scope);
        self.written(step);
        output
    }

    /// The table written, as the first source of its statement.
    fn target<'o>(
        &mut self,
        verb: Verb,
        name: &ObjectName,
        alias: Option<&TableAlias>,
        outer: Option<&'o Scope<'o>>,
    ) -> (usize, Scope<'o>) {
        let step = self.step(verb, name, alias.map(|alias| &alias.name));
        let alias = self.steps[step].alias.clone();
        (step, Scope { sources: vec![(alias, Source::Step(step))], outer })
    }

    fn assigned(&mut self, assignments: &[Assignment], scope: &Scope<'_>) -> Vec<Assigned> {
        let mut found = Vec::new();
        for Assignment { target, value } in assignments {
            match target {
                AssignmentTarget::ColumnName(name) => {
                    let assigned = self.assigned_value(value, scope);
                    found.push(Assigned {
                        column: last_name(name),
                        value: assigned,
                        null: is_null(value),
                    });
                }
                AssignmentTarget::Tuple(names) => {
                    let values = self.row_values(value, names.len(), scope);
                    found.extend(names.iter().zip(values).map(|(name, (value, null))| Assigned {
                        column: last_name(name),
                        value,
                        null,
                    }));
                }
            }
        }
        found
    }

    /// `SET (a, b) = (…)`: a row of values or of a subquery.
    fn row_values(&mut self, value: &Expr, width: usize, scope: &Scope<'_>) -> Vec<(Value, bool)> {
        match value {
            Expr::Tuple(values) => values
                .iter()
                .map(|value| (self.assigned_value(value, scope), is_null(value)))
                .collect(),
            Expr::Subquery(query) => {
                let output = self.apart(|builder| builder.query(query, Some(scope)));
                self.need_output(&output);
                let origins = output.columns.into_iter().map(|(_, origin)| origin);
                origins.map(|origin| (origin_value(&origin), false)).collect()
            }
            other => vec![(self.assigned_value(other, scope), false); width],
        }
    }

    /// Values from other tables are read; those of the row itself (`a = a + 1`)
    /// are at hand where the row is.
    fn assigned_value(&mut self, value: &Expr, scope: &Scope<'_>) -> Value {
        match self.resolve(value, scope) {
            Some(Name::Column(Origin::Columns(places))) => {
                self.need_all(&places);
                let own = places.iter().any(|place| self.steps[place.step].verb != Verb::Read);
                if own { Value::Computed } else { value_of(&places) }
            }
            _ => {
                let operand = self.operand(value, scope);
                self.need_all(&operand.columns);
                operand.value
            }
        }
    }

    fn returning(&mut self, items: Option<&[SelectItem]>, scope: &Scope<'_>) -> Output {
        let Some(items) = items else { return Output::default() };
        self.returning = true;
        let mut output = self.projection(items, scope);
        self.returning = false;
        self.need_output(&output);
        output.steps = scope.sources.first().map_or_else(Vec::new, |(_, s)| s.steps().to_vec());
        output
    }
}

/// The values that a column gets in an INSERT.
struct Inserted {
    value: Value,
    null: bool,
}

fn origin_value(origin: &Origin) -> Value {
    match origin {
        Origin::Columns(places) => value_of(places),
        Origin::Listed(_) | Origin::Given => Value::Given,
        Origin::Computed => Value::Computed,
    }
}

fn is_default(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(ident)
        if ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("default"))
}

/// The literal NULL, possibly cast.
fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Value(value) => value.value == Literal::Null,
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_null(expr),
        _ => false,
    }
}
