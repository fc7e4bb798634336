//! `GET /openapi.json`: the table of routes and the datasets in force, as OpenAPI 3.1.

use serde_json::{Map, Value as Json, json};

use crate::definition::catalog::Catalog;
use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::definition::labels::label;
use crate::domain::language::Language;
use crate::http::HttpError;
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::http::routes::{Method, Parameter, ROUTES, Route};

/// Describes the API.
pub(super) fn openapi(call: &Call) -> Result<Reply, HttpError> {
    let snapshot = call.engine().snapshot()?;
    let document = document(snapshot.catalog(), call.language);
    Reply::json(call, snapshot.version(), document)
}

fn document(catalog: &Catalog, language: Language) -> Json {
    let mut paths = Map::new();
    for route in ROUTES {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        let method = match route.method {
            Method::Get => "get",
            Method::Post => "post",
        };
        if let Some(path) = path.as_object_mut() {
            path.insert(method.to_owned(), operation(route, catalog, language));
        }
    }
    let mut schemas: Map<String, Json> =
        catalog.datasets().map(|dataset| (dataset.name.clone(), schema(dataset, language))).collect();
    schemas.insert("problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": { "title": label("api.title", language), "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn operation(route: &Route, catalog: &Catalog, language: Language) -> Json {
    let in_path = route.path_names().map(|name| path_parameter(name, catalog, language));
    let given = route.parameters.iter().filter(|parameter| parameter.is_header());
    let given = route.in_query().chain(given).map(|parameter| described(parameter, language));
    let content: Map<String, Json> =
        route.answers_in.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
    let failed = json!({ "$ref": "#/components/schemas/problem" });
    let mut operation = json!({
        "operationId": route.name,
        "summary": named(route.name, language),
        "parameters": in_path.chain(given).collect::<Vec<_>>(),
        "responses": {
            "200": { "description": label("api.answer", language), "content": content },
            "default": { "description": label("api.problem", language),
                         "content": { "application/problem+json": { "schema": failed } } },
        },
    });
    if let (Some(body), Some(object)) = (&route.body, operation.as_object_mut()) {
        let content: Map<String, Json> =
            body.media_types.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect();
        object.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    operation
}

fn path_parameter(name: &str, catalog: &Catalog, language: Language) -> Json {
    let mut schema = json!({ "type": "string" });
    let known: Option<Vec<&str>> = match name {
        "dataset" => Some(catalog.datasets().map(|dataset| dataset.name.as_str()).collect()),
        "name" => {
            let queries = catalog.queries().filter(|query| query.basis.is_none() && query.metric.is_none());
            Some(queries.map(|query| query.name.as_str()).collect())
        }
        "metric" => {
            let metrics = catalog.queries().filter(|query| query.metric.is_some());
            Some(metrics.map(|query| query.name.as_str()).collect())
        }
        _ => None,
    };
    if let (Some(known), Some(object)) = (known, schema.as_object_mut()) {
        object.insert("enum".to_owned(), json!(known));
    }
    let about = named(&format!("parameter.{name}"), language);
    json!({ "name": name, "in": "path", "required": true, "schema": schema, "description": about })
}

fn described(parameter: &Parameter, language: Language) -> Json {
    let one = match parameter.kind {
        "date" => json!({ "type": "string", "format": "date" }),
        kind => json!({ "type": kind }),
    };
    let schema = if parameter.repeats { json!({ "type": "array", "items": one }) } else { one };
    let place = if parameter.is_header() { "header" } else { "query" };
    let about = named(&format!("parameter.{}", parameter.name), language);
    json!({ "name": parameter.name, "in": place, "schema": schema, "description": about })
}

fn named(name: &str, language: Language) -> String {
    label(&format!("api.{name}"), language).to_owned()
}

fn schema(dataset: &Dataset, language: Language) -> Json {
    let columns = dataset.columns.iter().map(|column| (column.name.clone(), column_schema(column, language)));
    let mut properties: Map<String, Json> = [("source_system", "string"), ("source_id", "string")]
        .map(|(name, kind)| (name.to_owned(), json!({ "type": kind })))
        .into_iter()
        .collect();
    properties.extend(columns);
    json!({ "type": "object", "description": dataset.describe.text(language), "properties": properties })
}

fn column_schema(column: &Column, language: Language) -> Json {
    let (kind, format) = match column.kind {
        ColumnType::Text | ColumnType::Keyword => ("string", None),
        ColumnType::Integer => ("integer", None),
        ColumnType::Number => ("number", None),
        ColumnType::Boolean => ("boolean", None),
        ColumnType::Date => ("string", Some("date")),
        ColumnType::Instant => ("string", Some("date-time")),
    };
    let mut schema = json!({ "type": [kind, "null"], "description": column.label.text(language) });
    if let (Some(format), Some(object)) = (format, schema.as_object_mut()) {
        object.insert("format".to_owned(), json!(format));
    }
    schema
}

fn problem() -> Json {
    let text = json!({ "type": "string" });
    json!({ "type": "object",
            "properties": { "type": text, "title": text, "status": { "type": "integer" }, "detail": text,
                            "code": text, "reason": text, "repair": text,
                            "place": { "type": "object", "properties": { "start": { "type": "integer" },
                                                                         "end": { "type": "integer" } } } } })
}
