//! A recorded run of pgbench: one CSV a snapshot, tables counted beside, no
//! catalog.

use std::path::Path;

use ddbplan::capture::{self, Capture, InputFile, Settings};
use ddbplan::disk;

use super::finding;

fn pgbench() -> Capture {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/capture/pgbench");
    let files = disk::list_tree(&folder).expect("the folder is in the repository");
    let files =
        files.into_iter().map(|(name, path)| InputFile::new(name, move || disk::open(&path)));
    capture::read(files.collect(), &Settings::default()).expect("the recorded capture is sound")
}

/// The last file sums to 1,646,074 calls at the top level: 1 is the reset
/// before the first snapshot, 44 the recording's own (11 + 10 + 1 copies, 11
/// and 11 reads of single rows) and 3 are pgbench asking the system catalog
/// for its tables.
#[test]
fn calls_add_up_to_the_last_file() {
    let capture = pgbench();
    assert_eq!(capture.intervals.len(), 11);
    let top = capture.statements.iter().filter(|one| !one.nested);
    let calls: u64 = top.map(|one| one.total.calls).sum();
    assert_eq!(calls, 1_646_074 - 1 - 44 - 3);
    assert!(finding(&capture, "queryids-merged").ends_with(": 1"));
}

/// An upsert counts one row whether it inserts or updates: the statements say
/// 47,171 rows inserted where 31,805 + 3,157 were and 12,209 were updated. Only
/// the counters of the table tell them apart.
#[test]
fn upserts_count_as_inserts_until_the_tables_tell_them_apart() {
    let capture = pgbench();
    let inserts = capture.statements.iter().filter(|one| one.text.starts_with("INSERT"));
    let rows: u64 = inserts.filter_map(|one| one.total.rows).sum();
    assert_eq!(rows, 47_171);
    let of = |name: &str| {
        let found = capture.table_activity.iter().find(|one| one.table.name == name);
        found.map(|one| (one.inserted, one.updated, one.deleted))
    };
    assert_eq!(of("pgbench_history"), Some((31_805, 0, 0)));
    assert_eq!(of("pgbench_tellers_extra"), Some((3_157, 12_209, 133)));
    assert_eq!(31_805 + 3_157 + 12_209, rows);
    let updates = capture.statements.iter().filter(|one| one.text.starts_with("UPDATE"));
    let rows: u64 = updates.filter_map(|one| one.total.rows).sum();
    // Accounts, branches and tellers; 15,366 of the updates of accounts are of
    // the mixed script.
    assert_eq!(rows, 47_171 + 31_805 + 31_805);
}
