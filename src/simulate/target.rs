use std::fmt;

use crate::finding::Diagnostic;

/// Target utilisation of an auto-scaling policy, in whole percent from 20 to
/// 90, the range Application Auto Scaling takes for DynamoDB (Amazon DynamoDB
/// Developer Guide, "Managing throughput capacity automatically with DynamoDB
/// auto scaling").
///
/// A type of its own because 0.7 and 70 are easily confused, and confusing them
/// provisions a hundredfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetPercent(u8);

impl TargetPercent {
    /// What the console proposes.
    pub const CONSOLE_DEFAULT: Self = Self(70);
    /// The lowest target.
    pub const LOWEST: u8 = 20;
    /// The highest target.
    pub const HIGHEST: u8 = 90;

    /// `percent`, if it is from 20 to 90.
    #[must_use]
    pub const fn new(percent: u8) -> Option<Self> {
        if percent >= Self::LOWEST && percent <= Self::HIGHEST { Some(Self(percent)) } else { None }
    }

    /// Every target there is, in rising order.
    pub fn all() -> impl Iterator<Item = Self> {
        (Self::LOWEST..=Self::HIGHEST).map(Self)
    }

    /// Reads what a person typed.
    ///
    /// # Errors
    /// Says that a whole percentage from 20 to 90 is wanted, and for a fraction
    /// such as `0.7` which one was probably meant.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        if let Some(target) = text.parse().ok().and_then(Self::new) {
            return Ok(target);
        }
        let fault = Diagnostic::new(format!(
            "target utilisation `{text}` is not a percentage from 20 to 90"
        ))
        .why("auto scaling of DynamoDB takes whole percent from 20 to 90");
        let fraction = text.parse::<f64>().ok().filter(|f| (0.2..=0.9).contains(f));
        Err(match fraction {
            Some(fraction) => fault.mend(format!("write {:.0} for {text}", fraction * 100.0)),
            None => fault.mend("write for example 70"),
        })
    }

    /// The percentage.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }

    /// The utilisation, in percent, below which capacity may be taken away: 20
    /// points under the target (70 -> 50; AWS re:Post, "How does auto scaling
    /// work on my DynamoDB table?"), but never under 10 %, half of the lowest
    /// target. Without the floor a target of 20 % would scale in below 0 %,
    /// that is never; no published text says what AWS does there.
    #[must_use]
    pub const fn scale_in_below_percent(self) -> u8 {
        let below = self.0 - 20;
        if below < 10 { 10 } else { below }
    }
}

impl fmt::Display for TargetPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_refused_with_the_percentage_it_meant() {
        let fault = TargetPercent::parse("0.7").unwrap_err();
        assert_eq!(fault.mend.as_deref(), Some("write 70 for 0.7"));
        for text in ["19", "91", "70.5", "-70", "", "seventy"] {
            assert!(TargetPercent::parse(text).is_err(), "{text}");
        }
        assert_eq!(TargetPercent::parse("70"), Ok(TargetPercent::CONSOLE_DEFAULT));
    }

    /// 50 for 70, not 58.3 (= 70 / 1.2) as one simulator has it.
    #[test]
    fn scale_in_lies_twenty_points_under_the_target() {
        let below = |percent| TargetPercent::new(percent).unwrap().scale_in_below_percent();
        assert_eq!((below(70), below(90), below(30), below(20)), (50, 70, 10, 10));
    }
}
