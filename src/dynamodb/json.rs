//! Items as the API writes them: each value under the name of its type, such
//! as `{"id": {"S": "a"}, "n": {"N": "12"}}`.
//!
//! Developer Guide, "DynamoDB low-level API", "Data type descriptors". What
//! DynamoDB would refuse is refused here, each fault with its place. Long text
//! and bytes may also be written as runs, `{"S$": [["z", 7997]]}` and
//! `{"B$": [["ff", 300]]}`, as recordings do.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::finding::{Diagnostic, Diagnostics};
use crate::json::{Json, Member, Node, Text};

use super::compact;
use super::item::{Item, Value};
use super::limits::{ITEM_BYTES_MAX, NESTING_LEVELS_MAX};
use super::number::Number;
use super::settings::NumberSize;

/// Reads an item; what is wrong with it goes to `found`, all of it.
#[must_use]
pub fn item(node: &Node, text: &Text<'_>, found: &mut Diagnostics) -> Option<Item> {
    let mut reader = Reader { text, found };
    let Some(members) = node.as_object() else {
        let what =
            format!("an item should be here, as an object of attributes, not {}", node.kind());
        return reader.refuse(node, what);
    };
    let attributes = reader.attributes(members, 1)?;
    let item: Item = attributes.into_iter().collect();
    let bytes = item.bytes(NumberSize::default()).get();
    if bytes > ITEM_BYTES_MAX {
        reader.found.push(
            Diagnostic::new(format!("this item takes {bytes} bytes"))
                .at(text.place(node.span.start))
                .why(format!("DynamoDB stores items of at most {ITEM_BYTES_MAX} bytes (400 KB)"))
                .mend("split it, compress it, or keep the large part elsewhere"),
        );
        return None;
    }
    Some(item)
}

/// Whether this is an attribute value by its shape: one type name over content
/// of the right kind.
#[must_use]
pub fn is_value(node: &Node) -> bool {
    let Some([Member { key, value, .. }]) = node.as_object() else {
        return false;
    };
    match key.as_str() {
        "S" | "N" | "B" => value.as_str().is_some(),
        "BOOL" | "NULL" => value.as_bool().is_some(),
        "SS" | "NS" | "BS" | "L" | "S$" | "B$" => value.as_array().is_some(),
        "M" => value.as_object().is_some_and(|map| map.iter().all(|m| is_value(&m.value))),
        _ => false,
    }
}

struct Reader<'a, 't> {
    text: &'a Text<'t>,
    found: &'a mut Diagnostics,
}

impl Reader<'_, '_> {
    /// The members of an item or a map, `level` levels below the item's top.
    fn attributes(&mut self, members: &[Member], level: usize) -> Option<BTreeMap<String, Value>> {
        let values: Vec<Option<(String, Value)>> = members
            .iter()
            .map(|member| {
                if level == 1 && member.key.is_empty() {
                    return self.refuse(&member.value, "an attribute's name may not be empty");
                }
                Some((member.key.clone(), self.value(&member.value, level)?))
            })
            .collect();
        values.into_iter().collect()
    }

    fn value(&mut self, node: &Node, level: usize) -> Option<Value> {
        let members = match &node.json {
            Json::Object(members) => members.as_slice(),
            _ => {
                let what = format!("an attribute value should be here, not {}", node.kind());
                return self.refuse_value(node, what);
            }
        };
        let [Member { key, key_start, value }] = members else {
            let what =
                format!("an attribute value has exactly one type, this has {}", members.len());
            return self.refuse_value(node, what);
        };
        match key.as_str() {
            "S" => self.string(value).map(|text| Value::String(text.to_owned())),
            "N" => self.number(value).map(Value::Number),
            "B" => self.binary(value).map(Value::Binary),
            "BOOL" => match value.as_bool() {
                Some(truth) => Some(Value::Bool(truth)),
                None => self.refuse(value, "true or false should be here"),
            },
            "NULL" => match value.as_bool() {
                Some(true) => Some(Value::Null),
                _ => self.refuse(value, "NULL has no other content than true"),
            },
            "SS" => self
                .set(value, |reader, node| reader.string(node).map(str::to_owned))
                .map(Value::StringSet),
            "NS" => self.set(value, Self::number).map(Value::NumberSet),
            "BS" => self.set(value, Self::binary).map(Value::BinarySet),
            "L" | "M" if level > NESTING_LEVELS_MAX => {
                let what = format!("nested more than {NESTING_LEVELS_MAX} levels deep");
                self.refuse(node, what)
            }
            "S$" => self.runs(compact::text(value)).map(Value::String),
            "B$" => self.runs(compact::bytes(value)).map(Value::Binary),
            "L" => self.list(value, level).map(Value::List),
            "M" => match value.as_object() {
                Some(members) => self.attributes(members, level + 1).map(Value::Map),
                None => self.refuse(value, format!("M holds an object, not {}", value.kind())),
            },
            _ => {
                self.found.push(
                    Diagnostic::new(format!("\"{key}\" is no type of DynamoDB"))
                        .at(self.text.place(*key_start))
                        .mend("the types are S, N, B, BOOL, NULL, SS, NS, BS, L and M"),
                );
                None
            }
        }
    }

