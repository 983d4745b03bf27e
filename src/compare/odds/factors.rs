use crate::compare::uncertainty::FactorRange;
use crate::finding::Origin;
use crate::scenario::{UncertainInput, UncertaintySettings};

/// A range of an input as it is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct InputRange {
    /// The input.
    pub input: UncertainInput,
    /// The range of the factor on it.
    pub range: FactorRange,
    /// Where the range comes from.
    pub origin: Origin,
}

/// The ranges in the order of [`UncertainInput::ALL`]. `cpu_range` is how well
/// the model of Postgres knows its CPU, where the plan does not say.
pub fn input_ranges(settings: &UncertaintySettings, cpu_range: (f64, f64)) -> Vec<InputRange> {
    UncertainInput::ALL
        .into_iter()
        .map(|input| {
            let stated = settings.range(input);
            let (low, high) = stated.value.unwrap_or(cpu_range);
            InputRange {
                input,
                range: FactorRange::new(low, high).unwrap_or(FactorRange::KNOWN),
                origin: stated.origin.clone(),
            }
        })
        .collect()
}

/// A factor on each input: one draw, in the order of [`UncertainInput::ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors<'a>(&'a [f64]);

impl<'a> Factors<'a> {
    /// One draw.
    pub const fn new(drawn: &'a [f64]) -> Self {
        Self(drawn)
    }

    /// The factor on an input.
    pub const fn on(self, input: UncertainInput) -> f64 {
        self.0[input as usize]
    }
}

/// The highest peak over mean that a plan can state.
const PEAK_TO_MEAN_MAX: f64 = 1000.0;

/// Peak over mean under a factor: the busiest minute is no quieter than the
/// mean, and within what a plan can state.
pub fn peak_to_mean(today: f64, factor: f64) -> f64 {
    (today * factor).clamp(1.0, today.max(PEAK_TO_MEAN_MAX))
}
