//! Composes a letter: the national title, the addressees, the signer, the story, the pledge.
//!
//! What is told and what is written round it are apart: copies to other agencies differ in the
//! addressees alone, form letters in the signer and the parcel, a letter sent again in its date. That is
//! how such letters look in an archive, and what a search for copies must see through. The story comes
//! as paragraphs, so that a later letter can tell it in another order, with more, or in part.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use fastrand::Rng;

use crate::demo::draw::{chance, pick};
use crate::demo::grammar::{Grammar, Teller};
use crate::demo::matter::{Fact, Matter};
use crate::demo::people::Person;

/// Everything a letter's text depends on.
pub(super) struct Letter<'a> {
    pub(super) matter: &'a Matter,
    /// Drawn from the first letter of the matter, so that copies use the same words.
    pub(super) style: Rng,
    /// Day from which the story counts back.
    pub(super) told_on: NaiveDate,
    pub(super) written_on: NaiveDate,
    pub(super) recipients: &'a [String],
    /// Nobody, on an anonymous letter.
    pub(super) signer: Option<&'a Person>,
    /// A section told first, by a generator of its own: `supplement`, `second` or `continued`.
    pub(super) first: Option<(&'static str, Rng)>,
}

/// What a paragraph is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Why the letter is written.
    Opening,
    /// The story of a topic: background and events, or harm.
    Topic(&'static str),
    /// What happened with offices, law, evidence.
    Round,
    /// The sentence before the requests.
    Request,
    /// A request about a topic.
    Ask(&'static str),
}

/// A letter in its parts.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) head: String,
    pub(super) introduction: String,
    /// What is told before the story.
    pub(super) first: Option<String>,
    pub(super) body: Vec<(Role, String)>,
    pub(super) closing: String,
    pub(super) signature: Option<String>,
}

const SIGNATURE: &str = "\n\nNgười làm đơn\n(Đã ký)\n";

impl Parts {
    /// The whole letter.
    pub(super) fn text(&self) -> String {
        let mut out = String::with_capacity(4096);
        out.push_str(&self.head);
        out.push_str(&self.introduction);
        if let Some(first) = &self.first {
            out.push_str("\n\n");
            out.push_str(first);
        }
        out.push('\n');
        for (_, paragraph) in &self.body {
            out.push('\n');
            out.push_str(paragraph);
        }
        out.push_str("\n\n");
        out.push_str(&self.closing);
        if let Some(name) = &self.signature {
            out.push_str(SIGNATURE);
            out.push_str(name);
        }
        out
    }
}

impl Letter<'_> {
    /// The letter in its parts.
    pub(super) fn parts(self) -> Parts {
        let head = self.head();
        let mut teller = Teller { matter: self.matter, written_on: self.told_on, rng: self.style };
        let mut introduction = String::new();
        introduce(self.signer, &mut teller, &mut introduction);
        let first = self.first.map(|(section, rng)| {
            let mut own = Teller { matter: self.matter, written_on: self.written_on, rng };
            Grammar::embedded().tell_one("", section, &mut own)
        });
        let (body, closing) = story(&mut teller);
        let signature = self.signer.map(|person| person.name.clone());
        Parts { head, introduction, first, body, closing, signature }
    }

    fn head(&self) -> String {
        let day = self.written_on;
        let mut out = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n".to_owned();
        let place = self.matter.place.province.name;
        let _ = write!(out, "{place}, ngày {:02} tháng {:02} năm {}\n\n", day.day(), day.month(), day.year());
        out.push_str(self.matter.kind.heading());
        out.push_str("\n\nKính gửi: ");
        out.push_str(&self.recipients.join("\n- "));
        out.push_str("\n\n");
        out
    }
}

fn introduce(signer: Option<&Person>, teller: &mut Teller<'_>, out: &mut String) {
    // The draw is made for an anonymous letter too, so that its story is the one a signed copy tells.
    let form = teller.rng.u32(..3);
    let Some(person) = signer else {
        let _ =
            write!(out, "Chúng tôi là người dân ở {}, xin không nêu tên.", teller.matter.fact(Fact::Commune));
        return;
    };
    let Person { name, address, id_number, phone, birth_year } = person;
    let card = if id_number.len() == 9 { "CMND" } else { "CCCD" };
    let _ = match form {
        0 => write!(
            out,
            "Tôi tên là: {name}, sinh năm {birth_year}\nSố {card}: {id_number}\nĐịa chỉ: {address}\nĐiện thoại: {phone}"
        ),
        1 if card == "CMND" => {
            write!(
                out,
                "Họ và tên người làm đơn: {name}\nNơi ở: {address}; chứng minh nhân dân {id_number}; ĐT {phone}"
            )
        }
        1 => {
            write!(out, "Họ và tên người làm đơn: {name}\nNơi ở: {address}; căn cước {id_number}; ĐT {phone}")
        }
        _ => write!(out, "Tôi là {name}, trú tại {address}, {card} số {id_number}, số điện thoại {phone}."),
    };
}

/// The story and the requests in paragraphs, and the pledge.
pub(super) fn story(teller: &mut Teller<'_>) -> (Vec<(Role, String)>, String) {
    let Matter { topic, second, kind, .. } = *teller.matter;
    let grammar = Grammar::embedded();
    let mut body = vec![(Role::Opening, grammar.tell_one("opening", kind.opening(), teller))];
    body.extend(paragraph(Role::Topic(topic), topic, &[("background", 1, 3), ("event", 2, 4)], teller));
    if let Some(second) = second {
        body.extend(paragraph(Role::Topic(second), second, &[("background", 1, 2), ("event", 2, 4)], teller));
    }
    body.extend(paragraph(Role::Round, "", &[("process", 1, 3), ("law", 0, 2)], teller));
    body.extend(paragraph(Role::Topic(topic), topic, &[("harm", 1, 3)], teller));
    body.extend(paragraph(Role::Round, "", &[("evidence", 1, 2), ("aside", 0, 2)], teller));
    requests(teller, &mut body);
    let closing = grammar.tell_one("", "closing", teller);
    (body, closing)
}

/// A paragraph of sentences: for each section, from the least to below the most.
pub(super) fn paragraph(
    role: Role,
    topic: &str,
    parts: &[(&str, usize, usize)],
    teller: &mut Teller<'_>,
) -> Option<(Role, String)> {
    let grammar = Grammar::embedded();
    let mut out = String::new();
    for (part, least, most) in parts {
        let count = teller.rng.usize(*least..*most);
        for line in grammar.choose(topic, part, count, &mut teller.rng) {
            if !out.is_empty() {
                out.push(' ');
            }
            grammar.tell(line, teller, &mut out);
        }
    }
    (!out.is_empty()).then_some((role, out))
}

fn requests(teller: &mut Teller<'_>, body: &mut Vec<(Role, String)>) {
    let grammar = Grammar::embedded();
    body.push((Role::Request, grammar.tell_one("", "request", teller)));
    let mark = pick(&mut teller.rng, &["-", "+", "•"]);
    let is_numbered = chance(&mut teller.rng, 50);
    let topics = std::iter::once(teller.matter.topic).chain(teller.matter.second);
    let mut number = 0;
    for topic in topics {
        let count = teller.rng.usize(1..4);
        for line in grammar.choose(topic, "ask", count, &mut teller.rng) {
            number += 1;
            let mut out = if is_numbered { format!("{number}. ") } else { format!("{mark} ") };
            grammar.tell(line, teller, &mut out);
            body.push((Role::Ask(topic), out));
        }
    }
}
