//! Petitions, each made alone from its index, and the truth about which are copies.
//!
//! About one letter in five is not the first of its matter: sent to several agencies, sent again, a
//! form letter another household signed, a supplement or a second complaint. Such a letter names an
//! earlier index, and the chain is followed down to the first letter, which tells the matter. Indexes
//! stand in order of arrival, so a copy is never older than its original.

use chrono::NaiveDate;
use serde::Serialize;

use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::letter::Letter;
use crate::demo::matter::{Kind, Matter, Sort, subject};
use crate::demo::people::Person;
use crate::demo::places::{CENTRAL, Place};
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM};

/// Letters between two form letters that groups copy.
const FORM_LETTER_EVERY: u64 = 200;

/// How a letter belongs to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relation {
    /// The same letter to other agencies.
    CarbonCopy,
    /// The same letter again, later.
    Resend,
    /// The same words signed by another household.
    FormLetter,
    /// The same letter with something new.
    Supplement,
    /// The matter again after a first decision (LKN Đ33): a new letter in other words, no duplicate.
    SecondComplaint,
}

/// A letter without its text.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) index: u64,
    /// First letter of the matter; itself when it is the first.
    pub(super) origin: u64,
    pub(super) relation: Option<Relation>,
    pub(super) sort: Sort,
    pub(super) written_on: NaiveDate,
    pub(super) received_on: NaiveDate,
}

/// What became of a letter.
#[derive(Debug)]
pub(super) struct Handling {
    pub(super) is_eligible: bool,
    pub(super) is_competent: bool,
    pub(super) direction: &'static str,
    pub(super) status: &'static str,
    pub(super) due_on: Option<NaiveDate>,
    pub(super) resolved_on: Option<NaiveDate>,
    pub(super) has_case: bool,
}

#[derive(Serialize)]
struct Petition<'a> {
    id: String,
    source_system: &'static str,
    kind: &'static str,
    title: String,
    text: String,
    number: Option<String>,
    received_on: String,
    written_on: String,
    unit: &'a str,
    recipient: &'a str,
    province: &'static str,
    commune: &'static str,
    subject: &'static str,
    channel: &'static str,
    status: &'static str,
    direction: &'static str,
    is_eligible: bool,
    is_anonymous: bool,
    signers: u32,
    due_on: Option<String>,
    resolved_on: Option<String>,
    case_id: Option<String>,
    respondent: &'a str,
    signer_name: Option<&'a str>,
    signer_address: Option<&'a str>,
    signer_id_number: Option<&'a str>,
    signer_phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Truth {
    id: String,
    of: String,
    relation: Relation,
}

/// Key of a petition.
pub(super) fn petition_id(index: u64) -> String {
    format!("MP-{index:08}")
}

/// Key of the source case that the letter `origin` opened.
pub(super) fn case_id(origin: u64) -> String {
    format!("VV-{origin:08}")
}

/// The line of one petition.
pub(super) fn line(plan: &Plan, index: u64) -> String {
    let outline = Outline::of(plan, index);
    let handling = outline.handling(plan);
    let matter = outline.matter(plan);
    let recipients = outline.recipients(plan, &matter);
    let unit = recipients.first().map_or("", String::as_str);
    let mut own = rng(plan.seed, Stream::Arrival, index);
    let is_anonymous = outline.is_anonymous(plan);
    let signer = (!is_anonymous).then(|| outline.signer(plan, matter.place));
    let signers = if chance(&mut own, 6) { own.u32(5..40) } else { own.u32(1..3) };
    let petition = Petition {
        id: petition_id(index),
        source_system: SOURCE_SYSTEM,
        kind: matter.kind.code(),
        title: outline.title(plan, &matter),
        text: outline.letter(plan, &matter, &recipients, signer.as_ref()),
        number: chance(&mut own, 40).then(|| format!("{}/CV-TD", own.u32(20..6000))),
        received_on: outline.received_on.to_string(),
        written_on: outline.written_on.to_string(),
        unit,
        recipient: unit,
        province: matter.place.province.name,
        commune: matter.place.commune,
        subject: subject(matter.topic),
        channel: pick(
            &mut own,
            &["Trực tiếp", "Bưu chính", "Bưu chính", "Trực tuyến", "Cơ quan chuyển", "Báo chí"],
        ),
        status: handling.status,
        direction: handling.direction,
        is_eligible: handling.is_eligible,
        is_anonymous,
        signers: if is_anonymous { 0 } else { signers },
        due_on: handling.due_on.map(|day| day.to_string()),
        resolved_on: handling.resolved_on.map(|day| day.to_string()),
        case_id: outline.linked_case(plan),
        respondent: &matter.respondent,
        signer_name: signer.as_ref().map(|person| person.name.as_str()),
        signer_address: signer.as_ref().map(|person| person.address.as_str()),
        signer_id_number: signer.as_ref().map(|person| person.id_number.as_str()),
        signer_phone: signer.as_ref().map(|person| person.phone.as_str()),
    };
    serde_json::to_string(&petition).unwrap_or_default()
}

