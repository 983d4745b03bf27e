//! Building the steps of a statement from its syntax tree.

use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, Distinct, Expr, FromTable, GroupByExpr,
    Insert, Join, JoinConstraint, JoinOperator, LimitClause, LockClause, NonBlock, ObjectName,
    OnConflictAction, OnInsert, OrderByExpr, OrderByKind, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Statement, TableFactor, TableObject, TableWithJoins,
    Update, UpdateTableFromKind, Value as Literal,
};

use crate::capture::Catalog;

use super::access::{
    Aggregate, Assigned, Columns, Conflict, ConflictAction, Limit, Locking, OrderBy, Step, Value,
    Verb,
};
use super::columns;
use super::scope::{Derived, Name, Place, Scope, Source};

/// A statement taken apart.
pub struct Built {
    /// The steps.
    pub steps: Vec<Step>,
    /// Functions called that are not known to be harmless.
    pub calls: Vec<String>,
    /// Why the statement is given up on.
    pub refused: Option<String>,
}

/// Collects the steps of one statement.
pub struct Builder<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) squashed: bool,
    pub(super) steps: Vec<Step>,
    pub(super) calls: Vec<String>,
    refused: Option<String>,
    ctes: BTreeMap<String, Derived>,
}

impl<'c> Builder<'c> {
    /// Nothing yet. `squashed` says that list lengths in the text mean nothing.
    pub fn new(catalog: &'c Catalog, squashed: bool) -> Self {
        Self {
            catalog,
            squashed,
            steps: Vec::new(),
            calls: Vec::new(),
            refused: None,
            ctes: BTreeMap::new(),
        }
    }

    /// What was collected.
    pub fn finish(self) -> Built {
        Built { steps: self.steps, calls: self.calls, refused: self.refused }
    }

    /// A SELECT statement.
    pub fn top_query(&mut self, query: &Query) {
        let output = self.query(query, None);
        self.need_whole(&output);
    }

    /// An INSERT statement.
    pub fn top_insert(&mut self, insert: &Insert) {
        self.insert(insert);
    }

    /// An UPDATE statement.
    pub fn top_update(&mut self, update: &Update) {
        self.update(update);
    }

    /// A DELETE statement.
    pub fn top_delete(&mut self, delete: &Delete) {
        self.delete(delete);
    }

    fn refuse(&mut self, why: impl Into<String>) {
        self.refused.get_or_insert(why.into());
    }

    /// `SELECT *` at the top needs every column.
    fn need_whole(&mut self, output: &Derived) {
        for &step in &output.whole {
            self.steps[step].reads = Columns::All;
        }
        for place in output.ordered.iter().flatten() {
            self.need(place);
        }
    }

    /// Notes that a column's value is needed.
    pub(super) fn need(&mut self, place: &Place) {
        if let Columns::Some(columns) = &mut self.steps[place.step].reads {
            columns.insert(place.column.clone());
        }
    }

