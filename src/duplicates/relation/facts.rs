//! What is seen of two petitions, as facts that the rules name.
//!
//! A fact is a threshold over levels, shares and bits; all thresholds stand here. What is unknown gives
//! no fact.

use crate::duplicates::compare::Comparison;
use crate::duplicates::features::Features;
use crate::duplicates::score::Score;
use crate::duplicates::signal::{Group, Level, Signal};
use crate::duplicates::similarity::Likeness;

/// Bits about the signer from which it is the same person, and below which another.
const SIGNER_BITS: (f64, f64) = (3.0, -3.0);
/// Share of both stories from which the texts are the same.
const SAME_SHARE: f64 = 0.6;
/// Similarity from which the texts are the same, whatever the stories.
const SAME_SIMILARITY: f64 = 0.7;
/// Share of the content, boilerplate apart, below which alike texts are one printed form.
const OWN_SHARE: f64 = 0.2;
/// Share of a story from which it is part of the other.
const PART_SHARE: f64 = 0.7;
/// Share of the larger story that a part leaves out at least.
const LEFT_OUT_SHARE: f64 = 0.3;
/// Share of the later story that is new, at least, in a letter that adds something.
const NEW_SHARE: f64 = 0.06;
/// Syllables that are new at least in such a letter.
const NEW_SYLLABLES: usize = 24;
/// Share of a story from which the texts have something in common.
const SOME_SHARE: f64 = 0.25;
/// Bits about what happened, signers, days and agencies apart, from which it is one matter, and below
/// which another.
const AFFAIR_BITS: (f64, f64) = (1.0, -6.0);
/// Days between writing, or arrival where no day is written, within which letters to several agencies are
/// copies of one: who sends copies sends them one after the other for half a year.
const COPY_DAYS: i64 = 183;
/// The same where nobody knows whether one person signs: neighbours send the same words for months, and who
/// sends copies puts one day on all of them; they arrive within two weeks.
const UNSIGNED_COPY_DAYS: (i64, i64) = (1, 14);
/// Share of the words of the shorter text that the other has, in rows of three, from which passages told in
/// common are one story. Letters of one field share their phrases, and passages of four syllables with
/// them, in any order; whose words were copied has them in rows.
const TOLD_CONTAINMENT: f64 = 0.65;

/// Share of the words of the own earlier letter that stand in what supplements it: a neighbour's letter in
/// the same form differs in what was filled in.
const WHOLE_CONTAINMENT: f64 = 0.9;

/// Something seen of two petitions, that rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::duplicates) enum Fact {
    /// One person signs both.
    SameSigner,
    /// Other people sign, or nobody is known and parcels, sums or places differ.
    OtherPerson,
    /// Nobody signed the one or the other.
    Anonymous,
    /// The texts tell the same.
    SameText,
    /// The later tells what the earlier does, and more.
    MoreText,
    /// The later tells a part of the earlier.
    PartText,
    /// The texts have something in common.
    SomeText,
    /// One matter, by case, numbers, words or signer and respondent.
    SameMatter,
    /// One matter, by case or numbers.
    SameNumbers,
    /// What happened, to what and against whom is the same on the whole, or the source says so.
    SameAffair,
    /// What happened, to what and against whom is something else on the whole.
    OtherAffair,
    /// Other agency, other addressees.
    OtherAgency,
    /// Written, or come, within half a year by one signer; by nobody knows whom, written on one day or the
    /// next, or come within two weeks.
    OneTime,
    /// Written on one day.
    OneDay,
    /// The later came after the earlier was decided.
    AfterDecision,
    /// The later alone says it is a second complaint.
    SaysSecond,
    /// The later alone says it continues a denunciation.
    SaysContinued,
    /// The later alone says it supplements.
    SaysSupplement,
    /// Either is a denunciation.
    Denunciation,
    /// Either is known to be a complaint.
    Complaint,
    /// The later has other numbers or days to tell, and new passages.
    NewFacts,
    /// The earlier is of several contents, the later of one.
    OfMixed,
    /// Nobody knows whether one person signs, another agency holds it, and not nearly all of the one stands
    /// in the other: a neighbour's letter in the same words as likely as the own one.
    AnyOfMany,
}

