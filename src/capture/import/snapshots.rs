use crate::finding::Diagnostic;
use crate::units::{Bytes, Timestamp};

use super::super::gathered::Moment;
use super::super::text::{Names, Record};
use super::statements::count;
use super::{Importer, Read};

/// A log of snapshots: one JSON line each, with the rows of other views nested
/// in it.
pub(super) const IMPORTER: Importer = Importer {
    name: "snapshot log",
    sniff: |head| {
        head.has_any(&["at", "epoch", "captured_at"])
            && head.has_any(&["snap", "pg_stat_statements_info.dealloc", "database.xact_commit"])
            && !head.has(&["query"])
    },
    read: Read::Rows(|record, gathered| {
        let moment = moment(record)?;
        gathered.moments.push(moment);
        Ok(())
    }),
};

fn moment(record: &Record) -> Result<Moment, Diagnostic> {
    // Seconds since 1970 say the time to the microsecond where `at` is cut to
    // seconds.
    const EPOCH: Names = &["epoch"];
    let at = match record.number(EPOCH)? {
        Some(seconds) if !(0.0..=EPOCH_SECONDS_MAX).contains(&seconds) => {
            return Err(record.wrong(EPOCH, "seconds since 1970, up to the year 9999"));
        }
        Some(seconds) => Some(from_epoch(seconds)),
        None => record.time(&["at", "captured_at"])?,
    };
    let database = record.text(&["database.datid"]).zip(record.text(&["database.datname"]));
    Ok(Moment {
        number: record.count(&["snap"])?,
        at,
        dealloc: count(record, &["pg_stat_statements_info.dealloc"])?,
        stats_reset: record.time(&["pg_stat_statements_info.stats_reset"])?,
        database: database.map(|(oid, name)| (oid.to_owned(), name.to_owned())),
        commits: count(record, &["database.xact_commit"])?,
        rollbacks: count(record, &["database.xact_rollback"])?,
        blks_read: count(record, &["database.blks_read"])?,
        blks_hit: count(record, &["database.blks_hit"])?,
        wal_position: record
            .count(&["machine.wal_lsn_bytes", "machine.pg_stat_wal.wal_bytes"])?
            .map(Bytes::new),
        cpu_s: record.number(&["machine.postgres_cpu_s"])?,
    })
}

/// The end of the year 9999: times are written with four digits for the year.
const EPOCH_SECONDS_MAX: f64 = 253_402_300_799.0;

#[expect(clippy::cast_possible_truncation, reason = "microseconds of this age are far below 2^63")]
fn from_epoch(seconds: f64) -> Timestamp {
    Timestamp::from_micros((seconds * 1e6).round() as i64)
}
