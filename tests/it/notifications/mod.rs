//! The sample scenario end to end, through the command a user runs.

mod anchors;
mod arrival;
mod bad_input;
mod commitment;
mod difference;
mod elsewhere;
mod extras;
mod fleet;
mod gate;
mod laws;
mod pictures;
mod shapes;
mod sizing;
mod time;
mod uncertainty;
mod units;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use super::runs::compared_into;

/// The scenario as it stands in the repository.
fn scenario() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications")
}

/// A copy of the scenario to change.
fn copy() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy_tree(&scenario(), folder.path());
    folder
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Rewrites one file of a scenario.
fn change(folder: &Path, file: &str, edit: impl FnOnce(String) -> String) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, edit(text)).unwrap();
}

/// Runs `ddbplan` with arguments.
fn ddbplan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddbplan")).args(arguments).output().unwrap()
}

/// Compares a scenario and reads its report. The sample's own is made once for
/// all tests; a changed copy takes as few draws as there may be, unless it says
/// how many.
fn report(folder: &Path) -> Value {
    static SAMPLE: OnceLock<Value> = OnceLock::new();
    if folder == scenario() {
        return SAMPLE.get_or_init(|| compared(folder)).clone();
    }
    change(folder, "plan.toml", |text| {
        if text.contains("[uncertainty]") { text } else { text + "\n[uncertainty]\ndraws = 100\n" }
    });
    compared(folder)
}

fn compared(scenario: &Path) -> Value {
    compared_into(scenario, TempDir::new().unwrap().path())
}

fn design<'r>(report: &'r Value, name: &str) -> &'r Value {
    let designs = report["designs"].as_array().unwrap();
    designs.iter().find(|design| design["name"] == name).unwrap()
}

/// The operations of the statement whose text starts so, under a design.
fn operations<'r>(report: &'r Value, design_name: &str, sql: &str) -> Vec<&'r Value> {
    let patterns = report["workload"]["patterns"].as_array().unwrap();
    let matching: Vec<&Value> =
        patterns.iter().filter(|one| one["sql"].as_str().unwrap().starts_with(sql)).collect();
    assert_eq!(matching.len(), 1, "statements that start with {sql}");
    let id = &matching[0]["pattern"];
    design(report, design_name)["operations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|operation| operation["pattern"] == *id)
        .collect()
}

fn dollars(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("{value} is no amount")).parse().unwrap()
}

/// The bill line of a design under a mode, by dimension, table and index.
fn request_bill(report: &Value, design_name: &str) -> f64 {
    design(report, design_name)["modes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|mode| mode["mode"] == "on_demand")
        .unwrap()["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["dimension"].as_str().unwrap().ends_with("request-units"))
        .map(|line| dollars(&line["usd"]))
        .sum()
}
