use super::super::ddl::constraint;
use super::super::text::Names;
use super::{Importer, Read, table_name};

const DEFINITION: Names = &["def", "definition", "condef", "pg_get_constraintdef"];

/// Constraints, with what `pg_get_constraintdef` prints.
pub(super) const IMPORTER: Importer = Importer {
    name: "constraints",
    sniff: |head| head.has(&["conname"]) && head.has_any(DEFINITION),
    read: Read::Rows(|record, gathered| {
        let name = record.name(&["conname"])?;
        let definition = record.need(DEFINITION)?;
        if !matches!(record.text(&["contype"]), None | Some("p" | "u" | "f")) {
            return Ok(());
        }
        match constraint(name, definition) {
            Some(one) => {
                let key = (table_name(record)?, name.to_owned());
                gathered.catalog.constraints.offer_at(key, one, record.place(DEFINITION));
            }
            None if record.text(&["contype"]).is_some() => {
                return Err(record.wrong(DEFINITION, "a key as pg_get_constraintdef prints it"));
            }
            None => {}
        }
        Ok(())
    }),
};
