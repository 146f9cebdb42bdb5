//! From Rust to a `.wasm` file with its JavaScript.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, cargo, command, root, succeeds};
use crate::tools::{self, WASM};

/// Compiles with these arguments and flags into a folder, and returns where its profiles are.
pub(crate) fn compile(arguments: &[&str], flags: &str, folder: &Path) -> Result<PathBuf> {
    tools::targets(&[WASM])?;
    let mut build = cargo(&["build", "--target", WASM, "--locked"]);
    build.args(arguments).arg("--target-dir").arg(folder);
    if succeeds(set_flags(&mut build, flags)?)? {
        Ok(folder.join(WASM))
    } else {
        Err("the wasm does not compile: see the errors above".to_owned())
    }
}

/// Has a command's rustc compile with these flags, and so that no path of this machine gets into the wasm.
pub(crate) fn set_flags<'a>(command: &'a mut Command, flags: &str) -> Result<&'a mut Command> {
    let home = std::env::var("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|_| std::env::var("HOME").map(|home| Path::new(&home).join(".cargo")));
    let home =
        home.map_err(|_| "neither CARGO_HOME nor HOME is set: set CARGO_HOME to where cargo keeps its crates")?;
    let mut all: Vec<String> = flags.split_whitespace().map(ToOwned::to_owned).collect();
    all.push(format!("--remap-path-prefix={}=crates", home.join("registry/src").display()));
    all.push(format!("--remap-path-prefix={}=.", root().display()));
    Ok(command.env("CARGO_ENCODED_RUSTFLAGS", all.join("\u{1f}")))
}

/// Makes the JavaScript side of a wasm file, with these of wasm-bindgen's arguments.
pub(crate) fn bind(wasm: &Path, arguments: &[&str], name: &str, folder: &Path) -> Result<()> {
    let program = tools::wasm_bindgen()?.join("wasm-bindgen");
    let mut bind = command(&program.to_string_lossy(), arguments);
    bind.args(["--out-name", name])
        .args(["--remove-name-section", "--remove-producers-section", "--out-dir"])
        .arg(folder)
        .arg(wasm);
    if succeeds(&mut bind)? {
        Ok(())
    } else {
        Err("wasm-bindgen failed: see the errors above".to_owned())
    }
}

/// A wasm file without its custom sections: the names of its functions, who made it. `None` if it is no wasm file.
pub(crate) fn without_custom_sections(file: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = file.split_at_checked(HEAD.len())?;
    if head != HEAD {
        return None;
    }
    let mut kept = head.to_vec();
    while let Some((&kind, after_kind)) = rest.split_first() {
        let (length, body) = leb128(after_kind)?;
        let next = body.get(length..)?;
        if kind != CUSTOM {
            kept.extend(rest.get(..rest.len() - next.len())?);
        }
        rest = next;
    }
    Some(kept)
}

/// How a wasm file begins, and the number of sections that say nothing about what it does.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;

/// The number of at most 32 bits that bytes begin with, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_u64;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(number).ok()?, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{HEAD, leb128, without_custom_sections};

    #[test]
    fn custom_sections_go_and_all_others_stay() {
        let long = [vec![10, 0xac, 0x02], vec![7; 300]].concat();
        let file = [
            HEAD,
            b"\x01\x02ab",
            b"\x00\x05\x04name",
            &long,
            b"\x00\x80\x00",
            b"\x0b\x00",
        ]
        .concat();
        let kept = [HEAD, b"\x01\x02ab", &long, b"\x0b\x00"].concat();
        assert_eq!(without_custom_sections(&file), Some(kept.clone()));
        assert_eq!(without_custom_sections(&kept), Some(kept));
    }

    #[test]
    fn what_is_no_wasm_file_is_refused() {
        for broken in [
            &b"\0as"[..],
            b"\0asm\x02\0\0\0",
            b"\0asm\x01\0\0\0\x01",
            b"\0asm\x01\0\0\0\x01\x03ab",
        ] {
            assert_eq!(without_custom_sections(broken), None, "{broken:?}");
        }
        assert_eq!(leb128(b"\xff\xff\xff\xff\x0f!"), Some((0xffff_ffff, &b"!"[..])));
        assert_eq!(leb128(b"\x80\x80\x80\x80\x80\x01"), None);
    }
}
