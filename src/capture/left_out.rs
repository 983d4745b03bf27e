use std::collections::BTreeMap;

use crate::finding::{Diagnostic, Finding, Severity};

/// The extension that counts statements, as a capture names what it lacks.
const EXTENSION: &str = "pg_stat_statements";

/// How many are named; the rest is counted.
const NAMED_MAX: usize = 5;

/// Characters of a reason that are shown: the server's words for a lock, a
/// right or a time limit are shorter.
const REASON_CHARS_MAX: usize = 200;

/// Something that a capture could not read.
#[derive(Clone, Debug)]
pub(super) struct LeftOut {
    /// What, such as `table_sizes`.
    pub what: String,
    /// The table or other thing that it is of, if it is of one.
    pub name: Option<String>,
    /// The server's words, or the script's.
    pub reason: String,
}

/// One finding for each kind of thing that could not be read.
pub(super) fn tell(left_out: &[LeftOut], findings: &mut Vec<Finding>) {
    let mut kinds: BTreeMap<&str, Vec<&LeftOut>> = BTreeMap::new();
    for one in left_out {
        kinds.entry(&one.what).or_default().push(one);
    }
    for (what, all) in kinds {
        let names: Vec<&str> = all.iter().filter_map(|one| one.name.as_deref()).collect();
        let mut of = String::new();
        if !names.is_empty() {
            of = format!(" of {}: {}", names.len(), names[..names.len().min(NAMED_MAX)].join(", "));
        }
        if names.len() > NAMED_MAX {
            of.push_str(&format!(" and {} more", names.len() - NAMED_MAX));
        }
        let what_is_missing = in_words(what);
        findings.push(
            Finding::new(
                "not-recorded",
                Severity::High,
                format!(
                    "the capture could not read {what_is_missing}{of} ({}): unknown, not 0",
                    reason(all[0])
                ),
            )
            .mend(match what {
                EXTENSION => INSTALL,
                _ => {
                    "capture again while nothing locks them (ALTER TABLE, VACUUM FULL), as a role \
                     with pg_monitor and SELECT on the tables"
                }
            }),
        );
    }
}

const INSTALL: &str = "put pg_stat_statements into shared_preload_libraries, restart, run CREATE \
                       EXTENSION pg_stat_statements in this database, and capture again";

/// Why there are no statements, if the capture says so.
pub(super) fn no_extension(left_out: &[LeftOut]) -> Option<Diagnostic> {
    let one = left_out.iter().find(|one| one.what == EXTENSION)?;
    Some(
        Diagnostic::new(
            "the capture holds no statements: pg_stat_statements was not there to count them",
        )
        .why(reason(one))
        .mend(INSTALL),
    )
}

fn reason(one: &LeftOut) -> String {
    one.reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS_MAX).collect()
}

fn in_words(what: &str) -> &str {
    match what {
        "table_sizes" => "sizes of tables",
        "index_sizes" => "sizes of indexes",
        "lengths" => "lengths of values",
        "key_shares" => "how often key values come",
        other => other,
    }
}
