//! Finds names and addresses by their syllables.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::text::scrub::MASK;
use crate::text::syllable::{TokenRef, tokenize};

/// A syllable of the text, its forms as hashes: a clash cuts too much, never too little.
struct Syllable {
    range: Range<usize>,
    /// Counts the cuts before it; a phrase never spans one.
    stretch: usize,
    accented: u64,
    folded: u64,
}

/// A secret, ready to compare.
enum Phrase {
    One { accented: u64 },
    Many { folded: Vec<u64> },
}

/// Where `text` says any of `secrets`, as byte ranges.
pub(in crate::text::scrub) fn find(text: &str, secrets: &[&str]) -> Vec<Range<usize>> {
    let phrases: Vec<Phrase> = secrets.iter().filter_map(|secret| phrase(secret)).collect();
    if phrases.is_empty() {
        return Vec::new();
    }
    let syllables = syllables(text);
    let starts = (0..syllables.len()).filter_map(|start| syllables.get(start..));
    starts.flat_map(|rest| phrases.iter().filter_map(|phrase| matched(rest, phrase))).collect()
}

fn phrase(secret: &str) -> Option<Phrase> {
    match syllables(secret).as_slice() {
        [] => None,
        [one] => Some(Phrase::One { accented: one.accented }),
        many => Some(Phrase::Many { folded: many.iter().map(|syllable| syllable.folded).collect() }),
    }
}

fn syllables(text: &str) -> Vec<Syllable> {
    let mut all = Vec::new();
    let (mut end, mut stretch) = (0, 0);
    tokenize(text, &mut |token: TokenRef<'_>| {
        let range = token.start as usize..token.end as usize;
        stretch += usize::from(text.get(end..range.start).is_some_and(|gap| gap.contains(MASK)));
        end = range.end;
        let (accented, folded) = (xxh3_64(token.accented.as_bytes()), xxh3_64(token.folded.as_bytes()));
        all.push(Syllable { range, stretch, accented, folded });
    });
    all
}

/// The bytes of `phrase` if `syllables` begin with it.
fn matched(syllables: &[Syllable], phrase: &Phrase) -> Option<Range<usize>> {
    let first = syllables.first()?;
    match phrase {
        Phrase::One { accented } => (first.accented == *accented).then(|| first.range.clone()),
        Phrase::Many { folded } => {
            let row = syllables.get(..folded.len())?;
            let is_same = row.iter().zip(folded).all(|(syllable, folded)| syllable.folded == *folded);
            let last = row.last()?;
            (is_same && last.stretch == first.stretch).then_some(first.range.start..last.range.end)
        }
    }
}
