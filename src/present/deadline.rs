//! A deadline in words: each step with its day and article, then the day, then every doubt.

use chrono::NaiveDate;

use crate::definition::labels::{label, sentence};
use crate::domain::language::Language;
use crate::present::number::day;
use crate::rules::deadline::{Due, Mark};

/// The sentences of `due`.
#[must_use]
pub fn sentences(due: &Due, language: Language) -> Vec<String> {
    let shown = |date: Option<NaiveDate>| date.map_or_else(|| "–".to_owned(), |date| day(date, language));
    let mut lines: Vec<String> = due
        .steps
        .iter()
        .map(|step| {
            let (days, date) = (step.days.to_string(), shown(step.day));
            let mark = match step.mark {
                Mark::Found => String::new(),
                mark => format!(" [{}]", label(mark_key(mark), language)),
            };
            let values =
                [("days", days.as_str()), ("day", &date), ("article", &step.article), ("mark", &mark)];
            sentence(step.key, language, &values)
        })
        .collect();
    let values = [("rule", due.rule.as_str()), ("day", &shown(due.effective))];
    lines.push(sentence("deadline.is", language, &values));
    if let Some(otherwise) = due.otherwise {
        lines.push(sentence("deadline.or", language, &[("day", &day(otherwise, language))]));
    }
    let doubts = due.doubts.iter().filter(|doubt| doubt.starts_with("deadline."));
    lines.extend(doubts.map(|doubt| label(doubt, language).to_owned()));
    lines
}

/// Key of what a mark is called.
#[must_use]
pub fn mark_key(mark: Mark) -> &'static str {
    match mark {
        Mark::Found => "deadline.mark_found",
        Mark::Secondary => "deadline.mark_secondary",
        Mark::Memory => "deadline.mark_memory",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laws::Laws;
    use crate::rules::place::Place;

    #[test]
    fn every_step_has_its_day_and_article_and_every_doubt_is_told() {
        let laws = Laws::compiled();
        let accepted = "2026-03-02".parse().unwrap();
        let due = laws
            .resolution(("denunciation", "first"), accepted, "s2026-03-12;r2026-03-30", &Place::default())
            .unwrap();
        let told = sentences(&due, Language::Vi);
        assert_eq!(told[0], "+ 30 ngày → 01/04/2026 (LTC Đ30; NĐ31/2019 Đ3)");
        assert_eq!(told[1], "Tạm đình chỉ 18 ngày, không tính → 19/04/2026 (LTC Đ34.2)");
        assert!(told[2].contains("20/04/2026") && told[2].contains("[chưa kiểm chứng]"), "{}", told[2]);
        assert_eq!(told[3], "Hạn theo quy tắc TC-5: 20/04/2026");
        let reception = laws.rule("TCD-1").unwrap();
        let day = "2026-11-16".parse().unwrap();
        let due = laws.due(reception, ("complaint", "ordinary"), day, &[], &Place::default());
        let told = sentences(&due, Language::Vi).join("\n");
        assert!(
            told.contains("30/11/2026") && told.contains("01/12/2026") && told.contains("Chưa kiểm chứng"),
            "{told}"
        );
    }
}
