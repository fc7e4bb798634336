//! The story of a letter as a row of hashed syllables: without head, signers, and what every letter says.

use std::ops::Range;
use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use crate::duplicates::extract::reading::{Phrases, Reading};

/// Formulas of letters, which no two letters share by being about one thing.
static FORMULAS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "cộng hòa xã hội chủ nghĩa việt nam",
        "độc lập tự do hạnh phúc",
        "kính gửi",
        "tôi xin cam đoan",
        "tôi cam đoan",
        "chúng tôi xin cam đoan",
        "những nội dung trên là đúng sự thật",
        "là đúng sự thật",
        "chịu trách nhiệm trước pháp luật",
        "hoàn toàn chịu trách nhiệm trước pháp luật",
        "xin chân thành cảm ơn",
        "tôi xin chân thành cảm ơn",
        "trân trọng cảm ơn",
        "người làm đơn",
        "người viết đơn",
        "ký và ghi rõ họ tên",
        "ký ghi rõ họ tên",
        "đã ký",
        "đơn khiếu nại",
        "đơn tố cáo",
        "đơn kiến nghị",
        "đơn kiến nghị phản ánh",
        "đơn đề nghị",
    ])
});

/// The syllables of the story of a letter whose head ends at syllable `head`, by place; those of `spans` are
/// left out.
pub(in crate::duplicates::extract) fn places(
    reading: &Reading<'_>,
    head: usize,
    spans: &[Range<usize>],
) -> Vec<usize> {
    let mut is_out: Vec<bool> = (0..reading.words.len()).map(|place| place < head).collect();
    let formulas = FORMULAS.places(&reading.words).map(|(place, len)| place..place + len);
    for span in spans.iter().cloned().chain(formulas) {
        is_out.iter_mut().take(span.end).skip(span.start).for_each(|out| *out = true);
    }
    is_out.into_iter().enumerate().filter(|(_, is_out)| !is_out).map(|(place, _)| place).collect()
}

/// The hashes of the syllables at `places`.
pub(in crate::duplicates::extract) fn hashes(reading: &Reading<'_>, places: &[usize]) -> Vec<u64> {
    places.iter().map(|place| xxh3_64(reading.word(*place).as_bytes())).collect()
}
