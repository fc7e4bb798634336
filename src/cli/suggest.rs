//! `suggest`: what a search text may go on with.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra suggest petitions \"thu h\"\nthanhtra suggest petitions \"so tai\" --limit 5 --format json"
)]
pub(super) struct Args {
    dataset: String,
    text: String,
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    #[arg(long, value_name = "table|csv|json|ndjson|arrow|parquet", value_parser = rows::format, default_value = "table")]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let snapshot = engine.snapshot()?;
        let dataset = snapshot.dataset(&self.dataset)?;
        let found = engine.suggest(&self.dataset, &self.text, self.limit, &context.scope)?.suggestions;
        let is_table = self.format == Format::Table;
        let heading = |name: &'static str, key: &'static str| {
            if is_table { label(key, context.language) } else { name }
        };
        let column = |name: &Option<String>| {
            let name = name.as_ref()?;
            let known = dataset.column(name).filter(|_| is_table);
            Some(known.map_or(name.as_str(), |column| column.label.text(context.language)).to_owned())
        };
        let columns = vec![
            Column::texts(
                heading("text", "search.suggest.text"),
                found.iter().map(|one| Some(one.text.clone())),
            ),
            Column::texts(
                heading("column", "search.suggest.column"),
                found.iter().map(|one| column(&one.column)),
            ),
            Column::texts(
                heading("value", "search.suggest.value"),
                found.iter().map(|one| one.value.clone()),
            ),
            Column::integers(
                heading("total", "search.facet.count"),
                found.iter().map(|one| i64::try_from(one.total).ok()),
            ),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}
