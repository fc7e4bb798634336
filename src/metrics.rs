//! Floor 5, answers: the metric layer, the only place where numbers are made.
//!
//! A question ([`ask::Asked`]) names a metric, how to break it down, a period, a business date and a
//! snapshot. [`compose`] writes one statement from the definitions; [`measure`] runs it and gives a
//! [`measure::Measure`], which nothing else can make. [`receipt`] gives each of its values a code that can be
//! looked up, recomputed and opened to rows. Pure but for the statement: the engine above pins the snapshot
//! and keeps the ledger.

mod alike;
pub mod ask;
pub mod compose;
pub mod dated;
pub mod digest;
pub mod first;
pub mod form;
pub mod judged;
pub mod kept;
pub mod measure;
pub mod points;
pub mod receipt;
pub mod report;
pub mod scorecard;
mod taking;
pub mod tally;
pub mod written;

use thiserror::Error;

use crate::definition::DefinitionError;
use crate::domain::error::{Classified, ErrorKind};
use crate::rules::RulesError;
use crate::sql::SqlError;

/// Why there is no number.
#[derive(Debug, Error)]
pub enum MetricError {
    /// In a definition.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// In a period.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The statement failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// A dimension, date or filter that the metric does not have.
    #[error("`{metric}` has no {what} `{name}`; it has {known}")]
    NotThere {
        /// The metric.
        metric: String,
        /// `dimension` or `date`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// Names there are.
        known: String,
    },
    /// A part of a question that is not of its form.
    #[error("`{given}` is not {expected}")]
    Wrong {
        /// What was given.
        given: String,
        /// The form.
        expected: &'static str,
    },
    /// A share by a dimension that only counts are told by.
    #[error("`{metric}` is a share, and by `{name}` only counts are told; name a metric that counts")]
    OnlyCounts {
        /// The metric.
        metric: String,
        /// The dimension.
        name: String,
    },
    /// A figure of what stands over into a period, asked without one.
    #[error(
        "`{0}` tells what a period began with and what came in it; name a period, such as report:2026-Q1"
    )]
    NeedsPeriod(String),
    /// More dimensions than one table can show.
    #[error("a metric is broken down by at most {limit} dimensions at once")]
    TooManyDimensions {
        /// Dimensions allowed.
        limit: usize,
    },
    /// A text that is no code of ours.
    #[error("`{0}` is no receipt code: 16 letters and digits and a check character; look for a typing error")]
    NotACode(String),
    /// A period that is still going on.
    #[error("the period `{0}` has not ended; its numbers can be frozen from the day after its last one")]
    PeriodOpen(String),
    /// A period that was frozen before.
    #[error("the period `{0}` is frozen already; its numbers do not change")]
    Frozen(String),
    /// A period that was never frozen.
    #[error("the period `{0}` is not frozen")]
    NotFrozen(String),
    /// A unit of which a scorecard counts nothing.
    #[error(
        "the scorecard counts nothing of a unit `{0}` in this period; take the name from the list of units"
    )]
    NoUnit(String),
    /// No receipt has this code.
    #[error("no receipt `{0}` is in this store's ledger")]
    NoReceipt(String),
}

impl Classified for MetricError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Definition(error) => error.kind(),
            Self::Rules(error) => error.kind(),
            Self::Sql(error) => error.kind(),
            Self::NotThere { .. }
            | Self::NeedsPeriod(_)
            | Self::Wrong { .. }
            | Self::TooManyDimensions { .. }
            | Self::OnlyCounts { .. }
            | Self::PeriodOpen(_)
            | Self::NotACode(_) => ErrorKind::InvalidInput,
            Self::Frozen(_) => ErrorKind::Conflict,
            Self::NoReceipt(_) | Self::NotFrozen(_) | Self::NoUnit(_) => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Definition(error) => error.code(),
            Self::Rules(error) => error.code(),
            Self::Sql(error) => error.code(),
            Self::NotThere { .. } => "metrics.not_there",
            Self::NeedsPeriod(_) => "metrics.needs_period",
            Self::Wrong { .. } => "metrics.wrong",
            Self::TooManyDimensions { .. } => "metrics.too_many_dimensions",
            Self::OnlyCounts { .. } => "metrics.only_counts",
            Self::NotACode(_) => "metrics.not_a_code",
            Self::NoReceipt(_) => "metrics.no_receipt",
            Self::NoUnit(_) => "metrics.no_unit",
            Self::PeriodOpen(_) => "metrics.period_open",
            Self::Frozen(_) => "metrics.frozen",
            Self::NotFrozen(_) => "metrics.not_frozen",
        }
    }
}
