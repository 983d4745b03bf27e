//! What statements touch, in short: a line for each step.
//!
//! `read orders o: id = given, made range; reads id, total; order made desc; limit`

use ddbplan::capture::{Capture, InputFile, Settings, read};
use ddbplan::sql::{self, Access, Columns, ConflictAction, Step, Test, Value, Verb};

const SCHEMA: &str = "CREATE TABLE public.orders (\n    id bigint NOT NULL,\n    \
    customer_id bigint,\n    state text,\n    made timestamp with time zone,\n    \
    total numeric\n);\nCREATE TABLE public.lines (\n    id bigint NOT NULL,\n    \
    order_id bigint,\n    sku text,\n    amount integer\n);\nCREATE TABLE public.customers (\n    \
    id bigint NOT NULL,\n    email text,\n    name text\n);\n";

/// A capture whose catalog has the tables.
fn catalog() -> Capture {
    let row = |at: &str, calls: u32| {
        format!(
            "{{\"captured_at\":\"2026-01-01T00:{at}:00+00:00\",\"userid\":\"10\",\"dbid\":\"5\",\
             \"queryid\":1,\"query\":\"SELECT id FROM orders\",\"calls\":{calls},\"rows\":0,\
             \"total_exec_time\":1}}\n"
        )
    };
    let files = [
        ("pg_stat_statements.jsonl", row("00", 0) + &row("10", 1)),
        ("schema.sql", SCHEMA.to_owned()),
    ];
    let files = files.map(|(name, text)| InputFile::bytes(name, text)).into();
    read(files, &Settings::default()).unwrap()
}

fn value(value: &Value) -> String {
    match value {
        Value::Given => "given".to_owned(),
        Value::Column { step, column } => format!("{step}.{column}"),
        Value::Computed => "computed".to_owned(),
    }
}

fn line(step: &Step) -> String {
    let verb = match step.verb {
        Verb::Read => "read",
        Verb::Insert => "insert",
        Verb::Update => "update",
        Verb::Delete => "delete",
    };
    let mut parts: Vec<String> = step
        .predicates
        .iter()
        .map(|predicate| {
            let test = match &predicate.test {
                Test::Equal(of) => format!("= {}", value(of)),
                Test::AnyOf { count, values } => {
                    let count = count.map_or("?".to_owned(), |count| count.to_string());
                    format!("any {count} {}", value(values))
                }
                Test::Range { .. } => "range".to_owned(),
                Test::Prefix => "prefix".to_owned(),
                Test::IsNull => "null".to_owned(),
                Test::IsNotNull => "not null".to_owned(),
                Test::Filter => "filter".to_owned(),
            };
            format!("{} {test}", predicate.column)
        })
        .collect();
    for residual in &step.residual {
        let columns: Vec<&str> = residual.columns.iter().map(String::as_str).collect();
        parts.push(format!("rest({})", columns.join(" ")));
    }
    for assigned in &step.writes {
        parts.push(format!("set {} {}", assigned.column, value(&assigned.value)));
    }
    match &step.reads {
        Columns::All => parts.push("reads *".to_owned()),
        Columns::Some(columns) if columns.is_empty() => {}
        Columns::Some(columns) => {
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            parts.push(format!("reads {}", columns.join(" ")));
        }
    }
    for order in &step.order_by {
        parts.push(format!("by {}{}", order.column, if order.descending { " desc" } else { "" }));
    }
    if step.ordered_by_other {
        parts.push("by other".to_owned());
    }
    if step.limit.is_some() {
        parts.push("limit".to_owned());
    }
    if step.offset {
        parts.push("offset".to_owned());
    }
    if let Some(aggregate) = &step.aggregate {
        parts.push(if aggregate.exists { "exists".to_owned() } else { "computes".to_owned() });
    }
    if let Some(locking) = &step.locking {
        parts.push(if locking.skip_locked { "skips locked" } else { "locks" }.to_owned());
    }
    if let Some(conflict) = &step.conflict {
        parts.push(match &conflict.action {
            ConflictAction::Nothing => "or nothing".to_owned(),
            ConflictAction::Update(assigned) => {
                let columns: Vec<&str> = assigned.iter().map(|one| one.column.as_str()).collect();
                format!("or update {}", columns.join(" "))
            }
        });
    }
    if let Some(rows) = step.rows_inserted {
        parts.push(format!("{rows} rows"));
    }
    if step.outer {
        parts.push("outer".to_owned());
    }
    format!("{verb} {}: {}", step.table, parts.join(", "))
}

