//! Whether a word is spelt as a Vietnamese syllable is: onset, rime and tone, from phonotactics.
//!
//! Vietnamese has few syllables and a strict spelling, so a wrong decoding nearly always breaks a rule:
//! an onset before a vowel it is not written with, a rime that does not exist, a stop consonant without
//! one of its two tones, a mark on the wrong vowel. The list has no words, only what may stand together.

use unicode_normalization::UnicodeNormalization;

/// Longest spelling of a syllable, in letters: nghiêng.
const LETTERS_MAX: usize = 7;

const ONSETS: [&str; 27] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x",
];

/// Rimes after any onset that the rules of [`fits`] allow, by their first letter.
const RIMES: &[&str] = &[
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", //
    "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây", //
    "e", "ec", "em", "en", "eng", "eo", "ep", "et", //
    "ê", "êch", "êm", "ên", "êng", "ênh", "êp", "êt", "êu", //
    "i", "ia", "ich", "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu", "im", "in", "inh", "ip", "it",
    "iu", //
    "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oăc", "oăn",
    "oăng", "oăt", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op",
    "ot", //
    "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", //
    "u", "ua", "uân", "uâng", "uât", "uây", "uc", "uê", "uêch", "uênh", "ui", "um", "un", "ung", "uôc",
    "uôi", "uôm", "uôn", "uông", "uôt", "uơ", "up", "ut", "uy", "uya", "uych", "uyên", "uyêt", "uynh", "uyt",
    "uyu", //
    "ư", "ưa", "ưc", "ưi", "ưng", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu", "ưt", "ưu",
];

/// Rimes that only stand alone.
const BARE: &[&str] = &["y", "yêm", "yên", "yêng", "yêt", "yêu"];

const AFTER_QU: &[&str] = &[
    "a", "ac", "ach", "ai", "an", "ang", "anh", "ao", "at", "au", "ay", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt",
    "âc", "ân", "âng", "ât", "âu", "ây", "e", "en", "eo", "et", "ê", "êch", "ên", "ênh", "êt", "i", "ich",
    "in", "inh", "it", "ơ", "ơn", "ôc", "y", "ych", "yên", "yêt", "ynh", "yt",
];

/// Rimes that bear the tone on their first letter, and on their second.
const FIRST_TONED: &[&str] = &["ai", "ao", "au", "ay", "eo", "ia", "iu", "oi", "ua", "ui"];
const SECOND_TONED: &[&str] = &["oai", "oao", "oay", "oeo", "uya", "uyu"];

/// Onsets whose open i may be written y.
const BEFORE_Y: &[&str] = &["h", "k", "l", "m", "s", "t", "th", "v"];

const TONED: [(char, &str); 12] = [
    ('a', "àáảãạ"),
    ('ă', "ằắẳẵặ"),
    ('â', "ầấẩẫậ"),
    ('e', "èéẻẽẹ"),
    ('ê', "ềếểễệ"),
    ('i', "ìíỉĩị"),
    ('o', "òóỏõọ"),
    ('ô', "ồốổỗộ"),
    ('ơ', "ờớởỡợ"),
    ('u', "ùúủũụ"),
    ('ư', "ừứửữự"),
    ('y', "ỳýỷỹỵ"),
];
const ACUTE: usize = 1;
const DOT_BELOW: usize = 4;

/// The letters of a syllable without its tone.
struct Untoned {
    letters: String,
    /// Place of the toned letter, counted in letters, and which tone.
    tone: Option<(usize, usize)>,
}

/// Whether `word`, in any case, is spelt as a Vietnamese syllable.
pub(super) fn is_syllable(word: &str) -> bool {
    let Some(untoned) = untoned(word) else { return false };
    let Untoned { letters, tone } = &untoned;
    let bare = is_one_of(letters, BARE) || fits("", letters);
    let whole = bare && tone_fits(letters, 0, *tone);
    let split = || {
        ONSETS.iter().any(|onset| {
            let rime = letters.strip_prefix(onset).filter(|rime| !rime.is_empty());
            rime.is_some_and(|rime| fits(onset, rime) && tone_fits(rime, onset.chars().count(), *tone))
        })
    };
    whole || split()
}

fn untoned(word: &str) -> Option<Untoned> {
    let mut found = Untoned { letters: String::new(), tone: None };
    for (place, c) in word.nfc().flat_map(char::to_lowercase).enumerate() {
        if place == LETTERS_MAX {
            return None;
        }
        let toned = untoned_letter(c);
        if toned.is_some() && found.tone.is_some() {
            return None;
        }
        found.letters.push(toned.map_or(c, |(base, _)| base));
        found.tone = found.tone.or(toned.map(|(_, tone)| (place, tone)));
    }
    Some(found)
}

