//! Floor 2, bytes: simulated records for the demo, for tests and for benches.
//!
//! Seed, size and a day go in; lines of NDJSON come out, one dataset at a time, the same bytes for the
//! same plan on every machine. Each record is made alone from its index, so a million petitions need no
//! more memory than one. Provinces are real, nothing else is: every record carries the source system
//! [`SOURCE_SYSTEM`], ID numbers and phones are impossible ones, and every page that shows such figures
//! prints the label `demo.banner` (DỮ LIỆU MÔ PHỎNG).
//!
//! Which petitions are copies of which, and which go round in circles, is known here and nowhere in the
//! records: [`Plan::truth`], [`Plan::circles`].

mod beside;
mod cases;
mod changes;
mod documents;
mod draw;
mod fixture;
mod forward;
mod grammar;
mod inspections;
mod letter;
mod matter;
mod offices;
mod people;
mod petitions;
mod places;
mod readiness;
mod relation;
mod retell;
mod spoil;
mod tasks;

use chrono::NaiveDate;

/// The source system of every simulated record.
pub const SOURCE_SYSTEM: &str = "mo-phong";

/// The source system of what the demo's second system sends.
pub const BESIDE_SYSTEM: &str = "mo-phong-cu";

/// Datasets that [`Plan::beside`] fills: what comes after the first system's.
pub const BESIDE: [&str; 4] = ["sources_of_record", "expected_sources", "events", "tasks"];

/// Petitions of the demo when nobody says how many.
pub const PETITIONS_DEFAULT: u64 = 20_000;

/// Datasets that [`Plan::lines`] fills, in an order in which parents come before children.
pub const DATASETS: [&str; 15] = [
    "provinces",
    "units",
    "petitions",
    "events",
    "contents",
    "cases",
    "decisions",
    "receptions",
    "tasks",
    "documents",
    "dossiers",
    "readiness",
    "rollouts",
    "inspections",
    "recommendations",
];

/// Days before today over which records arrive.
const DAYS: u64 = 3 * 365;

/// What to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Seed of all draws.
    pub seed: u64,
    /// Number of petitions; the other datasets follow in proportion.
    pub petitions: u64,
    /// The day on which the figures stand; records go three years back.
    pub today: NaiveDate,
    /// How many letters take up an earlier one, and how.
    pub relations: Relations,
    /// What is changed in them.
    pub changes: Changes,
}

/// Letters in a thousand that belong to an earlier one, by relation; together at most 1,000. One that finds
/// no letter to belong to is one sent again, or the first of its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relations {
    /// The same letter to other agencies.
    pub carbon_copy: u16,
    /// The same letter again.
    pub resend: u16,
    /// The same words by another household.
    pub form_letter: u16,
    /// The same letter with new facts.
    pub supplement: u16,
    /// A complaint again, after its first decision or limit.
    pub second_complaint: u16,
    /// A denunciation again, after its conclusion or limit.
    pub continued_denunciation: u16,
    /// A content of a mixed letter alone.
    pub split: u16,
    /// The same content unsigned; copies of unsigned letters are such too.
    pub anonymous_copy: u16,
}

impl Default for Relations {
    /// About 1.25 letters for each matter; the extra ones of 2016 were 1.44.
    fn default() -> Self {
        Self {
            carbon_copy: 60,
            resend: 40,
            form_letter: 65,
            supplement: 15,
            second_complaint: 10,
            continued_denunciation: 5,
            split: 5,
            anonymous_copy: 8,
        }
    }
}

/// Later letters in a hundred that each change is made to, each drawn for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    /// Typed without marks.
    pub marks_dropped: u8,
    /// Tones of open syllables on the second vowel (hoà).
    pub tone_placement: u8,
    /// Through a font of TCVN3 or VNI and back.
    pub legacy_encoding: u8,
    /// Misread by a scanner.
    pub ocr_errors: u8,
    /// Paragraphs and requests in another order.
    pub paragraphs_reordered: u8,
    /// Paragraphs without new facts added.
    pub paragraphs_added: u8,
    /// Addressed to others; a copy to others always is, a letter sent again never.
    pub other_recipient: u8,
    /// Retold in short by an officer.
    pub summary_retyped: u8,
    /// Another matter in the same paper.
    pub merged_letters: u8,
    /// Names of people by initials, of agencies in short.
    pub names_abbreviated: u8,
    /// Address of the other era: without the district and with the province of since 2025-07-01, or the
    /// other way round.
    pub district_dropped: u8,
    /// Days in words, or in English.
    pub date_language: u8,
    /// Signed with a CCCD by who had a CMND.
    pub id_renewed: u8,
}

