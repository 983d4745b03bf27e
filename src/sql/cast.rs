//! Which casts of a column leave its values comparable.

use sqlparser::ast::Expr;

use super::build::Builder;
use super::scope::Place;

/// What the casts around a column do to a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    /// Nothing: equal values stay equal, others stay different.
    None,
    /// A point in time becomes its day: an equality is a range.
    Day,
    /// Something else: the key of the column does not help.
    Other,
}

/// The casts of an expression that is a column.
pub(super) fn cast(expr: &Expr, places: &[Place], builder: &Builder<'_>) -> Cast {
    match expr {
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => cast(inner, places, builder),
        Expr::Cast { expr: inner, data_type, .. } => {
            match (cast(inner, places, builder), one_cast(data_type, places, builder)) {
                (Cast::None, outer) => outer,
                (inner, Cast::None) => inner,
                _ => Cast::Other,
            }
        }
        _ => Cast::None,
    }
}

fn one_cast(target: &sqlparser::ast::DataType, places: &[Place], builder: &Builder<'_>) -> Cast {
    let target = target.to_string();
    let target = family(&target);
    let sources: Vec<Option<Family>> = places
        .iter()
        .map(|place| {
            let step = &builder.steps[place.step];
            let table = builder.catalog.find(step.schema.as_deref(), &step.table)?;
            Some(family(&table.column(&place.column)?.type_name))
        })
        .collect();
    let worst = |source: &Option<Family>| match (source, target) {
        // Each type has one text form for each value.
        (_, Family::Text) => Cast::None,
        (Some(source), target) if *source == target => match target {
            Family::Other => Cast::Other,
            _ => Cast::None,
        },
        (Some(Family::Integer), Family::Numeric) | (Some(Family::Day), Family::Moment) => {
            Cast::None
        }
        (Some(Family::Moment) | None, Family::Day) => Cast::Day,
        // Nothing is known of the column: widening is what casts are for.
        (None, Family::Integer | Family::Numeric | Family::Moment | Family::Uuid) => Cast::None,
        _ => Cast::Other,
    };
    let mut casts = sources.iter().map(worst);
    let first = casts.next().unwrap_or(Cast::Other);
    if casts.all(|one| one == first) { first } else { Cast::Other }
}

/// Types among which a cast changes no comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Text,
    Integer,
    Numeric,
    Moment,
    Day,
    Uuid,
    Json,
    Boolean,
    Other,
}

fn family(type_name: &str) -> Family {
    let lower = type_name.to_lowercase();
    let lower = lower.strip_prefix("pg_catalog.").unwrap_or(&lower);
    let base = lower.split('(').next().unwrap_or_default().trim();
    match base {
        _ if lower.ends_with("[]") => Family::Other,
        "text" | "varchar" | "character varying" | "bpchar" | "char" | "character" => Family::Text,
        "smallint" | "int2" | "int" | "integer" | "int4" | "bigint" | "int8" => Family::Integer,
        "numeric" | "decimal" => Family::Numeric,
        "uuid" => Family::Uuid,
        "json" | "jsonb" => Family::Json,
        "boolean" | "bool" => Family::Boolean,
        "date" => Family::Day,
        _ if base.starts_with("timestamp") => Family::Moment,
        _ => Family::Other,
    }
}
