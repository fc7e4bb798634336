//! What a dataset must say for its rows to be files: which columns name the record, the file and its hash.

use serde::Deserialize;

/// Columns of a dataset whose rows are files of other records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesRule {
    /// The record that the file belongs to.
    pub record: String,
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: String,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub hash: String,
    /// Day it was added.
    pub added: String,
    /// Whether the bytes are kept in the store.
    pub kept: String,
}

impl FilesRule {
    /// Every column that it names.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        [&self.record, &self.name, &self.media_type, &self.size, &self.hash, &self.added, &self.kept]
            .into_iter()
    }
}
