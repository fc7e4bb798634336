//! Where the tone mark stands: hoà and hòa are one word.
//!
//! Two conventions put the tone of an open syllable in oa, oe or uy on the first or on the second
//! vowel. The canonical place here is the first (hòa, khỏe, thúy). A final consonant leaves only one
//! place (hoàn), and after q the u belongs to the consonant (quý), so neither is touched.

const SECOND: [(char, &str); 3] = [('a', "àáảãạ"), ('e', "èéẻẽẹ"), ('y', "ỳýỷỹỵ")];
const FIRST: [(char, &str); 2] = [('o', "òóỏõọ"), ('u', "ùúủũụ")];

/// Moves the tone of `syllable` (lower case, NFC) to its canonical place.
pub(in crate::text) fn place(syllable: &mut String) {
    let mut backwards = syllable.chars().rev();
    let (Some(second), Some(first)) = (backwards.next(), backwards.next()) else { return };
    if backwards.next() == Some('q') {
        return;
    }
    let Some((base, tone)) = toned(second) else { return };
    if !matches!((first, base), ('o', 'a' | 'e') | ('u', 'y')) {
        return;
    }
    if let Some(moved) = with_tone(first, tone) {
        syllable.truncate(syllable.len() - first.len_utf8() - second.len_utf8());
        syllable.push(moved);
        syllable.push(base);
    }
}

fn toned(vowel: char) -> Option<(char, usize)> {
    SECOND.iter().find_map(|(base, tones)| {
        let tone = tones.chars().position(|toned| toned == vowel)?;
        Some((*base, tone))
    })
}

fn with_tone(vowel: char, tone: usize) -> Option<char> {
    let (_, tones) = FIRST.iter().find(|(base, _)| *base == vowel)?;
    tones.chars().nth(tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tone_moves_only_in_open_syllables() {
        let table = [
            ("hoà", "hòa"),
            ("hòa", "hòa"),
            ("khoẻ", "khỏe"),
            ("thuý", "thúy"),
            ("thuỷ", "thủy"),
            ("uỷ", "ủy"),
            ("oạ", "ọa"),
            ("hoàn", "hoàn"),
            ("quý", "quý"),
            ("quà", "quà"),
            ("huyện", "huyện"),
            ("hoá1", "hoá1"),
            ("hoả", "hỏa"),
            ("hoa", "hoa"),
            ("à", "à"),
            ("", ""),
        ];
        for (given, expected) in table {
            let mut syllable = given.to_owned();
            place(&mut syllable);
            assert_eq!(syllable, expected, "{given}");
        }
    }
}
