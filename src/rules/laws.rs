//! The rules in force together: limits of the law, calendars, remote areas, limits of signs.
//!
//! They are made from texts under `rules/`: those compiled in, with those of a store's home laid over them.
//! A text of the same name takes a text's place; one with more behind its name (`calendar-2027.toml`,
//! `deadlines-2027.toml`, `remote-nghe-an.toml`) is laid over it, in the order of names. The version is a hash
//! of all of them, and what rests on a computed day carries it. Always true: the same texts give the same days.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::rules::RulesError;
use crate::rules::calendar::{Calendar, CalendarFile};
use crate::rules::deadline::{Deadlines, Due, Happening, Rule, happenings};
use crate::rules::flag::Flags;
use crate::rules::place::{Area, Areas, Place, unit_name};

/// The folder of the texts.
const FOLDER: &str = "rules/";
/// Characters of a version.
const VERSION_CHARS: usize = 12;
/// The texts compiled in.
const EMBEDDED: [(&str, &str); 5] = [
    ("rules/calendar.toml", include_str!("../../indexes/rules/calendar.toml")),
    ("rules/deadlines.toml", include_str!("../../indexes/rules/deadlines.toml")),
    ("rules/flags.toml", include_str!("../../indexes/rules/flags.toml")),
    ("rules/periods.toml", include_str!("../../indexes/rules/periods.toml")),
    ("rules/remote.toml", include_str!("../../indexes/rules/remote.toml")),
];

static COMPILED: LazyLock<Arc<Laws>> = LazyLock::new(|| {
    let texts = EMBEDDED.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let parsed = Laws::parse(&BTreeMap::from(texts));
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    Arc::new(parsed.unwrap_or_default())
});

/// The rules of a day's texts.
#[derive(Debug, Clone, Default)]
pub struct Laws {
    version: String,
    texts: BTreeMap<String, String>,
    deadlines: Deadlines,
    national: Calendars,
    agencies: BTreeMap<String, Calendars>,
    areas: Areas,
    flags: Flags,
}

/// The calendar that counts, the one if every unconfirmed day were decided, and where it is from.
#[derive(Debug, Clone, Default)]
pub struct Calendars {
    /// The one that counts.
    pub usual: Calendar,
    /// The one with unconfirmed days.
    pub cautious: Calendar,
    /// The paper of an agency's own calendar; none for everybody's.
    pub source: Option<String>,
}

/// What a text of rules is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Days off and make-up days.
    Calendar,
    /// Limits of the law.
    Deadlines,
    /// Remote areas.
    Remote,
    /// Limits of signs.
    Flags,
}

impl Sort {
    /// What the text is about, by what stands in it.
    ///
    /// # Errors
    /// It is about nothing of these.
    pub fn of(text: &str) -> Result<Self, RulesError> {
        let table: toml::Table =
            toml::from_str(text).map_err(|error| RulesError::Syntax { message: error.to_string() })?;
        let sorts = [
            ("areas", Self::Remote),
            ("limits", Self::Flags),
            ("rules", Self::Deadlines),
            ("suspensions", Self::Deadlines),
            ("days", Self::Calendar),
            ("saturdays", Self::Calendar),
        ];
        sorts.into_iter().find(|(key, _)| table.contains_key(*key)).map(|(_, sort)| sort).ok_or_else(|| {
            let message = "neither `days`, `rules`, `areas` nor `limits` stands in it".to_owned();
            RulesError::Syntax { message }
        })
    }

    /// First word of the name of its texts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Deadlines => "deadlines",
            Self::Remote => "remote",
            Self::Flags => "flags",
        }
    }

    fn of_name(path: &str) -> Option<Self> {
        let name = path.strip_prefix(FOLDER)?.strip_suffix(".toml")?;
        let all = [Self::Calendar, Self::Deadlines, Self::Remote, Self::Flags];
        all.into_iter().find(|sort| name.split('-').next() == Some(sort.name()))
    }
}

impl Laws {
    /// The rules compiled in.
    #[must_use]
    pub fn compiled() -> Arc<Self> {
        Arc::clone(&COMPILED)
    }

    /// The rules of `texts`, of which those under `rules/` count.
    ///
    /// # Errors
    /// A text is not of its form; the error names it.
    pub fn parse(texts: &BTreeMap<String, String>) -> Result<Self, RulesError> {
        let own = texts.iter().filter(|(path, _)| path.starts_with(FOLDER));
        let texts: BTreeMap<String, String> = own.map(|(path, text)| (path.clone(), text.clone())).collect();
        let mut laws = Self { version: version_of(&texts), ..Self::default() };
        let mut calendars = Vec::new();
        // What has no more behind its name is at the bottom.
        let mut ordered: Vec<(&String, &String)> = texts.iter().collect();
        ordered.sort_by_key(|(path, _)| (path.contains('-'), path.as_str()));
        for (path, text) in ordered {
            let laid = match Sort::of_name(path) {
                Some(Sort::Calendar) => CalendarFile::parse(text).map(|file| calendars.push((path, file))),
                Some(Sort::Deadlines) => laws.deadlines.lay(text),
                Some(Sort::Remote) => laws.areas.lay(text),
                Some(Sort::Flags) => laws.flags.lay(text),
                None => Ok(()),
            };
            laid.map_err(|error| error.in_file(path))?;
        }
        laws.lay_calendars(&calendars)?;
        laws.texts = texts;
        Ok(laws)
    }

