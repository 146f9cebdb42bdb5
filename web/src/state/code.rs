//! A scenario as a program that does the same: JavaScript for the npm package, Rust for the crates. Keys are made when it
//! runs; none is in it.

use std::fmt::Write as _;

use super::scenario::{KeySpec, Person, Scenario};
use crate::protocol::{Cipher, Mode, Pairs, Preset, Scope, Sealing, WrittenBy};

/// Documents of a program; more are data, not code.
pub const MAX_DOCUMENTS: usize = 200;

/// The program in JavaScript.
#[must_use]
pub fn javascript(scenario: &Scenario, url: &str) -> String {
    let sealing = scenario.sealing;
    let mut code = format!(
        "// {}, from VecSeal's playground. To run it: npm install vecseal; node program.mjs\n\
         import {{ AccessStructure, Authority, EncryptedCollection{} }} from \"vecseal\";\n\n\
         const url = process.env.QDRANT_URL ?? {};\n\
         const name = `vecseal-example-${{Date.now()}}`;\n\n\
         // Your embedding model goes here. This one counts letters in threes, so that the program runs as it is.\n\
         function embed(text) {{\n  \
           const vector = new Float32Array(384);\n  \
           const letters = ` ${{text.toLowerCase()}} `;\n  \
           for (let at = 0; at + 3 <= letters.length; at++) {{\n    \
             let hash = 0;\n    \
             for (const letter of letters.slice(at, at + 3)) hash = (hash * 31 + letter.codePointAt(0)) % 384;\n    \
             vector[hash] += 1;\n  \
           }}\n  \
           return vector;\n\
         }}\n\n\
         const structure = new AccessStructure({});\n\
         const authority = Authority.generate(structure);\n\n\
         const documents = [\n",
        one_line(&scenario.name),
        if sealing.written_by == WrittenBy::WriterKey {
            ", Policy"
        } else {
            ""
        },
        json(url),
        scenario.structure_json(),
    );
    for document in documents(scenario) {
        let (text, policy) = (json(&document.passage()), json(&document.policy));
        let _ = writeln!(code, "  {{ id: {}, text: {text}, policy: {policy} }},", id(&document.id));
    }
    code.push_str("];\n\n");
    code.push_str(note_of_embedded(scenario));
    code.push_str("const people = {\n");
    for (person, key) in scenario.keys() {
        let _ = writeln!(code, "  {}: {},", json(&called(person, key)), attributes_json(&key.pairs));
    }
    code.push_str("};\n\n");
    let _ = writeln!(code, "const search = {};", search_options(sealing));
    let (scope, writer) = javascript_writer(sealing);
    code.push_str(&writer);
    let cipher = match sealing.cipher {
        Cipher::Aes => "aes-256-gcm",
        Cipher::ChaCha => "chacha20-poly1305",
    };
    let by = match sealing.written_by {
        WrittenBy::Authority => "authority",
        WrittenBy::WriterKey => "writer",
    };
    let _ = write!(
        code,
        "const writing = await EncryptedCollection.create({{ url, name, {by}, search, cipher: \"{cipher}\"{scope} }});\n\
         const written = await writing.upsert(documents.map(({{ id, text, policy }}) => ({{ id, vector: embed(text), content: text, policy }})));\n\
         console.log(`${{written.written}} documents in ${{written.created}} compartments`);\n\n\
         const question = {};\n\
         for (const [person, attributes] of Object.entries(people)) {{\n  \
           const user = authority.issueUserKey(attributes);\n  \
           const reading = await EncryptedCollection.open({{ url, name, user }});\n  \
           const {{ hits }} = await reading.search(embed(question), {{ limit: 5 }});\n  \
           console.log(`${{person}} opens ${{hits.map(({{ id }}) => id).join(\", \") || \"nothing\"}}`);\n\
         }}\n\n\
         // Leaves nothing behind.\n\
         for (const each of [name, `${{name}}.keyring`]) await fetch(`${{url}}/collections/${{each}}`, {{ method: \"DELETE\" }});\n",
        json(question(scenario)),
    );
    code
}

/// What a writer key needs, and what scope collection adds.
fn javascript_writer(sealing: Sealing) -> (&'static str, String) {
    let is_shared = sealing.scope == Scope::Collection;
    let scope = if is_shared { ", collectionGeneration: 0" } else { "" };
    if sealing.written_by == WrittenBy::Authority {
        return (scope, String::new());
    }
    let key = if is_shared {
        ", { collectionKey: authority.collectionKey(name, 0) }"
    } else {
        ""
    };
    let writer = format!(
        "const policies = [...new Set(documents.map(({{ policy }}) => policy))].map((policy) => new Policy(policy, structure));\n\
         const writer = authority.issueWriterKey(policies{key});\n"
    );
    (scope, writer)
}

