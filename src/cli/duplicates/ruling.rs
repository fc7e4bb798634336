//! `duplicates decide | attach | split | undo | case | agreement`: what people decide, and what follows.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::domain::id::RecordId;
use crate::duplicates::relation::Proposed;
use crate::engine::ruling::{Author, Ruled, case_named, name_of};
use crate::engine::timeline::Moment;
use crate::sql::encode::Format;

#[derive(Args)]
#[command(
    after_help = "thanhtra duplicates decide PH2QKNQM2DVHXQ35JS P7… --relation resend --by \"Nguyễn Văn A\""
)]
pub(super) struct Decide {
    petition: String,
    earlier: String,
    #[arg(long, value_name = "RELATION", value_parser = relation)]
    relation: Proposed,
    #[command(flatten)]
    author: Who,
}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates attach P7… PX… --to VV-000000001-Y --by \"Nguyễn Văn A\"")]
pub(super) struct Attach {
    #[arg(required = true)]
    petitions: Vec<String>,
    #[arg(long, value_name = "CASE")]
    to: String,
    #[command(flatten)]
    author: Who,
}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates split P7… --by \"Nguyễn Văn A\" --reason \"khác thửa đất\"")]
pub(super) struct Split {
    #[arg(required = true)]
    petitions: Vec<String>,
    #[command(flatten)]
    author: Who,
}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates undo 12 --by \"Nguyễn Văn A\"")]
pub(super) struct Undo {
    ruling: u64,
    #[command(flatten)]
    author: Who,
}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates case VV-000000001-Y")]
pub(super) struct Case {
    case: String,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

#[derive(Args)]
#[command(after_help = "thanhtra duplicates agreement")]
pub(super) struct Agreement {
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

/// Who rules, and why.
#[derive(Args)]
struct Who {
    #[arg(long, value_name = "NAME")]
    by: String,
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl Who {
    fn author(&self) -> Author {
        Author { by: self.by.clone(), reason: self.reason.clone() }
    }
}

impl Decide {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let pair = (id(&self.petition)?, id(&self.earlier)?);
        let engine = context.writing(&context.place())?;
        told(context, &engine.decide(pair, self.relation, &self.author.author(), &context.scope)?)
    }
}

impl Attach {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let (petitions, to) = (ids(&self.petitions)?, case_named(&self.to)?);
        let engine = context.writing(&context.place())?;
        told(context, &engine.attach_to_case(&petitions, &to, &self.author.author(), &context.scope)?)
    }
}

impl Split {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let petitions = ids(&self.petitions)?;
        let engine = context.writing(&context.place())?;
        told(context, &engine.split_off(&petitions, &self.author.author(), &context.scope)?)
    }
}

impl Undo {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.writing(&context.place())?;
        told(context, &engine.undo_ruling(self.ruling, &self.author.author(), &context.scope)?)
    }
}

impl Case {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let case = case_named(&self.case)?;
        let file = context.reading()?.case_file(&case, &context.scope)?;
        let (count, commit) = (file.petitions_total.to_string(), file.commit.to_string());
        context.say(
            "cli.duplicates.case",
            &[("case", &name_of(&file.case)), ("count", &count), ("commit", &commit)],
        );
        let texts = |name: &str, of: &dyn Fn(&Moment) -> Option<String>| {
            Column::texts(name, file.timeline.iter().map(of))
        };
        let what = |moment: &Moment| match self.format {
            Format::Table => Some(label(&moment.what, context.language).to_owned()),
            _ => Some(moment.what.trim_start_matches("moment.").to_owned()),
        };
        let columns = vec![
            texts("on", &|moment| Some(moment.on.to_string())),
            texts("what", &what),
            texts("unit", &|moment| moment.unit.clone()),
            texts("paper", &|moment| moment.paper.clone()),
            texts("record", &|moment| moment.record.clone()),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

impl Agreement {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let found = context.reading()?.agreement()?;
        let count = |of: u64| Some(i64::try_from(of).unwrap_or(i64::MAX));
        let columns = vec![
            Column::texts("proposed", found.cells.iter().map(|cell| Some(cell.proposed.code().to_owned()))),
            Column::texts("decided", found.cells.iter().map(|cell| Some(cell.decided.code().to_owned()))),
            Column::integers("pairs", found.cells.iter().map(|cell| count(cell.pairs))),
        ];
        let (same, all) = (found.same().to_string(), found.all().to_string());
        context.say("cli.duplicates.agreement", &[("same", &same), ("all", &all)]);
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

fn told(context: &Context, ruled: &Ruled) -> Result<(), CliError> {
    let placed = ruled.ruling.placed.as_ref();
    let moved: Vec<String> =
        placed.iter().flat_map(|placed| placed.moved.iter().map(RecordId::to_string)).collect();
    context.write_line(&json!({
        "ruling": ruled.ruling.ordinal, "commit": ruled.commit,
        "case": placed.map(|placed| placed.number.to_string()), "moved": moved,
        "by": ruled.ruling.by,
    }))
}

fn ids(given: &[String]) -> Result<BTreeSet<RecordId>, CliError> {
    given.iter().map(|text| id(text)).collect()
}

pub(super) fn id(given: &str) -> Result<RecordId, CliError> {
    let wrong = |_| CliError::Argument { given: given.to_owned(), expected: "an id such as `search` shows" };
    given.parse().map_err(wrong)
}

pub(super) fn relation(code: &str) -> Result<Proposed, String> {
    Proposed::from_code(code).ok_or_else(|| Proposed::ALL.map(Proposed::code).join(" | "))
}
