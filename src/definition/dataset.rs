//! A dataset: one TOML of `indexes/`, parsed and checked.

mod answers;

use std::collections::BTreeSet;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::definition::DefinitionError;
use crate::definition::column::{Column, ColumnType};
use crate::definition::files::FilesRule;
use crate::domain::id::RecordId;
use crate::domain::language::Label;
use crate::domain::record::Value;
use crate::domain::secrecy::{ColumnClass, RowSecrecy};

/// Columns that every stored table has beside those of its definition.
pub const SYSTEM_COLUMNS: [&str; 6] =
    ["id", "source_system", "source_id", "secrecy", "valid_from", "row_hash"];

/// Columns that some stored or staged table has for its own use; no definition may take their names.
const RESERVED_COLUMNS: [&str; 7] =
    ["text_hash", "extra", "originals", "operation", "absent", "retract", "line"];

/// Rows whose signer columns are class identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRule {
    /// Column that decides.
    pub column: String,
    /// Values that make the row class identity; a missing value always does.
    pub values: Vec<String>,
}

/// An array inside a record whose items are rows of another dataset.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// Field that holds the array.
    pub field: String,
    /// Dataset of the items.
    pub dataset: String,
    /// Column of that dataset that names the parent's `source_id`.
    pub parent: String,
    /// Column of that dataset that says which dataset the parent is of, when it may be of several.
    pub whose: Option<String>,
}

/// A date whose every change adds a row to another dataset.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionRule {
    /// The date column.
    pub column: String,
    /// Dataset of its versions.
    pub dataset: String,
    /// Column of that dataset that names the parent's `source_id`.
    pub parent: String,
}

/// Rows that stand above others that fit a search as well, by what one of their columns holds: a law
/// above the circular that repeats it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRule {
    /// The column.
    pub column: String,
    /// The first that fits decides; a row that none fits has authority 0.
    pub ranks: Vec<AuthorityRank>,
}

/// One rank of an [`AuthorityRule`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityRank {
    /// What the column's value contains.
    pub contains: String,
    /// From 0 to 1.
    pub share: f32,
}

impl AuthorityRule {
    /// Authority of a row with this value in the rule's column, 0 to 1.
    #[must_use]
    pub fn share(&self, value: &str) -> f32 {
        let rank = self.ranks.iter().find(|rank| value.contains(&rank.contains));
        rank.map_or(0.0, |rank| rank.share)
    }

    fn check(&self) -> Result<(), String> {
        match self.ranks.iter().find(|rank| rank.contains.is_empty() || !(0.0..=1.0).contains(&rank.share)) {
            Some(rank) => Err(format!(
                "authority `{}` {}: `contains` is not empty and `share` lies between 0 and 1",
                rank.contains, rank.share
            )),
            None => Ok(()),
        }
    }
}

/// A dataset's definition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Name in commands, tables and paths.
    pub name: String,
    /// First letter of its ids.
    pub letter: char,
    /// What people read.
    pub label: Label,
    /// One sentence on what a row is.
    pub describe: Label,
    /// Headers that mean `source_id`.
    #[serde(default)]
    pub id_aliases: Vec<String>,
    /// Columns that make up `source_id` when a file gives none, joined by `|`.
    #[serde(default)]
    pub key: Vec<String>,
    /// When the signer's columns are class identity.
    pub identity: Option<IdentityRule>,
    /// Arrays that are rows of other datasets.
    #[serde(default)]
    pub children: Vec<Child>,
    /// Dates whose changes are kept as rows of other datasets.
    #[serde(default)]
    pub versions: Vec<VersionRule>,
    /// Columns that make a row a file of another record, if the rows are such.
    pub files: Option<FilesRule>,
    /// Text column whose near-duplicates are sought.
    pub similar: Option<String>,
    /// Text column shown as the headline of a hit.
    pub headline: Option<String>,
    /// What stands above what in search.
    pub authority: Option<AuthorityRule>,
    /// Date column that says how old a row is, for searches that lift newer ones.
    pub recency: Option<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// SHA-256 of the definition's text, in hexadecimal.
    #[serde(skip)]
    pub hash: String,
}

