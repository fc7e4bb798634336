//! What of a basis no business date changes, made once for a snapshot and read for every date.
//!
//! The statement of a basis says which of its parts those are. Here they are made, in their order, and kept as
//! long as they are used and fit the bound; a basis that marks none, or whose parts are too large, is judged
//! from the tables for each date, as if nothing were marked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::definition::kept::{self, KeptPart};
use crate::definition::query::Query;
use crate::domain::limits::{KEPT_BASES_MAX, KEPT_BYTES_MAX};
use crate::domain::record::Value;
use crate::engine::EngineError;
use crate::engine::measure::Bound;
use crate::engine::together::{busy_threads, side_by_side};
use crate::metrics::compose::{self, Listing};
use crate::metrics::dated::{Decided, Deciding, Told};
use crate::metrics::judged::{Judging, Listed};
use crate::metrics::kept::{Halves, ID, Keeping, Kept, PLACE};
use crate::sql::SqlError;
use crate::sql::held::{Held, Origin, Over};

/// Kept parts by what they are made of.
#[derive(Default)]
pub(super) struct KeptBases {
    slots: Mutex<HashMap<String, Slot>>,
    turns: AtomicU64,
    made: AtomicU64,
    told: AtomicU64,
    rows: AtomicU64,
    empty: AtomicU64,
}

/// What was done with kept parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptWork {
    /// Bytes that are kept.
    pub(super) bytes: usize,
    /// How often parts were made.
    pub(super) made: u64,
    /// How often a date was told from them.
    pub(super) told: u64,
    /// Rows that statements judged for that.
    pub(super) rows: u64,
    /// How often it was known that there is no row.
    pub(super) empty: u64,
}

#[derive(Default)]
struct Slot {
    kept: Arc<Mutex<Parts>>,
    used: u64,
    bytes: usize,
    is_made: bool,
}

#[derive(Default)]
enum Parts {
    #[default]
    Unmade,
    Made(Arc<Made>),
    /// There are none, or they cannot be kept.
    Left,
}

/// What was made.
enum Made {
    /// Rows with their places, and tables beside them.
    Rows(Arc<Kept>),
    /// Tables only: the rows themselves are computed for each date.
    Tables(Vec<Held>),
    /// Tables that leave no row on any date.
    Nothing(Vec<Held>),
}

/// What a basis is judged from.
pub(super) struct Judged<'a> {
    pub(super) basis: &'a Query,
    pub(super) listing: &'a Listing,
    pub(super) bound: &'a Bound,
    /// Columns shown of rows that a page lists; none when no page does.
    pub(super) shown: &'a [String],
}

impl KeptBases {
    pub(super) fn work(&self) -> KeptWork {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        KeptWork {
            bytes: slots.values().map(|slot| slot.bytes).sum(),
            made: self.made.load(Ordering::Relaxed),
            told: self.told.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            empty: self.empty.load(Ordering::Relaxed),
        }
    }

    /// The rows of a basis on the business date that is bound, from what is kept under `key`, which is made
    /// when it is not there; nothing when they are to be judged from the tables.
    pub(super) fn judged(&self, key: &str, of: &Judged<'_>) -> Option<Judging> {
        let kept = self.kept(key, of)?;
        let judged = match kept.as_ref() {
            Made::Rows(rows) => of.dated(rows, &self.rows),
            Made::Tables(held) => listed(of.bound, held, of.listing.clone()).map(Some),
            Made::Nothing(_) => {
                self.empty.fetch_add(1, Ordering::Relaxed);
                Ok(Some(Listed::new(of.listing.clone()).ended()))
            }
        };
        match judged {
            Ok(judged) => {
                self.told.fetch_add(1, Ordering::Relaxed);
                judged
            }
            Err(error) => {
                tracing::warn!(%error, basis = of.basis.name, "it is judged from the tables");
                None
            }
        }
    }

