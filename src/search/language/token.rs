//! A search text cut into tokens.
//!
//! Two readings: first as a sentence, where brackets and a question mark at the end of a word are
//! punctuation; when that shows an operator or a field, once more as a question in the language.

mod word;

use std::ops::Range;

use crate::search::language::names::Names;
use crate::search::language::token::word::{Shape, clean, operator, shape};
use crate::search::language::tree::Phrase;
use crate::text::fold;
use crate::text::syllable::Syllables;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word(String),
    Phrase(Phrase),
    /// Folded.
    Pattern(String),
    /// Part of a field's value, as typed.
    Value(String),
    Open,
    Close,
    And,
    Or,
    Not,
    Minus,
    /// The column at this place of the names.
    Field(usize),
    /// Whether that column has a value.
    Has(usize, bool),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    /// Whether the text uses the language beyond words, phrases and exclusions.
    pub(super) is_deliberate: bool,
    /// Names before a colon that no column has.
    pub(super) unknown: Vec<Range<usize>>,
}

pub(super) const QUOTES: [char; 3] = ['"', '“', '”'];

pub(super) fn lex(text: &str, names: &Names) -> Lexed {
    let sentence = Lexer::new(text, names, false).run();
    let mut lexed = if is_deliberate(&sentence.tokens) {
        Lexer::new(text, names, true).run()
    } else {
        plain(text, sentence)
    };
    drop_idle_hyphens(&mut lexed.tokens);
    lexed
}

/// A hyphen before punctuation excludes nothing.
fn drop_idle_hyphens(tokens: &mut Vec<Token>) {
    let excludes = |next: Option<&Token>| {
        next.is_some_and(|next| !matches!(next.kind, Kind::And | Kind::Or | Kind::Close | Kind::Minus))
    };
    let mut place = tokens.len();
    while place > 0 {
        place -= 1;
        let is_hyphen = tokens.get(place).is_some_and(|token| token.kind == Kind::Minus);
        if is_hyphen && !excludes(tokens.get(place + 1)) {
            tokens.remove(place);
        }
    }
}

fn is_deliberate(tokens: &[Token]) -> bool {
    let is_operand = |token: &Token| {
        !matches!(token.kind, Kind::Open | Kind::Close | Kind::And | Kind::Or | Kind::Not | Kind::Minus)
    };
    let is_operator = |token: &Token| match &token.kind {
        Kind::And | Kind::Or | Kind::Not | Kind::Field(_) | Kind::Has(..) | Kind::Pattern(_) => true,
        Kind::Phrase(phrase) => phrase.marked || phrase.slop > 0,
        _ => false,
    };
    let excludes_brackets =
        |pair: &[Token]| matches!(pair, [Token { kind: Kind::Minus, .. }, Token { kind: Kind::Open, .. }]);
    let has_operator = tokens.iter().any(is_operator) || tokens.windows(2).any(excludes_brackets);
    has_operator && tokens.iter().any(is_operand)
}

/// A sentence: its brackets are punctuation, and operators without operands are words.
fn plain(text: &str, mut lexed: Lexed) -> Lexed {
    lexed.is_deliberate = false;
    lexed.tokens.retain(|token| !matches!(token.kind, Kind::Open | Kind::Close));
    for token in &mut lexed.tokens {
        if matches!(token.kind, Kind::And | Kind::Or | Kind::Not) {
            let typed = text.get(token.span.clone()).unwrap_or_default();
            token.kind = Kind::Word(typed.to_lowercase());
        }
    }
    lexed
}

