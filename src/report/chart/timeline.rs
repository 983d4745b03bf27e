//! The picture of a [`TimelineChart`].

use super::canvas::{Canvas, Ink, Shape};
use super::frame::{self, Axis, Scale};
use super::labels::{self, Label};
use super::layout::{self, Point, Rect};
use super::lines::Path;
use super::style::{COLOURS, Style};
use super::{Moment, TimelineChart, ticks};

const DEMAND: Ink = COLOURS[0];
const CAPACITY: Ink = COLOURS[6];
const THROTTLED: Ink = COLOURS[1];

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. What was throttled is the red part below the line of demand and a mark
/// on the time axis, at least two pixels wide however short it was.
#[must_use]
pub fn timeline_png(chart: &TimelineChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let moments: Vec<Moment> = chart.moments.iter().copied().filter(known).collect();
    let mut notes = Vec::new();
    match chart.moments.len() - moments.len() {
        0 => {}
        1 => notes.push("1 moment without finite values from 0 up is left out.".to_owned()),
        n => notes.push(format!("{n} moments without finite values from 0 up are left out.")),
    }

    let end_s = end_s(&moments);
    let highest =
        moments.iter().flat_map(|m| [Some(m.demand), m.capacity]).flatten().fold(0.0, f64::max);
    let highest = if highest > 0.0 { highest } else { 1.0 };
    let throttled = moments.iter().any(|m| m.throttled > 0.0);
    let limited = moments.iter().any(|m| m.capacity.is_some());
    let plain = |ink, shape| Style { ink, shape, width: 2.5, dashed: false, offset: None };
    let mut described = vec![("demand".to_owned(), plain(DEMAND, Shape::Disc), None)];
    if limited {
        described.push((
            "capacity".to_owned(),
            Style { dashed: true, ..plain(CAPACITY, Shape::Square) },
            None,
        ));
    }
    if throttled {
        described.push(("throttled".to_owned(), plain(THROTTLED, Shape::Square), None));
    }
    let mut labels = labels::labels(&described, frame::BOTTOM - frame::TOP);
    let label_width = labels.iter().map(Label::width).fold(60.0, f64::max);

    let y_range = (0.0, highest * 1.06);
    let y_ticks = frame::named(ticks::linear(y_range.0, y_range.1, 9), ticks::short);
    let plot = frame::plot(&y_ticks, labels::LEADER + label_width);
    let x_scale = Scale::linear((0.0, end_s), plot.left, plot.right);
    let x_ticks =
        frame::fitting(&x_scale, |most| frame::named(ticks::instants(end_s, most), ticks::instant));
    let x = Axis { title: &chart.x_label, scale: x_scale, ticks: x_ticks };
    let y_scale = Scale::linear(y_range, plot.bottom, plot.top);
    let y = Axis { title: &chart.y_label, scale: y_scale, ticks: y_ticks };
    frame::axes(&mut canvas, plot, &x, &y);

    let place = |at_s: f64, value: f64| (x.scale.at(at_s), y.scale.at(value));
    let capacity: Vec<Vec<Point>> = moments
        .chunk_by(|a, b| a.capacity.is_some() == b.capacity.is_some())
        .filter(|run| run[0].capacity.is_some())
        .map(|run| {
            let held_s = moments.iter().map(|m| m.at_s).find(|&at| at > run[run.len() - 1].at_s);
            let mut points: Vec<Point> =
                run.iter().filter_map(|m| m.capacity.map(|units| place(m.at_s, units))).collect();
            points.extend(points.last().map(|last| (x.scale.at(held_s.unwrap_or(end_s)), last.1)));
            points
        })
        .collect();
    let mut demand: Vec<Point> = moments.iter().map(|m| place(m.at_s, m.demand)).collect();
    demand.extend(demand.last().map(|last| (plot.right, last.1)));

    let mut covered = Vec::new();
    let end = Path::steps(layout::thinned(&demand)).draw(
        &mut canvas,
        plot,
        &described[0].1,
        &mut covered,
    );
    labels[0].end = end;
    refused(&mut canvas, plot, &moments, end_s, &x.scale, &y.scale);
    for run in &capacity {
        labels[1].end = Path::steps(layout::thinned(run)).draw(
            &mut canvas,
            plot,
            &described[1].1,
            &mut covered,
        );
    }
    labels::draw(&mut canvas, plot, &labels);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

fn known(moment: &Moment) -> bool {
    [Some(moment.at_s), Some(moment.demand), moment.capacity, Some(moment.throttled)]
        .into_iter()
        .flatten()
        .all(|value| (0.0..1e290).contains(&value))
}

/// When the last moment ends: it is taken to last as long as the one before.
fn end_s(moments: &[Moment]) -> f64 {
    match moments {
        [.., before, last] if last.at_s > before.at_s => 2.0 * last.at_s - before.at_s,
        [.., last] => last.at_s + 60.0,
        [] => 3_600.0,
    }
}

/// Fills the throttled part of the demand, and marks its times above the time
/// axis, where a little of it is seen as well.
fn refused(canvas: &mut Canvas, plot: Rect, moments: &[Moment], end_s: f64, x: &Scale, y: &Scale) {
    const LEAST: f64 = 2.0;
    for (i, moment) in moments.iter().enumerate().filter(|(_, m)| m.throttled > 0.0) {
        let left = x.at(moment.at_s).clamp(plot.left, plot.right - LEAST);
        let right = x.at(moments.get(i + 1).map_or(end_s, |next| next.at_s));
        let right = right.max(left + LEAST).min(plot.right);
        let served = (moment.demand - moment.throttled).max(0.0);
        let (top, bottom) = (y.at(moment.demand), y.at(served));
        canvas.rect(Rect { left, top, right, bottom }, THROTTLED);
        canvas.rect(Rect { left, top: plot.bottom - 10.0, right, bottom: plot.bottom }, THROTTLED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(minutes: u32, limit: Option<f64>) -> TimelineChart {
        let moments = (0..minutes)
            .map(|i| {
                let wave = 600.0 + 400.0 * (f64::from(i) / 1440.0 * std::f64::consts::TAU).sin();
                let demand =
                    if i % 1440 == 700 { 2_000.0 } else { wave + f64::from(i * 7919 % 97) };
                let throttled = limit.map_or(0.0, |limit| (demand - limit).max(0.0));
                Moment { at_s: f64::from(i) * 60.0, demand, capacity: limit, throttled }
            })
            .collect();
        TimelineChart {
            title: "Write capacity of the orders table".to_owned(),
            subtitle: "Design A at 8x, provisioned".to_owned(),
            x_label: "Time since 2025-05-05 00:00 UTC".to_owned(),
            y_label: "Write capacity units per second".to_owned(),
            moments,
        }
    }

    fn reds(bytes: &[u8]) -> usize {
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels.chunks_exact(3).filter(|p| p == &[THROTTLED.0, THROTTLED.1, THROTTLED.2]).count()
    }

    fn rendered(name: &str, chart: &TimelineChart) -> Vec<u8> {
        let bytes = timeline_png(chart);
        assert!(bytes.len() < 300_000, "{name}: {} bytes", bytes.len());
        bytes
    }

    #[test]
    fn throttling_is_seen_and_its_absence_too() {
        let free = rendered("free", &day(1440, None));
        assert_eq!(reds(&free), 0);
        let tight = day(1440, Some(800.0));
        let red = rendered("tight", &tight);
        assert!(reds(&red) > 5_000);
        assert_eq!(red, timeline_png(&tight));
    }

    #[test]
    fn one_throttled_minute_in_a_month_is_seen() {
        let mut month = day(1440 * 30, Some(2_500.0));
        assert_eq!(reds(&rendered("calm", &month)), 0);
        month.moments[20_000].throttled = month.moments[20_000].demand;
        assert!(reds(&rendered("month", &month)) > 100);
    }

    #[test]
    fn odd_moments_are_no_reason_to_fail() {
        let mut chart = day(0, None);
        rendered("empty", &chart);
        chart.moments =
            vec![Moment { at_s: 0.0, demand: 0.0, capacity: Some(0.0), throttled: 0.0 }];
        rendered("single", &chart);
        chart.moments.extend([f64::NAN, -1.0, f64::INFINITY, 1e308].map(|odd| Moment {
            at_s: 60.0,
            demand: odd,
            capacity: Some(odd),
            throttled: odd,
        }));
        rendered("odd", &chart);
    }
}
