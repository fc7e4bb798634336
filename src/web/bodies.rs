//! Bodies of pages kept for repeats, each made once however many ask for it at the same time.
//!
//! The key says all that a body depends on: address, language, snapshot, and the question with its business
//! date. Pages are shown to one scope, that of everything; a page for narrower scopes must put them into
//! its key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::limits::PAGES_KEPT;
use crate::web::WebError;

/// Bodies by key; each behind a lock of its own, so that whoever asks the same waits for it.
#[derive(Default)]
pub(super) struct Bodies {
    kept: Mutex<HashMap<String, Slot>>,
}

type Slot = Arc<Mutex<Option<Arc<String>>>>;

impl Bodies {
    /// The body of `key`, made by `make` when it is not there. A failure is not kept.
    pub(super) fn get(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<String, WebError>,
    ) -> Result<Arc<String>, WebError> {
        let slot = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= PAGES_KEPT && !kept.contains_key(key) {
                kept.clear();
            }
            Arc::clone(kept.entry(key.to_owned()).or_default())
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(body) = slot.as_ref() {
            return Ok(Arc::clone(body));
        }
        let body = Arc::new(make()?);
        *slot = Some(Arc::clone(&body));
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn those_who_ask_the_same_at_once_wait_for_one_body() {
        let (bodies, made, start) = (Bodies::default(), AtomicUsize::new(0), Barrier::new(4));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    let body = bodies.get("a", || {
                        made.fetch_add(1, Ordering::SeqCst);
                        Ok("body".to_owned())
                    });
                    assert_eq!(body.unwrap().as_str(), "body");
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn another_key_is_another_body_and_a_failure_is_made_again() {
        let bodies = Bodies::default();
        assert!(bodies.get("a", || Err(WebError::NoPage)).is_err());
        assert_eq!(bodies.get("a", || Ok("one".to_owned())).unwrap().as_str(), "one");
        assert_eq!(bodies.get("b", || Ok("two".to_owned())).unwrap().as_str(), "two");
        assert_eq!(bodies.get("a", || Ok("three".to_owned())).unwrap().as_str(), "one");
        (0..PAGES_KEPT).for_each(|key| drop(bodies.get(&format!("k{key}"), || Ok(String::new()))));
        assert!(bodies.kept.lock().unwrap().len() <= PAGES_KEPT);
    }
}
