//! SQLite FTS5: `unicode61` with `remove_diacritics 2` (which leaves đ), ranked by its bm25.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use rusqlite::{Connection, OpenFlags, params};

use crate::meter::timed;
use crate::peers::corpus::{Corpus, words};
use crate::peers::{Ask, CLIENTS, Client, Form, Found, PAGE, Side, Size};
use crate::world::World;

const SCHEMA: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -262144;
    CREATE VIRTUAL TABLE rows USING fts5(
        id UNINDEXED, title, text, rest, tokenize = \"unicode61 remove_diacritics 2\");
    CREATE TABLE facets(rowid INTEGER PRIMARY KEY, facet TEXT);";
const COUNT: &str = "SELECT count(*) FROM rows WHERE rows MATCH ?1";
const BEST: &str = "SELECT id, title, rest FROM rows WHERE rows MATCH ?1 ORDER BY rank LIMIT ?2";
const BEST_IDS: &str = "SELECT rowid FROM rows WHERE rows MATCH ?1 ORDER BY rank LIMIT ?2";
const FACETS: &str = "SELECT facet, count(*) FROM rows JOIN facets ON facets.rowid = rows.rowid
    WHERE rows MATCH ?1 GROUP BY facet";
const MAPPED_BYTES: i64 = 8 << 30;

/// A database file with the rows in it.
pub(in crate::peers) struct Sqlite {
    path: PathBuf,
    seconds: Option<f64>,
}

impl Sqlite {
    /// The database in the world's folder, made when it is not there.
    pub(in crate::peers) fn open(corpus: &Corpus, world: &World) -> anyhow::Result<Self> {
        let path = world.path(&format!("peers-{}.sqlite", corpus.dataset));
        if path.is_file() {
            return Ok(Self { path, seconds: None });
        }
        let aside = world.path("peers.sqlite.part");
        if aside.is_file() {
            fs::remove_file(&aside)?;
        }
        let mut connection = Connection::open(&aside)?;
        let (seconds, ()) = timed(|| fill(&mut connection, corpus))?;
        connection.close().map_err(|(_, error)| error)?;
        fs::rename(&aside, &path)?;
        Ok(Self { path, seconds: Some(seconds) })
    }

    /// The side.
    pub(in crate::peers) fn side(&self) -> anyhow::Result<Side<'_>> {
        let connection = self.connect()?;
        let pages = "SELECT sum(CASE WHEN name = 'rows_content' THEN pgsize ELSE 0 END), sum(pgsize)
            FROM dbstat";
        let (store, all): (i64, i64) =
            connection.query_row(pages, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let size = Size { index: u64::try_from(all - store)?, store: u64::try_from(store)? };
        let client = || Ok(Box::new(self.connect()?) as Box<dyn Client>);
        let clients = (0..CLIENTS).map(|_| client()).collect::<anyhow::Result<_>>()?;
        Ok(Side { name: "SQLite FTS5", seconds: self.seconds, size, is_inside: true, clients })
    }

    fn connect(&self) -> anyhow::Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        Ok(connection)
    }
}

fn fill(connection: &mut Connection, corpus: &Corpus) -> anyhow::Result<()> {
    connection.execute_batch(SCHEMA)?;
    let change = connection.transaction()?;
    {
        let mut add =
            change.prepare("INSERT INTO rows(rowid, id, title, text, rest) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let mut add_facet = change.prepare("INSERT INTO facets(rowid, facet) VALUES (?1, ?2)")?;
        for (number, row) in (1i64..).zip(corpus.read()?) {
            let row = row?;
            add.execute(params![number, row.id, row.title, row.text, row.rest])?;
            add_facet.execute(params![number, row.facet])?;
        }
    }
    change.commit()?;
    connection
        .execute_batch("INSERT INTO rows(rows) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

impl Client for Connection {
    fn ask(&mut self, ask: &Ask, form: Form) -> anyhow::Result<Found> {
        let quoted = |text: &str, between: &str| -> String {
            let words: Vec<String> = words(text).map(|word| format!("\"{word}\"")).collect();
            words.join(between)
        };
        let (query, limit) = match ask {
            Ask::All(words, limit) => (quoted(words, " AND "), *limit),
            Ask::Faceted(words) => (quoted(words, " AND "), PAGE),
            Ask::Phrase(words) => (format!("\"{words}\""), PAGE),
            Ask::Prefix(start) => (format!("\"{start}\"*"), PAGE),
            Ask::Question(text) => (quoted(text, " OR "), PAGE),
        };
        let limit = i64::try_from(limit)?;
        let ids = match form {
            Form::Rows => best(self, &query, limit)?,
            Form::Ids => {
                let mut best = self.prepare(BEST_IDS)?;
                let rows = best.query_map(params![query, limit], |row| row.get::<_, i64>(0))?;
                rows.map(|row| Ok(row?.to_string())).collect::<anyhow::Result<_>>()?
            }
        };
        if matches!(ask, Ask::Question(_)) {
            return Ok(Found { total: 0, ids });
        }
        let count: i64 = self.prepare(COUNT)?.query_row([&query], |row| row.get(0))?;
        if matches!(ask, Ask::Faceted(_)) {
            let mut facets = self.prepare(FACETS)?;
            let counts =
                facets.query_map([&query], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
            let counted: i64 = counts.map(|count| Ok(count?.1)).sum::<anyhow::Result<i64>>()?;
            anyhow::ensure!(counted == count, "facets and total differ");
        }
        Ok(Found { total: u64::try_from(count).context("a count below zero")?, ids })
    }
}

/// The best rows with what is shown of them.
fn best(connection: &Connection, query: &str, limit: i64) -> anyhow::Result<Vec<String>> {
    let mut best = connection.prepare(BEST)?;
    let rows = best.query_map(params![query, limit], |row| {
        let shown = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
        Ok((row.get::<_, String>(0)?, shown))
    })?;
    rows.map(|row| Ok(row?.0)).collect()
}
