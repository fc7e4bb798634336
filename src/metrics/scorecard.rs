//! A scorecard filled: points of units from figures of metrics, each with its receipt, and ranks within peers.
//!
//! Nothing is counted here: shares come as measures, and points follow from the formula alone. Points of a unit
//! are the sum of its lines. A rank is given only within a peer group, to units of which enough was scored;
//! equal scores share a place and the next is left out (1, 2, 2, 4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use serde_json::{Value as Json, json};

use crate::definition::scorecard::{Better, Counts, Line, Scorecard, Unscored};
use crate::domain::language::Language;
use crate::domain::limits::SCORE_PEERS_MIN;
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::points::{Points, points, scored_weight};
use crate::metrics::written::value;
use crate::present::number::percent;
use crate::rules::period::Period;
use crate::sql::SqlError;
use crate::text::order::Place;

/// A scorecard of one period.
#[derive(Debug, Clone)]
pub struct Scored {
    formula: Scorecard,
    period: Period,
    measures: Vec<Arc<Measure>>,
    scores: Vec<Score>,
    explanations: Vec<Vec<Explanation>>,
    unit: Option<String>,
}

/// What one unit earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// The unit.
    pub unit: String,
    /// Its peer group.
    pub group: String,
    /// Its lines, in the formula's order.
    pub lines: Vec<Earned>,
    /// Earned by all lines, in hundredths of a point.
    pub total: i64,
    /// What could be earned, in hundredths of a point.
    pub of: i64,
    /// Weight of its scored lines, in points of the formula.
    pub scored: i64,
    /// Its place and of how many; none when it is not ranked (không xếp hạng).
    pub rank: Option<(usize, usize)>,
}

/// What a unit earned by one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earned {
    /// The share with its receipt; none when the metric counts nothing of the unit.
    pub figure: Option<Figure>,
    /// Points, in hundredths.
    pub points: Points,
}

/// What a unit says of one record that took from its share (giải trình).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The record.
    pub id: String,
    /// Its key at the source.
    pub source_id: String,
    /// In the unit's words.
    pub text: String,
}

impl Scored {
    /// The scorecard of `formula` from the `measures` of its lines, broken down by peer group and unit.
    #[must_use]
    pub fn new(formula: Scorecard, period: Period, measures: Vec<Arc<Measure>>) -> Self {
        let figures = measures.iter().flat_map(|measure| measure.figures());
        let keys: BTreeSet<(String, String)> = figures
            .filter_map(|figure| match figure.key.as_slice() {
                [group, Some(unit)] if !formula.not_units.contains(unit) => {
                    Some((group.clone().unwrap_or_default(), unit.clone()))
                }
                _ => None,
            })
            .collect();
        let by_line: Vec<BTreeMap<&[Option<String>], &Figure>> = measures
            .iter()
            .map(|measure| measure.figures().iter().map(|figure| (figure.key.as_slice(), figure)).collect())
            .collect();
        let mut scores = Vec::new();
        for (group, unit) in keys {
            let of_unit = [Some(group.clone()).filter(|group| !group.is_empty()), Some(unit.clone())];
            let figures: Vec<Option<Figure>> = by_line
                .iter()
                .map(|line| line.get(of_unit.as_slice()).map(|figure| (*figure).clone()))
                .collect();
            scores.push(score(&formula, (group, unit), figures));
        }
        rank(&formula, &mut scores);
        Self { formula, period, measures, scores, explanations: Vec::new(), unit: None }
    }

    /// The scorecard of one unit alone, its place among its peers kept, with the explanations of each line.
    ///
    /// # Errors
    /// No line counts anything of that unit.
    pub fn of_unit(mut self, unit: &str, explanations: Vec<Vec<Explanation>>) -> Result<Self, MetricError> {
        self.scores.retain(|score| score.unit == unit);
        if self.scores.is_empty() {
            return Err(MetricError::NoUnit(unit.to_owned()));
        }
        Ok(Self { explanations, unit: Some(unit.to_owned()), ..self })
    }

