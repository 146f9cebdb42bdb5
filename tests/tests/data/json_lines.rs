use vecseal::PointId;
use vecseal_data::import::Format;

use crate::{assert_problems, import, problem};

const GOOD: &str = concat!(
    "\u{feff}{\"id\": 7, \"text\": \"Straße\", \"policy\": \"roles:admin\", \"author\": \"Ada\"}\r\n",
    "\n",
    "{\"id\": \"5c56c793-69f3-4fbf-87e6-c4bf54c28c26\", \"text\": \"b\", \"content\": {\"a\": [1, 2]}, \"policy\": {\"roles\": [\"analyst\"]}}\n",
    "{\"text\": \"c\", \"content\": null, \"policy\": null}",
);

#[test]
fn rows_are_read_with_all_their_fields() {
    let found = import(&[(Format::JsonLines, GOOD.as_bytes())]).unwrap();
    assert_eq!(found.ignored, ["author"]);
    assert_eq!(found.vectors, None);
    let [first, second, third] = found.rows.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (first.id, first.text.as_deref(), first.content.as_deref()),
        (PointId::Number(7), Some("Straße"), None)
    );
    assert_eq!(first.policy.as_ref().unwrap().to_string(), "roles:admin");
    assert_eq!(second.id, "5c56c793-69f3-4fbf-87e6-c4bf54c28c26".parse().unwrap());
    assert_eq!(second.content.as_deref(), Some("{\"a\": [1, 2]}"));
    assert_eq!(second.policy.as_ref().unwrap().to_string(), "roles:analyst");
    assert_eq!((third.id, third.content.as_ref(), third.policy.as_ref()), (PointId::Number(3), None, None));
}

#[test]
fn rows_may_bring_their_vectors() {
    let file = b"{\"vector\": [0.5, -1]}\n{\"vector\": [2, 1e-3], \"text\": \"t\"}";
    let vectors = import(&[(Format::JsonLines, file)]).unwrap().vectors.unwrap();
    assert_eq!((vectors.rows(), vectors.columns(), vectors.values()), (2, 2, &[0.5, -1.0, 2.0, 0.001][..]));
    assert_eq!(vectors.iter().nth(1), Some(&[2.0, 0.001][..]));
}

