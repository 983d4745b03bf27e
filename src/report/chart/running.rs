//! The picture of a [`RunningCostChart`].

use super::RunningCostChart;
use super::canvas::{Canvas, text_width};
use super::frame::{self, Axis, DARK, Scale, WHITE};
use super::labels::{self, Label};
use super::layout::{self, Rect};
use super::lines::{self, Path};
use super::style::Style;
use super::{ticks, words};

const MARK_SIZE: f64 = 22.0;

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. Points that are no finite number from 0 up are left out.
#[must_use]
pub fn running_cost_png(chart: &RunningCostChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let known = |&(x, y): &(f64, f64)| [x, y].iter().all(|value| (0.0..1e290).contains(value));
    let mut notes = Vec::new();
    let (names, replaced) =
        labels::names("line", chart.lines.iter().map(|line| line.name.as_str()));
    if replaced {
        notes.push(labels::REPLACED.to_owned());
    }
    let runs: Vec<Vec<(f64, f64)>> = chart
        .lines
        .iter()
        .map(|line| line.points.iter().copied().filter(known).collect())
        .collect();
    let points = || runs.iter().flatten();
    let most = |of: fn(&(f64, f64)) -> f64, least: f64| {
        let most = points().map(of).fold(0.0, f64::max);
        if most > 0.0 { most } else { least }
    };
    let x_range = (0.0, most(|point| point.0, 1.0));
    let y_range = (0.0, most(|point| point.1, 1.0) * 1.05);

    let described: Vec<(String, Style, Option<String>)> = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let paid = runs[i].last().map(|last| format!("{} in all", ticks::usd(last.1)));
            (name, Style { offset: None, ..Style::of(i, false) }, paid)
        })
        .collect();
    let mut labels = labels::labels(&described, frame::BOTTOM - frame::TOP);
    let label_width = labels.iter().map(Label::width).fold(60.0, f64::max);
    let y_ticks = frame::named(ticks::linear(y_range.0, y_range.1, 9), ticks::usd);
    let plot = frame::plot(&y_ticks, labels::LEADER + label_width);
    let x_scale = Scale::linear(x_range, plot.left, plot.right);
    let x_ticks = frame::fitting(&x_scale, |most| {
        frame::named(ticks::linear(x_range.0, x_range.1, most), ticks::count)
    });
    let x = Axis { title: &chart.x_label, scale: x_scale, ticks: x_ticks };
    let y_scale = Scale::linear(y_range, plot.bottom, plot.top);
    let y = Axis { title: &chart.y_label, scale: y_scale, ticks: y_ticks };
    frame::axes(&mut canvas, plot, &x, &y);
    for &at in chart.borders.iter().filter(|at| (0.0..=x_range.1).contains(*at)) {
        let at = x.scale.at(at);
        lines::dotted(&mut canvas, ((at, plot.top), (at, plot.bottom)), 10.0, 2.0, frame::AXIS);
    }
    if !chart.borders.is_empty() {
        notes.push("Dotted: where a phase ends.".to_owned());
    }

    let place = |(at, usd): (f64, f64)| (x.scale.at(at), y.scale.at(usd));
    let mut covered = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        let points: Vec<_> = run.iter().map(|&point| place(point)).collect();
        labels[i].end =
            Path::straight(points).draw(&mut canvas, plot, &described[i].1, &mut covered);
    }
    let unnamed = labels::draw(&mut canvas, plot, &labels);
    if unnamed > 0 {
        notes.push(format!("{unnamed} more lines have no room for a name."));
    }
    marks(&mut canvas, plot, chart, place, &covered);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

fn marks(
    canvas: &mut Canvas,
    plot: Rect,
    chart: &RunningCostChart,
    place: impl Fn((f64, f64)) -> (f64, f64),
    covered: &[Rect],
) {
    let points: Vec<((f64, f64), String)> = chart
        .marks
        .iter()
        .map(|(at, usd, label)| (place((*at, *usd)), words::fit(label, MARK_SIZE, 400.0)))
        .filter(|(at, _)| plot.holds(&Rect::around(*at, 0.0, 0.0)))
        .collect();
    let rings: Vec<Rect> = points.iter().map(|(at, _)| Rect::around(*at, 12.0, 12.0)).collect();
    let sized: Vec<_> =
        points.iter().map(|(at, text)| (*at, (text_width(text, MARK_SIZE) + 8.0, 30.0))).collect();
    let areas = layout::beside(&sized, 24.0, plot, &rings, covered);
    for ((at, text), area) in points.iter().zip(&areas) {
        if let Some(area) = area {
            canvas.line(*at, area.nearest(*at), 1.5, DARK);
            canvas.rect(*area, WHITE.at(0.8));
            let middle = f64::midpoint(area.top, area.bottom);
            canvas.text(text, area.left + 4.0, middle, MARK_SIZE, DARK);
        }
        canvas.disc(*at, 11.0, DARK);
        canvas.disc(*at, 8.0, WHITE);
        canvas.disc(*at, 4.0, DARK);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RunningCostLine;
    use super::*;

    fn chart(usd_per_day: f64, days: u32) -> RunningCostChart {
        let line = |name: &str, factor: f64| RunningCostLine {
            name: name.to_owned(),
            points: (0..=days)
                .map(|day| (f64::from(day), f64::from(day) * usd_per_day * factor))
                .collect(),
        };
        RunningCostChart {
            title: "What the move costs".to_owned(),
            subtitle: "a test".to_owned(),
            x_label: "days from the start".to_owned(),
            y_label: "USD".to_owned(),
            lines: vec![line("with the move", 1.2), line("Postgres alone", 1.0)],
            borders: vec![f64::from(days) / 2.0],
            marks: vec![(f64::from(days) / 2.0, usd_per_day, "paid back".to_owned())],
        }
    }

    #[test]
    fn the_same_chart_gives_the_same_bytes() {
        assert_eq!(running_cost_png(&chart(4.2, 90)), running_cost_png(&chart(4.2, 90)));
        assert_ne!(running_cost_png(&chart(4.2, 90)), running_cost_png(&chart(4.2, 91)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn any_amounts_can_be_drawn(usd in prop::num::f64::ANY, days in 0_u32..400) {
            prop_assert!(running_cost_png(&chart(usd, days)).starts_with(b"\x89PNG"));
        }
    }
}
