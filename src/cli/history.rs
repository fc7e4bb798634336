//! `history`: the commits of the store, or every version of one record.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::domain::id::RecordId;
use crate::engine::Engine;
use crate::sql::encode::Format;
use crate::store::commit::{CommitRecord, Counts, Operation};

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra history --limit 5\nthanhtra history petitions 1726/2017 --source local --format json"
)]
pub(super) struct Args {
    #[arg(requires = "record")]
    dataset: Option<String>,
    record: Option<String>,
    #[arg(long, value_name = "NAME", default_value = "local")]
    source: String,
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        match (&self.dataset, &self.record) {
            (Some(dataset), Some(record)) => {
                let id = self.id(&engine, dataset, record)?;
                let versions = engine.history_of(id, &context.scope)?;
                rows::write(context, self.format, &versions.batches)
            }
            _ => {
                let commits = engine.commits(self.limit)?;
                rows::write(context, self.format, &[rows::batch(columns(&commits))?])
            }
        }
    }

    /// What was typed is an id of the dataset, or the key of a record in its source.
    fn id(&self, engine: &Engine, dataset: &str, record: &str) -> Result<RecordId, CliError> {
        let snapshot = engine.snapshot()?;
        let dataset = snapshot.dataset(dataset)?;
        let typed = record.parse::<RecordId>().ok().filter(|id| id.letter() == dataset.letter);
        Ok(typed.unwrap_or_else(|| dataset.id(&self.source, record)))
    }
}

fn columns(commits: &[CommitRecord]) -> Vec<Column> {
    let told: Vec<Told> = commits.iter().map(told).collect();
    let count = |name: &str, of: fn(&Counts) -> u64| {
        let counts = told.iter().map(|told| told.counts.as_ref().map(of));
        Column::integers(name, counts.map(|count| count.and_then(|count| i64::try_from(count).ok())))
    };
    vec![
        Column::integers("commit", commits.iter().map(|record| Some(record.commit.as_i64()))),
        Column::texts("at", commits.iter().map(|record| Some(record.at.rfc3339()))),
        Column::texts("operation", told.iter().map(|told| Some(told.operation.to_owned()))),
        Column::texts("dataset", told.iter().map(|told| told.dataset.clone())),
        Column::texts("file", told.iter().map(|told| told.file.clone())),
        count("read", |counts| counts.read),
        count("inserted", |counts| counts.inserted),
        count("updated", |counts| counts.updated),
        count("unchanged", |counts| counts.unchanged),
        count("rejected", |counts| counts.rejected),
    ]
}

/// What a commit did, as cells.
#[derive(Default)]
struct Told {
    operation: &'static str,
    dataset: Option<String>,
    file: Option<String>,
    counts: Option<Counts>,
}

fn told(record: &CommitRecord) -> Told {
    match &record.operation {
        Operation::Init => Told { operation: "init", ..Told::default() },
        Operation::Optimize => Told { operation: "optimize", ..Told::default() },
        Operation::Rebuild => Told { operation: "rebuild", ..Told::default() },
        Operation::Ingest { dataset, file, counts, .. } => Told {
            operation: "ingest",
            dataset: Some(dataset.clone()),
            file: Some(file.clone()),
            counts: Some(*counts),
        },
        Operation::Push { datasets } => {
            let names: Vec<&str> = datasets.keys().map(String::as_str).collect();
            let counts = datasets.values().fold(Counts::default(), |sum, counts| Counts {
                read: sum.read + counts.read,
                inserted: sum.inserted + counts.inserted,
                updated: sum.updated + counts.updated,
                unchanged: sum.unchanged + counts.unchanged,
                rejected: sum.rejected + counts.rejected,
            });
            Told { operation: "push", dataset: Some(names.join(" ")), file: None, counts: Some(counts) }
        }
    }
}
