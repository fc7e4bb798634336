//! What a statement reads of each row of one table, beside its number: so that rows in which all of it is alike
//! need be judged once.
//!
//! It is read off the plan, so that nobody has to promise it. A column that is only set against the business
//! date (`completed_on <= $as_of`, `due_on IS NULL`) matters by no more than before, on, after or none; any
//! other that is read matters by its value. What cannot be followed, such as rows that are read twice, grouped
//! or ordered on their way, is not told, and then each row is judged by itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{BinaryExpr, Expr, Join, JoinType, LogicalPlan, Operator};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{Optimizer, OptimizerContext};

use crate::sql::held::{Over, traced};
use crate::sql::{SqlError, check, fault, runtime};

/// The parameter that is the business date.
const AS_OF: &str = "$as_of";

/// Columns of a table that a statement reads of each of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Those whose values matter.
    pub whole: BTreeSet<String>,
    /// Those that are only set against the business date, or asked whether they are there.
    pub dated: BTreeSet<String>,
}

/// The table that is asked about.
struct Rows<'a> {
    table: &'a str,
    place: &'a str,
    reads: Reads,
}

impl Over<'_> {
    /// What `statement` reads of each row of `table`, which its column `place` numbers; nothing when an answer
    /// may depend on more than one row of it.
    ///
    /// # Errors
    /// The statement does not fit the tables.
    pub fn reads(&self, statement: &str, table: &str, place: &str) -> Result<Option<Reads>, SqlError> {
        runtime::block_on(1, async {
            // Without values: once bound, a parameter looks like any other constant.
            let context = self.context(statement, false)?;
            let plan = check::plan(&context, statement).await?;
            let rules = Optimizer::with_rules(vec![Arc::new(OptimizeProjections::new())]);
            let plan = rules.optimize(plan, &OptimizerContext::new(), |_, _| {});
            let plan = plan.map_err(|error| fault::of(&error, statement, &[]))?;
            Ok(reads(&plan, table, place))
        })
    }
}

fn reads(plan: &LogicalPlan, table: &str, place: &str) -> Option<Reads> {
    if scans(plan, table) != 1 {
        return None;
    }
    let mut rows = Rows { table, place, reads: Reads::default() };
    // What leaves the statement as it is matters by its value.
    for number in 0..plan.schema().fields().len() {
        if let Some((_, name)) = traced(plan, number, table, Vec::new())
            && name != place
        {
            rows.reads.whole.insert(name);
        }
    }
    rows.follow(plan)?;
    let Reads { whole, mut dated } = rows.reads;
    dated.retain(|name| !whole.contains(name));
    Some(Reads { whole, dated })
}

/// How often a plan scans a table.
fn scans(plan: &LogicalPlan, table: &str) -> usize {
    let mut count = 0;
    let seen = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            count += usize::from(scan.table_name.table() == table);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    seen.map_or(0, |_| count)
}

