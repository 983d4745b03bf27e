//! The cheapest commitment, and the proof that there is none cheaper.
//!
//! The least cost over all plan commitments is a convex function of the two
//! numbers of blocks, so at every pair of numbers it has a supporting plane:
//! nowhere does the cost fall below it. The search keeps the planes of the
//! pairs it has looked at; where the highest plane is lowest no pair can cost
//! less than that plane says. When the best pair found costs no more, it is
//! the best of all (Kelley's cutting planes, over whole numbers).

use rust_decimal::Decimal;

use super::cost::{CommitmentCost, Model, block_units};
use super::hours::{self, Side, Slope};
use super::reasons::LastBlock;
use super::{Commitment, RESERVATION_BLOCK_UNITS, Reservation};
use crate::pricing::kinds::Direction;
use crate::units::Usd;

/// The cheapest commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestCommitment {
    /// What to buy.
    pub commitment: Commitment,
    /// What the usage costs with it.
    pub cost: CommitmentCost,
    /// What it costs with what was bought before and nothing new.
    pub cost_without: CommitmentCost,
    /// No commitment costs less than this over the period: the proof.
    pub lower_bound: Usd,
    /// How many supporting planes the proof needed.
    pub planes: usize,
    /// Why there are as many blocks as there are, by direction.
    pub reasons: Vec<LastBlock>,
    /// What could not be considered, and why.
    pub left_out: Vec<String>,
}

/// Two costs closer than this are taken to be equal: decimals have 28 digits,
/// and a plan that covers a part of an hour needs a division.
const EQUAL_WITHIN_USD: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// A plane below the cost: `at` at the pair, and its slopes.
struct Plane {
    pair: [u32; 2],
    at: Decimal,
    slope: [Decimal; 2],
}

impl Plane {
    fn height(&self, pair: [u32; 2]) -> Decimal {
        let along = |index: usize| {
            self.slope[index] * (Decimal::from(pair[index]) - Decimal::from(self.pair[index]))
        };
        self.at + along(0) + along(1)
    }
}

/// The cost of a pair of blocks with the best plan beside it.
pub(super) struct Point {
    plan: Decimal,
    pub(super) cost: CommitmentCost,
}

impl Model {
    /// The cheapest of all reservations and Savings Plan commitments.
    ///
    /// The plan's commitment is any amount; AWS's console takes it in steps of
    /// a tenth of a cent.
    #[must_use]
    pub fn optimise(&self) -> BestCommitment {
        let most = [self.most_blocks(0), self.most_blocks(1)];
        let mut pair = [self.blocks_without_plan(0, most[0]), self.blocks_without_plan(1, most[1])];
        let mut planes: Vec<Plane> = Vec::new();
        let mut best: Option<([u32; 2], Point)> = None;
        let lower_bound = loop {
            let point = self.with_best_plan(pair);
            planes.push(self.plane(pair, &point));
            if best.as_ref().is_none_or(|(_, best)| point.cost.total < best.cost.total) {
                best = Some((pair, point));
            }
            let (next, bound) = lowest(&planes, most);
            let reached = best.as_ref().map_or(Decimal::ZERO, |(_, best)| best.cost.total.get());
            if bound + EQUAL_WITHIN_USD >= reached || planes.iter().any(|p| p.pair == next) {
                break bound;
            }
            pair = next;
        };
        let (blocks, point) = best.expect("the search looks at one pair at least");
        BestCommitment {
            commitment: self.commitment(blocks, point.plan),
            cost: point.cost,
            cost_without: self.cost_of([0, 0], Decimal::ZERO, Decimal::ZERO),
            lower_bound: Usd::new(lower_bound),
            planes: planes.len(),
            reasons: self.reasons(blocks, &point),
            left_out: self.left_out.clone(),
        }
    }

    fn commitment(&self, blocks: [u32; 2], plan: Decimal) -> Commitment {
        let reservation = |(index, direction): (usize, &Direction)| {
            let offer = self.offers[index]?;
            (blocks[index] > 0).then_some(Reservation {
                direction: *direction,
                term: offer.term,
                blocks: blocks[index],
            })
        };
        Commitment {
            reservations: Direction::ALL.iter().enumerate().filter_map(reservation).collect(),
            plan_usd_per_hour: Usd::new(plan),
        }
    }

