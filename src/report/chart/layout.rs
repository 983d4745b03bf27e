//! Where labels go: pure arithmetic on boxes.

/// A place, or a width and a height, pixels.
pub type Point = (f64, f64);

/// A box, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Rect {
    /// The box of a given size around a point.
    pub fn around((x, y): (f64, f64), half_width: f64, half_height: f64) -> Self {
        Self {
            left: x - half_width,
            top: y - half_height,
            right: x + half_width,
            bottom: y + half_height,
        }
    }

    /// Whether the two share an area.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether the other lies inside.
    pub fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }

    /// The point of the box that is nearest to another point.
    pub fn nearest(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// The part of a straight line inside the box.
    pub fn clip(&self, from: (f64, f64), to: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut enter, mut leave) = (0.0f64, 1.0f64);
        for (run, room) in [
            (-dx, from.0 - self.left),
            (dx, self.right - from.0),
            (-dy, from.1 - self.top),
            (dy, self.bottom - from.1),
        ] {
            if run.abs() < 1e-12 {
                if room < 0.0 {
                    return None;
                }
            } else if run < 0.0 {
                enter = enter.max(room / run);
            } else {
                leave = leave.min(room / run);
            }
        }
        (enter <= leave).then_some((
            (from.0 + enter * dx, from.1 + enter * dy),
            (from.0 + leave * dx, from.1 + leave * dy),
        ))
    }
}

