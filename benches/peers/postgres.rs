//! PostgreSQL full text: its parser, `unaccent` then `simple`, a stored `tsvector`, a GIN index, `ts_rank`.
//!
//! A private server on a unix socket in a folder that goes away. It refuses to run as root, so that root
//! runs it as the user `postgres`.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::meter::timed;
use crate::peers::corpus::{Corpus, Row, words};
use crate::peers::wire::Wire;
use crate::peers::{Ask, CLIENTS, Client, Form, Found, PAGE, Side, Size};

const FOLDERS: [&str; 3] = ["/usr/lib/postgresql/15/bin", "/usr/local/bin", "/usr/bin"];
const USER: &str = "postgres";
const SOCKET: &str = ".s.PGSQL.5432";
const START_MAX: Duration = Duration::from_secs(60);
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "shared_buffers=1GB",
    "work_mem=256MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
    "jit=off",
];
const SCHEMA: &str = "CREATE EXTENSION unaccent;
    CREATE TEXT SEARCH CONFIGURATION vi (COPY = simple);
    ALTER TEXT SEARCH CONFIGURATION vi
        ALTER MAPPING FOR asciiword, word, numword, asciihword, hword, numhword, hword_asciipart,
            hword_part, hword_numpart WITH unaccent, simple;
    CREATE TABLE rows(id text, title text, body text, rest text, facet text, words tsvector
        GENERATED ALWAYS AS (to_tsvector('vi', title || ' ' || body || ' ' || rest)) STORED)";
/// `ts_rank` divided by one plus the logarithm of a row's length: of its ways the one that ranks law questions best.
const RANK: u8 = 1;
const SIZES: &str = "SELECT pg_relation_size('rows_words') + (SELECT sum(pg_column_size(words)) FROM rows),
    pg_total_relation_size('rows') - pg_relation_size('rows_words')
        - (SELECT sum(pg_column_size(words)) FROM rows)";

/// A server with the rows in it.
pub(in crate::peers) struct Server {
    child: Child,
    folder: TempDir,
    seconds: f64,
}

impl Server {
    /// Starts one and fills it; none where PostgreSQL is not installed.
    pub(in crate::peers) fn start(corpus: &Corpus) -> anyhow::Result<Option<Self>> {
        let programs = FOLDERS.iter().map(PathBuf::from);
        let programs = programs
            .into_iter()
            .find(|folder| ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file()));
        let (Some(programs), Some(runner)) = (programs, Runner::find()) else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        runner.give(folder.path())?;
        let data = folder.path().join("data");
        let made = runner
            .command(&programs.join("initdb"))
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--username"])
            .args([USER, "--pgdata"])
            .arg(&data)
            .current_dir(folder.path())
            .output()?;
        if !made.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        }
        let mut command = runner.command(&programs.join("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).current_dir(folder.path());
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut server = Self { child, folder, seconds: 0.0 };
        let mut wire = server.wait()?;
        server.seconds = timed(|| fill(&mut wire, corpus))?.0;
        Ok(Some(server))
    }

    /// The side.
    pub(in crate::peers) fn side(&self) -> anyhow::Result<Side<'_>> {
        let rows = self.connect()?.query(SIZES)?;
        let values = rows.into_iter().next().context("sizes")?;
        let mut sizes = values.into_iter().flatten().map(|value| value.parse::<u64>());
        let mut size = || sizes.next().context("a size");
        let size = Size { index: size()??, store: size()?? };
        let client = || Ok(Box::new(self.connect()?) as Box<dyn Client>);
        let clients = (0..CLIENTS).map(|_| client()).collect::<anyhow::Result<_>>()?;
        Ok(Side { name: "PostgreSQL 15", seconds: Some(self.seconds), size, is_inside: false, clients })
    }

    fn connect(&self) -> anyhow::Result<Wire> {
        Wire::connect(&self.folder.path().join(SOCKET), USER, USER)
    }

    fn wait(&mut self) -> anyhow::Result<Wire> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("PostgreSQL ended at once: {status}");
            }
            match self.connect() {
                Ok(wire) => return Ok(wire),
                Err(error) if began.elapsed() > START_MAX => return Err(error),
                Err(_) => sleep(Duration::from_millis(100)),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is its fast end: connections are dropped, files are closed.
        let id = self.child.id().to_string();
        if Command::new("kill").args(["-INT", &id]).status().is_ok() {
            let _ended = self.child.wait();
        }
    }
}

