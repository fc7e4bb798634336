//! Headers to columns: by exact name, then alias, then label, with or without marks, in any case.
//!
//! `--map` goes before all of it. Two headers that mean one column are an error that names both, since
//! either choice would lose the other silently. A header that nothing takes is kept with its row.

use std::collections::{HashMap, HashSet};

use crate::definition::dataset::Dataset;
use crate::definition::suggest;
use crate::domain::limits::COLUMNS_MAX;
use crate::formats::Options;
use crate::formats::fault::Fault;
use crate::text::fold;

/// Column of a rejects file that holds a line which is no row.
pub(crate) const RAW: &str = "_raw";
/// Beginning of the columns of a rejects file that hold cells beyond the header.
pub(crate) const BEYOND: &str = "_cell_";

/// Where the cells under a header go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// The column at this place.
    Column(usize),
    /// The key.
    SourceId,
    /// The system the record comes from.
    SourceSystem,
    /// Upsert or retract.
    Operation,
    /// The array of child rows at this place of the definition.
    Child(usize),
    /// Line and reason of a rejects file that is fed again.
    Ignored,
    /// What a rejects file could not place; must be empty once mended.
    Leftover,
    /// No column: kept in `extra`.
    Extra,
}

/// Headers of a file or fields of an object, and where each goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    names: Vec<String>,
    targets: Vec<Target>,
}

impl Header {
    /// Names without a meaning, for a row that is rejected whole.
    pub(crate) fn unmatched(names: Vec<String>) -> Self {
        Self { targets: vec![Target::Extra; names.len()], names }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn is(&self, names: &[String]) -> bool {
        self.names == names
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Each name with its target.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Target)> {
        self.names.iter().map(String::as_str).zip(self.targets.iter().copied())
    }
}

struct Mapped {
    header: String,
    target: Target,
    seen: bool,
}

/// Matches headers to the columns of one dataset.
pub(crate) struct Matcher<'a> {
    dataset: &'a Dataset,
    mapped: Vec<Mapped>,
    known: HashMap<String, Target>,
}

impl<'a> Matcher<'a> {
    /// The matcher of `dataset` under `--map`.
    pub(crate) fn new(dataset: &'a Dataset, options: &Options) -> Result<Self, Fault> {
        let mut matcher = Self::plain(dataset);
        for (theirs, ours) in &options.map {
            let target = matcher.named(ours).ok_or_else(|| unknown_column("map", ours, dataset))?;
            matcher.mapped.push(Mapped { header: theirs.trim().to_owned(), target, seen: false });
        }
        Ok(matcher)
    }

    /// The matcher of a child dataset, whose rows no option concerns.
    pub(crate) fn plain(dataset: &'a Dataset) -> Self {
        let mut known = HashMap::new();
        let mut learn = |name: &str, target: Target| {
            known.entry(fold::key(name)).or_insert(target);
        };
        learn("source_id", Target::SourceId);
        learn("source_system", Target::SourceSystem);
        let columns = || dataset.columns.iter().enumerate().map(|(at, column)| (Target::Column(at), column));
        columns().for_each(|(target, column)| learn(&column.name, target));
        dataset.children.iter().enumerate().for_each(|(at, child)| learn(&child.field, Target::Child(at)));
        dataset.id_aliases.iter().for_each(|alias| learn(alias, Target::SourceId));
        columns().for_each(|(target, column)| column.aliases.iter().for_each(|alias| learn(alias, target)));
        columns().for_each(|(target, column)| {
            learn(&column.label.vi, target);
            learn(&column.label.en, target);
        });
        known.remove("");
        Self { dataset, mapped: Vec::new(), known }
    }

    fn named(&self, ours: &str) -> Option<Target> {
        match ours {
            "source_id" => Some(Target::SourceId),
            "source_system" => Some(Target::SourceSystem),
            "_op" => Some(Target::Operation),
            _ => {
                let child = || self.dataset.children.iter().position(|child| child.field == ours);
                self.dataset.position(ours).map(Target::Column).or_else(|| child().map(Target::Child))
            }
        }
    }

