//! `peers`: the same rows and the same questions, beside engines that an office could install instead.
//!
//! SQLite FTS5, PostgreSQL full text with unaccent, and tantivy alone with its default analyser; the same
//! with marks folded away, as ours has them, which finds as many rows. All are asked for the best rows
//! by their own relevance and the exact count, twice: with what is shown of a row (the short values; tantivy
//! alone unpacks all it stores), and for ids only. Nobody marks places. Ours is the whole engine: checks,
//! tables, history and sketches are in its indexing rate, its own ranking and its fields with their labels in
//! each answer, and a phrase finds its other writings too. A side that is slow is asked fewer times, and the
//! table says how many. A peer that is not installed is left out and named.

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

/// What comes with the best rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::peers) enum Form {
    /// What is stored of them.
    Rows,
    /// Which they are, and nothing else.
    Ids,
}

/// What a side answers.
#[derive(Debug, Clone, Default)]
pub(in crate::peers) struct Found {
    pub(in crate::peers) total: u64,
    pub(in crate::peers) ids: Vec<String>,
}

/// One connection; asked by one thread.
pub(in crate::peers) trait Client: Send {
    fn ask(&mut self, ask: &Ask, form: Form) -> anyhow::Result<Found>;
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
    /// Whether it answers in this thread, so that its processor time is known.
    pub(in crate::peers) is_inside: bool,
    pub(in crate::peers) clients: Vec<Box<dyn Client + 'a>>,
}

/// Clients that ask at once.
pub(in crate::peers) const CLIENTS: usize = 2;
/// Rows of a page.
pub(in crate::peers) const PAGE: usize = 10;

/// What of the bench is run.
pub(crate) struct Chosen<'a> {
    pub(crate) rounds: usize,
    /// Names of the sides beside ours; all when empty.
    pub(crate) sides: &'a [String],
    /// Kinds of questions; all when empty.
    pub(crate) kinds: &'a [String],
}

impl Chosen<'_> {
    fn has(&self, side: &str) -> bool {
        self.sides.is_empty() || self.sides.iter().any(|name| name == side)
    }

    fn asks(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|name| name == kind)
    }
}

/// Runs the bench.
pub(crate) fn run(world: &World, chosen: &Chosen<'_>, articles: Option<&Path>) -> anyhow::Result<()> {
    match articles {
        Some(file) if file.is_file() => set(&Corpus::articles(world, file)?, world, chosen, Some(file))?,
        Some(file) => println!("\nleft out: {} is not there", file.display()),
        None => println!("\nleft out: articles, no --articles FILE"),
    }
    if world.rows > 0 {
        set(&Corpus::petitions(world)?, world, chosen, None)?;
    }
    Ok(())
}

fn set(corpus: &Corpus, world: &World, chosen: &Chosen<'_>, judged: Option<&Path>) -> anyhow::Result<()> {
    let ours = ours::Ours::open(corpus, world)?;
    let sqlite = chosen.has("sqlite").then(|| sqlite::Sqlite::open(corpus, world)).transpose()?;
    let server = if chosen.has("postgres") { postgres::Server::start(corpus)? } else { None };
    if chosen.has("postgres") && server.is_none() {
        println!("\nleft out: PostgreSQL 15, neither it nor a user it may run as is here");
    }
    let bare = |analyser: plain::Analyser| {
        chosen.has(analyser.name()).then(|| plain::Plain::open(corpus, world, analyser)).transpose()
    };
    let (plain, folded) = (bare(plain::Analyser::Default)?, bare(plain::Analyser::Folded)?);
    let mut sides = vec![ours.side()?];
    sides.extend(sqlite.as_ref().map(sqlite::Sqlite::side).transpose()?);
    sides.extend(server.as_ref().map(postgres::Server::side).transpose()?);
    sides.extend(plain.as_ref().map(plain::Plain::side).transpose()?);
    sides.extend(folded.as_ref().map(plain::Plain::side).transpose()?);
    sizes(corpus, &sides);
    race::run(corpus, &mut sides, chosen)?;
    if let Some(file) = judged.filter(|_| chosen.asks("judged")) {
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
