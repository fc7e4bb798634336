//! What a bare word is: an operator, a pattern, a name, or a word.

use crate::search::language::token::{Kind, QUOTES};
use crate::text::fold;
use crate::text::normalize;
use crate::text::syllable::Syllables;

pub(super) enum Shape {
    Word,
    /// Folded.
    Pattern(String),
}

/// Where the word that `text` begins with ends: at a blank, a quote, or a bracket it did not open.
pub(super) fn end(text: &str) -> usize {
    let mut open = 0usize;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        match c {
            _ if c.is_whitespace() || QUOTES.contains(&c) => return at,
            '(' if previous == ':' => return at,
            '(' => open += 1,
            ')' if open == 0 => return at,
            ')' => open -= 1,
            _ => {}
        }
        previous = c;
    }
    text.len()
}

/// Only capitals are operators; in a text of capitals only the English ones are.
pub(super) fn operator(typed: &str, is_shouted: bool) -> Option<Kind> {
    match typed {
        "AND" => return Some(Kind::And),
        "OR" => return Some(Kind::Or),
        "NOT" => return Some(Kind::Not),
        _ if is_shouted => return None,
        _ => {}
    }
    match normalize::nfc(typed).as_ref() {
        "VÀ" => Some(Kind::And),
        "HOẶC" => Some(Kind::Or),
        "KHÔNG" => Some(Kind::Not),
        _ => None,
    }
}

/// Whether `text` could name a column.
pub(super) fn is_name(text: &str) -> bool {
    let is_mark = |c: char| unicode_normalization::char::is_combining_mark(c);
    text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || is_mark(c))
}

/// What `có:` and `thiếu:` ask of the column named after them.
pub(super) fn presence(key: &str) -> Option<bool> {
    match key {
        "co" | "has" => Some(true),
        "thieu" | "missing" => Some(false),
        _ => None,
    }
}

/// The word without what has a meaning in the language; none when nothing is left.
pub(super) fn clean(typed: &str) -> Option<String> {
    let is_special = |c: char| matches!(c, '(' | ')' | '*' | '?');
    let parted: String = if typed.contains(is_special) || typed.starts_with(['-', '=']) {
        typed.chars().map(|c| if is_special(c) || matches!(c, ':' | '~') { ' ' } else { c }).collect()
    } else {
        typed.to_owned()
    };
    let pieces = parted.split_whitespace();
    let pieces = pieces.map(|piece| piece.trim_start_matches(['-', '=']).trim_end_matches(':'));
    let pieces = pieces.filter(|piece| Syllables::new(piece).advance().is_some()).map(no_operator);
    let word = pieces.collect::<Vec<_>>().join(" ");
    (!word.is_empty()).then_some(word)
}

/// What of a bare word after a field's name is its value.
pub(super) fn value(typed: &str) -> Option<String> {
    let value = typed.trim_end_matches([',', ';']);
    let is_even = value.matches('(').count() == value.matches(')').count();
    let value = if is_even { value.to_owned() } else { value.replace(['(', ')'], "") };
    (!value.is_empty()).then(|| no_operator(&value))
}

/// A word that is no operator here would be one in another text.
fn no_operator(word: &str) -> String {
    if operator(word, false).is_some() { word.to_lowercase() } else { word.to_owned() }
}

/// Whether the word stands for several. A question mark at its end only does where `deliberate`, and
/// a star between numbers is a sign of multiplication.
pub(super) fn shape(typed: &str, deliberate: bool) -> Shape {
    let is_wild = |c: char| matches!(c, '?' | '*');
    let core = typed.trim_end_matches(['.', ',', ';', ':', '!']);
    let Some(first) = core.find(is_wild) else { return Shape::Word };
    let (before, after) = core.split_at_checked(first).unwrap_or((core, ""));
    let is_letter = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
    let ends_in_marks = after.chars().all(|c| c == '?');
    let is_product = before.chars().all(|c| c.is_ascii_digit()) && after.chars().any(char::is_alphanumeric);
    let is_word = before.is_empty()
        || is_product
        || !core.chars().all(|c| is_letter(c) || is_wild(c))
        || !before.chars().any(char::is_alphanumeric)
        || (ends_in_marks && !deliberate);
    if is_word { Shape::Word } else { Shape::Pattern(fold::fold(core)) }
}
