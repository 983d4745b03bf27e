//! Units per call of every statement under every design, derived by hand.
//!
//! W is the mean write units of a notification item under the design and m its
//! mean size; an event, a counter or a user is under 1 KB: 1 unit. Index entries
//! of `by_user` are whole notifications (W); of `by_provider`, `by_hour` and
//! `due` keys and little more: 1 unit. Reads of a GSI are eventual: half a unit
//! for up to 4 KB. Reads that feed a write in the same statement are strong on
//! the table: one unit for up to 4 KB.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{design, operations, report, scenario};

const ENQUEUE: &str = "UPDATE notifications SET state = $1, attempts";
const SEND: &str = "UPDATE notifications SET state = $1, sent_at";
const DELIVER: &str = "UPDATE notifications SET state = $1, delivered_at";
const FAIL: &str = "UPDATE notifications SET state = $1, last_error";
const INSERT: &str =
    "INSERT INTO notifications (user_id, channel, template, payload, rendered_body";
const SCHEDULE: &str =
    "INSERT INTO notifications (user_id, channel, template, payload, scheduled_at";
const UPSERT_COUNTER: &str = "INSERT INTO user_counters";
const RESET_COUNTER: &str = "UPDATE user_counters SET unread";
const READ_COUNTER: &str = "SELECT unread FROM user_counters";
const SKIP_EVENT: &str =
    "INSERT INTO notification_events (notification_id, seq, state) VALUES ($1, $2, $3) ON";
const OPEN: &str = "SELECT * FROM notifications WHERE id";
const EVENTS: &str = "SELECT seq, state, at FROM notification_events";
const INBOX: &str = "SELECT id, channel, template";
const MARK_READ: &str = "WITH recent";
const SWEEP: &str = "WITH due";
const RETAIN: &str = "DELETE FROM notifications";
const CASCADE: &str = "DELETE FROM ONLY";
const REPORT: &str = "SELECT template, state, count(*)";

/// Rows per call in the recording: 14,963 of 15,140 updates found the expected
/// state; mark-read changed 21,404 rows in 5,047 calls, the sweeper 2,259 in
/// 1,070, retention 3,342 in 1,070, the cascade 4,460 in 3,342.
const ENQUEUED: f64 = 14_963.0 / 15_140.0;
const MARKED: f64 = 21_404.0 / 5_047.0;
const SWEPT: f64 = 2_259.0 / 1_070.0;
const RETAINED: f64 = 3_342.0 / 1_070.0;
const CASCADED: f64 = 4_460.0 / 3_342.0;
/// Rows returned by an inbox page: 256,085 in 20,187 calls.
const PAGE: f64 = 256_085.0 / 20_187.0;
/// Share of notifications that have a provider's message id, so an entry in
/// `by_provider`: all but 14.196667 % that are NULL.
const SENT: f64 = 1.0 - 0.141_966_67;
/// Share of notifications that are still due: 84 of 314,030.
const DUE: f64 = 84.0 / 314_030.0;

struct Design<'r> {
    report: &'r Value,
    name: &'static str,
    seen: BTreeMap<String, usize>,
}

impl<'r> Design<'r> {
    fn new(report: &'r Value, name: &'static str) -> Self {
        Self { report, name, seen: BTreeMap::new() }
    }

    fn size(&self, field: &str) -> f64 {
        let sizes = design(self.report, self.name)["item_sizes"].as_array().unwrap();
        sizes.iter().find(|size| size["item"] == "notification").unwrap()[field].as_f64().unwrap()
    }