/// As whom the server runs.
enum Runner {
    Myself,
    Postgres { user: u32, group: u32 },
}

impl Runner {
    fn find() -> Option<Self> {
        if number(&["-u"])? != 0 {
            return Some(Self::Myself);
        }
        Some(Self::Postgres { user: number(&["-u", USER])?, group: number(&["-g", USER])? })
    }

    fn give(&self, folder: &Path) -> anyhow::Result<()> {
        match self {
            Self::Myself => Ok(()),
            Self::Postgres { user, group } => Ok(chown(folder, Some(*user), Some(*group))?),
        }
    }

    fn command(&self, program: &Path) -> Command {
        let Self::Postgres { user, group } = self else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
        command.arg(program);
        command
    }
}

fn number(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn fill(wire: &mut Wire, corpus: &Corpus) -> anyhow::Result<()> {
    wire.query(SCHEMA)?;
    let lines = corpus.read()?.map(|row| Ok(line(&row?)));
    wire.copy("COPY rows(id, title, body, rest, facet) FROM STDIN", lines)?;
    wire.query("CREATE INDEX rows_words ON rows USING gin(words)")?;
    wire.query("VACUUM ANALYZE rows")?;
    Ok(())
}

/// A row in COPY's text form.
fn line(row: &Row) -> String {
    let escaped = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\0' => {}
                letter => out.push(letter),
            }
        }
        out
    };
    let values = [&row.id, &row.title, &row.text, &row.rest, &row.facet].map(|value| escaped(value));
    format!("{}\n", values.join("\t"))
}

impl Client for Wire {
    /// One statement for all that is wanted, so that matching rows are found once. A question is not counted,
    /// which leaves the server free to rank with several workers.
    fn ask(&mut self, ask: &Ask, form: Form) -> anyhow::Result<Found> {
        let (function, text, limit) = match ask {
            Ask::All(words, limit) => ("plainto_tsquery", (*words).to_owned(), *limit),
            Ask::Faceted(words) => ("plainto_tsquery", (*words).to_owned(), PAGE),
            Ask::Phrase(words) => ("phraseto_tsquery", (*words).to_owned(), PAGE),
            Ask::Prefix(start) => ("to_tsquery", format!("{start}:*"), PAGE),
            Ask::Question(text) => return self.question(text),
        };
        let shown = if form == Form::Rows { "id, title, rest, facet" } else { "id" };
        let kept = if matches!(ask, Ask::Faceted(_)) && form == Form::Ids { "id, facet" } else { shown };
        let facets = match (ask, form) {
            (Ask::Faceted(_), Form::Rows) => {
                "UNION ALL (SELECT count(*), 'facet', facet, '', '' FROM m GROUP BY facet)"
            }
            (Ask::Faceted(_), Form::Ids) => "UNION ALL (SELECT count(*), facet FROM m GROUP BY facet)",
            _ => "",
        };
        let rows = self.query(&format!(
            "WITH m AS MATERIALIZED (SELECT {kept}, ts_rank(words, q, {RANK}) AS rank
                FROM rows, {function}('vi', '{text}') q WHERE words @@ q)
            (SELECT (SELECT count(*) FROM m), {shown} FROM m ORDER BY rank DESC LIMIT {limit}) {facets}"
        ))?;
        let total = rows.first().and_then(|row| row.first()?.as_ref()?.parse().ok()).unwrap_or_default();
        let ids = rows.into_iter().take(limit).filter_map(|row| row.into_iter().nth(1).flatten());
        Ok(Found { total, ids: ids.collect() })
    }
}

impl Wire {
    fn question(&mut self, text: &str) -> anyhow::Result<Found> {
        let any = words(text).collect::<Vec<_>>().join(" | ");
        let rows = self.query(&format!(
            "SELECT id FROM rows, to_tsquery('vi', '{any}') q WHERE words @@ q
                ORDER BY ts_rank(words, q, {RANK}) DESC LIMIT {PAGE}"
        ))?;
        Ok(Found {
            total: 0,
            ids: rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect(),
        })
    }
}
