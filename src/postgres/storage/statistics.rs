//! What the statistics of the server tell of widths and keys, and what is taken
//! for granted where they do not.

use super::btree::thrown;
use super::description::KeyColumn;
use super::width::Spread;
use super::{real, whole_up};

/// Types whose equal values may be stored differently, so that index entries of
/// duplicates are not merged: no `btequalimage` support function
/// (`pg_amproc.dat`, PostgreSQL 15, and the extensions of the distribution).
const UNLIKE_TYPES: [&str; 12] = [
    "numeric",
    "jsonb",
    "real",
    "double precision",
    "interval",
    "tsvector",
    "tsquery",
    "record",
    "citext",
    "hstore",
    "ltree",
    "cube",
];

/// Whether equal values of a type are stored alike.
pub fn equal_is_alike(type_name: &str) -> bool {
    let base = type_name.split('(').next().unwrap_or(type_name).trim();
    !UNLIKE_TYPES.contains(&base) && !type_name.ends_with("[]") && !base.ends_with("range")
}

/// A spread for an average that stands alone; `n_distinct` as in `pg_stats`.
pub fn assumed(avg_width: f64, n_distinct: f64, type_name: &str) -> Spread {
    let whole = |bytes: f64| u32::try_from(whole_up(bytes)).unwrap_or(u32::MAX);
    // pg_stats cuts the average off to a whole number.
    let mean = avg_width.floor() + 0.5;
    match type_name.split('(').next().unwrap_or(type_name).trim() {
        // Every value has the stated length.
        "character" => {
            let bytes = whole(avg_width.floor());
            return Spread {
                mean: f64::from(bytes),
                min: bytes,
                max: bytes,
                stddev: 0.0,
                step: 1,
                assumed: false,
            };
        }
        // Two bytes for each four digits after a header of three.
        "numeric" => {
            let min = (3.0 + ((mean - 3.0) / 2.0).floor() * 2.0).max(3.0);
            let above = ((mean - min) / 2.0).clamp(0.0, 1.0);
            let stddev = 2.0 * (above * (1.0 - above)).sqrt();
            let min = whole(min);
            return Spread { mean, min, max: min + 2, stddev, step: 2, assumed: true };
        }
        _ => {}
    }
    // Words from a list are closer to one another than what people write.
    let share = if (1.0..=WORDS_MAX).contains(&n_distinct) { 0.25 } else { 0.5 };
    // Rows of such values stay within a page's quarter, or the average would be
    // that of pointers.
    let half = (mean * share).min((2000.0 - mean).max(1.0));
    let min = whole((mean - half).max(1.0).floor());
    let max = whole(mean + half);
    let values = f64::from(max - min + 1);
    let stddev = ((values.powi(2) - 1.0) / 12.0).sqrt();
    Spread { mean, min, max, stddev, step: 1, assumed: true }
}

/// A spread of whole values of a type that keeps several digits in two bytes.
pub fn in_steps(spread: Spread, type_name: &str) -> Spread {
    let even = (spread.max - spread.min).is_multiple_of(2);
    let step = if type_name.starts_with("numeric") && even { 2 } else { 1 };
    Spread { step, ..spread }
}

/// Most different values that are taken for words from a list.
const WORDS_MAX: f64 = 100.0;

/// A column of an index as far as it is in a partial index: one that the
/// predicate compares has no NULLs there, and one that it wants NULL nothing
/// else.
pub fn within(predicate: Option<&str>, name: &str, key: KeyColumn) -> KeyColumn {
    let Some(predicate) = predicate else { return key };
    let lower = predicate.to_ascii_lowercase();
    // With these a row may be in the index although a column is NULL.
    let lets_null = [" or ", "coalesce(", "distinct from", "case "];
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    if lets_null.iter().any(|word| lower.contains(word)) {
        return key;
    }
    let Some(at) = words.iter().position(|word| *word == name.to_ascii_lowercase()) else {
        return key;
    };
    if words[at + 1..].starts_with(&["is", "null"]) {
        return KeyColumn { null_fraction: 1.0, ..key };
    }
    KeyColumn { null_fraction: 0.0, ..key }
}

/// Most bytes that a value of a type can take: up to four a character.
pub fn bytes_max(type_name: &str) -> Option<u64> {
    let (base, rest) = type_name.split_once('(')?;
    let length: u64 = rest.split([',', ')']).next()?.trim().parse().ok()?;
    match base.trim() {
        "character varying" | "character" | "varchar" | "char" => {
            Some(length.saturating_mul(4).saturating_add(4))
        }
        "numeric" => Some(length.saturating_add(16)),
        _ => None,
    }
}

