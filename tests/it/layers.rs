//! The stages depend in one direction: a folder of `src` uses only what
//! `src/lib.rs` lists above it, and each outside library has one home.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The stages in the order of `src/lib.rs`, which is the order of dependency.
fn stages() -> Vec<String> {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')))
        .map(str::to_owned)
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The stage a file belongs to: its folder or file right below `src`.
fn stage_of(path: &Path) -> String {
    let below = path.strip_prefix("src").unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

/// Every `crate::stage` that a file names, in `use` lines and in paths.
fn used_stages(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn a_stage_uses_only_stages_above_it() {
    let order: BTreeMap<String, usize> =
        stages().into_iter().enumerate().map(|(i, name)| (name, i)).collect();
    assert!(order.len() > 10, "src/lib.rs lists the stages: {order:?}");
    let mut wrong = Vec::new();
    for path in rust_files(Path::new("src")) {
        let stage = stage_of(&path);
        let Some(own) = order.get(&stage) else { continue };
        for used in used_stages(&fs::read_to_string(&path).unwrap()) {
            if order.get(&used).is_some_and(|other| other > own) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_two_databases_do_not_know_one_another() {
    let databases = ["dynamodb", "postgres"];
    for path in rust_files(Path::new("src")) {
        let stage = stage_of(&path);
        if databases.contains(&stage.as_str()) {
            for used in used_stages(&fs::read_to_string(&path).unwrap()) {
                assert!(
                    used == stage || !databases.contains(&used.as_str()),
                    "{} uses {used}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn prices_and_units_know_no_database() {
    let neutral = ["visible", "units", "finding", "written", "json", "disk", "pricing"];
    for path in rust_files(Path::new("src")) {
        let stage = stage_of(&path);
        if neutral.contains(&stage.as_str()) {
            for used in used_stages(&fs::read_to_string(&path).unwrap()) {
                assert!(neutral.contains(&used.as_str()), "{} uses {used}", path.display());
            }
        }
    }
}

#[test]
fn each_outside_library_has_one_home() {
    let homes = [
        ("sqlparser::", "src/sql"),
        ("plotters::", "src/report/chart"),
        ("clap::", "src/cli"),
        ("std::fs", "src/disk"),
    ];
    for path in rust_files(Path::new("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for (library, home) in homes {
            let named = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| line.contains(library));
            assert!(
                !named || path.starts_with(home),
                "{} names {library}, which belongs in {home}",
                path.display()
            );
        }
    }
}