    /// The tables that are kept under `key`, when rows are computed from them for each date.
    pub(super) fn tables(&self, key: &str) -> Option<Vec<Held>> {
        let kept = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&slots.get(key)?.kept)
        };
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Parts::Made(made) => match made.as_ref() {
                Made::Tables(held) | Made::Nothing(held) => Some(held.clone()),
                Made::Rows(_) => None,
            },
            Parts::Unmade | Parts::Left => None,
        }
    }

    /// Bytes of what is kept under `key`, so that another date costs no reading of the tables; nothing when
    /// nothing is.
    pub(super) fn bytes(&self, key: &str) -> Option<usize> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get(key).filter(|slot| slot.is_made).map(|slot| slot.bytes)
    }

    fn kept(&self, key: &str, of: &Judged<'_>) -> Option<Arc<Made>> {
        let kept = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = slots.entry(key.to_owned()).or_default();
            slot.used = self.turns.fetch_add(1, Ordering::Relaxed);
            Arc::clone(&slot.kept)
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Parts::Unmade = *kept {
            let made = of.made().unwrap_or_else(|error| {
                tracing::warn!(%error, basis = of.basis.name, "it is judged from the tables for each date");
                None
            });
            let made = made.filter(|made| made.bytes() <= KEPT_BYTES_MAX).map(Arc::new);
            self.made.fetch_add(u64::from(made.is_some()), Ordering::Relaxed);
            self.hold(key, made.as_ref().map(|made| made.bytes()));
            *kept = made.map_or(Parts::Left, Parts::Made);
        }
        match &*kept {
            Parts::Made(kept) => Some(Arc::clone(kept)),
            Parts::Unmade | Parts::Left => None,
        }
    }

    /// Notes what `key` takes, and lets go of others, least recently used first, until all fit.
    fn hold(&self, key: &str, bytes: Option<usize>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get_mut(key) {
            (slot.bytes, slot.is_made) = (bytes.unwrap_or_default(), bytes.is_some());
        }
        while slots.len() > KEPT_BASES_MAX
            || slots.values().map(|slot| slot.bytes).sum::<usize>() > KEPT_BYTES_MAX
        {
            let others = slots.iter().filter(|(other, _)| *other != key);
            let oldest = others.min_by_key(|(_, slot)| slot.used).map(|(other, _)| other.clone());
            match oldest {
                Some(oldest) => drop(slots.remove(&oldest)),
                None => break,
            }
        }
    }
}

impl Made {
    fn bytes(&self) -> usize {
        match self {
            Self::Rows(kept) => kept.bytes(),
            Self::Tables(held) | Self::Nothing(held) => held.iter().map(Held::bytes).sum(),
        }
    }
}