    /// More blocks than this would never be used.
    fn most_blocks(&self, index: usize) -> u32 {
        if self.offers[index].is_none() {
            return 0;
        }
        let peak = self.hours.iter().map(|hours| self.reservable(hours, index)).max();
        let above = (peak.unwrap_or_default() - self.sunk_units[index]).max(Decimal::ZERO);
        let blocks = (above / Decimal::from(RESERVATION_BLOCK_UNITS)).ceil();
        u32::try_from(blocks).unwrap_or(u32::MAX)
    }

    /// Where to begin: the best number of blocks if there were no plan, found
    /// by halving, since the cost is convex.
    fn blocks_without_plan(&self, index: usize, most: u32) -> u32 {
        let cost = |blocks: u32| {
            let mut pair = [0; 2];
            pair[index] = blocks;
            self.cost_of(pair, Decimal::ZERO, Decimal::ZERO).total
        };
        let (mut low, mut high) = (0, most);
        while low < high {
            let middle = low + (high - low) / 2;
            if cost(middle + 1) < cost(middle) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The plan that is best beside these blocks: where the slope, which only
    /// rises, is no longer below 0.
    pub(super) fn with_best_plan(&self, pair: [u32; 2]) -> Point {
        let mut slope = Decimal::ZERO;
        let mut kinks: Vec<(Decimal, Decimal)> = Vec::new();
        for hours in &self.hours {
            let left = self.left(hours, pair);
            let (at_zero, its_kinks) = hours::plan_kinks(&self.kinds, &left);
            slope += at_zero * hours.count;
            kinks.extend(its_kinks.into_iter().map(|(at, rise)| (at, rise * hours.count)));
        }
        kinks.sort();
        let mut plan = Decimal::ZERO;
        if self.plan {
            let mut kinks = kinks.into_iter();
            while slope < Decimal::ZERO {
                let Some((at, rise)) = kinks.next() else { break };
                plan = at;
                slope += rise;
            }
        }
        let upfront = |index: usize| {
            self.offers[index].map_or(Decimal::ZERO, |o| o.upfront * block_units(pair[index]))
        };
        Point { plan, cost: self.cost_of(pair, plan, upfront(0) + upfront(1)) }
    }

    fn plane(&self, pair: [u32; 2], point: &Point) -> Plane {
        let mut slope = self.slope(pair, point.plan, Side::Above);
        if slope.plan > Decimal::ZERO && !point.plan.is_zero() {
            // At a kink the plane that is level along the plan lies between the
            // planes of its two sides. (At 0 there is no other side, and none
            // is needed: commitments are not negative.)
            let below = self.slope(pair, point.plan, Side::Below);
            let share = slope.plan.checked_div(slope.plan - below.plan).unwrap_or(Decimal::ZERO);
            for index in 0..2 {
                slope.block[index] += (below.block[index] - slope.block[index]) * share;
            }
        }
        Plane { pair, at: point.cost.total.get(), slope: slope.block }
    }

    fn slope(&self, pair: [u32; 2], plan: Decimal, side: Side) -> Slope {
        let mut sum = Slope::default();
        for hours in &self.hours {
            let left = self.left(hours, pair);
            let slope = hours::slope(&self.kinds, &left, plan, side);
            sum.plan += slope.plan * hours.count;
            for index in 0..2 {
                sum.block[index] += slope.block[index] * hours.count;
            }
        }
        for index in 0..2 {
            let one_block = if index == 0 { [1, 0] } else { [0, 1] };
            sum.block[index] += self.reserved_hourly(one_block) * self.hour_count;
        }
        sum
    }
}

/// The pair of blocks where the highest of the planes is lowest, and how high
/// it is there.
fn lowest(planes: &[Plane], most: [u32; 2]) -> ([u32; 2], Decimal) {
    let height = |pair| planes.iter().map(|p| p.height(pair)).max().unwrap_or(Decimal::MIN);
    let mut best = ([0, 0], height([0, 0]));
    for reads in 0..=most[0] {
        // Convex along the other direction: halve.
        let (mut low, mut high) = (0, most[1]);
        while low < high {
            let middle = low + (high - low) / 2;
            if height([reads, middle + 1]) < height([reads, middle]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let here = height([reads, low]);
        if here < best.1 {
            best = ([reads, low], here);
        }
    }
    best
}
