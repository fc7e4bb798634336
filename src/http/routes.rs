//! The one table of routes: what is answered where, with which parameters.
//!
//! Routing, the check of parameters and the API description all read this table, so that none of them
//! can know a route or a parameter that another does not. What a route or parameter means stands in the
//! list of labels under `api.NAME` and `api.parameter.NAME`.

use crate::domain::limits::{
    ATTACHMENT_BYTES_MAX, DUPLICATE_TEXT_BYTES_MAX, PUSH_BYTES_MAX, RULING_BYTES_MAX, SEARCH_BATCH_BYTES_MAX,
    SQL_BYTES_MAX,
};
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::http::{
    HttpError, attachments, batch, casefile, circles, deadline, dictionary, digests, duplicates, health,
    ingest, metric, openapi, parallel, proposals, query, readiness, records, reports, review, rulings,
    scorecards, search, sql, suggest,
};

/// A route.
pub(super) struct Route {
    pub(super) name: &'static str,
    pub(super) method: Method,
    /// Path with `{name}` for what varies.
    pub(super) path: &'static str,
    pub(super) parameters: &'static [Parameter],
    /// The body it takes, if any.
    pub(super) body: Option<Body>,
    /// Media types it answers in, the usual one first.
    pub(super) answers_in: &'static [&'static str],
    pub(super) slot: Slot,
    pub(super) answer: fn(&Call) -> Result<Reply, HttpError>,
}

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// What a request waits for before it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Nothing: it must answer while all else is busy.
    None,
    Read,
    Statement,
    Push,
}

/// A body.
pub(super) struct Body {
    pub(super) media_types: &'static [&'static str],
    pub(super) bytes_max: usize,
}

/// A parameter in the query, or a header when its name begins with a capital.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) repeats: bool,
}

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const CSV: &str = "text/csv";
const HTML: &str = "text/html; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const NDJSON: &str = "application/x-ndjson";
const ARROW: &str = "application/vnd.apache.arrow.stream";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const XML: &str = "application/xml";
const PARQUET: &str = "application/vnd.apache.parquet";

const fn one(name: &'static str, kind: &'static str) -> Parameter {
    Parameter { name, kind, repeats: false }
}

const fn many(name: &'static str) -> Parameter {
    Parameter { name, kind: "string", repeats: true }
}

/// Every route takes it.
pub(super) const LANGUAGE: Parameter = one("lang", "string");

/// A read in JSON, which most routes are.
const GET: Route = Route {
    name: "",
    method: Method::Get,
    path: "",
    parameters: &[],
    body: None,
    answers_in: &[JSON],
    slot: Slot::Read,
    answer: |_| Err(HttpError::NoRoute),
};

const REPORT: [Parameter; 7] = [
    one("as_of", "date"),
    one("snapshot", "integer"),
    one("format", "string"),
    one("period", "string"),
    one("date", "string"),
    one("due", "string"),
    many("where"),
];
const METRIC: [Parameter; 8] = [
    one("by", "string"),
    one("as_of", "date"),
    one("snapshot", "integer"),
    one("format", "string"),
    one("period", "string"),
    one("date", "string"),
    one("due", "string"),
    many("where"),
];

const PARALLEL: [Parameter; 10] = [
    one("old", "string"),
    one("new", "string"),
    one("by", "string"),
    one("explain", "string"),
    one("trend", "integer"),
    one("as_of", "date"),
    one("snapshot", "integer"),
    one("period", "string"),
    one("date", "string"),
    many("where"),
];

