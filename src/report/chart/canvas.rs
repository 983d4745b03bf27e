//! Drawing on pixels: the one file that knows the drawing library.
//!
//! Everything is drawn at twice the size and averaged down: smooth edges for
//! every shape, and letters placed to half a pixel.

use std::sync::Once;

use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, register_font};

use super::layout::Rect;

/// Width of a picture, pixels.
pub const WIDTH: f64 = 1600.0;

const FINAL_WIDTH: u32 = 1600;
/// Height of a picture unless its content decides, pixels.
const HEIGHT: u32 = 1000;
const SCALE: u32 = 2;

const FONT: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const FAMILY: &str = "ddbplan";

/// A colour with its share of cover.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink(pub u8, pub u8, pub u8, pub f64);

impl Ink {
    /// The same colour, letting what lies under it through.
    pub fn at(self, cover: f64) -> Self {
        Self(self.0, self.1, self.2, cover)
    }

    fn shape(self) -> ShapeStyle {
        ShapeStyle { color: self.colour(), filled: true, stroke_width: 1 }
    }

    fn colour(self) -> RGBAColor {
        RGBAColor(self.0, self.1, self.2, self.3)
    }
}

/// Shapes that tell series apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A disc.
    Disc,
    /// A square on its side.
    Square,
    /// A triangle pointing up.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A triangle pointing down.
    Down,
}

/// A white picture to draw on, in pixels of the finished picture.
pub struct Canvas {
    pixels: Vec<u8>,
    height: u32,
}

impl Canvas {
    /// An empty picture.
    pub fn new() -> Self {
        Self::of_height(HEIGHT)
    }

    /// An empty picture so many pixels high.
    pub fn of_height(height: u32) -> Self {
        let size = FINAL_WIDTH * SCALE * height * SCALE * 3;
        Self { pixels: vec![255; size as usize], height }
    }

    /// How high the picture is, pixels.
    pub fn height(&self) -> f64 {
        f64::from(self.height)
    }

    fn backend(&mut self) -> BitMapBackend<'_> {
        let size = (FINAL_WIDTH * SCALE, self.height * SCALE);
        BitMapBackend::with_buffer(&mut self.pixels, size)
    }

    /// Fills a polygon.
    pub fn polygon(&mut self, corners: &[(f64, f64)], ink: Ink) {
        let corners: Vec<_> = corners.iter().map(|&at| device(at)).collect();
        self.backend().fill_polygon(corners, &ink.shape()).expect("memory takes every pixel");
    }

    /// Fills a box.
    pub fn rect(&mut self, area: Rect, ink: Ink) {
        let (left, top) = device((area.left, area.top));
        let (right, bottom) = device((area.right, area.bottom));
        self.backend()
            .draw_rect((left, top), (right, bottom), &ink.shape(), true)
            .expect("memory takes every pixel");
    }

    /// Fills a disc.
    pub fn disc(&mut self, at: (f64, f64), radius: f64, ink: Ink) {
        // The drawing library's own circle is visibly edged at small radii.
        let corners: Vec<_> = (0..32)
            .map(|i| {
                let angle = f64::from(i) * std::f64::consts::TAU / 32.0;
                (at.0 + radius * angle.cos(), at.1 + radius * angle.sin())
            })
            .collect();
        self.polygon(&corners, ink);
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, ink: Ink) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length < 1e-9 {
            return;
        }
        let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
        self.polygon(
            &[
                (from.0 + nx, from.1 + ny),
                (to.0 + nx, to.1 + ny),
                (to.0 - nx, to.1 - ny),
                (from.0 - nx, from.1 - ny),
            ],
            ink,
        );
    }

    /// A shape that stands for a series.
    pub fn shape(&mut self, shape: Shape, at: (f64, f64), radius: f64, ink: Ink) {
        let (x, y) = at;
        let r = radius;
        match shape {
            Shape::Disc => self.disc(at, r, ink),
            Shape::Square => {
                let r = r * 0.9;
                self.polygon(
                    &[(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
                    ink,
                );
            }
            Shape::Triangle => {
                self.polygon(
                    &[(x, y - r * 1.2), (x + r * 1.1, y + r * 0.8), (x - r * 1.1, y + r * 0.8)],
                    ink,
                );
            }
            Shape::Diamond => {
                let r = r * 1.25;
                self.polygon(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], ink);
            }
            Shape::Down => {
                self.polygon(
                    &[(x, y + r * 1.2), (x + r * 1.1, y - r * 0.8), (x - r * 1.1, y - r * 0.8)],
                    ink,
                );
            }
        }
    }

    /// One line of text from `x` on, the middle of its capitals at `y`.
    pub fn text(&mut self, text: &str, x: f64, y: f64, size: f64, ink: Ink) {
        // The drawing library puts the base line half a size below the anchor;
        // capitals reach 0.63 of a size above it.
        let anchor = device((x, y - size * 0.5 + size * 0.315));
        let colour = ink.colour();
        self.backend()
            .draw_text(text, &font(size).color(&colour), anchor)
            .expect("the font is embedded and memory takes every pixel");
    }

    /// The picture as PNG.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, FINAL_WIDTH, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        let mut writer = encoder.write_header().expect("memory takes every byte");
        writer.write_image_data(&self.averaged()).expect("the size is that of the header");
        writer.finish().expect("memory takes every byte");
        bytes
    }

    /// The picture at its finished size: every pixel the mean of four.
    fn averaged(&self) -> Vec<u8> {
        let row = (FINAL_WIDTH * SCALE * 3) as usize;
        let mut out = Vec::with_capacity((FINAL_WIDTH * self.height * 3) as usize);
        for pair in self.pixels.chunks_exact(row * 2) {
            let (upper, lower) = pair.split_at(row);
            for (upper, lower) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
                for channel in 0..3 {
                    let sum = u16::from(upper[channel])
                        + u16::from(upper[channel + 3])
                        + u16::from(lower[channel])
                        + u16::from(lower[channel + 3]);
                    out.push(u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX));
                }
            }
        }
        out
    }
}

/// How wide a line of text is, pixels.
pub fn text_width(text: &str, size: f64) -> f64 {
    let (width, _) = font(size).box_size(text).expect("the font is embedded");
    f64::from(width) / f64::from(SCALE)
}

fn font(size: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        if register_font(FAMILY, FontStyle::Normal, FONT).is_err() {
            unreachable!("the embedded font is a font");
        }
    });
    FontDesc::new(FontFamily::Name(FAMILY), size * f64::from(SCALE), FontStyle::Normal)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a range that fits")]
fn device((x, y): (f64, f64)) -> (i32, i32) {
    let whole = |v: f64| (v * f64::from(SCALE)).round().clamp(-20_000.0, 20_000.0) as i32;
    (whole(x), whole(y))
}
