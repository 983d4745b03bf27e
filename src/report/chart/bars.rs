//! The picture of a [`BreakdownChart`].

use super::canvas::{Canvas, Ink, WIDTH, text_width};
use super::frame::{self, AXIS, DARK, GRID, MARGIN, MUTED, Scale, TICK_SIZE, WHITE};
use super::labels;
use super::layout::Rect;
use super::style::COLOURS;
use super::{AmountUnit, Bar, BreakdownChart, ticks, words};

const NAME_SIZE: f64 = 25.0;
/// Room for a name in one row and in two.
const NAME_ROOM: [f64; 2] = [520.0, 380.0];
const AMOUNT_SIZE: f64 = 21.0;
const KEY_SIZE: f64 = 22.0;
const KEY_ROW: f64 = 34.0;
/// The least height of a bar with the space around it.
const LEAST_ROW: f64 = 42.0;
/// The most.
const MOST_ROW: f64 = 80.0;
/// From this height on a name may take two rows.
const TWO_ROWS: f64 = 62.0;
/// What the bars take together if they are neither high nor low.
const USUAL: f64 = 660.0;
/// Below the bars: the axis, its title, notes.
const BELOW: f64 = 128.0;
/// More bars are not read.
const BARS_MAX: usize = 60;
/// What is left up to a limit.
const LEFT: Ink = Ink(205, 211, 217, 1.0);