fn lines(text: &str, capture: &Capture) -> Vec<String> {
    match sql::read(text, &capture.catalog) {
        Access::Data(steps) => steps.iter().map(line).collect(),
        Access::Ignorable(verb) => vec![format!("ignorable: {verb}")],
        Access::Unparsed(unparsed) => {
            let table = unparsed.first_table.unwrap_or_default();
            vec![format!("unparsed: {} {table}", unparsed.verb)]
        }
    }
}

fn check(statements: &[(&str, &[&str])]) {
    let capture = catalog();
    for (text, expected) in statements {
        assert_eq!(lines(text, &capture), *expected, "{text}");
    }
}

/// Values that are given make keys; ranges, prefixes and orders narrow or sort; all
/// else filters, and nothing is dropped.
#[test]
fn what_a_read_is_found_by() {
    check(&[
        ("SELECT * FROM orders WHERE id = $1", &["read orders: id = given, reads *"]),
        (
            "SELECT total FROM orders WHERE customer_id = $1 AND made >= now() - interval $2 ORDER BY made DESC LIMIT $3",
            &[
                "read orders: customer_id = given, made range, reads made total, by made desc, limit",
            ],
        ),
        (
            "SELECT id FROM orders WHERE id IN ($1, $2, $3)",
            &["read orders: id any 3 given, reads id"],
        ),
        (
            "SELECT id FROM orders WHERE id = ANY ($1) OFFSET $2",
            &["read orders: id any ? given, reads id, offset"],
        ),
        (
            "SELECT id FROM orders WHERE state = $1 OR state = $2",
            &["read orders: state any 2 given, reads id"],
        ),
        (
            "SELECT id FROM orders WHERE state = $1 OR total > $2",
            &["read orders: rest(state total), reads id"],
        ),
        (
            "SELECT id FROM orders WHERE state LIKE 'op%' AND sku($1)",
            &["read orders: state prefix, reads id"],
        ),
        (
            "SELECT id FROM orders WHERE state LIKE $1 AND lower(state) = $2 AND made IS NULL",
            &["read orders: state filter, made null, rest(state), reads id"],
        ),
        (
            "SELECT count(*) FROM orders WHERE customer_id = $1 GROUP BY state",
            &["read orders: customer_id = given, reads state, computes"],
        ),
        (
            "SELECT id FROM orders WHERE (customer_id, state) = ($1, $2)",
            &["read orders: customer_id = given, state = given, reads id"],
        ),
        (
            "SELECT id FROM orders WHERE (made, id) < ($1, $2) ORDER BY made DESC LIMIT $3",
            &["read orders: made range, id filter, reads id made, by made desc, limit"],
        ),
        ("SELECT id FROM orders WHERE made::date = $1", &["read orders: made range, reads id"]),
        (
            "SELECT id FROM orders WHERE made BETWEEN $1 AND $2",
            &["read orders: made range, reads id"],
        ),
        (
            "SELECT * FROM orders WHERE $1 = ANY (tags) ORDER BY total * $2",
            &["read orders: tags filter, reads *, by other"],
        ),
    ]);
}

