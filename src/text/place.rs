//! Names of provinces that became others: old and new find each other, by date.
//!
//! On a day one province takes in another, the name of the one is the place of the other from then on.
//! So papers about Hà Giang say Tuyên Quang if they are of that day or later, and who asks for Tuyên
//! Quang means papers about Hà Giang if they are older. The names and days come from the table of
//! provinces; a name that went on is no other name.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::text::abbreviation::stands_at;
use crate::text::syllable::{Token, tokens};

static EMBEDDED: &str = include_str!("../../indexes/reference/provinces.csv");
static LIST: LazyLock<Places> = LazyLock::new(|| Places::parse(EMBEDDED));

/// Words that say what a province is and are no part of its name.
const SORTS: [&str; 5] = ["Tỉnh ", "tỉnh ", "Thành phố ", "thành phố ", "TP. "];

/// Days of the papers in which the other name means the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before this day.
    Before(NaiveDate),
    /// On this day and after it.
    From(NaiveDate),
}

/// Another name of a place that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherName {
    /// The words that name the place, by place in the query.
    pub words: Range<usize>,
    /// The other name.
    pub other: Vec<Token>,
    /// The other name as it is written.
    pub name: String,
    /// In which papers it means the place.
    pub when: When,
}

/// Which names became which.
#[derive(Debug, Default)]
pub struct Places {
    changes: Vec<Change>,
}

#[derive(Debug)]
struct Change {
    old: String,
    old_words: Vec<Token>,
    new: String,
    new_words: Vec<Token>,
    on: NaiveDate,
}

/// A row of the table.
struct Row<'t> {
    code: &'t str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    name: &'t str,
    successor: &'t str,
}

impl Places {
    /// The provinces that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &LIST
    }

    /// Reads the table of provinces: code, first and last day, name, …, code of the successor. Rows that
    /// cannot be read are no change.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let rows: Vec<Row<'_>> = text.lines().skip(1).filter_map(row).collect();
        let mut changes = Vec::new();
        for old in rows.iter().filter(|row| !row.successor.is_empty()) {
            let next = old.to.and_then(|day| day.succ_opt());
            let heir = rows.iter().find(|row| row.code == old.successor && row.from == next);
            if let (Some(heir), Some(on)) = (heir.filter(|heir| heir.name != old.name), next) {
                changes.push(Change {
                    old: old.name.to_owned(),
                    old_words: tokens(old.name),
                    new: heir.name.to_owned(),
                    new_words: tokens(heir.name),
                    on,
                });
            }
        }
        Self { changes }
    }

    /// The name that a province goes by now: of the one that took it in, else its own without the word for
    /// what it is.
    #[must_use]
    pub fn present<'t>(&'t self, name: &'t str) -> &'t str {
        let name = name.trim();
        let bare = SORTS.iter().find_map(|sort| name.strip_prefix(sort)).unwrap_or(name).trim();
        let words = tokens(bare);
        let is_same =
            |old: &[Token]| old.iter().map(|word| &word.accented).eq(words.iter().map(|word| &word.accented));
        let heir = self.changes.iter().find(|change| is_same(&change.old_words));
        heir.map_or(bare, |change| change.new.as_str())
    }

    /// Other names of the places that the words of a query name.
    #[must_use]
    pub fn other_names(&self, words: &[Token]) -> Vec<OtherName> {
        let mut all = Vec::new();
        for start in 0..words.len() {
            for change in &self.changes {
                let Change { old, old_words, new, new_words, on } = change;
                let pairs = [
                    (old_words, new_words, new, When::From(*on)),
                    (new_words, old_words, old, When::Before(*on)),
                ];
                for (here, other, name, when) in pairs {
                    if stands_at(words, start, here) {
                        let words = start..start + here.len();
                        all.push(OtherName { words, other: other.clone(), name: name.clone(), when });
                    }
                }
            }
        }
        all
    }
}

fn row(line: &str) -> Option<Row<'_>> {
    let fields: Vec<&str> = line.split(',').collect();
    let day = |place: usize| fields.get(place).and_then(|text| text.parse().ok());
    Some(Row {
        code: fields.first()?,
        from: day(1),
        to: day(2),
        name: fields.get(3)?,
        successor: fields.last()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_is_called_by_its_present_name() {
        let table = [
            ("Quảng Nam", "Đà Nẵng"),
            ("Tỉnh Bắc Giang", "Bắc Ninh"),
            ("Bắc Ninh", "Bắc Ninh"),
            ("Thành phố Hà Nội", "Hà Nội"),
            ("Nơi khác", "Nơi khác"),
        ];
        for (old, now) in table {
            assert_eq!(Places::embedded().present(old), now);
        }
    }

    fn names(query: &str) -> Vec<(String, When)> {
        Places::embedded()
            .other_names(&tokens(query))
            .into_iter()
            .map(|found| (found.name, found.when))
            .collect()
    }

    #[test]
    fn old_and_new_names_of_a_province_find_each_other_by_date() {
        let day = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        assert_eq!(names("đất ở Hà Giang"), [("Tuyên Quang".to_owned(), When::From(day))]);
        assert_eq!(names("ha giang"), [("Tuyên Quang".to_owned(), When::From(day))]);
        assert_eq!(names("Tuyên Quang"), [("Hà Giang".to_owned(), When::Before(day))]);
        let city: Vec<String> = names("Hồ Chí Minh").into_iter().map(|(name, _)| name).collect();
        assert_eq!(city, ["Bình Dương", "Bà Rịa - Vũng Tàu"]);
        assert_eq!(names("Quảng Nam"), [("Đà Nẵng".to_owned(), When::From(day))]);
        assert_eq!(names("Hà Nội, Nghệ An"), []);
    }

    #[test]
    fn names_are_marked_where_they_stand() {
        let found = Places::embedded().other_names(&tokens("tỉnh Yên Bái cũ"));
        assert!(matches!(found.as_slice(), [OtherName { words: Range { start: 1, end: 3 }, .. }]));
        assert_eq!(Places::embedded().changes.len(), 30);
    }
}
