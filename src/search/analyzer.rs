//! The project's syllables as tantivy tokens, in three views of the same walk.
//!
//! `words` gives folded syllables, `pairs` each two neighbours joined by a space, `marks` accented
//! syllables, `numbers` what the others cut into pieces. Each view walks the text itself: the walk costs little beside the postings, and lending
//! buffers from it allocates nothing per token.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::text::canonical::{Canonical, canonicals};
use crate::text::syllable::Syllables;

pub(in crate::search) const WORDS: &str = "words";
pub(in crate::search) const PAIRS: &str = "pairs";
pub(in crate::search) const MARKS: &str = "marks";
pub(in crate::search) const NUMBERS: &str = "numbers";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Words,
    Pairs,
    Marks,
}

/// tantivy's tokenizers and ours, under the names that the schema uses.
#[must_use]
pub fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    for (name, view) in [(WORDS, View::Words), (PAIRS, View::Pairs), (MARKS, View::Marks)] {
        manager.register(name, SyllableTokenizer { view });
    }
    manager.register(NUMBERS, NumberTokenizer);
    manager
}

/// Term of two neighbouring folded syllables.
pub(in crate::search) fn pair(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

#[derive(Debug, Clone, Copy)]
struct SyllableTokenizer {
    view: View,
}

struct SyllableStream<'t> {
    view: View,
    syllables: Syllables<'t>,
    previous: String,
    token: Token,
}

impl Tokenizer for SyllableTokenizer {
    type TokenStream<'t> = SyllableStream<'t>;

    fn token_stream<'t>(&'t mut self, text: &'t str) -> SyllableStream<'t> {
        let mut stream = SyllableStream {
            view: self.view,
            syllables: Syllables::new(text),
            previous: String::new(),
            token: Token::default(),
        };
        if self.view == View::Pairs
            && let Some(first) = stream.syllables.advance()
        {
            stream.previous.push_str(first.folded);
        }
        stream
    }
}

impl TokenStream for SyllableStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(syllable) = self.syllables.advance() else { return false };
        let text = &mut self.token.text;
        text.clear();
        match self.view {
            View::Words => text.push_str(syllable.folded),
            View::Marks => text.push_str(syllable.accented),
            View::Pairs => {
                text.push_str(&self.previous);
                text.push(' ');
                text.push_str(syllable.folded);
                self.previous.clear();
                self.previous.push_str(syllable.folded);
            }
        }
        self.token.offset_from = syllable.start as usize;
        self.token.offset_to = syllable.end as usize;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Numbers, dates and amounts, each in its one form.
#[derive(Debug, Clone, Copy)]
struct NumberTokenizer;

struct NumberStream {
    numbers: std::vec::IntoIter<Canonical>,
    token: Token,
}

impl Tokenizer for NumberTokenizer {
    type TokenStream<'t> = NumberStream;

    fn token_stream<'t>(&'t mut self, text: &'t str) -> NumberStream {
        NumberStream { numbers: canonicals(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for NumberStream {
    fn advance(&mut self) -> bool {
        let Some(number) = self.numbers.next() else { return false };
        (self.token.offset_from, self.token.offset_to) = (number.start, number.end);
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text = number.token;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(view: &str, text: &str) -> Vec<String> {
        let mut analyzer = tokenizers().get(view).unwrap();
        let mut found = Vec::new();
        analyzer.token_stream(text).process(&mut |token| found.push(token.text.clone()));
        found
    }

    #[test]
    fn three_views_of_one_text() {
        assert_eq!(tokens(WORDS, "Đơn khiếu nại"), ["don", "khieu", "nai"]);
        assert_eq!(tokens(PAIRS, "Đơn khiếu nại"), ["don khieu", "khieu nai"]);
        assert_eq!(tokens(MARKS, "Đơn khiếu nại"), ["đơn", "khiếu", "nại"]);
        assert_eq!(tokens(PAIRS, "đơn"), Vec::<String>::new());
        assert_eq!(tokens(NUMBERS, "đơn ngày 12.05.2018"), ["#d2018-05-12"]);
        assert_eq!(pair("don", "khieu"), "don khieu");
    }
}
