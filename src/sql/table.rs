//! Tables of a statement: lists of Parquet files, as a scope and a snapshot show them.
//!
//! [`Listed`] reads the files and nothing else. [`Seen`] is what a statement names: without long text,
//! scope or history it is the plain scan; else it plans filter, history and the join on `id` over the
//! listed files and lets the session plan that, so that unused columns and the text files behind them
//! are never touched. Filters of the statement stand above the hiding of columns: a hidden value
//! cannot be guessed by asking for it. A statement that names its rows by `id` reads those rows: which they are
//! is found in the column `id` alone ([`wanted`]).
//!
//! The methods of DataFusion's traits are written by hand as one call to a free function that returns a
//! boxed future: `#[async_trait]` on six providers made a check of the library take 22.4 s instead of
//! 7.5 s. `pushdown_filters` of Parquet stays off (apache/datafusion#24352 gave wrong rows with it).

use std::pin::Pin;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DataFusionError, Result};
use datafusion::datasource::{TableType, provider_as_source};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown, cast, lit,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::scalar::ScalarValue;

use crate::sql::job::{Field, Files, Kind, Table};
use crate::sql::schema;

mod listed;
mod wanted;

use listed::Listed;
use wanted::Named;

pub(super) type Planned<'a> = Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>>> + Send + 'a>>;

/// A table as a statement sees it.
#[derive(Debug)]
pub(super) struct Seen {
    table: Table,
    main: Arc<Listed>,
    text: Option<Arc<Listed>>,
    schema: SchemaRef,
}

/// One call of `scan`.
struct Scan<'a> {
    projection: Option<&'a Vec<usize>>,
    filters: &'a [Expr],
    limit: Option<usize>,
}

impl Seen {
    /// The provider of `table`.
    ///
    /// # Errors
    /// A path is not absolute.
    pub(super) fn new(table: Table) -> Result<Self> {
        let is_old = table.as_known.is_some();
        let main = with_fields(&table.main, &[("operation", Kind::Text)], is_old);
        let text = table.text.as_ref().map(|text| {
            with_fields(
                &with_fields(text, &[("id", Kind::Text)], true),
                &[("valid_from", Kind::Integer)],
                is_old,
            )
        });
        let long = table.text.iter().flat_map(|text| &text.fields);
        Ok(Self {
            schema: schema::schema(table.main.fields.iter().chain(long)),
            main: Arc::new(Listed::new(&main)?),
            text: text.as_ref().map(Listed::new).transpose()?.map(Arc::new),
            table,
        })
    }

    fn is_plain(&self) -> bool {
        self.table.units.is_none() && self.table.hide.is_empty() && self.table.as_known.is_none()
    }

    fn is_long(&self, name: &str) -> bool {
        self.table.text.iter().any(|text| text.fields.iter().any(|field| field.name == name))
    }

    fn names(&self, projection: Option<&Vec<usize>>) -> Vec<&str> {
        let all = self.schema.fields().iter().map(|field| field.name().as_str());
        match projection {
            None => all.collect(),
            Some(places) => {
                let all: Vec<&str> = all.collect();
                places.iter().filter_map(|place| all.get(*place).copied()).collect()
            }
        }
    }

    /// Whether the projection or a filter asks for a column of the text files.
    fn wants_long(&self, scan: &Scan<'_>) -> bool {
        let in_filters = scan.filters.iter().flat_map(Expr::column_refs);
        self.names(scan.projection).into_iter().any(|name| self.is_long(name))
            || in_filters.into_iter().any(|column| self.is_long(column.name()))
    }

    /// Scope, history, join, hiding, then what the statement asked for.
    fn plan(&self, scan: &Scan<'_>, partitions: usize) -> Result<LogicalPlan> {
        let of_named = |files: &Arc<Listed>| self.of_named(files, scan, partitions);
        let mut builder = self.rows(&of_named(&self.main)?)?;
        let with_text = self.wants_long(scan);
        if let (true, Some(text)) = (with_text, &self.text) {
            let ids =
                (vec![Column::from_qualified_name("main.id")], vec![Column::from_qualified_name("long.id")]);
            builder = builder.join(
                self.texts(&self.of_own(text, scan, partitions)?)?,
                JoinType::Left,
                ids,
                None,
            )?;
        }
        let shown =
            self.schema.fields().iter().map(|field| self.shown(field.name(), field.data_type(), with_text));
        builder = builder.project(shown.collect::<Result<Vec<_>>>()?)?;
        for filter in scan.filters {
            builder = builder.filter(filter.clone())?;
        }
        let names = self.names(scan.projection);
        let wanted = names.into_iter().map(|name| Expr::Column(Column::from_name(name)));
        builder.project(wanted.collect::<Vec<_>>())?.limit(0, scan.limit)?.build()
    }

