//! Published examples, each with its month length, its GB and the price list
//! it was made with. The expected amounts come from the sources named, never
//! from this program.
//!
//! Two vintages of us-east-1 prices: before the cut of 1 November 2024 (book
//! under `pricing/older/`) and after it (the shipped book).

use ddbplan::pricing::{
    Bill, BillSettings, Dimension, Direction, PriceBook, PriceKey, Region, TableClass, Usage, bill,
    break_even_utilisation,
};
use rust_decimal::Decimal;

const OLDER: &str = include_str!("../../pricing/older/2024-10-31-dynamodb-us-east-1.json");

fn before_the_cut() -> PriceBook {
    PriceBook::parse(&[("older", OLDER)]).expect("the older book is sound")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn usage(key: impl Into<PriceKey>, region: &str, quantity: Decimal) -> Usage {
    let region = Region::new(region).expect("a Region code");
    Usage { key: key.into(), region, quantity, label: String::new() }
}

fn of_month(hours: &str) -> BillSettings {
    BillSettings { month_hours: decimal(hours), ..BillSettings::default() }
}

fn cents(bill: &Bill) -> Vec<String> {
    bill.lines.iter().map(|line| line.usd().expect("a price").to_string()).collect()
}

/// cloudmaterials.com, "DynamoDB throughput provisioning examples", quoting
/// Amazon's old pricing page: 5 million writes and as many eventually
/// consistent reads a day, 8 GB, month of 720 h. 57.9/s are 58 WCU and 29 RCU:
/// $27.14 + $2.71 + $2.00 = $31.86. Capacity and storage cost the same in both
/// vintages.
#[test]
fn g20_amazons_old_example() {
    let settings = of_month("720");
    let per_second = decimal("5000000") / decimal("86400");
    let wcu = per_second.ceil();
    let rcu = (per_second / decimal("2")).ceil();
    assert_eq!((wcu, rcu), (decimal("58"), decimal("29")));
    let usages = [
        usage(Dimension::WcuHours, "us-east-1", settings.month_of(wcu)),
        usage(Dimension::RcuHours, "us-east-1", settings.month_of(rcu)),
        usage(Dimension::Storage, "us-east-1", decimal("8")),
    ];
    for book in [before_the_cut(), PriceBook::embedded()] {
        let bill = bill(&book, &usages, &settings);
        assert_eq!(cents(&bill), ["$27.14", "$2.71", "$2.00"]);
        assert_eq!(bill.monthly().unwrap().get(), decimal("31.85840"));
    }
}

/// The same with a free tier of 25 WCU, 25 RCU and 25 GB: 33 WCU and 4 RCU are
/// paid for 720 h: $15.444 + $0.3744 = $15.82. (The page prints $15.87, with
/// prices rounded to cents a month.) AWS's list puts the free tier at 18,600
/// unit-hours, 25 units in a month of 744 h; in one of 720 h that is 25.83
/// units, so the bill by the list is $15.35.
#[test]
fn g20_with_the_free_tier() {
    let settings = of_month("720");
    let usages = [
        usage(Dimension::WcuHours, "us-east-1", settings.month_of(decimal("33"))),
        usage(Dimension::RcuHours, "us-east-1", settings.month_of(decimal("4"))),
    ];
    let paid_units_only = bill(&PriceBook::embedded(), &usages, &settings);
    assert_eq!(paid_units_only.monthly().unwrap().to_string(), "$15.82");

    let free = BillSettings { free_tier: true, ..settings.clone() };
    let all = [
        usage(Dimension::WcuHours, "us-east-1", settings.month_of(decimal("58"))),
        usage(Dimension::RcuHours, "us-east-1", settings.month_of(decimal("29"))),
        usage(Dimension::Storage, "us-east-1", decimal("8")),
    ];
    // (58 x 720 - 18,600) x 0.00065 + (29 x 720 - 18,600) x 0.00013 + 0
    let by_the_list = bill(&PriceBook::embedded(), &all, &free);
    assert_eq!(by_the_list.monthly().unwrap().get(), decimal("15.3504"));
}

/// awslabs/mcp, DynamoDB server, `test_cost_calculator.py` (August 2026): month
/// of 30.5 days, prices after the cut. 100 GetItem/s of 4,096 B eventually
/// consistent (half an RRU each) $16.47; 100 PutItem/s of 1,024 B $164.70;
/// 1,000,000 items of 1,024 B, each with 100 B of overhead, in GB of 2^30:
/// $0.2617.
#[test]
fn g21_a_month_of_thirty_and_a_half_days() {
    let settings = of_month("732");
    let requests = decimal("100") * settings.month_seconds();
    let stored = decimal("1000000") * decimal("1124");
    let usages = [
        usage(Dimension::ReadRequestUnits, "us-east-1", requests / decimal("2")),
        usage(Dimension::WriteRequestUnits, "us-east-1", requests),
        usage(Dimension::Storage, "us-east-1", settings.gigabytes(stored)),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &settings);
    assert_eq!(cents(&bill)[..2], ["$16.47", "$164.70"]);
    let storage = bill.lines[2].usd().unwrap().get();
    assert_eq!(storage.round_dp(4), decimal("0.2617"));
}

/// infracost, `dynamodb_table_test` golden file (us-east-2, after the cut).
#[test]
fn g22_an_on_demand_table_with_backups_and_streams() {
    let region = "us-east-2";
    let usages = [
        usage(Dimension::WriteRequestUnits, region, decimal("3000000")),
        usage(Dimension::ReadRequestUnits, region, decimal("8000000")),
        usage(Dimension::Storage, region, decimal("230")),
        usage(Dimension::PitrStorage, region, decimal("2300")),
        usage(Dimension::BackupStorage, region, decimal("460")),
        usage(Dimension::Restore, region, decimal("230")),
        usage(Dimension::StreamsReadRequests, region, decimal("2000000")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &BillSettings::default());
    let exact: Vec<Decimal> =
        bill.lines.iter().map(|line| line.usd().unwrap().get().normalize()).collect();
    let expected = ["1.875", "1", "57.5", "460", "46", "34.5", "0.4"].map(decimal);
    assert_eq!(exact, expected);
}

/// The same golden file: 730 h; 20 WCU $9.49, 30 RCU $2.847; 77 WCU $36.54, 76
/// RCU $7.21.
#[test]
fn g23_provisioned_tables() {
    let settings = BillSettings::default();
    let of = |dimension, units: &str| {
        let one = [usage(dimension, "us-east-2", settings.month_of(decimal(units)))];
        bill(&PriceBook::embedded(), &one, &settings).monthly().unwrap()
    };
    assert_eq!(of(Dimension::WcuHours, "20").to_string(), "$9.49");
    assert_eq!(of(Dimension::RcuHours, "30").get(), decimal("2.84700"));
    assert_eq!(of(Dimension::WcuHours, "77").to_string(), "$36.54");
    assert_eq!(of(Dimension::RcuHours, "76").to_string(), "$7.21");
}

/// "Amazon DynamoDB Pricing Explained" (LinkedIn): 100 WCU and 100 RCU for 720
/// h, $46.80 + $9.36 = $56.16.
#[test]
fn g24_a_hundred_units_of_each_for_thirty_days() {
    let settings = of_month("720");
    let hours = settings.month_of(decimal("100"));
    let usages = [
        usage(Dimension::WcuHours, "us-east-1", hours),
        usage(Dimension::RcuHours, "us-east-1", hours),
    ];
    let bill = bill(&before_the_cut(), &usages, &settings);
    assert_eq!(cents(&bill), ["$46.80", "$9.36"]);
    assert_eq!(bill.monthly().unwrap().to_string(), "$56.16");
}

/// zeonedge.com, "DynamoDB cost optimization": 1,000 writes/s and 10,000 strong
/// reads/s all month of 730 h. Before the cut $3,285 + $6,570 on demand against
/// $474.50 + $949.00 provisioned, 6.92 times as much; after it half of that,
/// $4,927.50 and 3.46 times.
#[test]
fn g25_sustained_load_on_demand_and_provisioned() {
    let settings = BillSettings::default();
    let (writes, reads) = (decimal("1000"), decimal("10000"));
    let on_demand = [
        usage(Dimension::WriteRequestUnits, "us-east-1", writes * settings.month_seconds()),
        usage(Dimension::ReadRequestUnits, "us-east-1", reads * settings.month_seconds()),
    ];
    let provisioned = [
        usage(Dimension::WcuHours, "us-east-1", settings.month_of(writes)),
        usage(Dimension::RcuHours, "us-east-1", settings.month_of(reads)),
    ];
    let old = bill(&before_the_cut(), &on_demand, &settings);
    assert_eq!(cents(&old), ["$3,285.00", "$6,570.00"]);
    let capacity = bill(&before_the_cut(), &provisioned, &settings);
    assert_eq!(cents(&capacity), ["$474.50", "$949.00"]);
    let new = bill(&PriceBook::embedded(), &on_demand, &settings);
    assert_eq!(new.monthly().unwrap().to_string(), "$4,927.50");
    let ratio = |bill: &Bill| bill.monthly().unwrap().get() / capacity.monthly().unwrap().get();
    assert_eq!(ratio(&old).round_dp(2), decimal("6.92"));
    assert_eq!(ratio(&new).round_dp(2), decimal("3.46"));
}

/// airbyte.com, "DynamoDB pricing": 650,000 WRU and 550,000 RRU after the cut:
/// $0.40625 + $0.06875.
#[test]
fn g26_a_small_on_demand_table() {
    let usages = [
        usage(Dimension::WriteRequestUnits, "us-east-1", decimal("650000")),
        usage(Dimension::ReadRequestUnits, "us-east-1", decimal("550000")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &BillSettings::default());
    assert_eq!(bill.lines[0].usd().unwrap().get(), decimal("0.40625"));
    assert_eq!(bill.lines[1].usd().unwrap().get(), decimal("0.06875"));
    assert_eq!(bill.monthly().unwrap().get(), decimal("0.475"));
}

/// AWS's own calculator (estimate 9b4e4e20…, cited by scylladb/calculator):
/// on-demand after the cut, 80,000 strong reads/s and 20,000 writes/s of 1 KB,
/// 2,048 GB, 730 h: $26,280 + $32,850 + $512, $715,704 a year.
#[test]
fn g27_an_estimate_of_awss_calculator() {
    let settings = BillSettings::default();
    let usages = [
        usage(
            Dimension::ReadRequestUnits,
            "us-east-1",
            decimal("80000") * settings.month_seconds(),
        ),
        usage(
            Dimension::WriteRequestUnits,
            "us-east-1",
            decimal("20000") * settings.month_seconds(),
        ),
        usage(Dimension::Storage, "us-east-1", decimal("2048")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &settings);
    assert_eq!(cents(&bill), ["$26,280.00", "$32,850.00", "$512.00"]);
    assert_eq!(bill.monthly().unwrap().to_string(), "$59,642.00");
    assert_eq!(bill.yearly().unwrap().to_string(), "$715,704.00");
}

/// Seconds a month at the peak, when it lasts so many hours a day:
/// scylladb/calculator rounds the hours a month to tenths (3 h a day are 91.3).
fn peak_hours(hours_a_day: &str) -> Decimal {
    (decimal(hours_a_day) * decimal("365") / decimal("12")).round_dp(1)
}

/// A load of `base` a second with a daily peak, summed over a month of 730 h.
fn month_with_peak(base: &str, peak: &str, hours_a_day: &str) -> Decimal {
    let at_peak = peak_hours(hours_a_day);
    decimal(base) * (decimal("730") - at_peak) + decimal(peak) * at_peak
}

/// scylladb's DynamoDB cost guide, on-demand scenario after the cut: reads
/// 410k/s, 1M/s for 1 h a day; writes 380k/s, 800k/s for 3 h a day; 1 KB,
/// strong, 512 GB: $853,312 a month (142,756 + 710,428 + 128), within 0.1 %
/// because of the rounded peak hours.
#[test]
fn g28_on_demand_with_peaks() {
    let seconds = decimal("3600");
    let usages = [
        usage(
            Dimension::ReadRequestUnits,
            "us-east-1",
            month_with_peak("410000", "1000000", "1") * seconds,
        ),
        usage(
            Dimension::WriteRequestUnits,
            "us-east-1",
            month_with_peak("380000", "800000", "3") * seconds,
        ),
        usage(Dimension::Storage, "us-east-1", decimal("512")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &BillSettings::default());
    let near = |line: usize, expected: &str| {
        let usd = bill.lines[line].usd().unwrap().get();
        let expected = decimal(expected);
        assert!((usd - expected).abs() <= expected * decimal("0.001"), "{usd} and {expected}");
    };
    near(0, "142756");
    near(1, "710428");
    assert_eq!(bill.lines[2].usd().unwrap().get(), decimal("128"));
    let total = bill.monthly().unwrap().get();
    assert!((total - decimal("853312")).abs() <= decimal("853"), "{total}");
}

/// The same guide, provisioned: 175k reads and writes a second, 275k for 12 h a
/// day, 512 GB: $128,242 a month (21,352.5 + 106,762.5 + 128), within $1.
#[test]
fn g29_provisioned_with_peaks() {
    let hours = month_with_peak("175000", "275000", "12");
    let usages = [
        usage(Dimension::RcuHours, "us-east-1", hours),
        usage(Dimension::WcuHours, "us-east-1", hours),
        usage(Dimension::Storage, "us-east-1", decimal("512")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &BillSettings::default());
    assert_eq!(bill.lines[0].usd().unwrap().get(), decimal("21352.5"));
    assert_eq!(bill.lines[1].usd().unwrap().get(), decimal("106762.5"));
    let total = bill.monthly().unwrap().get();
    assert!((total - decimal("128242")).abs() <= decimal("1"), "{total}");
}

/// The sustained utilisation above which provisioned capacity is cheaper, WCU
/// price / (3,600 x WRU price): 28.9 % after the cut, 14.4 % before; the same
/// for reads. With auto scaling at a target of 70 % the provisioned bill is
/// list / 0.7 per unit consumed, and on-demand still costs 2.42 times that.
#[test]
fn g30_break_even_utilisation() {
    let region = Region::new("us-east-1").unwrap();
    let settings = BillSettings::default();
    for direction in [Direction::Read, Direction::Write] {
        let of = |book: &PriceBook| {
            break_even_utilisation(book, &region, direction, TableClass::Standard, &settings)
                .unwrap()
        };
        assert_eq!(of(&PriceBook::embedded()).round_dp(3), decimal("0.289"));
        assert_eq!(of(&before_the_cut()).round_dp(3), decimal("0.144"));
        let at_target = of(&PriceBook::embedded()) / decimal("0.7");
        assert_eq!((Decimal::ONE / at_target).round_dp(2), decimal("2.42"));
    }
}

/// infracost, `db_instance_test` golden file (us-east-1, 3 May 2026), 730 h:
/// db.t3.large PostgreSQL Single-AZ $105.85, 20 GB of gp2 $2.30, 1,000 GB of
/// extra backup $95.00.
#[test]
fn g31_a_postgres_instance() {
    let settings = BillSettings::default();
    let instance = PriceKey::of_class(Dimension::RdsSingleAzHours, "db.t3.large");
    let usages = [
        usage(instance, "us-east-1", settings.month_of(Decimal::ONE)),
        usage(Dimension::RdsGp2Storage, "us-east-1", decimal("20")),
        usage(Dimension::RdsBackupStorage, "us-east-1", decimal("1000")),
    ];
    let bill = bill(&PriceBook::embedded(), &usages, &settings);
    assert_eq!(cents(&bill), ["$105.85", "$2.30", "$95.00"]);
}

/// GB are a convention: the same bytes cost 7.4 % more by the GB of 10^9.
#[test]
fn the_size_of_a_gigabyte_is_a_setting() {
    let decimal_gb = BillSettings { bytes_per_gb: 1_000_000_000, ..BillSettings::default() };
    let bytes = decimal("1073741824000");
    assert_eq!(BillSettings::default().gigabytes(bytes), decimal("1000"));
    assert_eq!(decimal_gb.gigabytes(bytes), decimal("1073.741824"));
}
