//! What a letter is about, as far as it has numbers: decisions, land parcels, sums; and against whom.

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::duplicates::extract::reading::{Phrases, Reading};
use crate::text::canonical::{Kind, canonicals};

/// Smallest sum that tells one matter from another, in đồng.
const AMOUNT_MIN: u128 = 100_000;
/// Numbers of one kind that are read at most.
const NUMBERS_MAX: usize = 64;
/// Syllables between a parcel and its map sheet.
const SHEET_REACH: usize = 10;
/// Beginnings of an issuer's letters that make a number one of law, not of a decision about somebody.
const LAW: [&str; 6] = ["nd", "tt", "qh", "nq", "ttlt", "vbhn"];

static DECISION: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "quyết định số",
        "quyết định",
        "qđ số",
        "qđ",
        "kết luận số",
        "thông báo số",
        "văn bản số",
        "công văn số",
        "biên bản số",
    ])
});
static PARCEL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&["thửa đất số", "thửa đất", "thửa số", "thửa", "số thửa", "các thửa", "thửa đất có số"])
});
static SHEET: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&["tờ bản đồ số", "tờ bản đồ", "tờ số", "tờ", "bản đồ số", "tbđ số", "tbđ"])
});

/// What a letter is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matter {
    /// Numbers of decisions and like papers.
    pub decisions: Vec<Decision>,
    /// Land parcels.
    pub parcels: Vec<Parcel>,
    /// Sums of money, in đồng.
    pub amounts: Vec<u128>,
    /// Days told, without the day of writing.
    pub days: Vec<NaiveDate>,
}

/// The number of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The number: `1234`.
    pub number: String,
    /// The letters behind it, folded: `qd-ubnd`; nothing if they were left out.
    pub issuer: Option<String>,
}

/// A land parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Number of the parcel (thửa).
    pub number: String,
    /// Number of the map sheet (tờ bản đồ), if told near it.
    pub sheet: Option<String>,
}

impl Decision {
    /// The number in `written`: `1234/QĐ-UBND`.
    #[must_use]
    pub fn of(written: &str) -> Option<Self> {
        let found = canonicals(written).into_iter().find(|found| found.kind == Kind::Document)?;
        Self::of_token(&found.token)
    }

    /// As it is shown: `1234/QD-UBND`, or the number alone.
    #[must_use]
    pub fn shown(&self) -> String {
        let issuer = self.issuer.as_ref().map(|issuer| format!("/{}", issuer.to_uppercase()));
        format!("{}{}", self.number, issuer.unwrap_or_default())
    }

    /// The number that `token` stands for, unless it is one of law.
    fn of_token(token: &str) -> Option<Self> {
        let value = token.get(2..)?;
        let (number, rest) = value.split_once('/')?;
        let issuer = rest.rsplit('/').next().unwrap_or(rest);
        let head = issuer.split(['-', '&']).next().unwrap_or(issuer);
        let is_law = LAW.contains(&head) || issuer.starts_with("qh");
        let number = number.trim_start_matches('0').to_owned();
        (!is_law && !number.is_empty()).then(|| Self { number, issuer: Some(issuer.to_owned()) })
    }
}

/// Reads what `text` is about.
pub(in crate::duplicates::extract) fn read(
    text: &str,
    reading: &Reading<'_>,
    written_on: Option<NaiveDate>,
) -> Matter {
    let mut matter = Matter::default();
    for found in canonicals(text) {
        let value = found.token.get(2..).unwrap_or_default();
        match found.kind {
            Kind::Document => push(&mut matter.decisions, Decision::of_token(&found.token)),
            Kind::Amount => push(&mut matter.amounts, value.parse().ok().filter(|sum| *sum >= AMOUNT_MIN)),
            Kind::Day => {
                push(&mut matter.days, value.parse().ok().filter(|day| Some(*day) != written_on));
            }
            Kind::Identity | Kind::Phone => {}
        }
    }
    numbers_alone(reading, &mut matter.decisions);
    parcels(reading, &mut matter.parcels);
    matter
}

fn push<T: PartialEq>(list: &mut Vec<T>, value: Option<T>) {
    if let Some(value) = value.filter(|value| list.len() < NUMBERS_MAX && !list.contains(value)) {
        list.push(value);
    }
}