    /// A query in any position; gives its output columns.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope>) -> Derived {
        if let Some(with) = &query.with {
            if with.recursive {
                self.refuse("a recursive query is not modelled");
            }
            for cte in &with.cte_tables {
                let output = self.query(&cte.query, outer);
                let names = cte.alias.columns.iter().map(|column| fold(&column.name)).collect();
                self.ctes.insert(fold(&cte.alias.name), renamed(output, names));
            }
        }
        match query.body.as_ref() {
            SetExpr::Select(select) => self.select(select, Some(query), outer),
            SetExpr::Query(inner) => self.query(inner, outer),
            SetExpr::SetOperation { left, right, .. } => {
                let output = self.set_arm(left, outer);
                let other = self.set_arm(right, outer);
                self.need_whole(&other);
                output
            }
            SetExpr::Values(_) => Derived::default(),
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement) => self.statement(statement),
            SetExpr::Merge(_) => {
                self.refuse("MERGE is not modelled");
                Derived::default()
            }
            SetExpr::Table(table) => {
                self.refuse(format!("{table} is not modelled"));
                Derived::default()
            }
        }
    }

    fn set_arm(&mut self, arm: &SetExpr, outer: Option<&Scope>) -> Derived {
        match arm {
            SetExpr::Select(select) => self.select(select, None, outer),
            SetExpr::Query(query) => self.query(query, outer),
            SetExpr::SetOperation { left, right, .. } => {
                let output = self.set_arm(left, outer);
                let other = self.set_arm(right, outer);
                self.need_whole(&other);
                output
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement) => self.statement(statement),
            _ => Derived::default(),
        }
    }

    fn statement(&mut self, statement: &Statement) -> Derived {
        match statement {
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            _ => {
                self.refuse("a statement within the statement is not modelled");
                Derived::default()
            }
        }
    }

    fn select(&mut self, select: &Select, query: Option<&Query>, outer: Option<&Scope>) -> Derived {
        let mut scope = Scope { sources: Vec::new(), outer: outer.map(|o| Box::new(o.clone())) };
        let first_step = self.steps.len();
        for from in &select.from {
            self.from(from, &mut scope);
        }
        let own: Vec<usize> = own_steps(&scope);
        if let Some(condition) = &select.selection {
            self.condition(condition, &scope);
        }
        let output = self.projection(&select.projection, &scope);
        self.aggregate(select, &own, &scope);
        if let Some(having) = &select.having {
            self.need_columns(having, &scope);
        }
        if let Some(query) = query {
            self.tail(query, &select.projection, &own, &scope);
        }
        // Steps of subqueries stand behind those of this SELECT; a planner
        // takes them in any order.
        debug_assert!(own.iter().all(|&step| step >= first_step) || !scope.sources.is_empty());
        output
    }

    fn projection(&mut self, items: &[SelectItem], scope: &Scope) -> Derived {
        let mut output = Derived::default();
        for item in items {
            match item {
                SelectItem::Wildcard(_) => {
                    for (_, source) in &scope.sources {
                        put_out_all(&mut output, source);
                    }
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    _,
                ) => {
                    let alias = last_name(name);
                    for (_, source) in scope.sources.iter().filter(|(known, _)| *known == alias) {
                        put_out_all(&mut output, source);
                    }
                }
                SelectItem::QualifiedWildcard(..) => {}
                SelectItem::UnnamedExpr(expr) => {
                    let name = match expr {
                        Expr::Identifier(ident) => fold(ident),
                        Expr::CompoundIdentifier(idents) => {
                            idents.last().map(fold).unwrap_or_default()
                        }
                        Expr::Function(function) => last_name(&function.name),
                        _ => String::new(),
                    };
                    self.put_out(&mut output, name, expr, scope);
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.put_out(&mut output, fold(alias), expr, scope);
                }
                SelectItem::ExprWithAliases { expr, .. } => {
                    self.put_out(&mut output, String::new(), expr, scope);
                }
            }
        }
        output
    }

    fn put_out(&mut self, output: &mut Derived, name: String, expr: &Expr, scope: &Scope) {
        let place = match self.resolve(expr, scope) {
            Some(Name::Column(place)) => Some(place),
            _ => {
                // The expression is computed from columns, which are needed.
                self.need_columns(expr, scope);
                None
            }
        };
        output.ordered.push(place.clone());
        output.columns.insert(name, place);
    }

    fn aggregate(&mut self, select: &Select, own: &[usize], scope: &Scope) {
        let mut aggregate = Aggregate::default();
        for item in &select.projection {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                columns::set_functions(expr, &mut aggregate.functions);
            }
        }
        if let Some(having) = &select.having {
            columns::set_functions(having, &mut aggregate.functions);
        }
        aggregate.distinct = matches!(select.distinct, Some(Distinct::Distinct | Distinct::On(_)));
        if let GroupByExpr::Expressions(expressions, _) = &select.group_by {
            for expr in expressions {
                if let Some(Name::Column(place)) = self.resolve(expr, scope) {
                    self.need(&place);
                    aggregate.group_by.insert(place.column);
                } else {
                    self.need_columns(expr, scope);
                    if !expressions.is_empty() && aggregate.group_by.is_empty() {
                        aggregate.group_by.insert(expr.to_string());
                    }
                }
            }
        }
        let computes = !aggregate.functions.is_empty() || !aggregate.group_by.is_empty();
        if computes || aggregate.distinct {
            for &step in own {
                self.steps[step].aggregate = Some(aggregate.clone());
            }
        }
    }

    /// ORDER BY, LIMIT and locks.
    fn tail(&mut self, query: &Query, items: &[SelectItem], own: &[usize], scope: &Scope) {
        if let Some(order_by) = &query.order_by
            && let OrderByKind::Expressions(expressions) = &order_by.kind
        {
            self.order_by(expressions, items, own, scope);
        }
        let (limit, offset) = limit_of(query);
        let ordered = own.iter().copied().find(|&step| !self.steps[step].order_by.is_empty());
        // A LIMIT stops the step that gives the order; without one, the first.
        if let Some(step) = ordered.or(own.first().copied()) {
            self.steps[step].limit = limit;
            self.steps[step].offset = offset;
        }
        for lock in &query.locks {
            self.lock(lock, own);
        }
    }

    fn order_by(
        &mut self,
        expressions: &[OrderByExpr],
        items: &[SelectItem],
        own: &[usize],
        scope: &Scope,
    ) {
        for order in expressions {
            let expr = meant_by(&order.expr, items);
            let descending = order_descends(order);
            match self.resolve(expr, scope) {
                Some(Name::Column(place)) if own.contains(&place.step) => {
                    self.need(&place);
                    let others =
                        own.iter().any(|&s| s != place.step && !self.steps[s].order_by.is_empty());
                    if others {
                        self.steps[place.step].ordered_by_other = true;
                    }
                    self.steps[place.step]
                        .order_by
                        .push(OrderBy { column: place.column, descending });
                }
                _ => {
                    self.need_columns(expr, scope);
                    for &step in own {
                        if self.steps[step].order_by.is_empty() {
                            self.steps[step].ordered_by_other = true;
                        }
                    }
                }
            }
        }
        // Steps that give no order while another does.
        if own.len() > 1 {
            for &step in own {
                if self.steps[step].order_by.is_empty() {
                    self.steps[step].ordered_by_other = true;
                }
            }
        }
    }

    fn lock(&mut self, lock: &LockClause, own: &[usize]) {
        let locking = Locking {
            skip_locked: matches!(lock.nonblock, Some(NonBlock::SkipLocked)),
            nowait: matches!(lock.nonblock, Some(NonBlock::Nowait)),
        };
        let of = lock.of.as_ref().map(last_name);
        for &step in own {
            if of.as_ref().is_none_or(|alias| self.steps[step].alias == *alias) {
                self.steps[step].locking = Some(locking);
            }
        }
    }

    pub(super) fn from(&mut self, from: &TableWithJoins, scope: &mut Scope) {
        self.factor(&from.relation, scope, false);
        for join in &from.joins {
            self.join(join, scope);
        }
    }

    fn join(&mut self, join: &Join, scope: &mut Scope) {
        let left = own_steps(scope);
        let (constraint, outer_right, outer_left) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) | JoinOperator::CrossJoin(c) => {
                (c, false, false)
            }
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (c, true, false),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (c, false, true),
            JoinOperator::FullOuter(c) => (c, true, true),
            _ => {
                self.refuse("this kind of join is not modelled");
                return;
            }
        };
        self.factor(&join.relation, scope, outer_right);
        if outer_left {
            for &step in &left {
                self.steps[step].outer = true;
            }
        }
        match constraint {
            JoinConstraint::On(expr) => self.condition(expr, scope),
            JoinConstraint::Using(names) => self.join_using(names, &left, scope),
            JoinConstraint::None => {}
            JoinConstraint::UsingAlias(..) | JoinConstraint::Natural => {
                self.refuse("a join whose columns are not named is not modelled");
            }
        }
    }

    fn join_using(&mut self, names: &[ObjectName], left: &[usize], scope: &Scope) {
        for name in names {
            let column = last_name(name);
            let here: Vec<Place> = own_steps(scope)
                .into_iter()
                .filter(|&step| {
                    let known = self
                        .catalog
                        .find(self.steps[step].schema.as_deref(), &self.steps[step].table);
                    known.is_none_or(|table| table.column(&column).is_some())
                })
                .map(|step| Place { step, column: column.clone() })
                .collect();
            let a = here.iter().find(|place| left.contains(&place.step));
            let b = here.iter().find(|place| !left.contains(&place.step));
            if let (Some(a), Some(b)) = (a, b) {
                self.equal_columns(&a.clone(), &b.clone());
            }
        }
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope, outer: bool) {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let table = last_name(name);
                let alias = alias.as_ref().map_or_else(|| table.clone(), |a| fold(&a.name));
                if schema_of(name).is_none()
                    && let Some(cte) = self.ctes.get(&table)
                {
                    let source = Source::Derived(cte.clone());
                    scope.sources.push((alias, source));
                    return;
                }
                let step = self.step(Verb::Read, name, alias.clone());
                self.steps[step].outer = outer;
                scope.sources.push((alias, Source::Step(step)));
            }
            TableFactor::Derived { subquery, alias, .. } => {
                let output = self.query(subquery, Some(scope));
                let names = alias
                    .iter()
                    .flat_map(|alias| &alias.columns)
                    .map(|column| fold(&column.name))
                    .collect();
                let alias = alias.as_ref().map(|alias| fold(&alias.name)).unwrap_or_default();
                scope.sources.push((alias, Source::Derived(renamed(output, names))));
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.from(table_with_joins, scope),
            // A function in FROM gives rows that are no table's.
            TableFactor::Table { name, alias, args: Some(_), .. } => {
                let function = last_name(name);
                self.call(&function);
                let alias = alias.as_ref().map_or(function, |alias| fold(&alias.name));
                scope.sources.push((alias, Source::Derived(Derived::default())));
            }
            TableFactor::Function { name, alias, .. } => {
                let function = last_name(name);
                self.call(&function);
                let alias = alias.as_ref().map_or(function, |alias| fold(&alias.name));
                scope.sources.push((alias, Source::Derived(Derived::default())));
            }
            TableFactor::UNNEST { alias, .. } | TableFactor::TableFunction { alias, .. } => {
                let alias = alias.as_ref().map(|alias| fold(&alias.name)).unwrap_or_default();
                scope.sources.push((alias, Source::Derived(Derived::default())));
            }
            _ => self.refuse("something in FROM is not modelled"),
        }
    }

    /// Adds an empty step.
    fn step(&mut self, verb: Verb, name: &ObjectName, alias: String) -> usize {
        self.steps.push(Step {
            verb,
            schema: schema_of(name),
            table: last_name(name),
            alias,
            predicates: Vec::new(),
            residual: Vec::new(),
            reads: Columns::none(),
            writes: Vec::new(),
            order_by: Vec::new(),
            ordered_by_other: false,
            limit: None,
            offset: false,
            aggregate: None,
            locking: None,
            conflict: None,
            rows_inserted: None,
            outer: false,
        });
        self.steps.len() - 1
    }

    fn insert(&mut self, insert: &Insert) -> Derived {
        let TableObject::TableName(name) = &insert.table else {
            self.refuse("this INSERT has no table name");
            return Derived::default();
        };
        let table = last_name(name);
        let mut scope = Scope::default();
        let mut rows_inserted = None;
        let mut values: Vec<Value> = Vec::new();
        let mut nulls: Vec<bool> = Vec::new();
        if let Some(source) = &insert.source {
            if let SetExpr::Values(list) = source.body.as_ref() {
                rows_inserted = u64::try_from(list.rows.len()).ok();
                if let Some(with) = &source.with {
                    for cte in &with.cte_tables {
                        let output = self.query(&cte.query, None);
                        self.ctes.insert(fold(&cte.alias.name), output);
                    }
                }
                for row in &list.rows {
                    for expr in &row.content {
                        self.need_columns(expr, &scope);
                    }
                }
                if let Some(row) = list.rows.first() {
                    nulls = row.content.iter().map(is_null).collect();
                }
            } else {
                let output = self.query(source, None);
                self.need_whole(&output);
                values = output
                    .ordered
                    .iter()
                    .map(|place| match place {
                        Some(place) => {
                            Value::Column { step: place.step, column: place.column.clone() }
                        }
                        None => Value::Computed,
                    })
                    .collect();
                // INSERT … SELECT of constants alone inserts one row.
                if output.whole.is_empty() && self.steps.is_empty() {
                    rows_inserted = Some(1);
                    values.clear();
                }
            }
        } else {
            rows_inserted = Some(1);
        }
        let alias =
            insert.table_alias.as_ref().map_or_else(|| table.clone(), |alias| fold(&alias.alias));
        let step = self.step(Verb::Insert, name, alias.clone());
        scope.sources.push((alias, Source::Step(step)));
        let columns = self.insert_columns(insert, name, rows_inserted);
        self.steps[step].writes = columns
            .into_iter()
            .enumerate()
            .map(|(i, column)| Assigned {
                column,
                value: values.get(i).cloned().unwrap_or(Value::Given),
                null: rows_inserted == Some(1) && nulls.get(i).copied().unwrap_or(false),
            })
            .collect();
        self.steps[step].rows_inserted = rows_inserted;
        self.steps[step].conflict = self.conflict(insert, &scope);
        self.returning(insert.returning.as_deref(), &scope)
    }

    /// The columns of an INSERT: those named, or all of the table in order.
    fn insert_columns(
        &self,
        insert: &Insert,
        name: &ObjectName,
        rows_inserted: Option<u64>,
    ) -> Vec<String> {
        if !insert.columns.is_empty() {
            return insert.columns.iter().map(last_name).collect();
        }
        if insert.source.is_none() && rows_inserted.is_some() {
            return Vec::new(); // DEFAULT VALUES
        }
        self.catalog
            .find(schema_of(name).as_deref(), &last_name(name))
            .map(|table| table.columns.iter().map(|column| column.name.clone()).collect())
            .unwrap_or_default()
    }

    fn conflict(&mut self, insert: &Insert, scope: &Scope) -> Option<Conflict> {
        let Some(OnInsert::OnConflict(conflict)) = &insert.on else { return None };
        let target = match &conflict.conflict_target {
            Some(ConflictTarget::Columns { columns, .. }) => columns.iter().map(fold).collect(),
            _ => Vec::new(),
        };
        let action = match &conflict.action {
            OnConflictAction::DoNothing => ConflictAction::Nothing,
            OnConflictAction::DoUpdate(update) => {
                // `excluded` is the row that was to be inserted: all given.
                let mut inner = scope.clone();
                inner.sources.push(("excluded".to_owned(), Source::Derived(Derived::default())));
                ConflictAction::Update(self.assigned(&update.assignments, &inner))
            }
        };
        Some(Conflict { target, action })
    }

    fn update(&mut self, update: &Update) -> Derived {
        let mut scope = Scope::default();
        let TableFactor::Table { name, alias, .. } = &update.table.relation else {
            self.refuse("this UPDATE has no table name");
            return Derived::default();
        };
        // The tables it reads stand before the one it writes.
        let mut sources = Scope::default();
        if let Some(UpdateTableFromKind::AfterSet(from) | UpdateTableFromKind::BeforeSet(from)) =
            &update.from
        {
            for from in from {
                self.from(from, &mut sources);
            }
        }
        let table = last_name(name);
        let alias = alias.as_ref().map_or_else(|| table.clone(), |alias| fold(&alias.name));
        let step = self.step(Verb::Update, name, alias.clone());
        scope.sources.push((alias, Source::Step(step)));
        scope.sources.extend(sources.sources);
        self.write_condition(update.selection.as_ref(), &scope, step);
        let writes = self.assigned(&update.assignments, &scope);
        let at = self.index_of_write(Verb::Update, &table);
        self.steps[at].writes = writes;
        self.returning(update.returning.as_deref(), &scope)
    }

    fn delete(&mut self, delete: &Delete) -> Derived {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let Some(TableFactor::Table { name, alias, .. }) = from.first().map(|from| &from.relation)
        else {
            self.refuse("this DELETE has no table name");
            return Derived::default();
        };
        let mut sources = Scope::default();
        for using in delete.using.iter().flatten() {
            self.from(using, &mut sources);
        }
        let table = last_name(name);
        let alias = alias.as_ref().map_or_else(|| table.clone(), |alias| fold(&alias.name));
        let step = self.step(Verb::Delete, name, alias.clone());
        let mut scope = Scope { sources: vec![(alias, Source::Step(step))], outer: None };
        scope.sources.extend(sources.sources);
        self.write_condition(delete.selection.as_ref(), &scope, step);
        self.returning(delete.returning.as_deref(), &scope)
    }

    fn write_condition(&mut self, condition: Option<&Expr>, scope: &Scope, step: usize) {
        if let Some(condition) = condition {
            self.condition(condition, scope);
        }
        debug_assert!(step < self.steps.len());
    }

    /// The last step that writes this table.
    fn index_of_write(&self, verb: Verb, table: &str) -> usize {
        self.steps
            .iter()
            .rposition(|step| step.verb == verb && step.table == table)
            .expect("the step has just been added")
    }

    fn assigned(&mut self, assignments: &[Assignment], scope: &Scope) -> Vec<Assigned> {
        let mut found = Vec::new();
        for assignment in assignments {
            let names = match &assignment.target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => &names[..],
            };
            self.need_columns_of_others(&assignment.value, scope);
            let value = match self.resolve(&assignment.value, scope) {
                Some(Name::Column(place)) => {
                    Value::Column { step: place.step, column: place.column }
                }
                _ if self.columns_in(&assignment.value, scope).is_empty() => Value::Given,
                _ => Value::Computed,
            };
            let null = is_null(&assignment.value);
            found.extend(names.iter().map(|name| Assigned {
                column: last_name(name),
                value: value.clone(),
                null,
            }));
        }
        found
    }

    /// Values that an UPDATE takes from other tables are read; those of the row
    /// itself (`a = a + 1`) are at hand where the item is.
    fn need_columns_of_others(&mut self, expr: &Expr, scope: &Scope) {
        for place in self.columns_in(expr, scope) {
            if self.steps[place.step].verb == Verb::Read {
                self.need(&place);
            }
        }
    }

    fn returning(&mut self, items: Option<&[SelectItem]>, scope: &Scope) -> Derived {
        let Some(items) = items else { return Derived::default() };
        let output = self.projection(items, scope);
        self.need_whole(&output);
        output
    }

    /// Notes every column that an expression reads, and takes its subqueries in.
    pub(super) fn need_columns(&mut self, expr: &Expr, scope: &Scope) {
        for place in self.columns_in(expr, scope) {
            self.need(&place);
        }
    }
}