/// The program in Rust.
#[must_use]
pub fn rust(scenario: &Scenario, url: &str) -> String {
    let sealing = scenario.sealing;
    let mut code = format!(
        "// {}, from VecSeal's playground. Its dependencies: vecseal, vecseal-client (feature http), tokio (features rt, macros).\n\
         use vecseal::{{AccessStructure, Attributes, Authority, Document, Epochs, Metric, PointId, Policy, Preset, RecordCipher, SearchParameters}};\n\
         use vecseal_client::qdrant::{{Credentials, Endpoint, Http, Qdrant}};\n\
         use vecseal_client::{{EncryptedCollection, Keys, NewPoint, Search, Settings}};\n\n\
         const STRUCTURE: &str = {:?};\n\n\
         /// Point, text, who may read it.\n\
         const DOCUMENTS: &[(&str, &str, &str)] = &[\n",
        one_line(&scenario.name),
        scenario.structure_json(),
    );
    for document in documents(scenario) {
        let _ = writeln!(code, "    ({:?}, {:?}, {:?}),", document.id, document.passage(), document.policy);
    }
    code.push_str("];\n\n");
    code.push_str(note_of_embedded(scenario));
    code.push_str("/// Who there is, and what they hold.\nconst PEOPLE: &[(&str, &str)] = &[\n");
    for (person, key) in scenario.keys() {
        let _ = writeln!(code, "    ({:?}, {:?}),", called(person, key), attributes_json(&key.pairs));
    }
    let preset = match sealing.preset {
        Preset::Off => "Off",
        Preset::Balanced => "Balanced",
        Preset::Strong => "Strong",
    };
    let parameters = match sealing.mode {
        Mode::Geometric => format!("SearchParameters::geometric(384, Metric::Cosine, Preset::{preset})?"),
        Mode::Sealed => "SearchParameters::sealed(384, Metric::Cosine)?".to_owned(),
    };
    let cipher = match sealing.cipher {
        Cipher::Aes => "Aes256Gcm",
        Cipher::ChaCha => "ChaCha20Poly1305",
    };
    let is_shared = sealing.scope == Scope::Collection;
    let scope = if is_shared { ".collection_scope(0)" } else { "" };
    let writer = match (sealing.written_by, is_shared) {
        (WrittenBy::Authority, _) => "    let keys = Keys::authority(Authority::from_bytes(&authority.to_bytes())?);\n".to_owned(),
        (WrittenBy::WriterKey, true) => "    let shared = authority.collection_key(&name, 0)?;\n    let keys = Keys::writer(authority.issue_writer_key(&policies, Some(&shared))?);\n".to_owned(),
        (WrittenBy::WriterKey, false) => "    let keys = Keys::writer(authority.issue_writer_key(&policies, None)?);\n".to_owned(),
    };
    let preset_import = if sealing.mode == Mode::Sealed { "" } else { "Preset, " };
    let code = code.replace("Preset, ", preset_import);
    format!(
        "{code}];\n\n\
         /// Your embedding model goes here. This one counts letters in threes, so that the program runs as it is.\n\
         fn embed(text: &str) -> Vec<f32> {{\n    \
             let mut vector = vec![0.0; 384];\n    \
             let letters: Vec<char> = format!(\" {{}} \", text.to_lowercase()).chars().collect();\n    \
             for three in letters.windows(3) {{\n        \
                 vector[three.iter().fold(0, |hash, letter| (hash * 31 + *letter as usize) % 384)] += 1.0;\n    \
             }}\n    \
             vector\n\
         }}\n\n\
         #[tokio::main(flavor = \"current_thread\")]\n\
         async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let url = std::env::var(\"QDRANT_URL\").unwrap_or_else(|_| {url:?}.to_owned());\n    \
             let qdrant = Qdrant::new(Http::new(Endpoint::new(&url, Credentials::None)?)?);\n    \
             let name = format!(\"vecseal-example-{{}}\", std::process::id());\n    \
             let authority = Authority::generate(AccessStructure::from_json(STRUCTURE)?, &mut vecseal::system_rng()?);\n    \
             let policies = DOCUMENTS.iter().map(|(_, _, policy)| Policy::parse(policy, authority.structure())).collect::<Result<Vec<_>, _>>()?;\n    \
             let vectors: Vec<Vec<f32>> = DOCUMENTS.iter().map(|(_, text, _)| embed(text)).collect();\n    \
             let points = DOCUMENTS.iter().zip(&policies).zip(&vectors).map(|(((id, text, _), policy), vector)| {{\n        \
                 Ok(NewPoint::new(id.parse::<PointId>()?, policy, Document::new(vector).text(text)))\n    \
             }});\n    \
             let points = points.collect::<Result<Vec<_>, vecseal::Error>>()?;\n\n\
         {writer}    \
             let settings = Settings::new({parameters}).cipher(RecordCipher::{cipher}){scope};\n    \
             let writing = EncryptedCollection::create(qdrant.clone(), &name, keys, settings).await?;\n    \
             let written = writing.upsert(&points, |_| ()).await?;\n    \
             println!(\"{{}} documents in {{}} compartments\", written.written, written.created);\n\n    \
             let question = embed({:?});\n    \
             for (person, attributes) in PEOPLE {{\n        \
                 let attributes = Attributes::from_json(attributes, authority.structure())?;\n        \
                 let key = authority.issue_user_key(&attributes, Epochs::Current)?;\n        \
                 let reading = EncryptedCollection::open(qdrant.clone(), &name, Keys::user(key), Settings::default()).await?;\n        \
                 let found = reading.search(&Search::new(&question).limit(5)).await?;\n        \
                 let ids: Vec<String> = found.hits.iter().map(|hit| hit.id.to_string()).collect();\n        \
                 println!(\"{{person}} opens {{}}\", if ids.is_empty() {{ \"nothing\".to_owned() }} else {{ ids.join(\", \") }});\n    \
             }}\n\n    \
             // Leaves nothing behind.\n    \
             for each in [writing.name(), writing.keyring_name()] {{\n        \
                 qdrant.delete_collection(each).await?;\n    \
             }}\n    \
             Ok(())\n\
         }}\n",
        question(scenario),
    )
}

