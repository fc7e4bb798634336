//! Which segments are merged: tantivy's levels by size, under our cap.
//!
//! `LogMergePolicy::set_max_docs_before_merge` only leaves large segments out of a proposal, it does
//! not bound the sum; proposals are trimmed here so that no merge ever makes a segment above the cap.

use rustc_hash::FxHashMap;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

use crate::domain::limits::{SEGMENT_DELETES_RATIO_MAX, SEGMENT_DOCS_MAX};

/// The merge policy of every index.
#[derive(Debug)]
pub(in crate::search) struct CappedMerges {
    levels: LogMergePolicy,
    docs_max: u64,
}

impl Default for CappedMerges {
    fn default() -> Self {
        Self::with_cap(SEGMENT_DOCS_MAX)
    }
}

impl CappedMerges {
    fn with_cap(docs_max: usize) -> Self {
        let mut levels = LogMergePolicy::default();
        levels.set_max_docs_before_merge(docs_max);
        levels.set_del_docs_ratio_before_merge(SEGMENT_DELETES_RATIO_MAX);
        Self { levels, docs_max: docs_max as u64 }
    }

    /// All segments in groups that fit under the cap; a group of one is there only to drop deleted rows.
    pub(in crate::search) fn groups(&self, metas: &[SegmentMeta]) -> Vec<Vec<SegmentId>> {
        let mut sorted: Vec<&SegmentMeta> = metas.iter().collect();
        sorted.sort_by_key(|meta| (meta.num_docs(), meta.id()));
        let mut groups: Vec<(u64, Vec<&SegmentMeta>)> = Vec::new();
        for meta in sorted {
            let docs = u64::from(meta.num_docs());
            match groups.last_mut().filter(|(sum, _)| sum + docs <= self.docs_max) {
                Some((sum, group)) => {
                    *sum += docs;
                    group.push(meta);
                }
                None => groups.push((docs, vec![meta])),
            }
        }
        let worth = groups
            .into_iter()
            .filter(|(_, group)| group.len() > 1 || group.iter().any(|meta| meta.has_deletes()));
        worth.map(|(_, group)| group.into_iter().map(SegmentMeta::id).collect()).collect()
    }

    /// Smallest segments first, as many as fit.
    fn trim(
        &self,
        candidate: &MergeCandidate,
        metas: &FxHashMap<String, &SegmentMeta>,
    ) -> Option<MergeCandidate> {
        let mut segments: Vec<&SegmentMeta> =
            candidate.0.iter().filter_map(|id| metas.get(&id.uuid_string()).copied()).collect();
        segments.sort_by_key(|meta| (meta.num_docs(), meta.id()));
        let proposed = segments.len();
        let mut docs = 0u64;
        let fitting: Vec<&SegmentMeta> = segments
            .into_iter()
            .take_while(|meta| {
                docs += u64::from(meta.num_docs());
                docs <= self.docs_max
            })
            .collect();
        let lone = fitting.len() == 1;
        let worthless =
            fitting.is_empty() || (lone && proposed > 1 && fitting.iter().all(|meta| !meta.has_deletes()));
        (!worthless).then(|| MergeCandidate(fitting.iter().map(|meta| meta.id()).collect()))
    }
}

impl MergePolicy for CappedMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let metas = segments.iter().map(|meta| (meta.id().uuid_string(), meta)).collect();
        let proposals = self.levels.compute_merge_candidates(segments);
        proposals.into_iter().filter_map(|candidate| self.trim(&candidate, &metas)).collect()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::Index;
    use tantivy::schema::Schema;

    use super::*;

    #[test]
    fn a_merge_above_the_cap_is_never_proposed() {
        let index = Index::create_in_ram(Schema::builder().build());
        let metas: Vec<SegmentMeta> =
            (0..10).map(|_| index.new_segment_meta(SegmentId::generate_random(), 30)).collect();
        let docs = |policy: &CappedMerges| -> Vec<usize> {
            policy.compute_merge_candidates(&metas).iter().map(|candidate| candidate.0.len() * 30).collect()
        };
        assert_eq!(docs(&CappedMerges::with_cap(1_000)), [300]);
        assert_eq!(docs(&CappedMerges::with_cap(100)), [90]);
        assert!(docs(&CappedMerges::with_cap(40)).is_empty());
    }
}
