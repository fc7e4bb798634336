//! Connections with bounds: how many there are, and how slowly one may talk.
//!
//! A peer that trickles its request, or never takes its answer, would otherwise hold a connection for
//! ever (slow loris). Between two writes of ours a connection has a fixed time, and more only for the
//! bytes that it really sends.
//!
//! A peer that is refused while it still sends must be able to read why. Closing over bytes that nobody
//! read resets the connection, and the answer is lost with it (RFC 9112, 9.6); so our half is closed
//! first, and what still comes is read and dropped until the peer is done, silent or too long about it.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::domain::limits::{HTTP_BYTES_PER_SECOND_MIN, HTTP_CONNECTIONS_MAX, HTTP_STALL_SECONDS};

/// How long to wait when the system has no more file handles.
const BREATH: Duration = Duration::from_millis(100);
/// How long a connection that is being closed may send nothing.
const SILENCE: Duration = Duration::from_secs(2);
/// How long a connection that is being closed may go on sending.
const LINGERING: Duration = Duration::from_secs(30);
/// Bytes that are read at once to be dropped.
const DROPPED_BYTES: usize = 16 * 1024;

/// A listener that holds a bounded number of connections.
pub(super) struct Listening {
    listener: TcpListener,
    free: Arc<Semaphore>,
}

/// A connection that must keep moving.
pub(super) struct Paced {
    stream: TcpStream,
    since: Instant,
    received: u64,
    timer: Pin<Box<Sleep>>,
    /// Until when a connection that is being closed is listened to.
    lingers_until: Option<Instant>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Listening {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, free: Arc::new(Semaphore::new(HTTP_CONNECTIONS_MAX)) }
    }
}

impl axum::serve::Listener for Listening {
    type Io = Paced;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Paced, SocketAddr) {
        let slot = Arc::clone(&self.free).acquire_owned().await.ok();
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Answers are written whole; waiting for more to send would only delay them.
                    let _ = stream.set_nodelay(true);
                    return (Paced::new(stream, slot), peer);
                }
                Err(_) => sleep(BREATH).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Paced {
    fn new(stream: TcpStream, slot: Option<OwnedSemaphorePermit>) -> Self {
        let since = Instant::now();
        let timer = Box::pin(sleep_until(deadline(since, 0)));
        Self { stream, since, received: 0, timer, lingers_until: None, _slot: slot }
    }

    fn has_received(&mut self, bytes: usize) {
        self.received += bytes as u64;
        self.timer.as_mut().reset(deadline(self.since, self.received));
    }

    fn has_sent(&mut self) {
        self.since = Instant::now();
        self.received = 0;
        self.timer.as_mut().reset(deadline(self.since, 0));
    }

    fn stalled<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    /// Done when the peer closed its half too, fell silent, or went on for too long.
    fn poll_peer_done(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<()> {
        let mut dropped = [MaybeUninit::uninit(); DROPPED_BYTES];
        loop {
            let mut into = ReadBuf::uninit(&mut dropped);
            let read = Pin::new(&mut self.stream).poll_read(context, &mut into);
            match read {
                Poll::Ready(Ok(())) if !into.filled().is_empty() && Instant::now() < until => {
                    self.timer.as_mut().reset(until.min(Instant::now() + SILENCE));
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.timer.as_mut().poll(context),
            }
        }
    }
}

fn deadline(since: Instant, received: u64) -> Instant {
    since + Duration::from_secs(HTTP_STALL_SECONDS + received / HTTP_BYTES_PER_SECOND_MIN)
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.timer.is_elapsed() {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        let before = into.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, into) {
            Poll::Ready(read) => {
                let bytes = into.filled().len() - before;
                self.has_received(bytes);
                Poll::Ready(read)
            }
            Poll::Pending => self.stalled(context),
        }
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(written) => {
                self.has_sent();
                Poll::Ready(written)
            }
            Poll::Pending => self.stalled(context),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let until = match self.lingers_until {
            Some(until) => until,
            None => {
                ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
                let now = Instant::now();
                self.timer.as_mut().reset(now + SILENCE);
                *self.lingers_until.insert(now + LINGERING)
            }
        };
        self.poll_peer_done(until, context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    }

    async fn pair() -> (Paced, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Paced::new(listener.accept().await.unwrap().0, None), peer)
    }

    #[test]
    fn a_peer_that_is_silent_is_waited_for_no_longer_than_that() {
        run(async {
            let (mut ours, _peer) = pair().await;
            let begun = Instant::now();
            ours.shutdown().await.unwrap();
            assert!((SILENCE..LINGERING).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        });
    }

    #[test]
    fn what_a_peer_sends_after_the_answer_is_dropped_and_the_answer_is_read() {
        run(async {
            let (mut ours, mut peer) = pair().await;
            let closing = tokio::spawn(async move {
                ours.write_all(b"no").await.unwrap();
                ours.shutdown().await.unwrap();
            });
            for _ in 0..64 {
                peer.write_all(&[b'a'; 64 * 1024]).await.unwrap();
            }
            peer.shutdown().await.unwrap();
            closing.await.unwrap();
            let mut answer = String::new();
            peer.read_to_string(&mut answer).await.unwrap();
            assert_eq!(answer, "no");
        });
    }

    #[test]
    fn only_bytes_received_buy_more_time() {
        let since = Instant::now();
        let allowed = |received| deadline(since, received).duration_since(since).as_secs();
        assert_eq!(allowed(0), HTTP_STALL_SECONDS);
        assert_eq!(allowed(1_000), HTTP_STALL_SECONDS);
        assert_eq!(allowed(10 * HTTP_BYTES_PER_SECOND_MIN), HTTP_STALL_SECONDS + 10);
    }
}
