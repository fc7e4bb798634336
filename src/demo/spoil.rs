//! What typing, fonts and scanners do to the text of a letter.
//!
//! Every function takes the text and gives the text as it would stand in a record. Draws come from the
//! letter's own generator, so the same letter is spoilt in the same way again.

use chrono::{Datelike, NaiveDate};
use fastrand::Rng;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::demo::draw::chance;
use crate::text::legacy::{self, Encoding, encode};

/// Words in a hundred that a scanner reads wrongly.
const MISREAD: u32 = 3;

/// Long names and how letters shorten them, the longer before those they contain.
const SHORT: [(&str, &str); 19] = [
    ("Ủy ban nhân dân", "UBND"),
    ("Sở Nông nghiệp và Môi trường", "Sở NN&MT"),
    ("Sở Giáo dục và Đào tạo", "Sở GD&ĐT"),
    ("Sở Khoa học và Công nghệ", "Sở KH&CN"),
    ("Sở Văn hóa, Thể thao và Du lịch", "Sở VH-TT&DL"),
    ("Ban Tiếp công dân", "Ban TCD"),
    ("Thanh tra Chính phủ", "TTCP"),
    ("Văn phòng Chính phủ", "VPCP"),
    ("giấy chứng nhận quyền sử dụng đất", "GCNQSDĐ"),
    ("quyền sử dụng đất", "QSDĐ"),
    ("giải phóng mặt bằng", "GPMB"),
    ("tái định cư", "TĐC"),
    ("Quyết định số", "QĐ số"),
    ("tổ dân phố", "TDP"),
    ("Công ty cổ phần", "Cty CP"),
    ("Công ty TNHH", "Cty TNHH"),
    ("thành phố ", "TP. "),
    ("phường ", "P. "),
    ("Độc lập - Tự do - Hạnh phúc", "Độc lập-Tự do-Hạnh phúc"),
];

