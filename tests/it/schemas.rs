//! JSON Schemas against the readers that they describe, and against every file
//! of the sample scenarios.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// A key, and a word, that no reader knows.
const BOGUS: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzz";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(args: &[&str]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ddbplan")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

fn schema(of: &str) -> Value {
    serde_json::from_str(&run(&["schema", of]).0).unwrap()
}

/// The schema that a schema refers to, or itself.
fn resolved<'s>(schema: &'s Value, root: &'s Value) -> &'s Value {
    match schema["$ref"].as_str() {
        Some(path) => root.pointer(path.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// The words of an enumeration.
fn words(schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().map(|word| word.as_str().unwrap().to_owned()).collect());
    }
    let any = schema["oneOf"].as_array()?;
    any.iter().map(|one| one["const"].as_str().map(str::to_owned)).collect()
}

/// Names for the maps of a file: what the sample calls its tables and indexes.
fn name_in(path: &str) -> &'static str {
    if path.ends_with("gsi") || path.ends_with("indexes") {
        "due"
    } else if path.ends_with("row_sizes") {
        "notifications"
    } else {
        "inbox"
    }
}

/// What a file says if it has every section, in each a key that nobody knows and
/// for every enumeration a word that nobody knows.
#[derive(Default)]
struct Bogus {
    /// The keys of each section, by its dotted name.
    keys: BTreeMap<String, BTreeSet<String>>,
    /// The words of each enumeration.
    words: BTreeMap<String, BTreeSet<String>>,
}

impl Bogus {
    fn file(&mut self, schema: &Value, root: &Value, path: &str) -> Value {
        let schema = resolved(schema, root);
        if let Some(words) = words(schema) {
            self.words.insert(path.to_owned(), words);
            return json!(BOGUS);
        }
        let below = |key: &str| {
            if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
        };
        if let Some(properties) = schema["properties"].as_object() {
            assert_eq!(schema["additionalProperties"], false, "{path} takes any key");
            self.keys.insert(path.to_owned(), properties.keys().cloned().collect());
            let mut section = Map::from_iter([(BOGUS.to_owned(), json!(1))]);
            for (key, property) in properties {
                section.insert(key.clone(), self.file(property, root, &below(key)));
            }
            return Value::Object(section);
        }
        match schema["type"].as_str() {
            Some("object") => {
                let name = name_in(path);
                let value = self.file(&schema["additionalProperties"], root, &below(name));
                json!({ name: value })
            }
            Some("array") => json!([self.file(&schema["items"], root, path)]),
            Some("string") => json!("x"),
            Some("boolean") => json!(true),
            // A number, or a decimal.
            _ => json!(1),
        }
    }
}

/// What the reader knows: of each section its keys, of each enumeration its
/// words, as its diagnostics say.
fn known(said: &str) -> (BTreeMap<String, BTreeSet<String>>, BTreeMap<String, BTreeSet<String>>) {
    let set = |list: &str| list.split(", ").map(str::to_owned).collect::<BTreeSet<_>>();
    let (mut keys, mut words) = (BTreeMap::new(), BTreeMap::new());
    let lines: Vec<&str> = said.lines().collect();
    for pair in lines.windows(2) {
        let what = pair[0].rsplit(": ").next().unwrap();
        if let Some(name) = what.strip_suffix(" is not a known key") {
            let section = name.strip_suffix(BOGUS).unwrap_or_else(|| panic!("{name} is refused"));
            let list = pair[1].strip_prefix("  fix: the keys used here are: ").unwrap();
            keys.insert(section.trim_end_matches('.').to_owned(), set(list));
        }
        if let Some((name, _)) = what.split_once(&format!(" = \"{BOGUS}\" is not known")) {
            let list = pair[1].strip_prefix("  fix: write one of: ").unwrap();
            words.insert(name.to_owned(), set(list));
        }
    }
    (keys, words)
}