    fn string<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        match node.as_str() {
            Some(text) => Some(text),
            None => self.refuse(node, format!("a string should be here, not {}", node.kind())),
        }
    }

    fn number(&mut self, node: &Node) -> Option<Number> {
        let Some(text) = node.as_str() else {
            let what = format!("a number in a string should be here, not {}", node.kind());
            return self.refuse(node, what);
        };
        text.parse().map_or_else(|error| self.refuse(node, format!("{error}")), Some)
    }

    fn binary(&mut self, node: &Node) -> Option<Vec<u8>> {
        let text = self.string(node)?;
        match BASE64.decode(text) {
            Ok(bytes) => Some(bytes),
            Err(error) => self.refuse(node, format!("this is no base64 text: {error}")),
        }
    }

    fn runs<T>(&mut self, value: Result<T, compact::Fault<'_>>) -> Option<T> {
        value.map_or_else(|(node, what)| self.refuse(node, what), Some)
    }

    fn list(&mut self, node: &Node, level: usize) -> Option<Vec<Value>> {
        let Some(elements) = node.as_array() else {
            return self.refuse(node, format!("L holds a list, not {}", node.kind()));
        };
        let values: Vec<_> = elements.iter().map(|node| self.value(node, level + 1)).collect();
        values.into_iter().collect()
    }

    fn set<T: Ord>(
        &mut self,
        node: &Node,
        element: impl Fn(&mut Self, &Node) -> Option<T>,
    ) -> Option<BTreeSet<T>> {
        let Some(nodes) = node.as_array() else {
            return self.refuse(node, format!("a set is a list of strings, not {}", node.kind()));
        };
        if nodes.is_empty() {
            return self.refuse(node, "a set may not be empty");
        }
        let mut set = BTreeSet::new();
        let mut is_whole = true;
        for node in nodes {
            let Some(value) = element(self, node) else {
                is_whole = false;
                continue;
            };
            if !set.insert(value) {
                self.refuse::<()>(node, "a set may not hold the same value twice");
                is_whole = false;
            }
        }
        is_whole.then_some(set)
    }

    fn refuse_value<T>(&mut self, node: &Node, what: String) -> Option<T> {
        self.found.push(
            Diagnostic::new(what)
                .at(self.text.place(node.span.start))
                .mend("write it under the name of its type, such as {\"S\": \"text\"}"),
        );
        None
    }

    fn refuse<T>(&mut self, node: &Node, what: impl Into<String>) -> Option<T> {
        self.found.push(Diagnostic::new(what).at(self.text.place(node.span.start)));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Item, Vec<String>> {
        let text = Text::file("f", text);
        let mut found = Diagnostics::default();
        let node = crate::json::parse(&text, &mut found);
        let item = node.and_then(|node| item(&node, &text, &mut found));
        let first = |d: &Diagnostic| d.to_string().lines().next().unwrap_or_default().to_owned();
        match item {
            Some(item) if found.0.is_empty() => Ok(item),
            _ => Err(found.0.iter().map(first).collect()),
        }
    }

    #[test]
    fn reads_every_type() {
        let item = read(
            r#"{"s":{"S":"é"},"n":{"N":"1.50"},"b":{"B":"AAE="},"t":{"BOOL":true},"z":{"NULL":true},
                "ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AA==",""]},
                "l":{"L":[{"S":"a"},{"L":[]}]},"m":{"M":{"":{"S":""}}}}"#,
        )
        .unwrap();
        assert_eq!(item.get("n"), Some(&Value::Number("1.5".parse().unwrap())));
        assert_eq!(item.get("b"), Some(&Value::Binary(vec![0, 1])));
        assert_eq!(item.get("z"), Some(&Value::Null));
        assert_eq!(
            item.get("m"),
            Some(&Value::Map([(String::new(), Value::String(String::new()))].into()))
        );
        // Names 1+1+1+1+1+2+2+2+1+1 = 13; values 2+3+2+1+1+2+4+1+(3+1+1+1+3)+(3+1+0+0).
        assert_eq!(
            item.bytes(NumberSize::default()).get(),
            13 + 2 + 3 + 2 + 1 + 1 + 2 + 4 + 1 + 9 + 4
        );
    }

    #[test]
    fn reads_runs_as_the_values_they_make() {
        let compact = read(r#"{"a":{"S$":[["z",3],["é",1]]},"l":{"L":[{"B$":[["00",2]]}]}}"#);
        assert_eq!(compact, read(r#"{"a":{"S":"zzzé"},"l":{"L":[{"B":"AAA="}]}}"#));
        let faults = read(r#"{"a":{"S$":[["z",409601]]}}"#).unwrap_err();
        assert_eq!(faults, ["f:1:13: this run makes a value of more than 409600 bytes"]);
    }

    #[test]
    fn the_order_of_sets_and_the_form_of_numbers_do_not_matter() {
        let a = read(r#"{"l":{"L":[{"SS":["a","b"]},{"NS":["1","2.0"]},{"BS":["AA==","AQ=="]}]}}"#);
        let b = read(r#"{"l":{"L":[{"SS":["b","a"]},{"NS":["2","1"]},{"BS":["AQ==","AA=="]}]}}"#);
        assert_eq!(a, b);
        let c = read(r#"{"l":{"L":[{"SS":["b","a"]},{"BS":["AQ==","AA=="]},{"NS":["2","1"]}]}}"#);
        assert_ne!(a, c);
    }

    #[test]
    fn every_fault_is_found_with_its_place() {
        let faults = read(
            "{\"a\": \"x\",\n \"b\": {\"S\":\"x\",\"N\":\"1\"},\n \"c\": {\"X\":1},\n \"d\": {\"N\":1},\n \
             \"e\": {\"N\":\"one\"},\n \"f\": {\"B\":\"A\"},\n \"g\": {\"SS\":[]},\n \
             \"h\": {\"NS\":[\"1\",\"1.0\"]},\n \"i\": {\"NULL\":false},\n \"j\": {\"L\":[{\"S\":1},{\"BOOL\":0}]},\n \
             \"k\": {\"M\":{\"é\":{\"M\":[]}}},\n \"\": {\"S\":\"\"},\n \"l\": {\"L\":{}},\n \"m\": {}}",
        )
        .unwrap_err();
        let expected = [
            "f:1:7: an attribute value should be here, not a string",
            "f:2:7: an attribute value has exactly one type, this has 2",
            "f:3:8: \"X\" is no type of DynamoDB",
            "f:4:12: a number in a string should be here, not a number",
            "f:5:12: this is no decimal number",
            "f:6:12: this is no base64 text",
            "f:7:13: a set may not be empty",
            "f:8:18: a set may not hold the same value twice",
            "f:9:15: NULL has no other content than true",
            "f:10:18: a string should be here, not a number",
            "f:10:29: true or false should be here",
            "f:11:22: M holds an object, not a list",
            "f:12:6: an attribute's name may not be empty",
            "f:13:12: L holds a list, not an object",
            "f:14:7: an attribute value has exactly one type, this has 0",
        ];
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{fault} should start with {expected}");
        }
    }

    #[test]
    fn thirty_two_levels_are_the_most() {
        let nested = |levels: usize| {
            format!("{{\"a\":{}{{\"S\":\"\"}}{}}}", "{\"L\":[".repeat(levels), "]}".repeat(levels))
        };
        assert!(read(&nested(32)).is_ok());
        assert_eq!(read(&nested(33)).unwrap_err(), ["f:1:198: nested more than 32 levels deep"]);
    }

    #[test]
    fn four_hundred_kilobytes_are_the_most() {
        let item = |bytes: usize| format!(" {{\"a\":{{\"S\":\"{}\"}}}}", "x".repeat(bytes - 1));
        assert_eq!(read(&item(409_600)).unwrap().bytes(NumberSize::default()).get(), 409_600);
        assert_eq!(read(&item(409_601)).unwrap_err(), ["f:1:2: this item takes 409601 bytes"]);
    }
}
