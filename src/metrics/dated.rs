//! What a business date decides of rows that are kept, put together with what is their own.
//!
//! The columns that a date decides are judged in one or several statements, each over no more rows than differ
//! for it ([`alike`](crate::metrics::alike)). Each answer comes by the numbers of the rows that were judged, and
//! is spread over the rows that are like them.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::definition::query::Query;
use crate::metrics::alike::{Alike, Likeness};
use crate::metrics::judged::{Judged, Judging, bits};
use crate::metrics::kept::Kept;
use crate::metrics::taking::{Codes, Combinations, NO_DAY, Taking, Texts};
use crate::sql::SqlError;

/// Columns that a date decides.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    pub(super) dimensions: Vec<String>,
    pub(super) dates: Vec<String>,
    /// Bit and text of each condition.
    pub(super) conditions: Vec<(usize, String)>,
}

/// Columns that are judged by one statement.
#[derive(Debug)]
pub struct Dated {
    pub(super) columns: Decided,
    pub(super) query: Query,
    pub(super) alike: Option<Alike>,
}

/// What one statement told.
#[derive(Debug)]
pub struct Told<'a> {
    /// What was asked.
    pub dated: &'a Dated,
    /// The rows that were judged for others; nothing when each was.
    pub likeness: Option<Likeness>,
    /// What was taken of its answer.
    pub parts: Vec<Deciding>,
}

/// Takes in what a date decides, from one partition.
#[derive(Debug)]
pub struct Deciding {
    places: Vec<i64>,
    taking: Taking,
}

/// No combination.
const ABSENT: u16 = u16::MAX;

impl Decided {
    /// Each column by itself; where there is none, what only tells which rows are there.
    #[must_use]
    pub fn apart(&self) -> Vec<Self> {
        let mut all = Vec::new();
        all.extend(
            self.dimensions.iter().map(|name| Self { dimensions: vec![name.clone()], ..Self::default() }),
        );
        all.extend(self.dates.iter().map(|name| Self { dates: vec![name.clone()], ..Self::default() }));
        let conditions = self.conditions.iter();
        all.extend(conditions.map(|one| Self { conditions: vec![one.clone()], ..Self::default() }));
        if all.is_empty() {
            all.push(Self::default());
        }
        all
    }

    /// Both at once.
    pub(super) fn join(&mut self, other: Self) {
        self.dimensions.extend(other.dimensions);
        self.dates.extend(other.dates);
        self.conditions.extend(other.conditions);
    }
}

impl Dated {
    /// The statement; it names the tables of [`Kept::held`].
    #[must_use]
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Which rows are judged on a day, and for which others; nothing when each is judged by itself.
    #[must_use]
    pub fn alike_on(&self, day: Option<i32>) -> Option<Likeness> {
        self.alike.as_ref()?.on(day?)
    }

    /// Nothing decided yet.
    #[must_use]
    pub fn deciding(&self) -> Deciding {
        let bits = self.columns.conditions.iter().map(|(bit, _)| *bit).collect();
        let taking = Taking::new(self.columns.dimensions.len(), self.columns.dates.len(), bits);
        Deciding { places: Vec::new(), taking }
    }
}

