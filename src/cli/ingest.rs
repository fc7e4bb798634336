//! `ingest`: files in, each one commit; the counts of all of them are the last line of data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::domain::commit::CommitVersion;
use crate::domain::conversion::Conversion;
use crate::engine::Engine;
use crate::engine::ingest::{IngestOptions, IngestReport};
use crate::formats;
use crate::store::commit::Counts;
use crate::text::legacy::Encoding;

#[derive(clap::Args)]
#[command(after_help = "thanhtra ingest petitions don-thu-2025.xlsx --data kho\n\
                        thanhtra ingest tasks nhiem-vu.csv --map \"Đơn vị xử lý=unit\" --source vpubnd --rejects loi.csv\n\
                        thanhtra ingest readiness papi-2024.csv --unpivot --set edition=2024\n\
                        thanhtra ingest petitions don-cu-2001.csv --encoding tcvn3 --dry-run")]
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
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<Asked>,
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
                encoding: self.encoding.and_then(|Asked(encoding)| encoding),
            },
            rejects: self.rejects.clone().or_else(unasked),
            language: context.language,
            dry_run: self.dry_run,
        }
    }
}

/// What `--encoding` says; nothing for `auto`.
#[derive(Debug, Clone, Copy)]
struct Asked(Option<Encoding>);

/// Counts of all files.
#[derive(Default)]
struct Sum {
    files: usize,
    counts: Counts,
    commit: CommitVersion,
    /// Files by the encoding of their bytes, where that was not UTF-8.
    encodings: BTreeMap<String, u64>,
    conversion: Conversion,
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
        let Conversion { encoding, rows, cells } = &report.conversion;
        if let Some(encoding) = encoding {
            *self.encodings.entry(encoding.clone()).or_default() += 1;
        }
        self.conversion.rows += rows;
        for (encoding, count) in cells {
            *self.conversion.cells.entry(encoding.clone()).or_default() += count;
        }
    }

    fn line(&self, dry_run: bool) -> serde_json::Value {
        let Counts { read, inserted, updated, unchanged, rejected } = self.counts;
        let mut line = if dry_run {
            json!({ "read": read, "rejected": rejected, "commit": self.commit, "dry_run": true })
        } else {
            json!({
            "read": read,
            "inserted": inserted,
            "updated": updated,
            "unchanged": unchanged,
            "rejected": rejected,
            "commit": self.commit,
            })
        };
        let Conversion { rows, cells, .. } = &self.conversion;
        if !self.encodings.is_empty() || !cells.is_empty() {
            line["converted"] = json!({ "files": self.encodings, "rows": rows, "cells": cells });
        }
        line
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
    tell_converted(context, file, &report.conversion);
    match &report.rejects {
        Some(_) if are_rejects_dropped => context.say("cli.ingest.rejects_dropped", &[("count", rejected)]),
        Some(path) => context.say("cli.ingest.rejects", &[("path", &path.display().to_string())]),
        None => {}
    }
}

fn tell_converted(context: &Context, file: &str, conversion: &Conversion) {
    if let Some(encoding) = &conversion.encoding {
        context.say("cli.ingest.encoding", &[("file", file), ("encoding", encoding)]);
    }
    if conversion.rows > 0 {
        let count: u64 = conversion.cells.values().sum();
        let cells = conversion.cells.iter().map(|(encoding, count)| format!("{encoding} {count}"));
        let encodings = cells.collect::<Vec<_>>().join(", ");
        let (count, rows) = (count.to_string(), conversion.rows.to_string());
        let words = [("count", count.as_str()), ("rows", &rows), ("encodings", &encodings)];
        context.say("cli.ingest.converted", &words);
    }
}

/// A name of an encoding, or `auto`.
fn encoding(text: &str) -> Result<Asked, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Asked(None));
    }
    let names = || Encoding::ALL.map(Encoding::name).join(", ");
    Encoding::named(text).map(|encoding| Asked(Some(encoding))).ok_or_else(|| format!("auto, {}", names()))
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
