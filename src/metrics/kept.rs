//! What of the rows of a basis no business date changes, made once for a snapshot.
//!
//! A basis whose statement marks parts with `--keep` ([`crate::definition::kept`]) has its rows, before they are
//! judged, in one such part: the one with a column `place`, which here becomes the number of the row. From the
//! plan is read which dimensions, dates and conditions are that part's own columns; those become codes once.
//! The columns that judging needs stay as a table in memory. For another date the statement runs over that
//! table alone, over one of the rows that are alike in all it reads, and says, for each place that is there, what
//! the date decides; both are put together by place ([`dated`](crate::metrics::dated)). A property test holds the outcome equal to the statement's over the files.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::definition::kept::KeptPart;
use crate::definition::query::Query;
use crate::domain::id::RecordId;
use crate::domain::limits::figures::JUDGED_ROWS_MAX;
use crate::metrics::MetricError;
use crate::metrics::alike::{self, Alike, DayColumns, Grouping};
use crate::metrics::compose::{self, Listing, SOURCE_SYSTEM};
use crate::metrics::dated::{Dated, Decided};
use crate::metrics::judged::is_too_wide;
use crate::metrics::taking::{Codes, Combinations, Taking};
use crate::sql::SqlError;
use crate::sql::held::{Held, Origin};
use crate::sql::reads::Reads;

/// Number of a row among the kept ones.
pub const PLACE: &str = "place";
/// Id of a row, in its dataset and in the part.
pub const ID: &str = "id";

/// Which columns of a listing are the rows' own, and which a date decides.
#[derive(Debug, Clone)]
pub struct Halves {
    pub(super) listing: Listing,
    /// Column of the part that is the source.
    source: String,
    /// Dimensions and dates with the column of the part that each is.
    own_dimensions: Vec<(String, String)>,
    own_dates: Vec<(String, String)>,
    /// Conditions of the part's columns alone: bit, text, and the name each column goes by.
    own_conditions: Vec<(usize, String, Vec<(String, String)>)>,
    /// What a date decides.
    pub(super) decided: Decided,
    /// Columns that are shown when rows are listed; none when they are not, or one stands nowhere.
    pub(super) shown: Vec<(String, Stand)>,
}

/// Where a column that is shown of a row is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stand {
    /// In the judged rows: their source, a dimension, a date, a condition.
    Judged,
    /// In this column of the dataset's files.
    File(String),
    /// In this column of the part, in memory.
    Memory(String),
}

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    pub(super) halves: Halves,
    dated: Vec<Dated>,
    pub(super) count: usize,
    /// Tables in memory, that of the rows last.
    held: Vec<Held>,
    /// Id of each row, when rows are listed.
    pub(super) ids: Option<Vec<RecordId>>,
    pub(super) source: Arc<Codes>,
    pub(super) dimensions: HashMap<String, Arc<Codes>>,
    pub(super) dates: HashMap<String, Arc<Vec<i32>>>,
    pub(super) own: Combinations,
    bytes: usize,
}

/// Columns that a date decides, with what their statement reads of a row; nothing when that is not told.
pub type Parts = Vec<(Decided, Option<Reads>)>;

/// Takes the rows of the part in.
#[derive(Debug)]
pub struct Keeping {
    halves: Halves,
    taking: Taking,
    rows: Held,
    ids: Option<Vec<RecordId>>,
    /// Columns that are judged together, and groups of rows alike in what they read.
    parts: Vec<(Decided, Option<Grouping>)>,
    days: HashMap<String, Vec<i32>>,
    count: usize,
    is_left: bool,
}

