//! One file, written whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::temporary::{self, Made};
use super::{at, in_words, unwritable};
use crate::finding::{Diagnostic, Diagnostics};

/// Whether a file may be put at a path: nothing is there, or a regular file that
/// `force` replaces. A link is not followed and a device not replaced: what
/// `--force` overwrites is what the user sees by that name.
pub(super) fn check_target(path: &Path, force: bool) -> Result<(), Diagnostic> {
    let kind = match path.symlink_metadata() {
        Ok(there) => there.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(path, &error)),
    };
    if !kind.is_file() {
        let fault = at(path, format!("this is {} and nothing was written", in_words(kind)));
        return Err(if kind.is_symlink() {
            let leads = path.read_link().map(|to| format!(", {}", to.display()));
            fault
                .why("links are not followed when files are written")
                .mend(format!("name the file that it leads to{}", leads.unwrap_or_default()))
        } else {
            fault
                .why("only regular files are replaced, with --force too")
                .mend("name a file, or a place where nothing is yet")
        });
    }
    if force {
        return Ok(());
    }
    Err(at(path, "this file exists already and nothing was written")
        .mend("name another place, or pass --force to overwrite it"))
}

/// Makes a file that is not there yet; a link in its place is not followed.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Writes one file, making its folder if need be.
///
/// # Errors
/// If it exists already and `force` is off, if it is no regular file, or the disk
/// refuses.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Diagnostics> {
    let mut output = create(path, force)?;
    output.write_all(bytes).map_err(|error| unwritable(path, &error))?;
    output.finish()
}

/// A file written bit by bit, for output too large to be held in memory. It
/// takes its name only when finished, so that no reader sees half of it; dropped
/// before, it leaves nothing.
pub struct Output {
    file: BufWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
    made: Made,
    finished: bool,
}

/// Begins such a file.
///
/// # Errors
/// As [`write()`].
pub fn create(path: &Path, force: bool) -> Result<Output, Diagnostics> {
    check_target(path, force)?;
    let unwritable = |error: io::Error| unwritable(path, &error);
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut made = Made::default();
    made.folder(folder).map_err(unwritable)?;
    let (temporary, file) = temporary::make(folder, create_new).map_err(unwritable)?;
    let file = BufWriter::new(file);
    Ok(Output { file, temporary, path: path.to_owned(), made, finished: false })
}

impl Output {
    /// Gives the file its name.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn finish(mut self) -> Result<(), Diagnostics> {
        let result = self.file.flush().and_then(|()| std::fs::rename(&self.temporary, &self.path));
        result.map_err(|error| unwritable(&self.path, &error))?;
        self.finished = true;
        self.made.keep();
        Ok(())
    }

    /// That it could not be written on.
    #[must_use]
    pub fn fault(&self, error: &io::Error) -> Diagnostics {
        unwritable(&self.path, error).into()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing is left to be done if it cannot be removed.
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}
