//! How much each signal counts.

use serde::Serialize;

/// Weights of the signals; each signal is a share between 0 and 1.
///
/// Found by coordinate ascent on nDCG@10 over the 292 judged law questions, four-fold cross-validated,
/// and rounded: what matters is their order of size (docs/search.md has the ablation).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weights {
    /// BM25 of the pairs of neighbouring words.
    pub pairs: f32,
    /// BM25 of the words.
    pub words: f32,
    /// Rarity of the pairs that stand together in the best twenty words.
    pub sentence: f32,
    /// The same in the best fifty words.
    pub passage: f32,
    /// How close together all words stand, where there are few.
    pub nearness: f32,
    /// Share of a headline that the question covers.
    pub cover: f32,
    /// Share of the question that stands in a headline.
    pub headline: f32,
    /// Rarity of the words that stand there with the marks they were typed with.
    pub marks: f32,
    /// The row's authority.
    pub authority: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            pairs: 1.0,
            words: 0.5,
            sentence: 0.3,
            passage: 0.6,
            nearness: 0.2,
            cover: 0.12,
            headline: 0.06,
            marks: 0.2,
            authority: 0.3,
        }
    }
}

impl Weights {
    /// Names of the signals, in the order of [`Weights::with`].
    pub const NAMES: [&'static str; 9] =
        ["pairs", "words", "sentence", "passage", "nearness", "cover", "headline", "marks", "authority"];

    /// The weight of that name; an unknown name weighs nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> f32 {
        match name {
            "pairs" => self.pairs,
            "words" => self.words,
            "sentence" => self.sentence,
            "passage" => self.passage,
            "nearness" => self.nearness,
            "cover" => self.cover,
            "headline" => self.headline,
            "marks" => self.marks,
            "authority" => self.authority,
            _ => 0.0,
        }
    }

    /// These weights with one of them, by its name, set; an unknown name changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, weight: f32) -> Self {
        let slot = match name {
            "pairs" => &mut self.pairs,
            "words" => &mut self.words,
            "sentence" => &mut self.sentence,
            "passage" => &mut self.passage,
            "nearness" => &mut self.nearness,
            "cover" => &mut self.cover,
            "headline" => &mut self.headline,
            "marks" => &mut self.marks,
            "authority" => &mut self.authority,
            _ => return self,
        };
        *slot = weight;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_weight_of_its_own() {
        let mut weights = Weights::default();
        for name in Weights::NAMES {
            let changed = weights.clone().with(name, 7.0);
            assert_ne!(changed, weights, "{name}");
            weights = changed;
        }
        assert_eq!(weights.clone().with("none", 1.0), weights);
    }
}
