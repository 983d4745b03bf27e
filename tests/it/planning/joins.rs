//! The ten most frequent joins of a shop under entity collections: each with the
//! operations that serve it, and why these.

use ddbplan::design::starter;
use ddbplan::sql::{Access, Verb};
use ddbplan::workload::Workload;
use rust_decimal::Decimal;

use super::{Planned, planned, started, workload};

/// Patterns that read at least two tables, most called first.
fn joins(workload: &Workload) -> Vec<usize> {
    let reads_several = |p: &usize| match &workload.patterns[*p].access {
        Access::Data(steps) => steps.len() > 1 && steps.iter().all(|step| step.verb == Verb::Read),
        _ => false,
    };
    (0..workload.patterns.len()).filter(reads_several).take(10).collect()
}

/// The operations of a pattern: request, table or `table.index`, and whether it
/// is made at all (a step that finds nothing leads nowhere).
fn operations(planned: &Planned, pattern: usize) -> Vec<String> {
    planned.plan.patterns[pattern]
        .operations
        .iter()
        .map(|operation| {
            let table = &planned.design.tables[operation.table];
            let index = operation
                .index
                .map_or_else(String::new, |index| format!(".{}", table.indexes[index].name));
            let made = if operation.per_call > 0.0 { "" } else { " (not reached)" };
            format!("{} {}{index}{made}", operation.kind.name(), table.name)
        })
        .collect()
}

#[test]
fn the_ten_most_frequent_joins_of_oscar() {
    let workload = workload("oscar");
    let planned = started(&workload, &starter::entity_collections(&workload));
    let joins = joins(&workload);
    let expected: [(&str, &[&str]); 10] = [
        // Options of a product, its own and its class's, with OR across two link
        // tables: neither link gives a key, so the few options are read as one
        // list in the order asked for (there are none in this shop) and the
        // links follow from each option's collection.
        (
            "ORDER BY \"catalogue_option\".\"name\" ASC",
            &[
                "Query catalogue_option.catalogue_option_all_by_name",
                "Query catalogue_option (not reached)",
                "Query catalogue_option (not reached)",
            ],
        ),
        // The lines of a basket: one Query of the basket's collection, then the
        // product and the stock record of each line, which change on their own
        // and so are not copied into the line. A line knows the stock record by
        // its id alone, which is a way in of its own; 2 lines a basket.
        (
            "INNER JOIN \"partner_stockrecord\"",
            &[
                "Query basket_basket",
                "Query catalogue_product.partner_stockrecord_by_id",
                "BatchGetItem catalogue_product",
            ],
        ),
        // Vouchers of a basket: the link stands in the basket's collection; a
        // basket without vouchers, as all were, costs one Query.
        (
            "INNER JOIN \"basket_basket_vouchers\"",
            &["Query basket_basket", "BatchGetItem voucher_voucher (not reached)"],
        ),
        // The offers that hold now: by their type, then state and dates are
        // tested; there are few offers. Condition and benefit by key.
        (
            "INNER JOIN \"offer_benefit\"",
            &[
                "Query offer_conditionaloffer.by_offer_type",
                "BatchGetItem offer_condition (not reached)",
                "BatchGetItem offer_benefit (not reached)",
            ],
        ),
        // Whether a product has options: the same list, read until one is found.
        (
            "OR \"catalogue_product_product_options\".\"product_id\" = $3) LIMIT $4",
            &[
                "Query catalogue_option.catalogue_option_all_by_name",
                "Query catalogue_option (not reached)",
                "Query catalogue_option (not reached)",
            ],
        ),
        // Permissions through groups: memberships stand with the user; of the
        // group itself only the key is asked, which the membership holds, so the
        // group is not read; the rest follows by key. Nobody was in a group.
        (
            "INNER JOIN \"auth_group_permissions\"",
            &[
                "Query auth_user",
                "Query auth_permission.auth_group_permissions_by_group_id (not reached)",
                "BatchGetItem auth_permission (not reached)",
                "BatchGetItem django_content_type (not reached)",
            ],
        ),
        // Permissions of the user: the same with one link less.
        (
            "INNER JOIN \"auth_user_user_permissions\"",
            &[
                "Query auth_user",
                "BatchGetItem auth_permission (not reached)",
                "BatchGetItem django_content_type (not reached)",
            ],
        ),
        // The category of a product: the link stands with the product, the
        // category follows by key. Sorting one row costs nothing.
        (
            "INNER JOIN \"catalogue_productcategory\"",
            &["Query catalogue_product", "GetItem catalogue_category"],
        ),
        // Recommendations stand with the product they are shown for; the products
        // that they name follow by key.
        (
            "FROM \"catalogue_productrecommendation\"",
            &[
                "Query catalogue_product",
                "BatchGetItem catalogue_product (not reached)",
                "BatchGetItem catalogue_product (not reached)",
            ],
        ),
        // Which of a user's wish lists hold a product: the lists stand with the
        // user, the lines are found by product, and where both meet is tested
        // last. Few users have lists, few lines hold one product.
        (
            "INNER JOIN \"wishlists_line\"",
            &["Query auth_user", "Query wishlists_line.by_product_id"],
        ),
    ];
    for (&pattern, (part, expected)) in joins.iter().zip(expected) {
        let text = &workload.patterns[pattern].text;
        assert!(text.contains(part), "{part} is not in {text}");
        assert_eq!(operations(&planned, pattern), expected, "{text}");
    }
}