/// A line with fewer corners that is nowhere further than `tolerance` from the
/// given one (Ramer, Douglas and Peucker).
pub fn simplified(path: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let [first, .., last] = path else { return path.to_vec() };
    let mut keep = vec![false; path.len()];
    let mut open = vec![(0, path.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let furthest = (from + 1..to)
            .map(|i| (i, distance(path[i], path[from], path[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, far)) = furthest
            && far > tolerance
        {
            keep[i] = true;
            open.push((from, i));
            open.push((i, to));
        }
    }
    let inner = path.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(at, _)| *at);
    std::iter::once(*first).chain(inner).chain(std::iter::once(*last)).collect()
}

/// At most four points in each column of pixels: the first, the lowest, the
/// highest and the last, so that no peak is lost (the M4 reduction of
/// <https://doi.org/10.14778/2732951.2732953>).
pub fn thinned(points: &[Point]) -> Vec<Point> {
    let mut out = Vec::new();
    for column in points.chunk_by(|a, b| (a.0.floor() - b.0.floor()).abs() < 0.5) {
        let by_height = |a: &(usize, &Point), b: &(usize, &Point)| a.1.1.total_cmp(&b.1.1);
        let numbered = || column.iter().enumerate();
        let mut kept: Vec<usize> = [numbered().min_by(by_height), numbered().max_by(by_height)]
            .into_iter()
            .flatten()
            .map(|(i, _)| i)
            .chain([0, column.len() - 1])
            .collect();
        kept.sort_unstable();
        kept.dedup();
        out.extend(kept.into_iter().map(|i| column[i]));
    }
    out
}

/// How far a point is from the stretch between two others.
fn distance(at: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 {
        (((at.0 - from.0) * dx + (at.1 - from.1) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (at.0 - from.0 - share * dx).hypot(at.1 - from.1 - share * dy)
}

/// A label that wants to stand at a height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Where its middle would best be.
    pub middle: f64,
    /// How tall it is.
    pub height: f64,
}

/// Stacks labels between `top` and `bottom` without overlap, moving them as
/// little as possible and keeping their order. The middle of each, in the
/// order given; `None` for the last ones when there is no room for all.
pub fn stack(wanted: &[Wanted], top: f64, bottom: f64) -> Vec<Option<f64>> {
    let mut room = bottom - top;
    let mut order: Vec<usize> = Vec::new();
    for (i, label) in wanted.iter().enumerate() {
        if label.height <= room {
            room -= label.height;
            order.push(i);
        } else {
            break;
        }
    }
    order.sort_by(|&a, &b| wanted[a].middle.total_cmp(&wanted[b].middle).then(a.cmp(&b)));

    // Blocks of labels that touch: upper edge of the block, height, members.
    // A block stands where its members' wishes balance.
    let mut blocks: Vec<Block> = Vec::new();
    for &i in &order {
        let label = wanted[i];
        let mut block = Block {
            wishes: label.middle - label.height / 2.0,
            height: label.height,
            members: vec![i],
        };
        while let Some(above) = blocks.last() {
            if above.upper(top, bottom) + above.height <= block.upper(top, bottom) {
                break;
            }
            // A member's wish for its own upper edge is a wish for the
            // block's, less the height of the members above it.
            let offset = above.height;
            block.wishes = above.wishes + block.wishes - offset * block.count();
            block.height += offset;
            let mut members = above.members.clone();
            members.append(&mut block.members);
            block.members = members;
            blocks.pop();
        }
        blocks.push(block);
    }

    let mut places = vec![None; wanted.len()];
    for block in &blocks {
        let mut upper = block.upper(top, bottom);
        for &i in &block.members {
            places[i] = Some(upper + wanted[i].height / 2.0);
            upper += wanted[i].height;
        }
    }
    places
}

struct Block {
    /// Sum of the members' wishes for the upper edge of the block.
    wishes: f64,
    height: f64,
    members: Vec<usize>,
}

impl Block {
    #[expect(clippy::cast_precision_loss, reason = "a picture has few labels")]
    fn count(&self) -> f64 {
        self.members.len() as f64
    }

    fn upper(&self, top: f64, bottom: f64) -> f64 {
        (self.wishes / self.count()).min(bottom - self.height).max(top)
    }
}

/// Puts a label of a given size (width, height) beside each point, inside `frame`, clear of
/// `taken` and of one another. A label that also is clear of `avoid` is
/// preferred, then a near one; `None` where no place is left.
pub fn beside(
    points: &[(Point, Point)],
    distance: f64,
    frame: Rect,
    taken: &[Rect],
    avoid: &[Rect],
) -> Vec<Option<Rect>> {
    let mut placed: Vec<Option<Rect>> = Vec::new();
    for &(at, size) in points {
        let free: Vec<Rect> = [1.0, 2.5, 4.5]
            .into_iter()
            .flat_map(|times| places(at, size, distance * times))
            .filter(|place| {
                frame.holds(place)
                    && !taken
                        .iter()
                        .chain(placed.iter().flatten())
                        .any(|other| other.overlaps(place))
            })
            .collect();
        let hits = |place: &Rect| avoid.iter().filter(|other| other.overlaps(place)).count();
        placed.push(free.into_iter().min_by_key(hits));
    }
    placed
}

/// Eight places around a point, the usual ones first.
fn places((x, y): (f64, f64), (width, height): (f64, f64), distance: f64) -> Vec<Rect> {
    let (right, left) = (x + distance, x - distance - width);
    let (below, above) = (y + distance, y - distance - height);
    [
        (left, above),
        (right, below),
        (right, above),
        (left, below),
        (x - width / 2.0, above - distance),
        (x - width / 2.0, below + distance),
        (right + distance, y - height / 2.0),
        (left - distance, y - height / 2.0),
    ]
    .into_iter()
    .map(|(left, top)| Rect { left, top, right: left + width, bottom: top + height })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_with_room_stay_where_they_want_to_be() {
        let wanted =
            [Wanted { middle: 300.0, height: 20.0 }, Wanted { middle: 100.0, height: 20.0 }];
        assert_eq!(stack(&wanted, 0.0, 400.0), [Some(300.0), Some(100.0)]);
    }

    #[test]
    fn two_at_one_height_part_evenly() {
        let wanted = [Wanted { middle: 200.0, height: 20.0 }; 2];
        assert_eq!(stack(&wanted, 0.0, 400.0), [Some(190.0), Some(210.0)]);
    }

    #[test]
    fn the_last_give_way_when_there_is_no_room() {
        let wanted = [Wanted { middle: 0.0, height: 60.0 }; 2];
        assert_eq!(stack(&wanted, 0.0, 100.0), [Some(30.0), None]);
    }

    #[test]
    fn a_line_is_cut_at_the_edge_not_bent() {
        let frame = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        assert_eq!(frame.clip((5.0, 5.0), (15.0, 25.0)), Some(((5.0, 5.0), (7.5, 10.0))));
        assert_eq!(frame.clip((11.0, 0.0), (12.0, 5.0)), None);
    }

    proptest! {
        #[test]
        fn a_simplified_line_stays_close(
            path in prop::collection::vec((0.0f64..100.0, 0.0f64..100.0), 0..30),
        ) {
            let simple = simplified(&path, 2.0);
            prop_assert!(simple.len() <= path.len());
            prop_assert_eq!(simple.first(), path.first());
            for at in &path {
                let near = simple.windows(2).any(|w| distance(*at, w[0], w[1]) <= 2.0 + 1e-9);
                prop_assert!(near || simple.len() < 2);
            }
        }

        #[test]
        fn thinning_keeps_every_peak(
            mut points in prop::collection::vec((0.0f64..40.0, 0.0f64..100.0), 1..400),
        ) {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let thin = thinned(&points);
            prop_assert!(thin.len() <= 160);
            let highest = |points: &[Point]| points.iter().map(|p| p.1).fold(0.0, f64::max);
            for column in 0..40 {
                let of = |points: &[Point]| -> Vec<Point> {
                    let (from, to) = (f64::from(column), f64::from(column + 1));
                    points.iter().copied().filter(|p| p.0 >= from && p.0 < to).collect()
                };
                let (all, kept) = (of(&points), of(&thin));
                prop_assert!((highest(&all) - highest(&kept)).abs() < 1e-12);
                prop_assert!(all.first() == kept.first() && all.last() == kept.last());
            }
        }

        #[test]
        fn stacked_labels_neither_overlap_nor_leave(
            wanted in prop::collection::vec((-500.0f64..1500.0, 5.0f64..70.0), 0..25),
        ) {
            let wanted: Vec<Wanted> =
                wanted.into_iter().map(|(middle, height)| Wanted { middle, height }).collect();
            let places = stack(&wanted, 0.0, 800.0);
            let mut boxes: Vec<(f64, f64)> = wanted
                .iter()
                .zip(&places)
                .filter_map(|(w, p)| p.map(|p| (p - w.height / 2.0, p + w.height / 2.0)))
                .collect();
            boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
            prop_assert!(boxes.iter().all(|b| b.0 >= -1e-6 && b.1 <= 800.0 + 1e-6));
            prop_assert!(boxes.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-6));
            let total: f64 = wanted.iter().map(|w| w.height).sum();
            prop_assert!(total > 800.0 || places.iter().all(Option::is_some));
        }

        #[test]
        fn labels_beside_points_neither_overlap_nor_leave(
            points in prop::collection::vec(
                ((0.0f64..1000.0, 0.0f64..800.0), (10.0f64..300.0, 10.0f64..40.0)), 0..25),
        ) {
            let frame = Rect { left: 0.0, top: 0.0, right: 1000.0, bottom: 800.0 };
            let taken = [Rect::around((500.0, 400.0), 100.0, 50.0)];
            let boxes: Vec<Rect> =
                beside(&points, 8.0, frame, &taken, &[]).into_iter().flatten().collect();
            for (i, one) in boxes.iter().enumerate() {
                prop_assert!(frame.holds(one) && !one.overlaps(&taken[0]));
                prop_assert!(boxes[i + 1..].iter().all(|other| !one.overlaps(other)));
            }
        }
    }
}
