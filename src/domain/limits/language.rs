//! Bounds of a search text, checked before anything is built from it, and of what it may stand for.

/// Characters of one search text.
pub const QUERY_CHARS_MAX: usize = 2_000;
/// Words of one search text.
pub const QUERY_WORDS_MAX: usize = 256;
/// Brackets and negations inside each other in one search text.
pub const QUERY_DEPTH_MAX: usize = 16;
/// Words, phrases, patterns and fields of one search text.
pub const QUERY_CLAUSES_MAX: usize = 64;
/// Negations of one search text.
pub const QUERY_NOTS_MAX: usize = 16;
/// Words that may stand between those of a phrase.
pub const QUERY_SLOP_MAX: u32 = 50;
/// Words with `?` or `*` in one search text.
pub const QUERY_PATTERNS_MAX: usize = 8;
/// `*` in one word.
pub const PATTERN_STARS_MAX: usize = 4;
/// Letters before the first `?` or `*` of a word.
pub const PATTERN_LETTERS_MIN: usize = 2;
/// Terms of the index that one word with `?` or `*` may stand for.
pub const PATTERN_TERMS_MAX: usize = 1_000;
/// Terms of the index looked at for one word with `?` or `*`.
pub const PATTERN_SCANNED_MAX: usize = 200_000;
/// Distinct values of a column looked through for those that hold given words.
pub const FIELD_VALUES_SCANNED_MAX: usize = 50_000;
/// Mistakes in one search text that an offered repair mends.
pub const QUERY_REPAIRS_MAX: usize = 8;
/// Names of columns in a search text that are told to be unknown.
pub const QUERY_NOTES_MAX: usize = 4;
/// Other writings of one phrase that are searched as well.
pub const PHRASE_WRITINGS_MAX: usize = 8;
