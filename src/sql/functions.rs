//! What is known about Postgres's own functions.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::build::{last_name, schema_of};
use super::columns::operands;

/// Set functions: what they compute needs every row.
const SET_FUNCTIONS: [&str; 36] = [
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
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
    "range_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
];

/// Functions that give rows made from their arguments, not from tables.
const ROW_FUNCTIONS: [&str; 19] = [
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "json_populate_recordset",
    "json_to_recordset",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "jsonb_populate_recordset",
    "jsonb_to_recordset",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
];

/// Other functions that read no table and change nothing but, at most, the
/// session. Sequences, advisory locks, messages and large objects are not among
/// them.
const HARMLESS: [&str; 101] = [
    "abs",
    "age",
    "array_append",
    "array_cat",
    "array_length",
    "array_position",
    "array_remove",
    "array_to_json",
    "array_to_string",
    "btrim",
    "cardinality",
    "ceil",
    "ceiling",
    "char_length",
    "clock_timestamp",
    "coalesce",
    "concat",
    "concat_ws",
    "current_catalog",
    "current_database",
    "current_date",
    "current_query",
    "current_role",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_time",
    "current_timestamp",
    "current_user",
    "currval",
    "date_part",
    "date_trunc",
    "decode",
    "encode",
    "exp",
    "floor",
    "format",
    "gen_random_uuid",
    "greatest",
    "initcap",
    "inet_client_addr",
    "inet_server_addr",
    "inet_server_port",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_set",
    "justify_days",
    "lastval",
    "least",
    "left",
    "length",
    "ln",
    "localtime",
    "localtimestamp",
    "log",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "md5",
    "mod",
    "now",
    "nullif",
    "octet_length",
    "pg_backend_pid",
    "pg_is_in_recovery",
    "pg_postmaster_start_time",
    "pg_sleep",
    "pg_typeof",
    "position",
    "power",
    "quote_ident",
    "quote_literal",
    "random",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "row",
    "row_to_json",
    "rpad",
    "rtrim",
    "session_user",
    "set_config",
    "sha256",
    "sign",
    "split_part",
    "sqrt",
    "statement_timestamp",
    "substr",
    "substring",
    "to_char",
    "to_json",
    "to_jsonb",
    "to_timestamp",
    "upper",
    "version",
];

/// Whether a function of Postgres is known to touch no table and no state but
/// the session's.
pub(super) fn is_harmless(function: &str) -> bool {
    HARMLESS.contains(&function)
        || SET_FUNCTIONS.contains(&function)
        || ROW_FUNCTIONS.contains(&function)
}

/// Whether a function of Postgres gives rows made from its arguments.
pub(super) fn returns_rows(function: &str) -> bool {
    ROW_FUNCTIONS.contains(&function)
}

/// The argument of `min` or `max`, where nothing else is said.
pub(super) fn extreme_of(expr: &Expr) -> Option<&Expr> {
    let Expr::Function(Function { name, args, over: None, filter: None, .. }) = expr else {
        return None;
    };
    let FunctionArguments::List(list) = args else { return None };
    match &list.args[..] {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(inner))]
            if schema_of(name).is_none() && ["max", "min"].contains(&&*last_name(name)) =>
        {
            Some(inner)
        }
        _ => None,
    }
}

/// The set functions in an expression, in lower case; window functions as well,
/// for they look at all rows too. Those of subqueries are the subqueries'.
pub(super) fn set_functions(expr: &Expr, found: &mut BTreeSet<String>) {
    if let Expr::Function(function) = expr {
        let name = last_name(&function.name);
        if SET_FUNCTIONS.contains(&name.as_str()) || function.over.is_some() {
            found.insert(name);
        }
        if let FunctionArguments::List(list) = &function.args {
            for argument in &list.args {
                if let FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) = argument {
                    set_functions(inner, found);
                }
            }
        }
        return;
    }
    for inner in operands(expr).into_iter().flatten() {
        set_functions(inner, found);
    }
}
