//! A server on the loopback address, asked whether a page has changed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use thanhtra::engine::Engine;
use thanhtra::http::{Server, serve};
use thanhtra::web::Site;
use tokio::sync::oneshot;

use crate::meter::timed;

/// The server.
pub(super) struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Served {
    /// Starts it over the pages of `site`.
    pub(super) fn start(engine: &Arc<Engine>, site: &Arc<Site>) -> anyhow::Result<Self> {
        let site = Arc::clone(site);
        let server = Server::new(Arc::clone(engine), Arc::new(move |visit| site.show(visit)));
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let serving = std::thread::spawn(move || {
            let stopped = async {
                let _ = stopped.await;
            };
            if let Err(error) = serve::serve(listener, &server, stopped) {
                println!("the server failed: {error}");
            }
        });
        Ok(Self { address, stop, serving })
    }

    /// The status that the page at `path` is refused with; nothing when it is shown.
    pub(super) fn refused(&self, path: &str) -> anyhow::Result<Option<String>> {
        let answer = self.asked(path, "")?;
        let status = answer.lines().next().unwrap_or_default();
        Ok((!status.starts_with("HTTP/1.1 200")).then(|| status.to_owned()))
    }

    /// Seconds until it says that the page at `path` is unchanged; the page is asked for once before.
    pub(super) fn unchanged(&self, path: &str) -> anyhow::Result<f64> {
        let first = self.asked(path, "")?;
        let tag = first.lines().find_map(|line| line.strip_prefix("etag: "));
        let status = || format!("{path} has no tag: {}", first.lines().next().unwrap_or_default());
        let tag = tag.with_context(status)?.trim().to_owned();
        let (seconds, again) = timed(|| self.asked(path, &format!("If-None-Match: {tag}\r\n")))?;
        anyhow::ensure!(
            again.starts_with("HTTP/1.1 304"),
            "{path} is told as changed: {}",
            again.lines().next().unwrap_or_default()
        );
        Ok(seconds)
    }

    /// Stops it.
    pub(super) fn end(self) {
        let _ = self.stop.send(());
        let _ = self.serving.join();
    }

    fn asked(&self, path: &str, header: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{header}\r\n")?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
