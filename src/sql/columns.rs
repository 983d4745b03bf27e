//! Which columns an expression reads.

use sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Ident, InTarget, Query, Subscript, WindowType,
};

use super::build::{Builder, fold, last_name, schema_of};
use super::functions::{is_harmless, returns_rows};
use super::scope::{Name, Origin, Place, Scope};

/// What an expression depends on.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Columns of steps.
    pub columns: Vec<Place>,
    /// It depends on tables in another way: a subquery, a computed column.
    pub computed: bool,
    /// It yields rows (`unnest`).
    pub rows: bool,
}

impl Uses {
    /// The caller knows its value before the statement runs.
    pub fn is_given(&self) -> bool {
        self.columns.is_empty() && !self.computed
    }
}

impl Builder<'_> {
    /// What a plain column name, possibly in parentheses or cast, stands for;
    /// `None` for any other expression.
    pub(super) fn resolve(&self, expr: &Expr, scope: &Scope<'_>) -> Option<Name> {
        match expr {
            Expr::Identifier(ident) => {
                let name = scope.find(None, &fold(ident), &self.steps, self.catalog);
                Some(match name {
                    Name::Unknown(_) if is_parameterless(ident) => Name::Column(Origin::Given),
                    name => name,
                })
            }
            Expr::CompoundIdentifier(idents) => {
                let column = fold(idents.last()?);
                let qualifier = idents.len().checked_sub(2).map(|at| fold(&idents[at]));
                Some(scope.find(qualifier.as_deref(), &column, &self.steps, self.catalog))
            }
            Expr::Nested(inner)
            | Expr::Cast { expr: inner, .. }
            | Expr::Collate { expr: inner, .. } => self.resolve(inner, scope),
            _ => None,
        }
    }

    /// Reads an expression. Its subqueries become steps, so each expression must
    /// be walked once only.
    pub(super) fn walk(&mut self, expr: &Expr, scope: &Scope<'_>) -> Uses {
        let mut uses = Uses::default();
        self.walk_into(expr, scope, &mut uses);
        uses
    }

    pub(super) fn walk_into(&mut self, expr: &Expr, scope: &Scope<'_>, uses: &mut Uses) {
        match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                if let Some(name) = self.resolve(expr, scope) {
                    self.use_name(name, uses);
                }
            }
            Expr::Subquery(query) => self.inner_query(query, scope, uses),
            Expr::Exists { subquery, .. } => {
                self.exists_apart(subquery, scope);
                uses.computed = true;
            }
            Expr::In { expr, target, .. } => {
                self.walk_into(expr, scope, uses);
                match target {
                    InTarget::List(list) => {
                        for one in list {
                            self.walk_into(one, scope, uses);
                        }
                    }
                    InTarget::Subquery(query) => self.inner_query(query, scope, uses),
                    InTarget::Unnest(inner) => self.walk_into(inner, scope, uses),
                    InTarget::Table { .. } => self.refuse("IN without parentheses is not Postgres"),
                }
            }
            Expr::Function(function) => self.walk_function(function, scope, uses),
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.walk_access(root, access_chain, scope, uses);
            }
            _ => match operands(expr) {
                Some(operands) => {
                    for inner in operands {
                        self.walk_into(inner, scope, uses);
                    }
                }
                None => self.refuse("it holds an expression that is not Postgres"),
            },
        }
    }

    fn use_name(&mut self, name: Name, uses: &mut Uses) {
        match name {
            Name::Column(Origin::Columns(places)) => uses.columns.extend(places),
            Name::Column(Origin::Listed(_)) => uses.rows = true,
            Name::Column(Origin::Given) => {}
            Name::Column(Origin::Computed) => uses.computed = true,
            Name::Row(steps) => {
                uses.computed |= !steps.is_empty();
                self.need_rows(&steps);
            }
            Name::Unknown(why) => self.refuse(why),
        }
    }

    /// A subquery whose value is used.
    fn inner_query(&mut self, query: &Query, scope: &Scope<'_>, uses: &mut Uses) {
        let needs = self.needs;
        let output = self.apart(|builder| builder.query(query, Some(scope)));
        self.need_output(&output);
        uses.computed |= !output.steps.is_empty() || self.needs != needs;
    }

    fn walk_function(&mut self, function: &Function, scope: &Scope<'_>, uses: &mut Uses) {
        let name = last_name(&function.name);
        self.call(&name, schema_of(&function.name));
        uses.rows |= returns_rows(&name);
        match &function.args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => self.inner_query(query, scope, uses),
            FunctionArguments::List(list) => {
                for argument in &list.args {
                    self.walk_argument(argument, scope, uses);
                }
                for clause in &list.clauses {
                    match clause {
                        FunctionArgumentClause::OrderBy(orders) => {
                            for order in orders {
                                self.walk_into(&order.expr, scope, uses);
                            }
                        }
                        FunctionArgumentClause::Where(inner)
                        | FunctionArgumentClause::Limit(inner) => {
                            self.walk_into(inner, scope, uses);
                        }
                        _ => {}
                    }
                }
            }
        }
        for order in &function.within_group {
            self.walk_into(&order.expr, scope, uses);
        }
        if let Some(filter) = &function.filter {
            self.walk_into(filter, scope, uses);
        }
        if let Some(WindowType::WindowSpec(window)) = &function.over {
            for inner in window.partition_by.iter().chain(window.order_by.iter().map(|o| &o.expr)) {
                self.walk_into(inner, scope, uses);
            }
        }
    }

    fn walk_argument(&mut self, argument: &FunctionArg, scope: &Scope<'_>, uses: &mut Uses) {
        let (FunctionArg::Named { arg, .. }
        | FunctionArg::ExprNamed { arg, .. }
        | FunctionArg::Unnamed(arg)) = argument;
        match arg {
            FunctionArgExpr::Expr(inner) => self.walk_into(inner, scope, uses),
            FunctionArgExpr::QualifiedWildcard(name) => {
                let alias = last_name(name);
                let steps = scope.sources.iter().find(|(known, _)| *known == alias);
                let steps = steps.map(|(_, source)| source.steps().to_vec()).unwrap_or_default();
                self.use_name(Name::Row(steps), uses);
            }
            // count(*)
            FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => {}
        }
    }

    /// `t.tags[1]` and `(t.address).city`: the column before the subscript.
    fn walk_access(
        &mut self,
        root: &Expr,
        chain: &[AccessExpr],
        scope: &Scope<'_>,
        uses: &mut Uses,
    ) {
        let mut idents: Vec<Ident> = match root {
            Expr::Identifier(ident) => vec![ident.clone()],
            Expr::CompoundIdentifier(idents) => idents.clone(),
            other => {
                self.walk_into(other, scope, uses);
                Vec::new()
            }
        };
        let mut rest = chain;
        while let ([AccessExpr::Dot(Expr::Identifier(ident)), after @ ..], false) =
            (rest, idents.is_empty())
        {
            idents.push(ident.clone());
            rest = after;
        }
        if !idents.is_empty() {
            self.walk_into(&Expr::CompoundIdentifier(idents), scope, uses);
        }
        for access in rest {
            match access {
                AccessExpr::Subscript(Subscript::Index { index }) => {
                    self.walk_into(index, scope, uses);
                }
                AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                    for inner in [lower_bound, upper_bound, stride].into_iter().flatten() {
                        self.walk_into(inner, scope, uses);
                    }
                }
                // A field of a composite value.
                AccessExpr::Dot(_) => {}
            }
        }
    }

    /// Notes a function that is not known to be harmless.
    fn call(&mut self, function: &str, schema: Option<String>) {
        let name = match schema.filter(|schema| schema != "pg_catalog") {
            Some(schema) => format!("{schema}.{function}"),
            None if is_harmless(function) => return,
            None => function.to_owned(),
        };
        if !self.calls.contains(&name) {
            self.calls.push(name);
        }
    }

    /// Whether an expression holds no column and no subquery, told without
    /// reading it.
    pub(super) fn is_plain_value(&self, expr: &Expr, scope: &Scope<'_>) -> bool {
        match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => matches!(
                self.resolve(expr, scope),
                Some(Name::Column(Origin::Given | Origin::Listed(_)))
            ),
            Expr::Function(function) => {
                let FunctionArguments::List(list) = &function.args else {
                    return matches!(function.args, FunctionArguments::None);
                };
                list.args.iter().all(|argument| {
                    matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(inner))
                        if self.is_plain_value(inner, scope))
                })
            }
            _ => operands(expr)
                .is_some_and(|inner| inner.iter().all(|one| self.is_plain_value(one, scope))),
        }
    }
}

