//! Where in a row a question stands together.

use crate::search::rank::asked::AskedPair;

/// Places where pairs begin: `(place, pair)`, in order. `places` holds those of each word, in order.
pub(in crate::search) fn pair_places(places: &[Vec<u32>], pairs: &[AskedPair]) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    for (ordinal, pair) in pairs.iter().enumerate() {
        let (Some(first), Some(second)) = (places.get(pair.first), places.get(pair.second)) else { continue };
        let mut second = second.iter().copied().peekable();
        for place in first {
            while second.next_if(|other| other <= place).is_some() {}
            if second.peek() == Some(&(place + 1)) {
                found.push((*place, ordinal));
            }
        }
    }
    found.sort_unstable();
    found
}

/// The most that the distinct pairs in one stretch of `length` words weigh together.
pub(in crate::search) fn best_stretch(
    places: &[(u32, usize)],
    pairs: usize,
    length: u32,
    weight: impl Fn(usize) -> f32,
) -> f32 {
    let mut held = vec![0u32; pairs];
    let (mut best, mut sum) = (0.0f32, 0.0f32);
    let mut left = places.iter().peekable();
    for (place, pair) in places {
        let Some(count) = held.get_mut(*pair) else { continue };
        *count += 1;
        if *count == 1 {
            sum += weight(*pair);
        }
        while let Some((_, gone)) = left.next_if(|(first, _)| first + length < *place) {
            let Some(count) = held.get_mut(*gone) else { continue };
            *count -= 1;
            if *count == 0 {
                sum -= weight(*gone);
            }
        }
        best = best.max(sum);
    }
    best
}

/// Length of the shortest stretch that holds a position of every list; lists are in order.
pub(in crate::search) fn shortest_window(lists: &[Vec<u32>]) -> u32 {
    let mut heads: Vec<(u32, usize, usize)> = lists
        .iter()
        .enumerate()
        .filter_map(|(list, positions)| Some((*positions.first()?, list, 0)))
        .collect();
    let mut shortest = u32::MAX;
    loop {
        let last = heads.iter().map(|(position, ..)| *position).max().unwrap_or(0);
        let Some(head) = heads.iter_mut().min_by_key(|(position, ..)| *position) else { return shortest };
        let (first, list, place) = *head;
        shortest = shortest.min(last - first);
        let Some(next) = lists.get(list).and_then(|positions| positions.get(place + 1)) else {
            return shortest;
        };
        *head = (*next, list, place + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(first: usize, second: usize) -> AskedPair {
        AskedPair { text: format!("{first} {second}"), first, second, rarity: 1.0 }
    }

    #[test]
    fn the_shortest_stretch_is_found() {
        let table: [(&[&[u32]], u32); 4] = [
            (&[&[1, 50], &[10, 51]], 1),
            (&[&[5], &[5]], 0),
            (&[&[0, 9, 20], &[3, 22], &[4, 40]], 4),
            (&[&[0, 100, 200], &[99, 198], &[150, 201]], 3),
        ];
        for (lists, expected) in table {
            let lists: Vec<Vec<u32>> = lists.iter().map(|list| list.to_vec()).collect();
            assert_eq!(shortest_window(&lists), expected);
        }
    }

    #[test]
    fn pairs_stand_where_the_second_word_follows_the_first() {
        let places = [vec![0, 7, 30], vec![1, 9, 31], vec![2]];
        let pairs = [pair(0, 1), pair(1, 2), pair(0, 0)];
        assert_eq!(pair_places(&places, &pairs), [(0, 0), (1, 1), (30, 0)]);
    }

    #[test]
    fn a_stretch_counts_each_pair_once() {
        let places = [(0, 0), (3, 0), (10, 1), (40, 2), (45, 0)];
        let weight = |pair: usize| [1.0, 2.0, 4.0].get(pair).copied().unwrap_or_default();
        let table = [(1, 4.0), (7, 5.0), (10, 5.0), (30, 6.0), (35, 7.0), (100, 7.0)];
        for (length, expected) in table {
            assert!((best_stretch(&places, 3, length, weight) - expected).abs() < 1e-6, "{length}");
        }
    }
}
