//! Lines and bands, cut at the edges of the plot.

use super::canvas::{Canvas, Ink};
use super::layout::{self, Point, Rect};
use super::style::Style;

/// A line on paper.
pub struct Path {
    /// Its corners, pixels.
    pub corners: Vec<Point>,
}

impl Path {
    /// Joins points straight.
    pub fn straight(points: impl IntoIterator<Item = Point>) -> Self {
        Self { corners: points.into_iter().collect() }
    }

    /// Joins points level until the next.
    pub fn steps(points: impl IntoIterator<Item = Point>) -> Self {
        let mut corners: Vec<Point> = Vec::new();
        for at in points {
            if let Some(&last) = corners.last() {
                corners.push((at.0, last.1));
            }
            corners.push(at);
        }
        Self { corners }
    }

    /// Draws what is inside the plot; where it leaves off. The ground it
    /// covers is added to `covered`.
    pub fn draw(
        &self,
        canvas: &mut Canvas,
        plot: Rect,
        style: &Style,
        covered: &mut Vec<Rect>,
    ) -> Option<Point> {
        const SHAPES_EVERY: f64 = 260.0;
        // Corners go to half pixels: fewer of them wobble less.
        let corners = layout::simplified(&self.corners, 0.3);
        if let [only] = corners[..]
            && plot.holds(&Rect::around(only, 0.0, 0.0))
        {
            canvas.shape(style.shape, only, 9.0, style.ink);
            covered.push(Rect::around(only, 9.0, 9.0));
            return Some(only);
        }
        let mut end = None;
        let mut walked = 0.0;
        let mut next_shape =
            style.offset.map_or(f64::INFINITY, |share| 30.0 + share * SHAPES_EVERY);
        for pair in corners.windows(2) {
            let Some((from, to)) = plot.clip(pair[0], pair[1]) else { continue };
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if style.dashed {
                dashes(canvas, (from, to), walked, style);
            } else {
                canvas.line(from, to, style.width, style.ink);
                canvas.disc(to, style.width / 2.0, style.ink);
            }
            while next_shape <= walked + length {
                let at = along(from, to, (next_shape - walked) / length);
                canvas.shape(style.shape, at, 8.0, style.ink);
                next_shape += SHAPES_EVERY;
            }
            let mut at = 0.0;
            while at < length {
                covered.push(Rect::around(along(from, to, at / length), 3.0, 3.0));
                at += 6.0;
            }
            walked += length;
            end = Some(to);
        }
        end
    }
}

fn along(from: Point, to: Point, share: f64) -> Point {
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

/// A stretch of a dashed line that has `walked` so far when it begins.
fn dashes(canvas: &mut Canvas, (from, to): (Point, Point), walked: f64, style: &Style) {
    const DASH: f64 = 18.0;
    const GAP: f64 = 10.0;
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let mut begin = -(walked % (DASH + GAP));
    while begin < length {
        let (from_at, to_at) = (begin.max(0.0), (begin + DASH).min(length));
        if from_at < to_at {
            canvas.line(
                along(from, to, from_at / length),
                along(from, to, to_at / length),
                style.width,
                style.ink,
            );
        }
        begin += DASH + GAP;
    }
}

/// A dotted line, a dot every `every` pixels.
pub fn dotted(canvas: &mut Canvas, (from, to): (Point, Point), every: f64, width: f64, ink: Ink) {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let mut at = 0.0;
    while at < length {
        let end = (at + width * 2.0).min(length);
        canvas.line(along(from, to, at / length), along(from, to, end / length), width, ink);
        at += every;
    }
}

/// Fills between an upper and a lower line (x, upper, lower, pixels, by
/// ascending x), column by column: even cover, cut at the edges of the plot.
pub fn band(canvas: &mut Canvas, plot: Rect, edges: &[(f64, f64, f64)], ink: Ink) {
    const COLUMN: f64 = 0.5;
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let mut at = (from.0.max(plot.left) / COLUMN).ceil() * COLUMN;
        while at < to.0.min(plot.right) {
            let share = (at - from.0) / (to.0 - from.0);
            let top = (from.1 + (to.1 - from.1) * share).max(plot.top);
            let bottom = (from.2 + (to.2 - from.2) * share).min(plot.bottom);
            if top < bottom {
                canvas.rect(Rect { left: at, top, right: at + COLUMN, bottom }, ink);
            }
            at += COLUMN;
        }
    }
}
