//! How documents are sealed.

use yew::prelude::*;

use crate::page::parts::{Select, TextField};
use crate::page::store::use_store;
use crate::protocol::{Cipher, Mode, Preset, Scope, Sealing, WrittenBy};
use crate::state::{Action, Change};

/// The settings, each with what it comes to.
#[component]
pub(super) fn Settings() -> Html {
    let store = use_store();
    let sealing = store.scenario().sealing;
    let is_running = store.data.upload.is_some();
    let change = |sealed: fn(&mut Sealing, &str)| {
        store.on(move |chosen: String| {
            let mut sealing = sealing;
            sealed(&mut sealing, &chosen);
            Action::Change(Change::Sealing(sealing))
        })
    };
    let name = store.on(Action::NameCollection);
    let is_sealed = sealing.mode == Mode::Sealed;
    html! {
        <section class="panel settings" aria-labelledby="settings-title">
            <header>
                <h2 id="settings-title">{ "Settings" }</h2>
                if is_running { <p>{ "Fixed while the upload runs." }</p> }
            </header>
            <fieldset disabled={is_running}>
                <legend class="unseen">{ "How documents are sealed" }</legend>
                <Select label="Search mode" value={mode(sealing.mode)} help={mode_help(sealing.mode)}
                    options={options(&[("geometric", "Geometric: the server searches"), ("sealed", "Sealed: this tab searches")])}
                    onchange={change(|sealing, chosen| sealing.mode = if chosen == "sealed" { Mode::Sealed } else { Mode::Geometric })} />
                <fieldset disabled={is_sealed}>
                    <legend class="unseen">{ "For mode geometric" }</legend>
                    <Select label="Noise on stored vectors" value={preset(sealing.preset)} help={if is_sealed { NOT_SEALED } else { preset_help(sealing.preset) }}
                        options={options(&[("off", "Off: ρ = 0"), ("balanced", "Balanced: ρ = 0.5"), ("strong", "Strong: ρ = 1")])}
                        onchange={change(|sealing, chosen| sealing.preset = preset_of(chosen))} />
                    <Select label="Search keys" value={scope(sealing.scope)} help={if is_sealed { NOT_SEALED } else { scope_help(sealing.scope) }}
                        options={options(&[("compartment", "One for each compartment"), ("collection", "One for the collection")])}
                        onchange={change(|sealing, chosen| sealing.scope = if chosen == "collection" { Scope::Collection } else { Scope::Compartment })} />
                </fieldset>
                <Select label="Written by" value={writer(sealing.written_by)} help={writer_help(sealing.written_by)}
                    options={options(&[("authority", "The authority"), ("writer", "A write-only key")])}
                    onchange={change(|sealing, chosen| sealing.written_by = if chosen == "writer" { WrittenBy::WriterKey } else { WrittenBy::Authority })} />
                <Select label="Cipher of records" value={cipher(sealing.cipher)} help={cipher_help(sealing.cipher)}
                    options={options(&[("aes", "AES-256-GCM"), ("chacha", "ChaCha20-Poly1305")])}
                    onchange={change(|sealing, chosen| sealing.cipher = if chosen == "chacha" { Cipher::ChaCha } else { Cipher::Aes })} />
                <details>
                    <summary>{ "Collection" }</summary>
                    <TextField label="Name" value={store.data.collection.clone().unwrap_or_default()} placeholder={store.collection()} oninput={name}
                        help="Empty: one of this tab’s own, which is replaced when the settings change. One that is there must be VecSeal’s, with vectors of the same dimension." />
                </details>
            </fieldset>
        </section>
    }
}

const NOT_SEALED: &str = "Of no effect in mode sealed: the server gets no vectors.";

fn options(of: &[(&'static str, &'static str)]) -> Vec<(AttrValue, AttrValue)> {
    of.iter().map(|(value, name)| ((*value).into(), (*name).into())).collect()
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Geometric => "geometric",
        Mode::Sealed => "sealed",
    }
}

fn mode_help(mode: Mode) -> &'static str {
    match mode {
        Mode::Geometric => {
            "The server compares rotated, noisy vectors and learns which of one compartment are near each other."
        }
        Mode::Sealed => "The server gets no vector at all; every search fetches the records that its key opens.",
    }
}

fn preset(preset: Preset) -> &'static str {
    match preset {
        Preset::Off => "off",
        Preset::Balanced => "balanced",
        Preset::Strong => "strong",
    }
}

fn preset_of(name: &str) -> Preset {
    match name {
        "off" => Preset::Off,
        "strong" => Preset::Strong,
        _ => Preset::Balanced,
    }
}

fn preset_help(preset: Preset) -> &'static str {
    match preset {
        Preset::Off => "A rotation alone: a few hundred known pairs of vector and ciphertext undo it.",
        Preset::Balanced => {
            "Noise half as long as the vector. Ten candidates are fetched for each result, so that exact ranking loses under 1 % of them."
        }
        Preset::Strong => {
            "As much noise as vector. 32 candidates are fetched for each result; more traffic, and less to learn."
        }
    }
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Compartment => "compartment",
        Scope::Collection => "collection",
    }
}

fn scope_help(scope: Scope) -> &'static str {
    match scope {
        Scope::Compartment => {
            "A key searches only what it opens; vectors of different compartments cannot be compared."
        }
        Scope::Collection => {
            "One query searches everything and denials show afterwards; every reader of anything can undo the rotation of all, so that noise alone protects vectors."
        }
    }
}

fn writer(by: WrittenBy) -> &'static str {
    match by {
        WrittenBy::Authority => "authority",
        WrittenBy::WriterKey => "writer",
    }
}

fn writer_help(by: WrittenBy) -> &'static str {
    match by {
        WrittenBy::Authority => "Symmetric slots: small headers, and what writes can also read.",
        WrittenBy::WriterKey => {
            "X-Wing slots (X25519 and ML-KEM-768): what ingests data can read nothing of it afterwards; headers are larger."
        }
    }
}

fn cipher(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Aes => "aes",
        Cipher::ChaCha => "chacha",
    }
}

fn cipher_help(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Aes => "The default; in WebAssembly about five times as slow as the other.",
        Cipher::ChaCha => "As strong, and faster in WebAssembly, which has no AES instructions.",
    }
}