struct Lexer<'a> {
    text: &'a str,
    names: &'a Names,
    deliberate: bool,
    /// All letters are capitals, so that VÀ, HOẶC and KHÔNG are words.
    is_shouted: bool,
    at: usize,
    /// For each open bracket, whether a field's values stand in it.
    brackets: Vec<bool>,
    lexed: Lexed,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, names: &'a Names, deliberate: bool) -> Self {
        let lexed = Lexed { tokens: Vec::new(), is_deliberate: deliberate, unknown: Vec::new() };
        let is_shouted = !text.chars().any(char::is_lowercase);
        Self { text, names, deliberate, is_shouted, at: 0, brackets: Vec::new(), lexed }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.lexed.tokens.push(Token { kind, span });
    }

    fn run(mut self) -> Lexed {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            let rest = self.rest();
            let Some(first) = rest.chars().next() else { return self.lexed };
            let second = rest.chars().nth(1);
            match first {
                '(' => {
                    self.brackets.push(self.after_field() || self.in_values());
                    self.push(Kind::Open, 1);
                }
                ')' => {
                    self.brackets.pop();
                    self.push(Kind::Close, 1);
                }
                '=' if second.is_some_and(|c| QUOTES.contains(&c)) => self.quoted(true),
                _ if QUOTES.contains(&first) => self.quoted(false),
                '-' if !self.is_value_here(second) => self.hyphens(),
                _ => self.bare(),
            }
        }
    }

    /// Several are one; before a blank they are a dash.
    fn hyphens(&mut self) {
        let rest = self.rest();
        let after = rest.trim_start_matches('-');
        let length = rest.len() - after.len();
        if after.chars().next().is_some_and(|c| !c.is_whitespace()) {
            return self.push(Kind::Minus, length);
        }
        self.at += length;
    }

    fn after_field(&self) -> bool {
        matches!(self.lexed.tokens.last(), Some(Token { kind: Kind::Field(_), .. }))
    }

    fn in_values(&self) -> bool {
        self.brackets.last().copied().unwrap_or(false)
    }

    /// Whether a `-` before `next` is a sign of a value and no exclusion.
    fn is_value_here(&self, next: Option<char>) -> bool {
        self.after_field() || (self.in_values() && next.is_some_and(|c| c.is_ascii_digit()))
    }

    fn quoted(&mut self, marked: bool) {
        let rest = self.rest();
        let opening =
            usize::from(marked) + rest.trim_start_matches('=').chars().next().map_or(1, char::len_utf8);
        let inside = rest.get(opening..).unwrap_or_default();
        let (inner, closing) = match inside.find(QUOTES) {
            Some(end) => (
                inside.get(..end).unwrap_or_default(),
                inside.get(end..).and_then(|quote| quote.chars().next()).map_or(0, char::len_utf8),
            ),
            None => (inside, 0),
        };
        let mut length = opening + inner.len() + closing;
        let after = rest.get(length..).unwrap_or_default();
        if !marked
            && closing > 0
            && !self.after_field()
            && after.starts_with(':')
            && let Some(place) = self.names.place(inner)
        {
            return self.push(Kind::Field(place), length + 1);
        }
        let digits = after.strip_prefix('~').filter(|_| closing > 0 && !marked);
        let digits = digits.map_or("", |after| leading_digits(after));
        let slop = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u32::MAX) };
        length += if digits.is_empty() { 0 } else { digits.len() + 1 };
        let text = inner.split_whitespace().collect::<Vec<_>>().join(" ");
        if Syllables::new(&text).advance().is_some() {
            return self.push(Kind::Phrase(Phrase { text, marked, slop }), length);
        }
        self.at += length;
    }

    fn bare(&mut self) {
        let is_value = self.after_field() || self.in_values();
        let rest = self.rest();
        let end = word::end(rest);
        let typed = rest.get(..end).unwrap_or(rest);
        if let Some(operator) = operator(typed, self.is_shouted) {
            return self.push(operator, end);
        }
        if is_value {
            return match word::value(typed) {
                Some(value) => self.push(Kind::Value(value), end),
                None => self.at += end,
            };
        }
        if let Some(colon) = typed.find(':')
            && self.field(typed, colon)
        {
            return;
        }
        let is_alone = self.text.trim() == typed;
        match shape(typed, self.deliberate || is_alone) {
            Shape::Pattern(pattern) => self.push(Kind::Pattern(pattern), end),
            Shape::Word => match clean(typed) {
                Some(word) => self.push(Kind::Word(word), end),
                None => self.at += end,
            },
        }
    }

    /// Takes a field's name, or notes that it looks like one.
    fn field(&mut self, typed: &str, colon: usize) -> bool {
        let (name, value) = typed.split_at_checked(colon).unwrap_or((typed, ""));
        let value = value.get(1..).unwrap_or_default();
        if !word::is_name(name) {
            return false;
        }
        if let Some(has) = word::presence(&fold::key(name)) {
            let asked = value.trim_end_matches([',', ';', '.']);
            let place = self.names.place(asked).filter(|_| !asked.is_empty());
            return place.is_some_and(|place| {
                self.push(Kind::Has(place, has), typed.len());
                true
            });
        }
        let blank = value.is_empty()
            && !self
                .text
                .get(self.at + typed.len()..)
                .is_some_and(|after| after.starts_with(['(', '"', '“', '”']));
        let Some(place) = self.names.place(name) else {
            if !blank && name.chars().count() > 1 && !value.starts_with('/') {
                self.lexed.unknown.push(self.at..self.at + name.len());
            }
            return false;
        };
        let ends_here = self.rest().get(typed.len()..).is_none_or(|after| {
            let after = after.trim_start();
            after.is_empty() || after.starts_with(')')
        });
        let is_meant = name.contains('_') || self.names.is_own(name) || (self.deliberate && ends_here);
        if blank && !is_meant {
            return false;
        }
        self.push(Kind::Field(place), colon + 1);
        true
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
