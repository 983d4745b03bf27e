//! What costs least at each load, as a table that needs no script.

use serde_json::Value;

use super::escaped;
use crate::report::text::rounded;

/// Cells of text, and of amounts.
const TEXT: &str = "<td>";
const NUMBER: &str = "<td class=\"number\">";

/// The table of the loads that were asked about; nothing if there are none.
pub fn table(report: &Value) -> String {
    let at = report.pointer("/verdict/at").and_then(Value::as_array);
    let rows: String =
        at.into_iter().flatten().filter_map(|at| row(report, at)).collect::<Vec<_>>().concat();
    if rows.is_empty() {
        return rows;
    }
    let head: String = [
        ("load", false),
        ("cheapest design", false),
        ("USD a month", true),
        ("cheapest Postgres", false),
        ("USD a month", true),
        ("design cheaper", true),
    ]
    .map(|(title, number)| {
        let class = if number { " class=\"number\"" } else { "" };
        format!("<th scope=\"col\"{class}>{title}</th>")
    })
    .concat();
    format!(
        "<div class=\"wide\"><table class=\"answer\">\n<thead><tr>{head}</tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>\n"
    )
}

fn row(report: &Value, at: &Value) -> Option<String> {
    let load = at["load"].as_f64()?;
    let today = (load - 1.0).abs() < 1e-9;
    let when = if today { "today".to_owned() } else { format!("{load}x") };
    let usd = |side: &str| at[side]["monthly_usd"].as_f64();
    let (design, postgres) = (usd("design"), usd("postgres"));
    let cheaper = match (design, postgres) {
        (Some(design), Some(postgres)) => {
            Some(if design <= postgres { "design" } else { "postgres" })
        }
        _ => None,
    };
    let refuse = at["all_designs_refuse"].as_bool() == Some(true);
    let or_more = |key: &str| if at[key].as_bool() == Some(true) { " or more" } else { "" };
    let no_fleet = at["no_postgres"].as_str().unwrap_or("no fleet is known");
    let side = |side: &str, missing: &str, more: &str| {
        let least = if cheaper == Some(side) { " class=\"least\"" } else { "" };
        let product = at[format!("{side}_product")].as_str();
        let product = product.map_or(String::new(), |product| format!(" ({product})"));
        let name = at[side]["name"]
            .as_str()
            .map_or(escaped(missing), |name| escaped(&format!("{name}{product}")));
        let amount = usd(side).map_or("-".to_owned(), |usd| escaped(&rounded(usd)) + more);
        format!("{TEXT}<span{least}>{name}</span></td>{NUMBER}<span{least}>{amount}</span></td>")
    };
    let none = if refuse { "every one refuses part of this load" } else { "none has a price" };
    Some(format!(
        "<tr>{TEXT}{when}</td>{}{}{NUMBER}{}</td></tr>\n",
        side("design", none, or_more("design_is_lower_bound")),
        side("postgres", no_fleet, or_more("postgres_is_lower_bound")),
        share(report, load).map_or("-".to_owned(), |share| format!("in {share} of draws"))
    ))
}

/// In how many draws the design is cheaper at a load.
fn share(report: &Value, load: f64) -> Option<String> {
    let all = report.pointer("/uncertainty/tornado")?.as_array()?;
    let at = all.iter().find(|at| at["load"].as_f64().is_some_and(|l| (l - load).abs() < 1e-9))?;
    at["design_cheaper_share_of_draws"].as_f64().map(crate::compare::percent_of_draws)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_load_has_its_row_and_nothing_is_markup() {
        let report = json!({
            "verdict": { "at": [
                { "load": 1.0, "design": { "name": "<b>A</b>", "monthly_usd": 824.58 },
                  "design_is_lower_bound": true, "postgres": { "name": "sharded", "monthly_usd": 316.3 },
                  "postgres_product": "RDS", "postgres_is_lower_bound": true },
                { "load": 100.0, "design": null, "all_designs_refuse": true, "postgres": null,
                  "no_postgres": "it ends at 12x" },
            ] },
            "uncertainty": { "tornado": [{ "load": 1.0, "design_cheaper_share_of_draws": 0.0025 }] },
        });
        let table = table(&report);
        for part in [
            "<td>today</td><td><span>&lt;b&gt;A&lt;/b&gt;</span></td>",
            "<span>$825 or more</span>",
            "<td><span class=\"least\">sharded (RDS)</span></td>",
            "<span class=\"least\">$316 or more</span>",
            "<td class=\"number\">in 0.2 % of draws</td>",
            "<td>100x</td><td><span>every one refuses part of this load</span></td>",
            "<td><span>it ends at 12x</span></td>",
        ] {
            assert!(table.contains(part), "{part} in {table}");
        }
        assert_eq!(super::table(&json!({})), "");
    }
}
