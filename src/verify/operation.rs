//! Recorded operations: the request, the items it met, the answers.

use std::collections::BTreeMap;

use crate::dynamodb::{Consistency, IndexKind, Item, PagedRead, Table};
use crate::json::Node;

use super::consumed::TableCapacity;
use super::reader::Reader;
use super::server::{Against, Server};

/// The operations of the API that recordings hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum Api {
    GetItem,
    BatchGetItem,
    TransactGetItems,
    Query,
    Scan,
    PutItem,
    UpdateItem,
    DeleteItem,
    BatchWriteItem,
    TransactWriteItems,
}

impl Api {
    /// All of them.
    const ALL: [Self; 10] = [
        Self::GetItem,
        Self::BatchGetItem,
        Self::TransactGetItems,
        Self::Query,
        Self::Scan,
        Self::PutItem,
        Self::UpdateItem,
        Self::DeleteItem,
        Self::BatchWriteItem,
        Self::TransactWriteItems,
    ];

    /// Whether it is a write.
    const fn writes(self) -> bool {
        match self {
            Self::GetItem
            | Self::BatchGetItem
            | Self::TransactGetItems
            | Self::Query
            | Self::Scan => false,
            Self::PutItem
            | Self::UpdateItem
            | Self::DeleteItem
            | Self::BatchWriteItem
            | Self::TransactWriteItems => true,
        }
    }

    /// The API's name of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetItem => "GetItem",
            Self::BatchGetItem => "BatchGetItem",
            Self::TransactGetItems => "TransactGetItems",
            Self::Query => "Query",
            Self::Scan => "Scan",
            Self::PutItem => "PutItem",
            Self::UpdateItem => "UpdateItem",
            Self::DeleteItem => "DeleteItem",
            Self::BatchWriteItem => "BatchWriteItem",
            Self::TransactWriteItems => "TransactWriteItems",
        }
    }
}

/// One operation of a scenario.
pub(super) struct Operation {
    pub api: Api,
    /// The request as written.
    pub request: String,
    pub work: Work,
    pub expected: Answer,
    pub consumed: BTreeMap<Server, Answer>,
}

/// What is recorded as the cost of an operation.
pub(super) enum Answer {
    /// By table.
    Capacity(BTreeMap<String, TableCapacity>),
    /// No figure: refused, not offered, or without one right answer.
    None,
}

/// What an operation did.
pub(super) enum Work {
    /// Nothing is held to be right of it, and it leaves the tables as they are.
    Unjudged,
    Gets(Vec<Got>),
    Page(Page),
    Writes(Vec<Image>),
    FailedWrite(Image),
    Transaction {
        actions: Vec<TransactionAction>,
        token: Option<String>,
        cancelled: bool,
    },
}

/// One key of a Get and the item found.
pub(super) struct Got {
    pub table: String,
    pub item: Option<Item>,
    pub consistency: Consistency,
}

/// One item before and after a write.
pub(super) struct Image {
    pub table: String,
    pub before: Option<Item>,
    pub after: Option<Item>,
}

/// One action of a transaction.
pub(super) struct TransactionAction {
    pub image: Image,
    pub is_check: bool,
}

/// One page of a Query or Scan.
pub(super) struct Page {
    pub operation: PagedRead,
    pub table: String,
    /// Position among the table's indexes.
    pub index: Option<usize>,
    pub consistency: Consistency,
    pub asked: Asked,
    pub evaluated: Vec<Evaluated>,
}

impl Page {
    /// Whether a local index is asked for what it does not project, so that
    /// every item has to be fetched from the table.
    pub fn fetches(&self, table: &Table) -> bool {
        let Some(index) = self.index.and_then(|position| table.indexes().get(position)) else {
            return false;
        };
        let lacks = match &self.asked {
            Asked::Everything => !index.projects_all(),
            Asked::Named(names) => names.iter().any(|name| !index.projects(name)),
            Asked::WhatIsThere => false,
        };
        lacks && index.kind() == IndexKind::Local
    }
}

/// One item that a page looked at.
pub(super) struct Evaluated {
    pub key: Option<Item>,
    /// As recorded: of the item or index entry, and of the item if it was
    /// fetched.
    pub bytes: Option<u64>,
    pub fetched_bytes: Option<u64>,
}

type Tables = BTreeMap<String, Table>;

