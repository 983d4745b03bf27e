//! JSON that remembers where each value stood, so that every fault in a file
//! can be named with its line and column, and repeated keys are noticed.
//!
//! Only the frame is read here; escapes and number syntax are left to
//! `serde_json`.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::finding::{Diagnostic, Diagnostics, Place};

/// Deeper JSON than this is refused. An item of 32 levels (DynamoDB's limit)
/// takes 65, a recording around it half a dozen more.
pub const DEPTH_MAX: usize = 128;

/// A piece of a file: a whole file, or one line of a file of JSON lines.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    file: &'t str,
    first_line: usize,
    text: &'t str,
}

impl<'t> Text<'t> {
    /// A whole file.
    #[must_use]
    pub const fn file(file: &'t str, text: &'t str) -> Self {
        Self { file, first_line: 1, text }
    }

    /// The lines of a file of JSON lines that are not blank.
    pub fn lines(file: &'t str, text: &'t str) -> impl Iterator<Item = Self> {
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(move |(i, text)| Self { file, first_line: i + 1, text })
    }

    /// Where a byte offset of this text lies in the file.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let mut place = Place::of_offset(self.file, self.text, offset);
        if let Some((line, _)) = &mut place.line_column {
            *line += self.first_line - 1;
        }
        place
    }

    /// The text of a value as it was written.
    #[must_use]
    pub fn written(&self, node: &Node) -> &'t str {
        &self.text[node.span.clone()]
    }
}

