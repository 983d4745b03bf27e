use super::super::Mark;
use super::*;

fn line(name: &str, points: Vec<(f64, f64)>) -> Series {
    Series { name: name.to_owned(), kind: SeriesKind::Line, points, band: None, ends: None }
}

fn chart(series: Vec<Series>) -> CostChart {
    CostChart {
        title: "Orders on DynamoDB against sharded Postgres".to_owned(),
        subtitle: "us-east-1, on-demand, price list of 2025-06-01".to_owned(),
        x_label: "Load, multiple of today's".to_owned(),
        x_axis: XAxis::Multiples,
        y_label: "Cost, USD per month".to_owned(),
        series,
        marks: Vec::new(),
        baseline: None,
    }
}

/// `count` lines from $3 to $30 M, some of every kind.
fn many(count: u32, name: &str) -> CostChart {
    let series = (0..count)
        .map(|i| {
            let growth = 0.3 + 0.15 * f64::from(i);
            let loads = (0..=60).map(|s| 10f64.powf(f64::from(s) / 20.0));
            let mut one = line(
                &format!("{name} {i}"),
                loads
                    .map(|x| {
                        (x, (3.0 * 6f64.powi(i32::try_from(i).unwrap()) * x.powf(growth)).min(3e7))
                    })
                    .collect(),
            );
            match i % 4 {
                1 => one.kind = SeriesKind::Dashed,
                2 => {
                    one.kind = SeriesKind::Step;
                    one.points = one.points.into_iter().step_by(6).collect();
                }
                3 => {
                    one.band =
                        Some(one.points.iter().map(|&(x, y)| (x, y * 0.7, y * 1.5)).collect())
                }
                _ => {}
            }
            if i == 5 {
                one.points.truncate(40);
                one.ends = Some("a shard cannot be larger than the largest instance".to_owned());
            }
            one
        })
        .collect();
    let mut chart = chart(series);
    chart.marks = (1..=6)
        .map(|i| Mark {
            x: 3.0 * 2f64.powi(i),
            y: 40.0 * 4f64.powi(i),
            label: format!("cheaper from {}x", 3 * (1 << i)),
        })
        .collect();
    chart.baseline = Some(("today's Postgres".to_owned(), 4_200.0));
    chart
}

/// Width, height and pixels.
fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

/// Draws, and checks what holds for every picture.
fn rendered(name: &str, chart: &CostChart) -> Vec<u8> {
    let bytes = png(chart);
    let (width, height, pixels) = decoded(&bytes);
    assert_eq!((width, height), (1600, 1000), "{name}");
    assert!(bytes.len() < 300_000, "{name}: {} bytes", bytes.len());
    assert!(pixels.iter().any(|&p| p < 100), "{name}: blank");
    bytes
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    let chart = many(3, "Design");
    assert_eq!(rendered("three", &chart), png(&chart));
}

#[test]
fn readable_from_no_line_to_many() {
    rendered("none", &chart(Vec::new()));
    rendered(
        "one",
        &chart(vec![line("Design A", vec![(1.0, 900.0), (10.0, 5_000.0), (100.0, 41_000.0)])]),
    );
    rendered("point", &chart(vec![line("Design A", vec![(1.0, 900.0)])]));
    rendered("eight", &many(8, "Design"));
    rendered("long", &many(8, "Orders in one table, lines collected under the customer,"));
    rendered("forty", &many(40, "Σχέδιο Вариант"));
}

#[test]
fn what_has_no_place_on_the_axes_is_left_out_with_a_note() {
    let whole = vec![(1.0, 10.0), (2.0, 20.0), (4.0, 30.0), (8.0, 90.0)];
    let plain = rendered("whole", &chart(vec![line("設計", whole.clone())]));
    let mut holed = whole;
    holed.extend([
        (f64::NAN, 1.0),
        (9.0, f64::NAN),
        (9.0, 0.0),
        (9.0, -3.0),
        (0.0, 5.0),
        (9.0, f64::INFINITY),
    ]);
    let mut holed = chart(vec![line("設計", holed)]);
    let noted = rendered("holed", &holed);
    assert_ne!(plain, noted);
    // The picture differs in its notes only.
    let (width, height, plain) = decoded(&plain);
    let above = (width * (height - 50) * 3) as usize;
    assert_eq!(plain[..above], decoded(&noted).2[..above]);

    holed.marks.push(Mark { x: f64::NAN, y: 0.0, label: "nowhere".to_owned() });
    holed.baseline = Some(("nothing".to_owned(), 0.0));
    holed.series[0].band = Some(vec![(1.0, 0.0, 5.0), (f64::NAN, 1.0, 2.0), (2.0, 9.0, 5.0)]);
    rendered("nothing", &holed);
}

#[test]
fn the_ends_of_what_a_double_holds_do_not_stop_it() {
    let ends = [f64::MIN_POSITIVE, 5e-324, 1e-300, 1.0, 1e300, f64::MAX];
    let points = ends.iter().map(|&v| (v, v)).collect();
    rendered("extreme", &chart(vec![line("Design A", points)]));
}

/// A month of 0 has a place, a load of 0 has none.
#[test]
fn time_begins_at_zero() {
    let lines_of = vec![line("one", vec![(0.0, 3.0), (12.0, 9.0)])];
    let mut over_time = chart(lines_of);
    over_time.x_axis = XAxis::Months;
    let lines = |of: &CostChart| -> Vec<Line> {
        of.series.iter().map(|series| Line::of(series, of.x_axis)).collect()
    };
    assert_eq!(lines(&over_time)[0].skipped, 0);
    assert_eq!(ranges(&over_time, &lines(&over_time)).0, (0.0, 12.0));
    let drawn = png(&over_time);
    over_time.x_axis = XAxis::Multiples;
    assert_eq!(lines(&over_time)[0].skipped, 1);
    assert_ne!(png(&over_time), drawn);
}
