use super::{Importer, Read};

/// `pg_statio_user_tables`: known, so that it is not reported as unknown.
pub(super) const STATIO: Importer = Importer {
    name: "pg_statio_user_tables (not used)",
    sniff: |head| head.has(&["relname", "heap_blks_read"]),
    read: Read::Unused,
};
