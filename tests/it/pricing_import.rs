//! Import of AWS's price lists: one test for each way in which they mislead.
//!
//! The files under `tests/data/pricing/` have the shapes of AWS's lists; their
//! SKUs and prices are made up.

use ddbplan::pricing::{
    BillSettings, Dimension, Imported, Price, PriceBook, PriceKey, Region, import,
};

const OFFER: &str = include_str!("../data/pricing/offer.json");
const OFFER_CSV: &str = include_str!("../data/pricing/offer.csv");
const PAGE_1: &str = include_str!("../data/pricing/get-products-1.json");
const PAGE_2: &str = include_str!("../data/pricing/get-products-2.json");
const FEED: &str = include_str!("../data/pricing/feed.json");
const PLANS: &str = include_str!("../data/pricing/savings-plans.csv");
const INSTANCES: &str = include_str!("../data/pricing/offer-instances.json");

fn imported(files: &[(&str, &str)]) -> Imported {
    import(files, None).expect("the lists import")
}

fn price(book: &PriceBook, key: impl Into<PriceKey>, region: &str) -> Option<Price> {
    book.price(&key.into(), &Region::new(region).expect("a Region code")).known().cloned()
}

/// The tiers as text, such as `0:0 18600:0.00065`.
fn tiers(book: &PriceBook, key: impl Into<PriceKey>, region: &str) -> String {
    let price = price(book, key, region).expect("there is a price");
    let tier = |tier: &ddbplan::pricing::Tier| format!("{}:{}", tier.from, tier.usd.get());
    price.tiers.iter().map(tier).collect::<Vec<_>>().join(" ")
}

/// us-east-1 mixes bare usage types with `USE1-` ones.
#[test]
fn names_with_and_without_a_region_prefix_are_the_same() {
    let book = imported(&[("offer.json", OFFER)]).book;
    assert_eq!(tiers(&book, Dimension::WriteRequestUnits, "us-east-1"), "0:0.00000061");
    assert_eq!(tiers(&book, Dimension::PitrStorage, "us-east-1"), "0:0.2");
}

/// us-east-1 lists Standard storage twice, once without the free tier. The bare
/// name holds, and the import says so.
#[test]
fn of_two_storage_products_the_bare_one_holds_and_it_is_said() {
    let imported = imported(&[("offer.json", OFFER)]);
    assert_eq!(tiers(&imported.book, Dimension::Storage, "us-east-1"), "0:0 25:0.3");
    assert_eq!(imported.notes.len(), 1, "{:?}", imported.notes);
    assert!(imported.notes[0].contains("AASTO") && imported.notes[0].contains("AASTP"));
}

/// Where no rule says which of two products holds, nothing is written.
#[test]
fn two_products_of_the_same_rank_that_differ_are_an_error() {
    let twice =
        OFFER.replace("\"usagetype\": \"TimedStorage", "\"usagetype\": \"USE1-TimedStorage");
    let faults = import(&[("offer.json", &twice)], None).unwrap_err().to_string();
    assert!(faults.contains("dynamodb.storage in us-east-1"), "{faults}");
    assert!(faults.contains("AASTO") && faults.contains("AASTP"), "{faults}");
}

/// `ReplWriteRequestUnits` and `IA-WriteRequestUnits` end like
/// `WriteRequestUnits`, and on-demand shares its `group` with provisioned.
#[test]
fn products_are_told_apart_by_their_whole_usage_type() {
    let book = imported(&[("offer.json", OFFER)]).book;
    let of = |dimension| tiers(&book, dimension, "us-east-1");
    assert_eq!(of(Dimension::WriteRequestUnits), "0:0.00000061");
    assert_eq!(of(Dimension::ReplicatedWriteRequestUnits), "0:0.00000063");
    assert_eq!(of(Dimension::IaWriteRequestUnits), "0:0.00000077");
}

/// `"18600"` sorts after `"100000"` as text; the order in the list is another
/// one again.
#[test]
fn tiers_are_sorted_as_numbers() {
    let book = imported(&[("offer.json", OFFER)]).book;
    assert_eq!(tiers(&book, Dimension::WcuHours, "us-east-1"), "0:0 18600:0.00064 100000:0.0005");
}