    /// Where each of `names` goes; a header without a name is called `column_N`.
    ///
    /// # Errors
    /// Two headers mean one column, a header stands twice, or there are too many.
    pub(crate) fn header(&mut self, names: Vec<String>) -> Result<Header, Fault> {
        if names.len() > COLUMNS_MAX {
            return Err(Fault::ManyColumns { line: 1, limit: COLUMNS_MAX });
        }
        let named = |(at, name): (usize, String)| match name.trim() {
            "" => format!("column_{}", at + 1),
            trimmed => trimmed.to_owned(),
        };
        let names: Vec<String> = names.into_iter().enumerate().map(named).collect();
        let mut targets: Vec<Target> = names.iter().map(|name| self.by_map(name)).collect();
        let taken = targets.clone();
        for (name, target) in names.iter().zip(&mut targets) {
            if *target == Target::Extra {
                let found = self.by_name(name);
                *target = if taken.contains(&found) { Target::Extra } else { found };
            }
        }
        self.check(&names, &targets)?;
        Ok(Header { names, targets })
    }

    fn by_map(&mut self, name: &str) -> Target {
        let exact = self.mapped.iter().position(|mapped| mapped.header == name);
        let folded = || {
            let key = fold::key(name);
            self.mapped.iter().position(|mapped| fold::key(&mapped.header) == key && !key.is_empty())
        };
        let found = exact.or_else(folded).and_then(|at| self.mapped.get_mut(at));
        found.map_or(Target::Extra, |mapped| {
            mapped.seen = true;
            mapped.target
        })
    }

    fn by_name(&self, name: &str) -> Target {
        match name {
            "_op" => Target::Operation,
            "_line" | "_reason" => Target::Ignored,
            RAW => Target::Leftover,
            _ if name.starts_with(BEYOND) => Target::Leftover,
            _ => self.known.get(&fold::key(name)).copied().unwrap_or(Target::Extra),
        }
    }

    fn check(&self, names: &[String], targets: &[Target]) -> Result<(), Fault> {
        let mut by_target: HashMap<Target, &str> = HashMap::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for (name, target) in names.iter().zip(targets) {
            if !seen.insert(name) {
                return Err(Fault::HeaderTwice(name.clone()));
            }
            if matches!(target, Target::Extra | Target::Ignored | Target::Leftover) {
                continue;
            }
            if let Some(first) = by_target.insert(*target, name) {
                let (first, second) = (first.to_owned(), name.clone());
                return Err(Fault::Clash { first, second, column: self.name_of(*target).to_owned() });
            }
        }
        Ok(())
    }

    /// Our name of a target, as reasons give it.
    pub(crate) fn name_of(&self, target: Target) -> &str {
        match target {
            Target::Column(at) => self.dataset.columns.get(at).map_or("", |column| column.name.as_str()),
            Target::Child(at) => self.dataset.children.get(at).map_or("", |child| child.field.as_str()),
            Target::SourceId => "source_id",
            Target::SourceSystem => "source_system",
            Target::Operation => "_op",
            Target::Ignored | Target::Leftover | Target::Extra => "",
        }
    }

    /// Whether every header that `--map` names was there.
    ///
    /// # Errors
    /// One was not; the error offers the nearest of `names`.
    pub(crate) fn check_map<'n>(&self, names: impl Iterator<Item = &'n str>) -> Result<(), Fault> {
        let Some(lost) = self.mapped.iter().find(|mapped| !mapped.seen) else { return Ok(()) };
        Err(Fault::UnknownHeader { header: lost.header.clone(), suggestion: suggest(&lost.header, names) })
    }
}

/// The error for a column that an option names and the dataset lacks.
pub(crate) fn unknown_column(option: &'static str, column: &str, dataset: &Dataset) -> Fault {
    let known = dataset.columns.iter().map(|column| column.name.as_str());
    let suggestion = suggest(column, known.chain(["source_id", "source_system"]));
    Fault::UnknownColumn { option, column: column.to_owned(), dataset: dataset.name.clone(), suggestion }
}
