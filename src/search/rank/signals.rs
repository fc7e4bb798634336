//! What a row has of a question, as shares between 0 and 1.

use crate::search::collect::LaneCounts;
use crate::search::rank::Scored;
use crate::search::rank::asked::Asked;
use crate::search::rank::passage::{best_stretch, pair_places, shortest_window};
use crate::search::rank::postings::{LanePostings, SegmentHeads};
use crate::search::rank::weights::Weights;

/// BM25's saturation of repeated words.
const K1: f32 = 1.2;
/// BM25's share of length.
const B: f32 = 0.75;
/// Rounding of scores, generously.
const MARGIN: f32 = 1e-3;
/// Words of a sentence.
pub(in crate::search) const SENTENCE_WORDS: u32 = 20;
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
    /// Reads what stands in headlines, and the authority; rows are read in order.
    pub(in crate::search) fn read_heads(
        &mut self,
        asked: &Asked<'_>,
        postings: &mut SegmentHeads<'_>,
        row: u32,
    ) {
        self.authority = postings.authority(row);
        for head in &mut postings.heads {
            let length = head.length(row);
            let found = head.pairs(row).zip(&asked.pairs).filter(|(stands, _)| *stands);
            let (count, rarity) = found.fold((0u32, 0.0), |(n, sum), (_, pair)| (n + 1, sum + pair.rarity));
            self.cover += share(count, length);
            self.headline += rarity;
        }
    }

    /// Reads the rest of `row`; rows are read in order. `counts` say how often the one word asked stands there.
    pub(in crate::search) fn read_lanes(
        &mut self,
        asked: &Asked<'_>,
        lanes: &mut [LanePostings],
        (row, counts): (u32, Option<LaneCounts>),
    ) {
        for (number, (lane, lengths)) in lanes.iter_mut().zip(&asked.lengths).enumerate() {
            let (words, pairs) = lane.lengths(row);
            let mut together = 0i64;
            let known = counts.map(|counts| counts.at(number));
            for (place, (count, word)) in lane.word_counts(row, known).iter().zip(&asked.words).enumerate() {
                self.words += word.rarity * saturation(*count, words, lengths.words);
                let is_inner = place > 0 && place + 1 < asked.words.len();
                together -= if is_inner { i64::from(*count) } else { 0 };
            }
            for (count, pair) in lane.pair_counts(&asked.pairs, row).zip(&asked.pairs) {
                self.pairs += pair.rarity * saturation(count, pairs, lengths.pairs);
                together += i64::from(count);
            }
            let marked = lane.marked(row).zip(&asked.words).filter(|(stands, _)| *stands);
            self.marks = self.marks.max(marked.map(|(_, word)| word.rarity).sum());
            if asked.is_one_run && together > 0 {
                self.stands_in_a_row(asked);
            } else {
                self.read_places(asked, lane, row);
            }
        }
    }

    /// The words stand side by side for certain: the pairs of a run are more than its inner words, so that
    /// somewhere each inner word has both neighbours.
    fn stands_in_a_row(&mut self, asked: &Asked<'_>) {
        let whole = asked.pairs_rarity();
        (self.sentence, self.passage) = (whole, whole);
        if asked.words.len() <= NEAR_WORDS_MAX {
            self.nearness = 1.0;
        }
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

    /// Makes sums of rarities shares of all.
    pub(in crate::search) fn normalize(&mut self, asked: &Asked<'_>) {
        let (words, pairs) = (asked.words_rarity(), asked.pairs_rarity());
        for (signal, whole) in [
            (&mut self.words, words),
            (&mut self.marks, words),
            (&mut self.pairs, pairs),
            (&mut self.sentence, pairs),
            (&mut self.passage, pairs),
            (&mut self.headline, pairs),
        ] {
            *signal = part(*signal, whole);
        }
    }

    /// The most that [`Self::score`] can be when only headlines and authority were read, and the row's first
    /// score is `first`, which counts what `scored` says.
    pub(in crate::search) fn most(
        &self,
        asked: &Asked<'_>,
        weights: &Weights,
        (first, scored): (f32, Scored),
    ) -> f32 {
        let (words, pairs) = (asked.words_rarity(), asked.pairs_rarity());
        // The first score is the sum of rarity times saturation of words and pairs, times this factor.
        let mut left = first / (K1 + 1.0) * (1.0 + MARGIN);
        let mut counted = 0.0;
        let per = |weight: f32, whole: f32| if whole > 0.0 { weight / whole } else { 0.0 };
        let mut parts = [(weights.pairs, pairs, scored.pairs), (weights.words, words, scored.words)];
        // Spent where it gives most first.
        parts.sort_by(|a, b| per(b.0, b.1).total_cmp(&per(a.0, a.1)));
        for (weight, whole, is_scored) in parts {
            let taken = if is_scored { left.min(whole) } else { whole };
            left -= if is_scored { taken } else { 0.0 };
            counted += weight.max(0.0) * part(taken, whole);
        }
        let is_near = (2..=NEAR_WORDS_MAX).contains(&asked.words.len());
        let has_pairs = if asked.pairs.is_empty() { 0.0 } else { 1.0 };
        let has_marks = if asked.words.iter().any(|word| word.word.is_marked()) { 1.0 } else { 0.0 };
        counted
            + has_pairs * (weights.sentence.max(0.0) + weights.passage.max(0.0))
            + if is_near { weights.nearness.max(0.0) } else { 0.0 }
            + weights.cover * self.cover
            + weights.headline * part(self.headline, pairs)
            + has_marks * weights.marks.max(0.0)
            + weights.authority * self.authority
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

/// A sum as a share of all of it.
fn part(sum: f32, whole: f32) -> f32 {
    if whole > 0.0 { (sum / whole).min(1.0) } else { 0.0 }
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