/// The truth about one petition, when it is not the first of its matter.
pub(super) fn truth(plan: &Plan, index: u64) -> Option<String> {
    let (origin, relation) = origin_of(plan, index);
    let truth = Truth { id: petition_id(index), of: petition_id(origin), relation: relation? };
    serde_json::to_string(&truth).ok()
}

impl Outline {
    /// The outline of one petition.
    pub(super) fn of(plan: &Plan, index: u64) -> Self {
        let (origin, relation) = origin_of(plan, index);
        let sort = Sort::of(plan.seed, origin);
        let first = arrival(plan, origin);
        let (written_on, received_on) = match relation {
            None => first,
            Some(Relation::CarbonCopy) => (first.0, arrival(plan, index).1.max(first.1)),
            Some(_) => {
                let own = arrival(plan, index);
                (own.0.max(first.0), own.1.max(first.1))
            }
        };
        Self { index, origin, relation, sort, written_on, received_on }
    }

    /// What became of it.
    pub(super) fn handling(&self, plan: &Plan) -> Handling {
        let mut rng = rng(plan.seed, Stream::Handling, self.index);
        let (is_eligible, is_competent) = (chance(&mut rng, 82), chance(&mut rng, 66));
        let is_tracked = self.sort.kind != Kind::Feedback && self.sort.kind != Kind::Unknown;
        let has_case = is_eligible && is_competent && (is_tracked || chance(&mut rng, 25));
        let limit = if is_tracked { pick_days(&mut rng) } else { 30 };
        let has_limit = is_eligible && is_competent && (is_tracked || chance(&mut rng, 50));
        let taken = if is_eligible && is_competent { rng.u64(9..limit + 22) } else { rng.u64(3..15) };
        let ended = office_day(after(self.received_on, taken));
        let is_stuck = chance(&mut rng, 5);
        let resolved_on = (ended <= plan.today && !is_stuck).then_some(ended);
        let (direction, done) = match (is_eligible, is_competent) {
            (false, _) => (pick(&mut rng, &["Lưu đơn", "Trả đơn"]), "Đã lưu, trả"),
            (true, false) => (pick(&mut rng, &["Chuyển đơn", "Hướng dẫn"]), "Đã chuyển, hướng dẫn"),
            (true, true) if chance(&mut rng, 3) => ("Thụ lý", "Rút đơn"),
            (true, true) => ("Thụ lý", "Đã giải quyết"),
        };
        let waiting = if self.received_on >= before(plan.today, 5) {
            "Mới tiếp nhận"
        } else {
            "Đang giải quyết"
        };
        Handling {
            is_eligible,
            is_competent,
            direction,
            status: if resolved_on.is_some() { done } else { waiting },
            due_on: has_limit.then(|| after(self.received_on, limit)),
            resolved_on,
            has_case,
        }
    }

    fn matter(&self, plan: &Plan) -> Matter {
        let told_on = arrival(plan, self.origin).0;
        let matter = Matter::of(plan.seed, self.origin, told_on);
        match self.relation {
            Some(Relation::FormLetter) => matter.of_household(plan.seed, self.index),
            _ => matter,
        }
    }

    fn signer(&self, plan: &Plan, place: Place) -> Person {
        let index = if self.relation == Some(Relation::FormLetter) { self.index } else { self.origin };
        Person::draw(&mut rng(plan.seed, Stream::Signer, index), place)
    }

    fn is_anonymous(&self, plan: &Plan) -> bool {
        let percent = match self.sort.kind {
            Kind::Denunciation => 12,
            Kind::Feedback => 2,
            _ => 0,
        };
        chance(&mut rng(plan.seed, Stream::Household, self.origin), percent)
    }

