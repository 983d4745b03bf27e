//! `report.html`: the report as one page that needs no network.
//!
//! The page carries `report.json` as data. The verdict, what costs least at each
//! load and what that rests on stand in the text itself, so that a mail program
//! that runs no scripts shows them; the rest is filled in by the page's script, as
//! text and never as markup.

mod answer;

use serde_json::Value;

use crate::visible::visible_lines;

const PAGE_CSS: &str = include_str!("assets/page.css");
const TOOLS_JS: &str = include_str!("assets/tools.js");
const CHARTS_JS: &str = include_str!("assets/charts.js");
const PAGE_JS: &str = include_str!("assets/page.js");
const CHART_CSS: &str = include_str!("assets/uPlot.min.css");
const CHART_JS: &str = include_str!("assets/uPlot.iife.min.js");
const CHART_LICENCE: &str = include_str!("assets/uPlot.LICENSE");

/// The page of a report, given the text of its `report.json`. The same report
/// gives the same bytes.
///
/// # Errors
/// If the text is not JSON.
pub fn page(report_json: &str) -> Result<String, serde_json::Error> {
    let report: Value = serde_json::from_str(report_json)?;
    let text = |at: &str| escaped(report.pointer(at).and_then(Value::as_str).unwrap_or(""));
    let scenario = text("/manifest/scenario");
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{scenario}: DynamoDB designs and Postgres</title>\n\
         <style>\n{CHART_CSS}\n{PAGE_CSS}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"over\">{scenario} · prices of {region}, {date}</p>\n\
         <h1>{sentence}</h1>\n{answer}<p>{basis}</p>\n</header>\n\
         <main id=\"main\"><noscript><p>The figures below the verdict need JavaScript; \
         report.json holds them all.</p></noscript></main>\n\
         <script type=\"application/json\" id=\"report\">{data}</script>\n\
         <script>\n/*\n{CHART_LICENCE}\n*/\n{CHART_JS}\n</script>\n\
         <script>\n\"use strict\";\n(() => {{\n{TOOLS_JS}{CHARTS_JS}{PAGE_JS}}})();\n</script>\n</body>\n</html>\n",
        region = text("/manifest/region"),
        date = text("/manifest/price_book/date"),
        sentence = text("/verdict/sentence"),
        answer = answer::table(&report),
        basis = text("/verdict/basis"),
        data = inert(&report.to_string()),
    ))
}

/// Text as it may stand in markup; what would act or hide in it is shown.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in visible_lines(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// JSON that no markup can end, whose strings show what would act or hide in
/// them: outside strings none of these characters occurs, and inside them JSON has
/// an escape for each.
fn inert(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let json = visible_lines(json);
    let mut rest = json.chars();
    while let Some(c) = rest.next() {
        match c {
            '<' | '>' | '&' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            // The escape of a control character becomes the text of that escape.
            '\\' => {
                let escaped = rest.next().unwrap_or('\\');
                safe.push_str(if matches!(escaped, 'u' | 'b' | 'f') { "\\\\" } else { "\\" });
                safe.push(escaped);
            }
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOSTILE: &str = "select '</script><img src=x onerror=alert(1)>' -- <!-- &";

    fn data(page: &str) -> &str {
        let start = page.find("id=\"report\">").unwrap() + "id=\"report\">".len();
        let end = page[start..].find("</script>").unwrap();
        &page[start..start + end]
    }

    #[test]
    fn hostile_text_stays_data() {
        let report = json!({
            "verdict": { "sentence": HOSTILE, "basis": HOSTILE },
            "manifest": { "scenario": HOSTILE },
            "workload": { "patterns": [{ "sql": HOSTILE }] },
        });
        let page = page(&report.to_string()).unwrap();
        assert!(!page.contains("<img"), "markup of the report's text is in the page");
        assert_eq!(serde_json::from_str::<Value>(data(&page)).unwrap(), report);
    }

    #[test]
    fn what_acts_or_hides_is_shown() {
        let hidden = "a\u{202e}b\u{1b}[2J\u{8}\u{2028}\n\\u202e \"";
        let shown = "a\\u202eb\\u001b[2J\\b\\u2028\n\\u202e \"";
        let report = json!({ "verdict": { "sentence": hidden }, "names": { hidden: [hidden] } });
        let page = page(&report.to_string()).unwrap();
        let told: Value = serde_json::from_str(data(&page)).unwrap();
        assert_eq!(told["names"], json!({ shown: [shown] }));
        assert!(page.contains("<h1>a\\u202eb\\u001b[2J\\u0008\\u2028\n"), "{page:.2000}");
        assert!(!page.contains(['\u{202e}', '\u{1b}', '\u{2028}']));
    }

    #[test]
    fn nothing_is_fetched() {
        let page = page("{}").unwrap();
        for fetches in [" src=", " href=", "@import", "url(", "fetch(", "XMLHttpRequest"] {
            assert!(!page.contains(fetches), "the page has {fetches}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert!(page("{").is_err());
    }
}
