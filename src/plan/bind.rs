//! What a statement knows, and which keys can be made from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::design::{Part, Template};
use crate::sql::{Predicate, Step, Test, Value};

/// The name under which a made-up key is known to whoever inserts the item; no
/// column is called so.
pub const GENERATED: &str = "{generated}";

/// Columns with known values at the time a step runs. A parent's column is
/// named `table.column`.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Columns compared for equality, and with how many values each.
    pub equal: BTreeMap<String, f64>,
    /// Columns with a range.
    pub ranges: BTreeSet<String>,
    /// The length of a list of values is not in the text: the rows returned
    /// stand for it, and keys that were not found are missing.
    pub lists_guessed: bool,
}

/// Lengths of lists that the text does not show.
pub struct Lists {
    /// Where they were recorded, in the order of the text.
    pub known: Vec<f64>,
    /// What stands for the others: the rows found.
    pub otherwise: f64,
}

impl Known {
    /// What the predicates of a step say. `values_of` gives the number of
    /// different values that a column of another step hands over, or `None`
    /// while that step has not run.
    pub fn of(step: &Step, lists: &Lists, values_of: impl Fn(usize, &str) -> Option<f64>) -> Self {
        let mut known = Self::default();
        let mut lengths = lists.known.iter();
        for Predicate { column, test } in &step.predicates {
            match test {
                Test::Equal(value) => {
                    if let Some(count) = values(value, 1.0, &values_of) {
                        known.equal.insert(column.clone(), count);
                    }
                }
                Test::AnyOf { count, values: value } => {
                    #[expect(clippy::cast_precision_loss, reason = "a list length")]
                    let length = match count {
                        Some(count) => *count as f64,
                        None if *value != Value::Given => lists.otherwise,
                        None => lengths.next().copied().unwrap_or_else(|| {
                            known.lists_guessed = true;
                            lists.otherwise
                        }),
                    };
                    if let Some(count) = values(value, length, &values_of) {
                        known.equal.insert(column.clone(), count);
                    }
                }
                Test::Range { .. } | Test::Prefix => {
                    known.ranges.insert(column.clone());
                }
                Test::IsNull | Test::IsNotNull | Test::Filter => {}
            }
        }
        known
    }

    /// Adds columns that the caller supplies.
    pub fn supply<'c>(&mut self, columns: impl IntoIterator<Item = &'c String>) {
        for column in columns {
            self.equal.entry(column.clone()).or_insert(1.0);
        }
    }
}

fn values(
    value: &Value,
    length: f64,
    values_of: impl Fn(usize, &str) -> Option<f64>,
) -> Option<f64> {
    match value {
        Value::Given => Some(length),
        Value::Column { step, column } => values_of(*step, column),
        Value::Computed => None,
    }
}

/// A partition key that can be made.
#[derive(Clone, Debug)]
pub struct PartitionBinding {
    /// How many different partition keys are asked for.
    pub keys: f64,
    /// Further partition keys that must be asked because a hash suffix or a
    /// time bucket is not known: a fan-out over the same data.
    pub fan_out: f64,
    /// Columns that the key settles.
    pub equal: BTreeSet<String>,
    /// A column whose range chooses the buckets.
    pub bucketed: Option<String>,
}

/// Tries to make the partition key; says what is missing if it cannot be made.
/// `buckets` is the number of time buckets that a range reaches over, if the
/// design states it.
pub fn partition(
    template: &Template,
    known: &Known,
    buckets: Option<f64>,
) -> Result<PartitionBinding, String> {
    let mut binding =
        PartitionBinding { keys: 1.0, fan_out: 1.0, equal: BTreeSet::new(), bucketed: None };
    for part in &template.parts {
        match part {
            Part::Literal(_) => {}
            Part::Generated => {
                binding.settle(GENERATED, known).ok_or_else(|| {
                    "the key is made up by the application and no statement gives it".to_owned()
                })?;
            }
            Part::Column(column) => {
                binding.settle(column, known).ok_or_else(|| missing(column, known))?;
            }
            Part::Parent { table, column } => {
                let column = format!("{table}.{column}");
                binding.settle(&column, known).ok_or_else(|| missing(&column, known))?;
            }
            Part::Bucket { column, .. } => {
                if binding.settle(column, known).is_none() {
                    if !known.ranges.contains(column) {
                        return Err(missing(column, known));
                    }
                    let Some(buckets) = buckets else {
                        return Err(format!(
                            "a range of {column} reaches over a number of time buckets that is \
                             not known (state it with `buckets`)"
                        ));
                    };
                    binding.fan_out *= buckets;
                    binding.bucketed = Some(column.clone());
                }
            }
            Part::Hash { column, count } => {
                if binding.settle(column, known).is_none() {
                    binding.fan_out *= f64::from(*count);
                }
            }
        }
    }
    Ok(binding)
}