/// Tiers that leave a gap are refused; a list that stops is known to stop.
#[test]
fn tiers_must_join_and_may_stop() {
    let gap = OFFER.replace("\"endRange\": \"100000\"", "\"endRange\": \"90000\"");
    let faults = import(&[("offer.json", &gap)], None).unwrap_err().to_string();
    assert!(faults.contains("ends at 90000 and the next begins at 100000"), "{faults}");
    let stops = OFFER.replacen("\"endRange\": \"Inf\"", "\"endRange\": \"5000\"", 1);
    let book = imported(&[("offer.json", &stops)]).book;
    let price = price(&book, Dimension::WriteRequestUnits, "us-east-1").unwrap();
    assert_eq!(price.known_to, Some(5000.into()));
}

/// Vector products have no `group`, export has no `productFamily`; a new
/// product and one of another service are counted.
#[test]
fn odd_and_unknown_products_do_not_stop_the_import() {
    let imported = imported(&[("offer.json", OFFER)]);
    assert_eq!(tiers(&imported.book, Dimension::VectorSearch, "us-east-1"), "0:0.002");
    assert_eq!(tiers(&imported.book, Dimension::Export, "us-east-1"), "0:0.1");
    let unknown: Vec<(String, usize)> = imported
        .unknown
        .iter()
        .map(|((service, usage_type), count)| (format!("{service} {usage_type}"), *count))
        .collect();
    assert_eq!(
        unknown,
        [
            ("AWSDataTransfer USW2-AWS-In-Bytes".to_owned(), 1),
            ("AmazonDynamoDB SomethingNewUnits".to_owned(), 1),
        ]
    );
}

/// A reservation has a one-off part in `Quantity` and an hourly part; reads
/// have no 3-year one here.
#[test]
fn reservations_have_two_parts_and_may_be_missing() {
    let book = imported(&[("offer.json", OFFER)]).book;
    let of = |dimension| tiers(&book, dimension, "us-east-1");
    assert_eq!(of(Dimension::Reserved1YWcuUpfront), "0:1.4");
    assert_eq!(of(Dimension::Reserved1YWcuHours), "0:0.000127");
    assert_eq!(of(Dimension::Reserved3YWcuUpfront), "0:1.7");
    assert_eq!(of(Dimension::Reserved1YRcuHours), "0:0.000025");
    assert_eq!(price(&book, Dimension::Reserved3YRcuHours, "us-east-1"), None);
}

/// Ten decimal places survive.
#[test]
fn prices_keep_every_place() {
    let book = imported(&[("offer.json", OFFER)]).book;
    assert_eq!(tiers(&book, Dimension::ReadRequestUnits, "us-east-1"), "0:0.0000001415");
}

/// The free tier is the list's own first tier, and is there to be switched.
#[test]
fn the_free_tier_can_be_switched_and_is_no_price_of_zero() {
    let book = imported(&[("offer.json", OFFER)]).book;
    let usage = ddbplan::pricing::Usage {
        key: Dimension::RcuHours.into(),
        region: Region::new("us-east-1").unwrap(),
        quantity: 18_250.into(),
        label: "25 RCU".to_owned(),
    };
    let bill = |free_tier| {
        let settings = BillSettings { free_tier, ..BillSettings::default() };
        ddbplan::pricing::bill(&book, std::slice::from_ref(&usage), &settings).monthly().unwrap()
    };
    assert_eq!(bill(false).to_report_string(), "2.19");
    assert_eq!(bill(true).to_report_string(), "0");
}

/// JSON, CSV and `get-products` (whose terms lack the level of the SKU) say the
/// same, and read the same.
#[test]
fn every_form_of_an_offer_gives_the_same_prices() {
    let json = imported(&[("offer.json", OFFER)]);
    let csv = imported(&[("offer.csv", OFFER_CSV)]);
    let pages = imported(&[("1.json", PAGE_1), ("2.json", PAGE_2)]);
    assert_eq!(json.prices, 16);
    for other in [&csv, &pages] {
        assert_eq!(other.prices, json.prices);
        assert_eq!(other.unknown, json.unknown);
        assert_eq!(ddbplan::pricing::diff_books(&json.book, &other.book), []);
    }
}

