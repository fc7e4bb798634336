//! Known items: an inspector has a letter in mind, and it should come first.
//!
//! Look-ups are made from simulated letters as inspectors make them: place and matter, the letter's
//! number, parcel and place, a decision's number, a half-remembered phrase typed without marks. Copies
//! and re-sent papers of one letter count as the letter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use thanhtra::demo::Plan;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::progress::Progress;
use thanhtra::search::request::Request;
use thanhtra::text::fold::fold;

use super::world::{World, options};

const PETITIONS: u64 = 1_500;
const EACH: usize = 16;

/// A kind of look-up, and how one is made from a letter.
type Maker = (&'static str, fn(&Letter) -> Option<String>);

const MAKERS: [Maker; 5] = [
    ("place and matter", |letter| Some(fold(&format!("{} {}", letter.title(), letter.place()?)))),
    ("letter number", |letter| Some(letter.key().to_owned())),
    ("parcel and place", |letter| {
        let parcel = after(letter.text(), "hửa đất số ")?;
        Some(format!("thửa đất số {parcel} {}", letter.place()?))
    }),
    ("decision number", |letter| {
        let number = after(letter.text(), "uyết định số ")?;
        Some(format!("quyết định {number} {}", letter.place()?))
    }),
    ("half-remembered phrase", |letter| {
        let sentences = letter.text().split(['.', ';', '\n']);
        let told = sentences.filter(|sentence| sentence.chars().filter(char::is_ascii_digit).count() >= 4);
        let told = told.filter(|sentence| !sentence.contains("CCCD") && !sentence.contains("căn cước"));
        let words: Vec<&str> = told.max_by_key(|sentence| sentence.len())?.split_whitespace().collect();
        let kept = words.iter().enumerate().filter(|(place, _)| place % 5 != 3).map(|(_, word)| *word);
        let remembered = kept.take(12).collect::<Vec<_>>().join(" ");
        Some(fold(&format!("{remembered} {}", letter.place()?)))
    }),
];

struct Letter(Json);

impl Letter {
    fn field(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn key(&self) -> &str {
        self.field("id")
    }

    fn title(&self) -> &str {
        self.field("title")
    }

    fn text(&self) -> &str {
        self.field("text")
    }

    /// The commune: the capitalised words after its kind.
    fn place(&self) -> Option<String> {
        ["xã ", "phường "].into_iter().find_map(|kind| {
            let (_, rest) = self.text().split_once(&format!(", {kind}"))?;
            let name = rest.split([',', '.', ';', '\n']).next()?.trim();
            Some(format!("{kind}{name}"))
        })
    }
}

fn after<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(words)?;
    rest.split([' ', ',', '.', ';', '\n', '(', ')']).next().filter(|found| !found.is_empty())
}

/// The papers of each letter: itself, its copies and the papers sent again; and letters that several
/// households signed, of which none is meant alone.
fn same(plan: Plan) -> (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>) {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut forms = BTreeSet::new();
    for line in plan.truth() {
        let line: Json = serde_json::from_str(&line).unwrap();
        let papers = ["id", "of"].map(|field| line[field].as_str().unwrap().to_owned());
        match line["relation"].as_str().unwrap() {
            "carbon_copy" | "resend" => groups.entry(papers[1].clone()).or_default().extend(papers),
            _ => forms.extend(papers),
        }
    }
    let all: Vec<BTreeSet<String>> = groups.into_values().collect();
    let groups = all.iter().flat_map(|group| group.iter().map(|id| (id.clone(), group.clone())));
    (groups.collect(), forms)
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "a few look-ups")]
fn a_letter_that_is_looked_up_comes_first() {
    let world = World::new();
    let engine = world.open();
    let plan = Plan::new(11, PETITIONS, "2026-11-20".parse().unwrap());
    let lines: Vec<String> = plan.lines("petitions").unwrap().collect();
    let file = world.file("petitions.ndjson", lines.join("\n").as_bytes());
    engine.ingest_file("petitions", &file, &options(), &Progress::default()).unwrap();
    let letters: Vec<Letter> = lines.iter().map(|line| Letter(serde_json::from_str(line).unwrap())).collect();
    let (same, forms) = same(plan);
    let mut all = Vec::new();
    for (kind, make) in MAKERS {
        let open = letters.iter().filter(|letter| ["complaint", "feedback"].contains(&letter.field("kind")));
        let open = open.filter(|letter| !forms.contains(letter.key()));
        let asked = open.filter_map(|letter| Some((letter.key(), make(letter)?))).step_by(11).take(EACH);
        let mut ranks = Vec::new();
        for (key, text) in asked {
            let request = Request { text: text.clone(), limit: 10, ..Request::default() };
            let hits = engine.search("petitions", &request, &Scope::everything()).unwrap().hits;
            let is_it =
                |found: &str| found == key || same.get(key).is_some_and(|group| group.contains(found));
            let place = hits.iter().position(|hit| is_it(&hit.source_id));
            if place != Some(0) {
                println!("{kind}: {key} at {place:?} for {text}");
            }
            ranks.push(place.map_or(0.0, |place| 1.0 / (place + 1) as f64));
        }
        let mean = ranks.iter().sum::<f64>() / ranks.len() as f64;
        println!("{kind}: {} look-ups, MRR@10 {mean:.4}", ranks.len());
        all.extend(ranks);
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    println!("all: {} look-ups, MRR@10 {mean:.4}", all.len());
    assert!(all.len() >= 60 && mean >= 0.95, "{} look-ups, MRR@10 {mean:.4}", all.len());
}