/// The vowel that `c`, in lower case, is without its tone, and which tone.
pub(super) fn untoned_letter(c: char) -> Option<(char, usize)> {
    TONED.iter().find_map(|(base, tones)| Some((*base, tones.chars().position(|toned| toned == c)?)))
}

fn is_one_of(rime: &str, list: &[&str]) -> bool {
    list.contains(&rime)
}

/// Whether a rime is written after an onset.
fn fits(onset: &str, rime: &str) -> bool {
    let is_front = rime.starts_with(['e', 'ê', 'i', 'y']);
    if rime == "y" {
        return is_one_of(onset, BEFORE_Y) || onset == "qu";
    }
    match onset {
        "qu" => is_one_of(rime, AFTER_QU),
        "gi" => !is_front && is_one_of(rime, RIMES) || is_one_of(rime, &["e", "eo", "et", "êng"]),
        "g" if is_front => is_one_of(rime, &["i", "in", "iêc", "iêng", "iêt"]),
        "k" | "gh" | "ngh" => is_front && is_one_of(rime, RIMES),
        "c" | "ng" if is_front => false,
        "b" | "m" | "p" | "ph" | "v" | "g" | "r" | "n"
            if rime.starts_with("oa") || rime.starts_with("oă") =>
        {
            matches!((onset, rime), ("n", "oan" | "oang") | ("v", "oan") | ("r", "oa" | "oat") | ("g", "oa"))
        }
        "b" | "m" | "ph" | "v" if rime.starts_with("uâ") || rime.starts_with("uê") => false,
        "b" | "m" | "ph" | "v" if rime.starts_with("uy") => false,
        _ => is_one_of(rime, RIMES),
    }
}

/// Stops bear two tones only; the mark stands on the vowel that has one already, and before a final
/// consonant on the last vowel.
fn tone_fits(rime: &str, onset_letters: usize, tone: Option<(usize, usize)>) -> bool {
    let is_stop = rime.ends_with(['c', 'p', 't']) || rime.ends_with("ch");
    let Some((place, tone)) = tone else { return !is_stop };
    if is_stop && tone != ACUTE && tone != DOT_BELOW {
        return false;
    }
    let Some(place) = place.checked_sub(onset_letters) else { return false };
    let is_marked = |c: char| "ăâêôơư".contains(c);
    let is_vowel = |c: char| is_marked(c) || "aeiouy".contains(c);
    let letters: Vec<char> = rime.chars().collect();
    match letters.iter().rposition(|c| is_marked(*c)) {
        Some(marked) => place == marked,
        None if is_one_of(rime, FIRST_TONED) => place == 0,
        None if is_one_of(rime, SECOND_TONED) => place == 1,
        None if letters.last().is_some_and(|c| !is_vowel(*c)) => {
            letters.iter().rposition(|c| is_vowel(*c)) == Some(place)
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_the_language_are_known() {
        let text = "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc Ủy ban nhân dân tỉnh Quảng Nam \
            đơn khiếu nại tố cáo kiến nghị phản ánh về việc thu hồi đất bồi thường giải phóng mặt bằng quyết định \
            giấy chứng nhận quyền sử dụng khuynh khuếch ngoằn nghiêng giếng gì giặc quốc quý quỳnh quyển quyết \
            thuở hươu rượu yêu yếu ý kỳ lý mỹ tỷ hoà thuỷ khoẻ uỷ hoạch loạn xoong hoãn khuya tuyến huyện ghế \
            nghề kẽ cứ ngã gặp nước đường người trưởng phường thửa bưu lựu cúi suối buổi oán ánh ích ổ ở ăn ấp";
        for word in text.split_whitespace() {
            assert!(is_syllable(word), "{word}");
        }
    }

    #[test]
    fn what_breaks_a_rule_is_none() {
        let text = "Céng hßa néi chñ Coäng hoøa xaõ vieät nghóa cãn kà gề ngê bét cẩc mảt hóan tóan cưòng cuả \
            Müller café São über été where straße Seán ng th x đđ aa oo uu éé nghiêngg tôt quộ";
        let wrong: Vec<&str> = text.split_whitespace().filter(|word| is_syllable(word)).collect();
        assert_eq!(wrong, ["cãn", "bét", "São"]);
        assert!(!is_syllable(""));
    }
}
