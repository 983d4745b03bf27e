//! Writes that are more than one: unique values, transactions, cascades.

use ddbplan::demand::{ReadRule, demand};
use ddbplan::workload::Workload;
use rust_decimal::Decimal;

use super::{Planned, planned, synthetic};

const SCHEMA: &str = "CREATE TABLE public.users (\n    id bigint NOT NULL,\n    \
    email text NOT NULL,\n    state text NOT NULL\n);\nCREATE TABLE public.posts (\n    \
    id bigint NOT NULL,\n    user_id bigint NOT NULL,\n    title text NOT NULL\n);\n\
    ALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_pkey PRIMARY KEY (id);\n\
    ALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_email_key UNIQUE (email);\n\
    ALTER TABLE ONLY public.posts\n    ADD CONSTRAINT posts_pkey PRIMARY KEY (id);\n\
    ALTER TABLE ONLY public.posts\n    ADD CONSTRAINT posts_user_fkey FOREIGN KEY (user_id) \
    REFERENCES public.users(id) ON DELETE CASCADE;\n";

/// 1,000 users with 3 posts each; every item is below 1 KB.
fn workload(statement: &str, calls: u64, rows: u64) -> Workload {
    let columns = [
        ("users", "id", 8, -1.0),
        ("users", "email", 30, -1.0),
        ("users", "state", 8, 3.0),
        ("posts", "id", 8, -1.0),
        ("posts", "user_id", 8, 1000.0),
        ("posts", "title", 40, -1.0),
    ];
    synthetic(SCHEMA, &[("users", 1000), ("posts", 3000)], &columns, &[(statement, calls, rows)])
}

const USERS: &str = "name = \"d\"\n[tables.users]\npartition_key = \"id\"\n\
                     [tables.users.items.user]\nfrom = \"users\"\n";
const UNIQUE: &str = "unique = [\"email\"]\n";
const BY_STATE: &str = "[tables.users.gsi.by_state]\npartition_key = \"state\"\n\
                        projection = \"keys_only\"\n";
const POSTS: &str = "[tables.posts]\npartition_key = \"id\"\n[tables.posts.items.post]\n\
                     from = \"posts\"\n[tables.posts.gsi.by_user]\npartition_key = \"user_id\"\n\
                     projection = \"keys_only\"\n";

/// Read and write units of one call of the statement.
fn units(workload: &Workload, planned: &Planned) -> (Decimal, Decimal) {
    let demand = demand(workload, &planned.layout, &planned.plan, ReadRule::AsPlanned);
    let arms = demand.operations.iter().flat_map(|operation| &operation.arms);
    arms.fold((Decimal::ZERO, Decimal::ZERO), |sum, arm| (sum.0 + arm.read, sum.1 + arm.write))
}

fn check(statement: &str, rows: u64, design: &str, expected: (&str, &str)) {
    let workload = workload(statement, 100, rows);
    let planned = planned(&workload, design);
    let found = units(&workload, &planned);
    let expected: (Decimal, Decimal) = (expected.0.parse().unwrap(), expected.1.parse().unwrap());
    assert_eq!(found, expected, "{statement} under {design}: {:?}", planned.plan.patterns[0]);
}

const INSERT: &str = "INSERT INTO users (id, email, state) VALUES ($1, $2, $3)";

/// A transaction counts the table's units twice (Developer Guide, "DynamoDB
/// transactions": three items of 500 bytes take 6 units) and an index once.
#[test]
fn a_unique_value_takes_a_guard_in_a_transaction() {
    check(INSERT, 100, USERS, ("0", "1"));
    // The user and the guard of the address: 2 + 2.
    check(INSERT, 100, &format!("{USERS}{UNIQUE}"), ("0", "4"));
    // And the entry in an index: 1.
    check(INSERT, 100, &format!("{USERS}{UNIQUE}{BY_STATE}"), ("0", "5"));
    let update = "UPDATE users SET email = $1 WHERE id = $2";
    // The user, the guard of the old address and that of the new: 2 + 2 + 2.
    check(update, 100, &format!("{USERS}{UNIQUE}"), ("0", "6"));
    // What is not unique needs no guard.
    let update = "UPDATE users SET state = $1 WHERE id = $2";
    check(update, 100, &format!("{USERS}{UNIQUE}"), ("0", "1"));
}

#[test]
fn a_design_may_ask_for_a_transaction() {
    let rule = "[[patterns]]\nsql = \"INSERT INTO users...\"\ntransaction = true\n";
    check(INSERT, 100, &format!("{USERS}{rule}"), ("0", "2"));
}

