//! `duplicates run | queue`: judges the whole store, and lists what waits for a person.

use clap::Args;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::duplicates::relation::Proposed;
use crate::engine::proposing::Waiting;
use crate::engine::review::Wanted;
use crate::sql::encode::Format;

#[derive(Args)]
#[command(after_help = "thanhtra duplicates run --data kho")]
pub(super) struct Run {}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates queue --relation resend --limit 20")]
pub(super) struct Queue {
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    #[arg(long, value_name = "RELATION", value_parser = super::ruling::relation)]
    relation: Option<Proposed>,
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Run {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.writing(&context.place())?;
        let run = engine.propose_all(context.watch().progress())?;
        engine.close()?;
        let (proposals, petitions) = (run.proposals.to_string(), run.petitions.to_string());
        let values = [
            ("proposals", proposals.as_str()),
            ("petitions", &petitions),
            ("commit", &run.commit.to_string()),
        ];
        context.say("cli.duplicates.proposed", &values);
        context.write_line(
            &json!({ "commit": run.commit, "petitions": run.petitions, "proposals": run.proposals }),
        )
    }
}

impl Queue {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let wanted = Wanted { unit: self.unit.clone(), relation: self.relation, skip: 0, limit: self.limit };
        let queue = context.reading()?.review(&wanted, &context.scope)?;
        let run = queue.run.map_or_else(|| "–".to_owned(), |run| run.to_string());
        context.say("cli.duplicates.waiting", &[("count", &queue.total.to_string()), ("commit", &run)]);
        let texts = |name: &str, of: &dyn Fn(&Waiting) -> Option<String>| {
            Column::texts(name, queue.pairs.iter().map(of))
        };
        let relation = |pair: &Waiting| {
            Some(match self.format {
                Format::Table => label(&format!("relation.{}", pair.relation), context.language).to_owned(),
                _ => pair.relation.clone(),
            })
        };
        let columns = vec![
            texts("later", &|pair| Some(pair.later.clone())),
            texts("earlier", &|pair| Some(pair.earlier.clone())),
            texts("relation", &relation),
            Column::numbers("score", queue.pairs.iter().map(|pair| pair.score)),
            Column::numbers("similarity", queue.pairs.iter().map(|pair| pair.similarity)),
            Column::numbers("containment", queue.pairs.iter().map(|pair| pair.containment)),
            texts("unit", &|pair| pair.unit.clone()),
            texts("received_on", &|pair| pair.received_on.clone()),
            texts("due_on", &|pair| pair.due_on.clone()),
            texts("later_title", &|pair| queue.titles.get(&pair.later).cloned()),
            texts("earlier_title", &|pair| queue.titles.get(&pair.earlier).cloned()),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}
