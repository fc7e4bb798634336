//! A figure beside the same one of other periods.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;

use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::Asked;
use crate::metrics::measure::Measure;
use crate::rules::period::Period;

/// Figures by the names of their metrics.
pub type Figures = BTreeMap<String, Arc<Measure>>;

impl Engine {
    /// The figure of `asked` in the period before and in the same one of last year, each under the key of its
    /// name in the list of labels; nothing when no period is asked. The business date keeps its distance to
    /// the end of the period, so that periods are judged equally long after they ended.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn compared(
        &self,
        name: &str,
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Option<Vec<(&'static str, Arc<Measure>)>>, EngineError> {
        let mut measures = Vec::new();
        for (key, mut figures) in self.compared_figures(&[name.to_owned()], asked, scope)? {
            measures.extend(figures.remove(name).map(|measure| (key, measure)));
        }
        Ok(asked.period.is_some().then_some(measures))
    }

    /// The same for several metrics at once; nothing when no period is asked.
    ///
    /// # Errors
    /// As [`Engine::measure`].
    pub fn compared_figures(
        &self,
        names: &[String],
        asked: &Asked,
        scope: &Scope,
    ) -> Result<Vec<(&'static str, Figures)>, EngineError> {
        let Some(period) = &asked.period else { return Ok(Vec::new()) };
        let as_of = asked.as_of.unwrap_or_else(|| self.clock.today());
        let others = [("metric.previous", period.previous()), ("metric.year_before", period.year_before())];
        let mut all = Vec::new();
        for (key, other) in others {
            let Some(other) = other else { continue };
            let shifted = shifted(as_of, period, &other);
            let asked = Asked { as_of: shifted, period: Some(other), ..asked.clone() };
            all.push((key, self.figures(names, &asked, scope)?));
        }
        Ok(all)
    }
}

fn shifted(as_of: chrono::NaiveDate, asked: &Period, other: &Period) -> Option<chrono::NaiveDate> {
    let distance: Duration = as_of.signed_duration_since(asked.to);
    other.to.checked_add_signed(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_date_keeps_its_distance_to_the_end() {
        let (now, before) = (Period::parse("2017-Q4").unwrap(), Period::parse("2017-Q3").unwrap());
        let of = |day: &str| shifted(day.parse().unwrap(), &now, &before).unwrap().to_string();
        assert_eq!((of("2017-12-31"), of("2018-01-05")), ("2017-09-30".into(), "2017-10-05".into()));
        assert_eq!(of("2017-12-13"), "2017-09-12");
    }
}
