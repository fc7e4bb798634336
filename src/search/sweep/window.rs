//! A stretch of rows: which of them match so far, and their scores.
//!
//! Lists that hold a good part of a stretch are laid over it, a bit and a sum a row; a list beside few rows is
//! asked for each of them. Sums of rows that do not match are never read.

use tantivy::{DocId, Score};

use crate::search::sweep::list::{Candidate, List};

/// Rows of a stretch.
pub(super) const WINDOW: DocId = 1 << ROWS_LOG;
/// Smaller in tests, so that few rows are many stretches.
const ROWS_LOG: u32 = if cfg!(test) { 7 } else { 12 };
pub(super) const ROWS: usize = 1 << ROWS_LOG;
const WORD: usize = u64::BITS as usize;
const WORDS: usize = ROWS / WORD;
/// Rows whose scores are compared with a bound at once.
const AT_ONCE: usize = 16;
/// A list is asked row by row when it has this many times as many rows as those that are left.
const SPARSE: u64 = 6;

/// A bit a row.
pub(super) type Bits = [u64; WORDS];

/// One stretch; begins at a multiple of [`WINDOW`].
pub(super) struct Window {
    start: DocId,
    scores: Box<[Score; ROWS]>,
    matching: Bits,
    /// Of the list or lists that are being laid over.
    layer: Bits,
    rows: Vec<DocId>,
    sums: Vec<Score>,
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            start: 0,
            scores: Box::new([0.0; ROWS]),
            matching: [0; WORDS],
            layer: [0; WORDS],
            rows: Vec::with_capacity(ROWS),
            sums: Vec::with_capacity(ROWS),
        }
    }

    /// Goes to the stretch that holds `row`; every row of it matches.
    pub(super) fn move_to(&mut self, row: DocId) {
        self.start = row & !(WINDOW - 1);
        self.scores.fill(0.0);
        self.matching.fill(u64::MAX);
    }

    pub(super) fn start(&self) -> DocId {
        self.start
    }

    pub(super) fn end(&self) -> DocId {
        self.start.saturating_add(WINDOW)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.matching.iter().all(|bits| *bits == 0)
    }

    /// Rows that match.
    pub(super) fn left(&self) -> u64 {
        self.matching.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// Whether it is better to ask lists of together so many rows a stretch for each row that is left.
    fn is_sparse(&self, rows: u64) -> bool {
        rows > SPARSE * self.left()
    }

    /// Keeps the rows that stand in any of the lists and adds their scores; the lists have `rows` rows a
    /// stretch.
    pub(super) fn keep(&mut self, lists: &mut [List], rows: u64) {
        if self.is_sparse(rows) {
            let scores = &mut self.scores;
            each_kept(&mut self.matching, self.start, |row, place| {
                let mut stands = false;
                for list in lists.iter_mut() {
                    if let Some((_, score)) = list.find(row) {
                        if let Some(sum) = scores.get_mut(place) {
                            *sum += score;
                        }
                        stands = true;
                    }
                }
                stands
            });
            return;
        }
        self.layer.fill(0);
        for list in lists {
            self.lay(list);
        }
        self.keep_layer();
    }

    /// Keeps the rows that are candidates, and adds their scores.
    pub(super) fn keep_candidates(&mut self, candidates: &[Candidate]) {
        self.layer.fill(0);
        for Candidate { row, score } in candidates {
            let place = *row as usize % ROWS;
            self.layer[place / WORD] |= 1 << (place % WORD);
            self.scores[place] += score;
        }
        self.keep_layer();
    }

    /// Keeps the rows of any of `sets`, each a bit a row of the segment; their number is added to the score.
    pub(super) fn keep_any(&mut self, sets: &[Vec<u64>]) {
        let first = self.start as usize / WORD;
        self.layer.fill(0);
        for set in sets {
            for (number, bits) in set.iter().skip(first).take(WORDS).enumerate() {
                self.layer[number] |= bits;
                if sets.len() > 1 {
                    let mut left = *bits;
                    while left != 0 {
                        self.scores[number * WORD + left.trailing_zeros() as usize] += 1.0;
                        left &= left - 1;
                    }
                }
            }
        }
        if sets.len() == 1 {
            self.scores.iter_mut().for_each(|sum| *sum += 1.0);
        }
        self.keep_layer();
    }

    /// Adds the scores of the list's rows, whether they match or not.
    pub(super) fn add(&mut self, list: &mut List, rows: u64) {
        if self.is_sparse(rows) {
            let scores = &mut self.scores;
            each_kept(&mut self.matching, self.start, |row, place| {
                if let (Some((_, score)), Some(sum)) = (list.find(row), scores.get_mut(place)) {
                    *sum += score;
                }
                true
            });
            return;
        }
        self.lay(list);
    }

    /// Takes out rows of the list.
    pub(super) fn leave_out(&mut self, list: &mut List) {
        each_kept(&mut self.matching, self.start, |row, _| !list.holds(row));
    }

    /// Keeps the rows for which `holds`; they are asked in order.
    pub(super) fn retain(&mut self, mut holds: impl FnMut(DocId) -> bool) {
        each_kept(&mut self.matching, self.start, |row, _| holds(row));
    }

    /// The rows that match, and their scores.
    pub(super) fn read(&mut self) -> (&[DocId], &[Score]) {
        self.read_from(Score::NEG_INFINITY)
    }

    /// The rows that match and score `bound` or more, and their scores.
    pub(super) fn read_from(&mut self, bound: Score) -> (&[DocId], &[Score]) {
        let Self { rows, sums, .. } = self;
        rows.clear();
        sums.clear();
        each_from((&self.matching, &self.scores), bound, |place, score| {
            rows.push(self.start | place as DocId);
            sums.push(score);
        });
        (rows, sums)
    }

    fn keep_layer(&mut self) {
        self.matching.iter_mut().zip(&self.layer).for_each(|(bits, layer)| *bits &= layer);
    }

    fn lay(&mut self, list: &mut List) {
        let (layer, scores) = (&mut self.layer, &mut self.scores);
        // Bits of one word are put together before they are written: each write waits for the one before.
        let (mut word, mut bits) = (0, 0);
        list.each((self.start, self.start.saturating_add(WINDOW)), |row, _, score| {
            let place = row as usize % ROWS;
            if place / WORD != word {
                layer[word] |= bits;
                (word, bits) = (place / WORD, 0);
            }
            bits |= 1u64 << (place % WORD);
            scores[place] += score;
        });
        layer[word] |= bits;
    }
}

