//! Whether words stand together in a text.

use crate::domain::limits::POSITIONS_MAX;

/// Whether `words` stand in `text` one after the other, or at most `slop` places off, together, in any order.
pub(super) fn stand_together<T: AsRef<str>>(text: &[T], words: &[String], slop: u32) -> bool {
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
    fn words_stand_together_or_nearly() {
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
        ];
        for (words, slop, expected) in table {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            assert_eq!(stand_together(&text, &words, slop), expected, "{words:?}~{slop}");
        }
    }
}
