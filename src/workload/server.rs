//! What the captured server was, as far as its settings and counters tell.

use crate::capture::Capture;

/// The server that the capture is of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Server {
    /// CPU seconds of all its processes from the first snapshot to the last.
    pub cpu_seconds: Option<f64>,
    /// Bytes of its buffer cache (`shared_buffers`).
    pub buffer_bytes: Option<f64>,
    /// Seconds from one checkpoint to the next (`checkpoint_timeout`).
    pub checkpoint_seconds: Option<f64>,
    /// It writes no full pages to the WAL (`full_page_writes = off`).
    pub without_page_images: bool,
}

impl Server {
    pub(super) fn of(capture: &Capture) -> Self {
        let setting = |name: &str| {
            let found = capture.catalog.settings.iter().find(|(known, ..)| known == name);
            found.map(|(_, value, unit)| (value.as_str(), unit.as_deref()))
        };
        let quantity = |name| setting(name).and_then(|(value, unit)| quantity(value, unit));
        Self {
            cpu_seconds: capture.machine.as_ref().and_then(|machine| machine.cpu_s),
            buffer_bytes: quantity("shared_buffers"),
            checkpoint_seconds: quantity("checkpoint_timeout"),
            without_page_images: setting("full_page_writes").is_some_and(|(on, _)| on == "off"),
        }
    }
}

/// A setting in bytes or seconds. `pg_settings` has number and unit apart
/// (`32768`, `8kB`), `SHOW` together (`256MB`).
fn quantity(value: &str, unit: Option<&str>) -> Option<f64> {
    let split = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (number, own_unit) = value.split_at(split);
    let number: f64 = number.parse().ok()?;
    let unit = if own_unit.is_empty() { unit? } else { own_unit.trim() };
    let factor = match unit {
        "B" | "s" => 1.0,
        "kB" => 1024.0,
        "8kB" => 8192.0,
        "MB" => 1024.0 * 1024.0,
        "GB" => 1024.0 * 1024.0 * 1024.0,
        "TB" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "ms" => 0.001,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    (number > 0.0).then_some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_with_their_units() {
        let bytes = 256.0 * 1024.0 * 1024.0;
        for (value, unit) in [("32768", Some("8kB")), ("256MB", None), ("256MB", Some("8kB"))] {
            assert!((quantity(value, unit).unwrap() - bytes).abs() < 1e-9, "{value}");
        }
        assert!((quantity("5min", None).unwrap() - 300.0).abs() < 1e-9);
        assert_eq!(quantity("32768", None), None);
        assert_eq!(quantity("-1", Some("8kB")), None);
    }
}
