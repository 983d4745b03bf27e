//! Cells of the CSV files that are written.

/// A text as a cell: quoted where CSV needs it, and with a `'` before what a
/// spreadsheet would take for a formula, the usual way to have it shown as text.
/// Names come from the input: `=cmd|'/c calc'!A1` is one that a trace may hold.
pub fn text_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let mark = if formula { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{mark}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::text_cell;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell) in [
            ("orders", "orders"),
            ("my,\"orders\"", "\"my,\"\"orders\"\"\""),
            ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("a=b-c", "a=b-c"),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }
}
