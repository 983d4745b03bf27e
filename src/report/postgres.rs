//! Postgres's line on the terminal.

use crate::compare::Comparison;

/// One line: response times at each load that was asked about.
#[must_use]
pub(super) fn line(comparison: &Comparison) -> String {
    let times: Vec<String> = comparison
        .postgres
        .at
        .iter()
        .map(|at| match &at.latency {
            Some(one) => {
                let [half, p95, p99] = one.one_shard.map(|seconds| milliseconds(seconds * 1000.0));
                format!("{half}/{p95}/{p99} ms at {}x", at.load)
            }
            None => format!("unknown at {}x", at.load),
        })
        .collect();
    format!(
        "Sharded Postgres at the peak, p50/p95/p99 without network: {}; DynamoDB: single-digit ms as \
         AWS states, not measured.\n",
        times.join(", ")
    )
}

fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2}") } else { format!("{ms:.0}") }
}
