//! Text from before Unicode: TCVN3, VNI and VIQR read as what it meant.
//!
//! Legacy text comes as bytes that are no UTF-8 ([`mod@file`]), or, worse, as right Unicode that shows the
//! Latin letters its bytes look like: "ViÖt Nam", "Vieät Nam". [`restore`] finds stretches of such text
//! among others by spelling: a word is evidence if it is no Vietnamese syllable as it stands and is one
//! when decoded. What is right already must stay, so a stretch needs evidence from several words and
//! ends where Unicode begins; a legacy word alone may be missed.

mod decode;
mod detect;
pub mod encode;
pub mod file;
mod spelling;
mod table;
mod viqr;
mod words;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A way of writing Vietnamese in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// windows-1258, tones as combining marks.
    Windows1258,
    /// TCVN 5712 VN3, the fonts .VnTime and .VnTimeH.
    Tcvn3,
    /// VNI-Windows, a letter and a mark after it.
    Vni,
    /// VIQR, marks as ASCII punctuation.
    Viqr,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1258, Self::Tcvn3, Self::Vni, Self::Viqr];

    /// Its name in options, reports and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1258 => "windows-1258",
            Self::Tcvn3 => "tcvn3",
            Self::Vni => "vni",
            Self::Viqr => "viqr",
        }
    }

    /// The encoding of a name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether it poses as Latin letters or ASCII, so that text in it can be valid Unicode.
    #[must_use]
    pub fn poses_as_latin(self) -> bool {
        matches!(self, Self::Tcvn3 | Self::Vni | Self::Viqr)
    }
}

/// A text of which some was legacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The text in Unicode, what was decoded in NFC.
    pub text: String,
    /// What was decoded, in order.
    pub runs: Vec<Run>,
}

/// A stretch that was legacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What it was written in.
    pub encoding: Encoding,
    /// Its bytes in the given text.
    pub given: Range<usize>,
}

/// `text` with its legacy stretches decoded; nothing if it has none.
#[must_use]
pub fn restore(text: &str) -> Option<Restored> {
    if !detect::may_be_legacy(text) {
        return None;
    }
    let runs = detect::runs(text);
    if runs.is_empty() {
        return None;
    }
    let mut restored = String::with_capacity(text.len());
    let mut end = 0;
    for run in &runs {
        restored.push_str(text.get(end..run.given.start).unwrap_or_default());
        restored.push_str(&decode(text.get(run.given.clone()).unwrap_or_default(), run.encoding));
        end = run.given.end;
    }
    restored.push_str(text.get(end..).unwrap_or_default());
    Some(Restored { text: restored, runs })
}

/// [`restore`] when `encoding` is known: all of `text` is decoded, unless it holds letters that only
/// Unicode has; then its stretches are looked for.
#[must_use]
pub fn restore_as(text: &str, encoding: Encoding) -> Option<Restored> {
    let is_unicode = text.chars().any(|c| c > '\u{FF}' && c != 'μ' && words::is_letter_or_mark(c));
    if is_unicode || !encoding.poses_as_latin() {
        return restore(text);
    }
    let decoded = decode(text, encoding);
    let run = Run { encoding, given: 0..text.len() };
    (decoded != text).then(|| Restored { text: decoded, runs: vec![run] })
}

/// Whether `word` is spelt as a Vietnamese syllable is: onset, rime and tone.
#[must_use]
pub fn is_vietnamese_syllable(word: &str) -> bool {
    spelling::is_syllable(word)
}

/// `text` decoded as a whole, when it is known to be in `encoding`; encodings that do not pose as Latin
/// letters leave it as it is.
#[must_use]
pub fn decode(text: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Tcvn3 => decode::tcvn3(text).nfc().collect(),
        Encoding::Vni => decode::vni(text).nfc().collect(),
        Encoding::Viqr => viqr::decode(text),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
