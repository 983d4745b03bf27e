//! `report.html` in a browser.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use ddbplan::report::html;
use serde_json::{Value, json};

use super::chromium::{DESK, Look, ask, printed};

/// The sample's `report.json`, made once.
fn sample() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| {
        let out = tempfile::tempdir().expect("a folder can be made");
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/notifications");
        let output = Command::new(env!("CARGO_BIN_EXE_ddbplan"))
            .arg("compare")
            .arg(scenario)
            .arg("--out")
            .arg(out.path())
            .arg("--json")
            .output()
            .expect("ddbplan runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it prints JSON")
    })
}

fn page(report: &Value) -> String {
    html::page(&report.to_string()).expect("the report is JSON")
}

/// What a script says in the sample's page, in which nothing goes wrong.
fn said(browser: &Path, look: Look, script: &str) -> Value {
    let answer = ask(browser, &page(sample()), look, script);
    assert_eq!(answer["wrong"], json!([]), "in the page");
    assert_eq!(answer["fetched"], json!([]), "nothing is fetched");
    answer["said"].clone()
}

/// Every section is there, with its charts drawn, and nothing is wrong or fetched.
pub fn everything_is_drawn(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "return { sections: [...document.querySelectorAll('main section')].map((one) => one.id), \
         charts: [...document.querySelectorAll('canvas')].filter((one) => one.width > 0).length };",
    );
    let expected = [
        "costs",
        "growth",
        "crossovers",
        "sensitivity",
        "breakdown",
        "amplification",
        "busiest-day",
        "utilisation",
        "postgres",
        "move",
        "coverage",
        "findings",
        "statements",
        "assumptions",
        "manifest",
    ];
    assert_eq!(said["sections"], json!(expected));
    // Costs twice, three of bars, the day, and a tornado at 1x and at 8x.
    assert_eq!(said["charts"], 8);
}

/// The sliders move over computed figures: of the load to the last of the range,
/// of the months to the horizon.
pub fn sliders_change_the_figures(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const result = {};
         for (const id of ['load', 'month']) {
           const slider = document.getElementById(id);
           const figures = () => document.getElementById(id + '-figures').textContent;
           const before = figures();
           slider.value = slider.max;
           slider.dispatchEvent(new Event('input'));
           result[id] = { before, after: figures(),
             shown: document.getElementById(id + '-shown').textContent,
             spoken: slider.getAttribute('aria-valuetext') };
         }
         return result;",
    );
    let text = |id: &str, field: &str| said[id][field].as_str().expect("a text").to_owned();
    let fleet = sample()["postgres"]["monthly_usd"].as_str().expect("money");
    let fleet = grouped(fleet.parse().expect("a number"));
    assert!(text("load", "before").contains(&fleet), "{}", text("load", "before"));
    // The last load of the plan's range, at which the fleet has no price.
    let curves = sample()["curves"].as_array().expect("curves");
    let best = curves.iter().find(|one| one["name"] == "user-partition-compact, auto-scaled");
    let points = best.expect("the cheapest design")["points"].as_array().expect("points");
    let last = points.last().expect("a point");
    assert_eq!(last[0], 1000.0);
    let design = grouped(last[1].as_f64().expect("money"));
    assert!(text("load", "after").contains(&design), "{}", text("load", "after"));
    assert_eq!(text("load", "shown"), "1000x");
    assert_eq!(text("load", "spoken"), "1000x");
    assert_ne!(text("month", "before"), text("month", "after"));
    assert!(text("month", "shown").starts_with("month 12"), "{}", text("month", "shown"));
}

/// Growth moves the load to the computed one that is nearest: 20 % a month over 12
/// months are 1.2^12 = 8.92, and of 20 loads to a factor of ten 10^0.95 = 8.91.
pub fn growth_moves_the_load(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const slider = document.getElementById('growth-rate');
         slider.value = 20;
         slider.dispatchEvent(new Event('input'));
         return { load: document.getElementById('load-shown').textContent,
           grown: slider.getAttribute('aria-valuetext') };",
    );
    assert_eq!(said, json!({ "load": "8.91x", "grown": "20 %: 8.92x" }));
}

