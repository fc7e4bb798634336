//! A small data directory: petitions with text and history, tasks, and a table of numbers.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use tempfile::TempDir;
use thanhtra::definition::catalog::{Catalog, embedded};
use thanhtra::domain::civil::epoch_days;
use thanhtra::domain::scope::Scope;
use thanhtra::sql::call::{Argument, Call};
use thanhtra::sql::job::{Field, FilePart, Files, Function, Job, Kind, Table, dictionary};
use thanhtra::sql::{SqlError, client};

/// Rows of the table `numbers`.
pub(crate) const NUMBERS: i64 = 50_000;

/// The files and the tables over them.
pub(crate) struct World {
    pub(crate) catalog: Catalog,
    pub(crate) tables: Vec<Table>,
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("dữ liệu ~%41[1]").unwrap();
        let catalog = Catalog::parse(embedded()).unwrap();
        let mut world = Self { catalog, tables: Vec::new(), folder };
        world.tables = vec![
            world.petitions(&Scope::everything()),
            world.tasks(),
            world.numbers(),
            world.recommendations(),
        ];
        world
    }

    /// The statement's job over all tables, with `search` and the data dictionary.
    pub(crate) fn job(&self, sql: &str) -> Job {
        let mut job = Job::new(sql, self.tables.clone());
        let fields = [("id", Kind::Text), ("source_id", Kind::Text), ("score", Kind::Number)];
        let fields = fields.map(|(name, kind)| Field::new(name, kind)).into();
        job.functions = vec![Function { name: "search".to_owned(), fields }];
        job.dictionary = dictionary(self.catalog.datasets());
        job
    }

    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, SqlError> {
        run(&self.job(sql))
    }

    /// Current petitions: two files, of which the second is older and lacks columns.
    pub(crate) fn petitions(&self, scope: &Scope) -> Table {
        let newer = [
            texts("id", &["P1", "P2", "P3"]),
            texts("source_system", &["local"; 3]),
            texts("source_id", &["1", "2", "3"]),
            texts("kind", &["complaint", "denunciation", "feedback"]),
            texts("title", &["Khiếu nại đất đai", "Tố cáo cán bộ", "Phản ánh đường hỏng"]),
            days("received_on", &["2018-05-02", "2018-05-03", "2018-06-01"]),
            texts("unit", &["Sở A", "Sở B", "Sở A"]),
            days("due_on", &["2018-05-31", "2018-06-30", ""]),
            texts("due_on_precision", &["", "month", ""]),
            texts("signer_name", &["Nguyễn Văn Mẫu", "", "Trần Thị Mẫu"]),
            texts("secrecy", &["ordinary", "identity", "ordinary"]),
            numbers("valid_from", &[5, 2, 3]),
            numbers("row_hash", &[1, 2, 3]),
        ];
        let older =
            [texts("id", &["P4", "P5"]), texts("source_id", &["4", "5"]), texts("unit", &["Sở B", ""])];
        let main = vec![self.write("petitions_1", newer), self.write("petitions_2", older)];
        let text = self.write(
            "petitions_text",
            [
                texts("id", &["P1", "P2", "P4"]),
                texts("text", &["Kính gửi Sở A, thửa đất số 5", "Nội dung đã che", "Đơn cũ"]),
                texts("extra", &["{\"a\":1}", "", ""]),
            ],
        );
        Table::of_dataset(self.catalog.dataset("petitions").unwrap(), main, vec![text], scope)
    }

    /// The history of petitions: P1 changed at 5, P3 came at 3, P6 came at 2 and was withdrawn at 4.
    pub(crate) fn petitions_history(&self) -> Table {
        let main = [
            texts("id", &["P1", "P1", "P3", "P6", "P6"]),
            texts("title", &["cũ", "mới", "ba", "sáu", "sáu"]),
            texts("unit", &["Sở A"; 5]),
            numbers("valid_from", &[1, 5, 3, 2, 4]),
            texts("operation", &["upsert", "upsert", "upsert", "upsert", "retract"]),
        ];
        let text = [
            texts("id", &["P1", "P1"]),
            texts("text", &["văn bản cũ", "văn bản mới"]),
            numbers("valid_from", &[1, 5]),
            texts("operation", &["upsert", "upsert"]),
        ];
        let (main, text) = (self.write("history", main), self.write("history_text", text));
        let dataset = self.catalog.dataset("petitions").unwrap();
        Table::of_dataset(dataset, vec![main], vec![text], &Scope::everything())
    }

    fn tasks(&self) -> Table {
        let tasks = [
            texts("id", &["T1", "T2", "T3", "T4"]),
            texts("unit", &["Sở A", "Sở A", "Sở B", "Sở B"]),
            days("due_on", &["2018-05-10", "2018-06-10", "2018-05-10", "2018-05-20"]),
            days("completed_on", &["2018-05-09", "", "2018-05-11", ""]),
            texts("status", &["done", "open", "done", "open"]),
        ];
        let main = vec![self.write("tasks", tasks)];
        Table::of_dataset(self.catalog.dataset("tasks").unwrap(), main, Vec::new(), &Scope::everything())
    }

    fn recommendations(&self) -> Table {
        let rows = [
            texts("id", &["J1", "J2", "J3"]),
            texts("inspection_id", &["TT-1", "TT-1", "TT-2"]),
            texts("kind", &["recover_money", "discipline", "recover_money"]),
            days("issued_on", &["2018-01-02", "2018-01-02", "2018-02-02"]),
            numbers("amount_due", &[9_007_199_254_740_993, 0, 100]),
            numbers("amount_recovered", &[9_007_199_254_740_993, 0, 40]),
        ];
        let main = vec![self.write("recommendations", rows)];
        let dataset = self.catalog.dataset("recommendations").unwrap();
        Table::of_dataset(dataset, main, Vec::new(), &Scope::everything())
    }

    fn numbers(&self) -> Table {
        let all: Vec<i64> = (0..NUMBERS).collect();
        let names: Vec<String> = all.iter().map(|n| format!("n{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let part = self.write("numbers", [numbers("n", &all), texts("name", &names)]);
        let fields = vec![Field::new("n", Kind::Integer), Field::new("name", Kind::Text)];
        let main = Files { fields, parts: vec![part] };
        Table { name: "numbers".to_owned(), main, text: None, units: None, hide: Vec::new(), as_known: None }
    }

    fn write<const N: usize>(&self, name: &str, columns: [(&'static str, ArrayRef); N]) -> FilePart {
        let path = self.folder.path().join(format!("{name}.parquet"));
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
        let batch = batch.unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let bytes = fs::metadata(&path).unwrap().len();
        FilePart { path, bytes, rows: Some(batch.num_rows() as u64) }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_thanhtra"))
}

pub(crate) fn run(job: &Job) -> Result<Vec<Vec<String>>, SqlError> {
    let mut rows = Vec::new();
    client::query(&program(), job, &mut search, &mut |batch| {
        rows.extend(cells(std::slice::from_ref(batch)));
        Ok(())
    })?;
    Ok(rows)
}

/// Stands in for the index: `đất` finds P1, everything else P3; the limit is kept.
fn search(call: &Call) -> Result<RecordBatch, SqlError> {
    let (query, limit) = match call.arguments.as_slice() {
        [Argument::Text(_), Argument::Text(query)] => (query, 10),
        [Argument::Text(_), Argument::Text(query), Argument::Integer(limit)] => (query, *limit),
        _ => {
            let message = "write search('dataset', 'words' [, limit])".to_owned();
            return Err(SqlError::Call { function: call.function.clone(), is_input: true, message });
        }
    };
    let found = if query.contains("đất") { ["P1"] } else { ["P3"] };
    let scores = Arc::new(Float64Array::from(vec![1.5])) as ArrayRef;
    let (_, ids) = texts("id", &found);
    let batch = RecordBatch::try_from_iter([("id", Arc::clone(&ids)), ("source_id", ids), ("score", scores)])
        .unwrap();
    Ok(batch.slice(0, usize::try_from(limit).unwrap().min(1)))
}

/// All cells as text; null is NULL.
pub(crate) fn cells(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter();
        let columns: Vec<_> =
            columns.map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| column.value(row).to_string()).collect());
        }
    }
    rows
}

fn texts(name: &'static str, values: &[&str]) -> (&'static str, ArrayRef) {
    let values = values.iter().map(|value| Some(*value).filter(|value| !value.is_empty()));
    (name, Arc::new(values.collect::<StringArray>()))
}

fn days(name: &'static str, values: &[&str]) -> (&'static str, ArrayRef) {
    let values = values.iter().map(|value| value.parse().ok().map(epoch_days));
    (name, Arc::new(values.collect::<Date32Array>()))
}

fn numbers(name: &'static str, values: &[i64]) -> (&'static str, ArrayRef) {
    (name, Arc::new(Int64Array::from(values.to_vec())))
}
