//! `ddbplan import`: recordings into a scenario folder.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ddbplan::capture::{self, Capture, Counting, InputFile, Node, Role};
use ddbplan::compare::coverage;
use ddbplan::design::starter::{self, Starter};
use ddbplan::disk::{self, Tree};
use ddbplan::finding::{Diagnostic, Diagnostics, Finding, Place};
use ddbplan::report::imported::{self, StarterServed};
use ddbplan::scenario::{Settings, Stands, starter_plan};
use ddbplan::units::Timestamp;
use ddbplan::workload::{self, Workload};
use ddbplan::{design, layout, plan};

use super::progress::metered;
use super::{Failure, Outcome};

/// Import recordings of Postgres into a scenario folder that compare reads
///
/// Takes exports of pg_stat_statements of any version and form, query logs,
/// catalogs, schema dumps and bundles of `ddbplan capture`, files or whole
/// folders. Writes the recordings, a plan.toml with every assumption marked,
/// starter designs and a README.
#[derive(Args)]
pub struct ImportArgs {
    /// Files, or folders that are read whole
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The scenario folder to write
    #[arg(short, long = "out", value_name = "SCENARIO")]
    out: PathBuf,
    /// The same from a replica recorded at the same time (can be repeated)
    #[arg(long = "replica", value_name = "PATH")]
    replicas: Vec<PathBuf>,
    /// The same from another shard recorded at the same time (can be repeated)
    #[arg(long = "shard", value_name = "PATH")]
    shards: Vec<PathBuf>,
    /// AWS Region of the prices
    #[arg(long)]
    region: Option<String>,
    /// The database to look at, by name or oid
    #[arg(long)]
    database: Option<String>,
    /// What the counters count, where the format does not tell
    #[arg(long, value_name = "WHAT")]
    counting: Option<CountingWord>,
    /// When the first snapshot was taken, for exports without times
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
    /// Seconds from one snapshot to the next, for exports without times
    #[arg(long, value_name = "SECONDS", value_parser = micros)]
    every: Option<u64>,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CountingWord {
    /// Everything since the last reset
    SinceReset,
    /// The interval that ends at the row's time
    IntervalUpTo,
    /// The interval that starts at the row's time
    IntervalFrom,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write it as 2026-11-23T06:48:18Z".to_owned())
}

fn micros(text: &str) -> Result<u64, String> {
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds".to_owned())?;
    if !(0.001..=31_536_000.0).contains(&seconds) {
        return Err("it must be from 0.001 to 31536000 seconds".to_owned());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most a year, above 0"
    )]
    Ok((seconds * 1e6).round() as u64)
}

/// The files of one server, and where they go.
struct Server {
    /// Below the scenario folder.
    folder: String,
    /// Names within it, and where they are now.
    files: Vec<(String, PathBuf)>,
    /// What else lies where they are.
    not_read: Vec<Finding>,
}

pub fn run(args: &ImportArgs, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let settings = capture::Settings {
        database: args.database.clone(),
        counting: args.counting.map(|word| match word {
            CountingWord::SinceReset => Counting::SinceReset,
            CountingWord::IntervalUpTo => Counting::IntervalUpTo,
            CountingWord::IntervalFrom => Counting::IntervalFrom,
        }),
        at: args.at,
        every_micros: args.every,
    };
    check_apart(args)?;
    let mut servers = vec![(Server::of("capture".to_owned(), &args.files)?, None)];
    for (paths, kind, role) in
        [(&args.replicas, "replicas", Role::Replica), (&args.shards, "shards", Role::Shard)]
    {
        for (path, number) in paths.iter().zip(1..) {
            let folder = format!("{kind}/{number}");
            servers.push((Server::of(folder, std::slice::from_ref(path))?, Some(role)));
        }
    }
    let mut copies = BTreeMap::new();
    let mut captures = Vec::new();
    let mut faults = Diagnostics::default();
    for (server, role) in &servers {
        match server.read(&settings) {
            Ok(mut capture) => {
                copies.extend(server.used(&capture));
                capture.findings.extend(server.not_read.clone());
                captures.push((server.folder.clone(), *role, capture));
            }
            Err(found) => faults.0.extend(found.0),
        }
    }
    let mut captures = faults.finish(captures)?.into_iter();
    let (_, _, first) = captures.next().expect("the first server's files are required");
    let nodes = captures
        .filter_map(|(name, role, capture)| Some(Node { name, role: role?, capture }))
        .collect();
    let capture = capture::merge(first, nodes).map_err(Diagnostics::from)?;

    let stands = Stands {
        region: args.region.clone(),
        capture: settings,
        whole_days: covers_whole_days(&capture),
    };
    let plan_text = starter_plan(&stands);
    let (settings, _) = Settings::read("plan.toml", &plan_text)?;
    let workload = workload::build(&capture, &settings);
    workload.check_tables().map_err(|found| {
        let files: Vec<String> = args.files.iter().map(|one| one.display().to_string()).collect();
        Diagnostics::from(found.at(Place::file(files.join(", "))))
    })?;
    let starters = starter::all(&workload);
    let served: Vec<StarterServed> =
        starters.iter().map(|one| served(one, &workload, &settings)).collect::<Result<_, _>>()?;
    let name = args.out.display().to_string();
    let mut texts = BTreeMap::from([
        ("plan.toml".to_owned(), plan_text.into_bytes()),
        ("README.md".to_owned(), imported::readme(&name, &capture, &served).into_bytes()),
    ]);
    texts.extend(
        starters.into_iter().map(|one| (format!("designs/{}.toml", one.name), one.text.into())),
    );
    write(&args.out, &copies, &texts, args.force)?;
    out.write_all(imported::text(&capture, &served).as_bytes())?;
    writeln!(
        out,
        "\nWritten: {name}\nNow look at the values named under `assumed` in {name}/plan.toml, then:\n\n  \
         ddbplan design check {name}\n  ddbplan compare {name}"
    )?;
    Ok(Outcome::Done)
}

