//! FROM: tables, subqueries, functions and joins.

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias,
    TableFactor, TableWithJoins,
};

use super::access::Verb;
use super::build::{Builder, fold, last_name, schema_of};
use super::functions::returns_rows;
use super::scope::{Name, Origin, Output, Scope, Source};

/// Which side of a join keeps rows that have no partner.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Keeps {
    left: bool,
    right: bool,
}

impl Builder<'_> {
    pub(super) fn from(&mut self, from: &TableWithJoins, scope: &mut Scope<'_>) {
        let first = scope.sources.len();
        self.factor(&from.relation, scope);
        for join in &from.joins {
            self.join(join, first, scope);
        }
    }

    /// A join with what stands in the scope from `first` on.
    fn join(&mut self, join: &Join, first: usize, scope: &mut Scope<'_>) {
        let (constraint, keeps) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) | JoinOperator::CrossJoin(c) => {
                (c, Keeps { left: false, right: false })
            }
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => {
                (c, Keeps { left: true, right: false })
            }
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => {
                (c, Keeps { left: false, right: true })
            }
            JoinOperator::FullOuter(c) => (c, Keeps { left: true, right: true }),
            _ => {
                self.refuse("this kind of join is not Postgres");
                return;
            }
        };
        let middle = scope.sources.len();
        let left = steps_of(&scope.sources[first..]);
        let kept_left = if keeps.left { left.clone() } else { Vec::new() };
        self.keeping(kept_left.clone(), |builder| builder.factor(&join.relation, scope));
        let right = steps_of(&scope.sources[middle..]);
        for (optional, steps) in [(keeps.right, &left), (keeps.left, &right)] {
            if optional {
                for &step in steps {
                    self.steps[step].outer = true;
                }
            }
        }
        let kept_right = if keeps.right { right } else { Vec::new() };
        self.keeping([kept_left, kept_right].concat(), |builder| match constraint {
            JoinConstraint::On(expr) => builder.condition(expr, scope),
            JoinConstraint::Using(names) | JoinConstraint::UsingAlias(names, _) => {
                for name in names {
                    builder.using(&last_name(name), first, middle, scope);
                }
            }
            JoinConstraint::Natural => builder.natural(first, middle, scope),
            JoinConstraint::None => {}
        });
    }

    /// `USING (column)`: equal on both sides.
    fn using(&mut self, column: &str, first: usize, middle: usize, scope: &Scope<'_>) {
        let side = |sources: &[(String, Source)]| {
            let side = Scope { sources: sources.to_vec(), outer: None };
            side.find(None, column, &self.steps, self.catalog)
        };
        let left = side(&scope.sources[first..middle]);
        let right = side(&scope.sources[middle..]);
        match (left, right) {
            (Name::Column(Origin::Columns(left)), Name::Column(Origin::Columns(right))) => {
                self.equal_columns(&left, &right)
            }
            (Name::Column(Origin::Columns(places)), Name::Column(origin))
            | (Name::Column(origin), Name::Column(Origin::Columns(places))) => {
                self.equal_origin(&places, &origin);
            }
            (Name::Unknown(why), _) | (_, Name::Unknown(why)) => self.refuse(why),
            _ => {}
        }
    }

    /// NATURAL JOIN: the catalog tells which columns both sides have.
    fn natural(&mut self, first: usize, middle: usize, scope: &Scope<'_>) {
        let tables: Option<Vec<_>> = scope.sources[first..]
            .iter()
            .map(|(_, source)| match source {
                Source::Step(step) => {
                    let step = &self.steps[*step];
                    self.catalog.find(step.schema.as_deref(), &step.table)
                }
                Source::Rows(_) => None,
            })
            .collect();
        let Some(tables) = tables else {
            self.refuse("NATURAL JOIN of something whose columns are not known");
            return;
        };
        let (left, right) = tables.split_at(middle - first);
        let common: Vec<String> = right
            .iter()
            .flat_map(|table| &table.columns)
            .map(|column| column.name.clone())
            .filter(|column| left.iter().any(|table| table.column(column).is_some()))
            .collect();
        for column in common {
            self.using(&column, first, middle, scope);
        }
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        if !self.may_add_source() {
            return;
        }
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let source = self.table(name, alias.as_ref());
                let alias = alias.as_ref().map_or_else(|| last_name(name), |a| fold(&a.name));
                scope.sources.push((alias, source));
            }
            TableFactor::Table { name, alias, args: Some(args), .. } => {
                self.function(name, &args.args, alias.as_ref(), scope);
            }
            TableFactor::Function { name, args, alias, .. } => {
                self.function(name, args, alias.as_ref(), scope);
            }
            TableFactor::UNNEST { array_exprs, alias, .. } => {
                self.rows_from(array_exprs.iter().collect(), "unnest", alias.as_ref(), scope);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let output =
                    self.query(subquery, if *lateral { Some(&*scope) } else { scope.outer });
                let output = output.renamed(column_names(alias.as_ref()));
                let alias = alias.as_ref().map(|alias| fold(&alias.name)).unwrap_or_default();
                scope.sources.push((alias, Source::Rows(output)));
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                self.from(table_with_joins, scope);
            }
            _ => self.refuse("something in its FROM is not modelled"),
        }
    }

    /// A table, or the CTE of that name.
    fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>) -> Source {
        if schema_of(name).is_none() {
            let wanted = last_name(name);
            if let Some(at) = self.ctes.iter().rposition(|(known, _)| *known == wanted) {
                if !self.may_expand(self.ctes[at].1.size()) {
                    return Source::Rows(Output::default());
                }
                return Source::Rows(self.ctes[at].1.clone().renamed(column_names(alias)));
            }
        }
        if alias.is_some_and(|alias| !alias.columns.is_empty()) {
            self.refuse("a table whose columns are renamed in FROM is not modelled");
        }
        Source::Step(self.step(Verb::Read, name, alias.map(|alias| &alias.name)))
    }

    fn function(
        &mut self,
        name: &ObjectName,
        args: &[FunctionArg],
        alias: Option<&TableAlias>,
        scope: &mut Scope<'_>,
    ) {
        let function = last_name(name);
        let builtin = schema_of(name).is_none_or(|schema| schema == "pg_catalog");
        if !builtin || !returns_rows(&function) {
            self.refuse(format!(
                "it reads the rows of the function {function}, whose tables are not in the text"
            ));
            return;
        }
        let exprs = args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Named { arg, .. }
                | FunctionArg::ExprNamed { arg, .. }
                | FunctionArg::Unnamed(arg) => match arg {
                    FunctionArgExpr::Expr(expr) => Some(expr),
                    _ => None,
                },
            })
            .collect();
        self.rows_from(exprs, &function, alias, scope);
    }

    /// The rows of a function that reads no table.
    fn rows_from(
        &mut self,
        args: Vec<&Expr>,
        function: &str,
        alias: Option<&TableAlias>,
        scope: &mut Scope<'_>,
    ) {
        let mut given = true;
        for expr in args {
            let uses = self.walk(expr, scope);
            given &= uses.is_given();
            self.need_all(&uses.columns);
        }
        let origin = if given { Origin::Listed(None) } else { Origin::Computed };
        let output = Output { unlisted: Some(origin.clone()), ..Output::default() };
        let name = alias.map_or_else(|| function.to_owned(), |alias| fold(&alias.name));
        let output = output.renamed(column_names(alias));
        scope.sources.push((name, Source::Rows(Output { unlisted: Some(origin), ..output })));
    }
}

fn steps_of(sources: &[(String, Source)]) -> Vec<usize> {
    sources.iter().flat_map(|(_, source)| source.steps()).copied().collect()
}

fn column_names(alias: Option<&TableAlias>) -> Vec<String> {
    alias.iter().flat_map(|alias| &alias.columns).map(|column| fold(&column.name)).collect()
}
