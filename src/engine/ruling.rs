//! Rulings: a person decides how two petitions relate, attaches, splits, undoes.
//!
//! A ruling is a row of the dataset `rulings`, committed like any record, so that it is in the history, in
//! SQL and under a snapshot number. One is made at a time: the book of cases is read, the act is checked
//! against it, the number is given, the row is committed. Nothing else ever moves a petition.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{RULED_PETITIONS_MAX, RULING_REASON_CHARS_MAX};
use crate::domain::scope::Scope;
use crate::duplicates::casebook::number::CaseNumber;
use crate::duplicates::casebook::ruling::{Act, Pair, Placed, Proposal, Ruling, SourceCase};
use crate::duplicates::casebook::{self, CaseKey, Casebook, plan};
use crate::duplicates::relation::Proposed;
use crate::engine::intake::Intake;
use crate::engine::progress::Progress;
use crate::engine::ruling_row::{self, DATASET};
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::store::commit::Operation;

/// Who rules, and why.
#[derive(Debug, Clone)]
pub struct Author {
    /// Name or office.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
}

/// A ruling that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// The commit that holds it.
    pub commit: CommitVersion,
    /// The ruling.
    pub ruling: Ruling,
}

/// The rulings of a snapshot, and the book they make.
#[derive(Debug, Clone)]
pub struct Book {
    /// Every ruling, oldest first.
    pub rulings: Vec<Ruling>,
    /// What follows from them.
    pub cases: Casebook,
}

impl Book {
    /// The ruling in force that decided `pair`.
    #[must_use]
    pub fn decided(&self, pair: Pair) -> Option<&Ruling> {
        let ordinal = self.cases.decided(pair)?;
        self.rulings.iter().find(|ruling| ruling.ordinal == ordinal)
    }
}

impl Engine {
    /// The rulings of a snapshot.
    ///
    /// # Errors
    /// Their table is damaged.
    pub fn book(&self, snapshot: &Snapshot) -> Result<Book, EngineError> {
        let rulings = ruling_row::all(&self.home, snapshot)?;
        let cases = Casebook::of(&rulings);
        Ok(Book { rulings, cases })
    }

    /// Decides how `later` relates to `earlier`. Papers of one case are put into one case file.
    ///
    /// # Errors
    /// A petition is not in scope, the pair has been decided, nobody is named, or the engine only reads.
    pub fn decide(
        &self,
        (later, earlier): (RecordId, RecordId),
        relation: Proposed,
        author: &Author,
        scope: &Scope,
    ) -> Result<Ruled, EngineError> {
        let pair = Pair::of(later, earlier).ok_or(casebook::Refusal::SamePetition)?;
        let proposal = self.proposal_between(later, earlier, scope)?;
        self.rule(author, &[later, earlier].into(), scope, &|book, source_of, next| {
            let placed = plan::decide(&book.cases, (later, earlier), relation, next, source_of)?;
            Ok((Act::Decide { pair, relation }, placed, Some(proposal)))
        })
    }

    /// Puts petitions into the case of another petition, into a numbered case, or into one of a source.
    ///
    /// # Errors
    /// As [`Engine::decide`]; or nothing would change.
    pub fn attach_to_case(
        &self,
        petitions: &BTreeSet<RecordId>,
        to: &CaseKey,
        author: &Author,
        scope: &Scope,
    ) -> Result<Ruled, EngineError> {
        let mut named = petitions.clone();
        if let CaseKey::Own(petition) = to {
            named.insert(*petition);
        }
        if matches!(to, CaseKey::Numbered(_) | CaseKey::Source(_)) && self.members_of(to, scope)?.is_empty() {
            return Err(EngineError::NoCase(name_of(to)));
        }
        self.rule(author, &named, scope, &|book, source_of, next| {
            let to = match to {
                CaseKey::Own(petition) => book.cases.case_of(*petition, source_of(*petition).as_ref()),
                CaseKey::Source(source) => source_case(&book.cases, source),
                CaseKey::Numbered(_) => to.clone(),
            };
            let placed = plan::attach(&book.cases, petitions, &to, next, source_of)?;
            Ok((Act::Attach, Some(placed), None))
        })
    }

    /// Takes petitions out of their case into one of their own.
    ///
    /// # Errors
    /// As [`Engine::decide`]; or they are not of one case, or nobody would stay behind.
    pub fn split_off(
        &self,
        petitions: &BTreeSet<RecordId>,
        author: &Author,
        scope: &Scope,
    ) -> Result<Ruled, EngineError> {
        let first = *petitions.first().ok_or(casebook::Refusal::SamePetition)?;
        let members = self.members_of(&self.case_of(first, scope)?, scope)?;
        self.rule(author, petitions, scope, &|_, _, next| {
            Ok((Act::Split, Some(plan::split(petitions, &members, next)?), None))
        })
    }

