use super::Timestamp;

impl Timestamp {
    /// Reads a moment as Postgres and its tools print it:
    /// `2026-11-23 06:48:18.758328+00`, `2026-11-23T06:48:18Z`, `… UTC`, with
    /// any number of decimals and an offset of hours or `hours:minutes`. Without
    /// a zone it is taken as UTC. `None` if it is none of these.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse(text)
    }
}

/// Years of recordings: from the epoch, where clocks that were never set begin, on.
/// Others are slips that would turn rates into nothing.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=2199;

fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let rest = rest.strip_prefix(['T', ' ', 't'])?;
    let clock_end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.');
    let (clock, zone) = rest.split_at(clock_end.unwrap_or(rest.len()));
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let in_range = YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range {
        return None;
    }
    let seconds =
        days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone.trim())?;
    Some(Timestamp::from_micros(seconds * 1_000_000 + micros))
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, digits) = match zone.as_bytes().first()? {
        b'+' => (1, zone.get(1..)?),
        b'-' => (-1, zone.get(1..)?),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let hours = number(digits.get(..2)?)?;
    let minutes = digits.get(2..4).map_or(Some(0), number)?;
    Some(sign * (hours * 3600 + minutes * 60))
}

fn number(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Days from 1970-01-01 to a civil date, after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms".
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_postgres_prints_are_one_moment() {
        let expected = Some(Timestamp::from_micros(1_795_416_498_758_328));
        for text in [
            "2026-11-23 06:48:18.758328+00",
            "2026-11-23T06:48:18.758328+00:00",
            "2026-11-23T06:48:18.758328Z",
            "2026-11-23 12:18:18.758328+05:30",
            "2026-11-23 12:18:18.758328+0530",
            "2026-11-22 22:48:18.758328-08",
            "2026-11-23 06:48:18.758328",
        ] {
            assert_eq!(Timestamp::parse(text), expected, "{text}");
        }
        let millis = Some(Timestamp::from_micros(1_795_416_702_243_000));
        assert_eq!(Timestamp::parse("2026-11-23 06:51:42.243 UTC"), millis);
        assert_eq!(
            Timestamp::parse("2000-02-29 00:00"),
            Some(Timestamp::from_micros(951_782_400_000_000))
        );
    }

    #[test]
    fn other_text_is_no_moment() {
        for text in [
            "",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59",
            "yesterday",
            "2026-13-01 00:00:00",
            "2026-11-23",
            "2026-11-23 06:51 CET",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
