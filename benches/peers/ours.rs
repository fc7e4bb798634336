//! Ours, as a face asks it: through the engine, with everything on.

use std::fs;
use std::path::Path;

use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::snapshot::index_folder;
use thanhtra::search::request::Request;

use crate::meter::timed;
use crate::peers::corpus::Corpus;
use crate::peers::{Ask, CLIENTS, Client, Form, Found, PAGE, Side, Size};
use crate::world::{World, ingest_into, new_store, open_reading};

/// A store with the rows in it.
pub(in crate::peers) struct Ours {
    engine: Engine,
    seconds: Option<f64>,
    dataset: &'static str,
    facet: &'static str,
}

impl Ours {
    /// The store in the world's folder, made when it is not there.
    pub(in crate::peers) fn open(corpus: &Corpus, world: &World) -> anyhow::Result<Self> {
        let folder = world.path(&format!("peers-ours-{}", corpus.dataset));
        let mut seconds = None;
        if !folder.is_dir() {
            let aside = world.path("peers-ours.part");
            if aside.is_dir() {
                fs::remove_dir_all(&aside)?;
            }
            let engine = new_store(&aside)?;
            let work = || ingest_into(&engine, corpus.dataset, corpus.source, &corpus.file);
            seconds = Some(timed(work)?.0);
            engine.close()?;
            fs::rename(&aside, &folder)?;
        }
        let engine = open_reading(&folder)?;
        Ok(Self { engine, seconds, dataset: corpus.dataset, facet: corpus.facet })
    }

    /// The side.
    pub(in crate::peers) fn side(&self) -> anyhow::Result<Side<'_>> {
        let snapshot = self.engine.snapshot()?;
        let state = snapshot.record().indexes.get(self.dataset);
        let generation = state.map(|state| state.generation.clone()).unwrap_or_default();
        let size = folder_size(&index_folder(self.engine.home(), self.dataset, &generation))?;
        let client = || Box::new(OurClient { ours: self, scope: Scope::everything() }) as Box<dyn Client>;
        let clients = (0..CLIENTS).map(|_| client()).collect();
        Ok(Side { name: "thanhtra", seconds: self.seconds, size, is_inside: true, clients })
    }
}

/// Size of a folder of tantivy's files.
pub(in crate::peers) fn folder_size(folder: &Path) -> anyhow::Result<Size> {
    let mut size = Size::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_store = entry.path().extension().is_some_and(|extension| extension == "store");
        *(if is_store { &mut size.store } else { &mut size.index }) += entry.metadata()?.len();
    }
    Ok(size)
}

struct OurClient<'a> {
    ours: &'a Ours,
    scope: Scope,
}

impl Client for OurClient<'_> {
    fn ask(&mut self, ask: &Ask, form: Form) -> anyhow::Result<Found> {
        // No other side looks for other spellings when there are few hits.
        let (without_values, without_offers) = (form == Form::Ids, true);
        let plain = |text: String, limit: usize| Request {
            text,
            limit,
            without_values,
            without_offers,
            ..Request::default()
        };
        let request = match ask {
            Ask::All(words, limit) => plain((*words).to_owned(), *limit),
            Ask::Phrase(words) => plain(format!("\"{words}\""), PAGE),
            Ask::Prefix(start) => plain(format!("{start}*"), PAGE),
            Ask::Faceted(words) => {
                Request { facets: vec![self.ours.facet.to_owned()], ..plain((*words).to_owned(), PAGE) }
            }
            Ask::Question(text) => Request { plain: true, ..plain(text.clone(), PAGE) },
        };
        let answer = self.ours.engine.search(self.ours.dataset, &request, &self.scope)?;
        let hits = answer.hits.into_iter();
        let ids = hits.map(|hit| if without_values { hit.id.to_string() } else { hit.source_id }).collect();
        Ok(Found { total: answer.total.value, ids })
    }
}
