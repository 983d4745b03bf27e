//! The picture of a [`CostChart`].

use super::canvas::{Canvas, Ink, Shape, WIDTH, text_width};
use super::frame::{self, AXIS, Axis, DARK, MUTED, Scale, WHITE};
use super::layout::{self, Rect, Wanted};
use super::{CostChart, Series, SeriesKind, ticks, words};

/// Okabe and Ito's colours, without the yellow that white paper swallows:
/// <https://jfly.uni-koeln.de/color/>.
const COLOURS: [Ink; 7] = [
    Ink(0, 114, 178, 1.0),
    Ink(213, 94, 0, 1.0),
    Ink(0, 158, 115, 1.0),
    Ink(204, 121, 167, 1.0),
    Ink(230, 159, 0, 1.0),
    Ink(86, 180, 233, 1.0),
    Ink(0, 0, 0, 1.0),
];
/// Five shapes against seven colours: 35 series before a pair comes again.
const SHAPES: [Shape; 5] =
    [Shape::Disc, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Down];

const NAME_SIZE: f64 = 25.0;
const REASON_SIZE: f64 = 21.0;
const NAME_ROOM: f64 = 430.0;
const LINE: f64 = 4.0;
/// Decades of cost below the highest that are shown.
const DECADES: f64 = 1e9;

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. Points that have no place on logarithmic axes are left out, and a
/// note in the picture says how many.
#[must_use]
pub fn png(chart: &CostChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let mut notes = Vec::new();
    let lines: Vec<Line> = chart.series.iter().map(Line::of).collect();
    let skipped: usize = lines.iter().map(|line| line.skipped).sum::<usize>()
        + chart.marks.iter().filter(|mark| !on_paper(mark.x, mark.y)).count()
        + usize::from(chart.baseline.as_ref().is_some_and(|(_, y)| !on_paper(1.0, *y)));
    if skipped > 0 {
        notes.push(format!(
            "{skipped} point{} without a positive finite value left out.",
            if skipped == 1 { "" } else { "s" }
        ));
    }

    let labels: Vec<Label> =
        chart.series.iter().enumerate().map(|(i, series)| Label::of(i, series)).collect();
    if labels.iter().any(|label| label.renamed) {
        notes.push(
            "Names in letters this picture cannot draw are shown as \u{201c}series N\u{201d}."
                .to_owned(),
        );
    }
    let label_width = labels.iter().map(|label| label.width).fold(60.0, f64::max);

    let (x_range, y_range) = ranges(chart, &lines);
    let y_ticks: Vec<(f64, String)> = ticks::logarithmic(y_range.0, y_range.1, 10)
        .into_iter()
        .map(|v| (v, ticks::usd(v)))
        .collect();
    let x_ticks: Vec<(f64, String)> = ticks::logarithmic(x_range.0, x_range.1, 13)
        .into_iter()
        .map(|v| (v, ticks::multiple(v)))
        .collect();
    let tick_width =
        y_ticks.iter().map(|(_, name)| text_width(name, frame::TICK_SIZE)).fold(0.0, f64::max);
    let plot = Rect {
        left: 36.0 + tick_width + 14.0,
        top: 168.0,
        right: WIDTH - 24.0 - label_width - 84.0,
        bottom: 860.0,
    };
    let x = Axis {
        title: &chart.x_label,
        scale: Scale::logarithmic(x_range, plot.left, plot.right),
        ticks: x_ticks,
    };
    let y = Axis {
        title: &chart.y_label,
        scale: Scale::logarithmic(y_range, plot.bottom, plot.top),
        ticks: y_ticks,
    };
    frame::axes(&mut canvas, plot, &x, &y);
    let place = |(load, usd): (f64, f64)| (x.scale.at(load), y.scale.at(usd));

    for (i, line) in lines.iter().enumerate() {
        band(
            &mut canvas,
            plot,
            &line
                .band
                .iter()
                .map(|&(at, low, high)| (x.scale.at(at), y.scale.at(high), y.scale.at(low)))
                .collect::<Vec<_>>(),
            COLOURS[i % COLOURS.len()],
        );
    }
    let mut taken = Vec::new();
    if let Some((name, usd)) = chart.baseline.as_ref().filter(|(_, usd)| on_paper(1.0, *usd)) {
        taken.extend(baseline(&mut canvas, plot, name, *usd, y.scale.at(*usd)));
    }
    let mut avoid = Vec::new();
    let mut ends = Vec::new();
    for (i, (line, series)) in lines.iter().zip(&chart.series).enumerate() {
        let style = Style::of(i, series.kind);
        let mut end = None;
        for run in &line.runs {
            let path = path(run, series.kind, place);
            end = draw_path(&mut canvas, plot, &path, &style, &mut avoid).or(end);
        }
        if let (Some(at), true) = (end, series.ends.is_some()) {
            // A bar across the end: it stops here, it is not cut off.
            canvas.line((at.0, at.1 - 14.0), (at.0, at.1 + 14.0), 5.0, style.ink);
        }
        ends.push(end);
    }

    let unlabelled = right_labels(&mut canvas, plot, &labels, &ends);
    if unlabelled > 0 {
        notes.push(format!("{unlabelled} more series have no room for a name."));
    }
    marks(&mut canvas, plot, chart, place, taken, &avoid);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

fn on_paper(x: f64, y: f64) -> bool {
    x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite()
}

/// A series without what cannot be drawn.
struct Line {
    /// Unbroken stretches.
    runs: Vec<Vec<(f64, f64)>>,
    band: Vec<(f64, f64, f64)>,
    skipped: usize,
}

impl Line {
    fn of(series: &Series) -> Self {
        let runs: Vec<Vec<(f64, f64)>> = series
            .points
            .split(|&(x, y)| !on_paper(x, y))
            .filter(|run| !run.is_empty())
            .map(<[_]>::to_vec)
            .collect();
        let all = series.band.as_deref().unwrap_or_default();
        let band: Vec<_> = all
            .iter()
            .copied()
            .filter(|&(x, low, high)| on_paper(x, low) && on_paper(x, high) && low <= high)
            .collect();
        let skipped =
            series.points.len() - runs.iter().map(Vec::len).sum::<usize>() + all.len() - band.len();
        Self { runs, band, skipped }
    }
}

/// The loads and costs the axes span.
fn ranges(chart: &CostChart, lines: &[Line]) -> ((f64, f64), (f64, f64)) {
    let points = || lines.iter().flat_map(|line| line.runs.iter().flatten());
    let bands = || lines.iter().flat_map(|line| &line.band);
    let marks = || chart.marks.iter().filter(|mark| on_paper(mark.x, mark.y));
    let loads = points().map(|p| p.0).chain(bands().map(|b| b.0)).chain(marks().map(|m| m.x));
    let costs = points()
        .map(|p| p.1)
        .chain(bands().flat_map(|b| [b.1, b.2]))
        .chain(marks().map(|m| m.y))
        .chain(chart.baseline.iter().map(|b| b.1).filter(|&y| on_paper(1.0, y)));
    let (x_low, x_high) = extent(loads).unwrap_or((1.0, 10.0));
    let (y_low, y_high) = extent(costs).unwrap_or((1.0, 1000.0));
    let y_low = y_low.max(y_high / DECADES);
    (widened(x_low, x_high, 2.0, 0.0), widened(y_low, y_high, 2.0, 0.05))
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// At least a factor of `least` between the ends, and a share of the span more
/// on either side.
fn widened(low: f64, high: f64, least: f64, margin: f64) -> (f64, f64) {
    let missing = (least / (high / low)).max(1.0).sqrt();
    let factor = missing * (high / low * missing * missing).powf(margin);
    ((low / factor).max(f64::MIN_POSITIVE), (high * factor).min(f64::MAX))
}

/// Colour, shape and dashes of a series.
struct Style {
    ink: Ink,
    shape: Shape,
    dashed: bool,
    /// Which of the places for shapes along the line are its own.
    offset: f64,
}

impl Style {
    fn of(i: usize, kind: SeriesKind) -> Self {
        Self {
            ink: COLOURS[i % COLOURS.len()],
            shape: SHAPES[i % SHAPES.len()],
            dashed: kind == SeriesKind::Dashed,
            offset: f64::from(u8::try_from(i % 8).unwrap_or(0)) / 8.0,
        }
    }
}

/// The corners of a line on paper.
fn path(
    run: &[(f64, f64)],
    kind: SeriesKind,
    place: impl Fn((f64, f64)) -> (f64, f64),
) -> Vec<(f64, f64)> {
    let mut path: Vec<(f64, f64)> = Vec::new();
    for &point in run {
        let at = place(point);
        if let (SeriesKind::Step, Some(&last)) = (kind, path.last()) {
            path.push((at.0, last.1));
        }
        path.push(at);
    }
    path
}

/// Draws what of the path is inside the plot; where it leaves off.
fn draw_path(
    canvas: &mut Canvas,
    plot: Rect,
    path: &[(f64, f64)],
    style: &Style,
    avoid: &mut Vec<Rect>,
) -> Option<(f64, f64)> {
    const DASH: f64 = 18.0;
    const GAP: f64 = 10.0;
    const SHAPES_EVERY: f64 = 260.0;
    let mut end = None;
    let mut walked = 0.0;
    let mut next_shape = 30.0 + style.offset * SHAPES_EVERY;
    if let [only] = path
        && plot.holds(&Rect::around(*only, 0.0, 0.0))
    {
        canvas.shape(style.shape, *only, 9.0, style.ink);
        end = Some(*only);
    }
    for pair in path.windows(2) {
        let Some((from, to)) = plot.clip(pair[0], pair[1]) else { continue };
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let along = |d: f64| {
            let share = if length > 0.0 { d / length } else { 0.0 };
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        if style.dashed {
            let mut at = 0.0;
            while at < length {
                let phase = (walked + at) % (DASH + GAP);
                let step = if phase < DASH { DASH - phase } else { DASH + GAP - phase }.max(0.01);
                if phase < DASH {
                    canvas.line(along(at), along((at + step).min(length)), LINE, style.ink);
                }
                at += step;
            }
        } else {
            canvas.line(from, to, LINE, style.ink);
            canvas.disc(to, LINE / 2.0, style.ink);
        }
        while next_shape <= walked + length {
            canvas.shape(style.shape, along(next_shape - walked), 8.0, style.ink);
            next_shape += SHAPES_EVERY;
        }
        let mut at = 0.0;
        while at < length {
            avoid.push(Rect::around(along(at), 3.0, 3.0));
            at += 6.0;
        }
        walked += length;
        end = Some(to);
    }
    end
}

/// Fills the band column by column: even cover, cut at the edges of the plot.
fn band(canvas: &mut Canvas, plot: Rect, band: &[(f64, f64, f64)], ink: Ink) {
    for pair in band.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let step = 0.5;
        let mut at = (from.0 / step).ceil() * step;
        while at < to.0 {
            let share = (at - from.0) / (to.0 - from.0);
            let top = (from.1 + (to.1 - from.1) * share).max(plot.top);
            let bottom = (from.2 + (to.2 - from.2) * share).min(plot.bottom);
            if top < bottom && at >= plot.left && at + step <= plot.right {
                canvas.rect(Rect { left: at, top, right: at + step, bottom }, ink.at(0.16));
            }
            at += step;
        }
    }
}

/// A level line with its name above its left end; the place the name takes.
fn baseline(canvas: &mut Canvas, plot: Rect, name: &str, usd: f64, at: f64) -> Vec<Rect> {
    let mut x = plot.left;
    while x < plot.right {
        canvas.line((x, at), ((x + 6.0).min(plot.right), at), 3.0, AXIS);
        x += 14.0;
    }
    let text = format!("{} {}", words::sentence(name), ticks::usd(usd));
    let text = words::fit(&text, REASON_SIZE, plot.right - plot.left - 24.0);
    let width = text_width(&text, REASON_SIZE);
    let middle = if at - 34.0 > plot.top { at - 18.0 } else { at + 20.0 };
    let area = Rect {
        left: plot.left + 12.0,
        top: middle - 13.0,
        right: plot.left + 12.0 + width,
        bottom: middle + 13.0,
    };
    canvas.rect(area, WHITE.at(0.8));
    canvas.text(&text, area.left, middle, REASON_SIZE, MUTED);
    vec![area]
}

/// What stands at the right of a series.
struct Label {
    name: String,
    reason: Option<String>,
    renamed: bool,
    width: f64,
    style: Style,
}

impl Label {
    fn of(i: usize, series: &Series) -> Self {
        let own = words::name(&series.name);
        let renamed = own.is_none();
        let name = own.unwrap_or_else(|| format!("series {}", i + 1));
        let name = words::fit(&name, NAME_SIZE, NAME_ROOM);
        let reason = series.ends.as_ref().map(|why| {
            words::fit(&format!("ends: {}", words::sentence(why)), REASON_SIZE, NAME_ROOM)
        });
        let width = text_width(&name, NAME_SIZE)
            .max(reason.as_ref().map_or(0.0, |why| text_width(why, REASON_SIZE)));
        Self { name, reason, renamed, width, style: Style::of(i, series.kind) }
    }

    fn height(&self) -> f64 {
        if self.reason.is_some() { 66.0 } else { 38.0 }
    }
}

/// Names beside the ends of the lines; how many found no room.
fn right_labels(
    canvas: &mut Canvas,
    plot: Rect,
    labels: &[Label],
    ends: &[Option<(f64, f64)>],
) -> usize {
    let wanted: Vec<Wanted> = labels
        .iter()
        .zip(ends)
        .map(|(label, end)| Wanted {
            middle: end.map_or(plot.bottom, |at| at.1),
            height: label.height(),
        })
        .collect();
    let places = layout::stack(&wanted, plot.top - 20.0, plot.bottom + 20.0);
    for ((label, end), place) in labels.iter().zip(ends).zip(&places) {
        let Some(middle) = *place else { continue };
        let (row, second) =
            if label.reason.is_some() { (middle - 14.0, middle + 16.0) } else { (middle, middle) };
        let ink = label.style.ink;
        let bend = plot.right + 34.0;
        if let Some(at) = end {
            canvas.line((at.0.max(plot.right) + 4.0, at.1), (bend, row), 1.5, ink);
        }
        let x = bend + 24.0;
        canvas.line((bend, row), (x + 4.0, row), LINE, ink);
        canvas.shape(label.style.shape, (bend + 14.0, row), 8.0, ink);
        canvas.text(&label.name, x + 14.0, row, NAME_SIZE, DARK);
        if let Some(reason) = &label.reason {
            canvas.text(reason, x + 14.0, second, REASON_SIZE, MUTED);
        }
    }
    places.iter().filter(|place| place.is_none()).count()
}

/// Rings around the points to look at, with as many labels as find room.
fn marks(
    canvas: &mut Canvas,
    plot: Rect,
    chart: &CostChart,
    place: impl Fn((f64, f64)) -> (f64, f64),
    mut taken: Vec<Rect>,
    avoid: &[Rect],
) {
    const SIZE: f64 = 22.0;
    let points: Vec<((f64, f64), String)> = chart
        .marks
        .iter()
        .filter(|mark| on_paper(mark.x, mark.y))
        .map(|mark| {
            (place((mark.x, mark.y)), words::fit(&words::sentence(&mark.label), SIZE, 380.0))
        })
        .filter(|(at, _)| plot.holds(&Rect::around(*at, 0.0, 0.0)))
        .collect();
    for (at, _) in &points {
        taken.push(Rect::around(*at, 12.0, 12.0));
        canvas.disc(*at, 11.0, DARK);
        canvas.disc(*at, 8.0, WHITE);
        canvas.disc(*at, 4.0, DARK);
    }
    let sized: Vec<_> =
        points.iter().map(|(at, text)| (*at, (text_width(text, SIZE) + 8.0, 30.0))).collect();
    for (area, (_, text)) in layout::beside(&sized, 13.0, plot, &taken, avoid).iter().zip(&points) {
        if let (Some(area), false) = (area, text.is_empty()) {
            canvas.rect(*area, WHITE.at(0.85));
            canvas.text(text, area.left + 4.0, f64::midpoint(area.top, area.bottom), SIZE, DARK);
        }
    }
}

#[cfg(test)]
mod tests;