    /// First the agency that holds the letter; a copy goes to others than the original.
    fn recipients(&self, plan: &Plan, matter: &Matter) -> Vec<String> {
        let province = matter.place.province;
        let is_copy = self.relation == Some(Relation::CarbonCopy);
        let index = if is_copy { self.index } else { self.origin };
        let mut rng = rng(plan.seed, Stream::Relation, index);
        rng.u64(..);
        let held_by = match (is_copy, rng.u32(..100)) {
            (true, ..25) => pick(&mut rng, &CENTRAL).to_owned(),
            (true, _) => province.any_office(&mut rng),
            (false, ..55) => matter.place.committee(),
            (false, 55..70) => province.office(0),
            (false, 70..80) => province.inspectorate(),
            (false, _) => province.any_office(&mut rng),
        };
        let others =
            [province.office(0), province.inspectorate(), province.office(2), matter.place.committee()];
        let count = if is_copy { 2 } else { rng.usize(..3) };
        let mut recipients = vec![held_by];
        for other in rng.choose_multiple(others, count) {
            if !recipients.contains(&other) {
                recipients.push(other);
            }
        }
        recipients
    }

    fn title(&self, plan: &Plan, matter: &Matter) -> String {
        let style = rng(plan.seed, Stream::Style, !self.index);
        let mut teller = Teller { matter, written_on: self.written_on, rng: style };
        Grammar::embedded().tell_one(matter.topic, "title", &mut teller)
    }

    fn letter(&self, plan: &Plan, matter: &Matter, recipients: &[String], signer: Option<&Person>) -> String {
        let own = || rng(plan.seed, Stream::Style, self.index);
        let (style, first) = match self.relation {
            Some(Relation::SecondComplaint) => (own(), Some(("second", own()))),
            Some(Relation::Supplement) => {
                (rng(plan.seed, Stream::Style, self.origin), Some(("supplement", own())))
            }
            _ => (rng(plan.seed, Stream::Style, self.origin), None),
        };
        let told_on = arrival(plan, self.origin).0;
        Letter { matter, style, told_on, written_on: self.written_on, recipients, signer, first }.text()
    }

    /// The case its first letter opened; of copies, the source has linked every second one.
    fn linked_case(&self, plan: &Plan) -> Option<String> {
        let first = Self::of(plan, self.origin).handling(plan);
        let is_linked = self.relation.is_none() || self.index.is_multiple_of(2);
        (first.has_case && is_linked).then(|| case_id(self.origin))
    }
}

fn pick_days(rng: &mut fastrand::Rng) -> u64 {
    rng.choice([40, 40, 55, 70]).unwrap_or(40)
}

/// Day of writing and day of arrival of a letter that is the first of its matter.
fn arrival(plan: &Plan, index: u64) -> (NaiveDate, NaiveDate) {
    let mut rng = rng(plan.seed, Stream::Arrival, !index);
    let passed = u128::from(index) * u128::from(DAYS) / u128::from(plan.petitions.max(1));
    let passed = u64::try_from(passed).unwrap_or(DAYS).min(DAYS);
    let received_on = office_day(after(before(plan.today, DAYS), passed));
    (before(received_on, rng.u64(1..7)), received_on)
}

/// First letter of a letter's matter, and how the letter belongs to it.
fn origin_of(plan: &Plan, index: u64) -> (u64, Option<Relation>) {
    let Some((relation, mut origin)) = earlier(plan, index) else { return (index, None) };
    // Each step leads to a smaller index, and index 0 is always a first letter.
    while let Some((_, before)) = earlier(plan, origin) {
        origin = before;
    }
    let is_complaint = Sort::of(plan.seed, origin).kind == Kind::Complaint;
    match relation {
        Relation::SecondComplaint if !is_complaint => (origin, Some(Relation::Resend)),
        _ => (origin, Some(relation)),
    }
}

/// The earlier letter that a letter copies or takes up, if it does.
fn earlier(plan: &Plan, index: u64) -> Option<(Relation, u64)> {
    let mut rng = rng(plan.seed, Stream::Relation, index);
    let relation = match rng.u32(..1000) {
        0..60 => Relation::CarbonCopy,
        60..100 => Relation::Resend,
        100..165 => Relation::FormLetter,
        165..180 => Relation::Supplement,
        180..200 => Relation::SecondComplaint,
        _ => return None,
    };
    let month = plan.petitions / 36;
    let reach = match relation {
        Relation::CarbonCopy => month / 4,
        Relation::Resend | Relation::FormLetter => month,
        Relation::Supplement | Relation::SecondComplaint => 4 * month,
    };
    let target = index.checked_sub(1 + rng.u64(..=reach))?;
    let target = if relation == Relation::FormLetter {
        target / FORM_LETTER_EVERY * FORM_LETTER_EVERY
    } else {
        target
    };
    Some((relation, target))
}
