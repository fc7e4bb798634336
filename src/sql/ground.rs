//! What functions in a statement rest on beside their arguments: the rules in force, and the days of commits.
//!
//! A statement without any gets what is compiled in. With `next`, `legal_due_next` and `handling_due_next`
//! answer by other rules than those in force, so that one statement tells what a change would move.

use std::sync::Arc;

use crate::rules::laws::Laws;

/// The ground of a session.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The rules in force.
    pub laws: Arc<Laws>,
    /// Rules that are not in force yet, when a change is being weighed.
    pub next: Option<Arc<Laws>>,
    /// Days of commits.
    pub days: Arc<CommitDays>,
}

/// On which civil day each commit was made: the first commit of each day, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CommitDays(pub Vec<(i64, i32)>);

impl Default for Ground {
    fn default() -> Self {
        Self { laws: Laws::compiled(), next: None, days: Arc::default() }
    }
}

impl Ground {
    /// The ground of these rules alone.
    #[must_use]
    pub fn of(laws: Arc<Laws>) -> Self {
        Self { laws, ..Self::default() }
    }
}

impl CommitDays {
    /// The epoch day of a commit; nothing when it is before all that are known.
    #[must_use]
    pub fn day_of(&self, commit: i64) -> Option<i32> {
        let after = self.0.partition_point(|(first, _)| *first <= commit);
        after.checked_sub(1).and_then(|place| self.0.get(place)).map(|(_, day)| *day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_of_the_day_that_began_last_before_it() {
        let days = CommitDays(vec![(0, 100), (4, 101), (9, 120)]);
        let told: Vec<Option<i32>> = [-1, 0, 3, 4, 8, 9, 500].map(|commit| days.day_of(commit)).into();
        assert_eq!(told, [None, Some(100), Some(100), Some(101), Some(101), Some(120), Some(120)]);
        assert_eq!(CommitDays::default().day_of(1), None);
    }
}
