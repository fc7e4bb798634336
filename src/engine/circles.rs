//! Letters in circles: forwarded and forgotten, forwarded back to where they were, or copies of one case
//! that units handle differently.
//!
//! Statements find the few records that may be such, within the scope of who asks; the chain of a letter is
//! then walked hop by hop, and whether an answer is late is a rule of the law, not a number here. Nothing
//! found says also where was looked: which sources, how many units, how fresh.

mod chain;
mod statements;
mod written;

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Map, Value as Json};

use crate::definition::query::Query;
use crate::domain::civil::CivilDate;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{CIRCLE_CASE_LETTERS_MAX, CIRCLES_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::circles::chain::{last_forward, returns};
use crate::engine::{Engine, EngineError};
use crate::rules::deadline::Due;
use crate::rules::laws::Laws;
use crate::rules::place::Place;
use crate::sql::encode::objects;
use crate::sql::job::Table;
use crate::sql::vetted;

/// How a letter goes round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Forwarded, and no answer, acceptance or decision within the limit.
    Late,
    /// Forwarded from unit to unit and back to one that had it.
    Cycle,
    /// Letters of one case with different directions.
    Directions,
}

/// A letter that is part of a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub id: String,
    /// Its id in its source.
    pub source_id: String,
    /// What it is about.
    pub title: Option<String>,
    /// Who holds it.
    pub unit: Option<String>,
    /// Its direction (hướng xử lý).
    pub direction: Option<String>,
}

/// A letter on its way from one unit to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// When it was forwarded.
    pub on: NaiveDate,
    /// By whom.
    pub unit: String,
    /// To whom.
    pub to_unit: String,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// What it is.
    pub kind: Kind,
    /// The letter, or the letters of a case, of each direction the first few.
    pub letters: Vec<Letter>,
    /// Letters in all.
    pub count: usize,
    /// The case, when it is about one.
    pub case_id: Option<String>,
    /// The way, in order: of a cycle from the unit that got it back.
    pub hops: Vec<Hop>,
    /// The limit that passed, with its rule.
    pub due: Option<Due>,
}

/// A source that was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// The source system.
    pub source_system: String,
    /// Its letters.
    pub letters: i64,
    /// Units that hold them.
    pub units: i64,
    /// Its newest letter.
    pub newest: Option<NaiveDate>,
    /// Events of forwarding that it gives.
    pub forwards: i64,
}

