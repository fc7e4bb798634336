//! From one edition to another: how many places up or down, or why that cannot be said.

use crate::readiness::table::{Standing, Unranked};

/// A movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Movement {
    /// Places up, negative for down; more than one where sources disagree.
    Places(Vec<i64>),
    /// There was no rank before.
    NoneBefore(Unranked),
    /// There is no rank now.
    NoneNow(Unranked),
    /// The provinces are others: nothing is re-based.
    OtherProvinces,
}

/// The movement between two standings.
#[must_use]
pub fn moved(before: &Standing, now: &Standing) -> Movement {
    if let Some(why) = &now.why {
        return Movement::NoneNow(why.clone());
    }
    if let Some(why) = &before.why {
        return Movement::NoneBefore(why.clone());
    }
    let pairs = before.ranks.iter().flat_map(|old| now.ranks.iter().map(move |new| old.value - new.value));
    let mut places: Vec<i64> = pairs.collect();
    places.sort_unstable_by_key(|places| -places);
    places.dedup();
    Movement::Places(places)
}
