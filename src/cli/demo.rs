//! `demo`: simulated data, a new store, and a server on it, in one step.
//!
//! Every dataset goes through the same door as a real file. The store is a new folder that is kept and
//! named; one that holds anything is refused, so that simulated records never join real ones.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::serve;
use crate::definition::labels::label;
use crate::demo::{BESIDE, DATASETS, PETITIONS_DEFAULT, Plan, SOURCE_SYSTEM};
use crate::domain::clock::{Clock, SystemClock};
use crate::engine::ingest::IngestOptions;
use crate::engine::{Engine, open};
use crate::formats;
use crate::rules::period::Period;

#[derive(clap::Args)]
#[command(after_help = "thanhtra demo\nthanhtra demo --petitions 2000 --seed 7 --data kho-thu --port 8080")]
pub(super) struct Args {
    #[arg(long, value_name = "N", default_value_t = PETITIONS_DEFAULT)]
    petitions: u64,
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    #[arg(long)]
    no_serve: bool,
}

/// File in the store that tells which simulated petitions are copies of which.
const TRUTH: &str = "demo-truth.ndjson";
/// File in the store that tells which simulated letters go round in circles.
const CIRCLES: &str = "demo-circles.ndjson";

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        // A port that is taken is told before the data is made, not after.
        let listener = if self.no_serve { None } else { Some(serve::listen_here(self.port)?) };
        let place = self.place(context)?;
        open::init(&place, &SystemClock)?;
        let engine = context.writing(&place)?;
        let plan = Plan::new(self.seed, self.petitions, SystemClock.today());
        let records = fill(context, &engine, plan)?;
        close_a_period(context, &engine, plan)?;
        let truth = engine.home().path_of(TRUTH);
        write_lines(&truth, plan.truth()).map_err(CliError::output(&truth.display().to_string()))?;
        let circles = engine.home().path_of(CIRCLES);
        write_lines(&circles, plan.circles()).map_err(CliError::output(&circles.display().to_string()))?;
        context.say("cli.demo.ready", &[("place", &place), ("records", &records.to_string())]);
        match listener {
            Some(listener) => serve::until_stopped(context, engine, listener),
            None => Ok(engine.close()?),
        }
    }

    /// The folder named on the command line, else a fresh one. A store of the environment is never meant:
    /// it may be a real one.
    fn place(&self, context: &Context) -> Result<String, CliError> {
        if let Some(place) = &context.named_place {
            return Ok(place.clone());
        }
        let fresh = tempfile::Builder::new().prefix("thanhtra-demo-").tempdir();
        let folder = fresh.map_err(CliError::output("temporary folder"))?.keep();
        Ok(folder.display().to_string())
    }
}

/// Freezes the last reporting quarter but one, then takes in what units report of it only now, so that there is
/// something to restate.
fn close_a_period(context: &Context, engine: &Engine, plan: Plan) -> Result<(), CliError> {
    let last = Period::last_quarter(plan.today);
    let Some(period) = last.and_then(|period| period.previous()) else { return Ok(()) };
    engine.freeze(&period, None, label("demo.closed_by", context.language))?;
    let mut lines = plan.corrections(period.from, period.to).peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    let scratch = tempfile::tempdir().map_err(CliError::output("temporary folder"))?;
    let file = scratch.path().join("bo-sung.ndjson");
    write_lines(&file, lines).map_err(CliError::output(&file.display().to_string()))?;
    let watch = context.watch();
    let report = engine.ingest_file("tasks", &file, &options(context, scratch.path()), watch.progress())?;
    drop(watch);
    let updated = report.counts.updated.to_string();
    context.say("cli.demo.closed", &[("period", &period.name), ("updated", &updated)]);
    Ok(())
}

/// Takes every simulated dataset in; how many records there are then.
fn fill(context: &Context, engine: &Engine, plan: Plan) -> Result<u64, CliError> {
    let scratch = tempfile::tempdir().map_err(CliError::output("temporary folder"))?;
    let mut records = 0;
    let first = DATASETS.into_iter().map(|dataset| (dataset, plan.lines(dataset)));
    let beside = BESIDE.into_iter().map(|dataset| (dataset, plan.beside(dataset)));
    for (dataset, lines) in first.chain(beside) {
        let Some(mut lines) = lines.map(Iterator::peekable) else { continue };
        // A small demo has no row of some datasets, and a file without any is refused.
        if lines.peek().is_none() {
            continue;
        }
        let file = scratch.path().join(format!("{dataset}.ndjson"));
        write_lines(&file, lines).map_err(CliError::output(&file.display().to_string()))?;
        let watch = context.watch();
        let report =
            engine.ingest_file(dataset, &file, &options(context, scratch.path()), watch.progress())?;
        drop(watch);
        records += report.counts.inserted;
        let inserted = report.counts.inserted.to_string();
        context.say("cli.demo.dataset", &[("dataset", dataset), ("inserted", &inserted)]);
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::debug!(%error, "the scratch folder takes the file with it");
        }
    }
    Ok(records)
}

fn options(context: &Context, scratch: &Path) -> IngestOptions {
    let reading = formats::Options {
        map: Vec::new(),
        set: Vec::new(),
        source: SOURCE_SYSTEM.to_owned(),
        unpivot: false,
        encoding: None,
    };
    let rejects: Option<PathBuf> = Some(scratch.join("rejects.csv"));
    IngestOptions { reading, rejects, language: context.language, dry_run: false }
}

fn write_lines(path: &Path, lines: impl Iterator<Item = String>) -> io::Result<()> {
    let mut file = BufWriter::new(File::create_new(path)?);
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.flush()
}