/// A page with a `NextToken` is not the last one.
#[test]
fn a_page_that_is_not_the_last_is_noted() {
    let first = imported(&[("1.json", PAGE_1)]);
    assert!(first.notes.iter().any(|note| note.contains("NextToken")), "{:?}", first.notes);
}

/// The feed has every price twice and no tier bounds.
#[test]
fn the_feed_counts_each_price_once_and_gets_the_published_bounds() {
    let imported = imported(&[("feed.json", FEED)]);
    let book = &imported.book;
    assert_eq!(tiers(book, Dimension::WcuHours, "eu-west-1"), "0:0 18600:0.000735");
    assert_eq!(tiers(book, Dimension::Storage, "eu-west-1"), "0:0 25:0.283");
    assert_eq!(tiers(book, Dimension::ReplicatedWriteRequestUnits, "eu-west-1"), "0:0.00000071");
    assert_eq!(tiers(book, Dimension::Reserved1YWcuUpfront, "eu-west-1"), "0:1.695");
    // 7 in Ireland, 6 in GovCloud; the Region nobody knows is said.
    assert_eq!(imported.prices, 13);
    let key = ("AmazonDynamoDB".to_owned(), "Some Future Charge".to_owned());
    assert_eq!(imported.unknown.get(&key), Some(&2));
    assert!(imported.notes.iter().any(|note| note.contains("Moon (Tycho)")));
}

/// GovCloud has no free tier and no 3-year reservation.
#[test]
fn a_region_without_free_tier_or_long_reservations_imports() {
    let book = imported(&[("feed.json", FEED)]).book;
    assert_eq!(tiers(&book, Dimension::WcuHours, "us-gov-west-1"), "0:0.000735");
    assert_eq!(price(&book, Dimension::Reserved3YWcuUpfront, "us-gov-west-1"), None);
}

/// RDS abbreviates sizes, names the engine by the operation, and has storage
/// rows for any engine.
#[test]
fn instances_are_told_by_operation_and_full_class_name() {
    let book = imported(&[("instances.json", INSTANCES)]).book;
    let of = |dimension, class| tiers(&book, PriceKey::of_class(dimension, class), "us-east-1");
    assert_eq!(of(Dimension::RdsSingleAzHours, "db.r7g.xlarge"), "0:0.478");
    assert_eq!(of(Dimension::RdsMultiAzHours, "db.r7g.2xlarge"), "0:1.913");
    assert_eq!(of(Dimension::AuroraInstanceHours, "db.r7g.xlarge"), "0:0.553");
    assert_eq!(of(Dimension::AuroraIoOptimizedInstanceHours, "db.r7g.xlarge"), "0:0.719");
    // $0.20 an hour and $876 for 8,760 hours.
    assert_eq!(of(Dimension::AuroraReserved1YPartialUpfrontHours, "db.r7g.xlarge"), "0:0.3");
    assert_eq!(of(Dimension::Ec2InstanceHours, "m7g.large"), "0:0.0816");
}

/// The engine's own row holds against the one for any engine; three-instance
/// clusters are a charge of their own.
#[test]
fn storage_rows_for_any_engine_give_way_to_the_engines_own() {
    let book = imported(&[("instances.json", INSTANCES)]).book;
    let of = |dimension| tiers(&book, dimension, "us-east-1");
    assert_eq!(of(Dimension::RdsGp3Storage), "0:0.115");
    assert_eq!(of(Dimension::RdsMultiAzGp3Storage), "0:0.23");
    assert_eq!(of(Dimension::RdsMultiAzClusterGp3Storage), "0:0.345");
}

/// EBS throughput is listed by the GiB/s: $40.96 is $0.04 a MiB/s.
#[test]
fn a_price_listed_in_another_unit_is_converted() {
    let book = imported(&[("instances.json", INSTANCES)]).book;
    assert_eq!(tiers(&book, Dimension::EbsGp3Throughput, "us-east-1"), "0:0.04");
}

/// What a unit is, is not guessed.
#[test]
fn an_unknown_unit_is_an_error() {
    let other = OFFER.replace("\"unit\": \"GB-Mo\"", "\"unit\": \"TB-Mo\"");
    let faults = import(&[("offer.json", &other)], None).unwrap_err().to_string();
    assert!(faults.contains("AAPIT") && faults.contains("unit `TB-Mo`"), "{faults}");
}

