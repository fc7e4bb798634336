//! Floor 7, pages: search, a record, its possible duplicates, letters in circles, dashboards, receipts.
//!
//! HTML from the server, readable without scripts, on paper and by a screen reader; Vietnamese first,
//! `?lang=en` for English. A page knows no protocol: it takes a visit and gives markup. Every figure on
//! a page comes from one snapshot and names it; nothing is counted here.

mod bodies;
mod breakdown;
mod casefile;
mod check;
mod circles;
mod dashboard;
mod digests;
mod duplicates;
mod facets;
mod failure;
mod figures;
mod found;
mod frame;
mod histogram;
mod hits;
mod link;
mod pair;
mod parallel;
mod place;
mod queue;
mod readiness;
mod receipt;
mod record;
mod reports;
mod restatements;
mod rollouts;
mod ruling;
mod scorecards;
mod search;
mod snippet;
mod value;

use std::sync::{Arc, LazyLock};

use maud::Markup;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::error::{Classified, ErrorKind};
use crate::domain::id::IdError;
use crate::engine::{Engine, EngineError};
use crate::present::page::{Keep, Refused, Shown, Visit};

/// The pages of one store.
pub struct Site {
    engine: Arc<Engine>,
    bodies: bodies::Bodies,
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum WebError {
    /// No page has this path.
    #[error("no page is at this address; begin at /")]
    NoPage,
    /// The address holds something that is no id.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A field of a form is missing or wrong.
    #[error("the form's field `{0}` is missing or wrong; go back and choose again")]
    Form(&'static str),
    /// A form was not taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The engine has no answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Classified for WebError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoPage | Self::Id(_) => ErrorKind::NotFound,
            Self::Form(_) => ErrorKind::InvalidInput,
            Self::Refused(refused) => refused.kind,
            Self::Engine(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoPage => "web.no_page",
            Self::Id(_) => "web.id",
            Self::Form(_) => "web.form",
            Self::Refused(refused) => refused.code,
            Self::Engine(error) => error.code(),
        }
    }
}

const STYLE: &str = include_str!("web/style.css");
const DASHBOARD: &str = "/dashboards/{name}";
const CHECK: &str = "/check";
const RULINGS: &str = "/rulings";
const HTML: &str = "text/html; charset=utf-8";

/// The path of the style sheet, which changes with its content.
static STYLE_PATH: LazyLock<String> = LazyLock::new(|| {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(STYLE.as_bytes()));
    format!("/assets/style-{}.css", hash.get(..12).unwrap_or_default())
});

impl Site {
    /// The pages of the store that `engine` has open.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine, bodies: bodies::Bodies::default() }
    }

    /// The page at the visit's path, or one that says why there is none.
    #[must_use]
    pub fn show(&self, visit: &Visit) -> Shown {
        if visit.path == *STYLE_PATH {
            let (media_type, body) = ("text/css; charset=utf-8", STYLE.as_bytes().to_vec());
            let keep = Keep::Always;
            return Shown { route: "/assets/{file}", failure: None, media_type, keep, go_to: None, body };
        }
        match &visit.form {
            Some(Ok(_)) => return self.taken(visit),
            Some(Err(refused)) => return self.shown(visit, "other", Err(refused.clone().into())),
            None => {}
        }
        let parts: Vec<&str> = visit.path.split('/').filter(|part| !part.is_empty()).collect();
        let (route, page) = match parts.as_slice() {
            [] => ("/", search::page(&self.engine, visit)),
            ["check"] => (CHECK, check::page(&self.engine, visit)),
            ["records", id] => ("/records/{id}", record::page(&self.engine, visit, id)),
            ["records", id, "duplicates"] => {
                ("/records/{id}/duplicates", duplicates::page(&self.engine, visit, id))
            }
            ["records", one, "with", other] => {
                ("/records/{id}/with/{other}", pair::page(&self.engine, visit, one, other))
            }
            ["queue"] => ("/queue", queue::page(&self.engine, visit)),
            ["cases"] => ("/cases", casefile::page(&self.engine, visit)),
            ["circles"] => ("/circles", circles::page(&self.engine, visit)),
            ["readiness"] => ("/readiness", readiness::page(&self.engine, visit)),
            ["readiness", "province"] => ("/readiness/province", readiness::province(&self.engine, visit)),
            ["rollouts"] => ("/rollouts", rollouts::page(&self.engine, visit)),
            ["sources"] => (DASHBOARD, dashboard::page(self, visit, "sources")),
            ["parallel"] => ("/parallel", parallel::page(&self.engine, visit)),
            ["digests"] => ("/digests", digests::page(&self.engine, visit)),
            ["restatements"] => ("/restatements", restatements::page(&self.engine, visit)),
            ["reports"] => ("/reports", reports::list_page(&self.engine, visit)),
            ["reports", name] => ("/reports/{form}", reports::page(&self.engine, visit, name)),
            ["scorecards"] => ("/scorecards", scorecards::first_page(&self.engine, visit)),
            ["scorecards", name] => ("/scorecards/{scorecard}", scorecards::page(&self.engine, visit, name)),
            ["receipts"] => ("/receipts", receipt::form_page(&self.engine, visit)),
            ["receipts", code] => ("/receipts/{code}", receipt::page(&self.engine, visit, code)),
            ["dashboards", name] => (DASHBOARD, dashboard::page(self, visit, name)),
            _ => ("other", Err(WebError::NoPage)),
        };
        self.shown(visit, route, page)
    }

    /// The answer to a form: a page, or the page to go to.
    fn taken(&self, visit: &Visit) -> Shown {
        match visit.path.as_str() {
            CHECK => self.shown(visit, CHECK, check::page(&self.engine, visit)),
            RULINGS => match ruling::take(&self.engine, visit) {
                Ok(place) => Shown {
                    route: RULINGS,
                    failure: None,
                    media_type: HTML,
                    keep: Keep::Never,
                    go_to: Some(place),
                    body: Vec::new(),
                },
                Err(error) => self.shown(visit, RULINGS, Err(error)),
            },
            _ => self.shown(visit, "other", Err(WebError::NoPage)),
        }
    }

    fn shown(&self, visit: &Visit, route: &'static str, page: Result<Markup, WebError>) -> Shown {
        let (failure, page) = match page {
            Ok(page) => (None, page),
            Err(error) => (Some(error.kind()), failure::page(&self.engine, visit, &error)),
        };
        let is_figures = failure.is_none() && route == DASHBOARD;
        let keep = if is_figures { Keep::Asking } else { Keep::Never };
        Shown { route, failure, media_type: HTML, keep, go_to: None, body: page.into_string().into_bytes() }
    }
}
