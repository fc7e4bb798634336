//! All definitions together, cross-checked.
//!
//! A catalogue is made from texts: the embedded ones, overlaid by those of the data directory's
//! `definitions/` folder under the same names. The texts travel with it, because every commit keeps
//! each text it was made under, by hash.

mod forms;
mod scorecards;
mod used;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use crate::definition::block::Block;
use crate::definition::dataset::Dataset;
use crate::definition::digest::Digest as MessageDigest;
use crate::definition::form::Form;
use crate::definition::page::Page;
use crate::definition::query::{HISTORY, Query};
use crate::definition::scorecard::Scorecard;
use crate::definition::{DefinitionError, suggest};

static INDEXES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/indexes");
static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");
static DASHBOARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/dashboards");

/// Texts by path, e.g. `indexes/petitions.toml`.
pub type Texts = BTreeMap<String, String>;

/// All datasets, queries, pages and forms in force.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    datasets: BTreeMap<String, Dataset>,
    queries: BTreeMap<String, Query>,
    pages: BTreeMap<String, Page>,
    forms: BTreeMap<String, Form>,
    digests: BTreeMap<String, MessageDigest>,
    scorecards: scorecards::Formulas,
    texts: Texts,
    hash: OnceLock<String>,
}

/// The texts embedded in the binary: definitions, and the dated rules under `rules/`, so that a commit
/// names both by one hash.
#[must_use]
pub fn embedded() -> Texts {
    let folders =
        [("indexes", &INDEXES, "toml"), ("queries", &QUERIES, "sql"), ("dashboards", &DASHBOARDS, "toml")];
    let mut texts = Texts::new();
    for (folder, files, ending) in folders {
        for file in files.files() {
            let path = file.path();
            if path.extension().is_some_and(|found| found == ending)
                && let Some(text) = file.contents_utf8()
            {
                texts.insert(format!("{folder}/{}", path.display()), text.to_owned());
            }
        }
    }
    let below = [
        (&INDEXES, "rules"),
        (&INDEXES, "reports"),
        (&INDEXES, "scorecards"),
        (&QUERIES, "blocks"),
        (&DASHBOARDS, "digests"),
    ];
    for (parent, folder) in below {
        for file in parent.get_dir(folder).into_iter().flat_map(Dir::files) {
            if let (Some(text), Some(name)) = (file.contents_utf8(), file.path().file_name()) {
                texts.insert(format!("{folder}/{}", name.display()), text.to_owned());
            }
        }
    }
    texts
}

impl Catalog {
    /// The catalogue of `texts`.
    ///
    /// # Errors
    /// A text does not parse, two datasets share a letter, or a reference leads nowhere.
    pub fn parse(texts: Texts) -> Result<Self, DefinitionError> {
        let (mut catalog, mut blocks) = (Self::default(), BTreeMap::new());
        for (file, text) in &texts {
            if file.starts_with("indexes/") {
                let dataset = Dataset::parse(file, text)?;
                catalog.datasets.insert(dataset.name.clone(), dataset);
            } else if file.starts_with("queries/") {
                let query = Query::parse(file, text)?;
                catalog.queries.insert(query.name.clone(), query);
            } else if file.starts_with("blocks/") {
                let block = Block::parse(file, text)?;
                blocks.insert(block.name.clone(), block);
            } else if file.starts_with("dashboards/") {
                let page = Page::parse(file, text)?;
                catalog.pages.insert(page.name.clone(), page);
            } else if file.starts_with("digests/") {
                let digest = MessageDigest::parse(file, text)?;
                catalog.digests.insert(digest.name.clone(), digest);
            } else if file.starts_with("scorecards/") {
                catalog.add_scorecard(file, Scorecard::parse(file, text)?)?;
            } else if file.starts_with("reports/") {
                let form = Form::parse(file, text)?;
                let metrics = form.metrics(text).into_iter().map(|query| (query.name.clone(), query));
                catalog.queries.extend(metrics);
                catalog.forms.insert(form.name.clone(), form);
            }
        }
        catalog.put_blocks(&blocks)?;
        catalog.put_used()?;
        catalog.check()?;
        catalog.check_scorecards()?;
        catalog.check_forms()?;
        catalog.texts = texts;
        Ok(catalog)
    }

