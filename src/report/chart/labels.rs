//! Names at the right of the plot, each joined to the end of its line.

use super::canvas::{Canvas, Ink, text_width};
use super::frame::{DARK, MUTED};
use super::layout::{self, Rect, Wanted};
use super::lines;
use super::style::{LINE, Style};
use super::words;

const NAME_SIZE: f64 = 25.0;
const REMARK_SIZE: f64 = 21.0;
/// How wide a name may get, pixels.
const ROOM: f64 = 420.0;
/// From the plot to the name: leader line and sample of the series.
pub const LEADER: f64 = 76.0;
/// Heights of rows.
const NAME_ROW: f64 = 31.0;
const REMARK_ROW: f64 = 27.0;
const BETWEEN: f64 = 9.0;

/// The note for names that had to be replaced.
pub const REPLACED: &str =
    "Names in letters this picture cannot draw are replaced by numbers; report.html lists them.";

/// What stands beside a line.
pub struct Label {
    rows: Vec<(String, f64, Ink)>,
    style: Style,
    /// Where the line ends, pixels; `None` for one that is not seen.
    pub end: Option<(f64, f64)>,
}

/// What stands for each name in a picture: `kind` and a number where the font cannot
/// draw the name, else the name itself (`None`).
#[must_use]
pub fn replacements(kind: &str, names: &[String]) -> Vec<Option<String>> {
    let replacement =
        |(i, name): (usize, &String)| words::name(name).is_none().then(|| replaced(kind, i));
    names.iter().enumerate().map(replacement).collect()
}

fn replaced(kind: &str, i: usize) -> String {
    format!("{kind} {}", i + 1)
}

/// Names as they are shown, and whether any had to be replaced by `kind` and a
/// number because the font cannot draw it.
pub fn names<'a>(kind: &str, names: impl Iterator<Item = &'a str>) -> (Vec<String>, bool) {
    let mut any = false;
    let shown = names
        .enumerate()
        .map(|(i, name)| {
            words::name(name).unwrap_or_else(|| {
                any = true;
                replaced(kind, i)
            })
        })
        .collect();
    (shown, any)
}

/// The labels of series: name, look, a remark below the name. Names take two
/// rows each where there is room for that in `height` pixels, else one.
pub fn labels(series: &[(String, Style, Option<String>)], height: f64) -> Vec<Label> {
    let wrapped = |rows: usize| -> Vec<Label> {
        series
            .iter()
            .map(|(name, style, remark)| Label::new(name, *style, remark.as_deref(), rows))
            .collect()
    };
    let two = wrapped(2);
    let mut labels =
        if two.iter().map(Label::height).sum::<f64>() <= height { two } else { wrapped(1) };
    tell_apart(series, &mut labels);
    labels
}

/// Numbers names that differ only in what was left out of them.
fn tell_apart(series: &[(String, Style, Option<String>)], labels: &mut [Label]) {
    let heads: Vec<Vec<String>> = labels.iter().map(Label::name).collect();
    for (i, label) in labels.iter_mut().enumerate() {
        let alike = (0..heads.len()).any(|j| heads[j] == heads[i] && series[j].0 != series[i].0);
        if alike && let Some(row) = label.rows.first_mut() {
            row.0 = words::fit(&format!("{}: {}", i + 1, row.0), NAME_SIZE, ROOM);
        }
    }
}

impl Label {
    fn new(name: &str, style: Style, remark: Option<&str>, most_rows: usize) -> Self {
        let names = words::wrap(name, NAME_SIZE, ROOM, most_rows);
        let remarks =
            remark.map(|text| words::wrap(text, REMARK_SIZE, ROOM, most_rows)).unwrap_or_default();
        let rows = names
            .into_iter()
            .map(|row| (row, NAME_SIZE, DARK))
            .chain(remarks.into_iter().map(|row| (row, REMARK_SIZE, MUTED)))
            .collect();
        Self { rows, style, end: None }
    }

