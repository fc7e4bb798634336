//! Who signs: names, ID numbers, phones and addresses, in one form each.

use std::ops::Range;
use std::sync::LazyLock;

use crate::duplicates::extract::place::{self, Address};
use crate::duplicates::extract::reading::{Phrases, Reading};
use crate::text::canonical::{Kind, canonicals};
use crate::text::syllable::tokens;

/// Digits of the old ID number (CMND).
pub const OLD_ID_DIGITS: usize = 9;
/// Digits of the new one (CCCD, căn cước).
const NEW_ID_DIGITS: usize = 12;
/// Digits of a phone number, with those of landlines before 2017.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 9..=11;
/// Syllables of a name at least and at most.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=6;
/// Syllables between a word for a number and the number.
const LABEL_REACH: usize = 5;
/// Names a letter is read for.
const NAMES_MAX: usize = 8;
/// Syllables after the head in which signers introduce themselves.
const INTRODUCTION_WORDS: usize = 160;
/// Syllables at the end among which the signature stands.
const SIGNATURE_WORDS: usize = 12;

static NAMED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "tôi tên là",
        "tên tôi là",
        "tôi tên",
        "họ và tên",
        "họ tên",
        "họ và tên người làm đơn",
        "họ tên người làm đơn",
        "họ và tên người khiếu nại",
        "họ và tên người tố cáo",
        "tôi là",
        "em là",
        "cháu là",
        "con là",
        "chúng tôi là",
        "chúng tôi gồm",
        "vợ chồng tôi là",
        "tôi ký tên dưới đây là",
        "tên là",
        "người làm đơn",
        "người viết đơn",
        "người đứng đơn",
        "người khiếu nại",
        "người tố cáo",
        "người kiến nghị",
        "người đại diện",
        "đại diện là",
        "vợ chồng",
    ])
});
static TITLES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["ông", "bà", "anh", "chị", "cụ", "cô", "chú", "bác", "em", "cháu"]));
/// What ends a name where capitals do not tell; of two syllables where one is a name too (Hiền, Sinh, Lâm).
static AFTER_NAME: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "sinh năm",
        "sinh ngày",
        "trú tại",
        "thường trú",
        "hiện trú",
        "hiện ở",
        "hiện ngụ",
        "ngụ tại",
        "cư trú",
        "cư ngụ",
        "nơi ở",
        "nơi cư",
        "chỗ ở",
        "địa chỉ",
        "hộ khẩu",
        "quê quán",
        "điện thoại",
        "căn cước",
        "chứng minh",
        "số cccd",
        "số cmnd",
        "cccd",
        "cmnd",
        "sđt",
        "nghề nghiệp",
        "dân tộc",
        "giới tính",
        "email",
        "làm đơn",
        "và ông",
        "và bà",
        "đã ký",
        "cùng trú",
        "cùng vợ",
        "cùng chồng",
    ])
});
static ID_LABELS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "cccd",
        "cmnd",
        "cmtnd",
        "cmt",
        "căn cước",
        "căn cước công dân",
        "chứng minh",
        "chứng minh nhân dân",
        "chứng minh thư",
        "số định danh",
        "định danh cá nhân",
        "giấy cm",
    ])
});
static PHONE_LABELS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "điện thoại",
        "số điện thoại",
        "đt",
        "sđt",
        "đtdđ",
        "di động",
        "tel",
        "zalo",
        "số máy",
        "liên hệ",
    ])
});
static GLUE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["số", "là", "công", "dân", "di", "động", "nhân"]));

/// What is known of the people who sign.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their names.
    pub names: Vec<Name>,
    /// Their ID numbers, digits.
    pub id_numbers: Vec<String>,
    /// Their phones, in the form of today.
    pub phones: Vec<String>,
    /// Where they live.
    pub addresses: Vec<Address>,
}

/// A person's name, folded and without title.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    words: Vec<String>,
}

/// Says how much is known; values stay out of logs.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Person({} names, {} numbers, {} phones, {} addresses)",
            self.names.len(),
            self.id_numbers.len(),
            self.phones.len(),
            self.addresses.len()
        )
    }
}

/// Shows nothing of the name.
impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({} words)", self.words.len())
    }
}

