use std::cmp::Ordering;

use crate::finding::{Diagnostic, Diagnostics, Finding, Place, Severity};
use crate::units::Timestamp;

use super::gathered::{Gathered, Moment};
use super::import::{Head, IMPORTERS, Importer, Read, Shape, each_row};
use super::input::InputFile;
use super::merge::ONE_SERVER;
use super::model::{Capture, Counters, SourceFile};
use super::readings::{Outcome, Readings};
use super::settings::Settings;
use super::{activity, classify, from_log, left_out, statement_findings, statements};

/// Largest sum of one counter over all statements: what a hundred servers
/// counted still fits a signed number of 64 bits.
const SUM_MAX: u64 = 1 << 56;

/// A recording shorter than this cannot have seen a day's peak.
const DAY_MICROS: u64 = 86_400_000_000;

/// Reads all files of a capture, in any mixture of formats.
///
/// Each file is told by its content. Files named `truth_…`, hidden files and
/// Markdown are left out, with a finding; so is text of no known format.
///
/// # Errors
/// Everything that is wrong with any of the files at once: binary or empty
/// files, cut lines, values that are no numbers; or that no file holds
/// statement counters, or that nothing tells when they were read.
pub fn read(files: Vec<InputFile<'_>>, settings: &Settings) -> Result<Capture, Diagnostics> {
    let mut files = files;
    files.sort_by(|a, b| natural(a.name(), b.name()));
    let mut faults = Diagnostics::default();
    let statements = Readings::new(settings.counting);
    let mut gathered = Gathered { statements, ..Gathered::default() };
    let mut sources = Vec::new();
    let mut ignored = Vec::new();
    let mut unknown = Vec::new();
    for file in &files {
        let name = file.name().to_owned();
        if is_beside_the_point(&name) {
            ignored.push(name);
            continue;
        }
        match take(file, &mut gathered, &mut faults) {
            Ok(Some(source)) => sources.push(source),
            Ok(None) => unknown.push(name),
            Err(found) => faults.0.extend(found.0),
        }
    }
    tell_left_out(&ignored, &unknown, &mut gathered.findings);
    if !gathered.statements.any_rows() && gathered.logs.databases.is_empty() && faults.0.is_empty()
    {
        let fault = left_out::no_extension(&gathered.left_out);
        faults.push(fault.unwrap_or_else(|| no_statements(&sources, &unknown)));
    }
    let gathered = faults.finish(gathered)?;
    reduce(&files, gathered, sources, settings)
}

/// Reads one file with the importer that knows it; `None` if there is none.
fn take(
    file: &InputFile<'_>,
    gathered: &mut Gathered,
    faults: &mut Diagnostics,
) -> Result<Option<SourceFile>, Diagnostics> {
    let mut source = file.open()?;
    let name = source.name.to_string();
    let head = Head::of(&name, &source.head);
    let read_as = match &head.shape {
        Shape::Unreadable(fault) => return Err(fault.clone().into()),
        Shape::Empty => {
            let fault = Diagnostic::new("this file is empty").at(Place::file(name));
            return Err(fault.mend("export it again, or leave it out").into());
        }
        Shape::NoObjects => "an empty list",
        _ => {
            let Some(Importer { name, read, .. }) = IMPORTERS.iter().find(|one| (one.sniff)(&head))
            else {
                return Ok(None);
            };
            match read {
                Read::Rows(row) => each_row(&mut source, &head, faults, |record| {
                    row(record, gathered).map(|()| true)
                }),
                Read::File(file) => file(&mut source, &head, gathered, faults),
                Read::Unused => {}
            }
            name
        }
    };
    gathered.table_counters.end_of_file();
    gathered.index_counters.end_of_file();
    gathered.findings.append(&mut source.findings);
    let sha256 = source.sha256()?;
    Ok(Some(SourceFile { name, read_as, sha256 }))
}

