//! What `compare` prints and writes: the short text, `--quiet`, `--json`,
//! `report.md`, and `report.json` as types.

use std::fs;
use std::process::Output;

use ddbplan::report::document::Report;
use tempfile::TempDir;

use super::{change, copy, ddbplan, scenario};

fn compared(more: &[&str]) -> (TempDir, Output) {
    let out = TempDir::new().unwrap();
    let mut args =
        vec!["compare", scenario().to_str().unwrap(), "--out", out.path().to_str().unwrap()]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
    args.extend(more.iter().map(|&one| one.to_owned()));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = ddbplan(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (out, output)
}

/// `--json` prints the file and nothing else; read as types and written again it
/// is the same, so that the types leave nothing out.
#[test]
fn the_report_is_its_types() {
    let (out, output) = compared(&["--json"]);
    let file = fs::read_to_string(out.path().join("report.json")).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), file);
    assert!(output.stderr.is_empty());
    let report = Report::read("report.json", &file).unwrap();
    assert_eq!(report.to_json(), file);
    assert!(!file.contains('\u{1b}'));
}

/// A person sees the answer, the table and the gravest findings on one screen,
/// and is told where the rest is.
#[test]
fn the_text_is_short_and_says_where_the_rest_is() {
    let (out, output) = compared(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() <= 45, "{text}");
    assert!(text.contains("Today sharded Postgres (RDS Multi-AZ) costs least"), "{text}");
    assert!(text.contains("sharded Postgres                       $"), "{text}");
    assert!(text.contains(&format!("report.json in {}", out.path().display())), "{text}");
    assert!(text.contains("of high severity"), "{text}");
    assert!(!text.contains('\u{1b}'), "colour, and this is no terminal");
    for name in ["report.html", "report.md", "report.json"] {
        assert!(out.path().join(name).exists(), "{name}");
    }
}

#[test]
fn the_long_text_has_all_and_the_quiet_one_nothing() {
    let (_, long) = compared(&["--long"]);
    let long = String::from_utf8(long.stdout).unwrap();
    for part in ["strong reads", "committed", "cheaper in so many draws", "decommission"] {
        assert!(long.contains(part), "{part}");
    }
    let (_, quiet) = compared(&["--quiet"]);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
}

/// A statement is text in the Markdown, whatever it holds.
#[test]
fn report_md_holds_hostile_names_as_text() {
    let folder = copy();
    change(folder.path(), "designs/relational-copy.toml", |text| {
        let (_, rest) = text.split_once("\nname = ").unwrap_or(("", &text["name = ".len()..]));
        let (_, rest) = rest.split_once('\n').unwrap();
        format!("name = \"<img src=x onerror=alert(1)>|`*_x_* [a](b) @all $x$\"\n{rest}")
    });
    let out = folder.path().join("out");
    let output =
        ddbplan(&["compare", folder.path().to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(out.join("report.md")).unwrap();
    for part in ["# ", "## Cost", "## Coverage", "## Findings", "## Assumptions", "## Made from"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("<img"), "HTML of a name");
    assert!(!text.contains("@all"), "a mention");
    assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;\\|\\`\\*\\_x\\_\\* \\[a\\](b)"));
    // A cost that is not really to be had is marked, and the mark explained: at 100x
    // and at 1000x every mode of every design refuses part of its load.
    let marked = |line: &str| line.matches("\\* |").count();
    let row = text.lines().find(|line| line.starts_with("| user-partition, on demand |")).unwrap();
    assert_eq!(marked(row), 2, "{row}");
    let row = text.lines().find(|line| line.starts_with("| sharded Postgres |")).unwrap();
    assert_eq!(marked(row), 0, "{row}");
    assert!(text.contains("\n\\* refuses more than one unit in a thousand"), "{text}");
    // Every row of a table has as many cells as its head.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut head = None;
    for line in text.lines() {
        if line.starts_with('|') {
            assert_eq!(cells(line), *head.get_or_insert(cells(line)), "{line}");
        } else {
            head = None;
        }
    }
    assert!(text.contains("<code>SELECT template, state, count(&#42;)"), "{text}");
}