impl Judged<'_> {
    fn dated(&self, kept: &Arc<Kept>, judged: &AtomicU64) -> Result<Option<Judging>, EngineError> {
        let (values, day) = (self.bound.values(), self.bound.day());
        let told = side_by_side(kept.dated(), busy_threads(), |dated| {
            let likeness = dated.alike_on(day);
            let rows = likeness.as_ref().map_or(kept.rows(), |likeness| likeness.rows().len());
            judged.fetch_add(u64::try_from(rows).unwrap_or_default(), Ordering::Relaxed);
            tracing::debug!(basis = self.basis.name, rows, of = kept.rows(), "a date is told");
            let some = likeness.as_ref().map(|likeness| kept.held_at(likeness.rows())).transpose()?;
            let over = over(self.bound, some.as_deref().unwrap_or(kept.held()), &values);
            let statement = self.rest(dated.query());
            let parts = over.each_part(&statement, &|| dated.deciding(), Deciding::take)?;
            Ok::<_, SqlError>(Told { dated, likeness, parts })
        });
        let told = told.into_iter().collect::<Result<Vec<_>, SqlError>>()?;
        Ok(kept.joined(&told))
    }

    /// The statement without what is kept.
    fn rest(&self, query: &Query) -> String {
        kept::split(&self.bound.over_rows(query, &|_| true).sql).rest
    }

    /// Makes the kept parts of the basis; the last may have its rows, told by their places.
    fn made(&self) -> Result<Option<Made>, EngineError> {
        let split = kept::split(&self.bound.over_rows(&self.listing.query, &|_| true).sql);
        let Some((last, others)) = split.parts.split_last() else { return Ok(None) };
        let mut held: Vec<Held> = Vec::new();
        for part in others {
            match self.whole(part, &held)? {
                Some(made) => held.push(made),
                None => return Ok(None),
            }
        }
        let values = self.bound.values();
        let shape = over(self.bound, &held, &values).shape(&last.name, &last.sql)?;
        if shape.holds().iter().any(|name| name == PLACE) {
            return Ok(self.rows(last, held, &shape)?.map(|rows| Made::Rows(Arc::new(rows))));
        }
        let Some(last) = self.whole(last, &held)? else { return Ok(None) };
        held.push(last);
        let is_nothing = over(self.bound, &held, &values).has_no_row(&split.rest)?;
        Ok(Some(if is_nothing { Made::Nothing(held) } else { Made::Tables(held) }))
    }

    fn rows(&self, rows: &KeptPart, held: Vec<Held>, shape: &Held) -> Result<Option<Kept>, EngineError> {
        let traced = compose::traced(self.basis, PLACE, self.listing, self.shown);
        let split = kept::split(&self.bound.over_rows(&traced, &|_| true).sql);
        let values = self.bound.values();
        let mut known = held.clone();
        known.push(shape.clone());
        let all = over(self.bound, &known, &values);
        let origins = all.origins(&split.rest, &rows.name, PLACE)?;
        let files = self.files(rows, &held, shape)?;
        let Some(halves) = Halves::of(self.listing.clone(), self.shown, &origins, &files) else {
            return Ok(None);
        };
        let dated = |columns: &Decided| Halves::dated(self.basis, columns);
        let mut needs = all.needed(&self.rest(&dated(halves.decided())), &rows.name)?;
        needs.extend(halves.of_memory().map(|(_, column)| column.to_owned()));
        let mut parts = Vec::new();
        for columns in halves.decided().apart() {
            let reads = all.reads(&self.rest(&dated(&columns)), &rows.name, PLACE)?;
            tracing::debug!(basis = self.basis.name, ?columns, ?reads, "what judging reads of a row");
            parts.push((columns, reads));
        }
        let mut keeping = Keeping::new(halves.clone(), (shape, &needs), parts);
        let statement = halves.own(rows, &keeping.needs());
        over(self.bound, &held, &values).each(&statement, &mut |batch| {
            keeping.take(batch).map_err(|error| SqlError::Internal(error.to_string()))
        })?;
        let held = held.into_iter().filter(|held| names(&split.rest, held.name()));
        Ok(keeping.end(held.collect(), &dated))
    }

    /// Columns of the part that the rows are of which are the dataset's own, each with its name there.
    fn files(
        &self,
        rows: &KeptPart,
        held: &[Held],
        shape: &Held,
    ) -> Result<HashMap<String, String>, EngineError> {
        let Some(of) = &self.basis.basis else { return Ok(HashMap::new()) };
        let values = self.bound.values();
        let origins = over(self.bound, held, &values).origins(&rows.sql, &of.dataset, ID)?;
        let same = |((name, _), origin): ((String, _), Origin)| match origin {
            Origin::Same(column) => Some((name, column)),
            Origin::From(_) | Origin::Always | Origin::Other => None,
        };
        Ok(shape.columns().into_iter().zip(origins).filter_map(same).collect())
    }

    /// A part as a table; nothing when it is too large.
    fn whole(&self, part: &KeptPart, held: &[Held]) -> Result<Option<Held>, EngineError> {
        let values = self.bound.values();
        let over = over(self.bound, held, &values);
        let mut made = over.shape(&part.name, &part.sql)?;
        over.each(&part.sql, &mut |batch| {
            made.push(batch.columns())?;
            Ok(made.bytes() <= KEPT_BYTES_MAX)
        })?;
        Ok(Some(made).filter(|made| made.bytes() <= KEPT_BYTES_MAX))
    }
}

/// Whether a statement has a word, such as the name of a table.
fn names(statement: &str, name: &str) -> bool {
    statement.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == name)
}

/// The rows of a listing over the files and what is `held`; the parts of its statement that are held are read
/// from there.
pub(super) fn listed(bound: &Bound, held: &[Held], listing: Listing) -> Result<Judging, EngineError> {
    let statement = bound.over_rows(&listing.query, &|_| true).sql;
    let statement = if held.is_empty() { statement } else { kept::split(&statement).rest };
    let mut listed = Listed::new(listing);
    let values = bound.values();
    over(bound, held, &values).each(&statement, &mut |batch| {
        listed.take(batch).map_err(|error| SqlError::Internal(error.to_string()))
    })?;
    Ok(listed.ended())
}

pub(super) fn over<'a>(bound: &'a Bound, held: &'a [Held], parameters: &'a [(&'a str, Value)]) -> Over<'a> {
    Over { ground: &bound.ground, tables: &bound.tables, held, parameters }
}
