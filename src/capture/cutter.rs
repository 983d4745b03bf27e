use std::collections::BTreeMap;
use std::rc::Rc;

use crate::units::Timestamp;

use super::gathered::{Group, Scope, StatementKey, StatementRow};
use super::snapshots::GAP_MICROS;

/// Cuts the rows of one file where a new snapshot starts: where a key comes
/// again, where the order by queryid starts again, or where time jumps.
pub(super) struct Cutter {
    file: Rc<str>,
    /// Each row carries a time.
    timed: bool,
    /// Each snapshot is ordered by queryid.
    ordered: bool,
    /// The keys of the open group, and where their rows stand in it.
    keys: BTreeMap<Rc<StatementKey>, usize>,
    before: Option<(Option<Timestamp>, Option<i64>)>,
    open: Option<Group>,
}

impl Cutter {
    /// Judges by the first rows of the file, or all, how its snapshots can be
    /// told apart.
    pub fn new(file: Rc<str>, rows: &[StatementRow]) -> Self {
        let falls = rows.windows(2).filter(|pair| number(&pair[1]) < number(&pair[0])).count();
        Self {
            file,
            timed: rows.iter().all(|row| row.at.is_some()),
            // A view in no order falls at about every second row.
            ordered: falls * 4 < rows.len() && rows.iter().all(|row| number(row).is_some()),
            keys: BTreeMap::new(),
            before: None,
            open: None,
        }
    }

    /// Takes the next row; gives the group before if this one starts another.
    pub fn take(&mut self, row: StatementRow) -> Option<Group> {
        let id = number(&row);
        let fell = self.before.is_some_and(|(_, before)| id < before);
        let jumped = self
            .before
            .and_then(|(at, _)| row.at.zip(at))
            .is_some_and(|(now, then)| now.micros_since(then) >= GAP_MICROS);
        // Two rows of a key at one moment are entries that the export does not
        // tell apart, such as those of two users.
        if self.timed
            && !jumped
            && let Some(place) = self.keys.get(&row.key)
            && let Some(open) = &mut self.open
        {
            open.add(*place, &row);
            return None;
        }
        // In an ordered file a jump of time without a fall is a slow reader.
        let starts = self.keys.contains_key(&row.key)
            || if self.timed { jumped && (fell || !self.ordered) } else { self.ordered && fell };
        let ended = if starts { self.open.take() } else { None };
        if starts {
            self.keys.clear();
        }
        self.before = Some((row.at, id));
        let open = self.open.get_or_insert_with(|| Group {
            file: Rc::clone(&self.file),
            at: row.at,
            scope: Scope::All,
            rows: Vec::new(),
            not_told_apart: 0,
        });
        self.keys.insert(Rc::clone(&row.key), open.rows.len());
        open.rows.push(row);
        ended
    }

    /// The last group, which is empty if the file has no rows.
    pub fn finish(self) -> Group {
        let Self { file, open, .. } = self;
        let none = Group { file, at: None, scope: Scope::All, rows: Vec::new(), not_told_apart: 0 };
        open.unwrap_or(none)
    }

    /// Forgets the rows of the last moment: a file that was cut off may lack
    /// some of them.
    pub fn drop_last_moment(&mut self) {
        if let Some(open) = &mut self.open {
            drop_last_moment(&mut open.rows);
        }
        self.open.take_if(|open| open.rows.is_empty());
    }
}

/// Removes the rows of the last moment.
pub(super) fn drop_last_moment(rows: &mut Vec<StatementRow>) {
    let last = rows.iter().map(|row| row.at).max();
    rows.retain(|row| Some(row.at) != last);
}

fn number(row: &StatementRow) -> Option<i64> {
    row.key.query_id.parse().ok()
}
