//! Connections: how many there are, how long each may be silent, and how they end.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};
use tower::Service;

/// Serves until the future ends; then what is under way has a moment to end.
pub(super) async fn serve<S>(listener: TcpListener, service: S, until: impl Future<Output = ()>)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SILENCE).max_buf_size(MAX_HEAD_BYTES);
    let service = TowerToHyperService::new(service);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let open = GracefulShutdown::new();
    let mut until = pin!(until);
    loop {
        let (stream, place) = tokio::select! {
            next = next(&listener, &places) => next,
            () = &mut until => break,
        };
        let connection = http.serve_connection(TokioIo::new(Answering::on(stream)), service.clone());
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // How it ends is its client's business.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => (),
        () = sleep(LAST_MOMENT) => (),
    }
}

/// The next connection, as soon as there is a place for it. Others wait with the system until then.
async fn next(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            // The client has gone, or this process may open no more files until other connections end.
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
}

/// Connections at once. Each is a file to the system, of which a process has 1,024 by default, and the engine needs some.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take to send a request's head, and to begin the next on its connection: longer than clients
/// keep theirs, lest one ends that is about to be used.
const SILENCE: Duration = Duration::from_secs(15);
const MAX_HEAD_BYTES: usize = 64 << 10;
/// How long an answer may wait for its client to read on.
const UNREAD: Duration = Duration::from_secs(30);
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// How long a connection that does not end keeps the server from ending.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// A connection that breaks if nobody reads what is written to it.
struct Answering {
    stream: TcpStream,
    /// When it breaks, if something waits to be read.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Answering {
    fn on(stream: TcpStream) -> Self {
        Self { stream, patience: None }
    }

    /// What became of a write, unless it has waited too long.
    fn in_time<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.patience = None;
            return written;
        }
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(UNREAD)));
        patience.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Answering {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Answering {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.in_time(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
