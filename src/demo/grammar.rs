//! The grammar of the simulated letters, read from `indexes/reference/demo/prose.txt`.
//!
//! A section is a list of alternatives; a line holds slots in braces. A slot is a fact of the letter, a
//! fresh draw or a section further down the file, so that expanding always ends: a file in which a
//! section names itself or one above is refused.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use fastrand::Rng;

use crate::demo::draw::{before, dotted, written};
use crate::demo::matter::{Fact, Matter};

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let parsed = Grammar::parse(include_str!("../../indexes/reference/demo/prose.txt"));
    debug_assert!(parsed.is_ok(), "{parsed:?}");
    parsed.unwrap_or_default()
});

/// All sections, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    sections: Vec<Section>,
    places: BTreeMap<&'static str, usize>,
}

/// One alternative: text and slots.
pub(super) type Line = [Piece];

type Section = Vec<Vec<Piece>>;

#[derive(Debug)]
pub(super) enum Piece {
    Text(&'static str),
    Fact(Fact),
    Draw(Draw),
    Section(usize),
}

/// A value drawn anew each time it stands in a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Draw {
    Day,
    Month,
    Few,
    Tens,
    Money,
}

/// Who tells: the facts, the day of writing and the draws.
pub(super) struct Teller<'a> {
    pub(super) matter: &'a Matter,
    pub(super) written_on: NaiveDate,
    pub(super) rng: Rng,
}

impl Grammar {
    /// The grammar embedded in the binary.
    pub(super) fn embedded() -> &'static Self {
        &GRAMMAR
    }

    fn parse(text: &'static str) -> Result<Self, String> {
        let mut grammar = Self::default();
        let mut raw: Vec<Vec<&'static str>> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                grammar.places.insert(name, raw.len());
                raw.push(Vec::new());
            } else if let Some(section) = raw.last_mut() {
                section.push(line);
            }
        }
        for (place, lines) in raw.iter().enumerate() {
            let lines = lines.iter().map(|line| grammar.pieces(place, line));
            let section = lines.collect::<Result<Section, String>>()?;
            grammar.sections.push(section);
        }
        Ok(grammar)
    }

    fn pieces(&self, section: usize, line: &'static str) -> Result<Vec<Piece>, String> {
        let mut pieces = Vec::new();
        let mut rest = line;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("no closing brace: {line}"))?;
            pieces.push(Piece::Text(text));
            pieces.push(
                self.slot(section, name).ok_or_else(|| format!("`{name}` leads nowhere or up: {line}"))?,
            );
            rest = after;
        }
        pieces.push(Piece::Text(rest));
        Ok(pieces)
    }

    fn slot(&self, section: usize, name: &str) -> Option<Piece> {
        let draw = match name {
            "day" => Some(Draw::Day),
            "month" => Some(Draw::Month),
            "n" => Some(Draw::Few),
            "nn" => Some(Draw::Tens),
            "money" => Some(Draw::Money),
            _ => None,
        };
        let below = || self.places.get(name).copied().filter(|place| *place > section).map(Piece::Section);
        draw.map(Piece::Draw).or_else(|| Fact::named(name).map(Piece::Fact)).or_else(below)
    }

    /// The alternatives of `topic.part`, or of `part` when the topic is empty; none when there is no such section.
    pub(super) fn section(&self, topic: &str, part: &str) -> &[Vec<Piece>] {
        let place = match topic {
            "" => self.places.get(part),
            _ => self.places.get(format!("{topic}.{part}").as_str()),
        };
        place.and_then(|place| self.sections.get(*place)).map_or(&[], Vec::as_slice)
    }

    /// Tells one alternative.
    pub(super) fn tell(&self, line: &Line, teller: &mut Teller<'_>, out: &mut String) {
        for piece in line {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Fact(fact) => out.push_str(teller.matter.fact(*fact)),
                Piece::Draw(draw) => teller.draw(*draw, out),
                Piece::Section(place) => {
                    let lines = self.sections.get(*place);
                    let line = lines.and_then(|lines| teller.rng.choice(lines));
                    line.into_iter().for_each(|line| self.tell(line, teller, out));
                }
            }
        }
    }

    /// Tells one alternative of a section.
    pub(super) fn tell_one(&self, topic: &str, part: &str, teller: &mut Teller<'_>) -> String {
        let mut out = String::new();
        let line = teller.rng.choice(self.section(topic, part));
        line.into_iter().for_each(|line| self.tell(line, teller, &mut out));
        out
    }

    /// Up to `count` different alternatives of a section, in drawn order.
    pub(super) fn choose(&self, topic: &str, part: &str, count: usize, rng: &mut Rng) -> Vec<&Line> {
        let lines = self.section(topic, part);
        let chosen = rng.choose_multiple(lines.iter(), count);
        let mut chosen: Vec<&Line> = chosen.into_iter().map(Vec::as_slice).collect();
        rng.shuffle(&mut chosen);
        chosen
    }
}

impl Teller<'_> {
    fn draw(&mut self, draw: Draw, out: &mut String) {
        let rng = &mut self.rng;
        let drawn = match draw {
            Draw::Day => write!(out, "{}", written(before(self.written_on, rng.u64(12..500)))),
            Draw::Month => {
                let day = before(self.written_on, rng.u64(40..700));
                write!(out, "tháng {}/{}", day.month(), day.year())
            }
            Draw::Few => write!(out, "{}", rng.u32(2..10)),
            Draw::Tens => write!(out, "{}", rng.u32(11..99)),
            Draw::Money => write!(out, "{}", dotted(rng.u64(3..960) * 100_000)),
        };
        debug_assert!(drawn.is_ok(), "a String takes any text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_grammar_leads_everywhere() {
        let grammar = Grammar::parse(include_str!("../../indexes/reference/demo/prose.txt")).unwrap();
        assert!(grammar.sections.iter().all(|section| section.len() > 2 || section.len() == 1));
    }

    #[test]
    fn a_section_that_names_itself_or_nothing_is_refused() {
        assert!(Grammar::parse("[a]\nx {a} y").is_err());
        assert!(Grammar::parse("[a]\nx {nowhere} y").is_err());
        assert!(Grammar::parse("[b]\nx {c}\n[c]\nz {b}").is_err());
        assert!(Grammar::parse("[b]\nx {c}\n[c]\nz").is_ok());
    }
}
