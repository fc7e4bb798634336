//! Known passages, and what must hold for any two texts.

use proptest::prelude::*;

use super::*;
use crate::text::syllable::tokens;

fn shared<'t>(a: &'t str, b: &'t str) -> Vec<(&'t str, &'t str)> {
    align(a, b).into_iter().map(|passage| (&a[passage.a], &b[passage.b])).collect()
}

#[test]
fn passages_are_shown_as_they_stand_in_each_text() {
    let a = "Kính gửi: Chủ tịch huyện. Tôi khiếu nại việc THU HỒI đất, nay xin xem xét lại cho đúng.";
    let b = "toi khieu nai, viec thu hoi dat của ông A. Kính gửi Thanh tra: xin xem xét lại cho đúng";
    assert_eq!(
        shared(a, b),
        [
            ("Tôi khiếu nại việc THU HỒI đất", "toi khieu nai, viec thu hoi dat"),
            ("xin xem xét lại cho đúng", "xin xem xét lại cho đúng"),
        ]
    );
    assert_eq!(shared("một hai ba", "một hai ba"), []);
    assert_eq!(shared("", a), []);
}

#[test]
fn the_longest_of_several_places_is_taken_and_none_twice() {
    let phrase = "xin xem xét lại";
    let a = format!("{phrase} cho đúng. {phrase}.");
    let b = format!("{phrase} ngay. {phrase} cho đúng.");
    assert_eq!(shared(&a, &b), [("xin xem xét lại cho đúng", "xin xem xét lại cho đúng"), (phrase, phrase)]);
    assert_eq!(shared(&format!("{phrase}. {phrase}."), phrase).len(), 1);
}

proptest! {
    #[test]
    fn passages_read_the_same_and_never_overlap(
        a in "([abcáb]{1,2}[ ,]{1,2}){0,40}",
        b in "([abcáB]{1,2}[ .]{1,2}){0,40}",
    ) {
        let passages = align(&a, &b);
        let folded = |text: &str| tokens(text).into_iter().map(|token| token.folded).collect::<Vec<_>>();
        let mut end = 0;
        for passage in &passages {
            prop_assert!(passage.a.start >= end);
            end = passage.a.end;
            let words = folded(&a[passage.a.clone()]);
            prop_assert_eq!(&words, &folded(&b[passage.b.clone()]));
            prop_assert_eq!(words.len(), passage.syllables);
            prop_assert!(words.len() >= PASSAGE_SYLLABLES_MIN);
        }
        let mut of_b: Vec<_> = passages.iter().map(|passage| passage.b.clone()).collect();
        of_b.sort_by_key(|range| range.start);
        prop_assert!(of_b.windows(2).all(|two| two[0].end <= two[1].start));
    }

    #[test]
    fn a_text_is_shared_whole_with_itself(text in "([a-z]{1,3} ){4,30}") {
        let found = align(&text, &text.to_uppercase());
        let whole: usize = found.iter().map(|passage| passage.syllables).sum();
        prop_assert_eq!(whole, tokens(&text).len());
    }
}
