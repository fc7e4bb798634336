//! Weights from what people decided.
//!
//! Each decided pair is counted: how often did a level come where people saw one matter and signer (m),
//! and how often where they did not (u). The shipped shares stand in as if they had been seen in
//! [`SHIPPED_PAIRS`] pairs, so that few decisions move little and no share becomes nought. What comes
//! out depends on the decisions alone, not on their order.

use crate::duplicates::relation::Proposed;
use crate::duplicates::signal::{Level, Levels, Signal};
use crate::duplicates::weights::{Odds, Weights};

/// Decided pairs of either sort below which the shipped weights stand.
pub const DECISIONS_MIN: usize = 100;
/// Pairs of either sort that the shipped weights stand for.
const SHIPPED_PAIRS: f64 = 50.0;
/// Least share that is written: one in ten million.
const SHARE_MIN: f64 = 1e-7;

/// A pair that somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// How the signals agreed when it was decided.
    pub levels: Levels,
    /// What it was decided to be.
    pub relation: Proposed,
}

/// The weights that `decided` teaches; `shipped` as they are while fewer than [`DECISIONS_MIN`] pairs were
/// decided to be of one matter and signer, or fewer not to be.
#[must_use]
pub fn learn(decided: &[Decided], shipped: &Weights) -> Weights {
    let (one, other): (Vec<_>, Vec<_>) = decided.iter().partition(|pair| pair.relation.is_one_matter());
    if one.len() < DECISIONS_MIN || other.len() < DECISIONS_MIN {
        return shipped.clone();
    }
    let pairs = Signal::ALL.into_iter().flat_map(|signal| Level::KNOWN.map(|level| (signal, level)));
    pairs.fold(shipped.clone(), |weights, (signal, level)| {
        let known = shipped.odds(signal, level);
        let m = share(&one, signal, level, known.m);
        let u = share(&other, signal, level, known.u);
        weights.with(signal, level, Odds { m, u })
    })
}

/// The share of `level` among the pairs in which `signal` is known.
fn share(pairs: &[Decided], signal: Signal, level: Level, shipped: f64) -> f64 {
    let known = pairs.iter().filter(|pair| pair.levels.of(signal) != Level::Unknown).count() as f64;
    let seen = pairs.iter().filter(|pair| pair.levels.of(signal) == level).count() as f64;
    ((seen + SHIPPED_PAIRS * shipped) / (known + SHIPPED_PAIRS)).clamp(SHARE_MIN, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duplicates::score::Score;

    /// Pairs drawn by the odds of `weights`: one matter and signer, or not.
    fn drawn(weights: &Weights, is_one: bool, count: usize, seed: u64) -> Vec<Decided> {
        let mut random = fastrand::Rng::with_seed(seed);
        let relation = if is_one { Proposed::Resend } else { Proposed::FormLetter };
        let level = |random: &mut fastrand::Rng, signal| {
            let share = |level| {
                let odds = weights.odds(signal, level);
                if is_one { odds.m } else { odds.u }
            };
            let shares = Level::KNOWN.map(share);
            let mut place = random.f64() * shares.iter().sum::<f64>();
            let found = Level::KNOWN.into_iter().zip(shares).find(|(_, share)| {
                place -= share;
                place < 0.0
            });
            if random.f64() < 0.3 {
                Level::Unknown
            } else {
                found.map_or(Level::Disagree, |(level, _)| level)
            }
        };
        let pairs = (0..count).map(|_| {
            let levels = Signal::ALL
                .into_iter()
                .fold(Levels::default(), |levels, signal| levels.with(signal, level(&mut random, signal)));
            Decided { levels, relation }
        });
        pairs.collect()
    }

    /// Share of pairs of one matter that stand over one of another.
    fn ordered(weights: &Weights, one: &[Decided], other: &[Decided]) -> f64 {
        let total = |pair: &Decided| Score::of(&pair.levels, weights).total();
        let pairs = one.iter().zip(other);
        pairs.filter(|(a, b)| total(a) > total(b)).count() as f64 / one.len() as f64
    }

    #[test]
    fn few_decisions_leave_the_shipped_weights() {
        let shipped = Weights::embedded();
        let few = drawn(shipped, true, DECISIONS_MIN - 1, 1);
        let many = drawn(shipped, false, 5_000, 2);
        assert_eq!(learn(&[few, many].concat(), shipped), *shipped);
        assert_eq!(learn(&[], shipped), *shipped);
    }

    #[test]
    fn learned_weights_order_pairs_as_well_as_the_shipped_ones() {
        let shipped = Weights::embedded();
        let taught = [drawn(shipped, true, 2_000, 3), drawn(shipped, false, 2_000, 4)].concat();
        let learned = learn(&taught, shipped);
        let (one, other) = (drawn(shipped, true, 2_000, 5), drawn(shipped, false, 2_000, 6));
        let (by_shipped, by_learned) = (ordered(shipped, &one, &other), ordered(&learned, &one, &other));
        assert!(by_learned >= by_shipped - 0.002, "{by_learned} against {by_shipped}");
        assert!(by_learned > 0.99, "{by_learned}");
        assert_eq!(Weights::parse(&learned.to_toml()), Ok(learned));
    }

    #[test]
    fn decisions_move_a_weight_that_was_wrong_and_their_order_does_not_matter() {
        let shipped = Weights::embedded();
        let wrong = shipped.clone().with(Signal::Phone, Level::Agree, Odds { m: 0.001, u: 0.9 });
        let mut taught = [drawn(shipped, true, 2_000, 7), drawn(shipped, false, 2_000, 8)].concat();
        let learned = learn(&taught, &wrong);
        assert!(wrong.bits(Signal::Phone, Level::Agree) < -9.0);
        assert!(learned.bits(Signal::Phone, Level::Agree) > 3.0);
        taught.reverse();
        assert_eq!(learn(&taught, &wrong), learned);
    }
}
