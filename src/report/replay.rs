//! What a recorded trace demanded.

use std::fmt::{self, Write};

use serde_json::{Value, json};

use crate::simulate::keys::{PARTITION_READ_UNITS_PER_S, PARTITION_WRITE_UNITS_PER_S};
use crate::simulate::trace::{Arm, ArmTotal, Cell, Replay, Row};
use crate::units::{ReadUnits, Timestamp};

use super::csv::text_cell;

/// First line of the file of minutes.
pub const MINUTES_HEADER: &str = "minute,table,index,partition,operations,read_units,write_units\n";

/// Why there is nothing by partition.
const UNKNOWN: &str = "the trace has the table's key, not that of this index";

/// One line of the file of minutes.
#[must_use]
pub fn minutes_row(row: &Row<'_>) -> String {
    format!(
        "{},{},{},{},{},{},{}\n",
        moment(row.minute),
        text_cell(&row.arm.table),
        row.arm.index.as_deref().map(text_cell).unwrap_or_default(),
        // Empty where partitions are not known.
        row.arm.partitions.map(|_| row.partition.to_string()).unwrap_or_default(),
        row.cell.operations,
        row.cell.reads,
        row.cell.writes,
    )
}

/// The result as JSON.
#[must_use]
pub fn json(replay: &Replay) -> Value {
    let arms: Vec<Value> = replay.arms.iter().map(|(arm, total)| arm_json(arm, total)).collect();
    let malformed: Vec<Value> = replay
        .malformed_lines
        .iter()
        .map(|line| json!({"line": line.line, "column": line.column, "what": line.what}))
        .collect();
    json!({
        "schema_version": 1,
        "operations": replay.operations,
        "first": replay.period.map(|(first, _)| first.to_string()),
        "last": replay.period.map(|(_, last)| last.to_string()),
        "malformed_lines": replay.malformed,
        "malformed_lines_shown": malformed,
        "ignored_columns": replay.ignored_columns,
        "arms": arms,
    })
}

fn arm_json(arm: &Arm, total: &ArmTotal) -> Value {
    let cell = |cell: &Cell| {
        json!({
            "operations": cell.operations,
            "read_units": halves(cell.reads),
            "write_units": cell.writes.get(),
        })
    };
    let partitions: Option<Vec<Value>> =
        arm.partitions.map(|_| total.partitions.iter().map(cell).collect());
    let busiest = |minute: i64, partition: u32, units_per_second: f64, most: u32| {
        json!({
            "minute": moment(minute),
            "partition": partition,
            "units_per_second": units_per_second,
            "units_per_second_max": most,
        })
    };
    json!({
        "table": arm.table,
        "index": arm.index,
        "operations": total.total.operations,
        "read_units": halves(total.total.reads),
        "write_units": total.total.writes.get(),
        "peak_read_minute": total.peak_reads.map(|peak| json!({
            "minute": moment(peak.minute), "read_units": halves(peak.units),
        })),
        "peak_write_minute": total.peak_writes.map(|peak| json!({
            "minute": moment(peak.minute), "write_units": peak.units.get(),
        })),
        "partitions": partitions,
        "partitions_unknown": arm.partitions.is_none().then_some(UNKNOWN),
        "partitions_for_peak": total.partitions_for_peak(),
        "busiest_partition_reads": total.busiest_reads.map(|one| busiest(
            one.minute, one.partition, one.units.as_f64() / 60.0, PARTITION_READ_UNITS_PER_S,
        )),
        "busiest_partition_writes": total.busiest_writes.map(|one| busiest(
            one.minute, one.partition, one.units.as_f64() / 60.0, PARTITION_WRITE_UNITS_PER_S,
        )),
    })
}

fn halves(units: ReadUnits) -> Value {
    if units.halves().is_multiple_of(2) { json!(units.halves() / 2) } else { json!(units.as_f64()) }
}

