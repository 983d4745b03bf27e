//! What follows a SELECT: ORDER BY, LIMIT, OFFSET and row locks.

use sqlparser::ast::{
    Expr, LimitClause, LockClause, NonBlock, OrderByExpr, OrderByKind, OrderBySort, Query,
    SelectItem, Value as Literal,
};

use super::access::{Limit, Locking, OrderBy};
use super::build::{Builder, fold, last_name};
use super::scope::{Name, Origin, Output, Scope};

impl Builder<'_> {
    /// Reads the clauses; true if rows are cut off.
    pub(super) fn tail(
        &mut self,
        query: &Query,
        items: &[SelectItem],
        own: &[usize],
        scope: &Scope<'_>,
    ) -> bool {
        if let Some(order_by) = &query.order_by {
            match &order_by.kind {
                OrderByKind::Expressions(expressions) => {
                    self.order_by(expressions, items, own, scope);
                }
                OrderByKind::All(_) => self.refuse("ORDER BY ALL is not Postgres"),
            }
        }
        let (limit, offset) = limit_of(query);
        let ordered = own.iter().copied().find(|&step| !self.steps[step].order_by.is_empty());
        // Of a join, the step that gives the order may stop early.
        if let Some(step) = ordered.or(own.first().copied()) {
            self.steps[step].limit = limit;
            self.steps[step].offset = offset;
        }
        for lock in &query.locks {
            self.lock(lock, own);
        }
        limit.is_some() || offset
    }

    /// Clauses behind a UNION or a query in parentheses.
    pub(super) fn tail_of_set(&mut self, query: &Query, output: &Output) {
        let (limit, offset) = limit_of(query);
        if query.order_by.is_some() {
            for &step in &output.steps {
                self.steps[step].ordered_by_other = true;
            }
        }
        if limit.is_some() || offset {
            self.sealed.extend(output.steps.iter().copied());
        }
    }

    /// `WHERE false` reads nothing.
    pub(super) fn no_rows(&mut self, own: &[usize]) {
        for &step in own {
            self.steps[step].limit = Some(Limit::Constant(0));
        }
    }

    fn order_by(
        &mut self,
        expressions: &[OrderByExpr],
        items: &[SelectItem],
        own: &[usize],
        scope: &Scope<'_>,
    ) {
        if !self.may_put_out(expressions.len()) {
            return;
        }
        // The step that gives the order so far; none once another one, or an
        // expression, has had its say.
        let mut leader: Option<usize> = None;
        let mut led = true;
        for (at, order) in expressions.iter().enumerate() {
            let expr = meant_by(&order.expr, items);
            let descending = matches!(order.options.sort, Some(OrderBySort::Desc));
            let place = match self.resolve(expr, scope) {
                Some(Name::Column(Origin::Columns(places))) if places.len() == 1 => {
                    places.into_iter().next()
                }
                _ => None,
            };
            let Some(place) = place else {
                self.need_expr(expr, scope);
                led = false;
                continue;
            };
            self.need(&place);
            if at == 0 {
                leader = Some(place.step);
            }
            led &= leader == Some(place.step) && own.contains(&place.step);
            if led {
                self.steps[place.step].order_by.push(OrderBy { column: place.column, descending });
            }
        }
        for &step in own {
            if leader != Some(step) || !led {
                self.steps[step].ordered_by_other = true;
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
}

/// In ORDER BY and GROUP BY the number or the alias of an output column means
/// its expression.
pub(super) fn meant_by<'e>(expr: &'e Expr, items: &'e [SelectItem]) -> &'e Expr {
    if let Expr::Value(value) = expr
        && let Literal::Number(number, _) = &value.value
        && let Ok(position) = number.parse::<usize>()
        && let Some(SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) =
            position.checked_sub(1).and_then(|at| items.get(at))
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

/// LIMIT or FETCH FIRST, and whether rows are skipped.
fn limit_of(query: &Query) -> (Option<Limit>, bool) {
    let amount = |expr: &Expr| match expr {
        Expr::Value(value) => match &value.value {
            Literal::Number(number, _) => number.parse().ok().map(Limit::Constant),
            Literal::Null => None,
            _ => Some(Limit::Parameter),
        },
        _ => Some(Limit::Parameter),
    };
    match (&query.limit_clause, &query.fetch) {
        (Some(LimitClause::OffsetCommaLimit { limit, .. }), _) => (amount(limit), true),
        (Some(LimitClause::LimitOffset { limit: Some(limit), offset, .. }), _) => {
            (amount(limit), offset.is_some())
        }
        (clause, fetch) => {
            let offset = matches!(clause, Some(LimitClause::LimitOffset { offset: Some(_), .. }));
            let limit = fetch
                .as_ref()
                .and_then(|fetch| fetch.quantity.as_ref().map_or(Some(Limit::Constant(1)), amount));
            (limit, offset)
        }
    }
}
