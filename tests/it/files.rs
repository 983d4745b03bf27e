//! Files that are read and written, where the disk or what lies on it is in the
//! way: all or nothing, and nothing of anybody else is touched.
#![cfg(unix)]

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::runs::{SCHEMA, SNAPSHOTS, declared};

fn run(folder: &Path, script: &str) -> Output {
    Command::new("sh")
        .current_dir(folder)
        .env("ddbplan", env!("CARGO_BIN_EXE_ddbplan"))
        .args(["-c", script])
        .output()
        .unwrap()
}

fn succeeds(folder: &Path, script: &str) -> String {
    let output = run(folder, script);
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what must be refused; what it said.
fn refused(folder: &Path, script: &str) -> String {
    let output = run(folder, script);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{script}: {told}");
    assert!(output.stdout.is_empty(), "{script}");
    told
}

/// Everything below a folder with its contents, links as what they are.
fn below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap().file_type();
        if kind.is_dir() {
            all.push((path.clone(), Vec::new()));
            all.extend(below(&path));
        } else {
            all.push((
                path.clone(),
                if kind.is_file() { fs::read(&path).unwrap() } else { vec![] },
            ));
        }
    }
    all.sort();
    all
}

/// A folder with recordings in `in`.
fn recorded() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    fs::create_dir(&input).unwrap();
    fs::write(input.join("s.csv"), SNAPSHOTS).unwrap();
    fs::write(input.join("schema.sql"), SCHEMA).unwrap();
    folder
}

fn traced() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let trace = "ts,operation,table,key,bytes\n1795416267,PutItem,t,k,5\n";
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    folder
}

const READ_ONE: &str = "SELECT id, name FROM users WHERE id = $1";

#[test]
fn what_lies_beside_an_output_is_not_touched() {
    let folder = traced();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("victim"), "precious").unwrap();
    symlink("victim", at("m.csv.part")).unwrap();
    fs::write(at("n.csv.part"), "mine").unwrap();
    succeeds(folder.path(), "\"$ddbplan\" replay t.csv --minutes m.csv");
    succeeds(folder.path(), "\"$ddbplan\" replay t.csv --minutes n.csv");
    assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
    assert_eq!(fs::read_to_string(at("n.csv.part")).unwrap(), "mine");
    assert!(at("m.csv").symlink_metadata().unwrap().is_file());
    // Not even links under the very names that temporaries have.
    fs::remove_file(at("m.csv")).unwrap();
    let script = "ln -s victim .ddbplan-$$-0.part; mkdir .ddbplan-$$-1.part; \
                  exec \"$ddbplan\" replay t.csv --minutes m.csv";
    succeeds(folder.path(), script);
    assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
    assert!(at("m.csv").symlink_metadata().unwrap().is_file());
}

#[test]
fn only_regular_files_are_replaced() {
    let folder = traced();
    let at = |name: &str| folder.path().join(name);
    succeeds(folder.path(), "mkfifo fifo; ln -s fifo to_fifo; mkdir folder; echo kept > file");
    symlink("file", at("to_file")).unwrap();
    symlink("nowhere", at("broken")).unwrap();
    let before = below(folder.path());
    for (name, what) in [
        ("fifo", "this is a named pipe"),
        ("to_fifo", "this is a link"),
        ("folder", "this is a folder"),
        ("to_file", "name the file that it leads to, file"),
        ("broken", "this is a link"),
        ("file/m.csv", "file is not a folder"),
    ] {
        for force in ["", " --force"] {
            let script = format!("\"$ddbplan\" replay t.csv --minutes {name}{force}");
            let told = refused(folder.path(), &script);
            assert!(told.contains(name) && told.contains(what), "{told}");
        }
    }
    assert_eq!(below(folder.path()), before);
}

#[test]
fn no_file_of_a_report_goes_where_something_else_is() {
    let folder = declared("a", READ_ONE);
    let at = |name: &str| folder.path().join(name);
    succeeds(folder.path(), "mkdir r; mkfifo r/report.md; ln -s ../s/plan.toml r/report.json");
    let before = below(folder.path());
    let told = refused(folder.path(), "\"$ddbplan\" compare s --out r --force");
    assert!(told.contains("r/report.md: this is a named pipe"), "{told}");
    assert!(told.contains("r/report.json: this is a link"), "{told}");
    fs::write(at("file"), "").unwrap();
    for (out, what) in [
        ("s/plan.toml", "this is a file"),
        ("file/r", "file is not a folder"),
        ("s/capture", "would be read as part of the scenario"),
        ("s/designs/r", "would be read as part of the scenario"),
        ("r/../s/shards", "would be read as part of the scenario"),
    ] {
        for command in ["compare", "migrate"] {
            let told = refused(folder.path(), &format!("\"$ddbplan\" {command} s --out {out}"));
            assert!(told.contains(what), "{told}");
        }
    }
    fs::remove_file(at("file")).unwrap();
    assert_eq!(below(folder.path()), before);
}

