//! What must hold whatever the design: checked over random indexes.

use std::sync::LazyLock;

use ddbplan::demand::{ReadRule, demand};
use ddbplan::workload::{Service, Workload};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Planned, planned, synthetic};

const SCHEMA: &str = "CREATE TABLE public.items (\n    id bigint NOT NULL,\n    \
    owner bigint NOT NULL,\n    kind integer NOT NULL,\n    made timestamp with time zone \
    NOT NULL,\n    note text,\n    body text NOT NULL\n);\nALTER TABLE ONLY public.items\n    \
    ADD CONSTRAINT items_pkey PRIMARY KEY (id);\n";

const COLUMNS: [&str; 6] = ["id", "owner", "kind", "made", "note", "body"];

static WORKLOAD: LazyLock<Workload> = LazyLock::new(workload);

/// Reads by every column in every form, and writes of every column.
fn workload() -> Workload {
    let columns = [
        ("items", "id", 8, -1.0),
        ("items", "owner", 8, 300.0),
        ("items", "kind", 4, 5.0),
        ("items", "made", 8, -1.0),
        ("items", "note", 40, 900.0),
        ("items", "body", 1500, -1.0),
    ];
    let statements = [
        ("SELECT * FROM items WHERE id = $1", 900, 900),
        ("SELECT id, note FROM items WHERE owner = $1 ORDER BY made DESC LIMIT $2", 800, 8000),
        ("SELECT count(*) FROM items WHERE owner = $1 AND kind = $2", 700, 700),
        ("SELECT body FROM items WHERE kind = $1 AND made > $2", 600, 3000),
        ("SELECT id FROM items WHERE note = $1", 500, 700),
        ("SELECT id, kind FROM items WHERE id = ANY ($1)", 400, 1600),
        ("SELECT id FROM items ORDER BY made DESC LIMIT $1", 300, 3000),
        ("INSERT INTO items (id, owner, kind, made, body) VALUES ($1, $2, $3, $4, $5)", 250, 250),
        ("UPDATE items SET kind = $1 WHERE id = $2", 200, 200),
        ("UPDATE items SET body = $1, note = $2 WHERE owner = $3 AND made = $4", 100, 90),
        ("DELETE FROM items WHERE made < $1", 50, 500),
        ("DELETE FROM items WHERE id = $1", 40, 0),
    ];
    synthetic(SCHEMA, &[("items", 20_000)], &columns, &statements)
}

/// An index by columns, with a projection.
#[derive(Clone, Debug)]
struct Index {
    partition: usize,
    sort: Option<usize>,
    /// Columns projected beside the keys, as bits.
    included: u8,
}

fn index() -> impl Strategy<Value = Index> {
    (0..COLUMNS.len(), proptest::option::of(0..COLUMNS.len() - 1), 0..64_u8).prop_map(
        |(partition, sort, included)| Index {
            partition,
            sort: sort.filter(|sort| *sort != partition),
            included,
        },
    )
}

fn text(indexes: &[Index]) -> String {
    let mut text = "name = \"d\"\n[tables.items]\npartition_key = \"id\"\n\
                    [tables.items.items.item]\nfrom = \"items\"\n"
        .to_owned();
    for (i, index) in indexes.iter().enumerate() {
        text += &format!("[tables.items.gsi.i{i}]\n");
        text += &format!("partition_key = \"{}\"\n", COLUMNS[index.partition]);
        if let Some(sort) = index.sort {
            text += &format!("sort_key = \"{}\"\n", COLUMNS[sort]);
        }
        let included: Vec<String> = (0..COLUMNS.len())
            .filter(|column| index.included & (1 << column) != 0)
            .map(|column| format!("\"{}\"", COLUMNS[column]))
            .collect();
        if included.is_empty() {
            text += "projection = \"keys_only\"\n";
        } else {
            text += &format!("include = [{}]\n", included.join(", "));
        }
    }
    text
}

/// Read and write units of one call of each pattern.
fn units(workload: &Workload, planned: &Planned) -> Vec<(Decimal, Decimal)> {
    let mut units = vec![(Decimal::ZERO, Decimal::ZERO); workload.patterns.len()];
    for operation in
        demand(workload, &planned.layout, &planned.plan, ReadRule::AsPlanned).operations
    {
        for arm in operation.arms {
            units[operation.pattern].0 += arm.read;
            units[operation.pattern].1 += arm.write;
        }
    }
    units
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A projection of more columns makes entries longer and touches them more
    /// often: no write gets cheaper.
    #[test]
    fn more_projected_columns_never_lower_write_units(index in index(), more in 0..64_u8) {
        let workload = &*WORKLOAD;
        let wider = Index { included: index.included | more, ..index.clone() };
        let narrow = planned(workload, &text(&[index]));
        let wide = planned(workload, &text(&[wider]));
        for (pattern, (narrow, wide)) in
            units(workload, &narrow).into_iter().zip(units(workload, &wide)).enumerate()
        {
            prop_assert!(wide.1 >= narrow.1, "{}", workload.patterns[pattern].text);
        }
    }

    /// One index more: everything served before is served, and nothing that is
    /// only read costs more to read.
    #[test]
    fn an_index_more_never_hurts_reads(indexes in proptest::collection::vec(index(), 0..3), more in index()) {
        let workload = &*WORKLOAD;
        let before = planned(workload, &text(&indexes));
        let mut with = indexes;
        with.push(more);
        let after = planned(workload, &text(&with));
        let costs = units(workload, &before).into_iter().zip(units(workload, &after));
        for (pattern, (then, now)) in costs.enumerate() {
            let served = |planned: &Planned| planned.plan.patterns[pattern].service == Service::Served;
            let text = &workload.patterns[pattern].text;
            prop_assert!(served(&after) || !served(&before), "{text}");
            if served(&before) && then.1.is_zero() {
                prop_assert!(now.0 <= then.0, "{text}: {} before, {} after", then.0, now.0);
            }
        }
    }
}

/// Calls of 0 a month multiply every unit by 0.
#[test]
fn what_is_never_called_costs_nothing() {
    let mut workload = workload();
    for pattern in &mut workload.patterns {
        pattern.calls_per_month = Decimal::ZERO;
    }
    let planned = planned(&workload, &text(&[]));
    let demand = demand(&workload, &planned.layout, &planned.plan, ReadRule::AsPlanned);
    assert!(demand.operations.len() >= 5, "by key: two reads, an insert, an update, a delete");
    let units: Decimal = demand
        .operations
        .iter()
        .flat_map(|operation| {
            operation.arms.iter().map(|arm| operation.calls_per_month * (arm.read + arm.write))
        })
        .sum();
    assert_eq!(units, Decimal::ZERO);
}
