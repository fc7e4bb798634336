//! A `.sql` with its definition in front: lines that begin with `--|` are TOML, the rest is SQL.

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::definition::DefinitionError;

/// Begins a line of the definition.
const FRONT: &str = "--|";

/// The definition in front of `text`, its SQL, and the SHA-256 of the whole text, in hexadecimal.
///
/// # Errors
/// What stands in front is not TOML of this form.
pub(super) fn read<T: DeserializeOwned>(
    file: &str,
    text: &str,
) -> Result<(T, String, String), DefinitionError> {
    let front: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(FRONT)).collect();
    let front = toml::from_str(&front.join("\n"))
        .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
    let sql: Vec<&str> = text.lines().filter(|line| !line.starts_with(FRONT)).collect();
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    Ok((front, sql.join("\n").trim().to_owned(), hash))
}
