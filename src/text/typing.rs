//! Keystrokes of Vietnamese input methods that were left in a text: `khieeus`, `dda61t`.
//!
//! Telex writes marks with letters, VNI with digits; who types with the input method off leaves them behind. They
//! are read here together, since people mix them. Whether the outcome is a word is for the caller to say.

use unicode_normalization::UnicodeNormalization;

const GRAVE: char = '\u{300}';
const ACUTE: char = '\u{301}';
const HOOK: char = '\u{309}';
const TILDE: char = '\u{303}';
const DOT: char = '\u{323}';
/// No syllable with its keystrokes is longer.
const KEYS_MAX: usize = 12;

/// The syllable that the keystrokes `typed` stand for; none when they are no more than letters.
#[must_use]
pub fn syllable_of_keys(typed: &str) -> Option<String> {
    let is_keys = typed.len() <= KEYS_MAX && typed.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_keys || !typed.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut syllable = Syllable::default();
    typed.to_ascii_lowercase().chars().try_for_each(|key| syllable.press(key).then_some(()))?;
    syllable.finish()
}

#[derive(Default)]
struct Syllable {
    letters: Vec<char>,
    tone: Option<char>,
    is_marked: bool,
}

impl Syllable {
    /// Whether the key means something here.
    fn press(&mut self, key: char) -> bool {
        let last = self.letters.last().copied();
        let has_vowel = self.letters.iter().any(|letter| is_vowel(*letter));
        match (key, last) {
            ('s' | '1', _) if has_vowel => self.tone(ACUTE),
            ('f' | '2', _) if has_vowel => self.tone(GRAVE),
            ('r' | '3', _) if has_vowel => self.tone(HOOK),
            ('x' | '4', _) if has_vowel => self.tone(TILDE),
            ('j' | '5', _) if has_vowel => self.tone(DOT),
            ('d', Some('d')) => self.change(&[('d', 'đ')]),
            ('9', _) => self.change(&[('d', 'đ')]),
            ('a', Some('a')) | ('e', Some('e')) | ('o', Some('o')) | ('6', _) => {
                self.change(&[('a', 'â'), ('e', 'ê'), ('o', 'ô')])
            }
            ('8', _) => self.change(&[('a', 'ă')]),
            ('w' | '7', _) if has_vowel => self.horn(key),
            ('w', _) => {
                self.letters.push('ư');
                self.is_marked = true;
                true
            }
            (key, _) if key.is_ascii_alphabetic() => {
                self.letters.push(key);
                true
            }
            _ => false,
        }
    }

    fn tone(&mut self, tone: char) -> bool {
        self.is_marked = true;
        self.tone.replace(tone).is_none()
    }

    /// Changes the last letter that can be.
    fn change(&mut self, changes: &[(char, char)]) -> bool {
        let changed = self.letters.iter_mut().rev().find_map(|letter| {
            let (_, to) = changes.iter().find(|(from, _)| from == letter)?;
            *letter = *to;
            Some(())
        });
        self.is_marked |= changed.is_some();
        changed.is_some()
    }

    /// `uo` takes two horns with one key.
    fn horn(&mut self, key: char) -> bool {
        let pair = self.letters.windows(2).position(|pair| pair == ['u', 'o']);
        let taken = pair.and_then(|at| self.letters.get_mut(at..at + 2));
        if let Some([u, o]) = taken {
            (*u, *o) = ('ư', 'ơ');
            self.is_marked = true;
            return true;
        }
        let changes: &[(char, char)] =
            if key == 'w' { &[('o', 'ơ'), ('u', 'ư'), ('a', 'ă')] } else { &[('o', 'ơ'), ('u', 'ư')] };
        self.change(changes)
    }

    fn finish(self) -> Option<String> {
        if !self.is_marked {
            return None;
        }
        let Some(tone) = self.tone else { return Some(self.letters.into_iter().collect()) };
        let at = self.bearer()?;
        let marked = self
            .letters
            .iter()
            .enumerate()
            .flat_map(|(place, letter)| std::iter::once(*letter).chain((place == at).then_some(tone)));
        Some(marked.nfc().collect())
    }

    /// The vowel that carries the tone: a marked one, the last before a consonant, else the last but one.
    fn bearer(&self) -> Option<usize> {
        let begins_with = |onset: [char; 2]| self.letters.starts_with(&onset);
        let is_glide = begins_with(['q', 'u']) || (begins_with(['g', 'i']) && self.letters.len() > 2);
        let skipped = if is_glide { 2 } else { 0 };
        let vowels: Vec<(usize, char)> = self
            .letters
            .iter()
            .copied()
            .enumerate()
            .skip(skipped)
            .filter(|(_, one)| is_vowel(*one))
            .collect();
        let marked = vowels.iter().rev().find(|(_, vowel)| !vowel.is_ascii());
        let ends_in_vowel = self.letters.last().is_some_and(|last| is_vowel(*last));
        let plain = match (vowels.as_slice(), ends_in_vowel) {
            ([.., before, _], true) => Some(before),
            (vowels, _) => vowels.last(),
        };
        marked.or(plain).map(|(at, _)| *at)
    }
}

fn is_vowel(letter: char) -> bool {
    "aeiouyăâêôơư".contains(letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keystrokes_of_telex_and_vni_become_syllables() {
        let table = [
            ("khieeus", "khiếu"),
            ("khie61u", "khiếu"),
            ("naij", "nại"),
            ("nai5", "nại"),
            ("dda61t", "đất"),
            ("ddaats", "đất"),
            ("d9a6t1", "đất"),
            ("duowngf", "dường"),
            ("duongw", "dương"),
            ("d9u7o7ng2", "đường"),
            ("uyr", "ủy"),
            ("quyeets", "quyết"),
            ("hoaf", "hòa"),
            ("toans", "toán"),
            ("gias", "giá"),
            ("nguowif", "người"),
            ("thuw", "thư"),
            ("Trungw", "trưng"),
        ];
        for (typed, expected) in table {
            assert_eq!(syllable_of_keys(typed).as_deref(), Some(expected), "{typed}");
        }
        for typed in ["khieu", "đất", "2022", "", "a-b", "xyz12345678901"] {
            assert_eq!(syllable_of_keys(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn any_keys_are_read(typed in "\\PC{0,14}|[a-z0-9]{0,12}") {
            let _read = syllable_of_keys(&typed);
        }
    }
}