impl Server {
    fn of(folder: String, paths: &[PathBuf]) -> Result<Self, Diagnostics> {
        let mut files: Vec<(String, PathBuf)> = Vec::new();
        let mut not_read = Vec::new();
        let mut faults = Diagnostics::default();
        for path in paths {
            match listed(path) {
                Ok(found) => {
                    not_read.extend(found.finding());
                    for (name, path) in found.files {
                        if files.iter().any(|(other, _)| *other == name) {
                            faults.push(
                                Diagnostic::new(format!("a second file is called {name}"))
                                    .at(Place::file(path.display().to_string()))
                                    .mend("rename one, or put both into one folder's subfolders"),
                            );
                        }
                        files.push((name, path));
                    }
                }
                Err(found) => faults.0.extend(found.0),
            }
        }
        faults.finish(Self { folder, files, not_read })
    }

    fn read(&self, settings: &capture::Settings) -> Result<Capture, Diagnostics> {
        let files = self
            .files
            .iter()
            .map(|(name, path)| InputFile::new(name.clone(), move || metered(path)))
            .collect();
        capture::read(files, settings)
    }

    /// The files that something was taken from: their names below the scenario,
    /// and where they are now.
    fn used(&self, capture: &Capture) -> impl Iterator<Item = (String, PathBuf)> {
        self.files
            .iter()
            .filter(|(name, _)| capture.sources.iter().any(|source| source.name == *name))
            .map(|(name, path)| (format!("{}/{name}", self.folder), path.clone()))
    }
}

/// What an earlier import wrote into the scenario must not be read as recordings
/// once more.
fn check_apart(args: &ImportArgs) -> Result<(), Diagnostics> {
    let scenario = &args.out;
    if !disk::is_folder(scenario) || disk::list_tree(scenario)?.files.is_empty() {
        return Ok(());
    }
    let inputs = args.files.iter().chain(&args.replicas).chain(&args.shards);
    let around = inputs.filter(|input| disk::lies_in(scenario, input));
    let fault = |input: &PathBuf| {
        Diagnostic::new("this scenario folder is in a folder that is imported")
            .at(Place::file(scenario.display().to_string()))
            .why(format!("{} is read with all its subfolders", input.display()))
            .mend("name another scenario folder, or the files of the recording")
    };
    Diagnostics(around.map(fault).collect()).finish(())
}

/// What one argument names.
fn listed(path: &Path) -> Result<Tree, Diagnostics> {
    if disk::is_folder(path) {
        return disk::list_tree(path);
    }
    if path == Path::new("-") || disk::exists(path) && disk::size(path).is_none() {
        return Err(Diagnostic::new("this is not a regular file")
            .at(Place::file(path.display().to_string()))
            .why("import keeps a copy of what it reads, and this can be read only once")
            .mend("save it as a file first")
            .into());
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let files = vec![(name.unwrap_or_default(), path.to_owned())];
    Ok(Tree { files, not_read: Vec::new() })
}

/// Whole days are needed to see a day's peak.
fn covers_whole_days(capture: &Capture) -> bool {
    const DAY_MICROS: u64 = 86_400_000_000;
    capture.span_micros() >= DAY_MICROS
}

fn served(
    starter: &Starter,
    workload: &Workload,
    settings: &Settings,
) -> Result<StarterServed, Diagnostics> {
    let file = format!("designs/{}.toml", starter.name);
    let design = design::read(&file, &starter.text, workload)?;
    let layout = layout::build(&design, workload);
    let strong = settings.dynamodb.strong_reads.value;
    let plan = plan::plan(workload, &design, &layout, strong);
    let served = coverage(workload, &plan).served_of_data();
    Ok(StarterServed { name: starter.name.clone(), served })
}

/// Writes the scenario, nothing before it is known that all can be written.
fn write(
    scenario: &Path,
    copies: &BTreeMap<String, PathBuf>,
    texts: &BTreeMap<String, Vec<u8>>,
    force: bool,
) -> Result<(), Failure> {
    // What else lies there would be read as part of the recording.
    let mut strangers = Diagnostics::default();
    for kind in ["capture", "replicas", "shards"] {
        let folder = scenario.join(kind);
        if disk::is_folder(&folder) {
            for (name, path) in disk::list_tree(&folder)?.files {
                if !copies.contains_key(&format!("{kind}/{name}")) {
                    strangers.push(
                        Diagnostic::new("this file would be read as part of the recording")
                            .at(Place::file(path.display().to_string()))
                            .mend("remove it, or name another scenario folder"),
                    );
                }
            }
        }
    }
    strangers.finish(())?;
    disk::write_and_copy(scenario, texts, copies, force)?;
    Ok(())
}
