//! A scenario folder, read and checked as far as every command needs it.

use std::path::{Path, PathBuf};

use clap::Args;
use ddbplan::capture::{self, Capture, InputFile, Node, Role};
use ddbplan::declared;
use ddbplan::design::{self, Design};
use ddbplan::disk;
use ddbplan::finding::{Diagnostic, Diagnostics, Origin, Place};
use ddbplan::postgres;
use ddbplan::scenario::{Assumption, Settings};
use ddbplan::workload::{self, Workload};
use sha2::{Digest, Sha256};

use super::progress::metered;

/// Which scenario.
#[derive(Args)]
pub struct ScenarioArgs {
    /// The scenario folder: plan.toml, designs/*.toml and capture/ or
    /// workload.toml
    pub scenario: PathBuf,
}

impl ScenarioArgs {
    /// Checks the folder that a report goes to.
    ///
    /// # Errors
    /// If it lies where files are taken for part of the scenario.
    pub fn check_output(&self, out: &Path) -> Result<(), Diagnostics> {
        let within = ["capture", "replicas", "shards", "designs"]
            .map(|kind| self.scenario.join(kind))
            .into_iter()
            .filter(|folder| disk::lies_in(out, folder));
        let fault = |folder: PathBuf| {
            Diagnostic::new("a report here would be read as part of the scenario")
                .at(Place::file(out.display().to_string()))
                .why(format!("{} holds what is compared", folder.display()))
                .mend("name another folder")
        };
        Diagnostics(within.map(fault).collect()).finish(())
    }
}

/// A scenario that has been read.
pub struct Scenario {
    /// The folder's name.
    pub name: String,
    /// `plan.toml`.
    pub settings: Settings,
    /// What it assumes.
    pub assumptions: Vec<Assumption>,
    /// The capture.
    pub capture: Capture,
    /// What the capture means.
    pub workload: Workload,
    /// The designs, in order of their files.
    pub designs: Vec<Design>,
    /// Every file that was read with the SHA-256 of its bytes, capture files
    /// included.
    pub inputs: Vec<(String, String)>,
}

/// Reads a scenario folder.
///
/// # Errors
/// Everything wrong with any of its files, as far as one fault does not hide
/// another.
pub fn load(folder: &Path) -> Result<Scenario, Diagnostics> {
    read_folder(folder, true)
}

/// Reads a scenario folder that need not have designs yet; those it has are not
/// read.
///
/// # Errors
/// As [`load`].
pub fn load_without_designs(folder: &Path) -> Result<Scenario, Diagnostics> {
    read_folder(folder, false)
}

/// The capture of a scenario folder, or of a folder that holds nothing else.
///
/// # Errors
/// As [`load`].
pub fn capture_of(folder: &Path) -> Result<Capture, Diagnostics> {
    if disk::exists(&folder.join("plan.toml")) {
        return Ok(load_without_designs(folder)?.capture);
    }
    read_capture(folder, &capture::Settings::default())
}

fn read_folder(folder: &Path, with_designs: bool) -> Result<Scenario, Diagnostics> {
    if !disk::is_folder(folder) {
        return Err(Diagnostic::new("there is no such scenario folder")
            .at(Place::file(folder.display().to_string()))
            .mend("name a folder with plan.toml, designs/ and capture/ or workload.toml")
            .into());
    }
    let mut faults = Diagnostics::default();
    let mut inputs = Vec::new();
    let mut keep = |name: &str, text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        inputs.push((name.to_owned(), hex));
    };
    let shown = folder.display().to_string();
    let plan_path = folder.join("plan.toml");
    let plan = disk::read_text(&plan_path).and_then(|text| {
        keep("plan.toml", &text);
        Settings::read("plan.toml", &text).map_err(|faults| faults.below(&shown))
    });
    // A plan with faults does not hide those of the capture.
    let reading =
        plan.as_ref().map_or_else(|_| capture::Settings::default(), |(s, _)| s.capture.clone());
    let declared_path = folder.join("workload.toml");
    let declared = disk::exists(&declared_path);
    let capture = if declared {
        read_declared(folder, &declared_path, &reading, &mut keep)
    } else {
        read_servers(folder, &reading)
    };
    let mut texts = Vec::new();
    let listed = if with_designs { disk::list(&folder.join("designs")) } else { Ok(Vec::new()) };
    match listed {
        Ok(files) => {
            for path in files.into_iter().filter(|path| path.extension() == Some("toml".as_ref())) {
                match disk::read_text(&path) {
                    Ok(text) => {
                        keep(&format!("designs/{}", file_name(&path)), &text);
                        texts.push((path.display().to_string(), text));
                    }
                    Err(unreadable) => faults.0.extend(unreadable.0),
                }
            }
        }
        Err(unreadable) => faults.0.extend(unreadable.0),
    }
    let (plan, capture) = match (plan, capture) {
        (Ok(plan), Ok(capture)) => (plan, capture),
        (plan, capture) => {
            faults.0.extend(plan.err().into_iter().flat_map(|faults| faults.0));
            faults.0.extend(capture.err().into_iter().flat_map(|faults| faults.0));
            return Err(faults);
        }
    };
    let (settings, assumptions) = plan;
    let workload = workload::build(&capture, &settings);
    if let Err(found) = check_shard_key(&workload, &settings) {
        faults.0.extend(Diagnostics::from(found).below(&shown).0);
    }
    let designs = if with_designs {
        read_designs(&texts, &workload, &settings, folder, &mut faults)
    } else {
        Vec::new()
    };
    if with_designs
        && faults.0.is_empty()
        && let Err(found) = design::check_table_settings(&settings.dynamodb.tables, &designs)
    {
        faults.0.extend(found.below(&shown).0);
    }
    // What a declared workload is read from is listed already.
    for source in capture.sources.iter().filter(|_| !declared) {
        inputs.push((format!("capture/{}", source.name), source.sha256.clone()));
    }
    faults.finish(())?;
    Ok(Scenario {
        name: file_name(folder),
        settings,
        assumptions,
        capture,
        workload,
        designs,
        inputs,
    })
}

