//! A request after its checks: path, parameters, headers and body, ready for a plain function.

use std::str::FromStr;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use chrono::NaiveDate;

use crate::definition::suggest;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::limits::HTTP_PARAMETERS_MAX;
use crate::domain::scope::Scope;
use crate::engine::Engine;
use crate::http::routes::Route;
use crate::http::{HttpError, Server};

/// A call.
pub(super) struct Call {
    pub(super) server: Server,
    pub(super) route: &'static Route,
    pub(super) language: Language,
    pub(super) path: Vec<String>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn engine(&self) -> &Engine {
        self.server.engine()
    }

    /// Who asks. Before accounts exist only this machine reaches the server.
    pub(super) fn scope(&self) -> Scope {
        Scope::everything()
    }

    /// The part of the path at `place`, counted from 0.
    pub(super) fn named(&self, place: usize) -> &str {
        self.path.get(place).map_or("", String::as_str)
    }

    /// The id in the path.
    pub(super) fn id(&self) -> Result<RecordId, HttpError> {
        read_id("id", self.named(0))
    }

    /// The value of a parameter that was given and is not empty.
    pub(super) fn one(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter that is not empty.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let given = self.parameters.iter().filter(move |(known, _)| known == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a parameter that is a number, a day or the like.
    pub(super) fn read<T: FromStr>(
        &self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, HttpError> {
        let read = self.one(name).map(|text| text.parse().map_err(|_| wrong(name, expected)));
        read.transpose()
    }

    /// The switch `name`; off when not given.
    pub(super) fn switch(&self, name: &'static str) -> Result<bool, HttpError> {
        match self.one(name) {
            None | Some("0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(_) => Err(wrong(name, "write 1 or 0")),
        }
    }

    /// The snapshot asked for.
    pub(super) fn snapshot(&self) -> Result<Option<CommitVersion>, HttpError> {
        Ok(self.read("snapshot", "write the number of a commit")?.map(CommitVersion))
    }

    /// The business date asked for.
    pub(super) fn as_of(&self) -> Result<Option<NaiveDate>, HttpError> {
        self.read("as_of", "write a day as 2026-11-21")
    }

    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body's media type without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let given = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// An id; `name` is the parameter or field that holds it.
pub(super) fn read_id(name: &str, text: &str) -> Result<RecordId, HttpError> {
    RecordId::from_str(text).map_err(|error| wrong(name, &error.to_string()))
}

/// The error of a value that is not of its parameter's type.
pub(super) fn wrong(name: &str, expected: &str) -> HttpError {
    HttpError::Parameter { name: name.to_owned(), expected: expected.to_owned() }
}

/// Checks parameters against the route's entry in the table.
pub(super) fn check(route: &Route, given: &[(String, String)]) -> Result<(), HttpError> {
    if given.len() > HTTP_PARAMETERS_MAX {
        return Err(HttpError::TooManyParameters { found: given.len(), limit: HTTP_PARAMETERS_MAX });
    }
    for (place, (name, _)) in given.iter().enumerate() {
        let Some(known) = route.in_query().find(|known| known.name == name) else {
            let suggestion = suggest(name, route.in_query().map(|known| known.name));
            return Err(HttpError::UnknownParameter { name: name.clone(), suggestion });
        };
        if !known.repeats && given.iter().take(place).any(|(earlier, _)| earlier == name) {
            return Err(wrong(name, "give it once"));
        }
    }
    Ok(())
}

/// The language asked for: `lang=`, else `Accept-Language`, else Vietnamese.
pub(super) fn language(parameters: &[(String, String)], headers: &HeaderMap) -> Language {
    let asked = parameters.iter().find(|(name, _)| name == "lang").map(|(_, value)| value.as_str());
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    // Browsers list languages with the preferred one first.
    match asked.or(accepted).unwrap_or_default().trim().get(..2) {
        Some(first) if first.eq_ignore_ascii_case("en") => Language::En,
        _ => Language::Vi,
    }
}
