//! How values of a type are stored (`pg_type`: `typlen`, `typalign`,
//! `typstorage`), by the name that `format_type` prints.

use super::description::Storage;

/// How values of a type are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeLayout {
    /// Bytes of every value; `None` if they vary.
    pub bytes: Option<u32>,
    /// Alignment in bytes.
    pub alignment: u32,
    /// Whether values may leave the row.
    pub storage: Storage,
}

/// Types of fixed size: names, bytes, alignment.
const FIXED: &[(&[&str], u32, u32)] = &[
    (&["boolean", "\"char\""], 1, 1),
    (&["smallint"], 2, 2),
    (&["integer", "real", "date", "oid", "xid", "cid", "regclass", "regtype", "regproc"], 4, 4),
    (&["tid"], 6, 2),
    (&["macaddr"], 6, 4),
    (&["macaddr8"], 8, 4),
    (&["bigint", "double precision", "money", "pg_lsn", "xid8"], 8, 8),
    (&["time without time zone", "timestamp without time zone"], 8, 8),
    (&["timestamp with time zone"], 8, 8),
    (&["time with time zone"], 12, 8),
    (&["interval", "point"], 16, 8),
    (&["uuid"], 16, 1),
    (&["name"], 64, 1),
    (&["line", "circle"], 24, 8),
    (&["box", "lseg"], 32, 8),
];

/// Types of varying size whose values are aligned to 4 bytes and leave the row
/// when it is too long.
const VARYING: &[&str] = &[
    "text",
    "character varying",
    "character",
    "bytea",
    "json",
    "jsonb",
    "xml",
    "bit",
    "bit varying",
    "tsvector",
    "jsonpath",
    "citext",
    "hstore",
    "ltree",
    "int4range",
    "numrange",
    "daterange",
    "int4multirange",
    "nummultirange",
    "datemultirange",
];

/// The same, aligned to 8 bytes.
const VARYING_WIDE: &[&str] = &[
    "path",
    "polygon",
    "int8range",
    "tsrange",
    "tstzrange",
    "int8multirange",
    "tsmultirange",
    "tstzmultirange",
];

/// Types of varying size that never leave the row.
const PLAIN: &[&str] = &["tsquery"];

/// Types of varying size that leave the row only as a last resort.
const MAIN: &[&str] = &["numeric", "inet", "cidr"];

/// The layout of a type; `None` if it is none of PostgreSQL's own (an enum takes
/// 4 bytes, see [`ENUM`]; what a domain takes, its name does not tell).
pub fn type_layout(type_name: &str) -> Option<TypeLayout> {
    let varying = |alignment, storage| Some(TypeLayout { bytes: None, alignment, storage });
    if let Some(element) = type_name.strip_suffix("[]") {
        let element = type_layout(element.trim_end_matches("[]"))?;
        return varying(element.alignment.max(4), Storage::Extended);
    }
    let base = without_modifier(type_name);
    if let Some(&(_, bytes, alignment)) =
        FIXED.iter().find(|(names, ..)| names.contains(&base.as_str()))
    {
        return Some(TypeLayout { bytes: Some(bytes), alignment, storage: Storage::Plain });
    }
    // `interval day to second` and its kin.
    if base.starts_with("interval ") {
        return type_layout("interval");
    }
    match base.as_str() {
        base if MAIN.contains(&base) => varying(4, Storage::Main),
        base if PLAIN.contains(&base) => varying(4, Storage::Plain),
        base if VARYING.contains(&base) => varying(4, Storage::Extended),
        base if VARYING_WIDE.contains(&base) => varying(8, Storage::Extended),
        _ => None,
    }
}

/// The layout of an enum.
pub const ENUM: TypeLayout = TypeLayout { bytes: Some(4), alignment: 4, storage: Storage::Plain };

/// `timestamp(3) with time zone` without `(3)`.
fn without_modifier(type_name: &str) -> String {
    match (type_name.find('('), type_name.find(')')) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{}", &type_name[..from], &type_name[to + 1..])
        }
        _ => type_name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_as_pg_type_has_them() {
        let layout = |name| type_layout(name).map(|one| (one.bytes, one.alignment, one.storage));
        for (name, bytes, alignment) in [
            ("boolean", 1, 1),
            ("timestamp(3) with time zone", 8, 8),
            ("time with time zone", 12, 8),
            ("uuid", 16, 1),
            ("interval day to second(3)", 16, 8),
            ("macaddr", 6, 4),
        ] {
            assert_eq!(layout(name), Some((Some(bytes), alignment, Storage::Plain)), "{name}");
        }
        for (name, alignment, storage) in [
            ("character varying(40)", 4, Storage::Extended),
            ("numeric(12,2)", 4, Storage::Main),
            ("cidr", 4, Storage::Main),
            ("integer[]", 4, Storage::Extended),
            ("boolean[]", 4, Storage::Extended),
            ("timestamp without time zone[]", 8, Storage::Extended),
            ("tstzrange", 8, Storage::Extended),
        ] {
            assert_eq!(layout(name), Some((None, alignment, storage)), "{name}");
        }
        assert_eq!(layout("email_address"), None);
    }
}
