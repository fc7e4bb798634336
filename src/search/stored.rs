//! The first stored values of a row, without reading those behind them.
//!
//! What a hit shows is stored in front of the long texts, which are read only when they are asked for.

use tantivy::schema::Field;
use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize, ValueDeserializer,
};

/// The first `N` stored texts of a row.
pub(in crate::search) struct Firsts<const N: usize> {
    pub(in crate::search) texts: Vec<(Field, String)>,
}

struct Text(String);

impl<const N: usize> DocumentDeserialize for Firsts<N> {
    fn deserialize<'de, D>(mut stored: D) -> Result<Self, DeserializeError>
    where
        D: DocumentDeserializer<'de>,
    {
        let mut texts = Vec::with_capacity(N);
        while texts.len() < N
            && let Some((field, Text(text))) = stored.next_field()?
        {
            texts.push((field, text));
        }
        Ok(Self { texts })
    }
}

impl ValueDeserialize for Text {
    fn deserialize<'de, D>(stored: D) -> Result<Self, DeserializeError>
    where
        D: ValueDeserializer<'de>,
    {
        stored.deserialize_string().map(Self)
    }
}
