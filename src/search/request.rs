//! What is asked of an index and what it answers.

use std::ops::Range;
use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::rules::span::Step;
use crate::search::cursor::Cursor;
use crate::search::language::Note;
use crate::search::rank::weights::Weights;
use crate::search::widen::Widened;

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A text in the [query language](crate::search::language); empty asks for every row.
    pub text: String,
    /// All of them must hold.
    pub filters: Vec<Filter>,
    /// Columns whose values are counted over all matching rows; `province.unit` counts units within
    /// provinces, where the definition says that one stands under the other.
    pub facets: Vec<String>,
    /// Dates whose rows are counted by span of time.
    pub histograms: Vec<HistogramOf>,
    /// Column whose rows with one value make one hit.
    pub group: Option<String>,
    /// Only rows whose present version was written after this commit.
    pub since: Option<CommitVersion>,
    /// Whether newer rows are lifted.
    pub recency: bool,
    /// Whether other spellings are not looked for.
    pub without_offers: bool,
    /// Whether hits come without stored values and highlights: ids and scores only.
    pub without_values: bool,
    /// Order of the hits; empty is by relevance, or by id when there is no text.
    pub sort: Vec<(String, Direction)>,
    /// Hits on this page.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
    /// Whether matched places are shown.
    pub highlight: bool,
    /// Whether the text is words and nothing else, whatever signs stand in it.
    pub plain: bool,
    /// A row whose telling words are asked instead of the text; it is no hit itself.
    pub similar_to: Option<RecordId>,
    /// How hits are weighed.
    pub weights: Weights,
    /// The business date that days from today, as in `hạn:<7d`, are counted from.
    pub today: Option<NaiveDate>,
    /// Time it may take; [`SEARCH_MILLISECONDS`](crate::domain::limits::SEARCH_MILLISECONDS) when not given.
    pub time: Option<Duration>,
}

/// A date whose rows are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistogramOf {
    /// The date column.
    pub column: String,
    /// Length of one bar.
    pub step: Step,
}

/// Order of a sort column; rows without a value come last in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A condition on a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What must hold for its value.
    pub op: Op,
}

/// What must hold for a column's value. Values are given as text: exact stored text, numbers, `true` or
/// `false`, days as `2026-11-21`, instants in RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Op {
    /// It is one of these.
    Equals(Vec<String>),
    /// It is none of these; rows without a value pass.
    Not(Vec<String>),
    /// It lies between these, both included.
    Range {
        /// Smallest value.
        min: Option<String>,
        /// Largest value.
        max: Option<String>,
    },
    /// There is none.
    Missing,
    /// There is one.
    Present,
}

/// How the words of the text were matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Matched {
    /// Every word stands in every hit.
    All,
    /// Most neighbouring pairs of words stand in every hit.
    Most,
}

/// A number of matching rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// The number.
    pub value: u64,
    /// Whether it is exact.
    pub exact: bool,
}

/// One row that matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Its id.
    #[serde(serialize_with = "as_text")]
    pub id: RecordId,
    /// System it comes from.
    pub source_system: String,
    /// Its key there.
    pub source_id: String,
    /// Relevance, comparable within one answer; 0 when not asked by relevance.
    pub score: f32,
    /// Values of the short columns the asker may see; absent ones have no value.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Matched places.
    pub highlights: Vec<Highlight>,
    /// What it stands for, when hits are grouped and it has a value to be grouped by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<HitGroup>,
}

/// The rows that one hit of a grouped search stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HitGroup {
    /// Their common value.
    pub value: String,
    /// How many rows with it match.
    pub rows: u64,
}

/// Matched places in one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Highlight {
    /// The column.
    pub column: String,
    /// Byte ranges of the stored text, in order, not overlapping.
    pub ranges: Vec<Range<usize>>,
    /// A passage around the densest of them.
    pub snippet: String,
    /// Byte of the stored text where the passage begins.
    pub snippet_start: usize,
}

/// Counts of one column's values over all rows that match everything but the filters on the column itself,
/// so that the values beside the chosen one keep their counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facet {
    /// The column.
    pub column: String,
    /// Rows that were counted: the sum of `values`, `other` and `missing`.
    pub rows: u64,
    /// Largest count first, then by value.
    pub values: Vec<FacetValue>,
    /// What did not fit into `values`.
    pub other: OtherValues,
    /// Rows without a value.
    pub missing: u64,
}

/// A value and its count.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FacetValue {
    /// The value.
    pub value: serde_json::Value,
    /// Matching rows that have it.
    pub count: u64,
    /// The values of the column that stands under this one, among these rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Facet>,
}

/// Rows by the span of time that a date lies in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// The date column.
    pub column: String,
    /// Length of one bar.
    pub step: Step,
    /// Spans with rows, the earliest first.
    pub bars: Vec<HistogramBar>,
    /// Spans before those, when there are more than are listed.
    pub earlier: OtherValues,
    /// Rows without a date.
    pub missing: u64,
}

/// Rows of one span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistogramBar {
    /// As `2026-03-14`, `2026-03`, `2026-Q1`, `2026` or, of a reporting period, `report:2026-Q1`.
    pub name: String,
    /// First day.
    #[serde(serialize_with = "as_text")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(serialize_with = "as_text")]
    pub to: NaiveDate,
    /// How many rows.
    pub count: u64,
}

/// That newer rows were lifted, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recency {
    /// The date that says how old a row is.
    pub column: String,
    /// The day that ages are counted from.
    #[serde(serialize_with = "as_text")]
    pub as_of: NaiveDate,
}

/// Values that were counted and not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct OtherValues {
    /// How many values.
    pub values: u64,
    /// Rows that have one of them.
    pub count: u64,
}

/// Another spelling that has hits within the asker's scope. It is offered and never searched instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The whole search text, spelt so.
    pub text: String,
    /// How many rows match it.
    pub total: u64,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// Commit it is of.
    pub commit: CommitVersion,
    /// How many rows match.
    pub total: Total,
    /// How many hits that makes, when they are grouped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Total>,
    /// How the words were matched.
    pub matched: Matched,
    /// This page.
    pub hits: Vec<Hit>,
    /// In the order asked for.
    pub facets: Vec<Facet>,
    /// In the order asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub histograms: Vec<Histogram>,
    /// Given when newer rows were lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recency: Option<Recency>,
    /// The next page; none when this was the last.
    pub next: Option<Cursor>,
    /// Whether time was over before all rows were looked at: the total and the counts are lower bounds.
    pub partial: bool,
    /// Other spellings, when there were few hits or none.
    pub corrections: Vec<Correction>,
    /// Other ways of writing some words that were searched as well.
    pub widened: Vec<Widened>,
    /// What of the text was taken otherwise than it may have been meant.
    pub notes: Vec<Note>,
}

fn as_text<S: serde::Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
