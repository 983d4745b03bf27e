use crate::finding::Diagnostic;
use crate::json::{Json, Member, Node};

use super::super::COUNT_MAX;
use super::Reader;

/// The members of an object, each read once; what is left over is named.
pub struct Fields<'n> {
    members: &'n [Member],
    start: usize,
    used: Vec<&'n str>,
}

impl<'n> Fields<'n> {
    /// The members of a node; a fault if it is not an object.
    pub fn of(reader: &mut Reader<'_, '_>, node: &'n Node, what: &str) -> Option<Self> {
        match node.as_object() {
            Some(members) => Some(Self { members, start: node.span.start, used: Vec::new() }),
            None => {
                reader.fault(node.span.start, format!("{what} is an object, not {}", node.kind()));
                None
            }
        }
    }

    /// Where the object begins.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// A member's value; `null` counts as absent.
    pub fn node(&mut self, key: &str) -> Option<&'n Node> {
        let member = self.members.iter().find(|member| member.key == key)?;
        self.used.push(&member.key);
        (member.value.json != Json::Null).then_some(&member.value)
    }

    /// Members that nothing depends on.
    pub fn skip(&mut self, keys: &[&str]) {
        for key in keys {
            let _ = self.node(key);
        }
    }

    /// A text.
    pub fn text(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<String> {
        let node = self.node(key)?;
        match node.as_str() {
            Some(text) => Some(text.to_owned()),
            None => {
                reader.fault(node.span.start, format!("{key} is a text, not {}", node.kind()));
                None
            }
        }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<String> {
        self.require(reader, key)?;
        self.text(reader, key)
    }

    /// A truth value.
    pub fn flag(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        let flag = node.as_bool();
        if flag.is_none() {
            reader.fault(node.span.start, format!("{key} is true or false, not {}", node.kind()));
        }
        flag
    }

    /// A number within bounds.
    pub fn number(
        &mut self,
        reader: &mut Reader<'_, '_>,
        key: &str,
        (least, most): (f64, f64),
    ) -> Option<f64> {
        let node = self.node(key)?;
        let Json::Number(written) = &node.json else {
            reader.fault(node.span.start, format!("{key} is a number, not {}", node.kind()));
            return None;
        };
        let number = written.parse().ok().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let bounds = if most.is_finite() {
                format!("from {least} to {most}")
            } else {
                format!("{least} or more")
            };
            reader.fault(node.span.start, format!("{key} is {bounds}, not {written}"));
        }
        number
    }

    /// A number that must be there.
    pub fn required_number(
        &mut self,
        reader: &mut Reader<'_, '_>,
        key: &str,
        bounds: (f64, f64),
    ) -> Option<f64> {
        self.require(reader, key)?;
        self.number(reader, key, bounds)
    }

    /// A whole number that is not negative, [`COUNT_MAX`] at most. A fraction of zero, as `rows` of
    /// `pg_class.reltuples` is written, may follow.
    pub fn count(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<u64> {
        let node = self.node(key)?;
        let whole = match &node.json {
            Json::Number(written) => written.strip_suffix(".0").unwrap_or(written).parse().ok(),
            _ => None,
        };
        let whole = whole.filter(|count| *count <= COUNT_MAX);
        if whole.is_none() {
            let written = reader.text.written(node);
            let expected = format!("a whole number from 0 to {COUNT_MAX}");
            reader.fault(node.span.start, format!("{key} is {expected}, not {written}"));
        }
        whole
    }

    /// A count that must be there.
    pub fn required_count(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<u64> {
        self.require(reader, key)?;
        self.count(reader, key)
    }

    /// A fillfactor.
    pub fn percent(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<u32> {
        let node = self.node(key)?;
        let percent = match &node.json {
            Json::Number(written) => written.parse().ok().filter(|n| (10..=100).contains(n)),
            _ => None,
        };
        if percent.is_none() {
            let written = reader.text.written(node);
            reader
                .fault(node.span.start, format!("{key} is from 10 to 100 percent, not {written}"));
        }
        percent
    }

    /// A list.
    pub fn list(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<&'n [Node]> {
        let node = self.node(key)?;
        if node.as_array().is_none() {
            reader.fault(node.span.start, format!("{key} is a list, not {}", node.kind()));
        }
        node.as_array()
    }

    /// A list that must be there.
    pub fn required_list(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<&'n [Node]> {
        self.require(reader, key)?;
        self.list(reader, key)
    }

    /// A list of texts.
    pub fn texts(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<Vec<String>> {
        let list = self.list(reader, key)?;
        let texts: Vec<String> =
            list.iter().filter_map(|node| node.as_str().map(str::to_owned)).collect();
        if texts.len() < list.len() {
            reader.fault(self.start, format!("{key} is a list of texts"));
            return None;
        }
        Some(texts)
    }

    fn require(&mut self, reader: &mut Reader<'_, '_>, key: &str) -> Option<()> {
        if self.node(key).is_none() {
            reader.fault(self.start, format!("{key} is missing"));
            return None;
        }
        Some(())
    }

    /// Notes the members that nobody asked for.
    pub fn finish(self, reader: &mut Reader<'_, '_>, what: &str) {
        let unused = self.members.iter().filter(|member| !self.used.contains(&member.key.as_str()));
        for member in unused {
            let name = format!("{what}.{}", member.key);
            if !reader.notes.unused_keys.contains(&name) {
                reader.notes.unused_keys.push(name);
            }
        }
    }
}

impl Reader<'_, '_> {
    /// Notes a fault.
    pub fn fault(&mut self, offset: usize, what: String) {
        self.found.push(Diagnostic::new(what).at(self.text.place(offset)));
    }
}
