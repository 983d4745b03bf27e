use std::io::{self, BufRead};

/// A record longer than this is passed over: no export writes one value of this
/// size, and what is held in memory while it is read is some multiple of it.
pub(in crate::capture) const RECORD_BYTES_MAX: usize = 64 << 20;

/// Why a record could not be taken, where that says how to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::capture) enum Flaw {
    /// The file ends in the middle of it.
    Cut,
    /// It is longer than [`RECORD_BYTES_MAX`]; the next one can be read.
    TooLong,
}

/// Reads on to the end of a line and says how many bytes that were. What does
/// not fit into `most` bytes of `line` is passed over; `see` is shown it all.
pub(in crate::capture) fn read_line(
    reader: &mut dyn BufRead,
    line: &mut Vec<u8>,
    most: usize,
    mut see: impl FnMut(&[u8]),
) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        see(part);
        line.extend_from_slice(&part[..part.len().min(most.saturating_sub(line.len()))]);
        let length = part.len();
        reader.consume(length);
        read += length;
        if length == 0 || end.is_some() {
            return Ok(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_passed_over() {
        let mut reader = io::BufReader::with_capacity(4, "0123456789\nnext".as_bytes());
        let (mut line, mut seen) = (Vec::new(), 0);
        let read = read_line(&mut reader, &mut line, 6, |part| seen += part.len()).unwrap();
        assert_eq!((read, seen, line.as_slice()), (11, 11, b"012345".as_slice()));
        line.clear();
        let read = read_line(&mut reader, &mut line, 6, |_| {}).unwrap();
        assert_eq!((read, line.as_slice()), (4, b"next".as_slice()));
        assert_eq!(read_line(&mut reader, &mut line, 6, |_| {}).unwrap(), 0);
    }
}
