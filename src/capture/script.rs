/// The script as it stands in the repository, with its default numbers.
const SCRIPT: &str = include_str!("capture.sql");

/// How often the script reads the counters, and how much it samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptSettings {
    /// Seconds between two readings.
    pub every_s: u32,
    /// Readings after the first.
    pub readings: u32,
    /// Rows sampled of each table; 0 for none.
    pub sample_rows: u32,
}

impl Default for ScriptSettings {
    /// Every minute for an hour, 10,000 rows of each table.
    fn default() -> Self {
        Self { every_s: 60, readings: 60, sample_rows: 10_000 }
    }
}

/// A script for psql that reads one database and writes one bundle of JSON
/// lines, which [`super::read()`] reads.
#[must_use]
pub fn script(settings: &ScriptSettings) -> String {
    let values = [
        ("\\set every ", settings.every_s),
        ("\\set readings ", settings.readings),
        ("\\set sample_rows ", settings.sample_rows),
    ];
    let line = |line: &str| {
        let found = values.iter().find(|(start, _)| line.starts_with(start));
        found.map_or_else(|| format!("{line}\n"), |(start, value)| format!("{start}{value}\n"))
    };
    SCRIPT.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_in_the_script() {
        assert_eq!(script(&ScriptSettings::default()), SCRIPT);
    }

    #[test]
    fn the_numbers_are_set_at_its_head() {
        let text = script(&ScriptSettings { every_s: 7, readings: 8, sample_rows: 0 });
        for line in ["\\set every 7", "\\set readings 8", "\\set sample_rows 0"] {
            assert_eq!(text.lines().filter(|one| *one == line).count(), 1, "{line}");
        }
    }
}
