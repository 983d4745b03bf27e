//! What a changed primary key saves: write units per notification of a naive
//! design (keyed by the notification, found by its user through a GSI) and of
//! one keyed by the user, over an insert and `k` updates of the state.
//!
//! The mechanism is public; which of these cases any real migration was, is not.

use std::collections::BTreeMap;

use ddbplan::capture::{Capture, InputFile, Settings as CaptureSettings, read};
use ddbplan::demand::{ReadRule, demand};
use ddbplan::scenario::Settings;
use ddbplan::{design, layout, plan, workload};
use rust_decimal::Decimal;

/// A recording of 1,000 inserts and `k` updates of each row; the body makes an
/// item of about `body_bytes`.
fn capture(k: u64, body_bytes: u64) -> Capture {
    let row = |at: &str, id: i64, query: &str, calls: u64| {
        format!(
            "{{\"captured_at\":\"2026-01-01T00:{at}:00+00:00\",\"userid\":\"10\",\"dbid\":\"5\",\
             \"toplevel\":true,\"queryid\":{id},\"query\":\"{query}\",\"calls\":{calls},\
             \"rows\":{calls},\"total_exec_time\":1}}\n"
        )
    };
    let insert = "INSERT INTO notifications (id, user_id, created_at, state, body) \
                  VALUES ($1, $2, $3, $4, $5)";
    let update = "UPDATE notifications SET state = $1 WHERE id = $2";
    let mut statements = row("00", 1, insert, 0) + &row("00", 2, update, 0);
    statements += &row("10", 1, insert, 1000);
    statements += &row("10", 2, update, 1000 * k);
    let schema = "CREATE TABLE public.notifications (\n    id bigint NOT NULL,\n    \
                  user_id bigint NOT NULL,\n    created_at timestamp with time zone NOT NULL,\n    \
                  state text NOT NULL,\n    body character(1) NOT NULL\n);\n\
                  ALTER TABLE ONLY public.notifications\n    \
                  ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);\n";
    let stats = format!(
        "schemaname,tablename,attname,inherited,null_frac,avg_width,n_distinct,most_common_freqs,\
         correlation\n\
         public,notifications,id,f,0,8,-1,,\npublic,notifications,user_id,f,0,8,-0.1,,\n\
         public,notifications,created_at,f,0,8,-1,,\npublic,notifications,state,f,0,6,5,,\n\
         public,notifications,body,f,0,{body_bytes},-1,,\n"
    );
    let tables = "schema,table,oid,relkind,reltuples,relpages,has_toast,heap_bytes,index_bytes,\
                  total_bytes,toast_bytes,reloptions\n\
                  public,notifications,1,r,100000,10,f,81920,8192,90112,0,\n";
    let files = [
        ("pg_stat_statements.jsonl", statements.as_str()),
        ("schema.sql", schema),
        ("catalog/pg_stats.csv", &stats),
        ("catalog/tables.csv", tables),
    ];
    let files = files.map(|(name, text)| InputFile::bytes(name, text)).into();
    read(files, &CaptureSettings::default()).unwrap()
}

/// Write units per notification under a design.
fn units(k: u64, body_bytes: u64, toml: &str) -> Decimal {
    let (settings, _) = Settings::read("plan.toml", "").unwrap();
    let workload = workload::build(&capture(k, body_bytes), &settings);
    let design = design::read("design.toml", toml, &workload).unwrap();
    let layout = layout::build(&design, &workload);
    let plan = plan::plan(&workload, &design, &layout, false);
    let demand = demand(&workload, &layout, &plan, ReadRule::AsPlanned);
    let mut per_pattern: BTreeMap<usize, Decimal> = BTreeMap::new();
    for operation in &demand.operations {
        let units: Decimal = operation.arms.iter().map(|arm| arm.write).sum();
        *per_pattern.entry(operation.pattern).or_default() += units;
    }
    per_pattern
        .into_iter()
        .map(|(pattern, units)| {
            units * Decimal::from(workload.patterns[pattern].calls) / Decimal::from(1000)
        })
        .sum()
}

const TABLE: &str = "name = \"naive\"\n[tables.n]\npartition_key = \"id\"\n\
                     [tables.n.items.n]\nfrom = \"notifications\"\n";
const BY_USER: &str = "[tables.n.gsi.by_user]\npartition_key = \"user_id\"\n\
                       sort_key = \"created_at\"\nprojection = \"all\"\n";
const BY_USER_KEYS: &str = "[tables.n.gsi.by_user]\npartition_key = \"user_id\"\n\
                            sort_key = \"created_at\"\nprojection = \"keys_only\"\n";
const BY_TIME: &str = "[tables.n.gsi.by_time]\npartition_key = \"{created_at:hour}\"\n\
                       projection = \"all\"\n";
const BY_STATE: &str = "[tables.n.gsi.by_state]\npartition_key = \"state\"\n\
                        projection = \"all\"\n";
const SUPPLIES: &str = "[[patterns]]\nsql = \"UPDATE notifications...\"\n\
                        supplies = [\"user_id\", \"created_at\"]\n";

/// Keyed by the user; whoever updates knows the whole key.
fn rekeyed(k: u64, compress: &str) -> String {
    let supplies = if k > 0 { SUPPLIES } else { "" };
    format!(
        "name = \"rekeyed\"\n[tables.n]\npartition_key = \"user_id\"\n\
         sort_key = \"{{created_at}}#{{id}}\"\n[tables.n.items.n]\nfrom = \"notifications\"\n\
         {compress}{supplies}"
    )
}

/// k updates of an item below 1 KB, and of one between 1 and 2 KB that
/// compression brings below.
const SMALL: u64 = 300;
const LARGE: u64 = 1400;

fn check(k: u64, body: u64, naive: &str, redesign: &str, expected: (u64, u64)) {
    let naive = units(k, body, &format!("{TABLE}{naive}"));
    let redesign = units(k, body, redesign);
    assert_eq!(
        (naive, redesign),
        (Decimal::from(expected.0), Decimal::from(expected.1)),
        "k = {k}, body {body} bytes"
    );
}

#[test]
fn one_index_that_projects_all() {
    for k in 0..=5 {
        // Table and index, insert and updates alike: 2 (1 + k) against 1 + k.
        check(k, SMALL, BY_USER, &rekeyed(k, ""), (2 * (1 + k), 1 + k));
    }
}

#[test]
fn one_index_of_keys_only() {
    for k in 0..=5 {
        // The state is not in the index: only the insert writes it. 2 + k.
        check(k, SMALL, BY_USER_KEYS, &rekeyed(k, ""), (2 + k, 1 + k));
    }
}

#[test]
fn two_indexes_that_project_all() {
    for k in 0..=5 {
        check(k, SMALL, &format!("{BY_USER}{BY_TIME}"), &rekeyed(k, ""), (3 * (1 + k), 1 + k));
    }
}

#[test]
fn an_index_keyed_by_the_changing_state() {
    for k in 0..=5 {
        // Each update deletes the entry and puts it again: 1 + 2. 2 + 3k.
        check(k, SMALL, BY_STATE, &rekeyed(k, ""), (2 + 3 * k, 1 + k));
    }
}

#[test]
fn compression_across_a_kilobyte() {
    for k in 0..=5 {
        let compressed = rekeyed(k, "compress = { body = 0.4 }\n");
        check(k, LARGE, BY_USER, &compressed, (4 * (1 + k), 1 + k));
        check(k, LARGE, "", &compressed, (2 * (1 + k), 1 + k));
    }
}