/// Steps of tables directly in FROM, subqueries' included.
pub(super) fn own_steps(scope: &Scope) -> Vec<usize> {
    let mut steps = BTreeSet::new();
    for (_, source) in &scope.sources {
        match source {
            Source::Step(step) => {
                steps.insert(*step);
            }
            Source::Derived(_) => {}
        }
    }
    steps.into_iter().collect()
}

fn put_out_all(output: &mut Derived, source: &Source) {
    match source {
        Source::Step(step) => output.whole.push(*step),
        Source::Derived(derived) => {
            output.columns.extend(derived.columns.clone());
            output.ordered.extend(derived.ordered.clone());
            output.whole.extend(&derived.whole);
        }
    }
}

/// A subquery whose columns are named anew by its alias.
fn renamed(output: Derived, names: Vec<String>) -> Derived {
    if names.is_empty() {
        return output;
    }
    let columns = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| (name, output.ordered.get(i).cloned().flatten()))
        .collect();
    Derived { columns, ..output }
}

/// An output column's number or alias in ORDER BY means the expression.
fn meant_by<'e>(expr: &'e Expr, items: &'e [SelectItem]) -> &'e Expr {
    if let Expr::Value(value) = expr
        && let Literal::Number(number, _) = &value.value
        && let Ok(position) = number.parse::<usize>()
        && let Some(SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) =
            position.checked_sub(1).and_then(|i| items.get(i))
    {
        return expr;
    }
    if let Expr::Identifier(ident) = expr {
        for item in items {
            if let SelectItem::ExprWithAlias { expr, alias } = item
                && fold(alias) == fold(ident)
            {
                return expr;
            }
        }
    }
    expr
}