/// Names that are values without being columns or having brackets.
fn is_parameterless(ident: &Ident) -> bool {
    let name = fold(ident);
    ident.quote_style.is_none()
        && [
            "current_catalog",
            "current_date",
            "current_role",
            "current_schema",
            "current_time",
            "current_timestamp",
            "current_user",
            "default",
            "localtime",
            "localtimestamp",
            "session_user",
            "system_user",
            "user",
        ]
        .contains(&name.as_str())
}

/// The direct operands of an expression. `None` for those that need more than
/// that (names, functions, subqueries) and for what Postgres does not have.
pub(super) fn operands(expr: &Expr) -> Option<Vec<&Expr>> {
    Some(match expr {
        Expr::Value(_) | Expr::TypedString(_) | Expr::Wildcard(_) => Vec::new(),
        Expr::IsFalse(a)
        | Expr::IsNotFalse(a)
        | Expr::IsTrue(a)
        | Expr::IsNotTrue(a)
        | Expr::IsNull(a)
        | Expr::IsNotNull(a)
        | Expr::IsUnknown(a)
        | Expr::IsNotUnknown(a)
        | Expr::IsJson { expr: a, .. }
        | Expr::IsNormalized { expr: a, .. }
        | Expr::Nested(a)
        | Expr::UnaryOp { expr: a, .. }
        | Expr::Cast { expr: a, .. }
        | Expr::Collate { expr: a, .. }
        | Expr::Extract { expr: a, .. }
        | Expr::Ceil { expr: a, .. }
        | Expr::Floor { expr: a, .. }
        | Expr::Named { expr: a, .. }
        | Expr::Prefixed { value: a, .. }
        | Expr::JsonAccess { value: a, .. } => vec![a],
        Expr::Interval(interval) => vec![&interval.value],
        Expr::IsDistinctFrom(a, b)
        | Expr::IsNotDistinctFrom(a, b)
        | Expr::BinaryOp { left: a, right: b, .. }
        | Expr::AnyOp { left: a, right: b, .. }
        | Expr::AllOp { left: a, right: b, .. }
        | Expr::Position { expr: a, r#in: b }
        | Expr::AtTimeZone { timestamp: a, time_zone: b } => vec![a, b],
        Expr::Like { expr: a, pattern: b, escape_char: c, .. }
        | Expr::ILike { expr: a, pattern: b, escape_char: c, .. }
        | Expr::SimilarTo { expr: a, pattern: b, escape_char: c, .. } => {
            [a, b].into_iter().chain(c).map(AsRef::as_ref).collect()
        }
        Expr::Between { expr: a, low: b, high: c, .. } => vec![a, b, c],
        Expr::Substring { expr: a, substring_from: b, substring_for: c, .. } => {
            std::iter::once(a).chain(b).chain(c).map(AsRef::as_ref).collect()
        }
        Expr::Trim { expr: a, trim_what: b, trim_characters: c, .. } => {
            std::iter::once(a).chain(b).map(AsRef::as_ref).chain(c.iter().flatten()).collect()
        }
        Expr::Overlay { expr: a, overlay_what: b, overlay_from: c, overlay_for: d } => {
            [a, b, c].into_iter().chain(d).map(AsRef::as_ref).collect()
        }
        Expr::Case { operand, conditions, else_result, .. } => operand
            .iter()
            .chain(else_result)
            .map(AsRef::as_ref)
            .chain(conditions.iter().flat_map(|when| [&when.condition, &when.result]))
            .collect(),
        Expr::Tuple(list) => list.iter().collect(),
        Expr::Array(array) => array.elem.iter().collect(),
        Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => {
            sets.iter().flatten().collect()
        }
        _ => return None,
    })
}
