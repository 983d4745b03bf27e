//! A progress bar on standard error, when that is a terminal.

use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::time::Instant;

use ddbplan::disk;
use ddbplan::finding::Diagnostics;

/// Redrawn after so many bytes at the earliest.
const STEP_BYTES: u64 = 8 << 20;

/// Passes bytes through and shows how many went by, how fast, and how long the
/// rest will take.
pub struct Metered<R> {
    input: R,
    bytes: u64,
    total_bytes: Option<u64>,
    shown_at_bytes: u64,
    begin: Option<Instant>,
}

impl<R> Metered<R> {
    /// Shows nothing unless standard error is a terminal.
    pub fn new(input: R, total_bytes: Option<u64>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "only the progress bar looks at the clock")]
        let begin = io::stderr().is_terminal().then(Instant::now);
        Self { input, bytes: 0, total_bytes, shown_at_bytes: 0, begin }
    }

    fn show(&mut self, begin: Instant) {
        self.shown_at_bytes = self.bytes;
        let line = progress_line(self.bytes, self.total_bytes, begin.elapsed().as_secs_f64());
        // A bar that cannot be drawn is no reason to stop.
        let _ = write!(io::stderr(), "\r{line}\x1b[K");
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes += read as u64;
        if let Some(begin) = self.begin {
            if read == 0 && self.shown_at_bytes > 0 {
                let _ = write!(io::stderr(), "\r\x1b[K");
            } else if self.bytes - self.shown_at_bytes >= STEP_BYTES {
                self.show(begin);
            }
        }
        Ok(read)
    }
}

/// Opens a file for reading with a progress bar.
///
/// # Errors
/// As [`disk::open`].
pub fn metered(path: &Path) -> Result<Box<dyn BufRead>, Diagnostics> {
    let file = Metered::new(disk::open(path)?, disk::size(path));
    Ok(Box::new(BufReader::with_capacity(1 << 18, file)))
}

#[expect(clippy::cast_precision_loss, reason = "shown to a person")]
fn progress_line(bytes: u64, total_bytes: Option<u64>, seconds: f64) -> String {
    let megabytes = bytes as f64 / 1e6;
    let rate = megabytes / seconds.max(1e-3);
    match total_bytes {
        Some(total) if total >= bytes && total > 0 => {
            let left = (total - bytes) as f64 / 1e6 / rate.max(1e-6);
            let percent = 100.0 * bytes as f64 / total as f64;
            format!("{percent:5.1} %  {megabytes:.0} MB at {rate:.0} MB/s, {left:.0} s left")
        }
        _ => format!("{megabytes:.0} MB at {rate:.0} MB/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_share_rate_and_time_left() {
        let line = progress_line(250_000_000, Some(1_000_000_000), 2.5);
        assert_eq!(line, " 25.0 %  250 MB at 100 MB/s, 8 s left");
        assert_eq!(progress_line(250_000_000, None, 2.5), "250 MB at 100 MB/s");
    }
}