/// Draws the chart: 1600 pixels wide and as high as its bars need, PNG. The same
/// chart gives the same bytes. Parts that are not known are said beside the bar's
/// total.
#[must_use]
pub fn breakdown_png(chart: &BreakdownChart) -> Vec<u8> {
    let (parts, parts_replaced) = labels::names("part", chart.parts.iter().map(String::as_str));
    let (names, names_replaced) =
        labels::names("bar", chart.bars.iter().map(|bar| bar.name.as_str()));
    let mut notes = Vec::new();
    if parts_replaced || names_replaced {
        notes.push(labels::REPLACED.to_owned());
    }
    let shown = chart.bars.len().min(BARS_MAX);
    if shown < chart.bars.len() {
        notes.push(format!("{} more bars have no room.", chart.bars.len() - shown));
    }

    // What is nothing in every bar is no part of the picture.
    let used: Vec<usize> = (0..parts.len())
        .filter(|&part| chart.bars.iter().any(|bar| known(bar, part).is_none_or(|of| of > 0.0)))
        .collect();
    let colours = |part| Colour::of(chart, &used, part);
    let key = Key::of(used.iter().map(|&part| (part, parts[part].as_str())));
    let top = key.bottom + 20.0;
    let row_height = (USUAL / as_f64(shown.max(1))).clamp(LEAST_ROW, MOST_ROW);
    let bottom = top + row_height * as_f64(shown.max(1));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few, short rows")]
    let mut canvas = Canvas::of_height((bottom + BELOW).ceil() as u32);
    key.draw(&mut canvas, colours);
    let rows: Vec<Row> =
        chart.bars.iter().take(shown).map(|bar| Row::of(bar, chart, &parts)).collect();
    let name_rows = if row_height < TWO_ROWS { 1 } else { 2 };
    let names: Vec<Vec<String>> = names
        .iter()
        .take(shown)
        .map(|name| words::wrap(name, NAME_SIZE, NAME_ROOM[name_rows - 1], name_rows))
        .collect();
    let name_width =
        names.iter().flatten().map(|row| text_width(row, NAME_SIZE)).fold(60.0, f64::max);
    let remark_width =
        rows.iter().map(|row| text_width(&row.remark, NAME_SIZE)).fold(60.0, f64::max);
    let plot = Rect {
        left: MARGIN + name_width + 18.0,
        top,
        right: WIDTH - MARGIN - remark_width.min(420.0) - 14.0,
        bottom,
    };

    let highest = rows.iter().map(|row| row.total).fold(0.0, f64::max);
    let highest = if highest > 0.0 { highest } else { 1.0 };
    let scale = Scale::linear((0.0, highest), plot.left, plot.right);
    let axis = frame::fitting(&scale, |most| {
        frame::named(ticks::linear(0.0, highest, most), on_axis(chart.unit))
    });
    for (value, name) in &axis {
        let at = scale.at(*value);
        canvas.line((at, plot.top), (at, plot.bottom), 1.5, GRID);
        canvas.text(
            name,
            at - text_width(name, TICK_SIZE) / 2.0,
            plot.bottom + 28.0,
            TICK_SIZE,
            DARK,
        );
    }
    let title = words::fit(&words::sentence(&chart.x_label), TICK_SIZE, plot.right - plot.left);
    let middle = f64::midpoint(plot.left, plot.right);
    canvas.text(
        &title,
        middle - text_width(&title, TICK_SIZE) / 2.0,
        plot.bottom + 66.0,
        TICK_SIZE,
        MUTED,
    );

    for (i, (row, name)) in rows.iter().zip(&names).enumerate() {
        let middle = plot.top + row_height * (as_f64(i) + 0.5);
        let first = middle - 15.0 * (as_f64(name.len()) - 1.0);
        for (j, line) in name.iter().enumerate() {
            let x = plot.left - 18.0 - text_width(line, NAME_SIZE);
            canvas.text(line, x, first + 30.0 * as_f64(j), NAME_SIZE, DARK);
        }
        row.draw(&mut canvas, &scale, middle, row_height * 0.66, colours);
    }
    canvas.line((plot.left, plot.top), (plot.left, plot.bottom), 2.0, AXIS);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

/// The parts with their colours, above the bars.
pub(super) struct Key {
    /// Where a part's colour stands, and which part and text.
    places: Vec<((f64, f64), usize, String)>,
    /// Where the key ends.
    pub bottom: f64,
}

impl Key {
    /// The key of parts with their numbers.
    pub(super) fn of<'a>(parts: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let (mut x, mut y) = (MARGIN, 132.0);
        let mut places = Vec::new();
        for (part, name) in parts {
            let text = words::fit(name, KEY_SIZE, 420.0);
            let width = 34.0 + text_width(&text, KEY_SIZE) + 28.0;
            if x + width > WIDTH - MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + KEY_ROW);
            }
            places.push(((x, y), part, text));
            x += width;
        }
        Self { places, bottom: y + KEY_ROW / 2.0 }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, colours: impl Fn(usize) -> Colour) {
        for ((x, y), part, text) in &self.places {
            let area = Rect { left: *x, top: y - 11.0, right: x + 24.0, bottom: y + 11.0 };
            colours(*part).fill(canvas, area);
            canvas.text(text, x + 34.0, *y, KEY_SIZE, DARK);
        }
    }
}

/// What a bar says of a part. A part it does not mention, and an amount that
/// is no finite number from 0 up, is as little known as one it says is not.
fn known(bar: &Bar, part: usize) -> Option<f64> {
    let usd = bar.amounts.get(part).copied().flatten()?;
    (0.0..1e290).contains(&usd).then_some(usd)
}

/// One bar as it is drawn.
struct Row {
    /// Number of the part and its amount.
    amounts: Vec<(usize, f64)>,
    total: f64,
    written: fn(f64) -> String,
    remark: String,
}

/// How an amount is written beside the axis.
fn on_axis(unit: AmountUnit) -> fn(f64) -> String {
    match unit {
        AmountUnit::Usd => ticks::usd,
        AmountUnit::Count => ticks::short,
        AmountUnit::Percent => |amount| match amount < 10.0 {
            true => format!("{} %", (amount * 100.0).round() / 100.0),
            false => format!("{amount:.0} %"),
        },
    }
}

/// And in a bar.
fn written(unit: AmountUnit) -> fn(f64) -> String {
    match unit {
        AmountUnit::Usd => ticks::dollars,
        AmountUnit::Count => ticks::grouped,
        AmountUnit::Percent => |amount| format!("{amount:.0} %"),
    }
}

