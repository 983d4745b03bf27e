//! The pricing stage through its public interface.

/// Money and quantities are exact decimals until they are shown.
#[test]
fn there_is_no_floating_point_in_the_pricing_folder() {
    let mut folders =
        vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/pricing"))];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for path in ddbplan::disk::list(&folder).unwrap() {
            let text = ddbplan::disk::read_text(&path).unwrap();
            files += 1;
            for word in ["f32", "f64"] {
                assert!(!text.contains(word), "{} mentions {word}", path.display());
            }
        }
        let import = folder.join("import");
        if ddbplan::disk::is_folder(&import) {
            folders.push(import);
        }
    }
    assert!(files > 10, "{files} files were read");
}
