//! `circles`: letters forwarded and forgotten, forwarded back, or handled differently in one case.

use chrono::NaiveDate;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::metric::civil_day;
use crate::cli::rows::{self, Column};
use crate::definition::labels::label;
use crate::engine::circles::{Circle, Circles, Kind};
use crate::present::deadline::mark_key;
use crate::present::number::day;
use crate::sql::encode::Format;

#[derive(clap::Args)]
#[command(after_help = "thanhtra circles\nthanhtra circles --kind cycle --as-of 2026-11-20 --format csv")]
pub(super) struct Args {
    #[arg(long, value_name = "late|cycle|directions", value_parser = kind)]
    kind: Option<Kind>,
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = civil_day)]
    as_of: Option<NaiveDate>,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let found = context.reading()?.circles(self.kind, self.as_of, &context.scope)?;
        self.tell(context, &found);
        let all = &found.circles;
        let texts = |heading: &str, of: &dyn Fn(&Circle) -> Option<String>| {
            Column::texts(heading, all.iter().map(of))
        };
        let first = |circle: &Circle| circle.letters.first().cloned();
        let columns = vec![
            texts("kind", &|circle| Some(self.called(context, circle.kind))),
            texts("id", &|circle| first(circle).map(|letter| letter.id)),
            texts("source_id", &|circle| first(circle).map(|letter| letter.source_id)),
            texts("case_id", &|circle| circle.case_id.clone()),
            Column::integers("letters", all.iter().map(|circle| i64::try_from(circle.count).ok())),
            texts("way", &|circle| Some(circle.way(context.language))),
            texts("since", &|circle| circle.hops.first().map(|hop| hop.on.to_string())),
            texts("due", &|circle| Some(circle.due.as_ref()?.effective?.to_string())),
            texts("rule", &|circle| circle.rule().map(|(rule, _)| rule.to_owned())),
            texts("article", &|circle| circle.rule().map(|(_, step)| step.article.clone())),
            texts("mark", &|circle| {
                let (_, step) = circle.rule()?;
                Some(label(mark_key(step.mark), context.language).to_owned())
            }),
            texts("title", &|circle| first(circle).and_then(|letter| letter.title)),
        ];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }

    /// Where was looked, and what is not listed.
    fn tell(&self, context: &Context, found: &Circles) {
        let (count, commit) = (found.circles.len().to_string(), found.commit.to_string());
        let as_of = day(found.as_of, context.language);
        context.say("cli.circles.found", &[("count", &count), ("day", &as_of), ("commit", &commit)]);
        for source in &found.searched {
            let newest = source.newest.map_or_else(|| "–".to_owned(), |date| day(date, context.language));
            let (letters, units) = (source.letters.to_string(), source.units.to_string());
            let values = [
                ("source", source.source_system.as_str()),
                ("letters", &letters),
                ("units", &units),
                ("forwards", &source.forwards.to_string()),
                ("day", &newest),
            ];
            context.say("circles.searched", &values);
        }
        for kind in &found.cut {
            let kind = label(kind.label_key(), context.language);
            context.say("circles.cut", &[("kind", kind)]);
        }
    }

    /// People read the words, programs the code.
    fn called(&self, context: &Context, kind: Kind) -> String {
        match self.format {
            Format::Table => label(kind.label_key(), context.language).to_owned(),
            _ => kind.code().to_owned(),
        }
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::of(text).ok_or_else(|| "late | cycle | directions".to_owned())
}
