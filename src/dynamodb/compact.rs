//! Long values written as runs: `{"S$": [["z", 7997]]}` for text,
//! `{"B$": [["ff", 300]]}` for bytes in hexadecimal.
//!
//! Not a form of DynamoDB's: recordings of large items use it to stay small.

use crate::json::{Json, Node};

use super::limits::ITEM_BYTES_MAX;

/// A fault and the value it is at.
pub(super) type Fault<'n> = (&'n Node, String);

/// The text that the runs make.
pub(super) fn text(node: &Node) -> Result<String, Fault<'_>> {
    let mut text = String::new();
    for node in runs(node)? {
        let (unit, count) = run(node)?;
        check_length(node, text.len(), unit.len(), count)?;
        text.push_str(&unit.repeat(count));
    }
    Ok(text)
}

/// The bytes that the runs make.
pub(super) fn bytes(node: &Node) -> Result<Vec<u8>, Fault<'_>> {
    let mut bytes = Vec::new();
    for node in runs(node)? {
        let (unit, count) = run(node)?;
        let byte = u8::from_str_radix(unit, 16)
            .map_err(|_| (node, format!("\"{unit}\" is no byte in hexadecimal")))?;
        check_length(node, bytes.len(), 1, count)?;
        bytes.resize(bytes.len() + count, byte);
    }
    Ok(bytes)
}

fn runs(node: &Node) -> Result<&[Node], Fault<'_>> {
    node.as_array().ok_or_else(|| (node, format!("a list of runs, not {}", node.kind())))
}

fn run(node: &Node) -> Result<(&str, usize), Fault<'_>> {
    if let Some([unit, Node { json: Json::Number(count), .. }]) = node.as_array()
        && let (Some(unit), Ok(count)) = (unit.as_str(), count.parse())
    {
        return Ok((unit, count));
    }
    Err((node, "a run such as [\"z\", 100] should be here".to_owned()))
}

/// Refuses a value larger than any item before it takes up memory.
fn check_length(node: &Node, length: usize, unit: usize, count: usize) -> Result<(), Fault<'_>> {
    let expanded = unit.saturating_mul(count).saturating_add(length);
    match u64::try_from(expanded) {
        Ok(expanded) if expanded <= ITEM_BYTES_MAX => Ok(()),
        _ => Err((node, format!("this run makes a value of more than {ITEM_BYTES_MAX} bytes"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Diagnostics;
    use crate::json::{Text, parse};

    fn node(text: &str) -> Node {
        parse(&Text::file("f", text), &mut Diagnostics::default()).unwrap()
    }

    #[test]
    fn runs_are_joined_in_order() {
        assert_eq!(text(&node(r#"[["z",3],["é",2],["",9]]"#)).unwrap(), "zzzéé");
        assert_eq!(bytes(&node(r#"[["ff",2],["00",1]]"#)).unwrap(), [0xff, 0xff, 0]);
        assert_eq!(text(&node("[]")).unwrap(), "");
    }

    #[test]
    fn refuses_malformed_and_absurd_runs() {
        for (runs, fault) in [
            ("{}", "a list of runs, not an object"),
            (r#"[["z"]]"#, "a run such as"),
            (r#"[["z",-1]]"#, "a run such as"),
            (r#"["z"]"#, "a run such as"),
            (r#"[["z",409600],["z",1]]"#, "this run makes a value of more than 409600 bytes"),
            (r#"[["é",18446744073709551615]]"#, "this run makes"),
        ] {
            let runs = node(runs);
            let (_, what) = text(&runs).unwrap_err();
            assert!(what.starts_with(fault), "{what}");
        }
        assert!(bytes(&node(r#"[["fff",1]]"#)).is_err());
        assert!(bytes(&node(r#"[["0",99999999999]]"#)).is_err());
        assert!(text(&node(r#"[["z",409600]]"#)).is_ok());
    }
}