/// What was found, and where was looked.
#[derive(Debug, Clone, PartialEq)]
pub struct Circles {
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// The business date.
    pub as_of: NaiveDate,
    /// Late ones oldest first, cycles and cases newest first.
    pub circles: Vec<Circle>,
    /// Kinds of which there are more than are listed.
    pub cut: Vec<Kind>,
    /// Every source that was searched.
    pub searched: Vec<Searched>,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Late, Self::Cycle, Self::Directions];

    /// The key of what it is called.
    #[must_use]
    pub fn label_key(self) -> &'static str {
        match self {
            Self::Late => "circles.kind.late",
            Self::Cycle => "circles.kind.cycle",
            Self::Directions => "circles.kind.directions",
        }
    }

    /// The key of the sentence that says what counts as one.
    #[must_use]
    pub fn about_key(self) -> &'static str {
        match self {
            Self::Late => "circles.about.late",
            Self::Cycle => "circles.about.cycle",
            Self::Directions => "circles.about.directions",
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Cycle => "cycle",
            Self::Directions => "directions",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl Engine {
    /// Letters in circles as of a business date, today when not given; of one kind or of all, at most
    /// [`CIRCLES_MAX`] of each.
    ///
    /// # Errors
    /// A table is damaged or too large for one plan.
    pub fn circles(
        &self,
        kind: Option<Kind>,
        as_of: Option<NaiveDate>,
        scope: &Scope,
    ) -> Result<Circles, EngineError> {
        let snapshot = self.snapshot()?;
        let commit = snapshot.version();
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let asked = Asked { tables: self.tables(&snapshot, commit, scope)?, laws: self.laws()?, as_of };
        let (mut circles, mut cut) = (Vec::new(), Vec::new());
        for kind in Kind::ALL.into_iter().filter(|known| kind.is_none_or(|kind| kind == *known)) {
            let mut found = match kind {
                Kind::Late => asked.late()?,
                Kind::Cycle => asked.cycles()?,
                Kind::Directions => asked.directions()?,
            };
            if found.is_cut {
                cut.push(kind);
            }
            circles.append(&mut found.circles);
        }
        Ok(Circles { commit, as_of, circles, cut, searched: asked.searched()? })
    }
}

struct Asked {
    tables: Vec<Table>,
    laws: Arc<Laws>,
    as_of: NaiveDate,
}

struct Found {
    circles: Vec<Circle>,
    is_cut: bool,
}

type Row = Map<String, Json>;

impl Asked {
    fn late(&self) -> Result<Found, EngineError> {
        let rows = self.rows(&["events", "petitions", "decisions"], statements::LATE)?;
        let groups = grouped(&rows, "id");
        let is_cut = groups.len() > CIRCLES_MAX;
        let circles = groups.into_iter().take(CIRCLES_MAX).filter_map(|rows| {
            let (first, hop) = (rows.first()?, last_forward(hops(rows))?);
            let place = Place { unit: &hop.to_unit, ..Place::default() };
            let due = self.laws.forwarded(text(first, "kind"), hop.on, &place)?;
            let is_late = due.effective.is_some_and(|day| day < self.as_of);
            let letters = vec![letter(first)];
            let found = Circle {
                kind: Kind::Late,
                letters,
                count: 1,
                case_id: None,
                hops: vec![hop],
                due: Some(due),
            };
            is_late.then_some(found)
        });
        Ok(Found { circles: circles.collect(), is_cut })
    }

    fn cycles(&self) -> Result<Found, EngineError> {
        let rows = self.rows(&["events", "petitions"], statements::CYCLES)?;
        let groups = grouped(&rows, "id");
        let mut is_cut = groups.len() > CIRCLES_MAX;
        let mut circles = Vec::new();
        for rows in groups.into_iter().take(CIRCLES_MAX) {
            let Some(first) = rows.first() else { continue };
            circles.extend(returns(hops(rows)).into_iter().map(|hops| Circle {
                kind: Kind::Cycle,
                letters: vec![letter(first)],
                count: 1,
                case_id: None,
                hops,
                due: None,
            }));
        }
        is_cut |= circles.len() > CIRCLES_MAX;
        circles.truncate(CIRCLES_MAX);
        Ok(Found { circles, is_cut })
    }

    fn directions(&self) -> Result<Found, EngineError> {
        let rows = self.rows(&["petitions"], statements::DIRECTIONS)?;
        let groups = grouped(&rows, "case_key");
        let is_cut = groups.len() > CIRCLES_MAX;
        let circles = groups.into_iter().take(CIRCLES_MAX).map(|rows| Circle {
            kind: Kind::Directions,
            letters: rows.iter().map(letter).collect(),
            count: rows.first().and_then(|row| usize::try_from(number(row, "letters")).ok()).unwrap_or(0),
            case_id: rows.first().map(|row| text(row, "case_id").to_owned()),
            hops: Vec::new(),
            due: None,
        });
        Ok(Found { circles: circles.collect(), is_cut })
    }

    fn searched(&self) -> Result<Vec<Searched>, EngineError> {
        let rows = self.rows(&["events", "petitions"], statements::SEARCHED)?;
        let searched = rows.iter().map(|row| Searched {
            source_system: text(row, "source_system").to_owned(),
            letters: number(row, "letters"),
            units: number(row, "units"),
            newest: day(row, "newest"),
            forwards: number(row, "forwards"),
        });
        Ok(searched.collect())
    }

    fn rows(&self, tables: &[&str], sql: &str) -> Result<Vec<Row>, EngineError> {
        let known = self.tables.iter().filter(|table| tables.contains(&table.name.as_str()));
        let known: Vec<Table> = known.cloned().collect();
        let bound = |sql: &str| {
            sql.replace("{circles}", &(CIRCLES_MAX + 1).to_string())
                .replace("{letters}", &CIRCLE_CASE_LETTERS_MAX.to_string())
        };
        let query = Query {
            name: "circles".to_owned(),
            version: 1,
            tables: tables.iter().map(|name| (*name).to_owned()).collect(),
            parameters: vec!["as_of".to_owned()],
            sql: bound(sql),
            ..Query::default()
        };
        let as_of = Value::Date(CivilDate::day(self.as_of));
        let batches = vetted::run(&query, &known, &[("as_of", as_of)])?;
        let rows = objects(&batches)?.into_iter();
        Ok(rows.filter_map(|row| if let Json::Object(row) = row { Some(row) } else { None }).collect())
    }
}

/// The rows cut where `by` changes.
fn grouped<'r>(rows: &'r [Row], by: &str) -> Vec<&'r [Row]> {
    rows.chunk_by(|one, other| one.get(by) == other.get(by)).collect()
}

fn hops(rows: &[Row]) -> Vec<Hop> {
    let hop = |row: &Row| {
        let (unit, to_unit) = (text(row, "from_unit").to_owned(), text(row, "to_unit").to_owned());
        Some(Hop { on: day(row, "happened_on")?, unit, to_unit })
    };
    rows.iter().filter_map(hop).collect()
}

fn letter(row: &Row) -> Letter {
    let maybe = |name: &str| Some(text(row, name)).filter(|text| !text.is_empty()).map(str::to_owned);
    Letter {
        id: text(row, "id").to_owned(),
        source_id: text(row, "source_id").to_owned(),
        title: maybe("title"),
        unit: maybe("unit"),
        direction: maybe("direction"),
    }
}

fn text<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn number(row: &Row, name: &str) -> i64 {
    row.get(name).and_then(Json::as_i64).unwrap_or_default()
}

fn day(row: &Row, name: &str) -> Option<NaiveDate> {
    text(row, name).parse().ok()
}
