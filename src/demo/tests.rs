//! Tests of the demo: the same bytes for the same plan, letters that are unlike unless they are copies,
//! and a truth that holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;

fn plan(petitions: u64) -> Plan {
    Plan::new(7, petitions, "2026-11-20".parse().unwrap())
}

fn records(plan: Plan, dataset: &str) -> Vec<Value> {
    plan.lines(dataset).unwrap().map(|line| serde_json::from_str(&line).unwrap()).collect()
}

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

#[test]
fn the_same_plan_makes_the_same_bytes_and_another_seed_others() {
    for dataset in DATASETS {
        let lines = |plan: Plan| plan.lines(dataset).unwrap().collect::<Vec<_>>();
        assert_eq!(lines(plan(400)), lines(plan(400)), "{dataset}");
        let other = Plan { seed: 8, ..plan(400) };
        let is_reference = ["provinces", "units"].contains(&dataset);
        assert_eq!(lines(plan(400)) == lines(other), is_reference, "{dataset}");
    }
    assert!(plan(1).lines("attachments").is_none());
}

#[test]
fn the_bytes_do_not_change_between_machines() {
    let lines = |dataset| plan(400).lines(dataset).unwrap();
    let all = DATASETS.into_iter().flat_map(lines).chain(plan(400).truth());
    let hash = all.fold(0, |hash, line| xxhash_rust::xxh3::xxh3_64_with_seed(line.as_bytes(), hash));
    assert_eq!(format!("{hash:016x}"), "4d96f2bf1363f1ec");
}

#[test]
fn kinds_places_days_and_lengths_are_those_promised() {
    let petitions = records(Plan { changes: Changes::NONE, ..plan(3_000) }, "petitions");
    let share = |kind: &str| {
        let count = petitions.iter().filter(|petition| text(petition, "kind") == kind).count();
        100.0 * count as f64 / petitions.len() as f64
    };
    assert!((10.0..14.5).contains(&share("complaint")), "{}", share("complaint"));
    assert!((3.5..6.5).contains(&share("denunciation")), "{}", share("denunciation"));
    assert!((78.0..86.0).contains(&share("feedback")), "{}", share("feedback"));
    let provinces: BTreeSet<&str> = petitions.iter().map(|petition| text(petition, "province")).collect();
    assert_eq!(provinces.len(), 34);
    let mut days: Vec<&str> = petitions.iter().map(|petition| text(petition, "received_on")).collect();
    days.sort_unstable();
    assert!(days[0] >= "2023-11-01" && days[days.len() - 1] <= "2026-11-20", "{days:?}");
    let mut sizes: Vec<usize> = petitions.iter().map(|petition| text(petition, "text").len()).collect();
    sizes.sort_unstable();
    assert!(sizes[sizes.len() / 20] > 1_500 && sizes[sizes.len() * 19 / 20] < 4_200, "{:?}", &sizes[..5]);
    assert!(petitions.iter().any(|petition| petition["is_anonymous"] == true));
    for petition in &petitions {
        assert!(text(petition, "written_on") <= text(petition, "received_on"));
        let name = text(petition, "signer_name");
        assert!(text(petition, "text").contains(name));
        assert!(!text(petition, "text").contains(['{', '}', '[']), "{}", text(petition, "text"));
    }
}

/// Word 3-grams, lower case.
fn shingles(text: &str) -> BTreeSet<u64> {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(3).map(|three| xxhash_rust::xxh3::xxh3_64(three.join(" ").as_bytes())).collect()
}