    /// The catalogue of the embedded texts overlaid by `overlay`.
    ///
    /// # Errors
    /// As [`Catalog::parse`].
    pub fn overlaid(overlay: Texts) -> Result<Self, DefinitionError> {
        let mut texts = embedded();
        texts.extend(overlay);
        Self::parse(texts)
    }

    fn check(&self) -> Result<(), DefinitionError> {
        let meaning = |file: String, message: String| Err(DefinitionError::Meaning { file, message });
        let mut letters: BTreeMap<char, &str> = BTreeMap::new();
        for dataset in self.datasets.values() {
            let file = format!("indexes/{}.toml", dataset.name);
            if let Some(other) = letters.insert(dataset.letter, &dataset.name) {
                return meaning(file, format!("letter `{}` belongs to `{other}`", dataset.letter));
            }
            let children = dataset.children.iter().map(|child| (&child.dataset, &child.parent));
            for (name, parent) in
                children.chain(dataset.versions.iter().map(|rule| (&rule.dataset, &rule.parent)))
            {
                if self.datasets.get(name).is_none_or(|child| child.column(parent).is_none()) {
                    return meaning(file, format!("no dataset `{name}` with a column `{parent}`"));
                }
            }
        }
        for query in self.queries.values() {
            let file = format!("queries/{}.sql", query.name);
            let dataset = |table: &String| table.strip_suffix(HISTORY).unwrap_or(table).to_owned();
            if let Some(table) =
                query.tables.iter().find(|table| !self.datasets.contains_key(&dataset(table)))
            {
                return meaning(file, format!("no dataset `{table}`"));
            }
            if let Some(fault) = query.fault() {
                return meaning(file, fault);
            }
        }
        for query in self.queries.values() {
            if let Err(message) = self.check_numbers(query) {
                let own = || format!("queries/{}.sql", query.name);
                let file = query.form.as_ref().map_or_else(own, |form| format!("reports/{form}.toml"));
                return meaning(file, format!("`{}`: {message}", query.name));
            }
        }
        for page in self.pages.values() {
            if let Err(message) = self.check_page(page) {
                return meaning(format!("dashboards/{}.toml", page.name), message);
            }
        }
        for digest in self.digests.values() {
            if let Err(message) = self.check_digest(digest) {
                return meaning(format!("digests/{}.toml", digest.name), message);
            }
        }
        Ok(())
    }

    /// A digest names metrics only, and none whose rows may be class identity.
    fn check_digest(&self, digest: &MessageDigest) -> Result<(), String> {
        for name in digest.metrics() {
            let (_, basis) = self.metric(&name).map_err(|error| error.to_string())?;
            let Some(basis) = &basis.basis else { continue };
            let has_identity =
                self.datasets.get(&basis.dataset).is_some_and(|dataset| dataset.identity.is_some());
            if has_identity && (digest.by.is_some() || digest.rows.as_ref() == Some(&name)) {
                return Err(format!(
                    "`{name}` counts rows that may name a denouncer; tell it over everything only"
                ));
            }
            if let Some(by) = digest.by.as_ref().filter(|by| basis.called(by).is_none()) {
                return Err(format!("`{name}` has no dimension `{by}`"));
            }
        }
        Ok(())
    }

