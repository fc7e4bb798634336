//! Whether two people are one, as far as each value can tell.

use crate::duplicates::extract::person::{Name, OLD_ID_DIGITS, Person};
use crate::duplicates::extract::place::Address;
use crate::duplicates::features::Who;
use crate::duplicates::signal::{Level, Levels, Signal};
use crate::duplicates::token::compared;

/// Share of common syllables from which two names of agencies or places are one.
const SAME_WORDS: f64 = 0.8;

/// The levels of the signals about who signed. A secret signer compares with another of the same unit only;
/// with anybody else it is unknown.
pub(in crate::duplicates) fn person_levels(one: &Who, other: &Who) -> Levels {
    match (one, other) {
        (Who::Known(one), Who::Known(other)) => of_persons(one, other),
        (Who::Keyed { unit, tokens }, Who::Keyed { unit: other_unit, tokens: others })
            if unit == other_unit =>
        {
            compared(tokens, others).into_iter().fold(Levels::default(), |levels, (signal, is_same)| {
                // An old and a new number may both be known: one that agrees outweighs one that does not.
                match (levels.of(signal), is_same) {
                    (Level::Agree, _) => levels,
                    (_, true) => levels.with(signal, Level::Agree),
                    (_, false) => levels.with(signal, Level::Disagree),
                }
            })
        }
        _ => Levels::default(),
    }
}

/// Whether two folded strings differ by no more than a slip of the pen.
pub(in crate::duplicates) fn alike(one: &str, other: &str) -> bool {
    one == other || (one.len().min(other.len()) >= 4 && is_one_slip(one, other))
}

/// Whether one character was changed, lost or added, or two neighbours changed places: an edit distance of
/// one, told without a table, for most words that are compared have nothing in common.
fn is_one_slip(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > '\u{10FFFF}'.len_utf8() {
        return false;
    }
    let begin = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
    let begin: usize = begin.map(|(a, _)| a.len_utf8()).sum();
    let (one, other) = (one.get(begin..).unwrap_or_default(), other.get(begin..).unwrap_or_default());
    let end = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = end.map(|(a, _)| a.len_utf8()).sum();
    let rest = |text: &str| {
        let mut left = text.get(..text.len() - end).unwrap_or_default().chars();
        (left.next(), left.next(), left.next().is_some())
    };
    match (rest(one), rest(other)) {
        ((_, None, _), (_, None, _)) => true,
        ((Some(a), Some(b), false), (Some(c), Some(d), false)) => (a, b) == (d, c),
        _ => false,
    }
}

/// Whether two names of agencies have nearly the same syllables, in any order, and are of one level: the
/// committee of a province and that of the ward of its name differ by a word.
pub(in crate::duplicates) fn same_words(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (words(one), words(other));
    let is_one_level = level(&one).zip(level(&other)).is_none_or(|(one, other)| one == other);
    is_one_level && share(&one, &other) >= SAME_WORDS
}

