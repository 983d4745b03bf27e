//! What a capture of a live server predicts, against what the server knows.

use std::path::Path;
use std::process::Command;

use ddbplan::capture::{self, Capture, InputFile};
use ddbplan::demand::{self, ReadRule};
use ddbplan::plan::{Detail, PlannedPattern};
use ddbplan::scenario::Settings;
use ddbplan::workload::{self, Workload};
use ddbplan::{design, layout, plan};

use super::capture::wait_for;
use super::server::{Server, succeed};

/// Runs `work` between the first and the last reading of the capture script.
fn captured(server: &Server, work: impl FnOnce()) -> Capture {
    let script = server.folder().join("capture.sql");
    let printed = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
        .args(["capture", "--every", "4", "--for", "8"])
        .output()
        .expect("the program was built");
    ddbplan::disk::write(&script, &printed.stdout, false).expect("the folder is ours");
    let bundle = server.folder().join("capture.jsonl");
    let mut psql = server
        .client("psql")
        .args(["-X", "-q", "-f"])
        .arg(&script)
        .arg("-o")
        .arg(&bundle)
        .spawn()
        .expect("psql is installed");
    wait_for(&bundle, "\"kind\" : \"wal\"");
    work();
    assert!(psql.wait().expect("psql was started").success());
    let bytes = ddbplan::disk::read(&bundle).expect("psql wrote it");
    let files = vec![InputFile::bytes("capture.jsonl", bytes)];
    capture::read(files, &capture::Settings::default()).expect("the bundle is sound")
}

fn workload(capture: &Capture, plan: &str) -> Workload {
    let (settings, _) = Settings::read("plan.toml", plan).expect("the plan is sound");
    workload::build(capture, &settings)
}

const EVENTS: &str = "CREATE TABLE events (
    id bigint PRIMARY KEY, user_id int NOT NULL, kind int NOT NULL, body text NOT NULL);
INSERT INTO events
    SELECT row_number() OVER (), u, g % 10, repeat('x', 180)
    FROM generate_series(1, 200) u, LATERAL generate_series(1, 4000 / u) g;
CREATE INDEX events_user_idx ON events (user_id);
ANALYZE events;
CREATE EXTENSION pg_stat_statements;";

const DESIGN: &str = r#"
name = "by-id"
[tables.events]
partition_key = "id"
[tables.events.items.event]
from = "events"
[tables.events.gsi.by_user]
partition_key = "user_id"
projection = "all"
"#;

/// Users by Zipf's law: user u has 4,000 / u events and is asked for 240 / u
/// times. Counts and filtered lists look at whole collections, ten times as
/// large as the mean where they are popular; of the keys in a batch three in
/// ten do not exist.
fn work() -> (String, f64, f64) {
    let mut script = String::from("SET enable_seqscan = off;\n");
    let (mut items, mut units) = (0.0, 0.0);
    // Bytes of an event as an item: names 2 + 7 + 4 + 4, a number of 2 or 3
    // bytes each for user and kind, 3 to 4 for the id, 180 of text.
    let event_bytes = 17.0 + 180.0 + 2.4 + 2.0 + 3.4;
    let mut read = |looked_at: f64, units_of: f64| {
        items += looked_at;
        units += units_of;
    };
    let query = |items: f64| (items * event_bytes / 4096.0).ceil().max(1.0) / 2.0;
    for user in 1..=120_u32 {
        let collection = f64::from(4000 / user);
        for _ in 0..240 / user {
            script += &format!("SELECT count(*) FROM events WHERE user_id = {user};\n");
            read(collection, query(collection));
        }
        for _ in 0..120 / user {
            script +=
                &format!("SELECT id, body FROM events WHERE user_id = {user} AND kind = 3;\n");
            read(collection, query(collection));
        }
    }
    for batch in 0..100 {
        // Seven keys that exist, three beyond the last.
        let keys: Vec<String> = (0..7)
            .map(|i| (1 + batch * 101 + i * 13).to_string())
            .chain((0..3).map(|i| (900_000 + batch * 10 + i).to_string()))
            .collect();
        script += &format!(
            "SELECT id, kind FROM events WHERE id = ANY ('{{{}}}'::bigint[]);\n",
            keys.join(",")
        );
        read(10.0, 5.0);
    }
    (script, items, units)
}