    /// The operations of a statement: name, table or index, read and write units
    /// per call; nothing else may be planned for it.
    fn expect(&mut self, sql: &str, expected: &[(&str, &str, f64, f64)], tolerance: f64) {
        let found = operations(self.report, self.name, sql);
        let spoken: Vec<String> = found
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one["operation"].as_str().unwrap(),
                    arm(one),
                    [&one["read_units_per_call"], &one["write_units_per_call"]]
                        .map(ToString::to_string)
                        .join(" ")
                )
            })
            .collect();
        assert_eq!(found.len(), expected.len(), "{} {sql}: {spoken:#?}", self.name);
        for (one, (operation, place, read, write)) in found.iter().zip(expected) {
            let context = format!("{} {sql}: {spoken:#?}", self.name);
            assert_eq!(
                (one["operation"].as_str().unwrap(), &*arm(one)),
                (*operation, *place),
                "{context}"
            );
            for (units, expected) in
                [(&one["read_units_per_call"], read), (&one["write_units_per_call"], write)]
            {
                let units = units.as_f64().unwrap();
                assert!((units - expected).abs() <= tolerance, "{expected} expected, {context}");
            }
        }
        *self.seen.entry(sql.to_owned()).or_default() += 1;
    }

    /// Plain inserts of events share their beginning with those that skip
    /// duplicates.
    fn expect_plain_event(&mut self, expected: &[(&str, &str, f64, f64)], tolerance: f64) {
        let patterns = self.report["workload"]["patterns"].as_array().unwrap();
        let text = SKIP_EVENT.trim_end_matches(" ON");
        let plain = patterns.iter().find(|one| one["sql"] == text).unwrap();
        let found: Vec<&Value> = design(self.report, self.name)["operations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["pattern"] == plain["pattern"])
            .collect();
        assert_eq!(found.len(), expected.len());
        for (one, (operation, place, read, write)) in found.iter().zip(expected) {
            assert_eq!((one["operation"].as_str().unwrap(), &*arm(one)), (*operation, *place));
            let read_units = one["read_units_per_call"].as_f64().unwrap();
            let write_units = one["write_units_per_call"].as_f64().unwrap();
            assert!((read_units - read).abs() <= tolerance, "{read_units}");
            assert!((write_units - write).abs() <= tolerance, "{write_units}");
        }
        *self.seen.entry("plain event".to_owned()).or_default() += 1;
    }

    /// 19 data statements in the recording.
    fn finish(self) {
        assert_eq!(self.seen.len(), 19, "{:?}", self.seen.keys());
    }
}

fn arm(operation: &Value) -> String {
    match operation["index"].as_str() {
        Some(index) => format!("{}.{index}", operation["table"].as_str().unwrap()),
        None => operation["table"].as_str().unwrap().to_owned(),
    }
}

/// A Query over `items` items of mean size `m`: their bytes are added up and
/// rounded to 4 KB once. With sizes spread as widely as these, the sum falls
/// anywhere within a block, so rounding adds half a block on average.
fn query(items: f64, mean_bytes: f64) -> f64 {
    items * mean_bytes / 4096.0 + 0.5
}

const EXACT: f64 = 1e-6;

/// What a new notification lacks on average: names and values that come later,
/// times the share of rows that have them in the end. A provider's id 0.858 x
/// (19 + 35), an error 0.136 x (10 + 16), and the times, of 32 characters, of
/// sending 0.864 x (7 + 32), delivery 0.722 x (12 + 32) and reading 0.336 x (7 +
/// 32): 46.3 + 3.5 + 33.7 + 31.8 + 13.1.
const LATER_BYTES: f64 = 128.4;

/// A new notification without its body is a few hundred bytes: one unit, but for
/// the rare long payload.
const WITHOUT_BODY: (f64, f64) = (1.01, 0.01);

