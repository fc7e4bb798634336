//! Tests of the book of cases: counts that hold after every act, and undoing that leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::clock::Instant;
use crate::duplicates::casebook::plan::SourceOf;
use crate::duplicates::casebook::ruling::Placed;
use crate::duplicates::relation::Proposed;

const PETITIONS: usize = 8;

fn petition(place: usize) -> RecordId {
    RecordId::of_key('P', "petitions", "test", &(place % PETITIONS).to_string())
}

/// The first three petitions stand in one case of their source, the next two in another.
fn source_of(id: RecordId) -> Option<SourceCase> {
    let place = (0..PETITIONS).find(|place| petition(*place) == id)?;
    let key = ["A", "A", "A", "B", "B"].get(place)?;
    Some(SourceCase { system: "test".to_owned(), key: (*key).to_owned() })
}

const SOURCES: SourceOf<'static> = &source_of;

fn case_of(book: &Casebook, id: RecordId) -> CaseKey {
    book.case_of(id, source_of(id).as_ref())
}

fn cases(book: &Casebook) -> BTreeMap<CaseKey, BTreeSet<RecordId>> {
    let mut cases = BTreeMap::<CaseKey, BTreeSet<RecordId>>::new();
    for id in (0..PETITIONS).map(petition) {
        cases.entry(case_of(book, id)).or_default().insert(id);
    }
    cases
}

fn ruled(rulings: &mut Vec<Ruling>, act: Act, placed: Option<Placed>) {
    let (ordinal, _) = next(rulings);
    let (by, reason) = ("Nguyễn Văn A".to_owned(), "cùng nội dung".to_owned());
    rulings.push(Ruling { ordinal, act, placed, by, at: Instant(0), reason, proposal: None });
}

fn join(rulings: &mut Vec<Ruling>, petitions: &[usize], to: usize) -> Result<(), Refusal> {
    let book = Casebook::of(rulings);
    let petitions = petitions.iter().map(|place| petition(*place)).collect();
    let to = case_of(&book, petition(to));
    let placed = plan::attach(&book, &petitions, &to, next(rulings).1, SOURCES)?;
    ruled(rulings, Act::Attach, Some(placed));
    Ok(())
}

#[test]
fn joining_petitions_that_stand_alone_lowers_cases_by_all_but_one() {
    let mut rulings = Vec::new();
    let before = cases(&Casebook::default());
    assert_eq!(before.len(), 5);
    join(&mut rulings, &[5, 6], 7).unwrap();
    let after = cases(&Casebook::of(&rulings));
    assert_eq!(after.len(), before.len() - 2);
    assert!(after.values().any(|members| members.len() == 3));
}

#[test]
fn a_case_of_a_source_keeps_its_papers_and_gets_a_number() {
    let mut rulings = Vec::new();
    join(&mut rulings, &[5], 0).unwrap();
    let book = Casebook::of(&rulings);
    let CaseKey::Numbered(number) = case_of(&book, petition(0)) else { panic!("no number") };
    assert_eq!(number.to_string(), "VV-000000001-Y");
    assert_eq!(cases(&book)[&CaseKey::Numbered(number)].len(), 4);
    assert_eq!(book.moved_into(number).collect::<Vec<_>>(), vec![petition(5)]);
    assert_eq!(book.adopted_as(number).count(), 1);
    assert_eq!(join(&mut rulings, &[1], 5), Err(Refusal::NoChange));
}

#[test]
fn taking_some_out_of_a_case_leaves_the_others_where_they_were() {
    let mut rulings = Vec::new();
    let members: BTreeSet<RecordId> = [0, 1, 2].map(petition).into();
    let placed = plan::split(&[petition(1)].into(), &members, next(&rulings).1).unwrap();
    ruled(&mut rulings, Act::Split, Some(placed));
    let book = Casebook::of(&rulings);
    assert_eq!(case_of(&book, petition(0)), case_of(&book, petition(2)));
    assert_ne!(case_of(&book, petition(0)), case_of(&book, petition(1)));
    let all = plan::split(&members, &members, next(&rulings).1);
    assert_eq!(all, Err(Refusal::NoChange));
}

