//! How much of recorded applications the starter designs serve, untouched.

use ddbplan::design::starter;
use ddbplan::report::design_check;
use ddbplan::workload::Service;

use super::{Planned, started, workload};

/// Shares of the calls of data statements served without a Scan, and every other
/// statement with its reason.
fn check(name: &str, least: f64) -> (ddbplan::workload::Workload, Planned) {
    let workload = workload(name);
    let planned = started(&workload, &starter::relational_copy(&workload));
    let served = planned.coverage.served_of_data().unwrap();
    assert!(served >= least, "{name}: {served}");
    let by_time = planned.coverage.by_time.clone().unwrap();
    for shares in [&planned.coverage.by_calls, &by_time] {
        let sum: f64 = shares.values().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{name}: {shares:?}");
    }
    // What is not served is listed, with why and with its share.
    let listed: Vec<_> = design_check::unserved(&workload, &planned.plan).collect();
    let open = |service| planned.coverage.by_calls[&service];
    let unserved = open(Service::Scan) + open(Service::NotServed) + open(Service::Unparsed);
    let sum: f64 = listed.iter().map(|one| one.calls_share).sum();
    assert!((sum - unserved).abs() < 1e-9, "{name}: {sum} of {unserved}");
    assert!(listed.iter().all(|one| !one.planned.notes.is_empty()));
    drop(listed);
    (workload, planned)
}

#[test]
fn pgbench_is_served_whole() {
    check("pgbench", 0.9999);
}

#[test]
fn notifications_are_served_by_sparse_and_sorted_lists() {
    let (_, planned) = check("notifications", 0.9999);
    let table = planned.design.tables.iter().find(|table| table.name == "notifications").unwrap();
    let names: Vec<&str> = table.indexes.iter().map(|index| index.name.as_str()).collect();
    // The sweeper reads the rows still to be sent, the retention job the oldest.
    assert!(names.contains(&"notifications_pending_idx"), "{names:?}");
    assert!(names.contains(&"all_by_created_at"), "{names:?}");
}

/// All but the search of products by words in their text: `LIKE '%word%'` over
/// several columns, which no key serves. It is 44 of 51,000 calls and more than
/// a third of the time.
#[test]
fn oscar_is_served_but_for_the_text_search() {
    let (workload, planned) = check("oscar", 0.999);
    let listed: Vec<_> = design_check::unserved(&workload, &planned.plan).collect();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].pattern.text.contains("LIKE"), "{}", listed[0].pattern.text);
    assert!(listed[0].time_share.unwrap() > 0.3);
}
