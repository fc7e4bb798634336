//! Who asks: the scope every read takes.
//!
//! There is one scope today, [`Scope::everything`]; accounts come later. The argument stands in every
//! signature already, because a read that forgot it would be a leak nobody sees.

use std::collections::BTreeSet;

/// Which holding units' records the asker sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Units {
    /// Every unit.
    All,
    /// Only records held by one of these unit codes.
    Only(BTreeSet<String>),
}

/// What the asker may see. Enforced inside the full-text query and the table scan, never in a face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Who asks, for the audit trail.
    pub who: String,
    /// Whose records.
    pub units: Units,
    /// Whether columns of class personal are shown.
    pub sees_personal: bool,
}

impl Scope {
    /// The one scope there is before accounts exist: whoever can read the data directory.
    #[must_use]
    pub fn everything() -> Self {
        Self { who: "local".to_owned(), units: Units::All, sees_personal: true }
    }

    /// A scope that sees the records of `units` and no personal columns.
    #[must_use]
    pub fn of_units(who: &str, units: impl IntoIterator<Item = String>) -> Self {
        Self { who: who.to_owned(), units: Units::Only(units.into_iter().collect()), sees_personal: false }
    }
}
