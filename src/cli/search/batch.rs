//! `search --batch`: a list searched line by line, one line out for each line in.

use std::path::Path;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::cli::search::{Args, Shape};
use crate::definition::dataset::Dataset;
use crate::definition::labels::label;
use crate::domain::limits::SEARCH_BATCH_HITS_MAX;
use crate::engine::Engine;
use crate::engine::batch::{Batch, Line, LineError, Searched};
use crate::formats::Input;
use crate::search::request::{Answer, Hit, Request};
use crate::sql::encode::Format;

/// What parts ids and headlines in one cell.
const BETWEEN: &str = " | ";

impl Args {
    /// Searches `dataset` for each line of the list, in its column.
    pub(super) fn run_batch(
        &self,
        context: &Context,
        engine: &Engine,
        dataset: &Dataset,
        (file, column): (&Path, &str),
    ) -> Result<(), CliError> {
        let request = self.request(dataset)?;
        let batch = Batch {
            input: Input::Path(file),
            column,
            request: Request { limit: request.limit.min(SEARCH_BATCH_HITS_MAX), highlight: false, ..request },
            time: None,
            language: context.language,
        };
        let searched = engine.search_batch(&dataset.name, &batch, &context.scope)?;
        let format = match self.format {
            Shape::Table => Format::Table,
            Shape::Json => Format::Ndjson,
            Shape::Csv => Format::Csv,
        };
        rows::write(context, format, &[rows::batch(columns(context, dataset, &searched.lines))?])?;
        tell(context, &searched);
        Ok(())
    }
}

fn columns(context: &Context, dataset: &Dataset, lines: &[Line]) -> Vec<Column> {
    let found = |line: &Line| line.outcome.as_ref().ok().map(|answer| answer.total.value);
    let number = |number: u64| i64::try_from(number).ok();
    let reason = |error: &LineError| match label(error.code, context.language) {
        unknown if unknown == error.code => error.reason.clone(),
        told => told.to_owned(),
    };
    vec![
        Column::integers("line", lines.iter().map(|line| number(line.line))),
        Column::texts(
            "query",
            lines.iter().map(|line| Some(line.text.clone()).filter(|text| !text.is_empty())),
        ),
        Column::integers("total", lines.iter().map(|line| found(line).and_then(number))),
        Column::texts("ids", lines.iter().map(|line| joined(line, |hit| Some(hit.id.to_string())))),
        Column::texts("source_ids", lines.iter().map(|line| joined(line, |hit| Some(hit.source_id.clone())))),
        Column::texts("headlines", lines.iter().map(|line| joined(line, |hit| headline(dataset, hit)))),
        Column::texts("error", lines.iter().map(|line| line.outcome.as_ref().err().map(reason))),
    ]
}

fn joined(line: &Line, of: impl Fn(&Hit) -> Option<String>) -> Option<String> {
    let hits = line.outcome.as_ref().ok().map(|Answer { hits, .. }| hits).filter(|hits| !hits.is_empty())?;
    let parts: Vec<String> = hits.iter().map(|hit| of(hit).unwrap_or_default()).collect();
    Some(parts.join(BETWEEN))
}

fn headline(dataset: &Dataset, hit: &Hit) -> Option<String> {
    rows::cell(hit.fields.get(dataset.headline.as_ref()?)?)
}

fn tell(context: &Context, searched: &Searched) {
    let (lines, found) = (searched.lines.len(), |wanted: &dyn Fn(&Line) -> bool| {
        searched.lines.iter().filter(|line| wanted(line)).count().to_string()
    });
    let hits = found(&|line| line.outcome.as_ref().is_ok_and(|answer| answer.total.value > 0));
    let failed = found(&|line| line.outcome.is_err());
    let (lines, commit) = (lines.to_string(), searched.commit.to_string());
    let values = [("lines", lines.as_str()), ("found", &hits), ("failed", &failed), ("commit", &commit)];
    context.say("search.batch.done", &values);
}