/// The result as text for the terminal.
#[must_use]
pub fn text(file: &str, replay: &Replay) -> String {
    let mut out = String::new();
    write_text(&mut out, file, replay).expect("writing to a string cannot fail");
    out
}

fn write_text(out: &mut String, file: &str, replay: &Replay) -> fmt::Result {
    write!(out, "{} operations", replay.operations)?;
    if let Some((first, last)) = replay.period {
        write!(out, ", {first} to {last}")?;
    }
    writeln!(
        out,
        "\n\n{:<40} {:>14} {:>16} {:>16} {:>12} {:>12}  hottest partition",
        "table or index", "operations", "read units", "write units", "peak RCU", "peak WCU"
    )?;
    for (arm, total) in &replay.arms {
        let name = match &arm.index {
            Some(index) => format!("{}.{index}", arm.table),
            None => arm.table.clone(),
        };
        let peak_reads = total.peak_reads.map_or(0.0, |peak| peak.units.as_f64() / 60.0);
        let peak_writes = total.peak_writes.map_or(0.0, |peak| peak.units.as_f64() / 60.0);
        writeln!(
            out,
            "{name:<40} {:>14} {:>16} {:>16} {peak_reads:>12.1} {peak_writes:>12.1}  {}",
            total.total.operations,
            total.total.reads.to_string(),
            total.total.writes.to_string(),
            hottest(arm, total),
        )?;
    }
    for (arm, total) in &replay.arms {
        over_limit(out, arm, total)?;
    }
    if !replay.ignored_columns.is_empty() {
        writeln!(out, "\ncolumns not used: {}", replay.ignored_columns.join(", "))?;
    }
    if replay.malformed > 0 {
        writeln!(out, "\n{} malformed lines left out, the first of them:", replay.malformed)?;
        for line in &replay.malformed_lines {
            writeln!(out, "  {file}:{}:{}: {}", line.line, line.column, line.what)?;
        }
    }
    Ok(())
}

/// Says where a partition was asked for more than one serves, with the number that
/// the table or index needs at the least.
fn over_limit(out: &mut String, arm: &Arm, total: &ArmTotal) -> fmt::Result {
    let reads = total.busiest_reads.map(|one| (one.minute, one.partition, one.units.as_f64()));
    let writes = total.busiest_writes.map(|one| (one.minute, one.partition, one.units.as_f64()));
    for (word, busiest, most) in [
        ("read", reads, PARTITION_READ_UNITS_PER_S),
        ("write", writes, PARTITION_WRITE_UNITS_PER_S),
    ] {
        let Some((minute, partition, units)) = busiest else { continue };
        if units / 60.0 > f64::from(most) {
            let index = arm.index.as_ref().map(|index| format!(".{index}")).unwrap_or_default();
            writeln!(
                out,
                "\n{}{index}: partition {partition} is asked for {:.0} {word} units a second at {}, \
                 where one serves {most}; its peak needs {} partitions or more (--partitions)",
                arm.table,
                units / 60.0,
                moment(minute),
                total.partitions_for_peak(),
            )?;
        }
    }
    Ok(())
}

/// The largest share of operations that one partition takes.
#[expect(clippy::cast_precision_loss, reason = "shown to a person")]
fn hottest(arm: &Arm, total: &ArmTotal) -> String {
    let Some(partitions) = arm.partitions else { return format!("unknown: {UNKNOWN}") };
    if partitions <= 1 {
        return "not split".to_owned();
    }
    let busiest = total.partitions.iter().enumerate().rev().max_by_key(|(_, c)| c.operations);
    busiest.map_or_else(String::new, |(at, cell)| {
        let percent = 100.0 * cell.operations as f64 / (total.total.operations as f64).max(1.0);
        format!("{percent:.1} % of operations on {at} of {partitions}")
    })
}

fn moment(minute: i64) -> String {
    Timestamp::from_micros(minute * 60_000_000).to_string()
}
