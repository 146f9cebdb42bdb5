//! Structures, policies and keys.

use serde_json::{Value, json};

use super::{Cases, STRUCTURE, Store, random_field};

pub(super) fn structure() -> Cases {
    let long = "x".repeat(65);
    let many_attributes: Vec<String> = (0..1025).map(|i| format!("a{i}")).collect();
    let many_dimensions: serde_json::Map<String, Value> = (0..17).map(|i| (format!("d{i:02}"), json!(["a"]))).collect();
    let texts = [
        ("sorted", STRUCTURE.to_owned()),
        ("any script", r#"{"отдел": ["право", "финансы"], "r\u00f4le": ["l'été", "a \"b\" \\"]}"#.to_owned()),
        ("white space", "\n{ \"roles\"\t: [ \"b\" ,\r\n\"a\" ] }\n".to_owned()),
        ("no JSON", r#"{"roles": ["admin",}"#.to_owned()),
        ("trailing", r#"{"roles": ["admin"]} x"#.to_owned()),
        ("no object", r#"["roles"]"#.to_owned()),
        ("no list", r#"{"roles": "admin"}"#.to_owned()),
        ("a number for a name", r#"{"roles": ["admin", 7]}"#.to_owned()),
        ("empty", "{}".to_owned()),
        ("empty dimension", r#"{"roles": []}"#.to_owned()),
        ("empty hierarchy", r#"{"roles": ["a"], "clearance": {"ordered": []}}"#.to_owned()),
        ("unknown kind", r#"{"clearance": {"sorted": ["a"]}}"#.to_owned()),
        ("duplicate attribute", r#"{"roles": ["admin", "analyst", "admin"]}"#.to_owned()),
        ("duplicate level", r#"{"clearance": {"ordered": ["a", "b", "a"]}}"#.to_owned()),
        ("duplicate dimension", r#"{"roles": ["admin"], "roles": ["analyst"]}"#.to_owned()),
        ("reserved any", r#"{"any": ["admin"]}"#.to_owned()),
        ("reserved all", r#"{"all": ["admin"]}"#.to_owned()),
        ("empty name", r#"{"roles": [""]}"#.to_owned()),
        ("name of 65 bytes", format!(r#"{{"roles": ["{long}"]}}"#)),
        ("outer space", r#"{"roles": ["ok", " admin"]}"#.to_owned()),
        ("control character", r#"{"roles": ["ad\u0007min"]}"#.to_owned()),
        ("1,025 attributes", json!({ "roles": many_attributes }).to_string()),
        ("17 dimensions", Value::Object(many_dimensions).to_string()),
        ("65,537 bytes", format!(r#"{{"roles": ["admin"]}}{}"#, " ".repeat(65_537 - 20))),
    ];
    texts.into_iter().map(|(name, json)| (name.to_owned(), json!({ "json": json }))).collect()
}

pub(super) fn policy() -> Cases {
    let texts = [
        ("one attribute", "roles:admin"),
        ("and over or", "roles:admin && (departments:finance || departments:legal)"),
        ("precedence", "roles:admin || groups:team_hr && departments:legal"),
        ("absorption", "roles:admin || roles:admin && departments:legal || groups:team_eu && roles:admin"),
        ("duplicates", "roles:admin || roles:admin || (roles:admin)"),
        ("anyone", "*"),
        ("anyone absorbs", "roles:admin || *"),
        ("anyone and", "roles:admin && *"),
        ("hierarchy or keeps the lower", "clearance:secret || clearance:internal"),
        ("hierarchy and keeps the higher", "clearance:internal && clearance:secret && roles:admin"),
        (
            "hierarchy absorption",
            "clearance:secret && roles:admin || clearance:internal && roles:admin || clearance:public && roles:analyst",
        ),
        ("quoted", r#""roles" : "admin"&&"groups":team_hr"#),
        ("nested", "((roles:admin || (roles:analyst)) && ((groups:team_hr)))"),
        (
            "product",
            "(roles:admin || roles:analyst) && (groups:team_hr || groups:team_eu) && (departments:legal || clearance:secret)",
        ),
        ("empty", "  "),
        ("unknown dimension", "roles:admin && team:x"),
        ("unknown attribute", "roles:admin && departments:sales"),
        ("no colon", "roles && groups:team_hr"),
        ("no name", "roles: && groups:team_hr"),
        ("no operand", "roles:admin &&"),
        ("single ampersand", "roles:admin & groups:team_hr"),
        ("two operands", "roles:admin groups:team_hr"),
        ("unclosed", "(roles:admin || groups:team_hr"),
        ("unopened", "roles:admin)"),
        ("unclosed quote", r#"roles:"admin"#),
        ("empty quotes", r#"roles:"""#),
        ("bad escape", r#"roles:"ad\min""#),
        ("conflict", "roles:admin && (groups:team_hr || roles:analyst)"),
        ("not ASCII", "rôles:admin"),
    ];
    let mut cases: Cases = Vec::new();
    for (name, text) in texts {
        cases.push((format!("text: {name}"), json!({"structure": STRUCTURE, "text": text})));
    }
    let deep = format!("{}roles:admin{}", "(".repeat(65), ")".repeat(65));
    cases.push(("text: 65 deep".to_owned(), json!({"structure": STRUCTURE, "text": deep})));
    let odd = r#"{"ro les": ["a\"b", "c\\d", "é", "x:y", "*"]}"#;
    for text in [
        r#""ro les":"a\"b" || "ro les":"c\\d""#,
        r#""ro les":"é" || "ro les":"x:y" || "ro les":"*""#,
    ] {
        cases.push((format!("text: {text}"), json!({"structure": odd, "text": text})));
    }
    cases.extend(limits());
    let jsons = [
        ("as people write it", r#"{"roles": ["hr_manager", "admin"], "groups": ["team_hr"]}"#),
        ("anyone", r#""*""#),
        ("any", r#"{"any": [{"roles": ["admin"]}, {"groups": ["team_eu"], "departments": ["legal"]}]}"#),
        (
            "all",
            r#"{"all": [{"roles": ["admin", "analyst"]}, {"any": [{"groups": ["team_hr"]}, {"clearance": ["secret"]}]}]}"#,
        ),
        ("mixed", r#"{"roles": ["admin"], "any": [{"groups": ["team_hr"]}, "*"]}"#),
        ("escapes", r#"{"r\u006fles": ["\u0061dmin"]}"#),
        ("empty object", "{}"),
        ("empty list", r#"{"roles": []}"#),
        ("empty any", r#"{"any": []}"#),
        ("unknown attribute", r#"{"roles": ["admin", "admn"]}"#),
        ("unknown dimension", r#"{"role": ["admin"]}"#),
        ("duplicate key", r#"{"roles": ["admin"], "roles": ["analyst"]}"#),
        ("no list", r#"{"roles": "admin"}"#),
        ("text", r#""roles:admin""#),
        ("number", "7"),
        ("no JSON", r#"{"roles": ["admin"}"#),
        ("conflict", r#"{"all": [{"roles": ["admin"]}, {"roles": ["analyst"]}]}"#),
    ];
    for (name, policy) in jsons {
        cases.push((format!("json: {name}"), json!({"structure": STRUCTURE, "json": policy})));
    }
    cases
}

/// Policies at the limit of clauses.
fn limits() -> Cases {
    let names: Vec<String> = (0..257).map(|i| format!("a{i:03}")).collect();
    let any = |dimension: &str, count: usize| {
        let attributes = names.iter().take(count).map(|name| format!("{dimension}:{name}"));
        attributes.collect::<Vec<_>>().join(" || ")
    };
    let square = |count: usize| format!("({}) && ({})", any("a", 16), any("b", count));
    let wide = json!({ "d": names }).to_string();
    let two = json!({"a": &names[..16], "b": &names[..17], "c": ["x"]}).to_string();
    let absorbed = format!("{} || a:a000 && c:x && b:a000", square(16));
    vec![
        ("text: 256 clauses".to_owned(), json!({"structure": wide, "text": any("d", 256)})),
        ("text: 257 clauses".to_owned(), json!({"structure": wide, "text": any("d", 257)})),
        ("text: 272 clauses from a product".to_owned(), json!({"structure": two, "text": square(17)})),
        ("text: 257 clauses with one absorbed".to_owned(), json!({"structure": two, "text": absorbed})),
    ]
}

pub(super) fn explain() -> Cases {
    let policy = "roles:hr_manager && groups:team_hr || clearance:secret && departments:legal";
    let attributes = [
        ("first clause", r#"{"roles": ["hr_manager"], "groups": ["team_hr"]}"#),
        ("one dimension missing", r#"{"roles": ["hr_manager"], "departments": ["finance"]}"#),
        ("level too low", r#"{"departments": ["legal", "finance"], "clearance": ["internal"]}"#),
        ("level high enough", r#"{"departments": ["legal"], "clearance": ["secret"]}"#),
        ("unknown attribute", r#"{"departments": ["sales"]}"#),
    ];
    let cases = attributes.iter().map(|(name, attributes)| {
        ((*name).to_owned(), json!({"structure": STRUCTURE, "text": policy, "attributes": attributes}))
    });
    let lower =
        json!({"structure": STRUCTURE, "text": "clearance:public", "attributes": r#"{"clearance": ["secret"]}"#});
    cases.chain([("a higher level includes lower ones".to_owned(), lower)]).collect()
}

pub(super) fn authority() -> Cases {
    let master = random_field("master", 32);
    let case = |rotate: &[&str]| json!({"structure": STRUCTURE, "master": master, "rotate": rotate});
    let another = json!({"structure": STRUCTURE, "master": random_field("another master", 32), "rotate": []});
    vec![
        ("new".to_owned(), case(&[])),
        (
            "rotated".to_owned(),
            case(&[
                "roles:analyst && departments:finance",
                "roles:hr_manager",
                "roles:hr_manager",
                "*",
            ]),
        ),
        ("another".to_owned(), another),
        ("unknown attribute".to_owned(), case(&["roles:boss"])),
    ]
}

pub(super) fn user_key(store: &Store) -> Cases {
    let case = |authority: &str, attributes: &str, epochs: &str| json!({"authority": store.take("authority", authority, "file"), "attributes": attributes, "epochs": epochs});
    let analyst = r#"{"roles": ["analyst"], "departments": ["finance"]}"#;
    let manager = r#"{"roles": ["hr_manager"], "groups": ["team_hr"], "departments": ["human_resources"]}"#;
    vec![
        ("analyst".to_owned(), case("new", analyst, "current")),
        ("manager".to_owned(), case("new", manager, "current")),
        (
            "secret".to_owned(),
            case("new", r#"{"clearance": ["secret"], "roles": ["admin", "analyst"]}"#, "current"),
        ),
        ("analyst after rotation".to_owned(), case("rotated", analyst, "current")),
        ("manager after rotation, one back".to_owned(), case("rotated", manager, "1")),
        ("manager after rotation, all".to_owned(), case("rotated", manager, "all")),
        ("analyst of another authority".to_owned(), case("another", analyst, "current")),
        ("unknown attribute".to_owned(), case("new", r#"{"roles": ["boss"]}"#, "current")),
    ]
}

pub(super) fn attenuate(store: &Store) -> Cases {
    let case =
        |key: &str, attributes: &str| json!({"key": store.take("user-key", key, "file"), "attributes": attributes});
    let mut noted = case("manager", r#"{"groups": ["team_hr"]}"#);
    noted["not_after"] = json!(1_900_000_000);
    vec![
        ("fewer dimensions".to_owned(), noted),
        ("a lower level".to_owned(), case("secret", r#"{"clearance": ["internal"], "roles": ["admin"]}"#)),
        ("several epochs".to_owned(), case("manager after rotation, all", r#"{"roles": ["hr_manager"]}"#)),
        ("not held".to_owned(), case("manager", r#"{"roles": ["admin"]}"#)),
    ]
}

pub(super) fn writer_key(store: &Store) -> Cases {
    let case = |authority: &str, policies: &[&str]| json!({"authority": store.take("authority", authority, "file"), "policies": policies});
    let mut shared = case("new", &["departments:finance"]);
    shared["collection"] = json!("documents");
    let two = [
        "roles:hr_manager && groups:team_hr",
        "departments:finance || clearance:internal",
    ];
    vec![
        ("two policies".to_owned(), case("new", &two)),
        ("a collection".to_owned(), shared),
        ("after rotation".to_owned(), case("rotated", &["roles:hr_manager", "*"])),
        ("anyone".to_owned(), case("new", &["*"])),
        ("no policies".to_owned(), case("new", &[])),
    ]
}
