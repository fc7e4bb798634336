//! How much speaks for two petitions being of one matter, and what each thing adds to it.

use crate::duplicates::signal::{Group, Level, Levels, Signal};
use crate::duplicates::weights::Weights;

/// Evidence in bits: the logarithm to base 2 of how much likelier what was seen is in two petitions of
/// one matter than in two others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    parts: Vec<Part>,
}

/// What one signal adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The signal.
    pub signal: Signal,
    /// How it agreed.
    pub level: Level,
    /// What it adds; below zero it speaks against.
    pub bits: f64,
}

impl Score {
    /// The score of `levels`: each signal that stands alone, and of each group the strongest.
    #[must_use]
    pub fn of(levels: &Levels, weights: &Weights) -> Self {
        let all =
            levels.known().map(|(signal, level)| Part { signal, level, bits: weights.bits(signal, level) });
        let mut parts: Vec<Part> = Vec::new();
        for part in all {
            let group = part.signal.group();
            let rival = parts.iter_mut().find(|known| group != Group::Alone && known.signal.group() == group);
            match rival {
                // What two texts share counts, however little another measure of the same found.
                Some(known) if part.bits > known.bits => *known = part,
                Some(_) => {}
                None => parts.push(part),
            }
        }
        Self { parts }
    }

    /// The sum of the parts, in bits.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.parts.iter().map(|part| part.bits).sum()
    }

    /// What each signal adds, in the order of the signals.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_of_one_group_count_once() {
        let weights = Weights::embedded();
        let one = Levels::default().with(Signal::Similarity, Level::Agree);
        let both = one.with(Signal::Story, Level::Agree).with(Signal::Content, Level::Partly);
        let (one, both) = (Score::of(&one, weights), Score::of(&both, weights));
        assert_eq!(both.parts().len(), 1);
        assert!(both.total() >= one.total());
    }

    #[test]
    fn what_is_unknown_adds_nothing() {
        assert_eq!(Score::of(&Levels::default(), Weights::embedded()), Score::default());
    }
}
