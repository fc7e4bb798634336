//! VIQR, Vietnamese typed in ASCII: `Ddo+n khie^'u na.i`.
//!
//! Its marks are punctuation elsewhere, so a mark counts only where it makes a syllable, and a text
//! only when many of its words have marks and hardly any word is foreign. Before a space a full stop
//! is a tone if a small letter follows, else it ends the sentence.

use std::collections::HashSet;

use crate::text::legacy::spelling::is_syllable;

const TONES: [(char, char); 5] =
    [('`', '\u{300}'), ('\'', '\u{301}'), ('?', '\u{309}'), ('~', '\u{303}'), ('.', '\u{323}')];
/// Different words with a hook or a circumflex that a text must have.
const HOOKED_MIN: usize = 2;

/// One word as read.
struct Word<'t> {
    given: &'t str,
    decoded: String,
    is_marked: bool,
    /// Whether a mark is there that tells VIQR from a sentence's punctuation.
    is_hooked: bool,
}

/// A text cut into words and what is between them.
enum Piece<'t> {
    Word(Word<'t>),
    Other(&'t str),
}

/// `text` read as VIQR; words that make no syllable stay.
pub(super) fn decode(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let pieces = pieces(text);
    let read = pieces.iter().map(|piece| match piece {
        Piece::Word(word) if word.is_marked => word.decoded.as_str(),
        Piece::Word(word) => word.given,
        Piece::Other("\\") => "",
        Piece::Other(other) => other,
    });
    read.flat_map(str::chars).nfc().collect()
}

/// Whether `text`, all ASCII, is VIQR.
pub(super) fn is_viqr(text: &str) -> bool {
    let (mut words, mut marked, mut foreign) = (0, 0, 0);
    let mut hooked: HashSet<&str> = HashSet::new();
    for piece in pieces(text) {
        let Piece::Word(word) = piece else { continue };
        words += 1;
        marked += usize::from(word.is_marked);
        if word.is_hooked && word.given.bytes().filter(u8::is_ascii_alphabetic).count() > 1 {
            hooked.insert(word.given);
        }
        let is_name = word.given.chars().all(|c| c.is_ascii_uppercase());
        foreign += usize::from(!word.is_marked && !is_name && !is_syllable(word.given));
    }
    hooked.len() >= HOOKED_MIN && marked * 10 >= words * 3 && foreign * 5 <= words
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut place = 0;
    while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
        let before = text.get(..place).and_then(|before| before.chars().next_back());
        let at_edge = before.is_none_or(|c| !c.is_ascii_alphanumeric());
        let taken = match address(rest, before) {
            Some(length) => length,
            None if at_edge && rest.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let word = word(rest);
                let length = word.given.len();
                all.push(Piece::Word(word));
                place += length;
                continue;
            }
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
        all.push(Piece::Other(rest.get(..taken).unwrap_or_default()));
        place += taken;
    }
    all
}

/// Bytes of the web or mail address that `rest` begins with.
fn address(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| !c.is_ascii_whitespace() && c != '(' && c != '<') {
        return None;
    }
    let token = rest.split([' ', '\t', '\n', '\r']).next()?;
    let is_address = token.contains("://") || token.contains('@') || token.starts_with("www.");
    (is_address && !token.is_empty()).then_some(token.len())
}

/// The word that `rest` begins with: with all its marks if that is a syllable, else with the last left
/// to the sentence, else only its letters.
fn word(rest: &str) -> Word<'_> {
    let (length, last_mark) = marked_length(rest);
    let plain = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let shorter = last_mark.filter(|_| length > plain);
    for length in [Some(length), shorter].into_iter().flatten().filter(|length| *length >= plain) {
        let given = rest.get(..length).unwrap_or_default();
        let (decoded, is_hooked) = read(given);
        let is_marked = decoded != given;
        if is_marked && is_syllable(&decoded) && !ends_sentence(rest, length) {
            return Word { given, decoded, is_marked, is_hooked };
        }
    }
    let given = rest.get(..plain).unwrap_or_default();
    // An abbreviation: QDD is QĐ.
    let is_short =
        given.contains("DD") && given.bytes().all(|b| b.is_ascii_uppercase() && !b"AEIOUY".contains(&b));
    let decoded = if is_short { given.replacen("DD", "Đ", 1) } else { given.to_owned() };
    Word { given, decoded, is_marked: is_short, is_hooked: false }
}