impl Halves {
    /// The halves of a listing by where the columns of [`compose::traced`] come from, with those of `shown`;
    /// nothing when its rows are not told by their places. `files` has the columns of the part that are the
    /// dataset's own, each with its name there.
    #[must_use]
    pub fn of(
        listing: Listing,
        shown: &[String],
        origins: &[Origin],
        files: &HashMap<String, String>,
    ) -> Option<Self> {
        let mut origins = origins.iter();
        let (Some(Origin::Same(place)), Some(Origin::Same(source))) = (origins.next(), origins.next()) else {
            return None;
        };
        if place != PLACE || is_too_wide(&listing) {
            return None;
        }
        let mut halves = Self {
            source: source.clone(),
            own_dimensions: Vec::new(),
            own_dates: Vec::new(),
            own_conditions: Vec::new(),
            decided: Decided::default(),
            shown: Vec::new(),
            listing,
        };
        for name in &halves.listing.dimensions {
            match origins.next()? {
                Origin::Same(column) => halves.own_dimensions.push((name.clone(), column.clone())),
                _ => halves.decided.dimensions.push(name.clone()),
            }
        }
        for name in &halves.listing.dates {
            match origins.next()? {
                Origin::Same(column) => halves.own_dates.push((name.clone(), column.clone())),
                _ => halves.decided.dates.push(name.clone()),
            }
        }
        for (bit, text) in halves.listing.conditions.iter().enumerate() {
            match origins.next()? {
                Origin::From(columns) => halves.own_conditions.push((bit, text.clone(), columns.clone())),
                _ => halves.decided.conditions.push((bit, text.clone())),
            }
        }
        let stands = shown.iter().zip(origins);
        let stands = stands.map(|(name, origin)| Some((name.clone(), halves.stand(name, origin, files)?)));
        let stands = stands.collect::<Option<Vec<_>>>().unwrap_or_default();
        // Rows are told by their ids.
        halves.shown =
            if stands.iter().any(|(name, stand)| is_id(name, stand)) { stands } else { Vec::new() };
        Some(halves)
    }

    fn stand(&self, name: &str, origin: &Origin, files: &HashMap<String, String>) -> Option<Stand> {
        let is_coded = |column: &String| column == name;
        if name == SOURCE_SYSTEM && *origin == Origin::Same(self.source.clone())
            || self.listing.dimensions.iter().chain(&self.listing.dates).any(is_coded)
        {
            return Some(Stand::Judged);
        }
        match origin {
            Origin::Same(column) => Some(match files.get(column) {
                Some(of_file) => Stand::File(of_file.clone()),
                None => Stand::Memory(column.clone()),
            }),
            // A condition does not tell no from what is not known.
            Origin::Always => self.listing.conditions.iter().any(is_coded).then_some(Stand::Judged),
            Origin::From(_) | Origin::Other => None,
        }
    }

    /// What is shown of rows and stands in memory alone, each with its column of the part.
    pub fn of_memory(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shown.iter().filter_map(|(name, stand)| match stand {
            Stand::Memory(column) => Some((name.as_str(), column.as_str())),
            Stand::Judged | Stand::File(_) => None,
        })
    }

    /// What is shown of rows and is read from files, each with its column there.
    pub(super) fn of_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shown.iter().filter_map(|(name, stand)| match stand {
            Stand::File(column) => Some((name.as_str(), column.as_str())),
            Stand::Judged | Stand::Memory(_) => None,
        })
    }

    /// What a date decides.
    #[must_use]
    pub fn decided(&self) -> &Decided {
        &self.decided
    }

    /// The statement of `columns` that a date decides.
    #[must_use]
    pub fn dated(basis: &Query, columns: &Decided) -> Query {
        let conditions = columns.conditions.iter().map(|(_, text)| text.as_str());
        compose::dated(basis, PLACE, columns.dimensions.iter().chain(&columns.dates), conditions)
    }

    /// The statement of the rows of the part: what judging `needs` of it, then its own half.
    #[must_use]
    pub fn own(&self, part: &KeptPart, needs: &[String]) -> String {
        let mut inner: Vec<(String, String)> = Vec::new();
        let mut outer: Vec<String> = Vec::new();
        for (number, name) in needs.iter().enumerate() {
            inner.push((name.clone(), format!("needed_{number}")));
            outer.push(format!("needed_{number}"));
        }
        if !self.shown.is_empty() {
            inner.push((ID.to_owned(), "of_id".to_owned()));
            outer.push("of_id".to_owned());
        }
        inner.push((self.source.clone(), "of_source".to_owned()));
        outer.push("of_source".to_owned());
        for (number, (_, column)) in self.own_dimensions.iter().chain(&self.own_dates).enumerate() {
            inner.push((column.clone(), format!("own_{number}")));
            outer.push(format!("own_{number}"));
        }
        let mut named: Vec<(String, String)> =
            self.own_conditions.iter().flat_map(|(_, _, columns)| columns.clone()).collect();
        named.sort();
        named.dedup();
        inner.extend(named.into_iter().map(|(name, column)| (column, name)));
        outer.extend(
            self.own_conditions.iter().enumerate().map(|(at, (_, text, _))| format!("({text}) AS c_{at}")),
        );
        let inner: Vec<String> = inner.iter().map(|(column, name)| format!("{column} AS {name}")).collect();
        format!(
            "SELECT {} FROM (SELECT {} FROM (\n{}\n) AS part) AS named",
            outer.join(", "),
            inner.join(", "),
            part.sql
        )
    }
}

