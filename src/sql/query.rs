//! SELECT, set operations and WITH.

use std::collections::BTreeSet;

use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, NamedWindowExpr, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, Values, With,
};

use super::access::{Columns, Verb};
use super::build::{Builder, fold, last_name};
use super::functions::set_functions;
use super::scope::{Name, Origin, Output, Place, Scope, Source};

impl Builder<'_> {
    /// A query in any position.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Output {
        let visible = self.ctes.len();
        if let Some(with) = &query.with {
            self.with(with, outer);
        }
        let output = match query.body.as_ref() {
            SetExpr::Select(select) => self.select(select, Some(query), outer),
            body => {
                let output = self.body(body, outer);
                self.tail_of_set(query, &output);
                output
            }
        };
        self.ctes.truncate(visible);
        output
    }

    /// CTEs, in the order of the text; those that write are steps as well.
    pub(super) fn with(&mut self, with: &With, outer: Option<&Scope<'_>>) {
        if with.recursive && with.cte_tables.iter().any(|cte| self.uses(&cte.alias.name) > 2) {
            self.refuse("WITH RECURSIVE repeats, and how often is not in the text");
        }
        for cte in &with.cte_tables {
            let first = self.steps.len();
            let output = self.query(&cte.query, outer);
            // One use beside its definition: Postgres itself narrows it then.
            if self.uses(&cte.alias.name) != 2 {
                self.sealed.extend(first..self.steps.len());
            }
            let names = cte.alias.columns.iter().map(|column| fold(&column.name)).collect();
            self.ctes.push((fold(&cte.alias.name), output.renamed(names)));
        }
    }

    fn uses(&self, name: &Ident) -> usize {
        self.words.get(&fold(name)).copied().unwrap_or(0)
    }

    fn body(&mut self, body: &SetExpr, outer: Option<&Scope<'_>>) -> Output {
        match body {
            SetExpr::Select(select) => self.select(select, None, outer),
            SetExpr::Query(query) => self.query(query, outer),
            SetExpr::SetOperation { left, right, op, set_quantifier } => {
                let left = self.body(left, outer);
                let right = self.body(right, outer);
                self.set_operation(left, *op, *set_quantifier, right)
            }
            SetExpr::Values(values) => self.values(values, outer),
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement) => self.write(statement, outer),
            SetExpr::Merge(_) => {
                self.refuse("MERGE is not modelled");
                Output::default()
            }
            SetExpr::Table(_) => {
                self.refuse("TABLE in place of SELECT is not modelled");
                Output::default()
            }
        }
    }

    fn set_operation(
        &mut self,
        left: Output,
        op: SetOperator,
        quantifier: SetQuantifier,
        right: Output,
    ) -> Output {
        let keeps_duplicates = op == SetOperator::Union && matches!(quantifier, SetQuantifier::All);
        if !keeps_duplicates {
            // Rows are compared as a whole.
            self.need_output(&left);
            self.need_output(&right);
        }
        if matches!(op, SetOperator::Except | SetOperator::Minus) {
            self.sealed.extend(right.steps.iter().copied());
        }
        let mut columns = left.columns;
        for ((_, origin), (_, other)) in columns.iter_mut().zip(right.columns) {
            *origin = match (origin.clone(), other) {
                (Origin::Columns(mut places), Origin::Columns(more)) => {
                    places.extend(more);
                    Origin::Columns(places)
                }
                (one, other) if one == other => one,
                (one, other) => {
                    for origin in [&one, &other] {
                        if let Origin::Columns(places) = origin {
                            self.need_all(places);
                        }
                    }
                    Origin::Computed
                }
            };
        }
        Output {
            columns,
            whole: [left.whole, right.whole].concat(),
            steps: [left.steps, right.steps].concat(),
            unlisted: left.unlisted,
        }
    }

    fn values(&mut self, values: &Values, outer: Option<&Scope<'_>>) -> Output {
        let scope = Scope { sources: Vec::new(), outer };
        let width = values.rows.first().map_or(0, |row| row.content.len());
        let mut given = vec![true; width];
        for row in &values.rows {
            for (at, expr) in row.content.iter().enumerate() {
                let uses = self.walk(expr, &scope);
                if let Some(given) = given.get_mut(at) {
                    *given &= uses.is_given();
                }
                self.need_all(&uses.columns);
            }
        }
        let count = u64::try_from(values.rows.len()).ok();
        let columns = given
            .into_iter()
            .enumerate()
            .map(|(at, given)| {
                let origin = if given { Origin::Listed(count) } else { Origin::Computed };
                (format!("column{}", at + 1), origin)
            })
            .collect();
        Output { columns, ..Output::default() }
    }

    fn select(
        &mut self,
        select: &Select,
        query: Option<&Query>,
        outer: Option<&Scope<'_>>,
    ) -> Output {
        if select.into.is_some() {
            self.refuse("SELECT INTO stores the rows of a query");
        }
        let mut scope = Scope { sources: Vec::new(), outer };
        for from in &select.from {
            self.from(from, &mut scope);
        }
        if let Some(condition) = &select.selection {
            self.condition(condition, &scope);
        }
        let mut output = self.projection(&select.projection, &scope);
        for window in &select.named_window {
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                for expr in spec.partition_by.iter().chain(spec.order_by.iter().map(|o| &o.expr)) {
                    self.need_expr(expr, &scope);
                }
            }
        }
        if let Some(having) = &select.having {
            self.need_expr(having, &scope);
        }
        output.steps = scope
            .sources
            .iter()
            .flat_map(|(_, source)| source.steps())
            .copied()
            .filter(|step| self.steps[*step].verb == Verb::Read)
            .collect();
        // A subquery that is already limited or grouped takes no order or limit
        // from the query around it.
        let own: Vec<usize> =
            output.steps.iter().copied().filter(|step| !self.sealed.contains(step)).collect();
        let closed = self.aggregate(select, &output, &scope);
        let mut limited = false;
        if let Some(query) = query {
            limited = self.tail(query, &select.projection, &own, &scope);
        }
        if select.selection.as_ref().is_some_and(is_false) {
            self.no_rows(&own);
        }
        if closed || limited {
            self.sealed.extend(output.steps.iter().copied());
        }
        output
    }

    /// The select list, or RETURNING.
    pub(super) fn projection(&mut self, items: &[SelectItem], scope: &Scope<'_>) -> Output {
        let mut output = Output::default();
        for item in items {
            if !self.may_put_out(output.columns.len() + 1) {
                break;
            }
            match item {
                SelectItem::Wildcard(_) => {
                    for (_, source) in &scope.sources {
                        self.put_out_all(&mut output, source);
                    }
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    _,
                ) => {
                    let alias = last_name(name);
                    match scope.sources.iter().find(|(known, _)| *known == alias) {
                        Some((_, source)) => self.put_out_all(&mut output, source),
                        None => self.refuse(format!("nothing in its FROM is called {alias}")),
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), _) => {
                    self.need_expr(expr, scope);
                }
                SelectItem::UnnamedExpr(expr) => {
                    self.put_out(&mut output, name_of(expr), expr, scope);
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

    fn put_out_all(&mut self, output: &mut Output, source: &Source) {
        match source {
            Source::Step(step) => {
                output.whole.push(*step);
                let named = &self.steps[*step];
                if let Some(table) = self.catalog.find(named.schema.as_deref(), &named.table) {
                    output.columns.extend(table.columns.iter().map(|column| {
                        let place = Place { step: *step, column: column.name.clone() };
                        (column.name.clone(), Origin::Columns(vec![place]))
                    }));
                }
            }
            Source::Rows(rows) if !self.may_expand(rows.size()) => {}
            Source::Rows(rows) => {
                output.columns.extend(rows.columns.clone());
                output.whole.extend(&rows.whole);
                output.unlisted = output.unlisted.take().or_else(|| rows.unlisted.clone());
            }
        }
    }

    fn put_out(&mut self, output: &mut Output, name: String, expr: &Expr, scope: &Scope<'_>) {
        let origin = match self.resolve(expr, scope) {
            Some(Name::Column(origin)) if self.may_expand(origin.size()) => origin,
            Some(Name::Column(_)) => Origin::Computed,
            Some(Name::Row(steps)) => {
                output.whole.extend(steps);
                Origin::Computed
            }
            Some(Name::Unknown(why)) => {
                self.refuse(why);
                Origin::Computed
            }
            None => self.computed(expr, scope),
        };
        output.columns.push((name, origin));
    }

    /// An expression put out: its columns are needed. The least or greatest
    /// value of a column is a value of that column.
    fn computed(&mut self, expr: &Expr, scope: &Scope<'_>) -> Origin {
        if let Some(inner) = super::functions::extreme_of(expr)
            && let Some(Name::Column(Origin::Columns(places))) = self.resolve(inner, scope)
        {
            self.need_all(&places);
            return Origin::Columns(places);
        }
        let uses = self.walk(expr, scope);
        self.need_all(&uses.columns);
        match uses.is_given() {
            true if uses.rows => Origin::Listed(None),
            true => Origin::Given,
            false => Origin::Computed,
        }
    }

    /// Set functions, GROUP BY and DISTINCT; true if there are any.
    fn aggregate(&mut self, select: &Select, output: &Output, scope: &Scope<'_>) -> bool {
        let mut functions = BTreeSet::new();
        for item in &select.projection {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                set_functions(expr, &mut functions);
            }
        }
        if let Some(having) = &select.having {
            set_functions(having, &mut functions);
        }
        let mut groups: Vec<Place> = Vec::new();
        let mut grouped = false;
        if let GroupByExpr::Expressions(expressions, _) = &select.group_by {
            grouped = !expressions.is_empty() && self.may_put_out(expressions.len());
            for expr in expressions.iter().filter(|_| grouped) {
                let uses = self.walk(super::tail::meant_by(expr, &select.projection), scope);
                self.need_all(&uses.columns);
                groups.extend(uses.columns);
            }
        }
        if let Some(Distinct::On(expressions)) = &select.distinct
            && self.may_put_out(expressions.len())
        {
            for expr in expressions {
                self.need_expr(super::tail::meant_by(expr, &select.projection), scope);
            }
        }
        let distinct = matches!(select.distinct, Some(Distinct::Distinct | Distinct::On(_)));
        if distinct {
            self.need_output(output);
        }
        if functions.is_empty() && !grouped && !distinct {
            return false;
        }
        for &step in &output.steps {
            let aggregate = self.aggregate_of(step);
            aggregate.functions.extend(functions.iter().cloned());
            aggregate.distinct |= distinct;
            let own = groups.iter().filter(|place| place.step == step);
            aggregate.group_by.extend(own.map(|place| place.column.clone()));
        }
        true
    }

    /// Notes every column that an expression reads.
    pub(super) fn need_expr(&mut self, expr: &Expr, scope: &Scope<'_>) {
        let uses = self.walk(expr, scope);
        self.need_all(&uses.columns);
    }

    /// Notes that whole rows are wanted.
    pub(super) fn need_rows(&mut self, steps: &[usize]) {
        for &step in steps {
            self.steps[step].reads = Columns::All;
        }
    }
}

/// The name of an output column without an alias.
fn name_of(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(ident) => fold(ident),
        Expr::CompoundIdentifier(idents) => idents.last().map(fold).unwrap_or_default(),
        Expr::Function(function) => last_name(&function.name),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => name_of(expr),
        _ => String::new(),
    }
}

/// `WHERE false`, `WHERE 1 = 0`: no row whatever the data.
fn is_false(condition: &Expr) -> bool {
    use sqlparser::ast::{BinaryOperator, Value as Literal};
    match condition {
        Expr::Nested(inner) => is_false(inner),
        Expr::Value(value) => value.value == Literal::Boolean(false),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            match (left.as_ref(), right.as_ref()) {
                (Expr::Value(left), Expr::Value(right)) => match (&left.value, &right.value) {
                    (Literal::Number(left, _), Literal::Number(right, _)) => left != right,
                    _ => false,
                },
                _ => false,
            }
        }
        _ => false,
    }
}