/// A limit on the size of files stands for a full disk.
const FULL: &str = "trap '' XFSZ; ulimit -f 8; ";

#[test]
fn a_report_that_does_not_fit_leaves_nothing() {
    let folder = declared("a", READ_ONE);
    let before = below(folder.path());
    let told = refused(folder.path(), &format!("{FULL} \"$ddbplan\" compare s --out new/r"));
    assert!(told.contains("new/r/") && told.contains("cannot write this"), "{told}");
    assert_eq!(below(folder.path()), before);
    // Nor is anything of an older one touched, be it alone in its folder or not.
    for stranger in [None, Some("r/notes.txt")] {
        succeeds(folder.path(), "\"$ddbplan\" compare s --out r --force");
        stranger.iter().for_each(|name| fs::write(folder.path().join(name), "mine").unwrap());
        let before = below(folder.path());
        refused(folder.path(), &format!("{FULL} \"$ddbplan\" compare s --out r --force"));
        assert_eq!(below(folder.path()), before);
        fs::write(folder.path().join("r/report.md"), "old").unwrap();
        succeeds(folder.path(), "\"$ddbplan\" compare s --out r --force");
        assert_eq!(below(folder.path()), before);
    }
}

#[test]
fn an_import_that_does_not_fit_leaves_nothing() {
    let folder = recorded();
    let mut long = SNAPSHOTS.to_owned();
    for id in 2..400 {
        long.push_str(&format!(
            "2026-11-23 07:00:00+00,10,5,{id},t,SELECT name FROM users WHERE id = $1,20,20\n"
        ));
    }
    fs::write(folder.path().join("in/s.csv"), long).unwrap();
    let before = below(folder.path());
    let told = refused(folder.path(), &format!("{FULL} \"$ddbplan\" import in -o out"));
    assert!(told.contains("out/capture/s.csv: cannot write this"), "{told}");
    assert_eq!(below(folder.path()), before);
    // Cut short, it leaves its temporary, which is in nobody's way.
    let killed = run(folder.path(), "ulimit -f 8; \"$ddbplan\" import in -o out");
    assert_ne!(killed.status.code(), Some(2));
    assert_eq!(below(folder.path()).len() > before.len(), !folder.path().join("out").exists());
    succeeds(folder.path(), "\"$ddbplan\" import in -o out");
    let imported = below(&folder.path().join("out"));
    // Into a folder with others' files too.
    fs::write(folder.path().join("out/notes.txt"), "mine").unwrap();
    run(folder.path(), "ulimit -f 8; \"$ddbplan\" import in -o out --force");
    succeeds(folder.path(), "\"$ddbplan\" import in -o out --force");
    let mut again = below(&folder.path().join("out"));
    again.retain(|(path, _)| {
        let name = path.strip_prefix(folder.path().join("out")).unwrap().to_str().unwrap();
        name != "notes.txt" && !name.starts_with(".ddbplan-")
    });
    assert_eq!(again, imported);
    succeeds(folder.path(), "\"$ddbplan\" compare out");
}

#[test]
fn minutes_that_do_not_fit_leave_nothing_and_are_at_fault() {
    let folder = tempfile::tempdir().unwrap();
    let mut trace = "ts,operation,table,key,bytes\n".to_owned();
    for minute in 0..600 {
        trace.push_str(&format!("{},PutItem,t,k,5\n", 1_795_416_240 + 60 * minute));
    }
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    let before = below(folder.path());
    let script = format!("{FULL} \"$ddbplan\" replay t.csv --minutes new/m.csv");
    let told = refused(folder.path(), &script);
    assert!(told.contains("new/m.csv: cannot write this"), "{told}");
    assert_eq!(below(folder.path()), before);
}

/// What the user stands in, or made for the report, stays the folder it is.
#[test]
fn folders_of_the_user_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = declared("a", READ_ONE);
    let made = folder.path().join("r");
    fs::create_dir(&made).unwrap();
    fs::set_permissions(&made, fs::Permissions::from_mode(0o700)).unwrap();
    succeeds(folder.path(), "\"$ddbplan\" compare s --out r");
    assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let inode = made.metadata().unwrap().ino();
    succeeds(&made, "\"$ddbplan\" compare ../s --out . --force");
    assert_eq!(made.metadata().unwrap().ino(), inode);
    symlink("r", folder.path().join("link")).unwrap();
    succeeds(folder.path(), "\"$ddbplan\" compare s --out link --force");
    assert!(folder.path().join("link").is_symlink());
}