impl Keeping {
    /// Nothing taken yet of a part; `shape` has its columns, and `parts` all that a date decides.
    #[must_use]
    pub fn new(halves: Halves, (shape, needs): (&Held, &BTreeSet<String>), parts: Parts) -> Self {
        let texts = 1 + halves.own_dimensions.len();
        let own = halves.own_conditions.iter().map(|(bit, ..)| *bit).collect();
        let taking = Taking::new(texts, halves.own_dates.len(), own);
        let mut held = needs.clone();
        held.insert(PLACE.to_owned());
        let ids = (!halves.shown.is_empty()).then(Vec::new);
        let rows = shape.only(&held);
        let mut columns = rows.columns();
        columns.retain(|(name, _)| held.contains(name));
        let grouping = |reads: Option<Reads>| Grouping::new(&reads?, &columns);
        let parts = nested(parts).into_iter().map(|(decided, reads)| (decided, grouping(reads))).collect();
        Self { halves, taking, rows, ids, parts, days: HashMap::new(), count: 0, is_left: false }
    }

    /// Columns that judging needs, the place not among them.
    #[must_use]
    pub fn needs(&self) -> Vec<String> {
        self.rows.holds().into_iter().filter(|name| name != PLACE).collect()
    }

    /// Takes a batch of [`Halves::own`] in; false when there is no use in more.
    ///
    /// # Errors
    /// The batch has other columns.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<bool, MetricError> {
        let rows = batch.num_rows();
        let from = self.count;
        self.count += rows;
        self.is_left |= self.count > JUDGED_ROWS_MAX;
        if self.is_left {
            return Ok(false);
        }
        let held = self.rows.holds();
        let lost = || SqlError::Internal("a kept row lacks a column".to_owned());
        let (needs, own) = batch.columns().split_at_checked(held.len() - 1).ok_or_else(lost)?;
        let places: Int64Array = (from..self.count).map(|place| i64::try_from(place).ok()).collect();
        let places: ArrayRef = Arc::new(places);
        let mut needs = needs.iter();
        let columns = held.iter().map(|name| if name == PLACE { Some(&places) } else { needs.next() });
        let columns =
            columns.map(|column| column.cloned().ok_or_else(lost)).collect::<Result<Vec<_>, _>>()?;
        let batch = self.rows.push(&columns)?;
        let groupings = self.parts.iter_mut().filter_map(|(_, grouping)| grouping.as_mut());
        let mut dated = BTreeSet::new();
        for grouping in groupings {
            grouping.take(&batch)?;
            dated.extend(grouping.dated().iter().cloned());
        }
        alike::take_days(&mut self.days, dated.iter(), &batch)?;
        let own = match &self.ids {
            None => own,
            Some(_) => {
                let (ids, own) = own.split_first().ok_or_else(lost)?;
                self.take_ids(ids)?;
                own
            }
        };
        self.taking.take(own, rows)?;
        self.is_left |= self.taking.combinations.is_left;
        Ok(!self.is_left)
    }

    /// Takes ids in; rows whose id is none of ours are not listed from here.
    fn take_ids(&mut self, column: &ArrayRef) -> Result<(), MetricError> {
        let column = cast(column, &DataType::Utf8View)
            .map_err(|error| SqlError::Internal(format!("an id is no text: {error}")))?;
        let read = column.as_string_view().iter().map(|id| id.and_then(|id| id.parse::<RecordId>().ok()));
        match (read.collect::<Option<Vec<RecordId>>>(), &mut self.ids) {
            (Some(read), Some(ids)) => ids.extend(read),
            _ => self.ids = None,
        }
        Ok(())
    }

    /// All rows are taken; `held` are the other parts, `dated` gives the statement of what a date decides.
    /// Nothing when they cannot be kept.
    #[must_use]
    pub fn end(mut self, mut held: Vec<Held>, dated: &dyn Fn(&Decided) -> Query) -> Option<Kept> {
        let days = std::mem::take(&mut self.days).into_iter();
        let days: DayColumns = days.map(|(name, days)| (name, Arc::new(days))).collect();
        let parts = std::mem::take(&mut self.parts).into_iter();
        let parts =
            together(parts.map(|(decided, grouping)| (decided, grouping.and_then(|it| it.end(&days)))));
        let mut texts = self.taking.texts.into_iter();
        let source = texts.next().filter(|source| !source.is_left)?;
        if self.is_left {
            return None;
        }
        let mut dimensions = HashMap::new();
        let ids = self.ids.filter(|ids| ids.len() == self.count);
        let mut bytes = source.codes.bytes() + self.rows.bytes();
        bytes += ids.as_ref().map_or(0, |ids| size_of_val(ids.as_slice()));
        bytes += parts.iter().filter_map(|(_, alike)| alike.as_ref()).map(Alike::bytes).sum::<usize>();
        bytes += days.values().map(|days| size_of_val(days.as_slice())).sum::<usize>();
        for ((name, _), texts) in self.halves.own_dimensions.iter().zip(texts).filter(|(_, it)| !it.is_left) {
            bytes += texts.codes.bytes();
            dimensions.insert(name.clone(), Arc::new(texts.codes));
        }
        let mut dates = HashMap::new();
        for ((name, column), taken) in
            self.halves.own_dates.iter().zip(self.taking.days).filter(|(_, it)| !it.is_left)
        {
            // Days that are set against a date are there already.
            let known = days.get(column).filter(|known| known.len() == taken.rows.len());
            bytes += if known.is_some() { 0 } else { size_of_val(taken.rows.as_slice()) };
            dates.insert(name.clone(), known.cloned().unwrap_or_else(|| Arc::new(taken.rows)));
        }
        let mut own = self.taking.combinations;
        own.rows.shrink_to_fit();
        bytes += size_of_val(own.rows.as_slice()) + held.iter().map(Held::bytes).sum::<usize>();
        held.push(self.rows);
        let source = Arc::new(source.codes);
        let dated = parts.into_iter().map(|(columns, alike)| {
            let query = dated(&columns);
            Dated { columns, query, alike }
        });
        Some(Kept {
            halves: self.halves,
            dated: dated.collect(),
            count: self.count,
            held,
            ids,
            source,
            dimensions,
            dates,
            own,
            bytes,
        })
    }
}

