//! Legal due dates that have been answered before, by rules, kind and stage, and then by day.
//!
//! Looking a rule up and counting through the calendar takes microseconds, and a million records share a few
//! thousand answers. Only answers that depend on nothing else are kept here. Rules are told by the hash of
//! their texts, so that another store, or rules being weighed, never meet an answer of others.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::limits::{DEADLINE_DAYS_KEPT, DEADLINE_KINDS_KEPT};
use crate::sql::ground::Ground;

/// Answers of one function.
pub(super) struct Kept {
    tables: RwLock<Vec<Known>>,
}

struct Known {
    rules: String,
    kind: String,
    stage: String,
    table: Arc<Table>,
}

/// Due dates by day of the event from 1970 on; [`UNKNOWN`] until asked, [`NONE`] where there is none.
type Table = Vec<AtomicI32>;

const UNKNOWN: i32 = i32::MIN;
const NONE: i32 = i32::MIN + 1;

/// The tables that one batch has met; kinds are few, so they are looked through in order.
pub(super) struct Seen<'a> {
    kept: &'a Kept,
    rules: &'a str,
    met: Vec<((&'a str, &'a str), Arc<Table>)>,
}

impl Kept {
    pub(super) const fn new() -> Self {
        Self { tables: RwLock::new(Vec::new()) }
    }

    /// When there are too many tables all are forgotten, for rules change seldom and kinds are few.
    fn table(&self, rules: &str, (kind, stage): (&str, &str)) -> Arc<Table> {
        let find = |tables: &Vec<Known>| {
            let is_it = |known: &&Known| known.rules == rules && known.kind == kind && known.stage == stage;
            tables.iter().find(is_it).map(|known| Arc::clone(&known.table))
        };
        let found = find(&self.tables.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(table) = found {
            return table;
        }
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = find(&tables) {
            return table;
        }
        if tables.len() >= DEADLINE_KINDS_KEPT {
            tables.clear();
        }
        let table: Arc<Table> = Arc::new((0..DEADLINE_DAYS_KEPT).map(|_| AtomicI32::new(UNKNOWN)).collect());
        let (rules, kind, stage) = (rules.to_owned(), kind.to_owned(), stage.to_owned());
        tables.push(Known { rules, kind, stage, table: Arc::clone(&table) });
        table
    }
}

impl<'a> Seen<'a> {
    pub(super) fn of(kept: &'a Kept, ground: &'a Ground) -> Self {
        Self { kept, rules: ground.laws.version(), met: Vec::new() }
    }

    /// The due date of an event on `day`, asked of `due` the first time.
    pub(super) fn answer(
        &mut self,
        of: (&'a str, &'a str),
        day: i32,
        due: impl FnOnce() -> Option<i32>,
    ) -> Option<i32> {
        let table = match self.met.iter().find(|(met, _)| *met == of) {
            Some((_, table)) => Arc::clone(table),
            None => {
                let table = self.kept.table(self.rules, of);
                self.met.push((of, Arc::clone(&table)));
                table
            }
        };
        let Some(cell) = usize::try_from(day).ok().and_then(|day| table.get(day)) else { return due() };
        match cell.load(Ordering::Relaxed) {
            UNKNOWN => {
                let found = due();
                cell.store(found.unwrap_or(NONE), Ordering::Relaxed);
                found
            }
            NONE => None,
            found => Some(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_asked_once_for_its_kind_stage_and_day() {
        let (kept, ground) = (Kept::new(), Ground::default());
        let asked = std::cell::Cell::new(0);
        let due = |answer: Option<i32>| {
            asked.set(asked.get() + 1);
            answer
        };
        for _ in 0..2 {
            let mut seen = Seen::of(&kept, &ground);
            assert_eq!(seen.answer(("a", "first"), 20_000, || due(Some(20_030))), Some(20_030));
            assert_eq!(seen.answer(("a", "second"), 20_000, || due(None)), None);
            assert_eq!(seen.answer(("a", "first"), 20_001, || due(Some(7))), Some(7));
        }
        assert_eq!(asked.get(), 3);
        // A day outside the table is asked each time.
        let mut seen = Seen::of(&kept, &ground);
        (0..2).for_each(|_| assert_eq!(seen.answer(("a", "first"), -1, || due(Some(1))), Some(1)));
        assert_eq!(asked.get(), 5);
    }

    #[test]
    fn tables_do_not_grow_without_bound() {
        let (kept, ground) = (Kept::new(), Ground::default());
        for number in 0..3 * DEADLINE_KINDS_KEPT {
            let kind = number.to_string();
            let day = i32::try_from(number).unwrap();
            assert_eq!(Seen::of(&kept, &ground).answer((&kind, ""), day, || Some(day)), Some(day));
        }
        assert!(kept.tables.read().unwrap().len() <= DEADLINE_KINDS_KEPT);
    }
}
