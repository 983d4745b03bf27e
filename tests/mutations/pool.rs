//! Workers: processes that run cases, replaced when one goes down with its case.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use libtest_mimic::Failed;

use super::cases::Cases;

/// A case that takes longer hangs; far more than any takes on a busy machine.
/// `MUTATIONS_SECONDS` sets another.
const SECONDS_MAX: u64 = 120;
/// Faults of one kind that are listed.
const LISTED_MAX: usize = 2;

/// A case, and what went wrong.
struct Find {
    number: u64,
    what: String,
}

/// Runs all cases on as many workers as there are processors.
pub fn run(cases: &Cases) -> Result<(), Failed> {
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let workers = workers.min(cases.count);
    let finds: Vec<Find> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..workers).map(|one| scope.spawn(move || work(cases, one, workers))).collect();
        running.into_iter().flat_map(|one| one.join().expect("a runner does not panic")).collect()
    });
    if finds.is_empty() { Ok(()) } else { Err(report(cases, finds).into()) }
}

/// The cases of one worker, from the one after each that took its process down.
fn work(cases: &Cases, worker: u64, step: u64) -> Vec<Find> {
    let mut finds = Vec::new();
    let end = cases.first + cases.count;
    let mut first = cases.first + worker;
    while first < end {
        let mut child = start(cases, first, end, step);
        let (last, what) = watch(&mut child, &mut finds);
        let Some(what) = what else { break };
        let number = last.unwrap_or(first);
        finds.push(Find { number, what });
        first = number + step;
    }
    finds
}

fn start(cases: &Cases, first: u64, end: u64, step: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
    command
        .env("MUTATIONS_SEED", first.to_string())
        .env("MUTATIONS_COUNT", (end - first).to_string())
        .env("MUTATIONS_STEP", step.to_string())
        .env("RUST_BACKTRACE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(target) = &cases.target {
        command.env("MUTATIONS_TARGET", target);
    }
    command.spawn().expect("this program can be run")
}

/// Follows a worker to its end: the case it was at, and why it ended if it should
/// not have.
fn watch(child: &mut Child, finds: &mut Vec<Find>) -> (Option<u64>, Option<String>) {
    let said = lines(child);
    let text = std::env::var("MUTATIONS_SECONDS").ok();
    let seconds = text.and_then(|text| text.parse().ok()).unwrap_or(SECONDS_MAX);
    let mut last = None;
    loop {
        match said.recv_timeout(Duration::from_secs(seconds)) {
            Ok(line) => match line.strip_prefix("! ") {
                Some(what) => finds.extend(last.map(|number| Find { number, what: what.into() })),
                None => last = line.parse().ok(),
            },
            Err(RecvTimeoutError::Timeout) => {
                child.kill().and_then(|()| child.wait()).expect("a worker can be ended");
                return (last, Some(format!("no end after {seconds} s")));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let mut error = String::new();
    if let Some(mut pipe) = child.stderr.take() {
        pipe.read_to_string(&mut error).expect("a worker's words are text");
    }
    let status = child.wait().expect("a worker ends");
    // An allocation that was refused tells from where.
    let own = error.lines().find_map(|line| line.trim().strip_prefix("at ./src/"));
    let why = format!("{status} in {}: {}", own.unwrap_or("?"), error.trim());
    (last, if status.success() { None } else { Some(why) })
}

fn lines(child: &mut Child) -> Receiver<String> {
    let (send, receive) = channel();
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        lines.map_while(|line| send.send(line).ok()).for_each(drop);
    });
    receive
}

/// The kinds of faults, with some cases of each, whose inputs are written.
fn report(cases: &Cases, finds: Vec<Find>) -> String {
    let mut kinds: BTreeMap<(&str, String), Vec<Find>> = BTreeMap::new();
    for find in finds {
        // The place tells a kind, numbers and the input's texts do not.
        let kind: String = find.what.split(": ").next().unwrap_or_default().to_owned();
        let target = cases.target(find.number).name;
        kinds.entry((target, kind)).or_default().push(find);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    let mut text = format!("{} kinds of faults", kinds.len());
    for ((target, _), mut finds) in kinds {
        finds.sort_by_key(|find| find.number);
        text.push_str(&format!("\n{target}, {} times: {}", finds.len(), short(&finds[0].what)));
        for find in finds.iter().take(LISTED_MAX) {
            let path = folder.join(format!("{target}-{}", find.number));
            ddbplan::disk::write(&path, &cases.input(find.number), true)
                .expect("the target folder can be written");
            text.push_str(&format!(
                "\n  MUTATIONS_TARGET={target} MUTATIONS_SEED={}: {}",
                find.number,
                path.display()
            ));
        }
    }
    text
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}