impl Dataset {
    /// Parses and checks the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form, or contradicts itself.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let mut dataset: Self = toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        dataset.hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        dataset.add_scope_columns();
        dataset.check().map_err(|message| DefinitionError::Meaning { file: file.to_owned(), message })?;
        Ok(dataset)
    }

    /// Every table has a holding unit and a kind, so that a scope can be a filter.
    fn add_scope_columns(&mut self) {
        for (name, vi, en) in [("unit", "Đơn vị", "Unit"), ("kind", "Loại", "Kind")] {
            if self.column(name).is_none() {
                self.columns.push(Column {
                    name: name.to_owned(),
                    kind: ColumnType::Keyword,
                    label: Label { vi: vi.to_owned(), en: en.to_owned() },
                    aliases: Vec::new(),
                    class: ColumnClass::Public,
                    search: false,
                    weight: 1.0,
                    facet: true,
                    facet_under: None,
                    group: false,
                    sort: false,
                    long: false,
                    due: false,
                    codes: Vec::new(),
                });
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        let mut names: BTreeSet<String> = SYSTEM_COLUMNS.map(str::to_owned).into();
        names.extend(RESERVED_COLUMNS.map(str::to_owned));
        names.extend(self.columns.iter().filter(|column| column.due).map(Column::precision_name));
        if !is_name(&self.name) {
            return Err(format!("`{}` is not a name: use a-z, 0-9 and _", self.name));
        }
        if !self.letter.is_ascii_uppercase() {
            return Err("`letter` is one of A-Z".to_owned());
        }
        for column in &self.columns {
            if !is_name(&column.name) {
                return Err(format!("`{}` is not a column name: use a-z, 0-9 and _", column.name));
            }
            if !names.insert(column.name.clone()) {
                return Err(format!("column `{}` stands twice or is a system column", column.name));
            }
            if column.due && column.kind != ColumnType::Date {
                return Err(format!("column `{}`: only a date can be `due`", column.name));
            }
            if column.facet && column.class != ColumnClass::Public {
                return Err(format!("column `{}`: personal data is never a facet", column.name));
            }
            if column.long && (column.facet || column.sort) {
                return Err(format!("column `{}`: long text is neither a facet nor sorted", column.name));
            }
        }
        let referred = self.identity.iter().map(|rule| &rule.column);
        let referred = referred.chain(self.authority.iter().map(|rule| &rule.column));
        let referred = referred.chain(&self.key).chain(self.versions.iter().map(|rule| &rule.column));
        let referred = referred.chain(self.files.iter().flat_map(FilesRule::columns));
        for name in referred.chain(&self.similar).chain(&self.headline) {
            if self.column(name).is_none() {
                return Err(format!("no column `{name}` in this definition"));
            }
        }
        answers::check(self)?;
        self.authority.as_ref().map_or(Ok(()), AuthorityRule::check)
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Place of the column of that name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The id of a key in this dataset.
    #[must_use]
    pub fn id(&self, source_system: &str, source_id: &str) -> RecordId {
        RecordId::of_key(self.letter, &self.name, source_system, source_id)
    }

    /// Whether the dataset has a text table beside its main table.
    #[must_use]
    pub fn has_text_table(&self) -> bool {
        self.columns.iter().any(|column| column.long)
    }

    /// Whether the dataset has a full-text index.
    #[must_use]
    pub fn is_searched(&self) -> bool {
        self.columns.iter().any(|column| column.search)
    }

    /// Secrecy of a row with these values, in the order of the columns.
    #[must_use]
    pub fn secrecy_of(&self, values: &[Value]) -> RowSecrecy {
        let Some(rule) = &self.identity else { return RowSecrecy::Ordinary };
        let place = self.position(&rule.column);
        let given = place.and_then(|place| values.get(place)).and_then(Value::as_text);
        match given {
            Some(value) if !rule.values.iter().any(|secret| secret == value) => RowSecrecy::Ordinary,
            _ => RowSecrecy::Identity,
        }
    }

    /// Columns that hold a signer's data.
    pub fn signer_columns(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.class == ColumnClass::Signer)
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        name = "letters"
        letter = "L"
        label = { vi = "Thư", en = "Letters" }
        describe = { vi = "Mỗi dòng là một thư.", en = "A row is a letter." }
        identity = { column = "kind", values = ["denunciation"] }
        [[columns]]
        name = "kind"
        type = "keyword"
        label = { vi = "Loại", en = "Kind" }
        [[columns]]
        name = "signer_name"
        type = "keyword"
        class = "signer"
        label = { vi = "Người đứng đơn", en = "Signer" }
    "#;

    #[test]
    fn a_missing_kind_counts_as_secret() {
        let letters = Dataset::parse("letters.toml", SMALL).unwrap();
        let secrecy = |kind: Value| letters.secrecy_of(&[kind, Value::Null, Value::Null]);
        assert_eq!(secrecy(Value::Text("complaint".into())), RowSecrecy::Ordinary);
        assert_eq!(secrecy(Value::Text("denunciation".into())), RowSecrecy::Identity);
        assert_eq!(secrecy(Value::Null), RowSecrecy::Identity);
    }

    #[test]
    fn every_dataset_has_a_unit_and_a_kind() {
        let letters = Dataset::parse("letters.toml", SMALL).unwrap();
        assert!(letters.column("unit").is_some() && letters.column("kind").is_some());
        assert_eq!(letters.columns.iter().filter(|column| column.name == "kind").count(), 1);
    }

    #[test]
    fn a_column_cannot_take_the_name_of_one_of_ours() {
        for name in ["row_hash", "text_hash", "originals", "line", "day_precision"] {
            let columns = "[[columns]]\nname = \"day\"\ntype = \"date\"\ndue = true\nlabel = { vi = \"x\", en = \"x\" }\n\
                           [[columns]]\nname = \"NAME\"\ntype = \"keyword\"\nlabel = { vi = \"x\", en = \"x\" }";
            let text = format!("{SMALL}\n{}", columns.replace("NAME", name));
            let error = Dataset::parse("letters.toml", &text).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_wrong_key_or_a_contradiction_is_an_error_that_names_the_file() {
        let wrong = SMALL.replace("class = \"signer\"", "klass = \"signer\"");
        let error = Dataset::parse("letters.toml", &wrong).unwrap_err().to_string();
        assert!(error.contains("letters.toml") && error.contains("klass"), "{error}");
        let facet = SMALL.replace("class = \"signer\"", "class = \"signer\"\nfacet = true");
        let error = Dataset::parse("letters.toml", &facet).unwrap_err().to_string();
        assert!(error.contains("never a facet"), "{error}");
    }
}
