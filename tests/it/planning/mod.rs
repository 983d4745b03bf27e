//! Recorded applications planned onto starter designs.

mod coverage;
mod item_sizes;

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
        let files = disk::list_tree(&folder).unwrap().into_iter();
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
    let layout = layout::build(&design, workload);
    let plan = plan::plan(workload, &design, &layout, false);
    let coverage = coverage(workload, &plan);
    Planned { design, layout, plan, coverage }
}

fn started(workload: &Workload, starter: &Starter) -> Planned {
    planned(workload, &starter.text)
}