fn order_descends(order: &OrderByExpr) -> bool {
    order.to_string().to_uppercase().contains(" DESC")
}

fn limit_of(query: &Query) -> (Option<Limit>, bool) {
    let amount = |expr: &Expr| match expr {
        Expr::Value(value) => match &value.value {
            Literal::Number(number, _) => number.parse().map_or(Limit::Parameter, Limit::Constant),
            _ => Limit::Parameter,
        },
        _ => Limit::Parameter,
    };
    match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, .. }) => {
            (limit.as_ref().map(amount), offset.is_some())
        }
        Some(LimitClause::OffsetCommaLimit { limit, .. }) => (Some(amount(limit)), true),
        None => match &query.fetch {
            Some(fetch) => {
                (Some(fetch.quantity.as_ref().map_or(Limit::Constant(1), amount)), false)
            }
            None => (None, false),
        },
    }
}

/// An identifier as Postgres folds it.
pub(super) fn fold(ident: &sqlparser::ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

/// The last part of a name.
pub(super) fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map(fold).unwrap_or_default()
}

fn schema_of(name: &ObjectName) -> Option<String> {
    let parts = &name.0;
    parts.len().checked_sub(2).and_then(|i| parts[i].as_ident()).map(fold)
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if value.value == Literal::Null)
}
