//! What the parent tells the child: one statement, the tables it may read, its bounds.
//!
//! The child gets schema and files from here and nowhere else: it opens no log, no folder and no
//! definition. A table is a list of Parquet files with the columns they may have; a column that a
//! file lacks is null there. The scope is already part of a table (units, hidden columns).

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::definition::column::ColumnType;
use crate::definition::dataset::Dataset;
use crate::domain::limits;
use crate::domain::scope::{Scope, Units};
use crate::domain::secrecy::ColumnClass;
use crate::rules::laws::Laws;

/// A statement and all it may touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The statement as it came.
    pub statement: String,
    /// Tables by the names the statement uses.
    pub tables: Vec<Table>,
    /// Table functions that the parent answers.
    pub functions: Vec<Function>,
    /// Rows of the table `data_dictionary`.
    pub dictionary: Vec<Entry>,
    /// Texts of the rules in force, by path.
    pub rules: BTreeMap<String, String>,
    /// Rows the answer may have.
    pub row_cap: usize,
    /// Bytes of Arrow the answer may have.
    pub byte_cap: usize,
    /// Seconds until the child is killed.
    pub seconds: u64,
    /// Threads that work on it.
    pub partitions: usize,
}

/// Type of a column in Arrow's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// 64-bit whole number.
    Integer,
    /// 64-bit floating point.
    Number,
    /// Yes or no.
    Boolean,
    /// Civil day.
    Date,
    /// UTC microseconds.
    Instant,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: Kind,
}

/// One Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePart {
    /// Absolute path.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its rows, if the log knows; used to choose the smaller side of a join and to count.
    pub rows: Option<u64>,
}

/// Files that share columns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Files {
    /// Columns they may have.
    pub fields: Vec<Field>,
    /// The files.
    pub parts: Vec<FilePart>,
}

/// Reads history tables as the current tables stood at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsKnown {
    /// The commit.
    pub at: i64,
}

/// A table a statement may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name in SQL.
    pub name: String,
    /// Its rows without long text; of the history when `as_known` is given.
    pub main: Files,
    /// Its long text, joined on `id` only when a statement asks for such a column.
    pub text: Option<Files>,
    /// Only rows whose `unit` is one of these; all rows when not given.
    pub units: Option<Vec<String>>,
    /// Columns that are null for this asker.
    pub hide: Vec<String>,
    /// An old snapshot.
    pub as_known: Option<AsKnown>,
}

/// A table function that the parent answers, with the columns of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Name in SQL.
    pub name: String,
    /// Columns of the answer.
    pub fields: Vec<Field>,
}

/// One column in the data dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Table.
    pub table: String,
    /// Column.
    pub column: String,
    /// Type, in the words of the definitions.
    pub kind: String,
    /// Vietnamese label.
    pub label_vi: String,
    /// English label.
    pub label_en: String,
    /// `public`, `personal` or `signer`.
    pub class: String,
    /// What a row of the table is, in Vietnamese.
    pub describe: String,
}

