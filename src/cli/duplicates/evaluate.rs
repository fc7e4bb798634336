//! `duplicates evaluate`: proposals against a truth, such as the one a demo keeps beside its store.

mod trials;

use std::fs;

use serde_json::{Map, Value as Json, json};

use crate::cli::context::Context;
use crate::cli::duplicates::evaluate::trials::{Miss, Trials};
use crate::cli::error::CliError;
use crate::definition::catalog::{Catalog, embedded};
use crate::demo::SOURCE_SYSTEM;
use crate::domain::id::RecordId;
use crate::duplicates::evaluate::tally::{Count, Tally};
use crate::duplicates::evaluate::{Proposed, Truth, Truths};
use crate::engine::{Engine, EngineError};

#[derive(clap::Args)]
#[command(
    after_help = "thanhtra duplicates evaluate petitions --truth kho/demo-truth.ndjson --data kho\nthanhtra duplicates evaluate petitions --truth demo-truth.ndjson --proposals pairs.csv --format json"
)]
pub(super) struct Evaluate {
    dataset: String,
    #[arg(long, value_name = "FILE")]
    truth: String,
    #[arg(long, value_name = "FILE.csv")]
    proposals: Option<String>,
    #[arg(long, value_name = "NAME", default_value = SOURCE_SYSTEM)]
    source: String,
    #[arg(long, value_name = "N", default_value_t = 0)]
    trials: usize,
    #[arg(long, value_name = "lines|json", default_value = "lines", value_parser = ["lines", "json"])]
    format: String,
}

/// What came out.
struct Outcome {
    tally: Tally,
    trials: Trials,
}

/// A line of figures: its name, the thing it is of, its value.
type Figure = (&'static str, String, Option<f64>);

impl Evaluate {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let letter =
            Catalog::parse(embedded()).and_then(|catalog| Ok(catalog.dataset(&self.dataset)?.letter));
        let letter = letter.map_err(EngineError::from)?;
        let id = |key: &str| RecordId::of_key(letter, &self.dataset, &self.source, key);
        let lines = self.truth_lines()?;
        let too_many = |_| CliError::Argument {
            given: self.truth.clone(),
            expected: "a truth that can be evaluated at once; evaluate a part of it",
        };
        let truths = Truths::of(&lines, &id).map_err(too_many)?;
        let proposals = match &self.proposals {
            Some(file) => from_file(file, &id)?,
            None => Self::own(&context.reading()?)?,
        };
        let tally = truths.weigh(proposals.into_iter());
        let trials = match self.trials {
            0 => Trials::default(),
            trials => Trials::of(context, &truths, trials)?,
        };
        Outcome { tally, trials }.write(context, self.format == "json")
    }

    fn truth_lines(&self) -> Result<Vec<Truth>, CliError> {
        let text = fs::read_to_string(&self.truth).map_err(CliError::input(&self.truth))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let wrong = |place: usize| CliError::Line { path: self.truth.clone(), line: place + 1 };
        lines.map(|(place, line)| serde_json::from_str(line).map_err(|_| wrong(place))).collect()
    }

    /// What the last run of the engine proposed.
    fn own(engine: &Engine) -> Result<Vec<Proposed>, CliError> {
        let mut proposals = Vec::new();
        engine.each_proposed(&mut |pair| {
            if let (Ok(one), Ok(other)) = (pair.later.parse(), pair.earlier.parse()) {
                proposals.push(Proposed { one, other, relation: pair.relation });
            }
            Ok(())
        })?;
        Ok(proposals)
    }
}

