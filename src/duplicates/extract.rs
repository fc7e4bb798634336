//! What a letter says of itself: to whom, who signs, and which decisions, parcels and sums it is about.
//!
//! Everything is read from folded syllables, so that missing marks, capitals and decomposed letters change
//! nothing, and from the signs between them. A letter that cannot be read gives nothing, which is
//! unknown; what is guessed wrongly costs a signal, never a panic. Of a letter whose signer is secret
//! no signer is read; of whom it accuses only the initials are.

pub mod head;
pub mod matter;
pub mod person;
pub mod place;
mod reading;
pub mod says;
mod story;
pub mod whereabouts;

use chrono::NaiveDate;

use crate::duplicates::extract::head::Head;
use crate::duplicates::extract::matter::Matter;
use crate::duplicates::extract::person::Person;
use crate::duplicates::extract::reading::Reading;
use crate::duplicates::extract::says::Says;
use crate::duplicates::extract::whereabouts::Whereabouts;

/// What a letter says of itself.
#[derive(Debug, Clone, Default)]
pub struct Extracted {
    /// Agencies of the block "Kính gửi", each as a key.
    pub recipients: Vec<String>,
    /// Day of writing.
    pub written_on: Option<NaiveDate>,
    /// Who signs.
    pub person: Person,
    /// What it is about.
    pub matter: Matter,
    /// What it says it is.
    pub says: Says,
    /// Where, and against whom.
    pub whereabouts: Whereabouts,
    /// The syllables of the story, as hashes, in order: without head, signer, and what every letter says.
    pub story: Vec<u64>,
}

/// Reads `text`; persons only if `with_person`.
#[must_use]
pub fn extract(text: &str, with_person: bool) -> Extracted {
    let reading = Reading::of(text);
    let head = Head::of(&reading);
    let (person, spans) =
        if with_person { person::read(&reading, head.end) } else { (Person::default(), Vec::new()) };
    Extracted {
        story: story::hashes(&reading, &story::places(&reading, head.end, &spans)),
        says: Says::of(&reading),
        whereabouts: whereabouts::read(&reading),
        matter: matter::read(text, &reading, head.written_on),
        recipients: head.recipients,
        written_on: head.written_on,
        person,
    }
}

/// The story of a text: its syllables as hashes, and where each stands.
#[derive(Debug, Clone, Default)]
pub(in crate::duplicates) struct Told {
    pub(in crate::duplicates) hashes: Vec<u64>,
    /// Bytes of each syllable.
    pub(in crate::duplicates) places: Vec<std::ops::Range<usize>>,
}

/// The story that `text` tells, with its places.
pub(in crate::duplicates) fn told(text: &str) -> Told {
    let reading = Reading::of(text);
    let head = Head::of(&reading);
    let (_, spans) = person::read(&reading, head.end);
    let places = story::places(&reading, head.end, &spans);
    let words = places.iter().filter_map(|place| reading.words.get(*place));
    Told {
        hashes: story::hashes(&reading, &places),
        places: words.map(|word| word.start as usize..word.end as usize).collect(),
    }
}
