//! What of the rows of a basis no business date changes, made once for a snapshot.
//!
//! A basis whose statement marks parts with `--keep` ([`crate::definition::kept`]) has its rows, before they are
//! judged, in one such part: the one with a column `place`, which here becomes the number of the row. From the
//! plan is read which dimensions, dates and conditions are that part's own columns; those become codes once.
//! The columns that judging needs stay as a table in memory. For another date the statement runs over that
//! table alone and says, for each place that is there, what the date decides; both are put together by place.
//! A property test holds the outcome equal to the statement's over the files.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::definition::kept::KeptPart;
use crate::definition::query::Query;
use crate::domain::id::RecordId;
use crate::domain::limits::JUDGED_ROWS_MAX;
use crate::metrics::MetricError;
use crate::metrics::compose::{self, Listing};
use crate::metrics::judged::{Judged, Judging, bits, is_too_wide};
use crate::metrics::taking::{Codes, Combinations, NO_DAY, Taking, Texts};
use crate::sql::SqlError;
use crate::sql::held::{Held, Origin};

/// Number of a row among the kept ones.
pub const PLACE: &str = "place";

/// Which columns of a listing are the rows' own, and which a date decides.
#[derive(Debug, Clone)]
pub struct Halves {
    listing: Listing,
    /// Column of the part that is the source.
    source: String,
    /// Dimensions and dates with the column of the part that each is.
    own_dimensions: Vec<(String, String)>,
    own_dates: Vec<(String, String)>,
    /// Conditions of the part's columns alone: bit, text, and the name each column goes by.
    own_conditions: Vec<(usize, String, Vec<(String, String)>)>,
    dimensions: Vec<String>,
    dates: Vec<String>,
    conditions: Vec<(usize, String)>,
    /// Columns that are shown when rows are listed; none when they are not, or cannot be told by their ids.
    pub(super) shown: Shown,
}

/// Columns shown of a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// With the column of the part that each is.
    pub(super) own: Vec<(String, String)>,
    /// Those a date decides.
    pub(super) decided: Vec<String>,
}

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    pub(super) halves: Halves,
    /// Statement of what a date decides.
    dated: Query,
    count: usize,
    pub(super) held: Vec<Held>,
    /// The part that the rows are of.
    pub(super) part: KeptPart,
    /// Id of each row, when rows are listed.
    pub(super) ids: Option<Vec<RecordId>>,
    source: Arc<Codes>,
    dimensions: HashMap<String, Arc<Codes>>,
    dates: HashMap<String, Arc<Vec<i32>>>,
    own: Combinations,
    bytes: usize,
}

/// Takes the rows of the part in.
#[derive(Debug)]
pub struct Keeping {
    halves: Halves,
    part: KeptPart,
    taking: Taking,
    rows: Held,
    ids: Option<Vec<RecordId>>,
    count: usize,
    is_left: bool,
}

/// Takes in what a date decides, from one partition.
#[derive(Debug)]
pub struct Deciding {
    places: Vec<i64>,
    taking: Taking,
}