impl Outcome {
    fn write(&self, context: &Context, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return context.write_line(&self.json());
        }
        for (name, of, value) in self.figures() {
            let value = value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
            let line = format!("{name} {of} {value}");
            context.write_text(line.replace("  ", " ").trim_end())?;
        }
        context.write_text("")?;
        context.write_text(&format!("{:<24} {:<24} {:>9}", "true", "proposed", "pairs"))?;
        for ((is, proposed), pairs) in &self.tally.confusion {
            context.write_text(&format!("{is:<24} {proposed:<24} {pairs:>9}"))?;
        }
        self.trials.misses.iter().try_for_each(|miss| context.write_text(&miss.line()))
    }

    fn figures(&self) -> Vec<Figure> {
        let Tally { relations, changes, together, .. } = &self.tally;
        let mut all = Vec::new();
        let mut of = |prefix: &str, name: &str, count: &Count| {
            let name = format!("{prefix}{name}");
            all.push(("found", name.clone(), count.found_share()));
            all.push(("recall", name.clone(), count.recall()));
            all.push(("precision", name, count.precision()));
        };
        of("", "copies_resends_supplements", together);
        relations.iter().for_each(|(name, count)| of("", name, count));
        changes.iter().for_each(|(name, count)| of("change:", name, count));
        all.push(("form_letter_as_resend", String::new(), self.tally.form_as_resend()));
        all.push(("form_letter_as_one_person", String::new(), self.tally.form_as_one_person()));
        all.extend(self.trials.top.iter().map(|(name, count)| ("top3", name.clone(), count.recall())));
        all
    }

    fn json(&self) -> Json {
        let count = |count: &Count| {
            json!({ "pairs": count.pairs, "found": count.found, "right": count.right,
                    "proposed": count.proposed, "holds": count.holds, "recall": count.recall(),
                    "found_share": count.found_share(), "precision": count.precision() })
        };
        let named = |all: &mut dyn Iterator<Item = (&String, &Count)>| -> Map<String, Json> {
            all.map(|(name, of)| (name.clone(), count(of))).collect()
        };
        let confusion = self
            .tally
            .confusion
            .iter()
            .map(|((is, proposed), pairs)| json!({ "true": is, "proposed": proposed, "pairs": pairs }));
        let top: Map<String, Json> = self
            .trials
            .top
            .iter()
            .map(|(name, count)| {
                let value = json!({ "trials": count.pairs, "shown": count.right, "share": count.recall() });
                (name.clone(), value)
            })
            .collect();
        json!({
            "copies_resends_supplements": count(&self.tally.together),
            "relations": named(&mut self.tally.relations.iter()),
            "changes": named(&mut self.tally.changes.iter()),
            "form_letter_as_resend": self.tally.form_as_resend(),
            "form_letter_as_one_person": self.tally.form_as_one_person(),
            "top3": top,
            "misses": self.trials.misses.iter().map(Miss::json).collect::<Vec<Json>>(),
            "confusion": confusion.collect::<Vec<Json>>(),
        })
    }
}

/// Proposals of a file with the columns `id_a`, `id_b` and `relation`, ids of records or of their source.
fn from_file(file: &str, id: &dyn Fn(&str) -> RecordId) -> Result<Vec<Proposed>, CliError> {
    let opened = fs::File::open(file).map_err(CliError::input(file))?;
    let mut rows = csv::Reader::from_reader(opened);
    let wrong = |line: usize| CliError::Line { path: file.to_owned(), line };
    let headers = rows.headers().cloned().map_err(|_| wrong(1))?;
    let place = |name: &str| headers.iter().position(|header| header == name).ok_or_else(|| wrong(1));
    let (one, other, relation) = (place("id_a")?, place("id_b")?, place("relation")?);
    let record = |text: &str| text.parse::<RecordId>().unwrap_or_else(|_| id(text));
    let mut proposals = Vec::new();
    for (line, row) in rows.records().enumerate() {
        let row = row.map_err(|_| wrong(line + 2))?;
        let field =
            |place: usize| row.get(place).filter(|text| !text.is_empty()).ok_or_else(|| wrong(line + 2));
        let (one, other) = (record(field(one)?), record(field(other)?));
        proposals.push(Proposed { one, other, relation: field(relation)?.to_owned() });
    }
    Ok(proposals)
}
