//! `scorecard`: points of units by a formula, or the lines of one unit with what it says to them.

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows;
use crate::definition::labels::label;
use crate::domain::commit::CommitVersion;
use crate::engine::Engine;
use crate::metrics::ask::{Asked, Typed};
use crate::metrics::scorecard::{Score, Scored, written};
use crate::metrics::written::shown;
use crate::present::number::day;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra scorecard\n\
                  thanhtra scorecard unit --period report:2026-Q1\n\
                  thanhtra scorecard unit --period 2017-Q4 --as-of 2017-12-13 --unit \"Sở Nội vụ\"\n\
                  thanhtra scorecard unit --period 2026-Q1 --format csv > bang-diem.csv")]
pub(super) struct Args {
    name: Option<String>,
    #[arg(long, value_name = "PERIOD", default_value = "", hide_default_value = true)]
    period: String,
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "N")]
    snapshot: Option<u64>,
    #[arg(long, value_name = "table|json|csv", default_value = "table", value_parser = wanted)]
    format: Wanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Table,
    Json,
    Csv,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let Some(name) = &self.name else { return list(context, &engine) };
        let asked = Asked::read(&Typed { period: &self.period, ..Typed::default() })?;
        let asked = Asked { as_of: self.as_of, snapshot: self.snapshot.map(CommitVersion), ..asked };
        let scored = engine.scorecard(name, &asked, self.unit.as_deref(), &context.scope)?;
        tell(context, &scored);
        match self.format {
            Wanted::Json => context.write_line(&scored.json(context.language)),
            Wanted::Csv => rows::write(context, Format::Csv, &[scored.batch()?]),
            Wanted::Table if scored.unit().is_some() => of_unit(context, &scored),
            Wanted::Table => units(context, &scored),
        }
    }
}

/// Whose convention the formula is, and what the figures are of.
fn tell(context: &Context, scored: &Scored) {
    let (formula, language) = (scored.formula(), context.language);
    let as_of = scored.inputs().map_or_else(String::new, |inputs| day(inputs.as_of, language));
    let values = [
        ("title", formula.title.text(language).to_owned()),
        ("version", formula.version.to_string()),
        ("statement", formula.statement.text(language).to_owned()),
        ("period", scored.period().name.clone()),
        ("as_of", as_of),
    ];
    context.say("cli.scorecard.about", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
}

/// The formulas there are.
fn list(context: &Context, engine: &Engine) -> Result<(), CliError> {
    let snapshot = engine.snapshot()?;
    let formulas: Vec<_> = snapshot.catalog().scorecards().collect();
    let columns = vec![
        rows::Column::texts("scorecard", formulas.iter().map(|formula| Some(formula.name.clone()))),
        rows::Column::integers("version", formulas.iter().map(|formula| Some(i64::from(formula.version)))),
        rows::Column::texts(
            "valid_from",
            formulas.iter().map(|formula| Some(formula.valid_from.to_string())),
        ),
        rows::Column::texts(
            "title",
            formulas.iter().map(|formula| Some(formula.title.text(context.language).to_owned())),
        ),
    ];
    rows::write(context, Format::Table, &[rows::batch(columns)?])
}

fn units(context: &Context, scored: &Scored) -> Result<(), CliError> {
    let language = context.language;
    let scores = scored.scores();
    let name = |key: &str| label(key, language).to_owned();
    let columns = vec![
        rows::Column::texts(&name("score.group"), scores.iter().map(|score| Some(score.group.clone()))),
        rows::Column::texts(&name("score.unit"), scores.iter().map(|score| Some(score.unit.clone()))),
        rows::Column::texts(
            &name("score.total"),
            scores.iter().map(|score| Some(written(score.total, language))),
        ),
        rows::Column::texts(&name("score.of"), scores.iter().map(|score| Some(written(score.of, language)))),
        rows::Column::texts(&name("page.rank"), scores.iter().map(|score| Some(rank(context, score)))),
    ];
    rows::write(context, Format::Table, &[rows::batch(columns)?])
}

fn rank(context: &Context, score: &Score) -> String {
    let none = || label("page.unranked", context.language).to_owned();
    score.rank.map_or_else(none, |(place, among)| format!("{place}/{among}"))
}

fn of_unit(context: &Context, scored: &Scored) -> Result<(), CliError> {
    let language = context.language;
    let name = |key: &str| label(key, language).to_owned();
    for score in scored.scores() {
        let values = [
            ("total", written(score.total, language)),
            ("of", written(score.of, language)),
            ("rank", rank(context, score)),
        ];
        context.say("cli.scorecard.total", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
        let lines = || scored.lines().zip(&score.lines);
        let said = |place: usize| {
            let said = scored.explanations(place).iter().map(|it| format!("{}: {}", it.source_id, it.text));
            let said = said.collect::<Vec<_>>().join("; ");
            if said.is_empty() { name("score.no_explanation") } else { said }
        };
        let unscored = || name("score.unscored");
        let columns = vec![
            rows::Column::texts(
                &name("score.line"),
                lines().map(|((_, it), _)| Some(it.query().title.text(language).to_owned())),
            ),
            rows::Column::texts(
                &name("metric.value"),
                lines().map(|(_, it)| Some(shown(it.figure.as_ref()?, language))),
            ),
            rows::Column::integers(
                &name("metric.numerator"),
                lines().map(|(_, it)| Some(it.figure.as_ref()?.numerator)),
            ),
            rows::Column::integers(
                &name("metric.denominator"),
                lines().map(|(_, it)| it.figure.as_ref()?.denominator),
            ),
            rows::Column::texts(
                &name("score.weight"),
                lines().map(|(_, it)| Some(written(it.points.weight, language))),
            ),
            rows::Column::texts(
                &name("score.points"),
                lines().map(|(_, it)| {
                    Some(it.points.earned.map_or_else(unscored, |points| written(points, language)))
                }),
            ),
            rows::Column::texts(
                &name("metric.receipt"),
                lines().map(|(_, it)| Some(it.figure.as_ref()?.code.clone())),
            ),
            rows::Column::texts(
                &name("score.explanations"),
                (0..score.lines.len()).map(|place| Some(said(place))),
            ),
        ];
        rows::write(context, Format::Table, &[rows::batch(columns)?])?;
    }
    Ok(())
}

fn wanted(name: &str) -> Result<Wanted, String> {
    match name {
        "table" => Ok(Wanted::Table),
        "json" => Ok(Wanted::Json),
        "csv" => Ok(Wanted::Csv),
        _ => Err("table | json | csv".to_owned()),
    }
}
