//! Proof of the capacity rules on recorded answers.
//!
//! A recording is a file of scenarios, one JSON object a line: tables that
//! start empty, and operations in order, each with the items it met and the
//! consumed capacity that is held to be right (`expected`) or that a server
//! answered (`consumed`). Every operation is computed anew from its items with
//! the functions of [`crate::dynamodb`], and compared arm by arm.

mod compute;
mod consumed;
mod fault;
mod operation;
mod reader;
mod report;
mod scenario;
mod server;

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::dynamodb::Settings;
use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::json::Text;

pub use consumed::{Capacity, TableCapacity};
pub use fault::Fault;
pub use operation::Api;
pub use report::{Difference, Report, Tally};
pub use server::{Against, Server};

/// The first bytes of gzip data.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What a gzip file may unpack to: far more than any recording, and a few times
/// as much is held while it is read. A megabyte can unpack to a gigabyte.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;

/// Computes every operation of a recording, plain or gzip-compressed, and
/// compares.
///
/// # Errors
/// Everything that is malformed in the recording, with line and column; then
/// nothing is compared.
pub fn verify(
    file: &str,
    bytes: &[u8],
    against: Against,
    settings: &Settings,
) -> Result<Report, Diagnostics> {
    let text = text(file, bytes)?;
    let mut found = Diagnostics::default();
    let mut report = Report::new(against);
    for line in Text::lines(file, &text) {
        let Some(scenario) = scenario::read(&line, &mut found) else {
            continue;
        };
        report.scenarios += 1;
        compute::scenario(&scenario, settings, |number, computed| {
            report.add(&scenario, number, computed);
        });
    }
    found.finish(report)
}

fn text(file: &str, bytes: &[u8]) -> Result<String, Diagnostics> {
    let at_fault = |what: String| Diagnostics::from(Diagnostic::new(what).at(Place::file(file)));
    let mut plain = Vec::new();
    if bytes.starts_with(&GZIP_MAGIC) {
        let unpacked = MultiGzDecoder::new(bytes)
            .take(UNPACKED_BYTES_MAX + 1)
            .read_to_end(&mut plain)
            .map_err(|error| at_fault(format!("this gzip file cannot be unpacked: {error}")))?;
        if u64::try_from(unpacked).is_ok_and(|unpacked| unpacked > UNPACKED_BYTES_MAX) {
            let most = UNPACKED_BYTES_MAX;
            return Err(at_fault(format!("this gzip file unpacks to more than {most} bytes")));
        }
    } else {
        plain.extend_from_slice(bytes);
    }
    String::from_utf8(plain).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        Diagnostic::new("this is not UTF-8 text").at(Place::at(file, line, 1)).into()
    })
}
