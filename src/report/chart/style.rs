//! What tells series apart: colour, shape, dashes.

use super::canvas::{Ink, Shape};

/// Okabe and Ito's colours, without the yellow that white paper swallows:
/// <https://jfly.uni-koeln.de/color/>.
pub const COLOURS: [Ink; 7] = [
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

/// Width of a series' line, pixels.
pub const LINE: f64 = 4.0;

/// How one series looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Its colour.
    pub ink: Ink,
    /// Its shape, now and then along the line and beside the name.
    pub shape: Shape,
    /// Width of the line, pixels.
    pub width: f64,
    /// Whether the line has gaps.
    pub dashed: bool,
    /// Where along the line its shapes lie between those of the others, 0 to
    /// 1; `None` for a line without shapes.
    pub offset: Option<f64>,
}

impl Style {
    /// The look of the series with a number, from 0.
    pub fn of(i: usize, dashed: bool) -> Self {
        Self {
            ink: COLOURS[i % COLOURS.len()],
            shape: SHAPES[i % SHAPES.len()],
            width: LINE,
            dashed,
            offset: u8::try_from(i % 8).ok().map(|i| f64::from(i) / 8.0),
        }
    }
}
