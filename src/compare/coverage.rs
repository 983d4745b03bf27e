use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::workload::{Service, Workload};

/// How much of a workload a design serves: shares that add up to 1, by calls
/// and by execution time.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// By calls. Every class is there. Nested data statements count as calls.
    pub by_calls: BTreeMap<Service, f64>,
    /// By execution time on Postgres, top-level statements only (theirs holds
    /// the nested ones'); `None` where the export has no times.
    pub by_time: Option<BTreeMap<Service, f64>>,
}

impl Coverage {
    /// Share of the calls of data statements (all but what there is nothing to
    /// serve for) that are served without a Scan; `None` if there are no data
    /// statements.
    #[must_use]
    pub fn served_of_data(&self) -> Option<f64> {
        served(&self.by_calls)
    }

    /// The same share of the execution time of data statements.
    #[must_use]
    pub fn served_of_data_time(&self) -> Option<f64> {
        served(self.by_time.as_ref()?)
    }
}

fn served(by: &BTreeMap<Service, f64>) -> Option<f64> {
    let of = |service| by.get(&service).copied().unwrap_or(0.0);
    let data: f64 = Service::ALL.into_iter().filter(|s| *s != Service::Ignorable).map(of).sum();
    (data > 0.0).then(|| of(Service::Served) / data)
}

/// The coverage of a plan.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "shares")]
pub fn coverage(workload: &Workload, plan: &Plan) -> Coverage {
    let mut calls: BTreeMap<Service, f64> = Service::ALL.into_iter().map(|s| (s, 0.0)).collect();
    let mut time = calls.clone();
    let mut timed = false;
    for (pattern, planned) in workload.patterns.iter().zip(&plan.patterns) {
        *calls.entry(planned.service).or_default() += pattern.calls as f64;
        if let (false, Some(ms)) = (pattern.nested, pattern.total.exec_ms) {
            timed = true;
            *time.entry(planned.service).or_default() += ms;
        }
    }
    Coverage { by_calls: shares(calls), by_time: timed.then(|| shares(time)) }
}

fn shares(mut amounts: BTreeMap<Service, f64>) -> BTreeMap<Service, f64> {
    let sum: f64 = amounts.values().sum();
    if sum > 0.0 {
        for amount in amounts.values_mut() {
            *amount /= sum;
        }
    }
    amounts
}
