//! Whether words stand in a text, and together. Texts are long and many: nothing is allocated for a syllable where
//! the first look suffices, and the walk ends where the answer is known.

use crate::domain::limits::POSITIONS_MAX;
use crate::text::syllable::{Syllables, TokenRef};

/// Whether some folded word of `text` is as wanted.
pub(super) fn holds_one(text: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
    let mut syllables = Syllables::new(text);
    while let Some(token) = syllables.advance() {
        if is_wanted(token.folded) {
            return true;
        }
    }
    false
}

/// Whether each of the folded `words` stands in `text`.
pub(super) fn holds_all(text: &str, words: &[String]) -> bool {
    let mut missing: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut syllables = Syllables::new(text);
    while !missing.is_empty() {
        let Some(token) = syllables.advance() else { return false };
        missing.retain(|word| *word != token.folded);
    }
    true
}

/// Whether `words` stand in `text` one after the other. What is kept is how far each beginning has come.
pub(super) fn stand_in_a_row(
    text: &str,
    words: &[String],
    is_same: impl Fn(&TokenRef<'_>, &str) -> bool,
) -> bool {
    let (mut begun, mut next) = (Vec::new(), Vec::new());
    let mut syllables = Syllables::new(text);
    while let Some(token) = syllables.advance() {
        next.clear();
        for reached in begun.iter().copied().chain([0]) {
            if words.get(reached).is_some_and(|word| is_same(&token, word)) {
                next.push(reached + 1);
            }
        }
        if next.contains(&words.len()) {
            return true;
        }
        std::mem::swap(&mut begun, &mut next);
    }
    false
}

/// Whether `words` stand in `text` at most `slop` places off a row, together, in any order.
pub(super) fn stand_nearly<T: AsRef<str>>(text: &[T], words: &[String], slop: u32) -> bool {
    let Some((first, others)) = words.split_first() else { return false };
    let mut costs: Vec<(i64, u32)> = places(text, first).map(|place| (place, 0)).collect();
    for word in others {
        let reached = places(text, word).filter_map(|place| {
            let steps = costs.iter().map(|(before, cost)| {
                let off = u32::try_from((place - before - 1).unsigned_abs()).unwrap_or(u32::MAX);
                cost.saturating_add(off)
            });
            steps.min().filter(|cost| *cost <= slop).map(|cost| (place, cost))
        });
        costs = reached.collect();
    }
    !costs.is_empty()
}

fn places<'a, T: AsRef<str>>(text: &'a [T], word: &'a str) -> impl Iterator<Item = i64> + 'a {
    let found = text.iter().enumerate().filter(move |(_, token)| token.as_ref() == word);
    found.filter_map(|(place, _)| i64::try_from(place).ok()).take(POSITIONS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_nearly_or_nearly() {
        let text: Vec<&str> = "thu hoi quyen su dung dat thu".split(' ').collect();
        let table = [
            ("thu hoi", 0, true),
            ("thu dat", 0, false),
            ("dung dat thu", 0, true),
            ("hoi dat", 3, true),
            ("hoi dat", 2, false),
            ("hoi thu", 2, true),
            ("hoi thu", 1, false),
            ("hoi nha", 50, false),
            ("thu", 0, true),
            ("thu thu hoi", 0, false),
        ];
        for (words, slop, expected) in table {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            assert_eq!(stand_nearly(&text, &words, slop), expected, "{words:?}~{slop}");
            if slop == 0 {
                let in_a_row = stand_in_a_row(&text.join(" "), &words, |token, word| token.folded == word);
                assert_eq!(in_a_row, expected, "{words:?}");
            }
        }
    }

    #[test]
    fn all_words_or_one_are_found_wherever_they_stand() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(holds_all("Thu hồi đất, đất", &words("dat thu")) && !holds_all("thu hồi", &words("thu dat")));
        assert!(holds_one("Thu hồi", |word| word == "hoi") && !holds_one("", |_| true));
        assert!(!stand_in_a_row("a a a b", &words("a b a"), |token, word| token.folded == word));
        assert!(stand_in_a_row("a a a b", &words("a a b"), |token, word| token.folded == word));
    }
}
