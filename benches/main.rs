//! Benches: how fast, and against what, in one run.
//!
//! `cargo bench --bench benches -- NAME [--rows N] [--rounds N] [--dir FOLDER] [--articles FILE]`, where
//! NAME is `ingest`, `update`, `search`, `start`, `sql`, `sketch`, `detection` or `all`; `peers` sets the
//! search beside other engines and runs only when it is named, as do `duplicates-templates`,
//! `duplicates-articles`, `duplicates-speed` and `duplicates-growth` (`--sizes N,N`). Seconds on a shared machine are noise; what is
//! meant to be read are the ratios, taken from alternating rounds of one run, the row counts and the peak
//! of anonymous memory. Measured sides that hold much memory run as processes of their own (`round`), and
//! this program is also its own SQL worker (`worker sql`). With `--dir` the data and the store stay there
//! and are used again.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod bare;
mod detection;
mod duplicates;
mod ingest;
mod meter;
mod metrics;
mod peers;
mod queries;
mod search;
mod sketch;
mod sql;
mod start;
mod table;
mod update;
mod world;

use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::world::World;

/// Names in the order in which `all` runs them; `update` changes the store and so comes last.
const NAMES: [&str; 7] = ["detection", "sketch", "ingest", "start", "search", "sql", "update"];
/// Not one of `all`: it needs other programs and much time.
const PEERS: &str = "peers";
const ROWS_DEFAULT: u64 = 20_000;
const ROUNDS_DEFAULT: usize = 3;
/// Letters at which `duplicates-growth` measures.
const SIZES_DEFAULT: [usize; 3] = [10_000, 20_000, 40_000];
/// Real texts that detection must leave as they are, where they are there.
const ARTICLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/legal/articles.jsonl.zst");

/// What is asked for.
struct Options {
    names: Vec<String>,
    rows: u64,
    rounds: usize,
    folder: Option<PathBuf>,
    articles: PathBuf,
    sizes: Vec<usize>,
    sides: Vec<String>,
    kinds: Vec<String>,
}

fn main() -> anyhow::Result<ExitCode> {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["worker", "sql"] => {
            let stdout = std::io::stdout().as_fd().try_clone_to_owned()?;
            Ok(thanhtra::sql::worker::run(std::io::stdin(), File::from(stdout)))
        }
        ["round", side, file, folder] => {
            println!("{}", ingest::round(side, Path::new(file), Path::new(folder))?);
            Ok(ExitCode::SUCCESS)
        }
        words => run(&Options::read(words)?),
    }
}

impl Options {
    fn read(words: &[&str]) -> anyhow::Result<Self> {
        let mut options = Self {
            names: Vec::new(),
            rows: ROWS_DEFAULT,
            rounds: ROUNDS_DEFAULT,
            folder: None,
            articles: ARTICLES.into(),
            sizes: SIZES_DEFAULT.to_vec(),
            sides: Vec::new(),
            kinds: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match *word {
                "--bench" => {}
                "--rows" => options.rows = value()?.replace(['_', ','], "").parse()?,
                "--rounds" => options.rounds = value()?.parse::<usize>()?.max(1),
                "--articles" => options.articles = PathBuf::from(value()?),
                "--sizes" => {
                    let sizes = value()?.split(',').map(|size| size.replace('_', "").parse());
                    options.sizes = sizes.collect::<Result<_, _>>()?;
                }
                "--sides" => options.sides = value()?.split(',').map(str::to_owned).collect(),
                "--kinds" => options.kinds = value()?.split(',').map(str::to_owned).collect(),
                "--dir" => options.folder = Some(PathBuf::from(value()?)),
                "all" => options.names.extend(NAMES.map(str::to_owned)),
                name if name == PEERS
                    || name == metrics::NAME
                    || NAMES.contains(&name)
                    || duplicates::NAMES.contains(&name) =>
                {
                    options.names.push(name.to_owned());
                }
                other => {
                    let names = [&NAMES[..], &duplicates::NAMES[..]].concat().join(", ");
                    bail!("no bench `{other}`; there are {names}, {PEERS}, {} and all", metrics::NAME)
                }
            }
        }
        if options.names.is_empty() {
            options.names.extend(NAMES.map(str::to_owned));
        }
        Ok(options)
    }
}

fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let world = World::open(options.rows, options.folder.clone())?;
    for name in &options.names {
        match name.as_str() {
            "detection" => detection::run(&options.articles)?,
            "sketch" => sketch::run(&world, options.rounds)?,
            "ingest" => ingest::run(&world, options.rounds)?,
            "start" => start::run(&world, options.rounds)?,
            "search" => search::run(&world, options.rounds)?,
            "sql" => sql::run(&world, options.rounds)?,
            metrics::NAME => metrics::run(&world, options.rounds)?,
            PEERS => {
                let (sides, kinds) = (options.sides.as_slice(), options.kinds.as_slice());
                let chosen = peers::Chosen { rounds: options.rounds, sides, kinds };
                peers::run(&world, &chosen, Some(&options.articles))?;
            }
            "update" => update::run(&world)?,
            name => {
                let given = (options.rounds, options.articles.as_path(), options.sizes.as_slice());
                duplicates::run(name, &world, given)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
