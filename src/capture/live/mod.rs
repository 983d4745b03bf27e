//! Recording a live server: the statements of the psql script, run from here at
//! a clock's pace.
//!
//! Every reading is handed over whole, so that whatever ends the recording
//! leaves a bundle that can be read. Sessions are read-only with a limit on
//! every statement's time, as the script sets them.

mod connect;
mod steps;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::finding::Diagnostic;

use super::script::{ScriptSettings, script};
use connect::{Address, Warnings, reason};
use steps::{Step, Steps, Then, fill_in};

/// Longest pause before a lost connection is tried again.
const RETRY_MAX: Duration = Duration::from_secs(30);

/// What to record.
pub struct LiveSettings<'a> {
    /// Connection string as libpq takes it. It is not shown in any message.
    pub dsn: &'a str,
    /// Password, if the string has none.
    pub password: Option<&'a str>,
    /// Certificates of authorities to trust beside the public ones (PEM).
    pub authorities_pem: Option<&'a [u8]>,
    /// Pace, number of readings, samples.
    pub script: ScriptSettings,
}

/// What happens while recording.
#[derive(Debug)]
pub enum Event<'a> {
    /// Whole lines of the bundle, to be written before the next event.
    Lines(&'a str),
    /// So many readings of so many are taken.
    Reading {
        /// Taken so far, the first included.
        taken: u32,
        /// All that are asked for.
        of: u32,
    },
    /// The server warns of something that the recording will lack.
    Warning(&'a str),
    /// The server refused a statement; what it would have told is left out.
    Refused(&'a str),
    /// The connection is lost and will be tried again.
    Lost {
        /// Why, as far as known.
        why: &'a str,
        /// Time until the next try.
        again_in: Duration,
    },
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All readings were taken.
    Complete,
    /// The person stopped it; so many readings were taken.
    Interrupted(u32),
}

/// Records until all readings are taken or the process is interrupted (Ctrl-C).
///
/// # Errors
/// Without a first connection, without the extension, or if `sink` fails. A
/// connection lost later is tried again until it works or the person gives up.
pub fn record(
    settings: &LiveSettings<'_>,
    sink: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
) -> Result<Ended, Diagnostic> {
    let address = Address::new(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Diagnostic::new(format!("cannot begin: {error}")))?;
    // The script's own loop would pause inside the server; the clock is here.
    let once = ScriptSettings { readings: 0, ..settings.script };
    let steps = Steps::of(&script(&once));
    runtime.block_on(run(&address, &steps, settings.script, sink))
}

async fn run(
    address: &Address,
    steps: &Steps,
    pace: ScriptSettings,
    sink: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
) -> Result<Ended, Diagnostic> {
    let mut session = Session::open(address, steps).await.map_err(|fault| fault.told())?;
    let warnings = session.warnings.lock().map(|all| all.clone()).unwrap_or_default();
    for warning in &warnings {
        sink(Event::Warning(warning)).map_err(unwritable)?;
    }
    let readings = pace.readings.saturating_add(1);
    let mut taken = 0;
    let work = async {
        let lines = again(&mut session, address, steps, &steps.once, sink).await?;
        sink(Event::Lines(&lines)).map_err(unwritable)?;
        let mut clock = interval(Duration::from_secs(pace.every_s.into()));
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while taken < readings {
            clock.tick().await;
            let lines = again(&mut session, address, steps, &steps.reading, sink).await?;
            sink(Event::Lines(&lines)).map_err(unwritable)?;
            taken += 1;
            sink(Event::Reading { taken, of: readings }).map_err(unwritable)?;
        }
        Ok(())
    };
    match until_interrupted(work).await {
        Some(done) => done.map(|()| Ended::Complete),
        None => Ok(Ended::Interrupted(taken)),
    }
}

/// The work's result, or `None` if Ctrl-C came first.
async fn until_interrupted<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(done) = work.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(done));
        }
        // A system that cannot tell of signals ends the process by itself.
        match stop.as_mut().poll(context) {
            std::task::Poll::Ready(Ok(())) => std::task::Poll::Ready(None),
            _ => std::task::Poll::Pending,
        }
    })
    .await
}

