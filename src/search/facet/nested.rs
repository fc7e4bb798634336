//! Counts of values within values: units within provinces.
//!
//! A row counts once under the values it has from the outermost column inwards; one without a value in a
//! column is missing there and stands under nothing further in. So the counts of each level add up to the
//! count of the value that they stand under.

use rustc_hash::FxHashMap;
use tantivy::SegmentReader;
use tantivy::columnar::StrColumn;

use crate::domain::limits::FACET_LEVELS_MAX;
use crate::search::facet::{Counted, Counts, Key, Level};

/// Places of a row's values in the dictionaries of the columns.
type Path = [u64; FACET_LEVELS_MAX];

const ABSENT: u64 = u64::MAX;

/// Counts of one segment in the making.
pub(in crate::search) struct Nested {
    columns: Vec<Option<StrColumn>>,
    counts: FxHashMap<Path, u64>,
}

impl Nested {
    pub(in crate::search) fn open(levels: &[Level], segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns =
            levels.iter().take(FACET_LEVELS_MAX).map(|level| segment.fast_fields().str(&level.name));
        Ok(Self { columns: columns.collect::<tantivy::Result<_>>()?, counts: FxHashMap::default() })
    }

    pub(in crate::search) fn count(&mut self, row: u32) {
        let mut path = [ABSENT; FACET_LEVELS_MAX];
        for (column, place) in self.columns.iter().zip(&mut path) {
            match column.as_ref().and_then(|column| column.ords().first(row)) {
                Some(ordinal) => *place = ordinal,
                None => break,
            }
        }
        *self.counts.entry(path).or_default() += 1;
    }

    pub(in crate::search) fn finish(self) -> tantivy::Result<Counts> {
        let mut texts: Vec<FxHashMap<u64, String>> = Vec::with_capacity(self.columns.len());
        for (level, column) in self.columns.iter().enumerate() {
            let mut ordinals: Vec<u64> =
                self.counts.keys().filter_map(|path| path.get(level)).copied().collect();
            ordinals.retain(|ordinal| *ordinal != ABSENT);
            ordinals.sort_unstable();
            ordinals.dedup();
            let mut read = Vec::with_capacity(ordinals.len());
            if let Some(column) = column {
                column.dictionary().sorted_ords_to_term_cb(&ordinals, |bytes| {
                    read.push(String::from_utf8_lossy(bytes).into_owned());
                })?;
            }
            texts.push(ordinals.into_iter().zip(read).collect());
        }
        let mut counts = Counts::default();
        for (path, rows) in self.counts {
            add(&mut counts, &path, &texts, rows);
        }
        Ok(counts)
    }
}

fn add(counts: &mut Counts, path: &[u64], texts: &[FxHashMap<u64, String>], rows: u64) {
    let ([ordinal, inner_path @ ..], [texts, inner_texts @ ..]) = (path, texts) else { return };
    let Some(text) = texts.get(ordinal) else {
        counts.missing += rows;
        return;
    };
    let counted: &mut Counted = counts.values.entry(Key::Text(text.clone())).or_default();
    counted.rows += rows;
    if !inner_texts.is_empty() {
        add(counted.within.get_or_insert_default(), inner_path, inner_texts, rows);
    }
}
