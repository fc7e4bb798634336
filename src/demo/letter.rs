//! Composes the text of a letter: the national title, the addressees, the signer, the story, the pledge.
//!
//! What is told and what is written round it are apart: copies to other agencies differ in the
//! addressees alone, form letters in the signer and the parcel, a letter sent again in its date. That is
//! how such letters look in an archive, and what a search for copies must see through.

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
    /// A section told first, by a generator of its own: `supplement` or `second`.
    pub(super) first: Option<(&'static str, Rng)>,
}

const SIGNATURE: &str = "\n\nNgười làm đơn\n(Đã ký)\n";

impl Letter<'_> {
    /// The whole letter.
    pub(super) fn text(self) -> String {
        let mut out = String::with_capacity(4096);
        self.head(&mut out);
        let signer = self.signer;
        let mut teller = Teller { matter: self.matter, written_on: self.told_on, rng: self.style };
        introduce(signer, &mut teller, &mut out);
        if let Some((section, rng)) = self.first {
            let mut own = Teller { matter: self.matter, written_on: self.written_on, rng };
            out.push_str("\n\n");
            out.push_str(&Grammar::embedded().tell_one("", section, &mut own));
        }
        story(&mut teller, &mut out);
        if let Some(person) = signer {
            out.push_str(SIGNATURE);
            out.push_str(&person.name);
        }
        out
    }

    fn head(&self, out: &mut String) {
        let day = self.written_on;
        out.push_str("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n");
        let place = self.matter.place.province.name;
        let _ = write!(out, "{place}, ngày {:02} tháng {:02} năm {}\n\n", day.day(), day.month(), day.year());
        out.push_str(self.matter.kind.heading());
        out.push_str("\n\nKính gửi: ");
        out.push_str(&self.recipients.join("\n- "));
        out.push_str("\n\n");
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
    let _ = match form {
        0 => write!(
            out,
            "Tôi tên là: {name}, sinh năm {birth_year}\nSố CCCD: {id_number}\nĐịa chỉ: {address}\nĐiện thoại: {phone}"
        ),
        1 => {
            write!(out, "Họ và tên người làm đơn: {name}\nNơi ở: {address}; căn cước {id_number}; ĐT {phone}")
        }
        _ => write!(out, "Tôi là {name}, trú tại {address}, CCCD số {id_number}, số điện thoại {phone}."),
    };
}

/// The story, the requests and the pledge.
pub(super) fn story(teller: &mut Teller<'_>, out: &mut String) {
    let matter = teller.matter;
    let grammar = Grammar::embedded();
    out.push_str("\n\n");
    out.push_str(&grammar.tell_one("opening", matter.kind.opening(), teller));
    paragraph(matter.topic, &[("background", 1, 3), ("event", 2, 4)], teller, out);
    if let Some(second) = matter.second {
        paragraph(second, &[("background", 1, 2), ("event", 2, 4)], teller, out);
    }
    paragraph("", &[("process", 1, 3), ("law", 0, 2)], teller, out);
    paragraph(matter.topic, &[("harm", 1, 3)], teller, out);
    paragraph("", &[("evidence", 1, 2), ("aside", 0, 2)], teller, out);
    requests(teller, out);
    out.push_str("\n\n");
    out.push_str(&grammar.tell_one("", "closing", teller));
}

/// A paragraph of sentences: for each section, from the least to below the most.
fn paragraph(topic: &str, parts: &[(&str, usize, usize)], teller: &mut Teller<'_>, out: &mut String) {
    let grammar = Grammar::embedded();
    let mut glue = "\n";
    for (part, least, most) in parts {
        let count = teller.rng.usize(*least..*most);
        for line in grammar.choose(topic, part, count, &mut teller.rng) {
            out.push_str(glue);
            grammar.tell(line, teller, out);
            glue = " ";
        }
    }
}

fn requests(teller: &mut Teller<'_>, out: &mut String) {
    let grammar = Grammar::embedded();
    out.push('\n');
    out.push_str(&grammar.tell_one("", "request", teller));
    let mark = pick(&mut teller.rng, &["-", "+", "•"]);
    let is_numbered = chance(&mut teller.rng, 50);
    let topics = std::iter::once(teller.matter.topic).chain(teller.matter.second);
    let mut number = 0;
    for topic in topics {
        let count = teller.rng.usize(1..4);
        for line in grammar.choose(topic, "ask", count, &mut teller.rng) {
            number += 1;
            let _ = if is_numbered { write!(out, "\n{number}. ") } else { write!(out, "\n{mark} ") };
            grammar.tell(line, teller, out);
        }
    }
}