/// Items looked at and read units of the whole capture, and the units at least
/// and at most.
struct Predicted {
    items: f64,
    units: f64,
    least: f64,
    most: f64,
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn predicted(capture: &Capture) -> Predicted {
    use rust_decimal::prelude::ToPrimitive;

    let workload = workload(capture, "");
    let design = design::read("design.toml", DESIGN, &workload).expect("the design is sound");
    let layout = layout::build(&design, &workload);
    let plan = plan::plan(&workload, &design, &layout, false);
    let demand = demand::demand(&workload, &layout, &plan, ReadRule::AsPlanned);
    let mut sum = Predicted { items: 0.0, units: 0.0, least: 0.0, most: 0.0 };
    for operation in &demand.operations {
        let calls = workload.patterns[operation.pattern].calls as f64;
        let planned: &PlannedPattern = &plan.patterns[operation.pattern];
        let units: f64 = operation.arms.iter().filter_map(|arm| arm.read.to_f64()).sum();
        if let Detail::Read { items, .. } = &planned.operations[operation.operation].detail {
            sum.items += calls * planned.operations[operation.operation].per_call * items;
        }
        sum.units += calls * units;
        let (least, most) = planned.read_range.unwrap_or((units, units));
        sum.least += calls * least;
        sum.most += calls * most;
    }
    sum
}

/// With index counters the items looked at and the read units are within 5 % in
/// total; without them the stated range holds the truth.
pub fn index_counters_tell_what_reads_look_at(binaries: &Path) {
    let server = Server::start(binaries);
    server.run(EVENTS);
    let (script, items, units) = work();
    let file = server.folder().join("work.sql");
    ddbplan::disk::write(&file, script.as_bytes(), false).expect("the folder is ours");
    let mut capture = captured(&server, || {
        succeed(server.client("psql").args(["-X", "-q", "-o", "/dev/null", "-f"]).arg(&file));
    });
    let with = predicted(&capture);
    assert!((with.items / items - 1.0).abs() < 0.05, "{} of {items} items", with.items);
    assert!((with.units / units - 1.0).abs() < 0.05, "{} of {units} units", with.units);
    capture.index_activity.clear();
    let without = predicted(&capture);
    assert!(
        (without.least..=without.most).contains(&units),
        "{} to {}, not {units}",
        without.least,
        without.most
    );
    assert!(without.units < 0.7 * units, "the counters are needed: {}", without.units);
}

/// Rows of a long-tailed length: mean write units within 3 % by the histogram
/// that the capture takes.
pub fn histograms_give_item_sizes(binaries: &Path) {
    let server = Server::start(binaries);
    server.run(
        "CREATE TABLE messages (id bigint PRIMARY KEY, user_id int NOT NULL, body text NOT NULL);
         SELECT setseed(0.5);
         INSERT INTO messages SELECT g, g % 977, repeat('m', greatest(1, exp(6.3 + 0.9 *
             sqrt(-2 * ln(1 - random())) * cos(6.2831853 * random())))::int)
             FROM generate_series(1, 20000) g;
         ANALYZE messages;
         CREATE EXTENSION pg_stat_statements;",
    );
    let capture = captured(&server, || {
        server.run("SELECT count(*) FROM messages WHERE id = 7");
    });
    let plan = "[encoding]\nnumbers = \"text\"\n";
    let workload = workload(&capture, plan);
    let text = "name = \"copy\"\n[tables.m]\npartition_key = \"id\"\n[tables.m.items.message]\n\
                from = \"messages\"\n";
    let design = design::read("design.toml", text, &workload).expect("the design is sound");
    let layout = layout::build(&design, &workload);
    let found = layout.tables[0].items[0].sizes.expected_write_units();
    // Names: id, user_id, body.
    let truth: f64 = server
        .query(
            "SELECT avg(ceil((13 + octet_length(id::text) + octet_length(user_id::text) + \
             octet_length(body)) / 1024.0)) FROM messages",
        )
        .parse()
        .expect("a number");
    assert!((found / truth - 1.0).abs() < 0.03, "{found} for {truth}");
}