/// Decisions of which a letter tells the number without the letters behind it.
fn numbers_alone(reading: &Reading<'_>, decisions: &mut Vec<Decision>) {
    for (place, len) in DECISION.places(&reading.words) {
        let at = place + len;
        let is_marked = reading.word(at - 1) == "so" || reading.word(at - 1) == "qd";
        let number =
            figure(reading, at).filter(|_| is_marked && !reading.before(at + 1).contains(['/', '.']));
        let number = number.map(|number| number.trim_start_matches('0').to_owned());
        let number = number.filter(|number| decisions.iter().all(|known| known.number != *number));
        push(decisions, number.filter(|n| !n.is_empty()).map(|number| Decision { number, issuer: None }));
    }
}

fn parcels(reading: &Reading<'_>, parcels: &mut Vec<Parcel>) {
    for (place, len) in PARCEL.places(&reading.words) {
        let mut at = place + len;
        while let Some(number) = figure(reading, at) {
            let sheet = sheet_after(reading, at + 1);
            at += 1;
            let known = parcels.iter_mut().find(|known| known.number == number);
            match known {
                Some(known) if known.sheet.is_none() => known.sheet = sheet,
                Some(known) if known.sheet == sheet || sheet.is_none() => {}
                _ => push(parcels, Some(Parcel { number, sheet })),
            }
            // "các thửa 12, 13 và 14"
            at += usize::from(reading.word(at) == "va");
        }
    }
}

/// The map sheet told within some syllables from `place` on, before another parcel is.
fn sheet_after(reading: &Reading<'_>, place: usize) -> Option<String> {
    for at in place..place + SHEET_REACH {
        if PARCEL.at(&reading.words, at) > 0 || reading.before(at).contains("\n\n") {
            return None;
        }
        let len = SHEET.at(&reading.words, at);
        if len > 0 {
            return figure(reading, at + len);
        }
    }
    None
}

/// The plain number at `place`, perhaps with a letter behind it: `12`, `12a`.
fn figure(reading: &Reading<'_>, place: usize) -> Option<String> {
    let word = reading.word(place);
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_number =
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) && word.len() - digits.len() <= 1;
    is_number.then(|| word.trim_start_matches('0').to_owned()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(text: &str) -> Matter {
        read(text, &Reading::of(text), None)
    }

    #[test]
    fn decisions_are_read_in_their_many_spellings() {
        let table = [
            ("Quyết định số 1234/QĐ-UBND ngày 12/5/2018", "1234/QD-UBND"),
            ("QĐ số 01234/QĐ-UBND", "1234/QD-UBND"),
            ("quyet dinh so 1234/qd-ubnd", "1234/QD-UBND"),
            ("Quyết định số: 1234 ngày 12 tháng 5 năm 2018", "1234"),
            ("QĐ 1234 của UBND", "1234"),
            ("Kết luận số 15/KL-TTr", "15/KL-TTR"),
            ("Nghị định 55/2022/NĐ-CP và Luật 02/2011/QH13", ""),
            ("một quyết định 30 năm trước", ""),
        ];
        for (text, expected) in table {
            let found: Vec<String> = matter(text).decisions.iter().map(Decision::shown).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn parcels_are_read_with_their_sheets() {
        let table = [
            ("thửa đất số 12, tờ bản đồ số 5", "12/5"),
            ("Thửa số 12 (tờ bản đồ số 05)", "12/5"),
            ("thua 12 to 5", "12/5"),
            ("các thửa 12, 13 và 14a thuộc tờ bản đồ 5", "12/5 13/5 14a/5"),
            ("thửa đất 12 của tôi. Sau đó thửa 12, tờ bản đồ số 5 bị thu", "12/5"),
            ("thửa đất số 12 của gia đình", "12/"),
            ("một thửa ruộng", ""),
        ];
        for (text, expected) in table {
            let all = matter(text).parcels;
            let shown =
                all.iter().map(|p| format!("{}/{}", p.number, p.sheet.as_deref().unwrap_or_default()));
            assert_eq!(shown.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn sums_and_days_have_one_form() {
        let found = matter("được trả 1.250.000 đồng ngày 12/5/2018, thiếu 1,5 tỷ; mất 20.000 đồng tiền xe");
        assert_eq!(found.amounts, [1_250_000, 1_500_000_000]);
        assert_eq!(found.days.len(), 1);
    }
}
