//! A figure beside the same one of other periods.

use std::sync::Arc;

use chrono::Duration;

use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::metrics::ask::Asked;
use crate::metrics::measure::Measure;
use crate::rules::period::Period;

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
        let Some(period) = &asked.period else { return Ok(None) };
        let as_of = asked.as_of.unwrap_or_else(|| self.clock.today());
        let others = [("metric.previous", period.previous()), ("metric.year_before", period.year_before())];
        let mut measures = Vec::new();
        for (key, other) in others {
            let Some(other) = other else { continue };
            let shifted = shifted(as_of, period, &other);
            let asked = Asked { as_of: shifted, period: Some(other), ..asked.clone() };
            measures.push((key, self.measure(name, &asked, scope)?));
        }
        Ok(Some(measures))
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
