/// Draws an index with given weights from one 64-bit random number (Walker's
/// alias method, as built by Vose, "A Linear Algorithm for Generating Random
/// Numbers with a Given Distribution", 1991).
///
/// Weights are kept to a resolution of 2^-32 of a slot, far below what any
/// replay can tell.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    keep_below: u32,
    index: u32,
    otherwise: u32,
}

impl Alias {
    /// `None` without a positive, finite sum of non-negative weights, or with
    /// more than 2^32 of them.
    pub(super) fn new(weights: &[f64]) -> Option<Self> {
        let count = u32::try_from(weights.len()).ok()?;
        let sum: f64 = weights.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) || weights.iter().any(|weight| *weight < 0.0) {
            return None;
        }
        // Scaled so that a slot holds 1.
        let mut left: Vec<f64> = weights.iter().map(|w| w / sum * f64::from(count)).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..count).partition(|&i| left[at(i)] < 1.0);
        let mut slots = Vec::with_capacity(weights.len());
        while let (Some(&less), Some(&more)) = (small.last(), large.last()) {
            small.pop();
            slots.push(Slot { keep_below: part(left[at(less)]), index: less, otherwise: more });
            left[at(more)] -= 1.0 - left[at(less)];
            if left[at(more)] < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        // What remains is full up to rounding.
        for index in small.into_iter().chain(large) {
            slots.push(Slot { keep_below: u32::MAX, index, otherwise: index });
        }
        Some(Self { slots })
    }

    /// The index for a uniform random number.
    #[inline]
    pub(super) fn pick(&self, random: u64) -> u32 {
        let (high, low) = (random >> 32, random & u64::from(u32::MAX));
        let slot = usize::try_from((high * self.slots.len() as u64) >> 32).unwrap_or(0);
        let slot = self.slots[slot];
        if low < u64::from(slot.keep_below) { slot.index } else { slot.otherwise }
    }
}

fn at(index: u32) -> usize {
    usize::try_from(index).expect("32 bits fit an index")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 0 to 1 of 2^32; the cast saturates"
)]
fn part(share: f64) -> u32 {
    (share * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weight of each index, summed over all slots.
    #[test]
    fn slots_hold_exactly_the_weights() {
        let weights = [5.0, 0.0, 1.0, 3.0, 0.5, 0.5];
        let alias = Alias::new(&weights).unwrap();
        let mut held = [0.0; 6];
        for slot in &alias.slots {
            let keep = f64::from(slot.keep_below) / 4_294_967_296.0;
            held[at(slot.index)] += keep / 6.0;
            held[at(slot.otherwise)] += (1.0 - keep) / 6.0;
        }
        assert!(held.iter().zip(weights).all(|(h, w)| (h - w / 10.0).abs() < 1e-8), "{held:?}");
        assert!(Alias::new(&[]).is_none() && Alias::new(&[-1.0, 2.0]).is_none());
    }
}