    /// The formula.
    #[must_use]
    pub fn formula(&self) -> &Scorecard {
        &self.formula
    }

    /// The period.
    #[must_use]
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// What its figures depend on, told by the first line.
    #[must_use]
    pub fn inputs(&self) -> Option<&Inputs> {
        self.measures.first().map(|measure| measure.inputs())
    }

    /// The lines of the formula with their measures.
    pub fn lines(&self) -> impl Iterator<Item = (&Line, &Measure)> {
        self.formula.lines.iter().zip(self.measures.iter().map(Arc::as_ref))
    }

    /// Units by peer group; in each the ranked ones first, the best first.
    #[must_use]
    pub fn scores(&self) -> &[Score] {
        &self.scores
    }

    /// The unit it is of, when it is of one.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// What the unit it is of says to the line at `place`.
    #[must_use]
    pub fn explanations(&self, place: usize) -> &[Explanation] {
        self.explanations.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// The scorecard as one object.
    #[must_use]
    pub fn json(&self, language: Language) -> Json {
        let formula = &self.formula;
        let inputs = self.inputs();
        let lines = self.lines().map(|(line, measure)| {
            json!({
                "line": line.name, "metric": line.metric, "title": measure.query().title.text(language), "weight": line.weight,
                "better": match line.better { Better::Higher => "higher", Better::Lower => "lower" },
                "zero_at": line.zero_at, "full_at": line.full_at, "least": line.least,
                "counts": match line.counts { Counts::Period => "period", Counts::AsOf => "as_of" },
                "date": measure.inputs().select, "where": line.only, "explained_by": line.explained_by,
                "unverified": measure.query().metric.as_ref().is_some_and(|metric| metric.unverified),
            })
        });
        json!({
            "scorecard": formula.name, "version": formula.version, "valid_from": formula.valid_from.to_string(),
            "title": formula.title.text(language), "statement": formula.statement.text(language), "is_law": false,
            "points": formula.points, "ranked_from": formula.ranked_from,
            "unscored": match formula.unscored { Unscored::Spread => "spread", Unscored::LeftOut => "left_out" },
            "period": { "name": self.period.name, "from": self.period.from.to_string(), "to": self.period.to.to_string() },
            "as_of": inputs.map(|inputs| inputs.as_of.to_string()), "commit": inputs.map(|inputs| inputs.snapshot),
            "unit": self.unit, "lines": lines.collect::<Vec<_>>(),
            "units": self.scores.iter().map(|score| self.score_json(score)).collect::<Vec<_>>(),
        })
    }

    fn score_json(&self, score: &Score) -> Json {
        let lines = self.formula.lines.iter().zip(&score.lines).enumerate().map(|(place, (line, earned))| {
            let figure = earned.figure.as_ref();
            let mut told = json!({
                "line": line.name, "value": figure.and_then(value), "numerator": figure.map(|figure| figure.numerator),
                "denominator": figure.and_then(|figure| figure.denominator), "receipt": figure.map(|figure| &figure.code),
                "weight": written(earned.points.weight, Language::En),
                "points": earned.points.earned.map(|points| written(points, Language::En)),
                "why_unscored": why_unscored(earned),
            });
            if let (Some(_), Some(object)) = (&self.unit, told.as_object_mut()) {
                let explanations = self.explanations(place).iter().map(|it| {
                    json!({ "id": it.id, "source_id": it.source_id, "explanation": it.text })
                });
                object.insert("explanations".to_owned(), explanations.collect());
            }
            told
        });
        json!({
            "unit": score.unit, "group": score.group, "total": written(score.total, Language::En),
            "of": written(score.of, Language::En), "scored_weight": score.scored,
            "rank": score.rank.map(|(place, _)| place), "ranked": score.rank.map(|(_, among)| among),
            "lines": lines.collect::<Vec<_>>(),
        })
    }

    /// A row for each unit and line; points and shares are texts of two decimals.
    ///
    /// # Errors
    /// The columns do not make a table.
    pub fn batch(&self) -> Result<RecordBatch, SqlError> {
        let rows: Vec<(&Score, &Line, &Earned)> = self
            .scores
            .iter()
            .flat_map(|score| {
                self.formula.lines.iter().zip(&score.lines).map(move |(line, it)| (score, line, it))
            })
            .collect();
        let texts = |of: &dyn Fn(&(&Score, &Line, &Earned)) -> Option<String>| -> ArrayRef {
            Arc::new(rows.iter().map(of).collect::<StringArray>())
        };
        let numbers = |of: &dyn Fn(&(&Score, &Line, &Earned)) -> Option<i64>| -> ArrayRef {
            Arc::new(rows.iter().map(of).collect::<Int64Array>())
        };
        let place = |number: usize| i64::try_from(number).ok();
        let point = |hundredths| Some(written(hundredths, Language::En));
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("unit", texts(&|(score, ..)| Some(score.unit.clone()))),
            ("unit_group", texts(&|(score, ..)| Some(score.group.clone()))),
            ("total", texts(&|(score, ..)| point(score.total))),
            ("of", texts(&|(score, ..)| point(score.of))),
            ("rank", numbers(&|(score, ..)| place(score.rank?.0))),
            ("ranked", numbers(&|(score, ..)| place(score.rank?.1))),
            ("line", texts(&|(_, line, _)| Some(line.name.clone()))),
            ("metric", texts(&|(_, line, _)| Some(line.metric.clone()))),
            ("value", texts(&|(.., earned)| value(earned.figure.as_ref()?))),
            ("numerator", numbers(&|(.., earned)| Some(earned.figure.as_ref()?.numerator))),
            ("denominator", numbers(&|(.., earned)| earned.figure.as_ref()?.denominator)),
            ("weight", texts(&|(.., earned)| point(earned.points.weight))),
            ("points", texts(&|(.., earned)| point(earned.points.earned?))),
            ("receipt", texts(&|(.., earned)| Some(earned.figure.as_ref()?.code.clone()))),
            ("scorecard", texts(&|_| Some(format!("{}-{}", self.formula.name, self.formula.version)))),
            ("period", texts(&|_| Some(self.period.name.clone()))),
            ("as_of", texts(&|_| Some(self.inputs()?.as_of.to_string()))),
            ("snapshot", numbers(&|_| Some(self.inputs()?.snapshot.as_i64()))),
        ];
        let fields = columns.iter().map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let values = columns.into_iter().map(|(_, values)| values).collect();
        RecordBatch::try_new(schema, values).map_err(|error| SqlError::Internal(error.to_string()))
    }
}

