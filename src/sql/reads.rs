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
use datafusion::optimizer::extract_equijoin_predicate::ExtractEquijoinPredicate;
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
            // Keys of joins are told from their conditions, and what is not asked for is left out; nothing is
            // moved or computed beforehand.
            let rules = Optimizer::with_rules(vec![
                Arc::new(ExtractEquijoinPredicate::new()),
                Arc::new(OptimizeProjections::new()),
            ]);
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
    let all: BTreeSet<usize> = (0..plan.schema().fields().len()).collect();
    // What leaves the statement as it is matters by its value.
    for number in &all {
        if let Some((_, name)) = traced(plan, *number, table, Vec::new())
            && name != place
        {
            rows.reads.whole.insert(name);
        }
    }
    rows.follow(plan, &all)?;
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
    /// Down to the scan, past nodes that tell each row by itself, for the columns that are `asked` of a node.
    fn follow(&mut self, plan: &LogicalPlan, asked: &BTreeSet<usize>) -> Option<()> {
        self.outer(plan)?;
        match plan {
            LogicalPlan::Projection(projection) => {
                let mut below = BTreeSet::new();
                for number in asked {
                    let plain = unaliased(projection.expr.get(*number)?);
                    if !matches!(plain, Expr::Column(_)) {
                        self.read(plain, &[&projection.input])?;
                    }
                    below.extend(columns_of(plain, &projection.input)?);
                }
                self.follow(&projection.input, &below)
            }
            LogicalPlan::SubqueryAlias(alias) => self.follow(&alias.input, asked),
            LogicalPlan::Filter(filter) => {
                self.read(&filter.predicate, &[&filter.input])?;
                let mut below = columns_of(&filter.predicate, &filter.input)?;
                below.extend(asked);
                self.follow(&filter.input, &below)
            }
            LogicalPlan::Join(join) => self.follow_join(join, asked),
            LogicalPlan::TableScan(scan) => (scan.filters.is_empty() && scan.fetch.is_none()).then_some(()),
            _ => None,
        }
    }

    fn follow_join(&mut self, join: &Join, asked: &BTreeSet<usize>) -> Option<()> {
        let is_left = scans(&join.left, self.table) == 1;
        let width = join.left.schema().fields().len();
        let (mut left, right): (BTreeSet<usize>, BTreeSet<usize>) =
            asked.iter().copied().partition(|number| *number < width);
        let mut right: BTreeSet<usize> = right.into_iter().map(|number| number - width).collect();
        let is_plain = matches!(join.join_type, JoinType::Left) && join.filter.is_none() && is_left;
        if is_plain && right.is_empty() && is_one_at_most(join) {
            return self.follow(&join.left, &left);
        }
        for (of_left, of_right) in &join.on {
            self.read(of_left, &[&join.left])?;
            self.read(of_right, &[&join.right])?;
            left.extend(columns_of(of_left, &join.left)?);
            right.extend(columns_of(of_right, &join.right)?);
        }
        if let Some(filter) = &join.filter {
            self.read(filter, &[&join.left, &join.right])?;
            for column in filter.column_refs() {
                match join.left.schema().maybe_index_of_column(column) {
                    Some(number) => drop(left.insert(number)),
                    None => drop(right.insert(join.right.schema().maybe_index_of_column(column)?)),
                }
            }
        }
        match join.join_type {
            JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti if is_left => {
                self.follow(&join.left, &left)
            }
            JoinType::Inner | JoinType::Right if !is_left => self.follow(&join.right, &right),
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

/// Columns of `input` that an expression names, those of subqueries in it with them.
fn columns_of(expr: &Expr, input: &LogicalPlan) -> Option<BTreeSet<usize>> {
    let mut names: Vec<Column> = expr.column_refs().into_iter().cloned().collect();
    let seen = expr.apply(|part| {
        let subquery = match part {
            Expr::Exists(exists) => Some(&exists.subquery),
            Expr::InSubquery(within) => Some(&within.subquery),
            Expr::SetComparison(compared) => Some(&compared.subquery),
            Expr::ScalarSubquery(subquery) => Some(subquery),
            _ => None,
        };
        let outer = subquery.map(|subquery| subquery.outer_ref_columns.iter()).into_iter().flatten();
        names.extend(outer.filter_map(|outer| match outer {
            Expr::OuterReferenceColumn(_, column) => Some(column.clone()),
            _ => None,
        }));
        Ok(TreeNodeRecursion::Continue)
    });
    seen.ok()?;
    names.iter().map(|column| input.schema().maybe_index_of_column(column)).collect()
}

/// Whether the right side of a join has one row at most for each of the left: it is grouped by what it is
/// joined by. When nothing of it is asked, such a join changes nothing.
fn is_one_at_most(join: &Join) -> bool {
    let number = |column: &Column| join.right.schema().maybe_index_of_column(column);
    let keys = join.on.iter().map(|(_, key)| column_of(key).and_then(number));
    keys.collect::<Option<BTreeSet<usize>>>().is_some_and(|keys| is_grouped(&join.right, &keys))
}

fn is_grouped(plan: &LogicalPlan, keys: &BTreeSet<usize>) -> bool {
    match plan {
        LogicalPlan::SubqueryAlias(alias) => is_grouped(&alias.input, keys),
        LogicalPlan::Filter(filter) => is_grouped(&filter.input, keys),
        LogicalPlan::Projection(projection) => {
            let below = keys.iter().filter_map(|number| {
                let column = column_of(projection.expr.get(*number)?)?;
                projection.input.schema().maybe_index_of_column(column)
            });
            is_grouped(&projection.input, &below.collect())
        }
        LogicalPlan::Aggregate(grouped) => {
            let is_plain = grouped.group_expr.iter().all(|expr| !matches!(expr, Expr::GroupingSet(_)));
            is_plain && (0..grouped.group_expr.len()).all(|number| keys.contains(&number))
        }
        _ => false,
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
