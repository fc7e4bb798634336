//! A case file (hồ sơ vụ việc): the petitions of one case, to whom they went, what was decided, what is due.
//!
//! Everything shown stands in rows of one snapshot; the file only brings them together by the book of cases.
//! What the scope does not show is neither listed nor counted.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value as Json;

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::CASE_PETITIONS_MAX;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::duplicates::casebook::CaseKey;
use crate::duplicates::casebook::ruling::{Ruling, SourceCase};
use crate::engine::papers::{Held, PETITIONS};
use crate::engine::ruling::{Book, name_of};
use crate::engine::snapshot::Snapshot;
use crate::engine::sql::table;
use crate::engine::timeline::{Moment, timeline};
use crate::engine::{Engine, EngineError, records};
use crate::sql::encode::objects;
use crate::store::schema::TableKind;

/// A case file.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// The case.
    pub case: CaseKey,
    /// Its petitions by day of arrival, at most [`CASE_PETITIONS_MAX`].
    pub petitions: Vec<Held>,
    /// How many petitions it has.
    pub petitions_total: usize,
    /// Rows of the sources' cases.
    pub cases: Vec<Json>,
    /// Decisions, conclusions and answers by day of issue.
    pub decisions: Vec<Json>,
    /// Rulings that made it what it is, oldest first.
    pub rulings: Vec<Ruling>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
}

/// The answer a case was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered<'f> {
    /// Number of the decision, conclusion or letter.
    pub number: &'f str,
    /// Day of issue.
    pub on: NaiveDate,
}

impl CaseFile {
    /// Units and people the petitions are addressed to or held by, each once.
    #[must_use]
    pub fn recipients(&self) -> Vec<&str> {
        let named = self.petitions.iter().flat_map(|held| [held.text("recipient"), held.text("unit")]);
        named.flatten().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The highest stage any of its cases has reached, as its code.
    #[must_use]
    pub fn stage(&self) -> Option<&str> {
        let stages = self.cases.iter().filter_map(|row| row.get("stage").and_then(Json::as_str));
        let rank = |stage: &&str| ["first", "second", "continued"].iter().position(|known| known == stage);
        stages.max_by_key(rank)
    }

    /// Due dates of what is still open, earliest first, each with the record that has it.
    #[must_use]
    pub fn due(&self) -> Vec<(NaiveDate, String)> {
        let of_petition = |held: &Held| {
            let is_open = held.text("resolved_on").is_none();
            Some((day(held.text("due_on").filter(|_| is_open)?)?, held.id.to_string()))
        };
        let of_case = |row: &Json| {
            let is_open = text(row, "closed_on").is_none();
            Some((day(text(row, "due_on").filter(|_| is_open)?)?, text(row, "id")?.to_owned()))
        };
        let petitions = self.petitions.iter().filter_map(of_petition);
        let mut due: Vec<_> = petitions.chain(self.cases.iter().filter_map(of_case)).collect();
        due.sort();
        due
    }

    /// The last answer given before `on`: what a repeat must be told.
    #[must_use]
    pub fn answered_before(&self, on: Option<NaiveDate>) -> Option<Answered<'_>> {
        let answers = self.decisions.iter().filter_map(|row| {
            let issued = day(text(row, "issued_on")?)?;
            Some(Answered { number: text(row, "number")?, on: issued })
        });
        answers.filter(|answer| on.is_none_or(|on| answer.on <= on)).max_by_key(|answer| answer.on)
    }
}

impl Engine {
    /// The case that a petition is in.
    ///
    /// # Errors
    /// There is no such petition in scope.
    pub fn case_of(&self, petition: RecordId, scope: &Scope) -> Result<CaseKey, EngineError> {
        let snapshot = self.snapshot()?;
        let sources = self.source_cases(&snapshot, &[petition].into(), scope)?;
        let source = sources.get(&petition).cloned().flatten();
        Ok(self.book(&snapshot)?.cases.case_of(petition, source.as_ref()))
    }

