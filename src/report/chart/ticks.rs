//! Which values an axis names, and how.

/// The values to name on a logarithmic axis from `low` to `high` (both above
/// 0): as many as `most` allows, all round numbers.
pub fn logarithmic(low: f64, high: f64, most: usize) -> Vec<f64> {
    if !(low > 0.0 && high > low && high.is_finite()) {
        return Vec::new();
    }
    let narrow = high / low < 4.0;
    let decades: [&[f64]; 4] =
        [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    let mut best = if narrow { linear(low, high, most) } else { Vec::new() };
    for mantissas in decades {
        let ticks = in_decades(low, high, mantissas, 1);
        if ticks.len() <= most && ticks.len() > best.len() {
            best = ticks;
        }
    }
    let mut every = 2;
    while best.is_empty() && every < 700 {
        let ticks = in_decades(low, high, &[1.0], every);
        if ticks.len() <= most {
            best = ticks;
        }
        every += 1;
    }
    best
}

/// The values to name on a plain axis from `low` to `high`.
pub fn linear(low: f64, high: f64, most: usize) -> Vec<f64> {
    let span = high - low;
    if !(1e-290..1e290).contains(&span) || most == 0 {
        return Vec::new();
    }
    let mut exponent = exponent(span) - 3;
    loop {
        for mantissa in [1.0, 2.0, 5.0] {
            let step = power(mantissa, exponent);
            let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
            #[expect(clippy::cast_precision_loss, reason = "an axis names few values")]
            let room = most as f64;
            if last - first + 1.0 <= room {
                let mut ticks = Vec::new();
                let mut at = first;
                while at <= last {
                    // Adding 0 turns the -0 that rounding up leaves into 0.
                    ticks.push(at * step + 0.0);
                    at += 1.0;
                }
                return ticks;
            }
        }
        exponent += 1;
    }
}

fn in_decades(low: f64, high: f64, mantissas: &[f64], every: i32) -> Vec<f64> {
    let slack = 1.0 + 1e-9;
    (exponent(low)..=exponent(high))
        .filter(|e| e.rem_euclid(every) == 0)
        .flat_map(|e| mantissas.iter().map(move |&m| power(m, e)))
        .filter(|&v| v * slack >= low && v <= high * slack)
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "the exponent of a double is below 400")]
fn exponent(value: f64) -> i32 {
    (value.log10() + 1e-9).floor() as i32
}

/// `mantissa * 10^exponent`, dividing for negative exponents: 0.2, not
/// 0.2 and a bit.
fn power(mantissa: f64, exponent: i32) -> f64 {
    if exponent < 0 { mantissa / 10f64.powi(-exponent) } else { mantissa * 10f64.powi(exponent) }
}

/// An amount of dollars in few letters: `$0.05`, `$250`, `$2.5k`, `$30M`.
pub fn usd(amount: f64) -> String {
    format!("${}", short(amount))
}

/// An amount of dollars as a bill shows it, below a million: `$0.05`, `$63.10`,
/// `$1,665`, `$2.29M`.
pub fn dollars(amount: f64) -> String {
    match amount {
        cents if (0.005..99.995).contains(&cents) => format!("${cents:.2}"),
        _ => format!("${}", grouped(amount)),
    }
}

/// A number with its thousands apart, below a million: `912`, `1,880`, `2.3M`.
pub fn grouped(number: f64) -> String {
    if !(99.5..999_999.5).contains(&number) {
        return short(number);
    }
    let digits = format!("{number:.0}");
    let (head, tail) = digits.split_at(digits.len().saturating_sub(3));
    if head.is_empty() { tail.to_owned() } else { format!("{head},{tail}") }
}

/// A multiple of today's load: `0.5x`, `20x`, `1000x`.
pub fn multiple(load: f64) -> String {
    if (1e-4..1e5).contains(&load) {
        format!("{}x", plain(load))
    } else {
        format!("{}x", short(load))
    }
}

/// The instants to name on an axis of `span_s` seconds from 0: whole minutes,
/// hours or days, at most `most`.
pub fn instants(span_s: f64, most: usize) -> Vec<f64> {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    let steps = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0]
        .map(|n| n * MINUTE)
        .into_iter()
        .chain([1.0, 2.0, 3.0, 6.0, 12.0].map(|n| n * HOUR))
        .chain([1.0, 2.0, 3.0, 7.0, 14.0, 28.0].map(|n| n * DAY));
    for step in steps {
        let ticks = linear_by(step, span_s, most);
        if span_s >= 2.0 * step && !ticks.is_empty() {
            return ticks;
        }
    }
    linear(0.0, span_s, most)
}

fn linear_by(step: f64, span: f64, most: usize) -> Vec<f64> {
    let mut ticks = Vec::new();
    let mut at = 0.0;
    while at <= span {
        if ticks.len() == most {
            return Vec::new();
        }
        ticks.push(at);
        at += step;
    }
    ticks
}

/// A time since the start: `45 s`, `30 min`, `6 h`, `3 d`.
pub fn instant(seconds: f64) -> String {
    let whole = |unit: f64| seconds > 0.0 && (seconds / unit).fract() == 0.0;
    if whole(86_400.0) {
        format!("{} d", plain(seconds / 86_400.0))
    } else if whole(3_600.0) {
        format!("{} h", plain(seconds / 3_600.0))
    } else if whole(60.0) {
        format!("{} min", plain(seconds / 60.0))
    } else if seconds > 0.0 {
        format!("{} s", plain(seconds))
    } else {
        "0".to_owned()
    }
}

