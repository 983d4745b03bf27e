//! Files and folders that are read.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::temporary::is_temporary;
use super::{at, in_words, unreadable};
use crate::finding::{Diagnostic, Diagnostics, Finding, Place, Severity};

const BUFFER_BYTES: usize = 1 << 18;

/// The first two bytes of a gzip file (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Names that a finding lists; more would hide the other findings.
const NAMES_SHOWN: usize = 10;

/// Reads a whole file; `-` is standard input.
///
/// # Errors
/// Says which file could not be read and why.
pub fn read(path: &Path) -> Result<Vec<u8>, Diagnostics> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        return match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(unreadable(path, &error).into()),
        };
    }
    check_readable(path)?;
    Ok(std::fs::read(path).map_err(|error| unreadable(path, &error))?)
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
    check_readable(path)?;
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
    let head = file.fill_buf().map_err(|error| unreadable(path, &error))?;
    if head.starts_with(&GZIP_MAGIC) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// A named pipe without a writer would be waited for without end, and some
/// devices never end.
fn check_readable(path: &Path) -> Result<(), Diagnostic> {
    // What is not there is told when it is opened.
    let Ok(there) = path.metadata() else { return Ok(()) };
    if there.is_file() || is_open_already(path) {
        return Ok(());
    }
    let fault = at(path, format!("this is {}, not a file", in_words(there.file_type())));
    Err(if there.is_dir() {
        fault.mend("name a file in it")
    } else {
        fault
            .why("reading it might never end")
            .mend("name a file, or pass the bytes on standard input")
    })
}

/// Whether a name stands for what this process has open, such as standard input
/// or what a shell makes of `<(command)`.
fn is_open_already(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|folder| path.parent() == Some(Path::new(folder)))
}

/// What is in a folder (not in its subfolders) and is no folder itself, sorted
/// by name. What cannot be read as a file is among it, so that it is not passed
/// over in silence.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
    entries(folder, |path| !path.is_dir())
}

/// The folders in a folder (not in its subfolders), sorted by name.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>, Diagnostics> {
    entries(folder, Path::is_dir)
}

fn entries(folder: &Path, keep: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Diagnostics> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut kept = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if keep(&path) && !path.file_name().is_some_and(is_temporary) {
            kept.push(path);
        }
    }
    kept.sort();
    Ok(kept)
}

/// What is below a folder, subfolders included. Names are relative to it, with
/// `/` between folders, and sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files, with their paths.
    pub files: Vec<(String, PathBuf)>,
    /// What is neither a file nor a folder, with what it is.
    pub not_read: Vec<(String, &'static str)>,
}

impl Tree {
    /// What is not read, as a finding.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        let shown: Vec<String> = self
            .not_read
            .iter()
            .take(NAMES_SHOWN)
            .map(|(name, what)| format!("{name} ({what})"))
            .collect();
        let more = self.not_read.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what =
            format!("not read, because they are not regular files: {}{more}", shown.join(", "));
        (!shown.is_empty()).then(|| {
            Finding::new("not-read", Severity::Medium, what).mend(
                "put a file in the place of each that belongs to the recording, remove the others",
            )
        })
    }
}

/// Lists what is below a folder.
///
/// # Errors
/// Says which folder could not be read and why.
pub fn list_tree(folder: &Path) -> Result<Tree, Diagnostics> {
    let mut tree = Tree::default();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        let unreadable = |error| unreadable(&folder, &error);
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(unreadable)?;
            if is_temporary(&entry.file_name()) {
                tree.not_read.push((name, "left behind by a run of ddbplan that was cut short"));
            } else if kind.is_dir() {
                folders.push((format!("{name}/"), entry.path()));
            } else if !kind.is_symlink() && !kind.is_file() {
                tree.not_read.push((name, in_words(kind)));
            } else {
                // Links to folders are not followed: they may lead in a circle.
                match entry.path().metadata() {
                    Ok(there) if there.is_file() => tree.files.push((name, entry.path())),
                    Ok(there) if there.is_dir() => tree.not_read.push((name, "a link to a folder")),
                    Ok(_) => tree.not_read.push((name, "a link to what is no file")),
                    Err(_) => tree.not_read.push((name, "a link that leads nowhere")),
                }
            }
        }
    }
    tree.files.sort();
    tree.not_read.sort();
    Ok(tree)
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

/// Whether a path is a folder's or lies below it, by whatever names; neither need
/// be there yet.
#[must_use]
pub fn lies_in(path: &Path, folder: &Path) -> bool {
    resolved(path).starts_with(resolved(folder))
}

/// The path without links and relative parts, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let path = Path::new(".").join(path);
    let there = path.ancestors().find_map(|above| Some((above.canonicalize().ok()?, above)));
    match there {
        Some((real, above)) => real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
        None => path,
    }
}

/// Size of a file in bytes; `None` for standard input or what cannot be looked
/// at.
#[must_use]
pub fn size(path: &Path) -> Option<u64> {
    path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_a_folder_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("s/capture")).unwrap();
        std::fs::create_dir(at("s/designs")).unwrap();
        for (path, inside) in [
            ("s/capture", true),
            ("s/capture/new/r", true),
            ("s/designs/../capture", true),
            ("s/capture2", false),
            ("s", false),
            ("other/capture", false),
        ] {
            assert_eq!(lies_in(&at(path), &at("s/capture")), inside, "{path}");
        }
        assert!(lies_in(&at("s/shards/r"), &at("s/shards")), "neither is there yet");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("s", at("link")).unwrap();
            assert!(lies_in(&at("link/capture/r"), &at("s/capture")));
        }
    }
}
