//! How good the order of hits is, measured on judged questions.
//!
//! Questions and judgements come as they are published (`id TAB question`; TREC qrels: question,
//! iteration, document, relevance), a document is a `source_id`. Every question is asked through the
//! same search as a user's, so the figures are of the program as it is and not of a copy of its formula.

pub mod judged;
pub mod measures;
pub mod run;

use std::time::Duration;

use crate::domain::scope::Scope;
use crate::engine::evaluate::judged::{Judgements, Question};
use crate::engine::evaluate::measures::Measures;
use crate::engine::{Engine, EngineError};
use crate::search::rank::weights::Weights;
use crate::search::request::Request;
use crate::text::fold::fold;

/// Hits of a question that are looked at.
pub const DEPTH: usize = 100;

/// Time for one question: a busy machine must not change a figure.
const TIME: Duration = Duration::from_secs(60);

/// What one question found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The question's id.
    pub question: String,
    /// `source_id` and score of the hits, best first.
    pub hits: Vec<(String, f32)>,
    /// What they are worth.
    pub measures: Measures,
}

impl Engine {
    /// Asks each question of `dataset` and weighs what it finds against the judgements. Questions
    /// without a judged document are left out.
    ///
    /// # Errors
    /// The dataset is not searched, or a question is over a bound.
    pub fn evaluate(
        &self,
        dataset: &str,
        questions: &[Question],
        judgements: &Judgements,
        how: &Asking,
        scope: &Scope,
    ) -> Result<Vec<Outcome>, EngineError> {
        let mut outcomes = Vec::with_capacity(questions.len());
        for question in questions {
            let Some(relevant) = judgements.of(&question.id) else { continue };
            let request = Request {
                text: if how.without_marks { fold(&question.text) } else { question.text.clone() },
                limit: DEPTH,
                plain: true,
                time: Some(TIME),
                weights: how.weights.clone(),
                ..Request::default()
            };
            let answer = self.search(dataset, &request, scope)?;
            let hits: Vec<(String, f32)> =
                answer.hits.into_iter().map(|hit| (hit.source_id, hit.score)).collect();
            let found: Vec<&str> = hits.iter().map(|(id, _)| id.as_str()).collect();
            let measures = Measures::of(&found, relevant);
            outcomes.push(Outcome { question: question.id.clone(), hits, measures });
        }
        Ok(outcomes)
    }
}

/// How questions are asked.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// With every mark taken off the question.
    pub without_marks: bool,
    /// With these weights.
    pub weights: Weights,
}
