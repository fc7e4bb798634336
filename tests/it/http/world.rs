//! A store with a few records, and a server of it on a loopback port.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tempfile::TempDir;
use thanhtra::domain::clock::{FixedClock, Instant};
use thanhtra::domain::language::Language;
use thanhtra::engine::Engine;
use thanhtra::engine::ingest::IngestOptions;
use thanhtra::engine::open::{Surroundings, init};
use thanhtra::engine::progress::Progress;
use thanhtra::formats;
use thanhtra::http::{Server, serve};
use thanhtra::web::Site;
use tokio::sync::oneshot;

/// Noon of 2017-12-13 in Vietnam, the day the published rates are of.
const NOW: Instant = Instant(1_513_141_200_000_000);

pub(crate) struct World {
    folder: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) engine: Option<Arc<Engine>>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl World {
    /// A served store with these files: dataset, file name, text.
    pub(crate) fn with(files: &[(&str, &str, &str)]) -> Self {
        Self::from(files, "local")
    }

    /// The same, from the source system `source`.
    pub(crate) fn from(files: &[(&str, &str, &str)], source: &str) -> Self {
        let mut world = Self::stopped();
        world.ingest(files, source);
        world.start(true);
        world
    }

    /// The store with the 556 tasks.
    pub(crate) fn of_556_tasks() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tasks_556.csv");
        Self::with(&[("tasks", "tasks.csv", &std::fs::read_to_string(path).unwrap())])
    }

    fn stopped() -> Self {
        let folder = TempDir::new().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let world = Self { folder, address, engine: None, stop: None, serving: None };
        init(&world.place(), &FixedClock(NOW)).unwrap();
        world
    }

    /// Where the store is.
    pub(crate) fn place(&self) -> String {
        self.folder.path().join("store").display().to_string()
    }

    fn ingest(&self, files: &[(&str, &str, &str)], source: &str) {
        let engine = open(&self.place(), true);
        for (dataset, name, text) in files {
            let file = self.folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            ingest(&engine, dataset, &file, source);
        }
    }

    /// Serves the store; `writes` says whether it takes records.
    pub(crate) fn start(&mut self, writes: bool) {
        let engine = Arc::new(open(&self.place(), writes));
        let site = Site::new(Arc::clone(&engine));
        let server = Server::new(Arc::clone(&engine), Arc::new(move |visit| site.show(visit)));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        self.address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = std::thread::spawn(move || {
            let stopped = async {
                let _ = stopped.await;
            };
            serve::serve(listener, &server, stopped).unwrap();
        });
        (self.stop, self.serving, self.engine) = (Some(stop), Some(serving), Some(engine));
    }

    /// Stops the server and waits until the store is free.
    pub(crate) fn halt(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            serving.join().unwrap();
        }
        if let Some(engine) = self.engine.take() {
            // The committing thread lets go of the engine when it sees that nobody can push any more.
            while Arc::strong_count(&engine) > 1 {
                std::thread::yield_now();
            }
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// The JSON at `path`, which must be there.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) fn post(&self, path: &str, kind: &str, body: &str) -> Answer {
        self.send("POST", path, &[("content-type", kind)], body.as_bytes())
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let url = format!("http://{}{path}", self.address);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirect is an answer to be looked at.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .into();
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let headers = headers.collect();
        let body = response.body_mut().read_to_vec().unwrap();
        Answer { status: response.status().as_u16(), headers, body }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.halt();
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

fn open(place: &str, writes: bool) -> Engine {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_thanhtra"));
    let surroundings = Surroundings { clock: Arc::new(FixedClock(NOW)), program };
    if writes {
        Engine::open_writing(place, surroundings, &Progress::default()).unwrap()
    } else {
        Engine::open_reading(place, surroundings).unwrap()
    }
}

fn ingest(engine: &Engine, dataset: &str, file: &Path, source: &str) {
    let reading = formats::Options {
        map: Vec::new(),
        set: Vec::new(),
        source: source.to_owned(),
        unpivot: false,
        encoding: None,
    };
    let options = IngestOptions { reading, rejects: None, language: Language::Vi, dry_run: false };
    engine.ingest_file(dataset, file, &options, &Progress::default()).unwrap();
}
