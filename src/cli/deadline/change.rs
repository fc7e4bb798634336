//! `deadline preview`, `adopt`, `changes`: what a change of rules or holidays moves, before it is taken, when it
//! is taken, and ever since.

use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows;
use crate::definition::labels::label;
use crate::domain::clock::Instant;
use crate::domain::language::Language;
use crate::engine::moved::{Adopted, Moved, Preview as Told, RulesFile};
use crate::sql::encode::Format;

#[derive(clap::Args)]
pub(super) struct Preview {
    #[arg(long, value_name = "FILE", required_unless_present_any = ["rules", "areas"])]
    calendar: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    areas: Vec<PathBuf>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

#[derive(clap::Args)]
pub(super) struct Adopt {
    file: PathBuf,
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(clap::Args)]
pub(super) struct Changes {
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Preview {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let files = self.calendar.iter().chain(&self.rules).chain(&self.areas);
        let files = files.map(|path| RulesFile::read(path)).collect::<Result<Vec<_>, _>>()?;
        let told = context.reading()?.preview_rules(&files, self.as_of, &context.scope)?;
        say(context, &told);
        rows::write(context, self.format, &[table(&told.moved, context.language)?])
    }
}

impl Adopt {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let file = RulesFile::read(&self.file)?;
        let engine = context.writing(&context.place())?;
        let adopted = engine.adopt_rules(&file, &self.by, context.watch().progress())?;
        let commit = engine.snapshot()?.version();
        engine.close()?;
        context.write_line(&json!({
            "file": adopted.file, "by": adopted.by, "before": adopted.before, "after": adopted.after,
            "moved": adopted.moved, "units": adopted.units, "commit": commit,
        }))
    }
}

impl Changes {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let all = context.reading()?.adopted_rules()?;
        let texts = |key: &str, of: &dyn Fn(&Adopted) -> Option<String>| {
            rows::Column::texts(label(key, context.language), all.iter().map(of))
        };
        let count = |count: usize| i64::try_from(count).ok();
        let columns = vec![
            texts("moved.at", &|it| Some(Instant(it.at).rfc3339())),
            texts("moved.by", &|it| Some(it.by.clone())),
            texts("moved.file", &|it| it.file.clone()),
            texts("moved.version_before", &|it| Some(it.before.clone())),
            texts("moved.version_after", &|it| Some(it.after.clone())),
            rows::Column::integers(
                label("moved.count", context.language),
                all.iter().map(|it| it.moved.and_then(count)),
            ),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

/// How many records move, then each unit's.
fn say(context: &Context, told: &Told) {
    let count = told.count().to_string();
    context.say("moved.told", &[("count", &count), ("before", &told.before), ("after", &told.after)]);
    for (unit, count) in &told.units {
        let unit = if unit.is_empty() { label("page.no_value", context.language) } else { unit.as_str() };
        context.say("moved.unit", &[("unit", unit), ("count", &count.to_string())]);
    }
    if told.is_cut {
        context.say("moved.cut", &[]);
    }
}

fn table(moved: &[Moved], language: Language) -> Result<arrow::array::RecordBatch, CliError> {
    let texts = |key: &str, of: &dyn Fn(&Moved) -> Option<String>| {
        rows::Column::texts(label(key, language), moved.iter().map(of))
    };
    let yes = |fact: bool| Some(label(if fact { "page.yes" } else { "page.no" }, language).to_owned());
    let becomes = |it: &Moved| match it.becomes.as_deref() {
        Some("late") => Some(label("moved.late", language).to_owned()),
        Some(_) => Some(label("moved.in_time", language).to_owned()),
        None => None,
    };
    Ok(rows::batch(vec![
        texts("moved.id", &|it| Some(it.id.clone())),
        texts("page.dataset", &|it| Some(it.dataset.clone())),
        texts("moved.of_unit", &|it| Some(it.unit.clone())),
        texts("moved.before", &|it| it.before.clone()),
        texts("moved.after", &|it| it.after.clone()),
        texts("moved.judges", &|it| yes(it.judges)),
        texts("moved.open", &|it| yes(it.open)),
        texts("moved.becomes", &becomes),
    ])?)
}
