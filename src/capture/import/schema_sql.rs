use super::super::ddl;
use super::{Head, Importer, Read, Shape};

/// `pg_dump --schema-only`, or `CREATE TABLE` texts.
pub(super) const IMPORTER: Importer = Importer {
    name: "schema text",
    sniff,
    read: Read::File(|source, _, gathered, faults| {
        let name = source.name.to_string();
        match source.text().and_then(|text| ddl::schema(&text)) {
            Ok(schema) => gathered.catalog.schemas.push(schema),
            Err(mut fault) => {
                if let Some(place) = &mut fault.place {
                    place.file = name;
                }
                faults.push(fault);
            }
        }
    }),
};

fn sniff(head: &Head) -> bool {
    head.shape == Shape::Text
        && head.text.lines().any(|line| {
            let line = line.trim_start().to_ascii_lowercase();
            line.starts_with("-- postgresql database dump")
                || ["create table ", "create unlogged table ", "create type ", "alter table "]
                    .iter()
                    .any(|start| line.starts_with(start))
        })
}