impl Row {
    fn of(bar: &Bar, chart: &BreakdownChart, parts: &[String]) -> Self {
        let written = written(chart.unit);
        let amounts: Vec<(usize, f64)> =
            (0..parts.len()).filter_map(|i| known(bar, i).map(|usd| (i, usd))).collect();
        let total = amounts.iter().map(|amount| amount.1).sum();
        let unknown: Vec<&str> = parts
            .iter()
            .enumerate()
            .filter(|(i, _)| known(bar, *i).is_none())
            .map(|(_, name)| name.as_str())
            .collect();
        let remark = match unknown[..] {
            _ if amounts.is_empty() => "unknown".to_owned(),
            [] if chart.last_is_left => format!("limit {}", written(total)),
            [] => written(total),
            [one] => format!("{} + unknown: {one}", written(total)),
            _ => format!("{} + {} unknown", written(total), unknown.len()),
        };
        Self { amounts, total, written, remark: words::fit(&remark, NAME_SIZE, 420.0) }
    }

    fn draw(
        &self,
        canvas: &mut Canvas,
        scale: &Scale,
        middle: f64,
        height: f64,
        colours: impl Fn(usize) -> Colour,
    ) {
        let mut begin = 0.0;
        for &(part, usd) in self.amounts.iter().filter(|(_, usd)| *usd > 0.0) {
            let (left, right) = (scale.at(begin), scale.at(begin + usd));
            begin += usd;
            let colour = colours(part);
            let area =
                Rect { left, top: middle - height / 2.0, right, bottom: middle + height / 2.0 };
            colour.fill(canvas, area);
            let text = (self.written)(usd);
            let width = text_width(&text, AMOUNT_SIZE);
            if width + 12.0 <= right - left {
                let center = f64::midpoint(left, right);
                if colour.striped {
                    canvas.rect(Rect::around((center, middle), width / 2.0 + 5.0, 14.0), WHITE);
                }
                let x = center - width / 2.0;
                canvas.text(&text, x, middle, AMOUNT_SIZE, colour.readable());
            }
        }
        canvas.text(&self.remark, scale.at(begin) + 14.0, middle, NAME_SIZE, DARK);
    }
}

/// What fills a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour {
    ink: Ink,
    striped: bool,
}

impl Colour {
    /// The colour of a part of a chart of which the parts `used` are drawn.
    fn of(chart: &BreakdownChart, used: &[usize], part: usize) -> Self {
        if chart.last_is_left && part + 1 == chart.parts.len() {
            return Self { ink: LEFT, striped: false };
        }
        Self::numbered(used.iter().position(|&one| one == part).unwrap_or(part))
    }

    /// The colour with a number; from the eighth on with stripes.
    pub(super) fn numbered(i: usize) -> Self {
        Self { ink: COLOURS[i % COLOURS.len()], striped: i >= COLOURS.len() }
    }

    /// Fills a box.
    pub(super) fn fill(self, canvas: &mut Canvas, area: Rect) {
        canvas.rect(area, self.ink);
        if self.striped {
            let mut top = area.top + 4.0;
            while top < area.bottom {
                let bottom = (top + 3.0).min(area.bottom);
                canvas.rect(Rect { top, bottom, ..area }, WHITE.at(0.6));
                top += 9.0;
            }
        }
        // A hair of white between neighbours.
        if area.right - area.left > 3.0 {
            canvas.rect(Rect { left: area.right - 1.0, ..area }, WHITE);
        }
    }

