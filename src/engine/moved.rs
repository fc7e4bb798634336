//! A change of rules or holidays: what it moves is told before it is taken, and again when it is.
//!
//! A statement asks each record for its deadline by the rules in force and by those laid over them, and keeps
//! where the two differ. Taking a change puts its text into the home's `definitions/rules/`, makes a commit that
//! names it, and leaves an entry in the log of changes. A change that came another way (a text put there by
//! hand, a new program) leaves such an entry as well, under the name `program`.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::definition::query::Query;
use crate::domain::civil::{CivilDate, iso};
use crate::domain::commit::CommitVersion;
use crate::domain::limits::{MOVED_DEADLINES_LOGGED, MOVED_DEADLINES_MAX, RULES_FILE_BYTES_MAX};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::progress::Progress;
use crate::engine::{Engine, EngineError};
use crate::rules::RulesError;
use crate::rules::laws::{Laws, Sort};
use crate::sql::encode::objects;
use crate::sql::ground::Ground;
use crate::sql::vetted;
use crate::store::StoreError;

mod statements;

/// Folder of the log of changes.
const FOLDER: &str = "rules-adopted";
const FORMAT: u32 = 1;
/// Who takes what nobody took by name.
pub(super) const PROGRAM: &str = "program";

/// A text of rules to be laid over those in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesFile {
    /// Its path among the texts: `rules/calendar-2027.toml`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A record whose deadline a change moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The record.
    pub id: String,
    /// Its dataset.
    pub dataset: String,
    /// Who holds it; of a denunciation the province only.
    pub unit: String,
    /// The day by the rules in force.
    pub before: Option<String>,
    /// The day by the changed ones.
    pub after: Option<String>,
    /// Whether this day judges it: its source declares none.
    pub judges: bool,
    /// Whether it is still open.
    pub open: bool,
    /// What it becomes on the business date: `late`, `in_time`, or nothing when it stays what it is.
    pub becomes: Option<String>,
}

/// What a change would move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Version of the rules in force.
    pub before: String,
    /// Version of the changed ones.
    pub after: String,
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// The records, by dataset and id; of very many the first.
    pub moved: Vec<Moved>,
    /// How many move, by unit: all of them, also those not among the records.
    pub units: BTreeMap<String, usize>,
    /// Whether more move than stand among the records.
    pub is_cut: bool,
}

/// A change that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    format: u32,
    /// When, UTC microseconds.
    pub at: i64,
    /// Who.
    pub by: String,
    /// The text; none when several changed at once.
    pub file: Option<String>,
    /// Version before.
    pub before: String,
    /// Version from then on.
    pub after: String,
    /// Snapshot the moves were told on.
    pub snapshot: CommitVersion,
    /// The business date.
    #[serde(with = "iso")]
    pub as_of: NaiveDate,
    /// Records whose deadline moved; none when it could not be told.
    pub moved: Option<usize>,
    /// The same by unit.
    pub units: BTreeMap<String, usize>,
    /// The first of them.
    pub records: Vec<Moved>,
}

impl RulesFile {
    /// Reads a file; its sort is told by what stands in it, its place by its name.
    ///
    /// # Errors
    /// It cannot be read, is too large or no text of rules.
    pub fn read(path: &Path) -> Result<Self, EngineError> {
        let size = std::fs::metadata(path).map_err(StoreError::io("cannot read", path))?.len();
        if size > RULES_FILE_BYTES_MAX {
            let message = format!("{size} bytes; a text of rules has at most {RULES_FILE_BYTES_MAX}");
            return Err(RulesError::Syntax { message }.into());
        }
        let text = std::fs::read_to_string(path).map_err(StoreError::io("cannot read", path))?;
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        Self::named(stem, text)
    }

    /// A text under a name: `2027` of a calendar becomes `rules/calendar-2027.toml`.
    ///
    /// # Errors
    /// It is no text of rules.
    pub fn named(stem: &str, text: String) -> Result<Self, EngineError> {
        let sort = Sort::of(&text)?.name();
        let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let plain = plain.to_ascii_lowercase();
        let plain = plain.trim_matches('-');
        let name = if plain == sort || plain.starts_with(&format!("{sort}-")) {
            plain.to_owned()
        } else {
            format!("{sort}-{plain}")
        };
        Ok(Self { path: format!("rules/{}.toml", name.trim_matches('-')), text })
    }
}

