//! Counts by hand.

use super::*;
use crate::duplicates::evaluate::tally::{Count, SAME_MATTER, UNRELATED};

fn id(key: &str) -> RecordId {
    RecordId::of_key('P', "petitions", "test", key)
}

fn line(own: &str, of: &str, relation: &str, changes: &[&str]) -> Truth {
    let changes = changes.iter().map(|change| (*change).to_owned()).collect();
    Truth { id: own.to_owned(), of: of.to_owned(), relation: relation.to_owned(), changes }
}

fn proposed(one: &str, other: &str, relation: &str) -> Proposed {
    Proposed { one: id(one), other: id(other), relation: relation.to_owned() }
}

/// One matter: a first letter, a copy, one sent again, another household's, a second complaint.
fn truths() -> Truths {
    let lines = [
        line("copy", "first", "carbon_copy", &["other_recipient"]),
        line("again", "first", "resend", &["ocr_errors", "marks_dropped"]),
        line("form", "first", "form_letter", &[]),
        line("second", "first", "second_complaint", &[]),
    ];
    Truths::of(&lines, &id).unwrap()
}

#[test]
fn relations_of_two_later_letters_follow_or_do_not() {
    let table = [
        ("carbon_copy", "carbon_copy", Some("carbon_copy")),
        ("resend", "carbon_copy", Some("carbon_copy")),
        ("resend", "resend", Some("resend")),
        ("resend", "supplement", Some("supplement")),
        ("form_letter", "resend", Some("form_letter")),
        ("form_letter", "anonymous_copy", Some("anonymous_copy")),
        ("second_complaint", "resend", None),
        ("anonymous_copy", "split", None),
    ];
    for (one, other, expected) in table {
        assert_eq!((between(one, other), between(other, one)), (expected, expected), "{one} {other}");
    }
}

#[test]
fn found_right_and_wrong_proposals_are_counted_by_relation_and_change() {
    let tally = truths().weigh(
        [
            proposed("first", "copy", "carbon_copy"),
            proposed("copy", "first", "resend"),
            proposed("again", "first", "carbon_copy"),
            proposed("form", "first", "resend"),
            proposed("second", "again", "related"),
            proposed("first", "stranger", "resend"),
            proposed("first", "second", UNRELATED),
        ]
        .into_iter(),
    );
    let of = |relation: &str| tally.relations[relation];
    assert_eq!(of("carbon_copy"), Count { pairs: 2, found: 1, right: 1, proposed: 2, holds: 1 });
    assert_eq!(of("resend"), Count { pairs: 1, found: 1, right: 0, proposed: 2, holds: 0 });
    assert_eq!(of("form_letter").pairs, 3);
    assert_eq!(of("second_complaint"), Count { pairs: 1, ..Count::default() });
    assert_eq!((of(SAME_MATTER).pairs, of(SAME_MATTER).right), (3, 1));
    assert!(!tally.relations.contains_key("related"), "nothing wrong was said of the same matter");
    assert_eq!(tally.together, Count { pairs: 3, found: 2, right: 2, proposed: 4, holds: 2 });
    assert_eq!(tally.form_as_resend(), Some(1.0 / 3.0));
    assert_eq!(tally.confusion[&(UNRELATED.to_owned(), "resend".to_owned())], 1);
    let ocr = tally.changes["ocr_errors"];
    assert_eq!((ocr.pairs, ocr.found, ocr.right, ocr.proposed, ocr.holds), (1, 1, 0, 2, 1));
    let pairs: u64 = tally.relations.values().map(|count| count.pairs).sum();
    assert_eq!(pairs, 4 + 6);
}

#[test]
fn the_truth_itself_scores_one() {
    let truths = truths();
    let own = truths.pairs.iter().map(|((one, other), pair)| Proposed {
        one: *other,
        other: *one,
        relation: pair.relation.clone().unwrap_or_else(|| "related".to_owned()),
    });
    let tally = truths.weigh(own);
    let all = tally.relations.values().chain([&tally.together]).chain(tally.changes.values());
    for count in all {
        assert_eq!((count.recall(), count.precision().unwrap_or(1.0)), (Some(1.0), 1.0), "{tally:?}");
    }
    assert_eq!(tally.form_as_one_person(), Some(0.0));
}

#[test]
fn a_later_letter_knows_its_matter() {
    let truths = truths();
    assert_eq!(truths.later().len(), 4);
    assert!(truths.are_related(id("second"), id("copy")) && !truths.are_related(id("copy"), id("stranger")));
}
