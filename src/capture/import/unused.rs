//! Exports that are known and not used, so that they are not reported as
//! unknown.

use super::{Importer, Read};

/// `pg_statio_user_tables` once.
pub(super) const STATIO: Importer = Importer {
    name: "pg_statio_user_tables (not used)",
    sniff: |head| head.has(&["relname", "heap_blks_read"]),
    read: Read::Unused,
};

/// `pg_stat_user_indexes` once: totals since a reset that may be years ago.
pub(super) const INDEX_TOTALS: Importer = Importer {
    name: "pg_stat_user_indexes (totals, not used)",
    sniff: |head| head.has(&["indexrelname", "idx_scan"]),
    read: Read::Unused,
};
