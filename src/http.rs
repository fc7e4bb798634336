//! Floor 7, HTTP: one table of routes, each a plain function from a call to a reply.
//!
//! A request passes the gate (who may talk to this server), is checked against its route's table entry,
//! waits for a slot, and is answered on a thread that may block. What must stay true: no handler touches
//! a table, a plan or an index; no log or metric holds an identity value, a record's text or a query;
//! every error leaves as one problem document. Pages come from a function passed in, so that this face
//! knows nothing of the other.

mod attachments;
mod batch;
mod call;
mod casefile;
mod circles;
mod connection;
mod deadline;
mod dictionary;
mod digests;
mod duplicates;
mod form;
mod gate;
mod health;
mod ingest;
mod meters;
mod metric;
mod openapi;
mod pages;
mod parallel;
mod problem;
mod proposals;
mod query;
mod readiness;
mod records;
mod reply;
mod reports;
mod review;
mod routes;
mod rulings;
mod run;
mod scorecards;
mod search;
pub mod serve;
mod sql;
mod suggest;

use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use tokio::sync::Semaphore;

use crate::domain::commit::CommitVersion;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::limits::{HTTP_PUSHED_BYTES_MAX, HTTP_READS_MAX, HTTP_STATEMENTS_MAX};
use crate::domain::scope::Scope;
use crate::engine::queue::PushQueue;
use crate::engine::{Engine, EngineError};
use crate::http::meters::Meters;
use crate::http::run::KIBIBYTE;
use crate::present::page::{Shown, Visit};

/// Answers every path that is not the API's.
pub type Pages = Arc<dyn Fn(&Visit) -> Shown + Send + Sync>;

/// All that requests share. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

struct Shared {
    engine: Arc<Engine>,
    queue: Option<PushQueue>,
    pages: Pages,
    meters: Meters,
    slots: Slots,
    simulated: Mutex<Option<(CommitVersion, bool)>>,
}

/// How much is done at once.
struct Slots {
    reads: Arc<Semaphore>,
    statements: Arc<Semaphore>,
    pushed_kibibytes: Arc<Semaphore>,
}

/// Why a request has no answer.
#[derive(Debug, Error)]
pub enum HttpError {
    /// No route has this path.
    #[error("nothing is at this path; the paths are in /openapi.json")]
    NoRoute,
    /// The path does not take this method.
    #[error("this path does not take this method; see /openapi.json")]
    NoMethod,
    /// A parameter that the route does not have.
    #[error("no parameter `{name}`{suggestion}")]
    UnknownParameter {
        /// The name given.
        name: String,
        /// `; did you mean …` or nothing.
        suggestion: String,
    },
    /// A parameter's value is not of its type, or it came twice.
    #[error("parameter `{name}`: {expected}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What to write.
        expected: String,
    },
    /// Too many parameters.
    #[error("the request has {found} parameters; at most {limit} are taken")]
    TooManyParameters {
        /// How many came.
        found: usize,
        /// How many may.
        limit: usize,
    },
    /// The body is larger than the route takes.
    #[error("the body is over {limit} bytes; send it in parts")]
    BodyTooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The body did not arrive, or is not of the form the route takes.
    #[error("the body cannot be used: {0}")]
    Body(&'static str),
    /// The body's media type is none the route takes.
    #[error("send the body as {0}")]
    MediaType(&'static str),
    /// The `Host` is not this server's: a page elsewhere resolved its own name to this machine.
    #[error("this server answers on its own loopback address only; open it as http://127.0.0.1")]
    ForeignHost,
    /// A page of another site sent the request.
    #[error("requests sent by a page of another site are refused")]
    ForeignOrigin,
    /// The server holds as many pushed bytes as it may.
    #[error("too many pushes are under way; come again in {seconds} s")]
    Busy {
        /// When to come again.
        seconds: u64,
    },
    /// The request took too long.
    #[error("the request was given up after {seconds} s")]
    TimedOut {
        /// The bound.
        seconds: u64,
    },
    /// The engine has no answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An answer could not be written out.
    #[error("a defect: {0}")]
    Defect(&'static str),
    /// The listener or the runtime failed.
    #[error("cannot serve: {0}")]
    Serve(#[from] std::io::Error),
}

impl Classified for HttpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoRoute | Self::NoMethod => ErrorKind::NotFound,
            Self::UnknownParameter { .. }
            | Self::Parameter { .. }
            | Self::TooManyParameters { .. }
            | Self::Body(_)
            | Self::MediaType(_) => ErrorKind::InvalidInput,
            Self::BodyTooLarge { .. } => ErrorKind::TooLarge,
            Self::ForeignHost | Self::ForeignOrigin => ErrorKind::Forbidden,
            Self::Busy { .. } => ErrorKind::TooManyRequests,
            Self::TimedOut { .. } => ErrorKind::Timeout,
            Self::Engine(error) => error.kind(),
            Self::Defect(_) => ErrorKind::Internal,
            Self::Serve(_) => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoRoute => "http.no_route",
            Self::NoMethod => "http.no_method",
            Self::UnknownParameter { .. } => "http.unknown_parameter",
            Self::Parameter { .. } => "http.parameter",
            Self::TooManyParameters { .. } => "http.too_many_parameters",
            Self::BodyTooLarge { .. } => "http.body_too_large",
            Self::Body(_) => "http.body",
            Self::MediaType(_) => "http.media_type",
            Self::ForeignHost => "http.foreign_host",
            Self::ForeignOrigin => "http.foreign_origin",
            Self::Busy { .. } => "http.busy",
            Self::TimedOut { .. } => "http.timed_out",
            Self::Engine(error) => error.code(),
            Self::Defect(_) => "http.defect",
            Self::Serve(_) => "http.serve",
        }
    }
}

impl Server {
    /// A server of `engine`. When the engine writes, pushes are taken in; else they are refused.
    #[must_use]
    pub fn new(engine: Arc<Engine>, pages: Pages) -> Self {
        let queue = engine.is_writer().then(|| PushQueue::start(Arc::clone(&engine)));
        let slots = Slots {
            reads: Arc::new(Semaphore::new(HTTP_READS_MAX)),
            statements: Arc::new(Semaphore::new(HTTP_STATEMENTS_MAX)),
            pushed_kibibytes: Arc::new(Semaphore::new(HTTP_PUSHED_BYTES_MAX / KIBIBYTE)),
        };
        let (meters, simulated) = (Meters::default(), Mutex::default());
        Self(Arc::new(Shared { engine, queue, pages, meters, slots, simulated }))
    }

    fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// Whether the store holds simulated records; asked once for each commit. A store that cannot tell, for
    /// its definitions are older than the question, is as it was last known.
    fn is_simulated(&self) -> Result<bool, EngineError> {
        let commit = self.engine().snapshot()?.version();
        let mut known = self.0.simulated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, is_simulated)) = known.filter(|(of, _)| *of == commit) {
            return Ok(is_simulated);
        }
        let found = self.engine().query("sources", None, &Scope::everything());
        let before = known.is_some_and(|(_, is_simulated)| is_simulated);
        let is_simulated =
            found.map_or(before, |found| query::names(&found, "source_system", SIMULATED_SOURCE));
        *known = Some((commit, is_simulated));
        Ok(is_simulated)
    }
}

/// The source system of every simulated record.
const SIMULATED_SOURCE: &str = "mo-phong";
