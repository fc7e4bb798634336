//! Texts laid over each other, and what they move.

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn with(texts: &[(&str, &str)]) -> Result<Laws, RulesError> {
    let mut all = Laws::compiled().texts().clone();
    all.extend(texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    Laws::parse(&all)
}

const OFFICE: &str = "valid_from_on = \"2026-01-01\"\nvalid_to_on = \"2026-12-31\"\nsource = \"QĐ 12/QĐ-UBND\"\n\
    units = [\"Sở Tư pháp\"]\nsaturdays = true\n\
    days = [{ date = \"2026-07-03\", kind = \"off\", name = \"ngày riêng\", status = \"found\" }]";

#[test]
fn an_agency_has_its_own_days_over_those_of_all() {
    let laws = with(&[("rules/calendar-so-tu-phap.toml", OFFICE)]).unwrap();
    let works = |unit: &str, day: &str| laws.calendars(unit).usual.is_working_day(date(day));
    for (day, own, all) in [
        ("2026-07-03", false, true),
        ("2026-07-04", true, false),
        ("2026-07-05", false, false),
        ("2026-09-02", false, false),
        ("2027-01-02", false, false),
    ] {
        assert_eq!((works("sở  TƯ PHÁP", day), works("Sở khác", day)), (own, all), "{day}");
    }
    let rule = laws.rule("KN-1b").unwrap();
    let due = |unit| {
        let place = Place { unit, ..Place::default() };
        laws.due(rule, ("complaint", "ordinary"), date("2026-07-01"), &[], &place)
    };
    // 2/7, then 4/7 (Saturday) and 6/7 to 10/7; elsewhere 2/7, 3/7 and 6/7 to 10/7.
    assert_eq!(due("Sở Tư pháp").effective, Some(date("2026-07-10")));
    assert_eq!(due("").effective, Some(date("2026-07-10")));
    let own = &due("Sở Tư pháp").steps;
    assert!(own.iter().any(|step| step.key == "deadline.own_calendar" && step.article == "QĐ 12/QĐ-UBND"));
    assert!(due("").steps.iter().all(|step| step.key != "deadline.own_calendar"));
    let longer = laws.rule("XLD-1").unwrap();
    let place = Place { unit: "Sở Tư pháp", ..Place::default() };
    let told = |place: &Place<'_>| {
        laws.due(longer, ("complaint", "ordinary"), date("2026-07-06"), &[], place).effective.unwrap()
    };
    assert_eq!((told(&place), told(&Place::default())), (date("2026-07-17"), date("2026-07-20")));
}

#[test]
fn a_remote_area_has_the_longer_limit_and_says_why() {
    let areas = "areas = [{ province = \"Nghệ An\", commune = \"Keng Đu\", valid_from_on = \"2025-07-01\", \
                 article = \"QĐ 5\", mark = \"memory\" }]";
    let laws = with(&[("rules/remote-nghe-an.toml", areas)]).unwrap();
    let far = Place { unit: "", province: "Nghệ An", commune: "Xã Keng Đu" };
    let due = |kind, happened, place: &Place<'_>| {
        laws.resolution((kind, "first"), date("2025-09-01"), happened, place).unwrap()
    };
    let (near, far_away) = (due("complaint", "", &Place::default()), due("complaint", "", &far));
    assert_eq!((near.raw, far_away.raw), (Some(date("2025-10-01")), Some(date("2025-10-16"))));
    let step = far_away.steps.iter().find(|step| step.key == "deadline.remote_area").unwrap();
    assert_eq!((step.article.as_str(), step.mark), ("QĐ 5", crate::rules::deadline::Mark::Memory));
    assert!(far_away.doubts.contains(&"QĐ 5".to_owned()));
    assert_eq!(due("complaint", "e2025-09-20", &far).raw, Some(date("2025-10-31")), "remote and complex: 60");
    assert_eq!(due("denunciation", "", &far).raw, due("denunciation", "", &Place::default()).raw);
    let before = laws.resolution(("complaint", "first"), date("2025-06-30"), "", &far).unwrap();
    assert_eq!(before.raw, Some(date("2025-07-30")), "not remote yet");
}

#[test]
fn a_confirmed_holiday_and_a_new_version_of_a_rule_are_laid_over() {
    let day = "valid_from_on = \"2026-11-24\"\nvalid_to_on = \"2026-11-24\"\nsource = \"Luật\"\n\
               days = [{ date = \"2026-11-24\", kind = \"off\", name = \"Ngày Văn hoá\", status = \"found\" }]";
    let rule = "[[rules]]\nid = \"KN-2\"\nstep = { vi = \"v\", en = \"e\" }\nevent = \"accepted\"\nunit = \"calendar\"\n\
                limits = { ordinary = 20 }\narticle = \"L1\"\nvalid_from_on = \"2027-01-01\"\nmark = \"found\"\n";
    let laws = with(&[("rules/calendar-24-11.toml", day), ("rules/deadlines-2027.toml", rule)]).unwrap();
    let reception = laws.rule("TCD-1").unwrap();
    let due = laws.due(reception, ("complaint", "ordinary"), date("2026-11-16"), &[], &Place::default());
    assert_eq!((due.effective, due.otherwise), (Some(date("2026-12-01")), None));
    let raw =
        |day: &str| laws.resolution(("complaint", "first"), date(day), "", &Place::default()).unwrap().raw;
    assert_eq!((raw("2026-12-31"), raw("2027-01-01")), (Some(date("2027-01-30")), Some(date("2027-01-21"))));
    assert_ne!(laws.version(), Laws::compiled().version());
}

#[test]
fn a_wrong_text_is_named() {
    let error = with(&[("rules/calendar-x.toml", "days = 1")]).unwrap_err().to_string();
    assert!(error.starts_with("rules/calendar-x.toml: "), "{error}");
    let nothing = "valid_from_on = \"2026-07-04\"\nvalid_to_on = \"2026-07-04\"\nsource = \"s\"\n\
                   days = [{ date = \"2026-07-04\", kind = \"off\", name = \"n\", status = \"found\" }]";
    assert!(with(&[("rules/calendar-x.toml", nothing)]).unwrap_err().to_string().contains("2026-07-04"));
    let empty = nothing.split("\ndays").next().unwrap();
    assert!(with(&[("rules/calendar-x.toml", empty)]).is_err());
    assert!(Sort::of("areas = []").unwrap() == Sort::Remote && Sort::of("x = 1").is_err());
    assert!(Sort::of(OFFICE).unwrap() == Sort::Calendar);
}
