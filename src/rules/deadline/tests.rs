//! The published vectors, and what must always hold.

use proptest::prelude::*;

use super::*;
use crate::rules::laws::Laws;
use crate::rules::place::Place;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn compiled() -> Deadlines {
    let mut rules = Deadlines::default();
    rules.lay(include_str!("../../../indexes/rules/deadlines.toml")).unwrap();
    rules
}

fn due(rule: &str, circumstance: &str, start: &str, happenings: &[(Happening, &str)]) -> Due {
    let laws = Laws::compiled();
    let rule = laws.rule(rule).unwrap();
    let kind = if rule.id.starts_with("TC-") { "denunciation" } else { "complaint" };
    let happenings: Vec<_> = happenings.iter().map(|(what, day)| (*what, date(day))).collect();
    laws.due(rule, (kind, circumstance), date(start), &happenings, &Place::default())
}

#[test]
fn the_published_deadlines_come_out() {
    use Happening::Extended;
    let twice = [(Extended, "2026-06-01"), (Extended, "2026-07-01")];
    let cases: [(&str, &str, &str, &[(Happening, &str)], &str, &str); 9] = [
        ("TCD-1", "ordinary", "2017-01-20", &[], "2017-02-10", "2017-02-10"),
        ("KN-2", "ordinary", "2017-01-05", &[], "2017-02-04", "2017-02-06"),
        ("KN-2", "ordinary", "2026-03-16", &[(Extended, "2026-04-10")], "2026-04-30", "2026-05-04"),
        ("KN-1a", "ordinary", "2026-06-25", &[], "2026-07-05", "2026-07-06"),
        ("KN-1b", "ordinary", "2026-07-01", &[], "2026-07-10", "2026-07-10"),
        ("TC-1", "ordinary", "2026-02-11", &[], "2026-02-27", "2026-02-27"),
        ("TC-8", "ordinary", "2026-08-19", &[], "2026-08-27", "2026-08-27"),
        ("TC-5", "ordinary", "2026-05-04", &twice, "2026-08-02", "2026-08-03"),
        ("TCD-1", "ordinary", "2026-11-16", &[], "2026-11-30", "2026-11-30"),
    ];
    for (rule, circumstance, start, happenings, raw, effective) in cases {
        let found = due(rule, circumstance, start, happenings);
        assert_eq!((found.raw, found.effective), (Some(date(raw)), Some(date(effective))), "{rule} {start}");
    }
}

#[test]
fn an_unconfirmed_holiday_gives_two_days_and_the_earlier_rules() {
    let found = due("TCD-1", "ordinary", "2026-11-16", &[]);
    assert_eq!(found.effective, Some(date("2026-11-30")));
    assert_eq!(found.otherwise, Some(date("2026-12-01")));
    assert!(found.doubts.contains(&"deadline.unconfirmed_day".to_owned()));
    assert_eq!(due("TCD-1", "ordinary", "2017-01-20", &[]).otherwise, None);
}

#[test]
fn time_suspended_is_not_counted_and_the_clock_goes_on_where_it_stood() {
    use Happening::{Resumed, Suspended};
    let found = due("TC-5", "ordinary", "2026-03-02", &[(Suspended, "2026-03-12"), (Resumed, "2026-03-30")]);
    assert_eq!((found.raw, found.effective), (Some(date("2026-04-19")), Some(date("2026-04-20"))));
    let still = due("TC-5", "ordinary", "2026-03-02", &[(Suspended, "2026-03-12")]);
    assert_eq!((still.raw, still.effective), (None, None));
    let late = due("TC-5", "ordinary", "2026-03-02", &[(Suspended, "2026-05-12"), (Resumed, "2026-06-30")]);
    assert_eq!(late.effective, Some(date("2026-04-01")), "what has expired cannot be stopped");
    let early = due("KN-2", "ordinary", "2026-03-02", &[(Suspended, "2026-03-12"), (Resumed, "2026-03-30")]);
    assert_eq!(early.effective, Some(date("2026-04-01")), "no suspension of complaints before 1/7/2026");
    let pending =
        due("KN-2", "ordinary", "2026-06-10", &[(Suspended, "2026-07-02"), (Resumed, "2026-07-12")]);
    assert_eq!(pending.raw, Some(date("2026-07-20")), "the new rule reaches pending cases");
}

