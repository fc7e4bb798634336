//! One value of an edition as a source gave it, and what several sources say of one cell.

/// How a value or rank came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Origin {
    /// Published (công bố).
    #[default]
    Published,
    /// Follows from what was published (suy ra).
    Derived,
    /// Computed here or by who fed it (tự tính).
    Computed,
}

/// One cell as one source gave it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Its record.
    pub id: String,
    /// Code of the province, as written.
    pub province: String,
    /// Name of the province, as written.
    pub province_name: String,
    /// The indicator, as written.
    pub indicator: String,
    /// The value.
    pub value: Option<f64>,
    /// The rank.
    pub rank: Option<i64>,
    /// How it came about.
    pub origin: Origin,
    /// Where it was read.
    pub source: Option<String>,
    /// What else is to be known.
    pub note: Option<String>,
    /// Day of publication, as written.
    pub published_on: Option<String>,
}

/// A value or rank with how it came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// How it came about.
    pub origin: Origin,
}

/// All that is known of one indicator of one province.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Cells, by source.
    pub cells: Vec<Cell>,
    /// What comes out by the method of the edition.
    pub made: Option<Known<f64>>,
    /// The rank that comes out, where none is published.
    pub made_rank: Option<i64>,
}

impl Origin {
    /// The origin of a stored code; an absent one is published.
    #[must_use]
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            Some("computed") => Self::Computed,
            Some("derived") => Self::Derived,
            _ => Self::Published,
        }
    }

    /// Its stored code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Derived => "derived",
            Self::Computed => "computed",
        }
    }
}

impl Reading {
    /// Every different value: of the sources, the published ones before others; else what comes out.
    #[must_use]
    pub fn values(&self) -> Vec<Known<f64>> {
        let said = said(self.cells.iter().filter_map(|cell| Some((cell.value?, cell.origin))));
        if said.is_empty() { self.made.into_iter().collect() } else { said }
    }

    /// The value, when sources agree on one.
    #[must_use]
    pub fn value(&self) -> Option<Known<f64>> {
        match self.values().as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Every different rank, in the same way.
    #[must_use]
    pub fn ranks(&self) -> Vec<Known<i64>> {
        let mut said = said(self.cells.iter().filter_map(|cell| Some((cell.rank?, cell.origin))));
        said.sort_by_key(|known| known.value);
        if said.is_empty() {
            return self
                .made_rank
                .map(|value| Known { value, origin: Origin::Computed })
                .into_iter()
                .collect();
        }
        said
    }

    /// Whether sources disagree on value or rank.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.values().len() > 1 || self.ranks().len() > 1
    }

    /// Whether a source gives a value.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.cells.iter().any(|cell| cell.value.is_some())
    }
}

/// Different values of the surest origin among them.
fn said<T: PartialEq + Copy>(all: impl Iterator<Item = (T, Origin)> + Clone) -> Vec<Known<T>> {
    let Some(surest) = all.clone().map(|(_, origin)| origin).min() else { return Vec::new() };
    let mut different: Vec<Known<T>> = Vec::new();
    for (value, origin) in all.filter(|(_, origin)| *origin == surest) {
        if !different.iter().any(|known| known.value == value) {
            different.push(Known { value, origin });
        }
    }
    different
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: Option<f64>, rank: Option<i64>, origin: Origin) -> Cell {
        Cell { value, rank, origin, ..Cell::default() }
    }

    #[test]
    fn what_was_published_stands_before_what_was_derived_or_computed() {
        let cells = vec![cell(Some(0.5), None, Origin::Computed), cell(Some(0.6), None, Origin::Published)];
        let made = Some(Known { value: 0.7, origin: Origin::Computed });
        let reading = Reading { cells, made, made_rank: None };
        assert_eq!(reading.value(), Some(Known { value: 0.6, origin: Origin::Published }));
        assert!(!reading.is_contradicted());
        let reading = Reading { cells: Vec::new(), ..reading };
        assert_eq!(reading.value(), made);
    }

    #[test]
    fn sources_that_disagree_are_all_kept_and_none_is_chosen() {
        let cells = [9, 7, 9].map(|rank| cell(None, Some(rank), Origin::Published)).into();
        let reading = Reading { cells, ..Reading::default() };
        assert_eq!(reading.ranks().iter().map(|known| known.value).collect::<Vec<_>>(), [7, 9]);
        assert!(reading.is_contradicted());
        let cells = [0.5, 0.6].map(|value| cell(Some(value), None, Origin::Published)).into();
        assert_eq!(Reading { cells, ..Reading::default() }.value(), None);
    }
}