/// Each side of a join knows the other; subqueries are steps of their own, and those
/// that only compute narrow nothing.
#[test]
fn steps_of_a_join_give_one_another_values() {
    check(&[
        (
            "SELECT o.total, l.sku FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.id = $1",
            &[
                "read orders: id = 1.order_id, id = given, reads id total",
                "read lines: order_id = 0.id, reads order_id sku",
            ],
        ),
        (
            "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.name = $1 WHERE o.state = $2",
            &[
                "read orders: state = given, reads customer_id id",
                "read customers: id = 0.customer_id, name = given, reads id, outer",
            ],
        ),
        (
            "SELECT id FROM orders o WHERE EXISTS (SELECT $1 FROM lines WHERE order_id = o.id AND sku = $2)",
            &[
                "read orders: id = 1.order_id, reads id",
                "read lines: order_id = 0.id, sku = given, reads order_id, exists",
            ],
        ),
        (
            "SELECT id FROM orders WHERE NOT EXISTS (SELECT $1 FROM lines WHERE order_id = orders.id)",
            &["read orders: reads id", "read lines: order_id = 0.id, reads order_id, exists"],
        ),
        (
            "SELECT id FROM orders WHERE customer_id IN (SELECT id FROM customers WHERE email = $1)",
            &[
                "read orders: customer_id any ? 1.id, reads id",
                "read customers: email = given, reads id",
            ],
        ),
        (
            "SELECT (SELECT count(*) FROM lines WHERE order_id = o.id) FROM orders o WHERE o.id = $1",
            &[
                "read orders: id = given, reads id",
                "read lines: order_id = 0.id, reads order_id, computes",
            ],
        ),
        (
            "SELECT id FROM orders WHERE state = $1 UNION ALL SELECT id FROM lines WHERE sku = $2",
            &["read orders: state = given, reads id", "read lines: sku = given, reads id"],
        ),
    ]);
}

/// A write comes after the reads of its condition and takes its rows from them.
#[test]
fn writes_and_what_feeds_them() {
    check(&[
        (
            "INSERT INTO lines (id, order_id, sku) VALUES ($1, $2, $3), ($4, $5, $6) RETURNING id",
            &["insert lines: set id given, set order_id given, set sku given, reads id, 2 rows"],
        ),
        (
            "INSERT INTO customers (id, email) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET email = excluded.email",
            &["insert customers: set id given, set email given, or update email, 1 rows"],
        ),
        (
            "INSERT INTO lines (order_id) SELECT id FROM orders WHERE state = $1",
            &["read orders: state = given, reads id", "insert lines: set order_id 0.id"],
        ),
        (
            "UPDATE orders SET total = total + $1, state = $2 WHERE id = $3 AND state = $4",
            &["update orders: id = given, state = given, set total computed, set state given"],
        ),
        (
            "UPDATE lines SET amount = $1 FROM orders o WHERE lines.order_id = o.id AND o.customer_id = $2",
            &[
                "read orders: id = 1.order_id, customer_id = given, reads id",
                "update lines: order_id = 0.id, set amount given",
            ],
        ),
        (
            "WITH due AS (SELECT id FROM orders WHERE state = $1 ORDER BY made LIMIT $2 FOR UPDATE SKIP LOCKED) UPDATE orders SET state = $3 FROM due WHERE orders.id = due.id RETURNING orders.id",
            &[
                "read orders: state = given, reads id made, by made, limit, skips locked",
                "update orders: id = 0.id, set state given, reads id",
            ],
        ),
        (
            "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE made < now() - interval $1 ORDER BY made LIMIT $2)",
            &[
                "read orders: made range, reads id made, by made, limit",
                "delete orders: id any ? 0.id",
            ],
        ),
    ]);
}

/// Normalised texts that no server would accept are read all the same; what is not
/// understood is said so.
#[test]
fn texts_that_are_no_plain_statement() {
    check(&[
        (
            "SELECT extract($1 FROM made) FROM orders WHERE id = $2",
            &["read orders: id = given, reads made"],
        ),
        (
            "DECLARE c NO SCROLL CURSOR FOR SELECT id FROM orders WHERE state = $1",
            &["read orders: state = given, reads id"],
        ),
        (
            "SELECT id FROM orders WHERE id IN ($1 /*, ... */)",
            &["read orders: id any ? given, reads id"],
        ),
        ("BEGIN", &["ignorable: BEGIN"]),
        ("SET TIME ZONE 'UTC'", &["ignorable: SET"]),
        ("COPY orders (id) FROM stdin", &["unparsed: COPY orders"]),
        ("CALL archive($1)", &["unparsed: CALL "]),
        ("SELECT nextval('orders_id_seq')", &["unparsed: SELECT "]),
        ("SELECT id FROM orders WHERE (id = $1", &["unparsed: SELECT orders"]),
    ]);
}

