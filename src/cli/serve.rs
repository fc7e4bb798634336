//! `serve`: the HTTP API and the pages over one store, for this machine only.
//!
//! Here the faces are put together: the server knows no page, and pages know no server. The process is
//! the store's one writer as long as it serves, and tells a second writer where to send records.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::cli::context::Context;
use crate::cli::error::CliError;
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
        let host = loopback(&self.host)?;
        let engine = context.writing(&context.place())?;
        until_stopped(context, engine, SocketAddr::new(host, self.port))
    }
}

/// Serves the store of `engine` on 127.0.0.1 until the process is told to end.
pub(super) fn on_loopback(context: &Context, engine: Engine, port: u16) -> Result<(), CliError> {
    until_stopped(context, engine, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))
}

fn until_stopped(context: &Context, engine: Engine, address: SocketAddr) -> Result<(), CliError> {
    let failed = |source: io::Error| CliError::Listen { address: address.to_string(), source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound =
        listener.local_addr().map_err(|source| CliError::Listen { address: address.to_string(), source })?;
    let url = format!("http://{bound}");
    engine.announce(&url)?;
    let engine = Arc::new(engine);
    let server = Server::new(Arc::clone(&engine), pages(&engine));
    context.say("cli.serve.ready", &[("url", &url)]);
    context.write_text(&url)?;
    serve(listener, &server, signals())?;
    drop(server);
    match Arc::into_inner(engine) {
        Some(engine) => Ok(engine.close()?),
        // A request outlived its grace; what it had not been told is not committed.
        None => Ok(()),
    }
}

/// The pages of the store, as the server asks for them.
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