    /// `files` with the rows that the filters name; all of them when they name none. What a row belonged to in a
    /// version that is not the newest says nothing.
    fn of_named(&self, files: &Arc<Listed>, scan: &Scan<'_>, partitions: usize) -> Result<Arc<Listed>> {
        let is_text = |name: &str| {
            let field = self.table.main.fields.iter().find(|field| field.name == name);
            field.is_some_and(|field| field.kind == Kind::Text)
        };
        let is_sought = |named: &Named| {
            let is_hidden = self.table.hide.contains(&named.column);
            let is_rows_own = named.column == wanted::ID;
            !is_hidden && (is_rows_own || (self.is_plain() && is_text(&named.column)))
        };
        match wanted::named(scan.filters).filter(is_sought) {
            Some(named) => Ok(Arc::new(files.of_named(&named, partitions)?)),
            None => Ok(Arc::clone(files)),
        }
    }

    /// As [`Self::of_named`], by the ids of the rows alone: texts have no other column to be named by.
    fn of_own(&self, files: &Arc<Listed>, scan: &Scan<'_>, partitions: usize) -> Result<Arc<Listed>> {
        let is_own = wanted::named(scan.filters).is_some_and(|named| named.column == wanted::ID);
        if is_own { self.of_named(files, scan, partitions) } else { Ok(Arc::clone(files)) }
    }

    fn rows(&self, main: &Arc<Listed>) -> Result<LogicalPlanBuilder> {
        let mut builder = LogicalPlanBuilder::scan("main", provider_as_source(Arc::clone(main) as _), None)?;
        if let Some(known) = &self.table.as_known {
            builder = newest(builder, "main", known.at)?;
            builder = builder.filter(column("main", "operation").not_eq(lit("retract")))?;
        }
        if let Some(units) = &self.table.units {
            let units = units.iter().map(|unit| lit(ScalarValue::Utf8View(Some(unit.clone()))));
            builder = builder.filter(column("main", "unit").in_list(units.collect(), false))?;
        }
        Ok(builder)
    }

    fn texts(&self, text: &Arc<Listed>) -> Result<LogicalPlan> {
        let mut builder = LogicalPlanBuilder::scan("long", provider_as_source(Arc::clone(text) as _), None)?;
        if let Some(known) = &self.table.as_known {
            builder = newest(builder, "long", known.at)?;
        }
        builder.build()
    }

    fn shown(&self, name: &str, kind: &arrow::datatypes::DataType, with_text: bool) -> Result<Expr> {
        let is_long = self.is_long(name);
        let is_hidden = self.table.hide.iter().any(|hidden| hidden == name) || (is_long && !with_text);
        let value = match (is_hidden, is_long) {
            (true, _) => cast(lit(ScalarValue::try_from(kind)?), kind.clone()),
            (false, true) => column("long", name),
            (false, false) => column("main", name),
        };
        Ok(value.alias(name))
    }
}

/// The newest version of each id that was known at commit `at`.
fn newest(builder: LogicalPlanBuilder, table: &str, at: i64) -> Result<LogicalPlanBuilder> {
    let newest_first = vec![column(table, "valid_from").sort(false, false)];
    let place = row_number().partition_by(vec![column(table, "id")]).order_by(newest_first).build()?;
    let name = format!("{table} place");
    builder
        .filter(column(table, "valid_from").lt_eq(lit(at)))?
        .window(vec![place.alias(&name)])?
        .filter(Expr::Column(Column::from_name(name)).eq(lit(1_u64)))
}

fn column(table: &str, name: &str) -> Expr {
    Expr::Column(Column::new(Some(table), name))
}

fn with_fields(files: &Files, more: &[(&str, Kind)], wanted: bool) -> Files {
    let mut files = files.clone();
    for (name, kind) in more.iter().filter(|_| wanted) {
        if !files.fields.iter().any(|field| field.name == *name) {
            files.fields.push(Field::new(name, *kind));
        }
    }
    files
}

fn scan_seen<'a>(seen: &'a Seen, state: &'a dyn Session, scan: Scan<'a>) -> Planned<'a> {
    Box::pin(async move {
        let partitions = state.config().target_partitions();
        if seen.is_plain() && !seen.wants_long(&scan) {
            let main = seen.of_named(&seen.main, &scan, partitions)?;
            return main.plan(state, scan.projection, scan.limit);
        }
        let plan = seen.plan(&scan, partitions)?;
        state.create_physical_plan(&plan).await
    })
}

impl TableProvider for Seen {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    fn scan<'life0, 'life1, 'life2, 'life3, 'async_trait>(
        &'life0 self,
        state: &'life1 dyn Session,
        projection: Option<&'life2 Vec<usize>>,
        filters: &'life3 [Expr],
        limit: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>, DataFusionError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        'life3: 'async_trait,
        Self: 'async_trait,
    {
        scan_seen(self, state, Scan { projection, filters, limit })
    }
}

#[cfg(test)]
mod tests;
