//! `deadline`: the rules of the law, a deadline computed by hand, the deadline of a record explained.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows;
use crate::definition::labels::label;
use crate::domain::id::RecordId;
use crate::engine::deadline::due_json;
use crate::present::deadline::{mark_key, sentences};
use crate::present::number::day;
use crate::rules::deadline::{Due, Rule, Unit, happenings};
use crate::rules::laws::Laws;
use crate::rules::place::Place;
use crate::sql::encode::Format;

mod change;

#[derive(clap::Args)]
#[command(after_help = "thanhtra deadline rules\n\
                        thanhtra deadline compute KN-2 2026-03-16 --steps e2026-04-10\n\
                        thanhtra deadline explain C0123456789ABCDEFG")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    #[command(after_help = "thanhtra deadline rules --on 2026-07-01 --format csv")]
    Rules(Rules),
    #[command(after_help = "thanhtra deadline compute TC-5 2026-03-02 --steps \"s2026-03-12;r2026-03-30\"")]
    Compute(Compute),
    #[command(after_help = "thanhtra deadline explain C0123456789ABCDEFG --as-of 2026-05-01")]
    Explain(Explain),
    #[command(after_help = "thanhtra deadline preview --calendar lich-2027.toml\n\
                      thanhtra deadline preview --rules luat-moi.toml --format csv")]
    Preview(change::Preview),
    #[command(after_help = "thanhtra deadline adopt lich-2027.toml --by \"Phòng Pháp chế\"")]
    Adopt(change::Adopt),
    #[command(after_help = "thanhtra deadline changes --format json")]
    Changes(change::Changes),
}

#[derive(clap::Args)]
struct Rules {
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    on: Option<NaiveDate>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

#[derive(clap::Args)]
struct Compute {
    rule: String,
    #[arg(value_parser = civil_day)]
    from: NaiveDate,
    #[arg(long, value_name = "e|s|rYYYY-MM-DD;…", default_value = "", hide_default_value = true)]
    steps: String,
    #[arg(
        long,
        value_name = "ordinary|complex|very_complex|remote|remote_complex|several_places|dismissal",
        default_value = "ordinary"
    )]
    circumstance: String,
    #[arg(long, value_name = "UNIT", default_value = "", hide_default_value = true)]
    unit: String,
    #[arg(long, value_name = "PROVINCE", default_value = "", hide_default_value = true)]
    province: String,
    #[arg(long, value_name = "COMMUNE", default_value = "", hide_default_value = true)]
    commune: String,
}

#[derive(clap::Args)]
struct Explain {
    id: String,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match &self.what {
            What::Rules(args) => args.run(context),
            What::Compute(args) => args.run(context),
            What::Explain(args) => args.run(context),
            What::Preview(args) => args.run(context),
            What::Adopt(args) => args.run(context),
            What::Changes(args) => args.run(context),
        }
    }
}

impl Rules {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let language = context.language;
        let laws = laws(context)?;
        let all: Vec<&Rule> =
            laws.rules().iter().filter(|rule| self.on.is_none_or(|day| rule.is_in_force(day))).collect();
        let texts = |heading: &str, of: &dyn Fn(&Rule) -> String| {
            rows::Column::texts(label(heading, language), all.iter().map(|rule| Some(of(rule))))
        };
        let limits = |rule: &Rule| {
            let limits = rule.limits.iter().map(|(name, days)| format!("{name} {days}"));
            limits.collect::<Vec<_>>().join(", ")
        };
        let until = |rule: &Rule| rule.validity().1.map(|day| day.to_string()).unwrap_or_default();
        let columns = vec![
            texts("deadline.rule", &|rule| rule.id.clone()),
            texts("deadline.what", &|rule| rule.step.text(language).to_owned()),
            texts("deadline.from_event", &|rule| rule.event.clone()),
            texts("deadline.limit", &limits),
            texts("deadline.unit", &|rule| label(unit(rule.unit), language).to_owned()),
            texts("deadline.article", &|rule| rule.article.clone()),
            texts("deadline.valid_from", &|rule| rule.validity().0.to_string()),
            texts("deadline.valid_to", &until),
            texts("deadline.mark", &|rule| {
                label(mark_key(rule.mark_on(rule.validity().0)), language).to_owned()
            }),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

impl Compute {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let wrong = || CliError::Argument {
            given: self.rule.clone(),
            expected: "a rule; see `thanhtra deadline rules`",
        };
        let laws = laws(context)?;
        let rule = laws.rule(&self.rule).ok_or_else(wrong)?;
        if !rule.limits.contains_key(&self.circumstance) {
            let given = self.circumstance.clone();
            return Err(CliError::Argument {
                given,
                expected: "a circumstance of this rule; see `thanhtra deadline rules`",
            });
        }
        if !rule.is_in_force(self.from) {
            context.say(
                "deadline.not_in_force",
                &[("rule", &rule.id), ("day", &day(self.from, context.language))],
            );
        }
        let kind = if rule.id.starts_with("TC-") { "denunciation" } else { "complaint" };
        let place = Place { unit: &self.unit, province: &self.province, commune: &self.commune };
        let due = laws.due(rule, (kind, &self.circumstance), self.from, &happenings(&self.steps), &place);
        say_due(context, &due);
        context.write_line(&due_json(&due))
    }
}

impl Explain {
    fn run(&self, context: &Context) -> Result<(), CliError> {
        let wrong = |_| CliError::Argument { given: self.id.clone(), expected: "the id of a record" };
        let id: RecordId = self.id.parse().map_err(wrong)?;
        let found = context.reading()?.deadline_of(id, self.as_of, &context.scope)?;
        let shown =
            |date: Option<NaiveDate>| date.map_or_else(|| "–".to_owned(), |date| day(date, context.language));
        context.say("deadline.began", &[("day", &shown(found.start))]);
        match &found.computed {
            Some(due) => say_due(context, due),
            None => context.say("deadline.no_rule", &[]),
        }
        if found.dataset == "tasks" {
            context.say("deadline.task", &[]);
        }
        context.say("deadline.declared", &[("day", &shown(found.declared))]);
        if found.differs() {
            context.say("deadline.differs", &[]);
        }
        context.write_line(&serde_json::json!({
            "id": found.id.to_string(), "dataset": found.dataset, "snapshot": found.commit,
            "start": found.start.map(|day| day.to_string()), "declared": found.declared.map(|day| day.to_string()),
            "effective": found.effective().map(|day| day.to_string()), "differs": found.differs(),
            "computed": found.computed.as_ref().map(due_json), "versions": found.versions, "rules": found.rules,
        }))
    }
}

/// The rules of the store that is asked, or those compiled in where there is none.
fn laws(context: &Context) -> Result<Arc<Laws>, CliError> {
    match context.reading_if_there()? {
        Some(engine) => Ok(engine.laws()?),
        None => Ok(Laws::compiled()),
    }
}

/// The steps in words, then the day, then every doubt.
fn say_due(context: &Context, due: &Due) {
    for line in sentences(due, context.language) {
        context.say("deadline.line", &[("text", &line)]);
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Calendar => "deadline.unit_calendar",
        Unit::Working => "deadline.unit_working",
        Unit::Year => "deadline.unit_year",
    }
}