/// What is seen of two petitions.
pub(in crate::duplicates) fn facts(
    asked: &Features,
    other: &Features,
    likeness: &Likeness,
    seen: &Comparison,
    score: &Score,
) -> Vec<Fact> {
    let mut facts = text_facts(likeness, seen);
    let is_told = is_told(&facts);
    facts.extend(person_facts((asked, other), seen, score, is_told));
    let is_signed = facts.contains(&Fact::SameSigner);
    let days = if is_signed { (COPY_DAYS, COPY_DAYS) } else { UNSIGNED_COPY_DAYS };
    facts.extend(time_facts(asked, other, seen, days));
    facts.extend(said_facts(asked, other));
    let matter = matter_facts(seen, &facts);
    facts.extend(matter);
    facts.extend(affair_facts(seen, score));
    let is_elsewhere = facts.contains(&Fact::OtherAgency) && !is_known_signer(seen);
    if is_elsewhere && likeness.content_containment < WHOLE_CONTAINMENT {
        facts.push(Fact::AnyOfMany);
    }
    facts
}

/// Whether anything about who signs could be compared.
fn is_known_signer(seen: &Comparison) -> bool {
    Signal::PERSON.iter().any(|signal| seen.levels.of(*signal) != Level::Unknown)
}

/// Those of `pairs` that hold.
fn holding(pairs: &[(Fact, bool)]) -> Vec<Fact> {
    pairs.iter().filter(|(_, holds)| *holds).map(|(fact, _)| *fact).collect()
}

fn text_facts(likeness: &Likeness, seen: &Comparison) -> Vec<Fact> {
    let stories = &seen.stories;
    let share = |part: usize, all: usize| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    let (mine, its) = (stories.told_by_other, stories.told_by_asked);
    let own = likeness.content.max(likeness.content_containment);
    // One printed form filled in by two people: most of the words are the same and none of their own.
    let is_form = own > 0.0 && own < OWN_SHARE;
    let contained = likeness.containment.max(likeness.content_containment);
    let is_copied = contained >= TOLD_CONTAINMENT;
    let is_alike = likeness.similarity.max(likeness.content) >= SAME_SIMILARITY
        || (is_copied && mine.min(its) >= SAME_SHARE);
    let is_told = likeness.same_text || (is_alike && !is_form);
    let has_new = stories.new >= NEW_SYLLABLES && share(stories.new, stories.asked) >= NEW_SHARE;
    let leaves_out = share(stories.left_out, stories.other) >= LEFT_OUT_SHARE;
    let is_less = !is_form && is_copied && mine >= PART_SHARE && leaves_out;
    let is_more = !is_form && is_copied && its >= SAME_SHARE && has_new && !likeness.same_text;
    let is_same = is_told && !is_more && !is_less;
    let some = mine.max(its).max(likeness.similarity).max(likeness.content);
    holding(&[
        (Fact::SameText, is_same),
        (Fact::MoreText, is_more && !is_less),
        (Fact::PartText, is_less),
        (Fact::SomeText, some >= SOME_SHARE || contained >= PART_SHARE),
    ])
}

/// Whether the one letter tells what the other does, or a part of it.
fn is_told(facts: &[Fact]) -> bool {
    [Fact::SameText, Fact::MoreText, Fact::PartText].iter().any(|fact| facts.contains(fact))
}

fn person_facts(
    (asked, other): (&Features, &Features),
    seen: &Comparison,
    score: &Score,
    is_told: bool,
) -> Vec<Fact> {
    let of_signer = score.parts().iter().filter(|part| Signal::PERSON.contains(&part.signal));
    let bits: f64 = of_signer.map(|part| part.bits).sum();
    let level = |signal| seen.levels.of(signal);
    let is_same = bits >= SIGNER_BITS.0;
    // Many share a name; whoever moved kept the phone or the number.
    let is_namesake = [Signal::Phone, Signal::Address].iter().all(|signal| level(*signal) == Level::Disagree);
    // Who tells the matter in other words tells other sums; who copies a letter puts the own ones in.
    let is_other_sum = is_told && level(Signal::Amount) == Level::Disagree;
    let is_unlike = is_namesake
        || level(Signal::Parcel) == Level::Disagree
        || level(Signal::Place) == Level::Disagree
        || (is_other_sum && level(Signal::Parcel) != Level::Agree);
    holding(&[
        (Fact::SameSigner, is_same),
        (Fact::OtherPerson, bits <= SIGNER_BITS.1 || (!is_same && is_unlike)),
        (Fact::Anonymous, asked.is_anonymous || other.is_anonymous),
    ])
}

