//! What the charts have in common: titles, axes, grid, notes.

use super::canvas::{Canvas, Ink, WIDTH, text_width};
use super::layout::Rect;
use super::words;

/// Text and outlines.
pub const DARK: Ink = Ink(34, 34, 34, 1.0);
/// Text of the second rank.
pub const MUTED: Ink = Ink(90, 90, 90, 1.0);
/// Axis lines.
pub const AXIS: Ink = Ink(120, 120, 120, 1.0);
/// Grid lines.
pub const GRID: Ink = Ink(226, 226, 226, 1.0);
/// The paper.
pub const WHITE: Ink = Ink(255, 255, 255, 1.0);

/// Size of tick labels and axis titles, pixels.
pub const TICK_SIZE: f64 = 24.0;
/// Size of notes, pixels.
pub const NOTE_SIZE: f64 = 21.0;

/// White around the picture.
pub const MARGIN: f64 = 36.0;
/// Upper edge of the plot.
pub const TOP: f64 = 168.0;
/// Lower edge of the plot.
pub const BOTTOM: f64 = 860.0;

/// One axis: what it is called, where values go, which are named.
pub struct Axis<'a> {
    /// What it shows and in which unit.
    pub title: &'a str,
    /// From a value to pixels.
    pub scale: Scale,
    /// The named values and their names.
    pub ticks: Vec<(f64, String)>,
}

/// From values to pixels.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

impl Scale {
    /// Equal ratios are equally long; `low` and `high` above 0.
    pub fn logarithmic((low, high): (f64, f64), from: f64, to: f64) -> Self {
        Self { low: low.ln(), high: high.ln(), from, to, logarithmic: true }
    }

    /// Equal differences are equally long.
    pub fn linear((low, high): (f64, f64), from: f64, to: f64) -> Self {
        Self { low, high, from, to, logarithmic: false }
    }

    /// The pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        let value = if self.logarithmic { value.ln() } else { value };
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }
}

/// Values with their names.
pub fn named(values: Vec<f64>, name: impl Fn(f64) -> String) -> Vec<(f64, String)> {
    values.into_iter().map(|value| (value, name(value))).collect()
}

/// The most ticks whose names do not run into one another on a level axis;
/// `ticks` gives those for a number of them at most.
pub fn fitting(scale: &Scale, ticks: impl Fn(usize) -> Vec<(f64, String)>) -> Vec<(f64, String)> {
    let fit = |named: &[(f64, String)]| {
        named.windows(2).all(|pair| {
            let half = |name: &str| text_width(name, TICK_SIZE) / 2.0;
            scale.at(pair[0].0) + half(&pair[0].1) + 16.0 <= scale.at(pair[1].0) - half(&pair[1].1)
        })
    };
    (2..=13).rev().map(&ticks).find(|named| fit(named)).unwrap_or_default()
}

/// The plot, between the names of the ticks at its left and `right` pixels at
/// its right.
pub fn plot(y_ticks: &[(f64, String)], right: f64) -> Rect {
    let names = y_ticks.iter().map(|(_, name)| text_width(name, TICK_SIZE)).fold(0.0, f64::max);
    Rect { left: MARGIN + names + 14.0, top: TOP, right: WIDTH - 24.0 - right, bottom: BOTTOM }
}

/// Title, subtitle and the notes at the bottom.
pub fn surround(canvas: &mut Canvas, title: &str, subtitle: &str, notes: &[String]) {
    let room = WIDTH - 2.0 * MARGIN;
    let title = words::fit(&words::sentence(title), 36.0, room);
    canvas.text(&title, MARGIN, 42.0, 36.0, DARK);
    let subtitle = words::fit(&words::sentence(subtitle), 25.0, room);
    canvas.text(&subtitle, MARGIN, 86.0, 25.0, MUTED);
    let notes = words::fit(&notes.join("  "), NOTE_SIZE, room);
    canvas.text(&notes, MARGIN, canvas.height() - 24.0, NOTE_SIZE, MUTED);
}

/// Grid, ticks and axis titles around the plot.
pub fn axes(canvas: &mut Canvas, plot: Rect, x: &Axis<'_>, y: &Axis<'_>) {
    for (value, name) in &y.ticks {
        let at = y.scale.at(*value);
        canvas.line((plot.left, at), (plot.right, at), 1.5, GRID);
        canvas.text(name, plot.left - 14.0 - text_width(name, TICK_SIZE), at, TICK_SIZE, DARK);
    }
    for (value, name) in &x.ticks {
        let at = x.scale.at(*value);
        canvas.line((at, plot.top), (at, plot.bottom), 1.5, GRID);
        canvas.line((at, plot.bottom), (at, plot.bottom + 8.0), 2.0, AXIS);
        canvas.text(
            name,
            at - text_width(name, TICK_SIZE) / 2.0,
            plot.bottom + 28.0,
            TICK_SIZE,
            DARK,
        );
    }
    canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), 2.0, AXIS);
    canvas.line((plot.left, plot.top), (plot.left, plot.bottom), 2.0, AXIS);

    let y_title = words::fit(&words::sentence(y.title), TICK_SIZE, plot.right - MARGIN);
    canvas.text(&y_title, MARGIN, plot.top - 30.0, TICK_SIZE, MUTED);
    let x_title = words::fit(&words::sentence(x.title), TICK_SIZE, plot.right - plot.left);
    let width = text_width(&x_title, TICK_SIZE);
    canvas.text(
        &x_title,
        (plot.left + plot.right - width) / 2.0,
        plot.bottom + 66.0,
        TICK_SIZE,
        MUTED,
    );
}
