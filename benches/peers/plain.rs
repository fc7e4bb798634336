//! tantivy alone: one field for all words, BM25, the row stored beside it.
//!
//! `Default` is its default analyser, which keeps marks. `Folded` folds them away with its own filter, and
//! so finds the rows that a search without marks must find.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::json;
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, RegexQuery, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{AsciiFoldingFilter, LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};
use thanhtra::domain::limits::{INDEX_MERGE_THREADS, INDEX_WRITER_HEAP_BYTES, INDEX_WRITER_THREADS};

use crate::meter::timed;
use crate::peers::corpus::Corpus;
use crate::peers::ours::folder_size;
use crate::peers::{Ask, CLIENTS, Client, Form, Found, PAGE, Side, Size};
use crate::world::World;

/// How words are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::peers) enum Analyser {
    /// tantivy's own default.
    Default,
    /// The same, with marks folded away.
    Folded,
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    id: Field,
    title: Field,
    text: Field,
    facet: Field,
    words: Field,
}

/// An index with the rows in it.
pub(in crate::peers) struct Plain {
    analyser: Analyser,
    fields: Fields,
    index: Index,
    seconds: Option<f64>,
    size: Size,
}

impl Analyser {
    pub(in crate::peers) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Folded => "folded",
        }
    }
}

impl Plain {
    /// The index in the world's folder, made when it is not there.
    pub(in crate::peers) fn open(corpus: &Corpus, world: &World, analyser: Analyser) -> anyhow::Result<Self> {
        let folder = world.path(&format!("peers-plain-{}-{}", analyser.name(), corpus.dataset));
        let (schema, fields) = schema(analyser);
        let mut seconds = None;
        if !folder.is_dir() {
            let aside = world.path("peers-plain.part");
            if aside.is_dir() {
                fs::remove_dir_all(&aside)?;
            }
            seconds = Some(timed(|| fill(&aside, schema, fields, corpus))?.0);
            fs::rename(&aside, &folder)?;
        }
        let index = opened(Index::open_in_dir(&folder)?);
        Ok(Self { analyser, fields, index, seconds, size: folder_size(&folder)? })
    }

    /// The side.
    pub(in crate::peers) fn side(&self) -> anyhow::Result<Side<'_>> {
        let searcher = self.index.reader()?.searcher();
        let client = || {
            let (plain, searcher) = (self, searcher.clone());
            Box::new(PlainClient { plain, searcher }) as Box<dyn Client>
        };
        let name = match self.analyser {
            Analyser::Default => "bare tantivy",
            Analyser::Folded => "bare tantivy, folded",
        };
        let clients = (0..CLIENTS).map(|_| client()).collect();
        Ok(Side { name, seconds: self.seconds, size: self.size, is_inside: true, clients })
    }
}

fn schema(analyser: Analyser) -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer(analyser.name())
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        title: builder.add_text_field("title", STORED),
        text: builder.add_text_field("text", STORED),
        facet: builder.add_text_field("facet", STRING | FAST),
        words: builder.add_text_field("words", TextOptions::default().set_indexing_options(words)),
    };
    (builder.build(), fields)
}

fn opened(index: Index) -> Index {
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build();
    index.tokenizers().register(Analyser::Folded.name(), folded);
    index
}

fn fill(folder: &Path, schema: Schema, fields: Fields, corpus: &Corpus) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let index = opened(Index::create_in_dir(folder, schema)?);
    let options = IndexWriterOptions::builder()
        .num_worker_threads(INDEX_WRITER_THREADS)
        .memory_budget_per_thread(INDEX_WRITER_HEAP_BYTES / INDEX_WRITER_THREADS)
        .num_merge_threads(INDEX_MERGE_THREADS)
        .build();
    let mut writer: IndexWriter = index.writer_with_options(options)?;
    for row in corpus.read()? {
        let row = row?;
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, &row.id);
        document.add_text(fields.title, &row.title);
        document.add_text(fields.text, &row.text);
        document.add_text(fields.facet, &row.facet);
        [&row.title, &row.text, &row.rest].iter().for_each(|text| document.add_text(fields.words, text));
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

struct PlainClient<'a> {
    plain: &'a Plain,
    searcher: Searcher,
}

impl PlainClient<'_> {
    fn terms(&self, text: &str) -> anyhow::Result<Vec<Term>> {
        let words = self.plain.fields.words;
        let mut analyser = self.plain.index.tokenizer_for_field(words)?;
        let mut terms = Vec::new();
        analyser
            .token_stream(text)
            .process(&mut |token| terms.push(Term::from_field_text(words, &token.text)));
        Ok(terms)
    }

    fn query(&self, ask: &Ask) -> anyhow::Result<Box<dyn Query>> {
        let bag = |text: &str, occur: Occur| -> anyhow::Result<Box<dyn Query>> {
            let term = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>;
            let clauses: Vec<(Occur, Box<dyn Query>)> =
                self.terms(text)?.into_iter().map(|word| (occur, term(word))).collect();
            Ok(Box::new(BooleanQuery::new(clauses)))
        };
        Ok(match ask {
            Ask::All(words, _) | Ask::Faceted(words) => bag(words, Occur::Must)?,
            Ask::Phrase(words) => Box::new(PhraseQuery::new(self.terms(words)?)),
            Ask::Prefix(start) => {
                let term = self.terms(start)?.into_iter().next().context("a word's start")?;
                let value = term.value();
                let pattern = format!("{}.*", value.as_str().context("a text")?);
                Box::new(RegexQuery::from_pattern(&pattern, self.plain.fields.words)?)
            }
            Ask::Question(text) => bag(text, Occur::Should)?,
        })
    }
}

impl Client for PlainClient<'_> {
    fn ask(&mut self, ask: &Ask, form: Form) -> anyhow::Result<Found> {
        let query = self.query(ask)?;
        let limit = if let Ask::All(_, limit) = ask { *limit } else { PAGE };
        let best = TopDocs::with_limit(limit).order_by_score();
        let (total, best) = match ask {
            Ask::Faceted(_) => {
                let wanted: Aggregations = serde_json::from_value(
                    json!({ "facet": { "terms": { "field": "facet", "size": 100 } } }),
                )?;
                let counts = AggregationCollector::from_aggs(wanted, Default::default());
                let (total, best, _) = self.searcher.search(&query, &(Count, best, counts))?;
                (total, best)
            }
            _ => self.searcher.search(&query, &(Count, best))?,
        };
        let mut ids = Vec::with_capacity(best.len());
        for (_, address) in best {
            if form == Form::Ids {
                ids.push(format!("{} {}", address.segment_ord, address.doc_id));
                continue;
            }
            let document: TantivyDocument = self.searcher.doc(address)?;
            let id = document.get_first(self.plain.fields.id).and_then(|value| value.as_str());
            ids.push(id.unwrap_or_default().to_owned());
        }
        Ok(Found { total: total as u64, ids })
    }
}
