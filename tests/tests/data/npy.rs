use vecseal::PointId;
use vecseal_data::import::Format;

use crate::{import, problem};

/// A file as NumPy writes it: the header padded to 64 bytes.
fn file(version: u8, descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let prefix = if version == 1 { 10 } else { 12 };
    header.extend(std::iter::repeat_n(' ', (63 - (prefix + header.len()) % 64) % 64));
    header.push('\n');
    let length = u32::try_from(header.len()).unwrap().to_le_bytes();
    let length = if version == 1 { &length[..2] } else { &length[..] };
    [&b"\x93NUMPY"[..], &[version, 0], length, header.as_bytes(), data].concat()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn matrices_of_each_precision_are_read() {
    let doubles: Vec<u8> = [1.0_f64, -2.5].iter().flat_map(|value| value.to_le_bytes()).collect();
    let cases = [
        file(1, "<f4", "False", "(1, 2)", &floats(&[1.0, -2.5])),
        file(2, "<f8", "False", "(1L, 2L)", &doubles),
        // 1 and −2.5 as f16.
        file(3, "<f2", "False", "(1, 2)", &[0x00, 0x3c, 0x00, 0xc1]),
    ];
    for case in cases {
        let found = import(&[(Format::Npy, &case)]).unwrap();
        assert_eq!(found.vectors.unwrap().values(), [1.0, -2.5]);
        assert_eq!((found.rows[0].id, found.rows[0].text.as_ref()), (PointId::Number(0), None));
    }
}

#[test]
fn a_matrix_gives_the_vectors_of_a_table() {
    let matrix = file(1, "<f4", "False", "(2, 2)", &floats(&[1.0, 2.0, 3.0, 4.0]));
    let table = "id,content\n8,a\n9,b\n";
    for files in [
        [(Format::Npy, matrix.as_slice()), (Format::Csv, table.as_bytes())],
        [(Format::Csv, table.as_bytes()), (Format::Npy, &matrix)],
    ] {
        let found = import(&files).unwrap();
        assert_eq!((found.rows[1].id, found.rows[1].content.as_deref()), (PointId::Number(9), Some("b")));
        assert_eq!(found.vectors.unwrap().iter().nth(1), Some(&[3.0, 4.0][..]));
    }
    let shorter = problem(&[(Format::Npy, &matrix), (Format::Csv, b"id\n1\n")]);
    assert_eq!(
        shorter,
        ("import_rows_differ", "the table and the matrix need equally many rows, not 1 and 2".to_owned())
    );
    let both = problem(&[(Format::Npy, &matrix), (Format::JsonLines, b"{\"vector\": [1, 2]}")]);
    assert_eq!(both.0, "import_vectors_of_some");
    let two = problem(&[(Format::Npy, &matrix), (Format::Npy, &matrix)]);
    assert_eq!(two.0, "import_too_many_files");
    assert_eq!(problem(&[]).0, "import_empty");
}

#[test]
fn problems_have_a_code_and_a_sentence() {
    let good = || floats(&[1.0, 2.0, 3.0, 4.0]);
    let cases = [
        (b"<!doctype html>".to_vec(), "import_npy", "it does not begin as a .npy file does"),
        (file(1, "<f4", "False", "(2, 2)", &good())[..20].to_vec(), "import_npy", "it does not begin"),
        (file(1, "<f4", "True", "(2, 2)", &good()), "import_npy", "numpy.ascontiguousarray(matrix)"),
        (file(1, "<f4", "False", "(4,)", &good()), "import_npy", "it has 1 axes, not two"),
        (file(1, "<f4", "False", "(2, 2, 1)", &good()), "import_npy", "it has 3 axes, not two"),
        (file(1, "<i8", "False", "(1, 2)", &good()), "import_npy", "`<i8`, not <f2, <f4 or <f8"),
        (file(1, "|O", "False", "(2, 2)", &good()), "import_npy", "`|O`"),
        (
            file(1, "<f4", "False", "(2, 3)", &good()),
            "import_npy",
            "announces 24 bytes of numbers, 16 are there",
        ),
        (
            file(1, "<f4", "False", "(2, 2)", &good()[..15]),
            "import_npy",
            "announces 16 bytes of numbers, 15 are there",
        ),
        (file(1, "<f4", "False", "(0, 2)", &[]), "import_empty", "there is nothing in it"),
        (file(1, "<f4", "False", "(99999999999999999999, 2)", &[]), "import_too_large", "a million rows"),
        (file(1, "<f4", "False", "(1000001, 2)", &[]), "import_too_large", "a million rows"),
        (file(1, "<f4", "False", "(2, two)", &good()), "import_npy", "no pair of numbers"),
        (file(1, "<f4", "False", "(4, 1)", &good()), "wrong_dimension", "this one has 1"),
        (
            file(1, "<f4", "False", "(2, 2)", &floats(&[1.0, 2.0, 3.0, f32::NAN])),
            "not_finite",
            "row 1, column 1 of the matrix: not a finite number",
        ),
    ];
    for (case, code, words) in cases {
        let (found, sentence) = problem(&[(Format::Npy, &case)]);
        assert_eq!(found, code, "{sentence}");
        assert!(sentence.contains(words), "{sentence}");
    }
}
