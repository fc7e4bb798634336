//! `/rulings`: takes a decision from a form, and goes back to the pair it is about.

use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::duplicates::relation::Proposed;
use crate::engine::Engine;
use crate::engine::ruling::Author;
use crate::present::page::Visit;
use crate::web::{WebError, found};

/// Makes the ruling and names the page to go to.
pub(super) fn take(engine: &Engine, visit: &Visit) -> Result<String, WebError> {
    let field = |name: &'static str| visit.field(name).map(str::trim).unwrap_or_default();
    let later: RecordId = field("later").parse()?;
    let earlier: RecordId = field("earlier").parse()?;
    let author = Author { by: field("by").to_owned(), reason: field("reason").to_owned() };
    let scope = Scope::everything();
    match field("undo").parse() {
        Ok(ordinal) => engine.undo_ruling(ordinal, &author, &scope)?,
        Err(_) => {
            let relation = Proposed::from_code(field("relation")).ok_or(WebError::Form("relation"))?;
            engine.decide((later, earlier), relation, &author, &scope)?
        }
    };
    Ok(found::pair_link(later, earlier, visit.language))
}
