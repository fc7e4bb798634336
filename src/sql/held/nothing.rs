//! Statements that have no row because what they rest on has none.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::optimizer::propagate_empty_relation::PropagateEmptyRelation;
use datafusion::optimizer::replace_distinct_aggregate::ReplaceDistinctWithAggregate;
use datafusion::optimizer::{Optimizer, OptimizerContext};

use crate::sql::held::{Held, Over, partitions};
use crate::sql::{SqlError, check, fault, runtime};

impl Held {
    fn has_no_row(&self) -> bool {
        self.parts.iter().flatten().all(|batch| batch.num_rows() == 0)
    }
}

impl Over<'_> {
    /// Whether `statement` has no row, whatever the values of its parameters and what the tables of files hold,
    /// because tables in memory have none.
    ///
    /// # Errors
    /// The statement does not fit the tables.
    pub fn has_no_row(&self, statement: &str) -> Result<bool, SqlError> {
        runtime::block_on(partitions(), async {
            let faulty = |error| fault::of(&error, statement, &[]);
            let plan = check::plan(&self.context(statement, false)?, statement).await?;
            let plan = plan.transform_up_with_subqueries(|node| {
                let LogicalPlan::TableScan(scan) = &node else { return Ok(Transformed::no(node)) };
                let name = scan.table_name.table();
                if !self.held.iter().any(|held| held.name() == name && held.has_no_row()) {
                    return Ok(Transformed::no(node));
                }
                let schema = Arc::clone(&scan.projected_schema);
                Ok(Transformed::yes(LogicalPlan::EmptyRelation(EmptyRelation {
                    produce_one_row: false,
                    schema,
                })))
            });
            let rules = Optimizer::with_rules(vec![
                Arc::new(ReplaceDistinctWithAggregate::new()),
                Arc::new(PropagateEmptyRelation::new()),
            ]);
            let plan = rules.optimize(plan.map_err(faulty)?.data, &OptimizerContext::new(), |_, _| {});
            Ok(matches!(
                plan.map_err(faulty)?,
                LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, .. })
            ))
        })
    }
}