    fn check_page(&self, page: &Page) -> Result<(), String> {
        let is_metric = |name: &str| self.queries.get(name).is_some_and(|query| query.metric.is_some());
        let is_report = |name: &str| self.queries.get(name).is_some_and(|query| query.report.is_some());
        if let Some(lost) = page.figures().into_iter().find(|name| !is_metric(name)) {
            return Err(format!("no metric `{lost}`"));
        }
        if let Some(lost) = page.reports().find(|name| !is_report(name)) {
            return Err(format!("no report `{lost}`"));
        }
        for (metric, by) in page.breakdowns() {
            let (query, basis) = self.metric(metric).map_err(|error| error.to_string())?;
            let is_rate = query.metric.as_ref().is_some_and(|metric| metric.is_rate());
            let basis = basis.basis.as_ref();
            if basis.is_none_or(|basis| basis.called(by).is_none()) {
                return Err(format!("`{metric}` has no dimension `{by}`"));
            }
            if is_rate && basis.is_some_and(|basis| basis.additive.iter().any(|name| name == by)) {
                return Err(format!("`{metric}` is a share; by `{by}` only counts are told"));
            }
        }
        let is_count = |name: &str| {
            self.queries.get(name).and_then(|query| query.metric.as_ref()).is_some_and(|it| !it.is_rate())
        };
        if let Some(count) = page.maps().find(|name| is_count(name)) {
            return Err(format!("`{count}` is a count; a map is shaded by a share"));
        }
        Ok(())
    }

    /// What a metric or report leans on is there, and a report's metrics count rows of one basis.
    fn check_numbers(&self, query: &Query) -> Result<(), String> {
        if let Some(metric) = &query.metric {
            let basis = self.queries.get(&metric.basis).and_then(|basis| basis.basis.as_ref());
            let basis = basis.ok_or_else(|| format!("no basis `{}`", metric.basis))?;
            if let Some(date) = metric.selects.iter().find(|date| basis.date(date).is_none()) {
                return Err(format!("`{}` has no date `{date}`", metric.basis));
            }
            metric.check_sums(basis)?;
            return metric
                .valid_from
                .parse::<chrono::NaiveDate>()
                .map(|_| ())
                .map_err(|_| format!("valid_from is `{}`; write a day as 2026-11-21", metric.valid_from));
        }
        let Some(report) = &query.report else { return Ok(()) };
        let mut bases = std::collections::BTreeSet::new();
        for column in &report.columns {
            let metric = self.queries.get(&column.metric).and_then(|query| query.metric.as_ref());
            let metric = metric.ok_or_else(|| format!("no metric `{}`", column.metric))?;
            bases.insert(metric.basis.as_str());
        }
        let basis = bases.first().and_then(|name| self.queries.get(*name)?.basis.as_ref());
        match (basis, &report.by) {
            _ if bases.len() != 1 => Err("the metrics of a report count rows of one basis".to_owned()),
            (Some(basis), Some(by)) if basis.called(by).is_none() => Err(format!("no dimension `{by}`")),
            _ => Ok(()),
        }
    }

    /// The dataset of that name.
    ///
    /// # Errors
    /// There is none; the error offers the nearest name.
    pub fn dataset(&self, name: &str) -> Result<&Dataset, DefinitionError> {
        find("dataset", &self.datasets, name)
    }

    /// The query of that name.
    ///
    /// # Errors
    /// As [`Catalog::dataset`].
    pub fn query(&self, name: &str) -> Result<&Query, DefinitionError> {
        find("query", &self.queries, name)
    }

    /// The page of that name.
    ///
    /// # Errors
    /// As [`Catalog::dataset`].
    pub fn page(&self, name: &str) -> Result<&Page, DefinitionError> {
        find("page", &self.pages, name)
    }

    /// The statutory form of that name.
    ///
    /// # Errors
    /// As [`Catalog::dataset`].
    pub fn form(&self, name: &str) -> Result<&Form, DefinitionError> {
        find("form", &self.forms, name)
    }

    /// All statutory forms, by name.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }

    /// The digest of that name.
    ///
    /// # Errors
    /// As [`Catalog::dataset`].
    pub fn digest(&self, name: &str) -> Result<&MessageDigest, DefinitionError> {
        find("digest", &self.digests, name)
    }

    /// All digests, by name.
    pub fn digests(&self) -> impl Iterator<Item = &MessageDigest> {
        self.digests.values()
    }

