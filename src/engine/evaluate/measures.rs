//! The measures of one question and their means.

use std::collections::BTreeMap;

/// Hits that nDCG and MRR look at.
const CUT: usize = 10;
/// Hits that the wider recall looks at.
const WIDE: usize = 100;

/// Measures of one question, or their means over several; each between 0 and 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Discounted cumulated gain of the first ten hits, as a share of the best possible one (Järvelin
    /// and Kekäläinen 2002; gain = relevance, discount = log2 of the place plus one).
    pub ndcg: f64,
    /// One over the place of the first relevant hit, 0 beyond ten.
    pub mrr: f64,
    /// Share of the relevant documents among the first ten hits.
    pub recall_10: f64,
    /// The same among the first hundred.
    pub recall_100: f64,
}

impl Measures {
    /// Weighs `found`, best first, against the relevance (above 0) of the documents that have one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of judged documents")]
    pub fn of(found: &[&str], relevant: &BTreeMap<String, u32>) -> Self {
        let gain = |id: &&str| f64::from(relevant.get(*id).copied().unwrap_or_default());
        let mut ideal: Vec<f64> = relevant.values().map(|gain| f64::from(*gain)).collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let best = discounted(ideal.into_iter());
        let hits = |depth: usize| found.iter().take(depth).filter(|id| relevant.contains_key(**id)).count();
        let share = |hits: usize| if relevant.is_empty() { 0.0 } else { hits as f64 / relevant.len() as f64 };
        let first = found.iter().take(CUT).position(|id| relevant.contains_key(*id));
        Self {
            ndcg: if best > 0.0 { discounted(found.iter().map(gain)) / best } else { 0.0 },
            mrr: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
            recall_10: share(hits(CUT)),
            recall_100: share(hits(WIDE)),
        }
    }

    /// Means over questions; zeros where there are none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count of questions")]
    pub fn mean(measures: impl Iterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (Self::default(), 0usize);
        for one in measures {
            sum.ndcg += one.ndcg;
            sum.mrr += one.mrr;
            sum.recall_10 += one.recall_10;
            sum.recall_100 += one.recall_100;
            count += 1;
        }
        let count = count.max(1) as f64;
        Self {
            ndcg: sum.ndcg / count,
            mrr: sum.mrr / count,
            recall_10: sum.recall_10 / count,
            recall_100: sum.recall_100 / count,
        }
    }

    /// Name and value of each, in the order they are shown in.
    #[must_use]
    pub fn named(&self) -> [(&'static str, f64); 4] {
        [("nDCG@10", self.ndcg), ("MRR@10", self.mrr), ("R@10", self.recall_10), ("R@100", self.recall_100)]
    }
}

#[expect(clippy::cast_precision_loss, reason = "places up to ten")]
fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains.take(CUT).enumerate().map(|(place, gain)| gain / ((place + 2) as f64).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relevant(ids: &[(&str, u32)]) -> BTreeMap<String, u32> {
        ids.iter().map(|(id, gain)| ((*id).to_owned(), *gain)).collect()
    }

    #[test]
    fn the_measures_are_those_of_the_literature() {
        let (one, two) = (relevant(&[("a", 1)]), relevant(&[("a", 1), ("b", 1)]));
        let third = 1.0 / 4f64.log2();
        let table: [(&[&str], &BTreeMap<String, u32>, [f64; 4]); 5] = [
            (&["a"], &one, [1.0, 1.0, 1.0, 1.0]),
            (&["x", "y", "a"], &one, [third, 1.0 / 3.0, 1.0, 1.0]),
            (&["x"], &one, [0.0; 4]),
            (&["a", "x"], &two, [1.0 / (1.0 + 1.0 / 3f64.log2()), 1.0, 0.5, 0.5]),
            (&[], &two, [0.0; 4]),
        ];
        for (found, relevant, expected) in table {
            let named = Measures::of(found, relevant).named();
            for ((name, value), expected) in named.into_iter().zip(expected) {
                assert!((value - expected).abs() < 1e-12, "{name} of {found:?}: {value}");
            }
        }
    }

    #[test]
    fn the_eleventh_hit_counts_for_the_wide_recall_alone() {
        let mut found = vec!["x"; 10];
        found.push("a");
        let measures = Measures::of(&found, &relevant(&[("a", 1)]));
        assert_eq!(measures.named().map(|(_, value)| value), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn graded_gains_want_the_best_first() {
        let relevant = relevant(&[("a", 3), ("b", 1)]);
        assert!(Measures::of(&["a", "b"], &relevant).ndcg > Measures::of(&["b", "a"], &relevant).ndcg);
    }
}