/// Gives the places of a stretch whose bit is set and whose score is `bound` or more. Where no score of some rows
/// is, their bits are not looked at.
pub(super) fn each_from(
    (bits, scores): (&Bits, &[Score; ROWS]),
    bound: Score,
    mut visit: impl FnMut(usize, Score),
) {
    // Of numbers that are not negative the order is that of their bits, which are compared side by side.
    let least = bound.to_bits().cast_signed();
    for (number, (bits, scores)) in bits.iter().zip(scores.as_chunks::<WORD>().0).enumerate() {
        if *bits == 0 {
            continue;
        }
        for (part, scores) in scores.as_chunks::<AT_ONCE>().0.iter().enumerate() {
            let reached = |score: &Score| i32::from(score.to_bits().cast_signed() >= least);
            if scores.iter().fold(0, |any, score| any | reached(score)) == 0 {
                continue;
            }
            let first = part * AT_ONCE;
            let mut left = (bits >> first) & ((1 << AT_ONCE) - 1);
            while left != 0 {
                let place = left.trailing_zeros() as usize;
                left &= left - 1;
                if let Some(score) = scores.get(place).filter(|score| **score >= bound) {
                    visit(number * WORD + first + place, *score);
                }
            }
        }
    }
}

/// Asks for each row whose bit is set, counted from `start`, whether it stays.
pub(super) fn each_kept(bits: &mut [u64], start: DocId, mut stays: impl FnMut(DocId, usize) -> bool) {
    for (number, word) in bits.iter_mut().enumerate() {
        let mut left = *word;
        while left != 0 {
            let bit = left.trailing_zeros();
            left &= left - 1;
            let place = number * WORD + bit as usize;
            if !stays(start | place as DocId, place) {
                *word &= !(1 << bit);
            }
        }
    }
}
