//! The key index: which petitions share an ID number, a decision, a parcel, a case or a token.
//!
//! Keys are hashes, so that the file tells no number. Pairs of key and petition are sorted; a look-up is a
//! search in them. A key that very many petitions share (an office's phone, a decision about a whole commune)
//! tells nothing and gives none.

use crate::domain::id::RecordId;
use crate::domain::limits::KEY_SHARED_MAX;

const MAGIC: &[u8; 8] = b"TT-KEYS1";
const ENTRY: usize = 18;

/// A key index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Keyring {
    /// Sorted, each once.
    entries: Vec<(u64, RecordId)>,
}

impl Keyring {
    /// The index of `entries`, in any order.
    #[must_use]
    pub(super) fn of(mut entries: Vec<(u64, RecordId)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        Self { entries }
    }

    /// This index with `fresh` entries in place of whatever it says of the same petitions.
    #[must_use]
    pub(super) fn with(&self, fresh: Vec<(u64, RecordId)>, petitions: &[RecordId]) -> Self {
        let known: std::collections::BTreeSet<RecordId> = petitions.iter().copied().collect();
        let kept = self.entries.iter().filter(|(_, id)| !known.contains(id)).copied();
        Self::of(kept.chain(fresh).collect())
    }

    /// At most `limit` petitions that share one of `keys`, those with the rarest keys first.
    #[must_use]
    pub(super) fn sharing(&self, keys: &[u64], limit: usize) -> Vec<RecordId> {
        let mut groups: Vec<&[(u64, RecordId)]> = keys.iter().map(|key| self.group(*key)).collect();
        groups.retain(|group| group.len() <= KEY_SHARED_MAX);
        groups.sort_by_key(|group| group.len());
        let mut found: Vec<RecordId> = Vec::new();
        for (_, id) in groups.into_iter().flatten() {
            if found.len() == limit {
                break;
            }
            if !found.contains(id) {
                found.push(*id);
            }
        }
        found
    }

    fn group(&self, key: u64) -> &[(u64, RecordId)] {
        let start = self.entries.partition_point(|(known, _)| *known < key);
        let end = self.entries.partition_point(|(known, _)| *known <= key);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The index as bytes.
    #[must_use]
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAGIC.len() + self.entries.len() * ENTRY + 16);
        bytes.extend_from_slice(MAGIC);
        bytes.push(self.entries.first().map_or(b'P', |(_, id)| u8::try_from(id.letter()).unwrap_or(b'P')));
        for (key, id) in &self.entries {
            bytes.extend_from_slice(&key.to_be_bytes());
            bytes.extend_from_slice(&id.bits());
        }
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_be_bytes());
        bytes
    }

    /// The index that was encoded; nothing if the bytes are others.
    #[must_use]
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<8>()?;
        let rest = body.strip_prefix(MAGIC)?;
        if xxhash_rust::xxh3::xxh3_64(body) != u64::from_be_bytes(*sum) {
            return None;
        }
        let (letter, rest) = rest.split_first()?;
        let (entries, over) = rest.as_chunks::<ENTRY>();
        if !over.is_empty() {
            return None;
        }
        let entry = |entry: &[u8; ENTRY]| {
            let (key, bits) = entry.split_first_chunk::<8>()?;
            Some((u64::from_be_bytes(*key), RecordId::from_parts(*letter, *bits.first_chunk()?)))
        };
        Some(Self { entries: entries.iter().map(entry).collect::<Option<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(key: u64) -> RecordId {
        RecordId::of_key('P', "petitions", "test", &key.to_string())
    }

    #[test]
    fn a_key_that_everybody_shares_tells_nothing() {
        let many = (0..=KEY_SHARED_MAX as u64).map(|place| (7, id(place)));
        let keyring = Keyring::of(many.chain([(8, id(1)), (8, id(2))]).collect());
        assert_eq!(keyring.sharing(&[7, 8], 10).len(), 2);
        assert!(keyring.sharing(&[9], 10).is_empty());
        assert_eq!(keyring.sharing(&[8], 1).len(), 1);
    }

    #[test]
    fn fresh_entries_take_the_place_of_old_ones() {
        let keyring = Keyring::of(vec![(1, id(1)), (2, id(2))]);
        let fresh = keyring.with(vec![(3, id(1))], &[id(1)]);
        assert!(fresh.sharing(&[1], 9).is_empty());
        assert_eq!(fresh.sharing(&[2, 3], 9).len(), 2);
    }

    proptest! {
        #[test]
        fn bytes_and_index_are_the_same_thing(entries in prop::collection::vec((0u64..9, 0u64..9), 0..30), cut in 0usize..500) {
            let keyring = Keyring::of(entries.into_iter().map(|(key, of)| (key, id(of))).collect());
            let bytes = keyring.encode();
            let decoded = Keyring::decode(&bytes);
            prop_assert_eq!(decoded.as_ref(), Some(&keyring));
            let cut = cut % bytes.len();
            prop_assert_eq!(Keyring::decode(&bytes[..cut]), None);
        }
    }
}
