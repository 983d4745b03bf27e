//! Runs of the command that several subjects look at.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Compares a scenario quietly into a folder; gives its report.
pub fn compared_into(scenario: &Path, out: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .arg("compare")
        .arg(scenario)
        .args(["--quiet", "--out"])
        .arg(out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap()
}
