//! Exact similarity of two texts.
//!
//! Both measures count shingles of three folded syllables, as sets. Similarity is Jaccard's: what is
//! common over what there is. Containment is what is common over the smaller text, and finds a petition
//! quoted inside a longer one, where similarity is low by nature. Shingles are compared by 64-bit
//! hashes, whose chance of clashing in a pair of megabyte texts is below one in ten million.

use crate::duplicates::Relation;
use crate::sketch::shingle::shingles;

/// Least containment at which a text counts as standing in another.
const CONTAINED_MIN: f64 = 0.95;
/// How much larger the other text must then be.
const LARGER_MIN: f64 = 1.25;

/// How alike two texts are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// How they relate.
    pub relation: Relation,
    /// |A∩B| / |A∪B|, 0 to 1.
    pub similarity: f64,
    /// max(|A∩B| / |A|, |A∩B| / |B|), 0 to 1.
    pub containment: f64,
}

/// A text made ready to be compared many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Sorted, each once.
    shingles: Vec<u64>,
    text_hash: u64,
}

/// How alike `a` and `b` are. A text without syllables is like nothing, not even another such.
#[must_use]
pub fn similarity(a: &str, b: &str) -> Similarity {
    Prepared::of(a).compare(&Prepared::of(b))
}

impl Prepared {
    /// Prepares `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let found = shingles(text);
        let mut hashes = found.hashes;
        hashes.sort_unstable();
        hashes.dedup();
        Self { shingles: hashes, text_hash: found.text_hash }
    }

    /// How alike this text and `other` are.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Similarity {
        let common = common(&self.shingles, &other.shingles) as f64;
        let (one, two) = (self.shingles.len() as f64, other.shingles.len() as f64);
        let share = |of: f64| if of > 0.0 { common / of } else { 0.0 };
        let (similarity, containment) = (share(one + two - common), share(one.min(two)));
        let is_contained = containment >= CONTAINED_MIN && one.max(two) >= LARGER_MIN * one.min(two);
        let relation = match (similarity, is_contained) {
            (1.0, _) if self.text_hash == other.text_hash => Relation::SameText,
            (_, true) => Relation::Contains,
            _ => Relation::NearText,
        };
        Similarity { relation, similarity, containment }
    }
}

/// How many values two sorted rows have in common.
fn common(one: &[u64], other: &[u64]) -> usize {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut count = 0;
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        let order = left.cmp(right);
        count += usize::from(order.is_eq());
        if order.is_le() {
            one.next();
        }
        if order.is_ge() {
            other.next();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::syllable::tokens;

    /// The definition, written down plainly.
    fn by_definition(a: &str, b: &str) -> (f64, f64) {
        let [a, b] = [a, b].map(|text| {
            let folded: Vec<String> = tokens(text).into_iter().map(|token| token.folded).collect();
            let whole = (1..3).contains(&folded.len()).then(|| folded.clone());
            folded.windows(3).map(<[String]>::to_vec).chain(whole).collect::<BTreeSet<_>>()
        });
        let common = a.intersection(&b).count() as f64;
        let share = |of: usize| if of > 0 { common / of as f64 } else { 0.0 };
        (share(a.union(&b).count()), share(a.len().min(b.len())))
    }

    #[test]
    fn known_pairs_have_their_known_similarity() {
        let letter = "Tôi làm đơn này khiếu nại quyết định thu hồi đất của Ủy ban nhân dân huyện";
        let quoted =
            format!("Trước đây có đơn viết: {letter}. Nay tôi gửi thêm chứng cứ mới và đề nghị xem xét lại");
        let table = [
            (
                letter,
                "TOI LAM DON NAY KHIEU NAI QUYET DINH THU HOI DAT CUA UY BAN NHAN DAN HUYEN",
                "same_text",
                1.0,
                1.0,
            ),
            ("một hai ba bốn năm", "một hai ba bốn sáu", "near_text", 0.5, 2.0 / 3.0),
            (letter, quoted.as_str(), "contains", 15.0 / 33.0, 1.0),
            ("đơn", "ĐƠN!", "same_text", 1.0, 1.0),
            ("đơn thư", "thư đơn", "near_text", 0.0, 0.0),
            ("", "", "near_text", 0.0, 0.0),
            ("a b a b a b", "a b a b", "near_text", 1.0, 1.0),
        ];
        for (a, b, relation, jaccard, containment) in table {
            let found = similarity(a, b);
            assert_eq!(found.relation.code(), relation, "{a} / {b}");
            assert!((found.similarity - jaccard).abs() < 1e-9, "{a} / {b}: {found:?}");
            assert!((found.containment - containment).abs() < 1e-9, "{a} / {b}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn similarity_is_what_the_definition_says(a in "([aàb] ?){0,20}", b in "([aàb] ?){0,20}") {
            let found = similarity(&a, &b);
            prop_assert_eq!((found.similarity, found.containment), by_definition(&a, &b));
            prop_assert_eq!(found, similarity(&b, &a));
        }
    }
}
