//! Rows that hold any of many terms, each lane counted once.

use tantivy::DocId;
use tantivy::schema::IndexRecordOption;

use crate::search::compile::Fitting;
use crate::search::sweep::list::Candidate;

const WORD: u32 = u64::BITS;

/// The rows of one segment: a set of bits for each lane.
pub(super) struct Any {
    lanes: Vec<Vec<u64>>,
}

impl Any {
    pub(super) fn open(lanes: &[Fitting], rows: u32) -> tantivy::Result<Self> {
        let lanes = lanes.iter().map(|fitting| set(fitting, rows));
        Ok(Self { lanes: lanes.collect::<tantivy::Result<_>>()? })
    }

    /// Rows from `start` and before `end`, both numbers of whole words of bits, with the number of lanes as
    /// score.
    pub(super) fn fill(&self, start: DocId, end: DocId) -> Vec<Candidate> {
        let mut found = Vec::new();
        for word in start / WORD..end / WORD {
            let bits = |lane: &Vec<u64>| lane.get(word as usize).copied().unwrap_or(0);
            let mut left = self.lanes.iter().fold(0, |all, lane| all | bits(lane));
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let lanes = self.lanes.iter().filter(|lane| bits(lane) >> bit & 1 == 1).count();
                let score = f32::from(u8::try_from(lanes).unwrap_or(u8::MAX));
                found.push(Candidate { row: word * WORD + bit, score });
            }
        }
        found
    }
}

fn set(fitting: &Fitting, rows: u32) -> tantivy::Result<Vec<u64>> {
    let mut bits = vec![0u64; rows.div_ceil(WORD) as usize];
    let mut postings = None;
    for info in &fitting.infos {
        let postings = match &mut postings {
            None => postings
                .insert(fitting.index.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?),
            Some(open) => {
                fitting.index.reset_block_postings_from_terminfo(info, open)?;
                open
            }
        };
        while !postings.docs().is_empty() {
            for row in postings.docs() {
                bits.get_mut((row / WORD) as usize).into_iter().for_each(|word| *word |= 1 << (row % WORD));
            }
            postings.advance();
        }
    }
    Ok(bits)
}
