use std::collections::BTreeMap;
use std::io::{self, BufRead};

use crate::dynamodb::{self, Consistency, ITEM_BYTES_MAX};
use crate::finding::{Diagnostic, Diagnostics, Place};
use crate::simulate::keys::partitions_for_units;
use crate::units::{ReadUnits, Timestamp, WriteUnits};

use super::arms::{IndexKey, Tables, TraceIndex, TraceTable};
use super::operation::Record;
use super::tally::{Arm, Cell, Row, Tally};
use super::{Malformed, TraceReader};

/// So many malformed lines are shown one by one.
pub const LIST_FAULTS_MAX: usize = 20;

/// A trace may be out of order by this much; minutes that lie further back are
/// done with, which keeps memory constant.
const LATE_MINUTES_MAX: i64 = 5;
/// More undeclared tables than an account may have are a column mix-up.
const TABLES_MAX: usize = 2_500;

/// Rules of a replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Malformed lines that are put up with; they are counted and located all
    /// the same.
    pub max_errors: u64,
}

/// What a trace demanded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Operations replayed.
    pub operations: u64,
    /// Lines left out.
    pub malformed: u64,
    /// The first [`LIST_FAULTS_MAX`] of them.
    pub malformed_lines: Vec<Malformed>,
    /// The earliest and the latest operation.
    pub period: Option<(Timestamp, Timestamp)>,
    /// Tables and indexes, by name.
    pub arms: BTreeMap<Arm, ArmTotal>,
    /// CSV columns that were not understood.
    pub ignored_columns: Vec<String>,
}

/// A table or index over the whole trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArmTotal {
    /// All of it.
    pub total: Cell,
    /// The minute with the most read units.
    pub peak_reads: Option<PeakMinute<ReadUnits>>,
    /// The minute with the most write units.
    pub peak_writes: Option<PeakMinute<WriteUnits>>,
    /// By partition; all of it where they are not known.
    pub partitions: Vec<Cell>,
    /// The busiest minute of a partition by read units; `None` where partitions are
    /// not known.
    pub busiest_reads: Option<PeakPartition<ReadUnits>>,
    /// The same by write units.
    pub busiest_writes: Option<PeakPartition<WriteUnits>>,
}

impl ArmTotal {
    /// Partitions that the busiest minutes of reads and of writes need, as if they
    /// were one minute and its keys spread it evenly.
    #[must_use]
    pub fn partitions_for_peak(&self) -> u64 {
        let reads = self.peak_reads.map_or(0, |peak| peak.units.halves().div_ceil(120));
        let writes = self.peak_writes.map_or(0, |peak| peak.units.get().div_ceil(60));
        partitions_for_units(reads, writes)
    }

    fn note_partition(&mut self, row: &Row<'_>) {
        let (minute, partition) = (row.minute, row.partition);
        let (reads, writes) = (row.cell.reads, row.cell.writes);
        if reads > self.busiest_reads.map_or(ReadUnits::ZERO, |busiest| busiest.units) {
            self.busiest_reads = Some(PeakPartition { minute, partition, units: reads });
        }
        if writes > self.busiest_writes.map_or(WriteUnits::ZERO, |busiest| busiest.units) {
            self.busiest_writes = Some(PeakPartition { minute, partition, units: writes });
        }
    }
}

/// The first of the minutes in which a partition has its largest demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeakPartition<U> {
    /// Minutes after 1970-01-01 00:00 UTC.
    pub minute: i64,
    /// The partition, from 0.
    pub partition: u32,
    /// Units in that minute.
    pub units: U,
}

/// The first of the minutes with the largest demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeakMinute<U> {
    /// Minutes after 1970-01-01 00:00 UTC.
    pub minute: i64,
    /// Units in that minute.
    pub units: U,
}