fn reduce(
    files: &[InputFile<'_>],
    mut gathered: Gathered,
    sources: Vec<SourceFile>,
    settings: &Settings,
) -> Result<Capture, Diagnostics> {
    let mut findings = std::mem::take(&mut gathered.findings);
    let logs = std::mem::take(&mut gathered.logs);
    let log = from_log::choose(logs, &gathered.moments, settings, &mut findings);
    let mut capture = match log {
        Some(log) if !gathered.statements.any_rows() => from_log::instead(log, &mut findings)?,
        log => {
            let mut capture =
                from_counters(files, &sources, &mut gathered, settings, &mut findings)?;
            capture.query_log =
                log.and_then(|log| from_log::beside(log, &mut capture.statements, &mut findings));
            statement_findings::squashed(&capture.statements, &mut findings);
            capture
        }
    };
    if capture.statements.iter().all(|statement| statement.total.calls == 0) {
        return Err(Diagnostic::new(
            "no statement of the workload ran between the first and the last snapshot",
        )
        .why(format!(
            "{} intervals were read; {} statements were set aside",
            capture.intervals.len(),
            capture.set_aside.len()
        ))
        .mend("capture while the application is running")
        .into());
    }
    if !gathered.catalog.knows_schema() && gathered.is_replica.is_none() {
        findings.push(
            Finding::new(
                "schema-text-missing",
                Severity::Medium,
                "no schema text was given: triggers, what they write, and the labels of enum types \
                 are only there, so writes may be missing from every total",
            )
            .mend("add the output of pg_dump --schema-only"),
        );
    }
    left_out::tell(&gathered.left_out, &mut findings);
    let (catalog, partitions) = gathered.catalog.assemble(&mut findings);
    capture.catalog = catalog;
    capture.table_activity = activity::tables(gathered.table_counters, &partitions);
    check_sums(&capture)?;
    capture.index_activity = activity::indexes(gathered.index_counters);
    capture.length_samples = gathered.length_samples;
    capture.key_samples = gathered.key_samples;
    capture.machine = activity::machine(&gathered.moments);
    capture.sources = sources;
    evicted_share(&capture, &mut findings);
    findings.push(
        Finding::new(
            ONE_SERVER,
            Severity::Low,
            "these are the counters of one server: reads that replicas serve are in none of them",
        )
        .mend("record replicas at the same time, if there are any"),
    );
    if gathered.is_replica == Some(true) {
        findings.push(
            Finding::new(
                "replica-only",
                Severity::High,
                "the counters are those of a replica: writes are in none of them",
            )
            .mend("capture the primary too"),
        );
    }
    if capture.span_micros() < DAY_MICROS {
        let seconds = capture.span_micros() / 1_000_000;
        findings.push(
            Finding::new(
                "no-daily-peak",
                Severity::Medium,
                format!("the capture covers {seconds} s: no daily or weekly peak is in it"),
            )
            .mend("capture at least a whole day, better a week"),
        );
    }
    findings.sort_by_key(|finding| finding.severity);
    capture.findings = findings;
    Ok(capture)
}

/// Counters that fall and rise again are added up each time, so that even
/// counts that are believed may add up to more than any later sum can hold.
fn check_sums(capture: &Capture) -> Result<(), Diagnostic> {
    let statements = capture.statements.iter().map(|one| &one.total);
    let all = statements.chain(capture.set_aside.iter().map(|one| &one.total));
    let sum = all.fold(Counters::default(), |sum, one| sum.plus(one));
    let changed =
        capture.table_activity.iter().flat_map(|one| [one.inserted, one.updated, one.deleted]);
    let changed = changed.fold(0_u64, u64::saturating_add);
    let counts = [
        Some(sum.calls),
        sum.rows,
        sum.shared_blks_hit,
        sum.shared_blks_read,
        sum.shared_blks_dirtied,
        sum.shared_blks_written,
        sum.temp_blks,
        sum.wal_records,
        sum.wal_fpi,
        sum.wal_bytes,
        Some(changed),
    ];
    if counts.into_iter().flatten().all(|count| count <= SUM_MAX) {
        return Ok(());
    }
    Err(Diagnostic::new("the counters add up to more than a server can have counted (2^56)")
        .why("a counter that fell is taken to have been reset: what it says since is added")
        .mend("say what the counters count (--counting), or leave the damaged rows out"))
}

/// Where statements are missing, says how many of the rows that changed those
/// recorded account for.
fn evicted_share(capture: &Capture, findings: &mut Vec<Finding>) {
    let incomplete = ["entries-evicted", "entries-reset", "counters-reset", "export-partial"];
    if capture.table_activity.is_empty() || !findings.iter().any(|f| incomplete.contains(&f.id)) {
        return;
    }
    let changed: u64 =
        capture.table_activity.iter().map(|one| one.inserted + one.updated + one.deleted).sum();
    let writes = capture.statements.iter().filter(|one| classify::changes_rows(&one.text));
    let recorded: u64 = writes.filter_map(|one| one.total.rows).sum();
    if changed > 0 {
        findings.push(Finding::new(
            "recorded-share",
            Severity::Medium,
            format!(
                "of {changed} rows that changed in the tables, the statements recorded account for \
                 {} %; what is missing of the reads is not known",
                (u128::from(recorded) * 100).div_ceil(changed.into()).min(100)
            ),
        ));
    }
}

/// Intervals and statements from snapshots of counters.
fn from_counters(
    files: &[InputFile<'_>],
    sources: &[SourceFile],
    gathered: &mut Gathered,
    settings: &Settings,
    findings: &mut Vec<Finding>,
) -> Result<Capture, Diagnostics> {
    let statements = std::mem::take(&mut gathered.statements);
    let read = sources.iter().filter(|source| statements.are_in(&source.name));
    let read: Vec<&SourceFile> = read.collect();
    let mut snapshots = statements.finish(&gathered.moments, settings, findings)?;
    if let Outcome::Again(statements) = snapshots {
        let statements = read_again(files, &read, *statements, gathered)?;
        snapshots = statements.finish(&gathered.moments, settings, findings)?;
    }
    let Outcome::Folded(snapshots) = snapshots else {
        return Err(changed("one of the files").into());
    };
    let mut fold = snapshots.fold;
    if let Some(at) = fold.only_snapshot() {
        let reset = the_reset(at, &gathered.moments, findings)?;
        fold = fold.since_reset(reset, at, &gathered.moments);
    }
    let deltas = fold.finish(findings);
    let intervals = deltas.intervals.clone();
    let (statements, set_aside) = statements::sort(deltas, &gathered.moments, settings, findings);
    Ok(Capture { intervals, statements, set_aside, ..Capture::default() })
}

/// Reads the files with statement counters a second time, now that everything
/// beside them is known.
fn read_again(
    files: &[InputFile<'_>],
    sources: &[&SourceFile],
    statements: Readings,
    gathered: &mut Gathered,
) -> Result<Readings, Diagnostics> {
    let moments = std::mem::take(&mut gathered.moments);
    let known = moments.len();
    let mut again = Gathered { statements, moments, ..Gathered::default() };
    let mut faults = Diagnostics::default();
    for source in sources {
        for file in files.iter().filter(|file| file.name() == source.name) {
            match take(file, &mut again, &mut faults) {
                Ok(Some(now)) if now.sha256 == source.sha256 => {}
                Ok(_) => faults.push(changed(&source.name)),
                Err(found) => faults.0.extend(found.0),
            }
        }
        // The same moments again.
        again.moments.truncate(known);
    }
    gathered.moments = again.moments;
    faults.finish(again.statements)
}

fn changed(name: &str) -> Diagnostic {
    Diagnostic::new("this file changed while it was read")
        .at(Place::file(name))
        .mend("copy it when nothing writes to it any more, and import the copy")
}

/// One snapshot counts since the last reset, if it is known when that was.
fn the_reset(
    at: Timestamp,
    moments: &[Moment],
    findings: &mut Vec<Finding>,
) -> Result<Timestamp, Diagnostics> {
    let reset = moments.iter().filter_map(|moment| moment.stats_reset).filter(|r| *r < at).max();
    let Some(reset) = reset else {
        return Err(Diagnostic::new("there is only one snapshot, and nothing tells since when it counts")
            .why("counters grow from their last reset on: a rate needs two readings, or the time of the reset")
            .mend("take a second snapshot, or export pg_stat_statements_info (stats_reset) beside this one")
            .into());
    };
    findings.push(
        Finding::new(
            "one-snapshot",
            Severity::High,
            format!(
                "there is only one snapshot: rates are averages since the reset at {reset}, without \
                 any peak; what the server dropped since then is missing"
            ),
        )
        .mend("take snapshots every minute over a day or a week"),
    );
    Ok(reset)
}

fn is_beside_the_point(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    base.starts_with("truth_")
        || base.starts_with('.')
        || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

fn tell_left_out(ignored: &[String], unknown: &[String], findings: &mut Vec<Finding>) {
    if !ignored.is_empty() {
        findings.push(Finding::new(
            "files-ignored",
            Severity::Low,
            format!("not read, because of their names: {}", ignored.join(", ")),
        ));
    }
    if !unknown.is_empty() {
        findings.push(
            Finding::new(
                "files-unknown",
                Severity::Medium,
                format!(
                    "of no known format, so nothing was taken from them: {}",
                    unknown.join(", ")
                ),
            )
            .mend("export them in a known format, or leave them out"),
        );
    }
}

fn no_statements(sources: &[SourceFile], unknown: &[String]) -> Diagnostic {
    let mut seen: Vec<String> =
        sources.iter().map(|source| format!("{} ({})", source.name, source.read_as)).collect();
    seen.extend(unknown.iter().map(|name| format!("{name} (unknown)")));
    let seen = if seen.is_empty() { "nothing".to_owned() } else { seen.join(", ") };
    Diagnostic::new("no file holds counters of pg_stat_statements")
        .why(format!("read: {seen}"))
        .mend("add an export of pg_stat_statements as CSV with a header, or as JSON")
}

/// Numbers in names are compared as numbers: `s.9` comes before `s.10`.
fn natural(a: &str, b: &str) -> Ordering {
    fn parts(name: &str) -> impl Iterator<Item = (&str, u128)> {
        let mut rest = name;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let digits = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let (text, tail) = rest.split_at(digits);
            let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
            rest = &tail[end..];
            Some((text, tail[..end].parse().unwrap_or(0)))
        })
    }
    parts(a).cmp(parts(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_numbers() {
        let mut names = ["s.10.json", "s.9.json", "catalog/b", "s.json"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["catalog/b", "s.9.json", "s.10.json", "s.json"]);
    }
}
