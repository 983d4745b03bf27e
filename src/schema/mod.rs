//! JSON Schemas of the files that people write, for editors and programs.
//!
//! The files are read by readers that find every fault at once
//! ([`crate::written`]); the types here only describe them. A test holds each
//! schema against the keys that the reader takes.

pub mod budget;
pub mod design;
pub mod plan;
pub mod workload;

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

/// A decimal: a number, or the same in quotes.
#[derive(Clone, Copy, Debug)]
pub struct Amount;

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A decimal: a number, or the same in quotes.",
            "type": ["number", "string"],
            "pattern": r"^-?\d+(\.\d+)?$",
        })
    }
}

/// The schema of a TOML file as JSON text.
fn of<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(WithoutNull);
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let mut text =
        serde_json::to_string_pretty(&schema).expect("a schema is made of strings and numbers");
    text.push('\n');
    text
}

/// The schema of a design file.
#[must_use]
pub fn design() -> String {
    of::<design::DesignFile>()
}

/// The schema of `plan.toml`.
#[must_use]
pub fn plan() -> String {
    of::<plan::PlanFile>()
}

/// The schema of `workload.toml`.
#[must_use]
pub fn workload() -> String {
    of::<workload::WorkloadFile>()
}

/// The schema of a budget file.
#[must_use]
pub fn budget() -> String {
    of::<budget::BudgetFile>()
}

/// TOML has no null: what may be left out is left out.
#[derive(Clone, Debug)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.retain(|one| !one.is_null());
        }
        if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
            any.retain(|one| one.get("type").is_none_or(|one| one != "null"));
            if let [Value::Object(one)] = any.as_slice() {
                let one = one.clone();
                schema.remove("anyOf");
                for (key, value) in one {
                    schema.insert(key, value);
                }
            }
        }
        transform_subschemas(self, schema);
    }
}
