//! `serve`: the HTTP API and the pages over one store, for this machine only.
//!
//! Here the faces are put together: the server knows no page, and pages know no server. The process is
//! the store's one writer as long as it serves, and tells a second writer where to send records. Beside
//! the server one thread proposes what belongs together, so that the review queue is there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::cli::beside::Beside;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::warm::Warm;
use crate::engine::Engine;
use crate::http::serve::{serve, signals};
use crate::http::{Pages, Server};
use crate::web::Site;

#[derive(clap::Args)]
#[command(after_help = "thanhtra serve --data kho --port 8080")]
pub(super) struct Args {
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
}

impl Args {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        let listener = listen(loopback(&self.host)?, self.port)?;
        let engine = context.writing(&context.place())?;
        until_stopped(context, engine, listener)
    }
}

/// Takes a port of 127.0.0.1; 0 is any free one.
pub(super) fn listen_here(port: u16) -> Result<TcpListener, CliError> {
    listen(Ipv4Addr::LOCALHOST.into(), port)
}

/// Serves the store of `engine` until the process is told to end.
pub(super) fn until_stopped(
    context: &Context,
    engine: Engine,
    listener: TcpListener,
) -> Result<(), CliError> {
    let address = listener.local_addr().map_err(CliError::output("listener"))?;
    let url = format!("http://{address}");
    engine.announce(&url)?;
    let engine = Arc::new(engine);
    let server = Server::new(Arc::clone(&engine), pages(&engine));
    context.say("cli.serve.ready", &[("url", &url)]);
    context.write_text(&url)?;
    let (beside, warm) = (Beside::start(&engine), Warm::start(&engine));
    let served = serve(listener, &server, signals());
    beside.end();
    warm.end();
    served?;
    drop(server);
    match Arc::into_inner(engine) {
        Some(engine) => Ok(engine.close()?),
        // A request outlived its grace; what it had not been told is not committed.
        None => Ok(()),
    }
}

fn listen(host: IpAddr, port: u16) -> Result<TcpListener, CliError> {
    let address = SocketAddr::new(host, port);
    TcpListener::bind(address).map_err(|source| CliError::Listen { address: address.to_string(), source })
}

/// The pages over `engine`.
fn pages(engine: &Arc<Engine>) -> Pages {
    let site = Site::new(Arc::clone(engine));
    Arc::new(move |visit| site.show(visit))
}

/// The address of this very machine that `host` names.
fn loopback(host: &str) -> Result<IpAddr, CliError> {
    let named =
        if host == "localhost" { Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { host.parse::<IpAddr>() };
    let own = named.ok().filter(IpAddr::is_loopback);
    own.ok_or_else(|| CliError::NotLoopback { host: host.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_served() {
        for host in ["127.0.0.1", "127.0.0.9", "::1", "localhost"] {
            assert!(loopback(host).is_ok(), "{host}");
        }
        for host in ["0.0.0.0", "::", "192.168.1.4", "example.org", ""] {
            assert!(loopback(host).is_err(), "{host}");
        }
    }
}
