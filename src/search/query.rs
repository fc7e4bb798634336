//! The search text, read into words, phrases and exclusions.
//!
//! The grammar forgives: a quote that is not closed ends with the text, punctuation separates. Only
//! size is refused, before anything is analysed.

use crate::domain::limits::language::{QUERY_CHARS_MAX, QUERY_WORDS_MAX};
use crate::search::SearchError;
use crate::search::analyzer::pair;
use crate::search::compile::Pattern;
use crate::search::widen::{Group, Other, Widened, widen, widen_phrase};
use crate::text::question::asking;
use crate::text::syllable::tokenize;

/// With more bare words than this, most of the pairs are enough.
const ALL_WORDS_MAX: usize = 6;

/// One syllable of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::search) struct Word {
    pub(in crate::search) folded: String,
    pub(in crate::search) accented: String,
}

impl Word {
    /// Whether the asker typed marks, and so prefers this reading.
    pub(in crate::search) fn is_marked(&self) -> bool {
        !self.accented.is_ascii()
    }
}

/// A search text, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::search) struct Parsed {
    /// Runs of neighbouring bare words.
    pub(in crate::search) runs: Vec<Vec<Word>>,
    /// Words that must stand side by side.
    pub(in crate::search) phrases: Vec<Vec<Word>>,
    /// Words, or phrases, that must not occur.
    pub(in crate::search) excluded: Vec<Vec<Word>>,
    /// What some of the bare words may be written as instead.
    pub(in crate::search) groups: Vec<Group>,
    /// Phrases and exclusions that may be written otherwise, and how.
    pub(in crate::search) phrase_groups: Vec<Group>,
    /// What of that is told.
    pub(in crate::search) widened: Vec<Widened>,
    /// Whether it has so many bare words that most of their pairs are enough.
    pub(in crate::search) is_question: bool,
    /// Words with `?` or `*`.
    pub(in crate::search) patterns: Vec<Pattern>,
    /// Whether anything but spaces was typed.
    pub(in crate::search) is_given: bool,
}

impl Parsed {
    /// Reads `text`.
    ///
    /// # Errors
    /// More characters or words than are taken.
    pub(in crate::search) fn read(text: &str) -> Result<Self, SearchError> {
        check_length(text)?;
        let mut parsed = Self { is_given: !text.trim().is_empty(), ..Self::default() };
        let (mut run, mut bare) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(piece) = next_piece(&mut rest) {
            let words = words_of(piece.text);
            if piece.role == Role::Bare {
                run.extend(words);
                bare.push_str(piece.text);
                bare.push(' ');
                continue;
            }
            if words.is_empty() {
                continue;
            }
            parsed.close_run(&mut run, &mut bare);
            let list = if piece.role == Role::Phrase { &mut parsed.phrases } else { &mut parsed.excluded };
            list.push(words);
            let (group, told) = widen_phrase(piece.text);
            parsed.phrase_groups.extend(group);
            parsed.tell(told);
        }
        parsed.close_run(&mut run, &mut bare);
        parsed.understood()
    }

    /// Reads `text` as words and nothing else.
    ///
    /// # Errors
    /// More characters or words than are taken.
    pub(in crate::search) fn words(text: &str) -> Result<Self, SearchError> {
        check_length(text)?;
        let mut parsed = Self { is_given: !text.trim().is_empty(), ..Self::default() };
        parsed.close_run(&mut words_of(text), &mut text.to_owned());
        parsed.understood()
    }

    fn understood(mut self) -> Result<Self, SearchError> {
        let parsed = &mut self;
        parsed.is_question = parsed.bare_words().len() > ALL_WORDS_MAX;
        if parsed.is_question {
            parsed.leave_out_asking();
        }
        let words =
            [&parsed.runs, &parsed.phrases, &parsed.excluded].into_iter().flatten().map(Vec::len).sum();
        if words > QUERY_WORDS_MAX {
            return Err(too_long("words", words, QUERY_WORDS_MAX));
        }
        Ok(self)
    }

    /// A run of these words, each of which must stand or what may stand instead.
    pub(in crate::search) fn of_words(text: &str) -> Self {
        let mut parsed = Self { is_given: true, ..Self::default() };
        parsed.close_run(&mut words_of(text), &mut text.to_owned());
        parsed
    }

    /// It with nothing but what was typed.
    pub(in crate::search) fn literal(self) -> Self {
        Self { groups: Vec::new(), phrase_groups: Vec::new(), widened: Vec::new(), ..self }
    }

    /// What may stand instead of a phrase.
    pub(in crate::search) fn others(&self, phrase: &[Word]) -> &[Other] {
        let group = self.phrase_groups.iter().find(|group| group.given == phrase);
        group.map(|group| group.others.as_slice()).unwrap_or_default()
    }

    /// Notes what is to be told, once.
    pub(in crate::search) fn tell(&mut self, told: Vec<Widened>) {
        for one in told {
            if !self.widened.contains(&one) {
                self.widened.push(one);
            }
        }
    }

    /// Takes phrases that only ask out of the runs, which end there; all of them stay when nothing else
    /// is said.
    fn leave_out_asking(&mut self) {
        let mut left: Vec<Vec<Word>> = Vec::new();
        for run in &self.runs {
            let folded: Vec<&str> = run.iter().map(|word| word.folded.as_str()).collect();
            let asks = asking(&folded);
            let words: Vec<(&Word, bool)> = run.iter().zip(asks).collect();
            let pieces = words.split(|(_, asks)| *asks).filter(|piece| !piece.is_empty());
            left.extend(pieces.map(|piece| piece.iter().map(|(word, _)| (*word).clone()).collect()));
        }
        if !left.is_empty() {
            self.runs = left;
        }
    }

