//! `similar`: records about what a record is about.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::domain::id::RecordId;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra similar VH2QKNQM2DVHXQ35JS --limit 10\nthanhtra similar PH2QKNQM2DVHXQ35JS --format json"
)]
pub(super) struct Args {
    id: String,
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let wrong =
            |_| CliError::Argument { given: self.id.clone(), expected: "an id such as `search` shows" };
        let id: RecordId = self.id.parse().map_err(wrong)?;
        let engine = context.reading()?;
        let related = engine.similar(id, self.limit, &context.scope)?;
        let snapshot = engine.snapshot()?;
        let headline = snapshot.dataset(&related.dataset)?.headline.clone();
        let hits = &related.answer.hits;
        let title = |hit: &crate::search::request::Hit| {
            let name = headline.as_ref()?;
            hit.fields.get(name)?.as_str().map(str::to_owned)
        };
        let columns = vec![
            Column::texts("id", hits.iter().map(|hit| Some(hit.id.to_string()))),
            Column::texts("source_id", hits.iter().map(|hit| Some(hit.source_id.clone()))),
            Column::numbers("score", hits.iter().map(|hit| f64::from(hit.score))),
            Column::texts("title", hits.iter().map(title)),
        ];
        let (count, commit) = (hits.len().to_string(), related.answer.commit.to_string());
        context.say("cli.similar.found", &[("count", &count), ("commit", &commit)]);
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}
