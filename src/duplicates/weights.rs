//! What each level of each signal weighs: data, shipped and learned.
//!
//! For a level, `m` is its share among pairs of one matter and signer, `u` among pairs that share words or a
//! number and are of different matters or people; its weight is log2(m/u) bits (Fellegi and Sunter, A Theory
//! for Record Linkage, 1969). The shipped file tells where each number comes from.

use std::fmt::Write;
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};
use crate::duplicates::signal::{Level, SIGNALS, Signal};

static EMBEDDED: &str = include_str!("../../indexes/duplicates/weights.toml");
static SHIPPED: LazyLock<Weights> = LazyLock::new(|| {
    let parsed = Weights::parse(EMBEDDED);
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

/// What each level of each signal weighs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    odds: [[Odds; 3]; SIGNALS],
}

/// How often a level comes in pairs of one matter and in others.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odds {
    /// Share among pairs of one matter and signer, above 0 and at most 1.
    pub m: f64,
    /// Share among other pairs that were compared, above 0 and at most 1.
    pub u: f64,
}

/// Weights that cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "weights of duplicates: {message}; every signal needs agree, partly and disagree with m and u above 0"
)]
pub struct WeightsError {
    /// What is wrong, with its place.
    pub message: String,
}

impl Classified for WeightsError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }

    fn code(&self) -> &'static str {
        "duplicates.weights"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Three {
    agree: Odds,
    partly: Odds,
    disagree: Odds,
}

impl Default for Odds {
    fn default() -> Self {
        Self { m: 1.0, u: 1.0 }
    }
}

impl Odds {
    /// The weight in bits.
    #[must_use]
    pub fn bits(self) -> f64 {
        (self.m / self.u).log2()
    }

    fn is_sound(self) -> bool {
        let is_share = |share: f64| share > 0.0 && share <= 1.0;
        is_share(self.m) && is_share(self.u)
    }
}

impl Weights {
    /// The weights that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &SHIPPED
    }

    /// Reads weights.
    ///
    /// # Errors
    /// A signal is missing or unknown, or a share is not above 0 and at most 1.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let wrong = |message: String| WeightsError { message };
        let mut table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut weights = Self::default();
        for (signal, slot) in Signal::ALL.into_iter().zip(weights.odds.iter_mut()) {
            let value = table
                .remove(signal.code())
                .ok_or_else(|| wrong(format!("`{}` is missing", signal.code())))?;
            let three: Three = value
                .try_into()
                .map_err(|error: toml::de::Error| wrong(format!("`{}`: {error}", signal.code())))?;
            *slot = [three.agree, three.partly, three.disagree];
            if !slot.iter().all(|odds| odds.is_sound()) {
                return Err(wrong(format!(
                    "`{}` has a share that is not above 0 and at most 1",
                    signal.code()
                )));
            }
        }
        match table.keys().next() {
            Some(other) => Err(wrong(format!("`{other}` is no signal"))),
            None => Ok(weights),
        }
    }

    /// The weights as text that [`Self::parse`] reads again.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for signal in Signal::ALL {
            let _ = writeln!(text, "[{}]", signal.code());
            for level in Level::KNOWN {
                let Odds { m, u } = self.odds(signal, level);
                let _ = writeln!(text, "{} = {{ m = {m:?}, u = {u:?} }}", level.code());
            }
        }
        text
    }

    /// What tells these weights from others: the same weights have the same version.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{:08x}", xxhash_rust::xxh3::xxh3_64(self.to_toml().as_bytes()) >> 32)
    }

    /// What `level` of `signal` weighs, in bits; nothing for the unknown.
    #[must_use]
    pub fn bits(&self, signal: Signal, level: Level) -> f64 {
        self.odds(signal, level).bits()
    }

    /// How often `level` of `signal` comes; even odds for the unknown.
    #[must_use]
    pub fn odds(&self, signal: Signal, level: Level) -> Odds {
        let place = Level::KNOWN.into_iter().position(|known| known == level);
        let row = self.odds.get(signal as usize);
        place.and_then(|place| row?.get(place)).copied().unwrap_or_default()
    }

    /// The same with other odds of one level.
    #[must_use]
    pub fn with(mut self, signal: Signal, level: Level, odds: Odds) -> Self {
        let place = Level::KNOWN.into_iter().position(|known| known == level);
        if let Some(slot) = place.and_then(|place| self.odds.get_mut(signal as usize)?.get_mut(place)) {
            *slot = odds;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_read_and_speak_in_the_right_direction() {
        let weights = Weights::parse(EMBEDDED).unwrap();
        for signal in Signal::ALL {
            let [agree, partly, disagree] = Level::KNOWN.map(|level| weights.bits(signal, level));
            assert!(agree > 0.0 && agree > partly && partly > disagree, "{}", signal.code());
            assert!(disagree < 0.0 || signal.code() == "containment", "{}", signal.code());
        }
        assert!(weights.bits(Signal::Name, Level::Unknown).abs() < f64::EPSILON);
    }

    #[test]
    fn weights_go_through_text_and_come_back() {
        let odds = Odds { m: 0.123_456_789, u: 1e-9 };
        let weights = Weights::embedded().clone().with(Signal::Phone, Level::Partly, odds);
        assert_ne!(weights.version(), Weights::embedded().version());
        assert_eq!(Weights::parse(&weights.to_toml()), Ok(weights));
    }

    #[test]
    fn weights_that_cannot_be_used_are_refused_with_their_place() {
        let text = Weights::embedded().to_toml();
        let table = [
            (text.replace("[phone]", "[fax]"), "`phone` is missing"),
            (format!("{text}[fax]\n"), "`fax` is no signal"),
            (text.replacen("m = 0.", "m = -0.", 1), "`id_number` has a share"),
            ("no weights".to_owned(), "TOML parse error"),
        ];
        for (text, message) in table {
            let error = Weights::parse(&text).unwrap_err();
            assert!(error.message.contains(message), "{error}");
            assert_eq!(error.code(), "duplicates.weights");
        }
    }
}
