//! A finding in words that every face shows alike.

use crate::domain::language::Language;
use crate::engine::circles::{Circle, Circles, Kind};
use crate::present::number::day;
use crate::rules::deadline::Step;

impl Circle {
    /// The way of the letter: `A –(01/03/2026)→ B –(05/03/2026)→ A`; of the letters of a case the
    /// directions, each with its unit.
    #[must_use]
    pub fn way(&self, language: Language) -> String {
        if self.kind == Kind::Directions {
            let of = |direction: &Option<String>| direction.clone().unwrap_or_default();
            let mut told: Vec<String> = self
                .letters
                .iter()
                .map(|letter| match &letter.unit {
                    Some(unit) => format!("{} ({unit})", of(&letter.direction)),
                    None => of(&letter.direction),
                })
                .collect();
            told.sort();
            told.dedup();
            return told.join("; ");
        }
        let mut way = self.hops.first().map(|hop| hop.unit.clone()).unwrap_or_default();
        for hop in &self.hops {
            way.push_str(&format!(" –({})→ {}", day(hop.on, language), hop.to_unit));
        }
        way
    }

    /// The rule that set the limit: the step that counted it, with article and mark.
    #[must_use]
    pub fn rule(&self) -> Option<(&str, &Step)> {
        let due = self.due.as_ref()?;
        Some((due.rule.as_str(), due.steps.first()?))
    }
}

impl Circles {
    /// The findings of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Circle> {
        self.circles.iter().filter(move |circle| circle.kind == kind)
    }
}