    fn name(&self) -> Vec<String> {
        self.rows.iter().filter(|row| row.2 == DARK).map(|row| row.0.clone()).collect()
    }

    /// How wide the text is, pixels.
    pub fn width(&self) -> f64 {
        self.rows.iter().map(|(text, size, _)| text_width(text, *size)).fold(0.0, f64::max)
    }

    fn height(&self) -> f64 {
        self.rows.iter().map(|row| row_height(row.2)).sum::<f64>() + BETWEEN
    }
}

fn row_height(ink: Ink) -> f64 {
    if ink == DARK { NAME_ROW } else { REMARK_ROW }
}

/// Draws the labels; how many found no room.
pub fn draw(canvas: &mut Canvas, plot: Rect, labels: &[Label]) -> usize {
    let wanted: Vec<Wanted> = labels
        .iter()
        .map(|label| Wanted {
            middle: label.end.map_or(plot.bottom, |at| at.1),
            height: label.height(),
        })
        .collect();
    let places = layout::stack(&wanted, plot.top - 20.0, plot.bottom + 20.0);
    for (label, place) in labels.iter().zip(&places) {
        let Some(middle) = *place else { continue };
        let ink = label.style.ink;
        let mut row = middle - label.height() / 2.0 + BETWEEN / 2.0 + NAME_ROW / 2.0;
        let bend = plot.right + 32.0;
        let text = plot.right + LEADER;
        if let Some(at) = label.end {
            if at.0 < plot.right - 1.0 {
                // Sparse, lest it look like the line going on level.
                lines::dotted(canvas, ((at.0 + 12.0, at.1), (plot.right, at.1)), 12.0, 1.5, ink);
            }
            canvas.line((plot.right + 4.0, at.1), (bend, row), 1.5, ink);
        }
        canvas.line((bend, row), (bend + 30.0, row), LINE, ink);
        canvas.shape(label.style.shape, (bend + 15.0, row), 8.0, ink);
        let mut height = NAME_ROW;
        for (i, (line, size, colour)) in label.rows.iter().enumerate() {
            if i > 0 {
                row += f64::midpoint(height, row_height(*colour));
            }
            height = row_height(*colour);
            canvas.text(line, text, row, *size, *colour);
        }
    }
    places.iter().filter(|place| place.is_none()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(names: &[&str]) -> Vec<(String, Style, Option<String>)> {
        names
            .iter()
            .enumerate()
            .map(|(i, name)| ((*name).to_owned(), Style::of(i, false), None))
            .collect()
    }

    #[test]
    fn names_are_whole_while_there_is_room() {
        let name = "Orders in one table, order lines collected under the customer";
        let eight = labels(&described(&[name; 8]), 700.0);
        assert!(eight.iter().all(|label| label.name().join(" ") == name));
        let twenty = labels(&described(&[name; 20]), 700.0);
        assert!(twenty.iter().all(|label| label.name().len() == 1 && label.width() <= ROOM));
    }

    #[test]
    fn names_that_look_alike_when_shortened_are_numbered() {
        let both =
            ["A", "B"].map(|which| format!("{}{which}{}", "Orders".repeat(10), "lines".repeat(10)));
        let shown = labels(&described(&[&both[0], &both[1], "Design C"]), 700.0);
        assert!(shown[0].rows[0].0.starts_with("1: ") && shown[1].rows[0].0.starts_with("2: "));
        assert_eq!(shown[2].rows[0].0, "Design C");
    }

    #[test]
    fn a_name_the_font_cannot_draw_becomes_a_number() {
        let both = ["Design A", "設計B"].map(str::to_owned);
        let (shown, any) = names("series", both.iter().map(String::as_str));
        assert_eq!((shown, any), (vec!["Design A".to_owned(), "series 2".to_owned()], true));
        assert_eq!(replacements("series", &both), [None, Some("series 2".to_owned())]);
    }
}
