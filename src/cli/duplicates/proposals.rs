//! `duplicates of`, `of-text` and `evidence` for petitions: what is proposed, why, and where was searched.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::duplicates::ruling::id;
use crate::cli::error::CliError;
use crate::cli::rows::{self, Column};
use crate::definition::labels::{label, sentence};
use crate::duplicates::passages::{SegmentKind, side_by_side};
use crate::duplicates::propose::Reason;
use crate::engine::proposals::{Found, Proposals};
use crate::engine::ruling::name_of;
use crate::sql::encode::Format;

/// Between two reasons in one cell.
const BETWEEN: &str = "; ";

#[derive(Args)]
#[command(after_help = "thanhtra duplicates evidence PH2QKNQM2DVHXQ35JS P7… --format json")]
pub(super) struct Evidence {
    petition: String,
    other: String,
    #[arg(long, value_name = "table|csv|json|ndjson|parquet|arrow", default_value = "table", value_parser = rows::format)]
    format: Format,
}

impl Evidence {
    /// Both texts in their own spelling, a row for each passage that is shared or stands in one alone.
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let (one, other) = (id(&self.petition)?, id(&self.other)?);
        let (held, found) = context.reading()?.compare(one, other, &context.scope)?;
        let texts =
            [held.text("text").unwrap_or_default(), found.judged.held.text("text").unwrap_or_default()];
        let mut rows: Vec<[String; 3]> = Vec::new();
        for ((segments, text), id) in side_by_side(texts[0], texts[1]).iter().zip(texts).zip([one, other]) {
            for segment in segments {
                let kind = match segment.kind {
                    SegmentKind::Shared => format!("shared {}", segment.passage.unwrap_or_default() + 1),
                    SegmentKind::Own => "own".to_owned(),
                };
                let part = text.get(segment.range.clone()).unwrap_or_default();
                rows.push([id.to_string(), kind, part.to_owned()]);
            }
        }
        let proposal = &found.judged.proposal;
        let key = format!("relation.{}", proposal.relation.code());
        let named = label(&key, context.language);
        context.say("cli.duplicates.proposal", &[("relation", named), ("basis", proposal.basis)]);
        let bits = proposal.score.parts().iter().map(|part| (part.signal.code(), part.bits));
        for (signal, bits) in bits.chain([("total", proposal.score.total())]) {
            let name =
                if signal == "total" { "page.total_score".to_owned() } else { format!("signal.{signal}") };
            let bits = format!("{bits:+.2}");
            context
                .say("cli.duplicates.part", &[("signal", label(&name, context.language)), ("bits", &bits)]);
        }
        let column =
            |name: &str, place: usize| Column::texts(name, rows.iter().map(|row| row.get(place).cloned()));
        let columns = vec![column("id", 0), column("passage", 1), column("text", 2)];
        rows::write(context, self.format, &[rows::batch(columns)?])
    }
}

/// Writes what is proposed; of pairs whose texts are less alike than `min`, if it is given, nothing.
pub(super) fn write(
    context: &Context,
    format: Format,
    min: Option<f64>,
    answer: &Proposals,
) -> Result<(), CliError> {
    let alike = |found: &&Found| {
        let likeness = &found.judged.likeness;
        min.is_none_or(|min| likeness.similarity.max(likeness.content) >= min)
    };
    let found: Vec<&Found> = answer.found.iter().filter(alike).collect();
    let texts = |name: &str, of: &dyn Fn(&Found) -> Option<String>| {
        Column::texts(name, found.iter().map(|found| of(found)))
    };
    let numbers =
        |name: &str, of: &dyn Fn(&Found) -> f64| Column::numbers(name, found.iter().map(|found| of(found)));
    let relation = |code: &str| match format {
        Format::Table => label(&format!("relation.{code}"), context.language).to_owned(),
        _ => code.to_owned(),
    };
    let columns = vec![
        texts("id", &|found| Some(found.judged.held.id.to_string())),
        texts("relation", &|found| Some(relation(found.judged.proposal.relation.code()))),
        numbers("similarity", &|found| found.judged.likeness.similarity),
        numbers("containment", &|found| found.judged.likeness.containment),
        numbers("score", &|found| found.judged.proposal.score.total()),
        texts("decided", &|found| Some(relation(found.decided.as_ref()?.relation()?.code()))),
        texts("case", &|found| Some(name_of(&found.case))),
        texts("reasons", &|found| Some(told(context, format, &found.judged.proposal.reasons))),
        texts("against", &|found| Some(told(context, format, &found.judged.proposal.against))),
    ];
    let (count, commit) = (found.len().to_string(), answer.commit.to_string());
    context.say("cli.duplicates.found", &[("count", &count), ("commit", &commit)]);
    searched(context, answer);
    rows::write(context, format, &[rows::batch(columns)?])
}

/// Where was searched: part of every answer, the empty one above all.
fn searched(context: &Context, answer: &Proposals) {
    let coverage = &answer.coverage;
    let (petitions, units) = (coverage.petitions.to_string(), coverage.units.to_string());
    let sources = coverage.sources.len().to_string();
    let freshest = coverage.freshest().map_or_else(|| "–".to_owned(), |day| day.to_string());
    let values = [
        ("petitions", petitions.as_str()),
        ("units", &units),
        ("sources", &sources),
        ("freshest", &freshest),
    ];
    context.say("cli.duplicates.searched", &values);
}

/// People read sentences, programs codes.
fn told(context: &Context, format: Format, reasons: &[Reason]) -> String {
    let one = |reason: &Reason| {
        let values: Vec<(&str, &str)> =
            reason.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match format {
            Format::Table => sentence(&format!("reason.{}", reason.code), context.language, &values),
            _ => reason.code.to_owned(),
        }
    };
    reasons.iter().map(one).collect::<Vec<_>>().join(BETWEEN)
}
