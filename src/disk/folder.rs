//! The files of a folder, written all or none.
//!
//! All of them are written into a temporary folder first and then moved: the
//! whole folder at once where it is not there yet or holds nothing but what is
//! replaced, else each file by itself. A move that fails is taken back with those
//! before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::{check_target, create_new};
use super::temporary::{self, Made};
use super::{at, in_words, unreadable, unwritable};
use crate::finding::{Diagnostic, Diagnostics};

/// Writes a set of files into a folder (made if need be): all or none. Names may
/// lead into subfolders, with `/` between them.
///
/// # Errors
/// If any of them exists already and `force` is off, if something other than a
/// regular file is in the way, or the disk refuses: then all is as it was.
pub fn write_all(
    folder: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    force: bool,
) -> Result<(), Diagnostics> {
    write_and_copy(folder, files, &BTreeMap::new(), force)
}

/// The same, together with copies of files that lie elsewhere.
///
/// # Errors
/// As [`write_all`], or if a file cannot be read.
pub fn write_and_copy(
    folder: &Path,
    files: &BTreeMap<String, Vec<u8>>,
    copies: &BTreeMap<String, PathBuf>,
    force: bool,
) -> Result<(), Diagnostics> {
    let names: BTreeSet<&str> = files.keys().chain(copies.keys()).map(String::as_str).collect();
    check_folder(folder)?;
    let faults = names.iter().filter_map(|name| check_target(&folder.join(name), force).err());
    Diagnostics(faults.collect()).finish(())?;
    let write = |staging| {
        let staged = Staged::begin(folder, staging).map_err(|error| unwritable(folder, &error))?;
        staged.fill(folder, files, copies)?;
        staged.publish(&names).map_err(|(path, error)| unwritable(&path, &error))
    };
    let is_there = folder.is_dir();
    if !is_there || may_be_replaced(folder, &names).map_err(|error| unreadable(folder, &error))? {
        let written = write(Staging::Beside);
        // One that is there may be a mount, or lie in a folder that others own.
        if written.is_ok() || !is_there {
            return Ok(written?);
        }
    }
    Ok(write(Staging::Inside)?)
}

/// A folder, a link to one, or nothing yet.
fn check_folder(folder: &Path) -> Result<(), Diagnostic> {
    let Ok(there) = folder.symlink_metadata() else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    Err(at(folder, format!("this is {} and nothing was written", in_words(there.file_type())))
        .why("a folder is written here")
        .mend("name a folder, or a place where nothing is yet"))
}

/// Where files are written first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Staging {
    /// Beside the folder, which is then moved as a whole.
    Beside,
    /// In the folder, to be moved one by one.
    Inside,
}

/// Files written but not yet in their places. Dropped before they are, it takes
/// back every move and leaves nothing.
struct Staged {
    /// Holds the new files, and the old ones that they replace.
    temporary: PathBuf,
    target: PathBuf,
    staging: Staging,
    /// Folders that were not there.
    made: Made,
    /// From where to where, in order.
    moves: Vec<(PathBuf, PathBuf)>,
}

impl Staged {
    fn begin(folder: &Path, staging: Staging) -> io::Result<Self> {
        let is_there = folder.is_dir();
        let target = if is_there { folder.canonicalize()? } else { folder.to_owned() };
        let mut made = Made::default();
        let within = match staging {
            Staging::Beside => target.parent().unwrap_or(Path::new("")),
            Staging::Inside => &target,
        };
        made.folder(within)?;
        let (temporary, ()) = temporary::make(within, make_folder)?;
        let staged = Self { temporary, target, staging, made, moves: Vec::new() };
        make_folder(&staged.new_files())?;
        make_folder(&staged.old_files())?;
        if staging == Staging::Beside && is_there {
            fs::set_permissions(staged.new_files(), staged.target.metadata()?.permissions())?;
        }
        Ok(staged)
    }

    /// Writes the files; faults name them as they will be below `folder`.
    fn fill(
        &self,
        folder: &Path,
        files: &BTreeMap<String, Vec<u8>>,
        copies: &BTreeMap<String, PathBuf>,
    ) -> Result<(), Diagnostic> {
        for (name, bytes) in files {
            let written = self.create(name).and_then(|mut file| file.write_all(bytes));
            written.map_err(|error| unwritable(&folder.join(name), &error))?;
        }
        for (name, from) in copies {
            let mut source = File::open(from).map_err(|error| unreadable(from, &error))?;
            let written = self.create(name).and_then(|mut file| io::copy(&mut source, &mut file));
            written.map_err(|error| unwritable(&folder.join(name), &error))?;
        }
        Ok(())
    }

