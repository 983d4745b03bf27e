/// The script with its default numbers and one reading after the first.
const SCRIPT: &str = include_str!("capture.sql");
/// Where the pause begins that stands between two readings.
const PAUSE: &str = "\\! ";

/// Pace of the readings, and size of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptSettings {
    /// Seconds between two readings.
    pub every_s: u32,
    /// Readings after the first.
    pub readings: u32,
    /// Rows sampled of each table; 0 for none.
    pub sample_rows: u32,
    /// A superuser samples the tables of other roles too. To plan a query on a
    /// table can run code that its owner left in an index.
    pub trust_owners: bool,
}

impl Default for ScriptSettings {
    /// Every minute for an hour, 10,000 rows of each table.
    fn default() -> Self {
        Self { every_s: 60, readings: 60, sample_rows: 10_000, trust_owners: false }
    }
}

/// A script for psql that reads one database and writes one bundle of JSON
/// lines, which [`super::read()`] reads.
///
/// Pauses are psql's, not the server's: a statement that sleeps would hold its
/// snapshot, which keeps vacuum from its work, and recovery on a standby ends it.
#[must_use]
pub fn script(settings: &ScriptSettings) -> String {
    let ScriptSettings { every_s, readings, sample_rows, trust_owners } = settings;
    let mut text = String::with_capacity(SCRIPT.len());
    let mut again = String::new();
    for line in SCRIPT.lines() {
        let of_reading = line.starts_with(PAUSE) || !again.is_empty();
        let line = if line.starts_with("\\set every ") {
            format!("\\set every {every_s}")
        } else if line.starts_with("\\set sample_rows ") {
            format!("\\set sample_rows {sample_rows}")
        } else if line.starts_with("\\set trust_owners ") {
            format!("\\set trust_owners {trust_owners}")
        } else if line.starts_with(PAUSE) {
            line.replace("sleep 60", &format!("sleep {every_s}"))
        } else {
            line.to_owned()
        };
        let part = if of_reading { &mut again } else { &mut text };
        part.push_str(&line);
        part.push('\n');
    }
    for _ in 0..*readings {
        text.push_str(&again);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_in_the_repository_is_one_with_a_single_pause() {
        assert_eq!(script(&ScriptSettings { readings: 1, ..ScriptSettings::default() }), SCRIPT);
    }

    #[test]
    fn the_numbers_are_set_and_the_pauses_counted() {
        let text =
            script(&ScriptSettings { every_s: 7, readings: 8, sample_rows: 0, trust_owners: true });
        let count = |wanted: &str| text.lines().filter(|line| *line == wanted).count();
        assert_eq!(count("\\set every 7"), 1);
        assert_eq!(count("\\set sample_rows 0"), 1);
        assert_eq!(count("\\set trust_owners true"), 1);
        assert_eq!(count("\\! trap 'kill $PPID' INT; sleep 7"), 8);
        assert_eq!(count(":reading"), 9);
    }
}
