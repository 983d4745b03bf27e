use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Diagnostic, Diagnostics};
use crate::sql::predicate_tests;
use crate::workload::{Entity, Workload};
use crate::written::{Document, Section, Written, nearest};

use super::model::{
    Design, Embedded, IndexDesign, IndexKind, ItemType, Membership, Projection, TableDesign,
};
use super::rules::PatternRule;
use super::template::{Part, Template};

/// Reads a design file and checks it against the tables and columns of the
/// workload.
///
/// # Errors
/// Everything that is wrong with it, each with its line and column.
pub fn read(file: &str, text: &str, workload: &Workload) -> Result<Design, Diagnostics> {
    Document::new(file, text).read(|root| {
        let name = root.required_text("name");
        let summary = root.text("summary");
        let mut tables = Vec::new();
        match root.section("tables") {
            Some(section) => {
                for (name, section) in section.each_section() {
                    tables.extend(table(&name, &section, workload));
                }
            }
            None => root.fault(
                Diagnostic::new("the design has no tables")
                    .at(root.place())
                    .mend("add a section [tables.NAME]"),
            ),
        }
        let mut rules = Vec::new();
        for section in root.sections("patterns") {
            if let Some(rule) = PatternRule::read(&section, &tables) {
                check_rule(&rule, &section, workload);
                rules.push(rule);
            }
        }
        Some(Design {
            name: name?.value,
            summary: summary.map(|summary| summary.value).unwrap_or_default(),
            tables,
            rules,
            caches: Vec::new(),
        })
    })
}

fn check_rule(rule: &PatternRule, section: &Section<'_, '_>, workload: &Workload) {
    if !workload.patterns.iter().any(|pattern| rule.covers(&pattern.text)) {
        section.fault(
            Diagnostic::new("no statement of the workload reads like this")
                .at(rule.place.clone())
                .mend("copy the text that `explain` prints; end it with ... to match a beginning"),
        );
    }
}

fn table(
    name: &Written<String>,
    section: &Section<'_, '_>,
    workload: &Workload,
) -> Option<TableDesign> {
    let partition = template(section, "partition_key", true);
    let sort = template(section, "sort_key", false);
    let ttl = section.text("ttl").map(|ttl| ttl.value);
    let mut items = Vec::new();
    if let Some(kinds) = section.section("items") {
        for (name, kind) in kinds.each_section() {
            items.extend(item(&name, &kind, partition.as_ref(), sort.as_ref(), workload));
        }
    }
    if items.is_empty() {
        section.fault(
            Diagnostic::new(format!("table {} holds no items", name.value))
                .at(name.place.clone())
                .mend(format!("add a section [tables.{}.items.NAME]", name.value)),
        );
    }
    let mut indexes = Vec::new();
    for (key, kind) in [("gsi", IndexKind::Global), ("lsi", IndexKind::Local)] {
        if let Some(list) = section.section(key) {
            for (name, section) in list.each_section() {
                indexes.extend(index(&name, &section, kind, partition.as_ref(), &items, workload));
            }
        }
    }
    section.report_left_over();
    let partition = partition?;
    Some(TableDesign {
        name: name.value.clone(),
        partition_attribute: key_attribute(&partition, "pk"),
        sort_attribute: sort.as_ref().map(|sort| key_attribute(sort, "sk")),
        indexes,
        items,
        ttl,
    })
}

/// A key made of one column is that column; a composed key is an attribute of
/// its own.
fn key_attribute(template: &Template, composed: &str) -> String {
    template.single_column().unwrap_or(composed).to_owned()
}

fn template(section: &Section<'_, '_>, key: &str, required: bool) -> Option<Template> {
    let text = if required { section.required_text(key) } else { section.text(key) }?;
    match Template::parse(&text.value) {
        Ok(template) => Some(template),
        Err(fault) => {
            section.fault(Diagnostic::new(fault).at(text.place));
            None
        }
    }
}