    /// Undoes the ruling `ordinal`: what it did is as if it had never been, and both stay written.
    ///
    /// # Errors
    /// There is no such ruling in force, later ones rest on it, or nobody is named.
    pub fn undo_ruling(&self, ordinal: u64, author: &Author, scope: &Scope) -> Result<Ruled, EngineError> {
        let shown = self.rulings(None, scope)?.all;
        if !shown.iter().any(|ruling| ruling.ordinal == ordinal) {
            return Err(casebook::Refusal::Nothing(ordinal).into());
        }
        self.rule(author, &BTreeSet::new(), scope, &|book, _, _| {
            casebook::check_undo(&book.rulings, ordinal)?;
            Ok((Act::Undo { ordinal }, None, None))
        })
    }

    fn rule(
        &self,
        author: &Author,
        petitions: &BTreeSet<RecordId>,
        scope: &Scope,
        plan: Plan<'_>,
    ) -> Result<Ruled, EngineError> {
        check(author, petitions)?;
        let _one_at_a_time = self.ruling.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.snapshot()?;
        let book = self.book(&snapshot)?;
        let sources = self.source_cases(&snapshot, petitions, scope)?;
        let (ordinal, number) = casebook::next(&book.rulings);
        let source_of = |id: RecordId| sources.get(&id).cloned().flatten();
        let (act, placed, proposal) = plan(&book, &source_of, number)?;
        let (by, reason) = (author.by.trim().to_owned(), author.reason.trim().to_owned());
        let ruling = Ruling { ordinal, act, placed, by, at: self.clock.now(), reason, proposal };
        let commit = self.commit_ruling(&snapshot, &ruling)?;
        Ok(Ruled { commit, ruling })
    }

    fn commit_ruling(&self, snapshot: &Snapshot, ruling: &Ruling) -> Result<CommitVersion, EngineError> {
        let hash_key = self.writing()?.hash_key;
        let mut intake = Intake::new(self, Arc::clone(snapshot.catalog()), hash_key);
        intake.push(DATASET, &ruling_row::record(snapshot.dataset(DATASET)?, ruling))?;
        let committed = self.commit_intake(
            intake,
            &mut |_, _, _| Ok(()),
            &mut |done| (Operation::Push { datasets: done.counts.clone() }, Vec::new()),
            &Progress::default(),
        )?;
        Ok(committed.commit)
    }

    /// The case that its source keeps each petition in.
    ///
    /// # Errors
    /// A petition is not in scope.
    pub(super) fn source_cases(
        &self,
        snapshot: &Snapshot,
        petitions: &BTreeSet<RecordId>,
        scope: &Scope,
    ) -> Result<HashMap<RecordId, Option<SourceCase>>, EngineError> {
        let ids: Vec<RecordId> = petitions.iter().copied().collect();
        let papers = self.papers(snapshot, &ids, scope)?;
        let of = |(id, paper): (RecordId, Option<crate::engine::papers::Held>)| match paper {
            Some(paper) => Ok((id, paper.source_case())),
            None => Err(EngineError::NoRecord(id.to_string())),
        };
        ids.iter().copied().zip(papers).map(of).collect()
    }
}

/// What an act does, given the book, the sources' cases and the number that comes next.
type Plan<'p> = &'p dyn Fn(
    &Book,
    plan::SourceOf<'_>,
    CaseNumber,
) -> Result<(Act, Option<Placed>, Option<Proposal>), casebook::Refusal>;

fn check(author: &Author, petitions: &BTreeSet<RecordId>) -> Result<(), EngineError> {
    if author.by.trim().is_empty() {
        return Err(EngineError::NobodyRules);
    }
    if author.reason.chars().count() > RULING_REASON_CHARS_MAX {
        return Err(EngineError::ReasonTooLong { limit: RULING_REASON_CHARS_MAX });
    }
    if petitions.len() > RULED_PETITIONS_MAX {
        return Err(EngineError::TooManyRuled { limit: RULED_PETITIONS_MAX });
    }
    Ok(())
}

/// The case a source's case is now.
fn source_case(book: &Casebook, source: &SourceCase) -> CaseKey {
    let numbered = book.number_of(source).map(CaseKey::Numbered);
    numbered.unwrap_or_else(|| CaseKey::Source(source.clone()))
}

/// A case as people name it.
#[must_use]
pub fn name_of(case: &CaseKey) -> String {
    match case {
        CaseKey::Numbered(number) => number.to_string(),
        CaseKey::Source(source) => source.to_string(),
        CaseKey::Own(petition) => petition.to_string(),
    }
}

/// The case that `text` names: a case number, a petition's id, or `system|key` of a source's case.
///
/// # Errors
/// It is none of these.
pub fn case_named(text: &str) -> Result<CaseKey, EngineError> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Ok(CaseKey::Numbered(number));
    }
    if let Ok(petition) = text.parse() {
        return Ok(CaseKey::Own(petition));
    }
    text.parse().map(CaseKey::Source).map_err(|()| EngineError::NoCase(text.to_owned()))
}
