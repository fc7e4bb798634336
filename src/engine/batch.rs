//! A list of names or numbers searched line by line, on one snapshot.
//!
//! The list is read like any file that comes in: a workbook in a limited child, packed files under a bound.
//! Always true: every line of the list has one answer or one error, in the order of the lines, and all
//! answers are of one commit.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::error::Classified;
use crate::domain::language::Language;
use crate::domain::limits::{SEARCH_BATCH_HITS_MAX, SEARCH_BATCH_LINES_MAX, SEARCH_MILLISECONDS};
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::workbook::InChild;
use crate::engine::{Engine, EngineError, search};
use crate::formats::reject::{Reason, Rule};
use crate::formats::{self, Import, Input, Options, Parsed};
use crate::search::SearchError;
use crate::search::request::{Answer, Request};

/// A list to search.
pub struct Batch<'a> {
    /// The list.
    pub input: Input<'a>,
    /// Header of its column that is searched.
    pub column: &'a str,
    /// What is asked of each line, but for its text.
    pub request: Request,
    /// Time that all lines together may take.
    pub time: Option<Duration>,
    /// Language of reasons.
    pub language: Language,
}

/// What became of a list.
#[derive(Debug)]
pub struct Searched {
    /// Snapshot of all answers.
    pub commit: CommitVersion,
    /// In the order of the list.
    pub lines: Vec<Line>,
}

/// One line of a list.
#[derive(Debug)]
pub struct Line {
    /// Number in the file, counted from 1 with its header.
    pub line: u64,
    /// What was searched; empty when the line could not be read.
    pub text: String,
    /// What it found, or why it found nothing.
    pub outcome: Result<Answer, LineError>,
}

/// Why a line was not searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Stable code.
    pub code: &'static str,
    /// In plain English, or in the reader's language where the line could not be read.
    pub reason: String,
}

/// A list as a dataset of one column. Its names are such as no list has, so that no other header is taken.
const LIST: &str = r#"
name = "batch"
letter = "Z"
key = ["sought_by_thanhtra"]
label = { vi = "Danh sách cần tìm", en = "List to search" }
describe = { vi = "Mỗi dòng là một câu tìm.", en = "A row is one search text." }
[[columns]]
name = "sought_by_thanhtra"
type = "keyword"
label = { vi = "Câu tìm theo danh sách của thanhtra", en = "Text sought by thanhtra" }
"#;

/// Time of a batch was over before this line.
const TIME_OVER: &str = "search.batch_time_over";
/// The cell has nothing to search.
const EMPTY: &str = "search.batch_empty";

impl Engine {
    /// Searches `dataset` for each line of a list.
    ///
    /// # Errors
    /// The dataset is not searched, the list is wrong as a whole or too long, or a store's file is damaged.
    pub fn search_batch(
        &self,
        dataset: &str,
        batch: &Batch<'_>,
        scope: &Scope,
    ) -> Result<Searched, EngineError> {
        if batch.request.limit > SEARCH_BATCH_HITS_MAX {
            let (found, limit) = (batch.request.limit, SEARCH_BATCH_HITS_MAX);
            return Err(SearchError::TooMany { what: "hits of one line", found, limit }.into());
        }
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let (begun, newest) = (Instant::now(), snapshot.version());
        let mut lines = self.list(batch)?;
        for line in &mut lines {
            if line.outcome.is_err() {
                continue;
            }
            let left = batch.time.map(|time| time.saturating_sub(begun.elapsed()));
            line.outcome = match (&reader, left) {
                (_, Some(Duration::ZERO)) => Err(LineError::of(TIME_OVER, "the time of the batch was over")),
                (None, _) => Ok(search::empty(newest)),
                (Some(reader), left) => {
                    let each = Duration::from_millis(SEARCH_MILLISECONDS);
                    let time = Some(left.unwrap_or(each).min(each));
                    let text = line.text.clone();
                    let request = Request { text, time, without_offers: true, ..batch.request.clone() };
                    answered(reader.search(&self.dated(&request), scope))?
                }
            };
        }
        let commit = reader.map_or(newest, |reader| reader.commit());
        Ok(Searched { commit, lines })
    }

    /// The lines of a list, those that can be searched with an empty answer.
    fn list(&self, batch: &Batch<'_>) -> Result<Vec<Line>, EngineError> {
        let (snapshot, dataset) = (self.snapshot()?, Dataset::parse("batch", LIST)?);
        let map = vec![(batch.column.to_owned(), "sought_by_thanhtra".to_owned())];
        let options =
            Options { map, set: Vec::new(), source: "batch".to_owned(), unpivot: false, encoding: None };
        let workbook = InChild { program: self.program.clone(), files: None };
        let (done, catalog) = (AtomicU64::new(0), snapshot.catalog());
        let import =
            Import { dataset: &dataset, catalog, options: &options, workbook: &workbook, done: &done };
        let (mut lines, mut found) = (Vec::new(), 0usize);
        formats::read(batch.input, &import, &mut |parsed| {
            found += 1;
            if found <= SEARCH_BATCH_LINES_MAX {
                lines.push(line(parsed, batch.language));
            }
            Ok(())
        })?;
        if found > SEARCH_BATCH_LINES_MAX {
            return Err(SearchError::TooMany { what: "lines", found, limit: SEARCH_BATCH_LINES_MAX }.into());
        }
        Ok(lines)
    }
}

impl LineError {
    fn of(code: &'static str, reason: &str) -> Self {
        Self { code, reason: reason.to_owned() }
    }

    fn unread(reason: &Reason, language: Language) -> Self {
        match reason.rule {
            Rule::KeyMissing => Self::of(EMPTY, "the line has nothing to search"),
            rule => Self { code: rule.code(), reason: reason.sentence(language) },
        }
    }
}

fn line(parsed: Parsed, language: Language) -> Line {
    match parsed {
        Parsed::Record(record) => {
            let text = record.values.first().and_then(Value::as_text).unwrap_or_default().to_owned();
            Line { line: record.line, text, outcome: Ok(search::empty(CommitVersion::default())) }
        }
        Parsed::Reject(reject) => {
            let outcome = Err(LineError::unread(&reject.reason, language));
            Line { line: reject.line, text: String::new(), outcome }
        }
    }
}

/// What is wrong with one text is that line's; what is wrong with the store ends the batch.
fn answered(found: Result<Answer, SearchError>) -> Result<Result<Answer, LineError>, EngineError> {
    use crate::domain::error::ErrorKind::{InvalidInput, TooLarge};
    match found {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) if matches!(error.kind(), InvalidInput | TooLarge) => {
            Ok(Err(LineError { code: error.code(), reason: error.to_string() }))
        }
        Err(error) => Err(error.into()),
    }
}