/// Different values of a column, from `pg_stats.n_distinct`: a share of the rows
/// where it is negative. 0 is "unknown": as many as there can be gives the
/// largest index.
pub fn distinct_values(n_distinct: f64, rows: f64, not_null: f64) -> f64 {
    if n_distinct < 0.0 {
        -n_distinct * rows
    } else if n_distinct > 0.0 {
        n_distinct
    } else {
        not_null
    }
}

/// Different keys where nobody counted them: those of each column, independent of
/// one another, and so are their NULLs.
pub fn distinct_keys(parts: &[KeyColumn], keys: usize, unique: bool, entries: u64) -> f64 {
    let rows = real(entries);
    if unique {
        return rows;
    }
    let keys = &parts[..keys.min(parts.len())];
    if let [one] = keys {
        let null = if one.null_fraction > 0.0 { 1.0 } else { 0.0 };
        return (one.distinct.max(1.0) + null).min(rows);
    }
    // At least as many as of the column that has most.
    let most = keys.iter().map(|part| part.distinct.max(1.0)).fold(0.0, f64::max);
    // Rows and possible keys, apart by which of the columns are NULL.
    let mut kinds = vec![(rows, 1.0)];
    for part in keys {
        let nulls = part.null_fraction;
        kinds = kinds
            .iter()
            .flat_map(|&(rows, cells)| {
                [(rows * nulls, cells), (rows * (1.0 - nulls), cells * part.distinct.max(1.0))]
            })
            .filter(|&(rows, _)| rows >= 0.5)
            .collect();
    }
    let sum: f64 = kinds.into_iter().map(|(rows, cells)| thrown(rows, cells)).sum();
    sum.max(most).min(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_whose_duplicates_are_merged() {
        for name in ["text", "bigint", "uuid", "character varying(40)", "timestamp with time zone"]
        {
            assert!(equal_is_alike(name), "{name}");
        }
        for name in ["numeric(12,2)", "jsonb", "double precision", "text[]", "tstzrange"] {
            assert!(!equal_is_alike(name), "{name}");
        }
    }

    fn key(distinct: f64, null_fraction: f64) -> KeyColumn {
        KeyColumn {
            alignment: 4,
            null_fraction,
            width: super::super::Width::Fixed(4),
            distinct,
            equal_is_alike: true,
            in_row_order: false,
        }
    }

    #[test]
    fn nulls_of_a_partial_index() {
        let nulls = |predicate: &str| within(Some(predicate), "at", key(9.0, 0.9)).null_fraction;
        for (predicate, expected) in [
            ("(at IS NOT NULL)", 0.0),
            ("(at IS NULL)", 1.0),
            ("((state = 'a'::text) AND (at > '2024-01-01'::date))", 0.0),
            ("((at IS NULL) OR (state = 'a'::text))", 0.9),
            ("(state = 'late'::text)", 0.9),
        ] {
            assert!((nulls(predicate) - expected).abs() < 1e-9, "{predicate}");
        }
    }

    /// 1000 rows, 90 % NULL in the one and 80 % in the other: 720 rows are one
    /// key, 80 and 180 have one of their columns' 50 and 5 values, and 20 share
    /// 250 keys: 1 + 50 (1 - e^-1.6) + 5 + 250 (1 - e^-0.08) = 65.1.
    #[test]
    fn keys_of_columns_with_nulls() {
        let parts = [key(50.0, 0.9), key(5.0, 0.8)];
        let keys = distinct_keys(&parts, 2, false, 1000);
        assert!((keys - 65.1).abs() < 0.1, "{keys}");
    }

    /// avg_width 8 is a mean of 8.5: 25 % of three and 75 % of four groups less
    /// the header, and a char(7) takes 8 bytes always.
    #[test]
    fn assumed_spreads() {
        let numeric = assumed(8.0, -1.0, "numeric(10,2)");
        assert_eq!((numeric.min, numeric.max, numeric.step), (7, 9, 2));
        let fixed = assumed(8.0, -1.0, "character(7)");
        assert_eq!((fixed.min, fixed.max), (8, 8));
        let (word, text) = (assumed(8.0, 5.0, "text"), assumed(8.0, -0.4, "text"));
        assert!(word.max < text.max && text.min < word.min);
    }

    #[test]
    fn longest_values() {
        assert_eq!(bytes_max("character varying(60)"), Some(244));
        assert_eq!(bytes_max("text"), None);
        assert_eq!(bytes_max("numeric"), None);
    }
}
