//! Legal deadlines: which rule, from which day, how long, what moved it, and the day it comes to.
//!
//! Rules are dated data (`indexes/rules/deadlines.toml`); the date of the event that starts a clock selects
//! the rule. Extensions count only as events with their paper, never as a guess from how complex a case
//! looks; time suspended is not counted where the law says so. Two days come out: the raw one, and the
//! effective one after the last day has been moved off a day off. Where a holiday is not confirmed both
//! calendars are asked and the earlier day rules.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

use crate::domain::civil::iso;
use crate::domain::language::Label;
use crate::rules::RulesError;
use crate::rules::calendar::Calendar;
use crate::rules::laws::Calendars;
use crate::rules::place::Area;

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Read in a stored copy of the text.
    Found,
    /// Read in a secondary copy.
    Secondary,
    /// Own knowledge, not read again.
    Memory,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calendar days (ngày).
    Calendar,
    /// Working days (ngày làm việc).
    Working,
    /// Years.
    Year,
}

/// Which way it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the event on.
    #[default]
    After,
    /// Back from the event.
    Before,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What must be done.
    pub step: Label,
    /// The event whose date selects it and starts its clock.
    pub event: String,
    /// Which way it counts.
    #[serde(default)]
    pub direction: Direction,
    /// What it counts.
    pub unit: Unit,
    /// How many, by circumstance.
    pub limits: BTreeMap<String, u32>,
    /// The law.
    pub article: String,
    #[serde(with = "iso")]
    valid_from_on: NaiveDate,
    #[serde(default, deserialize_with = "maybe_day")]
    valid_to_on: Option<NaiveDate>,
    /// From this day on the length has not been verified.
    #[serde(default, deserialize_with = "maybe_day")]
    verify_from_on: Option<NaiveDate>,
    #[serde(default)]
    pending: bool,
    mark: Mark,
    /// What else is to be known.
    pub note: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspension {
    kinds: Vec<String>,
    #[serde(with = "iso")]
    valid_from_on: NaiveDate,
    #[serde(default)]
    pending: bool,
    article: String,
    mark: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rolling {
    article: String,
    mark: Mark,
    note: String,
}

/// The rules in force and before.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    rolling: Option<Rolling>,
    #[serde(default)]
    suspensions: Vec<Suspension>,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// What happened in a case after its clock began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// Extended by a decision (gia hạn).
    Extended,
    /// Suspended (tạm đình chỉ).
    Suspended,
    /// Resumed (tiếp tục giải quyết).
    Resumed,
}

/// One step of an explanation: what was done, by which law, to which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Key of its sentence in the list of labels.
    pub key: &'static str,
    /// Days it speaks of.
    pub days: i64,
    /// The law.
    pub article: String,
    /// How sure it is.
    pub mark: Mark,
    /// The day it comes to; none while the clock stands still.
    pub day: Option<NaiveDate>,
}

/// A deadline with its explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Id of the rule.
    pub rule: String,
    /// The last day by counting alone; none while suspended.
    pub raw: Option<NaiveDate>,
    /// The last day that counts.
    pub effective: Option<NaiveDate>,
    /// The last day if every unconfirmed day off were one; when it differs, both are told.
    pub otherwise: Option<NaiveDate>,
    /// How it came about.
    pub steps: Vec<Step>,
    /// Marks below `found` on the way, and days beyond the calendar.
    pub doubts: Vec<String>,
}

/// What happened, from the text that statements and explanations share: `e2026-04-10;s2026-05-01;r2026-05-09`
/// for extended, suspended and resumed. What is of no such form is left out.
#[must_use]
pub fn happenings(text: &str) -> Vec<(Happening, NaiveDate)> {
    let read = |part: &str| {
        let (what, day) = part.split_at_checked(1)?;
        let what = match what {
            "e" => Happening::Extended,
            "s" => Happening::Suspended,
            "r" => Happening::Resumed,
            _ => return None,
        };
        Some((what, day.parse().ok()?))
    };
    text.split(';').filter_map(read).collect()
}

impl Deadlines {
    /// Lays a text of the form of `indexes/rules/deadlines.toml` over what there is: a rule of the same id and
    /// the same first day takes the place of the one before, any other stands beside it.
    ///
    /// # Errors
    /// The text is not of this form, or a rule has no limit.
    pub fn lay(&mut self, text: &str) -> Result<(), RulesError> {
        let syntax = |message: String| RulesError::Syntax { message };
        let more: Self = toml::from_str(text).map_err(|error| syntax(error.to_string()))?;
        for rule in more.rules {
            if !rule.limits.contains_key("ordinary") {
                return Err(syntax(format!("rule `{}` has no limit `ordinary`", rule.id)));
            }
            let is_same = |known: &Rule| known.id == rule.id && known.valid_from_on == rule.valid_from_on;
            self.rules.retain(|known| !is_same(known));
            self.rules.push(rule);
        }
        self.suspensions.extend(more.suspensions);
        self.rolling = more.rolling.or(self.rolling.take());
        Ok(())
    }

