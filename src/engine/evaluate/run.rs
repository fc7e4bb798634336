//! What a search found for judged questions, kept as a file and compared with another.
//!
//! The form is that of TREC runs (`question Q0 document place score tag`), so that other tools read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::engine::evaluate::Outcome;
use crate::engine::evaluate::judged::{BadLine, Judgements, lines};
use crate::engine::evaluate::measures::Measures;

/// Hits of each question, best first.
pub type Run = BTreeMap<String, Vec<String>>;

/// The outcomes as a TREC run.
#[must_use]
pub fn write(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for Outcome { question, hits, .. } in outcomes {
        for (place, (document, score)) in (1..).zip(hits) {
            let _ = writeln!(text, "{question} Q0 {document} {place} {score} thanhtra");
        }
    }
    text
}

/// Reads a TREC run; hits are taken in the order of the file.
///
/// # Errors
/// A line that has not six parts.
pub fn read(text: &str) -> Result<Run, BadLine> {
    let mut run = Run::new();
    for (number, line) in lines(text) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [question, _, document, _, _, _] = parts.as_slice() else {
            return Err(BadLine { line: number });
        };
        run.entry((*question).to_owned()).or_default().push((*document).to_owned());
    }
    Ok(run)
}

/// A question that one of two runs answers better.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The question's id.
    pub question: String,
    /// nDCG@10 of the other run.
    pub before: f64,
    /// nDCG@10 of this one.
    pub after: f64,
}

/// Questions whose nDCG@10 differs, those that lost most first.
#[must_use]
pub fn differences(outcomes: &[Outcome], before: &Run, judgements: &Judgements) -> Vec<Difference> {
    let mut found = Vec::new();
    for Outcome { question, measures, .. } in outcomes {
        let Some(relevant) = judgements.of(question) else { continue };
        let hits: Vec<&str> = before.get(question).into_iter().flatten().map(String::as_str).collect();
        let before = Measures::of(&hits, relevant).ndcg;
        if before.total_cmp(&measures.ndcg).is_ne() {
            found.push(Difference { question: question.clone(), before, after: measures.ndcg });
        }
    }
    found.sort_by(|a, b| (a.after - a.before).total_cmp(&(b.after - b.before)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(question: &str, hits: &[&str], judgements: &Judgements) -> Outcome {
        let relevant = judgements.of(question).unwrap();
        Outcome {
            question: question.to_owned(),
            hits: hits.iter().map(|hit| ((*hit).to_owned(), 1.5)).collect(),
            measures: Measures::of(hits, relevant),
        }
    }

    #[test]
    fn a_run_is_read_back_and_compared() {
        let judgements = Judgements::read("q1 0 a 1\nq2 0 b 1\nq3 0 c 1").unwrap();
        let now = [("q1", ["a", "x"]), ("q2", ["x", "b"]), ("q3", ["c", "x"])];
        let now: Vec<Outcome> = now.iter().map(|(id, hits)| outcome(id, hits, &judgements)).collect();
        assert!(differences(&now, &read(&write(&now)).unwrap(), &judgements).is_empty());
        let before = read("q1 Q0 x 1 2 t\nq1 Q0 a 2 1 t\nq2 Q0 b 1 2 t\nq3 Q0 c 1 2 t").unwrap();
        let found = differences(&now, &before, &judgements);
        let signs: Vec<(&str, bool)> =
            found.iter().map(|one| (one.question.as_str(), one.after > one.before)).collect();
        assert_eq!(signs, [("q2", false), ("q1", true)]);
        assert_eq!(read("q1 a 1"), Err(BadLine { line: 1 }));
    }
}