/// The level of the first place that is named: 1 for all sorts of communes, which the merger of 2025 changed
/// into each other.
fn level(words: &[&str]) -> Option<u8> {
    words.iter().find_map(|word| match *word {
        "xa" | "phuong" | "tran" => Some(1),
        "huyen" | "quan" => Some(2),
        "pho" => Some(3),
        "tinh" => Some(4),
        _ => None,
    })
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// What is common over what there is, of syllables that may differ by a slip.
fn share(one: &[&str], other: &[&str]) -> f64 {
    let known = |list: &[&str], all: &[&str]| {
        list.iter().filter(|word| all.iter().any(|other| alike(word, other))).count()
    };
    let common = known(one, other).min(known(other, one));
    let all = one.len().max(other.len());
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

fn of_persons(one: &Person, other: &Person) -> Levels {
    Levels::default()
        .with(Signal::IdNumber, best(&one.id_numbers, &other.id_numbers, |a, b| id_numbers(a, b)))
        .with(Signal::Phone, best(&one.phones, &other.phones, |a, b| digits(a, b)))
        .with(Signal::Name, best(&one.names, &other.names, names))
        .with(Signal::Address, best(&one.addresses, &other.addresses, addresses))
}

/// The best level that any pair reaches.
fn best<T>(one: &[T], other: &[T], level: impl Fn(&T, &T) -> Level) -> Level {
    let mut found = Level::Unknown;
    for (a, b) in one.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
        found = match (found, level(a, b)) {
            (Level::Agree, _) | (_, Level::Agree) => return Level::Agree,
            (Level::Partly, _) | (_, Level::Partly) => Level::Partly,
            (Level::Disagree, _) | (_, Level::Disagree) => Level::Disagree,
            (Level::Unknown, Level::Unknown) => Level::Unknown,
        };
    }
    found
}

/// The new number of somebody says nothing about the old one.
fn id_numbers(one: &str, other: &str) -> Level {
    if (one.len() == OLD_ID_DIGITS) == (other.len() == OLD_ID_DIGITS) {
        digits(one, other)
    } else {
        Level::Unknown
    }
}

fn digits(one: &str, other: &str) -> Level {
    match strsim::osa_distance(one, other) {
        0 => Level::Agree,
        1 => Level::Partly,
        _ => Level::Disagree,
    }
}

/// Names agree in any order; in part when one is the initials of the other, leaves syllables out, or differs
/// by a slip of the pen.
fn names(one: &Name, other: &Name) -> Level {
    if one.key() == other.key() {
        return Level::Agree;
    }
    let (short, long) = if one.words().len() <= other.words().len() { (one, other) } else { (other, one) };
    let (short, long) = (short.words(), long.words());
    let stands_for = |a: &String, b: &String| {
        a == b || (a.len() == 1 && b.starts_with(a.as_str())) || (b.len() == 1 && a.starts_with(b.as_str()))
    };
    let is_initials = short.len() == long.len() && short.iter().zip(long).all(|(a, b)| stands_for(a, b));
    // "Nguyễn Nam" and "ông Nam" leave out of "Nguyễn Văn Nam"; the given name stays.
    let mut rest = long.iter();
    let is_left_out = short.len() < long.len()
        && short.last() == long.last()
        && short.iter().all(|word| rest.any(|other| stands_for(word, other)));
    let slips = short.iter().zip(long).filter(|(a, b)| a != b).count();
    let is_slip = short.len() == long.len() && slips == 1 && short.iter().zip(long).all(|(a, b)| alike(a, b));
    if is_initials || is_left_out || is_slip { Level::Partly } else { Level::Disagree }
}

/// Addresses agree by house and hamlet, inside one province; in part by the commune.
fn addresses(one: &Address, other: &Address) -> Level {
    let known =
        |a: &Option<String>, b: &Option<String>| a.as_deref().zip(b.as_deref()).map(|(a, b)| alike(a, b));
    let (province, commune) = (known(&one.province, &other.province), known(&one.commune, &other.commune));
    let has_details = !one.detail.is_empty() && !other.detail.is_empty();
    let is_detail = has_details && exact(&one.detail, &other.detail);
    match (province, commune, is_detail) {
        (Some(false), _, _) => Level::Disagree,
        (_, Some(true), true) => Level::Agree,
        // After 2025-07-01 a commune may have another name.
        (_, _, true) => Level::Partly,
        (_, Some(true), false) if !has_details => Level::Partly,
        (None, None, false) if !has_details => Level::Unknown,
        _ => Level::Disagree,
    }
}

/// Whether two details are the same, words apart; a number is never a slip of another.
fn exact(one: &[String], other: &[String]) -> bool {
    let is_same =
        |a: &String, b: &String| a == b || (alike(a, b) && !a.contains(|c: char| c.is_ascii_digit()));
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn one_slip_is_an_edit_distance_of_one(one in "[abđ]{0,6}", other in "[abđ]{0,6}") {
            proptest::prop_assert_eq!(is_one_slip(&one, &other), strsim::osa_distance(&one, &other) <= 1);
        }
    }

    #[test]
    fn names_compare_in_any_order_and_by_initials() {
        let table = [
            ("Nguyễn Văn Nam", "NGUYEN VAN NAM", Level::Agree),
            ("Nguyễn Văn Nam", "ông Nam Nguyễn Văn", Level::Agree),
            ("Nguyễn Văn Nam", "N.V.N", Level::Partly),
            ("Nguyễn Văn Nam", "Nguyễn V. Nam", Level::Partly),
            ("Nguyễn Văn Nam", "Nguyễn Nam", Level::Partly),
            ("Nguyễn Văn Thành", "Nguyễn Văn Thanhh", Level::Partly),
            ("Nguyễn Văn Nam", "Nguyễn Văn Năm", Level::Agree),
            ("Nguyễn Văn Nam", "Nguyễn Văn Bình", Level::Disagree),
            ("Nguyễn Văn An", "Nguyễn Văn Anh", Level::Disagree),
            ("Nguyễn Văn Nam", "Trần Văn Nam", Level::Disagree),
        ];
        for (one, other, expected) in table {
            let (a, b) = (Name::of(one).unwrap(), Name::of(other).unwrap());
            assert_eq!(names(&a, &b), expected, "{one} / {other}");
            assert_eq!(names(&b, &a), expected, "{other} / {one}");
        }
    }

    #[test]
    fn addresses_compare_through_the_merger() {
        let table = [
            (
                "thôn 3, xã Tân Hòa, huyện Bắc Quang, tỉnh Hà Giang",
                "thôn 3, xã Tân Hòa, tỉnh Tuyên Quang",
                Level::Agree,
            ),
            ("thôn 3, xã Tân Hòa, tỉnh Hà Giang", "thôn 3, xã Bắc Quang, tỉnh Tuyên Quang", Level::Partly),
            ("thôn 3, xã Tân Hòa, tỉnh Hà Giang", "thôn 4, xã Tân Hòa, tỉnh Hà Giang", Level::Disagree),
            ("xã Tân Hòa, tỉnh Hà Giang", "thôn 4, xã Tân Hòa, tỉnh Hà Giang", Level::Partly),
            ("thôn 3, xã Tân Hòa, tỉnh Hà Giang", "thôn 3, xã Tân Hòa, tỉnh Cà Mau", Level::Disagree),
        ];
        for (one, other, expected) in table {
            let (a, b) = (Address::of(one).unwrap(), Address::of(other).unwrap());
            assert_eq!(addresses(&a, &b), expected, "{one} / {other}");
            assert_eq!(addresses(&b, &a), expected, "{other} / {one}");
        }
    }

    #[test]
    fn an_agency_is_not_that_of_another_level_in_a_place_of_its_name() {
        let table = [
            ("uy ban nhan dan tinh phu tho", "uy ban nhan dan phuong phu tho", false),
            ("uy ban nhan dan xa phu tho", "uy ban nhan dan phuong phu tho", true),
            ("uy ban nhan dan phu tho", "uy ban nhan dan phuong phu tho", true),
            ("so tai chinh thanh pho da nang", "so tai chinh tinh da nang", false),
            ("so xay dung tinh lao cai", "so tai chinh tinh lao cai", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(same_words(one, other), expected, "{one} / {other}");
            assert_eq!(same_words(other, one), expected, "{other} / {one}");
        }
    }

    #[test]
    fn the_new_number_is_not_evidence_against_the_old_one() {
        assert_eq!(id_numbers("012345678", "001080012345"), Level::Unknown);
        assert_eq!(id_numbers("012345678", "012345679"), Level::Partly);
        assert_eq!(id_numbers("012345678", "987654321"), Level::Disagree);
    }

    #[test]
    fn a_secret_signer_compares_with_its_like_in_its_unit_only() {
        let name = || Person { names: vec![Name::of("Nguyễn Văn Nam").unwrap()], ..Person::default() };
        let keyed =
            |unit: &str, byte: u8| Who::Keyed { unit: unit.to_owned(), tokens: vec![[1; 16], [byte; 16]] };
        assert_eq!(person_levels(&keyed("a", 4), &Who::Known(name())), Levels::default());
        assert_eq!(person_levels(&keyed("a", 4), &keyed("b", 4)), Levels::default());
        let same = person_levels(&keyed("a", 4), &keyed("a", 4));
        assert_eq!((same.of(Signal::Name), same.of(Signal::Phone)), (Level::Agree, Level::Agree));
        let known = person_levels(&Who::Known(name()), &Who::Known(name()));
        assert_eq!(known.of(Signal::Name), Level::Agree);
    }
}
