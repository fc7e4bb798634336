//! `readiness`: ranks of one edition with what moved, or one province against its region and the best.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::engine::Engine;
use crate::engine::readiness::HeldEdition;
use crate::readiness::comparable::breaks;
use crate::readiness::profile::{Line, profile};
use crate::readiness::table::{Row, Table};
use crate::readiness::written;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra readiness\n\
                        thanhtra readiness papi 2024 --indicator C08 --against 2020\n\
                        thanhtra readiness ict-index 2023 --province \"Đà Nẵng\" --against 2019")]
pub(super) struct Args {
    family: Option<String>,
    edition: Option<String>,
    #[arg(long, value_name = "EDITION")]
    against: Option<String>,
    #[arg(long, value_name = "CODE|NAME")]
    province: Option<String>,
    #[arg(long, value_name = "CODE|NAME")]
    indicator: Option<String>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let engine = context.reading()?;
        let Some(family) = &self.family else { return self.families(context, &engine) };
        let now = engine.readiness(family, self.edition.as_deref(), &context.scope)?;
        let against = self.against.as_deref();
        let before = against
            .map(|edition| engine.readiness(family, Some(edition), &context.scope))
            .transpose()?
            .map(|held| held.table);
        let indicator =
            now.table.indicator(self.indicator.as_deref()).map_err(crate::engine::EngineError::from)?;
        self.tell(context, &now, before.as_ref(), &indicator);
        match &self.province {
            Some(province) => self.province(context, &now, before.as_ref(), (province, &indicator)),
            None => self.ranks(context, &now, before.as_ref(), &indicator),
        }
    }

    fn families(&self, context: &Context, engine: &Engine) -> Result<(), CliError> {
        let (_, families) = engine.readiness_families(&context.scope)?;
        let columns = vec![
            Column::texts("family", families.iter().map(|held| Some(held.family.id.clone()))),
            Column::texts(
                "name",
                families.iter().map(|held| Some(held.family.name.text(context.language).to_owned())),
            ),
            Column::texts("editions", families.iter().map(|held| Some(held.editions.join(", ")))),
            Column::texts(
                "is_not",
                families.iter().map(|held| Some(held.family.is_not.text(context.language).to_owned())),
            ),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }

    /// What the table is and is not, what stands between the two editions, what its sources contradict.
    fn tell(&self, context: &Context, now: &HeldEdition, before: Option<&Table>, indicator: &str) {
        let language = context.language;
        let table = &now.table;
        let (name, commit) = (table.family.name.text(language), now.commit.to_string());
        let values = [("family", name), ("edition", table.edition.name.as_str()), ("commit", &commit)];
        context.say("cli.readiness.of", &values);
        for line in written::cautions(table, indicator, language) {
            context.say("cli.readiness.line", &[("text", &line)]);
        }
        for known in before.map(|before| breaks(before, table, indicator)).unwrap_or_default() {
            context.say("cli.readiness.break", &[("text", &written::broken(&known, language))]);
        }
        for pair in table.reversed(indicator) {
            context.say("cli.readiness.line", &[("text", &written::reversed(&pair, table, language))]);
        }
    }

    fn ranks(
        &self,
        context: &Context,
        now: &HeldEdition,
        before: Option<&Table>,
        indicator: &str,
    ) -> Result<(), CliError> {
        let (table, language) = (&now.table, context.language);
        if self.format == Format::Json {
            return context.write_line(&written::table_json(table, before, indicator, language));
        }
        let all = table.ordered(indicator);
        let texts = |heading: &str, of: &dyn Fn(&Row) -> Option<String>| {
            Column::texts(label(heading, language), all.iter().map(|row| of(row)))
        };
        let decimals = table.family.decimals;
        let mut columns = vec![
            texts("readiness.rank", &|row| {
                Some(written::standing(&table.standing(row, indicator), table, language))
            }),
            texts("readiness.code", &|row| Some(row.place.code.clone())),
            texts("readiness.province", &|row| Some(row.place.name.clone())),
            texts("readiness.value", &|row| {
                written::values(&row.reading(indicator)?.values(), decimals, language)
            }),
        ];
        if let Some(before) = before {
            columns.push(texts("readiness.movement", &|row| {
                let moved = written::movement_of(before, table, row, indicator);
                Some(written::movement(&moved, before, language))
            }));
        }
        columns.push(texts("readiness.records", &|row| {
            let cells = &row.reading(indicator)?.cells;
            Some(cells.iter().map(|cell| cell.id.as_str()).collect::<Vec<_>>().join(" "))
        }));
        rows::write(context, self.format, &[rows::batch(columns)?])
    }

    fn province(
        &self,
        context: &Context,
        now: &HeldEdition,
        before: Option<&Table>,
        (province, indicator): (&str, &str),
    ) -> Result<(), CliError> {
        let (table, language) = (&now.table, context.language);
        let row = table.row(province).map_err(crate::engine::EngineError::from)?;
        let found = profile(table, row, before, indicator);
        if self.format == Format::Json {
            return context.write_line(&written::profile_json(&found, table, language));
        }
        for pulled in std::iter::once(&found.from_best).chain(&found.from_before) {
            context.say("cli.readiness.line", &[("text", &written::pulled(pulled, table, language))]);
        }
        let texts = |heading: &str, of: &dyn Fn(&Line) -> Option<String>| {
            Column::texts(label(heading, language), found.lines.iter().map(of))
        };
        let decimals = table.family.decimals;
        let columns = vec![
            texts("readiness.indicator", &|line| Some(written::name(table, &line.indicator, language))),
            texts("readiness.value", &|line| written::values(&line.values, decimals, language)),
            texts("readiness.rank", &|line| Some(written::standing(&line.standing, table, language))),
            texts("readiness.region", &|line| Some(written::region(line, decimals, language))),
            texts("readiness.best", &|line| Some(written::best(line, decimals, language))),
            texts("readiness.sources", &|line| Some(line.sources.join("; "))),
            texts("readiness.records", &|line| Some(line.records.join(" "))),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}
