use std::rc::Rc;

use super::super::log::Entry;
use super::super::text::{CsvReader, Flaw};
use super::stderr_log::clock;
use super::{Head, Importer, PassedOver, Read, Shape, cut_off};

/// Places of the columns; see
/// <https://www.postgresql.org/docs/current/runtime-config-logging.html>.
const TIME: usize = 0;
const DATABASE: usize = 2;
const PROCESS: usize = 3;
const SESSION: usize = 5;
const SESSION_START: usize = 8;
const VXID: usize = 9;
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
        let mut passed_over = PassedOver::default();
        let mut csv = CsvReader::new(source.reader(), Rc::clone(&name), b',');
        while let Some(record) = csv.next_record() {
            let cells = match record {
                Ok((_, cells)) => cells,
                Err(fault) => match csv.flaw() {
                    Some(Flaw::TooLong) => {
                        passed_over.add(&fault);
                        continue;
                    }
                    // A log that is being written ends in the middle.
                    Some(Flaw::Cut) => {
                        gathered.findings.push(cut_off(&fault));
                        break;
                    }
                    None => {
                        faults.push(fault);
                        break;
                    }
                },
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
        gathered.findings.extend(passed_over.finding());
        gathered.logs.end_of_file();
    }),
};

/// A server's plain log has commas too, but never all of these columns.
fn sniff(head: &Head) -> bool {
    let mut bytes = head.text.as_bytes();
    let mut csv = CsvReader::new(&mut bytes, "".into(), b',');
    let Some(Ok((_, cells))) = csv.next_record() else { return false };
    head.shape == Shape::Text
        && cells.len() >= 23
        // Date, time and zone, and nothing behind them.
        && clock(&cells[TIME].text).is_some()
        && cells[TIME].text.split_whitespace().count() <= 3
        && cells[PROCESS].text.parse::<u32>().is_ok()
        && clock(&cells[SESSION_START].text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_log_with_many_commas_is_no_csvlog() {
        let sniffed = |text: &str| sniff(&Head::of("f", text.as_bytes()));
        let values: Vec<String> = (1..60).map(|value| format!("{value}.5")).collect();
        let list = values.join(",");
        for prefix in
            ["2026-11-23 06:45:00.123 UTC [4] app@db", "2026-11-23 06:45:00 UTC,app,db,4,x"]
        {
            let line = format!("{prefix} LOG:  duration: 1 ms  statement: SELECT {list}\n");
            assert!(!sniffed(&line), "{line}");
        }
        assert!(sniffed(
            "2026-11-23 06:51:42.243 UTC,\"app\",\"db\",2026,\"[local]\",6a93f2be.7ea,1,\"SELECT\",\
             2026-11-23 06:51:42 UTC,3/2,0,LOG,00000,\"duration: 1 ms  statement: SELECT 1\",,,,,,,,,\
             \"psql\",\"client backend\",,0\n"
        ));
    }
}
