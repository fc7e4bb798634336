//! `start`: from nothing to the first answer, and to a writer that is ready.
//!
//! The files are in the system's cache, as after a restart of the server; the peer opens the same index
//! with tantivy alone and counts one word.

use tantivy::collector::Count;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Term};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::snapshot::index_folder;
use thanhtra::search::analyzer::tokenizers;
use thanhtra::search::request::Request;

use crate::meter::{median, timed};
use crate::table::{Table, grouped, millis, times};
use crate::world::{DATASET, World, open_reading, open_writing};

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let store = world.store()?;
    let (mut reading, mut writing, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let request = Request { text: "khiếu nại".to_owned(), limit: 10, ..Request::default() };
    for _ in 0..rounds.max(5) {
        let (seconds, engine) = timed(|| {
            let engine = open_reading(&store)?;
            engine.search(DATASET, &request, &Scope::everything())?;
            Ok(engine)
        })?;
        reading.push(seconds);
        let snapshot = engine.snapshot()?;
        let state = snapshot.record().indexes.get(DATASET);
        let generation = state.map(|state| state.generation.clone()).unwrap_or_default();
        let folder = index_folder(engine.home(), DATASET, &generation);
        bare.push(timed(|| first_count(&folder))?.0);
        let (seconds, engine) = timed(|| {
            let engine = open_writing(&store)?;
            engine.search(DATASET, &request, &Scope::everything())?;
            Ok(engine)
        })?;
        writing.push(seconds);
        engine.close()?;
    }
    let title = format!("start: store of {} petitions, {} rounds in turn", grouped(world.rows), bare.len());
    let mut table = Table::new(&title, &["what", "time", "against bare"]);
    let peer = median(bare);
    let sides = [
        ("open for reading and first search", median(reading)),
        ("open for writing, recovered, and first search", median(writing)),
        ("bare tantivy: open and first count", peer),
    ];
    for (what, seconds) in sides {
        table.row([what.to_owned(), millis(seconds), times(seconds / peer)]);
    }
    table.print();
    Ok(())
}

fn first_count(folder: &std::path::Path) -> anyhow::Result<usize> {
    let mut index = Index::open_in_dir(folder)?;
    index.set_tokenizers(tokenizers());
    let words = index.schema().get_field("_open_words")?;
    let query = TermQuery::new(Term::from_field_text(words, "khieu"), IndexRecordOption::WithFreqs);
    Ok(index.reader()?.searcher().search(&query, &Count)?)
}