/// What the program does otherwise, as far as documents have what is not in it.
fn note_of_embedded(scenario: &Scenario) -> &'static str {
    if scenario.vectors != 0 {
        "// The vectors that were imported are not in this program: it embeds the texts.\n\n"
    } else if documents(scenario).any(|document| document.embedded.is_some()) {
        "// Texts that are to be embedded in place of the sealed ones are not in this program.\n\n"
    } else {
        ""
    }
}

fn documents(scenario: &Scenario) -> impl Iterator<Item = &crate::protocol::Document> {
    scenario.documents.iter().take(MAX_DOCUMENTS)
}

fn called(person: &Person, key: &KeySpec) -> String {
    if person.keys.len() == 1 {
        person.name.clone()
    } else {
        format!("{}, {}", person.name, key.label)
    }
}

fn question(scenario: &Scenario) -> &str {
    scenario.questions.first().map_or("What is this about?", String::as_str)
}

fn search_options(sealing: Sealing) -> String {
    match (sealing.mode, sealing.preset) {
        (Mode::Sealed, _) => "{ dimension: 384, metric: \"cosine\", mode: \"sealed\" }".to_owned(),
        (Mode::Geometric, preset) => {
            let preset = match preset {
                Preset::Off => "off",
                Preset::Balanced => "balanced",
                Preset::Strong => "strong",
            };
            format!("{{ dimension: 384, metric: \"cosine\", preset: \"{preset}\" }}")
        }
    }
}

/// A number as it is, a UUID as a string.
fn id(text: &str) -> String {
    let is_safe = text.parse::<u64>().is_ok_and(|number| number <= MAX_SAFE);
    if is_safe {
        text.to_owned()
    } else if text.parse::<u64>().is_ok() {
        format!("{text}n")
    } else {
        json(text)
    }
}

/// JavaScript's numbers are exact up to this.
const MAX_SAFE: u64 = (1 << 53) - 1;

fn attributes_json(pairs: &Pairs) -> String {
    let mut dimensions: Vec<(&str, Vec<String>)> = Vec::new();
    for (dimension, name) in pairs {
        match dimensions.iter_mut().find(|(known, _)| known == dimension) {
            Some((_, names)) => names.push(json(name)),
            None => dimensions.push((dimension, vec![json(name)])),
        }
    }
    let parts: Vec<String> = dimensions
        .into_iter()
        .map(|(dimension, names)| format!("{}: [{}]", json(dimension), names.join(", ")))
        .collect();
    format!("{{{}}}", parts.join(", "))
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() || "\u{2028}\u{2029}".contains(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect()
}

/// A text as JSON and JavaScript have it.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
