//! In which order petitions came: by day of arrival, those without one first, then by id.

use arrow::array::Array;
use arrow::datatypes::{DataType, Field};
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::domain::civil::from_epoch_days;
use crate::domain::id::RecordId;
use crate::engine::papers::PETITIONS;
use crate::engine::snapshot::Snapshot;
use crate::engine::{Engine, EngineError};
use crate::store::keys;
use crate::store::schema::{TableKind, text_field};
use crate::store::table::{dates, strings};

/// The order in which all petitions of a snapshot came. Memory: some forty bytes a petition.
pub(super) struct Arrivals {
    ids: Vec<RecordId>,
    places: FxHashMap<RecordId, u32>,
}

impl Arrivals {
    fn of(mut came: Vec<(Option<NaiveDate>, RecordId)>) -> Self {
        came.sort_unstable();
        let ids: Vec<RecordId> = came.into_iter().map(|(_, id)| id).collect();
        let places = ids.iter().copied().zip(0..).collect();
        Self { ids, places }
    }

    /// The petitions, those that came first first.
    pub(super) fn in_order(&self) -> &[RecordId] {
        &self.ids
    }

    /// Whether both are known and `one` came before `other`.
    pub(super) fn is_before(&self, one: RecordId, other: RecordId) -> bool {
        let places = self.places.get(&one).zip(self.places.get(&other));
        places.is_some_and(|(one, other)| one < other)
    }
}

impl Engine {
    /// In which order the petitions of `snapshot` came.
    ///
    /// # Errors
    /// The table is damaged.
    pub(super) fn arrivals(&self, snapshot: &Snapshot) -> Result<Arrivals, EngineError> {
        let mut came = Vec::new();
        let fields = vec![text_field("id", true), Field::new("received_on", DataType::Date32, true)];
        self.each_batch(snapshot, (PETITIONS, TableKind::Main), fields, &mut |batch| {
            let (ids, days) = (strings(batch, "id")?, dates(batch, "received_on")?);
            for (row, id) in ids.iter().enumerate() {
                let Some(id) = id else { continue };
                let day = days.is_valid(row).then(|| from_epoch_days(days.value(row))).flatten();
                came.push((day, keys::parse_id(id, PETITIONS)?));
            }
            Ok(())
        })?;
        Ok(Arrivals::of(came))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_without_a_day_come_first_and_one_day_goes_by_id() {
        let id = |key: &str| RecordId::of_key('P', PETITIONS, "test", key);
        let day = NaiveDate::from_ymd_opt(2024, 3, 5);
        let (one, other) = if id("1") < id("2") { (id("1"), id("2")) } else { (id("2"), id("1")) };
        let arrivals = Arrivals::of(vec![(day, other), (day, one), (None, id("3"))]);
        assert_eq!(arrivals.in_order(), [id("3"), one, other]);
        assert!(arrivals.is_before(one, other) && !arrivals.is_before(other, one));
        assert!(!arrivals.is_before(one, one) && !arrivals.is_before(id("4"), one));
    }
}
