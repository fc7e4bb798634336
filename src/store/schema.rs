//! Columns of the stored tables, derived from a dataset's definition.
//!
//! A dataset has up to five tables. The main table and the text table hold exactly the current rows; the
//! two history tables hold every version and are only appended to; the identity table holds what is secret
//! of every version and is read by nothing but an entitled release.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde_json::json;

use crate::definition::column::ColumnType;
use crate::definition::dataset::Dataset;
use crate::domain::secrecy::ColumnClass;

/// Which of a dataset's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// Current rows, short columns.
    Main,
    /// Current rows, long columns and what no column takes.
    Text,
    /// Every version, short columns.
    HistoryMain,
    /// Every version, long columns.
    HistoryText,
    /// Every version's secret columns and raw text.
    Identity,
}

impl TableKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Main, Self::Text, Self::HistoryMain, Self::HistoryText, Self::Identity];

    /// Folder of this table of `dataset`, inside the store.
    #[must_use]
    pub fn path(self, dataset: &str) -> String {
        match self {
            Self::Main => format!("tables/{dataset}"),
            Self::Text => format!("tables/{dataset}_text"),
            Self::HistoryMain => format!("history/{dataset}"),
            Self::HistoryText => format!("history/{dataset}_text"),
            Self::Identity => format!("identity/{dataset}"),
        }
    }

    /// Columns of this table of `dataset`.
    #[must_use]
    pub fn schema(self, dataset: &Dataset) -> SchemaRef {
        let mut fields =
            vec![text_field("id", false), text_field("source_system", false), text_field("source_id", false)];
        match self {
            Self::Main | Self::HistoryMain => main_fields(dataset, &mut fields),
            Self::Text | Self::HistoryText => {
                let long = dataset.columns.iter().filter(|column| column.long);
                fields.extend(long.map(|column| Field::new(&column.name, arrow_type(column.kind), true)));
                fields.push(text_field("extra", true));
                fields.push(Field::new("valid_from", DataType::Int64, false));
            }
            Self::Identity => {
                let signer = dataset.columns.iter().filter(|column| column.class == ColumnClass::Signer);
                fields.extend(signer.map(|column| text_field(&column.name, true)));
                fields.push(text_field("originals", true));
                fields.push(Field::new("valid_from", DataType::Int64, false));
            }
        }
        if matches!(self, Self::HistoryMain | Self::HistoryText | Self::Identity) {
            fields.push(text_field("operation", false));
        }
        Arc::new(Schema::new(fields))
    }
}

fn main_fields(dataset: &Dataset, fields: &mut Vec<Field>) {
    for column in dataset.columns.iter().filter(|column| !column.long) {
        fields.push(Field::new(&column.name, arrow_type(column.kind), true));
        if column.due {
            fields.push(text_field(&column.precision_name(), true));
        }
        if dataset.versions.iter().any(|rule| rule.column == column.name) {
            fields.push(Field::new(version_name(&column.name), DataType::Int64, true));
        }
    }
    fields.push(text_field("secrecy", false));
    fields.push(Field::new("valid_from", DataType::Int64, false));
    fields.push(Field::new("row_hash", DataType::Int64, false));
    fields.push(Field::new("text_hash", DataType::Int64, false));
}

/// Name of the column that counts the versions of a date.
#[must_use]
pub fn version_name(column: &str) -> String {
    format!("{column}_version")
}

/// Arrow type of a column type.
#[must_use]
pub fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text | ColumnType::Keyword => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// A column of text.
#[must_use]
pub fn text_field(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

/// The schema as Delta's protocol writes it (section "Schema Serialization Format").
#[must_use]
pub fn delta_schema(schema: &Schema) -> String {
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| {
            json!({
                "name": field.name(),
                "type": delta_type(field.data_type()),
                // A column that is added later is null in older files, so none promises more.
                "nullable": true,
                "metadata": {},
            })
        })
        .collect();
    json!({ "type": "struct", "fields": fields }).to_string()
}

fn delta_type(kind: &DataType) -> &'static str {
    match kind {
        DataType::Int64 => "long",
        DataType::Float64 => "double",
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        DataType::Timestamp(..) => "timestamp",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::{Catalog, embedded};

    #[test]
    fn secret_columns_have_their_own_table_and_text_is_not_in_the_main_one() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let petitions = catalog.dataset("petitions").unwrap();
        let names = |kind: TableKind| -> Vec<String> {
            kind.schema(petitions).fields().iter().map(|field| field.name().clone()).collect()
        };
        assert!(!names(TableKind::Main).contains(&"text".to_owned()));
        assert!(names(TableKind::Main).contains(&"due_on_precision".to_owned()));
        assert_eq!(
            names(TableKind::Text),
            ["id", "source_system", "source_id", "text", "extra", "valid_from"]
        );
        assert!(names(TableKind::Identity).contains(&"signer_name".to_owned()));
        assert_eq!(names(TableKind::HistoryMain).last().unwrap(), "operation");
    }
}