#[test]
fn the_longest_name_and_names_that_are_no_text() {
    let folder = traced();
    let long = "m".repeat(255);
    succeeds(folder.path(), &format!("\"$ddbplan\" replay t.csv --minutes {long}"));
    assert!(folder.path().join(&long).exists());
    let told = refused(folder.path(), &format!("\"$ddbplan\" replay t.csv --minutes {long}m"));
    assert!(told.contains("cannot write this"), "{told}");
    let odd = std::ffi::OsString::from_vec(b"odd\xff\xfe".to_vec());
    let output = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .current_dir(folder.path())
        .args(["replay", "t.csv", "--minutes"])
        .arg(&odd)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join(&odd).exists());
    let folder = recorded();
    fs::rename(folder.path().join("in/s.csv"), folder.path().join("in").join(&odd)).unwrap();
    succeeds(folder.path(), "\"$ddbplan\" import in -o out && \"$ddbplan\" compare out");
}

#[test]
fn pipes_and_devices_are_no_input_unless_they_are_open_already() {
    let folder = traced();
    let scenario = declared("a", READ_ONE);
    succeeds(folder.path(), "mkfifo fifo; ln -s fifo to_fifo");
    for name in ["fifo", "to_fifo"] {
        for command in [
            "replay",
            "item-size",
            "capacity",
            "postgres size",
            "verify --recorded",
            "pricing bill",
            "pricing import -o book.json",
            "import -o out",
        ] {
            let told = refused(folder.path(), &format!("\"$ddbplan\" {command} {name}"));
            assert!(told.contains(name) && told.contains("this is "), "{command}: {told}");
        }
    }
    assert!(refused(folder.path(), "\"$ddbplan\" replay .").contains("this is a folder"));
    // A design or a plan that is none is not passed over either.
    succeeds(scenario.path(), "mkfifo s/designs/b.toml; ln -s nowhere s/designs/c.toml");
    let told = refused(scenario.path(), "\"$ddbplan\" design check s");
    assert!(told.contains("designs/b.toml: this is a named pipe"), "{told}");
    assert!(told.contains("designs/c.toml"), "{told}");
    let totals = succeeds(folder.path(), "\"$ddbplan\" replay t.csv");
    for script in [
        "cat t.csv | \"$ddbplan\" replay -",
        "cat t.csv | \"$ddbplan\" replay /dev/stdin",
        "cat t.csv | \"$ddbplan\" replay /dev/fd/3 3<&0",
        "cat t.csv | \"$ddbplan\" replay /proc/self/fd/0",
    ] {
        if script.contains("/proc/") && !Path::new("/proc/self/fd").exists() {
            continue;
        }
        assert_eq!(succeeds(folder.path(), script), totals, "{script}");
    }
    // It keeps a copy, which a pipe that was read cannot give.
    let told = refused(folder.path(), "cat t.csv | \"$ddbplan\" import /dev/stdin -o out");
    assert!(told.contains("read only once"), "{told}");
}

#[test]
fn what_an_import_cannot_read_is_named() {
    let folder = recorded();
    let script = "ln -s . in/self; ln -s nowhere.csv in/broken.csv; mkfifo in/fifo.csv; \
                  mkdir in/.ddbplan-1-0.part; ln -s fifo.csv in/to_fifo.csv";
    succeeds(folder.path(), script);
    let printed = succeeds(folder.path(), "\"$ddbplan\" import in -o out");
    for told in [
        "medium: not read",
        "self (a link to a folder)",
        "broken.csv (a link that leads nowhere)",
        "fifo.csv (a named pipe)",
        "to_fifo.csv (a link to what is no file)",
        ".ddbplan-1-0.part (left behind by a run of ddbplan",
    ] {
        assert!(printed.contains(told), "{told} in {printed}");
    }
    let readme = fs::read_to_string(folder.path().join("out/README.md")).unwrap();
    assert!(readme.contains("broken.csv (a link"), "{readme}");
    // The same of a scenario.
    succeeds(folder.path(), "mkfifo out/capture/late.csv");
    succeeds(folder.path(), "\"$ddbplan\" compare out");
    let report = fs::read_to_string(folder.path().join("out/report/report.json")).unwrap();
    assert!(report.contains("late.csv (a named pipe)"));
}

#[test]
fn a_scenario_is_not_imported_into_itself() {
    let folder = recorded();
    succeeds(folder.path(), "\"$ddbplan\" import in -o in/scenario");
    let before = below(folder.path());
    for script in [
        "\"$ddbplan\" import in -o in/scenario --force",
        "\"$ddbplan\" import in/scenario -o in/scenario --force",
        "cd in/scenario && \"$ddbplan\" import .. -o . --force",
    ] {
        let told = refused(folder.path(), script);
        assert!(told.contains("is in a folder that is imported"), "{told}");
        assert_eq!(below(folder.path()), before);
    }
    // Its own recordings are read as they were.
    succeeds(folder.path(), "\"$ddbplan\" import in/scenario/capture -o in/scenario --force");
    assert_eq!(below(folder.path()).len(), before.len());
}