/// Lines of NDJSON, without line ends.
pub type Lines = Box<dyn Iterator<Item = String> + Send>;

impl Plan {
    /// A plan with the usual share of later letters, changed in the usual ways.
    #[must_use]
    pub fn new(seed: u64, petitions: u64, today: NaiveDate) -> Self {
        Self { seed, petitions, today, relations: Relations::default(), changes: Changes::default() }
    }

    /// The lines of one of [`DATASETS`]; `None` for a dataset that is not simulated.
    #[must_use]
    pub fn lines(self, dataset: &str) -> Option<Lines> {
        let petitions = 0..self.petitions;
        Some(match dataset {
            "provinces" => Box::new(places::province_lines()),
            "units" => Box::new(places::units()),
            "petitions" => Box::new(petitions.map(move |index| petitions::line(&self, index))),
            "events" => Box::new(petitions.flat_map(move |index| forward::events(&self, index))),
            "contents" => Box::new(petitions.flat_map(move |index| cases::contents(&self, index))),
            "cases" => Box::new(petitions.filter_map(move |index| cases::case(&self, index))),
            "decisions" => Box::new(petitions.filter_map(move |index| cases::decision(&self, index))),
            "receptions" => {
                Box::new((0..self.petitions / 4).map(move |index| offices::reception(&self, index)))
            }
            "tasks" => Box::new((0..self.tasks()).map(move |index| tasks::line(&self, index))),
            "documents" => Box::new((0..self.documents()).map(move |index| documents::line(&self, index))),
            "dossiers" => Box::new((0..self.petitions / 2).map(move |index| offices::dossier(&self, index))),
            "readiness" => Box::new(readiness::values(&self)),
            "rollouts" => Box::new(readiness::rollouts(&self)),
            "inspections" => {
                Box::new((0..self.inspections()).map(move |index| inspections::inspection(&self, index)))
            }
            "recommendations" => Box::new(
                (0..self.inspections()).flat_map(move |index| inspections::recommendations(&self, index)),
            ),
            _ => return None,
        })
    }

    /// Lines of `tasks` that move the figures of a closed period: completions within it that come in late.
    pub fn corrections(self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = String> + Send {
        tasks::corrected(&self, (from, to))
    }

    fn tasks(&self) -> u64 {
        self.petitions / 20
    }

    fn inspections(&self) -> u64 {
        (self.petitions / 40).clamp(20, 2_000)
    }

    /// The lines of one of [`BESIDE`]: a second system fed in parallel and what says how the two are counted.
    #[must_use]
    pub fn beside(self, dataset: &str) -> Option<Lines> {
        Some(match dataset {
            "sources_of_record" => Box::new(beside::record(&self)),
            "expected_sources" => Box::new(beside::expected(&self)),
            "events" => Box::new((0..self.documents()).flat_map(move |index| beside::steps(&self, index))),
            "tasks" => Box::new((0..self.tasks()).filter_map(move |index| beside::task(&self, index))),
            _ => return None,
        })
    }

    fn documents(self) -> u64 {
        (self.petitions / 50).clamp(20, 400)
    }

    /// One line for each petition that is not the first of its matter: its `id`, the first letter's id
    /// `of`, the `relation` (`carbon_copy`, `resend`, `supplement`, `form_letter`, `second_complaint`,
    /// `continued_denunciation`, `split` or `anonymous_copy`) and the `changes` made to it, by the names of
    /// the fields of [`Changes`], and `other_signer`.
    pub fn truth(self) -> impl Iterator<Item = String> + Send {
        (0..self.petitions).filter_map(move |index| petitions::truth(&self, index))
    }

    /// One line for each letter that goes round, as of `today`, by `kind`: `late` (its `id`; forwarded
    /// `since` that day by `unit` `to_unit`, unanswered), `cycle` (its `id`, the `units` in order and the
    /// `days` between them), `directions` (a `case_id`, the `ids` of its letters, their `directions`).
    pub fn circles(self) -> impl Iterator<Item = String> + Send {
        forward::circles(&self).into_iter()
    }
}

/// The fixture of 556 tasks as CSV with Vietnamese headers: as of 2017-12-13, 249 done, of which 81 in
/// time and 168 late, and 307 open, of which 177 in time and 130 overdue.
#[must_use]
pub fn tasks_556() -> String {
    fixture::csv()
}

#[cfg(test)]
mod tests;