#[test]
fn relational_copy() {
    let report = report(&scenario());
    let mut d = Design::new(&report, "relational-copy");
    let (w, m) = (d.size("mean_write_units"), d.size("mean_bytes"));

    // A new event: 1. A duplicate that is skipped costs the existing event: 1.
    d.expect_plain_event(&[("PutItem", "notification_events", 0.0, 1.0)], EXACT);
    d.expect(SKIP_EVENT, &[("PutItem", "notification_events", 0.0, 1.0)], EXACT);
    // A page of the inbox from by_user, half price: 0.5 x (12.69 m / 4096 + 0.5).
    d.expect(INBOX, &[("Query", "notifications.by_user", 0.5 * query(PAGE, m), 0.0)], 0.01);
    d.expect(READ_COUNTER, &[("GetItem", "user_counters", 0.5, 0.0)], EXACT);
    d.expect(UPSERT_COUNTER, &[("UpdateItem", "user_counters", 0.0, 1.0)], EXACT);
    d.expect(RESET_COUNTER, &[("UpdateItem", "user_counters", 0.0, 1.0)], EXACT);
    // A new notification enters by_user (W), by_hour (1) and due (1: it begins
    // as created); it has no provider's id yet, so by_provider costs nothing. What
    // it lacks is as much less of a unit, for sizes spread over the kilobytes.
    for (insert, new, tolerance) in
        [(INSERT, w - LATER_BYTES / 1024.0, 0.005), (SCHEDULE, WITHOUT_BODY.0, WITHOUT_BODY.1)]
    {
        d.expect(
            insert,
            &[
                ("PutItem", "notifications", 0.0, new),
                ("PutItem", "notifications.by_user", 0.0, new),
                ("PutItem", "notifications.by_hour", 0.0, 1.0),
                ("PutItem", "notifications.due", 0.0, 1.0),
            ],
            tolerance,
        );
    }
    // By key, with the state as its condition: W also where it fails; by_user
    // (state is projected) only where it holds, 98.8 %.
    d.expect(
        ENQUEUE,
        &[
            ("UpdateItem", "notifications", 0.0, w),
            ("UpdateItem", "notifications.by_user", 0.0, ENQUEUED * w),
        ],
        EXACT,
    );
    // Sending gives the provider's id its first value: by_provider gains an entry
    // (1). The row is due no more: due loses one (1).
    d.expect(
        SEND,
        &[
            ("UpdateItem", "notifications", 0.0, w),
            ("UpdateItem", "notifications.by_user", 0.0, w),
            ("UpdateItem", "notifications.by_provider", 0.0, 1.0),
            ("UpdateItem", "notifications.due", 0.0, 1.0),
        ],
        EXACT,
    );
    // Callbacks know the provider's id alone: a Query of by_provider (0.5), then
    // the update by key, W on the table and on by_user.
    for callback in [DELIVER, FAIL] {
        d.expect(
            callback,
            &[
                ("Query", "notifications.by_provider", 0.5, 0.0),
                ("UpdateItem", "notifications", 0.0, w),
                ("UpdateItem", "notifications.by_user", 0.0, w),
            ],
            EXACT,
        );
    }
    // One notification: half of its 4 KB units, the minimum in the 1 % that find
    // nothing. W counts 1 KB units, so the bound is loose.
    d.expect(OPEN, &[("GetItem", "notifications", 0.54, 0.0)], 0.01);
    // A handful of events of 70 bytes: one 4 KB block at half price.
    d.expect(EVENTS, &[("Query", "notification_events", 0.5, 0.0)], EXACT);
    // A user's notifications from by_user, filtered by state: as many as a user
    // has, 314,030 x 10.02 % distinct users = 9.98 of them, at half price. Then
    // 4.24 updates, W on the table and W on by_user each.
    d.expect(
        MARK_READ,
        &[
            ("Query", "notifications.by_user", 0.5 * query(1.0 / 0.100_238_83, m), 0.0),
            ("UpdateItem", "notifications", 0.0, MARKED * w),
            ("UpdateItem", "notifications.by_user", 0.0, MARKED * w),
        ],
        0.02,
    );
    // Four Queries, one for each hash suffix, half a unit each; then 2.11 updates
    // that take their rows out of due.
    d.expect(
        SWEEP,
        &[
            ("Query", "notifications.due", 4.0 * 0.5, 0.0),
            ("UpdateItem", "notifications", 0.0, SWEPT * w),
            ("UpdateItem", "notifications.by_user", 0.0, SWEPT * w),
            ("UpdateItem", "notifications.due", 0.0, SWEPT),
        ],
        EXACT,
    );
    // The oldest hour, four Queries; then 3.12 deletes with their entries: W in
    // by_user, 1 in by_provider for the 85.8 % that were sent, 1 in by_hour, and
    // next to nothing in due.
    d.expect(
        RETAIN,
        &[
            ("Query", "notifications.by_hour", 4.0 * 0.5, 0.0),
            ("DeleteItem", "notifications", 0.0, RETAINED * w),
            ("DeleteItem", "notifications.by_user", 0.0, RETAINED * w),
            ("DeleteItem", "notifications.by_provider", 0.0, RETAINED * SENT),
            ("DeleteItem", "notifications.by_hour", 0.0, RETAINED),
            ("DeleteItem", "notifications.due", 0.0, RETAINED * DUE),
        ],
        1e-5,
    );
    // The cascade finds the events by their parent (strong: 1), then deletes
    // 1.33 of them.
    d.expect(
        CASCADE,
        &[
            ("Query", "notification_events", 1.0, 0.0),
            ("DeleteItem", "notification_events", 0.0, CASCADED),
        ],
        EXACT,
    );
    // A day of everybody's notifications has no key: the warehouse's.
    d.expect(REPORT, &[], EXACT);
    d.finish();
}

