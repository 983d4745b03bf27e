//! `ddbplan design new` and `ddbplan design check`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn ddbplan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddbplan")).args(arguments).output().unwrap()
}

/// The sample scenario without its designs.
fn scenario() -> TempDir {
    let folder = TempDir::new().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications");
    let mut open = vec![PathBuf::from("capture"), PathBuf::from("capture/catalog")];
    fs::copy(from.join("plan.toml"), folder.path().join("plan.toml")).unwrap();
    while let Some(part) = open.pop() {
        fs::create_dir_all(folder.path().join(&part)).unwrap();
        for entry in fs::read_dir(from.join(&part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                fs::copy(&path, folder.path().join(&part).join(name)).unwrap();
            }
        }
    }
    folder
}

#[test]
fn starters_are_written_checked_and_not_overwritten() {
    let folder = scenario();
    let path = folder.path().to_str().unwrap();
    let new = ddbplan(&["design", "new", path]);
    assert!(new.status.success(), "{}", String::from_utf8_lossy(&new.stderr));
    let names = ["entity-collections", "relational-copy", "single-table"];
    for name in names {
        assert!(folder.path().join(format!("designs/{name}.toml")).exists(), "{name}");
    }
    // A second time nothing is touched.
    let copy = folder.path().join("designs/relational-copy.toml");
    fs::write(&copy, "mine").unwrap();
    let again = ddbplan(&["design", "new", path]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
    let forced = ddbplan(&["design", "new", path, "--starter", "relational-copy", "--force"]);
    assert!(forced.status.success());
    let check = ddbplan(&["design", "check", path, "--json"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    let designs = report["designs"].as_array().unwrap();
    let found: Vec<&str> = designs.iter().map(|design| design["name"].as_str().unwrap()).collect();
    assert_eq!(found, names);
    for design in designs {
        assert!(design["served_of_data_calls"].as_f64().unwrap() > 0.95, "{design}");
    }
    // The callbacks of the provider know its message id only.
    let without_key = designs[1]["writes_without_key"].as_array().unwrap();
    assert!(
        without_key
            .iter()
            .any(|one| { one["sql"].as_str().unwrap().contains("WHERE provider_message_id = $2") }),
        "{without_key:?}"
    );
}

/// A gate on what is served: 1 if a design stays below it.
#[test]
fn a_gate_fails_where_too_little_is_served() {
    let folder = scenario();
    let path = folder.path().to_str().unwrap();
    let design = "name = \"users-only\"\n[tables.users]\npartition_key = \"id\"\n\
                  [tables.users.items.user]\nfrom = \"users\"\n";
    fs::create_dir_all(folder.path().join("designs")).unwrap();
    fs::write(folder.path().join("designs/users.toml"), design).unwrap();
    let open = ddbplan(&["design", "check", path]);
    assert!(open.status.success());
    let text = String::from_utf8(open.stdout).unwrap();
    assert!(text.contains("the design has no items made from table notifications"), "{text}");
    let gated = ddbplan(&["design", "check", path, "--min-served", "90"]);
    assert_eq!(gated.status.code(), Some(1));
}

/// What a plan tries out must name what there is.
#[test]
fn what_ifs_that_name_nothing_are_refused() {
    let folder = scenario();
    let path = folder.path().to_str().unwrap();
    assert!(ddbplan(&["design", "new", path, "--starter", "relational-copy"]).status.success());
    let plan = folder.path().join("plan.toml");
    let mut text = fs::read_to_string(&plan).unwrap();
    text += "\n[what_if.compress]\n\"notifications.nothing\" = 0.5\n[what_if.write_shards]\n\
             \"nowhere\" = 4\n[[what_if.cache]]\nsql = \"SELECT nothing\"\nhit_ratio = 0.5\n";
    fs::write(&plan, text).unwrap();
    let check = ddbplan(&["design", "check", path]);
    assert_eq!(check.status.code(), Some(2));
    let faults = String::from_utf8(check.stderr).unwrap();
    for fault in
        ["\"notifications.nothing\" is not known", "\"nowhere\" is not known", "no statement"]
    {
        assert!(faults.contains(fault), "{fault} is not in {faults}");
    }
}

/// What `design check` says of keys over three tables that refer to one another.
fn checked(keys: [&str; 3]) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("designs")).unwrap();
    write(
        "plan.toml",
        "region = \"us-east-1\"\n[load]\npeak_to_mean = 3\nhorizon_months = 12\n\
         growth_per_month = 0.05\nretention_days = 365\nrange = [1, 10]\n",
    );
    write(
        "schema.sql",
        "CREATE TABLE a (id bigint PRIMARY KEY, b bigint, a bigint REFERENCES a(id));\n\
         CREATE TABLE c (id bigint PRIMARY KEY, a bigint REFERENCES a(id));\n\
         CREATE TABLE b (id bigint PRIMARY KEY, c bigint REFERENCES c(id));\n\
         ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b(id);\n",
    );
    write(
        "workload.toml",
        "schema = \"schema.sql\"\n[tables.a]\nrows = 1000\n[tables.b]\nrows = 5000\n\
         [tables.c]\nrows = 5000\n[[patterns]]\nsql = \"SELECT b FROM a WHERE id = $1\"\n\
         calls_per_second = 5\nrows_per_call = 1\n",
    );
    let table = |(name, key): (&str, &str)| {
        format!(
            "[tables.{name}]\npartition_key = \"{key}\"\n[tables.{name}.items.{name}]\n\
             from = \"{name}\"\n"
        )
    };
    let tables: String = ["a", "b", "c"].into_iter().zip(keys).map(table).collect();
    write("designs/one.toml", &format!("name = \"one\"\n{tables}"));
    let output = ddbplan(&["design", "check", folder.path().to_str().unwrap()]);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn keys_made_of_one_another_are_refused_with_their_place() {
    for (keys, place, what) in [
        (["{b.id}", "{c.id}", "{a.id}"], "4:17", "the keys of a, b and c are made of one another"),
        (["{a.id}", "id", "id"], "4:17", "the key of a is made of itself"),
        (["id", "{c.id}", "{a.id}"], "", ""),
    ] {
        let (code, said) = checked(keys);
        if what.is_empty() {
            assert!(!said.contains("made of"), "{keys:?}: {said}");
            continue;
        }
        assert_eq!(code, Some(2), "{keys:?}: {said}");
        assert!(said.contains(&format!("designs/one.toml:{place}: {what}")), "{keys:?}: {said}");
    }
}
