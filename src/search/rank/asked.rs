//! The question as ranking sees it: its words and pairs, each with its rarity.

use tantivy::Term;

use crate::search::analyzer::pair;
use crate::search::query::{Parsed, Word};
use crate::search::rank::signals::SENTENCE_WORDS;
use crate::search::schema::Lane;
use crate::search::statistics::Statistics;

/// The longest run of which all pairs stand in one sentence.
const RUN_WORDS_MAX: usize = SENTENCE_WORDS as usize;

/// A word of the question.
pub(in crate::search) struct AskedWord<'a> {
    pub(in crate::search) word: &'a Word,
    pub(in crate::search) rarity: f32,
}

/// Two neighbouring words of the question.
pub(in crate::search) struct AskedPair {
    pub(in crate::search) text: String,
    /// Place of the first word in [`Asked::words`].
    pub(in crate::search) first: usize,
    /// Place of the second.
    pub(in crate::search) second: usize,
    pub(in crate::search) rarity: f32,
}

/// The distinct words and pairs of a question.
pub(in crate::search) struct Asked<'a> {
    pub(in crate::search) words: Vec<AskedWord<'a>>,
    pub(in crate::search) pairs: Vec<AskedPair>,
    /// Whether they are one run of different words, none of them twice, no longer than a sentence.
    pub(in crate::search) is_one_run: bool,
    /// Mean length of a row's words and pairs, per lane.
    pub(in crate::search) lengths: Vec<Lengths>,
}

/// Mean number of words and pairs of a row in one lane; at least 1.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) struct Lengths {
    pub(in crate::search) words: f32,
    pub(in crate::search) pairs: f32,
}

impl<'a> Asked<'a> {
    pub(in crate::search) fn of(
        parsed: &'a Parsed,
        statistics: &Statistics,
        lanes: &[Lane],
    ) -> tantivy::Result<Self> {
        let mut words = Vec::new();
        for word in parsed.wanted_words() {
            let rarity = rarest(statistics, lanes.iter().map(|lane| lane.words), &word.folded)?;
            words.push(AskedWord { word, rarity });
        }
        let mut pairs: Vec<AskedPair> = Vec::new();
        for run in parsed.runs.iter().chain(&parsed.phrases) {
            for (first, second) in run.iter().zip(run.iter().skip(1)) {
                let text = pair(&first.folded, &second.folded);
                let place = |word: &Word| words.iter().position(|asked| asked.word.folded == word.folded);
                let (Some(first), Some(second)) = (place(first), place(second)) else { continue };
                if pairs.iter().all(|known| known.text != text) {
                    let rarity = rarest(statistics, lanes.iter().map(|lane| lane.pairs), &text)?;
                    pairs.push(AskedPair { text, first, second, rarity });
                }
            }
        }
        let lengths = lanes.iter().map(|lane| Lengths {
            words: statistics.mean_length(lane.words),
            pairs: statistics.mean_length(lane.pairs),
        });
        let mut runs = parsed.runs.iter().chain(&parsed.phrases);
        let is_one_run = matches!((runs.next(), runs.next()), (Some(run), None)
            if run.len() == words.len() && pairs.len() + 1 == run.len() && run.len() <= RUN_WORDS_MAX);
        Ok(Self { words, pairs, is_one_run, lengths: lengths.collect() })
    }

    /// Whether it matters where the words stand.
    pub(in crate::search) fn needs_places(&self) -> bool {
        self.words.len() > 1 || !self.pairs.is_empty()
    }

    /// Rarity of all words together.
    pub(in crate::search) fn words_rarity(&self) -> f32 {
        self.words.iter().map(|word| word.rarity).sum()
    }

    /// Rarity of all pairs together.
    pub(in crate::search) fn pairs_rarity(&self) -> f32 {
        self.pairs.iter().map(|pair| pair.rarity).sum()
    }
}

/// A word that is common in one lane is not rare because another lane has it seldom.
fn rarest(
    statistics: &Statistics,
    fields: impl Iterator<Item = tantivy::schema::Field>,
    text: &str,
) -> tantivy::Result<f32> {
    let mut rarity = f32::MAX;
    for field in fields {
        rarity = rarity.min(statistics.rarity(&Term::from_field_text(field, text))?);
    }
    Ok(rarity)
}
