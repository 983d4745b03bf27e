//! Region indexes: they hold addresses of price lists and no price. A file of
//! this kind among the others is said to be one, and adds nothing.
//!
//! Offers list their Regions in a map, Savings Plans in an array.

use serde::Deserialize;

use super::collect::Collected;
use super::{File, Importer};
use crate::pricing::json_place;

pub(super) const IMPORTER: Importer = Importer {
    name: "Region index",
    accepts: |probe| {
        probe.has_keys(&["regions", "publicationDate"]) && !probe.has_keys(&["manifest"])
    },
    read,
};

#[derive(Deserialize)]
struct Index {
    regions: serde_json::Value,
}

fn read(file: &File<'_>, into: &mut Collected) {
    match json_place::read::<Index>(file.name, file.text) {
        Ok(index) => {
            let regions = match &index.regions {
                serde_json::Value::Array(list) => list.len(),
                serde_json::Value::Object(map) => map.len(),
                _ => 0,
            };
            into.note(format!(
                "{}: a Region index of {regions} Regions; it holds addresses of price lists, no prices",
                file.name
            ));
        }
        Err(fault) => into.fault(fault),
    }
}
