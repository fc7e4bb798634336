//! The simulated letters: what is proposed for each later letter against the truth.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::demo::Plan;
use crate::duplicates::paper::Outcome;
use crate::duplicates::token::{Secret, tokens};
use crate::text::scrub::scrub;

/// Relations that are one letter or its supplement.
const COPIES: [&str; 3] = ["carbon_copy", "resend", "supplement"];

fn plan() -> Plan {
    Plan::new(20_261_122, 6_000, "2026-11-20".parse().unwrap())
}

fn paper_of(row: &Value) -> Paper {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    let day = |name: &str| {
        row[name].as_str().and_then(|day| day.parse().ok()).map(crate::domain::civil::CivilDate::day)
    };
    let is_identity = ["denunciation", "mixed", "unknown"].contains(&row["kind"].as_str().unwrap());
    let (name, address) = (text("signer_name"), text("signer_address"));
    let (id_number, phone) = (text("signer_id_number"), text("signer_phone"));
    let unit = text("unit").unwrap_or_default();
    let all = [&name, &address, &id_number, &phone];
    let secrets: Vec<&str> = all.into_iter().filter_map(|value| value.as_deref()).collect();
    let letter = text("text").unwrap_or_default();
    let letter = if is_identity { scrub(&letter, &secrets).text } else { letter };
    let signer = if is_identity {
        let secret = Secret {
            name: name.as_deref(),
            address: address.as_deref(),
            id_number: id_number.as_deref(),
            phone: phone.as_deref(),
        };
        Signer::Keyed { tokens: tokens(b"key", &unit, &secret), unit: unit.clone() }
    } else {
        Signer::Plain { name, address, id_number, phone }
    };
    Paper {
        text: letter,
        kind: text("kind"),
        unit: Some(unit),
        recipient: text("recipient"),
        province: text("province"),
        commune: text("commune"),
        respondent: text("respondent"),
        subject: text("subject"),
        case_id: text("case_id"),
        received_on: day("received_on"),
        written_on: day("written_on"),
        resolved_on: day("resolved_on"),
        is_anonymous: row["is_anonymous"].as_bool().unwrap_or_default(),
        is_identity,
        signer,
        outcome: None::<Outcome>,
        ..Paper::default()
    }
}

fn rows() -> BTreeMap<String, Value> {
    let lines = plan().lines("petitions").unwrap();
    let rows = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

/// Truth and proposal of each later letter, and its changes; `pasted` takes the later one's text alone.
fn judged(rows: &BTreeMap<String, Value>, is_pasted: bool) -> Vec<(String, Proposal, String)> {
    let mut all = Vec::new();
    for line in plan().truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        let (asked, other) = (&rows[truth["id"].as_str().unwrap()], &rows[truth["of"].as_str().unwrap()]);
        let (mut asked, other) = (paper_of(asked), paper_of(other));
        if is_pasted {
            if other.is_identity {
                continue;
            }
            asked = Paper { text: asked.text, ..Paper::default() };
        }
        let relation = truth["relation"].as_str().unwrap().to_owned();
        all.push((relation, proposed(&asked, &other), truth["changes"].to_string()));
    }
    all
}

fn confusion(judged: &[(String, Proposal, String)]) -> BTreeMap<(String, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for (truth, found, _) in judged {
        *counts.entry((truth.clone(), found.relation.code())).or_default() += 1;
    }
    counts
}

/// Recall and precision of copies, letters sent again and supplements together.
fn of_copies(judged: &[(String, Proposal, String)]) -> (f64, f64) {
    let is = |code: &str| COPIES.contains(&code);
    let both =
        judged.iter().filter(|(truth, found, _)| is(truth) && is(found.relation.code())).count() as f64;
    let wanted = judged.iter().filter(|(truth, ..)| is(truth)).count() as f64;
    let found = judged.iter().filter(|(_, found, _)| is(found.relation.code())).count() as f64;
    (both / wanted, both / found)
}

fn show(judged: &[(String, Proposal, String)]) {
    for ((truth, found), count) in confusion(judged) {
        println!("{truth:24} {found:24} {count}");
    }
    for (truth, found, changes) in judged.iter().filter(|(truth, found, _)| truth != found.relation.code()) {
        let levels = found.levels.to_line();
        println!(
            "WRONG {truth} -> {} {changes} {levels} {:?} {:?}",
            found.relation.code(),
            codes(&found.reasons),
            codes(&found.against)
        );
    }
}

/// Share of the form letters of other people that are proposed as sent again.
fn form_letters_as_resend(judged: &[(String, Proposal, String)]) -> f64 {
    let forms: Vec<_> = judged.iter().filter(|(truth, ..)| truth == "form_letter").collect();
    let wrong = forms.iter().filter(|(_, found, _)| found.relation == Proposed::Resend).count();
    wrong as f64 / forms.len() as f64
}

#[test]
fn later_letters_are_told_apart() {
    let rows = rows();
    let judged = judged(&rows, false);
    show(&judged);
    let (recall, precision) = of_copies(&judged);
    let forms = form_letters_as_resend(&judged);
    println!(
        "{} letters: recall {recall:.4} precision {precision:.4}, form letters as resend {forms:.4}",
        judged.len()
    );
    assert!(judged.len() > 1_000);
    assert!(recall >= 0.98 && precision >= 0.98, "recall {recall} precision {precision}");
    assert!(forms <= 0.01, "{forms}");
}

#[test]
fn a_pasted_letter_is_told_by_its_text_alone() {
    let rows = rows();
    let judged = judged(&rows, true);
    show(&judged);
    let (recall, precision) = of_copies(&judged);
    let forms = form_letters_as_resend(&judged);
    println!(
        "{} letters: recall {recall:.4} precision {precision:.4}, form letters as resend {forms:.4}",
        judged.len()
    );
    assert!(recall >= 0.98 && precision >= 0.98, "recall {recall} precision {precision}");
    assert!(forms <= 0.01, "{forms}");
}

#[test]
fn letters_of_other_matters_are_no_copies() {
    let rows = rows();
    let mut origin: BTreeMap<String, String> = BTreeMap::new();
    for line in plan().truth() {
        let truth: Value = serde_json::from_str(&line).unwrap();
        origin.insert(truth["id"].as_str().unwrap().to_owned(), truth["of"].as_str().unwrap().to_owned());
    }
    // Neighbours in the order of province and field are the likeliest to look alike.
    let mut ids: Vec<&String> = rows.keys().collect();
    ids.sort_by_key(|id| (rows[*id]["commune"].to_string(), rows[*id]["subject"].to_string()));
    let first = |id: &String| origin.get(id).unwrap_or(id).clone();
    let (mut pairs, mut wrong) = (0, 0);
    for pair in ids.windows(2).filter(|pair| first(pair[0]) != first(pair[1])).step_by(4) {
        let found = proposed(&paper_of(&rows[pair[1]]), &paper_of(&rows[pair[0]]));
        pairs += 1;
        if found.relation.is_one_matter() || found.relation == Proposed::FormLetter {
            wrong += 1;
            println!("WRONG {} {} -> {} {}", pair[1], pair[0], found.relation.code(), found.levels.to_line());
        }
    }
    println!("{wrong} of {pairs}");
    assert!(pairs > 500 && wrong * 200 <= pairs, "{wrong} of {pairs}");
}
