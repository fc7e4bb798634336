//! Status messages about a document, as files to send.
//!
//! Nothing is written to the store: the file that goes out, taken in like any other, is the step.

use serde_json::Value as Json;

use crate::domain::id::RecordId;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::formats::edxml::status::{self, Status};
use crate::sql::encode::objects;

/// What is said of a document.
#[derive(Debug, Clone)]
pub struct StatusAsked {
    /// One of [`status::codes`].
    pub code: String,
    /// Office that answers, by its code.
    pub organ_id: String,
    /// Its name.
    pub organ_name: String,
    /// In words.
    pub note: String,
    /// The day; today when not given.
    pub on: Option<chrono::NaiveDate>,
}

impl Engine {
    /// The status message for the document `id`.
    ///
    /// # Errors
    /// There is no such record in scope, it has no number or day, or the code is none of the standard's.
    pub fn edxml_status(
        &self,
        id: RecordId,
        asked: &StatusAsked,
        scope: &Scope,
    ) -> Result<String, EngineError> {
        if status::step_of(&asked.code).is_none() {
            let known = status::codes().collect::<Vec<_>>().join(", ");
            return Err(EngineError::NoStatusCode { given: asked.code.clone(), known });
        }
        let found = self.record(id, scope)?;
        let rows = objects(&found.batches)?;
        let text = |name: &str| {
            let value = rows.first().and_then(|row| row.get(name)).and_then(Json::as_str);
            value.map(str::to_owned)
        };
        let lacking = || EngineError::NotExchanged(id.to_string());
        let number = text("number").ok_or_else(lacking)?;
        let issued_on = text("issued_on").ok_or_else(lacking)?;
        let key = text("source_id").ok_or_else(lacking)?;
        // A key of the standard begins with the office's code.
        let to = text("organ_id").or_else(|| key.split_once(',').map(|(organ, _)| organ.to_owned()));
        let on = asked.on.unwrap_or_else(|| self.clock.today()).to_string();
        Ok(status::write(&Status {
            document_id: &key,
            to_organ_id: &to.ok_or_else(lacking)?,
            number: &number,
            issued_on: &issued_on,
            organ_id: &asked.organ_id,
            organ_name: &asked.organ_name,
            code: &asked.code,
            note: &asked.note,
            at: &on,
        }))
    }
}
