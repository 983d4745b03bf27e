//! Conditions: which tests on which columns, and which columns of different
//! tables must be equal.

use std::collections::BTreeSet;

use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator, Value as Literal};

use super::access::{Aggregate, ColumnUse, Predicate, Test, Value};
use super::build::Builder;
use super::scope::{Name, Place, Scope};

impl Builder<'_> {
    /// Takes a condition apart into what must hold at once.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope) {
        match expr {
            Expr::Nested(inner) => self.condition(inner, scope),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.condition(left, scope);
                self.condition(right, scope);
            }
            Expr::BinaryOp { left, op, right } => self.comparison(expr, left, op, right, scope),
            Expr::Between { expr: inner, negated: false, low, high } => {
                let low = self.value(low, scope);
                let high = self.value(high, scope);
                match self.column(inner, scope) {
                    Some(place) => {
                        self.test(place, Test::Range { lower: Some(low), upper: Some(high) });
                    }
                    None => self.residual(expr, scope),
                }
            }
            Expr::In { expr: inner, target, negated, .. } => {
                self.in_list(expr, inner, target, *negated, scope);
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
                self.any_of(expr, left, right, scope);
            }
            Expr::IsNull(inner) => self.unary(expr, inner, Test::IsNull, scope),
            Expr::IsNotNull(inner) => self.unary(expr, inner, Test::IsNotNull, scope),
            Expr::IsTrue(inner) | Expr::IsFalse(inner) => {
                self.unary(expr, inner, Test::Equal(Value::Given), scope);
            }
            Expr::Like { negated: false, expr: inner, pattern, any: false, .. } => {
                let test = if is_prefix(pattern) { Test::Prefix } else { Test::Filter };
                self.unary(expr, inner, test, scope);
            }
            Expr::Exists { subquery, .. } => self.exists(subquery, scope),
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => match inner.as_ref() {
                Expr::Exists { subquery, .. } => self.exists(subquery, scope),
                Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                    self.unary(expr, inner, Test::Equal(Value::Given), scope);
                }
                _ => self.residual(expr, scope),
            },
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                self.unary(expr, expr, Test::Equal(Value::Given), scope);
            }
            _ => self.residual(expr, scope),
        }
    }

    fn comparison(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        scope: &Scope,
    ) {
        if let (Expr::Tuple(a), Expr::Tuple(b)) = (unwrapped(left), unwrapped(right)) {
            self.row_comparison(whole, a, op, b, scope);
            return;
        }
        if *op == BinaryOperator::Or {
            if !self.alternatives(whole, scope) {
                self.residual(whole, scope);
            }
            return;
        }
        let (a, b) = (self.column(left, scope), self.column(right, scope));
        match (a, b) {
            (Some(a), Some(b)) if a.step != b.step => {
                if *op == BinaryOperator::Eq {
                    self.equal_columns(&a, &b);
                } else {
                    self.test(a, Test::Filter);
                    self.need(&b);
                }
            }
            (Some(a), None) => {
                let value = self.value(right, scope);
                self.compared(whole, a, op, value, false, scope);
            }
            (None, Some(b)) => {
                let value = self.value(left, scope);
                self.compared(whole, b, op, value, true, scope);
            }
            _ => self.residual(whole, scope),
        }
    }

    /// A column compared with a value; `turned` if the value stands first.
    fn compared(
        &mut self,
        whole: &Expr,
        place: Place,
        op: &BinaryOperator,
        value: Value,
        turned: bool,
        scope: &Scope,
    ) {
        // A column compared with an expression over its own row filters.
        if value == Value::Computed {
            let others = self.columns_in(whole, scope);
            if others.iter().all(|other| other.step == place.step) {
                self.residual(whole, scope);
                return;
            }
        }
        let (above, below) = match op {
            BinaryOperator::Eq => {
                self.test(place, Test::Equal(value));
                return;
            }
            BinaryOperator::Gt | BinaryOperator::GtEq => (true, false),
            BinaryOperator::Lt | BinaryOperator::LtEq => (false, true),
            _ => {
                self.test(place, Test::Filter);
                return;
            }
        };
        let lower = above != turned;
        debug_assert!(above != below);
        let (lower, upper) = if lower { (Some(value), None) } else { (None, Some(value)) };
        self.test(place, Test::Range { lower, upper });
    }

    /// `(a, b) = ($1, $2)` is two equalities; `(a, b) > ($1, $2)` a range on
    /// the first column, as keyset pagination uses it.
    fn row_comparison(
        &mut self,
        whole: &Expr,
        left: &[Expr],
        op: &BinaryOperator,
        right: &[Expr],
        scope: &Scope,
    ) {
        if *op == BinaryOperator::Eq && left.len() == right.len() {
            for (a, b) in left.iter().zip(right) {
                self.comparison(whole, a, op, b, scope);
            }
        } else if let (Some(a), Some(b)) = (left.first(), right.first()) {
            self.comparison(whole, a, op, b, scope);
        }
    }

    /// `a = $1 OR a = $2` is a list; anything else is not.
    fn alternatives(&mut self, expr: &Expr, scope: &Scope) -> bool {
        let mut branches = Vec::new();
        flatten_or(expr, &mut branches);
        let mut column: Option<Place> = None;
        for branch in &branches {
            let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = unwrapped(branch) else {
                return false;
            };
            let (a, b) = (self.column(left, scope), self.column(right, scope));
            let ((Some(place), None) | (None, Some(place))) = (a, b) else { return false };
            if column.as_ref().is_some_and(|known| *known != place) {
                return false;
            }
            column = Some(place);
        }
        let Some(place) = column else { return false };
        let count = u64::try_from(branches.len()).ok();
        self.test(place, Test::AnyOf { count, values: Value::Given });
        true
    }

    fn in_list(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        target: &InTarget,
        negated: bool,
        scope: &Scope,
    ) {
        let Some(place) = self.column(inner, scope) else {
            self.residual(whole, scope);
            return;
        };
        match target {
            InTarget::List(list) => {
                let given = list.iter().all(|one| self.columns_in(one, scope).is_empty());
                if negated {
                    self.test(place, Test::Filter);
                } else if given {
                    let squashed = self.squashed && list.len() == 1;
                    let count = if squashed { None } else { u64::try_from(list.len()).ok() };
                    self.test(place, Test::AnyOf { count, values: Value::Given });
                } else {
                    self.residual(whole, scope);
                }
            }
            InTarget::Subquery(query) => {
                let output = self.query(query, Some(scope));
                let source = output.ordered.first().cloned().flatten();
                if let Some(source) = &source {
                    self.need(source);
                }
                let values = source.map_or(Value::Computed, |source| Value::Column {
                    step: source.step,
                    column: source.column,
                });
                let test = if negated { Test::Filter } else { Test::AnyOf { count: None, values } };
                self.test(place, test);
            }
            InTarget::Unnest(_) | InTarget::Table { .. } => self.test(place, Test::Filter),
        }
    }

    /// `= ANY (array)`.
    fn any_of(&mut self, whole: &Expr, left: &Expr, right: &Expr, scope: &Scope) {
        let Some(place) = self.column(left, scope) else {
            self.residual(whole, scope);
            return;
        };
        let (count, values) = match unwrapped(right) {
            Expr::Subquery(query) => {
                let output = self.query(query, Some(scope));
                let source = output.ordered.first().cloned().flatten();
                if let Some(source) = &source {
                    self.need(source);
                }
                let values = source.map_or(Value::Computed, |source| Value::Column {
                    step: source.step,
                    column: source.column,
                });
                (None, values)
            }
            Expr::Array(array) => (u64::try_from(array.elem.len()).ok(), Value::Given),
            other if self.columns_in(other, scope).is_empty() => (None, Value::Given),
            _ => {
                self.residual(whole, scope);
                return;
            }
        };
        self.test(place, Test::AnyOf { count, values });
    }

    fn exists(&mut self, query: &sqlparser::ast::Query, scope: &Scope) {
        let before = self.steps.len();
        self.query(query, Some(scope));
        for step in &mut self.steps[before..] {
            step.aggregate.get_or_insert_with(Aggregate::default).exists = true;
        }
    }

    fn unary(&mut self, whole: &Expr, inner: &Expr, test: Test, scope: &Scope) {
        match self.column(inner, scope) {
            Some(place) => self.test(place, test),
            None => self.residual(whole, scope),
        }
    }

    /// The column that an expression is, if it is one of a step.
    fn column(&self, expr: &Expr, scope: &Scope) -> Option<Place> {
        match self.resolve(expr, scope)? {
            Name::Column(place) => Some(place),
            Name::Computed | Name::Unknown => None,
        }
    }

    /// What an expression on the other side of a comparison stands for.
    fn value(&mut self, expr: &Expr, scope: &Scope) -> Value {
        if let Some(place) = self.column(expr, scope) {
            return Value::Column { step: place.step, column: place.column };
        }
        if let Expr::Subquery(query) = unwrapped(expr) {
            let output = self.query(query, Some(scope));
            return match output.ordered.first().cloned().flatten() {
                Some(place) => {
                    self.need(&place);
                    Value::Column { step: place.step, column: place.column }
                }
                None => Value::Computed,
            };
        }
        let columns = self.columns_in(expr, scope);
        if columns.is_empty() { Value::Given } else { Value::Computed }
    }

    fn test(&mut self, place: Place, test: Test) {
        self.steps[place.step].predicates.push(Predicate { column: place.column, test });
    }

    /// Two columns of different steps that must be equal: each step gets the
    /// other as its value, so that either can run first.
    pub(super) fn equal_columns(&mut self, a: &Place, b: &Place) {
        for (one, other) in [(a, b), (b, a)] {
            self.test(
                one.clone(),
                Test::Equal(Value::Column { step: other.step, column: other.column.clone() }),
            );
            self.need(one);
        }
    }

    /// A condition that only filters: on every table whose columns it reads.
    fn residual(&mut self, expr: &Expr, scope: &Scope) {
        let places = self.columns_in(expr, scope);
        let steps: BTreeSet<usize> = places.iter().map(|place| place.step).collect();
        for step in steps {
            let columns =
                places.iter().filter(|p| p.step == step).map(|p| p.column.clone()).collect();
            self.steps[step].residual.push(ColumnUse { sql: expr.to_string(), columns });
        }
    }
}

fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => unwrapped(inner),
        _ => expr,
    }
}

fn flatten_or<'e>(expr: &'e Expr, branches: &mut Vec<&'e Expr>) {
    match unwrapped(expr) {
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
            flatten_or(left, branches);
            flatten_or(right, branches);
        }
        other => branches.push(other),
    }
}

/// A literal pattern that begins with plain text and ends in its only wildcard.
fn is_prefix(pattern: &Expr) -> bool {
    let Expr::Value(value) = unwrapped(pattern) else { return false };
    let Literal::SingleQuotedString(text) = &value.value else { return false };
    text.strip_suffix('%').is_some_and(|start| !start.is_empty() && !start.contains(['%', '_']))
}