/// At first each design is shown under its best mode, with both kinds of Postgres;
/// all three modes of the three designs if one asks for them.
pub fn every_mode_is_shown_if_asked(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const counted = () => ['#load-chart .u-legend .u-series', '#load-figures tbody tr']
           .map((which) => document.querySelectorAll(which).length);
         const before = counted();
         document.getElementById('load-every').click();
         return { before, after: counted() };",
    );
    assert_eq!(said, json!({ "before": [5, 5], "after": [11, 11] }));
}

/// What a reader without scripts sees: the sentence, and a row for each load that
/// was asked about.
pub fn the_answer_needs_no_script(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "return { rows: [...document.querySelectorAll('header .answer tbody tr')].map((row) =>
             [...row.children].slice(0, 3).map((one) => one.textContent).join(' | ')),
           inside: document.querySelector('header').scrollWidth <= innerWidth };",
    );
    let rows = said["rows"].as_array().expect("rows");
    let usd = sample()["verdict"]["at"][1]["design"]["monthly_usd"].as_f64().expect("money");
    let eight = format!("8x | user-partition-compact, auto-scaled | {} or more", grouped(usd));
    assert_eq!(rows[1], json!(eight));
    assert_eq!(rows.len(), 4);
    assert_eq!(said["inside"], true);
}

/// Names that the PNG files show as numbers are told on the page.
pub fn replaced_names_have_a_legend(browser: &Path) {
    let mut report = sample().clone();
    report["pictures"]["replaced_names"] =
        json!([{ "picture": "cost_curve.png", "shown": "series 3", "name": "設計, auto-scaled" }]);
    let answer = ask(
        browser,
        &page(&report),
        DESK,
        "return [...document.querySelectorAll('#replaced td')].map((one) => one.textContent);",
    );
    assert_eq!(answer["wrong"], json!([]));
    assert_eq!(answer["said"], json!(["cost_curve.png", "series 3", "設計, auto-scaled"]));
}

/// `$29,239`.
fn grouped(usd: f64) -> String {
    let digits = format!("{usd:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("${text}")
}

/// Names and statements are customers': whatever is in them is shown as text.
pub fn hostile_text_stays_text(browser: &Path) {
    const HOSTILE: &str = "select '</script><img src=x onerror=\"wrong.push(1)\">' -- <!-- \u{2028}\u{202e} & \
                           <b>bold</b>";
    let mut report = sample().clone();
    for pattern in report["workload"]["patterns"].as_array_mut().expect("patterns") {
        pattern["sql"] = json!(HOSTILE);
    }
    for place in ["/verdict/sentence", "/verdict/basis", "/manifest/scenario"] {
        *report.pointer_mut(place).expect("it is there") = json!(HOSTILE);
    }
    report["designs"][0]["name"] = json!(HOSTILE);
    report["curves"][0]["name"] = json!(HOSTILE);
    report["findings"][0]["what"] = json!(HOSTILE);
    report["pictures"]["cost_breakdown"]["bars"][0]["name"] = json!(HOSTILE);
    let answer = ask(
        browser,
        &page(&report),
        DESK,
        "return { markup: document.querySelectorAll('main img, main b, header img, header b').length, \
         title: document.querySelector('h1').textContent, \
         shown: document.querySelector('#statements code').textContent };",
    );
    assert_eq!(answer["wrong"], json!([]));
    // What acts on a terminal or turns text around is spelled out.
    let shown = HOSTILE.replace('\u{2028}', "\\u2028").replace('\u{202e}', "\\u202e");
    assert_eq!(answer["said"], json!({ "markup": 0, "title": shown, "shown": shown }));
}

/// Statements are sorted by a column either way, and searched.
pub fn statements_are_sorted_and_searched(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const part = document.getElementById('statements');
         const column = (n) => [...part.querySelectorAll('tbody tr')]
           .map((row) => Number(row.children[n].textContent.replaceAll(',', '')));
         const button = part.querySelectorAll('th button')[1];
         button.click();
         const up = column(1);
         button.click();
         const down = column(1);
         const sorted = part.querySelectorAll('th')[1].getAttribute('aria-sort');
         const search = document.getElementById('search');
         search.value = 'UPDATE notif';
         search.dispatchEvent(new Event('input'));
         const found = [...part.querySelectorAll('code')].map((one) => one.textContent);
         return { up, down, sorted, found };",
    );
    let numbers = |field: &str| -> Vec<f64> {
        let all = said[field].as_array().expect("a list");
        all.iter().map(|one| one.as_f64().expect("a number")).collect()
    };
    let (up, down) = (numbers("up"), numbers("down"));
    assert!(up.len() > 10 && up.is_sorted() && down.is_sorted_by(|a, b| a >= b), "{up:?}");
    assert_eq!(said["sorted"], "descending");
    let found = said["found"].as_array().expect("a list");
    assert!(!found.is_empty() && found.len() < up.len());
    let update =
        |one: &Value| one.as_str().is_some_and(|text| text.to_lowercase().contains("update notif"));
    assert!(found.iter().all(update), "{found:?}");
}

