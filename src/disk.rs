//! The one module that touches files.
//!
//! Everything else works on bytes handed in and hands bytes back, so that the
//! core is pure and a run never leaves half an output behind: results are
//! rendered in memory first and written last.
#![expect(clippy::disallowed_methods, reason = "this is the module the lint points to")]

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::finding::{Diagnostic, Diagnostics, Place};

const BUFFER_BYTES: usize = 1 << 18;

/// The first two bytes of a gzip file (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads a whole file; `-` is standard input.
///
/// # Errors
/// Says which file could not be read and why.
pub fn read(path: &Path) -> Result<Vec<u8>, Diagnostics> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        return match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(unreadable(path, &error)),
        };
    }
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

/// Reads a file that must be UTF-8 text; a byte order mark is dropped.
///
/// # Errors
/// Says which file could not be read, or at which line it is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Diagnostics> {
    let bytes = read(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        Diagnostics::from(
            Diagnostic::new("this is not UTF-8 text")
                .at(Place::at(path.display().to_string(), line, 1))
                .mend("export the file as UTF-8"),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Opens a file for reading line by line in constant memory; `-` is standard
/// input. A file compressed by gzip (told by its first two bytes) is read as
/// what it holds.
///
/// # Errors
/// Says which file could not be opened and why.
pub fn open(path: &Path) -> Result<Box<dyn BufRead>, Diagnostics> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
    let head = file.fill_buf().map_err(|error| unreadable(path, &error))?;
    if head.starts_with(&GZIP_MAGIC) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// The files of a folder (not of its subfolders), sorted by name.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The folders in a folder (not in its subfolders), sorted by name.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// All files below a folder, subfolders included: their names relative to it
/// (with `/` between folders) and their paths, sorted by name.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn list_tree(folder: &Path) -> Result<Vec<(String, PathBuf)>, Diagnostics> {
    let mut files = Vec::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // Links to folders are not followed: they may lead in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((format!("{name}/"), entry.path()));
            } else if entry.path().is_file() {
                files.push((name, entry.path()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file or folder is there.
#[must_use]
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Whether the path is a folder.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Writes a set of files into a folder (made if need be): all or none.
///
/// # Errors
/// If any of them exists already and `force` is off, or the disk refuses; in
/// the first case nothing has been written.
pub fn write_all(
    folder: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    force: bool,
) -> Result<(), Diagnostics> {
    let paths: Vec<PathBuf> = files.keys().map(|name| folder.join(name)).collect();
    none_exists(paths.iter().map(PathBuf::as_path), force)?;
    for (path, bytes) in paths.iter().zip(files.values()) {
        write_one(path, bytes)?;
    }
    Ok(())
}

/// Finds those of some files that are there already.
///
/// # Errors
/// If any is and `force` is off: all of them.
pub fn none_exists<'a>(
    paths: impl IntoIterator<Item = &'a Path>,
    force: bool,
) -> Result<(), Diagnostics> {
    let there = paths.into_iter().filter(|path| !force && path.exists());
    Diagnostics(there.map(exists_already).collect()).finish(())
}

/// Writes one file, making its folder if need be.
///
/// # Errors
/// If it exists already and `force` is off, or the disk refuses.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Diagnostics> {
    if !force && path.exists() {
        return Err(exists_already(path).into());
    }
    write_one(path, bytes)
}

/// Writes beside the target first and renames, so that a reader never sees a
/// half-written file.
fn write_one(path: &Path, bytes: &[u8]) -> Result<(), Diagnostics> {
    let unwritable = |error: io::Error| unwritable(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let partial = partial(path);
    std::fs::write(&partial, bytes).map_err(unwritable)?;
    std::fs::rename(&partial, path).map_err(unwritable)
}

/// Size of a file in bytes; `None` for standard input or what cannot be looked
/// at.
#[must_use]
pub fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len())
}

/// Copies a file as it is, making the folder it goes to if need be.
///
/// # Errors
/// If the target exists already and `force` is off, or the disk refuses.
pub fn copy(from: &Path, to: &Path, force: bool) -> Result<(), Diagnostics> {
    let mut source = std::fs::File::open(from).map_err(|error| unreadable(from, &error))?;
    let mut target = create(to, force)?;
    io::copy(&mut source, &mut target).map_err(|error| unwritable(to, &error))?;
    target.finish()
}

/// A file written bit by bit, for output too large to be held in memory. It
/// takes its name only when finished; dropped before, it leaves nothing.
pub struct Output {
    file: BufWriter<std::fs::File>,
    partial: PathBuf,
    path: PathBuf,
    finished: bool,
}

/// Begins such a file.
///
/// # Errors
/// If it exists already and `force` is off, or the disk refuses.
pub fn create(path: &Path, force: bool) -> Result<Output, Diagnostics> {
    if !force && path.exists() {
        return Err(exists_already(path).into());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(path, &error))?;
    }
    let partial = partial(path);
    let file = std::fs::File::create(&partial).map_err(|error| unwritable(path, &error))?;
    Ok(Output { file: BufWriter::new(file), partial, path: path.to_owned(), finished: false })
}

impl Output {
    /// Gives the file its name.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn finish(mut self) -> Result<(), Diagnostics> {
        let result = self.file.flush().and_then(|()| std::fs::rename(&self.partial, &self.path));
        self.finished = result.is_ok();
        result.map_err(|error| unwritable(&self.path, &error))
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
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}

fn partial(path: &Path) -> PathBuf {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".part");
    PathBuf::from(partial)
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostics {
    Diagnostic::new(format!("cannot write this file: {error}"))
        .at(Place::file(path.display().to_string()))
        .into()
}

fn exists_already(path: &Path) -> Diagnostic {
    Diagnostic::new("this file exists already and nothing was written")
        .at(Place::file(path.display().to_string()))
        .mend("name another place, or pass --force to overwrite it")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostics {
    Diagnostic::new(format!("cannot read this: {error}"))
        .at(Place::file(path.display().to_string()))
        .into()
}