impl Rows<'_> {
    /// Down to the scan, past nodes that tell each row by itself.
    fn follow(&mut self, plan: &LogicalPlan) -> Option<()> {
        self.outer(plan)?;
        match plan {
            LogicalPlan::Projection(projection) => {
                for expr in &projection.expr {
                    let plain = unaliased(expr);
                    if !matches!(plain, Expr::Column(_)) {
                        self.read(plain, &[&projection.input])?;
                    }
                }
                self.follow(&projection.input)
            }
            LogicalPlan::SubqueryAlias(alias) => self.follow(&alias.input),
            LogicalPlan::Filter(filter) => {
                self.read(&filter.predicate, &[&filter.input])?;
                self.follow(&filter.input)
            }
            LogicalPlan::Join(join) => self.follow_join(join),
            LogicalPlan::TableScan(scan) => (scan.filters.is_empty() && scan.fetch.is_none()).then_some(()),
            _ => None,
        }
    }

    fn follow_join(&mut self, join: &Join) -> Option<()> {
        for (left, right) in &join.on {
            self.read(left, &[&join.left])?;
            self.read(right, &[&join.right])?;
        }
        if let Some(filter) = &join.filter {
            self.read(filter, &[&join.left, &join.right])?;
        }
        let is_left = scans(&join.left, self.table) == 1;
        match join.join_type {
            JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti if is_left => {
                self.follow(&join.left)
            }
            JoinType::Inner | JoinType::Right if !is_left => self.follow(&join.right),
            _ => None,
        }
    }

    /// What subqueries in the expressions of a node read of its rows.
    fn outer(&mut self, plan: &LogicalPlan) -> Option<()> {
        let inputs = plan.inputs();
        let mut columns = Vec::new();
        let seen = plan.apply_subqueries(|node| {
            if let LogicalPlan::Subquery(subquery) = node {
                columns.extend(subquery.outer_ref_columns.iter().cloned());
            }
            Ok(TreeNodeRecursion::Continue)
        });
        seen.ok()?;
        for column in &columns {
            let Expr::OuterReferenceColumn(_, column) = column else { return None };
            self.whole(column, &inputs)?;
        }
        Some(())
    }

    fn read(&mut self, expr: &Expr, inputs: &[&LogicalPlan]) -> Option<()> {
        let mut is_told = true;
        let seen = expr.apply(|part| {
            let dated = match part {
                Expr::BinaryExpr(compared) => dated_column(compared),
                Expr::IsNull(of) | Expr::IsNotNull(of) => column_of(of),
                _ => None,
            };
            if let Some(column) = dated {
                is_told &= self.dated(column, inputs).is_some();
                return Ok(TreeNodeRecursion::Jump);
            }
            if let Expr::Column(column) = part {
                is_told &= self.whole(column, inputs).is_some();
            }
            Ok(TreeNodeRecursion::Continue)
        });
        seen.ok().filter(|_| is_told).map(drop)
    }

    fn whole(&mut self, column: &Column, inputs: &[&LogicalPlan]) -> Option<()> {
        if let Some(name) = self.named(column, inputs)? {
            self.reads.whole.insert(name);
        }
        Some(())
    }

    fn dated(&mut self, column: &Column, inputs: &[&LogicalPlan]) -> Option<()> {
        if let Some(name) = self.named(column, inputs)? {
            self.reads.dated.insert(name);
        }
        Some(())
    }

    /// The column of the table that a column is, if it is one; nothing when it is the number of the row, or not
    /// known.
    fn named(&self, column: &Column, inputs: &[&LogicalPlan]) -> Option<Option<String>> {
        let found =
            inputs.iter().find_map(|input| Some((input, input.schema().maybe_index_of_column(column)?)));
        let (input, number) = found?;
        let name = traced(input, number, self.table, Vec::new()).map(|(_, name)| name);
        (name.as_deref() != Some(self.place)).then_some(name)
    }
}

/// The column that a comparison sets against the business date.
fn dated_column(compared: &BinaryExpr) -> Option<&Column> {
    let is_order = matches!(
        compared.op,
        Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
    );
    let (left, right) = (&compared.left, &compared.right);
    match (column_of(left), column_of(right)) {
        (Some(column), None) if is_order && is_as_of(right) => Some(column),
        (None, Some(column)) if is_order && is_as_of(left) => Some(column),
        _ => None,
    }
}

fn column_of(expr: &Expr) -> Option<&Column> {
    match unaliased(expr) {
        Expr::Column(column) => Some(column),
        _ => None,
    }
}

/// Whether it is the business date, as a day or as the number of it.
fn is_as_of(expr: &Expr) -> bool {
    let is_day = |kind: &DataType| matches!(kind, DataType::Date32 | DataType::Int32 | DataType::Int64);
    match unaliased(expr) {
        Expr::Placeholder(placeholder) => placeholder.id == AS_OF,
        Expr::Cast(cast) => is_day(cast.field.data_type()) && is_as_of(&cast.expr),
        _ => false,
    }
}

fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        expr => expr,
    }
}

#[cfg(test)]
mod tests;
