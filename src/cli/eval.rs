//! `eval`: how good the order of hits is, on judged questions.

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::engine::Engine;
use crate::engine::evaluate::judged::{BadLine, Judgements, Question, questions};
use crate::engine::evaluate::measures::Measures;
use crate::engine::evaluate::{Asking, Outcome, run};
use crate::search::rank::weights::Weights;

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra eval documents --queries queries.tsv --qrels qrels.tsv\nthanhtra eval documents --queries queries.tsv --qrels qrels.tsv --strip-marks --ablation\nthanhtra eval documents --queries queries.tsv --qrels qrels.tsv --without passage --against before.run"
)]
pub(super) struct Args {
    dataset: String,
    #[arg(long, value_name = "FILE")]
    queries: String,
    #[arg(long, value_name = "FILE")]
    qrels: String,
    #[arg(long)]
    strip_marks: bool,
    #[arg(long, value_name = "SIGNAL", value_parser = signal)]
    without: Vec<String>,
    #[arg(long)]
    ablation: bool,
    #[arg(long, value_name = "FILE")]
    run: Option<String>,
    #[arg(long, value_name = "FILE")]
    against: Option<String>,
}

/// Signals added one after the other, as the ablation shows them.
const LADDER: [(&str, &[&str]); 7] = [
    ("pairs", &["pairs"]),
    ("+words", &["words"]),
    ("+passage", &["sentence", "passage"]),
    ("+headline", &["cover", "headline"]),
    ("+marks", &["marks"]),
    ("+nearness", &["nearness"]),
    ("+authority", &["authority"]),
];

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let questions = read(&self.queries, questions)?;
        let judgements = read(&self.qrels, Judgements::read)?;
        let before = self.against.as_deref().map(|file| read(file, run::read)).transpose()?;
        let engine = context.reading()?;
        let judged = Judged {
            engine: &engine,
            dataset: &self.dataset,
            questions: &questions,
            judgements: &judgements,
        };
        if self.ablation {
            return self.ablate(context, &judged);
        }
        let weights = self.without.iter().fold(Weights::default(), |weights, name| weights.with(name, 0.0));
        let outcomes = self.ask(context, &judged, weights)?;
        if let Some(file) = &self.run {
            let written = std::fs::write(file, run::write(&outcomes));
            written.map_err(CliError::output(file))?;
        }
        if let Some(before) = before {
            for run::Difference { question, before, after } in
                run::differences(&outcomes, &before, &judgements)
            {
                context.write_text(&format!("{question} {before:.4} -> {after:.4}"))?;
            }
        }
        context.say("cli.eval.asked", &[("count", &outcomes.len().to_string())]);
        let mean = Measures::mean(outcomes.iter().map(|outcome| outcome.measures));
        mean.named()
            .into_iter()
            .try_for_each(|(name, value)| context.write_text(&format!("{name} {value:.4}")))
    }

    fn ask(
        &self,
        context: &Context,
        judged: &Judged<'_>,
        weights: Weights,
    ) -> Result<Vec<Outcome>, CliError> {
        let how = Asking { without_marks: self.strip_marks, weights };
        let Judged { engine, dataset, questions, judgements } = judged;
        Ok(engine.evaluate(dataset, questions, judgements, &how, &context.scope)?)
    }

    /// What each signal adds when it joins those before it, and what is lost without it.
    fn ablate(&self, context: &Context, judged: &Judged<'_>) -> Result<(), CliError> {
        let full = Weights::default();
        let none = Weights::NAMES.into_iter().fold(full.clone(), |weights, name| weights.with(name, 0.0));
        let mut climbed = none;
        for (step, names) in LADDER {
            climbed = names.iter().fold(climbed, |weights, name| weights.with(name, full.get(name)));
            self.row(context, judged, step, climbed.clone())?;
        }
        for (step, names) in LADDER {
            let left = names.iter().fold(full.clone(), |weights, name| weights.with(name, 0.0));
            self.row(context, judged, &format!("all but {}", step.trim_start_matches('+')), left)?;
        }
        Ok(())
    }

    fn row(
        &self,
        context: &Context,
        judged: &Judged<'_>,
        step: &str,
        weights: Weights,
    ) -> Result<(), CliError> {
        let outcomes = self.ask(context, judged, weights)?;
        let mean = Measures::mean(outcomes.iter().map(|outcome| outcome.measures));
        let values = mean.named().map(|(name, value)| format!("{name} {value:.4}"));
        context.write_text(&format!("{step:<22} {}", values.join("  ")))
    }
}

struct Judged<'a> {
    engine: &'a Engine,
    dataset: &'a str,
    questions: &'a [Question],
    judgements: &'a Judgements,
}

fn read<T>(file: &str, parse: impl Fn(&str) -> Result<T, BadLine>) -> Result<T, CliError> {
    let bytes = std::fs::read(file).map_err(CliError::input(file))?;
    let text = String::from_utf8(bytes).map_err(|_| CliError::NotText { path: file.to_owned() })?;
    parse(&text).map_err(|bad| CliError::Line { path: file.to_owned(), line: bad.line })
}

fn signal(text: &str) -> Result<String, String> {
    if Weights::NAMES.contains(&text) { Ok(text.to_owned()) } else { Err(Weights::NAMES.join(" | ")) }
}
