use std::thread;

use super::{Costs, Draws};

/// The costs of every draw, in their order. Each is worked out by itself, so the
/// number of threads changes nothing but the time.
#[must_use]
pub fn costs_of(
    draws: &Draws,
    threads: usize,
    cost: impl Fn(&[f64]) -> Costs + Sync,
) -> Vec<Costs> {
    let each = draws.factors.len().div_ceil(threads.max(1)).max(1);
    let cost = &cost;
    thread::scope(|scope| {
        let running: Vec<_> = draws
            .factors
            .chunks(each)
            .map(|part| scope.spawn(move || part.iter().map(|one| cost(one)).collect::<Vec<_>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|one| one.join().expect("a panic in a cost is passed on"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::FactorRange;
    use super::*;

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let draws = Draws::new(&[FactorRange::new(0.5, 2.0).unwrap()], 3, 7);
        let cost = |factors: &[f64]| vec![vec![Some(factors[0].sin()), None]];
        let one = costs_of(&draws, 1, cost);
        assert_eq!(one.len(), draws.factors.len());
        for threads in [0, 2, 7, 100] {
            assert_eq!(costs_of(&draws, threads, cost), one);
        }
    }
}
