//! Two petitions side by side: the level of every signal, and how their stories overlap.
//!
//! Levels do not depend on which of the two is asked about. What is new in the later one does, and is kept
//! apart from them.

mod persons;
pub(in crate::duplicates) mod stories;

use chrono::NaiveDate;

use crate::duplicates::compare::persons::{alike, person_levels, same_words};
use crate::duplicates::compare::stories::Stories;
use crate::duplicates::extract::matter::{Decision, Parcel};
use crate::duplicates::features::Features;
use crate::duplicates::signal::{Level, Levels, Signal};
use crate::duplicates::similarity::Likeness;

/// Similarity from which two texts are the same in the main, and in part.
const SIMILAR: (f64, f64) = (0.7, 0.4);
/// Containment from which a text stands in another, and in part.
const CONTAINED: (f64, f64) = (0.9, 0.6);
/// Days between writing within which letters are of one time, and near it.
const WRITTEN_DAYS: (i64, i64) = (7, 60);
/// Days between arrival within which letters are of one time, and near it.
const RECEIVED_DAYS: (i64, i64) = (20, 90);
/// Least share of the sums of the letter with fewer that the other tells too.
const AMOUNTS_SHARE: f64 = 0.6;

/// Two petitions side by side.
#[derive(Debug, Clone)]
pub(in crate::duplicates) struct Comparison {
    /// How every signal agreed.
    pub(in crate::duplicates) levels: Levels,
    /// How the stories overlap, directed from the one asked about.
    pub(in crate::duplicates) stories: Stories,
    /// Days from the other's writing to that of the one asked about.
    pub(in crate::duplicates) written_gap: Option<i64>,
    /// Days from the other's arrival to that of the one asked about.
    pub(in crate::duplicates) received_gap: Option<i64>,
}

impl Comparison {
    /// Compares the petition asked about with another.
    pub(in crate::duplicates) fn of(asked: &Features, other: &Features, likeness: &Likeness) -> Self {
        let stories = Stories::of(&asked.story, &other.story);
        let gap = |one: Option<NaiveDate>, two: Option<NaiveDate>| Some((one? - two?).num_days());
        let written_gap = gap(asked.written_on, other.written_on);
        let received_gap = gap(asked.received_on, other.received_on);
        let levels = matter_levels(asked, other, person_levels(&asked.who, &other.who))
            .with(Signal::Written, within(written_gap, WRITTEN_DAYS))
            .with(Signal::Received, within(received_gap, RECEIVED_DAYS));
        let levels = text_levels(asked, other, likeness, &stories, levels);
        Self { levels, stories, written_gap, received_gap }
    }
}

fn matter_levels(asked: &Features, other: &Features, levels: Levels) -> Levels {
    let (one, two) = (&asked.matter, &other.matter);
    levels
        .with(Signal::Case, whole(asked.case_id.as_deref(), other.case_id.as_deref(), |a, b| a == b))
        .with(Signal::Decision, decisions(&one.decisions, &two.decisions))
        .with(Signal::Parcel, parcels(&one.parcels, &two.parcels))
        .with(Signal::Respondent, respondents(asked, other))
        .with(Signal::Place, places(asked, other))
        .with(Signal::Amount, amounts(&one.amounts, &two.amounts))
        .with(Signal::Unit, whole(asked.unit.as_deref(), other.unit.as_deref(), same_words))
        .with(Signal::Recipients, sets(&asked.recipients, &other.recipients))
}

fn text_levels(
    asked: &Features,
    other: &Features,
    likeness: &Likeness,
    stories: &Stories,
    levels: Levels,
) -> Levels {
    let contained = likeness.containment.max(likeness.content_containment);
    let both = stories.told_by_asked.min(stories.told_by_other);
    let has_stories = !asked.story.hashes().is_empty() && !other.story.hashes().is_empty();
    let story = if has_stories { at_least(both, SIMILAR) } else { Level::Unknown };
    levels
        .with(
            Signal::Similarity,
            if likeness.same_text { Level::Agree } else { at_least(likeness.similarity, SIMILAR) },
        )
        .with(Signal::Content, at_least(likeness.content, SIMILAR))
        .with(Signal::Containment, at_least(contained, CONTAINED))
        .with(Signal::Story, story)
}

fn at_least(value: f64, (agree, partly): (f64, f64)) -> Level {
    match value {
        value if value >= agree => Level::Agree,
        value if value >= partly => Level::Partly,
        _ => Level::Disagree,
    }
}