    /// The rule by which a petition is taken up or answered where it was forwarded to: whoever forwarded a
    /// denunciation is answered (LTC Đ26.2), a complaint is accepted or refused (LKN Đ27), any other paper is
    /// given a direction. The day of forwarding is taken for the day of arrival.
    #[must_use]
    pub fn of_forwarded(&self, kind: &str, on: NaiveDate) -> Option<&Rule> {
        let ids: &[&str] = match kind {
            "denunciation" => &["TC-3", "XLD-1"],
            "complaint" => &["KN-1b", "KN-1a"],
            _ => &["XLD-1"],
        };
        ids.iter().find_map(|id| self.rule_on(id, on))
    }

    /// All rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that id that begins last, whenever it is in force.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().filter(|rule| rule.id == id).max_by_key(|rule| rule.valid_from_on)
    }

    /// The rule of that id in force on that day; of several the one that begins last.
    #[must_use]
    pub fn rule_on(&self, id: &str, day: NaiveDate) -> Option<&Rule> {
        let of = self.rules.iter().filter(|rule| rule.id == id && rule.is_in_force(day));
        of.max_by_key(|rule| rule.valid_from_on)
    }

    /// The rule by which a case is resolved: by its kind and stage, and the day it was accepted. None for
    /// requests and feedback, which have no statutory limit.
    #[must_use]
    pub fn of_resolution(&self, kind: &str, stage: &str, accepted: NaiveDate) -> Option<&Rule> {
        let id = match (kind, stage) {
            ("complaint", "second") => "KN-4",
            ("complaint", _) => "KN-2",
            ("denunciation", _) => "TC-5",
            _ => return None,
        };
        self.rule_on(id, accepted)
    }

    /// The rule by which a petition is handled: what it is, and the day it was received.
    #[must_use]
    pub fn of_handling(&self, kind: &str, received: NaiveDate) -> Option<&Rule> {
        let ids: &[&str] = if kind == "denunciation" { &["TC-1", "XLD-1"] } else { &["XLD-1"] };
        ids.iter().find_map(|id| self.rule_on(id, received))
    }

    /// The deadline of `rule` from `start` on, with what happened since; `circumstance` is a key of its limits.
    #[must_use]
    pub fn due(
        &self,
        calendars: &Calendars,
        rule: &Rule,
        (kind, circumstance): (&str, &str),
        start: NaiveDate,
        happenings: &[(Happening, NaiveDate)],
    ) -> Due {
        let mut due = self.on(&calendars.usual, rule, (kind, circumstance), start, happenings);
        let other = self.on(&calendars.cautious, rule, (kind, circumstance), start, happenings).effective;
        if other != due.effective {
            // An unconfirmed day off never makes a deadline later: the earlier day rules.
            due.otherwise = due.effective.max(other);
            due.effective = due.effective.min(other);
            due.doubts.push("deadline.unconfirmed_day".to_owned());
        }
        due
    }

    fn on(
        &self,
        calendar: &Calendar,
        rule: &Rule,
        (kind, circumstance): (&str, &str),
        start: NaiveDate,
        happenings: &[(Happening, NaiveDate)],
    ) -> Due {
        let extensions = happenings.iter().filter(|(what, _)| *what == Happening::Extended).count();
        let limit = rule.limit(circumstance, extensions);
        let mut due = Due {
            rule: rule.id.clone(),
            raw: count(calendar, rule, start, limit),
            effective: None,
            otherwise: None,
            steps: Vec::new(),
            doubts: Vec::new(),
        };
        let mark = rule.mark_on(start);
        let key = match rule.unit {
            Unit::Calendar => "deadline.counted_calendar",
            Unit::Working => "deadline.counted_working",
            Unit::Year => "deadline.counted_year",
        };
        due.step(key, limit.into(), (&rule.article, mark), due.raw);
        if extensions > 0 {
            due.step("deadline.extended", extensions_as_days(extensions), (&rule.article, mark), due.raw);
        }
        self.suspend(&mut due, calendar, rule, kind, happenings);
        due.effective = due.raw;
        if let (Some(raw), Unit::Calendar, Direction::After) = (due.raw, rule.unit, rule.direction)
            && !calendar.is_working_day(raw)
        {
            due.effective = calendar.add_working_days(raw, 1);
            if let Some(rolling) = &self.rolling {
                due.step("deadline.rolled", 0, (&rolling.article, rolling.mark), due.effective);
            }
        }
        if due.effective.is_some_and(|day| !calendar.is_covered(day)) {
            due.doubts.push("deadline.beyond_calendar".to_owned());
        }
        if due.effective.is_some_and(|day| calendar.has_remembered_day(start, day)) {
            due.doubts.push("deadline.remembered_days".to_owned());
        }
        due
    }

    /// Moves the raw day by the time the clock stood still.
    fn suspend(
        &self,
        due: &mut Due,
        calendar: &Calendar,
        rule: &Rule,
        kind: &str,
        happenings: &[(Happening, NaiveDate)],
    ) {
        let mut sorted = happenings.to_vec();
        sorted.sort_by_key(|(what, day)| (*day, *what));
        let mut stopped: Option<NaiveDate> = None;
        for (what, day) in sorted {
            let law = self.suspensions.iter().find(|law| {
                law.kinds.iter().any(|known| known == kind)
                    && (law.pending || rule.is_in_force(law.valid_from_on))
                    && law.valid_from_on <= day
            });
            match (what, stopped) {
                // After the last day has passed nothing is left to stop.
                (Happening::Suspended, None) if law.is_some() && due.raw.is_some_and(|raw| day <= raw) => {
                    stopped = Some(day);
                }
                (Happening::Resumed, Some(from)) => {
                    let Some(law) = law else { continue };
                    let stood = match rule.unit {
                        Unit::Working => calendar.working_days(from, day),
                        _ => day.signed_duration_since(from).num_days(),
                    };
                    let moved = u32::try_from(stood).unwrap_or_default();
                    due.raw = due.raw.and_then(|raw| count(calendar, rule, raw, moved));
                    due.step("deadline.suspended", stood, (&law.article, law.mark), due.raw);
                    stopped = None;
                }
                _ => {}
            }
        }
        if stopped.is_some() {
            due.raw = None;
            let law = self.suspensions.iter().find(|law| law.kinds.iter().any(|known| known == kind));
            if let Some(law) = law {
                due.step("deadline.stands_still", 0, (&law.article, law.mark), None);
            }
        }
    }
}

