//! The clock, passed in so that a failing test replays from its seed.
//!
//! Instants are UTC microseconds; a civil day is a day of Asia/Ho_Chi_Minh, which has been UTC+7
//! without daylight saving since 1975, the earliest time any record here speaks of.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate};

const VIETNAM_OFFSET_MICROS: i64 = 7 * 3600 * 1_000_000;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The civil day in Vietnam at this instant.
    #[must_use]
    pub fn civil_day(self) -> NaiveDate {
        DateTime::from_timestamp_micros(self.0.saturating_add(VIETNAM_OFFSET_MICROS))
            .map_or(NaiveDate::MIN, |local| local.date_naive())
    }

    /// RFC 3339 text in UTC with microseconds, e.g. `2026-11-21T13:45:00.000000Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        DateTime::from_timestamp_micros(self.0)
            .map_or_else(String::new, |utc| utc.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant now.
    fn now(&self) -> Instant;

    /// Today's civil day in Vietnam.
    fn today(&self) -> NaiveDate {
        self.now().civil_day()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still, for tests and for demo data that must come out the same every time.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Instant);

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_vietnam_begins_seven_hours_before_the_utc_day() {
        let before = Instant(1_763_744_399_000_000); // 2025-11-21T16:59:59Z
        assert_eq!(before.civil_day().to_string(), "2025-11-21");
        assert_eq!(Instant(before.0 + 1_000_000).civil_day().to_string(), "2025-11-22");
        assert_eq!(before.rfc3339(), "2025-11-21T16:59:59.000000Z");
    }
}