    fn new_files(&self) -> PathBuf {
        self.temporary.join("new")
    }

    fn old_files(&self) -> PathBuf {
        self.temporary.join("old")
    }

    fn create(&self, name: &str) -> io::Result<File> {
        let path = self.new_files().join(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        create_new(&path)
    }

    /// Moves everything to its place.
    fn publish(mut self, names: &BTreeSet<&str>) -> Result<(), (PathBuf, io::Error)> {
        let (new, old) = (self.new_files(), self.old_files());
        if self.staging == Staging::Beside {
            let target = self.target.clone();
            self.replace(&target, &new, &old.join("folder")).map_err(|error| (target, error))?;
        } else {
            for name in names {
                let target = self.target.join(name);
                self.replace(&target, &new.join(name), &old.join(name))
                    .map_err(|error| (target, error))?;
            }
        }
        self.moves.clear();
        self.made.keep();
        Ok(())
    }

    fn replace(&mut self, target: &Path, new: &Path, old: &Path) -> io::Result<()> {
        if target.symlink_metadata().is_ok() {
            fs::create_dir_all(old.parent().unwrap_or(old))?;
            self.rename(target, old)?;
        }
        self.made.folder(target.parent().unwrap_or(target))?;
        self.rename(new, target)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        self.moves.push((from.to_owned(), to.to_owned()));
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Nothing is left to be done about what cannot be taken back or removed.
        for (from, to) in self.moves.iter().rev() {
            let _ = fs::rename(to, from);
        }
        let _ = fs::remove_dir_all(&self.temporary);
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Whether a folder holds nothing but files of these names, and is not the one
/// that the user stands in: a shell would be left in a folder that is gone.
fn may_be_replaced(folder: &Path, names: &BTreeSet<&str>) -> io::Result<bool> {
    let folder = folder.canonicalize()?;
    if std::env::current_dir().is_ok_and(|here| here.starts_with(&folder)) {
        return Ok(false);
    }
    let mut folders = vec![(String::new(), folder)];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { return Ok(false) };
            let name = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            let below = format!("{name}/");
            if kind.is_dir() && names.iter().any(|one| one.starts_with(&below)) {
                folders.push((below, entry.path()));
            } else if !kind.is_file() || !names.contains(name.as_str()) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str], text: &str) -> BTreeMap<String, Vec<u8>> {
        names.iter().map(|name| ((*name).to_owned(), text.into())).collect()
    }

    fn listed(folder: &Path) -> Vec<(String, String)> {
        let tree = super::super::list_tree(folder).unwrap();
        assert!(tree.not_read.iter().all(|(name, _)| name == "z"), "{tree:?}");
        let text = |path: PathBuf| fs::read_to_string(path).unwrap();
        tree.files.into_iter().map(|(name, path)| (name, text(path))).collect()
    }

    /// The last file cannot be moved: those moved before are moved back.
    #[cfg(unix)]
    #[test]
    fn a_move_that_fails_takes_back_those_before_it() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &files(&["a", "b/c"], "old"), false).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("z")).unwrap();
        let before = listed(folder.path());
        let new = files(&["a", "b/c", "d/e", "z/f"], "new");
        let fault = write_all(folder.path(), &new, true).unwrap_err();
        assert!(fault.to_string().contains("z/f"), "{fault}");
        assert_eq!(listed(folder.path()), before);
        assert!(!folder.path().join("d").exists());
    }

    #[test]
    fn a_copy_that_cannot_be_read_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let copies = BTreeMap::from([("c".to_owned(), folder.path().join("missing"))]);
        let target = folder.path().join("new/s");
        let fault = write_and_copy(&target, &files(&["a"], "x"), &copies, false).unwrap_err();
        assert!(fault.to_string().contains("missing: cannot read this"), "{fault}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn files_there_already_are_all_named_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("r");
        write_all(&target, &files(&["a", "b/c"], "old"), false).unwrap();
        let faults = write_all(&target, &files(&["a", "b/c", "d"], "new"), false).unwrap_err();
        assert_eq!(faults.0.len(), 2, "{faults}");
        write_all(&target, &files(&["d"], "mine"), false).unwrap();
        write_all(&target, &files(&["a", "b/c"], "new"), true).unwrap();
        let is = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(listed(&target), [is("a", "new"), is("b/c", "new"), is("d", "mine")]);
    }
}
