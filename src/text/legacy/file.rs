//! Bytes of a file that is no UTF-8: which encoding, and the text.
//!
//! Decided once for a file, by how many of its words with high bytes are syllables under each encoding.
//! TCVN3, VNI and VIQR come out as the Latin letters they look like: what is a letter there is decided
//! cell by cell, and the cell as given stays readable.

use unicode_normalization::UnicodeNormalization;

use crate::text::legacy::spelling::is_syllable;
use crate::text::legacy::words::words;
use crate::text::legacy::{Encoding, decode, table};

/// Words with high bytes that a guess is made of, at least.
const WORDS_MIN: usize = 2;
/// Share of them that must be syllables, in percent.
const SHARE_MIN: usize = 60;
/// Share by which the best must lead, in percent.
const LEAD_MIN: usize = 20;

/// A guess, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The encoding, if one is clear.
    pub encoding: Option<Encoding>,
    /// What was tried and the share of words, in percent, that it reads as Vietnamese.
    pub tried: Vec<(Encoding, usize)>,
}

/// UTF-16 by its byte order mark, or by the zero bytes of its ASCII letters.
#[must_use]
pub fn utf_16(start: &[u8]) -> Option<Encoding> {
    let zeros = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    match start {
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ if zeros(1) * 8 > start.len() && zeros(0) * 8 < zeros(1) => Some(Encoding::Utf16Le),
        _ if zeros(0) * 8 > start.len() && zeros(1) * 8 < zeros(0) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// The encoding of bytes that are no UTF-8. What is UTF-8 but for a few bytes is damaged and none.
#[must_use]
pub fn guess(bytes: &[u8]) -> Guess {
    let mut guess = Guess { encoding: None, tried: Vec::new() };
    if is_damaged_utf_8(bytes) {
        return guess;
    }
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Windows1258] {
        let (words, syllables) = read(bytes, encoding);
        let share = if words < WORDS_MIN { 0 } else { syllables * 100 / words };
        guess.tried.push((encoding, share));
    }
    guess.tried.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    if let [(best, share), (_, second), ..] = guess.tried.as_slice()
        && *share >= SHARE_MIN.max(second + LEAD_MIN)
    {
        guess.encoding = Some(*best);
    }
    guess
}

fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += chunk.invalid().len();
    }
    right > wrong
}

/// Words with high bytes, and how many of them are syllables in `encoding`.
fn read(bytes: &[u8], encoding: Encoding) -> (usize, usize) {
    let mut view = String::with_capacity(bytes.len() * 2);
    // None of the three can fail.
    let _ = decode_bytes(bytes, encoding, true, &mut view);
    let (mut all, mut syllables) = (0, 0);
    for word in words(&view).into_iter().filter_map(|range| view.get(range)) {
        if word.is_ascii() || word.chars().count() == 1 {
            continue;
        }
        all += 1;
        let decoded = match encoding {
            Encoding::Tcvn3 => decode::tcvn3_word(word),
            Encoding::Vni => decode::vni(word),
            _ => word.to_owned(),
        };
        syllables += usize::from(is_syllable(&decoded));
    }
    (all, syllables)
}

/// The text of a letter that came as bytes, in Unicode whatever it was written in; nothing if it is no
/// plain text.
#[must_use]
pub fn letter(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let encoding = match utf_16(bytes) {
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => Encoding::Utf8,
        None => guess(bytes).encoding?,
    };
    let mut text = String::new();
    decode_bytes(bytes, encoding, true, &mut text).ok()?;
    let text = match crate::text::legacy::restore_as(&text, encoding) {
        Some(restored) => restored.text,
        None => text,
    };
    let is_plain = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    is_plain.then_some(text)
}