/// A count with all its digits: `0`, `90`, `1250`.
pub fn count(number: f64) -> String {
    if (1e-4..1e6).contains(&number) { format!("{}", rounded(number)) } else { short(number) }
}

/// A number in few letters: `0.05`, `250`, `2.5k`, `30M`.
pub fn short(number: f64) -> String {
    let number = rounded(number);
    for (unit, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")] {
        if number >= unit * (1.0 - 1e-9) {
            if number >= 1e15 {
                return format!("{number:.0e}");
            }
            return format!("{}{suffix}", plain(number / unit));
        }
    }
    if number != 0.0 && number.abs() < 1e-4 { format!("{number:.0e}") } else { plain(number) }
}

/// To three digits that count: 999,999 is a million, not 1000 thousand.
fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() || !(1e-290..1e290).contains(&number.abs()) {
        return number;
    }
    let unit = power(1.0, exponent(number.abs()) - 2);
    (number / unit).round() * unit
}

/// Up to three digits that count, no trailing zeros.
fn plain(number: f64) -> String {
    let decimals =
        usize::try_from(2 - if number == 0.0 { 0 } else { exponent(number.abs()) }).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(low: f64, high: f64, most: usize, name: fn(f64) -> String) -> Vec<String> {
        logarithmic(low, high, most).into_iter().map(name).collect()
    }

    #[test]
    fn loads_read_as_people_say_them() {
        assert_eq!(
            named(1.0, 10.0, 13, multiple),
            ["1x", "2x", "3x", "4x", "5x", "6x", "7x", "8x", "9x", "10x"]
        );
        assert_eq!(
            named(1.0, 100.0, 13, multiple),
            ["1x", "2x", "5x", "10x", "20x", "50x", "100x"]
        );
        assert_eq!(
            named(0.1, 1000.0, 13, multiple).join(" "),
            "0.1x 0.2x 0.5x 1x 2x 5x 10x 20x 50x 100x 200x 500x 1000x"
        );
        assert_eq!(
            named(0.01, 1e6, 9, multiple).join(" "),
            "0.01x 0.1x 1x 10x 100x 1000x 10000x 100kx 1Mx"
        );
    }

    #[test]
    fn amounts_of_a_bill_keep_their_dollars() {
        let of = |amounts: &[f64]| amounts.iter().map(|&usd| dollars(usd)).collect::<Vec<_>>();
        assert_eq!(
            of(&[0.0, 0.001, 0.05, 3.4, 63.1, 99.99, 99.996, 316.32, 1_664.6, 999_999.4]).join(" "),
            "$0 $0.001 $0.05 $3.40 $63.10 $99.99 $100 $316 $1,665 $999,999"
        );
        assert_eq!(of(&[999_999.6, 2_285_625.0, 3e7]).join(" "), "$1M $2.29M $30M");
        assert_eq!([0.5, 99.6, 912.0, 1_880.4].map(grouped), ["0.5", "100", "912", "1,880"]);
    }

    #[test]
    fn costs_read_as_people_say_them() {
        assert_eq!(named(3.0, 3.0e7, 10, usd).join(" "), "$10 $100 $1k $10k $100k $1M $10M");
        assert_eq!(named(90.0, 12_000.0, 10, usd).join(" "), "$100 $200 $500 $1k $2k $5k $10k");
        assert_eq!(named(1000.0, 1500.0, 8, usd).join(" "), "$1k $1.1k $1.2k $1.3k $1.4k $1.5k");
        assert_eq!(usd(0.05), "$0.05");
        assert_eq!(usd(1e15), "$1e15");
        assert_eq!(usd(999_999.0), "$1M");
        assert_eq!(usd(1_234.5), "$1.23k");
        assert_eq!(usd(0.0), "$0");
    }

    #[test]
    fn plain_axes_name_round_numbers() {
        assert_eq!(linear(0.0, 100.0, 6), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(linear(0.0, 7.0, 8).len(), 8);
        assert_eq!(short(linear(0.0, 7.0, 8)[0]), "0");
    }

    #[test]
    fn times_are_whole_minutes_hours_or_days() {
        let names = |span: f64, most| {
            instants(span, most).into_iter().map(instant).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(86_400.0, 10), "0 3 h 6 h 9 h 12 h 15 h 18 h 21 h 1 d");
        assert_eq!(names(3_600.0, 8), "0 10 min 20 min 30 min 40 min 50 min 1 h");
        assert_eq!(names(30.0 * 86_400.0, 8), "0 7 d 14 d 21 d 28 d");
        assert_eq!(names(30.0, 4), "0 10 s 20 s 30 s");
        assert_eq!(names(60.0, 4), "0 20 s 40 s 1 min");
    }

    #[test]
    fn what_has_no_logarithm_has_no_ticks() {
        for (low, high) in
            [(0.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)]
        {
            assert!(logarithmic(low, high, 10).is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn ticks_lie_on_the_axis_and_ascend(low in -30.0f64..30.0, span in 0.31f64..40.0, most in 4usize..15) {
            let (low, high) = (10f64.powf(low), 10f64.powf(low + span));
            let ticks = logarithmic(low, high, most);
            proptest::prop_assert!(!ticks.is_empty() && ticks.len() <= most);
            proptest::prop_assert!(ticks.windows(2).all(|w| w[0] < w[1]));
            proptest::prop_assert!(ticks.iter().all(|t| *t >= low * 0.999 && *t <= high * 1.001));
        }
    }
}