    /// The petitions of a case, as far as the scope shows them.
    ///
    /// # Errors
    /// A table is damaged.
    pub fn members_of(&self, case: &CaseKey, scope: &Scope) -> Result<BTreeSet<RecordId>, EngineError> {
        let snapshot = self.snapshot()?;
        let book = self.book(&snapshot)?;
        self.members(&snapshot, &book, case, scope)
    }

    /// The file of a case.
    ///
    /// # Errors
    /// There is no such case in scope, or a table is damaged.
    pub fn case_file(&self, case: &CaseKey, scope: &Scope) -> Result<CaseFile, EngineError> {
        let snapshot = self.snapshot()?;
        let book = self.book(&snapshot)?;
        let case = match case {
            CaseKey::Own(petition) => self.case_of(*petition, scope)?,
            CaseKey::Source(source) => {
                book.cases.number_of(source).map_or_else(|| case.clone(), CaseKey::Numbered)
            }
            CaseKey::Numbered(_) => case.clone(),
        };
        let members = self.members(&snapshot, &book, &case, scope)?;
        if members.is_empty() {
            return Err(EngineError::NoCase(name_of(&case)));
        }
        let ids: Vec<RecordId> = members.iter().copied().take(CASE_PETITIONS_MAX).collect();
        let mut petitions: Vec<Held> = self.papers(&snapshot, &ids, scope)?.into_iter().flatten().collect();
        let order = |held: &Held| (held.text("received_on").map(str::to_owned), held.id);
        petitions.sort_by_key(order);
        let sources = sources_of(&book, &case, &petitions);
        let keys = Keys::of(&sources, &petitions);
        let cases = self.rows_about(&snapshot, "cases", &["id", "source_id", "case_id"], &keys, scope)?;
        let mut decisions =
            self.rows_about(&snapshot, "decisions", &["case_id", "petition_id"], &keys, scope)?;
        decisions.sort_by_key(|row| text(row, "issued_on").map(str::to_owned));
        let events = self.rows_about(&snapshot, "events", &["subject_id"], &keys, scope)?;
        let rulings = self.shown(&snapshot, rulings_about(&book, &case, &members), scope)?;
        let timeline = timeline(&petitions, &cases, &decisions, &events, &rulings);
        let petitions_total = members.len();
        let commit = snapshot.version();
        Ok(CaseFile { commit, case, petitions, petitions_total, cases, decisions, rulings, timeline })
    }

    fn members(
        &self,
        snapshot: &Snapshot,
        book: &Book,
        case: &CaseKey,
        scope: &Scope,
    ) -> Result<BTreeSet<RecordId>, EngineError> {
        let mut members = BTreeSet::new();
        let sources: Vec<SourceCase> = match case {
            CaseKey::Own(petition) => {
                members.insert(*petition);
                Vec::new()
            }
            CaseKey::Source(source) => vec![source.clone()],
            CaseKey::Numbered(number) => {
                members.extend(book.cases.moved_into(*number));
                book.cases.adopted_as(*number).cloned().collect()
            }
        };
        for source in sources {
            let own = self.petitions_of(snapshot, &source, scope)?;
            members.extend(own.into_iter().filter(|id| book.cases.case_of(*id, Some(&source)) == *case));
        }
        let ids: Vec<RecordId> = members.iter().copied().collect();
        let papers = self.papers(snapshot, &ids, scope)?;
        Ok(papers.into_iter().flatten().map(|held| held.id).collect())
    }

    /// Petitions that their source keeps in `source`.
    fn petitions_of(
        &self,
        snapshot: &Snapshot,
        source: &SourceCase,
        scope: &Scope,
    ) -> Result<Vec<RecordId>, EngineError> {
        let dataset = snapshot.dataset(PETITIONS)?;
        let kinds = (TableKind::Main, TableKind::Text);
        let table = table(&self.home, snapshot, dataset, kinds, scope);
        let statement = "SELECT id FROM asked WHERE case_id = $key AND source_system = $system";
        let given =
            [("key", Value::Text(source.key.clone())), ("system", Value::Text(source.system.clone()))];
        let rows = objects(&records::ask(dataset, table, statement, &given)?)?;
        let id = |row: &Json| text(row, "id").and_then(|id| id.parse().ok());
        Ok(rows.iter().filter_map(id).collect())
    }

