//! Rulings over a real store: what people decide, what follows, and that undoing leaves no trace.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use thanhtra::domain::commit::CommitVersion;
use thanhtra::domain::id::RecordId;
use thanhtra::domain::scope::Scope;
use thanhtra::duplicates::casebook::CaseKey;
use thanhtra::duplicates::casebook::ruling::SourceCase;
use thanhtra::duplicates::relation::Proposed;
use thanhtra::engine::progress::Progress;
use thanhtra::engine::proposals::Found;
use thanhtra::engine::proposing::Waiting;
use thanhtra::engine::review::{Queue, Wanted};
use thanhtra::engine::ruling::{Author, Ruled};
use thanhtra::engine::{Engine, EngineError};

use super::secrecy::{denunciation, leaks};
use super::world::{World, assert_sound, id, petition};

pub(super) const LETTER: &str = "Kính gửi Ủy ban nhân dân huyện. Tôi làm đơn này đề nghị xem xét việc bồi thường khi thu hồi \
    ba trăm mét vuông đất vườn của gia đình tôi để làm đường tỉnh mà không có quyết định nào. Cán bộ đo đạc \
    chỉ nói miệng rồi cho máy vào san ủi hết cây ăn quả.";

/// A letter of one person about the garden.
pub(super) fn letter(key: &str, with: Json) -> Json {
    let mut row = petition(
        key,
        json!({ "title": "Khiếu nại thu hồi đất vườn", "text": LETTER, "signer_name": "Trần Văn Nam",
                "signer_id_number": "042061000123", "province": "Nghệ An", "commune": "Xã Tân Hòa" }),
    );
    for (name, value) in with.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

/// Three letters of one person: one a case of its source, two sent again later.
fn three(world: &World, engine: &Engine) -> [RecordId; 3] {
    let rows = [
        letter("a", json!({ "case_id": "V-1", "received_on": "2018-03-01" })),
        letter("b", json!({ "received_on": "2018-04-20" })),
        letter("c", json!({ "received_on": "2018-05-28" })),
    ];
    world.feed(engine, "petitions", &rows);
    ["a", "b", "c"].map(|key| id(engine, "petitions", key))
}

fn author() -> Author {
    Author { by: "Nguyễn Thị Xử Lý".to_owned(), reason: "cùng thửa đất".to_owned() }
}

fn all() -> Scope {
    Scope::everything()
}

fn of_a() -> Scope {
    Scope::of_units("a", ["Sở A".to_owned()])
}

fn decide(engine: &Engine, pair: (RecordId, RecordId), relation: Proposed) -> Result<Ruled, EngineError> {
    engine.decide(pair, relation, &author(), &all())
}

fn number(ruled: &Ruled) -> CaseKey {
    CaseKey::Numbered(ruled.ruling.placed.as_ref().unwrap().number)
}

fn source() -> CaseKey {
    CaseKey::Source(SourceCase { system: "local".to_owned(), key: "V-1".to_owned() })
}

fn members(engine: &Engine, case: &CaseKey) -> Vec<RecordId> {
    engine.members_of(case, &all()).unwrap().into_iter().collect()
}

fn sorted(ids: &[RecordId]) -> Vec<RecordId> {
    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

fn found(engine: &Engine, of: RecordId, other: RecordId) -> Option<Found> {
    let proposals = engine.proposals_of(of, &all()).unwrap();
    proposals.found.into_iter().find(|found| found.judged.held.id == other)
}

fn queue(engine: &Engine, scope: &Scope) -> Queue {
    engine.review(&Wanted { limit: 1_000, ..Wanted::default() }, scope).unwrap()
}

fn pairs(queue: &Queue) -> BTreeSet<(String, String)> {
    queue.pairs.iter().map(|pair| (pair.later.clone(), pair.earlier.clone())).collect()
}

/// Everything that is said of the case and the petitions of `ids`, but for the list of acts itself.
fn said(engine: &Engine, ids: &[RecordId]) -> String {
    let book = engine.book(&engine.snapshot().unwrap()).unwrap().cases;
    let mut said = format!("{book:?}\n");
    for id in ids {
        let mut file = engine.case_file(&CaseKey::Own(*id), &all()).unwrap();
        file.rulings.clear();
        file.commit = CommitVersion(0);
        let of_people = ["moment.ruled", "moment.attached", "moment.split", "moment.undone"];
        file.timeline.retain(|moment| !of_people.contains(&moment.what.as_str()));
        let mut proposals = engine.proposals_of(*id, &all()).unwrap();
        proposals.commit = CommitVersion(0);
        said.push_str(&format!("{file:?}\n{proposals:?}\n"));
    }
    said
}

/// Every proposal of the last run.
fn proposed(engine: &Engine) -> Vec<Waiting> {
    let mut proposed = Vec::new();
    let mut keep = |waiting| {
        proposed.push(waiting);
        Ok(())
    };
    engine.each_proposed(&mut keep).unwrap();
    proposed
}

#[test]
fn a_decision_makes_a_case_file_and_undoing_it_leaves_no_trace() {
    let world = World::new();
    let engine = world.open();
    let [a, b, c] = three(&world, &engine);
    assert_eq!(found(&engine, b, a).unwrap().judged.proposal.relation, Proposed::Resend);
    let before = said(&engine, &[a, b, c]);
    let ruled = decide(&engine, (b, a), Proposed::Resend).unwrap();
    assert_eq!(ruled.ruling.ordinal, 1);
    assert_eq!(ruled.ruling.proposal.unwrap().relation, Proposed::Resend, "what the program had said");
    assert_eq!(members(&engine, &number(&ruled)), sorted(&[a, b]));
    let file = engine.case_file(&source(), &all()).unwrap();
    assert_eq!((&file.case, file.petitions_total), (&number(&ruled), 2), "the source's case got the number");
    assert_eq!(file.petitions.iter().map(|held| held.id).collect::<Vec<_>>(), [a, b], "by day of arrival");
    assert_eq!(file.rulings, vec![ruled.ruling.clone()]);
    assert_ne!(said(&engine, &[a, b, c]), before);
    let again = decide(&engine, (a, b), Proposed::FormLetter).unwrap_err();
    assert!(matches!(again, EngineError::Refused(_)), "{again}");
    let nobody = Author { by: " ".to_owned(), reason: String::new() };
    assert!(matches!(
        engine.decide((c, a), Proposed::Resend, &nobody, &all()),
        Err(EngineError::NobodyRules)
    ));

    let undone = engine.undo_ruling(1, &author(), &all()).unwrap();
    assert_eq!(said(&engine, &[a, b, c]), before);
    assert_eq!(undone.ruling.ordinal, 2);
    let rulings = engine.rulings(Some(a), &all()).unwrap();
    assert_eq!(rulings.all.len(), 2, "both stay written");
    assert_eq!(rulings.undone, [1].into());
    assert!(engine.undo_ruling(1, &author(), &all()).is_err(), "it is undone already");
    assert!(engine.undo_ruling(9, &author(), &all()).is_err());
    let later = decide(&engine, (c, b), Proposed::Resend).unwrap();
    assert_ne!(number(&later), number(&ruled), "a number is given once");
    assert_sound(&engine);
}

#[test]
fn petitions_are_attached_to_a_sources_case_and_split_off_again() {
    let world = World::new();
    let engine = world.open();
    let [a, b, c] = three(&world, &engine);
    let before = said(&engine, &[a, b, c]);
    let into = engine.attach_to_case(&[b, c].into(), &source(), &author(), &all()).unwrap();
    assert_eq!(members(&engine, &number(&into)), sorted(&[a, b, c]));
    let again = engine.attach_to_case(&[b].into(), &CaseKey::Own(a), &author(), &all());
    assert!(matches!(again, Err(EngineError::Refused(_))), "it is there already");
    let off = engine.split_off(&[c].into(), &author(), &all()).unwrap();
    assert_eq!(members(&engine, &number(&into)), sorted(&[a, b]));
    assert_eq!(members(&engine, &number(&off)), [c]);
    assert!(engine.split_off(&[a, b].into(), &author(), &all()).is_err(), "nobody would stay behind");
    assert!(engine.undo_ruling(into.ruling.ordinal, &author(), &all()).is_err(), "the split rests on it");
    for ruled in [&off, &into] {
        engine.undo_ruling(ruled.ruling.ordinal, &author(), &all()).unwrap();
    }
    assert_eq!(said(&engine, &[a, b, c]), before);
    let nowhere = CaseKey::Source(SourceCase { system: "local".to_owned(), key: "V-9".to_owned() });
    assert!(matches!(
        engine.attach_to_case(&[b].into(), &nowhere, &author(), &all()),
        Err(EngineError::NoCase(_))
    ));
}

#[test]
fn what_a_person_decided_outranks_whatever_is_proposed_later() {
    let world = World::new();
    let engine = world.open();
    let [a, b, c] = three(&world, &engine);
    engine.propose_all(&Progress::default()).unwrap();
    let waiting = queue(&engine, &all());
    assert_eq!(waiting.total, 3, "{waiting:?}");
    assert!(waiting.run.is_some());
    decide(&engine, (b, a), Proposed::Related).unwrap();
    let pair = (b.to_string(), a.to_string());
    let is_waiting = |engine: &Engine| pairs(&queue(engine, &all())).contains(&pair);
    assert!(!is_waiting(&engine));
    engine.propose_all(&Progress::default()).unwrap();
    assert!(!is_waiting(&engine), "a new run proposes it anew and it does not wait");
    assert!(proposed(&engine).iter().any(|one| (&one.later, &one.earlier) == (&pair.0, &pair.1)));

    // The letter changes so that something else is proposed.
    let other = json!({ "received_on": "2018-04-20", "signer_name": "Lê Thị Sáu", "signer_id_number": "042061000999" });
    world.feed(&engine, "petitions", &[letter("b", other)]);
    engine.propose_all(&Progress::default()).unwrap();
    assert!(!is_waiting(&engine));
    let shown = found(&engine, b, a).unwrap();
    assert_eq!(shown.judged.proposal.relation, Proposed::FormLetter);
    assert_eq!(shown.decided.unwrap().relation(), Some(Proposed::Related), "both are shown");
    assert_eq!(pairs(&queue(&engine, &all())).len(), 2, "the pairs with {c} still wait");
}

#[test]
fn rulings_outlast_new_indexes_and_a_new_start() {
    let world = World::new();
    let engine = world.open();
    let [a, b, c] = three(&world, &engine);
    decide(&engine, (b, a), Proposed::Resend).unwrap();
    engine.attach_to_case(&[c].into(), &CaseKey::Own(b), &author(), &all()).unwrap();
    let before = said(&engine, &[a, b, c]);
    let rulings = engine.rulings(None, &all()).unwrap().all;
    engine.rebuild_indexes(None, &Progress::default()).unwrap();
    assert_eq!(said(&engine, &[a, b, c]), before);
    drop(engine);
    let engine = world.open();
    assert_eq!(said(&engine, &[a, b, c]), before);
    assert_eq!(engine.rulings(None, &all()).unwrap().all, rulings);
    drop(engine);
    let reader = world.reading();
    assert!(matches!(decide(&reader, (c, a), Proposed::Resend), Err(EngineError::ReadsOnly)));
    assert_eq!(said(&reader, &[a, b, c]), before);
}

/// Letters in pairs, each pair of its own words and signer.
fn in_pairs(count: usize) -> Vec<Json> {
    let row = |key: usize| {
        let own: String = (0..30).map(|place| format!("riêng{}x{place} ", key / 2)).collect();
        let day = format!("2018-0{}-{:02}", 1 + key % 5, 1 + key % 28);
        let unit = ["Sở A", "Sở B", "Sở C"][key % 3];
        let with = json!({ "text": format!("Kính gửi {unit}. {own}"), "received_on": day, "unit": unit,
            "signer_name": format!("Trần Văn Số{}", key / 2), "case_id": format!("V-{}", key / 4) });
        petition(&format!("k{key:04}"), with)
    };
    (0..count).map(row).collect()
}

#[test]
fn what_is_proposed_does_not_depend_on_the_way_letters_came() {
    let decision = |key: &str, number: &str| {
        json!({ "source_id": key, "kind": "decision_first", "number": number, "title": "Quyết định",
                "case_id": "V-1", "issued_on": "2018-02-20" })
    };
    let decisions = [decision("d1", "1/QĐ"), decision("d2", "2/QĐ")];
    let mut rows = in_pairs(90);
    let (plain, mixed) = (World::new(), World::new());
    let one = plain.open();
    plain.feed(&one, "petitions", &rows);
    plain.feed(&one, "decisions", &decisions);
    one.propose_all(&Progress::default()).unwrap();

    let other = mixed.open();
    fastrand::Rng::with_seed(7).shuffle(&mut rows);
    mixed.feed(&other, "petitions", &[letter("k0003", json!({})), letter("gone", json!({}))]);
    mixed.feed(&other, "decisions", &[decisions[1].clone(), decisions[0].clone()]);
    for part in rows.chunks(17) {
        mixed.feed(&other, "petitions", part);
        other.propose_all(&Progress::default()).unwrap();
    }
    mixed.feed(&other, "petitions", &[json!({ "source_id": "gone", "_op": "retract" })]);
    other.propose_all(&Progress::default()).unwrap();

    assert!(proposed(&one).len() >= 45);
    assert_eq!(proposed(&one), proposed(&other));
    assert_eq!(queue(&one, &all()).pairs, queue(&other, &all()).pairs);
    let of = |engine: &Engine| {
        let of = |key: usize| engine.proposals_of(id(engine, "petitions", &format!("k{key:04}")), &all());
        let found = (0..90).map(|key| of(key).unwrap().found);
        let told = found.flatten().map(|found| (found.judged.held.id, found.judged.proposal, found.case));
        format!("{:?}", told.collect::<Vec<_>>())
    };
    assert_eq!(of(&one), of(&other));
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was() {
    let world = World::new();
    let engine = world.open();
    world.feed(&engine, "petitions", &in_pairs(600));
    let run = engine.propose_all(&Progress::default()).unwrap();
    assert_eq!(run.petitions, 600);
    let whole = world.bytes_below("proposals");
    let named = |name: &str| whole.iter().map(|(path, _)| path).find(|path| path.contains(name)).unwrap();
    assert!(whole.iter().filter(|(path, _)| path.contains("part-")).count() > 1);
    // As a stop between two parts leaves it; the part that stands is not made again. The pairs proposed were
    // committed since, so that the run is of a later snapshot of the same petitions.
    for name in ["done.json", "queue.ndjson", "part-000001"] {
        std::fs::remove_file(world.data().join(named(name))).unwrap();
    }
    let kept = world.data().join(named("part-000000"));
    let when = std::fs::metadata(&kept).unwrap().modified().unwrap();
    let again = engine.propose_all(&Progress::default()).unwrap();
    assert_eq!((again.petitions, again.proposals), (run.petitions, run.proposals));
    let is_of_pairs = |(path, _): &&(String, Vec<u8>)| !path.ends_with("done.json");
    let pairs_of =
        |files: &[(String, Vec<u8>)]| files.iter().filter(is_of_pairs).cloned().collect::<Vec<_>>();
    assert_eq!(pairs_of(&world.bytes_below("proposals")), pairs_of(&whole));
    assert_eq!(std::fs::metadata(&kept).unwrap().modified().unwrap(), when);
}

#[test]
fn a_run_is_made_when_petitions_changed_and_ends_when_told_to() {
    let world = World::new();
    let engine = world.open();
    let run = |progress: &Progress| engine.propose_if_stale(progress);
    let now = Progress::background();
    assert_eq!(run(&now).unwrap(), None, "there is nothing to judge");
    let [a, b, _] = three(&world, &engine);
    let stopped = Progress::default();
    stopped.stop();
    assert!(matches!(run(&stopped), Err(EngineError::Stopped)));
    assert_eq!(queue(&engine, &all()).run, None, "half a run is none");
    assert_eq!(run(&now).unwrap().map(|run| (run.petitions, run.proposals)), Some((3, 3)));
    assert_eq!(run(&now).unwrap(), None);
    decide(&engine, (b, a), Proposed::Resend).unwrap();
    assert_eq!(run(&now).unwrap(), None, "a ruling changes no proposal");
    world.feed(&engine, "petitions", &[letter("d", json!({ "received_on": "2018-05-30" }))]);
    assert_eq!(run(&now).unwrap().map(|run| run.petitions), Some(4));
    assert!(world.reading().propose_if_stale(&now).unwrap().is_none());
}

#[test]
fn a_unit_sees_nothing_of_what_others_hold() {
    let world = World::new();
    let engine = world.open();
    let rows = [
        letter("a", json!({ "unit": "Sở A", "received_on": "2018-03-01" })),
        letter("b", json!({ "unit": "Sở B", "received_on": "2018-04-20" })),
        letter("c", json!({ "unit": "Sở A", "received_on": "2018-05-28" })),
    ];
    world.feed(&engine, "petitions", &rows);
    let [a, b, c] = ["a", "b", "c"].map(|key| id(&engine, "petitions", key));
    let foreign = b.to_string();
    let silent = |what: String| assert!(!what.contains(&foreign), "{what}");
    let looked = |engine: &Engine| {
        let proposals = engine.proposals_of(a, &of_a()).unwrap();
        assert_eq!(proposals.found.iter().map(|found| found.judged.held.id).collect::<Vec<_>>(), [c]);
        assert_eq!((proposals.coverage.petitions, proposals.coverage.units), (2, 1));
        silent(format!("{proposals:?}"));
        silent(format!("{:?}", engine.proposals_of_text(LETTER, &of_a()).unwrap()));
        let waiting = queue(engine, &of_a());
        assert_eq!(pairs(&waiting), [(c.to_string(), a.to_string())].into());
        silent(format!("{waiting:?}"));
        assert!(matches!(engine.proposals_of(b, &of_a()), Err(EngineError::NoRecord(_))));
        assert!(matches!(engine.compare(a, b, &of_a()), Err(EngineError::NoRecord(_))));
    };
    looked(&engine);
    engine.propose_all(&Progress::default()).unwrap();
    assert_eq!(queue(&engine, &all()).total, 3);
    looked(&engine);

    let ruled = decide(&engine, (b, a), Proposed::CarbonCopy).unwrap();
    let file = engine.case_file(&number(&ruled), &of_a()).unwrap();
    assert_eq!((file.petitions_total, file.petitions.len(), file.rulings.len()), (1, 1, 0));
    silent(format!("{file:?}"));
    assert_eq!(engine.case_file(&number(&ruled), &all()).unwrap().petitions_total, 2);
    assert!(engine.rulings(None, &of_a()).unwrap().all.is_empty());
    assert!(engine.undo_ruling(1, &author(), &of_a()).is_err(), "who does not see a ruling undoes none");
    let foreign_act = engine.decide((c, b), Proposed::Resend, &author(), &of_a());
    assert!(matches!(foreign_act, Err(EngineError::NoRecord(_))));
    assert!(matches!(engine.case_of(b, &of_a()), Err(EngineError::NoRecord(_))));
    assert_eq!(engine.rulings(None, &all()).unwrap().all.len(), 1);
}

#[test]
fn a_denouncer_is_recognised_inside_one_unit_and_nowhere_else() {
    let world = World::new();
    let engine = world.open();
    let told = |key: &str, unit: &str, day: &str, text: &str| {
        denunciation(
            key,
            json!({ "unit": unit, "received_on": day, "text": text, "title": "Tố cáo cán bộ",
                    "respondent": "Ông Phạm Công Chức", "province": "Nghệ An", "commune": "Xã Tân Hòa", "ghi chú riêng": null }),
        )
    };
    let rows = [
        told(
            "a",
            "Thanh tra A",
            "2018-01-05",
            "Ông chủ tịch bán lô đất công cạnh chợ rồi chia tiền cho người nhà.",
        ),
        told(
            "b",
            "Thanh tra A",
            "2018-04-11",
            "Kế toán lập khống hồ sơ hỗ trợ lũ lụt, nhiều hộ không hề được nhận gạo.",
        ),
        told(
            "c",
            "Thanh tra B",
            "2018-04-12",
            "Hợp đồng xây nhà văn hóa giao cho công ty của em vợ mà không đấu thầu.",
        ),
    ];
    world.feed(&engine, "petitions", &rows);
    let [a, b, c] = ["a", "b", "c"].map(|key| id(&engine, "petitions", key));
    let codes = |one, other| -> Vec<&str> {
        let (_, found) = engine.compare(one, other, &all()).unwrap();
        let proposal = found.judged.proposal;
        proposal.reasons.iter().chain(&proposal.against).map(|reason| reason.code).collect()
    };
    assert!(codes(b, a).contains(&"same_id_number"), "{:?}", codes(b, a));
    let across = codes(c, a);
    assert!(across.contains(&"signer_secret"), "{across:?}");
    for code in ["name", "id_number", "phone", "address"] {
        let tells =
            |known: &&str| ["same", "near", "other"].iter().any(|level| *known == format!("{level}_{code}"));
        assert!(!across.iter().any(tells), "{across:?}");
    }
    engine.propose_all(&Progress::default()).unwrap();
    let inside = found(&engine, b, a).expect("tokens alone bring them together");
    assert!(inside.judged.likeness.similarity < 0.2);
    assert!(found(&engine, c, a).is_none() && found(&engine, c, b).is_none());
    assert!(!proposed(&engine).iter().any(|pair| pair.later == c.to_string()));
    decide(&engine, (b, a), Proposed::Related).unwrap();
    assert_eq!(leaks(&world), Vec::<String>::new(), "not in proposals, queue or rulings either");
    let said = format!("{:?}", engine.proposals_of(b, &all()).unwrap());
    assert!(!said.contains("Khoẳnh") && !said.contains("090900779911"), "{said}");
}