    /// The metric of that name, with the query that is its basis.
    ///
    /// # Errors
    /// There is no such query, or it is no metric.
    pub fn metric(&self, name: &str) -> Result<(&Query, &Query), DefinitionError> {
        let metrics = || self.queries.values().filter(|query| query.metric.is_some());
        let unknown = || DefinitionError::Unknown {
            what: "metric",
            name: name.to_owned(),
            suggestion: suggest(name, metrics().map(|query| query.name.as_str())),
        };
        let query = self.queries.get(name).ok_or_else(unknown)?;
        let basis = query.metric.as_ref().and_then(|metric| self.queries.get(&metric.basis));
        basis.map(|basis| (query, basis)).ok_or_else(unknown)
    }

    /// All datasets, by name.
    pub fn datasets(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.values()
    }

    /// All queries, by name.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.queries.values()
    }

    /// All pages, by name.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.values()
    }

    /// The dataset whose ids begin with `letter`.
    #[must_use]
    pub fn by_letter(&self, letter: char) -> Option<&Dataset> {
        self.datasets.values().find(|dataset| dataset.letter == letter)
    }

    /// The texts the catalogue was made from.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// SHA-256 over all paths and texts, in hexadecimal: what a commit record names.
    #[must_use]
    pub fn hash(&self) -> String {
        self.hash.get_or_init(|| hash_of(&self.texts)).clone()
    }
}

fn hash_of(texts: &Texts) -> String {
    let mut hash = Sha256::new();
    for (path, text) in texts {
        for part in [path, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

fn find<'a, T>(
    what: &'static str,
    all: &'a BTreeMap<String, T>,
    name: &str,
) -> Result<&'a T, DefinitionError> {
    all.get(name).ok_or_else(|| DefinitionError::Unknown {
        what,
        name: name.to_owned(),
        suggestion: suggest(name, all.keys().map(String::as_str)),
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;

    use super::*;

    #[test]
    fn the_embedded_definitions_agree_with_each_other() {
        let catalog = Catalog::parse(embedded()).unwrap();
        assert!(catalog.dataset("petitions").is_ok());
        let error = catalog.dataset("petition").unwrap_err().to_string();
        assert!(error.contains("did you mean `petitions`"), "{error}");
    }

    /// Letters and digits alone, lower case and without marks: how files' headers are compared.
    fn folded(text: &str) -> String {
        let plain = text.nfd().filter(|letter| !is_combining_mark(*letter));
        let plain = plain.flat_map(char::to_lowercase).map(|letter| if letter == 'đ' { 'd' } else { letter });
        plain.filter(|letter| letter.is_alphanumeric()).collect()
    }

    #[test]
    fn no_header_means_two_columns_and_no_value_two_codes() {
        for dataset in Catalog::parse(embedded()).unwrap().datasets() {
            let mut headers: BTreeMap<String, &str> = BTreeMap::new();
            headers.extend(dataset.id_aliases.iter().map(|alias| (folded(alias), "source_id")));
            for column in &dataset.columns {
                let labels = [&column.name, &column.label.vi, &column.label.en];
                for header in labels.into_iter().chain(&column.aliases) {
                    let other = headers.insert(folded(header), &column.name).unwrap_or(&column.name);
                    assert_eq!(other, column.name, "{}: `{header}`", dataset.name);
                }
                let mut values: BTreeMap<String, &str> = BTreeMap::new();
                for code in &column.codes {
                    let labels = [&code.code, &code.label.vi, &code.label.en];
                    for value in labels.into_iter().chain(&code.aliases) {
                        let other = values.insert(folded(value), &code.code).unwrap_or(&code.code);
                        assert_eq!(other, code.code, "{}: `{value}`", dataset.name);
                    }
                }
            }
        }
    }

    #[test]
    fn a_dataset_is_added_by_adding_a_file() {
        let text = embedded()["indexes/units.toml"]
            .replace("\"units\"", "\"wards\"")
            .replace("letter = \"U\"", "letter = \"W\"");
        let catalog = Catalog::overlaid(Texts::from([("indexes/wards.toml".to_owned(), text)])).unwrap();
        assert_eq!(catalog.dataset("wards").unwrap().letter, 'W');
        assert_ne!(catalog.hash(), Catalog::parse(embedded()).unwrap().hash());
    }
}