fn item(
    name: &Written<String>,
    section: &Section<'_, '_>,
    partition: Option<&Template>,
    sort: Option<&Template>,
    workload: &Workload,
) -> Option<ItemType> {
    let from = section.required_text("from");
    let own_partition = template(section, "partition_key", false);
    let own_sort = template(section, "sort_key", false);
    let omit = section.texts("omit").unwrap_or_default();
    let rename = pairs(section, "rename", Section::text);
    let compress = pairs(section, "compress", |list, key| {
        list.number_in(key, 0.01..=1.0, "compressed over plain bytes")
    });
    let embed = pairs(section, "embed", Section::text);
    let unique = section.texts("unique").unwrap_or_default();
    section.report_left_over();
    let entity = entity_of(section, &from?, workload)?;
    let columns = omit
        .iter()
        .chain(rename.iter().map(|(column, _)| column))
        .chain(compress.iter().map(|(column, _)| column));
    for column in columns {
        check_column(section, column, entity);
    }
    let unique: Vec<Vec<String>> = unique
        .into_iter()
        .map(|columns| {
            let names = columns.value.split(',').map(|name| name.trim().to_owned());
            for name in names.clone() {
                let column = Written { value: name, place: columns.place.clone() };
                check_column(section, &column, entity);
            }
            names.collect()
        })
        .collect();
    let partition_key = own_partition.or_else(|| partition.cloned())?;
    let sort_key = own_sort.or_else(|| sort.cloned());
    for template in [Some(&partition_key), sort_key.as_ref()].into_iter().flatten() {
        check_template(section, template, entity, workload);
    }
    let mut embeds = Vec::new();
    for (child, attribute) in embed {
        if let Some(child_entity) = entity_of(section, &child, workload) {
            if !child_entity.parents.iter().any(|parent| parent.table == entity.table) {
                section.fault(
                    Diagnostic::new(format!(
                        "{} has no foreign key to {}",
                        child_entity.table, entity.table
                    ))
                    .at(child.place)
                    .why("child rows are found through their foreign key"),
                );
            }
            embeds.push(Embedded { from: child_entity.table.clone(), attribute: attribute.value });
        }
    }
    Some(ItemType {
        name: name.value.clone(),
        from: entity.table.clone(),
        partition_key,
        sort_key,
        omit: omit.into_iter().map(|column| column.value).collect(),
        rename: rename.into_iter().map(|(k, v)| (k.value, v.value)).collect(),
        compress: compress.into_iter().map(|(k, v)| (k.value, v.value)).collect(),
        embeds,
        unique,
    })
}

/// The entries of a subsection whose keys are names.
fn pairs<'d, 't, T>(
    section: &Section<'d, 't>,
    key: &str,
    take: impl Fn(&Section<'d, 't>, &str) -> Option<Written<T>>,
) -> Vec<(Written<String>, Written<T>)> {
    let Some(list) = section.section(key) else { return Vec::new() };
    list.keys()
        .into_iter()
        .filter_map(|name| take(&list, &name.value).map(|value| (name, value)))
        .collect()
}

fn entity_of<'w>(
    section: &Section<'_, '_>,
    name: &Written<String>,
    workload: &'w Workload,
) -> Option<&'w Entity> {
    let (schema, table) = match name.value.split_once('.') {
        Some((schema, table)) => (Some(schema), table),
        None => (None, name.value.as_str()),
    };
    let found = workload.entity(schema, table);
    if found.is_none() {
        let known: Vec<String> =
            workload.entities.iter().map(|entity| entity.table.to_string()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        section.fault(
            Diagnostic::new(format!("the capture has no table {}", name.value))
                .at(name.place.clone())
                .mend(match nearest(&name.value, &known) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("the tables are: {}", known.join(", ")),
                }),
        );
    }
    found
}

fn check_column(section: &Section<'_, '_>, column: &Written<String>, entity: &Entity) {
    if entity.attribute(&column.value).is_none() {
        section.fault(unknown_column(&column.value, entity).at(column.place.clone()));
    }
}

fn unknown_column(column: &str, entity: &Entity) -> Diagnostic {
    let known: Vec<&str> = entity.attributes.iter().map(|a| a.name.as_str()).collect();
    Diagnostic::new(format!("table {} has no column {column}", entity.table)).mend(
        match nearest(column, &known) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("its columns are: {}", known.join(", ")),
        },
    )
}

fn check_template(
    section: &Section<'_, '_>,
    template: &Template,
    entity: &Entity,
    workload: &Workload,
) {
    for part in &template.parts {
        match part {
            Part::Literal(_) | Part::Generated => {}
            Part::Column(column) | Part::Bucket { column, .. } | Part::Hash { column, .. } => {
                if entity.attribute(column).is_none() {
                    section.fault(
                        unknown_column(column, entity)
                            .at(section.place())
                            .why(format!("the key \"{template}\" is made from it")),
                    );
                }
            }
            Part::Parent { table, column } => {
                let parent = entity
                    .parents
                    .iter()
                    .find(|parent| parent.table.name == *table)
                    .and_then(|parent| workload.entity(Some(&parent.table.schema), table));
                match parent {
                    None => section.fault(
                        Diagnostic::new(format!("{} has no foreign key to {table}", entity.table))
                            .at(section.place())
                            .why(format!("the key \"{template}\" takes {table}.{column}")),
                    ),
                    Some(parent) if parent.attribute(column).is_none() => section.fault(
                        unknown_column(column, parent)
                            .at(section.place())
                            .why(format!("the key \"{template}\" is made from it")),
                    ),
                    Some(_) => {}
                }
            }
        }
    }
}

fn index(
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
