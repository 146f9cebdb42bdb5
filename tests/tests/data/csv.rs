use vecseal::PointId;
use vecseal_data::import::Format;

use crate::{assert_problems, import, problem};

#[test]
fn rows_are_read_with_all_their_fields() {
    let file = "id, text,policy ,note\r\n3,\"Two lines,\nand \"\"quotes\"\"\",roles:admin || departments:legal,x\r\n4,plain,,\r\n";
    let found = import(&[(Format::Csv, file.as_bytes())]).unwrap();
    assert_eq!(found.ignored, ["note"]);
    let [first, second] = found.rows.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((first.id, first.text.as_deref()), (PointId::Number(3), Some("Two lines,\nand \"quotes\"")));
    assert_eq!(first.policy.as_ref().unwrap().to_string(), "roles:admin || departments:legal");
    assert_eq!((second.id, second.policy.as_ref()), (PointId::Number(4), None));
}

/// As spreadsheets write them: with a mark at the front, semicolons or tabs.
#[test]
fn semicolons_and_tabs_separate_too() {
    for file in [
        "\u{feff}text;policy\na, b;roles:admin\n",
        "text\tpolicy\na, b\troles:admin\n",
    ] {
        let found = import(&[(Format::Csv, file.as_bytes())]).unwrap();
        assert_eq!(found.rows[0].text.as_deref(), Some("a, b"));
        assert!(found.rows[0].policy.is_some());
    }
}

#[test]
fn vectors_stand_in_one_cell() {
    for cell in ["\"[0.5, 1]\"", "0.5 1", "\"  0.5  1 \""] {
        let found = import(&[(Format::Csv, format!("id,vector\n1,{cell}\n").as_bytes())]).unwrap();
        assert_eq!(found.vectors.unwrap().values(), [0.5, 1.0], "{cell}");
    }
}

#[test]
fn problems_have_a_code_a_place_and_a_sentence() {
    let cases = [
        ("import_empty", "text\n", "there is nothing in it"),
        (
            "import_no_header",
            "1,2\n3,4\n",
            "line 1, column 1: the first line must name the columns: id, text or vector, content, policy",
        ),
        (
            "import_csv",
            "id,text\n1,a\n2,b,c\n3\n",
            "line 3, column 3: not CSV: the first line has 2 cells, this one 3; one other row has a problem",
        ),
        (
            "invalid_point_id",
            "text,id\n\"a\nb\",1\nc,x\n",
            "line 4, column 2, `id`: an id is an unsigned 64-bit number or a UUID",
        ),
        (
            "unknown_attribute",
            "text,policy\na,roles:boss\n",
            "line 2, column 2, `policy`: unknown attribute `roles:boss`",
        ),
        (
            "import_not_a_vector",
            "vector\n1 two\n",
            "line 2, column 1, `vector`: a vector is a list of numbers",
        ),
        ("not_finite", "vector\n1 nan\n", "line 2, column 1, `vector`: not a finite number"),
        (
            "invalid_point_id",
            "id,text\n1,a\n\n\nx,b\n",
            "line 5, column 1, `id`: an id is an unsigned 64-bit number or a UUID",
        ),
        ("import_empty", "", "there is nothing in it"),
        (
            "import_repeated_field",
            "policy,text,policy\nroles:admin,a,*\n",
            "line 1, column 3: `policy` is given twice",
        ),
        (
            "import_csv",
            "id,text\n1,a\n2,\"b\n3,c\n",
            "line 3, column 1: not CSV: a quotation mark is not closed",
        ),
        // A decimal comma is not taken for two numbers.
        (
            "import_not_a_vector",
            "id;vector\n1;0,5 1,5\n",
            "line 2, column 2, `vector`: a vector is a list of numbers",
        ),
        (
            "invalid_point_id",
            "\"text, long, really\";text;id\na;b;x\n",
            "line 2, column 3, `id`: an id is an unsigned 64-bit number or a UUID",
        ),
        ("import_nothing_to_embed", "id,text\n1,\n", "line 2, column 1: a row needs a text or a vector"),
    ];
    assert_problems(Format::Csv, &cases);
    // Lines end as Windows ends them; a mark at the front.
    for (code, file, sentence) in cases {
        let (windows, marked) = (file.replace('\n', "\r\n"), format!("\u{feff}{file}"));
        assert_problems(Format::Csv, &[(code, &windows, sentence), (code, &marked, sentence)]);
    }
    let sentence = "line 3, column 2: this is not UTF-8 text: save the file as UTF-8";
    assert_eq!(problem(&[(Format::Csv, b"id,text\n1,a\n2,\xff\n")]), ("import_not_utf8", sentence.to_owned()));
}