/// Replays a trace.
///
/// `on_row` is shown every minute x table or index x partition with demand, in
/// order, as soon as its minute is complete; what it collects is the caller's.
///
/// # Errors
/// The malformed lines, if there are more than the rules put up with (the first
/// [`LIST_FAULTS_MAX`] of them, and how many were read until then); a line that
/// is more than five minutes older than the newest one counts as malformed. A
/// failure to read the trace or of `on_row`.
pub fn replay<R: BufRead>(
    input: R,
    file: &str,
    tables: &Tables,
    rules: Rules,
    mut on_row: impl FnMut(&Row<'_>) -> io::Result<()>,
) -> Result<Replay, Diagnostics> {
    let io_fault = |error: io::Error| {
        Diagnostic::new(format!("the trace cannot be read: {error}")).at(Place::file(file))
    };
    let mut reader = TraceReader::new(input).map_err(io_fault)?;
    let mut demand = TraceDemand::new(tables);
    let mut replay = Replay::default();
    let (mut newest, mut done_before) = (i64::MIN, i64::MIN);
    while let Some(record) = reader.next_record().map_err(io_fault)? {
        let fault = match record {
            Err(malformed) => Some(malformed),
            Ok(record) => {
                let minute = minute(record.at);
                let fault = if minute < done_before {
                    let what = format!(
                        "this operation is more than {LATE_MINUTES_MAX} minutes older than one before it; sort the trace by ts"
                    );
                    Some(Malformed { line: record.line, column: 1, what })
                } else {
                    demand.add(&record).err()
                };
                if fault.is_none() {
                    replay.operations += 1;
                    let (first, last) = replay.period.unwrap_or((record.at, record.at));
                    replay.period = Some((
                        if record.at.micros() < first.micros() { record.at } else { first },
                        if record.at.micros() > last.micros() { record.at } else { last },
                    ));
                    newest = newest.max(minute);
                }
                fault
            }
        };
        if let Some(fault) = fault {
            replay.malformed += 1;
            if replay.malformed_lines.len() < LIST_FAULTS_MAX {
                replay.malformed_lines.push(fault);
            }
            if replay.malformed > rules.max_errors
                && replay.malformed_lines.len() == LIST_FAULTS_MAX
            {
                return Err(too_many(file, &replay, rules));
            }
        }
        if newest != i64::MIN && newest - LATE_MINUTES_MAX > done_before {
            done_before = newest - LATE_MINUTES_MAX;
            let complete = demand.tally.first_minute().is_some_and(|first| first < done_before);
            if complete {
                replay
                    .close(&demand.tally.split_before(done_before), &mut on_row)
                    .map_err(io_fault)?;
            }
        }
    }
    if replay.malformed > rules.max_errors {
        return Err(too_many(file, &replay, rules));
    }
    if replay.operations == 0 {
        return Err(Diagnostic::new("the trace has no operations")
            .at(Place::file(file))
            .mend("record ts, operation, table, key and bytes of each operation")
            .into());
    }
    replay.ignored_columns = reader.ignored_columns().to_vec();
    replay.close(&demand.tally, &mut on_row).map_err(io_fault)?;
    Ok(replay)
}

impl Replay {
    fn close(
        &mut self,
        tally: &Tally,
        on_row: &mut impl FnMut(&Row<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut of_arm: Option<(i64, &Arm, Cell)> = None;
        for row in tally.rows() {
            on_row(&row)?;
            if !self.arms.contains_key(row.arm) {
                self.arms.insert(row.arm.clone(), ArmTotal::default());
            }
            let total = self.arms.get_mut(row.arm).expect("inserted above");
            total.total += row.cell;
            if row.arm.partitions.is_some() {
                total.note_partition(&row);
            }
            let partitions = usize::try_from(row.arm.cells()).unwrap_or(usize::MAX);
            total.partitions.resize(partitions, Cell::default());
            total.partitions[usize::try_from(row.partition).unwrap_or(0)] += row.cell;
            match &mut of_arm {
                Some((minute, arm, sum)) if *minute == row.minute && *arm == row.arm => {
                    *sum += row.cell;
                }
                _ => {
                    self.note_peak(of_arm);
                    of_arm = Some((row.minute, row.arm, row.cell));
                }
            }
        }
        self.note_peak(of_arm);
        Ok(())
    }

    fn note_peak(&mut self, of_arm: Option<(i64, &Arm, Cell)>) {
        let Some((minute, arm, sum)) = of_arm else { return };
        let Some(total) = self.arms.get_mut(arm) else { return };
        if total.peak_reads.is_none_or(|peak| sum.reads > peak.units) {
            total.peak_reads = Some(PeakMinute { minute, units: sum.reads });
        }
        if total.peak_writes.is_none_or(|peak| sum.writes > peak.units) {
            total.peak_writes = Some(PeakMinute { minute, units: sum.writes });
        }
    }
}

fn too_many(file: &str, replay: &Replay, rules: Rules) -> Diagnostics {
    let mut faults = Diagnostics::default();
    for line in &replay.malformed_lines {
        let place = Place::at(file, line.line, line.column);
        faults.push(Diagnostic::new(line.what.clone()).at(place));
    }
    faults.push(
        Diagnostic::new(format!(
            "{} lines are no records, {} operations were read before",
            replay.malformed, replay.operations
        ))
        .at(Place::file(file))
        .why(format!("{} are put up with", rules.max_errors))
        .mend("mend the lines, or pass a larger --max-errors to leave them out"),
    );
    faults
}

fn minute(at: Timestamp) -> i64 {
    at.micros().div_euclid(60_000_000)
}

/// Turns records into demand.
pub struct TraceDemand {
    tables: Vec<Routed>,
    last: usize,
    other_table_partitions: Option<u32>,
    /// The demand so far.
    pub tally: Tally,
}

/// A table and the numbers of its arms in the tally.
struct Routed {
    name: Vec<u8>,
    /// Of the name, for a quick look.
    start: (usize, u64),
    table: TraceTable,
    arm: usize,
    index_arms: Vec<usize>,
}

impl TraceDemand {
    /// No demand yet.
    #[must_use]
    pub fn new(tables: &Tables) -> Self {
        let mut demand = Self {
            tables: Vec::new(),
            last: 0,
            other_table_partitions: tables.other_table_partitions,
            tally: Tally::default(),
        };
        for table in &tables.tables {
            demand.add_table(table.clone());
        }
        demand
    }

    /// Adds the demand of one operation.
    ///
    /// # Errors
    /// If its table or index is not known.
    pub fn add(&mut self, record: &Record<'_>) -> Result<(), Malformed> {
        let fault = |what: String| Malformed { line: record.line, column: 1, what };
        let shown =
            |name: &[u8]| String::from_utf8_lossy(name).chars().take(80).collect::<String>();
        let at = match self.find(&record.table) {
            Some(at) => at,
            None => self
                .other_table(&record.table)
                .map_err(|why| fault(format!("table `{}` {why}", shown(&record.table))))?,
        };
        let routed = &self.tables[at];
        let minute = minute(record.at);
        let partition = partition(&record.key, routed.table.partitions);
        if !record.operation.is_write() {
            let consistency = match (record.is_transactional(), &record.index) {
                (true, _) => Consistency::Transactional,
                // A global secondary index is read eventually, whatever is asked.
                (false, Some(_)) => Consistency::Eventual,
                (false, None) => record.consistency,
            };
            let reads = dynamodb::read(record.bytes, consistency);
            let demand = Cell { operations: 1, reads, writes: WriteUnits::ZERO };
            match &record.index {
                None => self.tally.add(minute, routed.arm, partition, demand),
                Some(name) => {
                    let is = |index: &super::TraceIndex| index.name.as_bytes() == name.as_ref();
                    let Some(index) = routed.table.indexes.iter().position(is) else {
                        let (table, name) = (shown(&record.table), shown(name));
                        // Indexes are those of a design; without one there are none.
                        let unknown = if routed.table.indexes.is_empty() {
                            ": name the scenario and the design that has it"
                        } else {
                            ""
                        };
                        return Err(fault(format!(
                            "table `{table}` has no index `{name}`{unknown}"
                        )));
                    };
                    let partition = routed.table.indexes[index].partition(partition);
                    self.tally.add(minute, routed.index_arms[index], partition, demand);
                }
            }
            return Ok(());
        }
        let images = record.images();
        if let Some(bytes) =
            images.before.max(images.after).filter(|bytes| bytes.get() > ITEM_BYTES_MAX)
        {
            return Err(fault(format!(
                "an item of {} bytes: DynamoDB refuses items over {ITEM_BYTES_MAX} bytes",
                bytes.get()
            )));
        }
        let times = if record.is_transactional() { 2 } else { 1 };
        let writes = dynamodb::write(images.before, images.after) * times;
        let demand = |writes| Cell { operations: 1, reads: ReadUnits::ZERO, writes };
        self.tally.add(minute, routed.arm, partition, demand(writes));
        for (index, &arm) in routed.table.indexes.iter().zip(&routed.index_arms) {
            let writes = index.write_units(record, images);
            if writes > WriteUnits::ZERO {
                self.tally.add(minute, arm, index.partition(partition), demand(writes));
            }
        }
        Ok(())
    }

    fn find(&mut self, name: &[u8]) -> Option<usize> {
        let start = start(name);
        let is =
            |routed: &Routed| routed.start == start && (name.len() <= 8 || routed.name == name);
        if !self.tables.get(self.last).is_some_and(is) {
            self.last = self.tables.iter().position(is)?;
        }
        Some(self.last)
    }

    fn other_table(&mut self, name: &[u8]) -> Result<usize, &'static str> {
        let partitions = self.other_table_partitions.ok_or("is not in the design")?;
        if self.tables.len() >= TABLES_MAX {
            return Err("is one too many: an account has at most 2,500");
        }
        let name = std::str::from_utf8(name).map_err(|_| "is not UTF-8")?.to_owned();
        self.add_table(TraceTable { name, partitions, indexes: Vec::new() });
        Ok(self.tables.len() - 1)
    }

    fn add_table(&mut self, table: TraceTable) {
        let mut arm = |index: Option<&String>, partitions| {
            self.tally.arm(&Arm { table: table.name.clone(), index: index.cloned(), partitions })
        };
        let partitions = table.partitions.max(1);
        let own = arm(None, Some(partitions));
        let known = |index: &TraceIndex| match index.key {
            IndexKey::Tables => Some(partitions),
            IndexKey::Unknown => None,
        };
        let index_arms =
            table.indexes.iter().map(|index| arm(Some(&index.name), known(index))).collect();
        let name = table.name.clone().into_bytes();
        self.tables.push(Routed { start: start(&name), name, table, arm: own, index_arms });
    }
}

/// Length and first eight bytes of a name.
#[inline]
fn start(name: &[u8]) -> (usize, u64) {
    let mut first = [0; 8];
    let length = name.len().min(8);
    first[..length].copy_from_slice(&name[..length]);
    (name.len(), u64::from_le_bytes(first))
}

/// The partition of a key: any fixed hash that spreads well will do, since AWS
/// does not publish its own.
fn partition(key: &[u8], partitions: u32) -> u32 {
    if partitions <= 1 {
        return 0;
    }
    // Eight bytes at a time, then the finaliser of SplitMix64.
    let mut hash = 0x9E37_79B9_7F4A_7C15_u64 ^ key.len() as u64;
    let mut add = |word: u64| {
        hash = (hash.rotate_left(29) ^ word).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    };
    let (words, rest) = key.as_chunks::<8>();
    words.iter().for_each(|word| add(u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    add(u64::from_le_bytes(last));
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^= hash >> 31;
    let share = (u128::from(hash) * u128::from(partitions)) >> 64;
    u32::try_from(share).expect("below the number of partitions")
}
