//! The full-text schema of a dataset, made from its definition alone.
//!
//! Searched columns are gathered in lanes instead of one field per column: a word is then one term
//! whatever column it stands in, which is what "all words, anywhere" asks, and a column's weight is
//! the number of times its words are counted (the same idea as BM25F). There are two lanes: `open` for
//! public columns and `personal` for a signer's and other personal data, so that an asker who may not
//! see the latter is answered without it. Columns that filter are one raw term and one fast value
//! each. Short values are stored together as one JSON object, long texts as they are.

use std::collections::BTreeMap;

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::{AuthorityRule, Dataset};
use crate::domain::secrecy::ColumnClass;
use crate::search::analyzer::{MARKS, NUMBERS, PAIRS, WORDS};

/// Raised when the fields below change, so that older indexes are rebuilt.
pub const SCHEMA_VERSION: u32 = 2;

/// The views of searched text: `words` folded with positions, `pairs` folded bigrams, `marks` accented
/// syllables, `numbers` what is a number, a date or an amount, each in one form.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) struct Lane {
    pub(in crate::search) words: Field,
    pub(in crate::search) pairs: Field,
    pub(in crate::search) marks: Field,
    pub(in crate::search) numbers: Field,
}

/// A column of the definition as the index knows it.
#[derive(Debug, Clone)]
pub(in crate::search) struct ColumnFields {
    pub(in crate::search) name: String,
    pub(in crate::search) kind: ColumnType,
    pub(in crate::search) personal: bool,
    pub(in crate::search) long: bool,
    pub(in crate::search) search: bool,
    /// How many times the words count.
    pub(in crate::search) repeats: usize,
    pub(in crate::search) facet: bool,
    /// Column that this one stands under.
    pub(in crate::search) under: Option<String>,
    pub(in crate::search) group: bool,
    pub(in crate::search) sort: bool,
    /// Raw term and fast value; absent for words.
    pub(in crate::search) exact: Option<Field>,
    /// The text itself, of long columns.
    pub(in crate::search) stored: Option<Field>,
    /// Its own pairs, when it says in few words what the row is about.
    pub(in crate::search) head: Option<Field>,
}

/// Where a row's authority stands and how it is told.
#[derive(Debug, Clone)]
pub(in crate::search) struct AuthorityField {
    pub(in crate::search) rule: AuthorityRule,
    pub(in crate::search) value: Field,
}

/// All fields of a dataset's index.
#[derive(Debug, Clone)]
pub struct Fields {
    pub(in crate::search) schema: Schema,
    pub(in crate::search) dataset: String,
    pub(in crate::search) letter: char,
    pub(in crate::search) definition: String,
    pub(in crate::search) id: Field,
    pub(in crate::search) id_high: Field,
    pub(in crate::search) id_low: Field,
    pub(in crate::search) valid_from: Field,
    pub(in crate::search) row: Field,
    pub(in crate::search) personal_row: Field,
    pub(in crate::search) open: Lane,
    pub(in crate::search) personal: Lane,
    pub(in crate::search) authority: Option<AuthorityField>,
    /// Column that says how old a row is.
    pub(in crate::search) recency: Option<String>,
    /// Column of the headline, where its pairs are kept apart.
    pub(in crate::search) headline: Option<Field>,
    pub(in crate::search) columns: Vec<ColumnFields>,
    by_name: BTreeMap<String, usize>,
}

/// Fast field with the first 64 bits of the id: order of ids and ties.
pub(in crate::search) const ID_HIGH: &str = "_id_high";
/// Fast field with the last 16 bits of the id.
pub(in crate::search) const ID_LOW: &str = "_id_low";
/// Fast field with the commit that wrote the row's version.
pub(in crate::search) const VALID_FROM: &str = "_valid_from";
/// Fast field with the row's authority.
pub(in crate::search) const AUTHORITY: &str = "_authority";
/// Public columns of this weight or more are heads: their pairs are kept apart too.
const HEAD_WEIGHT: f32 = 2.0;

impl Fields {
    /// The fields of `dataset`.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Self {
        let mut builder = Schema::builder();
        let id = builder.add_text_field("_id", STRING);
        let id_high = builder.add_u64_field(ID_HIGH, FAST);
        let id_low = builder.add_u64_field(ID_LOW, FAST);
        let valid_from = builder.add_i64_field(VALID_FROM, FAST);
        let row = builder.add_text_field("_row", STORED);
        let personal_row = builder.add_text_field("_personal_row", STORED);
        let open = lane(&mut builder, "open");
        let personal = lane(&mut builder, "personal");
        let authority = dataset.authority.clone();
        let authority =
            authority.map(|rule| AuthorityField { rule, value: builder.add_f64_field(AUTHORITY, FAST) });
        let mut columns: Vec<ColumnFields> =
            ["source_system", "source_id", "secrecy"].map(|name| system_column(&mut builder, name)).into();
        columns.extend(dataset.columns.iter().map(|column| column_fields(&mut builder, column)));
        let by_name = columns.iter().enumerate().map(|(place, column)| (column.name.clone(), place));
        let by_name = by_name.collect();
        let headline = columns.iter().find(|column| Some(&column.name) == dataset.headline.as_ref());
        let headline = headline.and_then(|column| column.head);
        let schema = builder.build();
        Self {
            schema,
            dataset: dataset.name.clone(),
            letter: dataset.letter,
            definition: dataset.hash.clone(),
            id,
            id_high,
            id_low,
            valid_from,
            row,
            personal_row,
            open,
            personal,
            authority,
            recency: dataset.recency.clone(),
            headline,
            columns,
            by_name,
        }
    }

    /// The schema as tantivy takes it.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(in crate::search) fn column(&self, name: &str) -> Option<&ColumnFields> {
        self.by_name.get(name).and_then(|place| self.columns.get(*place))
    }

    /// The day that says how old a row is.
    pub(in crate::search) fn dated(&self) -> Option<Field> {
        let column = self.recency.as_ref().and_then(|name| self.column(name))?;
        column.exact.filter(|_| column.kind == ColumnType::Date && !column.personal)
    }

    /// Pairs of the columns that say in few words what a row is about.
    pub(in crate::search) fn heads(&self) -> Vec<Field> {
        self.columns.iter().filter_map(|column| column.head).collect()
    }

    /// The lanes an asker may be matched against.
    pub(in crate::search) fn lanes(&self, sees_personal: bool) -> Vec<Lane> {
        let has_personal = self.columns.iter().any(|column| column.search && column.personal);
        if sees_personal && has_personal { vec![self.open, self.personal] } else { vec![self.open] }
    }
}

