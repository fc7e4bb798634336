//! Work that is done side by side.
//!
//! A page asks many small things; each plan of a statement and each pass over judged rows is for the most part
//! work of one thread.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::limits::JUDGED_AT_ONCE;

/// Threads for work that keeps a processor busy.
#[must_use]
pub fn busy_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(JUDGED_AT_ONCE)
}

/// What `work` makes of each of `all`, in their order; `threads` take them up in it.
pub fn side_by_side<'a, T: Sync, R: Send + Sync>(
    all: &'a [T],
    threads: usize,
    work: impl Fn(&'a T) -> R + Sync,
) -> Vec<R> {
    if threads.min(all.len()) < 2 {
        return all.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Vec<OnceLock<R>> = all.iter().map(|_| OnceLock::new()).collect();
    let take = || {
        while let Some((one, done)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            all.get(place).zip(done.get(place))
        } {
            drop(done.set(work(one)));
        }
    };
    std::thread::scope(|scope| (0..threads.min(all.len())).for_each(|_| drop(scope.spawn(take))));
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once_and_they_stay_in_order() {
        for (count, threads) in [(0, 4), (1, 4), (3, 1), (50, 4)] {
            let (all, times): (Vec<usize>, _) = ((0..count).collect(), AtomicUsize::new(0));
            let doubled = side_by_side(&all, threads, |one| {
                times.fetch_add(1, Ordering::Relaxed);
                one * 2
            });
            assert_eq!(doubled, all.iter().map(|one| one * 2).collect::<Vec<_>>());
            assert_eq!(times.into_inner(), count);
        }
    }
}
