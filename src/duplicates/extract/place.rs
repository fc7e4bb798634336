//! Where somebody lives, whatever the year of the address: districts are gone since 2025-07-01 and
//! half of the provinces have another name, so the one is left out and the other renewed.

use std::ops::Range;
use std::sync::LazyLock;

use crate::duplicates::extract::reading::{Phrases, Reading};
use crate::text::place::{Places, When};
use crate::text::syllable::{Token, tokens};

/// Syllables of an address at most.
const ADDRESS_WORDS_MAX: usize = 30;

static LABELS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "địa chỉ",
        "địa chỉ thường trú",
        "địa chỉ liên hệ",
        "nơi ở",
        "nơi ở hiện nay",
        "nơi thường trú",
        "nơi cư trú",
        "chỗ ở",
        "chỗ ở hiện nay",
        "trú tại",
        "thường trú tại",
        "cư trú tại",
        "hiện trú tại",
        "hộ khẩu thường trú",
        "hộ khẩu thường trú tại",
        "thường trú",
        "ngụ tại",
        "cư ngụ tại",
        "hiện ở",
        "hiện ở tại",
        "đang ở tại",
        "ở tại",
        "sống tại",
        "sinh sống tại",
    ])
});
/// What may follow an address in the same line.
static AFTER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "căn cước",
        "cccd",
        "cmnd",
        "chứng minh",
        "số cccd",
        "số cmnd",
        "điện thoại",
        "số điện thoại",
        "đt",
        "sđt",
        "sinh năm",
        "xin",
        "tôi",
        "nay tôi",
        "làm đơn",
        "có đơn",
        "là chủ",
        "email",
    ])
});
static PROVINCE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&["tỉnh", "thành phố", "tp", "t", "tp."]));
static DISTRICT: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["huyện", "quận", "thị xã", "h", "q", "tx"]));
static COMMUNE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["xã", "phường", "thị trấn", "x", "p", "tt", "đặc khu"]));
static BELOW: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "số nhà",
        "số",
        "nhà số",
        "nhà",
        "thôn",
        "ấp",
        "bản",
        "làng",
        "xóm",
        "buôn",
        "khóm",
        "khu phố",
        "kp",
        "tổ dân phố",
        "tổ dân phố số",
        "tdp",
        "tổ",
        "tổ số",
        "khu",
        "đường",
        "phố",
        "ngõ",
        "hẻm",
        "khối",
    ])
});

/// An address in the places of today.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Province of today, folded, without its level.
    pub province: Option<String>,
    /// Commune, folded, without its level.
    pub commune: Option<String>,
    /// House, street, hamlet: folded syllables without the words for them.
    pub detail: Vec<String>,
}

/// Says which parts are known; values stay out of logs.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (has_province, has_commune) = (self.province.is_some(), self.commune.is_some());
        write!(f, "Address(province {has_province}, commune {has_commune}, {} words)", self.detail.len())
    }
}

impl Address {
    /// The address in `written`; nothing if it says no place.
    #[must_use]
    pub fn of(written: &str) -> Option<Self> {
        Self::read(&Reading::of(written), 0..usize::MAX)
    }

    /// The address as one string that its old and new spellings share.
    #[must_use]
    pub fn key(&self) -> String {
        let (province, commune) = (self.province.as_deref(), self.commune.as_deref());
        format!("{}|{}|{}", self.detail.join(" "), commune.unwrap_or_default(), province.unwrap_or_default())
    }

    fn read(reading: &Reading<'_>, within: Range<usize>) -> Option<Self> {
        let end = within.end.min(reading.words.len());
        let mut address = Self::default();
        let mut start = within.start;
        while start < end {
            let next = (start + 1..end).find(|place| is_part_end(reading, *place)).unwrap_or(end);
            address.take(reading.words.get(start..next).unwrap_or_default(), next == end);
            start = next;
        }
        (address != Self::default()).then_some(address)
    }

    fn take(&mut self, part: &[Token], is_last: bool) {
        let level = |phrases: &Phrases| Some(phrases.at(part, 0)).filter(|len| *len > 0 && *len < part.len());
        let name = |skip: usize| {
            part.iter().skip(skip).map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
        };
        if let Some(skip) = level(&PROVINCE) {
            // Since the districts are gone a city inside a province is named no more; the last is the province.
            self.province = Some(province_of_today(&name(skip)));
        } else if level(&DISTRICT).is_some() {
        } else if let Some(skip) = level(&COMMUNE) {
            self.commune = Some(name(skip));
        } else if is_last && self.commune.is_some() && self.province.is_none() {
            self.province = Some(province_of_today(&name(0)));
        } else {
            let skip = BELOW.at(part, 0);
            let skip = if skip < part.len() { skip } else { 0 };
            self.detail.extend(part.iter().skip(skip).map(|word| word.folded.clone()));
        }
    }
}

