//! Reading captures: the recorded one as a whole, and each pitfall on its own.

mod bounds;
mod bundle;
mod changes;
mod errors;
mod formats;
mod logs;
mod nodes;
mod notifications;
mod pgbench;
mod pitfalls;
mod secrets;

use std::path::Path;

use ddbplan::capture::{self, Capture, InputFile, Settings};
use ddbplan::disk;
use ddbplan::finding::Diagnostics;

/// Reads texts as files.
fn read(files: &[(&str, &str)]) -> Result<Capture, Diagnostics> {
    read_with(files, &Settings::default())
}

fn read_with(files: &[(&str, &str)], settings: &Settings) -> Result<Capture, Diagnostics> {
    let files = files.iter().map(|(name, text)| InputFile::bytes(*name, *text)).collect();
    capture::read(files, settings)
}

/// The files of the recorded capture of the notification service.
fn notifications_files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications/capture");
    let files = disk::list_tree(&folder).expect("the folder is in the repository").files;
    files
        .into_iter()
        .map(|(name, path)| (name, disk::read(&path).expect("the folder was just listed")))
        .collect()
}

fn finding<'a>(capture: &'a Capture, id: &str) -> &'a str {
    let found = capture.findings.iter().find(|finding| finding.id == id);
    found.map_or_else(|| panic!("no {id} among {:#?}", capture.findings), |f| &f.what)
}

fn has_finding(capture: &Capture, id: &str) -> bool {
    capture.findings.iter().any(|finding| finding.id == id)
}

fn calls(capture: &Capture, start: &str) -> Vec<u64> {
    let statement = capture.statements.iter().find(|one| one.text.starts_with(start));
    let statement = statement.unwrap_or_else(|| panic!("no statement starts with {start}"));
    statement.calls.per_interval(capture.intervals.len())
}
