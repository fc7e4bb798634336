//! Statutory forms: every fed column of one form counted on one snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::catalog::Catalog;
use crate::definition::form::Form;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::Asked;
use crate::metrics::compose;
use crate::metrics::form::{Filled, Unfed};
use crate::metrics::measure::Measure;
use crate::sql::vetted;

impl Engine {
    /// The form `name` filled for the period of `asked`; by the form's own dimension when none is asked.
    ///
    /// # Errors
    /// There is no such form, dimension or period, or as [`Engine::measure`].
    pub fn form(&self, name: &str, asked: &Asked, scope: &Scope) -> Result<Filled, EngineError> {
        let (catalog, mut asked) = self.closed(asked)?;
        let form = catalog.form(name).map_err(MetricError::from)?.clone();
        if asked.period.is_none() {
            return Err(MetricError::NeedsPeriod(form.name).into());
        }
        if asked.by.is_empty() {
            asked.by = vec![form.by.clone()];
        }
        if asked.by.len() > 1 {
            return Err(MetricError::TooManyDimensions { limit: 1 }.into());
        }
        let fed = form.columns.iter().filter(|column| column.basis.is_some());
        let names: Vec<String> = fed.map(|column| form.metric_name(column.number)).collect();
        let measures = self.measures(&catalog, &names, &asked, scope)?;
        let unfed = self.unfed(&catalog, &form, &measures, scope)?;
        Ok(Filled::new(form, measures, unfed))
    }

    /// Columns of `form` whose dataset has no row in `scope`, or none with a value in the column they are fed by.
    fn unfed(
        &self,
        catalog: &Catalog,
        form: &Form,
        measures: &BTreeMap<String, Arc<Measure>>,
        scope: &Scope,
    ) -> Result<BTreeMap<u32, Unfed>, EngineError> {
        let mut known: BTreeMap<(&str, Option<&str>), bool> = BTreeMap::new();
        let mut unfed = BTreeMap::new();
        for column in &form.columns {
            let Some(measure) = measures.get(&form.metric_name(column.number)) else { continue };
            let Some(of) = &measure.basis().basis else { continue };
            let dataset = catalog.dataset(&of.dataset).map_err(MetricError::from)?;
            for fed_by in std::iter::once(None).chain(column.fed_by.iter().map(|name| Some(name.as_str()))) {
                let asked = (dataset.name.as_str(), fed_by);
                let is_fed = match known.get(&asked) {
                    Some(is_fed) => *is_fed,
                    None => self.is_fed(measure, fed_by, scope)?,
                };
                known.insert(asked, is_fed);
                if !is_fed {
                    let column_label =
                        fed_by.and_then(|name| dataset.column(name)).map(|it| it.label.clone());
                    let why = Unfed { dataset: dataset.label.clone(), column: column_label };
                    unfed.entry(column.number).or_insert(why);
                }
            }
        }
        Ok(unfed)
    }

    /// Whether the dataset behind `measure` has any row, or any with a value in `column`, whenever it was.
    fn is_fed(&self, measure: &Measure, column: Option<&str>, scope: &Scope) -> Result<bool, EngineError> {
        let basis = measure.basis();
        let Some(of) = &basis.basis else { return Ok(true) };
        let bound = self.bound(basis, measure.inputs(), scope)?;
        let rows =
            vetted::run_on(&bound.ground, &compose::feeding(basis, &of.dataset, column), &bound.tables, &[])?;
        Ok(rows.iter().any(|rows| rows.num_rows() > 0))
    }
}
