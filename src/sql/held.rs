//! Tables in memory beside the files of a statement, and where the columns of an answer come from.
//!
//! What no business date changes is held as Arrow batches and read again for each date. Which columns of an
//! answer are those of a held table, unchanged, is read off the plan, so that nobody has to promise it: a
//! column is followed down through projections, filters and joins to one scan, and whatever is computed on
//! the way ends the search.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewBuilder, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::exec_err;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{Expr, JoinType, LogicalPlan};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{Optimizer, OptimizerContext};
use datafusion::physical_plan::{ExecutionPlan, execute_stream, execute_stream_partitioned};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tokio::task::JoinSet;

use crate::domain::limits;
use crate::domain::record::Value;
use crate::sql::ground::Ground;
use crate::sql::job::Table;
use crate::sql::session::{Bounds, session};
use crate::sql::{SqlError, check, fault, runtime, vetted};

mod nothing;
mod some;

/// A table in memory.
#[derive(Debug, Clone)]
pub struct Held {
    name: String,
    schema: SchemaRef,
    /// Columns that stand in the schema and are not held; a statement that reads one is refused.
    missing: BTreeSet<String>,
    nothing: Vec<ArrayRef>,
    parts: Vec<Vec<RecordBatch>>,
    next: usize,
    bytes: usize,
}

/// What a statement rests on.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// Rules, days.
    pub ground: &'a Ground,
    /// Tables of files.
    pub tables: &'a [Table],
    /// Tables in memory.
    pub held: &'a [Held],
    /// Values of parameters.
    pub parameters: &'a [(&'a str, Value)],
}

/// Where a column of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is this column of the table asked about, row by row.
    Same(String),
    /// It is computed from nothing but columns that are: the name each goes by, and the column.
    From(Vec<(String, String)>),
    /// Anything else that always has a value.
    Always,
    /// Anything else.
    Other,
}

impl Held {
    /// A table of these columns without rows; texts become views.
    #[must_use]
    pub fn new(name: &str, columns: &[(String, DataType)]) -> Self {
        let field = |(name, kind): &(String, DataType)| Field::new(name, plain(kind), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let parts = vec![Vec::new(); partitions()];
        Self {
            name: name.to_owned(),
            schema,
            missing: BTreeSet::new(),
            nothing: Vec::new(),
            parts,
            next: 0,
            bytes: 0,
        }
    }

    /// The same without rows, to hold `columns` of it only: the rest have names and no values.
    #[must_use]
    pub fn only(&self, columns: &BTreeSet<String>) -> Self {
        let names = self.schema.fields().iter().map(|field| field.name().clone());
        let missing = names.filter(|name| !columns.contains(name)).collect();
        let parts = vec![Vec::new(); partitions()];
        let (name, schema) = (self.name.clone(), Arc::clone(&self.schema));
        Self { name, schema, missing, nothing: Vec::new(), parts, next: 0, bytes: 0 }
    }

    /// Names of the columns it holds, in order.
    #[must_use]
    pub fn holds(&self) -> Vec<String> {
        let names = self.schema.fields().iter().map(|field| field.name().clone());
        names.filter(|name| !self.missing.contains(name)).collect()
    }

    /// Adds rows, given by the columns that are held, and tells them as they are held; equal texts of one call
    /// are stored once.
    ///
    /// # Errors
    /// The columns are not those of the table.
    pub fn push(&mut self, columns: &[ArrayRef]) -> Result<RecordBatch, SqlError> {
        let wrong = |error| SqlError::Internal(format!("rows that cannot be held: {error}"));
        let rows = columns.first().map_or(0, |column| column.len());
        let mut given = columns.iter();
        let mut all = Vec::new();
        let schema = Arc::clone(&self.schema);
        for field in schema.fields() {
            if self.missing.contains(field.name()) {
                all.push(self.nothing(field.data_type(), rows));
                continue;
            }
            let column = given.next().ok_or_else(|| SqlError::Internal("a column is lost".to_owned()))?;
            let column = compact(&cast(column, field.data_type()).map_err(wrong)?);
            let column = column.map_err(wrong)?;
            self.bytes += column.get_array_memory_size();
            all.push(column);
        }
        let batch = RecordBatch::try_new(schema, all).map_err(wrong)?;
        self.add(batch.clone());
        Ok(batch)
    }

    fn add(&mut self, batch: RecordBatch) {
        let place = self.next % self.parts.len().max(1);
        self.next += 1;
        if let Some(part) = self.parts.get_mut(place) {
            part.push(batch);
        }
    }

    /// Values that are not there, for a column that is not held; batches share them.
    fn nothing(&mut self, kind: &DataType, rows: usize) -> ArrayRef {
        let known = self.nothing.iter().find(|known| known.data_type() == kind && known.len() >= rows);
        if let Some(known) = known {
            return known.slice(0, rows);
        }
        let made = new_null_array(kind, rows.max(limits::SQL_BATCH_ROWS));
        self.nothing.push(Arc::clone(&made));
        made.slice(0, rows)
    }

    /// Its name in statements.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, DataType)> {
        self.schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
    }

