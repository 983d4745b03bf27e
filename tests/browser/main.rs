//! Tests of `report.html` in a real browser.
//!
//! Where Chromium is not installed they say so and are reported as ignored; with
//! `CI=true` they fail instead.
#![expect(clippy::print_stderr, reason = "a test harness tells what it leaves out")]
#![expect(clippy::disallowed_methods, reason = "pages are laid out on the disk")]

mod chromium;
mod page;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// A test that is given the browser.
type BrowserTest = fn(&Path);

const TESTS: &[(&str, BrowserTest)] = &[
    ("page::everything_is_drawn", page::everything_is_drawn),
    ("page::sliders_change_the_figures", page::sliders_change_the_figures),
    ("page::growth_moves_the_load", page::growth_moves_the_load),
    ("page::every_mode_is_shown_if_asked", page::every_mode_is_shown_if_asked),
    ("page::the_answer_needs_no_script", page::the_answer_needs_no_script),
    ("page::replaced_names_have_a_legend", page::replaced_names_have_a_legend),
    ("page::hostile_text_stays_text", page::hostile_text_stays_text),
    ("page::statements_are_sorted_and_searched", page::statements_are_sorted_and_searched),
    ("page::lines_are_hidden_by_their_names", page::lines_are_hidden_by_their_names),
    ("page::controls_are_reached_by_keyboard", page::controls_are_reached_by_keyboard),
    ("page::nothing_is_wider_than_the_page", page::nothing_is_wider_than_the_page),
    ("page::light_and_dark_are_readable", page::light_and_dark_are_readable),
    ("page::it_prints", page::it_prints),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let browser = chromium::binary();
    if browser.is_none() {
        eprintln!("Chromium is not installed: tests of the page cannot run");
    }
    let tests = TESTS
        .iter()
        .map(|&(name, test)| {
            let browser = browser.clone();
            let missing = browser.is_none();
            let run = move || match &browser {
                Some(browser) => {
                    test(browser);
                    Ok(())
                }
                None => Err(Failed::from("Chromium is not installed")),
            };
            let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            Trial::test(name, run).with_ignored_flag(missing && !in_ci)
        })
        .collect();
    libtest_mimic::run(&arguments, tests).exit_code()
}
