//! Petitions, each made alone from its index, and the truth about which are copies.
//!
//! About one letter in five is not the first of its matter. It names an earlier index, down to the first
//! letter, which tells the matter; what differs in it is drawn from its own index. Indexes stand in order
//! of arrival, so a copy is never older than its original. Fields of the record are as a clerk would
//! enter them: noise of the text is not in them.

use chrono::NaiveDate;
use serde::Serialize;

use crate::demo::changes::{Change, Made};
use crate::demo::draw::{Stream, after, before, chance, office_day, pick, rng};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::letter::{Letter, Parts};
use crate::demo::matter::{Fact, Kind, Matter, Sort, subject};
use crate::demo::people::Person;
use crate::demo::places::{CENTRAL, Place};
use crate::demo::relation::{Relation, is_unsigned, origin_of};
use crate::demo::spoil::{self, Days};
use crate::demo::{DAYS, Plan, SOURCE_SYSTEM, retell};

/// Before this day letters name the district and the province of before the mergers.
const MERGERS: NaiveDate = day(2025, 7, 1);
/// From this day on a CMND is no longer valid.
const CMND_ENDS: NaiveDate = day(2025, 1, 1);

/// A letter without its text.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) index: u64,
    /// First letter of the matter; itself when it is the first.
    pub(super) origin: u64,
    pub(super) relation: Option<Relation>,
    made: Made,
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
    changes: Made,
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
    let outline = Outline::of(plan, index);
    let relation = outline.relation?;
    let (id, of) = (petition_id(index), petition_id(outline.origin));
    serde_json::to_string(&Truth { id, of, relation, changes: outline.effective(plan) }).ok()
}