/// How far letters and the marks after vowels go, and where the last mark begins if it ends there.
fn marked_length(rest: &str) -> (usize, Option<usize>) {
    let mut before = ' ';
    let mut last_mark = None;
    for (place, c) in rest.char_indices() {
        let is_mark = matches!(c, '^' | '(' | '+' | '*') && is_hook(before, c)
            || tone(c).is_some() && (is_vowel(before) || matches!(before, '^' | '(' | '+' | '*'));
        if !c.is_ascii_alphabetic() && !is_mark {
            return (place, last_mark);
        }
        last_mark = is_mark.then_some(place);
        before = c;
    }
    (rest.len(), last_mark)
}

/// Whether the tone that ends `rest[..length]` is a full stop or question mark of the sentence.
fn ends_sentence(rest: &str, length: usize) -> bool {
    let (word, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
    if !word.ends_with(['.', '?']) {
        return false;
    }
    let follower = after.chars().next();
    match follower {
        // Questions are rare where hỏi is not.
        Some(' ' | '\t') if word.ends_with('?') => false,
        None | Some('\n' | '\r') => true,
        Some(' ' | '\t') => {
            let mut next = after.trim_start_matches([' ', '\t']).chars();
            let (first, second) = (next.next(), next.next());
            // Among capitals a capital begins no sentence.
            let is_loud = !word.contains(|c: char| c.is_ascii_lowercase()) && word.len() > 2;
            let goes_on = is_loud && second.is_some_and(|c| !c.is_ascii_lowercase() && c != ' ');
            !first
                .is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "(-,".contains(c) || goes_on)
        }
        Some(_) => false,
    }
}

/// Letters and marks as Unicode, decomposed; and whether a hook, circumflex, breve or đ is among them.
fn read(word: &str) -> (String, bool) {
    let mut decoded = String::with_capacity(word.len() * 2);
    let mut is_hooked = false;
    let mut before = ' ';
    for c in word.chars() {
        let hook = match c {
            '^' => Some('\u{302}'),
            '(' => Some('\u{306}'),
            '+' | '*' => Some('\u{31B}'),
            _ => None,
        };
        if matches!((before, c), ('d' | 'D', 'd' | 'D')) && decoded.len() == 1 {
            decoded = if before == 'd' { "đ".to_owned() } else { "Đ".to_owned() };
            is_hooked = true;
        } else if let Some(mark) = hook.or(tone(c)) {
            decoded.push(mark);
            is_hooked |= hook.is_some();
        } else {
            decoded.push(c);
        }
        before = c;
    }
    (decoded, is_hooked)
}

/// How VIQR writes a letter or a combining mark.
pub(super) fn sign_of(part: char) -> Option<char> {
    let hook = match part {
        '\u{302}' => Some('^'),
        '\u{306}' => Some('('),
        '\u{31B}' => Some('+'),
        other => TONES.iter().find(|(_, mark)| *mark == other).map(|(sign, _)| *sign),
    };
    hook.or(part.is_ascii().then_some(part))
}

fn tone(c: char) -> Option<char> {
    TONES.iter().find(|(sign, _)| *sign == c).map(|(_, mark)| *mark)
}

fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

fn is_hook(base: char, mark: char) -> bool {
    match mark {
        '^' => matches!(base.to_ascii_lowercase(), 'a' | 'e' | 'o'),
        '(' => matches!(base, 'a' | 'A'),
        _ => matches!(base.to_ascii_lowercase(), 'o' | 'u'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_read_and_its_punctuation_stays() {
        let table = [
            ("Ddo+n khie^'u na.i cu?a o^ng Nguye^~n Va(n A.", "Đơn khiếu nại của ông Nguyễn Văn A."),
            ("DDO+N KHIE^'U NA.I", "ĐƠN KHIẾU NẠI"),
            ("xa~ Hoa` Bi`nh, xa~ Ho.. Ai?", "xã Hoà Bình, xã Họ. Ai?"),
            ("o^ng la. lu`ng (xem mu.c 2.)", "ông lạ lùng (xem mục 2.)"),
            ("tu+` nga`y 12/5/2018 dde^'n nay", "từ ngày 12/5/2018 đến nay"),
            ("gu+?i ve^` a@b.vn ho+n", "gửi về a@b.vn hơn"),
        ];
        for (given, expected) in table {
            assert_eq!(decode(given), expected);
        }
        assert!(is_viqr("Ddo+n khie^'u na.i"));
    }

    #[test]
    fn ascii_of_other_kinds_is_none() {
        let table = [
            "what's up? I'm here, don't you see? e.g. a^2 + b^2 = c^2",
            "Toi la nguyen thi hoa. Xem muc 2. (xem don) co' the? khong?",
            "for (a+b) * u+v; o^n a^n e^n; x = y^2; main.rs a.b do.an to.do",
            "o+ u+ a^ e^",
            "https://a.vn/o^ng_e^m?ca.n mailto:ho.a@b.vn",
            "",
        ];
        for given in table {
            assert!(!is_viqr(given), "{given}");
        }
    }
}