    /// Bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Over<'_> {
    /// A table without rows that has the columns of `statement`.
    ///
    /// # Errors
    /// The statement does not fit the tables.
    pub fn shape(&self, name: &str, statement: &str) -> Result<Held, SqlError> {
        runtime::block_on(partitions(), async {
            let (_, plan) = self.planned(statement).await?;
            let fields = plan.schema().fields().iter();
            let columns: Vec<_> =
                fields.map(|field| (field.name().clone(), field.data_type().clone())).collect();
            Ok(Held::new(name, &columns))
        })
    }

    /// For each column of the answer to `statement` where it comes from, told of the scan of `table` that its
    /// column `place` comes from; all are [`Origin::Other`] when that is none.
    ///
    /// # Errors
    /// The statement does not fit the tables.
    pub fn origins(&self, statement: &str, table: &str, place: &str) -> Result<Vec<Origin>, SqlError> {
        runtime::block_on(partitions(), async {
            // Without values: once bound, a parameter looks like any other constant.
            let context = self.context(statement, false)?;
            Ok(origins(&check::plan(&context, statement).await?, table, place))
        })
    }

    /// Columns of `table` that the answer to `statement` may need, whatever the values of its parameters: what
    /// is not asked for is left out, and nothing is computed beforehand.
    ///
    /// # Errors
    /// The statement does not fit the tables.
    pub fn needed(&self, statement: &str, table: &str) -> Result<BTreeSet<String>, SqlError> {
        runtime::block_on(partitions(), async {
            let (_, plan) = self.planned(statement).await?;
            let faulty = |error| fault::of(&error, statement, &[]);
            let rules = Optimizer::with_rules(vec![Arc::new(OptimizeProjections::new())]);
            let plan = rules.optimize(plan, &OptimizerContext::new(), |_, _| {}).map_err(faulty)?;
            let mut names = BTreeSet::new();
            each_scan(&plan, &mut |scanned, column| {
                if scanned == table {
                    names.insert(column.to_owned());
                }
            })
            .map_err(faulty)?;
            Ok(names)
        })
    }

