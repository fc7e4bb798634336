//! What a simulated letter is about: its kind, topics, place and facts.
//!
//! A matter is drawn from the index of the first letter about it, so every later copy tells the same
//! facts. A household that signs a form letter has its own parcel, area and amount.

use chrono::NaiveDate;
use fastrand::Rng;

use crate::demo::draw::{Stream, before, dotted, pick, rng, written};
use crate::demo::people;
use crate::demo::places::Place;

/// A fact that stands in the grammar's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Commune,
    Province,
    Hamlet,
    Parcel,
    Sheet,
    Area,
    Amount,
    Decision,
    DecisionDay,
    Project,
    Company,
    Official,
    Neighbour,
    Year,
    Road,
    Households,
    Agency,
}

const FACTS: [(&str, Fact); 17] = [
    ("commune", Fact::Commune),
    ("province", Fact::Province),
    ("hamlet", Fact::Hamlet),
    ("parcel", Fact::Parcel),
    ("sheet", Fact::Sheet),
    ("area", Fact::Area),
    ("amount", Fact::Amount),
    ("decision", Fact::Decision),
    ("decision_day", Fact::DecisionDay),
    ("project", Fact::Project),
    ("company", Fact::Company),
    ("official", Fact::Official),
    ("neighbour", Fact::Neighbour),
    ("year", Fact::Year),
    ("road", Fact::Road),
    ("households", Fact::Households),
    ("agency", Fact::Agency),
];

impl Fact {
    /// The fact a slot names.
    pub(super) fn named(name: &str) -> Option<Self> {
        FACTS.iter().find(|(known, _)| *known == name).map(|(_, fact)| *fact)
    }
}

/// The four kinds of TT 05/2021/TT-TTCP Đ6, and letters nobody has classified yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Complaint,
    Denunciation,
    Feedback,
    Mixed,
    Unknown,
}

impl Kind {
    /// Shares of a province's year: KN 12 %, TC 5 %, the rest KNPA, some mixed or unclassified.
    pub(super) fn draw(rng: &mut Rng) -> Self {
        match rng.u32(..1000) {
            0..115 => Self::Complaint,
            115..160 => Self::Denunciation,
            160..175 => Self::Mixed,
            175..180 => Self::Unknown,
            _ => Self::Feedback,
        }
    }

    /// The stored code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Denunciation => "denunciation",
            Self::Feedback => "feedback",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }

    /// What a citizen writes at the head of the letter.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Complaint => "ĐƠN KHIẾU NẠI",
            Self::Denunciation => "ĐƠN TỐ CÁO",
            Self::Feedback => "ĐƠN KIẾN NGHỊ, PHẢN ÁNH",
            Self::Mixed => "ĐƠN KHIẾU NẠI VÀ TỐ CÁO",
            Self::Unknown => "ĐƠN ĐỀ NGHỊ",
        }
    }

    /// The grammar's section of openings.
    pub(super) fn opening(self) -> &'static str {
        match self {
            Self::Unknown => "feedback",
            _ => self.code(),
        }
    }

    /// One of the topics of letters of this kind.
    pub(super) fn topic(self, rng: &mut Rng) -> &'static str {
        match self {
            Self::Complaint => pick(
                rng,
                &["land_recovery", "land_recovery", "land_certificate", "land_dispute", "penalty", "policy"],
            ),
            Self::Denunciation => pick(rng, &["conduct", "conduct", "corruption"]),
            Self::Mixed => pick(rng, &["land_recovery", "land_certificate", "penalty", "policy"]),
            Self::Feedback | Self::Unknown => pick(
                rng,
                &[
                    "environment",
                    "environment",
                    "infrastructure",
                    "infrastructure",
                    "school_health",
                    "construction",
                    "policy",
                    "land_certificate",
                    "land_recovery",
                    "land_dispute",
                ],
            ),
        }
    }
}

/// The field (lĩnh vực) of a topic.
pub(super) fn subject(topic: &str) -> &'static str {
    match topic {
        "penalty" => "Xử lý vi phạm hành chính",
        "policy" => "Chế độ, chính sách",
        "environment" => "Môi trường",
        "infrastructure" => "Giao thông, hạ tầng",
        "school_health" => "Giáo dục, y tế",
        "construction" => "Quy hoạch, xây dựng",
        "conduct" => "Công chức, công vụ",
        "corruption" => "Tham nhũng",
        _ => "Đất đai, nhà cửa",
    }
}

/// What a letter is about.
#[derive(Debug, Clone)]
pub(super) struct Matter {
    pub(super) kind: Kind,
    pub(super) topic: &'static str,
    /// Second topic of a mixed letter.
    pub(super) second: Option<&'static str>,
    pub(super) place: Place,
    /// Office that made the decision or leads the people named.
    pub(super) respondent: String,
    facts: [String; FACTS.len()],
}

/// The cheap part of a matter: what tables need without its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sort {
    pub(super) kind: Kind,
    pub(super) topic: &'static str,
    pub(super) second: Option<&'static str>,
    pub(super) place: Place,
}

impl Sort {
    /// The sort of the matter that letter `origin` began.
    pub(super) fn of(seed: u64, origin: u64) -> Self {
        Self::draw(&mut rng(seed, Stream::Matter, origin))
    }

    /// One of the two contents of a mixed letter, drawn for the letter `index` that tells it alone.
    pub(super) fn part(self, seed: u64, index: u64) -> Self {
        let is_complaint = rng(seed, Stream::Household, !index).bool();
        match self.second.filter(|_| !is_complaint) {
            Some(second) => Self { kind: Kind::Denunciation, topic: second, second: None, ..self },
            None => Self { kind: Kind::Complaint, second: None, ..self },
        }
    }