impl Kept {
    /// Bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.count
    }

    /// What a date decides, by the statements that tell it.
    #[must_use]
    pub fn dated(&self) -> &[Dated] {
        &self.dated
    }

    /// Tables in memory with some rows of the part only, told by their places, ascending, which are counted anew.
    ///
    /// # Errors
    /// There are not as many rows.
    pub fn held_at(&self, places: &[usize]) -> Result<Vec<Held>, SqlError> {
        let Some((rows, beside)) = self.held.split_last() else { return Ok(Vec::new()) };
        let mut some = beside.to_vec();
        some.push(rows.at(places, Some(PLACE))?);
        Ok(some)
    }

    /// Some rows of the part, told by their places, ascending.
    ///
    /// # Errors
    /// There are not as many rows.
    pub(super) fn rows_at(&self, places: &[usize]) -> Result<RecordBatch, SqlError> {
        let rows = self.held.last();
        rows.ok_or_else(|| SqlError::Internal("the rows are not held".to_owned()))?.batch_at(places)
    }

    /// Tables in memory.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }
}

fn is_id(name: &str, stand: &Stand) -> bool {
    name == ID && matches!(stand, Stand::File(column) if column == ID)
}

/// Parts that are judged in one statement, because no more rows differ for all of them than for each. Parts
/// whose rows are each judged by themselves are one.
fn together(parts: impl Iterator<Item = (Decided, Option<Alike>)>) -> Vec<(Decided, Option<Alike>)> {
    let mut all: Vec<(Decided, Option<Alike>)> = Vec::new();
    for (decided, alike) in parts {
        let found = all.iter_mut().find_map(|(of, known)| match (&known, &alike) {
            (None, None) => Some((of, known, None)),
            (Some(one), Some(other)) => one.with(other).map(|both| (of, known, Some(both))),
            _ => None,
        });
        match found {
            Some((of, known, both)) => {
                of.join(decided);
                *known = both;
            }
            None => all.push((decided, alike)),
        }
    }
    all
}

/// Parts whose rows are told apart by what tells those of another one go with it.
fn nested(mut parts: Parts) -> Parts {
    let width = |reads: &Option<Reads>| reads.as_ref().map_or(0, |reads| reads.whole.len());
    parts.sort_by_key(|(_, reads)| std::cmp::Reverse(width(reads)));
    let mut all: Parts = Vec::new();
    for (decided, reads) in parts {
        let fits = |of: &Option<Reads>| match (of, &reads) {
            (Some(of), Some(reads)) => reads.whole.is_subset(&of.whole),
            (None, None) => true,
            _ => false,
        };
        match all.iter_mut().find(|(_, of)| fits(of)) {
            Some((known, of)) => {
                known.join(decided);
                if let (Some(of), Some(reads)) = (of, reads) {
                    of.dated.extend(reads.dated.into_iter().filter(|name| !of.whole.contains(name)));
                }
            }
            None => all.push((decided, reads)),
        }
    }
    all
}
