//! Floor 1, thought: Vietnamese text.
//!
//! The original bytes of a text stay where they are; everything here derives a form from them: the
//! normal form, the syllables that index, query, sketch and evidence share, the fold without marks, text of
//! older encodings in Unicode, canonical tokens, other names of one thing, the order of lists, and a text with a
//! person's data taken out. One version number covers all of it, because an index
//! built by one version answers wrongly to queries read by another.

pub mod abbreviation;
pub mod canonical;
pub mod fold;
pub mod legacy;
mod letter;
pub mod normalize;
pub mod order;
pub mod place;
pub mod question;
pub mod scrub;
pub mod syllable;
mod tone;
pub mod typing;

/// Version of every derived form in this module; stored with each index, a mismatch is a rebuild.
pub const NORMALIZER_VERSION: u32 = 2;