    /// Rows of `dataset` one of whose `columns` names one of `keys`, of the same source or by id.
    fn rows_about(
        &self,
        snapshot: &Snapshot,
        dataset: &str,
        columns: &[&str],
        keys: &Keys,
        scope: &Scope,
    ) -> Result<Vec<Json>, EngineError> {
        let Ok(dataset) = snapshot.dataset(dataset) else { return Ok(Vec::new()) };
        let kinds = (TableKind::Main, TableKind::Text);
        let table = table(&self.home, snapshot, dataset, kinds, scope);
        let named = |column: &&str| {
            format!(
                "strpos($ids, chr(10) || \"{column}\" || chr(10)) > 0 OR \
                 strpos($keys, chr(10) || source_system || '|' || \"{column}\" || chr(10)) > 0"
            )
        };
        let condition: Vec<String> = columns.iter().map(named).collect();
        let statement = format!("SELECT * FROM asked WHERE {} ORDER BY id", condition.join(" OR "));
        let given = [("ids", Value::Text(keys.ids.clone())), ("keys", Value::Text(keys.keys.clone()))];
        Ok(objects(&records::ask(dataset, table, &statement, &given)?)?)
    }
}

/// What rows about a case may name, each between two line ends.
struct Keys {
    ids: String,
    keys: String,
}

impl Keys {
    fn of(sources: &BTreeSet<SourceCase>, petitions: &[Held]) -> Self {
        let ids = petitions.iter().map(|held| held.id.to_string());
        let key = |held: &Held| {
            let (system, key) = (held.text("source_system")?, held.text("source_id")?);
            Some(SourceCase { system: system.to_owned(), key: key.to_owned() }.to_string())
        };
        let keys = sources.iter().map(SourceCase::to_string).chain(petitions.iter().filter_map(key));
        Self { ids: lines(ids), keys: lines(keys) }
    }
}

fn lines(words: impl Iterator<Item = String>) -> String {
    words.fold("\n".to_owned(), |lines, word| lines + &word + "\n")
}

/// Cases of sources whose rows belong into the file.
fn sources_of(book: &Book, case: &CaseKey, petitions: &[Held]) -> BTreeSet<SourceCase> {
    match case {
        CaseKey::Numbered(number) => {
            let moved = petitions.iter().filter_map(Held::source_case);
            moved.chain(book.cases.adopted_as(*number).cloned()).collect()
        }
        CaseKey::Source(source) => [source.clone()].into(),
        CaseKey::Own(_) => BTreeSet::new(),
    }
}

fn rulings_about(book: &Book, case: &CaseKey, members: &BTreeSet<RecordId>) -> Vec<Ruling> {
    let number = match case {
        CaseKey::Numbered(number) => Some(*number),
        CaseKey::Source(_) | CaseKey::Own(_) => None,
    };
    let about = |ruling: &&Ruling| {
        let placed = ruling.placed.as_ref();
        placed.is_some_and(|placed| Some(placed.number) == number)
            || ruling
                .pair()
                .is_some_and(|pair| members.contains(&pair.later) || members.contains(&pair.earlier))
    };
    let made: BTreeSet<u64> = book.rulings.iter().filter(about).map(|ruling| ruling.ordinal).collect();
    let is_shown = |ruling: &&Ruling| {
        made.contains(&ruling.ordinal) || ruling.undoes().is_some_and(|of| made.contains(&of))
    };
    book.rulings.iter().filter(is_shown).cloned().collect()
}

pub(super) fn text<'r>(row: &'r Json, column: &str) -> Option<&'r str> {
    row.get(column).and_then(Json::as_str).filter(|text| !text.is_empty())
}

pub(super) fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10).unwrap_or(text).parse().ok()
}
