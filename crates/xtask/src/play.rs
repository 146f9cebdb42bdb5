//! `cargo xtask play`: the playground, on the embedded engine or on a Qdrant of one's own.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use crate::run::{Outcome, Result, become_or_run, command, say};
use crate::{server, web};

/// The port that the playground asks for first: Qdrant's.
const PORT: u16 = 6333;

/// Builds what is missing, starts it, and runs until it is interrupted.
pub(crate) fn run(arguments: &[&str]) -> Result<Outcome> {
    let (mut qdrant, mut storage, mut port) = (None, None, None);
    for pair in arguments.chunks(2) {
        match pair {
            ["--qdrant", url] => qdrant = Some(*url),
            ["--storage", folder] => storage = Some(*folder),
            ["--port", number] => {
                let number = number.parse::<u16>();
                port = Some(number.map_err(|_| "--port takes a number from 0 to 65535".to_owned())?);
            }
            _ => return Err("cargo xtask play [--qdrant URL] [--storage FOLDER] [--port NUMBER]".to_owned()),
        }
    }
    let pages = web::build()?;
    let port = port.map_or_else(free_port, Ok)?;
    if let Some(url) = qdrant {
        return serve(&pages, port, url);
    }
    let program = server::build()?;
    let mut engine = command(&program.to_string_lossy(), &["--port", &port.to_string()]);
    engine.arg("--web").arg(&pages);
    match storage {
        Some(folder) => engine.arg("--storage").arg(std::path::absolute(folder).map_err(|error| error.to_string())?),
        None => &mut engine,
    };
    say("the playground is at the address below; Ctrl-C ends it");
    if storage.is_none() {
        println!("   what is stored is gone then: --storage FOLDER keeps it");
    }
    Ok(if become_or_run(&mut engine)? {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

/// Qdrant's port, or one that is free.
fn free_port() -> Result<u16> {
    let bind = |port| TcpListener::bind(("127.0.0.1", port)).and_then(|listener| listener.local_addr());
    let found = bind(PORT).or_else(|_| bind(0)).map_err(|error| format!("there is no free port: {error}"))?;
    Ok(found.port())
}

/// Serves the pages alone; they find the Qdrant by its address.
fn serve(pages: &Path, port: u16, qdrant: &str) -> Result<Outcome> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .map_err(|error| format!("cannot listen on port {port}: {error}: choose another with --port"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    say(&format!("the playground on {qdrant}; Ctrl-C ends it"));
    println!("listening on http://{address}/?qdrant={}", encoded(qdrant));
    for stream in listener.incoming().flatten() {
        let pages = pages.to_owned();
        // A browser that goes away in between is no reason to stop.
        std::thread::spawn(move || {
            stream.set_read_timeout(Some(SILENCE))?;
            stream.set_write_timeout(Some(SILENCE))?;
            answer(&stream, &pages)
        });
    }
    Ok(Outcome::Done)
}

fn answer(mut stream: &TcpStream, pages: &Path) -> std::io::Result<()> {
    let (method, path) = asked_for(stream)?;
    let file = file_of(pages, &path).filter(|_| ["GET", "HEAD"].contains(&method.as_str()));
    let (status, kind, body) = match file.and_then(|file| Some((content_type(&file), std::fs::read(file).ok()?))) {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain", b"there is no such page".to_vec()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{HEADERS}connection: close\r\n\r\n"
    )?;
    if method == "HEAD" {
        Ok(())
    } else {
        stream.write_all(&body)
    }
}

/// What the embedded engine says with its pages, too.
const HEADERS: &str = "cache-control: no-cache\r\ncontent-security-policy: frame-ancestors 'none'\r\n\
    x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n";

/// The method and the path of a request. Reads its whole head, lest the browser takes the answer's end for a broken
/// connection.
fn asked_for(request: impl Read) -> std::io::Result<(String, String)> {
    let mut lines = BufReader::new(request.take(MAX_HEAD_BYTES)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = first.split([' ', '?']).map(str::to_owned);
    Ok((words.next().unwrap_or_default(), words.next().unwrap_or_default()))
}

const MAX_HEAD_BYTES: u64 = 64 << 10;

/// How long a browser may say nothing, or read nothing: those that connect ahead of time often do neither.
const SILENCE: Duration = Duration::from_secs(10);

/// A text as a value in a URL's query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// The file of a path, within the folder.
fn file_of(pages: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path.trim_start_matches('/'));
    let is_within = path.components().all(|component| matches!(component, Component::Normal(_)));
    let file = pages.join(path);
    is_within.then(|| if file.is_dir() { file.join("index.html") } else { file })
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{asked_for, encoded, file_of};

    #[test]
    fn nothing_beside_the_pages_is_served() {
        let pages = Path::new("/pages");
        assert_eq!(file_of(pages, "/worker.js").as_deref(), Some(Path::new("/pages/worker.js")));
        for path in ["/../secret", "/a/../../secret", "//etc/passwd/..", "/./x/.."] {
            assert_eq!(file_of(pages, path), None, "{path}");
        }
        assert_eq!(file_of(pages, "//etc/passwd").as_deref(), Some(Path::new("/pages/etc/passwd")));
    }

    #[test]
    fn a_request_is_read_to_the_end_of_its_head() {
        let mut request = "GET /worker.js?a=b HTTP/1.1\r\nhost: x\r\naccept: */*\r\n\r\n".as_bytes();
        assert_eq!(asked_for(&mut request).unwrap(), ("GET".to_owned(), "/worker.js".to_owned()));
        assert!(request.is_empty());
        assert_eq!(asked_for(std::io::repeat(b'x')).unwrap().1, "");
    }

    #[test]
    fn an_address_in_an_address_is_encoded() {
        assert_eq!(encoded("http://db:6333/a?b=ä&c"), "http%3A%2F%2Fdb%3A6333%2Fa%3Fb%3D%C3%A4%26c");
    }
}