fn time_facts(
    asked: &Features,
    other: &Features,
    seen: &Comparison,
    (written, received): (i64, i64),
) -> Vec<Fact> {
    let is_one_time = match (seen.written_gap, seen.received_gap) {
        (Some(gap), _) => gap.abs() <= written,
        (None, gap) => gap.is_none_or(|gap| gap.abs() <= received),
    };
    let came = asked.received_on.or(asked.written_on);
    let level = |signal| seen.levels.of(signal);
    let is_other_agency = match level(Signal::Unit) {
        Level::Unknown => matches!(level(Signal::Recipients), Level::Disagree | Level::Partly),
        unit => unit == Level::Disagree,
    };
    holding(&[
        (Fact::OneTime, is_one_time),
        (Fact::OneDay, seen.written_gap == Some(0)),
        (Fact::AfterDecision, came.zip(other.decided_on).is_some_and(|(came, decided)| came > decided)),
        (Fact::OtherAgency, is_other_agency),
    ])
}

fn said_facts(asked: &Features, other: &Features) -> Vec<Fact> {
    let of_one = ["complaint", "denunciation", "feedback"];
    let is_of_mixed = other.kind.as_deref() == Some("mixed")
        && asked.kind.as_deref().is_some_and(|kind| of_one.contains(&kind));
    let is_kind = |code: &str| [asked, other].iter().any(|one| one.kind.as_deref() == Some(code));
    holding(&[
        (Fact::SaysSecond, asked.says.is_second && !other.says.is_second),
        (Fact::SaysContinued, asked.says.is_continued && !other.says.is_continued),
        (Fact::SaysSupplement, asked.says.is_supplement && !other.says.is_supplement),
        (Fact::Denunciation, is_kind("denunciation")),
        (Fact::Complaint, is_kind("complaint")),
        (Fact::OfMixed, is_of_mixed),
        (Fact::NewFacts, has_new_facts(asked, other)),
    ])
}

/// Whether the one asked about names days, sums, decisions or parcels that the other does not.
fn has_new_facts(asked: &Features, other: &Features) -> bool {
    let (mine, its) = (&asked.matter, &other.matter);
    mine.days.iter().any(|day| !its.days.contains(day) && Some(*day) != other.written_on)
        || mine.amounts.iter().any(|sum| !its.amounts.contains(sum))
        || mine.decisions.iter().any(|one| its.decisions.iter().all(|two| one.number != two.number))
        || mine.parcels.iter().any(|one| its.parcels.iter().all(|two| one.number != two.number))
}

fn matter_facts(seen: &Comparison, facts: &[Fact]) -> Vec<Fact> {
    let level = |signal| seen.levels.of(signal);
    let is_elsewhere = level(Signal::Place) == Level::Disagree;
    let numbers = level(Signal::Decision) == Level::Agree || level(Signal::Parcel) == Level::Agree;
    let is_same_numbers = level(Signal::Case) == Level::Agree || (numbers && !is_elsewhere);
    let is_against_one = matches!(level(Signal::Respondent), Level::Agree | Level::Partly)
        && level(Signal::Place) == Level::Agree;
    let is_text = is_told(facts);
    let is_same_signer = facts.contains(&Fact::SameSigner);
    let says = [Fact::SaysSecond, Fact::SaysContinued, Fact::SaysSupplement];
    let is_other = [Signal::Place, Signal::Respondent, Signal::Parcel, Signal::Decision]
        .iter()
        .any(|signal| level(*signal) == Level::Disagree);
    // Who says it is the same matter is believed where nothing tells another.
    // Where nothing but the text is known of a letter, whom it accuses and to whom it goes must do.
    let is_against_one_there = level(Signal::Respondent) == Level::Agree
        && level(Signal::Place) == Level::Unknown
        && matches!(level(Signal::Recipients), Level::Agree | Level::Partly);
    let is_said = says.iter().any(|fact| facts.contains(fact))
        && (is_against_one || is_against_one_there || (facts.contains(&Fact::SameSigner) && !is_other));
    let is_by_signer = is_same_signer && (is_against_one || level(Signal::Decision) == Level::Partly);
    holding(&[
        (Fact::SameNumbers, is_same_numbers),
        (Fact::SameMatter, is_same_numbers || is_text || is_by_signer || is_said),
    ])
}

fn affair_facts(seen: &Comparison, score: &Score) -> Vec<Fact> {
    let is_of_affair = |signal: Signal| {
        !Signal::PERSON.contains(&signal) && !matches!(signal.group(), Group::Days | Group::Agency)
    };
    let of_affair = score.parts().iter().filter(|part| is_of_affair(part.signal));
    let bits: f64 = of_affair.map(|part| part.bits).sum();
    let is_linked = seen.levels.of(Signal::Case) == Level::Agree;
    holding(&[
        (Fact::SameAffair, is_linked || bits >= AFFAIR_BITS.0),
        (Fact::OtherAffair, !is_linked && bits <= AFFAIR_BITS.1),
    ])
}