impl Job {
    /// `statement` over `tables` with the bounds of `domain::limits`.
    #[must_use]
    pub fn new(statement: &str, tables: Vec<Table>) -> Self {
        Self {
            statement: statement.to_owned(),
            tables,
            functions: Vec::new(),
            dictionary: Vec::new(),
            rules: Laws::compiled().texts().clone(),
            row_cap: limits::SQL_ROWS_MAX,
            byte_cap: limits::SQL_RESULT_BYTES_MAX,
            seconds: limits::SQL_SECONDS_MAX,
            partitions: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

impl Field {
    /// A column.
    #[must_use]
    pub fn new(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

impl Table {
    /// The current table of `dataset` over these files, as `scope` may see it.
    #[must_use]
    pub fn of_dataset(dataset: &Dataset, main: Vec<FilePart>, text: Vec<FilePart>, scope: &Scope) -> Self {
        let text = Files { fields: text_fields(dataset), parts: text };
        let hidden = dataset.columns.iter().filter(|column| column.class != ColumnClass::Public);
        Self {
            name: dataset.name.clone(),
            main: Files { fields: main_fields(dataset), parts: main },
            text: Some(text),
            units: match &scope.units {
                Units::All => None,
                Units::Only(units) => Some(units.iter().cloned().collect()),
            },
            hide: if scope.sees_personal {
                Vec::new()
            } else {
                hidden.map(|column| column.name.clone()).collect()
            },
            as_known: None,
        }
    }

    /// The same table as it was known at commit `at`, over files of the history.
    #[must_use]
    pub fn as_known(mut self, at: i64) -> Self {
        self.as_known = Some(AsKnown { at });
        self
    }
}

/// Columns of the stored main table that statements see, in its order.
#[must_use]
pub fn main_fields(dataset: &Dataset) -> Vec<Field> {
    let mut fields = key_fields();
    for column in dataset.columns.iter().filter(|column| !column.long) {
        fields.push(Field::new(&column.name, kind_of(column.kind)));
        if column.due {
            fields.push(Field::new(&column.precision_name(), Kind::Text));
        }
        if dataset.versions.iter().any(|rule| rule.column == column.name) {
            fields.push(Field::new(&format!("{}_version", column.name), Kind::Integer));
        }
    }
    fields.push(Field::new("secrecy", Kind::Text));
    fields.push(Field::new("valid_from", Kind::Integer));
    fields
}

/// Columns of the stored text table that statements see: the long ones and `extra`.
#[must_use]
pub fn text_fields(dataset: &Dataset) -> Vec<Field> {
    let long = dataset.columns.iter().filter(|column| column.long);
    let mut fields: Vec<Field> = long.map(|column| Field::new(&column.name, kind_of(column.kind))).collect();
    fields.push(Field::new("extra", Kind::Text));
    fields
}

/// The data dictionary of `datasets`, in their order.
pub fn dictionary<'a>(datasets: impl IntoIterator<Item = &'a Dataset>) -> Vec<Entry> {
    let columns = datasets.into_iter().flat_map(|dataset| {
        dataset.columns.iter().map(move |column| Entry {
            table: dataset.name.clone(),
            column: column.name.clone(),
            kind: column.kind.name().to_owned(),
            label_vi: column.label.vi.clone(),
            label_en: column.label.en.clone(),
            class: class_name(column.class).to_owned(),
            describe: dataset.describe.vi.clone(),
        })
    });
    columns.collect()
}

fn key_fields() -> Vec<Field> {
    ["id", "source_system", "source_id"].map(|name| Field::new(name, Kind::Text)).into()
}

fn kind_of(kind: ColumnType) -> Kind {
    match kind {
        ColumnType::Text | ColumnType::Keyword => Kind::Text,
        ColumnType::Integer => Kind::Integer,
        ColumnType::Number => Kind::Number,
        ColumnType::Boolean => Kind::Boolean,
        ColumnType::Date => Kind::Date,
        ColumnType::Instant => Kind::Instant,
    }
}

fn class_name(class: ColumnClass) -> &'static str {
    match class {
        ColumnClass::Public => "public",
        ColumnClass::Personal => "personal",
        ColumnClass::Signer => "signer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::catalog::{Catalog, embedded};

    #[test]
    fn columns_come_in_the_order_of_the_stored_tables() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let tasks = main_fields(catalog.dataset("tasks").unwrap());
        let names: Vec<&str> = tasks.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names.first_chunk(), Some(&["id", "source_system", "source_id", "title"]));
        let due = names.iter().position(|name| *name == "due_on").unwrap();
        assert_eq!(names[due..due + 3], ["due_on", "due_on_precision", "due_on_version"]);
        assert_eq!(names.last_chunk(), Some(&["secrecy", "valid_from"]));
        let petitions = catalog.dataset("petitions").unwrap();
        assert!(!main_fields(petitions).iter().any(|field| field.name == "text"));
        assert_eq!(text_fields(petitions), [Field::new("text", Kind::Text), Field::new("extra", Kind::Text)]);
    }

    #[test]
    fn a_job_is_the_same_after_the_pipe() {
        let catalog = Catalog::parse(embedded()).unwrap();
        let scope = Scope::of_units("a", ["Sở A".to_owned()]);
        let part = FilePart { path: "/dữ liệu/a.parquet".into(), bytes: 7, rows: Some(3) };
        let petitions = catalog.dataset("petitions").unwrap();
        let table = Table::of_dataset(petitions, vec![part], Vec::new(), &scope).as_known(4);
        assert!(table.hide.contains(&"signer_name".to_owned()) && !table.hide.contains(&"unit".to_owned()));
        let mut job = Job::new("SELECT 1", vec![table]);
        job.dictionary = dictionary(catalog.datasets());
        let text = serde_json::to_vec(&job).unwrap();
        assert_eq!(serde_json::from_slice::<Job>(&text).unwrap(), job);
    }
}