const ORDERS: &str = "CREATE TABLE public.orders (\n    id bigint NOT NULL,\n    \
    customer text NOT NULL\n);\nCREATE TABLE public.lines (\n    id bigint NOT NULL,\n    \
    order_id bigint NOT NULL,\n    sku text NOT NULL\n);\nALTER TABLE ONLY public.orders\n    \
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\nALTER TABLE ONLY public.lines\n    \
    ADD CONSTRAINT lines_pkey PRIMARY KEY (id);\nALTER TABLE ONLY public.lines\n    \
    ADD CONSTRAINT lines_order_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);\n";

/// An order and its four lines stand in one collection: one Query reads the order
/// with its lines, 5 items of some 50 bytes, 0.5 units, instead of a GetItem and
/// a Query at 0.5 each. In tables of their own both are needed.
#[test]
fn a_parent_and_its_children_are_one_query() {
    let select = "SELECT o.customer, l.sku FROM orders o JOIN lines l ON l.order_id = o.id \
                  WHERE o.id = $1";
    let tables = [("orders", 1000), ("lines", 4000)];
    let columns = [
        ("orders", "id", 8, -1.0),
        ("orders", "customer", 12, 500.0),
        ("lines", "id", 8, -1.0),
        ("lines", "order_id", 8, 1000.0),
        ("lines", "sku", 12, 700.0),
    ];
    let workload = super::synthetic(ORDERS, &tables, &columns, &[(select, 1000, 4000)]);
    let joined = started(&workload, &starter::entity_collections(&workload));
    assert_eq!(operations(&joined, 0), ["Query orders"]);
    assert_eq!(read_units(&workload, &joined), Decimal::new(5, 1));
    let apart = started(&workload, &starter::relational_copy(&workload));
    assert_eq!(operations(&apart, 0), ["GetItem orders", "Query lines.by_order_id"]);
}

#[test]
fn a_cache_in_front_takes_its_share() {
    let text = "name = \"d\"\n[tables.lines]\npartition_key = \"id\"\n[tables.lines.items.line]\n\
                from = \"lines\"\n";
    let tables = [("orders", 1000), ("lines", 4000)];
    let select = "SELECT sku FROM lines WHERE id = $1";
    let workload = super::synthetic(ORDERS, &tables, &[], &[(select, 1000, 1000)]);
    let plain = planned(&workload, text);
    assert_eq!(read_units(&workload, &plain), Decimal::new(5, 1));
    let what_if = "[[what_if.cache]]\nsql = \"SELECT sku...\"\nhit_ratio = 0.75\n";
    let cached = super::planned_under(&workload, text, what_if);
    assert_eq!(read_units(&workload, &cached), Decimal::new(125, 3));
}

/// Read units of one call of the first statement.
fn read_units(workload: &Workload, planned: &Planned) -> Decimal {
    use ddbplan::demand::{ReadRule, demand};

    let demand = demand(workload, &planned.layout, &planned.plan, ReadRule::AsPlanned);
    let of_first = demand.operations.iter().filter(|operation| operation.pattern == 0);
    of_first.flat_map(|operation| &operation.arms).map(|arm| arm.read).sum()
}