    /// Ends a run, of which `text` was typed.
    fn close_run(&mut self, run: &mut Vec<Word>, text: &mut String) {
        let text = std::mem::take(text);
        if !run.is_empty() {
            self.runs.push(std::mem::take(run));
            let (groups, told) = widen(&text);
            self.groups.extend(groups);
            self.tell(told);
        }
    }

    /// Whether it demands words.
    pub(in crate::search) fn has_words(&self) -> bool {
        !self.runs.is_empty() || !self.phrases.is_empty() || !self.patterns.is_empty()
    }

    /// Bare words, each once, as first typed.
    pub(in crate::search) fn bare_words(&self) -> Vec<&Word> {
        distinct(self.runs.iter().flatten())
    }

    /// Bare words and those of phrases, each once.
    pub(in crate::search) fn wanted_words(&self) -> Vec<&Word> {
        distinct(self.runs.iter().chain(&self.phrases).flatten())
    }

    /// Pairs of neighbouring bare words, each once.
    pub(in crate::search) fn pairs(&self) -> Vec<String> {
        let mut pairs: Vec<String> = Vec::new();
        for run in &self.runs {
            for (first, second) in run.iter().zip(run.iter().skip(1)) {
                let pair = pair(&first.folded, &second.folded);
                if !pairs.contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs
    }
}

/// # Errors
/// More characters than are taken.
pub(in crate::search) fn check_length(text: &str) -> Result<(), SearchError> {
    let characters = text.chars().count();
    if characters > QUERY_CHARS_MAX {
        return Err(too_long("characters", characters, QUERY_CHARS_MAX));
    }
    Ok(())
}

fn distinct<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<&'a Word> {
    let mut seen: Vec<&Word> = Vec::new();
    for word in words {
        if seen.iter().all(|known| known.folded != word.folded) {
            seen.push(word);
        }
    }
    seen
}

fn too_long(what: &'static str, found: usize, limit: usize) -> SearchError {
    SearchError::QueryTooLong { what, found, limit }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Bare,
    Phrase,
    Excluded,
}

struct Piece<'t> {
    role: Role,
    text: &'t str,
}

const QUOTES: [char; 3] = ['"', '“', '”'];

/// Takes the next word, phrase or exclusion off the front of `rest`.
fn next_piece<'t>(rest: &mut &'t str) -> Option<Piece<'t>> {
    let mut text = rest.trim_start();
    if text.is_empty() {
        return None;
    }
    let excluded = text.strip_prefix('-').filter(|after| !after.starts_with(char::is_whitespace));
    text = excluded.unwrap_or(text);
    let quoted = text.strip_prefix(QUOTES);
    let role = match (excluded.is_some(), quoted.is_some()) {
        (true, _) => Role::Excluded,
        (false, true) => Role::Phrase,
        (false, false) => Role::Bare,
    };
    let (piece, after) = match quoted {
        Some(inner) => inner.split_once(QUOTES).unwrap_or((inner, "")),
        None => {
            let end = text.find(|c: char| c.is_whitespace() || QUOTES.contains(&c)).unwrap_or(text.len());
            text.split_at_checked(end).unwrap_or((text, ""))
        }
    };
    *rest = after;
    Some(Piece { role, text: piece })
}

fn words_of(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    tokenize(text, &mut |token| {
        words.push(Word { folded: token.folded.to_owned(), accented: token.accented.to_owned() });
    });
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(words: &[Vec<Word>]) -> Vec<String> {
        let folded =
            |run: &Vec<Word>| run.iter().map(|word| word.folded.clone()).collect::<Vec<_>>().join(" ");
        words.iter().map(folded).collect()
    }

    #[test]
    fn words_phrases_and_exclusions_are_told_apart() {
        let table: [(&str, &[&str], &[&str], &[&str]); 8] = [
            ("khiếu nại đất", &["khieu nai dat"], &[], &[]),
            ("đơn \"đất đai\" xã", &["don", "xa"], &["dat dai"], &[]),
            ("đơn -tố -\"nhà ở\"", &["don"], &[], &["to", "nha o"]),
            ("“đất đai”", &[], &["dat dai"], &[]),
            ("\"đất đai", &[], &["dat dai"], &[]),
            ("a - b", &["a b"], &[], &[]),
            ("55/2022/NĐ-CP", &["55 2022 nd cp"], &[], &[]),
            ("\"\" -- !!! -", &[], &[], &[]),
        ];
        for (text, runs, phrases, excluded) in table {
            let parsed = Parsed::read(text).unwrap();
            assert_eq!(print(&parsed.runs), runs, "{text}");
            assert_eq!(print(&parsed.phrases), phrases, "{text}");
            assert_eq!(print(&parsed.excluded), excluded, "{text}");
        }
    }

    #[test]
    fn a_text_over_a_bound_is_refused_with_its_size() {
        let long = "a".repeat(QUERY_CHARS_MAX + 1);
        assert!(
            Parsed::read(&long)
                .unwrap_err()
                .to_string()
                .contains(&format!("{} characters", QUERY_CHARS_MAX + 1))
        );
        let many = "a ".repeat(QUERY_WORDS_MAX + 1);
        assert!(
            Parsed::read(&many).unwrap_err().to_string().contains(&format!("{} words", QUERY_WORDS_MAX + 1))
        );
    }

    proptest! {
        #[test]
        fn any_short_text_is_read_to_its_end(text in "\\PC{0,80}|[-\" ab]{0,40}") {
            let parsed = Parsed::read(&text).unwrap();
            prop_assert!(parsed.pairs().len() <= QUERY_WORDS_MAX);
        }
    }
}
