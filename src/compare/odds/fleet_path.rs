//! A sharded fleet as load grows: shards are bought ahead of the load, are not
//! merged again, and are paid for twice while data moves between them.

/// A move of data to more shards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reshard {
    /// Months from today at which the new shards are ready.
    pub month: f64,
    /// Shards before.
    pub from: u64,
    /// Shards after.
    pub to: u64,
    /// What the old ones cost a month while both are paid for, USD.
    pub old_monthly_usd: f64,
}

/// What a fleet costs month by month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetPath {
    /// USD of each month; `None` where no fleet can be had.
    pub usd: Vec<Option<f64>>,
    /// When it was divided anew.
    pub reshards: Vec<Reshard>,
}

/// The path over `months`, from today on. `sized` is the cheapest fleet for the
/// load of a month, by its position, with at least so many shards: its shards and
/// USD a month. For `overlap` months the old shards are paid for beside the new.
pub fn fleet_path(
    months: &[f64],
    overlap: f64,
    mut sized: impl FnMut(usize, u64) -> Option<(u64, f64)>,
) -> FleetPath {
    let mut path = FleetPath::default();
    let mut before: Option<(u64, f64)> = None;
    for (at, month) in months.iter().enumerate() {
        let fleet = sized(at, before.map_or(1, |(shards, _)| shards));
        if let (Some((from, usd)), Some((to, _))) = (before, fleet)
            && to != from
        {
            path.reshards.push(Reshard { month: *month, from, to, old_monthly_usd: usd });
        }
        // What of the old shards' time falls into the month that begins here.
        let twice: f64 = path
            .reshards
            .iter()
            .map(|one| one.old_monthly_usd * (one.month + overlap - month).clamp(0.0, 1.0))
            .sum();
        path.usd.push(fleet.map(|(_, usd)| usd + twice));
        before = fleet.or(before);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shards at $100 for loads of 1, 1, 3, 2 and 3, ready as asked: two more in the
    /// third month, none merged in the fourth. Both fleets are paid for in one month
    /// and a half: $100 more in the third, half of it in the fourth.
    #[test]
    fn shards_are_kept_and_paid_for_twice_while_data_moves() {
        let loads = [1, 1, 3, 2, 3];
        #[expect(clippy::cast_precision_loss, reason = "single digits")]
        let sized = |at: usize, least: u64| {
            let shards = loads[at].max(least);
            Some((shards, 100.0 * shards as f64))
        };
        let path = fleet_path(&[0.0, 1.0, 2.0, 3.0, 4.0], 1.5, sized);
        let usd = [100.0, 100.0, 400.0, 350.0, 300.0].map(Some);
        assert_eq!(path.usd, usd);
        let reshard = Reshard { month: 2.0, from: 1, to: 3, old_monthly_usd: 100.0 };
        assert_eq!(path.reshards, [reshard]);
        assert_eq!(fleet_path(&[0.0, 1.0], 0.0, sized).usd, [Some(100.0); 2]);
    }

    #[test]
    fn a_month_without_a_fleet_has_no_price() {
        let path = fleet_path(&[0.0, 1.0, 2.0], 1.0, |at, _| (at != 1).then_some((2, 50.0)));
        assert_eq!(path.usd, [Some(50.0), None, Some(50.0)]);
        assert!(path.reshards.is_empty());
    }
}
