use crate::finding::{Diagnostic, Diagnostics};
use crate::workload::{Entity, Workload};
use crate::written::{Document, Section, Written, nearest, split_last_dot, split_name, unquoted};

use super::key_cycle;
use super::model::{CopiedColumn, Design, Embedded, IndexKind, ItemType, TableDesign};
use super::read_index::index;
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
        key_cycle::check(root, &tables, workload);
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

pub(super) fn template(section: &Section<'_, '_>, key: &str, required: bool) -> Option<Template> {
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
    let copy = pairs(section, "copy", Section::text);
    section.report_left_over();
    let entity = entity_of(section, &from?, workload)?;
    let columns = omit
        .iter()
        .chain(rename.iter().map(|(column, _)| column))
        .chain(compress.iter().map(|(column, _)| column));
    for column in columns {
        check_column(section, column, entity);
    }
    let copies = copy
        .into_iter()
        .filter_map(|(attribute, source)| copied(section, attribute, &source, entity, workload))
        .collect();
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
        copies,
    })
}

/// A copy, written `attribute = "parent.column"`.
fn copied(
    section: &Section<'_, '_>,
    attribute: Written<String>,
    source: &Written<String>,
    entity: &Entity,
    workload: &Workload,
) -> Option<CopiedColumn> {
    let (table, column) = split_last_dot(&source.value).unwrap_or(("", &source.value));
    let column = &unquoted(column);
    let parent = entity
        .parents
        .iter()
        .find(|parent| parent.table.to_string() == table)
        .and_then(|parent| workload.entity(Some(&parent.table.schema), &parent.table.name));
    let Some(parent) = parent else {
        section.fault(
            Diagnostic::new(format!("{} has no foreign key to \"{table}\"", entity.table))
                .at(source.place.clone())
                .why("a copy is kept in step through the foreign key")
                .mend("write attribute = \"parent_table.column\""),
        );
        return None;
    };
    if parent.attribute(column).is_none() {
        section.fault(unknown_column(column, parent).at(source.place.clone()));
        return None;
    }
    Some(CopiedColumn {
        attribute: attribute.value,
        table: parent.table.clone(),
        column: column.clone(),
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
    let (schema, table) = split_name(&name.value);
    let found = workload.entity(schema.as_deref(), &table);
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
