//! Digests: the published figures digit for digit, one row for one message, nothing of class identity.

use serde_json::json;
use thanhtra::definition::catalog::{Catalog, Texts, embedded};
use thanhtra::domain::language::Language;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::digests::{Put, Wanted};
use thanhtra::engine::progress::Progress;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::written::shown;
use thanhtra::present::digest::{Mail, mail};

use super::figures::GOLDEN;
use super::world::{World, asked, options};

fn with_556() -> (World, Engine) {
    let world = World::new();
    let engine = world.open();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tasks_556.csv");
    engine.ingest_file("tasks", file.as_ref(), &options(), &Progress::default()).unwrap();
    (world, engine)
}

fn on_the_day() -> Asked {
    Asked { as_of: Some("2017-12-13".parse().unwrap()), ..Asked::default() }
}

fn wanted(template: &str, is_marked: bool) -> Wanted {
    Wanted { template: template.to_owned(), unit: None, is_marked, language: Language::Vi }
}

#[test]
fn the_published_figures_are_the_same_bytes_in_short_messages_and_mails() {
    let (_world, engine) = with_556();
    let scope = Scope::everything();
    for is_marked in [false, true] {
        let messages = engine.digest(&wanted("chief_of_office", is_marked), &on_the_day(), &scope).unwrap();
        let [message] = messages.as_slice() else { panic!("{messages:?}") };
        let body = Mail { subject: &message.subject, paragraphs: &message.mail, records: &message.records };
        let html = mail(body, Language::Vi).into_string();
        for (name, above, below, digits) in GOLDEN {
            let written = format!("{} %", digits.replace('.', ","));
            let measure = engine.measure(name, &on_the_day(), &scope).unwrap();
            assert_eq!(shown(measure.total(), Language::Vi), written);
            assert!(message.sms.text.contains(&written), "{name}: {}", message.sms.text);
            assert!(html.contains(&written), "{name}: {html}");
            assert!(message.figures.contains(&format!("{name}={above}/{below}")), "{:?}", message.figures);
            assert!(message.receipts.contains(&measure.total().code));
        }
        assert_eq!(message.sms.is_gsm, !is_marked);
        assert!(message.sms.parts > 1 && message.sms.text.contains("556 nhi"), "{}", message.sms.text);
        let code =
            engine.measure("tasks_overdue_of_open", &on_the_day(), &scope).unwrap().total().code.clone();
        assert!(message.sms.text.ends_with(&code) && html.contains(&code));
    }
}

#[test]
fn a_head_of_unit_is_told_of_the_unit_alone() {
    let (_world, engine) = with_556();
    let scope = Scope::everything();
    let messages = engine.digest(&wanted("unit_head", false), &on_the_day(), &scope).unwrap();
    assert_eq!(messages.len(), 24);
    for message in &messages {
        let unit = message.unit.clone().unwrap();
        let mut filtered = on_the_day();
        filtered.filters.insert("unit".to_owned(), Some(unit.clone()));
        let own = engine.measure("tasks_overdue_of_open", &filtered, &scope).unwrap();
        let figure =
            format!("tasks_overdue_of_open={}/{}", own.total().numerator, own.total().denominator.unwrap());
        assert!(message.figures.contains(&figure), "{unit}: {:?}", message.figures);
        assert_eq!(message.records.len() as i64, own.total().numerator.min(20));
        assert!(message.mail.join(" ").contains(&unit) && message.sms.parts <= 2, "{}", message.sms.text);
    }
    let one = Wanted { unit: Some("Sở Y tế".to_owned()), ..wanted("unit_head", true) };
    let messages = engine.digest(&one, &on_the_day(), &scope).unwrap();
    assert_eq!(messages.iter().map(|it| it.unit.as_deref().unwrap()).collect::<Vec<_>>(), ["Sở Y tế"]);
}

#[test]
fn the_same_message_is_one_row_on_every_snapshot() {
    let (world, engine) = with_556();
    let scope = Scope::everything();
    let put = |template| engine.put_digest(&wanted(template, false), &on_the_day(), &scope).unwrap();
    engine.digest(&wanted("chief_of_office", false), &on_the_day(), &scope).unwrap();
    let rows = || asked(&engine, "outbox", "SELECT channel, parts, text FROM outbox ORDER BY channel", None);
    assert_eq!(rows().len(), 0, "a dry run writes nothing");
    assert_eq!(put("chief_of_office"), Put { added: 2, known: 0 });
    assert_eq!(put("chief_of_office"), Put { added: 0, known: 2 });
    world.feed(&engine, "units", &[json!({ "source_id": "1", "name": "Sở mới" })]);
    assert_eq!(
        put("chief_of_office"),
        Put { added: 0, known: 2 },
        "figures are the same on another snapshot"
    );
    let found = rows();
    assert_eq!(found.len(), 2);
    assert!(found[0][2].contains("<p>") && found[1][2].contains("32,53 %"), "{found:?}");
    let done = json!({ "source_id": "NV-004/2017", "status": "done", "completed_on": "2017-12-10" });
    world.feed(&engine, "tasks", &[done]);
    assert_eq!(put("chief_of_office"), Put { added: 2, known: 0 }, "other figures are another message");
}

#[test]
fn a_template_about_rows_of_class_identity_is_refused() {
    let file = "digests/unit_head.toml";
    let with = |from: &str, to: &str| {
        let text = embedded()[file].replace(from, to);
        Catalog::overlaid(Texts::from([(file.to_owned(), text)])).unwrap_err().to_string()
    };
    assert!(with("{tasks_due_soon}", "{petitions_received}").contains("denouncer"));
    assert!(with("{tasks_due_soon}", "{tasks_due_son}").contains("did you mean"));
    assert!(with("sắp đến hạn {tasks_due_soon}", "sắp đến hạn 7").contains("is a number"));
    assert!(with("by = \"unit\"", "by = \"colour\"").contains("no dimension"));
}
