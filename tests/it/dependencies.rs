//! What the build may not pull in.

use std::process::Command;

/// Charts must look the same on every machine and build on one without system
/// font libraries, so nothing that asks the system for fonts may come in by
/// way of a dependency's features.
#[test]
fn no_system_font_library_is_linked() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .expect("cargo runs: it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.lines().any(|line| line.starts_with("plotters ")), "not the tree: {tree}");
    for library in ["fontconfig", "freetype", "font-kit"] {
        let found: Vec<&str> = tree.lines().filter(|line| line.contains(library)).collect();
        assert!(found.is_empty(), "{library} is linked: {found:?}");
    }
}
