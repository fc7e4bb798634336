//! Floor 6: what a user can do, in the order it must happen.
//!
//! The engine owns the order of a commit, what is rebuilt at start, who may write, and which snapshot a
//! reader holds. It knows no protocol: faces call it with plain values and a scope, and show what it
//! returns. One engine serves one store; a reading engine takes no lock and changes nothing.

mod arrivals;
pub mod attachments;
pub mod bases;
pub mod batch;
pub mod casefile;
pub mod circles;
pub mod commit;
pub mod compare;
pub mod coverage;
pub mod deadline;
pub mod definitions;
pub mod digests;
pub mod duplicates;
pub mod edxml;
pub mod evaluate;
pub mod expunge;
pub mod feeds;
mod forms;
pub mod ingest;
pub mod intake;
pub mod judge;
mod kept;
mod keyring;
mod knowledge;
pub mod laws;
pub mod letter;
pub mod linked;
pub mod maintain;
pub mod measure;
pub mod moved;
pub mod open;
pub mod opened;
pub mod papers;
pub mod parallel;
pub mod period;
pub mod progress;
pub mod proposals;
mod proposed;
pub mod proposing;
pub mod push;
pub mod query;
pub mod queue;
pub mod readiness;
pub mod rebuild;
pub mod receipt;
pub mod records;
mod resketch;
pub mod review;
pub mod rollouts;
pub mod ruled;
pub mod ruling;
mod ruling_row;
mod scorecards;
pub mod search;
mod shelf;
pub mod similar;
pub mod snapshot;
pub mod sources;
pub mod sql;
pub mod suggest;
pub mod timeline;
pub mod together;
pub mod verify;
mod versions;
pub mod weighing;
pub mod workbook;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use thiserror::Error;

use crate::definition::DefinitionError;
use crate::domain::clock::Clock;
use crate::domain::error::{Classified, ErrorKind};
use crate::duplicates::casebook::Refusal;
use crate::engine::commit::Writer;
use crate::engine::snapshot::Snapshot;
use crate::formats::FormatError;
use crate::metrics::MetricError;
use crate::readiness::ReadinessError;
use crate::rules::RulesError;
use crate::search::SearchError;
use crate::search::language::fault::LanguageError;
use crate::sketch::SketchError;
use crate::sql::SqlError;
use crate::store::StoreError;
use crate::store::home::Home;

/// One store, open for reading or for writing.
pub struct Engine {
    home: Home,
    clock: Arc<dyn Clock>,
    program: PathBuf,
    current: RwLock<Arc<Snapshot>>,
    recent: Mutex<VecDeque<Arc<Snapshot>>>,
    measures: measure::Kept,
    laws: laws::KeptLaws,
    bases: bases::Bases,
    writer: Option<Mutex<Writer>>,
    /// Held while a person's ruling is checked and written: one is made at a time.
    ruling: Mutex<()>,
    knowledge: Mutex<Arc<knowledge::Knowledge>>,
    keys: Mutex<proposals::Keys>,
    queue: Mutex<review::KeptQueue>,
}