fn within(gap: Option<i64>, (agree, partly): (i64, i64)) -> Level {
    match gap.map(i64::abs) {
        None => Level::Unknown,
        Some(days) if days <= agree => Level::Agree,
        Some(days) if days <= partly => Level::Partly,
        Some(_) => Level::Disagree,
    }
}

fn whole(one: Option<&str>, other: Option<&str>, same: impl Fn(&str, &str) -> bool) -> Level {
    match one.zip(other) {
        None => Level::Unknown,
        Some((one, other)) if same(one, other) => Level::Agree,
        Some(_) => Level::Disagree,
    }
}

/// Agree: each of either list is in the other; partly: some are.
fn sets(one: &[String], other: &[String]) -> Level {
    if one.is_empty() || other.is_empty() {
        return Level::Unknown;
    }
    let has = |list: &[String], name: &String| list.iter().any(|known| same_words(known, name));
    let is_in = |list: &[String], all: &[String]| list.iter().all(|name| has(all, name));
    match one.iter().any(|name| has(other, name)) {
        false => Level::Disagree,
        true if is_in(one, other) && is_in(other, one) => Level::Agree,
        true => Level::Partly,
    }
}

fn decisions(one: &[Decision], other: &[Decision]) -> Level {
    if one.is_empty() || other.is_empty() {
        return Level::Unknown;
    }
    let mut pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    if pairs.clone().any(|(a, b)| a.issuer.is_some() && a == b) {
        return Level::Agree;
    }
    let is_near = |a: &Decision, b: &Decision| {
        let issuers = a.issuer.as_deref().zip(b.issuer.as_deref());
        a.number == b.number && issuers.is_none_or(|(a, b)| alike(a, b))
    };
    if pairs.any(|(a, b)| is_near(a, b)) { Level::Partly } else { Level::Disagree }
}

fn parcels(one: &[Parcel], other: &[Parcel]) -> Level {
    if one.is_empty() || other.is_empty() {
        return Level::Unknown;
    }
    let mut pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    if pairs.clone().any(|(a, b)| a == b && a.sheet.is_some()) {
        return Level::Agree;
    }
    let is_near = |a: &Parcel, b: &Parcel| {
        a.number == b.number && a.sheet.as_ref().zip(b.sheet.as_ref()).is_none_or(|(a, b)| a == b)
    };
    if pairs.any(|(a, b)| is_near(a, b)) { Level::Partly } else { Level::Disagree }
}

/// A letter without the column names persons by the way, so that it can tell the same one and no other.
fn respondents(asked: &Features, other: &Features) -> Level {
    let Some((one, two)) = asked.respondent.as_deref().zip(other.respondent.as_deref()) else {
        let is_column = asked.respondent.is_some() || other.respondent.is_some();
        let is_told = is_column && tells_same(&asked.whereabouts.accused, &other.whereabouts.accused);
        return if is_told { Level::Agree } else { Level::Unknown };
    };
    match () {
        () if same_words(one, two) => Level::Agree,
        () if one.contains(two) || two.contains(one) => Level::Partly,
        () => Level::Disagree,
    }
}

fn tells_same(one: &[String], other: &[String]) -> bool {
    one.iter().any(|name| other.contains(name))
}

/// The commune tells when both provinces agree or one is missing; communes of other names may be one
/// place before and after the merger of 2025.
fn places(asked: &Features, other: &Features) -> Level {
    let province = whole(asked.province.as_deref(), other.province.as_deref(), |a, b| a == b);
    let commune = whole(asked.commune.as_deref(), other.commune.as_deref(), |a, b| a == b);
    // A letter without the column names communes by the way.
    let is_column = asked.commune.is_some() || other.commune.is_some();
    let is_told = is_column && tells_same(&asked.whereabouts.communes, &other.whereabouts.communes);
    match (province, commune) {
        (Level::Disagree, _) => Level::Disagree,
        (_, Level::Agree) => Level::Agree,
        (_, Level::Unknown) if is_told => Level::Agree,
        (Level::Agree, _) => Level::Partly,
        (_, commune) => commune,
    }
}

fn amounts(one: &[u128], other: &[u128]) -> Level {
    let common = one.iter().filter(|sum| other.contains(sum)).count() as f64;
    match one.len().min(other.len()) {
        0 => Level::Unknown,
        fewer if common >= AMOUNTS_SHARE * fewer as f64 => Level::Agree,
        _ if common > 0.0 => Level::Partly,
        _ => Level::Disagree,
    }
}
