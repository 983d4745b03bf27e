use super::super::gathered::Moment;
use super::statements::{AT, count};
use super::{Importer, Read};

/// `pg_stat_database`: which database the catalog is of; with times also what
/// it did.
pub(super) const IMPORTER: Importer = Importer {
    name: "pg_stat_database",
    sniff: |head| head.has(&["datid", "datname", "xact_commit"]),
    read: Read::Rows(|record, gathered| {
        let (oid, name) = (record.need(&["datid"])?, record.text(&["datname"]));
        let Some(name) = name else {
            // The row of the shared catalogs has no name.
            return Ok(());
        };
        let at = record.time(AT)?;
        let mut moment =
            Moment { at, database: Some((oid.into(), name.into())), ..Moment::default() };
        if at.is_some() {
            moment.commits = count(record, &["xact_commit"])?;
            moment.rollbacks = count(record, &["xact_rollback"])?;
            moment.blks_read = count(record, &["blks_read"])?;
            moment.blks_hit = count(record, &["blks_hit"])?;
        }
        gathered.moments.push(moment);
        Ok(())
    }),
};
