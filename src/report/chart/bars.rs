//! The picture of a [`BreakdownChart`].

use super::canvas::{Canvas, Ink, WIDTH, text_width};
use super::frame::{self, AXIS, DARK, GRID, MARGIN, MUTED, Scale, TICK_SIZE, WHITE};
use super::labels;
use super::layout::Rect;
use super::style::COLOURS;
use super::{AmountUnit, Bar, BreakdownChart, ticks, words};

const NAME_SIZE: f64 = 25.0;
const NAME_ROOM: f64 = 380.0;
const AMOUNT_SIZE: f64 = 21.0;
const KEY_SIZE: f64 = 22.0;
const KEY_ROW: f64 = 34.0;
/// The least height of a bar with the space around it.
const LEAST_ROW: f64 = 40.0;
/// The most.
const MOST_ROW: f64 = 110.0;

/// Draws the chart: 1600 x 1000 pixels, PNG. The same chart gives the same
/// bytes. Parts that are not known are said beside the bar's total.
#[must_use]
pub fn breakdown_png(chart: &BreakdownChart) -> Vec<u8> {
    let mut canvas = Canvas::new();
    let (parts, parts_replaced) = labels::names("part", chart.parts.iter().map(String::as_str));
    let (names, names_replaced) =
        labels::names("bar", chart.bars.iter().map(|bar| bar.name.as_str()));
    let mut notes = Vec::new();
    if parts_replaced || names_replaced {
        notes.push(labels::REPLACED.to_owned());
    }

    let top = key(&mut canvas, &parts) + 20.0;
    let room = frame::BOTTOM - top;
    let shown = (1..=chart.bars.len()).rev().find(|&n| room / as_f64(n) >= LEAST_ROW).unwrap_or(0);
    if shown < chart.bars.len() {
        notes.push(format!("{} more bars have no room.", chart.bars.len() - shown));
    }
    let row_height = (room / as_f64(shown.max(1))).min(MOST_ROW);
    let rows: Vec<Row> = chart
        .bars
        .iter()
        .take(shown)
        .map(|bar| Row::of(bar, &parts, written(chart.unit)))
        .collect();
    let names: Vec<Vec<String>> =
        names.iter().take(shown).map(|name| words::wrap(name, NAME_SIZE, NAME_ROOM, 2)).collect();
    let name_width =
        names.iter().flatten().map(|row| text_width(row, NAME_SIZE)).fold(60.0, f64::max);
    let remark_width =
        rows.iter().map(|row| text_width(&row.remark, NAME_SIZE)).fold(60.0, f64::max);
    let plot = Rect {
        left: MARGIN + name_width + 18.0,
        top,
        right: WIDTH - MARGIN - remark_width.min(420.0) - 14.0,
        bottom: top + row_height * as_f64(shown.max(1)),
    };

    let highest = rows.iter().map(|row| row.total).fold(0.0, f64::max);
    let highest = if highest > 0.0 { highest } else { 1.0 };
    let scale = Scale::linear((0.0, highest), plot.left, plot.right);
    let axis = frame::fitting(&scale, |most| {
        frame::named(ticks::linear(0.0, highest, most), written(chart.unit))
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
        let lines = if row_height < 62.0 {
            vec![words::fit(&name.join(" "), NAME_SIZE, name_width)]
        } else {
            name.clone()
        };
        let first = middle - 15.0 * (as_f64(lines.len()) - 1.0);
        for (j, line) in lines.iter().enumerate() {
            let x = plot.left - 18.0 - text_width(line, NAME_SIZE);
            canvas.text(line, x, first + 30.0 * as_f64(j), NAME_SIZE, DARK);
        }
        row.draw(&mut canvas, &scale, middle, row_height * 0.66);
    }
    canvas.line((plot.left, plot.top), (plot.left, plot.bottom), 2.0, AXIS);
    frame::surround(&mut canvas, &chart.title, &chart.subtitle, &notes);
    canvas.encode()
}

/// The parts with their colours, above the bars; where it ends.
pub(super) fn key(canvas: &mut Canvas, parts: &[String]) -> f64 {
    let (mut x, mut y) = (MARGIN, 132.0);
    for (i, part) in parts.iter().enumerate() {
        let text = words::fit(part, KEY_SIZE, 420.0);
        let width = 34.0 + text_width(&text, KEY_SIZE) + 28.0;
        if x + width > WIDTH - MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + KEY_ROW);
        }
        fill(canvas, Rect { left: x, top: y - 11.0, right: x + 24.0, bottom: y + 11.0 }, i);
        canvas.text(&text, x + 34.0, y, KEY_SIZE, DARK);
        x += width;
    }
    y + KEY_ROW / 2.0
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