/// The column to shard by that the plan states.
fn check_shard_key(workload: &Workload, settings: &Settings) -> Result<(), Diagnostic> {
    let stated = &settings.postgres.fleet.shard_key;
    let Some(column) = stated.value.as_deref().filter(|_| !workload.entities.is_empty()) else {
        return Ok(());
    };
    postgres::check_shard_key(workload, column).map_err(|found| match &stated.origin {
        Origin::File(place) => found.at(place.clone()),
        _ => found,
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The first server's capture with those of the others, if there are any.
fn read_servers(folder: &Path, settings: &capture::Settings) -> Result<Capture, Diagnostics> {
    let first = read_capture(&folder.join("capture"), settings);
    let mut nodes = Vec::new();
    let mut faults = Diagnostics::default();
    for (kind, role) in [("replicas", Role::Replica), ("shards", Role::Shard)] {
        let others = folder.join(kind);
        if !disk::is_folder(&others) {
            continue;
        }
        let folders = match disk::folders(&others) {
            Ok(folders) => folders,
            Err(found) => {
                faults.0.extend(found.0);
                continue;
            }
        };
        for other in folders {
            let name = format!("{kind}/{}", file_name(&other));
            match read_capture(&other, settings) {
                Ok(capture) => nodes.push(Node { name, role, capture }),
                Err(found) => faults.0.extend(found.0),
            }
        }
    }
    match first {
        Ok(first) if faults.0.is_empty() => Ok(capture::merge(first, nodes)?),
        Ok(_) => Err(faults),
        Err(mut found) => {
            found.0.extend(faults.0);
            Err(found)
        }
    }
}

/// The capture that a declared workload stands for.
fn read_declared(
    folder: &Path,
    path: &Path,
    settings: &capture::Settings,
    keep: &mut impl FnMut(&str, &str),
) -> Result<Capture, Diagnostics> {
    let shown = folder.display().to_string();
    if disk::exists(&folder.join("capture")) {
        return Err(Diagnostic::new("there is a capture beside workload.toml")
            .at(Place::file(path.display().to_string()))
            .why("a workload is either declared or recorded")
            .mend("remove one of the two")
            .into());
    }
    let text = disk::read_text(path)?;
    keep("workload.toml", &text);
    let workload = declared::read("workload.toml", &text).map_err(|faults| faults.below(&shown))?;
    let schema = disk::read_text(&folder.join(&workload.schema.value)).map_err(|mut faults| {
        faults.push(
            Diagnostic::new("the schema that workload.toml names cannot be read")
                .at(workload.schema.place.clone()),
        );
        faults
    })?;
    keep(&workload.schema.value, &schema);
    let files = declared::exports(&workload, &schema)
        .into_iter()
        .map(|(name, text)| InputFile::bytes(name, text))
        .collect();
    let mut capture = capture::read(files, settings).map_err(|faults| faults.below(&shown))?;
    capture.findings.push(declared::finding());
    Ok(capture)
}

fn read_capture(folder: &Path, settings: &capture::Settings) -> Result<Capture, Diagnostics> {
    let tree = disk::list_tree(folder)?;
    let not_read = tree.finding();
    let files = tree
        .files
        .into_iter()
        .map(|(name, path)| InputFile::new(name, move || metered(&path)))
        .collect();
    let mut capture = capture::read(files, settings)
        .map_err(|faults| faults.below(&folder.display().to_string()))?;
    capture.findings.extend(not_read);
    Ok(capture)
}

fn read_designs(
    texts: &[(String, String)],
    workload: &Workload,
    settings: &Settings,
    folder: &Path,
    faults: &mut Diagnostics,
) -> Vec<Design> {
    if let Err(found) = workload.check_tables() {
        // Otherwise every table and column of every design would be a fault.
        faults.push(found.at(Place::file(folder.join("capture").display().to_string())));
        return Vec::new();
    }
    let mut designs: Vec<Design> = Vec::new();
    for (file, text) in texts {
        match design::read(file, text, workload) {
            Ok(design) => {
                if designs.iter().any(|other| other.name == design.name) {
                    faults.push(
                        Diagnostic::new(format!("a second design is called {}", design.name))
                            .at(Place::file(file.clone()))
                            .mend("give each design a name of its own"),
                    );
                }
                designs.push(design::try_out(design, &settings.what_if, workload));
            }
            Err(found) => faults.0.extend(found.0),
        }
    }
    let mut unknown = Diagnostics::default();
    design::check_names(&designs, &settings.what_if, workload, &mut unknown);
    faults.0.extend(unknown.below(&folder.display().to_string()).0);
    if designs.is_empty() && faults.0.is_empty() {
        faults.push(
            Diagnostic::new("the scenario has no designs")
                .at(Place::file(folder.join("designs").display().to_string()))
                .mend("add a design file, designs/NAME.toml"),
        );
    }
    designs
}