/// Hundredths of a point with two decimals: `62,50`.
#[must_use]
pub fn written(hundredths: i64, language: Language) -> String {
    percent(hundredths, 10_000, language)
}

/// Why a line is not scored: `nothing` is counted, or `too_few`.
#[must_use]
pub fn why_unscored(earned: &Earned) -> Option<&'static str> {
    match (earned.points.earned, &earned.figure) {
        (Some(_), _) => None,
        (None, None) => Some("nothing"),
        (None, Some(figure)) if figure.denominator.unwrap_or_default() == 0 => Some("nothing"),
        (None, Some(_)) => Some("too_few"),
    }
}

fn score(formula: &Scorecard, (group, unit): (String, String), figures: Vec<Option<Figure>>) -> Score {
    let share =
        |figure: &Option<Figure>| figure.as_ref().and_then(|it| Some((it.numerator, it.denominator?)));
    let shares: Vec<Option<(i64, i64)>> = figures.iter().map(share).collect();
    let points = points(formula, &shares);
    let scored = scored_weight(formula, &points);
    let (total, of) =
        points.iter().fold((0, 0), |(total, of), it| (total + it.earned.unwrap_or_default(), of + it.weight));
    let lines = figures.into_iter().zip(points).map(|(figure, points)| Earned { figure, points });
    Score { unit, group, lines: lines.collect(), total, of, scored, rank: None }
}

