//! The server's life: a runtime of its own, a listener with bounds, an end that lets requests finish.

use std::net::TcpListener;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::domain::limits::{HTTP_BLOCKING_THREADS_MAX, HTTP_SHUTDOWN_SECONDS, HTTP_THREADS};
use crate::http::connection::Listening;
use crate::http::{HttpError, Server, run};

const GRACE: Duration = Duration::from_secs(HTTP_SHUTDOWN_SECONDS);

/// Serves on `listener` until `stop` is done; requests under way then have a few seconds to end.
/// Blocks the calling thread and brings its own runtime.
///
/// # Errors
/// The listener cannot be used, or no thread can be started.
pub fn serve(
    listener: TcpListener,
    server: &Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HttpError> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(HTTP_THREADS)
        .max_blocking_threads(HTTP_BLOCKING_THREADS_MAX)
        .enable_all()
        .build()?;
    let served = runtime.block_on(async { listen(listener, server, stop).await });
    runtime.shutdown_timeout(GRACE);
    Ok(served?)
}

/// Done when the process is told to end by SIGINT or SIGTERM.
pub async fn signals() {
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

async fn listen(
    listener: TcpListener,
    server: &Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let listener = Listening::new(tokio::net::TcpListener::from_std(listener)?);
    let (told, stopping) = watch::channel(());
    tokio::spawn(async move {
        stop.await;
        drop(told);
    });
    let served = axum::serve(listener, run::router(server)).with_graceful_shutdown(ended(stopping.clone()));
    let overdue = async {
        ended(stopping).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = served => served,
        () = overdue => Ok(()),
    }
}

async fn ended(mut stopping: watch::Receiver<()>) {
    while stopping.changed().await.is_ok() {}
}