impl Operation {
    pub fn read(reader: &mut Reader<'_, '_>, node: &Node, tables: &Tables) -> Option<Self> {
        let name = reader.required_string(node, "op")?;
        let Some(api) = Api::ALL.into_iter().find(|api| api.as_str() == name) else {
            let names = Api::ALL.map(Api::as_str).join(", ");
            let at = node.get("op").unwrap_or(node);
            return reader.refuse(at, format!("\"{name}\" is none of {names}"));
        };
        let request = reader.required(node, "request")?;
        let expected = node.get("expected").map_or(Some(Answer::None), |n| answer(reader, n))?;
        let is_judged = matches!(expected, Answer::Capacity(_));
        // A page cut at 1 MB is recorded server by server, a refused write
        // without images: neither is needed.
        let work = if is_judged || (api.writes() && node.get("fails").is_none()) {
            Work::read(reader, node, api, request, tables)
        } else {
            Some(Work::Unjudged)
        };
        let mut consumed = BTreeMap::new();
        for server in Server::ALL {
            if let Some(node) = node.get("consumed").and_then(|all| all.get(server.as_str())) {
                consumed.insert(server, answer(reader, node)?);
            }
        }
        let request = reader.text.written(request).to_owned();
        Some(Self { api, request, work: work?, expected, consumed })
    }

    /// The recorded figures to compare with; `None` if there are none.
    pub fn answer(&self, against: Against) -> Option<&BTreeMap<String, TableCapacity>> {
        let answer = match against {
            Against::Expected => Some(&self.expected),
            Against::Server(server) => self.consumed.get(&server),
        };
        match answer {
            Some(Answer::Capacity(tables)) => Some(tables),
            Some(Answer::None) | None => None,
        }
    }
}

fn answer(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Answer> {
    if node.get("error").is_some() {
        return Some(Answer::None);
    }
    let nodes = reader.array(node)?;
    let tables = reader.each(nodes, TableCapacity::read)?;
    // A table without cost is as good as absent.
    let costly = tables.into_iter().filter(|(_, arms)| *arms != TableCapacity::default());
    Some(Answer::Capacity(costly.collect()))
}

impl Work {
    fn read(
        reader: &mut Reader<'_, '_>,
        node: &Node,
        api: Api,
        request: &Node,
        tables: &Tables,
    ) -> Option<Self> {
        match api {
            Api::GetItem | Api::BatchGetItem | Api::TransactGetItems => {
                let nodes = reader.required_array(node, "read")?;
                let gets = reader.each(nodes, |r, node| got(r, node, api, request, tables));
                gets.map(Self::Gets)
            }
            Api::Query => page(reader, node, PagedRead::Query, request, tables).map(Self::Page),
            Api::Scan => page(reader, node, PagedRead::Scan, request, tables).map(Self::Page),
            Api::PutItem | Api::UpdateItem | Api::DeleteItem | Api::BatchWriteItem => {
                let nodes = reader.required_array(node, "images")?;
                let images = reader.each(nodes, |r, node| Image::read(r, node, tables))?;
                if node.get("fails").is_none() {
                    return Some(Self::Writes(images));
                }
                match <[Image; 1]>::try_from(images) {
                    Ok([image]) => Some(Self::FailedWrite(image)),
                    Err(_) => reader.refuse(node, "a write that fails has exactly one image"),
                }
            }
            Api::TransactWriteItems => {
                let images = reader.optional_array(node, "images")?;
                let images = reader.each(images, |r, node| Image::read(r, node, tables))?;
                let actions = reader.required_array(request, "TransactItems")?;
                let token = request.get("ClientRequestToken").and_then(Node::as_str);
                // A repeated request may come without images: nothing is written.
                let is_bare_repetition = images.is_empty() && token.is_some();
                if images.len() != actions.len() && !is_bare_repetition {
                    let (images, actions) = (images.len(), actions.len());
                    let what = format!("{actions} actions, but {images} images");
                    return reader.refuse(node, what);
                }
                let actions = images.into_iter().zip(actions).map(|(image, action)| {
                    let is_check = action.get("ConditionCheck").is_some();
                    TransactionAction { image, is_check }
                });
                Some(Self::Transaction {
                    actions: actions.collect(),
                    token: token.map(str::to_owned),
                    cancelled: node.get("fails").is_some(),
                })
            }
        }
    }
}

fn got(
    reader: &mut Reader<'_, '_>,
    node: &Node,
    api: Api,
    request: &Node,
    tables: &Tables,
) -> Option<Got> {
    let table = table(reader, node, "table", tables)?.name().to_owned();
    let item = reader.maybe_item(node, "item");
    let consistency = match api {
        Api::TransactGetItems => Some(Consistency::Transactional),
        Api::BatchGetItem => {
            let tables = reader.required(request, "RequestItems")?;
            let asked = reader.required(tables, &table)?;
            consistency(reader, asked)
        }
        _ => consistency(reader, request),
    };
    Some(Got { table, item: item?, consistency: consistency? })
}

fn consistency(reader: &mut Reader<'_, '_>, request: &Node) -> Option<Consistency> {
    let is_strong = reader.flag(request, "ConsistentRead")?;
    Some(if is_strong { Consistency::Strong } else { Consistency::Eventual })
}

fn table<'s>(
    reader: &mut Reader<'_, '_>,
    node: &Node,
    member: &str,
    tables: &'s Tables,
) -> Option<&'s Table> {
    let name = reader.required_string(node, member)?;
    tables.get(name).or_else(|| reader.refuse(node, format!("no table \"{name}\" in the schema")))
}