fn lane(builder: &mut SchemaBuilder, name: &str) -> Lane {
    let mut field = |view: &str, analyzer: &str, record: IndexRecordOption| {
        let indexing = TextFieldIndexing::default().set_tokenizer(analyzer).set_index_option(record);
        builder
            .add_text_field(&format!("_{name}_{view}"), TextOptions::default().set_indexing_options(indexing))
    };
    Lane {
        words: field("words", WORDS, IndexRecordOption::WithFreqsAndPositions),
        pairs: field("pairs", PAIRS, IndexRecordOption::WithFreqs),
        marks: field("marks", MARKS, IndexRecordOption::WithFreqs),
        numbers: field("numbers", NUMBERS, IndexRecordOption::Basic),
    }
}

/// How many pairs there are is read from the field's norms.
fn head_field(builder: &mut SchemaBuilder, name: &str) -> Field {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(PAIRS).set_index_option(IndexRecordOption::Basic);
    builder.add_text_field(&format!("_head_{name}"), TextOptions::default().set_indexing_options(indexing))
}

fn raw_text(fast: bool) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let options = TextOptions::default().set_indexing_options(indexing);
    if fast { options.set_fast("raw") } else { options }
}

/// A letter's number is a word of it: who has the number in hand types it where all words go.
fn system_column(builder: &mut SchemaBuilder, name: &str) -> ColumnFields {
    let is_key = name == "source_id";
    let fast = !is_key;
    let exact = builder.add_text_field(name, raw_text(fast));
    ColumnFields {
        name: name.to_owned(),
        kind: ColumnType::Keyword,
        personal: false,
        long: false,
        search: is_key,
        repeats: usize::from(is_key),
        facet: fast,
        under: None,
        group: false,
        sort: false,
        exact: Some(exact),
        stored: None,
        head: None,
    }
}

fn column_fields(builder: &mut SchemaBuilder, column: &Column) -> ColumnFields {
    let personal = column.class != ColumnClass::Public;
    let exact = column.is_filter().then(|| exact_field(builder, column, personal));
    let stored = column.long.then(|| builder.add_text_field(&column.name, STORED));
    let is_head = column.search && !column.long && !personal && column.weight >= HEAD_WEIGHT;
    let head = is_head.then(|| head_field(builder, &column.name));
    ColumnFields {
        name: column.name.clone(),
        kind: column.kind,
        personal,
        long: column.long,
        search: column.search,
        repeats: repeats(column.weight),
        facet: column.facet && exact.is_some(),
        under: column.facet_under.clone(),
        group: column.group && !personal && exact.is_some(),
        sort: column.sort && !personal && exact.is_some(),
        exact,
        stored,
        head,
    }
}

/// Personal columns are looked up exactly and never counted, ranged or sorted: they get no fast value
/// when they are keywords. Numbers of theirs are matched by term too, as are all booleans.
fn exact_field(builder: &mut SchemaBuilder, column: &Column, personal: bool) -> Field {
    let number: NumericOptions = if personal { INDEXED.into() } else { FAST.into() };
    match column.kind {
        ColumnType::Text | ColumnType::Keyword => builder.add_text_field(&column.name, raw_text(!personal)),
        ColumnType::Integer | ColumnType::Date | ColumnType::Instant => {
            builder.add_i64_field(&column.name, number)
        }
        ColumnType::Number => builder.add_f64_field(&column.name, number),
        ColumnType::Boolean => builder.add_bool_field(&column.name, number | INDEXED),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..=4 before")]
fn repeats(weight: f32) -> usize {
    weight.round().clamp(1.0, 4.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::embedded;

    #[test]
    fn every_definition_has_a_schema_and_no_personal_column_a_fast_value() {
        let texts = embedded();
        let files = texts.iter().filter(|(file, _)| file.starts_with("indexes/"));
        for (file, text) in files {
            let dataset = Dataset::parse(file, text).unwrap();
            let fields = Fields::of(&dataset);
            for column in &fields.columns {
                let is_fast =
                    column.exact.is_some_and(|field| fields.schema.get_field_entry(field).is_fast());
                assert!(!(column.personal && is_fast), "{}.{}", dataset.name, column.name);
                assert!(!column.facet || is_fast, "{}.{}", dataset.name, column.name);
            }
        }
        let file = "indexes/petitions.toml";
        let petitions = Fields::of(&Dataset::parse(file, &texts[file]).unwrap());
        assert_eq!(petitions.column("title").unwrap().repeats, 2);
        assert!(petitions.column("signer_phone").unwrap().personal);
        assert!(petitions.column("unit").unwrap().exact.is_some());
    }
}
