//! `duplicates`: records whose text resembles that of a record or of a file, and all pairs of a dataset.

mod evaluate;
mod learn;
mod proposals;
mod review;
mod ruling;

use std::fs::File;
use std::io::{self, Read, Write};

use arrow::array::RecordBatch;
use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::domain::id::RecordId;
use crate::domain::limits::DOCX_BYTES_MAX;
use crate::duplicates::{Listed, Match, Pair, Relation};
use crate::engine::duplicates::Similar;
use crate::engine::papers::PETITIONS;
use crate::sql::SqlError;
use crate::sql::encode::{Encoder, Format};

#[derive(clap::Args)]
#[command(after_help = "thanhtra duplicates pairs petitions --min 0.8 --format csv")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Of(Of),
    OfText(OfText),
    Pairs(Pairs),
    Decide(ruling::Decide),
    Attach(ruling::Attach),
    Split(ruling::Split),
    Undo(ruling::Undo),
    Case(ruling::Case),
    Agreement(ruling::Agreement),
    Run(review::Run),
    Queue(review::Queue),
    Evidence(proposals::Evidence),
    Evaluate(evaluate::Evaluate),
    Learn(learn::Learn),
}

#[derive(clap::Args)]
#[command(after_help = "thanhtra duplicates of PH2QKNQM2DVHXQ35JS --min 0.5")]
struct Of {
    id: String,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra duplicates of-text don.txt\ncat don.txt | thanhtra duplicates of-text - --format json"
)]
struct OfText {
    file: String,
    #[arg(long, value_name = "NAME", default_value = "petitions")]
    dataset: String,
    #[command(flatten)]
    shown: Shown,
}

#[derive(clap::Args)]
#[command(after_help = "thanhtra duplicates pairs petitions --min 0.8 --format csv")]
struct Pairs {
    dataset: String,
    #[arg(long, value_name = "0..1", default_value = "0.8", value_parser = share)]
    min: f64,
    #[arg(long, value_name = "0..1", value_parser = share)]
    min_containment: Option<f64>,
    #[arg(long, value_name = "csv|json|ndjson|table|parquet|arrow", default_value = "csv", value_parser = rows::format)]
    format: Format,
}

#[derive(clap::Args)]
struct Shown {
    #[arg(long, value_name = "0..1", value_parser = share)]
    min: Option<f64>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

/// Least similarity of records that are not judged by more than their words, when none is given.
const MIN: f64 = 0.5;
/// Pairs that are written together.
const PAIRS_PER_BATCH: usize = 1_024;

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match &self.what {
            What::Of(of) => of.run(context),
            What::OfText(of) => of.run(context),
            What::Pairs(pairs) => pairs.run(context),
            What::Decide(args) => args.run(context),
            What::Attach(args) => args.run(context),
            What::Split(args) => args.run(context),
            What::Undo(args) => args.run(context),
            What::Case(args) => args.run(context),
            What::Agreement(args) => args.run(context),
            What::Run(args) => args.run(context),
            What::Queue(args) => args.run(context),
            What::Evidence(args) => args.run(context),
            What::Evaluate(evaluate) => evaluate.run(context),
            What::Learn(learn) => learn.run(context),
        }
    }
}

impl Of {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let wrong =
            |_| CliError::Argument { given: self.id.clone(), expected: "an id such as `search` shows" };
        let id: RecordId = self.id.parse().map_err(wrong)?;
        let engine = context.reading()?;
        let Shown { min, format } = self.shown;
        if engine.snapshot()?.dataset(PETITIONS)?.letter == id.letter() {
            return proposals::write(context, format, min, &engine.proposals_of(id, &context.scope)?);
        }
        let similar = engine.duplicates_of(id, min.unwrap_or(MIN), &context.scope)?;
        self.shown.write(context, &similar)
    }
}

impl OfText {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let text = engine.letter_text(&bytes_of(&self.file)?)?;
        let Shown { min, format } = self.shown;
        if self.dataset == PETITIONS {
            return proposals::write(context, format, min, &engine.proposals_of_text(&text, &context.scope)?);
        }
        let similar = engine.duplicates_of_text(&self.dataset, &text, min.unwrap_or(MIN), &context.scope)?;
        self.shown.write(context, &similar)
    }
}

impl Shown {
    fn write(&self, context: &Context, similar: &Similar) -> Result<(), CliError> {
        let matches = &similar.matches;
        let of = |value: fn(&Match) -> f64| matches.iter().map(value);
        let columns = vec![
            Column::texts("id", matches.iter().map(|found| Some(found.id.to_string()))),
            Column::texts(
                "relation",
                matches.iter().map(|found| relation(context, self.format, found.relation)),
            ),
            Column::numbers("similarity", of(|found| found.similarity)),
            Column::numbers("containment", of(|found| found.containment)),
            Column::numbers("score", of(|found| found.score)),
        ];
        let (count, commit) = (matches.len().to_string(), similar.commit.to_string());
        context.say("cli.duplicates.found", &[("count", &count), ("commit", &commit)]);
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

impl Pairs {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        rows::refuse_terminal(context, self.format)?;
        let engine = context.reading()?;
        let mut encoder = Encoder::new(self.format, context.stdout()?);
        encoder.write(&self.batch(context, &[])?)?;
        let (mut held, mut count) = (Vec::new(), 0u64);
        let listed = Listed { min: self.min, min_containment: self.min_containment };
        let commit = engine.duplicate_pairs(&self.dataset, listed, &context.scope, &mut |pair| {
            held.push(pair);
            count += 1;
            if held.len() == PAIRS_PER_BATCH {
                encoder.write(&self.batch(context, &held)?)?;
                held.clear();
            }
            Ok(())
        })?;
        encoder.write(&self.batch(context, &held)?)?;
        encoder.finish()?.flush().map_err(CliError::output("stdout"))?;
        context
            .say("cli.duplicates.found", &[("count", &count.to_string()), ("commit", &commit.to_string())]);
        Ok(())
    }

    fn batch(&self, context: &Context, pairs: &[Pair]) -> Result<RecordBatch, SqlError> {
        let of = |value: fn(&Pair) -> f64| pairs.iter().map(value);
        rows::batch(vec![
            Column::texts("id_a", pairs.iter().map(|pair| Some(pair.id_a.to_string()))),
            Column::texts("id_b", pairs.iter().map(|pair| Some(pair.id_b.to_string()))),
            Column::texts("relation", pairs.iter().map(|pair| relation(context, self.format, pair.relation))),
            Column::numbers("similarity", of(|pair| pair.similarity)),
            Column::numbers("containment", of(|pair| pair.containment)),
            Column::numbers("score", of(|pair| pair.score)),
        ])
    }
}

/// People read the words, programs the code.
fn relation(context: &Context, format: Format, relation: Relation) -> Option<String> {
    Some(match format {
        Format::Table => label(&format!("relation.{}", relation.code()), context.language).to_owned(),
        _ => relation.code().to_owned(),
    })
}

fn bytes_of(file: &str) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = match file {
        "-" => io::stdin().take(DOCX_BYTES_MAX).read_to_end(&mut bytes),
        path => File::open(path).and_then(|opened| opened.take(DOCX_BYTES_MAX).read_to_end(&mut bytes)),
    };
    read.map_err(CliError::input(file))?;
    Ok(bytes)
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.replace(',', ".").parse::<f64>().ok();
    share.filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "0 … 1".to_owned())
}