    /// Hands the batches of the answer to several takers at once, each made by `make`; all of them, in the
    /// order of the plan's partitions.
    ///
    /// # Errors
    /// The statement fails, or a taker does.
    pub fn each_part<T: Send + 'static>(
        &self,
        statement: &str,
        make: &(dyn Fn() -> T + Sync),
        take: fn(&mut T, &RecordBatch) -> Result<(), SqlError>,
    ) -> Result<Vec<T>, SqlError> {
        runtime::block_on(partitions(), async {
            let faulty = |error| fault::of(&error, statement, &[]);
            let (context, plan) = self.checked(statement).await?;
            let streams = execute_stream_partitioned(plan, context.task_ctx()).map_err(faulty)?;
            let mut working = JoinSet::new();
            for (place, mut stream) in streams.into_iter().enumerate() {
                let (mut taker, text) = (make(), statement.to_owned());
                working.spawn(async move {
                    while let Some(batch) = stream.next().await {
                        take(&mut taker, &batch.map_err(|error| fault::of(&error, &text, &[]))?)?;
                    }
                    Ok::<_, SqlError>((place, taker))
                });
            }
            let mut done = Vec::new();
            while let Some(ended) = working.join_next().await {
                done.push(ended.map_err(|_| SqlError::Internal("a part was lost".to_owned()))??);
            }
            done.sort_by_key(|(place, _)| *place);
            Ok(done.into_iter().map(|(_, taker)| taker).collect())
        })
    }

    /// Hands the batches of the answer to `sink` as they come, until it wants no more.
    ///
    /// # Errors
    /// The statement fails, or `sink` does.
    pub fn each(
        &self,
        statement: &str,
        sink: &mut (dyn FnMut(&RecordBatch) -> Result<bool, SqlError> + Send),
    ) -> Result<(), SqlError> {
        runtime::block_on(partitions(), async {
            let faulty = |error| fault::of(&error, statement, &[]);
            let (context, plan) = self.planned(statement).await?;
            let plan = context.state().create_physical_plan(&plan).await.map_err(faulty)?;
            let mut stream = execute_stream(plan, context.task_ctx()).map_err(faulty)?;
            while let Some(batch) = stream.next().await {
                if !sink(&batch.map_err(faulty)?)? {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The whole answer to a statement with few rows, at least one batch.
    ///
    /// # Errors
    /// The statement fails, reads what is not held, or answers with too many rows.
    pub fn rows(&self, statement: &str) -> Result<Vec<RecordBatch>, SqlError> {
        runtime::block_on(partitions(), async {
            let (context, plan) = self.checked(statement).await?;
            vetted::collect(&context, plan, statement).await
        })
    }

    /// The plan of a statement that reads nothing that is not held.
    async fn checked(&self, statement: &str) -> Result<(SessionContext, Arc<dyn ExecutionPlan>), SqlError> {
        let faulty = |error| fault::of(&error, statement, &[]);
        let context = self.context(statement, true)?;
        let plan = self.bound(&context, statement).await?;
        let state = context.state();
        let plan = state.optimize(&plan).map_err(faulty)?;
        self.check(&plan).map_err(faulty)?;
        let plan = state.query_planner().create_physical_plan(&plan, &state).await.map_err(faulty)?;
        Ok((context, plan))
    }

    async fn planned(&self, statement: &str) -> Result<(SessionContext, LogicalPlan), SqlError> {
        let context = self.context(statement, false)?;
        let plan = self.bound(&context, statement).await?;
        Ok((context, plan))
    }

    async fn bound(&self, context: &SessionContext, statement: &str) -> Result<LogicalPlan, SqlError> {
        vetted::bound(check::plan(context, statement).await?, self.parameters, statement)
    }

    /// Holds that no column is read that is not held.
    fn check(&self, plan: &LogicalPlan) -> datafusion::common::Result<()> {
        let mut lost = None;
        each_scan(plan, &mut |table, column| {
            let held = self.held.iter().find(|held| held.name == table);
            if held.is_some_and(|held| held.missing.contains(column)) {
                lost = Some(column.to_owned());
            }
        })?;
        match lost {
            None => Ok(()),
            Some(column) => exec_err!("the column `{column}` is not held"),
        }
    }

    pub(super) fn context(&self, statement: &str, whole_joins: bool) -> Result<SessionContext, SqlError> {
        let faulty = |error| fault::of(&error, statement, &[]);
        let bounds = Bounds { pool_bytes: limits::PLAN_MEMORY_BYTES, partitions: partitions(), whole_joins };
        let context = session(bounds, self.tables, self.ground).map_err(faulty)?;
        for held in self.held {
            let table = MemTable::try_new(Arc::clone(&held.schema), held.parts.clone()).map_err(faulty)?;
            context.register_table(held.name.as_str(), Arc::new(table)).map_err(faulty)?;
        }
        Ok(context)
    }
}

/// Tells table and name of each column that a plan reads.
fn each_scan(plan: &LogicalPlan, tell: &mut dyn FnMut(&str, &str)) -> datafusion::common::Result<()> {
    let seen = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let fields = scan.projected_schema.fields().iter();
            fields.for_each(|field| tell(scan.table_name.table(), field.name()));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    seen.map(drop)
}

fn partitions() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).clamp(1, limits::SQL_PARTITIONS_MAX)
}

fn plain(kind: &DataType) -> DataType {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Dictionary(_, values) => plain(values),
        other => other.clone(),
    }
}

/// Views of texts keep whole pages alive; here each text is kept once.
fn compact(column: &ArrayRef) -> Result<ArrayRef, arrow::error::ArrowError> {
    let Some(texts) = column.as_string_view_opt() else { return Ok(Arc::clone(column)) };
    let mut kept = StringViewBuilder::with_capacity(texts.len()).with_deduplicate_strings();
    texts.iter().for_each(|text| kept.append_option(text));
    Ok(Arc::new(kept.finish()))
}

/// A column of one scan: the turns taken at joins on the way to it, which tell scans of one table apart, and
/// its name.
pub(super) type Found = (Vec<u8>, String);

fn origins(plan: &LogicalPlan, table: &str, place: &str) -> Vec<Origin> {
    let LogicalPlan::Projection(top) = plan else {
        return vec![Origin::Other; plan.schema().fields().len()];
    };
    let first = plan.schema().fields().iter().position(|field| field.name() == place);
    let Some((of_place, _)) = first.and_then(|first| traced(plan, first, table, Vec::new())) else {
        return vec![Origin::Other; top.expr.len()];
    };
    let same = |found: Option<Found>| found.filter(|(path, _)| *path == of_place).map(|(_, name)| name);
    let origin = |(number, expr): (usize, &Expr)| {
        if let Some(name) = same(traced(plan, number, table, Vec::new())) {
            return Origin::Same(name);
        }
        let is_nullable = |field: &Arc<Field>| field.is_nullable();
        let other = match top.schema.fields().get(number).is_none_or(is_nullable) {
            true => Origin::Other,
            false => Origin::Always,
        };
        if !is_of_row(expr) {
            return other;
        }
        let columns = expr.column_refs().into_iter().map(|column| {
            let number = top.input.schema().index_of_column(column).ok()?;
            Some((column.name.clone(), same(traced(&top.input, number, table, Vec::new()))?))
        });
        columns.collect::<Option<Vec<_>>>().map_or(other, Origin::From)
    };
    top.expr.iter().enumerate().map(origin).collect()
}

/// Whether an expression depends on nothing but the columns it names.
fn is_of_row(expr: &Expr) -> bool {
    let elsewhere = expr.exists(|part| {
        Ok(matches!(
            part,
            Expr::Placeholder(_)
                | Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
        ))
    });
    matches!(elsewhere, Ok(false))
}

/// The column of a scan of `table` that the column `number` of a plan is, unchanged.
pub(super) fn traced(plan: &LogicalPlan, number: usize, table: &str, mut path: Vec<u8>) -> Option<Found> {
    match plan {
        LogicalPlan::Projection(projection) => {
            let mut expr = projection.expr.get(number)?;
            while let Expr::Alias(alias) = expr {
                expr = &alias.expr;
            }
            let Expr::Column(column) = expr else { return None };
            let number = projection.input.schema().index_of_column(column).ok()?;
            traced(&projection.input, number, table, path)
        }
        LogicalPlan::SubqueryAlias(alias) => traced(&alias.input, number, table, path),
        LogicalPlan::Filter(filter) => traced(&filter.input, number, table, path),
        LogicalPlan::Join(join) => {
            let left = join.left.schema().fields().len();
            let is_left = number < left;
            let has_left =
                !matches!(join.join_type, JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark);
            if !has_left {
                return None;
            }
            path.push(u8::from(is_left));
            if is_left {
                traced(&join.left, number, table, path)
            } else {
                traced(&join.right, number - left, table, path)
            }
        }
        LogicalPlan::TableScan(scan) if scan.table_name.table() == table => {
            let field = scan.projected_schema.fields().get(number)?;
            Some((path, field.name().clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
