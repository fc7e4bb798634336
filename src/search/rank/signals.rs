//! What a row has of a question, as shares between 0 and 1.

use crate::search::rank::asked::Asked;
use crate::search::rank::passage::{best_stretch, pair_places, shortest_window};
use crate::search::rank::postings::{LanePostings, SegmentPostings};
use crate::search::rank::weights::Weights;

/// BM25's saturation of repeated words.
const K1: f32 = 1.2;
/// BM25's share of length.
const B: f32 = 0.75;
/// Words of a sentence.
const SENTENCE_WORDS: u32 = 20;
/// Words of a passage.
const PASSAGE_WORDS: u32 = 50;
/// With more words than this, how close all of them stand together says nothing.
const NEAR_WORDS_MAX: usize = 6;

/// The signals of one row; [`Weights`] says what each is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::search) struct Signals {
    pairs: f32,
    words: f32,
    sentence: f32,
    passage: f32,
    nearness: f32,
    cover: f32,
    headline: f32,
    marks: f32,
    authority: f32,
}

impl Signals {
    /// Reads the signals of `row`; rows are read in order.
    pub(in crate::search) fn read(asked: &Asked<'_>, postings: &mut SegmentPostings, row: u32) -> Self {
        let mut signals = Self { authority: postings.authority(row), ..Self::default() };
        for (lane, lengths) in postings.lanes.iter_mut().zip(&asked.lengths) {
            let (words, pairs) = lane.lengths(row);
            let counted = lane.word_counts(row).zip(&asked.words);
            let weighed = counted.map(|(count, word)| word.rarity * saturation(count, words, lengths.words));
            signals.words += weighed.sum::<f32>();
            let counted = lane.pair_counts(row).zip(&asked.pairs);
            let weighed = counted.map(|(count, pair)| pair.rarity * saturation(count, pairs, lengths.pairs));
            signals.pairs += weighed.sum::<f32>();
            let marked = lane.marked(row).zip(&asked.words).filter(|(stands, _)| *stands);
            signals.marks = signals.marks.max(marked.map(|(_, word)| word.rarity).sum());
            signals.read_places(asked, lane, row);
        }
        for head in &mut postings.heads {
            let length = head.length(row);
            let found = head.pairs(row).zip(&asked.pairs).filter(|(stands, _)| *stands);
            let (count, rarity) = found.fold((0u32, 0.0), |(n, sum), (_, pair)| (n + 1, sum + pair.rarity));
            signals.cover += share(count, length);
            signals.headline += rarity;
        }
        signals.normalize(asked)
    }

    fn read_places(&mut self, asked: &Asked<'_>, lane: &mut LanePostings, row: u32) {
        if !asked.needs_places() {
            return;
        }
        let places = lane.places(row);
        let pairs = pair_places(places, &asked.pairs);
        let rarity = |pair: usize| asked.pairs.get(pair).map_or(0.0, |pair| pair.rarity);
        self.sentence = self.sentence.max(best_stretch(&pairs, asked.pairs.len(), SENTENCE_WORDS, rarity));
        self.passage = self.passage.max(best_stretch(&pairs, asked.pairs.len(), PASSAGE_WORDS, rarity));
        if (2..=NEAR_WORDS_MAX).contains(&asked.words.len()) && places.iter().all(|list| !list.is_empty()) {
            let closest = u32::try_from(places.len()).unwrap_or(u32::MAX) - 1;
            self.nearness = self.nearness.max(share(closest, shortest_window(places)));
        }
    }

    fn normalize(mut self, asked: &Asked<'_>) -> Self {
        let (words, pairs) = (asked.words_rarity(), asked.pairs_rarity());
        for (signal, whole) in [
            (&mut self.words, words),
            (&mut self.marks, words),
            (&mut self.pairs, pairs),
            (&mut self.sentence, pairs),
            (&mut self.passage, pairs),
            (&mut self.headline, pairs),
        ] {
            *signal = if whole > 0.0 { (*signal / whole).min(1.0) } else { 0.0 };
        }
        self
    }

    /// One number to order rows by; not negative.
    pub(in crate::search) fn score(&self, weights: &Weights) -> f32 {
        weights.pairs * self.pairs
            + weights.words * self.words
            + weights.sentence * self.sentence
            + weights.passage * self.passage
            + weights.nearness * self.nearness
            + weights.cover * self.cover
            + weights.headline * self.headline
            + weights.marks * self.marks
            + weights.authority * self.authority
    }
}

/// BM25's weight of a word that stands `count` times in a row of this length, between 0 and 1.
#[expect(clippy::cast_precision_loss, reason = "counts and lengths of texts")]
fn saturation(count: u32, length: u32, mean: f32) -> f32 {
    let count = count as f32;
    if count == 0.0 { 0.0 } else { count / (count + K1 * (1.0 - B + B * length as f32 / mean)) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (part as f32 / whole as f32).min(1.0) }
}
