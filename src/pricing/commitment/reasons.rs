//! Why a commitment has the blocks that it has.

use std::fmt;

use rust_decimal::Decimal;

use super::RESERVATION_BLOCK_UNITS;
use super::cost::{Model, block_units};
use super::search::Point;
use crate::pricing::kinds::Direction;
use crate::units::{Usd, percent};

/// The last block bought in a direction, or the first that was not worth it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastBlock {
    /// Reads or writes.
    pub direction: Direction,
    /// How many blocks are bought.
    pub blocks: u32,
    /// A unit pays if it is provisioned in at least this share of the hours
    /// (against list price; the plan raises it).
    pub break_even_share: Decimal,
    /// In how many hours of the period the capacity reaches into the last block
    /// bought; `None` if none is.
    pub hours_used: Option<Decimal>,
    /// The share of the last block's unit-hours that is used.
    pub share_used: Option<Decimal>,
    /// The share of the next block's unit-hours that would be used.
    pub share_of_next: Decimal,
    /// The capacity in the hour that decides: the busiest hours down to this
    /// one are as many as a unit must be used in to pay.
    pub marginal_hour_units: Decimal,
    /// What one block fewer would cost more over the period.
    pub one_fewer: Option<Usd>,
    /// What one block more would cost more over the period.
    pub one_more: Usd,
}

impl fmt::Display for LastBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} block{} of {RESERVATION_BLOCK_UNITS}; a unit pays from {} of the hours, and in \
             the hour that decides {} units are provisioned; ",
            self.direction.as_str(),
            self.blocks,
            if self.blocks == 1 { "" } else { "s" },
            percent(self.break_even_share),
            self.marginal_hour_units.round_dp(1).normalize(),
        )?;
        if let (Some(hours), Some(share), Some(fewer)) =
            (self.hours_used, self.share_used, self.one_fewer)
        {
            write!(
                f,
                "the last block is used in {hours} hours and to {}, the next would be to {}; one \
                 block fewer would cost {fewer} more, one more {} more",
                percent(share),
                percent(self.share_of_next),
                self.one_more
            )
        } else {
            write!(
                f,
                "the first block would be used to {} and would cost {} more",
                percent(self.share_of_next),
                self.one_more
            )
        }
    }
}

impl Model {
    pub(super) fn reasons(&self, blocks: [u32; 2], point: &Point) -> Vec<LastBlock> {
        let reason = |(index, direction): (usize, &Direction)| {
            let offer = self.offers[index]?;
            let price = self.kinds.iter().find(|k| k.reserved_by == Some(index))?.price;
            let with = |count: u32| {
                let mut pair = blocks;
                pair[index] = count;
                self.with_best_plan(pair).cost.total - point.cost.total
            };
            let count = blocks[index];
            let last = count.checked_sub(1);
            // Nothing to explain where capacity costs nothing.
            let break_even_share = offer.effective.checked_div(price)?;
            Some(LastBlock {
                direction: *direction,
                blocks: count,
                break_even_share,
                hours_used: last.map(|last| self.hours_above(index, last)),
                share_used: last.map(|last| self.share_used(index, last)),
                share_of_next: self.share_used(index, count),
                marginal_hour_units: self
                    .units_in_ranked_hour(index, (break_even_share * self.hour_count).ceil()),
                one_fewer: last.map(with),
                one_more: with(count + 1),
            })
        };
        Direction::ALL.iter().enumerate().filter_map(reason).collect()
    }

    /// In how many hours the capacity reaches above so many blocks.
    fn hours_above(&self, index: usize, blocks: u32) -> Decimal {
        let floor = self.sunk_units[index] + block_units(blocks);
        let above = self.hours.iter().filter(|hours| self.reservable(hours, index) > floor);
        above.map(|hours| hours.count).sum()
    }

    /// The share of a block's unit-hours that is used, the block being the one
    /// above so many.
    fn share_used(&self, index: usize, blocks: u32) -> Decimal {
        let floor = self.sunk_units[index] + block_units(blocks);
        let block = Decimal::from(RESERVATION_BLOCK_UNITS);
        let used: Decimal = self
            .hours
            .iter()
            .map(|hours| {
                let units = (self.reservable(hours, index) - floor).max(Decimal::ZERO).min(block);
                units * hours.count
            })
            .sum();
        used / (block * self.hour_count)
    }

    /// The capacity in the hour of this rank, the busiest being the first.
    fn units_in_ranked_hour(&self, index: usize, rank: Decimal) -> Decimal {
        let mut ranked: Vec<(Decimal, Decimal)> =
            self.hours.iter().map(|h| (self.reservable(h, index), h.count)).collect();
        ranked.sort_by(|a, b| b.cmp(a));
        let mut passed = Decimal::ZERO;
        for (units, count) in ranked {
            passed += count;
            if passed >= rank {
                return units;
            }
        }
        Decimal::ZERO
    }
}
