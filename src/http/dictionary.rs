//! `GET /api/v1/dictionary`: every dataset and column, from the definitions in force.

use serde_json::{Value as Json, json};

use crate::definition::column::Column;
use crate::definition::dataset::Dataset;
use crate::domain::language::Language;
use crate::domain::secrecy::ColumnClass;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;

/// Describes every dataset.
pub(super) fn dictionary(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let datasets: Vec<Json> =
        snapshot.catalog().datasets().map(|dataset| described(dataset, call.language)).collect();
    let commit = snapshot.version();
    Reply::json(call, commit, json!({ "commit": commit, "datasets": datasets }))
}

fn described(dataset: &Dataset, language: Language) -> Json {
    let columns: Vec<Json> = dataset.columns.iter().map(|column| column_of(column, language)).collect();
    json!({ "name": dataset.name, "letter": dataset.letter, "label": dataset.label.text(language),
            "describe": dataset.describe.text(language), "is_searched": dataset.is_searched(),
            "columns": columns })
}

fn column_of(column: &Column, language: Language) -> Json {
    let class = match column.class {
        ColumnClass::Public => "public",
        ColumnClass::Personal => "personal",
        ColumnClass::Signer => "signer",
    };
    let codes =
        column.codes.iter().map(|code| json!({ "code": code.code, "label": code.label.text(language) }));
    json!({ "name": column.name, "type": column.kind.name(), "label": column.label.text(language),
            "class": class, "search": column.search, "facet": column.facet, "sort": column.sort,
            "filter": column.is_filter(), "codes": codes.collect::<Vec<_>>() })
}