impl Name {
    /// The name in `written`, titles before it taken off; nothing if no syllable is left.
    #[must_use]
    pub fn of(written: &str) -> Option<Self> {
        let all = tokens(written);
        let titles = (0..all.len()).take_while(|place| TITLES.at(&all, *place) > 0).count();
        // "Bà Anh" is Anh, and "Anh" alone is a name too.
        let skip = titles.min(all.len().saturating_sub(1));
        let words: Vec<String> = all.into_iter().skip(skip).map(|token| token.folded).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// The name as one string that names of other order, marks and case share.
    #[must_use]
    pub fn key(&self) -> String {
        let mut words = self.words.clone();
        words.sort_unstable();
        words.join(" ")
    }

    /// The syllables, folded.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// The digits of an ID number; nothing if it has not as many as one.
#[must_use]
pub fn id_number(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    matches!(digits.len(), OLD_ID_DIGITS | NEW_ID_DIGITS).then_some(digits)
}

/// The number in the form of today: ten digits, mobile prefixes of before 2018 renewed; a number of
/// another form as its digits. Nothing if they are too few or too many.
#[must_use]
pub fn phone(written: &str) -> Option<String> {
    let known = canonicals(written).into_iter().find(|found| found.kind == Kind::Phone);
    if let Some(number) = known.and_then(|found| found.token.get(2..).map(str::to_owned)) {
        return Some(number);
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    PHONE_DIGITS.contains(&digits.len()).then_some(digits)
}

/// The signers of a letter whose head ends at syllable `head`, and the syllables that tell them.
pub(in crate::duplicates::extract) fn read(
    reading: &Reading<'_>,
    head: usize,
) -> (Person, Vec<Range<usize>>) {
    let mut person = Person::default();
    let mut spans = Vec::new();
    let end = (head + INTRODUCTION_WORDS).min(reading.words.len());
    names(reading, head..end, &mut person, &mut spans);
    signature(reading, &mut person, &mut spans);
    numbers(reading, head..end, &mut person, &mut spans);
    for (address, span) in place::addresses(reading, head..end) {
        person.addresses.push(address);
        spans.push(span);
    }
    (person, spans)
}

fn names(reading: &Reading<'_>, within: Range<usize>, person: &mut Person, spans: &mut Vec<Range<usize>>) {
    let mut place = within.start;
    while place < within.end && person.names.len() < NAMES_MAX {
        let label = NAMED.at(&reading.words, place).max(reported(reading, place));
        if label == 0 {
            place += 1;
            continue;
        }
        let mut at = place + label;
        while let Some((name, end)) = name_at(reading, at) {
            person.names.push(name);
            spans.push(place..end);
            // "ông A và bà B", "ông A, bà B"
            let next = end + usize::from(reading.word(end) == "va");
            let is_more = TITLES.at(&reading.words, next) > 0 && !reading.begins_line(next);
            (place, at) = (end.saturating_sub(1), next);
            if !is_more {
                break;
            }
        }
        place += label.min(1);
    }
}

/// Syllables of "Ông (bà)" at `place`, as an officer begins a summary of who wrote; 0 if it does not stand
/// there. Without the brackets it is anybody's grandparents.
fn reported(reading: &Reading<'_>, place: usize) -> usize {
    let is_written = reading.word(place) == "ong" && reading.word(place + 1) == "ba";
    let is_bracketed = matches!(reading.before(place + 1), " (" | "(" | "/" | " / ");
    if is_written && is_bracketed { 2 } else { 0 }
}

/// The name that begins at `place`, after titles and "là", and where it ends.
fn name_at(reading: &Reading<'_>, place: usize) -> Option<(Name, usize)> {
    let mut start = place;
    while reading.word(start) == "la" || TITLES.at(&reading.words, start) > 0 {
        start += 1;
    }
    let is_capital = reading.is_capital(start);
    let mut end = start;
    while end < reading.words.len() && end - start < *NAME_WORDS.end() {
        let is_apart = end > start && !matches!(reading.before(end), " " | "." | ". " | "\u{A0}" | "  ");
        let is_word = reading.word(end).chars().all(char::is_alphabetic);
        let is_other = reading.is_capital(end) != is_capital || AFTER_NAME.at(&reading.words, end) > 0;
        if is_apart || !is_word || (is_other && end > start) || (is_other && !is_capital) {
            break;
        }
        end += 1;
    }
    let is_name = is_capital && NAME_WORDS.contains(&(end - start));
    let words = (start..end).map(|at| reading.word(at).to_owned()).collect();
    is_name.then_some((Name { words }, end))
}

/// The name under the letter: its last line, or the one before if that tells a date or "(Đã ký)".
fn signature(reading: &Reading<'_>, person: &mut Person, spans: &mut Vec<Range<usize>>) {
    let len = reading.words.len();
    let first = len.saturating_sub(SIGNATURE_WORDS);
    let starts: Vec<usize> = (first..len).filter(|place| reading.begins_line(*place)).collect();
    for start in starts.into_iter().rev() {
        let found = name_at(reading, start).filter(|_| NAMED.at(&reading.words, start) == 0);
        let Some((name, end)) = found else { continue };
        if end == len || reading.begins_line(end) {
            person.names.push(name);
            spans.push(start..len);
            return;
        }
    }
}

fn numbers(reading: &Reading<'_>, within: Range<usize>, person: &mut Person, spans: &mut Vec<Range<usize>>) {
    for place in within {
        let (is_id, is_phone) = (ID_LABELS.at(&reading.words, place), PHONE_LABELS.at(&reading.words, place));
        let label = is_id.max(is_phone);
        if label == 0 {
            continue;
        }
        let mut at = place + label;
        while at < place + label + LABEL_REACH && GLUE.at(&reading.words, at) > 0 {
            at += 1;
        }
        let (digits, taken) = reading.digits(at);
        let found = if is_id > 0 { id_number(&digits) } else { phone(&digits) };
        let Some(number) = found else { continue };
        let list = if is_id > 0 { &mut person.id_numbers } else { &mut person.phones };
        if !list.contains(&number) {
            list.push(number);
        }
        spans.push(place..at + taken);
    }
}

#[cfg(test)]
mod tests;