fn copied() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&root().join("workloads/notifications"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

/// The schema and the reader know the same keys and words, section by section.
/// `lists` are enumerations in lists, which the reader refuses in other words.
fn agree(of: &str, file: impl Fn(&Path) -> PathBuf, args: &[&str], lists: &[&str]) {
    let schema = schema(of);
    let mut bogus = Bogus::default();
    let value = bogus.file(&schema, &schema, "");
    let folder = copied();
    fs::write(file(folder.path()), toml::to_string(&value).unwrap()).unwrap();
    let scenario = folder.path().to_str().unwrap().to_owned();
    let budget = folder.path().join("budget.toml").to_str().unwrap().to_owned();
    let args: Vec<&str> = args
        .iter()
        .map(|&arg| match arg {
            "SCENARIO" => scenario.as_str(),
            "BUDGET" => budget.as_str(),
            arg => arg,
        })
        .collect();
    let (_, said) = run(&args);
    let (keys, words) = known(&said);
    assert_eq!(keys, bogus.keys, "{of}: keys of the reader, and of the schema; {said}");
    for list in lists {
        assert!(bogus.words.remove(*list).is_some(), "{list} is no enumeration");
        assert!(said.contains(BOGUS), "{said}");
    }
    assert_eq!(words, bogus.words, "{of}: words of the reader, and of the schema; {said}");
}

#[test]
fn the_schema_of_the_plan_is_its_reader() {
    agree(
        "plan",
        |folder| folder.join("plan.toml"),
        &["compare", "SCENARIO"],
        &["dynamodb.modes", "dynamodb.commitment.terms"],
    );
}

#[test]
fn the_schema_of_a_declared_workload_is_its_reader() {
    let file = |folder: &Path| {
        fs::remove_dir_all(folder.join("capture")).unwrap();
        folder.join("workload.toml")
    };
    agree("workload", file, &["compare", "SCENARIO"], &[]);
}

#[test]
fn the_schema_of_a_design_is_its_reader() {
    agree(
        "design",
        |folder| folder.join("designs/user-partition.toml"),
        &["design", "check", "SCENARIO"],
        &[],
    );
}

#[test]
fn the_schema_of_a_budget_is_its_reader() {
    agree(
        "budget",
        |folder| folder.join("budget.toml"),
        &["compare", "SCENARIO", "--check", "BUDGET"],
        &[],
    );
}

/// Where a value does not keep to its schema.
fn faults(value: &Value, schema: &Value, root: &Value, path: &str, faults: &mut Vec<String>) {
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|one| {
            let mut inner = Vec::new();
            self::faults(value, one, root, path, &mut inner);
            inner.is_empty()
        });
        if !fits {
            faults.push(format!("{path}: fits nothing"));
        }
        return;
    }
    let schema = resolved(schema, root);
    if let Some(any) = schema["oneOf"].as_array() {
        let fits = any.iter().any(|one| {
            let mut inner = Vec::new();
            self::faults(value, one, root, path, &mut inner);
            inner.is_empty()
        });
        if !fits {
            faults.push(format!("{path}: {value} fits nothing"));
        }
        return;
    }
    if let Some(word) = schema.get("const") {
        if word != value {
            faults.push(format!("{path}: {value} is not {word}"));
        }
        return;
    }
    if let Some(words) = schema["enum"].as_array() {
        if !words.contains(value) {
            faults.push(format!("{path}: {value} is no word of it"));
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let named: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fits = named.contains(&kind) || (kind == "integer" && named.contains(&"number"));
    if !named.is_empty() && !fits {
        faults.push(format!("{path}: {value} is {kind}, not {named:?}"));
    }
    match value {
        Value::Object(object) => {
            for name in schema["required"].as_array().into_iter().flatten() {
                if !object.contains_key(name.as_str().unwrap()) {
                    faults.push(format!("{path}: {name} is missing"));
                }
            }
            for (key, value) in object {
                let below = format!("{path}.{key}");
                match (schema["properties"].get(key), schema.get("additionalProperties")) {
                    (Some(property), _) => self::faults(value, property, root, &below, faults),
                    (None, Some(Value::Bool(false)) | None) => {
                        faults.push(format!("{below} is not in the schema"));
                    }
                    (None, Some(any)) => self::faults(value, any, root, &below, faults),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let of = schema["prefixItems"].get(i).unwrap_or(&schema["items"]);
                self::faults(item, of, root, &format!("{path}[{i}]"), faults);
            }
        }
        _ => {}
    }
}

fn keeps_to(value: &Value, schema: &Value, what: &str) {
    let mut found = Vec::new();
    faults(value, schema, schema, "", &mut found);
    assert!(found.is_empty(), "{what}: {found:#?}");
}

#[test]
fn every_file_of_the_samples_keeps_to_its_schema() {
    let (plan, design) = (schema("plan"), schema("design"));
    let mut seen = 0;
    for scenario in fs::read_dir(root().join("workloads")).unwrap() {
        let scenario = scenario.unwrap().path();
        let mut check = |file: &Path, schema: &Value| {
            let text = fs::read_to_string(file).unwrap();
            let value: Value = toml::from_str(&text).unwrap();
            keeps_to(&value, schema, &file.display().to_string());
            seen += 1;
        };
        check(&scenario.join("plan.toml"), &plan);
        for file in fs::read_dir(scenario.join("designs")).unwrap() {
            check(&file.unwrap().path(), &design);
        }
    }
    assert!(seen > 3);
}

/// The schemas in the repository are those of the program, and a report keeps to
/// its own.
#[test]
fn the_schemas_in_the_repository_are_up_to_date() {
    for of in ["report", "design", "plan", "workload", "budget"] {
        let file = root().join(format!("reports/schemas/{of}.schema.json"));
        let kept = fs::read_to_string(&file).unwrap();
        assert!(
            kept == run(&["schema", of]).0,
            "make it again: ddbplan schema {of} > reports/schemas/{of}.schema.json"
        );
    }
    let out = TempDir::new().unwrap();
    let scenario = root().join("workloads/notifications");
    let args =
        ["compare", scenario.to_str().unwrap(), "--json", "--out", out.path().to_str().unwrap()];
    let report: Value = serde_json::from_str(&run(&args).0).unwrap();
    keeps_to(&report, &schema("report"), "report.json");
    // The check can fail: a figure of the wrong kind and an unknown one are seen.
    let mut wrong = report;
    wrong["designs"][0]["modes"][0]["monthly_usd"] = json!(12.5);
    wrong["postgres"]["surprise"] = json!(1);
    let schema = schema("report");
    let mut found = Vec::new();
    faults(&wrong, &schema, &schema, "", &mut found);
    assert_eq!(found.len(), 2, "{found:#?}");
}
