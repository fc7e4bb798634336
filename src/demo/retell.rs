//! What a later letter does with the paragraphs of the first one: other order, more, in part, in short,
//! or together with another matter.

use std::fmt::Write;

use fastrand::Rng;

use crate::demo::changes::{Change, Made};
use crate::demo::draw::written;
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::letter::{Parts, Role, paragraph, story};
use crate::demo::matter::{Kind, Matter, Sort};
use crate::demo::people::Person;

/// From the first person to the third, as an officer writes about a citizen; longer words first.
const THIRD_PERSON: [(&str, &str); 8] = [
    ("Gia đình tôi", "Gia đình công dân"),
    ("gia đình tôi", "gia đình công dân"),
    ("Chúng tôi", "Các hộ dân"),
    ("chúng tôi", "các hộ dân"),
    ("hộ tôi", "hộ công dân"),
    ("Hộ tôi", "Hộ công dân"),
    ("Tôi ", "Công dân "),
    (" tôi", " công dân"),
];

/// Changes the order of the story, adds to it, and puts another matter behind it.
pub(super) fn rearrange(parts: &mut Parts, made: &Made, teller: &mut Teller<'_>) {
    if made.has(Change::ParagraphsReordered) {
        reorder(&mut parts.body, &mut teller.rng);
    }
    if made.has(Change::ParagraphsAdded) {
        // No facts: what brings new ones is a supplement.
        let count = teller.rng.usize(1..3);
        for _ in 0..count {
            let added = paragraph(Role::Round, "", &[("law", 1, 3), ("aside", 1, 3)], teller);
            let end = parts.body.iter().position(|(role, _)| *role == Role::Request).unwrap_or(1);
            let place = teller.rng.usize(1..=end.max(1));
            parts.body.splice(place.min(parts.body.len())..place.min(parts.body.len()), added);
        }
    }
    if made.has(Change::MergedLetters) {
        merge(parts, teller);
    }
}

/// Facts that the first letter did not tell, before the requests.
pub(super) fn supplement(parts: &mut Parts, teller: &mut Teller<'_>) {
    let topic = teller.matter.topic;
    let facts = paragraph(Role::Topic(topic), topic, &[("event", 1, 2)], teller);
    let evidence = paragraph(Role::Round, "", &[("evidence", 1, 2)], teller);
    let end = parts.body.iter().position(|(role, _)| *role == Role::Request).unwrap_or(parts.body.len());
    // What the first letter says already is nothing new.
    let told = parts.text();
    let fresh = facts.into_iter().chain(evidence).filter(|(_, new)| !told.contains(new.as_str()));
    parts.body.splice(end..end, fresh);
}

/// Keeps one content of a mixed letter.
pub(super) fn keep(parts: &mut Parts, matter: &Matter, rng: &mut Rng) {
    let mut teller = Teller { matter, written_on: chrono::NaiveDate::default(), rng: rng.clone() };
    let opening = Grammar::embedded().tell_one("opening", matter.kind.opening(), &mut teller);
    parts.head = parts.head.replace(Kind::Mixed.heading(), matter.kind.heading());
    parts.body.retain(|(role, _)| match role {
        Role::Topic(topic) | Role::Ask(topic) => *topic == matter.topic,
        _ => true,
    });
    if let Some((Role::Opening, told)) = parts.body.first_mut() {
        *told = opening;
    }
}

/// An officer's short retelling of the letter.
pub(super) fn summary(
    parts: &Parts,
    signer: Option<&Person>,
    recipient: &str,
    written_on: chrono::NaiveDate,
) -> String {
    let mut out = "TÓM TẮT NỘI DUNG ĐƠN\n\n".to_owned();
    let who = signer.map_or_else(
        || "Người gửi không nêu tên".to_owned(),
        |person| format!("Ông (bà) {}, địa chỉ: {}", person.name, person.address),
    );
    let _ = write!(out, "{who}, có đơn đề ngày {} gửi {recipient}.\nTheo đơn: ", written(written_on));
    let told = parts.body.iter().filter(|(role, _)| matches!(role, Role::Topic(_)));
    let sentences = told.flat_map(|(_, paragraph)| paragraph.split_inclusive(". ").take(2));
    sentences.for_each(|sentence| out.push_str(&third_person(sentence.trim_end())));
    let asks = parts.body.iter().filter(|(role, _)| matches!(role, Role::Ask(_)));
    let asks =
        asks.map(|(_, ask)| ask.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches('.'));
    let asks: Vec<String> = asks.map(third_person).collect();
    let _ = write!(out, "\nCông dân đề nghị: {}.", asks.join("; "));
    out
}

fn third_person(sentence: &str) -> String {
    let told = THIRD_PERSON.iter().fold(sentence.to_owned(), |told, (own, other)| told.replace(own, other));
    if told.ends_with('.') { format!("{told} ") } else { told }
}

/// Another order of the story and of the requests; what opens and what asks stays in its place.
fn reorder(body: &mut [(Role, String)], rng: &mut Rng) {
    let end = body.iter().position(|(role, _)| *role == Role::Request).unwrap_or(body.len());
    let (told, asked) = body.split_at_mut(end);
    for part in [told.get_mut(1..), asked.get_mut(1..)].into_iter().flatten() {
        let before = part.first().map(|(_, text)| text.clone());
        rng.shuffle(part);
        let is_as_before = part.first().map(|(_, text)| text) == before.as_ref();
        if is_as_before && !part.is_empty() {
            part.rotate_left(1);
        }
    }
}

/// A second letter in the same paper, about something else.
fn merge(parts: &mut Parts, teller: &mut Teller<'_>) {
    let sort = Sort {
        kind: Kind::Feedback,
        topic: Kind::Feedback.topic(&mut teller.rng),
        second: None,
        place: teller.matter.place,
    };
    let matter = Matter::about(sort, &mut teller.rng, teller.written_on);
    let mut other = Teller { matter: &matter, written_on: teller.written_on, rng: teller.rng.clone() };
    let (body, _) = story(&mut other);
    let glue = "Cùng trong đơn này, tôi xin trình bày thêm một việc khác:".to_owned();
    parts.body.push((Role::Round, glue));
    parts.body.extend(body.into_iter().map(|(_, text)| (Role::Round, text)));
}
