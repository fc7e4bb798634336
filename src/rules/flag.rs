//! Limits of the signs that records were entered for the statistics, as dated data.
//!
//! `indexes/rules/flags.toml` says each with its source. They are conventions, not law: a metric that uses
//! them is marked unverified.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::civil::iso;
use crate::rules::RulesError;
use crate::rules::deadline::Mark;

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagLimit {
    flag: String,
    value: i64,
    #[serde(with = "iso")]
    valid_from_on: NaiveDate,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: Mark,
}

/// All of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    limits: Vec<FlagLimit>,
}

impl Flags {
    /// Adds the limits of a text of the form of `indexes/rules/flags.toml`.
    ///
    /// # Errors
    /// The text is not of this form, or a limit is not above nought.
    pub fn lay(&mut self, text: &str) -> Result<(), RulesError> {
        let more: Self =
            toml::from_str(text).map_err(|error| RulesError::Syntax { message: error.to_string() })?;
        if let Some(wrong) = more.limits.iter().find(|limit| limit.value <= 0) {
            let message = format!("the limit of `{}` is {}; write a number above 0", wrong.flag, wrong.value);
            return Err(RulesError::Syntax { message });
        }
        self.limits.extend(more.limits);
        Ok(())
    }

    /// The limit of that name on that day: of several the one that begins last.
    #[must_use]
    pub fn limit(&self, flag: &str, day: NaiveDate) -> Option<i64> {
        let of = self.limits.iter().filter(|limit| limit.flag == flag && limit.valid_from_on <= day);
        of.max_by_key(|limit| limit.valid_from_on).map(|limit| limit.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_limits_the_one_that_begins_last_holds() {
        let mut flags = Flags::default();
        flags.lay(include_str!("../../indexes/rules/flags.toml")).unwrap();
        let later = "limits = [{ flag = \"backdated\", value = 3, valid_from_on = \"2027-01-01\", source = \"s\", mark = \"found\" }]";
        flags.lay(later).unwrap();
        let on = |day: &str| flags.limit("backdated", day.parse().unwrap());
        assert_eq!((on("2026-12-31"), on("2027-01-01"), on("1999-12-31")), (Some(10), Some(3), None));
        assert_eq!(flags.limit("other", "2026-01-01".parse().unwrap()), None);
        assert!(flags.lay(&later.replace("value = 3", "value = 0")).is_err());
    }
}
