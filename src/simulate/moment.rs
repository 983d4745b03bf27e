use crate::units::Timestamp;

/// Reads a moment as logs and exports print it, from bytes and without
/// allocating: ISO 8601 (`2026-11-23T06:48:18.75Z`, a blank for the `T`,
/// slashes for the dashes, an offset such as `+05:30` or `+00`, UTC without
/// one), or a number since 1970-01-01: seconds (with decimals) below 10^11,
/// milliseconds below 10^14, else microseconds. `None` if it is none of these.
pub(super) fn moment(text: &[u8]) -> Option<Timestamp> {
    let text = text.trim_ascii();
    match text.get(4) {
        Some(b'-' | b'/') => civil(text),
        _ => epoch(text),
    }
}

fn epoch(text: &[u8]) -> Option<Timestamp> {
    let (mut whole, mut digits) = (0_i64, 0);
    for &byte in text {
        if !byte.is_ascii_digit() {
            break;
        }
        // 18 digits do not overflow.
        if digits == 18 {
            return None;
        }
        whole = whole * 10 + i64::from(byte - b'0');
        digits += 1;
    }
    match text.get(digits) {
        None if digits > 0 => whole_number(whole),
        Some(b'.') if digits > 0 && whole < SECONDS_BELOW => {
            Some(Timestamp::from_micros(whole * 1_000_000 + micros(&text[digits + 1..])?))
        }
        _ => None,
    }
}

const SECONDS_BELOW: i64 = 100_000_000_000;

/// A moment written as a whole number, as [`moment`] reads it.
pub(super) fn whole_number(count: i64) -> Option<Timestamp> {
    let micros = match count {
        ..0 => return None,
        0..SECONDS_BELOW => count * 1_000_000,
        SECONDS_BELOW..100_000_000_000_000 => count * 1000,
        _ => count,
    };
    Some(Timestamp::from_micros(micros))
}

/// Seconds since 1970-01-01 with decimals, to the nearest millionth.
#[expect(clippy::cast_possible_truncation, reason = "checked to be below 10^17")]
pub(super) fn seconds(seconds: f64) -> Option<Timestamp> {
    let in_range = (0.0..1e11).contains(&seconds);
    in_range.then(|| Timestamp::from_micros((seconds * 1e6).round() as i64))
}

fn civil(text: &[u8]) -> Option<Timestamp> {
    let separator = *text.get(4)?;
    if text.len() < 16 || text[7] != separator || !matches!(text[10], b'T' | b't' | b' ') {
        return None;
    }
    let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..10])?);
    if text[13] != b':' {
        return None;
    }
    let (hour, minute) = (number(&text[11..13])?, number(&text[14..16])?);
    let (mut second, mut fraction, mut at) = (0, 0, 16);
    if text.get(at) == Some(&b':') {
        second = number(text.get(17..19)?)?;
        at = 19;
        if text.get(at) == Some(&b'.') {
            let digits = text[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            fraction = micros(&text[at + 1..at + 1 + digits])?;
            at += 1 + digits;
        }
    }
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        - offset_seconds(text[at..].trim_ascii())?;
    Some(Timestamp::from_micros(seconds * 1_000_000 + fraction))
}

/// Seconds east of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    if matches!(zone, b"" | b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_first()? {
        (b'+', digits) => (1, digits),
        (b'-', digits) => (-1, digits),
        _ => return None,
    };
    let hours = number(digits.get(..2)?)?;
    let minutes = match digits.len() {
        2 => 0,
        4 => number(&digits[2..4])?,
        5 if digits[2] == b':' => number(&digits[3..5])?,
        _ => return None,
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

/// Decimals of a second, cut to millionths.
fn micros(digits: &[u8]) -> Option<i64> {
    let mut micros = number(digits.get(..6).unwrap_or(digits))?;
    for _ in digits.len().min(6)..6 {
        micros *= 10;
    }
    digits.iter().all(u8::is_ascii_digit).then_some(micros)
}

/// At most 16 digits, so that no product above overflows.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let add = |sum: i64, &b: &u8| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0'));
    digits.iter().try_fold(0, add)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a civil date, after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms".
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (y.div_euclid(400), y.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_many_spellings() {
        let expected = Some(Timestamp::from_micros(1_795_416_498_758_000));
        for text in [
            "2026-11-23T06:48:18.758Z",
            "2026-11-23 06:48:18.758+00",
            "2026/11/23 06:48:18.758",
            "2026-11-23 12:18:18.758+05:30",
            "2026-11-22T22:48:18.7580009-0800",
            "1795416498.758",
            "1795416498758",
            "1795416498758000",
        ] {
            assert_eq!(moment(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(moment(b"1795416498"), Some(Timestamp::from_micros(1_795_416_498_000_000)));
        assert_eq!(moment(b"2000-02-29 00:00"), Some(Timestamp::from_micros(951_782_400_000_000)));
    }

    #[test]
    fn other_text_is_no_moment() {
        for text in [
            "",
            "soon",
            "2026-13-01 00:00",
            "2026-02-29 00:00",
            "2026-11-23",
            "2026-11-23T06:48:18 CET",
            "12:00",
            "-5",
            "1.x",
            "1795416498758.5",
            "2026-11-23T06:48:18+1",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }
}
