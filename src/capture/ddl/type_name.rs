/// A type as `format_type` prints it: the SQL names instead of the short ones,
/// no schema where it is `public` or `pg_catalog`.
pub(in crate::capture) fn type_name(written: &str) -> String {
    let text = written.replace('"', "").to_lowercase();
    let text = text.trim();
    let text = ["public.", "pg_catalog."].iter().find_map(|s| text.strip_prefix(s)).unwrap_or(text);
    // `name (12, 2) with time zone []` -> name, modifier, rest.
    let (name, tail) = match text.find(['(', '[']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (modifier, tail) = match tail.strip_prefix('(').and_then(|tail| tail.split_once(')')) {
        Some((inside, tail)) => (format!("({})", inside.replace(' ', "")), tail),
        None => (String::new(), tail),
    };
    let words: Vec<&str> = name.split_whitespace().chain(tail.split_whitespace()).collect();
    let words = words.join(" ").replace(" [", "[");
    let (base, array) = match words.find('[') {
        Some(at) => words.split_at(at),
        None => (words.as_str(), ""),
    };
    let zoned = |name: &str, zone: &str| format!("{name}{modifier} {zone} time zone");
    let base = match base {
        "int" | "int4" | "serial" | "serial4" => "integer".to_owned(),
        "int8" | "bigserial" | "serial8" => "bigint".to_owned(),
        "int2" | "smallserial" | "serial2" => "smallint".to_owned(),
        "bool" => "boolean".to_owned(),
        "float4" => "real".to_owned(),
        "float8" | "float" => "double precision".to_owned(),
        "decimal" | "dec" => format!("numeric{modifier}"),
        "varchar" | "char varying" => format!("character varying{modifier}"),
        "char" | "character" | "bpchar" if modifier.is_empty() => "character(1)".to_owned(),
        "char" | "bpchar" => format!("character{modifier}"),
        "timestamptz" | "timestamp with time zone" => zoned("timestamp", "with"),
        "timestamp" | "timestamp without time zone" => zoned("timestamp", "without"),
        "timetz" | "time with time zone" => zoned("time", "with"),
        "time" | "time without time zone" => zoned("time", "without"),
        other => format!("{other}{modifier}"),
    };
    format!("{base}{array}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_become_the_names_of_format_type() {
        for (written, expected) in [
            ("int8", "bigint"),
            ("INT", "integer"),
            ("varchar (20)", "character varying(20)"),
            ("character varying(20)", "character varying(20)"),
            ("numeric(12, 2)", "numeric(12,2)"),
            ("timestamptz", "timestamp with time zone"),
            ("timestamp(3)", "timestamp(3) without time zone"),
            ("timestamp(3) with time zone", "timestamp(3) with time zone"),
            ("timestamp without time zone", "timestamp without time zone"),
            ("public.notification_state", "notification_state"),
            ("billing.kind", "billing.kind"),
            ("text[]", "text[]"),
            ("character varying(5)[]", "character varying(5)[]"),
            ("char(84)", "character(84)"),
            ("double precision", "double precision"),
            ("\"Kind\"", "kind"),
        ] {
            assert_eq!(type_name(written), expected, "{written}");
        }
    }
}