#[test]
fn user_partition() {
    let report = report(&scenario());
    let mut d = Design::new(&report, "user-partition");
    let (w, m) = (d.size("mean_write_units"), d.size("mean_bytes"));

    d.expect_plain_event(&[("PutItem", "inbox", 0.0, 1.0)], EXACT);
    d.expect(SKIP_EVENT, &[("PutItem", "inbox", 0.0, 1.0)], EXACT);
    // The inbox is the table: the same page without an index.
    d.expect(INBOX, &[("Query", "inbox", 0.5 * query(PAGE, m), 0.0)], 0.01);
    d.expect(READ_COUNTER, &[("GetItem", "inbox", 0.5, 0.0)], EXACT);
    d.expect(UPSERT_COUNTER, &[("UpdateItem", "inbox", 0.0, 1.0)], EXACT);
    d.expect(RESET_COUNTER, &[("UpdateItem", "inbox", 0.0, 1.0)], EXACT);
    // No by_user to write: only by_hour and due.
    for (insert, new, tolerance) in
        [(INSERT, w - LATER_BYTES / 1024.0, 0.005), (SCHEDULE, WITHOUT_BODY.0, WITHOUT_BODY.1)]
    {
        d.expect(
            insert,
            &[
                ("PutItem", "inbox", 0.0, new),
                ("PutItem", "inbox.by_hour", 0.0, 1.0),
                ("PutItem", "inbox.due", 0.0, 1.0),
            ],
            tolerance,
        );
    }
    // The worker supplies the key; nothing that changes is in an index.
    d.expect(ENQUEUE, &[("UpdateItem", "inbox", 0.0, w)], EXACT);
    d.expect(
        SEND,
        &[
            ("UpdateItem", "inbox", 0.0, w),
            ("UpdateItem", "inbox.by_provider", 0.0, 1.0),
            ("UpdateItem", "inbox.due", 0.0, 1.0),
        ],
        EXACT,
    );
    // by_provider holds the table's key: a Query (0.5), then the update.
    for callback in [DELIVER, FAIL] {
        d.expect(
            callback,
            &[("Query", "inbox.by_provider", 0.5, 0.0), ("UpdateItem", "inbox", 0.0, w)],
            EXACT,
        );
    }
    d.expect(OPEN, &[("GetItem", "inbox", 0.54, 0.0)], 0.01);
    d.expect(EVENTS, &[("Query", "inbox", 0.5, 0.0)], EXACT);
    // On the table, so strong: the full price of 9.98 notifications.
    d.expect(
        MARK_READ,
        &[
            ("Query", "inbox", query(1.0 / 0.100_238_83, m), 0.0),
            ("UpdateItem", "inbox", 0.0, MARKED * w),
        ],
        0.02,
    );
    d.expect(
        SWEEP,
        &[
            ("Query", "inbox.due", 4.0 * 0.5, 0.0),
            ("UpdateItem", "inbox", 0.0, SWEPT * w),
            ("UpdateItem", "inbox.due", 0.0, SWEPT),
        ],
        EXACT,
    );
    d.expect(
        RETAIN,
        &[
            ("Query", "inbox.by_hour", 4.0 * 0.5, 0.0),
            ("DeleteItem", "inbox", 0.0, RETAINED * w),
            ("DeleteItem", "inbox.by_provider", 0.0, RETAINED * SENT),
            ("DeleteItem", "inbox.by_hour", 0.0, RETAINED),
            ("DeleteItem", "inbox.due", 0.0, RETAINED * DUE),
        ],
        1e-5,
    );
    d.expect(
        CASCADE,
        &[("Query", "inbox", 1.0, 0.0), ("DeleteItem", "inbox", 0.0, CASCADED)],
        EXACT,
    );
    d.expect(REPORT, &[], EXACT);
    d.finish();
}

