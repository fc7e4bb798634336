//! Where a letter says something happened, and whom it accuses, for letters of which nothing but the text is known.
//!
//! Names of communes are taken in every length, so that what follows one does not hide it: they are looked
//! up, never shown. Of the accused only the initials are kept, because letters abbreviate them.

use std::sync::LazyLock;

use crate::duplicates::extract::reading::{Phrases, Reading};

/// Syllables of a commune's name at most.
const COMMUNE_WORDS_MAX: usize = 4;
/// Names of communes kept at most, each length for itself.
const COMMUNES_MAX: usize = 48;
/// Syllables of a person's name.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=6;
/// Accused kept at most.
const ACCUSED_MAX: usize = 8;

static COMMUNE: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::of(&["xã", "phường", "thị trấn", "x", "p", "tt", "đặc khu"]));
static TITLE: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(&["ông", "bà"]));

/// Where, and against whom.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// What may be the name of a commune: folded, without its level.
    pub communes: Vec<String>,
    /// Initials of persons who are named: `nvb`.
    pub accused: Vec<String>,
}

/// Says how much is known; values stay out of logs.
impl std::fmt::Debug for Whereabouts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Whereabouts({} communes, {} accused)", self.communes.len(), self.accused.len())
    }
}

/// The name of a commune without its level: `phuong viet tri` is `viet tri`.
#[must_use]
pub fn bare(commune: &str) -> String {
    let reading = Reading::of(commune);
    let skip = COMMUNE.at(&reading.words, 0);
    let skip = if skip < reading.words.len() { skip } else { 0 };
    reading.words.iter().skip(skip).map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}

/// Initials of the persons whom `text` names with a title.
#[must_use]
pub fn accused(text: &str) -> Vec<String> {
    read(&Reading::of(text)).accused
}

/// What the letter says.
pub(in crate::duplicates::extract) fn read(reading: &Reading<'_>) -> Whereabouts {
    let mut found = Whereabouts::default();
    for (place, len) in COMMUNE.places(&reading.words) {
        let mut name = String::new();
        for at in place + len..place + len + COMMUNE_WORDS_MAX {
            let word = reading.word(at);
            if word.is_empty() || (at > place + len && reading.before(at).contains([',', ';', '\n', '('])) {
                break;
            }
            name = if name.is_empty() { word.to_owned() } else { format!("{name} {word}") };
            push(&mut found.communes, name.clone(), COMMUNES_MAX);
        }
    }
    for (place, len) in TITLE.places(&reading.words) {
        let initials = initials(reading, place + len);
        if NAME_WORDS.contains(&initials.chars().count()) {
            push(&mut found.accused, initials, ACCUSED_MAX);
        }
    }
    found
}

/// The initials of the words in capitals from `place` on, as far as one name goes.
fn initials(reading: &Reading<'_>, place: usize) -> String {
    let is_name = |at: usize| {
        let is_apart = at > place && reading.before(at).contains([',', ';', '(', '\n', ':', '-', ')']);
        !is_apart && reading.is_capital(at)
    };
    let words = (place..place + NAME_WORDS.end() + 1).take_while(|at| is_name(*at));
    words.filter_map(|at| reading.word(at).chars().next()).collect()
}

fn push(list: &mut Vec<String>, value: String, limit: usize) {
    if list.len() < limit && !list.contains(&value) {
        list.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accused_are_known_by_their_initials_however_they_are_written() {
        let table = [
            ("ông N.V.B. (kế toán), phường Việt Trì", "nvb"),
            ("Tôi tố cáo ông Nguyễn Văn Bình, công chức xã", "nvb"),
            ("bà N. V. B. đã nhận tiền của bà Lê Thị Sáu", "nvb lts"),
            ("ông ta không trả lời", ""),
        ];
        for (text, expected) in table {
            assert_eq!(accused(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn communes_are_found_in_any_letter() {
        for text in ["tại xã Núi Thành, tỉnh Quảng Nam", "UBND X. Nui Thanh", "ở xã Núi Thành có việc"]
        {
            assert!(read(&Reading::of(text)).communes.contains(&"nui thanh".to_owned()), "{text}");
        }
        assert_eq!(bare("phường Việt Trì"), "viet tri");
        assert_eq!(bare("Xã"), "xa");
    }
}