/// All routes.
pub(super) static ROUTES: &[Route] = &[
    Route {
        name: "search",
        path: "/api/v1/search/{dataset}",
        parameters: &[
            one("q", "string"),
            many("filter"),
            many("facet"),
            many("sort"),
            one("limit", "integer"),
            one("cursor", "string"),
            one("highlight", "boolean"),
            one("as_of", "date"),
            many("histogram"),
            one("group", "string"),
            one("since", "integer"),
            one("recency", "string"),
        ],
        answer: search::search,
        ..GET
    },
    Route {
        name: "search_batch",
        method: Method::Post,
        path: "/api/v1/search/{dataset}/batch",
        parameters: &[
            one("column", "string"),
            many("filter"),
            one("limit", "integer"),
            one("highlight", "boolean"),
            one("as_of", "date"),
        ],
        body: Some(Body { media_types: &[CSV, NDJSON], bytes_max: SEARCH_BATCH_BYTES_MAX }),
        answer: batch::batch,
        ..GET
    },
    Route {
        name: "suggest",
        path: "/api/v1/suggest",
        parameters: &[one("dataset", "string"), one("q", "string"), one("limit", "integer")],
        answer: suggest::suggest,
        ..GET
    },
    Route { name: "record", path: "/api/v1/records/{id}", answer: records::record, ..GET },
    Route {
        name: "similar",
        path: "/api/v1/records/{id}/similar",
        parameters: &[one("limit", "integer")],
        answer: records::similar,
        ..GET
    },
    Route { name: "history", path: "/api/v1/records/{id}/history", answer: records::history, ..GET },
    Route { name: "attachments", path: "/api/v1/records/{id}/attachments", answer: attachments::list, ..GET },
    Route {
        name: "attach",
        method: Method::Post,
        path: "/api/v1/records/{id}/attachments",
        parameters: &[one("file_name", "string")],
        body: Some(Body { media_types: &[BYTES], bytes_max: ATTACHMENT_BYTES_MAX }),
        slot: Slot::Push,
        answer: attachments::attach,
        ..GET
    },
    Route {
        name: "attachment",
        path: "/api/v1/records/{id}/attachments/{hash}",
        answers_in: &[BYTES],
        answer: attachments::attachment,
        ..GET
    },
    Route {
        name: "sql",
        method: Method::Post,
        path: "/api/v1/sql",
        parameters: &[one("format", "string"), one("snapshot", "integer")],
        body: Some(Body { media_types: &[JSON, "text/plain"], bytes_max: 4 * SQL_BYTES_MAX }),
        answers_in: &[JSON, CSV, ARROW, NDJSON, PARQUET],
        slot: Slot::Statement,
        answer: sql::sql,
    },
    Route {
        name: "duplicates_of",
        path: "/api/v1/duplicates/{id}",
        parameters: &[one("min", "number")],
        answer: duplicates::of_record,
        ..GET
    },
    Route {
        name: "duplicates_of_text",
        method: Method::Post,
        path: "/api/v1/duplicates/{dataset}",
        parameters: &[one("min", "number")],
        body: Some(Body { media_types: &["text/plain"], bytes_max: DUPLICATE_TEXT_BYTES_MAX }),
        answer: duplicates::of_text,
        ..GET
    },
    Route {
        name: "duplicates_pair",
        path: "/api/v1/duplicates/{id}/with/{other}",
        answer: proposals::pair,
        ..GET
    },
    Route {
        name: "rulings",
        path: "/api/v1/rulings",
        parameters: &[one("petition", "string"), one("limit", "integer")],
        answer: rulings::rulings,
        ..GET
    },
    Route {
        name: "rule",
        method: Method::Post,
        path: "/api/v1/rulings",
        body: Some(Body { media_types: &[JSON], bytes_max: RULING_BYTES_MAX }),
        slot: Slot::Push,
        answer: rulings::rule,
        ..GET
    },
    Route { name: "case", path: "/api/v1/cases/{case}", answer: casefile::case, ..GET },
    Route {
        name: "review",
        path: "/api/v1/review",
        parameters: &[
            one("unit", "string"),
            one("relation", "string"),
            one("limit", "integer"),
            one("skip", "integer"),
        ],
        answer: review::queue,
        ..GET
    },
    Route { name: "agreement", path: "/api/v1/review/agreement", answer: review::agreement, ..GET },
    Route {
        name: "circles",
        path: "/api/v1/circles",
        parameters: &[one("kind", "string"), one("as_of", "date")],
        answer: circles::circles,
        ..GET
    },
    Route { name: "queries", path: "/api/v1/queries", answer: query::list, ..GET },
    Route {
        name: "query",
        path: "/api/v1/queries/{name}",
        parameters: &REPORT,
        answers_in: &[JSON, CSV],
        answer: query::query,
        ..GET
    },
    Route {
        name: "overdue",
        path: "/api/v1/overdue",
        parameters: &REPORT,
        answers_in: &[JSON, CSV],
        answer: query::overdue,
        ..GET
    },
    Route {
        name: "sources",
        path: "/api/v1/sources",
        parameters: &[one("as_of", "date"), one("snapshot", "integer")],
        answer: parallel::sources,
        ..GET
    },
    Route {
        name: "parallel",
        path: "/api/v1/parallel/{dataset}",
        parameters: &PARALLEL,
        answer: parallel::parallel,
        ..GET
    },
    Route {
        name: "edxml_status",
        path: "/api/v1/records/{id}/edxml-status",
        parameters: &[
            one("status", "string"),
            one("organ_id", "string"),
            one("organ_name", "string"),
            one("note", "string"),
            one("on", "date"),
        ],
        answers_in: &[XML],
        answer: parallel::edxml_status,
        ..GET
    },
    Route { name: "deadlines", path: "/api/v1/deadlines", answer: deadline::rules, ..GET },
    Route { name: "deadlines_adopted", path: "/api/v1/deadline-changes", answer: deadline::adopted, ..GET },
    Route {
        name: "deadline",
        path: "/api/v1/deadlines/{rule}",
        parameters: &[
            one("from", "date"),
            one("steps", "string"),
            one("circumstance", "string"),
            one("unit", "string"),
            one("province", "string"),
            one("commune", "string"),
        ],
        answer: deadline::compute,
        ..GET
    },
    Route {
        name: "deadline_of",
        path: "/api/v1/records/{id}/deadline",
        parameters: &[one("as_of", "date")],
        answer: deadline::explain,
        ..GET
    },
    Route { name: "metric_list", path: "/api/v1/metrics", answer: metric::list, ..GET },
    Route {
        name: "metric",
        path: "/api/v1/metrics/{metric}",
        parameters: &METRIC,
        answers_in: &[JSON, CSV, XLSX],
        answer: metric::metric,
        ..GET
    },
    Route { name: "report_list", path: "/api/v1/reports", answer: reports::list, ..GET },
    Route {
        name: "report",
        path: "/api/v1/reports/{form}",
        parameters: &METRIC,
        answers_in: &[JSON, HTML, XLSX],
        answer: reports::report,
        ..GET
    },
    Route { name: "scorecard_list", path: "/api/v1/scorecards", answer: scorecards::list, ..GET },
    Route {
        name: "scorecard",
        path: "/api/v1/scorecards/{scorecard}",
        parameters: &[
            one("period", "string"),
            one("unit", "string"),
            one("as_of", "date"),
            one("snapshot", "integer"),
            one("format", "string"),
        ],
        answers_in: &[JSON, CSV],
        answer: scorecards::scorecard,
        ..GET
    },
    Route { name: "digest_list", path: "/api/v1/digests", answer: digests::list, ..GET },
    Route {
        name: "digest",
        path: "/api/v1/digests/{template}",
        parameters: &[
            one("unit", "string"),
            one("period", "string"),
            one("as_of", "date"),
            one("snapshot", "integer"),
            one("marked", "boolean"),
        ],
        answer: digests::digest,
        ..GET
    },
    Route {
        name: "receipt",
        path: "/api/v1/receipts/{code}",
        parameters: &[one("rows", "string"), one("skip", "integer")],
        answer: metric::receipt,
        ..GET
    },
    Route { name: "readiness_families", path: "/api/v1/readiness", answer: readiness::families, ..GET },
    Route {
        name: "readiness_edition",
        path: "/api/v1/readiness/{family}/{edition}",
        parameters: &[one("against", "string"), one("indicator", "string")],
        answer: readiness::edition,
        ..GET
    },
    Route {
        name: "readiness_province",
        path: "/api/v1/readiness/{family}/{edition}/{province}",
        parameters: &[one("against", "string"), one("indicator", "string")],
        answer: readiness::province,
        ..GET
    },
    Route {
        name: "commits",
        path: "/api/v1/commits",
        parameters: &[one("limit", "integer")],
        answer: records::commits,
        ..GET
    },
    Route { name: "dictionary", path: "/api/v1/dictionary", answer: dictionary::dictionary, ..GET },
    Route {
        name: "ingest",
        method: Method::Post,
        path: "/api/v1/ingest/{dataset}",
        parameters: &[one("source", "string"), one("Idempotency-Key", "string")],
        body: Some(Body { media_types: &[NDJSON, CSV], bytes_max: PUSH_BYTES_MAX }),
        slot: Slot::Push,
        answer: ingest::ingest,
        ..GET
    },
    Route {
        name: "healthz",
        path: "/healthz",
        answers_in: &[TEXT],
        slot: Slot::None,
        answer: health::alive,
        ..GET
    },
    Route { name: "readyz", path: "/readyz", answer: health::ready, slot: Slot::None, ..GET },
    Route {
        name: "metrics",
        path: "/metrics",
        answers_in: &[TEXT],
        slot: Slot::None,
        answer: health::metrics,
        ..GET
    },
    Route { name: "openapi", path: "/openapi.json", answer: openapi::openapi, ..GET },
];

impl Route {
    /// Names of what varies in the path, in order.
    pub(super) fn path_names(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Parameters of the query.
    pub(super) fn in_query(&self) -> impl Iterator<Item = &'static Parameter> {
        let own = self.parameters.iter().filter(|parameter| !parameter.is_header());
        own.chain(std::iter::once(&LANGUAGE))
    }
}

impl Parameter {
    /// Whether it is a header.
    pub(super) fn is_header(&self) -> bool {
        self.name.starts_with(|first: char| first.is_ascii_uppercase())
    }
}
