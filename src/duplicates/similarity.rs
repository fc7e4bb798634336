//! Exact likeness of two texts.
//!
//! All measures count shingles of three folded syllables, as sets. Similarity is Jaccard's: what is
//! common over what there is. Containment is what is common over the smaller text, and finds a petition
//! quoted inside a longer one, where similarity is low by nature. Both are taken twice: of the whole
//! texts, and of their content, which is what is left when the shingles go that stand in very many texts;
//! where hardly anything is left of either text, both are compared whole.
//! Shingles are compared by 64-bit hashes, whose chance of clashing in a pair of megabyte texts is below
//! one in ten million.

use crate::duplicates::Relation;
use crate::sketch::frequent::Frequent;
use crate::sketch::shingle::{Shingles, shingles};

/// Least containment at which a text counts as standing in another.
const CONTAINED_MIN: f64 = 0.95;
/// How much larger the other text must then be.
const LARGER_MIN: f64 = 1.25;

/// How alike two texts are; every measure from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// |A∩B| / |A∪B| of the whole texts.
    pub similarity: f64,
    /// max(|A∩B| / |A|, |A∩B| / |B|) of the whole texts.
    pub containment: f64,
    /// `similarity` of the contents.
    pub content: f64,
    /// `containment` of the contents.
    pub content_containment: f64,
    /// Whether they read the same, marks, case and punctuation aside.
    pub same_text: bool,
}

/// A text made ready to be compared many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Sorted, each once.
    shingles: Vec<u64>,
    /// As `shingles`, without the frequent ones; nothing where these are the same.
    content: Option<Vec<u64>>,
    /// Whether so little is left without the frequent ones that all are the content.
    is_thin: bool,
    text_hash: u64,
    /// The syllables of a short text.
    short: Vec<u64>,
}

/// How alike `a` and `b` are, where the `frequent` shingles are no content. A text without syllables is
/// like nothing, not even another such.
#[must_use]
pub fn likeness(a: &str, b: &str, frequent: &Frequent) -> Likeness {
    Prepared::of(a, frequent).compare(&Prepared::of(b, frequent))
}

impl Prepared {
    /// Prepares `text`, of whose shingles the `frequent` ones are no content.
    #[must_use]
    pub fn of(text: &str, frequent: &Frequent) -> Self {
        Self::of_shingles(shingles(text), frequent)
    }

    /// Prepares a text by its shingles.
    #[must_use]
    pub fn of_shingles(found: Shingles, frequent: &Frequent) -> Self {
        let left = frequent.left(&found.hashes);
        let is_thin = frequent.is_thin(found.hashes.len(), left.len());
        let content = (!is_thin && left.len() < found.hashes.len()).then(|| as_set(left.into_owned()));
        let shingles = as_set(found.hashes);
        Self { shingles, content, is_thin, text_hash: found.text_hash, short: found.short }
    }

    /// Keys that texts in the same form share.
    #[must_use]
    pub fn form_keys(&self, frequent: &Frequent) -> Vec<u64> {
        frequent.form_keys(&self.shingles)
    }

    /// How alike this text and `other` are.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Likeness {
        let (similarity, containment) = shares(&self.shingles, &other.shingles);
        // What is left of the one does not compare with all of the other.
        let is_thin = self.is_thin || other.is_thin;
        let (content, content_containment) = match (&self.content, &other.content) {
            (None, None) => (similarity, containment),
            _ if is_thin => (similarity, containment),
            _ => shares(self.content(), other.content()),
        };
        let same_text = self.text_hash == other.text_hash && !self.shingles.is_empty();
        Likeness { similarity, containment, content, content_containment, same_text }
    }

    /// Of two short texts the share of syllables that need no edit, 0 to 1; nothing if one is longer.
    #[must_use]
    pub fn closeness(&self, other: &Self) -> Option<f64> {
        let longer = self.short.len().max(other.short.len());
        if self.short.is_empty() || other.short.is_empty() {
            return None;
        }
        let edits = strsim::generic_levenshtein(&self.short, &other.short);
        Some(1.0 - edits as f64 / longer as f64)
    }

    fn content(&self) -> &[u64] {
        self.content.as_deref().unwrap_or(&self.shingles)
    }
}

impl Likeness {
    /// How the texts relate.
    #[must_use]
    pub fn relation(&self) -> Relation {
        let contains = is_contained(self.similarity, self.containment)
            || is_contained(self.content, self.content_containment);
        match (self.same_text, contains) {
            (true, _) => Relation::SameText,
            (_, true) => Relation::Contains,
            _ => Relation::NearText,
        }
    }
}

/// Whether the smaller of two sets stands in the other, which is much larger.
fn is_contained(similarity: f64, containment: f64) -> bool {
    // With c in common: smaller = c / containment, both = c / similarity, larger = both + c - smaller.
    let larger_by = containment / similarity.max(f64::MIN_POSITIVE) + containment - 1.0;
    containment >= CONTAINED_MIN && larger_by >= LARGER_MIN
}

fn as_set(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Similarity and containment of two sets, sorted.
fn shares(one: &[u64], other: &[u64]) -> (f64, f64) {
    let common = common(one, other) as f64;
    let (one, other) = (one.len() as f64, other.len() as f64);
    let share = |of: f64| if of > 0.0 { common / of } else { 0.0 };
    (share(one + other - common), share(one.min(other)))
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
            let found = likeness(a, b, &Frequent::default());
            assert_eq!(found.relation().code(), relation, "{a} / {b}");
            assert!((found.similarity - jaccard).abs() < 1e-9, "{a} / {b}: {found:?}");
            assert!((found.containment - containment).abs() < 1e-9, "{a} / {b}: {found:?}");
        }
    }

    #[test]
    fn what_is_left_of_one_text_is_not_compared_with_all_of_another() {
        let form: String = (0..100).map(|place| format!("mẫu{place} ")).collect();
        let filled = |own: usize| -> String {
            form.clone() + &(0..own).map(|place| format!("riêng{place} ")).collect::<String>()
        };
        let mut sample = crate::sketch::frequent::Sample::default();
        for number in 0..400 {
            let id = crate::domain::id::RecordId::of_key('P', "petitions", "test", &number.to_string());
            sample.add(id, &format!("{form}{number} nhà {number} ở thôn {number}"));
        }
        let frequent = sample.frequent();
        let found = likeness(&filled(11), &filled(18), &frequent);
        assert!((found.content - found.similarity).abs() < 1e-9 && found.content > 0.9, "{found:?}");
        let found = likeness(&filled(60), &filled(30), &frequent);
        assert!(found.content < 0.6 && found.similarity > 0.7, "{found:?}");
    }

    proptest! {
        #[test]
        fn similarity_is_what_the_definition_says(a in "([aàb] ?){0,20}", b in "([aàb] ?){0,20}") {
            let found = likeness(&a, &b, &Frequent::default());
            prop_assert_eq!((found.similarity, found.containment), by_definition(&a, &b));
            prop_assert_eq!(found, likeness(&b, &a, &Frequent::default()));
        }
    }
}
