//! How often people decided what the program had proposed.

use std::collections::BTreeMap;

use crate::duplicates::casebook;
use crate::duplicates::casebook::ruling::{Act, Ruling};
use crate::duplicates::relation::Proposed;

/// Decided pairs by what was proposed and what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Combinations that occur, by codes.
    pub cells: Vec<Cell>,
}

/// Pairs that were proposed as one relation and decided as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// What the program proposed.
    pub proposed: Proposed,
    /// What the person decided.
    pub decided: Proposed,
    /// Pairs.
    pub pairs: u64,
}

impl Agreement {
    /// Counts the rulings in force that decided a pair for which there was a proposal.
    #[must_use]
    pub fn of(rulings: &[Ruling]) -> Self {
        let undone = casebook::undone(rulings);
        let mut counts: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
        for ruling in rulings.iter().filter(|ruling| !undone.contains(&ruling.ordinal)) {
            if let (Act::Decide { relation, .. }, Some(proposal)) = (&ruling.act, &ruling.proposal) {
                let (proposed, decided) = (proposal.relation, *relation);
                let new = Cell { proposed, decided, pairs: 0 };
                counts.entry((proposed.code(), decided.code())).or_insert(new).pairs += 1;
            }
        }
        Self { cells: counts.into_values().collect() }
    }

    /// Pairs decided as proposed.
    #[must_use]
    pub fn same(&self) -> u64 {
        self.cells.iter().filter(|cell| cell.proposed == cell.decided).map(|cell| cell.pairs).sum()
    }

    /// Pairs decided for which there was a proposal.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.cells.iter().map(|cell| cell.pairs).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Instant;
    use crate::domain::id::RecordId;
    use crate::duplicates::casebook::ruling::{Pair, Proposal};
    use crate::duplicates::signal::Levels;

    #[test]
    fn what_was_undone_does_not_count() {
        let id = |key: &str| RecordId::of_key('P', "petitions", "test", key);
        let ruling = |ordinal, act, proposed: Option<Proposed>| Ruling {
            ordinal,
            act,
            placed: None,
            by: "A".to_owned(),
            at: Instant(0),
            reason: String::new(),
            proposal: proposed.map(|relation| Proposal { relation, score: 1.0, levels: Levels::default() }),
        };
        let decide =
            |key: &str, relation| Act::Decide { pair: Pair::of(id("0"), id(key)).unwrap(), relation };
        let rulings = [
            ruling(1, decide("1", Proposed::Resend), Some(Proposed::Resend)),
            ruling(2, decide("2", Proposed::FormLetter), Some(Proposed::Resend)),
            ruling(3, decide("3", Proposed::Resend), Some(Proposed::Resend)),
            ruling(4, decide("4", Proposed::Resend), None),
            ruling(5, Act::Undo { ordinal: 3 }, None),
        ];
        let found = Agreement::of(&rulings);
        assert_eq!((found.same(), found.all()), (1, 2));
        assert_eq!(found.cells.len(), 2);
    }
}
