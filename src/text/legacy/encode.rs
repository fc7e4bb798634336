//! Unicode to the legacy encodings, the inverse that tests and the detection bench hold decoding against.
//!
//! Writes as offices did: words of capitals in TCVN3 as the capital font has them, single capitals with
//! a tone as a capital and a small letter; VIQR as typed, a full stop after a vowel escaped.

use unicode_normalization::UnicodeNormalization;

use crate::text::legacy::Encoding;
use crate::text::legacy::table;

/// `text` in `encoding`, as the Latin letters or ASCII it poses as; as it is for the others. Nothing if
/// the encoding lacks a character.
#[must_use]
pub fn posing(text: &str, encoding: Encoding) -> Option<String> {
    let text: String = text.nfc().collect();
    match encoding {
        Encoding::Tcvn3 => tcvn3(&text),
        Encoding::Vni => text.chars().map(vni).collect(),
        Encoding::Viqr => text.is_ascii().then(|| text.clone()).or_else(|| viqr(&text)),
        _ => Some(text),
    }
}

/// `text` as the bytes of a file in `encoding`, UTF-16 with a byte order mark. Nothing if the encoding
/// lacks a character.
#[must_use]
pub fn bytes(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    let marked = || std::iter::once(0xFEFF).chain(text.encode_utf16());
    match encoding {
        Encoding::Utf8 => Some(text.as_bytes().to_vec()),
        Encoding::Utf16Le => Some(marked().flat_map(u16::to_le_bytes).collect()),
        Encoding::Utf16Be => Some(marked().flat_map(u16::to_be_bytes).collect()),
        Encoding::Windows1258 => windows_1258(text),
        _ => posing(text, encoding)?.chars().map(|c| byte_of(c, table::windows_1252)).collect(),
    }
}

fn windows_1258(text: &str) -> Option<Vec<u8>> {
    let bytes = text.nfc().flat_map(|c| {
        // A letter without its own byte is one that has, and a tone.
        let whole = byte_of(c, table::windows_1258).map(|byte| vec![Some(byte)]);
        whole.unwrap_or_else(|| {
            let mut parts: Vec<char> = std::iter::once(c).nfd().collect();
            let tone =
                parts.iter().position(|part| byte_of(*part, table::windows_1258).is_some_and(|b| b >= 0xC0));
            let tone = tone.map(|place| parts.remove(place));
            let base = parts.into_iter().nfc();
            base.chain(tone).map(|part| byte_of(part, table::windows_1258)).collect()
        })
    });
    bytes.collect()
}

fn byte_of(c: char, table: fn(u8) -> char) -> Option<u8> {
    (0..=u8::MAX).find(|byte| table(*byte) == c)
}

fn tcvn3(text: &str) -> Option<String> {
    let mut encoded = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_alphabetic()) {
        let letters = piece.trim_end_matches(|c: char| !c.is_alphabetic());
        let is_capitals = letters.chars().count() > 1 && letters.chars().all(char::is_uppercase);
        for c in piece.chars() {
            let small = table::small(c);
            match table::of_tcvn3(c).or_else(|| is_capitals.then(|| table::of_tcvn3(small)).flatten()) {
                Some(code) => encoded.push(code),
                None if c.is_ascii() || !c.is_alphabetic() => encoded.push(c),
                None => encoded.extend([table::capital_base(c)?, table::of_tcvn3(small)?]),
            }
        }
    }
    Some(encoded)
}

fn vni(c: char) -> Option<String> {
    let written = table::of_vni(c);
    written.or_else(|| (c.is_ascii() || !c.is_alphabetic()).then(|| c.to_string()))
}

fn viqr(text: &str) -> Option<String> {
    let mut encoded = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        let before = encoded.chars().next_back();
        match c {
            'đ' => encoded.push_str("dd"),
            'Đ' => encoded.push_str("DD"),
            '.' | '?' if before.is_some_and(|c| "aeiouyAEIOUY^(+".contains(c)) => encoded.extend(['\\', c]),
            _ => {
                // Circumflex, breve and horn are typed before the tone; Unicode may order them after.
                let mut parts: Vec<char> = std::iter::once(c).nfd().collect();
                parts.sort_by_key(|part| {
                    if matches!(part, '\u{302}' | '\u{306}' | '\u{31B}') {
                        1
                    } else {
                        2 * u8::from(!part.is_ascii())
                    }
                });
                for part in parts {
                    encoded.push(super::viqr::sign_of(part)?);
                }
            }
        }
    }
    Some(encoded)
}
