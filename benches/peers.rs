//! `peers`: the same rows and the same questions, beside engines that an office could install instead.
//!
//! SQLite FTS5, PostgreSQL full text with unaccent, and tantivy alone with its default analyser; the same
//! with marks folded away, as ours has them, which finds as many rows. All are asked for the best rows
//! by their own relevance, what is stored of them, and the exact count; nobody marks places. Ours is the
//! whole engine: checks, tables, history and sketches are in its indexing rate, its own ranking and its
//! fields with their labels in each answer. A peer that is not installed is left out and named.

mod corpus;
mod ours;
mod plain;
mod postgres;
mod quality;
mod race;
mod sqlite;
mod wire;

use std::path::Path;

use crate::peers::corpus::Corpus;
use crate::table::{Table, grouped, mib, times};
use crate::world::World;

/// What is asked.
#[derive(Debug, Clone)]
pub(in crate::peers) enum Ask {
    /// The best so many rows that have all words.
    All(&'static str, usize),
    /// The best ten that have the words side by side.
    Phrase(&'static str),
    /// The best ten that have a word which begins so.
    Prefix(&'static str),
    /// The best ten that have all words, and the counts of one column over all that match.
    Faceted(&'static str),
    /// The best ten for a question in whole sentences: any word will do.
    Question(String),
}

/// What a side answers.
#[derive(Debug, Clone, Default)]
pub(in crate::peers) struct Found {
    pub(in crate::peers) total: u64,
    pub(in crate::peers) ids: Vec<String>,
}

/// One connection; asked by one thread.
pub(in crate::peers) trait Client: Send {
    fn ask(&mut self, ask: &Ask) -> anyhow::Result<Found>;
}

/// Bytes on disk.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::peers) struct Size {
    /// What is needed to match and to rank.
    pub(in crate::peers) index: u64,
    /// What is kept to be shown.
    pub(in crate::peers) store: u64,
}

/// An engine with all rows in it.
pub(in crate::peers) struct Side<'a> {
    pub(in crate::peers) name: &'static str,
    /// Seconds that indexing took; none when an index made before was used.
    pub(in crate::peers) seconds: Option<f64>,
    pub(in crate::peers) size: Size,
    pub(in crate::peers) clients: Vec<Box<dyn Client + 'a>>,
}

/// Clients that ask at once.
pub(in crate::peers) const CLIENTS: usize = 2;
/// Rows of a page.
pub(in crate::peers) const PAGE: usize = 10;

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize, articles: Option<&Path>) -> anyhow::Result<()> {
    match articles {
        Some(file) if file.is_file() => set(&Corpus::articles(world, file)?, world, rounds, Some(file))?,
        Some(file) => println!("\nleft out: {} is not there", file.display()),
        None => println!("\nleft out: articles, no --articles FILE"),
    }
    if world.rows > 0 {
        set(&Corpus::petitions(world)?, world, rounds, None)?;
    }
    Ok(())
}

fn set(corpus: &Corpus, world: &World, rounds: usize, judged: Option<&Path>) -> anyhow::Result<()> {
    let ours = ours::Ours::open(corpus, world)?;
    let sqlite = sqlite::Sqlite::open(corpus, world)?;
    let server = postgres::Server::start(corpus)?;
    let plain = plain::Plain::open(corpus, world, plain::Analyser::Default)?;
    let folded = plain::Plain::open(corpus, world, plain::Analyser::Folded)?;
    let mut sides = vec![ours.side()?, sqlite.side()?];
    match &server {
        Some(server) => sides.push(server.side()?),
        None => println!("\nleft out: PostgreSQL 15, neither it nor a user it may run as is here"),
    }
    sides.extend([plain.side()?, folded.side()?]);
    sizes(corpus, &sides);
    race::run(corpus, &mut sides, rounds)?;
    if let Some(file) = judged {
        quality::run(&mut sides, file)?;
    }
    Ok(())
}

fn sizes(corpus: &Corpus, sides: &[Side<'_>]) {
    let title =
        format!("peers, {}: {} rows, {} of text", corpus.name, grouped(corpus.rows), mib(corpus.text_bytes));
    let names =
        ["side", "seconds to index", "rows/s", "index", "store", "index to text", "with store to text"];
    let mut table = Table::new(&title, &names);
    for side in sides {
        let (index, store) = (side.size.index, side.size.store);
        let share = |bytes: u64| times(bytes as f64 / corpus.text_bytes.max(1) as f64);
        let seconds = side.seconds.map_or("kept".to_owned(), |seconds| format!("{seconds:.1}"));
        let rate =
            side.seconds.map_or(String::new(), |seconds| grouped((corpus.rows as f64 / seconds) as u64));
        table.row([
            side.name.to_owned(),
            seconds,
            rate,
            mib(index),
            mib(store),
            share(index),
            share(index + store),
        ]);
    }
    table.print();
}
