//! Names and statements that hold control and bidirectional characters, and who
//! reads what is printed: nothing of either acts on a terminal, in Markdown or on
//! the exit code.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::runs::declared;

/// What may not come through: an erased screen, a title, bells, an override of
/// direction, a right-to-left mark, a line separator, C1's CSI, a hidden tag.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\u{200f}\u{2028}\u{9b}31m\u{e0041}";

fn ddbplan(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddbplan")).current_dir(folder).args(args).output().unwrap()
}

/// Nothing but text, line breaks and tabs.
fn is_plain(text: &str) -> bool {
    let hidden = ['\u{202e}', '\u{200f}', '\u{2028}', '\u{e0041}'];
    !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') && !text.contains(hidden)
}

/// Runs it, checks what it printed, and returns that.
fn plain(folder: &Path, args: &[&str], code: i32) -> String {
    let output = ddbplan(folder, args);
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(is_plain(&printed), "{args:?}: {printed:?}");
    assert_eq!(output.status.code(), Some(code), "{args:?}: {printed}");
    printed
}

/// A scenario whose design and statement have such names.
fn hostile_scenario() -> TempDir {
    let toml: String = HOSTILE.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
    declared(
        &format!("a{toml}"),
        &format!("SELECT id, name FROM users WHERE id = $1 AND name <> '{toml}'"),
    )
}

#[test]
fn no_command_lets_names_of_a_scenario_act_on_the_terminal() {
    let folder = hostile_scenario();
    for args in [
        &["design", "check", "s"][..],
        &["design", "check", "s", "--json"],
        &["explain", "s"],
        &["migrate", "s"],
        &["migrate", "s", "--json"],
        &["compare", "s", "--out", "r1", "--long"],
        &["compare", "s", "--out", "r2"],
        &["compare", "s", "--out", "r3", "--json"],
        &["diff", "r1/report.json", "r2/report.json", "--json"],
    ] {
        let printed = plain(folder.path(), args, 0);
        if args.contains(&"--json") {
            serde_json::from_str::<Value>(&printed).unwrap();
        } else if args[0] != "diff" {
            assert!(printed.contains("a\\u001b[2J"), "{printed}");
        }
    }
    // What JSON escapes on the terminal is the same name.
    let report: Value =
        serde_json::from_slice(&fs::read(folder.path().join("r3/report.json")).unwrap()).unwrap();
    assert_eq!(report["designs"][0]["name"], format!("a{HOSTILE}"));
    for file in ["r1/report.md", "r1/report.html"] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{200f}', '\u{e0041}']), "{file}");
    }
}

#[test]
fn messages_show_what_they_repeat() {
    let folder = hostile_scenario();
    let told = plain(folder.path(), &["migrate", "s", "--design", HOSTILE], 2);
    assert!(told.contains("no design is called \"\\u001b[2J"), "{told}");
    let told = plain(folder.path(), &["migrate", "s", "--mode", HOSTILE], 2);
    assert!(told.contains("invalid value '") && told.contains("\\u202e"), "{told}");
    let told = plain(folder.path(), &[HOSTILE], 2);
    assert!(told.contains("unrecognized subcommand"), "{told}");
    let told = plain(folder.path(), &["item-size", HOSTILE], 2);
    assert!(told.contains("\\u001b[2J"), "{told}");
    for command in [&["pricing", "show", "--region"][..], &["pricing", "show", "--dimension"]] {
        plain(folder.path(), &[command, &[HOSTILE]].concat(), 2);
    }
    plain(folder.path(), &["compare", HOSTILE], 2);
    fs::write(folder.path().join("bill.toml"), format!("a = \"{}\"", "\\u001b")).unwrap();
    plain(folder.path(), &["pricing", "bill", "bill.toml"], 2);
}

