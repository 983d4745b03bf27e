use crate::capture;

/// What is known about a capture as its plan is first written.
#[derive(Clone, Debug, Default)]
pub struct Stands {
    /// The Region, if the person importing said it.
    pub region: Option<String>,
    /// How the exports were read.
    pub capture: capture::Settings,
    /// The capture covers whole days, so that its busiest interval may be taken
    /// for the peak.
    pub whole_days: bool,
}

/// A `plan.toml` to begin with: everything that nobody has said is named under
/// `assumed`, so every report says so until a person has looked at it.
#[must_use]
pub fn starter_plan(stands: &Stands) -> String {
    let mut assumed = vec![
        "load.capture_represents",
        "load.peak_to_mean",
        "load.horizon_months",
        "load.growth_per_month",
        "dynamodb.target_utilization_percent",
        "dynamodb.reads",
        "dynamodb.pitr",
        "postgres.cpu_target_percent",
    ];
    if stands.region.is_none() {
        assumed.insert(0, "region");
    }
    let listed: String = assumed.iter().map(|id| format!("    \"{id}\",\n")).collect();
    let region = toml::Value::from(stands.region.as_deref().unwrap_or("us-east-1"));
    let (represents, peak) = if stands.whole_days {
        ("whole_day", "# peak_to_mean is taken from the busiest interval of the capture.\n")
    } else {
        ("average", "peak_to_mean = 3.0\n")
    };
    let listed =
        if stands.whole_days { listed.replace("    \"load.peak_to_mean\",\n", "") } else { listed };
    format!(
        "# What this scenario is compared under. The values named in `assumed` were
# filled in, not measured; every report says so. Look at each, correct it, and
# take it off the list.
region = {region}
assumed = [
{listed}]

{capture}[load]
# What the rates of the capture stand for: average, peak or whole_day.
capture_represents = \"{represents}\"
# Load of the busiest minute over the mean of the month.
{peak}horizon_months = 12
# 0.03 is 3 % a month.
growth_per_month = 0.0
# How long new rows are kept; without it they are kept for the whole horizon.
# retention_days = 30
range = [1, 100]

[dynamodb]
target_utilization_percent = 70
reads = \"eventual\"
pitr = true

[postgres]
cpu_target_percent = 60
",
        capture = super::capture::text(&stands.capture),
    )
}

#[cfg(test)]
mod tests {
    use crate::capture::Counting;
    use crate::units::Timestamp;

    use super::super::{CaptureRepresents, Settings};
    use super::*;

    #[test]
    fn all_that_nobody_said_is_assumed() {
        let (settings, assumptions) =
            Settings::read("plan.toml", &starter_plan(&Stands::default())).unwrap();
        assert_eq!(settings.load.capture_represents.value, CaptureRepresents::Average);
        let told: Vec<&str> =
            assumptions.iter().filter(|one| !one.assumed).map(|one| one.id.as_str()).collect();
        assert_eq!(told, ["load.range"]);
    }

    #[test]
    fn how_the_exports_were_read_is_kept() {
        let capture = capture::Settings {
            database: Some("a \"b\"".to_owned()),
            counting: Some(Counting::IntervalFrom),
            at: Timestamp::parse("2026-11-23T06:48:18Z"),
            every_micros: Some(60_500_000),
        };
        let stands = Stands {
            region: Some("eu-west-1".to_owned()),
            capture: capture.clone(),
            whole_days: true,
        };
        let (settings, assumptions) = Settings::read("plan.toml", &starter_plan(&stands)).unwrap();
        assert_eq!(settings.capture, capture);
        assert_eq!(settings.load.capture_represents.value, CaptureRepresents::WholeDay);
        assert!(!assumptions.iter().find(|one| one.id == "region").unwrap().assumed);
    }
}
