//! What can be set, by options or by Qdrant's own environment variables.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Parser;

/// Qdrant's engine behind the part of its REST API that VecSeal uses: to start on and to test with.
#[derive(Parser)]
#[command(name = "vecseal-server", version)]
pub(crate) struct Settings {
    /// The folder to keep collections in; without it they are gone when the server ends
    #[arg(long, value_name = "FOLDER", env = "QDRANT__STORAGE__STORAGE_PATH")]
    pub(crate) storage: Option<PathBuf>,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", env = "QDRANT__SERVICE__HOST", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) host: IpAddr,

    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "QDRANT__SERVICE__HTTP_PORT", default_value_t = 6333)]
    pub(crate) port: u16,

    /// A folder of web pages to serve at /
    #[arg(long, value_name = "FOLDER")]
    pub(crate) web: Option<PathBuf>,

    /// The key that requests must carry; from the environment, since options show in lists of processes
    #[arg(skip = secret("QDRANT__SERVICE__API_KEY"))]
    pub(crate) api_key: Option<String>,

    #[arg(skip = secret("QDRANT__SERVICE__READ_ONLY_API_KEY"))]
    pub(crate) read_only_api_key: Option<String>,

    /// Whether tokens signed with the API key are accepted
    #[arg(long, env = "QDRANT__SERVICE__JWT_RBAC")]
    pub(crate) jwt_rbac: bool,
}

/// A value of the environment, if it is there and not empty.
fn secret(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
