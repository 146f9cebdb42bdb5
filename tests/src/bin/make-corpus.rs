//! Embeds the benchmark corpus: `make-corpus <WordNet's dict> <model file> <folder>`. `cargo xtask corpus` runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use vecseal_tests::corpus::Corpus;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [wordnet, model, folder] = arguments.as_slice() else {
        eprintln!("make-corpus <WordNet's dict> <model file> <folder>");
        return ExitCode::FAILURE;
    };
    match Corpus::make(wordnet, model, folder) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some((texts, seconds))) => {
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let rate = texts as f64 / seconds;
            println!("{texts} texts in {seconds:.1} s with all cores: {rate:.0} a second");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("make-corpus: {error}");
            ExitCode::FAILURE
        }
    }
}