impl Deciding {
    /// Takes in a batch of the answer to [`Dated::query`].
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

impl Kept {
    /// The rows with what a date decided of them; nothing when they do not fit together.
    #[must_use]
    pub fn joined(self: &Arc<Self>, told: &[Told<'_>]) -> Option<Judging> {
        let mut judged = Judged {
            count: self.count,
            source: Arc::clone(&self.source),
            dimensions: self.dimensions.clone(),
            dates: self.dates.clone(),
            conditions: bits(&self.halves.listing),
            from: Arc::downgrade(self),
            ..Judged::default()
        };
        for told in told {
            for (at, name) in told.dated.columns.dimensions.iter().enumerate() {
                if let Some(codes) = told.codes(at, self.count) {
                    judged.own_bytes += codes.bytes();
                    judged.dimensions.insert(name.clone(), Arc::new(codes));
                }
            }
            for (at, name) in told.dated.columns.dates.iter().enumerate() {
                if let Some(days) = told.days(at, self.count) {
                    judged.own_bytes += size_of_val(days.as_slice());
                    judged.dates.insert(name.clone(), Arc::new(days));
                }
            }
        }
        self.states(told, &mut judged)?;
        Some(Judging { judged, first_of_class: self.halves.listing.conditions.len(), is_left: false })
    }

    /// Each row's combination: its own conditions with those a date decided; rows of no answer are absent.
    fn states(&self, told: &[Told<'_>], judged: &mut Judged) -> Option<()> {
        let (mut rows, mut held) = (self.own.rows.clone(), self.own.held.clone());
        for (turn, told) in told.iter().enumerate() {
            // Which rows are there every answer tells alike.
            if turn > 0 && told.dated.columns.conditions.is_empty() {
                continue;
            }
            let (decided, of) = told.states(self.count)?;
            let mut all = Combinations::default();
            let width = of.len();
            let mut numbers: Vec<u16> = vec![ABSENT; width * held.len()];
            for (row, code) in rows.iter_mut().zip(&decided) {
                if *row == ABSENT || *code == ABSENT {
                    *row = ABSENT;
                    continue;
                }
                let (before, code) = (usize::from(*row), usize::from(*code));
                let number = numbers.get_mut(before * width + code)?;
                if *number == ABSENT {
                    let both = held.get(before)? | of.get(code)?;
                    *number = all.number_of(both).filter(|number| *number != ABSENT)?;
                }
                *row = *number;
            }
            held = all.held;
        }
        if rows.contains(&ABSENT) {
            let absent = u16::try_from(held.len()).ok()?;
            held.push(0);
            rows.iter_mut().filter(|row| **row == ABSENT).for_each(|row| *row = absent);
            judged.absent = Some(absent);
        }
        (judged.states, judged.held) = (rows, held);
        Some(())
    }
}

impl Told<'_> {
    /// How many rows were judged.
    fn judged(&self, count: usize) -> usize {
        self.likeness.as_ref().map_or(count, |likeness| likeness.rows().len())
    }

    fn spread<T: Copy + Default>(&self, of: Vec<T>) -> Vec<T> {
        match &self.likeness {
            None => of,
            Some(likeness) => likeness.spread(&of),
        }
    }

    fn codes(&self, at: usize, count: usize) -> Option<Codes> {
        let mut all = Texts::default();
        let mut rows = vec![0u16; self.judged(count)];
        for part in &self.parts {
            let texts = part.taking.texts.get(at).filter(|texts| !texts.is_left)?;
            let numbers = texts.codes.values.iter().map(|value| all.number_of(value.as_deref()));
            let numbers = numbers.collect::<Option<Vec<u16>>>()?;
            let number = |code: &u16| numbers.get(usize::from(*code)).copied().unwrap_or_default();
            place(&mut rows, &part.places, texts.codes.rows.iter().map(number));
        }
        Some(Codes { rows: self.spread(rows), values: all.codes.values })
    }

    fn days(&self, at: usize, count: usize) -> Option<Vec<i32>> {
        let mut rows = vec![NO_DAY; self.judged(count)];
        for part in &self.parts {
            let days = part.taking.days.get(at).filter(|days| !days.is_left)?;
            place(&mut rows, &part.places, days.rows.iter().copied());
        }
        Some(self.spread(rows))
    }

    /// For each row the number of its combination, and the combinations.
    fn states(&self, count: usize) -> Option<(Vec<u16>, Vec<u128>)> {
        let mut all = Combinations::default();
        let mut rows: Vec<u16> = vec![ABSENT; self.judged(count)];
        for part in &self.parts {
            let decided = &part.taking.combinations;
            if decided.is_left || decided.rows.len() != part.places.len() {
                return None;
            }
            let numbers = decided.held.iter().map(|held| all.number_of(*held));
            let numbers = numbers.collect::<Option<Vec<u16>>>()?;
            for (at, code) in part.places.iter().zip(&decided.rows) {
                let row = rows.get_mut(usize::try_from(*at).ok()?)?;
                // A row that comes twice is not told by its place.
                if *row != ABSENT {
                    return None;
                }
                *row = numbers.get(usize::from(*code)).copied().filter(|number| *number != ABSENT)?;
            }
        }
        Some((self.spread(rows), all.held))
    }
}

fn place<T>(rows: &mut [T], places: &[i64], values: impl Iterator<Item = T>) {
    for (at, value) in places.iter().zip(values) {
        if let Some(row) = usize::try_from(*at).ok().and_then(|at| rows.get_mut(at)) {
            *row = value;
        }
    }
}
