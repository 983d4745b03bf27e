use std::rc::Rc;

use super::super::log::Entry;
use super::super::text::CsvReader;
use super::stderr_log::clock;
use super::{Head, Importer, Read, Shape, cut_off};

/// Places of the columns; see
/// <https://www.postgresql.org/docs/current/runtime-config-logging.html>.
const TIME: usize = 0;
const DATABASE: usize = 2;
const SESSION: usize = 5;
const VXID: usize = 9;
const SEVERITY: usize = 11;
const MESSAGE: usize = 13;
const DETAIL: usize = 14;
/// From Postgres 14 on.
const QUERY_ID: usize = 25;

/// `csvlog`: 23 columns up to Postgres 12, 24 in 13, 26 from 14 on; no header.
pub(super) const IMPORTER: Importer = Importer {
    name: "csvlog",
    sniff,
    read: Read::File(|source, _, gathered, faults| {
        let name = Rc::clone(&source.name);
        let mut csv = CsvReader::new(source.reader(), Rc::clone(&name), b',');
        while let Some(record) = csv.next_record() {
            let cells = match record {
                Ok((_, cells)) => cells,
                Err(fault) => {
                    // A log that is being written ends in the middle.
                    if csv.is_cut() {
                        gathered.findings.push(cut_off(&fault));
                    } else {
                        faults.push(fault);
                    }
                    break;
                }
            };
            let cell = |i: usize| cells.get(i).map_or("", |cell| cell.text.as_str());
            let entry = Entry {
                at: clock(cell(TIME)),
                session: cell(SESSION),
                vxid: Some(cell(VXID)).filter(|id| !id.is_empty()),
                database: cell(DATABASE),
                query_id: Some(cell(QUERY_ID)).filter(|id| !matches!(*id, "" | "0")),
                message: cell(MESSAGE),
                detail: cell(DETAIL),
            };
            if !gathered.logs.take(&entry) {
                gathered.logs.repeated.push(name);
                break;
            }
        }
        gathered.logs.end_of_file();
    }),
};

fn sniff(head: &Head) -> bool {
    let mut bytes = head.text.as_bytes();
    let mut csv = CsvReader::new(&mut bytes, "".into(), b',');
    head.shape == Shape::Text
        && matches!(csv.next_record(), Some(Ok((_, cells)))
            if cells.len() >= 23
                && clock(&cells[TIME].text).is_some()
                && cells[SEVERITY].text.chars().all(|c| c.is_ascii_alphanumeric()))
}
