//! `vecseal-server`: Qdrant's engine behind the part of Qdrant's REST API that VecSeal uses.
//!
//! To start on and to test with. In production there is a Qdrant, one node or a cluster, at another address.

mod access;
mod answer;
mod api;
mod body;
mod settings;
mod store;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;

use crate::settings::Settings;
use crate::store::Store;

fn main() -> ExitCode {
    let settings = Settings::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start threads: {error}")),
    };
    match runtime.block_on(serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("vecseal-server: {sentence}");
    ExitCode::FAILURE
}

async fn serve(settings: Settings) -> Result<(), String> {
    // Dropped last, so that nothing writes there any more when it goes.
    let temporary = match &settings.storage {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new()
                .prefix("vecseal-")
                .tempdir()
                .map_err(|error| format!("cannot make a temporary folder: {error}: name one with --storage"))?,
        ),
    };
    let folder = settings.storage.clone().or_else(|| Some(temporary.as_ref()?.path().to_owned())).unwrap_or_default();
    let store = Store::open(&folder)?;
    let address = SocketAddr::new(settings.host, settings.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}: choose another with --port"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    if !settings.host.is_loopback() && settings.api_key.is_none() {
        eprintln!("vecseal-server: everybody who reaches {address} may read and delete everything: set an API key");
    }
    println!("listening on http://{address}");
    api::serve(listener, Arc::clone(&store), &settings, stopped())
        .await
        .map_err(|error| error.to_string())
}

/// Waits until the process is asked to end.
async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => (),
                _ = terminated.recv() => (),
            }
            return;
        }
    }
    interrupted.await;
}