/// A click on a name hides its line, and hides the part of a bar; so does Enter.
pub fn lines_are_hidden_by_their_names(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const result = {};
         for (const id of ['load-chart', 'breakdown-chart']) {
           const names = document.getElementById(id).querySelectorAll('.u-legend .u-series');
           const name = names[1].querySelector('th');
           const seen = () => [names[1].classList.contains('u-off'), name.getAttribute('aria-pressed')];
           name.click();
           const clicked = seen();
           name.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
           result[id] = [clicked, seen()];
         }
         return result;",
    );
    let both = json!([[true, "false"], [false, "true"]]);
    assert_eq!(said, json!({ "load-chart": both, "breakdown-chart": both }));
}

/// Everything that does something is reached by the keyboard, and named.
pub fn controls_are_reached_by_keyboard(browser: &Path) {
    let said = said(
        browser,
        DESK,
        "const controls = [...document.querySelectorAll('input, button, summary, a, [role=button]')]
           .filter((one) => one.matches('summary') || !one.closest('details:not([open])'));
         const reached = controls.filter((one) => { one.focus(); return document.activeElement === one; });
         const unnamed = [...document.querySelectorAll('input')]
           .filter((one) => one.labels.length === 0).map((one) => one.id);
         return { all: controls.length, reached: reached.length, unnamed,
           kinds: ['load', 'growth-rate', 'month'].map((id) => document.getElementById(id).type) };",
    );
    assert!(said["all"].as_u64().expect("a count") > 10, "{said}");
    assert_eq!(said["all"], said["reached"]);
    assert_eq!(said["unnamed"], json!([]));
    // The browser's own sliders take arrow keys.
    assert_eq!(said["kinds"], json!(["range", "range", "range"]));
}

/// Nothing reaches beyond the page at the width of a desk or of a telephone: what
/// is wider is scrolled by itself.
pub fn nothing_is_wider_than_the_page(browser: &Path) {
    for width in [1280, 400] {
        let said = said(
            browser,
            Look { width, ..DESK },
            "return { page: document.documentElement.scrollWidth, window: innerWidth, \
             smallest: Math.min(...[...document.querySelectorAll('p, td, li')] \
               .map((one) => parseFloat(getComputedStyle(one).fontSize))) };",
        );
        let number = |field: &str| said[field].as_f64().expect("a number");
        assert!(number("page") <= number("window"), "at {width}: {said}");
        assert!(number("smallest") >= 10.0, "at {width}: {said}");
    }
}

/// Dark where the reader likes it dark, with letters that stand out either way.
pub fn light_and_dark_are_readable(browser: &Path) {
    for dark in [false, true] {
        let said = said(
            browser,
            Look { dark, ..DESK },
            "const light = (colour) => {
               const [r, g, b] = colour.match(/\\d+/g).map((one) => {
                 const part = Number(one) / 255;
                 return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
               });
               return 0.2126 * r + 0.7152 * g + 0.0722 * b;
             };
             const ground = light(getComputedStyle(document.body).backgroundColor);
             const contrast = (one) => {
               const ink = light(getComputedStyle(one).color);
               return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
             };
             return { dark: ground < 0.2,
               least: Math.min(...[...document.querySelectorAll('h1, p, td, li, a, caption, .severity')].map(contrast)) };",
        );
        assert_eq!(said["dark"], dark);
        // WCAG 2.2, 1.4.3: 4.5 for text of ordinary size.
        assert!(said["least"].as_f64().expect("a number") >= 4.5, "{said}");
    }
}

/// It prints, on more than a page.
pub fn it_prints(browser: &Path) {
    let pdf = printed(browser, &page(sample()));
    assert!(pdf.starts_with(b"%PDF"));
    let pages = String::from_utf8_lossy(&pdf).matches("/Type /Page\n").count();
    assert!(pages > 3, "{pages} pages, {} bytes", pdf.len());
}
