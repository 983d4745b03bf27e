//! The picture of a [`ScheduleChart`].

use super::ScheduleChart;
use super::bars;
use super::canvas::{Canvas, WIDTH, text_width};
use super::frame::{self, AXIS, DARK, GRID, MARGIN, MUTED, Scale, TICK_SIZE};
use super::layout::Rect;
use super::{labels, ticks, words};

const NAME_SIZE: f64 = 25.0;
const REMARK_SIZE: f64 = 22.0;
const NAME_ROOM: f64 = 300.0;
const REMARK_ROOM: f64 = 330.0;
/// The least height of a bar with the space around it.
const LEAST_ROW: f64 = 62.0;
/// The most.
const MOST_ROW: f64 = 100.0;

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. A bar is at least three pixels wide however short it is.
#[must_use]
pub fn schedule_png(chart: &ScheduleChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let (parts, parts_replaced) = labels::names("part", chart.parts.iter().map(String::as_str));
    let (names, names_replaced) =
        labels::names("phase", chart.bars.iter().map(|bar| bar.name.as_str()));
    let mut notes = Vec::new();
    if parts_replaced || names_replaced {
        notes.push(labels::REPLACED.to_owned());
    }
    if chart.bars.iter().any(|bar| bar.lower_bound) {
        notes.push("+ ?: some prices are not known, the amount is a lower bound.".to_owned());
    }
    let key = bars::Key::of(parts.iter().map(String::as_str).enumerate());
    key.draw(&mut canvas, bars::Colour::numbered);
    let top = key.bottom + 20.0;
    let room = frame::BOTTOM - top;
    let shown =
        (1..=chart.bars.len()).rev().find(|&n| room / bars::as_f64(n) >= LEAST_ROW).unwrap_or(0);
    if shown < chart.bars.len() {
        notes.push(format!("{} more phases have no room.", chart.bars.len() - shown));
    }
    let row = (room / bars::as_f64(shown.max(1))).min(MOST_ROW);
    let names: Vec<String> =
        names.iter().take(shown).map(|name| words::fit(name, NAME_SIZE, NAME_ROOM)).collect();
    let name_width = names.iter().map(|name| text_width(name, NAME_SIZE)).fold(60.0, f64::max);
    let remarks: Vec<[String; 2]> = chart
        .bars
        .iter()
        .take(shown)
        .map(|bar| {
            let amount = match bar.usd {
                usd if !(0.0..1e290).contains(&usd) || (usd <= 0.0 && bar.lower_bound) => {
                    "not known".to_owned()
                }
                usd if bar.lower_bound => format!("{} + ?", ticks::usd(usd)),
                usd => ticks::usd(usd),
            };
            [words::sentence(&bar.remark), amount]
                .map(|text| words::fit(&text, REMARK_SIZE, REMARK_ROOM))
        })
        .collect();
    let remark_width =
        remarks.iter().flatten().map(|text| text_width(text, REMARK_SIZE)).fold(60.0, f64::max);
    let plot = Rect {
        left: MARGIN + name_width + 18.0,
        top,
        right: WIDTH - MARGIN - remark_width - 18.0,
        bottom: top + row * bars::as_f64(shown.max(1)),
    };

    let last = chart.bars.iter().map(|bar| bar.to).filter(|to| to.is_finite()).fold(0.0, f64::max);
    let last = if last > 0.0 { last.min(1e9) } else { 1.0 };
    let scale = Scale::linear((0.0, last), plot.left, plot.right);
    let axis =
        frame::fitting(&scale, |most| frame::named(ticks::linear(0.0, last, most), ticks::count));
    for (value, name) in &axis {
        let at = scale.at(*value);
        canvas.line((at, plot.top), (at, plot.bottom), 1.5, GRID);
        let x = at - text_width(name, TICK_SIZE) / 2.0;
        canvas.text(name, x, plot.bottom + 28.0, TICK_SIZE, DARK);
    }
    let title = words::fit(&words::sentence(&chart.x_label), TICK_SIZE, plot.right - plot.left);
    let x = f64::midpoint(plot.left, plot.right) - text_width(&title, TICK_SIZE) / 2.0;
    canvas.text(&title, x, plot.bottom + 66.0, TICK_SIZE, MUTED);

    for (i, ((bar, name), remark)) in chart.bars.iter().zip(&names).zip(&remarks).enumerate() {
        let middle = plot.top + row * (bars::as_f64(i) + 0.5);
        let x = plot.left - 18.0 - text_width(name, NAME_SIZE);
        canvas.text(name, x, middle, NAME_SIZE, DARK);
        if bar.from.is_finite() && bar.to.is_finite() {
            let left = scale.at(bar.from.clamp(0.0, last)).min(plot.right - 3.0);
            let right = scale.at(bar.to.clamp(0.0, last)).max(left + 3.0);
            let (top, bottom) = (middle - row * 0.3, middle + row * 0.3);
            bars::Colour::numbered(bar.part).fill(&mut canvas, Rect { left, top, right, bottom });
        }
        let x = plot.right + 18.0;
        canvas.text(&remark[0], x, middle - 14.0, REMARK_SIZE, DARK);
        canvas.text(&remark[1], x, middle + 14.0, REMARK_SIZE, MUTED);
    }
    canvas.line((plot.left, plot.top), (plot.left, plot.bottom), 2.0, AXIS);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ScheduleBar;
    use super::*;

    fn chart(phases: u32, days: f64, usd: f64) -> ScheduleChart {
        ScheduleChart {
            title: "The phases of the move".to_owned(),
            subtitle: "a test".to_owned(),
            x_label: "days from the start".to_owned(),
            parts: vec!["Postgres alone".to_owned(), "both".to_owned()],
            bars: (0..phases)
                .map(|i| ScheduleBar {
                    name: format!("phase {i}"),
                    from: f64::from(i) * days,
                    to: f64::from(i + 1) * days,
                    part: 1,
                    remark: format!("{days} d"),
                    usd,
                    lower_bound: i == 0,
                })
                .collect(),
        }
    }

    #[test]
    fn one_phase_and_eight_can_be_told_apart() {
        let one = schedule_png(&chart(1, 14.0, 3.0));
        let eight = schedule_png(&chart(8, 14.0, 30e6));
        assert_ne!(one, eight);
        assert_eq!(one, schedule_png(&chart(1, 14.0, 3.0)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn anything_can_be_drawn(
            phases in 0_u32..30, days in prop::num::f64::ANY, usd in prop::num::f64::ANY,
        ) {
            prop_assert!(schedule_png(&chart(phases, days, usd)).starts_with(b"\x89PNG"));
        }
    }
}
