//! The first stored values of a row, without reading those behind them.
//!
//! What a hit shows is stored in front of the long texts, which are read only when they are asked for.

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use tantivy::schema::Field;
use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize, ValueDeserializer,
};

/// The first `N` stored texts of a row.
pub(in crate::search) struct Firsts<const N: usize> {
    pub(in crate::search) texts: Vec<(Field, String)>,
}

struct Text(String);

/// Puts what it reads into a map that is there already.
struct Into<'v>(&'v mut serde_json::Map<String, serde_json::Value>);

/// Adds the values of a row, stored as one JSON object; what is no JSON adds nothing more.
pub(in crate::search) fn add_values(text: &str, values: &mut serde_json::Map<String, serde_json::Value>) {
    let mut reading = serde_json::Deserializer::from_str(text);
    let _broken = reading.deserialize_map(Into(values));
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values by column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some((column, value)) = entries.next_entry()? {
            self.0.insert(column, value);
        }
        Ok(())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_texts_stand_together_and_a_broken_one_does_not_fail() {
        let table = [
            (["{}", "{}"], "{}"),
            ([r#"{"b":1,"a":"đất"}"#, r#"{"c":[null,1.5]}"#], r#"{"b":1,"a":"đất","c":[null,1.5]}"#),
            ([r#"{"a":1}"#, r#"{"a":2}"#], r#"{"a":2}"#),
            (["", r#"{"a":true}"#], r#"{"a":true}"#),
            ([r#"{"a":1,"b"#, r#"["x"]"#], r#"{"a":1}"#),
        ];
        for (texts, expected) in table {
            let mut values = serde_json::Map::new();
            texts.into_iter().for_each(|text| add_values(text, &mut values));
            assert_eq!(serde_json::Value::Object(values).to_string(), expected);
        }
    }
}
