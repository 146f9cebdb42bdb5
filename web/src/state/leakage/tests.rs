use super::{Facts, Statement, Tone, Who, in_one_line, statement, text};
use crate::protocol::{Cipher, Mode, Preset, Scope, Sealing, WrittenBy};

fn facts() -> Facts {
    Facts {
        dimension: 384,
        policies: vec![("*".to_owned(), 40), ("roles:admin".to_owned(), 20)],
    }
}

fn of(statements: &[Statement], who: Who) -> String {
    let texts = statements.iter().filter(|statement| statement.who == who);
    texts
        .map(|statement| format!("{:?}: {}", statement.tone, statement.text))
        .collect::<Vec<_>>()
        .join("\n")
}

fn weak(statements: &[Statement]) -> usize {
    statements.iter().filter(|statement| statement.tone == Tone::Weak).count()
}

#[test]
fn every_setting_that_matters_changes_the_statement() {
    let usual = Sealing::default();
    let others = [
        Sealing {
            mode: Mode::Sealed,
            ..usual
        },
        Sealing {
            preset: Preset::Off,
            ..usual
        },
        Sealing {
            preset: Preset::Strong,
            ..usual
        },
        Sealing {
            scope: Scope::Collection,
            ..usual
        },
        Sealing {
            written_by: WrittenBy::WriterKey,
            ..usual
        },
    ];
    let mut texts: Vec<String> = others.iter().chain([&usual]).map(|sealing| text(sealing, &facts())).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), others.len() + 1);
    let cipher = Sealing {
        cipher: Cipher::ChaCha,
        ..usual
    };
    assert_eq!(statement(&cipher, &facts()), statement(&usual, &facts()));
}

#[test]
fn each_adversary_is_told_what_holds() {
    for mode in [Mode::Geometric, Mode::Sealed] {
        for scope in [Scope::Compartment, Scope::Collection] {
            for written_by in [WrittenBy::Authority, WrittenBy::WriterKey] {
                let sealing = Sealing {
                    mode,
                    scope,
                    written_by,
                    ..Sealing::default()
                };
                let said = statement(&sealing, &facts());
                let sorted = said.is_sorted_by_key(|statement| statement.who);
                let all = Who::ALL.iter().all(|who| said.iter().any(|statement| statement.who == *who));
                assert!(sorted && all, "{sealing:?}");
            }
        }
    }
}

#[test]
fn what_is_usual_has_no_weak_point() {
    assert_eq!(weak(&statement(&Sealing::default(), &facts())), 0);
    let thief = of(&statement(&Sealing::default(), &facts()), Who::Thief);
    assert!(thief.contains("cosine 0.47 and 98 % re-identified"), "{thief}");
    assert!(thief.contains("at most 40"), "{thief}");
}

#[test]
fn no_noise_is_warned_of() {
    let off = Sealing {
        preset: Preset::Off,
        ..Sealing::default()
    };
    let said = statement(&off, &facts());
    assert!(of(&said, Who::Operator).contains("Weak: Sees the exact distances"));
    assert!(of(&said, Who::Thief).contains("Weak: 100 known vectors of a compartment"));
    assert!(of(&said, Who::Thief).contains("400, at cosine 1.00 and 100 %"));
    assert!(in_one_line(&off, &facts()).contains("no noise"));
}

#[test]
fn sealed_shows_no_geometry_and_has_no_weak_point_whatever_else_is_set() {
    for scope in [Scope::Compartment, Scope::Collection] {
        for preset in [Preset::Off, Preset::Balanced] {
            let sealed = Sealing {
                mode: Mode::Sealed,
                scope,
                preset,
                ..Sealing::default()
            };
            let small = Facts {
                dimension: 8,
                ..facts()
            };
            let said = statement(&sealed, &small);
            assert_eq!(weak(&said), 0);
            assert!(of(&said, Who::Operator).contains("Learns no geometry"));
            assert!(!text(&sealed, &small).contains("cosine"));
            assert!(in_one_line(&sealed, &small).contains("No geometry"));
        }
    }
}

#[test]
fn one_search_key_for_all_is_named_wherever_it_counts() {
    let shared = Sealing {
        scope: Scope::Collection,
        written_by: WrittenBy::WriterKey,
        ..Sealing::default()
    };
    let said = statement(&shared, &facts());
    for who in [Who::Operator, Who::Thief, Who::Reader, Who::Writer, Who::Revoked] {
        assert!(of(&said, who).contains("Weak"), "{who:?}");
    }
    assert!(of(&said, Who::Reader).contains("cosine 0.90 and 100 % re-identified"));
    let bare = Sealing {
        preset: Preset::Off,
        ..shared
    };
    let bare = of(&statement(&bare, &facts()), Who::Reader);
    assert!(bare.contains("there is no noise to protect") && !bare.contains("Exact vectors and texts stay sealed"));
    // All records are under one key.
    assert!(of(&said, Who::Thief).contains("at most 60"));
}

#[test]
fn small_dimensions_are_weak() {
    let dimension = |dimension| Facts { dimension, ..facts() };
    let operator = |facts: &Facts| of(&statement(&Sealing::default(), facts), Who::Operator);
    assert!(operator(&dimension(31)).contains("Weak: These vectors have 31 dimensions"));
    assert!(operator(&dimension(32)).contains("Shows: These vectors have 32 dimensions"));
    assert!(!operator(&dimension(384)).contains("dimensions"));
}

#[test]
fn many_vectors_under_one_key_are_compared_with_as_many() {
    let with = |count| Facts {
        dimension: 384,
        policies: vec![("*".to_owned(), count)],
    };
    let thief = |count| of(&statement(&Sealing::default(), &with(count)), Who::Thief);
    assert!(thief(2_999).contains("3,000 vectors under one key") && thief(2_999).contains("at most 2,999"));
    assert!(thief(3_000).contains("cosine 0.15 and 2 %") && thief(3_000).contains("Here one key has 3,000"));
    assert!(thief(20_000).contains("cosine 0.70 and 100 %") && thief(20_000).contains("Here one key has 20,000"));
    // Rotations of one compartment relate to nothing.
    let alone = statement(&Sealing::default(), &with(9));
    assert!(!of(&alone, Who::Operator).contains("aligned"));
    assert!(of(&alone, Who::Operator).contains("one compartment of 9 records"));
}

#[test]
fn who_writes_decides_what_labels_tell() {
    let by_key = Sealing {
        written_by: WrittenBy::WriterKey,
        ..Sealing::default()
    };
    let (authority, key) = (statement(&Sealing::default(), &facts()), statement(&by_key, &facts()));
    assert!(of(&authority, Who::Reader).contains("suite 1") && of(&key, Who::Reader).contains("suite 2"));
    assert!(of(&key, Who::Writer).contains("Holds: A writer key opens nothing"));
    assert!(of(&authority, Who::Writer).contains("can read everything"));
}
