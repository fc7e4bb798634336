//! `ingest`: files in, each one commit; the counts of all of them are the last line of data.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::domain::commit::CommitVersion;
use crate::engine::Engine;
use crate::engine::ingest::{IngestOptions, IngestReport};
use crate::formats;
use crate::store::commit::Counts;

#[derive(clap::Args)]
#[command(after_help = "thanhtra ingest petitions don-thu-2025.xlsx --data kho\n\
                        thanhtra ingest tasks nhiem-vu.csv --map \"Đơn vị xử lý=unit\" --source vpubnd --rejects loi.csv\n\
                        thanhtra ingest readiness papi-2024.csv --unpivot --set edition=2024")]
pub(super) struct Args {
    dataset: String,
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[arg(long, value_name = "THEIRS=OURS", value_parser = mapping)]
    map: Vec<(String, String)>,
    #[arg(long, value_name = "NAME", default_value = "local")]
    source: String,
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    #[arg(long)]
    unpivot: bool,
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        if self.rejects.is_some() && self.files.len() > 1 {
            return Err(CliError::Together { first: "--rejects", second: "several files" });
        }
        let engine = context.writing(&context.place())?;
        let mut sum = Sum::default();
        let taken = self.files.iter().try_for_each(|file| {
            let report = self.take(context, &engine, file)?;
            sum.add(&report);
            Ok(())
        });
        engine.close()?;
        // Files before the refused one are committed, and their counts are still owed.
        if taken.is_ok() || sum.files > 0 {
            context.write_line(&sum.line(self.dry_run))?;
        }
        taken
    }

    fn take(&self, context: &Context, engine: &Engine, file: &Path) -> Result<IngestReport, CliError> {
        let name = file.display().to_string();
        let scratch = tempfile::tempdir().map_err(CliError::output("temporary folder"))?;
        let options = self.options(context, scratch.path());
        let watch = context.watch();
        let report = engine.ingest_file(&self.dataset, file, &options, watch.progress())?;
        drop(watch);
        tell(context, &name, &report, self.rejects.is_none() && self.dry_run);
        Ok(report)
    }

    fn options(&self, context: &Context, scratch: &Path) -> IngestOptions {
        // A dry run leaves nothing behind, so rejects nobody asked for go with the scratch folder.
        let unasked = || self.dry_run.then(|| scratch.join("rejects.csv"));
        IngestOptions {
            reading: formats::Options {
                map: self.map.clone(),
                set: self.set.clone(),
                source: self.source.clone(),
                unpivot: self.unpivot,
            },
            rejects: self.rejects.clone().or_else(unasked),
            language: context.language,
            dry_run: self.dry_run,
        }
    }
}

/// Counts of all files.
#[derive(Default)]
struct Sum {
    files: usize,
    counts: Counts,
    commit: CommitVersion,
}

impl Sum {
    fn add(&mut self, report: &IngestReport) {
        let (sum, counts) = (&mut self.counts, &report.counts);
        sum.read += counts.read;
        sum.inserted += counts.inserted;
        sum.updated += counts.updated;
        sum.unchanged += counts.unchanged;
        sum.rejected += counts.rejected;
        self.files += 1;
        self.commit = report.commit;
    }

    fn line(&self, dry_run: bool) -> serde_json::Value {
        let Counts { read, inserted, updated, unchanged, rejected } = self.counts;
        if dry_run {
            return json!({ "read": read, "rejected": rejected, "commit": self.commit, "dry_run": true });
        }
        json!({
            "read": read,
            "inserted": inserted,
            "updated": updated,
            "unchanged": unchanged,
            "rejected": rejected,
            "commit": self.commit,
        })
    }
}

/// What the counts alone do not say.
fn tell(context: &Context, file: &str, report: &IngestReport, are_rejects_dropped: bool) {
    let Counts { read, inserted, updated, unchanged, rejected } = report.counts;
    let counts = [read, inserted, updated, unchanged, rejected].map(|count| count.to_string());
    let [read, inserted, updated, unchanged, rejected] = &counts;
    context.say(
        "cli.ingest.done",
        &[
            ("file", file),
            ("read", read),
            ("inserted", inserted),
            ("updated", updated),
            ("unchanged", unchanged),
            ("rejected", rejected),
            ("commit", &report.commit.to_string()),
        ],
    );
    if !report.unmapped.is_empty() {
        context.say("cli.ingest.unmapped", &[("columns", &report.unmapped.join(", "))]);
    }
    if report.empty_cells > 0 {
        context.say("cli.ingest.empty_cells", &[("count", &report.empty_cells.to_string())]);
    }
    if !report.skipped_sheets.is_empty() {
        context.say("cli.ingest.skipped_sheets", &[("sheets", &report.skipped_sheets.join(", "))]);
    }
    match &report.rejects {
        Some(_) if are_rejects_dropped => context.say("cli.ingest.rejects_dropped", &[("count", rejected)]),
        Some(path) => context.say("cli.ingest.rejects", &[("path", &path.display().to_string())]),
        None => {}
    }
}

/// `theirs=ours`: their header may hold `=`, our column does not.
fn mapping(text: &str) -> Result<(String, String), String> {
    pair(text.rsplit_once('='))
}

/// `column=value`: the value may hold `=`.
fn setting(text: &str) -> Result<(String, String), String> {
    pair(text.split_once('='))
}

fn pair(split: Option<(&str, &str)>) -> Result<(String, String), String> {
    let (left, right) = split.filter(|(left, _)| !left.trim().is_empty()).ok_or("… = …")?;
    Ok((left.trim().to_owned(), right.trim().to_owned()))
}
