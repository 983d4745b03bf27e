//! Reading the members of a recording, each fault with its place.

use crate::dynamodb::{self, Item};
use crate::finding::{Diagnostic, Diagnostics};
use crate::json::{Json, Node, Text};

/// Collects what is wrong with a line while it is read.
pub(super) struct Reader<'a, 't> {
    pub text: &'a Text<'t>,
    pub found: &'a mut Diagnostics,
}

impl Reader<'_, '_> {
    /// Notes a fault at a value.
    pub fn refuse<T>(&mut self, node: &Node, what: impl Into<String>) -> Option<T> {
        self.found.push(Diagnostic::new(what).at(self.text.place(node.span.start)));
        None
    }

    /// A member that must be there.
    pub fn required<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n Node> {
        match node.get(key) {
            Some(value) => Some(value),
            None if node.as_object().is_some() => {
                self.refuse(node, format!("\"{key}\" is missing here"))
            }
            None => {
                let kind = node.kind();
                self.refuse(node, format!("an object with \"{key}\" should be here, not {kind}"))
            }
        }
    }

    /// A text that must be there.
    pub fn required_string<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n str> {
        let value = self.required(node, key)?;
        self.string(value)
    }

    /// A list that must be there.
    pub fn required_array<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [Node]> {
        let value = self.required(node, key)?;
        self.array(value)
    }

    /// A list that may be missing.
    pub fn optional_array<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [Node]> {
        node.get(key).map_or(Some(&[]), |value| self.array(value))
    }

    /// A truth value that may be missing, which means false.
    pub fn flag(&mut self, node: &Node, key: &str) -> Option<bool> {
        let Some(value) = node.get(key) else {
            return Some(false);
        };
        value.as_bool().or_else(|| {
            self.refuse(value, format!("true or false should be here, not {}", value.kind()))
        })
    }

    pub fn string<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        node.as_str()
            .or_else(|| self.refuse(node, format!("a text should be here, not {}", node.kind())))
    }

    pub fn array<'n>(&mut self, node: &'n Node) -> Option<&'n [Node]> {
        node.as_array()
            .or_else(|| self.refuse(node, format!("a list should be here, not {}", node.kind())))
    }

    /// A count of bytes.
    pub fn bytes(&mut self, node: &Node) -> Option<u64> {
        match &node.json {
            Json::Number(written) => written.parse().ok(),
            _ => None,
        }
        .or_else(|| self.refuse(node, "a whole number of bytes should be here"))
    }

    /// An item, or `null` for none: `Some(None)`.
    pub fn maybe_item(&mut self, node: &Node, key: &str) -> Option<Option<Item>> {
        match node.get(key) {
            Some(value) => self.item(value).map(Some),
            None => Some(None),
        }
    }

    pub fn item(&mut self, node: &Node) -> Option<Item> {
        dynamodb::json::item(node, self.text, self.found)
    }

    /// Every element of a list, read; `None` if one of them is at fault.
    pub fn each<T>(
        &mut self,
        nodes: &[Node],
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Vec<T>> {
        let values: Vec<Option<T>> = nodes.iter().map(|node| read(self, node)).collect();
        values.into_iter().collect()
    }
}
