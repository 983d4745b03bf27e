//! Reading the indexes of a design file.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Diagnostic;
use crate::sql::predicate_tests;
use crate::workload::{Entity, Workload};
use crate::written::{Section, Written, nearest};

use super::model::{IndexDesign, IndexKind, ItemType, Membership, Projection};
use super::read::template;
use super::template::Template;

/// Reads an index of a table with these items.
pub(super) fn index(
    name: &Written<String>,
    section: &Section<'_, '_>,
    kind: IndexKind,
    table_partition: Option<&Template>,
    items: &[ItemType],
    workload: &Workload,
) -> Option<IndexDesign> {
    let partition = match kind {
        IndexKind::Global => template(section, "partition_key", true),
        IndexKind::Local => table_partition.cloned(),
    };
    let sort = template(section, "sort_key", false);
    let projection = projection(section);
    let like_index = section.text("like_index");
    let kinds = section.texts("items");
    section.report_left_over();
    let partition = partition?;
    for kind in kinds.iter().flatten() {
        if !items.iter().any(|item| item.name == kind.value) {
            let known: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
            section.fault(
                Diagnostic::new(format!("the table has no items called {}", kind.value))
                    .at(kind.place.clone())
                    .mend(format!("its items are: {}", known.join(", "))),
            );
        }
    }
    let kinds: Option<BTreeSet<String>> =
        kinds.map(|kinds| kinds.into_iter().map(|kind| kind.value).collect());
    let entities: Vec<&Entity> = items
        .iter()
        .filter(|item| kinds.as_ref().is_none_or(|kinds| kinds.contains(&item.name)))
        .filter_map(|item| workload.entity(Some(&item.from.schema), &item.from.name))
        .collect();
    check_index_columns(name, section, &partition, sort.as_ref(), &entities);
    let (projection, included) = projection?;
    check_included(section, &included, &entities);
    let membership = match like_index {
        None => Membership::HasKey,
        Some(index) => membership(section, &index, &entities)?,
    };
    Some(IndexDesign {
        name: name.value.clone(),
        kind,
        partition_key: partition,
        sort_key: sort,
        projection,
        membership,
        items: kinds,
    })
}

/// An index key must be a column of at least one of the table's items.
fn check_index_columns(
    name: &Written<String>,
    section: &Section<'_, '_>,
    partition: &Template,
    sort: Option<&Template>,
    entities: &[&Entity],
) {
    if entities.is_empty() {
        return;
    }
    let keys: BTreeSet<&str> = partition
        .own_columns()
        .into_iter()
        .chain(sort.map(Template::own_columns).unwrap_or_default())
        .collect();
    let all_in_one = |columns: &BTreeSet<&str>| {
        entities.iter().any(|entity| columns.iter().all(|c| entity.attribute(c).is_some()))
    };
    if !all_in_one(&keys) {
        let known: Vec<&str> =
            entities.iter().flat_map(|e| &e.attributes).map(|a| a.name.as_str()).collect();
        let unknown: Vec<&str> = keys
            .iter()
            .filter(|key| !entities.iter().any(|entity| entity.attribute(key).is_some()))
            .copied()
            .collect();
        let what = if unknown.is_empty() {
            format!("no item of the table has all the keys of index {}", name.value)
        } else {
            format!("index {} is keyed by an unknown attribute: {}", name.value, unknown.join(", "))
        };
        let mut fault = Diagnostic::new(what).at(name.place.clone());
        if let Some(near) = unknown.first().and_then(|word| nearest(word, &known)) {
            fault = fault.mend(format!("did you mean {near}?"));
        }
        section.fault(fault);
    }
}

fn check_included(section: &Section<'_, '_>, columns: &[Written<String>], entities: &[&Entity]) {
    for column in columns {
        if !entities.iter().any(|entity| entity.attribute(&column.value).is_some()) {
            section.fault(
                Diagnostic::new(format!("no item of the table has a column {}", column.value))
                    .at(column.place.clone()),
            );
        }
    }
}

fn projection(section: &Section<'_, '_>) -> Option<(Projection, Vec<Written<String>>)> {
    let word = section.word("projection", &["all", "keys_only", "include"]);
    let include = section.texts("include");
    let fault = |what: &str, mend: &str| {
        section.fault(Diagnostic::new(what).at(section.place()).mend(mend));
        None
    };
    match (word.map(|word| word.value), include) {
        (Some(0), None) => Some((Projection::All, Vec::new())),
        (Some(1), None) => Some((Projection::KeysOnly, Vec::new())),
        (Some(2) | None, Some(columns)) if !columns.is_empty() => {
            let names = columns.iter().map(|column| column.value.clone()).collect();
            Some((Projection::Include(names), columns))
        }
        (None, None) if !section.has("projection") => fault(
            "an index must say what it projects",
            "add projection = \"all\" or \"keys_only\", or include = [\"column\"]",
        ),
        (None, None) => None,
        _ => fault(
            "projection and include contradict one another",
            "give include = [\"column\"] alone, or projection = \"all\" or \"keys_only\"",
        ),
    }
}

fn membership(
    section: &Section<'_, '_>,
    index: &Written<String>,
    entities: &[&Entity],
) -> Option<Membership> {
    let found = entities.iter().find_map(|entity| {
        entity
            .partial_indexes
            .iter()
            .find(|partial| partial.name == index.value)
            .map(|partial| (*entity, partial))
    });
    let Some((entity, partial)) = found else {
        let known: BTreeMap<&str, &str> = entities
            .iter()
            .flat_map(|entity| &entity.partial_indexes)
            .map(|partial| (partial.name.as_str(), partial.predicate.as_str()))
            .collect();
        let known: Vec<&str> = known.into_keys().collect();
        section.fault(
            Diagnostic::new(format!("the capture has no partial index {}", index.value))
                .at(index.place.clone())
                .mend(if known.is_empty() {
                    "leave like_index out: these tables have no partial index".to_owned()
                } else {
                    format!("the partial indexes are: {}", known.join(", "))
                }),
        );
        return None;
    };
    let Some(share) = partial.share else {
        section.fault(
            Diagnostic::new(format!("the number of rows in {} is not known", partial.name))
                .at(index.place.clone())
                .mend("run ANALYZE and export the indexes again"),
        );
        return None;
    };
    let columns = partial.columns(entity);
    Some(Membership::LikeIndex {
        index: partial.name.clone(),
        predicate: partial.predicate.clone(),
        columns,
        tests: predicate_tests(&partial.predicate),
        share,
    })
}
