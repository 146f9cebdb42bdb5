//! The task runner. `cargo xtask --help` lists the tasks.

mod bench;
mod browsers;
mod corpus;
mod files;
mod fuzz;
mod npm;
mod play;
mod run;
mod server;
mod test;
mod tools;
mod wasm;
mod web;

use std::process::ExitCode;

use run::Outcome;

const HELP: &str = "\
cargo xtask <task>

  play                  sets everything up and opens the playground on an embedded engine
       --qdrant URL     on a Qdrant of your own, without building the engine
       --storage FOLDER keeps what is stored
       --port NUMBER    on this port
  test [part ...]       sets everything up and runs every test; test --help lists the parts
  conformance           tests that the Qdrant at QDRANT_URL behaves as VecSeal expects
  npm                   builds the npm package into target/npm-package
  size                  prints what its files weigh, and fails above the budget
  bench [name]          measures natively and in wasm under Node, side by side
  bench page            measures what sealing, embedding and importing do to a page
  bench recall [folder] measures how many true neighbours the presets find, on the corpus or the one in a folder
  bench search          measures encrypted search beside plain search on the embedded engine, or at QDRANT_URL
  corpus                makes the benchmark corpus, real texts and their embeddings, into target/corpus
  fuzz [--seconds N]    fuzzes each decoder and the policy parser for N seconds (60)
";

fn main() -> ExitCode {
    if let Some(code) = server::shim() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["play", rest @ ..] => play::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["conformance"] => server::conformance(),
        ["corpus"] => corpus::run(),
        ["npm"] => npm::run(),
        ["size"] => npm::build().and_then(|_| npm::size()),
        [] | ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            Ok(Outcome::Done)
        }
        [other, ..] => Err(format!("there is no task `{other}`: cargo xtask --help lists them")),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
