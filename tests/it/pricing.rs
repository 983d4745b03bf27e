//! The pricing stage through its public interface.

/// Money and quantities are exact decimals until they are shown.
#[test]
fn there_is_no_floating_point_in_the_pricing_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pricing");
    let mut files = 0;
    for folder in ["", "commitment", "document", "import"] {
        for path in ddbplan::disk::list(&root.join(folder)).unwrap() {
            let text = ddbplan::disk::read_text(&path).unwrap();
            files += 1;
            for word in ["f32", "f64"] {
                assert!(!text.contains(word), "{} mentions {word}", path.display());
            }
        }
    }
    assert!(files > 30, "{files} files were read");
}

/// Every file of `pricing/` is part of the shipped book, and the folder can be
/// named as a book.
#[test]
fn the_shipped_book_is_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing");
    let mut texts = Vec::new();
    for path in ddbplan::disk::list(&folder).unwrap() {
        if path.extension().is_some_and(|extension| extension == "json") {
            texts.push((path.display().to_string(), ddbplan::disk::read_text(&path).unwrap()));
        }
    }
    let files: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let book = ddbplan::pricing::PriceBook::parse(&files).unwrap();
    assert_eq!(book, ddbplan::pricing::PriceBook::embedded());
}