/// What a scanner takes for what.
const CONFUSED: [(&str, &str); 16] = [
    ("rn", "m"),
    ("cl", "d"),
    ("li", "h"),
    ("ạ", "a"),
    ("ệ", "ê"),
    ("ộ", "ô"),
    ("ị", "i"),
    ("ụ", "u"),
    ("ă", "ã"),
    ("ữ", "ử"),
    ("ũ", "ủ"),
    ("đ", "d"),
    ("l", "1"),
    ("O", "0"),
    ("m", "rn"),
    ("h", "b"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a letter writes its days instead of `23/11/2024`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Days {
    /// `ngày 23 tháng 11 năm 2024`.
    InWords,
    /// `November 23, 2024`.
    InEnglish,
}

/// The text as typed without marks.
pub(super) fn without_marks(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    plain
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

/// The tone of open syllables on the second vowel: hoà for hòa, thuý for thúy.
pub(super) fn old_tones(text: &str) -> String {
    let letters: Vec<char> = text.nfc().collect();
    let mut out = String::with_capacity(text.len());
    let mut place = 0;
    while let Some(letter) = letters.get(place) {
        let next = letters.get(place + 1).copied();
        let is_open = letters.get(place + 2).is_none_or(|after| !after.is_alphabetic());
        let before = place.checked_sub(1).and_then(|before| letters.get(before));
        let is_after_q = before.is_some_and(|before| matches!(before, 'q' | 'Q'));
        match next.filter(|_| is_open && !is_after_q).and_then(|next| moved(*letter, next)) {
            Some(pair) => {
                out.extend(pair);
                place += 2;
            }
            None => {
                out.push(*letter);
                place += 1;
            }
        }
    }
    out
}

/// `òa` as `oà`, if it is such a pair.
fn moved(first: char, second: char) -> Option<[char; 2]> {
    let mut parts = std::iter::once(first).nfd();
    let (base, tone) = (parts.next()?, parts.next()?);
    let is_pair =
        matches!((base.to_ascii_lowercase(), second.to_ascii_lowercase()), ('o', 'a' | 'e') | ('u', 'y'));
    let is_tone = matches!(tone, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let toned = [second, tone].into_iter().nfc().next()?;
    (is_pair && is_tone && parts.next().is_none()).then_some([base, toned])
}

/// The text through a legacy font and back: what comes out of a file in TCVN3 or VNI.
pub(super) fn through_legacy(rng: &mut Rng, text: &str) -> String {
    let encoding = if rng.bool() { Encoding::Tcvn3 } else { Encoding::Vni };
    let is_declared = rng.bool();
    let back = encode::posing(text, encoding).and_then(|posing| {
        if is_declared {
            return Some(legacy::decode(&posing, encoding));
        }
        legacy::restore(&posing).map(|restored| restored.text)
    });
    back.unwrap_or_else(|| text.to_owned())
}

/// The text as a scanner reads it.
pub(super) fn misread(rng: &mut Rng, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive([' ', '\n']) {
        let confusions = CONFUSED.iter().filter(|(right, _)| word.contains(right));
        let hit = if chance(rng, MISREAD) { rng.choice(confusions.collect::<Vec<_>>()) } else { None };
        match hit {
            Some((right, wrong)) => out.push_str(&word.replacen(right, wrong, 1)),
            None => out.push_str(word),
        }
    }
    out
}

/// The text with long names shortened; each of `people` by initials.
pub(super) fn abbreviated(text: &str, people: &[&str]) -> String {
    let mut out = text.to_owned();
    for person in people.iter().filter(|person| !person.is_empty()) {
        out = out.replace(person, &initials(person));
    }
    for (long, short) in SHORT {
        out = out.replace(long, short);
    }
    out
}

/// The first mention of a person by initials; the signature stays whole.
pub(super) fn shorten_first(text: &str, person: &str) -> String {
    let is_named_twice = text.matches(person).count() > 1;
    if is_named_twice { text.replacen(person, &initials(person), 1) } else { text.to_owned() }
}

/// `Nguyễn Văn An` as `Ng. V. A.`; a word in small letters before the name stays.
fn initials(name: &str) -> String {
    let shortened = name.split(' ').map(|part| {
        let mut letters = part.chars();
        match letters.next().filter(|first| first.is_uppercase()) {
            Some('N') if part.starts_with("Ng") => "Ng.".to_owned(),
            Some('T') if part.starts_with("Tr") => "Tr.".to_owned(),
            Some(first) => format!("{first}."),
            None => part.to_owned(),
        }
    });
    shortened.collect::<Vec<_>>().join(" ")
}

/// Every day written `dd/mm/yyyy`, and `written_on` at the head of the letter, in the other manner.
pub(super) fn other_days(text: &str, written_on: NaiveDate, days: Days) -> String {
    let head = written_on.format("ngày %d tháng %m năm %Y").to_string();
    match text.split_once(&head) {
        Some((before, after)) => {
            let head = in_manner(written_on, days, true);
            format!("{before}{head}{}", in_body(after, days))
        }
        None => in_body(text, days),
    }
}

fn in_body(text: &str, days: Days) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find('/') {
        let start = found.saturating_sub(2);
        let date = rest.get(start..start + 10).filter(|day| day.is_ascii());
        let date = date.and_then(|day| NaiveDate::parse_from_str(day, "%d/%m/%Y").ok());
        let (before, after) = match date {
            Some(date) => {
                let before = rest.get(..start).unwrap_or_default();
                out.push_str(before);
                let manner = in_manner(date, days, false);
                let is_named = before.ends_with("gày ");
                out.push_str(if is_named { manner.trim_start_matches("ngày ") } else { &manner });
                ("", rest.get(start + 10..).unwrap_or_default())
            }
            None => rest.split_at(found + 1),
        };
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn in_manner(day: NaiveDate, days: Days, is_head: bool) -> String {
    match days {
        Days::InWords if is_head => day.format("%d/%m/%Y").to_string(),
        Days::InWords => format!("ngày {} tháng {} năm {}", day.day(), day.month(), day.year()),
        Days::InEnglish => {
            let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
            format!("{month} {}, {}", day.day(), day.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_stand_as_they_did_before() {
        let table = [
            ("CỘNG HÒA", "CỘNG HOÀ"),
            ("khỏe, thúy, hòa.", "khoẻ, thuý, hoà."),
            ("quý hoàn thủy", "quý hoàn thuỷ"),
            ("của mùa tỏa", "của mùa toả"),
        ];
        for (given, expected) in table {
            assert_eq!(old_tones(given), expected);
        }
    }

    #[test]
    fn days_change_their_manner_and_fractions_do_not() {
        let on = "2024-03-05".parse().unwrap();
        let text = "Huế, ngày 05 tháng 03 năm 2024. Ngày 23/11/2023, số 12/QĐ-UBND; hôm 01/02/2024";
        assert_eq!(
            other_days(text, on, Days::InWords),
            "Huế, 05/03/2024. Ngày 23 tháng 11 năm 2023, số 12/QĐ-UBND; hôm ngày 1 tháng 2 năm 2024"
        );
        assert_eq!(
            other_days(text, on, Days::InEnglish),
            "Huế, March 5, 2024. Ngày November 23, 2023, số 12/QĐ-UBND; hôm February 1, 2024"
        );
    }

    #[test]
    fn names_are_shortened_and_marks_dropped() {
        let text = "ông Nguyễn Văn An, phường Kim Tân, gửi Sở Y tế thành phố Huế";
        assert_eq!(abbreviated(text, &["Nguyễn Văn An"]), "ông Ng. V. A., P. Kim Tân, gửi Sở Y tế TP. Huế");
        assert_eq!(without_marks("Đơn KHIẾU NẠI số 5 đất"), "Don KHIEU NAI so 5 dat");
    }

    #[test]
    fn legacy_fonts_and_scanners_leave_most_of_a_text() {
        let text = "Tôi làm đơn khiếu nại quyết định thu hồi đất của Ủy ban nhân dân huyện đối với hộ gia đình tôi. "
            .repeat(20);
        let mut rng = Rng::with_seed(3);
        for _ in 0..8 {
            let back = through_legacy(&mut rng, &text);
            let same = text.split(' ').zip(back.split(' ')).filter(|(one, other)| one == other).count();
            assert!(same > text.split(' ').count() / 2, "{back}");
        }
        let read = misread(&mut rng, &text);
        let wrong = text.split(' ').zip(read.split(' ')).filter(|(one, other)| one != other).count();
        assert!((1..60).contains(&wrong), "{wrong}");
    }
}