fn jaccard(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> f64 {
    let both = a.intersection(b).count();
    both as f64 / (a.len() + b.len() - both).max(1) as f64
}

#[test]
fn letters_of_different_matters_are_unlike() {
    let petitions = records(plan(1_500), "petitions");
    let copies: BTreeSet<String> = plan(1_500)
        .truth()
        .map(|line| text(&serde_json::from_str(&line).unwrap(), "id").to_owned())
        .collect();
    let firsts = petitions.iter().filter(|petition| !copies.contains(text(petition, "id"))).take(500);
    let sets: Vec<BTreeSet<u64>> = firsts.map(|petition| shingles(text(petition, "text"))).collect();
    let mut likeness = Vec::new();
    for (place, set) in sets.iter().enumerate() {
        likeness.extend(sets[place + 1..].iter().map(|other| jaccard(set, other)));
    }
    likeness.sort_unstable_by(f64::total_cmp);
    let (most, top) = (likeness[likeness.len() * 999 / 1000], likeness[likeness.len() - 1]);
    println!("median {:.3}, 99.9 % {most:.3}, top {top:.3}", likeness[likeness.len() / 2]);
    assert!(most < 0.3 && top < 0.6, "99.9 % below {most}, top {top}");
}

#[test]
fn the_truth_holds() {
    let plan = Plan { changes: Changes::NONE, ..plan(3_000) };
    let petitions = by_id(plan);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in plan.truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        let (copy, first) = (&petitions[text(&truth, "id")], &petitions[text(&truth, "of")]);
        let likeness = jaccard(&shingles(text(copy, "text")), &shingles(text(first, "text")));
        let same = |field: &str| copy[field] == first[field];
        let relation = text(&truth, "relation");
        let is_named = !text(copy, "signer_name").is_empty();
        assert!(is_named || relation == "anonymous_copy", "{line}");
        match relation {
            "carbon_copy" => assert!(likeness > 0.8 && same("signer_id_number") && same("written_on")),
            "resend" => assert!(likeness > 0.9 && same("signer_id_number") && same("recipient")),
            "form_letter" => assert!(likeness > 0.5 && !same("signer_id_number"), "{line} {likeness}"),
            "supplement" => assert!(likeness > 0.65 && same("signer_id_number"), "{line} {likeness}"),
            "second_complaint" => assert!(same("signer_id_number") && text(copy, "kind") == "complaint"),
            "continued_denunciation" => {
                assert!(same("signer_id_number") && text(copy, "kind") == "denunciation" && likeness < 0.5);
            }
            "split" => {
                assert!(text(first, "kind") == "mixed" && !same("kind") && likeness > 0.3, "{likeness}")
            }
            "anonymous_copy" => assert!(!is_named && likeness > 0.7, "{line} {likeness}"),
            _ => panic!("unknown relation {relation}"),
        }
        assert!(text(copy, "received_on") >= text(first, "received_on"), "{line}");
        assert!(relation == "split" || same("kind"));
        assert!(same("province") && same("commune"));
        *seen.entry(relation.to_owned()).or_default() += 1;
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
    let total: usize = seen.values().sum();
    assert!((450..750).contains(&total), "{seen:?}");
}

fn by_id(plan: Plan) -> BTreeMap<String, Value> {
    let petitions = records(plan, "petitions").into_iter();
    petitions.map(|petition| (text(&petition, "id").to_owned(), petition)).collect()
}

fn changes(truth: &Value) -> Vec<&str> {
    truth["changes"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn every_change_is_made_where_the_truth_says_so_and_nowhere_else() {
    let changed = plan(2_000);
    let plain = Plan { changes: Changes::NONE, ..changed };
    let (petitions, unchanged) = (by_id(changed), by_id(plain));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut later, mut touched) = (BTreeSet::new(), 0);
    for line in changed.truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        let (now, before) = (&petitions[text(&truth, "id")], &unchanged[text(&truth, "id")]);
        // Who signs and who is addressed belong to the relation; a font may give back every letter.
        let elsewhere = ["other_signer", "other_recipient", "legacy_encoding"];
        let own: Vec<&str> =
            changes(&truth).into_iter().filter(|change| !elsewhere.contains(change)).collect();
        let is_as_before = text(now, "text") == text(before, "text");
        let is_readdressed = now["recipient"] != before["recipient"];
        let is_converted = changes(&truth).contains(&"legacy_encoding");
        assert!(is_readdressed || is_converted || is_as_before == own.is_empty(), "{line}");
        touched += usize::from(!own.is_empty());
        changes(&truth).into_iter().for_each(|change| *seen.entry(change.to_owned()).or_default() += 1);
        later.insert(text(&truth, "id").to_owned());
    }
    for (id, petition) in petitions.iter().filter(|(id, _)| !later.contains(*id)) {
        assert_eq!(petition, &unchanged[id]);
    }
    assert_eq!(seen.len(), 14, "{seen:?}");
    assert!((0.3..0.7).contains(&(touched as f64 / later.len() as f64)), "{touched} of {}", later.len());
}

#[test]
fn a_change_does_what_its_name_says() {
    let plan = Plan { changes: Changes::all(100), ..plan(1_200) };
    let petitions = by_id(plan);
    for line in plan.truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        let (copy, first) = (&petitions[text(&truth, "id")], &petitions[text(&truth, "of")]);
        let made = changes(&truth);
        assert!(text(copy, "text").is_ascii() || text(copy, "text").contains(['²', '•']), "{line}");
        assert!(made.contains(&"marks_dropped") && !made.contains(&"legacy_encoding"), "{line}");
        assert_eq!(made.contains(&"other_recipient"), copy["recipient"] != first["recipient"], "{line}");
        if made.contains(&"summary_retyped") {
            assert!(text(copy, "text").len() < text(first, "text").len(), "{line}");
        }
        if made.contains(&"district_dropped") {
            let names = |petition: &Value| {
                ["huyện ", "thị xã "].iter().any(|word| text(petition, "signer_address").contains(word))
            };
            assert_ne!(names(copy), names(first), "{line}");
        }
        if made.contains(&"id_renewed") {
            let digits = |petition: &Value| text(petition, "signer_id_number").len();
            assert_eq!((digits(first), digits(copy)), (9, 12), "{line}");
        }
    }
}

#[test]
fn chains_of_forwarded_letters_hold_the_circles_that_are_told() {
    let plan = plan(4_000);
    let mut chains: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in records(plan, "events") {
        assert!(text(&event, "happened_on") <= "2026-11-20", "{event}");
        chains.entry(text(&event, "subject_id").to_owned()).or_default().push(event);
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in plan.circles() {
        let circle: Value = serde_json::from_str(&line).unwrap();
        let kind = text(&circle, "kind");
        *seen.entry(kind.to_owned()).or_default() += 1;
        let chain = chains.get(text(&circle, "id")).map(Vec::as_slice).unwrap_or_default();
        match kind {
            "cycle" => {
                let forwards = chain.iter().filter(|event| event["kind"] == "forwarded");
                let last = forwards.clone().next_back().unwrap();
                assert_eq!(chain[0]["unit"], last["to_unit"], "{line}");
                assert!((2..5).contains(&forwards.count()), "{line}");
            }
            "late" => assert_eq!(chain.last().unwrap()["kind"], "forwarded", "{line}"),
            _ => assert!(circle["ids"].as_array().unwrap().len() > 1, "{line}"),
        }
    }
    assert!(seen.len() == 3 && seen.values().all(|count| *count >= 20), "{seen:?}");
}

#[test]
fn a_record_of_a_million_is_made_without_those_before_it() {
    let plan = plan(1_000_000);
    for index in [0, 499_999, 999_999] {
        let record: Value = serde_json::from_str(&petitions::line(&plan, index)).unwrap();
        assert_eq!(text(&record, "id"), format!("MP-{index:08}"));
        assert!(text(&record, "text").len() > 1_000);
    }
}
