//! The question that a row is: what in it is telling, asked of the others.
//!
//! A row's pairs of neighbouring words are weighed as BM25 weighs them, by how often they stand in the row
//! and how few rows have them; the best [`SIMILAR_PAIRS`] are the question. Pairs that no other row has
//! say nothing and are left out. Only public text speaks, whoever asks, so that the order of related rows
//! tells nothing of a person.

use rustc_hash::FxHashMap;
use tantivy::Term;

use crate::domain::id::RecordId;
use crate::domain::limits::{SIMILAR_PAIRS, SIMILAR_TEXT_BYTES};
use crate::search::SearchError;
use crate::search::analyzer::pair;
use crate::search::query::{Parsed, Word};
use crate::search::reader::{Reader, stored_text};
use crate::text::syllable::tokenize;

/// How soon repeating a pair stops making it more telling; BM25's k1.
const SATURATION: f32 = 1.2;
/// Rows that have a pair, the row itself among them, for it to be asked.
const ROWS_MIN: u64 = 2;

struct Telling {
    words: [Word; 2],
    count: f32,
}

/// The telling pairs of row `id` as a question; none when there is no such row.
pub(in crate::search) fn wanted(reader: &Reader, id: RecordId) -> Result<Option<Parsed>, SearchError> {
    let Some(texts) = texts(reader, id)? else { return Ok(None) };
    let mut pairs: FxHashMap<String, Telling> = FxHashMap::default();
    for (text, weight) in texts {
        let mut previous: Option<Word> = None;
        tokenize(&text, &mut |token| {
            let word = Word { folded: token.folded.to_owned(), accented: token.accented.to_owned() };
            if let Some(first) = previous.replace(word.clone()) {
                let name = pair(&first.folded, &word.folded);
                pairs.entry(name).or_insert(Telling { words: [first, word], count: 0.0 }).count += weight;
            }
        });
    }
    let statistics = reader.statistics();
    let mut weighed = Vec::with_capacity(pairs.len());
    for (name, telling) in pairs {
        let term = Term::from_field_text(reader.fields().open.pairs, &name);
        let rows = reader.searcher().doc_freq(&term).map_err(|error| reader.error(error))?;
        if rows >= ROWS_MIN {
            let rarity = statistics.rarity(&term).map_err(|error| reader.error(error))?;
            weighed.push((rarity * telling.count / (telling.count + SATURATION), name, telling.words));
        }
    }
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    weighed.truncate(SIMILAR_PAIRS);
    let runs = weighed.into_iter().map(|(_, _, words)| words.to_vec()).collect();
    Ok(Some(Parsed { runs, is_question: true, is_given: true, ..Parsed::default() }))
}

/// Public searched texts of the row, each with how many times its words count.
fn texts(reader: &Reader, id: RecordId) -> Result<Option<Vec<(String, f32)>>, SearchError> {
    let Some(address) = reader.find(id)? else { return Ok(None) };
    let document = reader.document(address)?;
    let row = reader.row(&document, false);
    let columns = reader.fields().columns.iter().filter(|column| column.search && !column.personal);
    let texts = columns.filter_map(|column| {
        let text = match column.stored {
            Some(field) => stored_text(&document, field),
            None => row.get(&column.name).and_then(|value| value.as_str()),
        }?;
        let text = text.get(..text.floor_char_boundary(SIMILAR_TEXT_BYTES)).unwrap_or(text);
        #[expect(clippy::cast_precision_loss, reason = "one to four")]
        Some((text.to_owned(), column.repeats as f32))
    });
    Ok(Some(texts.collect()))
}