/// The Savings Plans list quotes no cell, names Regions by code, and some of
/// its rows name only the family of an instance.
#[test]
fn savings_plan_rates_are_read_by_what_they_discount() {
    let imported = imported(&[("plans.csv", PLANS)]);
    assert_eq!(imported.savings_plan_rates, 6);
    let region = Region::new("ap-south-2").unwrap();
    let rate = |key: PriceKey| {
        let price = imported.book.savings_plan_price(&key, &region).unwrap();
        assert!(price.verified);
        price.usd.to_report_string()
    };
    assert_eq!(rate(Dimension::ReadRequestUnits.into()), "0.0000001169");
    assert_eq!(rate(Dimension::IaReadRequestUnits.into()), "0.000000146");
    assert_eq!(rate(PriceKey::of_class(Dimension::RdsSingleAzHours, "db.r7g.xlarge")), "0.5");
    assert_eq!(rate(PriceKey::of_class(Dimension::RdsMultiAzHours, "db.r7i.2xlarge")), "1.824");
    assert_eq!(
        rate(PriceKey::of_class(Dimension::AuroraIoOptimizedInstanceHours, "db.r7g.xlarge")),
        "0.6504"
    );
    assert_eq!(rate(Dimension::AuroraServerlessAcuHours.into()), "0.117");
    assert!(imported.notes.iter().any(|note| note.contains("All Upfront")));
}

/// Newer lists hold against older ones, and that is said; what the new ones do
/// not mention stays.
#[test]
fn the_newer_list_holds() {
    let newer = OFFER
        .replace("2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z")
        .replace("0.0000006100", "0.0000005000");
    for files in [[("old", OFFER), ("new", newer.as_str())], [("new", &newer), ("old", OFFER)]] {
        let imported = imported(&files);
        assert_eq!(tiers(&imported.book, Dimension::WriteRequestUnits, "us-east-1"), "0:0.0000005");
        assert!(imported.notes.iter().any(|note| note.contains("is older and differs")));
    }
    let onto = import(&[("offer.json", OFFER)], Some(PriceBook::embedded())).unwrap().book;
    assert_eq!(tiers(&onto, Dimension::WriteRequestUnits, "us-east-1"), "0:0.00000061");
    assert!(price(&onto, Dimension::WriteRequestUnits, "eu-west-1").is_some());
    assert!(onto.class("db.r7g.large").is_some());
}

/// What was imported can be written and read again.
#[test]
fn an_imported_book_reads_back() {
    let book = imported(&[("offer.json", OFFER), ("plans.csv", PLANS)]).book;
    let again = PriceBook::parse(&[("book.json", &book.to_text("t"))]).unwrap();
    assert_eq!(again, book);
}

/// Region indexes hold no prices, in either of their shapes.
#[test]
fn region_indexes_are_recognised() {
    let map = r#"{"publicationDate": "2026-01-01T00:00:00Z", "regions": {"eu-west-1": {}}}"#;
    let list = r#"{"publicationDate": "2026-01-01T00:00:00Z", "regions": [{}, {}]}"#;
    let imported = imported(&[("map.json", map), ("list.json", list)]);
    assert_eq!(imported.prices, 0);
    assert!(imported.notes[0].contains("1 Regions") && imported.notes[1].contains("2 Regions"));
}

/// A price that is no number is named, with its product.
#[test]
fn a_price_that_is_no_number_is_an_error() {
    let broken = OFFER.replace("0.0000006100", "0,61");
    let faults = import(&[("offer.json", &broken)], None).unwrap_err().to_string();
    assert!(faults.contains("AAWRU") && faults.contains("`0,61`"), "{faults}");
}

/// Such a book could be written but never be read.
#[test]
fn a_figure_that_no_book_takes_is_an_error() {
    let offer = OFFER.replace("0.0000006100", "9223372036854775808");
    let feed = FEED.replace("\"0.0000007000\"", "\"1000000001\"");
    for (name, text, original) in [("offer.json", &offer, OFFER), ("feed.json", &feed, FEED)] {
        assert_ne!(text, original, "{name}");
        let said = import(&[(name, text)], None).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{name}: SKU ")), "{said}");
        assert!(said.contains("is larger than 1000000000"), "{said}");
    }
}