/// A value cannot add a message of its own.
#[test]
fn a_line_break_in_a_value_stays_in_its_line() {
    let folder = hostile_scenario();
    let told = plain(folder.path(), &["migrate", "s", "--design", "x\nplan.toml:1:1: forged"], 2);
    assert!(!told.lines().any(|line| line.starts_with("plan.toml")), "{told}");
}

#[test]
fn a_trace_acts_neither_on_the_terminal_nor_in_a_spreadsheet() {
    let folder = tempfile::tempdir().unwrap();
    let trace = format!(
        "ts,operation,table,key,bytes\n\
         1795416267,PutItem,\"=cmd|'/c calc'!A1\",k,5\n\
         1795416268,PutItem,\"t{HOSTILE}\",k,5\n\
         1795416269,PutItem,@SUM,k,5\n"
    );
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    let printed = plain(folder.path(), &["replay", "t.csv", "--minutes", "m.csv"], 0);
    assert!(printed.contains("=cmd") && printed.contains("t\\u001b[2J"), "{printed}");
    let mut rows = csv::Reader::from_path(folder.path().join("m.csv")).unwrap();
    let mut tables: Vec<String> =
        rows.records().map(|row| row.unwrap().get(1).unwrap().to_owned()).collect();
    tables.sort();
    assert_eq!(tables, ["'=cmd|'/c calc'!A1", "'@SUM", &format!("t{HOSTILE}")]);
    let bad = format!("ts,operation,table,key,bytes\n1795416267,PutItem,t,k,{HOSTILE}\n");
    fs::write(folder.path().join("bad.csv"), bad).unwrap();
    let told = plain(folder.path(), &["replay", "bad.csv"], 2);
    assert!(told.contains("\\u001b[2J"), "{told}");
}

#[test]
fn what_an_import_writes_and_prints_is_plain() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("s\u{1b}[2J\u{202e}.csv"), super::runs::SNAPSHOTS).unwrap();
    fs::write(input.join("schema.sql"), super::runs::SCHEMA).unwrap();
    let printed = plain(folder.path(), &["import", "in", "-o", "out\u{202e}"], 0);
    assert!(printed.contains("s\\u001b[2J\\u202e.csv"), "{printed}");
    let readme = fs::read_to_string(folder.path().join("out\u{202e}/README.md")).unwrap();
    assert!(is_plain(&readme) && readme.contains("s\\u001b[2J\\u202e.csv"), "{readme}");
}

/// Runs it with nobody left to read what it prints.
fn unread(folder: &Path, args: &[&str]) -> Option<i32> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    child.wait().unwrap().code()
}

#[test]
fn the_exit_code_does_not_depend_on_who_reads() {
    let folder = declared("a", "SELECT id, name FROM users WHERE id = $1");
    let budget = "[[limits]]\nmode = \"on_demand\"\nload = 1\nmonthly_usd_max = ";
    fs::write(folder.path().join("fails.toml"), format!("{budget}1\n")).unwrap();
    fs::write(folder.path().join("holds.toml"), format!("{budget}1000000\n")).unwrap();
    fs::write(
        folder.path().join("bill.json"),
        r#"{"usages": [{"dimension": "dynamodb.wcu-hours", "region": "xx-none-9", "quantity": 1}]}"#,
    )
    .unwrap();
    for (args, code) in [
        (&["compare", "s", "--out", "r1", "--long", "--check", "fails.toml"][..], 1),
        (&["compare", "s", "--out", "r2", "--json", "--check", "fails.toml"], 1),
        (&["compare", "s", "--out", "r3", "--check", "holds.toml"], 0),
        (&["compare", "s", "--out", "r3"], 2),
        (&["design", "check", "s", "--min-served", "101"], 1),
        (&["design", "check", "s"], 0),
        (&["pricing", "show"], 0),
        (&["schema", "report"], 0),
        (&["capture"], 0),
        (&["--help"], 0),
        (&["--nothing"], 2),
    ] {
        assert_eq!(unread(folder.path(), args), Some(code), "{args:?}");
    }
}
