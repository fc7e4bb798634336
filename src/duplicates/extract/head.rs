//! The head of a letter: when it was written and to whom, down to the end of the block "Kính gửi".

use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::duplicates::extract::reading::{Phrases, Reading};
use crate::text::abbreviation::Abbreviations;
use crate::text::canonical::{Kind, canonicals};
use crate::text::syllable::tokens;

/// Syllables from the begin of a letter within which its head ends.
const HEAD_WORDS: usize = 220;
/// Syllables of one addressee at most.
const RECIPIENT_WORDS_MAX: usize = 25;
/// Addressees read at most.
const RECIPIENTS_MAX: usize = 20;
/// Characters of the end of a letter in which the day may stand.
const TAIL_CHARS: usize = 400;

static ADDRESSED: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["kính gửi", "kính đơn gửi", "đồng kính gửi", "kính gởi", "nơi gửi"]));
/// What a letter begins with after its addressees.
static BODY: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "tôi",
        "chúng tôi",
        "tên tôi",
        "họ và tên",
        "họ tên",
        "em",
        "cháu",
        "hôm nay",
        "kính thưa",
        "gia đình",
        "đơn",
        "nội dung",
        "người",
        "kính mong",
        "sinh năm",
        "địa chỉ",
        "căn cứ",
        "nguyên",
        "nay",
        "về việc",
        "v v",
    ])
});

/// The head of a letter.
#[derive(Debug, Default)]
pub struct Head {
    /// Agencies addressed, each as a key.
    pub recipients: Vec<String>,
    /// Day of writing.
    pub written_on: Option<NaiveDate>,
    /// The syllable after the head.
    pub(in crate::duplicates::extract) end: usize,
}

impl Head {
    pub(in crate::duplicates::extract) fn of(reading: &Reading<'_>) -> Self {
        let begin = reading.words.get(..reading.words.len().min(HEAD_WORDS)).unwrap_or_default();
        let mut head = Self::default();
        ADDRESSED.places(begin).for_each(|(place, len)| {
            if place >= head.end {
                head.read_block(reading, place + len);
            }
        });
        let written_on = written_on(reading, head.end);
        Self { written_on, ..head }
    }

    fn read_block(&mut self, reading: &Reading<'_>, from: usize) {
        let mut start = from;
        while start < reading.words.len() && self.recipients.len() < RECIPIENTS_MAX {
            let limit = reading.words.len().min(start + RECIPIENT_WORDS_MAX);
            let end = (start + 1..limit).find(|place| parts(reading, *place)).unwrap_or(limit);
            let key = agency(written(reading, start, end));
            if !key.is_empty() && !self.recipients.contains(&key) {
                self.recipients.push(key);
            }
            start = end;
            let is_over = reading.begins_paragraph(start)
                || BODY.at(&reading.words, start) > 0
                || end - from > HEAD_WORDS
                || (reading.begins_line(start) && !is_listed(reading, start));
            if is_over {
                break;
            }
        }
        self.end = start;
    }
}

/// An agency's name as a key: folded, abbreviations written out, words for places kept.
#[must_use]
pub fn agency(written: &str) -> String {
    let words = tokens(written);
    let expanded = Abbreviations::embedded().expand(&words);
    let mut out: Vec<&str> = Vec::with_capacity(words.len());
    let mut place = 0;
    while let Some(word) = words.get(place) {
        let long = expanded.iter().find(|way| way.words.start == place && way.other.len() > way.words.len());
        match long {
            Some(way) => {
                out.extend(way.other.iter().map(|word| word.folded.as_str()));
                place = way.words.end;
            }
            None => {
                out.push(&word.folded);
                place += 1;
            }
        }
    }
    out.join(" ")
}

fn written<'t>(reading: &Reading<'t>, start: usize, end: usize) -> &'t str {
    let range = reading.words.get(start).zip(end.checked_sub(1).and_then(|last| reading.words.get(last)));
    range.and_then(|(one, last)| reading.text.get(one.start as usize..last.end as usize)).unwrap_or_default()
}

/// Whether another addressee, or what follows them, begins at `place`.
fn parts(reading: &Reading<'_>, place: usize) -> bool {
    let gap = reading.before(place);
    gap.contains(['\n', ';', '•', '+'])
        || gap.contains(" - ")
        || BODY.at(&reading.words, place) > 0 && gap.contains(['.', ','])
}