#[test]
fn a_decided_pair_stays_decided_until_it_is_undone() {
    let mut rulings = Vec::new();
    let both = (petition(6), petition(5));
    let decide = |rulings: &[Ruling], relation| {
        plan::decide(&Casebook::of(rulings), both, relation, next(rulings).1, SOURCES)
    };
    let pair = Pair::of(both.0, both.1).unwrap();
    let placed = decide(&rulings, Proposed::Resend).unwrap();
    assert!(placed.is_some());
    ruled(&mut rulings, Act::Decide { pair, relation: Proposed::Resend }, placed);
    assert_eq!(decide(&rulings, Proposed::Unrelated), Err(Refusal::Decided { pair, by: 1 }));
    check_undo(&rulings, 1).unwrap();
    ruled(&mut rulings, Act::Undo { ordinal: 1 }, None);
    assert_eq!(Casebook::of(&rulings), Casebook::default());
    assert_eq!(check_undo(&rulings, 1), Err(Refusal::Nothing(1)));
    assert_eq!(check_undo(&rulings, 2), Err(Refusal::Nothing(2)));
    assert_eq!(decide(&rulings, Proposed::FormLetter), Ok(None));
}

#[test]
fn what_a_later_ruling_rests_on_is_not_undone_under_it() {
    let mut rulings = Vec::new();
    join(&mut rulings, &[5], 6).unwrap();
    join(&mut rulings, &[7], 6).unwrap();
    assert_eq!(check_undo(&rulings, 1), Err(Refusal::RestedUpon { ordinal: 1, later: 2 }));
    ruled(&mut rulings, Act::Undo { ordinal: 2 }, None);
    check_undo(&rulings, 1).unwrap();
    join(&mut rulings, &[7], 3).unwrap();
    assert_eq!(rulings.last().unwrap().placed.as_ref().unwrap().number.to_string(), "VV-000000002-W");
}

proptest! {
    #[test]
    fn no_act_changes_the_number_of_petitions_and_undoing_restores_every_byte(
        acts in prop::collection::vec((0usize..3, prop::collection::btree_set(0..PETITIONS, 1..4), 0..PETITIONS), 1..12),
    ) {
        let mut rulings: Vec<Ruling> = Vec::new();
        for (kind, places, other) in acts {
            let book = Casebook::of(&rulings);
            let (before, bytes) = (cases(&book), format!("{book:?}"));
            let petitions: BTreeSet<RecordId> = places.iter().map(|place| petition(*place)).collect();
            let to = case_of(&book, petition(other));
            let number = next(&rulings).1;
            let planned = match kind {
                0 => plan::attach(&book, &petitions, &to, number, SOURCES),
                1 => plan::split(&petitions, &before[&to], number),
                _ => match rulings.iter().rev().find_map(|one| check_undo(&rulings, one.ordinal).ok()) {
                    Some(ruling) => {
                        let ordinal = ruling.ordinal;
                        ruled(&mut rulings, Act::Undo { ordinal }, None);
                        continue;
                    }
                    None => continue,
                },
            };
            let Ok(placed) = planned else { continue };
            let moved = placed.moved.clone();
            let act = if kind == 0 { Act::Attach } else { Act::Split };
            ruled(&mut rulings, act, Some(placed));
            let after = cases(&Casebook::of(&rulings));
            let count = |cases: &BTreeMap<CaseKey, BTreeSet<RecordId>>| cases.values().map(BTreeSet::len).sum::<usize>();
            prop_assert_eq!(count(&after), PETITIONS);
            if kind == 0 {
                let emptied = before.iter().filter(|(key, members)| **key != to && members.is_subset(&moved)).count();
                prop_assert_eq!(after.len(), before.len() - emptied);
            } else {
                prop_assert_eq!(after.len(), before.len() + 1);
            }
            let ordinal = rulings.last().unwrap().ordinal;
            prop_assert!(check_undo(&rulings, ordinal).is_ok());
            let mut taken_back = rulings.clone();
            ruled(&mut taken_back, Act::Undo { ordinal }, None);
            prop_assert_eq!(format!("{:?}", Casebook::of(&taken_back)), bytes);
            prop_assert_eq!(cases(&Casebook::of(&taken_back)), before);
        }
    }

    #[test]
    fn the_book_does_not_depend_on_what_was_undone(skip in 0usize..4) {
        let mut rulings = Vec::new();
        for (from, to) in [(5, 6), (3, 0), (7, 2)] {
            let book = Casebook::of(&rulings);
            let to = case_of(&book, petition(to));
            let placed = plan::attach(&book, &[petition(from)].into(), &to, next(&rulings).1, SOURCES).unwrap();
            ruled(&mut rulings, Act::Attach, Some(placed));
        }
        let kept: Vec<Ruling> =
            rulings.iter().enumerate().filter(|(place, _)| *place != skip).map(|(_, one)| one.clone()).collect();
        let ordinal = skip as u64 + 1;
        if check_undo(&rulings, ordinal).is_ok() {
            ruled(&mut rulings, Act::Undo { ordinal }, None);
            prop_assert_eq!(Casebook::of(&rulings), Casebook::of(&kept));
        }
    }
}
