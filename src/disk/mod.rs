//! The one module that touches files.
//!
//! Everything else works on bytes handed in and hands bytes back, so that the
//! core is pure and a run never leaves half an output behind: results are
//! rendered in memory first and written last, under another name until they are
//! whole.
#![expect(clippy::disallowed_methods, reason = "this is the module the lint points to")]

mod folder;
mod output;
mod read;
mod temporary;

use std::fs::FileType;
use std::io;
use std::path::Path;

use crate::finding::{Diagnostic, Place};

pub use folder::{write_all, write_and_copy};
pub use output::{Output, create, write};
pub use read::{
    Tree, exists, folders, is_folder, lies_in, list, list_tree, open, read, read_text, size,
};

/// What lies at a path, in words.
fn in_words(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else if kind.is_file() {
        "a file"
    } else {
        "neither a file nor a folder"
    }
}

fn at(path: &Path, what: impl Into<String>) -> Diagnostic {
    Diagnostic::new(what).at(Place::file(path.display().to_string()))
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let fault = at(path, format!("cannot write this: {error}"));
    let above = path.ancestors().skip(1).find(|above| above.exists() && !above.is_dir());
    match above {
        Some(above) => {
            let why = format!("{} is not a folder", above.display());
            fault.why(why).mend("name a place below a folder")
        }
        None => fault,
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    at(path, format!("cannot read this: {error}"))
}