impl PartitionBinding {
    fn settle(&mut self, column: &str, known: &Known) -> Option<()> {
        let count = known.equal.get(column)?;
        if self.equal.insert(column.to_owned()) {
            self.keys *= count;
        }
        Some(())
    }
}

fn missing(column: &str, known: &Known) -> String {
    if known.ranges.contains(column) {
        format!("{column} is only given as a range, and a partition key needs its value")
    } else {
        format!("{column} is not given")
    }
}

/// How far a sort key can be made.
#[derive(Clone, Debug, Default)]
pub struct SortBinding {
    /// Every part is known: the key names one item.
    pub complete: bool,
    /// Different sort keys asked for.
    pub keys: f64,
    /// Columns settled by equality.
    pub equal: BTreeSet<String>,
    /// A column that a range narrows, right after the settled ones.
    pub range: Option<String>,
    /// The columns after the settled ones, in the order they sort by.
    pub open: Vec<String>,
}

/// Makes as much of the sort key as is known, from the left. `settled` are the
/// columns of the partition key: a list of values of one of them is one list,
/// not one for each key it stands in.
pub fn sort(template: Option<&Template>, known: &Known, settled: &BTreeSet<String>) -> SortBinding {
    let mut binding = SortBinding { complete: true, keys: 1.0, ..SortBinding::default() };
    let Some(template) = template else { return binding };
    for part in &template.parts {
        let column = match part {
            Part::Literal(_) => continue,
            Part::Generated => GENERATED.to_owned(),
            Part::Column(column) => column.clone(),
            Part::Parent { table, column } => format!("{table}.{column}"),
            // A suffix or a bucket inside a sort key orders nothing by itself.
            Part::Bucket { column, .. } | Part::Hash { column, .. } => column.clone(),
        };
        if binding.complete {
            if let Some(count) = known.equal.get(&column) {
                if !settled.contains(&column) && binding.equal.insert(column) {
                    binding.keys *= count;
                }
                continue;
            }
            binding.complete = false;
            if known.ranges.contains(&column) {
                binding.range = Some(column.clone());
            }
        }
        binding.open.push(column);
    }
    binding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(equal: &[(&str, f64)], ranges: &[&str]) -> Known {
        Known {
            equal: equal.iter().map(|(c, n)| ((*c).to_owned(), *n)).collect(),
            ranges: ranges.iter().map(|c| (*c).to_owned()).collect(),
            lists_guessed: false,
        }
    }

    #[test]
    fn a_range_on_a_partition_key_is_no_key_access() {
        let template = Template::parse("created_at").unwrap();
        let error = partition(&template, &known(&[], &["created_at"]), None).unwrap_err();
        assert!(error.contains("only given as a range"), "{error}");
    }

    #[test]
    fn buckets_and_hashes_fan_out() {
        let template = Template::parse("{created_at:hour}#{hash(id,16)}").unwrap();
        let known = known(&[], &["created_at"]);
        assert!(partition(&template, &known, None).is_err());
        let binding = partition(&template, &known, Some(24.0)).unwrap();
        assert!((binding.fan_out - 24.0 * 16.0).abs() < 1e-9);
    }

    #[test]
    fn a_list_asks_for_many_keys() {
        let template = Template::parse("id").unwrap();
        let binding = partition(&template, &known(&[("id", 7.0)], &[]), None).unwrap();
        assert!((binding.keys - 7.0).abs() < 1e-9);
    }

    #[test]
    fn sort_keys_bind_from_the_left() {
        let none = BTreeSet::new();
        let template = Template::parse("N#{created_at}#{id}").unwrap();
        let ranged = sort(Some(&template), &known(&[], &["created_at"]), &none);
        assert_eq!(ranged.range.as_deref(), Some("created_at"));
        assert!(!ranged.complete);
        let gap = sort(Some(&template), &known(&[("id", 1.0)], &[]), &none);
        assert!(!gap.complete && gap.equal.is_empty());
        let whole = sort(Some(&template), &known(&[("id", 1.0), ("created_at", 1.0)], &[]), &none);
        assert!(whole.complete);
    }

    /// Three users by `id IN ($1, $2, $3)`, the key `id` and `U#{id}`: three
    /// items, not nine.
    #[test]
    fn a_list_in_both_keys_is_one_list() {
        let (by, within) = (Template::parse("id").unwrap(), Template::parse("U#{id}").unwrap());
        let known = known(&[("id", 3.0)], &[]);
        let binding = partition(&by, &known, None).unwrap();
        let sort = sort(Some(&within), &known, &binding.equal);
        assert!(sort.complete && (binding.keys * sort.keys - 3.0).abs() < 1e-9);
    }
}
