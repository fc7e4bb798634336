//! Statutory forms: every fed column of one form counted on one snapshot.

use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::Asked;
use crate::metrics::form::Filled;

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
        Ok(Filled::new(form, measures))
    }
}