impl Preview {
    /// How many records move.
    #[must_use]
    pub fn count(&self) -> usize {
        self.units.values().sum()
    }

    fn add(&mut self, counted: impl Iterator<Item = (String, usize)>) {
        for (unit, many) in counted {
            *self.units.entry(unit).or_default() += many;
        }
    }
}

impl Engine {
    /// What `files`, laid over the rules in force, would move as of a business date, today when not given.
    ///
    /// # Errors
    /// A text is no text of rules, or a table is damaged.
    pub fn preview_rules(
        &self,
        files: &[RulesFile],
        as_of: Option<NaiveDate>,
        scope: &Scope,
    ) -> Result<Preview, EngineError> {
        self.preview_first(files, as_of, MOVED_DEADLINES_MAX, scope)
    }

    /// The same, telling at most so many records of a dataset one by one.
    ///
    /// # Errors
    /// As [`Engine::preview_rules`].
    pub fn preview_first(
        &self,
        files: &[RulesFile],
        as_of: Option<NaiveDate>,
        most: usize,
        scope: &Scope,
    ) -> Result<Preview, EngineError> {
        let laws = self.laws()?;
        let mut texts = laws.texts().clone();
        texts.extend(files.iter().map(|file| (file.path.clone(), file.text.clone())));
        let next = Laws::parse(&texts)?;
        self.weighed(&Ground { next: Some(next.into()), ..Ground::of(laws) }, (as_of, most), scope)
    }

    /// Takes a change of rules into force and notes in the log what it moved.
    ///
    /// # Errors
    /// The text is none, changes nothing, the engine only reads, or the commit failed.
    pub fn adopt_rules(
        &self,
        file: &RulesFile,
        by: &str,
        progress: &Progress,
    ) -> Result<Adopted, EngineError> {
        drop(self.writing()?);
        let preview = self.preview_rules(std::slice::from_ref(file), None, &Scope::everything())?;
        if preview.before == preview.after {
            return Err(EngineError::SameRules(file.path.clone()));
        }
        let adopted = self.noted(&Ok(preview), by, Some(&file.path))?;
        self.home.put_over(&format!("definitions/{}", file.path), file.text.as_bytes())?;
        self.take_definitions(progress)?;
        Ok(adopted)
    }

    /// Every change that was taken, oldest first.
    ///
    /// # Errors
    /// An entry is damaged.
    pub fn adopted_rules(&self) -> Result<Vec<Adopted>, EngineError> {
        let mut all = Vec::new();
        for entry in self.home.list(FOLDER)?.into_iter().filter(|entry| entry.path.ends_with(".json")) {
            let read = serde_json::from_slice(&self.home.read(&entry.path)?);
            all.push(read.map_err(|error| StoreError::damaged(&entry.path, error.to_string()))?);
        }
        all.sort_by_key(|adopted: &Adopted| adopted.at);
        Ok(all)
    }

    /// Notes what changes on the way from the rules of one hash to those of `next`, if they differ.
    pub(super) fn note_changed_rules(&self, next: &BTreeMap<String, String>) -> Result<(), EngineError> {
        let next = Laws::parse(next)?;
        // Rules that no longer parse were made by a program of another form; their moves cannot be told.
        let Ok(laws) = self.laws() else { return Ok(()) };
        if laws.version() != next.version() {
            let (before, after) = (laws.version().to_owned(), next.version().to_owned());
            let ground = Ground { next: Some(next.into()), ..Ground::of(laws) };
            let told = self.weighed(&ground, (None, MOVED_DEADLINES_MAX), &Scope::everything());
            self.noted(&told.map_err(|_| (before, after)), PROGRAM, None)?;
        }
        Ok(())
    }

