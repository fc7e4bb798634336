//! Words that ask and say nothing of the matter.
//!
//! Who types a whole question (`... có phải nộp thuế không, đúng hay sai?`) means the matter in it. The
//! phrases are recognised without marks, only as wholes, and only a caller that knows the text to be a
//! question leaves them out.

/// Folded phrases, longest first where one begins another.
const PHRASES: [&[&str]; 16] = [
    &["dung", "hay", "sai"],
    &["dung", "hay", "khong"],
    &["duoc", "hieu", "nhu", "the", "nao"],
    &["nhu", "the", "nao"],
    &["the", "nao", "la"],
    &["co", "phai", "la"],
    &["phai", "khong"],
    &["hay", "khong"],
    &["la", "nhung", "gi"],
    &["la", "bao", "nhieu"],
    &["la", "bao", "lau"],
    &["la", "gi"],
    &["la", "ai"],
    &["nao", "sau", "day"],
    &["sau", "day"],
    &["nao", "duoi", "day"],
];

/// For each folded syllable, whether it belongs to a phrase that only asks.
#[must_use]
pub fn asking(folded: &[&str]) -> Vec<bool> {
    let mut asks = vec![false; folded.len()];
    let mut place = 0;
    while let Some(rest) = folded.get(place..).filter(|rest| !rest.is_empty()) {
        let phrase = PHRASES.iter().find(|phrase| rest.starts_with(phrase));
        let length = phrase.map_or(0, |phrase| phrase.len());
        asks.iter_mut().skip(place).take(length).for_each(|asks| *asks = true);
        place += length.max(1);
    }
    asks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_phrases_are_recognised_and_nothing_else() {
        let table = [
            ("ket hon nhu the nao", "ket hon"),
            ("hanh vi nao sau day bi cam dung hay sai", "hanh vi bi cam"),
            ("the nao la to cao", "to cao"),
            ("nhu cau nha o", "nhu cau nha o"),
            ("nhu the", "nhu the"),
            ("", ""),
        ];
        for (text, left) in table {
            let words: Vec<&str> = text.split_whitespace().collect();
            let asks = asking(&words);
            let kept: Vec<&str> =
                words.iter().zip(asks).filter(|(_, asks)| !asks).map(|(word, _)| *word).collect();
            assert_eq!(kept.join(" "), left);
        }
    }
}