/// Every way in which a line can be wrong: its code, the place of the first, the number of the others.
#[test]
fn problems_have_a_code_a_place_and_a_sentence() {
    let cases = [
        ("import_empty", "", "there is nothing in it"),
        ("import_json", "{\"id\": 1", "line 1, column 8: not a JSON object: EOF while parsing an object"),
        ("import_json", "{\"text\": \"ü\", \"id\": }", "line 1, column 21: not a JSON object: expected value"),
        (
            "import_json",
            "[]",
            "line 1, column 1: not a JSON object: invalid type: sequence, expected an object",
        ),
        ("import_nothing_to_embed", "{}", "line 1, column 1: a row needs a text or a vector"),
        (
            "invalid_point_id",
            "{\"id\": 1.5, \"text\": \"a\"}",
            "line 1, column 8, `id`: an id is an unsigned 64-bit number or a UUID",
        ),
        (
            "import_duplicate_id",
            "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 1, \"text\": \"b\"}\n{}\n{}",
            "line 2, column 8, `id`: an earlier row has the id of this one (without an id, its number); 2 other rows have problems",
        ),
        (
            "import_duplicate_id",
            "{\"id\": 2, \"text\": \"a\"}\n{\"text\": \"b\"}",
            "line 2, column 1: an earlier row has the id of this one (without an id, its number)",
        ),
        (
            "import_repeated_field",
            "{\"text\": \"a\", \"policy\": \"roles:admin\", \"policy\": \"*\"}",
            "line 1, column 47: `policy` is given twice",
        ),
        (
            "import_not_a_text",
            "{\"text\": \"a\", \"content\": \"\\ud83d\"}",
            "line 1, column 26, `content`: this should be a text",
        ),
        ("not_finite", "{\"vector\": [1, 1e400]}", "line 1, column 12, `vector`: not a finite number"),
        (
            "syntax",
            "{\"text\": \"a\", \"policy\": \"roles:\"}\n{\"vector\": [1, 2]}\n{\"text\": \"b\"}",
            "line 1, column 32, `policy`: expected the name of an attribute after `:`; one other row has a problem",
        ),
        ("import_not_a_text", "{\"text\": 5}", "line 1, column 10, `text`: this should be a text"),
        (
            "unknown_attribute",
            "{\"text\": \"é\", \"policy\": \"roles:admin || roles:boss\"}",
            "line 1, column 41, `policy`: unknown attribute `roles:boss`",
        ),
        // A name in quotation marks, `é` twice, and a character beyond 16 bits: as the file has them.
        (
            "unknown_dimension",
            "{\"text\": \"a\", \"policy\": \"roles:admin || \\\"\\u00e9\u{e9} \\ud83d\\ude00\\\":a\"}",
            "line 1, column 41, `policy`: unknown dimension `éé 😀`",
        ),
        (
            "unknown_dimension",
            "{\"text\": \"a\", \"policy\": \"\\t\\u0072oles:admin || x:a\"}",
            "line 1, column 48, `policy`: unknown dimension `x`",
        ),
        (
            "syntax",
            "{\"text\": \"a\", \"policy\": \"roles:\"}\n{}",
            "line 1, column 32, `policy`: expected the name of an attribute after `:`; one other row has a problem",
        ),
        (
            "unknown_dimension",
            "{\"text\": \"a\", \"policy\": {\"teams\": [\"red\"]}}",
            "line 1, column 26, `policy`: unknown dimension `teams`",
        ),
    ];
    assert_problems(Format::JsonLines, &cases);
    let not_text = b"{\"text\": \"a\"}\n{\"text\": \"\xff\"}";
    let sentence = "line 2, column 11: this is not UTF-8 text: save the file as UTF-8";
    assert_eq!(problem(&[(Format::JsonLines, not_text)]), ("import_not_utf8", sentence.to_owned()));
    let not_text = b"\xef\xbb\xbf{\"text\": \"\xff\"}";
    let sentence = "line 1, column 11: this is not UTF-8 text: save the file as UTF-8";
    assert_eq!(problem(&[(Format::JsonLines, not_text)]), ("import_not_utf8", sentence.to_owned()));
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(vecseal::limits::MAX_CONTENT_BYTES + 1));
    let sentence = "line 1, column 10, `text`: longer than a record may be";
    assert_eq!(problem(&[(Format::JsonLines, long.as_bytes())]), ("too_long", sentence.to_owned()));
}

#[test]
fn problems_of_vectors_have_a_code_a_place_and_a_sentence() {
    let cases = [
        (
            "import_not_a_vector",
            "{\"vector\": \"1 2\"}",
            "line 1, column 12, `vector`: a vector is a list of numbers",
        ),
        ("not_finite", "{\"vector\": [1, 1e39]}", "line 1, column 12, `vector`: not a finite number"),
        (
            "wrong_dimension",
            "{\"vector\": [1]}",
            "line 1, column 12, `vector`: a vector has 2 to 65,536 dimensions, this one has 1",
        ),
        (
            "wrong_dimension",
            "{\"vector\": [1, 2]}\n{\"vector\": [1, 2, 3]}",
            "line 2, column 12, `vector`: this vector has 3 dimensions, those before have 2",
        ),
        (
            "import_vectors_of_some",
            "{\"vector\": [1, 2]}\n{\"text\": \"a\"}",
            "line 2, column 1, `vector`: either every row brings its vector or none does",
        ),
        (
            "import_vectors_of_some",
            "{\"text\": \"a\"}\n{\"vector\": [1, 2]}",
            "line 2, column 12, `vector`: either every row brings its vector or none does",
        ),
    ];
    assert_problems(Format::JsonLines, &cases);
}

#[test]
fn progress_is_told_on_the_way() {
    let file = "{\"text\": \"a\"}\n".repeat(2_000);
    let mut told = Vec::new();
    vecseal_data::import::read(&[(Format::JsonLines, file.as_bytes())], &crate::structure(), |rows| told.push(rows))
        .unwrap();
    assert_eq!(told, [512, 1_024, 1_536]);
}

#[test]
fn names_tell_the_format() {
    let formats = ["a.jsonl", "b.NDJSON", "c.csv", "d.tsv", "e.npy", "f.txt", "jsonl"].map(Format::of_name);
    let expected = [
        Some(Format::JsonLines),
        Some(Format::JsonLines),
        Some(Format::Csv),
        Some(Format::Csv),
        Some(Format::Npy),
        None,
        None,
    ];
    assert_eq!(formats, expected);
}