    fn draw(rng: &mut Rng) -> Self {
        let kind = Kind::draw(rng);
        let topic = kind.topic(rng);
        let second = (kind == Kind::Mixed).then(|| pick(rng, &["conduct", "corruption"]));
        Self { kind, topic, second, place: Place::draw(rng) }
    }
}

impl Matter {
    /// The matter that letter `origin` began, `written_on` the day of that letter.
    pub(super) fn of(seed: u64, origin: u64, written_on: NaiveDate) -> Self {
        let mut rng = rng(seed, Stream::Matter, origin);
        let sort = Sort::draw(&mut rng);
        Self::about(sort, &mut rng, written_on)
    }

    /// A matter of a given sort.
    pub(super) fn about(sort: Sort, rng: &mut Rng, written_on: NaiveDate) -> Self {
        let Sort { kind, topic, second, place } = sort;
        let agency = if rng.bool() { place.committee() } else { place.province.any_office(rng) };
        let post = pick(
            rng,
            &["công chức địa chính", "cán bộ tư pháp", "trưởng thôn", "kế toán", "phó trưởng phòng"],
        );
        let official = format!("{} ({post})", people::initials(rng));
        let respondent = match topic {
            "conduct" | "corruption" => official.clone(),
            _ => agency.clone(),
        };
        let facts = [
            place.commune.to_owned(),
            place.province.official(),
            people::hamlet(rng),
            rng.u32(3..900).to_string(),
            rng.u32(1..90).to_string(),
            format!("{},{}", rng.u32(48..2500), rng.u32(..10)),
            dotted(rng.u64(120..48_000) * 100_000),
            format!("{}/QĐ-{}", rng.u32(11..4900), pick(rng, &["UBND", "UBND", "CT", "XPHC"])),
            written(before(written_on, rng.u64(15..420))),
            project(rng),
            company(rng),
            official,
            people::addressed(rng),
            rng.u32(1978..2019).to_string(),
            people::road(rng),
            rng.u32(9..240).to_string(),
            agency,
        ];
        Self { kind, topic, second, place, respondent, facts }
    }

    /// The same matter as another household has it: other parcel, area and amount.
    pub(super) fn of_household(mut self, seed: u64, index: u64) -> Self {
        let mut rng = rng(seed, Stream::Household, index);
        let own = [
            (Fact::Parcel, rng.u32(3..900).to_string()),
            (Fact::Area, format!("{},{}", rng.u32(48..2500), rng.u32(..10))),
            (Fact::Amount, dotted(rng.u64(120..48_000) * 100_000)),
        ];
        for (fact, value) in own {
            if let Some(slot) = self.facts.get_mut(fact as usize) {
                *slot = value;
            }
        }
        self
    }

    /// One content of a mixed matter, of the sort given.
    pub(super) fn part(mut self, sort: Sort) -> Self {
        if sort.kind == Kind::Denunciation {
            self.respondent = self.fact(Fact::Official).to_owned();
        }
        Self { kind: sort.kind, topic: sort.topic, second: sort.second, ..self }
    }

    /// The same matter under the name its province had.
    pub(super) fn before_the_mergers(mut self) -> Self {
        let province = self.place.old_province();
        if let Some(slot) = self.facts.get_mut(Fact::Province as usize) {
            *slot = province;
        }
        self
    }

    /// A fact's words.
    pub(super) fn fact(&self, fact: Fact) -> &str {
        self.facts.get(fact as usize).map_or("", String::as_str)
    }
}

fn project(rng: &mut Rng) -> String {
    let sort = pick(
        rng,
        &[
            "khu dân cư",
            "khu đô thị mới",
            "cụm công nghiệp",
            "đường vành đai",
            "hồ chứa nước",
            "khu tái định cư",
            "trường học",
            "chợ trung tâm",
            "kè chống sạt lở",
            "tuyến đường liên xã",
        ],
    );
    format!("{sort} {} {}", people::village(rng), pick(rng, &["", "giai đoạn 1", "giai đoạn 2", "mở rộng"]))
        .trim_end()
        .to_owned()
}

/// A company of a made-up name.
fn company(rng: &mut Rng) -> String {
    let form = pick(rng, &["Công ty TNHH", "Công ty cổ phần", "Hợp tác xã", "Doanh nghiệp tư nhân"]);
    let first = pick(rng, &["Đại", "Tân", "Phúc", "Hưng", "Vạn", "Thiên", "Gia", "Nhật"]);
    let second = pick(rng, &["Lộc", "Khang", "Thịnh", "Phát", "Long", "Hòa", "Tín", "Vượng"]);
    let third = pick(rng, &["Mộc", "Điền", "Thủy", "Sơn", "Quang", "Nguyên", "Hà", "Viên"]);
    format!("{form} {first} {second} {third}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_stands_at_its_own_place() {
        for (place, (name, fact)) in FACTS.iter().enumerate() {
            assert_eq!(*fact as usize, place, "{name}");
        }
    }

    #[test]
    fn a_household_changes_its_parcel_and_nothing_of_the_place() {
        let day = "2026-01-05".parse().unwrap();
        let matter = Matter::of(7, 3, day);
        let other = matter.clone().of_household(7, 99);
        assert_eq!(matter.fact(Fact::Commune), other.fact(Fact::Commune));
        assert_eq!(matter.fact(Fact::Decision), other.fact(Fact::Decision));
        assert_ne!(matter.fact(Fact::Amount), other.fact(Fact::Amount));
    }
}