impl Outline {
    /// The outline of one petition.
    pub(super) fn of(plan: &Plan, index: u64) -> Self {
        let (origin, relation) = origin_of(plan, index);
        let sort = Sort::of(plan.seed, origin);
        let sort = if relation == Some(Relation::Split) { sort.part(plan.seed, index) } else { sort };
        let made = relation.map(|relation| Made::of(plan, index, relation)).unwrap_or_default();
        let first = arrival(plan, origin);
        let (written_on, received_on) = match relation {
            None => first,
            Some(Relation::CarbonCopy) => (first.0, arrival(plan, index).1.max(first.1)),
            Some(_) => {
                let own = arrival(plan, index);
                (own.0.max(first.0), own.1.max(first.1))
            }
        };
        Self { index, origin, relation, made, sort, written_on, received_on }
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

    /// What the letter is about, as it tells it.
    fn matter(&self, plan: &Plan) -> Matter {
        let matter = self.whole_matter(plan);
        if self.relation == Some(Relation::Split) { matter.part(self.sort) } else { matter }
    }

    /// What the first letter is about, with this letter's household and names of places.
    fn whole_matter(&self, plan: &Plan) -> Matter {
        let told_on = arrival(plan, self.origin).0;
        let matter = Matter::of(plan.seed, self.origin, told_on);
        let matter = match self.relation {
            Some(Relation::FormLetter) => matter.of_household(plan.seed, self.index),
            _ => matter,
        };
        if self.names_districts(plan) { matter.before_the_mergers() } else { matter }
    }

    /// Letters of before the mergers name district and old province; one whose district is dropped writes
    /// as the other era does.
    fn names_districts(&self, plan: &Plan) -> bool {
        (arrival(plan, self.origin).0 < MERGERS) != self.made.has(Change::DistrictDropped)
    }

    /// Who signs: on a form letter another household, else who signed the first letter.
    fn signer(&self, plan: &Plan, place: Place) -> Person {
        let index = if self.relation == Some(Relation::FormLetter) { self.index } else { self.origin };
        let mut rng = rng(plan.seed, Stream::Signer, index);
        let person = Person::draw(&mut rng, place);
        let has_old_card = arrival(plan, self.origin).0 < CMND_ENDS && chance(&mut rng, 30);
        let person = if self.names_districts(plan) { person.before_the_mergers(place) } else { person };
        if has_old_card && !self.made.has(Change::IdRenewed) {
            person.with_old_card(&mut rng)
        } else {
            person
        }
    }

    fn is_anonymous(&self, plan: &Plan) -> bool {
        self.relation == Some(Relation::AnonymousCopy) || is_unsigned(plan, self.origin)
    }

    /// The unit that holds the letter.
    pub(super) fn unit(&self, plan: &Plan) -> String {
        self.recipients(plan, &self.matter(plan)).into_iter().next().unwrap_or_default()
    }

    /// First the agency that holds the letter; a copy goes to others than the original.
    fn recipients(&self, plan: &Plan, matter: &Matter) -> Vec<String> {
        let province = matter.place.province;
        let is_copy = self.made.has(Change::OtherRecipient);
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
        if is_copy && recipients.first() == Self::of(plan, self.origin).recipients(plan, matter).first() {
            let central = pick(&mut rng, &CENTRAL).to_owned();
            recipients.retain(|other| *other != central);
            recipients.insert(0, central);
        }
        recipients
    }

    fn title(&self, plan: &Plan, matter: &Matter) -> String {
        let style = rng(plan.seed, Stream::Style, !self.index);
        let mut teller = Teller { matter, written_on: self.written_on, rng: style };
        Grammar::embedded().tell_one(matter.topic, "title", &mut teller)
    }

    /// The text of the letter.
    fn letter(&self, plan: &Plan, matter: &Matter, recipients: &[String], signer: Option<&Person>) -> String {
        let parts = self.parts(plan, matter, recipients, signer);
        let text = if self.made.has(Change::SummaryRetyped) {
            let recipient = recipients.first().map_or("", String::as_str);
            retell::summary(&parts, signer, recipient, self.written_on)
        } else {
            parts.text()
        };
        if self.relation.is_none() { text } else { self.spoilt(plan, text, matter, signer) }
    }

    fn parts(&self, plan: &Plan, matter: &Matter, recipients: &[String], signer: Option<&Person>) -> Parts {
        let style = rng(plan.seed, Stream::Style, self.origin);
        let own = || rng(plan.seed, Stream::Style, self.index);
        let (style, first) = match self.relation {
            Some(Relation::SecondComplaint) => (own(), Some(("second", own()))),
            Some(Relation::ContinuedDenunciation) => (own(), Some(("continued", own()))),
            Some(Relation::Supplement) => (style, Some(("supplement", own()))),
            _ => (style, None),
        };
        let told_on = arrival(plan, self.origin).0;
        let whole = if self.relation == Some(Relation::Split) { &self.whole_matter(plan) } else { matter };
        let written_on = self.written_on;
        let mut parts =
            Letter { matter: whole, style, told_on, written_on, recipients, signer, first }.parts();
        let rng = rng(plan.seed, Stream::Retelling, self.index);
        let mut teller = Teller { matter, written_on, rng };
        match self.relation {
            Some(Relation::Split) => retell::keep(&mut parts, matter, &mut teller.rng),
            Some(Relation::Supplement) => retell::supplement(&mut parts, &mut teller),
            _ => {}
        }
        retell::rearrange(&mut parts, &self.made, &mut teller);
        parts
    }

    /// The text after typing, fonts and scanners.
    fn spoilt(&self, plan: &Plan, mut text: String, matter: &Matter, signer: Option<&Person>) -> String {
        let mut rng = rng(plan.seed, Stream::Spoiling, self.index);
        let made = |change: Change| self.made.has(change);
        let days = if rng.bool() { Days::InWords } else { Days::InEnglish };
        if made(Change::DateLanguage) {
            text = spoil::other_days(&text, self.written_on, days);
        }
        if made(Change::NamesAbbreviated) {
            text = spoil::abbreviated(&text, &[matter.fact(Fact::Neighbour)]);
            if let Some(person) = signer {
                text = spoil::shorten_first(&text, &person.name);
            }
        }
        if made(Change::OcrErrors) {
            text = spoil::misread(&mut rng, &text);
        }
        if made(Change::LegacyEncoding) {
            text = spoil::through_legacy(&mut rng, &text);
        }
        if made(Change::TonePlacement) {
            text = spoil::old_tones(&text);
        }
        if made(Change::MarksDropped) {
            text = spoil::without_marks(&text);
        }
        text
    }

    /// The changes that show: a card is renewed only by who had the old one.
    fn effective(&self, plan: &Plan) -> Made {
        let mut made = self.made.clone();
        if made.has(Change::IdRenewed) {
            let matter = self.matter(plan);
            let first = Self::of(plan, self.origin).signer(plan, matter.place);
            if self.is_anonymous(plan) || first.id_number == self.signer(plan, matter.place).id_number {
                made.without(Change::IdRenewed);
            }
        }
        made
    }

    /// The case its first letter opened; of copies, the source has linked every second one.
    pub(super) fn linked_case(&self, plan: &Plan) -> Option<String> {
        let first = Self::of(plan, self.origin).handling(plan);
        let is_linked = self.relation.is_none() || self.index.is_multiple_of(2);
        (first.has_case && is_linked).then(|| case_id(self.origin))
    }
}

fn pick_days(rng: &mut fastrand::Rng) -> u64 {
    rng.choice([40, 40, 55, 70]).unwrap_or(40)
}

/// Day of writing and day of arrival of a letter that is the first of its matter.
pub(super) fn arrival(plan: &Plan, index: u64) -> (NaiveDate, NaiveDate) {
    let mut rng = rng(plan.seed, Stream::Arrival, !index);
    let passed = u128::from(index) * u128::from(DAYS) / u128::from(plan.petitions.max(1));
    let passed = u64::try_from(passed).unwrap_or(DAYS).min(DAYS);
    let received_on = office_day(after(before(plan.today, DAYS), passed));
    (before(received_on, rng.u64(1..7)), received_on)
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}