impl Halves {
    /// The halves of a listing by where the columns of [`compose::traced`] come from, with those of `shown`;
    /// nothing when its rows are not told by their places.
    #[must_use]
    pub fn of(listing: Listing, shown: &[String], origins: &[Origin]) -> Option<Self> {
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
            dimensions: Vec::new(),
            dates: Vec::new(),
            conditions: Vec::new(),
            shown: Shown::default(),
            listing,
        };
        for name in &halves.listing.dimensions {
            match origins.next()? {
                Origin::Same(column) => halves.own_dimensions.push((name.clone(), column.clone())),
                _ => halves.dimensions.push(name.clone()),
            }
        }
        for name in &halves.listing.dates {
            match origins.next()? {
                Origin::Same(column) => halves.own_dates.push((name.clone(), column.clone())),
                _ => halves.dates.push(name.clone()),
            }
        }
        for (bit, text) in halves.listing.conditions.iter().enumerate() {
            match origins.next()? {
                Origin::From(columns) => halves.own_conditions.push((bit, text.clone(), columns.clone())),
                _ => halves.conditions.push((bit, text.clone())),
            }
        }
        halves.shown = Shown::of(shown, origins);
        Some(halves)
    }

    /// The statement of what a date decides.
    #[must_use]
    pub fn dated(&self, basis: &Query) -> Query {
        let conditions = self.conditions.iter().map(|(_, text)| text.as_str());
        compose::dated(basis, PLACE, self.dimensions.iter().chain(&self.dates), conditions)
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
        if let Some(id) = self.shown.id() {
            inner.push((id.to_owned(), "of_id".to_owned()));
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

impl Shown {
    fn of<'a>(names: &[String], mut origins: impl Iterator<Item = &'a Origin>) -> Self {
        let mut shown = Self::default();
        for name in names {
            match origins.next() {
                Some(Origin::Same(column)) => shown.own.push((name.clone(), column.clone())),
                _ => shown.decided.push(name.clone()),
            }
        }
        if shown.id().is_some() { shown } else { Self::default() }
    }

    /// The column of the part that is the id.
    pub(super) fn id(&self) -> Option<&str> {
        self.own.iter().find(|(name, _)| name == "id").map(|(_, column)| column.as_str())
    }
}

impl Keeping {
    /// Nothing taken yet of `part`; `shape` has its columns.
    #[must_use]
    pub fn new(halves: Halves, part: &KeptPart, shape: &Held, needs: &BTreeSet<String>) -> Self {
        let texts = 1 + halves.own_dimensions.len();
        let own = halves.own_conditions.iter().map(|(bit, ..)| *bit).collect();
        let taking = Taking::new(texts, halves.own_dates.len(), own);
        let mut held = needs.clone();
        held.insert(PLACE.to_owned());
        let ids = halves.shown.id().map(|_| Vec::new());
        let rows = shape.only(&held);
        Self { halves, part: part.clone(), taking, rows, ids, count: 0, is_left: false }
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
        self.rows.push(&columns)?;
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

    /// Whether rows can be listed from what was taken.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.ids.is_some()
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

    /// All rows are taken; `held` are the other parts, `dated` the statement of what a date decides. Nothing
    /// when they cannot be kept.
    #[must_use]
    pub fn end(self, mut held: Vec<Held>, dated: Query) -> Option<Kept> {
        let mut texts = self.taking.texts.into_iter();
        let source = texts.next().filter(|source| !source.is_left)?;
        if self.is_left {
            return None;
        }
        let mut dimensions = HashMap::new();
        let ids = self.ids.filter(|ids| ids.len() == self.count);
        let mut bytes = source.codes.bytes() + self.rows.bytes();
        bytes += ids.as_ref().map_or(0, |ids| size_of_val(ids.as_slice()));
        for ((name, _), texts) in self.halves.own_dimensions.iter().zip(texts).filter(|(_, it)| !it.is_left) {
            bytes += texts.codes.bytes();
            dimensions.insert(name.clone(), Arc::new(texts.codes));
        }
        let mut dates = HashMap::new();
        for ((name, _), days) in
            self.halves.own_dates.iter().zip(self.taking.days).filter(|(_, it)| !it.is_left)
        {
            bytes += size_of_val(days.rows.as_slice());
            dates.insert(name.clone(), Arc::new(days.rows));
        }
        let mut own = self.taking.combinations;
        own.rows.shrink_to_fit();
        bytes += size_of_val(own.rows.as_slice()) + held.iter().map(Held::bytes).sum::<usize>();
        held.push(self.rows);
        let source = Arc::new(source.codes);
        Some(Kept {
            halves: self.halves,
            dated,
            count: self.count,
            held,
            part: self.part,
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

    /// Statement of what a date decides; it names the tables of [`Kept::held`].
    #[must_use]
    pub fn dated(&self) -> &Query {
        &self.dated
    }

    /// Tables in memory.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// Nothing decided yet.
    #[must_use]
    pub fn deciding(&self) -> Deciding {
        let bits = self.halves.conditions.iter().map(|(bit, _)| *bit).collect();
        let taking = Taking::new(self.halves.dimensions.len(), self.halves.dates.len(), bits);
        Deciding { places: Vec::new(), taking }
    }

    /// The rows with what a date decided of them; nothing when they do not fit together.
    #[must_use]
    pub fn joined(self: &Arc<Self>, parts: &[Deciding]) -> Option<Judging> {
        let mut judged = Judged {
            count: self.count,
            source: Arc::clone(&self.source),
            dimensions: self.dimensions.clone(),
            dates: self.dates.clone(),
            conditions: bits(&self.halves.listing),
            from: Arc::downgrade(self),
            ..Judged::default()
        };
        for (at, name) in self.halves.dimensions.iter().enumerate() {
            if let Some(codes) = self.codes(parts, at) {
                judged.own_bytes += codes.bytes();
                judged.dimensions.insert(name.clone(), Arc::new(codes));
            }
        }
        for (at, name) in self.halves.dates.iter().enumerate() {
            let mut rows = vec![NO_DAY; self.count];
            let days: Option<Vec<&[i32]>> = parts
                .iter()
                .map(|part| part.taking.days.get(at).filter(|it| !it.is_left).map(|it| it.rows.as_slice()))
                .collect();
            let Some(days) = days else { continue };
            for (part, days) in parts.iter().zip(days) {
                place(&mut rows, &part.places, days.iter().copied());
            }
            judged.own_bytes += size_of_val(rows.as_slice());
            judged.dates.insert(name.clone(), Arc::new(rows));
        }
        self.states(parts, &mut judged)?;
        Some(Judging { judged, first_of_class: self.halves.listing.conditions.len(), is_left: false })
    }

    fn codes(&self, parts: &[Deciding], at: usize) -> Option<Codes> {
        let mut all = Texts::default();
        let mut rows = vec![0u16; self.count];
        for part in parts {
            let texts = part.taking.texts.get(at).filter(|texts| !texts.is_left)?;
            let numbers = texts.codes.values.iter().map(|value| all.number_of(value.as_deref()));
            let numbers = numbers.collect::<Option<Vec<u16>>>()?;
            let codes = texts
                .codes
                .rows
                .iter()
                .map(|code| numbers.get(usize::from(*code)).copied().unwrap_or_default());
            place(&mut rows, &part.places, codes);
        }
        Some(Codes { rows, values: all.codes.values })
    }

    /// Each row's combination: its own conditions with those a date decided; rows of no part are absent.
    fn states(&self, parts: &[Deciding], judged: &mut Judged) -> Option<()> {
        let mut all = Combinations::default();
        let mut rows: Vec<u16> = vec![ABSENT; self.count];
        let mut present = 0usize;
        for part in parts {
            let decided = &part.taking.combinations;
            if decided.is_left || decided.rows.len() != part.places.len() {
                return None;
            }
            let width = decided.held.len();
            let mut numbers: Vec<u16> = vec![ABSENT; width * self.own.held.len()];
            for (at, code) in part.places.iter().zip(&decided.rows) {
                let at = usize::try_from(*at).ok()?;
                let own = usize::from(*self.own.rows.get(at)?);
                let number = numbers.get_mut(own * width + usize::from(*code))?;
                if *number == ABSENT {
                    let held = self.own.held.get(own)? | decided.held.get(usize::from(*code))?;
                    *number = all.number_of(held).filter(|number| *number != ABSENT)?;
                }
                let row = rows.get_mut(at)?;
                // A row that comes twice is not told by its place.
                if *row != ABSENT {
                    return None;
                }
                *row = *number;
            }
            present += part.places.len();
        }
        if present < self.count {
            let absent = u16::try_from(all.held.len()).ok()?;
            all.held.push(0);
            rows.iter_mut().filter(|row| **row == ABSENT).for_each(|row| *row = absent);
            judged.absent = Some(absent);
        }
        (judged.states, judged.held) = (rows, all.held);
        Some(())
    }
}

/// No combination.
const ABSENT: u16 = u16::MAX;

impl Deciding {
    /// Takes in a batch of [`Kept::dated`].
    ///
    /// # Errors
    /// The batch has other columns.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        let lost = || SqlError::Internal("a dated row lacks its place".to_owned());
        let (places, rest) = batch.columns().split_first().ok_or_else(lost)?;
        let places =
            places.as_primitive_opt::<Int64Type>().filter(|it| it.null_count() == 0).ok_or_else(lost)?;
        self.places.extend_from_slice(places.values());
        self.taking.take(rest, batch.num_rows()).map_err(|error| SqlError::Internal(error.to_string()))
    }
}

fn place<T>(rows: &mut [T], places: &[i64], values: impl Iterator<Item = T>) {
    for (at, value) in places.iter().zip(values) {
        if let Some(row) = usize::try_from(*at).ok().and_then(|at| rows.get_mut(at)) {
            *row = value;
        }
    }
}
