//! STUB
use crate::units::Bytes;
use super::*;
/// STUB
#[derive(Clone, Debug, PartialEq)]
pub struct SizeDistribution { points: Vec<(Bytes, f64)> }
impl SizeDistribution {
    /// s
    #[must_use] pub fn from_points(points: impl IntoIterator<Item=(Bytes,f64)>) -> Self { Self { points: points.into_iter().collect() } }
    /// s
    #[must_use] pub fn mean_bytes(&self) -> f64 { self.points.iter().map(|(b,w)| b.get() as f64*w).sum() }
    /// s
    #[must_use] pub fn expected_write_units(&self) -> f64 { self.points.iter().map(|(b,w)| write(None,Some(*b)).as_f64()*w).sum() }
    /// s
    #[must_use] pub fn expected_read_units(&self, c: Consistency) -> f64 { self.points.iter().map(|(b,w)| read(*b,c).as_f64()*w).sum() }
    /// s
    #[must_use] pub fn expected_query_read_units(&self, items: f64, c: Consistency) -> f64 { let f = read(Bytes::ZERO,c).as_f64(); ((self.mean_bytes()*items/4096.0)+0.5).max(1.0)*f }
}
