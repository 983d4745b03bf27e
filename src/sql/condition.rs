//! Conditions: WHERE, ON and the subqueries in them.
//!
//! Each conjunct becomes a [`Predicate`] if it tests a plain column, and a
//! residual of every step whose columns it reads if not. None is dropped.

use std::collections::BTreeSet;

use sqlparser::ast::{BinaryOperator, Expr, Query, UnaryOperator, Value as Literal};

use super::access::{ColumnUse, Predicate, Test, Value};
use super::build::Builder;
use super::cast::{Cast, cast};
use super::columns::Uses;
use super::rewrite::MORE;
use super::scope::{Name, Origin, Place, Scope};

/// One side of a comparison.
pub(super) struct Operand {
    /// It is a column, possibly cast: that column, or its like in each arm of a
    /// UNION.
    pub column: Option<(Vec<Place>, Cast)>,
    /// The columns that it reads.
    pub columns: Vec<Place>,
    /// What it stands for where it is the value.
    pub value: Value,
    /// It stands for each of a list of given values (a row of VALUES).
    pub listed: Option<Option<u64>>,
}

impl Builder<'_> {
    /// A condition whose conjuncts all must hold.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope<'_>) {
        let mut conjuncts = Vec::new();
        flatten(expr, &BinaryOperator::And, &mut conjuncts);
        for conjunct in conjuncts {
            self.conjunct(conjunct, scope);
        }
    }

    /// A condition that narrows nothing beforehand: it only filters.
    pub(super) fn filter(&mut self, expr: &Expr, scope: &Scope<'_>) {
        let uses = self.walk(expr, scope);
        self.residual(expr, uses.columns);
    }

    fn conjunct(&mut self, expr: &Expr, scope: &Scope<'_>) {
        match expr {
            Expr::BinaryOp { op: BinaryOperator::Or, .. } => {
                if !self.alternatives(expr, scope) {
                    self.filter(expr, scope);
                }
            }
            Expr::BinaryOp { left, op, right } => self.comparison(expr, left, op, right, scope),
            Expr::Between { expr: inner, negated, low, high } => {
                self.between(expr, inner, *negated, low, high, scope);
            }
            Expr::In { expr: inner, target, negated, .. } => {
                self.in_target(expr, inner, target, *negated, scope);
            }
            Expr::AnyOp { left, compare_op, right, .. } => {
                self.any_of(expr, left, compare_op, right, scope);
            }
            Expr::AllOp { left, right, .. } => self.compared_with_all(expr, left, right, scope),
            Expr::IsNull(inner) | Expr::IsUnknown(inner) => {
                self.unary(expr, inner, Test::IsNull, scope);
            }
            Expr::IsNotNull(inner) | Expr::IsNotUnknown(inner) => {
                self.unary(expr, inner, Test::IsNotNull, scope);
            }
            Expr::IsTrue(inner) | Expr::IsFalse(inner) => {
                self.unary(expr, inner, Test::Equal(Value::Given), scope);
            }
            Expr::IsNotTrue(inner) | Expr::IsNotFalse(inner) => {
                self.unary(expr, inner, Test::Filter, scope);
            }
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.comparison(expr, left, &BinaryOperator::NotEq, right, scope);
            }
            Expr::Like { negated, expr: inner, pattern, any, escape_char } => {
                let test = match (negated, any, escape_char) {
                    (false, false, None) => like(pattern),
                    _ => Test::Filter,
                };
                self.matched(expr, inner, pattern, test, scope);
            }
            Expr::ILike { expr: inner, pattern, .. }
            | Expr::SimilarTo { expr: inner, pattern, .. } => {
                self.matched(expr, inner, pattern, Test::Filter, scope);
            }
            Expr::Exists { subquery, negated: false } => {
                let output = self.query(subquery, Some(scope));
                self.mark_exists(&output.steps);
            }
            Expr::Exists { subquery, negated: true } => self.exists_apart(subquery, scope),
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => {
                self.negated(expr, inner, scope)
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                self.unary(expr, expr, Test::Equal(Value::Given), scope);
            }
            Expr::Nested(inner) => self.condition(inner, scope),
            _ => self.filter(expr, scope),
        }
    }

    fn negated(&mut self, whole: &Expr, inner: &Expr, scope: &Scope<'_>) {
        match inner {
            Expr::Nested(inner) => self.negated(whole, inner, scope),
            Expr::Exists { subquery, .. } => self.exists_apart(subquery, scope),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                self.unary(whole, inner, Test::Equal(Value::Given), scope);
            }
            Expr::IsNull(inner) => self.unary(whole, inner, Test::IsNotNull, scope),
            Expr::In { expr: inner, target, negated, .. } => {
                self.in_target(whole, inner, target, !negated, scope);
            }
            _ => self.filter(whole, scope),
        }
    }

    fn comparison(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        scope: &Scope<'_>,
    ) {
        if let (Some(left), Some(right)) = (row(left), row(right)) {
            self.row_comparison(whole, left, op, right, scope);
            return;
        }
        let (left, right) = (self.operand(left, scope), self.operand(right, scope));
        match (&left.column, &right.column) {
            (Some((a, a_cast)), Some((b, b_cast))) => {
                let linked = a.iter().all(|a| b.iter().all(|b| a.step != b.step));
                let plain = *a_cast == Cast::None && *b_cast == Cast::None;
                if !linked || !plain {
                    self.residual(whole, [left.columns, right.columns].concat());
                } else if *op == BinaryOperator::Eq {
                    self.equal_columns(a, b);
                } else {
                    // Which rows pair up is only known once both are read.
                    for places in [a, b] {
                        self.need_all(places);
                        self.test(places, &Test::Filter);
                    }
                }
            }
            (Some((column, cast)), None) => self.compared(whole, column, *cast, op, &right),
            (None, Some((column, cast))) => {
                self.compared(whole, column, *cast, &turned(op), &left);
            }
            (None, None) => self.residual(whole, [left.columns, right.columns].concat()),
        }
    }

    /// A column compared with a value.
    fn compared(
        &mut self,
        whole: &Expr,
        column: &[Place],
        cast: Cast,
        op: &BinaryOperator,
        other: &Operand,
    ) {
        if other.columns.iter().any(|used| column.iter().any(|place| place.step == used.step)) {
            // The row is compared with itself.
            self.residual(whole, [column, &other.columns].concat());
            return;
        }
        self.need_all(&other.columns);
        let value = other.value.clone();
        let known = value != Value::Computed;
        let test = match op {
            BinaryOperator::Eq if cast == Cast::Day && known => {
                Test::Range { lower: Some(value.clone()), upper: Some(value) }
            }
            BinaryOperator::Eq if cast == Cast::Day => Test::Filter,
            BinaryOperator::Eq => match other.listed {
                Some(count) => Test::AnyOf { count, values: value },
                None => Test::Equal(value),
            },
            BinaryOperator::Gt | BinaryOperator::GtEq if known => {
                Test::Range { lower: Some(value), upper: None }
            }
            BinaryOperator::Lt | BinaryOperator::LtEq if known => {
                Test::Range { lower: None, upper: Some(value) }
            }
            BinaryOperator::PGStartsWith if known => Test::Prefix,
            _ => Test::Filter,
        };
        self.test(column, &test);
    }

    /// `(a, b) = ($1, $2)` is two equalities; `(a, b) > ($1, $2)`, as keyset
    /// pagination writes it, a range on the first column.
    fn row_comparison(
        &mut self,
        whole: &Expr,
        left: &[Expr],
        op: &BinaryOperator,
        right: &[Expr],
        scope: &Scope<'_>,
    ) {
        if left.len() != right.len() {
            self.filter(whole, scope);
            return;
        }
        match op {
            BinaryOperator::Eq => {
                for (a, b) in left.iter().zip(right) {
                    self.comparison(whole, a, op, b, scope);
                }
            }
            BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq => {
                for (at, (a, b)) in left.iter().zip(right).enumerate() {
                    if at == 0 {
                        self.comparison(whole, a, op, b, scope);
                    } else {
                        // It decides among rows that tie on the first column.
                        self.comparison(whole, a, &BinaryOperator::NotEq, b, scope);
                    }
                }
            }
            _ => self.filter(whole, scope),
        }
    }

    fn between(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        negated: bool,
        low: &Expr,
        high: &Expr,
        scope: &Scope<'_>,
    ) {
        let operand = self.operand(inner, scope);
        let bounds = [self.operand(low, scope), self.operand(high, scope)];
        let bounded: Vec<Place> = bounds.iter().flat_map(|one| one.columns.clone()).collect();
        let known = bounds.iter().all(|one| one.value != Value::Computed && one.column.is_none());
        match operand.column {
            Some((column, _)) if known && bounded.is_empty() => {
                let [lower, upper] = bounds.map(|one| Some(one.value));
                let test = if negated { Test::Filter } else { Test::Range { lower, upper } };
                self.test(&column, &test);
            }
            _ => self.residual(whole, [operand.columns, bounded].concat()),
        }
    }

    fn unary(&mut self, whole: &Expr, inner: &Expr, test: Test, scope: &Scope<'_>) {
        let operand = self.operand(inner, scope);
        match operand.column {
            Some((column, Cast::None)) => self.test(&column, &test),
            _ => self.residual(whole, operand.columns),
        }
    }

    fn matched(
        &mut self,
        whole: &Expr,
        inner: &Expr,
        pattern: &Expr,
        test: Test,
        scope: &Scope<'_>,
    ) {
        let operand = self.operand(inner, scope);
        let pattern = self.operand(pattern, scope);
        match operand.column {
            Some((column, Cast::None)) if pattern.columns.is_empty() => self.test(&column, &test),
            _ => self.residual(whole, [operand.columns, pattern.columns].concat()),
        }
    }

    fn mark_exists(&mut self, steps: &[usize]) {
        for &step in steps {
            self.aggregate_of(step).exists = true;
        }
    }

    /// EXISTS where it does not narrow the query around it: NOT EXISTS, or
    /// within an expression.
    pub(super) fn exists_apart(&mut self, query: &Query, scope: &Scope<'_>) {
        let output = self.apart(|builder| builder.query(query, Some(scope)));
        self.mark_exists(&output.steps);
    }

    /// Reads one side of a comparison, once.
    pub(super) fn operand(&mut self, expr: &Expr, scope: &Scope<'_>) -> Operand {
        let inner = unwrapped(expr);
        match self.resolve(inner, scope) {
            Some(Name::Column(Origin::Columns(places))) => {
                let kind = cast(expr, &places, self);
                return Operand {
                    value: if kind == Cast::None { value_of(&places) } else { Value::Computed },
                    columns: places.clone(),
                    column: (kind != Cast::Other).then_some((places, kind)),
                    listed: None,
                };
            }
            Some(Name::Column(Origin::Listed(count))) => {
                return Operand {
                    column: None,
                    columns: Vec::new(),
                    value: Value::Given,
                    listed: Some(count),
                };
            }
            _ => {}
        }
        let (value, columns) = if let Expr::Subquery(query) = inner {
            (self.scalar(query, scope), Vec::new())
        } else {
            let uses: Uses = self.walk(inner, scope);
            let value = if uses.is_given() { Value::Given } else { Value::Computed };
            (value, uses.columns)
        };
        Operand { column: None, columns, value, listed: None }
    }

    /// A subquery that gives one value.
    fn scalar(&mut self, query: &Query, scope: &Scope<'_>) -> Value {
        let needs = self.needs;
        let output = self.apart(|builder| builder.query(query, Some(scope)));
        let correlated = self.needs != needs && output.steps.is_empty();
        self.need_output(&output);
        match output.first() {
            Some(Origin::Columns(places)) => value_of(places),
            Some(Origin::Computed) => Value::Computed,
            _ if correlated || !output.steps.is_empty() => Value::Computed,
            _ => Value::Given,
        }
    }

    /// The column that an expression is, without a cast that changes it.
    pub(super) fn plain_column(&self, expr: &Expr, scope: &Scope<'_>) -> Option<Vec<Place>> {
        match self.resolve(unwrapped(expr), scope) {
            Some(Name::Column(Origin::Columns(places)))
                if cast(expr, &places, self) == Cast::None =>
            {
                Some(places)
            }
            _ => None,
        }
    }

    /// Columns of different steps that must be equal: each step gets the other
    /// as its value, so that either can be read first.
    pub(super) fn equal_columns(&mut self, a: &[Place], b: &[Place]) {
        for (one, other) in [(a, b), (b, a)] {
            self.need_all(one);
            self.test(one, &Test::Equal(value_of(other)));
        }
    }

    /// Columns that must equal the output of a subquery.
    pub(super) fn equal_origin(&mut self, places: &[Place], origin: &Origin) {
        let test = match origin {
            Origin::Columns(other) => return self.equal_columns(places, other),
            Origin::Listed(count) => Test::AnyOf { count: *count, values: Value::Given },
            Origin::Given => Test::Equal(Value::Given),
            Origin::Computed => Test::Equal(Value::Computed),
        };
        self.test(places, &test);
    }

    /// Puts a test on a column; where it cannot narrow the step, its value is
    /// needed to tell.
    pub(super) fn test(&mut self, places: &[Place], test: &Test) {
        for place in places {
            if self.narrows(place.step) {
                self.steps[place.step]
                    .predicates
                    .push(Predicate { column: place.column.clone(), test: test.clone() });
            } else {
                self.need(place);
            }
        }
    }

    /// A condition that only filters: on every table whose columns it reads.
    pub(super) fn residual(&mut self, expr: &Expr, places: Vec<Place>) {
        let steps: BTreeSet<usize> = places.iter().map(|place| place.step).collect();
        if steps.len() > 1 {
            self.need_all(&places);
        }
        for step in steps {
            let own = places.iter().filter(|place| place.step == step);
            if self.narrows(step) {
                let columns = own.map(|place| place.column.clone()).collect();
                let sql = expr.to_string().replace(&format!(", {MORE}"), " /*, ... */");
                self.steps[step].residual.push(ColumnUse { sql, columns });
            } else {
                let own: Vec<Place> = own.cloned().collect();
                self.need_all(&own);
            }
        }
    }
}