/// Deleting a user deletes its posts, 3 on average, although the capture has no
/// nested statements: a strong read of an index is not possible, so 0.5 to find
/// them, 1 for the user, 3 for the posts and 3 for their index entries.
#[test]
fn deletes_cascade_as_the_schema_says() {
    let delete = "DELETE FROM users WHERE id = $1";
    check(delete, 100, &format!("{USERS}{POSTS}"), ("0.5", "7"));
    // Without a way to the posts the delete cannot be served.
    let workload = workload(delete, 100, 100);
    let no_index = POSTS.split("[tables.posts.gsi").next().unwrap();
    let planned = planned(&workload, &format!("{USERS}{no_index}"));
    assert_eq!(planned.plan.patterns[0].service, ddbplan::workload::Service::NotServed);
}

/// Of 100 conditional updates 40 change a row: each is paid on the table, and
/// the index is written by those that succeed, whose key moves: 1 and 0.4 x 2.
#[test]
fn a_failed_condition_is_paid_on_the_table_alone() {
    let update = "UPDATE users SET state = $1 WHERE id = $2 AND state = $3";
    check(update, 40, &format!("{USERS}{BY_STATE}"), ("0", "1.8"));
}

/// Posts hold a copy of their author's address: a page of posts needs nothing of
/// the users, and a new address is written into each of the author's 3 posts,
/// found through the index (0.5). A write of the state is passed on to nobody.
#[test]
fn copies_serve_joins_and_follow_updates() {
    let posts = "[tables.posts]\npartition_key = \"user_id\"\nsort_key = \"id\"\n\
                 [tables.posts.items.post]\nfrom = \"posts\"\n";
    let copy = "copy = { author = \"users.email\" }\n";
    let join = "SELECT p.title, u.email FROM posts p JOIN users u ON u.id = p.user_id WHERE \
                p.user_id = $1 ORDER BY p.id";
    check(join, 300, &format!("{USERS}{posts}"), ("1", "0"));
    check(join, 300, &format!("{USERS}{posts}{copy}"), ("0.5", "0"));
    let update = "UPDATE users SET email = $1 WHERE id = $2";
    check(update, 100, &format!("{USERS}{posts}"), ("0", "1"));
    // Reads for a write are strong: 1 to find the posts, then the user and 3.
    check(update, 100, &format!("{USERS}{posts}{copy}"), ("1", "4"));
    let state = "UPDATE users SET state = $1 WHERE id = $2";
    check(state, 100, &format!("{USERS}{posts}{copy}"), ("0", "1"));
}

const TOUCHED: &str = "CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    \
    NEW.state := 'seen';\n    RETURN NEW;\nEND $$;\n\
    CREATE TRIGGER touch BEFORE UPDATE OF email ON public.users FOR EACH ROW EXECUTE FUNCTION \
    public.touch();\n";

/// The statement names only `email`; its trigger writes `state`, the key of the
/// index: besides the item's unit the entry is deleted and put again. Without the
/// function's text only the item is written, and the report says that nobody
/// knows what the trigger does.
#[test]
fn columns_written_by_triggers_are_written() {
    let statement = "UPDATE users SET email = $1 WHERE id = $2";
    let design = format!("{USERS}{BY_STATE}");
    let columns =
        [("users", "id", 8, -1.0), ("users", "email", 30, -1.0), ("users", "state", 8, 3.0)];
    let found = |schema: &str, statement: &str| {
        let statements = [(statement, 100, 100)];
        let workload =
            synthetic(&format!("{SCHEMA}{schema}"), &[("users", 1000)], &columns, &statements);
        let planned = planned(&workload, &design);
        let finding = planned.plan.findings.iter().find(|one| one.id == "triggers").cloned();
        (units(&workload, &planned).1, finding.map_or(String::new(), |one| one.what))
    };
    let (units, what) = found(TOUCHED, statement);
    assert_eq!(units, Decimal::from(3));
    assert!(what.contains("touch writes state, billed with the statement"), "{what}");
    // It fires for the column that it names alone.
    assert_eq!(found(&TOUCHED.replace("OF email", "OF id"), statement).0, Decimal::ONE);
    let trigger_alone = &TOUCHED[TOUCHED.find("CREATE TRIGGER").unwrap()..];
    let (units, what) = found(trigger_alone, statement);
    assert_eq!(units, Decimal::ONE);
    assert!(what.contains("what it does was not recorded"), "{what}");
}
