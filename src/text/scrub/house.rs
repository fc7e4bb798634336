//! Finds the house of an address by its number and street, without the commune and province behind them.
//!
//! `12 Lê Lợi, phường Bến Nghé` also stands in a letter as `số nhà 12, đường Lê Lợi`. A hamlet alone is not
//! looked for: hundreds live there, and letters are about it.

use std::ops::Range;

use crate::text::scrub::MASK;
use crate::text::syllable::{Token, tokens};

/// Words around a house number that say nothing of which one it is, folded.
const FILLERS: [&str; 6] = ["so", "nha", "sn", "duong", "pho", "d"];
/// What an address begins with that is no house, or goes on with that is no street, folded.
const OTHER: [&str; 22] = [
    "thon", "ap", "xom", "ban", "lang", "buon", "khom", "to", "khu", "kp", "tdp", "khoi", "doi", "xa",
    "phuong", "thi", "quan", "huyen", "tinh", "thanh", "tp", "p",
];
/// Syllables of house and street at most.
const HOUSE_SYLLABLES_MAX: usize = 12;
/// Fillers passed over between two of them.
const FILLERS_MAX: usize = 3;

/// Where `text` says house and street of any address among `secrets`, as byte ranges.
pub(in crate::text::scrub) fn find(text: &str, secrets: &[&str]) -> Vec<Range<usize>> {
    let houses: Vec<Vec<String>> = secrets.iter().filter_map(|secret| house(secret)).collect();
    if houses.is_empty() {
        return Vec::new();
    }
    let words = tokens(text);
    let starts = 0..words.len();
    starts
        .flat_map(|start| {
            houses.iter().filter_map(|house| matched(text, &words, start, house)).collect::<Vec<_>>()
        })
        .collect()
}

/// Number and street, folded, without fillers; nothing of an address without both.
fn house(secret: &str) -> Option<Vec<String>> {
    let mut house: Vec<String> = Vec::new();
    for part in secret.split([',', ';', '\n', '–']) {
        let words: Vec<String> = tokens(part).into_iter().map(|token| token.folded).collect();
        if words.first().is_none_or(|first| OTHER.contains(&first.as_str())) {
            break;
        }
        house.extend(words.into_iter().filter(|word| !FILLERS.contains(&word.as_str())));
    }
    let is_number = |word: &String| word.starts_with(|c: char| c.is_ascii_digit());
    let has_street =
        house.iter().any(|word| word.chars().all(char::is_alphabetic) && word.chars().count() > 1);
    let is_house = house.first().is_some_and(is_number) && has_street;
    (is_house && house.len() <= HOUSE_SYLLABLES_MAX).then_some(house)
}

/// The bytes of `house` if it stands at the word `start`, fillers between its words passed over.
fn matched(text: &str, words: &[Token], start: usize, house: &[String]) -> Option<Range<usize>> {
    let first = words.get(start).filter(|word| house.first() == Some(&word.folded))?;
    let mut end = first.end;
    let mut at = start + 1;
    for wanted in house.iter().skip(1) {
        let is_filler = |word: &&Token| word.folded != *wanted && FILLERS.contains(&word.folded.as_str());
        let fillers = words.iter().skip(at).take(FILLERS_MAX).take_while(is_filler).count();
        at += fillers;
        let word = words.get(at).filter(|word| word.folded == *wanted)?;
        end = word.end;
        at += 1;
    }
    let range = first.start as usize..end as usize;
    text.get(range.clone()).filter(|said| !said.contains(MASK)).map(|_| range)
}