    fn weighed(
        &self,
        ground: &Ground,
        (as_of, most): (Option<NaiveDate>, usize),
        scope: &Scope,
    ) -> Result<Preview, EngineError> {
        let snapshot = self.snapshot()?;
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let version = |laws: Option<&Laws>| laws.map(|laws| laws.version().to_owned()).unwrap_or_default();
        let mut preview = Preview {
            before: version(Some(&ground.laws)),
            after: version(ground.next.as_deref()),
            commit: snapshot.version(),
            moved: Vec::new(),
            units: BTreeMap::new(),
            is_cut: false,
        };
        let as_of = [("as_of", Value::Date(CivilDate::day(as_of)))];
        for (dataset, sql) in [("cases", statements::CASES), ("petitions", statements::PETITIONS)] {
            let mut tables = self.tables(&snapshot, snapshot.version(), scope)?;
            let names = [dataset, "events"];
            tables.retain(|table| names.contains(&table.name.as_str()));
            let own = sql.replace("{of_subject}", &self.of_subject(dataset)?);
            let query = |sql: String| Query {
                name: "moved".to_owned(),
                version: 1,
                tables: names.map(str::to_owned).into(),
                parameters: vec!["as_of".to_owned()],
                sql,
                ..Query::default()
            };
            let asked = |sql: String| -> Result<Vec<Json>, EngineError> {
                Ok(objects(&vetted::run_on(ground, &query(sql), &tables, &as_of)?)?)
            };
            let rows = asked(format!("{own} ORDER BY id LIMIT {}", most.saturating_add(1)))?;
            if rows.len() > most {
                preview.is_cut = true;
                let counted =
                    format!("SELECT unit, count(*) AS many FROM (\n{own}\n) AS moved GROUP BY unit");
                preview.add(asked(counted)?.iter().map(counted_row));
            } else {
                preview.add(rows.iter().map(|row| (moved(dataset, row).unit, 1)));
            }
            preview.moved.extend(rows.iter().take(most).map(|row| moved(dataset, row)));
        }
        Ok(preview)
    }

    fn noted(
        &self,
        told: &Result<Preview, (String, String)>,
        by: &str,
        file: Option<&str>,
    ) -> Result<Adopted, EngineError> {
        let at = self.clock.now().0;
        let mut adopted = Adopted {
            format: FORMAT,
            at,
            by: by.to_owned(),
            file: file.map(str::to_owned),
            before: String::new(),
            after: String::new(),
            snapshot: self.snapshot()?.version(),
            as_of: self.clock.today(),
            moved: None,
            units: BTreeMap::new(),
            records: Vec::new(),
        };
        match told {
            Err((before, after)) => (adopted.before, adopted.after) = (before.clone(), after.clone()),
            Ok(preview) => {
                (adopted.before, adopted.after) = (preview.before.clone(), preview.after.clone());
                adopted.moved = Some(preview.count());
                adopted.units = preview.units.clone();
                adopted.records = preview.moved.iter().take(MOVED_DEADLINES_LOGGED).cloned().collect();
            }
        }
        let path = format!("{FOLDER}/{at:020}-{}.json", adopted.after);
        let text = serde_json::to_vec(&adopted).map_err(StoreError::columns(&path))?;
        match self.home.put_new(&path, &text) {
            // The same change, noted before a crash came between the note and the commit.
            Err(StoreError::Conflict(_)) | Ok(()) => Ok(adopted),
            Err(error) => Err(error.into()),
        }
    }
}

fn counted_row(row: &Json) -> (String, usize) {
    let many = row.get("many").and_then(Json::as_u64).and_then(|many| usize::try_from(many).ok());
    let unit = row.get("unit").and_then(Json::as_str).unwrap_or_default();
    (unit.to_owned(), many.unwrap_or_default())
}

fn moved(dataset: &str, row: &Json) -> Moved {
    let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
    let fact = |name: &str| row.get(name).and_then(Json::as_bool).unwrap_or_default();
    Moved {
        id: text("id").unwrap_or_default(),
        dataset: dataset.to_owned(),
        unit: text("unit").unwrap_or_default(),
        before: text("before"),
        after: text("after"),
        judges: fact("judges"),
        open: fact("open"),
        becomes: text("becomes"),
    }
}
