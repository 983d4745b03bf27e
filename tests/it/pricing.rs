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

/// Standard-IA throughput costs about a quarter more than Standard's (Amazon
/// DynamoDB pricing: in us-east-1 $0.78 against $0.625 per million write request
/// units), for one figure in two Regions 4 % and 10 % more; 2.5 times would be prices of before
/// November 2024 beside today's.
#[test]
fn standard_ia_throughput_is_a_quarter_dearer() {
    use ddbplan::pricing::{Dimension, Direction, PriceBook, PriceKey, PriceState, TableClass};
    let book = PriceBook::embedded();
    let mut times = Vec::new();
    for region in book.regions() {
        for direction in [Direction::Read, Direction::Write] {
            for of in [Dimension::request_units, Dimension::capacity_hours] {
                let price = |class| {
                    let state = book.price(&PriceKey::from(of(direction, class)), region);
                    let PriceState::Known(price) = state else { return None };
                    Some(price.tiers.last()?.usd.get())
                };
                let (standard, ia) = (price(TableClass::Standard), price(TableClass::StandardIa));
                let (Some(standard), Some(ia)) = (standard, ia) else { continue };
                if region.code() == "us-east-1" && direction == Direction::Write {
                    assert!((ia / standard).round_dp(2) == "1.25".parse().unwrap(), "{ia}");
                }
                times.push(ia / standard);
            }
        }
    }
    times.sort();
    assert!(times.len() > 100, "{}", times.len());
    let (least, most) = (times[0], times[times.len() - 1]);
    assert!(least > "1".parse().unwrap() && most < "1.3".parse().unwrap(), "{least} {most}");
    let usual = ("1.23".parse().unwrap())..("1.26".parse().unwrap());
    assert!(times.iter().filter(|one| !usual.contains(*one)).count() <= 4, "{times:?}");
}
