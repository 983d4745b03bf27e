//! Conditions on lists of values: IN, ANY, ALL, and OR over one column.

use sqlparser::ast::{BinaryOperator, Expr, InTarget, Query, Value as Literal};

use super::access::{Test, Value};
use super::build::Builder;
use super::cast::Cast;
use super::condition::{Operand, flatten, row, unwrapped, value_of};
use super::rewrite::MORE;
use super::scope::{Origin, Place, Scope};

impl Builder<'_> {
    /// `a = $1 OR a = $2` is a list of values for `a`; anything else is not.
    pub(super) fn alternatives(&mut self, expr: &Expr, scope: &Scope<'_>) -> bool {
        let mut branches = Vec::new();
        flatten(expr, &BinaryOperator::Or, &mut branches);
        let mut column: Option<Vec<Place>> = None;
        let mut total = Some(0_u64);
        for branch in branches {
            let (place, count) = match branch {
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    if self.is_plain_value(right, scope) {
                        (self.plain_column(left, scope), Some(1))
                    } else if self.is_plain_value(left, scope) {
                        (self.plain_column(right, scope), Some(1))
                    } else {
                        return false;
                    }
                }
                Expr::In { expr, target: InTarget::List(list), negated: false, .. }
                    if list.iter().all(|one| self.is_plain_value(one, scope)) =>
                {
                    (self.plain_column(expr, scope), list_length(list))
                }
                _ => return false,
            };
            let Some(place) = place else { return false };
            if column.as_ref().is_some_and(|known| *known != place) {
                return false;
            }
            column = Some(place);
            total = total.zip(count).map(|(total, count)| total + count);
        }
        let Some(column) = column else { return false };
        self.test(&column, &Test::AnyOf { count: total, values: Value::Given });
        true
    }

    pub(super) fn in_target(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        target: &InTarget,
        negated: bool,
        scope: &Scope<'_>,
    ) {
        match target {
            InTarget::List(list) => self.in_list(whole, inner, list, negated, scope),
            InTarget::Subquery(query) => self.in_query(whole, inner, query, negated, scope),
            InTarget::Unnest(_) | InTarget::Table { .. } => self.filter(whole, scope),
        }
    }

    fn in_list(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        list: &[Expr],
        negated: bool,
        scope: &Scope<'_>,
    ) {
        if let Some(columns) = row(inner) {
            self.in_rows(whole, columns, list, negated, scope);
            return;
        }
        if !list.iter().all(|one| self.is_plain_value(one, scope)) {
            self.filter(whole, scope);
            return;
        }
        let operand = self.operand(inner, scope);
        match operand.column {
            Some((column, Cast::None)) if !negated => {
                let test = Test::AnyOf { count: list_length(list), values: Value::Given };
                self.test(&column, &test);
            }
            Some((column, _)) => self.test(&column, &Test::Filter),
            None => self.residual(whole, operand.columns),
        }
    }

    /// `(a, b) IN (($1, $2), …)`: the first column carries the list, each
    /// further one has one value for each row of it.
    fn in_rows(
        &mut self,
        whole: &Expr,
        columns: &[Expr],
        list: &[Expr],
        negated: bool,
        scope: &Scope<'_>,
    ) {
        let plain: Option<Vec<_>> =
            columns.iter().map(|column| self.plain_column(column, scope)).collect();
        let given = list.iter().all(|one| self.is_plain_value(one, scope));
        let Some(plain) = plain.filter(|_| given) else {
            self.filter(whole, scope);
            return;
        };
        for (at, column) in plain.iter().enumerate() {
            let test = match at {
                _ if negated => Test::Filter,
                0 => Test::AnyOf { count: list_length(list), values: Value::Given },
                _ => Test::Equal(Value::Given),
            };
            self.test(column, &test);
        }
    }

    fn in_query(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        query: &Query,
        negated: bool,
        scope: &Scope<'_>,
    ) {
        let columns = row(inner).unwrap_or(std::slice::from_ref(inner));
        let operands: Vec<Operand> =
            columns.iter().map(|column| self.operand(column, scope)).collect();
        let output = if negated {
            self.apart(|builder| builder.query(query, Some(scope)))
        } else {
            self.query(query, Some(scope))
        };
        self.need_output(&output);
        let mut origins = output.columns.iter().map(|(_, origin)| origin);
        for operand in operands {
            let origin = origins.next().or(output.unlisted.as_ref());
            match (operand.column, origin) {
                (Some((column, Cast::None)), Some(origin)) if !negated => {
                    let test = match origin {
                        Origin::Columns(places) => {
                            Test::AnyOf { count: None, values: value_of(places) }
                        }
                        Origin::Listed(count) => {
                            Test::AnyOf { count: *count, values: Value::Given }
                        }
                        Origin::Given => Test::Equal(Value::Given),
                        Origin::Computed => Test::AnyOf { count: None, values: Value::Computed },
                    };
                    self.test(&column, &test);
                }
                (Some((column, _)), _) => self.test(&column, &Test::Filter),
                (None, _) => self.residual(whole, operand.columns),
            }
        }
    }

    /// `= ANY (…)`.
    pub(super) fn any_of(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        scope: &Scope<'_>,
    ) {
        let equal = *op == BinaryOperator::Eq;
        if let (Expr::Subquery(query), true) = (unwrapped(right), equal) {
            self.in_query(whole, left, query, false, scope);
            return;
        }
        let count = match unwrapped(right) {
            Expr::Array(array) => list_length(&array.elem),
            _ => None,
        };
        let operand = self.operand(left, scope);
        let list = self.operand(right, scope);
        match operand.column {
            Some((column, Cast::None)) if equal && list.value == Value::Given => {
                self.test(&column, &Test::AnyOf { count, values: Value::Given });
            }
            Some((column, _)) if list.columns.is_empty() => self.test(&column, &Test::Filter),
            // `$1 = ANY (tags)`: the array is the column.
            _ => match list.column {
                Some((column, _)) if operand.columns.is_empty() => {
                    self.test(&column, &Test::Filter);
                }
                _ => self.residual(whole, [operand.columns, list.columns].concat()),
            },
        }
    }

    /// `<> ALL (…)` and its like filter.
    pub(super) fn compared_with_all(
        &mut self,
        whole: &Expr,
        left: &Expr,
        right: &Expr,
        scope: &Scope<'_>,
    ) {
        let operand = self.operand(left, scope);
        let list = self.operand(right, scope);
        match operand.column {
            Some((column, _)) if list.columns.is_empty() => self.test(&column, &Test::Filter),
            _ => self.residual(whole, [operand.columns, list.columns].concat()),
        }
    }
}

/// How many values a list shows; `None` if it was squashed.
fn list_length(list: &[Expr]) -> Option<u64> {
    let squashed = list.iter().any(|one| {
        matches!(one, Expr::Value(value)
            if value.value == Literal::Placeholder(MORE.to_owned()))
    });
    if squashed { None } else { u64::try_from(list.len()).ok() }
}
