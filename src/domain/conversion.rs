//! What a reading converted to Unicode, for the commit and for whoever reads its report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Among a record's unmapped columns, the object that holds converted cells as they were given, by column.
pub const GIVEN: &str = "_given";

/// What was converted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Encoding of the file's bytes, if they were not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Rows with cells of legacy text.
    pub rows: u64,
    /// Cells of legacy text by the name of its encoding.
    pub cells: BTreeMap<String, u64>,
}

impl Conversion {
    /// Whether everything came in Unicode.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.encoding.is_none() && self.cells.is_empty()
    }
}