/// How an amount is written.
fn written(unit: AmountUnit) -> fn(f64) -> String {
    match unit {
        AmountUnit::Usd => ticks::usd,
        AmountUnit::Count => ticks::short,
        AmountUnit::Percent => |amount| match amount < 10.0 {
            true => format!("{} %", (amount * 100.0).round() / 100.0),
            false => format!("{amount:.0} %"),
        },
    }
}

impl Row {
    fn of(bar: &Bar, parts: &[String], written: fn(f64) -> String) -> Self {
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
            [] => written(total),
            [one] => format!("{} + unknown: {one}", written(total)),
            _ => format!("{} + {} unknown", written(total), unknown.len()),
        };
        Self { amounts, total, written, remark: words::fit(&remark, NAME_SIZE, 420.0) }
    }

    fn draw(&self, canvas: &mut Canvas, scale: &Scale, middle: f64, height: f64) {
        let mut begin = 0.0;
        for &(part, usd) in &self.amounts {
            let (left, right) = (scale.at(begin), scale.at(begin + usd));
            begin += usd;
            let area =
                Rect { left, top: middle - height / 2.0, right, bottom: middle + height / 2.0 };
            fill(canvas, area, part);
            let text = (self.written)(usd);
            let width = text_width(&text, AMOUNT_SIZE);
            if width + 12.0 <= right - left {
                let center = f64::midpoint(left, right);
                if part >= COLOURS.len() {
                    canvas.rect(Rect::around((center, middle), width / 2.0 + 5.0, 14.0), WHITE);
                }
                canvas.text(&text, center - width / 2.0, middle, AMOUNT_SIZE, readable_on(part));
            }
        }
        canvas.text(&self.remark, scale.at(begin) + 14.0, middle, NAME_SIZE, DARK);
    }
}

/// The colour of a part; from the eighth part on with stripes.
pub(super) fn fill(canvas: &mut Canvas, area: Rect, part: usize) {
    let ink = COLOURS[part % COLOURS.len()];
    canvas.rect(area, ink);
    if part >= COLOURS.len() {
        let mut top = area.top + 4.0;
        while top < area.bottom {
            canvas.rect(Rect { top, bottom: (top + 3.0).min(area.bottom), ..area }, WHITE.at(0.6));
            top += 9.0;
        }
    }
    // A hair of white between neighbours.
    if area.right - area.left > 3.0 {
        canvas.rect(Rect { left: area.right - 1.0, ..area }, WHITE);
    }
}

/// Black or white, whichever stands out.
fn readable_on(part: usize) -> Ink {
    let ink = COLOURS[part % COLOURS.len()];
    let light = 0.299 * f64::from(ink.0) + 0.587 * f64::from(ink.1) + 0.114 * f64::from(ink.2);
    if light > 125.0 || part >= COLOURS.len() { DARK } else { WHITE }
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
        assert!(bytes.len() < 300_000, "{name}: {} bytes", bytes.len());
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

    #[test]
    fn odd_amounts_are_no_reason_to_fail() {
        let odd = [f64::NAN, -1.0, f64::INFINITY, f64::MAX, 0.0].map(Some).to_vec();
        rendered("oddbars", &chart(vec![Bar { name: "設計".to_owned(), amounts: odd }]));
    }
}