/// A JSON value and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Byte offsets in its [`Text`].
    pub span: Range<usize>,
    /// What it is.
    pub json: Json,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, without its escapes.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// Members in the order written, keys distinct.
    Object(Vec<Member>),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key, without its escapes.
    pub key: String,
    /// Byte offset of the key.
    pub key_start: usize,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.json {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.json {
            Json::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The elements of a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match &self.json {
            Json::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.json {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a key of an object; `null` counts as absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let member = self.as_object()?.iter().find(|member| member.key == key)?;
        (member.value.json != Json::Null).then_some(&member.value)
    }

    /// What it is, with its article, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.json {
            Json::Null => "null",
            Json::Bool(_) => "a truth value",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// Reads one JSON value that takes up the whole text.
///
/// The first fault of syntax ends the reading (`None`); a key that an object
/// holds twice is noted and reading goes on with the first.
#[must_use]
pub fn parse(text: &Text<'_>, found: &mut Diagnostics) -> Option<Node> {
    let mut parser = Parser { text, at: 0, found };
    let node = parser.document();
    if let Err(Fault { offset, what }) = node {
        parser.found.push(Diagnostic::new(what).at(text.place(offset)));
        return None;
    }
    node.ok()
}

struct Fault {
    offset: usize,
    what: String,
}

struct Parser<'a, 't> {
    text: &'a Text<'t>,
    at: usize,
    found: &'a mut Diagnostics,
}

impl<'t> Parser<'_, 't> {
    fn document(&mut self) -> Result<Node, Fault> {
        let node = self.value(1)?;
        self.skip_space();
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.fault("the JSON value has ended, but the text goes on")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        self.skip_space();
        let start = self.at;
        if depth > DEPTH_MAX {
            return Err(self.fault(&format!("nested more than {DEPTH_MAX} levels deep")));
        }
        let json = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Json::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Json::Bool(true))?,
            Some(b'f') => self.word("false", Json::Bool(false))?,
            Some(b'n') => self.word("null", Json::Null)?,
            Some(_) => return Err(self.fault("this is no JSON value")),
            None => return Err(self.fault("the text ends where a JSON value should be")),
        };
        Ok(Node { span: start..self.at, json })
    }

    fn object(&mut self, depth: usize) -> Result<Json, Fault> {
        let mut members: Vec<Member> = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.eat(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let key_start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("a key in double quotes should be here"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.fault("a colon should follow the key"));
            }
            let value = self.value(depth + 1)?;
            members.push(Member { key, key_start, value });
            self.skip_space();
            if self.eat(b'}') {
                self.drop_repeated(&mut members);
                return Ok(Json::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.fault("a comma or a closing brace should be here"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, Fault> {
        let mut elements = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.eat(b']') {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(Json::Array(elements));
            }
            if !self.eat(b',') {
                return Err(self.fault("a comma or a closing bracket should be here"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let bytes = self.text.text.as_bytes();
        let mut plain = true;
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    end += 2;
                }
                Some(byte) => {
                    plain &= *byte >= b' ';
                    end += 1;
                }
                None => return Err(self.fault("this string has no closing quote")),
            }
        }
        self.at = end + 1;
        if plain {
            return Ok(self.text.text[start + 1..end].to_owned());
        }
        serde_json::from_str(&self.text.text[start..=end]).map_err(|_| Fault {
            offset: start,
            what: "this string holds a control character or an escape that JSON lacks".to_owned(),
        })
    }

    fn number(&mut self) -> Result<Json, Fault> {
        let start = self.at;
        while let Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        let written = &self.text.text[start..self.at];
        match serde_json::from_str::<serde_json::Number>(written) {
            Ok(_) => Ok(Json::Number(written.to_owned())),
            Err(_) => Err(Fault { offset: start, what: "this is no JSON number".to_owned() }),
        }
    }

    fn word(&mut self, word: &str, json: Json) -> Result<Json, Fault> {
        if !self.text.text[self.at..].starts_with(word) {
            return Err(self.fault("this is no JSON value"));
        }
        self.at += word.len();
        Ok(json)
    }

    fn drop_repeated(&mut self, members: &mut Vec<Member>) {
        if members.len() < 2 {
            return;
        }
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(|a, b| members[*a].key.cmp(&members[*b].key));
        let repeated: BTreeSet<usize> = order
            .windows(2)
            .filter(|pair| members[pair[0]].key == members[pair[1]].key)
            .map(|pair| pair[1])
            .collect();
        for i in &repeated {
            let member = &members[*i];
            self.found.push(
                Diagnostic::new(format!("the key \"{}\" is given twice", member.key))
                    .at(self.text.place(member.key_start))
                    .mend("keep one of the two"),
            );
        }
        if repeated.is_empty() {
            return;
        }
        let mut position = 0;
        members.retain(|_| {
            position += 1;
            !repeated.contains(&(position - 1))
        });
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.text.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: &str) -> Fault {
        Fault { offset: self.at, what: what.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let mut found = Diagnostics::default();
        let node = parse(&Text::file("f", text), &mut found);
        assert!(node.is_some() || !found.0.is_empty());
        found.0.iter().map(|d| d.to_string().lines().next().unwrap_or_default().into()).collect()
    }

    #[test]
    fn agrees_with_serde_json_on_what_is_json() {
        for text in [
            r#"{"a":[1,-2.5e3,"x\n\u00e9\ud83d\ude00",true,false,null,{}]}"#,
            " [ ] ",
            "\"\"",
            "0",
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "[1 2]",
            "01",
            "1.",
            "-",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"a",
            "\"a\\",
            "\"tab\there\"",
            "nul",
            "tru e",
            "[1] 2",
            "é",
            "\u{feff}1",
        ] {
            let serde = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(faults(text).is_empty(), serde, "{text:?}: {:?}", faults(text));
        }
    }

    #[test]
    fn unescapes_strings_and_remembers_spans() {
        let text = Text::file("f", r#" {"k\u0065y": "\u00e9"} "#);
        let node = parse(&text, &mut Diagnostics::default()).unwrap();
        assert_eq!(node.get("key").and_then(Node::as_str), Some("é"));
        assert_eq!(text.written(&node), r#"{"k\u0065y": "\u00e9"}"#);
        assert_eq!(text.written(node.get("key").unwrap()), r#""\u00e9""#);
    }

    #[test]
    fn names_every_repeated_key_and_keeps_the_first() {
        let text = "{\"a\":1,\n \"b\":{\"c\":1,\"c\":2},\"a\":3,\"a\":4}";
        assert_eq!(
            faults(text),
            [
                "f:2:13: the key \"c\" is given twice",
                "f:2:20: the key \"a\" is given twice",
                "f:2:26: the key \"a\" is given twice",
            ]
        );
        let node = parse(&Text::file("f", text), &mut Diagnostics::default()).unwrap();
        assert_eq!(node.get("a").map(|n| &n.json), Some(&Json::Number("1".into())));
        assert_eq!(node.as_object().map(<[Member]>::len), Some(2));
    }

    #[test]
    fn refuses_absurd_nesting_without_overflowing_the_stack() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(faults(&deep), ["f:1:129: nested more than 128 levels deep"]);
        let fits = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
        assert!(faults(&fits).is_empty());
    }

    #[test]
    fn lines_know_their_place_in_the_file() {
        let lines: Vec<_> = Text::lines("f", "1\n\n  \n  é!\n").collect();
        assert_eq!(lines.len(), 2);
        let mut found = Diagnostics::default();
        assert_eq!(parse(&lines[1], &mut found), None);
        assert_eq!(found.0[0].place, Some(Place::at("f", 4, 3)));
        assert_eq!(lines[1].place("  é".len()), Place::at("f", 4, 4));
    }
}
