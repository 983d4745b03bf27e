//! The cases of a run, and what each must keep to.

use std::backtrace::Backtrace;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::MEMORY;
use super::mutate::mutated;
use super::targets::{TARGETS, Target};

/// What a case may use beside what was in use before it.
const MEMORY_BYTES_MAX: usize = 256 << 20;
/// What a main thread has; the program reads its input there.
const STACK_BYTES: usize = 8 << 20;
/// One case in so many is run twice.
const TWICE: u64 = 16;

/// Which cases to run.
#[derive(Clone, Debug)]
pub struct Cases {
    pub first: u64,
    pub count: u64,
    /// One target instead of all.
    pub target: Option<String>,
    /// Every so many, in a worker.
    pub step: Option<u64>,
}

/// Where the last panic came from, and what it said.
static PANIC: Mutex<String> = Mutex::new(String::new());

impl Cases {
    /// Cases within a minute.
    const COUNT: u64 = 20_000;

    pub fn of_environment() -> Self {
        let number = |name| {
            let text = std::env::var(name).ok()?;
            Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
        };
        let target = std::env::var("MUTATIONS_TARGET").ok();
        let first = number("MUTATIONS_SEED");
        let alone = target.is_some() && first.is_some();
        Self {
            first: first.unwrap_or(1),
            count: number("MUTATIONS_COUNT").unwrap_or(if alone { 1 } else { Self::COUNT }),
            target,
            step: number("MUTATIONS_STEP"),
        }
    }

    pub const fn is_worker(&self) -> bool {
        self.step.is_some()
    }

    /// The target of a case: each gets its weight of every so many numbers.
    pub fn target(&self, number: u64) -> &'static Target {
        if let Some(name) = &self.target {
            let found = TARGETS.iter().find(|target| target.name == name);
            let names = || TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().join(", ");
            return found.unwrap_or_else(|| panic!("{name} is none of {}", names()));
        }
        let total: u64 = TARGETS.iter().map(|target| target.weight).sum();
        let mut place = number % total;
        for target in TARGETS {
            if place < target.weight {
                return target;
            }
            place -= target.weight;
        }
        unreachable!("the place is below the sum of the weights")
    }

    /// The input of a case.
    pub fn input(&self, number: u64) -> Vec<u8> {
        let target = self.target(number);
        mutated(&(target.seeds)(), target.form, number)
    }

    /// Runs the cases of a worker: the number of each on standard output before it
    /// begins, and a line with what is wrong after it.
    pub fn run_all(&self) {
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let within = if place.starts_with("src/") { None } else { own_frame() };
            let payload = info.payload();
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let said = text.or(payload.downcast_ref::<&str>().copied()).unwrap_or_default();
            let text = format!("panic at {}: {place}: {said}", within.as_ref().unwrap_or(&place));
            *PANIC.lock().expect("nothing panics here") = text;
        }));
        let cases = self.clone();
        let run = move || {
            let step = cases.step.unwrap_or(1);
            let mut number = cases.first;
            while number < cases.first + cases.count {
                say(&number.to_string());
                if let Err(what) = cases.run(number) {
                    say(&format!("! {}", what.replace('\n', " ")));
                }
                number += step;
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run);
        thread.expect("a thread can be made").join().expect("panics are caught");
    }

    fn run(&self, number: u64) -> Result<(), String> {
        let target = self.target(number);
        let input = self.input(number);
        let shown = bounded(target, &input)?;
        if number.is_multiple_of(TWICE) && bounded(target, &input)? != shown {
            return Err("the same input gives another result".to_owned());
        }
        Ok(())
    }
}

/// The result or the diagnostics of a case as text.
fn bounded(target: &Target, input: &[u8]) -> Result<String, String> {
    // Warmed up: what every case needs does not count.
    MEMORY.set_limit(usize::MAX).expect("more than is in use");
    let limit = MEMORY.allocated() + MEMORY_BYTES_MAX;
    MEMORY.set_limit(limit).expect("more than is in use");
    let result = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    MEMORY.set_limit(usize::MAX).expect("more than is in use");
    match result {
        Err(_) => Err(PANIC.lock().expect("nothing panics there").clone()),
        Ok(Ok(text)) => Ok(text),
        Ok(Err(faults)) => {
            let text = faults.to_string();
            if faults.0.is_empty() || faults.0.iter().any(|fault| fault.what.trim().is_empty()) {
                return Err(format!("a failure that does not say why: {text}"));
            }
            Ok(text)
        }
    }
}

/// The innermost line of the project in the calls that led here.
fn own_frame() -> Option<String> {
    let calls = Backtrace::force_capture().to_string();
    let own = calls.lines().find_map(|line| line.trim().strip_prefix("at ./src/"))?;
    Some(format!("src/{own}"))
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the runner reads what is said");
}
