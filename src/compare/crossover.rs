//! Where two costs change places: solved on the cost functions themselves, not
//! read off the points of a chart.

use super::model::Crossover;

/// Steps of the search for sign changes, per factor of ten.
const STEPS_PER_DECADE: f64 = 200.0;
/// Where a crossover is located to, as a share of its load.
const PRECISION: f64 = 1e-9;

/// Every crossover of two costs over a range of loads. A cost is `None` where
/// the thing cannot be had.
pub fn crossovers(
    (a_name, a): (&str, &dyn Fn(f64) -> Option<f64>),
    (b_name, b): (&str, &dyn Fn(f64) -> Option<f64>),
    (least, most): (f64, f64),
) -> Vec<Crossover> {
    let difference = |load: f64| Some(a(load)? - b(load)?);
    let decades = (most / least).log10();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a range of at most twelve decades"
    )]
    let steps = (decades * STEPS_PER_DECADE).ceil().max(1.0) as u32;
    let load_at = |i: u32| least * (most / least).powf(f64::from(i) / f64::from(steps));
    let mut found = Vec::new();
    let mut previous = difference(least).map(|d| (least, d));
    for i in 1..=steps {
        let load = load_at(i);
        let here = difference(load);
        if let (Some((before, d0)), Some(d1)) = (previous, here)
            && d0 * d1 < 0.0
        {
            let at = bisect(&difference, before, load, d0);
            // Just above, whichever is lower has become the cheaper one.
            let a_cheaper_above = d1 < 0.0;
            let (above, below) = if a_cheaper_above { (a_name, b_name) } else { (b_name, a_name) };
            found.push(Crossover {
                cheaper_above: above.to_owned(),
                cheaper_below: below.to_owned(),
                load: at,
                monthly_usd: a(at).unwrap_or(f64::NAN),
            });
        }
        previous = match here {
            Some(d) if d != 0.0 => Some((load, d)),
            Some(_) => previous,
            None => None,
        };
    }
    found
}

fn bisect(
    difference: &impl Fn(f64) -> Option<f64>,
    mut low: f64,
    mut high: f64,
    at_low: f64,
) -> f64 {
    while (high - low) > PRECISION * low {
        let middle = f64::midpoint(low, high);
        match difference(middle) {
            Some(d) if d * at_low > 0.0 => low = middle,
            _ => high = middle,
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lines_cross_where_they_are_equal() {
        let a = |load: f64| Some(100.0 + 10.0 * load);
        let b = |load: f64| Some(30.0 * load);
        let found = crossovers(("fixed", &a), ("linear", &b), (1.0, 100.0));
        assert_eq!(found.len(), 1);
        assert!((found[0].load - 5.0).abs() < 1e-6);
        assert!((found[0].monthly_usd - 150.0).abs() < 1e-4);
        assert_eq!(found[0].cheaper_above, "fixed");
        assert_eq!(found[0].cheaper_below, "linear");
    }

    #[test]
    fn a_step_can_cross_a_line_back_and_forth() {
        // Shards at 40 dollars each, one per 4x of load, against 11 dollars a
        // multiple: the step is dearer right after it, the line before the next.
        let steps = |load: f64| Some((load / 4.0).ceil() * 40.0);
        let line = |load: f64| Some(11.0 * load);
        let found = crossovers(("steps", &steps), ("line", &line), (1.0, 8.0));
        let loads: Vec<f64> = found.iter().map(|one| (one.load * 1e4).round() / 1e4).collect();
        assert_eq!(loads, [3.6364, 4.0, 7.2727]);
        assert_eq!(found[1].cheaper_above, "line");
    }

    #[test]
    fn nothing_crosses_past_a_ceiling() {
        let single = |load: f64| (load <= 3.0).then_some(100.0);
        let line = |load: f64| Some(25.0 * load);
        assert!(crossovers(("single", &single), ("line", &line), (1.0, 10.0)).is_empty());
    }
}
