//! The peer of `ingest` and `search`: tantivy alone.
//!
//! The same schema (made by this project from the definition), the same analyser, the same stored fields,
//! threads and heap, one commit. Each line of the file is parsed with `serde_json` and its values are added
//! to the same fields; signer columns of secret kinds are left out, so that both indexes hold the same
//! words. There are no tables, no history, no sketches, no checks, no record of the commit, and no syncs
//! but tantivy's own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use serde_json::{Map, Value as Json};
use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::{Field, Schema};
use tantivy::{Index, IndexWriter, TantivyDocument};
use thanhtra::definition::catalog::{Catalog, embedded};
use thanhtra::definition::column::{Column, ColumnType};
use thanhtra::definition::dataset::Dataset;
use thanhtra::domain::civil::epoch_days;
use thanhtra::domain::limits::{INDEX_MERGE_THREADS, INDEX_WRITER_HEAP_BYTES, INDEX_WRITER_THREADS};
use thanhtra::domain::secrecy::ColumnClass;
use thanhtra::search::analyzer::tokenizers;
use thanhtra::search::schema::Fields;

use crate::meter::{Meter, Reading};
use crate::world::DATASET;

/// Indexes `file` into `folder`; the reading is of the moment when the commit is durable.
pub(crate) fn index(file: &Path, folder: &Path) -> anyhow::Result<Reading> {
    std::fs::create_dir_all(folder)?;
    let dataset = Catalog::parse(embedded())?.dataset(DATASET)?.clone();
    let schema = Fields::of(&dataset).schema().clone();
    let feed = Feed::of(&dataset, &schema)?;
    let mut index = Index::create_in_dir(folder, schema)?;
    index.set_tokenizers(tokenizers());
    let options = IndexWriterOptions::builder()
        .num_worker_threads(INDEX_WRITER_THREADS)
        .memory_budget_per_thread(INDEX_WRITER_HEAP_BYTES / INDEX_WRITER_THREADS)
        .num_merge_threads(INDEX_MERGE_THREADS)
        .build();
    let mut writer: IndexWriter = index.writer_with_options(options)?;
    let meter = Meter::start();
    for line in BufReader::new(File::open(file)?).lines() {
        writer.add_document(feed.document(&serde_json::from_str(&line?)?)?)?;
    }
    writer.commit()?;
    let reading = meter.read();
    writer.wait_merging_threads()?;
    Ok(Reading { cpu_seconds: meter.read().cpu_seconds, ..reading })
}

/// Where a column's values go.
struct Place<'a> {
    column: &'a Column,
    lane: Option<[Field; 3]>,
    exact: Option<Field>,
    stored: Option<Field>,
}

struct Feed<'a> {
    dataset: &'a Dataset,
    id: Field,
    id_parts: [Field; 2],
    valid_from: Field,
    rows: [Field; 2],
    system: [Field; 3],
    places: Vec<Place<'a>>,
}

impl<'a> Feed<'a> {
    fn of(dataset: &'a Dataset, schema: &Schema) -> anyhow::Result<Self> {
        let field = |name: &str| Ok::<Field, anyhow::Error>(schema.get_field(name)?);
        let lane = |name: &str| -> anyhow::Result<[Field; 3]> {
            Ok([
                field(&format!("_{name}_words"))?,
                field(&format!("_{name}_pairs"))?,
                field(&format!("_{name}_marks"))?,
            ])
        };
        let (open, personal) = (lane("open")?, lane("personal")?);
        let place = |column: &'a Column| {
            let its = if column.class == ColumnClass::Public { open } else { personal };
            let known = schema.get_field(&column.name).ok();
            Place {
                column,
                lane: column.search.then_some(its),
                exact: known.filter(|_| column.is_filter()),
                stored: known.filter(|_| column.long),
            }
        };
        Ok(Self {
            dataset,
            id: field("_id")?,
            id_parts: [field("_id_high")?, field("_id_low")?],
            valid_from: field("_valid_from")?,
            rows: [field("_row")?, field("_personal_row")?],
            system: [field("source_system")?, field("source_id")?, field("secrecy")?],
            places: dataset.columns.iter().map(place).collect(),
        })
    }

    fn document(&self, row: &Map<String, Json>) -> anyhow::Result<TantivyDocument> {
        let mut document = TantivyDocument::default();
        let (mut open, mut personal) = (Map::new(), Map::new());
        let text = |name: &str| row.get(name).and_then(Json::as_str).unwrap_or_default();
        let (source_system, source_id) = (text("source_system"), text("id"));
        let id = self.dataset.id(source_system, source_id);
        document.add_text(self.id, id.to_string());
        let [high, low] = self.id_parts;
        let [a, b, c, d, e, f, g, h, i, j] = id.bits();
        document.add_u64(high, u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        document.add_u64(low, u64::from(u16::from_be_bytes([i, j])));
        document.add_i64(self.valid_from, 1);
        let is_secret = self.dataset.identity.as_ref().is_some_and(|rule| {
            row.get(&rule.column)
                .and_then(Json::as_str)
                .is_none_or(|kind| rule.values.iter().any(|v| v == kind))
        });
        let secrecy = if is_secret { "identity" } else { "ordinary" };
        for (field, value) in self.system.into_iter().zip([source_system, source_id, secrecy]) {
            document.add_text(field, value);
        }
        for (name, value) in
            [("source_system", source_system), ("source_id", source_id), ("secrecy", secrecy)]
        {
            open.insert(name.to_owned(), Json::from(value));
        }
        for place in &self.places {
            let Some(value) = row.get(&place.column.name).filter(|value| !value.is_null()) else { continue };
            if is_secret && place.column.class == ColumnClass::Signer {
                continue;
            }
            let shown = if place.column.class == ColumnClass::Public { &mut open } else { &mut personal };
            place.add(&mut document, shown, value)?;
        }
        let [open_row, personal_row] = self.rows;
        document.add_text(open_row, serde_json::to_string(&open)?);
        if !personal.is_empty() {
            document.add_text(personal_row, serde_json::to_string(&personal)?);
        }
        Ok(document)
    }
}

impl Place<'_> {
    fn add(
        &self,
        document: &mut TantivyDocument,
        shown: &mut Map<String, Json>,
        value: &Json,
    ) -> anyhow::Result<()> {
        let column = self.column;
        if let (Some([words, pairs, marks]), Some(text)) = (self.lane, value.as_str()) {
            for _ in 0..(column.weight.round().clamp(1.0, 4.0) as usize) {
                document.add_text(words, text);
                document.add_text(pairs, text);
            }
            document.add_text(marks, text);
        }
        if let (Some(stored), Some(text)) = (self.stored, value.as_str()) {
            document.add_text(stored, text);
            return Ok(());
        }
        shown.insert(column.name.clone(), value.clone());
        let Some(exact) = self.exact else { return Ok(()) };
        match (column.kind, value) {
            (ColumnType::Date, Json::String(day)) => {
                document.add_i64(exact, i64::from(epoch_days(day.parse::<NaiveDate>()?)));
            }
            (ColumnType::Boolean, Json::Bool(flag)) => document.add_bool(exact, *flag),
            (_, Json::Number(number)) => document.add_i64(exact, number.as_i64().context("a number")?),
            (_, Json::String(text)) => document.add_text(exact, text),
            _ => {}
        }
        Ok(())
    }
}
