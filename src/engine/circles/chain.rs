//! The way of one letter: hops in order, and where it came back.
//!
//! Units are compared by their folded names. Hops of one day have no order of their own; of these the one
//! goes first that starts where the letter is.

use crate::engine::circles::Hop;
use crate::text::fold::key;

/// The last hop of a letter.
pub(super) fn last_forward(hops: Vec<Hop>) -> Option<Hop> {
    in_order(hops).pop()
}

/// Each return of a letter to a unit it had left: the hops from that unit back to it. A hop from a unit to
/// itself is none.
pub(super) fn returns(hops: Vec<Hop>) -> Vec<Vec<Hop>> {
    let mut found = Vec::new();
    let mut path: Vec<Hop> = Vec::new();
    for hop in in_order(hops) {
        let (from, to) = (key(&hop.unit), key(&hop.to_unit));
        if from == to {
            continue;
        }
        if path.last().is_some_and(|last| key(&last.to_unit) != from) {
            // Someone else forwards it: a copy went another way, or a hop is not told.
            path.clear();
        }
        path.push(hop);
        if let Some(start) = path.iter().position(|hop| key(&hop.unit) == to) {
            found.push(path.split_off(start));
            path.clear();
        }
    }
    found
}

/// Hops by day; within a day each after the one it goes on from.
fn in_order(mut hops: Vec<Hop>) -> Vec<Hop> {
    hops.sort_by_key(|hop| hop.on);
    let mut ordered: Vec<Hop> = Vec::with_capacity(hops.len());
    while let Some(first) = hops.first() {
        let day = first.on;
        let of_day = hops.iter().take_while(|hop| hop.on == day);
        let holder = ordered.last().map(|last| key(&last.to_unit));
        let goes_on = of_day.clone().position(|hop| Some(key(&hop.unit)) == holder);
        // With nothing before, the one begins that no other hop of the day leads to.
        let begins = || {
            of_day.clone().position(|hop| of_day.clone().all(|other| key(&other.to_unit) != key(&hop.unit)))
        };
        let next = goes_on.or_else(begins).unwrap_or(0);
        ordered.push(hops.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(day: &str, unit: &str, to_unit: &str) -> Hop {
        let on = format!("2026-03-{day}").parse().unwrap();
        Hop { on, unit: unit.to_owned(), to_unit: to_unit.to_owned() }
    }

    fn told(circles: &[Vec<Hop>]) -> Vec<String> {
        let chain = |hops: &Vec<Hop>| {
            let units =
                hops.iter().map(|hop| hop.unit.as_str()).chain(hops.last().map(|hop| hop.to_unit.as_str()));
            units.collect::<Vec<_>>().join(">")
        };
        circles.iter().map(chain).collect()
    }

    #[test]
    fn a_chain_that_comes_back_is_a_circle_and_a_straight_one_is_none() {
        let table = [
            (vec![hop("01", "A", "B"), hop("02", "B", "C")], vec![]),
            (vec![hop("01", "A", "B"), hop("02", "B", "A")], vec!["A>B>A"]),
            (vec![hop("01", "Z", "A"), hop("02", "A", "B"), hop("03", "B", "A")], vec!["A>B>A"]),
            (vec![hop("09", "C", "a"), hop("01", "A", "B"), hop("05", "B", "C")], vec!["A>B>C>a"]),
            (vec![hop("01", "A", "A")], vec![]),
            (vec![hop("01", "A", "B"), hop("02", "X", "A")], vec![]),
            (
                vec![hop("01", "A", "B"), hop("02", "B", "A"), hop("03", "A", "B"), hop("04", "B", "A")],
                vec!["A>B>A", "A>B>A"],
            ),
        ];
        for (hops, expected) in table {
            assert_eq!(told(&returns(hops.clone())), expected, "{hops:?}");
        }
    }

    #[test]
    fn hops_of_one_day_stand_in_the_order_the_letter_went() {
        let hops = vec![hop("01", "C", "A"), hop("01", "B", "C"), hop("01", "A", "B")];
        assert_eq!(told(&returns(hops)).len(), 1);
        let hops = vec![hop("02", "C", "D"), hop("02", "B", "C"), hop("01", "A", "B")];
        assert_eq!(last_forward(hops).unwrap().to_unit, "D");
        let hops = vec![hop("02", "B", "C"), hop("02", "A", "B")];
        assert_eq!(last_forward(hops).unwrap().to_unit, "C");
    }
}