impl Rule {
    /// Whether it was in force on that day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        self.valid_from_on <= day && self.valid_to_on.is_none_or(|last| day <= last)
    }

    /// Whether it also reaches what was accepted before its first day and is not decided.
    #[must_use]
    pub fn reaches_pending(&self) -> bool {
        self.pending
    }

    /// First and last day of its force.
    #[must_use]
    pub fn validity(&self) -> (NaiveDate, Option<NaiveDate>) {
        (self.valid_from_on, self.valid_to_on)
    }

    /// How sure it is for what begins on `start`.
    #[must_use]
    pub fn mark_on(&self, start: NaiveDate) -> Mark {
        match self.verify_from_on {
            Some(from) if start >= from => Mark::Memory,
            _ => self.mark,
        }
    }

    /// The limit for a circumstance; each extension by a decision makes an ordinary one complex, then very
    /// complex, as far as the rule has such a limit.
    fn limit(&self, circumstance: &str, extensions: usize) -> u32 {
        let of = |name: &str| self.limits.get(name).copied();
        let ordinary = of(circumstance).or_else(|| of("ordinary")).unwrap_or_default();
        let (once, twice) = match circumstance {
            "remote" => (of("remote_complex"), None),
            _ => (of("complex"), of("very_complex")),
        };
        match extensions {
            0 => ordinary,
            1 => once.unwrap_or(ordinary),
            _ => twice.or(once).unwrap_or(ordinary),
        }
        .max(ordinary)
    }
}

impl Due {
    /// The deadline with the reasons why it is longer, or counted otherwise, than elsewhere.
    pub(super) fn explained(mut self, area: Option<&Area>, calendar: Option<&str>) -> Self {
        if let Some(source) = calendar {
            self.step("deadline.own_calendar", 0, (source, Mark::Found), self.effective);
        }
        if let Some(area) = area {
            self.step("deadline.remote_area", 0, (&area.article, area.mark), self.effective);
        }
        self
    }

    fn step(&mut self, key: &'static str, days: i64, (article, mark): (&str, Mark), day: Option<NaiveDate>) {
        if mark != Mark::Found {
            self.doubts.push(article.to_owned());
        }
        self.steps.push(Step { key, days, article: article.to_owned(), mark, day });
    }
}

fn extensions_as_days(extensions: usize) -> i64 {
    i64::try_from(extensions).unwrap_or_default()
}

fn count(calendar: &Calendar, rule: &Rule, start: NaiveDate, limit: u32) -> Option<NaiveDate> {
    let back = rule.direction == Direction::Before;
    match rule.unit {
        Unit::Working => {
            let days = i32::try_from(limit).ok()?;
            calendar.add_working_days(start, if back { -days } else { days })
        }
        Unit::Calendar if back => start.checked_sub_days(Days::new(limit.into())),
        Unit::Calendar => start.checked_add_days(Days::new(limit.into())),
        Unit::Year => start.checked_add_months(Months::new(limit.checked_mul(12)?)),
    }
}

fn maybe_day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    iso::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests;
