//! Headless Chromium with one page, and what the page says of itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Put before everything else of a page: gathers what goes wrong in it.
const WATCH: &str = r#"<script>
window.wrong = [];
addEventListener("error", (event) => wrong.push("error: " + event.message));
addEventListener("unhandledrejection", (event) => wrong.push("rejected: " + event.reason));
addEventListener("securitypolicyviolation", (event) => wrong.push("refused: " + event.blockedURI));
for (const level of ["error", "warn"]) {
  console[level] = (...said) => wrong.push(level + ": " + said.join(" "));
}
</script>"#;

/// How a page is looked at.
#[derive(Clone, Copy)]
pub struct Look {
    /// Width of the window, pixels.
    pub width: u32,
    /// The reader prefers dark pages.
    pub dark: bool,
}

/// A window as on a desk.
pub const DESK: Look = Look { width: 1280, dark: false };

/// The browser, if it is installed.
pub fn binary() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
        })
        .map(PathBuf::from)
}

/// Opens a page and runs `script` in it once everything is drawn: the body of an
/// asynchronous function; what it returns comes back as JSON, with `wrong` beside
/// it.
pub fn ask(browser: &Path, page: &str, look: Look, script: &str) -> Value {
    let folder = TempDir::new().expect("a folder can be made");
    let asking = format!(
        "<script>\naddEventListener('load', async () => {{\n\
         const said = await (async () => {{\n{script}\n}})().catch((error) => {{\n\
         wrong.push('script: ' + error.message); return null; }});\n\
         const fetched = performance.getEntriesByType('resource').map((one) => one.name);\n\
         parent.postMessage(JSON.stringify({{ said, wrong, fetched }}), '*');\n}});\n</script>"
    );
    let head = page.find("<head>").expect("a page has a head") + "<head>".len();
    let end = page.rfind("</body>").expect("a page has a body");
    let watched = format!("{}{WATCH}{}{asking}{}", &page[..head], &page[head..end], &page[end..]);
    // A frame is as narrow as one likes, which a window is not.
    let frame = format!(
        "<!DOCTYPE html><meta name=\"color-scheme\" content=\"light dark\"><body style=\"margin:0\">\
         <pre id=\"said\"></pre>\
         <iframe src=\"page.html\" style=\"border:0;width:{}px;height:900px\"></iframe>\
         <script>addEventListener('message', (event) => {{\
         document.getElementById('said').textContent = encodeURIComponent(event.data); }});\
         </script></body>",
        look.width
    );
    fs::write(folder.path().join("page.html"), watched).expect("the page can be written");
    fs::write(folder.path().join("frame.html"), frame).expect("the frame can be written");
    let dom = run(browser, folder.path(), look, "--dump-dom", "frame.html");
    let said = between(&dom, "<pre id=\"said\">", "</pre>");
    assert!(!said.is_empty(), "the page says nothing: {dom}");
    serde_json::from_str(&percent_decoded(said)).expect("the page answers in JSON")
}

/// Prints a page: the bytes of the PDF.
pub fn printed(browser: &Path, page: &str) -> Vec<u8> {
    let folder = TempDir::new().expect("a folder can be made");
    fs::write(folder.path().join("page.html"), page).expect("the page can be written");
    let pdf = folder.path().join("page.pdf");
    run(browser, folder.path(), DESK, &format!("--print-to-pdf={}", pdf.display()), "page.html");
    fs::read(pdf).expect("the page was printed")
}

fn run(browser: &Path, folder: &Path, look: Look, task: &str, page: &str) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"])
        // The tests may run as root, under which its sandbox does not start.
        .arg("--no-sandbox")
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!look.dark)))
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(["--window-size=1400,1000", "--virtual-time-budget=10000"])
        .arg(task)
        .arg(format!("file://{}", folder.join(page).display()))
        .output()
        .expect("the browser starts");
    assert!(
        output.status.success(),
        "the browser failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).map_or(text.len(), |at| at + from.len());
    let length = text[start..].find(to).unwrap_or(0);
    &text[start..start + length]
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