    fn lay_calendars(&mut self, files: &[(&String, CalendarFile)]) -> Result<(), RulesError> {
        let of_all: Vec<_> = files.iter().filter(|(_, file)| file.units.is_empty()).collect();
        let mut below: Vec<&CalendarFile> = Vec::new();
        for (path, file) in of_all {
            below.push(file);
            self.national = calendars(&below, None).map_err(|error| error.in_file(path))?;
        }
        let units = files.iter().flat_map(|(_, file)| file.units.iter().map(|unit| unit_name(unit)));
        let units: std::collections::BTreeSet<String> = units.collect();
        for unit in units {
            let mut all = below.clone();
            for (path, file) in
                files.iter().filter(|(_, file)| file.units.iter().any(|it| unit_name(it) == unit))
            {
                all.push(file);
                let own = calendars(&all, Some(&file.source)).map_err(|error| error.in_file(path))?;
                self.agencies.insert(unit.clone(), own);
            }
        }
        Ok(())
    }

    /// A short hash of all texts.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The texts they were made from.
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// The limits of the law.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        self.deadlines.rules()
    }

    /// The rule of that id that was written last, whenever it was in force.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.deadlines.rule(id)
    }

    /// The calendar of an agency: its own, or everybody's.
    #[must_use]
    pub fn calendars(&self, unit: &str) -> &Calendars {
        if self.agencies.is_empty() || unit.is_empty() {
            return &self.national;
        }
        self.agencies.get(&unit_name(unit)).unwrap_or(&self.national)
    }

    /// Whether no agency has a calendar of its own and no place is remote, so that places do not matter.
    #[must_use]
    pub fn is_same_everywhere(&self) -> bool {
        self.agencies.is_empty() && self.areas.is_empty()
    }

    /// The limit of a sign on that day.
    #[must_use]
    pub fn flag(&self, name: &str, day: NaiveDate) -> Option<i64> {
        self.flags.limit(name, day)
    }

    /// The deadline by which a case of this kind and stage, accepted on that day, is to be resolved.
    #[must_use]
    pub fn resolution(
        &self,
        (kind, stage): (&str, &str),
        accepted: NaiveDate,
        happened: &str,
        place: &Place<'_>,
    ) -> Option<Due> {
        let rule = self.deadlines.of_resolution(kind, stage, accepted)?;
        Some(self.due(rule, (kind, "ordinary"), accepted, &happenings(happened), place))
    }

    /// The deadline by which a petition of this kind, received on that day, is to be handled.
    #[must_use]
    pub fn handling(&self, kind: &str, received: NaiveDate, place: &Place<'_>) -> Option<Due> {
        let rule = self.deadlines.of_handling(kind, received)?;
        Some(self.due(rule, (kind, "ordinary"), received, &[], place))
    }

    /// The deadline by which a petition of this kind, forwarded on that day, is to be taken up or answered by
    /// the unit it was forwarded to.
    #[must_use]
    pub fn forwarded(&self, kind: &str, on: NaiveDate, place: &Place<'_>) -> Option<Due> {
        let rule = self.deadlines.of_forwarded(kind, on)?;
        Some(self.due(rule, (kind, "ordinary"), on, &[], place))
    }

    /// The deadline of `rule` from `start` on, with what happened since; `circumstance` is a key of its limits.
    /// In a remote area an ordinary limit gives way to the longer one that the rule has for it.
    #[must_use]
    pub fn due(
        &self,
        rule: &Rule,
        (kind, circumstance): (&str, &str),
        start: NaiveDate,
        happenings: &[(Happening, NaiveDate)],
        place: &Place<'_>,
    ) -> Due {
        let area = self.area(rule, circumstance, start, place);
        let circumstance = if area.is_some() { "remote" } else { circumstance };
        let calendars = self.calendars(place.unit);
        let due = self.deadlines.due(calendars, rule, (kind, circumstance), start, happenings);
        due.explained(area, calendars.source.as_deref())
    }

    fn area(&self, rule: &Rule, circumstance: &str, start: NaiveDate, place: &Place<'_>) -> Option<&Area> {
        let is_longer = circumstance == "ordinary" && rule.limits.contains_key("remote");
        is_longer.then(|| self.areas.of(place, start)).flatten()
    }
}

fn calendars(files: &[&CalendarFile], source: Option<&String>) -> Result<Calendars, RulesError> {
    let (usual, cautious) = (Calendar::laid(files, false)?, Calendar::laid(files, true)?);
    Ok(Calendars { usual, cautious, source: source.cloned() })
}

fn version_of(texts: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for part in texts.iter().flat_map(|(path, text)| [path, text]) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()).chars().take(VERSION_CHARS).collect()
}

#[cfg(test)]
mod tests;
