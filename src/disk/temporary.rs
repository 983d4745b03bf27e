//! Files and folders under another name, until they are whole.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// Names of temporaries. They do not hold the name of what they become, which
/// may be as long as a name can be already.
const START: &str = ".ddbplan-";
const END: &str = ".part";

/// Numbers that are tried. In a container every run may have the same process
/// id, so that what runs cut short have left is in the way; more than this many
/// left behind are a fault that the user should look at.
const NUMBERS_MAX: u32 = 1000;

/// Whether a name is that of a temporary: left behind if no run is going on.
pub fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(START) && name.ends_with(END))
}

/// Makes a temporary in a folder. `make` must fail where something is there
/// already, be it a link, so that nothing of anybody else is touched.
pub fn make<T>(folder: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    for number in 0..NUMBERS_MAX {
        let path = folder.join(format!("{START}{}-{number}{END}", std::process::id()));
        match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (path, made)),
        }
    }
    let what = format!("{NUMBERS_MAX} files {START}*{END} are in the way; remove them");
    Err(io::Error::new(io::ErrorKind::AlreadyExists, what))
}

/// Folders that were made; dropped, those that are still empty are removed.
#[derive(Default)]
pub struct Made(Vec<PathBuf>);

impl Made {
    /// Makes a folder and those above it that are missing.
    pub fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            match std::fs::create_dir(folder) {
                Ok(()) => self.0.push(folder.to_owned()),
                // Another run may make the same folders.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// They are to stay.
    pub fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that holds something by now stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}