    /// Black or white, whichever stands out.
    fn readable(self) -> Ink {
        let Ink(red, green, blue, _) = self.ink;
        let light = 0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue);
        if light > 125.0 || self.striped { DARK } else { WHITE }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a picture has few rows")]
pub(super) fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(bars: Vec<Bar>) -> BreakdownChart {
        let parts = [
            "Reads",
            "Writes",
            "GSI writes",
            "Storage",
            "Backups",
            "Data transfer",
            "Streams",
            "TTL",
        ];
        BreakdownChart {
            title: "What the designs cost at 8x".to_owned(),
            subtitle: "us-east-1, on-demand".to_owned(),
            x_label: "Cost, USD per month".to_owned(),
            unit: AmountUnit::Usd,
            parts: parts.map(str::to_owned).to_vec(),
            last_is_left: false,
            bars,
        }
    }

    fn bar(name: &str, size: f64) -> Bar {
        let amounts =
            [4.0, 9.0, 3.0, 2.0, 0.5, 0.1, 1.0, 2.0].map(|share| Some(share * size)).to_vec();
        Bar { name: name.to_owned(), amounts }
    }

    fn rendered(name: &str, chart: &BreakdownChart) -> Vec<u8> {
        let bytes = breakdown_png(chart);
        // As much as 300 kB for a picture of the usual height.
        let most = 300 * usize::try_from(height(&bytes)).unwrap();
        assert!(bytes.len() < most, "{name}: {} bytes", bytes.len());
        bytes
    }

    #[test]
    fn an_unknown_part_does_not_look_like_nothing() {
        let whole = chart(vec![bar("Design A", 100.0), bar("Design B", 60.0)]);
        let mut none = whole.clone();
        none.bars[1].amounts[4] = Some(0.0);
        let mut unknown = whole.clone();
        unknown.bars[1].amounts[4] = None;
        let pictures = [&whole, &none, &unknown].map(|chart| rendered("unknown", chart));
        assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
        assert_eq!(pictures[2], breakdown_png(&unknown));
    }

    #[test]
    fn few_and_many_bars() {
        rendered("bars0", &chart(Vec::new()));
        rendered("bars1", &chart(vec![bar("Design A", 1_234.5)]));
        let long = "Orders in one table, order lines collected under the customer";
        let many =
            |n: u32| (0..n).map(|i| bar(&format!("{long} {i}"), f64::from(1 + i * i))).collect();
        rendered("bars8", &chart(many(8)));
        rendered("bars40", &chart(many(40)));
    }

    fn height(png: &[u8]) -> u32 {
        u32::from_be_bytes(png[20..24].try_into().unwrap())
    }

    /// 26 bars: eight designs under three modes and two fleets. At 42 pixels each
    /// they take 1092, above the 660 of usual ones.
    #[test]
    fn a_picture_is_as_high_as_its_bars_need() {
        let many = |n: u32| chart((0..n).map(|i| bar(&format!("Design {i}"), 9.0)).collect());
        let [three, eight, all] = [3, 8, 26].map(|n| height(&breakdown_png(&many(n))));
        assert!(three < eight && eight < all, "{three} {eight} {all}");
        assert_eq!(all - eight, 26 * 42 - 8 * 80);
        let mut other_end = many(26);
        other_end.bars[25].amounts[0] = Some(1.0);
        assert_ne!(breakdown_png(&many(26)), breakdown_png(&other_end), "the last bar is drawn");
    }

    #[test]
    fn a_part_that_is_nothing_everywhere_is_left_out() {
        let mut none = chart(vec![bar("Design A", 100.0), bar("Design B", 60.0)]);
        for bar in &mut none.bars {
            bar.amounts[7] = Some(0.0);
        }
        let mut fewer = none.clone();
        fewer.parts.truncate(7);
        fewer.bars.iter_mut().for_each(|bar| bar.amounts.truncate(7));
        assert_eq!(breakdown_png(&none), breakdown_png(&fewer));
    }

    #[test]
    fn odd_amounts_are_no_reason_to_fail() {
        let odd = [f64::NAN, -1.0, f64::INFINITY, f64::MAX, 0.0].map(Some).to_vec();
        rendered("oddbars", &chart(vec![Bar { name: "設計".to_owned(), amounts: odd }]));
    }
}
