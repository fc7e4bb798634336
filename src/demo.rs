//! Floor 1, thought: simulated records for the demo, for tests and for benches.
//!
//! Seed, size and a day go in; lines of NDJSON come out, one dataset at a time, the same bytes for the
//! same plan on every machine. Each record is made alone from its index, so a million petitions need no
//! more memory than one. Provinces are real, nothing else is: every record carries the source system
//! [`SOURCE_SYSTEM`], ID numbers and phones are impossible ones, and every page that shows such figures
//! prints the label `demo.banner` (DỮ LIỆU MÔ PHỎNG).
//!
//! Which petitions are copies of which is known here and nowhere in the records: [`Plan::truth`].

mod cases;
mod documents;
mod draw;
mod fixture;
mod grammar;
mod letter;
mod matter;
mod offices;
mod people;
mod petitions;
mod places;
mod readiness;
mod tasks;

use chrono::NaiveDate;

/// The source system of every simulated record.
pub const SOURCE_SYSTEM: &str = "mo-phong";

/// Petitions of the demo when nobody says how many.
pub const PETITIONS_DEFAULT: u64 = 20_000;

/// Datasets that [`Plan::lines`] fills, in an order in which parents come before children.
pub const DATASETS: [&str; 12] = [
    "provinces",
    "units",
    "petitions",
    "contents",
    "cases",
    "decisions",
    "receptions",
    "tasks",
    "documents",
    "dossiers",
    "readiness",
    "rollouts",
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
}

/// Lines of NDJSON, without line ends.
pub type Lines = Box<dyn Iterator<Item = String> + Send>;

impl Plan {
    /// The lines of one of [`DATASETS`]; `None` for a dataset that is not simulated.
    #[must_use]
    pub fn lines(self, dataset: &str) -> Option<Lines> {
        let petitions = 0..self.petitions;
        Some(match dataset {
            "provinces" => Box::new(places::province_lines()),
            "units" => Box::new(places::units()),
            "petitions" => Box::new(petitions.map(move |index| petitions::line(&self, index))),
            "contents" => Box::new(petitions.flat_map(move |index| cases::contents(&self, index))),
            "cases" => Box::new(petitions.filter_map(move |index| cases::case(&self, index))),
            "decisions" => Box::new(petitions.filter_map(move |index| cases::decision(&self, index))),
            "receptions" => {
                Box::new((0..self.petitions / 4).map(move |index| offices::reception(&self, index)))
            }
            "tasks" => Box::new((0..self.petitions / 20).map(move |index| tasks::line(&self, index))),
            "documents" => Box::new(
                (0..(self.petitions / 50).clamp(20, 400)).map(move |index| documents::line(&self, index)),
            ),
            "dossiers" => Box::new((0..self.petitions / 2).map(move |index| offices::dossier(&self, index))),
            "readiness" => Box::new(readiness::values(&self)),
            "rollouts" => Box::new(readiness::rollouts(&self)),
            _ => return None,
        })
    }

    /// One line for each petition that is not the first of its matter: `id`, the first letter's id `of`
    /// and the `relation`: `carbon_copy`, `resend`, `form_letter`, `supplement` or `second_complaint`.
    pub fn truth(self) -> impl Iterator<Item = String> + Send {
        (0..self.petitions).filter_map(move |index| petitions::truth(&self, index))
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
