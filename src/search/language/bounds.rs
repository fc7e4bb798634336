//! What is refused before a tree is built, so that no text costs more than its length.

use crate::domain::limits::language::{
    PATTERN_LETTERS_MIN, PATTERN_STARS_MAX, QUERY_CHARS_MAX, QUERY_CLAUSES_MAX, QUERY_DEPTH_MAX,
    QUERY_NOTS_MAX, QUERY_PATTERNS_MAX, QUERY_SLOP_MAX,
};
use crate::search::language::fault::{Fault, LanguageError};
use crate::search::language::token::{Kind, Lexed, Token};

/// Looks at no more of the text than a bound's worth.
pub(super) fn check_length(text: &str) -> Result<(), LanguageError> {
    match text.char_indices().nth(QUERY_CHARS_MAX) {
        Some((end, _)) => Err(LanguageError::at(text, end..end, Fault::TooLong, None)),
        None => Ok(()),
    }
}

/// A plain text is bounded by its words, and nothing in it nests.
pub(super) fn check(text: &str, lexed: &Lexed) -> Result<(), LanguageError> {
    if !lexed.is_deliberate {
        return Ok(());
    }
    let mut counts = Counts::default();
    for token in &lexed.tokens {
        if let Some(fault) = counts.add(token) {
            return Err(LanguageError::at(text, token.span.clone(), fault, None));
        }
        pattern(text, token)?;
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    brackets: usize,
    /// Negations that nothing stands between.
    row_of_nots: usize,
    nots: usize,
    clauses: usize,
    /// Whether a word came before, which the next one goes on with.
    is_run: bool,
    patterns: usize,
}

impl Counts {
    fn add(&mut self, token: &Token) -> Option<Fault> {
        match &token.kind {
            Kind::Open => self.brackets += 1,
            Kind::Close => self.brackets = self.brackets.saturating_sub(1),
            Kind::Not | Kind::Minus => (self.nots, self.row_of_nots) = (self.nots + 1, self.row_of_nots + 1),
            Kind::And | Kind::Or | Kind::Field(_) => {}
            Kind::Word(_) | Kind::Value(_) if self.is_run => {}
            _ => self.clauses += 1,
        }
        self.is_run = matches!(token.kind, Kind::Word(_) | Kind::Value(_));
        let is_pattern = matches!(token.kind, Kind::Pattern(_));
        self.patterns += usize::from(is_pattern);
        if !matches!(token.kind, Kind::Not | Kind::Minus) {
            self.row_of_nots = 0;
        }
        let bounds = [
            (self.brackets.max(self.row_of_nots), QUERY_DEPTH_MAX, Fault::TooDeep),
            (self.nots, QUERY_NOTS_MAX, Fault::TooManyNots),
            (self.clauses, QUERY_CLAUSES_MAX, Fault::TooManyClauses),
            (self.patterns, QUERY_PATTERNS_MAX, Fault::TooManyPatterns),
        ];
        bounds.into_iter().find(|(found, limit, _)| found > limit).map(|(.., fault)| fault)
    }
}

fn pattern(text: &str, token: &Token) -> Result<(), LanguageError> {
    match &token.kind {
        Kind::Pattern(pattern) => check_pattern(pattern)
            .map_err(|(fault, instead)| LanguageError::at(text, token.span.clone(), fault, Some(instead))),
        Kind::Phrase(phrase) if phrase.slop > QUERY_SLOP_MAX => {
            let instead = format!("\"{}\"~{QUERY_SLOP_MAX}", phrase.text);
            Err(LanguageError::at(text, token.span.clone(), Fault::SlopTooLarge, Some(instead)))
        }
        _ => Ok(()),
    }
}

/// What is wrong with a pattern, and what to write instead.
pub(super) fn check_pattern(pattern: &str) -> Result<(), (Fault, String)> {
    let letters = pattern.chars().take_while(|c| !matches!(c, '?' | '*')).count();
    if letters < PATTERN_LETTERS_MIN {
        return Err((Fault::PatternShort, pattern.replace(['?', '*'], "")));
    }
    if pattern.matches('*').count() > PATTERN_STARS_MAX {
        let first = pattern.find('*').unwrap_or(pattern.len());
        return Err((Fault::PatternStars, format!("{}*", pattern.get(..first).unwrap_or(pattern))));
    }
    Ok(())
}