/// Whether the line at `place` begins as one of a list does, or names an agency.
fn is_listed(reading: &Reading<'_>, place: usize) -> bool {
    let is_marked = reading.before(place).contains(['-', '+', '•', '*', '–']);
    is_marked || AGENCIES.at(&reading.words, place) > 0
}

static AGENCIES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "ubnd",
        "ủy ban",
        "hđnd",
        "hội đồng",
        "thanh tra",
        "sở",
        "ban",
        "bộ",
        "công an",
        "tòa án",
        "viện kiểm sát",
        "chủ tịch",
        "ông chủ tịch",
        "bà chủ tịch",
        "đồng chí",
        "phòng",
        "văn phòng",
        "chi cục",
        "cục",
        "tổng cục",
        "đoàn đại biểu",
        "báo",
        "huyện ủy",
        "tỉnh ủy",
        "đảng ủy",
        "mặt trận",
        "giám đốc",
        "trưởng phòng",
        "thường trực",
        "ủy ban nhân dân",
    ])
});

/// The day of writing: the first whole day before the end of the head, or the last near the letter's end.
fn written_on(reading: &Reading<'_>, end: usize) -> Option<NaiveDate> {
    let head_end = reading.words.get(end).map_or(reading.text.len(), |word| word.start as usize);
    let head = reading.text.get(..head_end).filter(|_| end > 0).unwrap_or_default();
    let tail_start = reading.text.char_indices().rev().nth(TAIL_CHARS).map_or(0, |(at, _)| at);
    let tail = reading.text.get(tail_start..).unwrap_or_default();
    days(head).into_iter().next().or_else(|| {
        // A day that is told in the last sentences is not the day of writing; one in a line of its own is.
        let lines: Vec<&str> = tail.lines().rev().collect();
        let alone = lines.into_iter().filter(|line| line.split_whitespace().count() <= 10);
        alone.flat_map(days).next()
    })
}

/// The days that `text` names.
pub(in crate::duplicates::extract) fn days(text: &str) -> Vec<NaiveDate> {
    let found = canonicals(text).into_iter().filter(|found| found.kind == Kind::Day);
    found.filter_map(|found| found.token.get(2..)?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addressees_are_read_however_they_are_listed() {
        let two = ["uy ban nhan dan tinh nghe an", "thanh tra tinh nghe an"];
        let table = [
            "ĐƠN KHIẾU NẠI\n\nKính gửi: UBND tỉnh Nghệ An\n- Thanh tra tỉnh Nghệ An\n\nTôi tên là Trần Văn Nam",
            "Kính gửi: - Ủy ban nhân dân tỉnh Nghệ An;\n          - Thanh tra tỉnh Nghệ An.\nTôi là Trần Văn Nam, trú tại",
            "KINH GUI: UY BAN NHAN DAN TINH NGHE AN\nTHANH TRA TINH NGHE AN\nTEN TOI LA TRAN VAN NAM",
            "Kính gửi: UBND tỉnh Nghệ An; Thanh tra tỉnh Nghệ An. Tôi là Trần Văn Nam",
        ];
        for text in table {
            let reading = Reading::of(text);
            let head = Head::of(&reading);
            assert_eq!(head.recipients, two, "{text}");
            assert!(["toi", "ten"].contains(&reading.word(head.end)), "{text}: {}", reading.word(head.end));
        }
        assert!(Head::of(&Reading::of("Tôi khiếu nại")).recipients.is_empty());
    }

    #[test]
    fn the_day_of_writing_stands_at_the_head_or_alone_at_the_end() {
        let day = NaiveDate::from_ymd_opt(2024, 3, 5);
        let table = [
            (
                "Nghệ An, ngày 05 tháng 03 năm 2024\n\nKính gửi: UBND xã\n\nTôi bị thu hồi đất ngày 1/2/2020.",
                day,
            ),
            (
                "Kính gửi: UBND xã\n\nTôi bị thu hồi đất ngày 1/2/2020 như sau.\n\nNghệ An, 5/3/2024\nNgười làm đơn",
                day,
            ),
            ("Tôi bị thu hồi đất ngày 1/2/2020 cùng với nhiều hộ dân khác ở trong thôn này.", None),
        ];
        for (text, expected) in table {
            assert_eq!(Head::of(&Reading::of(text)).written_on, expected, "{text}");
        }
    }
}