/// Appends the text of `bytes` in `encoding` to `text`, as far as it is whole, all of it at the end of a
/// file; and tells how many bytes that were.
///
/// # Errors
/// The place of the first byte that is none of the encoding.
pub fn decode_bytes(
    bytes: &[u8],
    encoding: Encoding,
    is_end: bool,
    text: &mut String,
) -> Result<usize, usize> {
    match encoding {
        Encoding::Utf8 => utf_8(bytes, is_end, text),
        Encoding::Utf16Le => utf_16_text(bytes, u16::from_le_bytes, is_end, text),
        Encoding::Utf16Be => utf_16_text(bytes, u16::from_be_bytes, is_end, text),
        Encoding::Windows1258 => {
            // A letter and the mark after it must not be parted.
            let whole = bytes.iter().rposition(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
            let taken = if is_end { bytes.len() } else { whole.unwrap_or(0) };
            text.extend(bytes.iter().take(taken).map(|byte| table::windows_1258(*byte)).nfc());
            Ok(taken)
        }
        Encoding::Tcvn3 | Encoding::Vni | Encoding::Viqr => {
            text.extend(bytes.iter().map(|byte| table::windows_1252(*byte)));
            Ok(bytes.len())
        }
    }
}

fn utf_8(bytes: &[u8], is_end: bool, text: &mut String) -> Result<usize, usize> {
    let whole = match std::str::from_utf8(bytes) {
        Ok(whole) => whole,
        Err(error) if error.error_len().is_none() && !is_end => {
            let whole = bytes.get(..error.valid_up_to()).map(std::str::from_utf8);
            whole.and_then(Result::ok).unwrap_or_default()
        }
        Err(error) => return Err(error.valid_up_to()),
    };
    text.push_str(whole);
    Ok(whole.len())
}

fn utf_16_text(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    is_end: bool,
    text: &mut String,
) -> Result<usize, usize> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut taken = 0;
    for read in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match read {
            Ok(c) => {
                text.push(c);
                taken += 2 * c.len_utf16();
            }
            // Half a pair at the end of a read waits for the other half.
            Err(_) if !is_end && taken + 2 == pairs.len() * 2 => return Ok(taken),
            Err(_) => return Err(taken),
        }
    }
    if is_end && !odd.is_empty() { Err(taken) } else { Ok(taken) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::legacy::encode;

    const TEXT: &str = "STT;Người gửi;Nội dung\n1;Nguyễn Thị Hoà;Đơn khiếu nại về việc thu hồi đất\n";

    #[test]
    fn a_file_in_each_encoding_is_told_by_its_bytes() {
        for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Windows1258] {
            let bytes = encode::bytes(TEXT, encoding).unwrap();
            assert_eq!(guess(&bytes).encoding, Some(encoding), "{:?}", guess(&bytes));
        }
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let bytes = encode::bytes(TEXT, encoding).unwrap();
            assert_eq!(utf_16(&bytes), Some(encoding));
            assert_eq!(utf_16(&bytes[2..]), Some(encoding));
            let mut text = String::new();
            assert_eq!(decode_bytes(&bytes[2..], encoding, true, &mut text), Ok(bytes.len() - 2));
            assert_eq!(text, TEXT);
        }
    }

    #[test]
    fn what_is_not_clear_is_not_guessed() {
        let mut damaged = TEXT.as_bytes().to_vec();
        damaged.push(0xC3);
        let french = encode::bytes("été, café, señor, Müller, naïve, çà, Übung", Encoding::Windows1258);
        let french = french.unwrap_or_else(|| "été café".chars().map(|c| c as u8).collect());
        for bytes in [damaged, french, b"one \xE9 only".to_vec(), vec![0x80, 0x81, 0xFF]] {
            assert_eq!(guess(&bytes).encoding, None, "{bytes:?}");
        }
    }

    #[test]
    fn bytes_in_any_pieces_give_the_same_text() {
        let text = "Đơn khiếu nại \u{1F600} về đất";
        for encoding in Encoding::ALL {
            let Some(bytes) = encode::bytes(text, encoding) else { continue };
            let mut whole = String::new();
            decode_bytes(&bytes, encoding, true, &mut whole).unwrap();
            let (mut pending, mut pieced) = (Vec::new(), String::new());
            for (place, byte) in bytes.iter().enumerate() {
                pending.push(*byte);
                let taken = decode_bytes(&pending, encoding, place + 1 == bytes.len(), &mut pieced).unwrap();
                pending.drain(..taken);
            }
            assert_eq!(pieced, whole, "{encoding:?}");
        }
    }
}