/// What can go wrong in a use case.
#[derive(Debug, Error)]
pub enum EngineError {
    /// In the store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// In the full-text index.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// In the sketch index.
    #[error(transparent)]
    Sketch(#[from] SketchError),
    /// In SQL.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// In a text of rules.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A change of rules that changes nothing.
    #[error("`{0}` changes nothing: these rules are in force already")]
    SameRules(String),
    /// In a figure.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// In a readiness index.
    #[error(transparent)]
    Readiness(#[from] ReadinessError),
    /// More cells of one edition than one table takes.
    #[error("the edition has more than {limit} cells; look whether two files were taken in as one")]
    TooManyCells {
        /// Cells allowed.
        limit: usize,
    },
    /// In a file that came in.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// In a definition.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// In a letter that was uploaded.
    #[error(transparent)]
    Letter(#[from] letter::LetterError),
    /// A write was asked of an engine that only reads.
    #[error("this program only reads the store")]
    ReadsOnly,
    /// The dataset has no full-text index.
    #[error("`{0}` has no searched column; ask it in SQL")]
    NotSearched(String),
    /// The dataset has no text whose copies are sought.
    #[error("`{0}` has no text whose near-duplicates are sought")]
    NotSketched(String),
    /// No record has this id.
    #[error("no record `{0}`")]
    NoRecord(String),
    /// The text is over its limit.
    #[error("the text has {bytes} bytes; at most {limit} are compared")]
    TextTooLong {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A record's dataset lists no files.
    #[error("records of `{0}` take no files")]
    NoFiles(String),
    /// A status code that the standard does not have.
    #[error("`{given}` is no status code; there are {known}")]
    NoStatusCode {
        /// What was given.
        given: String,
        /// The codes.
        known: String,
    },
    /// A record that no status message can be about.
    #[error("`{0}` has no number, day or office code, so no status message can name it")]
    NotExchanged(String),
    /// The record does not list this file.
    #[error("the record lists no file `{0}`")]
    NoAttachment(String),
    /// The file is listed, and its bytes were never brought here.
    #[error("the bytes of `{0}` are not kept here; ask the system that listed it")]
    AttachmentElsewhere(String),
    /// The file belongs to a record whose signer is secret.
    #[error("the file is as secret as who signed its record; no scope may see it yet")]
    AttachmentSecret,
    /// A file without a byte.
    #[error("file {place} is empty")]
    AttachmentEmpty {
        /// Which of the files given, from 1.
        place: usize,
    },
    /// A file over its limit.
    #[error("file {place} is over {limit} bytes")]
    AttachmentTooLarge {
        /// Which of the files given, from 1.
        place: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A name that is none.
    #[error("the name of file {place} is empty, longer than {limit} characters or has a folder in it")]
    AttachmentName {
        /// Which of the files given, from 1.
        place: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// More files than a record may have.
    #[error("a record lists at most {limit} files")]
    TooManyAttachments {
        /// How many.
        limit: usize,
    },
    /// An `Idempotency-Key` came again with another body.
    #[error("this Idempotency-Key was used with another body; use a new key")]
    KeyReused,
    /// Too many pushes wait.
    #[error("too many pushes wait for the writer; come again in {seconds} s")]
    QueueFull {
        /// When to come again.
        seconds: u64,
    },
    /// The commit that this push shared with others failed.
    #[error("the commit failed: {0}; send the push again")]
    Together(String),
    /// A ruling cannot be made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A ruling without a name under it.
    #[error("say who decides: a ruling has a name under it")]
    NobodyRules,
    /// The reason is too long.
    #[error("the reason is over {limit} characters; name the paper it stands in")]
    ReasonTooLong {
        /// Characters allowed.
        limit: usize,
    },
    /// Too many petitions in one ruling.
    #[error("one ruling moves at most {limit} petitions; make several")]
    TooManyRuled {
        /// How many.
        limit: usize,
    },
    /// No case is named so.
    #[error("no case `{0}`: give a case number, a petition's id, or SYSTEM|KEY of a source's case")]
    NoCase(String),
    /// Proposals were asked for and never made.
    #[error("no proposals have been made yet; run `thanhtra duplicates run`")]
    NoRun,
    /// Work that can go on later was told to stop.
    #[error("the work was stopped; begun again it goes on where it was")]
    Stopped,
    /// The rejects cannot be written.
    #[error("cannot write the rejects to `{path}`: {source}")]
    Rejects {
        /// File.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A thread of ours ended early.
    #[error("the writer stopped; restart the server")]
    WriterGone,
}

impl EngineError {
    /// What is wrong with the search text, if that is what is wrong.
    #[must_use]
    pub fn in_language(&self) -> Option<&LanguageError> {
        match self {
            Self::Search(SearchError::Language(error)) => Some(error),
            _ => None,
        }
    }
}

impl Classified for EngineError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Search(error) => error.kind(),
            Self::Sketch(error) => error.kind(),
            Self::Sql(error) => error.kind(),
            Self::Metric(error) => error.kind(),
            Self::Rules(error) => error.kind(),
            Self::SameRules(_) => ErrorKind::Conflict,
            Self::Readiness(error) => error.kind(),
            Self::Format(error) => error.kind(),
            Self::Definition(error) => error.kind(),
            Self::Letter(error) => error.kind(),
            Self::ReadsOnly | Self::KeyReused => ErrorKind::Conflict,
            Self::Refused(_) => ErrorKind::Conflict,
            Self::NobodyRules => ErrorKind::InvalidInput,
            Self::NotSearched(_) | Self::NotSketched(_) => ErrorKind::InvalidInput,
            Self::NoStatusCode { .. } | Self::NotExchanged(_) => ErrorKind::InvalidInput,
            Self::NoFiles(_) | Self::AttachmentEmpty { .. } | Self::AttachmentName { .. } => {
                ErrorKind::InvalidInput
            }
            Self::AttachmentSecret => ErrorKind::Forbidden,
            Self::NoRecord(_)
            | Self::NoRun
            | Self::NoCase(_)
            | Self::NoAttachment(_)
            | Self::AttachmentElsewhere(_) => ErrorKind::NotFound,
            Self::ReasonTooLong { .. } | Self::TooManyRuled { .. } | Self::TooManyCells { .. } => {
                ErrorKind::TooLarge
            }
            Self::TextTooLong { .. } | Self::AttachmentTooLarge { .. } | Self::TooManyAttachments { .. } => {
                ErrorKind::TooLarge
            }
            Self::QueueFull { .. } => ErrorKind::TooManyRequests,
            Self::Rejects { .. } | Self::WriterGone | Self::Stopped | Self::Together(_) => {
                ErrorKind::Unavailable
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Search(error) => error.code(),
            Self::Sketch(error) => error.code(),
            Self::Sql(error) => error.code(),
            Self::Metric(error) => error.code(),
            Self::Rules(error) => error.code(),
            Self::SameRules(_) => "engine.same_rules",
            Self::Readiness(error) => error.code(),
            Self::TooManyCells { .. } => "engine.too_many_cells",
            Self::Format(error) => error.code(),
            Self::Definition(error) => error.code(),
            Self::Letter(error) => error.code(),
            Self::ReadsOnly => "engine.reads_only",
            Self::NotSearched(_) => "engine.not_searched",
            Self::NotSketched(_) => "engine.not_sketched",
            Self::NoRecord(_) => "engine.no_record",
            Self::NoRun => "engine.no_run",
            Self::Refused(_) => "engine.refused",
            Self::NobodyRules => "engine.nobody_rules",
            Self::ReasonTooLong { .. } => "engine.reason_too_long",
            Self::TooManyRuled { .. } => "engine.too_many_ruled",
            Self::NoCase(_) => "engine.no_case",
            Self::TextTooLong { .. } => "engine.text_too_long",
            Self::NoFiles(_) => "engine.no_files",
            Self::NoStatusCode { .. } => "engine.no_status_code",
            Self::NotExchanged(_) => "engine.not_exchanged",
            Self::NoAttachment(_) => "engine.no_attachment",
            Self::AttachmentElsewhere(_) => "engine.attachment_elsewhere",
            Self::AttachmentSecret => "engine.attachment_secret",
            Self::AttachmentEmpty { .. } => "engine.attachment_empty",
            Self::AttachmentTooLarge { .. } => "engine.attachment_too_large",
            Self::AttachmentName { .. } => "engine.attachment_name",
            Self::TooManyAttachments { .. } => "engine.too_many_attachments",
            Self::KeyReused => "engine.key_reused",
            Self::QueueFull { .. } => "engine.queue_full",
            Self::Together(_) => "engine.commit_failed",
            Self::Rejects { .. } => "engine.rejects",
            Self::WriterGone => "engine.writer_gone",
            Self::Stopped => "engine.stopped",
        }
    }
}

impl Engine {
    /// The store's home.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The clock this engine was given.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Whether this engine may write.
    #[must_use]
    pub fn is_writer(&self) -> bool {
        self.writer.is_some()
    }

    /// The newest snapshot. A reading engine looks whether another process has committed since.
    ///
    /// # Errors
    /// The newest record cannot be read.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, EngineError> {
        let held = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        if self.is_writer() || !held.is_outdated()? {
            return Ok(held);
        }
        let fresh = Arc::new(Snapshot::newest(&self.home)?);
        self.show(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Snapshots this process still holds beside the newest, for cursors bound to them.
    fn held(&self) -> Vec<Arc<Snapshot>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Makes `fresh` the snapshot that new readers get.
    fn show(&self, fresh: Arc<Snapshot>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *current, fresh);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.push_back(before);
        if recent.len() > SNAPSHOTS_KEPT {
            recent.pop_front();
        }
    }
}

/// Snapshots a server keeps open for cursors, beside the newest.
const SNAPSHOTS_KEPT: usize = 4;