/// Orders units by group and by what they earned of what they could, and gives those of which enough was
/// scored their place.
fn rank(formula: &Scorecard, scores: &mut [Score]) {
    let is_ranked = |score: &Score| score.scored >= formula.ranked_from;
    let larger = |a: &Score, b: &Score| {
        (i128::from(b.total) * i128::from(a.of)).cmp(&(i128::from(a.total) * i128::from(b.of)))
    };
    scores.sort_by_cached_key(|score| (Place::of(&score.group), Place::of(&score.unit)));
    for peers in scores.chunk_by_mut(|a, b| a.group == b.group) {
        peers.sort_by(|a, b| {
            // Who could earn nothing has no share, and stands behind those who have one.
            let by_share = || if a.of > 0 && b.of > 0 { larger(a, b) } else { b.of.cmp(&a.of) };
            is_ranked(b).cmp(&is_ranked(a)).then_with(by_share)
        });
        let among = peers.iter().filter(|score| is_ranked(score)).count();
        if among < SCORE_PEERS_MIN {
            continue;
        }
        let mut before: Option<(Score, usize)> = None;
        for (score, line) in peers.iter_mut().take(among).zip(1..) {
            let tied = before.as_ref().filter(|(other, _)| larger(other, score).is_eq());
            let place = tied.map_or(line, |(_, place)| *place);
            score.rank = Some((place, among));
            before = Some((score.clone(), place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../indexes/scorecards/unit.toml");

    fn unit(name: &str, group: &str, shares: [(i64, i64); 6]) -> Score {
        let formula = Scorecard::parse("unit.toml", TEXT).unwrap();
        let figure = |(numerator, all): (i64, i64)| Figure {
            key: Vec::new(),
            numerator,
            denominator: Some(all),
            code: String::new(),
        };
        let figures = shares.map(|share| Some(share).filter(|(_, all)| *all > 0).map(figure));
        score(&formula, (group.to_owned(), name.to_owned()), figures.into())
    }

    #[test]
    fn equal_scores_share_a_place_and_what_is_scored_too_little_has_none() {
        let formula = Scorecard::parse("unit.toml", TEXT).unwrap();
        let none = (0, 0);
        let all = |good: i64| [(good, 10), (0, 10), (0, 10), (0, 10), (0, 10), (0, 10)];
        let mut scores = [
            unit("d", "x", all(10)),
            unit("c", "x", all(7)),
            unit("b", "x", all(7)),
            unit("a", "x", [none, (0, 10), none, none, none, none]),
            unit("e", "x", all(5)),
            unit("f", "y", all(10)),
            unit("h", "x", [none; 6]),
            unit("g", "x", [none, (5, 10), none, none, none, none]),
        ];
        rank(&formula, &mut scores);
        let told: Vec<(&str, Option<(usize, usize)>)> =
            scores.iter().map(|score| (score.unit.as_str(), score.rank)).collect();
        let expected = [
            ("d", Some((1, 4))),
            ("b", Some((2, 4))),
            ("c", Some((2, 4))),
            ("e", Some((4, 4))),
            ("a", None),
            ("g", None),
            ("h", None),
            ("f", None),
        ];
        assert_eq!(told, expected, "15 of 100 scored is too little for a, f has no peers");
        assert_eq!(
            (scores[0].total, scores[0].of, written(scores[1].total, Language::Vi)),
            (10_000, 10_000, "85,00".to_owned())
        );
        assert_eq!(why_unscored(&scores[4].lines[0]), Some("nothing"));
    }
}
