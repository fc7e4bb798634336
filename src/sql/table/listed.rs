//! A fixed list of Parquet files with stated columns.
//!
//! No folder is listed and no schema inferred. A column a file lacks is null; a type that differs is
//! cast. Row counts of the log serve the planner. Row groups that a filter excludes by their
//! statistics are skipped: the session hands filters down to the files when it optimises.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::{ListingTableUrl, PartitionedFile};
use datafusion::datasource::physical_plan::parquet::{CachedParquetFileReaderFactory, ParquetRowSelection};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use crate::sql::job::{FilePart, Files};
use crate::sql::schema;
use crate::sql::table::Planned;
use crate::sql::table::wanted::{self, Named};

/// The files.
#[derive(Debug)]
pub(super) struct Listed {
    schema: SchemaRef,
    paths: Vec<PathBuf>,
    parts: Vec<PartitionedFile>,
    statistics: Statistics,
}

impl Listed {
    /// The provider of `files`.
    ///
    /// # Errors
    /// A path is not absolute.
    pub(super) fn new(files: &Files) -> Result<Self> {
        let schema = schema::schema(&files.fields);
        let parts = files.parts.iter().map(partitioned).collect::<Result<_>>()?;
        let paths = files.parts.iter().map(|part| part.path.clone()).collect();
        let rows: Option<u64> = files.parts.iter().map(|part| part.rows).sum();
        let bytes: u64 = files.parts.iter().map(|part| part.bytes).sum();
        let mut statistics = Statistics::new_unknown(&schema);
        statistics.num_rows = rows.map_or(Precision::Absent, |rows| Precision::Exact(size(rows)));
        statistics.total_byte_size = Precision::Inexact(size(bytes));
        Ok(Self { schema, paths, parts, statistics })
    }

    /// The same files with the rows that are `named` alone, sought by as many threads as `partitions`.
    ///
    /// # Errors
    /// A file is gone or damaged.
    pub(super) fn of_named(&self, named: &Named, partitions: usize) -> Result<Self> {
        let found = wanted::rows_of(&self.paths, named, partitions)?;
        let (mut paths, mut parts, mut rows) = (Vec::new(), Vec::new(), 0);
        for ((path, part), selection) in self.paths.iter().zip(&self.parts).zip(found) {
            if let Some(selection) = selection {
                rows += selection.row_count();
                paths.push(path.clone());
                parts.push(part.clone().with_extension(ParquetRowSelection::new(selection)));
            }
        }
        let mut statistics = Statistics::new_unknown(&self.schema);
        statistics.num_rows = Precision::Inexact(rows);
        Ok(Self { schema: Arc::clone(&self.schema), paths, parts, statistics })
    }

    /// The scan of these columns.
    ///
    /// # Errors
    /// DataFusion refuses the projection.
    pub(super) fn plan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.parts.is_empty() {
            let schema = match projection {
                Some(places) => Arc::new(self.schema.project(places)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let home = ObjectStoreUrl::local_filesystem();
        let runtime = state.runtime_env();
        let cache = runtime.cache_manager.get_file_metadata_cache();
        let reader = CachedParquetFileReaderFactory::new(runtime.object_store(&home)?, cache);
        let source =
            ParquetSource::new(Arc::clone(&self.schema)).with_parquet_file_reader_factory(Arc::new(reader));
        let groups = FileGroup::new(self.parts.clone()).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(home, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(self.statistics.clone())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

fn size(of: u64) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

fn partitioned(part: &FilePart) -> Result<PartitionedFile> {
    let mut file = PartitionedFile::new("", part.bytes);
    file.object_meta.location = ListingTableUrl::parse(file_url(&part.path)?)?.prefix().clone();
    Ok(file)
}

/// `file:` URL of a path; everything that means something in a URL or in a pattern is escaped.
fn file_url(path: &Path) -> Result<String> {
    let text = path.to_str().filter(|text| text.starts_with('/'));
    let text = text
        .ok_or_else(|| DataFusionError::Internal("a table file's path is not absolute UTF-8".to_owned()))?;
    let mut url = "file://".to_owned();
    for byte in text.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(url)
}

fn scan_listed<'a>(
    listed: &'a Listed,
    state: &'a dyn Session,
    projection: Option<&'a Vec<usize>>,
    limit: Option<usize>,
) -> Planned<'a> {
    Box::pin(async move { listed.plan(state, projection, limit) })
}

impl TableProvider for Listed {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn scan<'life0, 'life1, 'life2, 'life3, 'async_trait>(
        &'life0 self,
        state: &'life1 dyn Session,
        projection: Option<&'life2 Vec<usize>>,
        _filters: &'life3 [Expr],
        limit: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>, DataFusionError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        'life3: 'async_trait,
        Self: 'async_trait,
    {
        scan_listed(self, state, projection, limit)
    }
}
