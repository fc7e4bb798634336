//! The rows that every side gets, and what is asked of them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value as Json;
use thanhtra::demo::SOURCE_SYSTEM;

use crate::peers::{Ask, PAGE};
use crate::world::{DATASET, World};

/// Rows of one kind.
pub(in crate::peers) struct Corpus {
    pub(in crate::peers) name: &'static str,
    pub(in crate::peers) dataset: &'static str,
    pub(in crate::peers) source: &'static str,
    /// NDJSON.
    pub(in crate::peers) file: PathBuf,
    /// Column whose values are counted, and its name in the file.
    pub(in crate::peers) facet: &'static str,
    pub(in crate::peers) rows: u64,
    /// Bytes of all that is searched.
    pub(in crate::peers) text_bytes: u64,
    rest: &'static [&'static str],
}

/// A row as peers get it: everything ours searches, and one column to count by.
#[derive(Debug, Default)]
pub(in crate::peers) struct Row {
    pub(in crate::peers) id: String,
    pub(in crate::peers) title: String,
    pub(in crate::peers) text: String,
    /// The other columns that are searched.
    pub(in crate::peers) rest: String,
    pub(in crate::peers) facet: String,
}

const ONE_WORD: [&str; 7] = ["đất", "thuế", "khiếu", "tố", "môi", "phường", "bồi"];
const TWO_WORDS: [&str; 7] =
    ["khiếu nại", "đất đai", "bồi thường", "tố cáo", "giải phóng", "ô nhiễm", "chế độ"];
const PHRASES: [&str; 7] = [
    "quyền sử dụng đất",
    "giải phóng mặt bằng",
    "giấy chứng nhận",
    "ủy ban nhân dân",
    "thu hồi đất",
    "ô nhiễm môi trường",
    "chế độ chính sách",
];
const PREFIXES: [&str; 7] = ["khiế", "thườ", "phò", "nhiễ", "chứ", "quyề", "trườ"];
/// Columns of a petition that name its signer; ours does not index them for the secret kinds.
const SIGNER: &str = "signer_";
const SECRET_KINDS: [&str; 3] = ["denunciation", "mixed", "unknown"];

impl Corpus {
    /// The judged law articles, from NDJSON packed with zstd.
    pub(in crate::peers) fn articles(world: &World, packed: &Path) -> anyhow::Result<Self> {
        let file = world.path("articles.ndjson");
        if !file.is_file() {
            let aside = world.path("articles.part");
            zstd::stream::copy_decode(File::open(packed)?, File::create(&aside)?)?;
            fs::rename(&aside, &file)?;
        }
        Self {
            name: "law articles",
            dataset: "documents",
            source: "phapdien",
            file,
            facet: "topic",
            rows: 0,
            text_bytes: 0,
            rest: &["topic", "chapter", "source", "law_id"],
        }
        .counted()
    }

    /// Simulated petitions.
    pub(in crate::peers) fn petitions(world: &World) -> anyhow::Result<Self> {
        Self {
            name: "petitions",
            dataset: DATASET,
            source: SOURCE_SYSTEM,
            file: world.data()?,
            facet: "province",
            rows: 0,
            text_bytes: 0,
            rest: &[
                "number",
                "subject",
                "respondent",
                "signer_name",
                "signer_address",
                "signer_id_number",
                "signer_phone",
            ],
        }
        .counted()
    }

    fn counted(mut self) -> anyhow::Result<Self> {
        let (mut rows, mut text_bytes) = (0, 0);
        for row in self.read()? {
            let row = row?;
            rows += 1;
            text_bytes += (row.title.len() + row.text.len() + row.rest.len()) as u64;
        }
        (self.rows, self.text_bytes) = (rows, text_bytes);
        Ok(self)
    }

    /// All rows, in order.
    pub(in crate::peers) fn read(&self) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Row>>> {
        let lines = BufReader::new(File::open(&self.file)?).lines();
        Ok(lines.map(|line| self.row(&serde_json::from_str(&line?)?)))
    }

    fn row(&self, json: &Json) -> anyhow::Result<Row> {
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let is_secret = SECRET_KINDS.contains(&text("kind"));
        let rest = self.rest.iter().filter(|name| !(is_secret && name.starts_with(SIGNER)));
        let rest: Vec<&str> = rest.map(|name| text(name)).filter(|text| !text.is_empty()).collect();
        Ok(Row {
            id: json.get("id").and_then(Json::as_str).context("a row without id")?.to_owned(),
            title: text("title").to_owned(),
            text: text("text").to_owned(),
            rest: rest.join("\n"),
            facet: text(self.facet).to_owned(),
        })
    }

    /// What is asked, by kind.
    pub(in crate::peers) fn asks(&self) -> Vec<(&'static str, Vec<Ask>)> {
        let list = |words: [&'static str; 7], ask: fn(&'static str) -> Ask| words.map(ask).to_vec();
        vec![
            ("one word", list(ONE_WORD, |word| Ask::All(word, PAGE))),
            ("two words", list(TWO_WORDS, |words| Ask::All(words, PAGE))),
            ("phrase", list(PHRASES, Ask::Phrase)),
            ("prefix", list(PREFIXES, Ask::Prefix)),
            ("faceted", list(TWO_WORDS, Ask::Faceted)),
            ("top 1000", list(TWO_WORDS, |words| Ask::All(words, 1000))),
        ]
    }
}

/// Words of a text as it was typed.
pub(in crate::peers) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}
