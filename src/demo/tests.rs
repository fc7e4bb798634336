//! Tests of the demo: the same bytes for the same plan, letters that are unlike unless they are copies,
//! and a truth that holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;

fn plan(petitions: u64) -> Plan {
    Plan { seed: 7, petitions, today: "2026-11-20".parse().unwrap() }
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
    assert!(plan(1).lines("events").is_none());
}

#[test]
fn the_bytes_do_not_change_between_machines() {
    let lines = |dataset| plan(400).lines(dataset).unwrap();
    let all = DATASETS.into_iter().flat_map(lines).chain(plan(400).truth());
    let hash = all.fold(0, |hash, line| xxhash_rust::xxh3::xxh3_64_with_seed(line.as_bytes(), hash));
    assert_eq!(format!("{hash:016x}"), "1a39705422e3a34d");
}

#[test]
fn kinds_places_days_and_lengths_are_those_promised() {
    let petitions = records(plan(3_000), "petitions");
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
    let plan = plan(2_000);
    let petitions: BTreeMap<String, Value> = records(plan, "petitions")
        .into_iter()
        .map(|petition| (text(&petition, "id").to_owned(), petition))
        .collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for line in plan.truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        let (copy, first) = (&petitions[text(&truth, "id")], &petitions[text(&truth, "of")]);
        let likeness = jaccard(&shingles(text(copy, "text")), &shingles(text(first, "text")));
        let same = |field: &str| copy[field] == first[field];
        let relation = text(&truth, "relation");
        match relation {
            "carbon_copy" => assert!(likeness > 0.8 && same("signer_id_number") && same("written_on")),
            "resend" => assert!(likeness > 0.9 && same("signer_id_number") && same("recipient")),
            "form_letter" => {
                let is_named = !text(copy, "signer_name").is_empty();
                assert!(likeness > 0.5, "{line} {likeness}");
                assert!(!is_named || !same("signer_id_number"), "{line}");
            }
            "supplement" => assert!(likeness > 0.7 && same("signer_id_number"), "{line} {likeness}"),
            "second_complaint" => assert!(same("signer_id_number") && same("commune"), "{line}"),
            _ => panic!("unknown relation {relation}"),
        }
        assert!(text(copy, "received_on") >= text(first, "received_on"), "{line}");
        assert!(same("kind") && same("province"));
        *seen.entry(relation.to_owned()).or_default() += 1;
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
    let total: usize = seen.values().sum();
    assert!((300..500).contains(&total), "{seen:?}");
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