#[test]
fn each_event_is_judged_by_the_rule_of_its_day() {
    let rules = compiled();
    let id = |rule: Option<&Rule>| rule.map(|rule| rule.id.clone());
    assert_eq!(id(rules.of_resolution("complaint", "first", date("2020-01-01"))).as_deref(), Some("KN-2"));
    assert_eq!(id(rules.of_resolution("complaint", "second", date("2020-01-01"))).as_deref(), Some("KN-4"));
    assert_eq!(id(rules.of_resolution("denunciation", "first", date("2018-12-31"))), None);
    assert_eq!(id(rules.of_resolution("feedback", "first", date("2020-01-01"))), None);
    assert_eq!(id(rules.of_handling("denunciation", date("2020-01-01"))).as_deref(), Some("TC-1"));
    assert_eq!(id(rules.of_handling("feedback", date("2022-01-01"))).as_deref(), Some("XLD-1"));
    assert_eq!(id(rules.of_handling("feedback", date("2020-01-01"))), None);
    let (old, new) = (rules.rule("KN-1a").unwrap(), rules.rule("KN-1b").unwrap());
    for (day, is_old) in [("2026-06-30", true), ("2026-07-01", false)] {
        assert_eq!((old.is_in_force(date(day)), new.is_in_force(date(day))), (is_old, !is_old));
    }
    assert!(rules.rule("KN-7").unwrap().reaches_pending() && !new.reaches_pending());
}

#[test]
fn what_was_not_verified_says_so() {
    assert!(due("TC-5", "ordinary", "2024-03-04", &[]).steps.iter().all(|step| step.mark == Mark::Found));
    assert_eq!(due("KN-2", "ordinary", "2026-07-02", &[]).steps[0].mark, Mark::Memory);
    assert_eq!(due("KN-2", "ordinary", "2025-03-03", &[]).steps[0].mark, Mark::Found);
    assert!(
        due("TCD-1", "ordinary", "2027-03-01", &[]).doubts.contains(&"deadline.beyond_calendar".to_owned())
    );
    assert!(
        due("TCD-1", "ordinary", "2017-01-20", &[]).doubts.contains(&"deadline.remembered_days".to_owned())
    );
}

#[test]
fn ids_are_unique_and_every_rule_can_be_counted() {
    let laws = Laws::compiled();
    let rules = laws.rules();
    for (place, rule) in rules.iter().enumerate() {
        assert!(rules.iter().take(place).all(|other| other.id != rule.id), "{}", rule.id);
        assert!(rule.limits.contains_key("ordinary") && !rule.article.is_empty(), "{}", rule.id);
        assert!(due(&rule.id, "ordinary", "2026-07-15", &[]).raw.is_some(), "{}", rule.id);
    }
}

proptest! {
    #[test]
    fn a_longer_limit_or_a_later_start_is_never_earlier(start in 0u64..4_000, days in 0u64..40) {
        let first = date("2015-01-05") + Days::new(start);
        let laws = Laws::compiled();
        for id in ["KN-2", "TCD-1", "TC-1"] {
            let rule = laws.rule(id).unwrap();
            let due = |day, happened: &[(Happening, NaiveDate)]| {
                laws.due(rule, ("complaint", "ordinary"), day, happened, &Place::default()).effective.unwrap()
            };
            let on = |day| due(day, &[]);
            prop_assert!(on(first) <= on(first + Days::new(days)));
            let extended = [(Happening::Extended, first)];
            prop_assert!(on(first) <= due(first, &extended));
        }
    }

    #[test]
    fn a_deadline_in_working_days_is_a_working_day(start in 0u64..4_000) {
        let found = due("TCD-1", "ordinary", &(date("2015-01-05") + Days::new(start)).to_string(), &[]);
        prop_assert!(found.effective.is_some_and(|day| Calendar::national().is_working_day(day)));
    }
}
