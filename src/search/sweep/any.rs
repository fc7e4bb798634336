//! Rows that hold any of many terms, each lane counted once.

use tantivy::schema::IndexRecordOption;

use crate::search::compile::Fitting;

const WORD: u32 = u64::BITS;

/// The rows of one segment: a set of bits for each lane that has any.
pub(super) struct Any {
    pub(super) lanes: Vec<Vec<u64>>,
}

impl Any {
    pub(super) fn open(lanes: &[Fitting], rows: u32) -> tantivy::Result<Self> {
        let lanes = lanes.iter().filter(|fitting| !fitting.infos.is_empty());
        Ok(Self { lanes: lanes.map(|fitting| set(fitting, rows)).collect::<tantivy::Result<_>>()? })
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
