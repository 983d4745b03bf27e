use std::collections::BTreeMap;

/// Sessions held in memory; beyond it the one silent for longest is closed.
const SESSIONS_MAX: usize = 10_000;

/// Different transactions told apart.
const SHAPES_MAX: usize = 10_000;

/// Statements of one transaction kept.
const STATEMENTS_MAX: usize = 200;

/// Which statements ran together in one transaction.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    open: BTreeMap<String, Open>,
    shapes: BTreeMap<Vec<usize>, u64>,
    /// Transactions of shapes beyond [`SHAPES_MAX`].
    pub others: u64,
    clock: u64,
}

#[derive(Debug, Default)]
struct Open {
    /// The virtual transaction id, or empty between `BEGIN` and its end where
    /// the log has none.
    id: String,
    statements: Vec<usize>,
    touched: u64,
}

/// What a statement does to the transaction it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Begins,
    Ends,
    /// Sets, releases or returns to a savepoint.
    Savepoint,
    None,
}

impl Control {
    pub fn of(text: &str) -> Self {
        let mut words =
            text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
        let mut next = || words.next().unwrap_or_default();
        match (next().as_str(), next().as_str()) {
            ("begin", _) | ("start", "transaction") => Self::Begins,
            ("rollback", "to") | ("savepoint" | "release", _) => Self::Savepoint,
            ("commit" | "end" | "rollback" | "abort", _) => Self::Ends,
            _ => Self::None,
        }
    }
}

impl Transactions {
    /// Takes a statement of a session. `vxid` is the virtual transaction id as
    /// logged: `3/0` outside a transaction, which is where a statement that
    /// commits by itself is logged.
    pub fn take(&mut self, session: &str, vxid: Option<&str>, control: Control, statement: usize) {
        self.clock += 1;
        let id = vxid.map(|id| if id.ends_with("/0") { "" } else { id });
        let known = self.open.get(session).map(|open| open.id.clone());
        let same = match (id, &known) {
            // Without ids a transaction lasts from BEGIN to its end.
            (None, Some(_)) => control != Control::Begins,
            (Some(id), Some(known)) => id == known,
            (_, None) => false,
        };
        if !same {
            self.close(session);
        }
        let inside = match id {
            Some(id) => !id.is_empty(),
            None => control == Control::Begins || same,
        };
        if inside {
            let open = self.open.entry(session.to_owned()).or_default();
            open.id = id.unwrap_or_default().to_owned();
            open.touched = self.clock;
            let repeated = open.statements.last() == Some(&statement);
            if control == Control::None && !repeated && open.statements.len() < STATEMENTS_MAX {
                open.statements.push(statement);
            }
        }
        if control == Control::Ends {
            self.close(session);
        }
        if self.open.len() > SESSIONS_MAX {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.touched);
            if let Some(oldest) = oldest.map(|(session, _)| session.clone()) {
                self.close(&oldest);
            }
        }
    }

    /// The statements of each shape of transaction, and how many there were.
    pub fn finish(mut self) -> (BTreeMap<Vec<usize>, u64>, u64) {
        let sessions: Vec<String> = self.open.keys().cloned().collect();
        for session in sessions {
            self.close(&session);
        }
        (self.shapes, self.others)
    }

    fn close(&mut self, session: &str) {
        let Some(open) = self.open.remove(session) else { return };
        // One statement alone needs no transaction.
        if open.statements.len() < 2 {
            return;
        }
        if self.shapes.len() < SHAPES_MAX || self.shapes.contains_key(&open.statements) {
            *self.shapes.entry(open.statements).or_default() += 1;
        } else {
            self.others += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_ids_a_transaction_is_what_shares_one() {
        let mut all = Transactions::default();
        for (session, vxid, control, statement) in [
            ("a", "3/0", Control::None, 9),
            ("a", "3/7", Control::Begins, 0),
            ("b", "4/1", Control::None, 5),
            ("a", "3/7", Control::None, 1),
            ("a", "3/7", Control::None, 1),
            ("a", "3/7", Control::None, 2),
            ("a", "3/0", Control::Ends, 3),
            ("b", "4/2", Control::None, 6),
            ("b", "4/2", Control::None, 7),
        ] {
            all.take(session, Some(vxid), control, statement);
        }
        let (shapes, others) = all.finish();
        assert_eq!(shapes.into_iter().collect::<Vec<_>>(), [(vec![1, 2], 1), (vec![6, 7], 1)]);
        assert_eq!(others, 0);
    }

    #[test]
    fn without_ids_it_lasts_from_begin_to_its_end() {
        let mut all = Transactions::default();
        let statements = [
            "BEGIN",
            "UPDATE a",
            "ROLLBACK TO SAVEPOINT s",
            "UPDATE b",
            "COMMIT",
            "UPDATE c",
            "UPDATE d",
        ];
        for (i, text) in statements.iter().enumerate() {
            all.take("1", None, Control::of(text), i);
        }
        assert_eq!(all.finish().0.into_iter().collect::<Vec<_>>(), [(vec![1, 3], 1)]);
    }
}