/// Whether another part of an address begins at `place`.
fn is_part_end(reading: &Reading<'_>, place: usize) -> bool {
    reading.before(place).contains([',', ';', '\n', '–', '(']) || reading.before(place).contains(" - ")
}

/// The name that the province `name` has since 2025-07-01, folded.
#[must_use]
pub fn province_of_today(name: &str) -> String {
    let words = tokens(name);
    let found = Places::embedded().other_names(&words);
    let whole = found.into_iter().find(|other| {
        matches!(other.when, When::From(_)) && other.words.start == 0 && other.words.end == words.len()
    });
    let today = whole.map_or(words, |other| other.other);
    today.into_iter().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// The addresses that the syllables `within` tell, with their places.
pub(in crate::duplicates::extract) fn addresses(
    reading: &Reading<'_>,
    within: Range<usize>,
) -> Vec<(Address, Range<usize>)> {
    let mut all: Vec<(Address, Range<usize>)> = Vec::new();
    let mut place = within.start;
    while place < within.end {
        let label = LABELS.at(&reading.words, place);
        let start = place + label;
        let end = (start + 1..reading.words.len().min(start + ADDRESS_WORDS_MAX))
            .find(|at| ends(reading, *at))
            .unwrap_or(reading.words.len().min(start + ADDRESS_WORDS_MAX));
        let found = (label > 0).then(|| Address::read(reading, start..end)).flatten();
        // A word for living somewhere without commune or province is part of the story.
        match found.filter(|address| address.commune.is_some() || address.province.is_some()) {
            Some(address) => {
                if all.iter().all(|(known, _)| *known != address) {
                    all.push((address, place..end));
                }
                place = end;
            }
            None => place += label.max(1),
        }
    }
    all
}

/// Whether an address ends before `place`.
fn ends(reading: &Reading<'_>, place: usize) -> bool {
    let gap = reading.before(place);
    let is_sentence = gap.contains(". ") && reading.is_capital(place);
    gap.contains(['\n', ';', ':']) || is_sentence || AFTER.at(&reading.words, place) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(written: &str) -> String {
        Address::of(written).map(|address| address.key()).unwrap_or_default()
    }

    #[test]
    fn old_and_new_spellings_of_an_address_are_one() {
        let expected = "3|tan hoa|tuyen quang";
        let table = [
            "thôn 3, xã Tân Hòa, tỉnh Tuyên Quang",
            "Thôn 3, xã Tân Hoà, huyện Bắc Quang, tỉnh Hà Giang",
            "thon 3, X. Tan Hoa, H. Bac Quang, T. Ha Giang",
            "Thôn 3 - Xã Tân Hòa - Tỉnh Tuyên Quang",
            "thôn 3, xã Tân Hòa, Hà Giang",
        ];
        for written in table {
            assert_eq!(parts(written), expected, "{written}");
        }
        assert_eq!(parts("số 12 đường Lê Lợi, phường 5, TP Hồ Chí Minh"), "12 duong le loi|5|ho chi minh");
        assert_eq!(parts(""), "");
    }

    #[test]
    fn addresses_stand_in_sentences() {
        let table = [
            (
                "Tôi là Trần Văn A, trú tại ấp Phú Lộc, xã Mỹ Đức, tỉnh Cà Mau, CCCD số 012345678901",
                "phu loc|mi duc|ca mau",
            ),
            (
                "Địa chỉ: tổ dân phố số 7, phường Vinh Tân, tỉnh Nghệ An\nĐiện thoại: 0912345678",
                "7|vinh tan|nghe an",
            ),
            ("Nơi ở: thôn 2, xã Đô Lương, tỉnh Nghệ An; căn cước 012345678901", "2|do luong|nghe an"),
        ];
        for (text, expected) in table {
            let reading = Reading::of(text);
            let found = addresses(&reading, 0..reading.words.len());
            assert_eq!(found.iter().map(|(a, _)| a.key()).collect::<Vec<_>>(), [expected], "{text}");
        }
        let reading = Reading::of("tôi sống tại đây đã lâu");
        assert!(addresses(&reading, 0..reading.words.len()).is_empty());
    }
}