#[test]
fn user_partition_compact() {
    let report = report(&scenario());
    let mut d = Design::new(&report, "user-partition-compact");
    let (w, m) = (d.size("mean_write_units"), d.size("mean_bytes"));

    // Events live in the notification: each append bills the whole item at its
    // length then. 45,420 events over 17,109 notifications are 2.65 of 52 bytes
    // each, so an item lacks 1.65, 0.65 and then 0 of them: 45 bytes on average,
    // 0.044 of a unit for sizes spread evenly over the kilobytes.
    let appended = w - 45.0 / 1024.0;
    d.expect_plain_event(&[("UpdateItem", "inbox", 0.0, appended)], 0.02);
    d.expect(SKIP_EVENT, &[("UpdateItem", "inbox", 0.0, appended)], 0.02);
    // Compressed bodies are so alike that their sum does not fall evenly within a
    // block: for such sizes the half block is up to 0.04 off, at half price 0.02.
    d.expect(INBOX, &[("Query", "inbox", 0.5 * query(PAGE, m), 0.0)], 0.02);
    d.expect(READ_COUNTER, &[("GetItem", "inbox", 0.5, 0.0)], EXACT);
    d.expect(UPSERT_COUNTER, &[("UpdateItem", "inbox", 0.0, 1.0)], EXACT);
    d.expect(RESET_COUNTER, &[("UpdateItem", "inbox", 0.0, 1.0)], EXACT);
    // A new notification lacks its events too, 2.65 x 52 bytes: 266 in all. Most
    // compressed ones are below a kilobyte with and without them, so that saves
    // between nothing and 0.26 of a unit. Without its body it is one unit.
    let most = (LATER_BYTES + 2.65 * 52.0) / 1024.0;
    for (insert, new, tolerance) in [(INSERT, w - most / 2.0, most / 2.0), (SCHEDULE, 1.0, 0.001)] {
        d.expect(
            insert,
            &[("PutItem", "inbox", 0.0, new), ("PutItem", "inbox.due", 0.0, 1.0)],
            tolerance,
        );
    }
    d.expect(ENQUEUE, &[("UpdateItem", "inbox", 0.0, w)], EXACT);
    d.expect(
        SEND,
        &[
            ("UpdateItem", "inbox", 0.0, w),
            ("UpdateItem", "inbox.by_provider", 0.0, 1.0),
            ("UpdateItem", "inbox.due", 0.0, 1.0),
        ],
        EXACT,
    );
    for callback in [DELIVER, FAIL] {
        d.expect(
            callback,
            &[("Query", "inbox.by_provider", 0.5, 0.0), ("UpdateItem", "inbox", 0.0, w)],
            EXACT,
        );
    }
    // Compressed, hardly any is over 4 KB.
    d.expect(OPEN, &[("GetItem", "inbox", 0.505, 0.0)], 0.01);
    // The events come with their notification.
    d.expect(EVENTS, &[("GetItem", "inbox", 0.505, 0.0)], 0.01);
    // Ten such bodies are up to 0.08 off the half block, at full price.
    d.expect(
        MARK_READ,
        &[
            ("Query", "inbox", query(1.0 / 0.100_238_83, m), 0.0),
            ("UpdateItem", "inbox", 0.0, MARKED * w),
        ],
        0.08,
    );
    d.expect(
        SWEEP,
        &[
            ("Query", "inbox.due", 4.0 * 0.5, 0.0),
            ("UpdateItem", "inbox", 0.0, SWEPT * w),
            ("UpdateItem", "inbox.due", 0.0, SWEPT),
        ],
        EXACT,
    );
    // Retention is left to TTL, and events go with their notification: free.
    d.expect(RETAIN, &[], EXACT);
    d.expect(CASCADE, &[], EXACT);
    d.expect(REPORT, &[], EXACT);
    d.finish();
}
