//! Suggestions while a search text is typed.

use crate::domain::commit::CommitVersion;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::search::suggest::Suggestion;

/// What a text may go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// In most rows first.
    pub suggestions: Vec<Suggestion>,
}

impl Engine {
    /// Values of public columns and phrases of headlines in `dataset` that `text` may become.
    ///
    /// # Errors
    /// The dataset is not searched, or the text or the limit is over its bound.
    pub fn suggest(
        &self,
        dataset: &str,
        text: &str,
        limit: usize,
        scope: &Scope,
    ) -> Result<Suggested, EngineError> {
        let (snapshot, reader) = self.pinned_reader(dataset)?;
        let suggestions = match reader {
            Some(reader) => reader.suggest(snapshot.dataset(dataset)?, text, limit, scope)?,
            None => Vec::new(),
        };
        Ok(Suggested { commit: snapshot.version(), suggestions })
    }
}
