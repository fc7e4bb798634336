//! Every pair of sets whose Jaccard similarity reaches a bound, exactly.
//!
//! Prefix filtering (Bayardo, Ma and Srikant, *Scaling Up All Pairs Similarity Search*, WWW 2007): with the
//! elements in one order, rare ones first, two sets that similar share one of the first few of each.

use std::collections::HashMap;

/// Pairs of places in `sets` with similarity `min` or more, the smaller place first.
pub(in crate::duplicates) fn join(sets: &[Vec<u64>], min: f64) -> Vec<(usize, usize, f64)> {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    sets.iter().flatten().for_each(|element| *counts.entry(*element).or_default() += 1);
    let ordered: Vec<Vec<(u32, u64)>> = sets
        .iter()
        .map(|set| {
            let mut set: Vec<(u32, u64)> =
                set.iter().map(|one| (counts.get(one).copied().unwrap_or_default(), *one)).collect();
            set.sort_unstable();
            set
        })
        .collect();
    let mut order: Vec<usize> = (0..sets.len()).collect();
    order.sort_by_key(|place| ordered.get(*place).map(Vec::len));
    let mut beginnings: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for place in order {
        let Some(set) = ordered.get(place) else { continue };
        let prefix = set.len() + 1 - needed(set.len(), min);
        let mut met: Vec<usize> = Vec::new();
        for (_, element) in set.iter().take(if set.is_empty() { 0 } else { prefix }) {
            let known = beginnings.entry(*element).or_default();
            met.extend(known.iter().copied());
            known.push(place);
        }
        met.sort_unstable();
        met.dedup();
        for other in met {
            let Some(smaller) = ordered.get(other).filter(|other| other.len() >= needed(set.len(), min))
            else {
                continue;
            };
            let similarity = jaccard(smaller, set);
            if similarity >= min {
                pairs.push((place.min(other), place.max(other), similarity));
            }
        }
    }
    pairs
}

/// Elements a set must share with one of `len` elements, and so must have.
fn needed(len: usize, min: f64) -> usize {
    // A hair less, so that rounding loses no pair.
    ((len as f64 * min - 1e-9).ceil() as usize).max(1)
}

fn jaccard(one: &[(u32, u64)], other: &[(u32, u64)]) -> f64 {
    let (mut left, mut right, mut common) = (one.iter().peekable(), other.iter().peekable(), 0usize);
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = a.cmp(b);
        common += usize::from(order.is_eq());
        if order.is_le() {
            left.next();
        }
        if order.is_ge() {
            right.next();
        }
    }
    common as f64 / (one.len() + other.len() - common) as f64
}
