//! What a comparison came to, and how it reads.

use std::collections::BTreeMap;
use std::fmt;

use super::compute::Computed;
use super::consumed::TableCapacity;
use super::fault::{Case, Fault};
use super::operation::Api;
use super::scenario::Scenario;
use super::server::Against;

/// Counts of one operation of the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Compared, and equal arm by arm.
    pub agree: u64,
    /// Compared, and different in some arm.
    pub differ: u64,
    /// Not compared: nothing is held to be right, as for a page cut at 1 MB.
    pub without_expected: u64,
    /// Not compared: the server refused or lacks the operation.
    pub without_answer: u64,
}

/// An operation whose recorded figures are not the computed ones.
pub struct Difference {
    /// The scenario.
    pub scenario: String,
    /// The operation's number in it, from 0.
    pub operation: usize,
    /// What kind it is.
    pub api: Api,
    /// The request as recorded.
    pub request: String,
    /// As recorded, by table.
    pub recorded: BTreeMap<String, TableCapacity>,
    /// As computed, by table.
    pub computed: BTreeMap<String, TableCapacity>,
    /// Recorded sizes that are not the computed ones.
    pub size_faults: Vec<String>,
    /// Known faults of the server that may explain it.
    pub faults: Vec<&'static Fault>,
}

/// The outcome of a comparison.
pub struct Report {
    /// Whose figures were compared.
    pub against: Against,
    /// Scenarios read.
    pub scenarios: u64,
    /// Counts by operation.
    pub tallies: BTreeMap<Api, Tally>,
    /// Every difference, in the order of the recording.
    pub differences: Vec<Difference>,
}

impl Report {
    pub(super) const fn new(against: Against) -> Self {
        Self { against, scenarios: 0, tallies: BTreeMap::new(), differences: Vec::new() }
    }

    /// Compares one operation.
    pub(super) fn add(&mut self, scenario: &Scenario, number: usize, computed: Computed<'_>) {
        let operation = &scenario.operations[number];
        let tally = self.tallies.entry(operation.api).or_default();
        if operation.answer(Against::Expected).is_none() {
            tally.without_expected += 1;
            return;
        }
        let Some(recorded) = operation.answer(self.against) else {
            tally.without_answer += 1;
            return;
        };
        // A server has no say in the sizes: they are the recorder's.
        let sizes_agree = computed.size_faults.is_empty() || self.against != Against::Expected;
        if *recorded == computed.capacity && sizes_agree {
            tally.agree += 1;
            return;
        }
        tally.differ += 1;
        let faults = match self.against {
            Against::Expected => Vec::new(),
            Against::Server(server) => {
                let tables = &scenario.tables;
                Fault::of(server, &Case { tables, operation, computed: &computed })
            }
        };
        self.differences.push(Difference {
            scenario: scenario.id.clone(),
            operation: number,
            api: operation.api,
            request: operation.request.clone(),
            recorded: recorded.clone(),
            computed: computed.capacity,
            size_faults: computed.size_faults,
            faults,
        });
    }

    /// All counts together.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.tallies.values().fold(Tally::default(), |sum, tally| Tally {
            agree: sum.agree + tally.agree,
            differ: sum.differ + tally.differ,
            without_expected: sum.without_expected + tally.without_expected,
            without_answer: sum.without_answer + tally.without_answer,
        })
    }

    /// Whether every compared operation agrees.
    #[must_use]
    pub fn all_agree(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20}{:>8}{:>8}{:>14}", "operation", "agree", "differ", "not compared")?;
        for (api, tally) in &self.tallies {
            let apart = tally.without_expected + tally.without_answer;
            let name = api.as_str();
            writeln!(f, "{name:<20}{:>8}{:>8}{apart:>14}", tally.agree, tally.differ)?;
        }
        for difference in &self.differences {
            difference.write(f, self.against)?;
        }
        self.write_faults(f)?;
        let total = self.total();
        if total.without_expected > 0 {
            let count = total.without_expected;
            writeln!(f, "{count} not compared: no expected figure (a page cut at 1 MB has none)")?;
        }
        if total.without_answer > 0 {
            let (count, server) = (total.without_answer, self.against);
            writeln!(f, "{count} not compared: {server} refused them or lacks the operation")?;
        }
        writeln!(f, "{} of {} operations agree", total.agree, total.agree + total.differ)
    }
}

impl Report {
    /// How many differences each known fault may explain, and how many none.
    fn write_faults(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Against::Server(server) = self.against else {
            return Ok(());
        };
        let mut counts: BTreeMap<&str, (u64, &Fault)> = BTreeMap::new();
        let mut unexplained = 0_u64;
        for difference in &self.differences {
            unexplained += u64::from(difference.faults.is_empty());
            for fault in &difference.faults {
                counts.entry(fault.id).or_insert((0, fault)).0 += 1;
            }
        }
        if !counts.is_empty() {
            writeln!(
                f,
                "
known faults of {} that touch operations that differ (some have several):",
                server.as_str()
            )?;
        }
        for (id, (count, fault)) in counts {
            writeln!(f, "{count:>8}  {id}: {}", fault.what)?;
        }
        writeln!(f, "{unexplained} differences without a known fault")
    }
}

impl Difference {
    fn write(&self, f: &mut fmt::Formatter<'_>, against: Against) -> fmt::Result {
        let Self { scenario, operation, api, request, .. } = self;
        writeln!(f, "\n{scenario}/op#{operation} {}", api.as_str())?;
        writeln!(f, "  request   {request}")?;
        write_tables(f, &against.to_string(), &self.recorded)?;
        write_tables(f, "computed", &self.computed)?;
        for fault in &self.size_faults {
            writeln!(f, "  size      {fault}")?;
        }
        for fault in &self.faults {
            writeln!(f, "  known     {}: {}", fault.id, fault.what)?;
        }
        Ok(())
    }
}

fn write_tables(
    f: &mut fmt::Formatter<'_>,
    whose: &str,
    tables: &BTreeMap<String, TableCapacity>,
) -> fmt::Result {
    if tables.is_empty() {
        writeln!(f, "  {whose:<10}nothing")?;
    }
    for (name, capacity) in tables {
        writeln!(f, "  {whose:<10}{name}: {capacity}")?;
    }
    Ok(())
}
