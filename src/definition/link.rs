//! How rows name the record they belong to, where that record may be secret.
//!
//! A dataset whose rows may be class identity lists its children; a child names its parent in a column, by
//! the parent's `source_id` or by its `id`. What such a parent keeps secret must not stand in its children
//! either, so import follows these links in both directions.

use std::collections::BTreeMap;

use crate::definition::catalog::Catalog;
use crate::definition::column::ColumnType;
use crate::definition::dataset::Dataset;
use crate::domain::id::RecordId;

/// Rows of `child` belong to records of `parent`, whose rows may be class identity.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Dataset of the records that may be secret.
    pub parent: &'a Dataset,
    /// Dataset of the rows that belong to them.
    pub child: &'a Dataset,
    /// Column of `child` that names the parent.
    pub column: &'a str,
}

impl Link<'_> {
    /// The records that a row of `system` may mean when its column says `value`: the one with that key
    /// in the same system, and the one with that id.
    pub fn parents(&self, system: &str, value: &str) -> impl Iterator<Item = RecordId> + use<> {
        let by_id = value.parse::<RecordId>().ok().filter(|id| id.letter() == self.parent.letter);
        std::iter::once(self.parent.id(system, value)).chain(by_id)
    }
}

impl Catalog {
    /// Links whose child is the dataset `name`.
    #[must_use]
    pub fn links_up(&self, name: &str) -> Vec<Link<'_>> {
        self.links().filter(|link| link.child.name == name).collect()
    }

    /// Links whose parent is the dataset `name`.
    #[must_use]
    pub fn links_down(&self, name: &str) -> Vec<Link<'_>> {
        self.links().filter(|link| link.parent.name == name).collect()
    }

    fn links(&self) -> impl Iterator<Item = Link<'_>> {
        let secret = self.datasets().filter(|dataset| dataset.identity.is_some());
        secret.flat_map(move |parent| {
            fed_by(parent).filter_map(move |(name, column)| {
                let child = self.dataset(name).ok().filter(|child| child.name != parent.name)?;
                let kind = child.column(column)?.kind;
                let is_text = matches!(kind, ColumnType::Text | ColumnType::Keyword);
                is_text.then_some(Link { parent, child, column })
            })
        })
    }

    /// For each dataset, how many others stand above it in the longest chain of those that feed it: rows
    /// are taken in that order, so that a parent is known before what belongs to it.
    #[must_use]
    pub fn ranks(&self) -> BTreeMap<&str, usize> {
        let mut ranks: BTreeMap<&str, usize> =
            self.datasets().map(|dataset| (dataset.name.as_str(), 0)).collect();
        // A chain has at most as many links as there are datasets; a circle ends there as well.
        for _ in 0..ranks.len() {
            for parent in self.datasets() {
                let above = ranks.get(parent.name.as_str()).copied().unwrap_or_default();
                for (name, _) in fed_by(parent).filter(|(name, _)| *name != parent.name) {
                    if let Some(rank) = ranks.get_mut(name) {
                        *rank = (*rank).max(above + 1);
                    }
                }
            }
        }
        ranks
    }
}

/// Datasets that take rows from records of `parent`, and the column that names the parent there.
fn fed_by(parent: &Dataset) -> impl Iterator<Item = (&str, &str)> {
    let children = parent.children.iter().map(|child| (child.dataset.as_str(), child.parent.as_str()));
    children.chain(parent.versions.iter().map(|rule| (rule.dataset.as_str(), rule.parent.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::embedded;

    #[test]
    fn what_belongs_to_a_petition_is_taken_after_it() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let ranks = catalog.ranks();
        let children: Vec<&str> =
            catalog.links_down("petitions").iter().map(|link| link.child.name.as_str()).collect();
        assert!(["contents", "events", "attachments"].iter().all(|name| children.contains(name)));
        assert!(children.iter().all(|child| ranks[child] > ranks["petitions"]), "{ranks:?}");
    }

    #[test]
    fn a_row_names_its_parent_by_key_or_by_id() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let link = catalog.links_up("events")[0];
        let meant = link.parent.id("local", "12/ĐT");
        assert!(link.parents("local", "12/ĐT").any(|id| id == meant));
        assert!(link.parents("elsewhere", &meant.to_string()).any(|id| id == meant));
        assert!(link.parents("elsewhere", "12/ĐT").all(|id| id != meant));
    }
}
