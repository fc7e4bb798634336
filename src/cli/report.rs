//! `report`: a statutory form filled for a period, as a workbook, a page or JSON.

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows;
use crate::domain::commit::CommitVersion;
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::form::Filled;
use crate::present::{form, xlsx};
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra report\n\
                  thanhtra report xld01 --period report:2026-Q1\n\
                  thanhtra report xld01 --period report:2026-Q1 --unit \"Thanh tra tỉnh Nghệ An\" --format xlsx --output xld01.xlsx\n\
                  thanhtra report kqgq01 --period 2026 --by province --format html --output kqgq01.html")]
pub(super) struct Args {
    form: Option<String>,
    #[arg(long, value_name = "PERIOD", default_value = "", hide_default_value = true)]
    period: String,
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    #[arg(long, value_name = "DIMENSION", default_value = "", hide_default_value = true)]
    by: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "N")]
    snapshot: Option<u64>,
    #[arg(long, value_name = "table|json|html|xlsx", default_value = "table", value_parser = wanted)]
    format: Wanted,
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Table,
    Json,
    Html,
    Workbook,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let Some(name) = &self.form else { return list(context, &engine) };
        let unit = self.unit.as_ref().map(|unit| format!("unit={unit}"));
        let filters = unit.iter().map(String::as_str).collect();
        let asked = Asked::read(&Typed { by: &self.by, filters, period: &self.period, ..Typed::default() })?;
        let snapshot = self.snapshot.map(CommitVersion);
        let asked = Asked { as_of: self.as_of, snapshot, ..asked };
        let filled = engine.form(name, &asked, &context.scope)?;
        self.tell(context, &filled);
        let language = context.language;
        let printed = filled.printed(language, &|code| format!("/receipts/{code}"));
        let bytes = match self.format {
            Wanted::Table => return table(context, &filled),
            Wanted::Json => format!("{}\n", filled.json(language)).into_bytes(),
            Wanted::Html => form::document(&printed, language).into_string().into_bytes(),
            Wanted::Workbook => xlsx::workbook_of_grids(&[form::grid(&printed, &filled.form().name)])
                .map_err(CliError::output("xlsx"))?,
        };
        self.write(context, &bytes)
    }

    fn tell(&self, context: &Context, filled: &Filled) {
        if !filled.form().is_compared {
            context.say("form.uncompared", &[("code", &filled.form().code)]);
        }
        for it in filled.checked().iter().filter(|it| !it.broken.is_empty()) {
            let count = it.broken.len().to_string();
            context.say("cli.report.broken", &[("identity", &it.identity.text()), ("count", &count)]);
        }
        let empty = filled.empty(context.language).into_iter();
        let empty: Vec<String> = empty.map(|(number, _)| number.to_string()).collect();
        if !empty.is_empty() {
            context.say("cli.report.empty", &[("columns", &empty.join(", "))]);
        }
    }

    fn write(&self, context: &Context, bytes: &[u8]) -> Result<(), CliError> {
        let Some(path) = &self.output else {
            if self.format == Wanted::Workbook && context.is_terminal() {
                return Err(CliError::OnTerminal { format: "xlsx" });
            }
            let mut output = context.stdout()?;
            return output.write_all(bytes).and_then(|()| output.flush()).map_err(CliError::output("stdout"));
        };
        std::fs::write(path, bytes).map_err(CliError::output(&path.display().to_string()))
    }
}

/// The forms there are.
fn list(context: &Context, engine: &crate::engine::Engine) -> Result<(), CliError> {
    let snapshot = engine.snapshot()?;
    let forms: Vec<_> = snapshot.catalog().forms().collect();
    let texts = |name: &str, of: &dyn Fn(&crate::definition::form::Form) -> String| {
        rows::Column::texts(name, forms.iter().map(|form| Some(of(form))))
    };
    let columns = vec![
        texts("form", &|form| form.name.clone()),
        texts("code", &|form| form.code.clone()),
        texts("circular", &|form| form.circular.clone()),
        texts("title", &|form| form.title.text(context.language).to_owned()),
    ];
    rows::write(context, Format::Table, &[rows::batch(columns)?])
}

/// A column a line: a terminal is not wide enough for the form.
fn table(context: &Context, filled: &Filled) -> Result<(), CliError> {
    let columns = &filled.form().columns;
    let code = |number| filled.figure(number, None).map(|figure| figure.code.clone());
    let numbers = columns.iter().map(|column| filled.number(column.number, None));
    let columns = vec![
        rows::Column::integers("MS", columns.iter().map(|column| Some(i64::from(column.number)))),
        rows::Column::texts("heads", columns.iter().map(|column| Some(column.heads.join(" – ")))),
        rows::Column::integers("value", numbers),
        rows::Column::texts("receipt", columns.iter().map(|column| code(column.number))),
    ];
    rows::write(context, Format::Table, &[rows::batch(columns)?])
}

fn wanted(name: &str) -> Result<Wanted, String> {
    match name {
        "table" => Ok(Wanted::Table),
        "json" => Ok(Wanted::Json),
        "html" => Ok(Wanted::Html),
        "xlsx" => Ok(Wanted::Workbook),
        _ => Err("table | json | html | xlsx".to_owned()),
    }
}
