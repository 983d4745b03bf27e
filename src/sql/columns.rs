//! Which columns an expression reads.

use std::collections::BTreeSet;

use sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, Query,
    Subscript,
};

use super::build::{Builder, fold, last_name};
use super::scope::{Name, Place, Scope};

/// Set functions: what they compute needs every row.
const SET_FUNCTIONS: [&str; 20] = [
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "count",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "max",
    "min",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "stddev",
    "string_agg",
    "sum",
];

/// Functions of Postgres that change nothing and read no table, as far as a
/// SELECT without tables is concerned.
const HARMLESS: [&str; 36] = [
    "abs",
    "age",
    "array_agg",
    "clock_timestamp",
    "coalesce",
    "concat",
    "count",
    "current_database",
    "current_date",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_timestamp",
    "current_user",
    "date_trunc",
    "format",
    "generate_series",
    "greatest",
    "least",
    "length",
    "lower",
    "max",
    "md5",
    "min",
    "now",
    "pg_backend_pid",
    "pg_is_in_recovery",
    "random",
    "round",
    "session_user",
    "set_config",
    "statement_timestamp",
    "sum",
    "to_char",
    "upper",
    "version",
];

impl Builder<'_> {
    /// What a plain column name, possibly cast or in parentheses, stands for;
    /// `None` for any other expression.
    pub(super) fn resolve(&self, expr: &Expr, scope: &Scope) -> Option<Name> {
        match expr {
            Expr::Identifier(ident) => {
                Some(scope.find(None, &fold(ident), &self.steps, self.catalog))
            }
            Expr::CompoundIdentifier(idents) => {
                let column = fold(idents.last()?);
                let qualifier = idents.len().checked_sub(2).map(|i| fold(&idents[i]));
                Some(scope.find(qualifier.as_deref(), &column, &self.steps, self.catalog))
            }
            Expr::Nested(inner)
            | Expr::Cast { expr: inner, .. }
            | Expr::Collate { expr: inner, .. } => self.resolve(inner, scope),
            _ => None,
        }
    }

    /// Every column that an expression reads; its subqueries become steps.
    pub(super) fn columns_in(&mut self, expr: &Expr, scope: &Scope) -> Vec<Place> {
        let mut found = Vec::new();
        self.walk(expr, scope, &mut found);
        found
    }

    fn walk(&mut self, expr: &Expr, scope: &Scope, found: &mut Vec<Place>) {
        match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                if let Some(Name::Column(place)) = self.resolve(expr, scope) {
                    found.push(place);
                }
            }
            Expr::Subquery(query) => {
                self.subquery(query, scope);
            }
            Expr::Exists { subquery, .. } => {
                self.subquery(subquery, scope);
            }
            Expr::In { expr, target, .. } => {
                self.walk(expr, scope, found);
                match target {
                    InTarget::List(list) => {
                        for one in list {
                            self.walk(one, scope, found);
                        }
                    }
                    InTarget::Subquery(query) => {
                        self.subquery(query, scope);
                    }
                    InTarget::Unnest(inner) => self.walk(inner, scope, found),
                    InTarget::Table { .. } => {}
                }
            }
            Expr::Function(function) => self.walk_function(function, scope, found),
            _ => {
                for inner in operands(expr) {
                    self.walk(inner, scope, found);
                }
            }
        }
    }

    fn walk_function(&mut self, function: &Function, scope: &Scope, found: &mut Vec<Place>) {
        self.call(&last_name(&function.name));
        if let FunctionArguments::Subquery(query) = &function.args {
            self.subquery(query, scope);
        }
        for inner in arguments(function) {
            self.walk(inner, scope, found);
        }
        if let Some(filter) = &function.filter {
            self.walk(filter, scope, found);
        }
    }

    /// A subquery whose value is used.
    fn subquery(&mut self, query: &Query, scope: &Scope) {
        let output = self.query(query, Some(scope));
        for place in output.ordered.iter().flatten() {
            self.need(place);
        }
    }

    /// Notes a function that is not known to be harmless.
    pub(super) fn call(&mut self, function: &str) {
        let known = HARMLESS.contains(&function) || SET_FUNCTIONS.contains(&function);
        if !known && !self.calls.iter().any(|one| one == function) {
            self.calls.push(function.to_owned());
        }
    }
}

/// The set functions in an expression, in lower case.
pub(super) fn set_functions(expr: &Expr, found: &mut BTreeSet<String>) {
    if let Expr::Function(function) = expr {
        let name = last_name(&function.name);
        if SET_FUNCTIONS.contains(&name.as_str()) && function.over.is_none() {
            found.insert(name);
        }
        for inner in arguments(function) {
            set_functions(inner, found);
        }
        return;
    }
    for inner in operands(expr) {
        set_functions(inner, found);
    }
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Named { arg, .. }
            | FunctionArg::ExprNamed { arg, .. }
            | FunctionArg::Unnamed(arg) => match arg {
                FunctionArgExpr::Expr(expr) => Some(expr),
                _ => None,
            },
        })
        .collect()
}

/// The direct operands of an expression, subqueries and functions aside.
fn operands(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::IsFalse(a)
        | Expr::IsNotFalse(a)
        | Expr::IsTrue(a)
        | Expr::IsNotTrue(a)
        | Expr::IsNull(a)
        | Expr::IsNotNull(a)
        | Expr::IsUnknown(a)
        | Expr::IsNotUnknown(a)
        | Expr::Nested(a)
        | Expr::UnaryOp { expr: a, .. }
        | Expr::Cast { expr: a, .. }
        | Expr::Collate { expr: a, .. }
        | Expr::Extract { expr: a, .. }
        | Expr::Ceil { expr: a, .. }
        | Expr::Floor { expr: a, .. }
        | Expr::JsonAccess { value: a, .. }
        | Expr::Named { expr: a, .. }
        | Expr::Prefixed { value: a, .. } => vec![a],
        Expr::IsDistinctFrom(a, b)
        | Expr::IsNotDistinctFrom(a, b)
        | Expr::BinaryOp { left: a, right: b, .. }
        | Expr::AnyOp { left: a, right: b, .. }
        | Expr::AllOp { left: a, right: b, .. }
        | Expr::Like { expr: a, pattern: b, .. }
        | Expr::ILike { expr: a, pattern: b, .. }
        | Expr::SimilarTo { expr: a, pattern: b, .. }
        | Expr::AtTimeZone { timestamp: a, time_zone: b } => vec![a, b],
        Expr::Position { expr: a, r#in: b } => vec![a, b],
        Expr::Between { expr, low, high, .. } => vec![expr, low, high],
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let rest = [substring_from, substring_for];
            std::iter::once(expr).chain(rest.into_iter().flatten()).map(AsRef::as_ref).collect()
        }
        Expr::Trim { expr, trim_what, .. } => {
            std::iter::once(expr).chain(trim_what).map(AsRef::as_ref).collect()
        }
        Expr::Case { operand, conditions, else_result, .. } => operand
            .iter()
            .chain(else_result)
            .map(AsRef::as_ref)
            .chain(conditions.iter().flat_map(|when| [&when.condition, &when.result]))
            .collect(),
        Expr::Tuple(list) => list.iter().collect(),
        Expr::Array(array) => array.elem.iter().collect(),
        Expr::Interval(interval) => vec![&interval.value],
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut inner = vec![root.as_ref()];
            for access in access_chain {
                if let AccessExpr::Subscript(Subscript::Index { index }) = access {
                    inner.push(index);
                }
            }
            inner
        }
        _ => Vec::new(),
    }
}