/// A value that is a column of another step; of several (the arms of a UNION) it
/// is an expression over them.
pub(super) fn value_of(places: &[Place]) -> Value {
    match places {
        [place] => Value::Column { step: place.step, column: place.column.clone() },
        _ => Value::Computed,
    }
}

/// Without parentheses, casts and collations.
pub(super) fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner)
        | Expr::Cast { expr: inner, .. }
        | Expr::Collate { expr: inner, .. } => unwrapped(inner),
        _ => expr,
    }
}

/// The elements of a row value.
pub(super) fn row(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::Tuple(elements) => Some(elements),
        _ => None,
    }
}

/// The operands of a chain of AND or OR, from left to right.
pub(super) fn flatten<'e>(expr: &'e Expr, joint: &BinaryOperator, found: &mut Vec<&'e Expr>) {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::BinaryOp { left, op, right } if op == joint => open.extend([&**right, &**left]),
            Expr::Nested(inner) => open.push(inner),
            _ => found.push(expr),
        }
    }
}

/// The same comparison with its sides exchanged.
fn turned(op: &BinaryOperator) -> BinaryOperator {
    match op {
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Eq => BinaryOperator::Eq,
        // The others are not symmetric, and filter either way.
        _ => BinaryOperator::NotEq,
    }
}

/// A literal pattern that begins with plain text and ends in its only wildcard
/// is a prefix; one without wildcards is an equality.
fn like(pattern: &Expr) -> Test {
    let Expr::Value(value) = unwrapped(pattern) else { return Test::Filter };
    let Literal::SingleQuotedString(text) = &value.value else { return Test::Filter };
    let plain = |text: &str| !text.is_empty() && !text.contains(['%', '_', '\\']);
    match text.strip_suffix('%') {
        Some(start) if plain(start) => Test::Prefix,
        None if plain(text) => Test::Equal(Value::Given),
        _ => Test::Filter,
    }
}
