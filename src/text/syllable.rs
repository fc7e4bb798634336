//! Cuts a text into syllables, the unit of index, query, sketch and evidence.
//!
//! A syllable is a run of letters and digits, with the combining marks and invisible characters in it,
//! so that NFD, NFC and a word with a soft hyphen give the same syllables. Ranges always point into
//! the text as it was given: a highlight or a shared passage is shown in the original. No word
//! segmenter, because bigrams of syllables retrieve better than words do.
//!
//! Nothing is allocated per syllable: [`Syllables`] lends two buffers that it uses again.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

use crate::text::letter::{Letter, Letters, letters, push_folded};
use crate::text::{normalize, tone};

/// One syllable, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Byte where it begins in the given text.
    pub start: u32,
    /// Byte after its end in the given text.
    pub end: u32,
    /// NFC, lower case, tone mark in its canonical place.
    pub accented: String,
    /// `accented` without marks, đ as d, and a lone final y as i (ky = ki, quy = qui).
    pub folded: String,
}

/// One syllable, lent until the next one is asked for. Fields as in [`Token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRef<'a> {
    /// Byte where it begins in the given text.
    pub start: u32,
    /// Byte after its end in the given text.
    pub end: u32,
    /// NFC, lower case, tone mark in its canonical place.
    pub accented: &'a str,
    /// `accented` without marks, đ as d, and a lone final y as i.
    pub folded: &'a str,
}

/// Walks over the syllables of a text.
pub struct Syllables<'t> {
    text: &'t str,
    place: usize,
    letters: &'static Letters,
    accented: String,
    folded: String,
}

/// Gives each syllable of `original` to `sink`, in order. A text ends, for this purpose, at 4 GiB.
pub fn tokenize(original: &str, sink: &mut impl FnMut(TokenRef<'_>)) {
    let mut syllables = Syllables::new(original);
    while let Some(token) = syllables.advance() {
        sink(token);
    }
}

/// All syllables of `original`, owned.
#[must_use]
pub fn tokens(original: &str) -> Vec<Token> {
    let mut all = Vec::new();
    tokenize(original, &mut |token| {
        all.push(Token {
            start: token.start,
            end: token.end,
            accented: token.accented.to_owned(),
            folded: token.folded.to_owned(),
        });
    });
    all
}

impl<'t> Syllables<'t> {
    /// A walk from the beginning of `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { text, place: 0, letters: letters(), accented: String::new(), folded: String::new() }
    }

    /// The next syllable, or nothing at the end.
    pub fn advance(&mut self) -> Option<TokenRef<'_>> {
        let start = self.skip_separators()?;
        let (end, is_plain) = self.read_syllable(start);
        self.place = end;
        if !is_plain {
            self.read_general(start, end);
        }
        if let [.., b'o', b'a' | b'e'] | [.., b'u', b'y'] = self.folded.as_bytes() {
            tone::place(&mut self.accented);
        }
        fold_final_y(&mut self.folded);
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        Some(TokenRef { start, end, accented: &self.accented, folded: &self.folded })
    }

    fn skip_separators(&self) -> Option<usize> {
        let rest = self.text.get(self.place..)?;
        let found = rest.char_indices().find(|(_, c)| self.begins(*c));
        found.map(|(offset, _)| self.place + offset)
    }

    fn begins(&self, c: char) -> bool {
        if c.is_ascii() {
            return c.is_ascii_alphanumeric();
        }
        matches!(self.letters.of(c), Letter::Plain { .. } | Letter::Other)
    }

    /// Fills the buffers from `start` on; returns the end and whether every letter was plain.
    fn read_syllable(&mut self, start: usize) -> (usize, bool) {
        self.accented.clear();
        self.folded.clear();
        let rest = self.text.get(start..).unwrap_or_default();
        let mut is_plain = true;
        let mut end = start;
        for (offset, c) in rest.char_indices() {
            match self.letters.of(c) {
                Letter::Plain { lower, fold } => {
                    self.accented.push(lower);
                    self.folded.push(char::from(fold));
                }
                Letter::Separator => break,
                Letter::Follower if normalize::is_invisible(c) => continue,
                Letter::Follower => is_plain = is_plain && self.compose(c),
                Letter::Other => is_plain = false,
            }
            end = start + offset + c.len_utf8();
        }
        (end, is_plain)
    }

    /// Joins `mark` with the letter before it, if they make a plain letter; its fold stays. What composes
    /// to one stable letter is in normal form, in whichever order the marks came.
    fn compose(&mut self, mark: char) -> bool {
        let Some(last) = self.accented.pop() else { return false };
        match compose(last, mark).map(|composed| self.letters.of(composed)) {
            Some(Letter::Plain { lower, .. }) => self.accented.push(lower),
            _ => return false,
        }
        true
    }

    /// Fills the buffers by the general rules: normal form, lower case, marks off.
    fn read_general(&mut self, start: usize, end: usize) {
        let slice = self.text.get(start..end).unwrap_or_default();
        self.accented.clear();
        self.folded.clear();
        self.accented.extend(normalize::nfc(slice).chars().flat_map(char::to_lowercase).nfc());
        self.accented.chars().for_each(|c| push_folded(c, &mut self.folded));
    }
}

/// Writes the y of an open syllable as i where it is the only vowel, or follows qu: lý = lí, quy = qui.
/// In uy it is another sound than in ui, and a y alone is a word (y tế), so those stay.
fn fold_final_y(folded: &mut String) {
    let Some(onset) = folded.strip_suffix('y') else { return };
    let is_consonants = onset.bytes().all(|b| b.is_ascii_lowercase() && !b"aeiouy".contains(&b));
    if onset == "qu" || (!onset.is_empty() && onset.len() <= 3 && is_consonants) {
        folded.pop();
        folded.push('i');
    }
}

#[cfg(test)]
mod tests;