impl Image {
    fn read(reader: &mut Reader<'_, '_>, node: &Node, tables: &Tables) -> Option<Self> {
        let table = table(reader, node, "table", tables)?;
        let before = reader.maybe_item(node, "before")?;
        let after = reader.maybe_item(node, "after")?;
        for item in [&before, &after].into_iter().flatten() {
            if let Some(name) = table.key().iter().find(|name| item.get(name).is_none()) {
                let what = format!("the key attribute \"{name}\" is missing from this image");
                return reader.refuse(node, what);
            }
        }
        Some(Self { table: table.name().to_owned(), before, after })
    }
}

fn page(
    reader: &mut Reader<'_, '_>,
    node: &Node,
    operation: PagedRead,
    request: &Node,
    tables: &Tables,
) -> Option<Page> {
    let table = table(reader, request, "TableName", tables)?;
    let index = match request.get("IndexName") {
        None => None,
        Some(name) => {
            let text = reader.string(name)?;
            match table.index_position(text) {
                Some(position) => Some(position),
                None => return reader.refuse(name, format!("no index \"{text}\" in the schema")),
            }
        }
    };
    Some(Page {
        operation,
        table: table.name().to_owned(),
        index,
        consistency: consistency(reader, request)?,
        asked: asked_attributes(reader, request)?,
        evaluated: evaluated(reader, node)?,
    })
}

fn evaluated(reader: &mut Reader<'_, '_>, node: &Node) -> Option<Vec<Evaluated>> {
    if node.get("evaluated_keys").is_none() && node.get("evaluated_sizes").is_none() {
        return reader.refuse(node, "\"evaluated_keys\" or \"evaluated_sizes\" is missing here");
    }
    let keys = reader.optional_array(node, "evaluated_keys")?;
    let keys = reader.each(keys, Reader::item)?;
    let sizes = reader.optional_array(node, "evaluated_sizes")?;
    let sizes = reader.each(sizes, Reader::bytes)?;
    let fetched = reader.optional_array(node, "fetched_sizes")?;
    let fetched = reader.each(fetched, Reader::bytes)?;
    let count = keys.len().max(sizes.len());
    for length in [keys.len(), sizes.len(), fetched.len()] {
        if length != 0 && length != count {
            let what = "the lists of evaluated keys and sizes have different lengths";
            return reader.refuse(node, what);
        }
    }
    let mut keys = keys.into_iter();
    let evaluated = (0..count).map(|i| Evaluated {
        key: keys.next(),
        bytes: sizes.get(i).copied(),
        fetched_bytes: fetched.get(i).copied(),
    });
    Some(evaluated.collect())
}

/// Which attributes a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Everything,
    /// What the index projects, or just the count.
    WhatIsThere,
    Named(Vec<String>),
}

fn asked_attributes(reader: &mut Reader<'_, '_>, request: &Node) -> Option<Asked> {
    if let Some("ALL_ATTRIBUTES") = request.get("Select").and_then(Node::as_str) {
        return Some(Asked::Everything);
    }
    if let Some(expression) = request.get("ProjectionExpression") {
        let names = request.get("ExpressionAttributeNames");
        let names = reader.string(expression)?.split(',').map(|path| {
            // The attribute at the top of a path such as `#a.b[0]`.
            let top = path.split(['.', '[']).next().unwrap_or_default().trim();
            let resolved = names.and_then(|names| names.get(top)).and_then(Node::as_str);
            resolved.unwrap_or(top).to_owned()
        });
        return Some(Asked::Named(names.collect()));
    }
    let names = reader.optional_array(request, "AttributesToGet")?;
    let names = reader.each(names, |reader, name| reader.string(name).map(str::to_owned))?;
    Some(if names.is_empty() { Asked::WhatIsThere } else { Asked::Named(names) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Diagnostics;
    use crate::json::{Text, parse};

    #[test]
    fn paths_are_reduced_to_the_attribute_at_their_top() {
        let request = Text::file(
            "f",
            r##"{"ProjectionExpression":"pk, #a.b[0] ,list[2].x,#d","ExpressionAttributeNames":{"#a":"doc","#d":"with.dot"}}"##,
        );
        let mut found = Diagnostics::default();
        let node = parse(&request, &mut found).unwrap();
        let mut reader = Reader { text: &request, found: &mut found };
        let names = ["pk", "doc", "list", "with.dot"].map(String::from);
        assert_eq!(asked_attributes(&mut reader, &node), Some(Asked::Named(names.into())));
    }
}
