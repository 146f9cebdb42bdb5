//! `vecseal-server`: Qdrant's engine behind the part of Qdrant's REST API that VecSeal uses.
//!
//! To start on and to test with. In production there is a Qdrant, one node or a cluster, at another address.

mod access;
mod answer;
mod api;
mod body;
mod complaint;
mod settings;
mod storage;
mod store;
mod validation;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use crate::complaint::complain;
use crate::settings::Settings;
use crate::storage::Storage;
use crate::store::Store;

fn main() -> ExitCode {
    let settings = Settings::parse();
    match run(&settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            complain(sentence);
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start threads: {error}"))?;
    // First of all, so that who is asked to end in between still cleans up.
    let asked_to_end = {
        let _inside = runtime.enter();
        asked_to_end().map_err(|error| format!("cannot listen to signals: {error}"))?
    };
    // Dropped last, so that nothing writes there any more when it goes.
    let storage = Storage::named_or_temporary(settings.storage.as_deref())?;
    let served = runtime.block_on(serve(settings, storage.path(), asked_to_end));
    runtime.shutdown_timeout(LAST_MOMENT);
    served
}

async fn serve(
    settings: &Settings,
    storage: &Path,
    asked_to_end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let mut asked_to_end = Box::pin(asked_to_end);
    let storage = storage.to_owned();
    let opening = tokio::task::spawn_blocking(move || Store::open(&storage));
    let store = tokio::select! {
        opened = opening => opened.map_err(|error| format!("cannot open the collections: {error}"))??,
        () = &mut asked_to_end => return Ok(()),
    };
    let address = SocketAddr::new(settings.host, settings.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}: choose another with --port"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    if !settings.host.is_loopback() && settings.api_key.is_none() {
        complain(format_args!("everybody who reaches {address} may read and delete everything: set an API key"));
    }
    let _ = writeln!(io::stdout(), "listening on http://{address}");
    api::serve(listener, store, settings, asked_to_end).await;
    Ok(())
}

/// How long what is under way at the end may go on.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// Listens from now on for being asked to end.
#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => (),
            _ = terminated.recv() => (),
        }
    })
}

/// Listens from now on for being asked to end.
#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
