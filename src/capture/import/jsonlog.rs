use std::rc::Rc;

use super::super::log::Entry;
use super::stderr_log::clock;
use super::{Importer, Read, cut_off, each_row_to_cut};

/// `jsonlog` (Postgres 15 and later).
pub(super) const IMPORTER: Importer = Importer {
    name: "jsonlog",
    sniff: |head| head.has(&["timestamp", "pid", "error_severity"]),
    read: Read::File(|source, head, gathered, faults| {
        let name = Rc::clone(&source.name);
        let mut repeated = false;
        let cut = each_row_to_cut(source, head, faults, |record| {
            let text = |names| record.text(names).unwrap_or_default();
            let entry = Entry {
                at: clock(text(&["timestamp"])),
                session: text(&["session_id", "pid"]),
                vxid: record.text(&["vxid"]),
                database: text(&["dbname"]),
                query_id: record.text(&["query_id"]).filter(|id| *id != "0"),
                message: text(&["message"]),
                detail: text(&["detail"]),
            };
            repeated = !gathered.logs.take(&entry);
            Ok(!repeated)
        });
        gathered.findings.extend(cut.as_ref().map(cut_off));
        if repeated {
            gathered.logs.repeated.push(name);
        }
        gathered.logs.end_of_file();
    }),
};