/// Each must be given up on at once: read out, they have no end or fill any
/// memory.
#[test]
fn texts_that_expand_or_nest_without_end_are_given_up_on() {
    let doubling = |first: &str, next: &dyn Fn(usize) -> String| {
        let steps: Vec<String> = (1..40).map(|i| format!("c{i} AS ({})", next(i - 1))).collect();
        format!("WITH c0 AS ({first}), {} SELECT * FROM c39", steps.join(", "))
    };
    let first = "SELECT a.* FROM orders a JOIN lines b ON a.id = b.id";
    let times = |count: usize, part: &str| vec![part; count].join(", ");
    let expands = "its subqueries, written out, name more than 100000 tables and columns";
    let sources = "it reads from more than 200 tables and subqueries";
    let columns = "it puts out more than 1664 columns, Postgres's limit";
    let chain = "a chain of more than 1000 operators";
    let words = "it has more than 400000 words and signs";
    for (text, reason) in [
        (
            doubling(first, &|i| format!("SELECT a.* FROM c{i} a JOIN c{i} b ON a.id = b.id")),
            expands,
        ),
        (
            doubling(first, &|i| format!("SELECT id FROM c{i} UNION ALL SELECT id FROM c{i}")),
            expands,
        ),
        (doubling(first, &|i| format!("SELECT a.*, b.* FROM c{i} a, c{i} b")), columns),
        (format!("SELECT 1 FROM {}", times(5000, "orders")), sources),
        (format!("SELECT {} FROM orders", times(5000, "(SELECT id FROM lines)")), sources),
        (format!("SELECT id FROM {}", times(5000, "unnest($1)")), sources),
        (format!("SELECT {} FROM orders", times(20_000, "id")), columns),
        (format!("SELECT id FROM orders ORDER BY {}", times(20_000, "id")), columns),
        (format!("SELECT id FROM orders GROUP BY {}", times(20_000, "id")), columns),
        (format!("SELECT id::int{} FROM orders", "[]".repeat(100_000)), chain),
        (format!("SELECT id{} FROM orders", "[1]".repeat(100_000)), chain),
        (format!("SELECT id FROM orders{}", " PIVOT(sum(a) FOR b IN (1))".repeat(10_000)), chain),
        (format!("SELECT id FROM orders WHERE id IN ({})", times(200_000, "1")), words),
        (format!("SELECT id FROM orders WHERE id = {}", ") ".repeat(400_000)), words),
    ] {
        match sql::read(&text, &catalog().catalog) {
            Access::Unparsed(unparsed) => {
                assert_eq!(unparsed.why, reason, "{}", &text[..60]);
                assert!(!unparsed.truncated, "{}", &text[..60]);
            }
            other => panic!("{}: {other:?}", &text[..60]),
        }
    }
    for text in [
        format!("SELECT {}1{} FROM orders", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT id FROM {}orders{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT id FROM orders WHERE {}true", "NOT ".repeat(100_000)),
        format!("SELECT id FROM orders WHERE true{}", " AND id = $1".repeat(50_000)),
    ] {
        let read = sql::read(&text, &catalog().catalog);
        assert!(matches!(read, Access::Unparsed(_)), "{}", &text[..60]);
    }
}

#[test]
fn a_list_of_80_000_parameters_is_a_list() {
    let list: Vec<String> = (1..=80_000).map(|number| format!("${number}")).collect();
    let text = format!("SELECT id FROM orders WHERE id IN ({})", list.join(", "));
    assert_eq!(lines(&text, &catalog()), ["read orders: id any 80000 given, reads id"]);
}
