//! A text that parses, made of one that does not.
//!
//! Each error carries the smallest edit that mends it. Edits are made one after the other until the text
//! parses; when one cannot be mended nothing is offered, so that what is offered always parses.

use crate::domain::limits::language::QUERY_REPAIRS_MAX;
use crate::search::language::fault::LanguageError;
use crate::search::language::names::Names;
use crate::search::language::{bounds, parse, token};

/// `error` of `text` with its repair.
pub(super) fn with_repair(text: &str, names: &Names, error: LanguageError) -> LanguageError {
    let repair = repaired(text, names, &error);
    LanguageError { repair, ..error }
}

fn repaired(text: &str, names: &Names, error: &LanguageError) -> Option<String> {
    let mut mended = edited(text, error)?;
    for _ in 0..QUERY_REPAIRS_MAX {
        match check(&mended, names) {
            Ok(()) => return (mended != text && !mended.is_empty()).then_some(mended),
            Err(next) => mended = edited(&mended, &next)?,
        }
    }
    None
}

fn check(text: &str, names: &Names) -> Result<(), LanguageError> {
    bounds::check_length(text)?;
    let lexed = token::lex(text, names);
    bounds::check(text, &lexed)?;
    parse::parse(text, &lexed, names).map(|_| ())
}

/// Blanks are left single, for an edit that takes an operator out leaves two.
fn edited(text: &str, error: &LanguageError) -> Option<String> {
    let (bytes, instead) = error.edit.as_ref()?;
    let edited = format!("{}{instead}{}", text.get(..bytes.start)?, text.get(bytes.end..)?);
    Some(edited.split_whitespace().collect::<Vec<_>>().join(" "))
}
