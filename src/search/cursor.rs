//! Where a page ended, as opaque text bound to request, scope and commit.
//!
//! A sorted search goes on after a row's place in the order, whatever the depth. One by relevance goes
//! on by number, and only over the very same segments: figures of deleted rows leave the scores when
//! segments are merged, and a page might then repeat or miss a hit. In that case the answer is "search
//! again" and not a guess.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::civil::epoch_days;
use crate::domain::commit::CommitVersion;
use crate::domain::limits::CURSOR_CHARS_MAX;
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::order::RowPlace;
use crate::search::request::Request;
use crate::search::schema::Fields;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::search) enum Position {
    /// At this number, counted from 0; `rule` says whether most of the words were enough.
    Ranked { offset: usize, relaxed: bool, view: u64 },
    /// After this row.
    After { place: RowPlace, relaxed: bool },
}

#[derive(Serialize, Deserialize)]
struct Content {
    commit: CommitVersion,
    position: Position,
    check: u64,
}

/// What a cursor is bound to.
pub(in crate::search) struct Binding {
    /// Hash of dataset, request and scope.
    request: u64,
    commit: CommitVersion,
    view: u64,
}

impl Cursor {
    /// The cursor that a caller sends back.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text to hand out.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

impl Binding {
    /// `view` names the segments that are searched.
    pub(in crate::search) fn new(
        fields: &Fields,
        request: &Request,
        scope: &Scope,
        commit: CommitVersion,
        view: u64,
    ) -> Self {
        let day = request.today.map(epoch_days);
        let asked = (&fields.dataset, &request.text, &request.filters, &request.sort, day);
        let taken = (request.plain, request.similar_to.map(|id| id.to_string()), &request.weights);
        let shown = (&request.group, request.since, request.recency);
        let asked = serde_json::to_string(&(asked, taken, shown)).unwrap_or_default();
        let request = xxh3_64(format!("{asked}\n{scope:?}").as_bytes());
        Self { request, commit, view }
    }

    pub(in crate::search) fn ranked(&self, offset: usize, relaxed: bool) -> Cursor {
        self.seal(Position::Ranked { offset, relaxed, view: self.view })
    }

    pub(in crate::search) fn after(&self, place: RowPlace, relaxed: bool) -> Cursor {
        self.seal(Position::After { place, relaxed })
    }

    fn seal(&self, position: Position) -> Cursor {
        let check = self.check(self.commit, &position);
        let content = Content { commit: self.commit, position, check };
        Cursor(BASE64URL_NOPAD.encode(&serde_json::to_vec(&content).unwrap_or_default()))
    }

    /// Where `cursor` points.
    ///
    /// # Errors
    /// It is damaged, of another request, or can no longer be continued.
    pub(in crate::search) fn open(&self, cursor: &Cursor) -> Result<Position, SearchError> {
        if cursor.0.len() > CURSOR_CHARS_MAX {
            return Err(SearchError::CursorForeign);
        }
        let bytes =
            BASE64URL_NOPAD.decode(cursor.0.trim().as_bytes()).map_err(|_| SearchError::CursorForeign)?;
        let content: Content = serde_json::from_slice(&bytes).map_err(|_| SearchError::CursorForeign)?;
        if self.check(content.commit, &content.position) != content.check {
            return Err(SearchError::CursorForeign);
        }
        let gone = match &content.position {
            Position::Ranked { view, .. } => *view != self.view,
            Position::After { .. } => false,
        };
        if gone || content.commit != self.commit {
            return Err(SearchError::CursorGone { commit: content.commit });
        }
        Ok(content.position)
    }

    fn check(&self, commit: CommitVersion, position: &Position) -> u64 {
        let position = serde_json::to_string(position).unwrap_or_default();
        xxh3_64(format!("{}\n{commit}\n{position}", self.request).as_bytes())
    }
}
