//! Recorded applications planned onto starter designs.

mod coverage;
mod item_sizes;
mod joins;
mod laws;
mod writes;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use ddbplan::capture::{self, Capture, InputFile};
use ddbplan::compare::{Coverage, coverage};
use ddbplan::design::starter::Starter;
use ddbplan::design::{self, Design};
use ddbplan::disk;
use ddbplan::layout::{self, Layout};
use ddbplan::plan::{self, Plan};
use ddbplan::scenario::Settings;
use ddbplan::workload::{self, Workload};
use flate2::read::GzDecoder;

/// A gzipped JSON file of `tests/data/captures`.
fn unpacked(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/captures").join(name);
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn capture(name: &str) -> Capture {
    let files = if name == "notifications" {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications/capture");
        let files = disk::list_tree(&folder).unwrap().files.into_iter();
        files.map(|(name, path)| InputFile::new(name, move || disk::open(&path))).collect()
    } else {
        let files: BTreeMap<String, String> =
            serde_json::from_str(&unpacked(&format!("{name}.json.gz"))).unwrap();
        files.into_iter().map(|(name, text)| InputFile::bytes(name, text)).collect()
    };
    capture::read(files, &capture::Settings::default()).unwrap()
}

/// A recorded workload under the settings of a plan file.
fn workload_under(name: &str, plan: &str) -> Workload {
    let (settings, _) = Settings::read("plan.toml", plan).unwrap();
    workload::build(&capture(name), &settings)
}

fn workload(name: &str) -> Workload {
    workload_under(name, "")
}

/// A design with everything that follows from it.
struct Planned {
    design: Design,
    layout: Layout,
    plan: Plan,
    coverage: Coverage,
}

fn planned(workload: &Workload, text: &str) -> Planned {
    let design = design::read("design.toml", text, workload).unwrap_or_else(|faults| {
        panic!("{faults}\n{text}");
    });
    follow(workload, design)
}

fn follow(workload: &Workload, design: Design) -> Planned {
    let layout = layout::build(&design, workload);
    let plan = plan::plan(workload, &design, &layout, false);
    let coverage = coverage(workload, &plan);
    Planned { design, layout, plan, coverage }
}

fn started(workload: &Workload, starter: &Starter) -> Planned {
    planned(workload, &starter.text)
}

/// A design that the plan tries something out on.
fn planned_under(workload: &Workload, text: &str, plan: &str) -> Planned {
    let (settings, _) = Settings::read("plan.toml", plan).unwrap();
    let design = design::read("design.toml", text, workload).unwrap();
    follow(workload, design::try_out(design, &settings.what_if, workload))
}

/// A recording of these statements: text, calls, rows. Columns are table, name,
/// mean width and `n_distinct`.
fn synthetic(
    schema: &str,
    tables: &[(&str, u64)],
    columns: &[(&str, &str, u32, f64)],
    statements: &[(&str, u64, u64)],
) -> Workload {
    let mut rows = String::new();
    for (at, done) in [("00", false), ("10", true)] {
        for (id, (text, calls, returned)) in statements.iter().enumerate() {
            let (calls, returned) = if done { (*calls, *returned) } else { (0, 0) };
            rows += &format!(
                "{{\"captured_at\":\"2026-01-01T00:{at}:00+00:00\",\"userid\":\"10\",\
                 \"dbid\":\"5\",\"toplevel\":true,\"queryid\":{id},\"query\":\"{text}\",\
                 \"calls\":{calls},\"rows\":{returned},\"total_exec_time\":1}}\n"
            );
        }
    }
    let mut stats = "schemaname,tablename,attname,inherited,null_frac,avg_width,n_distinct,\
                     most_common_freqs,correlation\n"
        .to_owned();
    for (table, column, width, distinct) in columns {
        stats += &format!("public,{table},{column},f,0,{width},{distinct},,\n");
    }
    let mut sizes = "schema,table,oid,relkind,reltuples,relpages,has_toast,heap_bytes,\
                     index_bytes,total_bytes,toast_bytes,reloptions\n"
        .to_owned();
    for (oid, (table, count)) in tables.iter().enumerate() {
        sizes += &format!("public,{table},{oid},r,{count},10,f,81920,8192,90112,0,\n");
    }
    let files = [
        ("pg_stat_statements.jsonl", rows),
        ("schema.sql", schema.to_owned()),
        ("catalog/pg_stats.csv", stats),
        ("catalog/tables.csv", sizes),
    ];
    let files = files.map(|(name, text)| InputFile::bytes(name, text)).into();
    let capture = capture::read(files, &capture::Settings::default()).unwrap();
    let (settings, _) = Settings::read("plan.toml", "").unwrap();
    workload::build(&capture, &settings)
}