/// Runs steps to their end, opening the session again as often as it is lost.
async fn again(
    session: &mut Session,
    address: &Address,
    all: &Steps,
    steps: &[Step],
    sink: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
) -> Result<String, Diagnostic> {
    let mut pause = Duration::from_secs(1);
    loop {
        let why = match session.lines(steps, sink).await {
            Ok(lines) => return Ok(lines),
            Err(Fault::Lost(why)) => why,
            Err(fault) => return Err(fault.told()),
        };
        sink(Event::Lost { why: &why, again_in: pause }).map_err(unwritable)?;
        sleep(pause).await;
        pause = (pause * 2).min(RETRY_MAX);
        if let Ok(opened) = Session::open(address, all).await {
            *session = opened;
        }
    }
}

fn unwritable(error: io::Error) -> Diagnostic {
    Diagnostic::new(format!("cannot write the recording: {error}"))
}

/// Why a step gave nothing.
enum Fault {
    /// There is no connection any more.
    Lost(String),
    /// The server says no.
    Refused(String),
    /// The bundle cannot be written.
    Unwritable(io::Error),
}

impl Fault {
    fn told(self) -> Diagnostic {
        match self {
            Self::Lost(why) => Diagnostic::new(format!("cannot connect: {why}")).mend(
                "check host, port, user and password; for a server whose certificate is of a \
                 private authority name that authority's certificates with --ca",
            ),
            Self::Refused(why) => Diagnostic::new(format!("the server refuses: {why}"))
                .mend("install the extension pg_stat_statements and grant the role pg_monitor"),
            Self::Unwritable(error) => unwritable(error),
        }
    }
}

/// A connection with what its session found out.
struct Session {
    client: Client,
    warnings: Warnings,
    variables: BTreeMap<String, String>,
}

impl Session {
    async fn open(address: &Address, steps: &Steps) -> Result<Self, Fault> {
        let (client, warnings) =
            address.connect().await.map_err(|error| Fault::Lost(reason(&error)))?;
        let mut session = Self { client, warnings, variables: steps.variables.clone() };
        for step in &steps.session {
            let rows = session.rows(&fill_in(&step.sql, &session.variables)).await?;
            if step.then == Then::Set {
                let Some(row) = rows.first() else {
                    return Err(Fault::Refused(format!("no answer to: {}", step.sql)));
                };
                session.variables.extend(row.iter().cloned());
            }
        }
        Ok(session)
    }

    /// The lines of some steps; a statement that the server refuses gives none.
    async fn lines(
        &self,
        steps: &[Step],
        sink: &mut dyn FnMut(Event<'_>) -> io::Result<()>,
    ) -> Result<String, Fault> {
        let mut lines = String::new();
        for step in steps {
            let sql = fill_in(&step.sql, &self.variables);
            let cells = match self.rows(&sql).await {
                Ok(rows) => cells(rows),
                Err(Fault::Refused(why)) => {
                    sink(Event::Refused(&why)).map_err(Fault::Unwritable)?;
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            if step.then == Then::Write {
                append(&mut lines, cells);
                continue;
            }
            for made in cells {
                match self.rows(&made).await {
                    Ok(rows) => append(&mut lines, self::cells(rows)),
                    Err(Fault::Refused(why)) => {
                        sink(Event::Refused(&why)).map_err(Fault::Unwritable)?;
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(lines)
    }

    /// Names and values of each row.
    async fn rows(&self, sql: &str) -> Result<Vec<Vec<(String, String)>>, Fault> {
        let messages = self.client.simple_query(sql).await.map_err(|error| {
            if self.client.is_closed() || error.as_db_error().is_none() {
                Fault::Lost(reason(&error))
            } else {
                Fault::Refused(reason(&error))
            }
        })?;
        let mut rows = Vec::new();
        for message in &messages {
            let SimpleQueryMessage::Row(row) = message else { continue };
            let mut cells = Vec::with_capacity(row.columns().len());
            for (at, column) in row.columns().iter().enumerate() {
                // psql's booleans are t and f, as the protocol's text is.
                let value = row.try_get(at).map_err(|error| Fault::Refused(reason(&error)))?;
                cells.push((column.name().to_owned(), value.unwrap_or_default().to_owned()));
            }
            rows.push(cells);
        }
        Ok(rows)
    }
}

/// The first cell of each row that has one.
fn cells(rows: Vec<Vec<(String, String)>>) -> Vec<String> {
    let first = |row: Vec<(String, String)>| row.into_iter().next().map(|(_, value)| value);
    rows.into_iter().filter_map(first).filter(|value| !value.is_empty()).collect()
}

fn append(lines: &mut String, cells: Vec<String>) {
    for cell in cells {
        lines.push_str(&cell);
        lines.push('\n');
    }
}
