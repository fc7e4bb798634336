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
use arrow::datatypes::Int64Type;

use crate::definition::kept::KeptPart;
use crate::definition::query::Query;
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
}

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    halves: Halves,
    /// Statement of what a date decides.
    dated: Query,
    count: usize,
    held: Vec<Held>,
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
    taking: Taking,
    rows: Held,
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
    /// The halves of a listing by where the columns of [`compose::traced`] come from; nothing when its rows are
    /// not told by their places.
    #[must_use]
    pub fn of(listing: Listing, origins: &[Origin]) -> Option<Self> {
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
    /// Nothing taken yet; `shape` has the columns of the part.
    #[must_use]
    pub fn new(halves: Halves, shape: &Held, needs: &BTreeSet<String>) -> Self {
        let texts = 1 + halves.own_dimensions.len();
        let own = halves.own_conditions.iter().map(|(bit, ..)| *bit).collect();
        let taking = Taking::new(texts, halves.own_dates.len(), own);
        let mut held = needs.clone();
        held.insert(PLACE.to_owned());
        Self { halves, taking, rows: shape.only(&held), count: 0, is_left: false }
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
        self.taking.take(own, rows)?;
        self.is_left |= self.taking.combinations.is_left;
        Ok(!self.is_left)
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
        let mut bytes = source.codes.bytes() + self.rows.bytes();
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
    pub fn joined(&self, parts: &[Deciding]) -> Option<Judging> {
        let mut judged = Judged {
            count: self.count,
            source: Arc::clone(&self.source),
            dimensions: self.dimensions.clone(),
            dates: self.dates.clone(),
            conditions: bits(&self.halves.listing),
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
