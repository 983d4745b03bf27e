//! The picture of a [`CostChart`].

use super::canvas::{Canvas, text_width};
use super::frame::{self, AXIS, Axis, DARK, MUTED, Scale, WHITE};
use super::labels::{self, Label};
use super::layout::{self, Rect};
use super::lines::{self, Path};
use super::style::Style;
use super::{CostChart, Series, SeriesKind, XAxis, ticks, words};

const TEXT_SIZE: f64 = 22.0;
/// Cost below the highest by more than this factor is cut off.
const SPAN: f64 = 1e9;

/// More bands than these lie over one another and are drawn fainter.
const SHADED_MANY: usize = 5;

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. Points that have no place on the axes are left out, and a
/// note in the picture says how many.
#[must_use]
pub fn png(chart: &CostChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let lines: Vec<Line> =
        chart.series.iter().map(|series| Line::of(series, chart.x_axis)).collect();
    let (x_range, y_range) = ranges(chart, &lines);
    let mut notes = left_out(chart, &lines, y_range.0);

    let (names, replaced) =
        labels::names("series", chart.series.iter().map(|series| series.name.as_str()));
    if replaced {
        notes.push(labels::REPLACED.to_owned());
    }
    let described: Vec<(String, Style, Option<String>)> = names
        .into_iter()
        .zip(&chart.series)
        .enumerate()
        .map(|(i, (name, series))| {
            let remark = series.ends.as_ref().map(|why| format!("ends: {}", words::sentence(why)));
            (name, Style::of(i, series.kind == SeriesKind::Dashed), remark)
        })
        .collect();
    let mut labels = labels::labels(&described, frame::BOTTOM - frame::TOP);
    let label_width = labels.iter().map(Label::width).fold(60.0, f64::max);

    let y_ticks = frame::named(ticks::logarithmic(y_range.0, y_range.1, 10), ticks::usd);
    let plot = frame::plot(&y_ticks, labels::LEADER + label_width);
    let x_scale = match chart.x_axis {
        XAxis::Multiples => Scale::logarithmic(x_range, plot.left, plot.right),
        XAxis::Months => Scale::linear(x_range, plot.left, plot.right),
    };
    let x_ticks = frame::fitting(&x_scale, |most| match chart.x_axis {
        XAxis::Multiples => {
            frame::named(ticks::logarithmic(x_range.0, x_range.1, most), ticks::multiple)
        }
        XAxis::Months => frame::named(ticks::linear(x_range.0, x_range.1, most), ticks::count),
    });
    let x = Axis { title: &chart.x_label, scale: x_scale, ticks: x_ticks };
    let y_scale = Scale::logarithmic(y_range, plot.bottom, plot.top);
    let y = Axis { title: &chart.y_label, scale: y_scale, ticks: y_ticks };
    let place = |(load, usd): (f64, f64)| (x.scale.at(load), y.scale.at(usd));

    let banded = lines.iter().filter(|line| !line.band.is_empty()).count();
    let shade = if banded > SHADED_MANY { 0.1 } else { 0.18 };
    for (line, (_, style, _)) in lines.iter().zip(&described) {
        let edges: Vec<_> = line
            .band
            .iter()
            .map(|&(at, low, high)| (x.scale.at(at), y.scale.at(high), y.scale.at(low)))
            .collect();
        lines::band(&mut canvas, plot, &edges, style.ink.at(shade));
    }
    frame::axes(&mut canvas, plot, &x, &y);
    let fixed = chart.baseline.as_ref().filter(|(_, usd)| on_paper(chart.x_axis, 1.0, *usd));
    if let Some((_, usd)) = fixed {
        let at = y.scale.at(*usd);
        lines::dotted(&mut canvas, ((plot.left, at), (plot.right, at)), 13.0, 3.0, AXIS);
    }

    let mut covered = Vec::new();
    for (i, (line, series)) in lines.iter().zip(&chart.series).enumerate() {
        for run in &line.runs {
            let points = run.iter().map(|&point| place(point));
            let path = if series.kind == SeriesKind::Step {
                Path::steps(points)
            } else {
                Path::straight(points)
            };
            let end = path.draw(&mut canvas, plot, &described[i].1, &mut covered);
            labels[i].end = end.or(labels[i].end);
        }
        if let (Some(at), true) = (labels[i].end, series.ends.is_some()) {
            // A bar across the end: it stops here, it is not cut off.
            canvas.line((at.0, at.1 - 14.0), (at.0, at.1 + 14.0), 5.0, described[i].1.ink);
        }
    }

    let unnamed = labels::draw(&mut canvas, plot, &labels);
    if unnamed > 0 {
        notes.push(format!("{unnamed} more series have no room for a name."));
    }
    let rings = chart.marks.iter().filter(|mark| on_paper(chart.x_axis, mark.x, mark.y));
    covered.extend(rings.map(|mark| Rect::around(place((mark.x, mark.y)), 14.0, 14.0)));
    let mut taken = Vec::new();
    if let Some((name, usd)) = fixed {
        let text = format!("{} {}", words::sentence(name), ticks::usd(*usd));
        taken.push(on_the_line(&mut canvas, plot, &text, y.scale.at(*usd), &covered));
        covered.push(Rect {
            left: plot.left,
            top: y.scale.at(*usd) - 2.0,
            right: plot.right,
            bottom: y.scale.at(*usd) + 2.0,
        });
    }
    marks(&mut canvas, plot, chart, place, taken, &covered);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

/// Whether a point has a place: costs, and loads too, are on logarithmic axes.
fn on_paper(axis: XAxis, x: f64, y: f64) -> bool {
    let begun = match axis {
        XAxis::Multiples => x > 0.0,
        XAxis::Months => x >= 0.0,
    };
    begun && y > 0.0 && x.is_finite() && y.is_finite()
}

/// A series without what cannot be drawn.
struct Line {
    /// Unbroken stretches.
    runs: Vec<Vec<(f64, f64)>>,
    band: Vec<(f64, f64, f64)>,
    skipped: usize,
}

impl Line {
    fn of(series: &Series, axis: XAxis) -> Self {
        let runs: Vec<Vec<(f64, f64)>> = series
            .points
            .split(|&(x, y)| !on_paper(axis, x, y))
            .filter(|run| !run.is_empty())
            .map(<[_]>::to_vec)
            .collect();
        let all = series.band.as_deref().unwrap_or_default();
        let band: Vec<_> = all
            .iter()
            .copied()
            .filter(|&(x, low, high)| {
                on_paper(axis, x, low) && on_paper(axis, x, high) && low <= high
            })
            .collect();
        let drawn = runs.iter().map(Vec::len).sum::<usize>() + band.len();
        Self { runs, band, skipped: series.points.len() + all.len() - drawn }
    }
}

/// What the picture does not show, said in words.
fn left_out(chart: &CostChart, lines: &[Line], lowest: f64) -> Vec<String> {
    let mut notes = Vec::new();
    let skipped: usize = lines.iter().map(|line| line.skipped).sum::<usize>()
        + chart.marks.iter().filter(|mark| !on_paper(chart.x_axis, mark.x, mark.y)).count()
        + usize::from(
            chart.baseline.as_ref().is_some_and(|(_, usd)| !on_paper(chart.x_axis, 1.0, *usd)),
        );
    match skipped {
        0 => {}
        1 => notes.push("1 point without a positive finite value is left out.".to_owned()),
        _ => notes.push(format!("{skipped} points without a positive finite value are left out.")),
    }
    if lines.iter().flat_map(|line| line.runs.iter().flatten()).any(|point| point.1 < lowest) {
        notes.push(format!("Lines are cut off below {}.", ticks::usd(lowest)));
    }
    notes
}

/// The loads or months and the costs that the axes span.
fn ranges(chart: &CostChart, lines: &[Line]) -> ((f64, f64), (f64, f64)) {
    let points = || lines.iter().flat_map(|line| line.runs.iter().flatten());
    let bands = || lines.iter().flat_map(|line| &line.band);
    let marks = || chart.marks.iter().filter(|mark| on_paper(chart.x_axis, mark.x, mark.y));
    let loads = points().map(|p| p.0).chain(bands().map(|b| b.0)).chain(marks().map(|m| m.x));
    let costs = points()
        .map(|p| p.1)
        .chain(bands().flat_map(|b| [b.1, b.2]))
        .chain(marks().map(|m| m.y))
        .chain(chart.baseline.iter().map(|b| b.1).filter(|&y| on_paper(chart.x_axis, 1.0, y)));
    let (x_low, x_high) = extent(loads).unwrap_or((1.0, 10.0));
    let (y_low, y_high) = extent(costs).unwrap_or((1.0, 1000.0));
    let x_range = match chart.x_axis {
        XAxis::Multiples => widened(x_low, x_high, 0.0),
        XAxis::Months => (0.0, x_high.max(1.0)),
    };
    (x_range, widened(y_low.max(y_high / SPAN), y_high, 0.05))
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// At least a factor of two between the ends, and a share of the span more on
/// either side. Works in logarithms, where the span of all doubles is finite.
fn widened(low: f64, high: f64, margin: f64) -> (f64, f64) {
    let (low, high) = (low.ln(), high.ln());
    let missing = (2f64.ln() - (high - low)).max(0.0) / 2.0;
    let more = missing + margin * (high - low + 2.0 * missing);
    ((low - more).exp().max(f64::MIN_POSITIVE), (high + more).exp().min(f64::MAX))
}

/// Writes on a level line, where the fewest other lines pass; the place taken.
fn on_the_line(canvas: &mut Canvas, plot: Rect, text: &str, at: f64, covered: &[Rect]) -> Rect {
    let text = words::fit(text, TEXT_SIZE, plot.right - plot.left - 24.0);
    let width = text_width(&text, TEXT_SIZE) + 12.0;
    let room = plot.right - plot.left - 16.0 - width;
    let places = (0..12).flat_map(|i| {
        let left = plot.left + 8.0 + room * f64::from(i) / 11.0;
        [at - 34.0, at + 6.0].map(|top| Rect { left, top, right: left + width, bottom: top + 28.0 })
    });
    let hits = |area: &Rect| covered.iter().filter(|other| other.overlaps(area)).count();
    let area = places
        .filter(|area| area.top > plot.top && area.bottom < plot.bottom)
        .min_by_key(hits)
        .unwrap_or(Rect {
            left: plot.left,
            top: at - 34.0,
            right: plot.left + width,
            bottom: at - 6.0,
        });
    canvas.rect(area, WHITE.at(0.7));
    canvas.text(&text, area.left + 6.0, f64::midpoint(area.top, area.bottom), TEXT_SIZE, MUTED);
    area
}

/// Rings around the points to look at, with as many labels as find room.
fn marks(
    canvas: &mut Canvas,
    plot: Rect,
    chart: &CostChart,
    place: impl Fn((f64, f64)) -> (f64, f64),
    mut taken: Vec<Rect>,
    covered: &[Rect],
) {
    let points: Vec<((f64, f64), String)> = chart
        .marks
        .iter()
        .filter(|mark| on_paper(chart.x_axis, mark.x, mark.y))
        .map(|mark| {
            (place((mark.x, mark.y)), words::fit(&words::sentence(&mark.label), TEXT_SIZE, 400.0))
        })
        .filter(|(at, _)| plot.holds(&Rect::around(*at, 0.0, 0.0)))
        .collect();
    taken.extend(points.iter().map(|(at, _)| Rect::around(*at, 12.0, 12.0)));
    let sized: Vec<_> =
        points.iter().map(|(at, text)| (*at, (text_width(text, TEXT_SIZE) + 8.0, 30.0))).collect();
    let areas = layout::beside(&sized, 13.0, plot, &taken, covered);
    for ((at, text), area) in points.iter().zip(&areas) {
        if let (Some(area), false) = (area, text.is_empty()) {
            canvas.line(*at, area.nearest(*at), 1.5, DARK);
            canvas.rect(*area, WHITE.at(0.7));
            canvas.text(
                text,
                area.left + 4.0,
                f64::midpoint(area.top, area.bottom),
                TEXT_SIZE,
                DARK,
            );
        }
    }
    for (at, _) in &points {
        canvas.disc(*at, 11.0, DARK);
        canvas.disc(*at, 8.0, WHITE);
        canvas.disc(*at, 4.0, DARK);
    }
}

#[cfg(test)]
mod tests;
