//! Changes of what is being tried, and undo.

use std::rc::Rc;

use vecseal_data::Organisation;

use super::{Page, company, tiny};
use crate::protocol::{Row, Work};
use crate::state::{Action, Change, Effect, Expected, Kind, Place, Scenario, Tested, parse};

#[test]
fn a_changed_structure_reaches_the_worker_once_it_is_right() {
    let mut page = Page::new(tiny()).with_keys();
    let mut dimensions = page.state.scenario().dimensions.clone();
    dimensions[0].attributes.push("author".to_owned());
    page.does(Action::Change(Change::Structure(dimensions.clone())));
    assert_eq!(page.state.checked.structure.as_ref().unwrap_err().code, "duplicate");
    assert!(page.work().is_empty());
    dimensions[0].attributes[2] = "editor".to_owned();
    page.does(Action::Change(Change::Structure(dimensions)));
    assert!(matches!(page.work()[..], [(_, Work::Restructure { .. })]));
    assert!(page.state.checked.structure.is_ok());
}

#[test]
fn a_removed_attribute_breaks_policies_keys_and_tests_until_undo() {
    let mut page = Page::new(tiny()).with_keys();
    let mut dimensions = page.state.scenario().dimensions.clone();
    dimensions[0].attributes.retain(|name| name != "reader");
    page.does(Action::Change(Change::Structure(dimensions)));
    let mistake = page.state.checked.policies["roles:author || roles:reader"].as_ref().unwrap_err();
    assert_eq!((mistake.code.as_str(), mistake.span.clone()), ("unknown_attribute", Some(16..28)));
    assert!(page.state.checked.keys[&2].is_err());
    assert!(page.state.checked.tests.contains(&Tested::Void));
    page.does(Action::Undo);
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
    assert_eq!(page.state.ready_keys().len(), 2);
}

#[test]
fn a_renamed_attribute_is_renamed_in_keys_and_policies() {
    let mut page = Page::new(company()).with_keys();
    page.does(Action::Change(Change::RenameAttribute("roles".into(), "analyst".into(), "data analyst".into())));
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
    let scenario = page.state.scenario();
    assert!(scenario.documents.iter().any(|document| document.policy.contains("roles:\"data analyst\"")));
    assert!(scenario.keys().any(|(_, key)| key.pairs.contains(&("roles".into(), "data analyst".into()))));
    // A name that begins as another one does is not touched.
    page.does(Action::Change(Change::RenameAttribute("groups".into(), "team".into(), "x".into())));
    assert!(!page.state.scenario().documents.iter().any(|document| document.policy.contains("groups:x")));
}

#[test]
fn another_example_is_another_authority_and_undo_brings_the_first_back() {
    let mut page = Page::new(company()).with_keys();
    page.uploads();
    let name = page.state.collection();
    page.does(Action::Load(Box::new(tiny())));
    assert!(matches!(page.work()[0].1, Work::NewAuthority { .. }));
    assert_eq!(page.work().len(), 3);
    assert!(page.state.data.stored.is_none());
    assert_ne!(page.state.collection(), name);
    assert_eq!(page.state.search.text, "a man gives up the sea");
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().name, "Halden Marine");
    assert!(matches!(page.work()[0].1, Work::NewAuthority { .. }));
    assert_eq!(page.work().len(), 7);
}

#[test]
fn expectations_fail_when_policies_open_more() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Change(Change::ReplacePolicy("roles:author".into(), "*".into())));
    let failed = page.state.checked.tests.iter().filter(|tested| **tested == Tested::Failed).count();
    assert_eq!(failed, 1);
    page.does(Action::Change(Change::Expect(2, "1".into(), Expected::Opens)));
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    let structure = page_structure();
    for (text, code, span, hint) in [
        ("roles:analist", "unknown_attribute", 0..13, "Did you mean `roles:analyst`?"),
        ("rolls:analyst", "unknown_dimension", 0..5, "Did you mean `roles`?"),
        ("roles:analyst && roles:admin", "conflicting_attributes", 0..28, "Write `||` between them."),
        ("roles:analyst &&", "syntax", 16..16, "An example:"),
        ("{\"roles\": []}", "empty", 10..12, "`*` is everybody."),
    ] {
        let mistake = parse(text, &structure).unwrap_err();
        assert_eq!((mistake.code.as_str(), mistake.span.clone()), (code, Some(span)), "{text}");
        assert!(mistake.hint.contains(hint), "{text}: {}", mistake.hint);
    }
}

fn page_structure() -> Rc<vecseal::AccessStructure> {
    Page::new(company()).state.checked.structure.clone().unwrap()
}

#[test]
fn hierarchies_are_kept_from_organisations() {
    let hospital = Scenario::of(&Organisation::examples().unwrap()[1]);
    let clearance = hospital.dimensions.iter().find(|dimension| dimension.name == "clearance").unwrap();
    assert_eq!((clearance.kind, clearance.attributes[0].as_str()), (Kind::Hierarchy, "public"));
    let page = Page::new(hospital);
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
}

#[test]
fn undo_brings_back_documents_with_their_vectors() {
    let mut page = Page::new(tiny()).with_keys();
    let row = Row {
        id: "7".to_owned(),
        text: Some("for the embedding".to_owned()),
        content: Some("what is sealed".to_owned()),
        policy: None,
    };
    page.imports(vec![row.clone()], 8);
    let document = &page.state.scenario().documents[0];
    assert_eq!(
        (document.passage(), document.to_embed()),
        ("what is sealed".to_owned(), "for the embedding".to_owned())
    );
    page.does(Action::Load(Box::new(company())));
    assert!(page.state.given_vectors().is_none() && !page.state.has_lost_vectors());
    page.does(Action::Undo);
    assert_eq!(page.state.vector_dimension(), 8);
    // Of two imports the vectors of one are kept, and the page says so.
    page.imports(vec![row], 4);
    page.does(Action::Undo);
    assert!(page.state.has_lost_vectors() && page.state.vector_dimension() == 384);
}

#[test]
fn undo_does_not_bring_back_keys_and_says_so() {
    let mut page = Page::new(tiny()).with_keys();
    let key = page.state.scenario().keys().next().unwrap().1.clone();
    page.does(Action::Change(Change::SetKey(key.id, key.label.clone(), vec![])));
    page.does(Action::Undo);
    page.job(|work| matches!(work, Work::IssueKey { key: id, .. } if *id == key.id));
    let notice = page.state.notice.clone().unwrap().text;
    assert!(notice.ends_with("is issued anew, at the current epochs."), "{notice}");
    page.does(Action::Change(Change::DescribePerson(0, "Nelly".to_owned(), String::new())));
    page.state.notice = None;
    page.does(Action::Undo);
    assert_eq!(page.state.notice, None);
}

#[test]
fn a_link_put_into_the_address_opens_and_stays_until_something_changes() {
    let mut page = Page::new(company()).with_keys();
    let link = crate::state::share::encode(&tiny()).unwrap();
    page.does(Action::Follow(format!("s={link}")));
    assert_eq!(page.state.scenario().name, "Two desks");
    page.does(Action::GoTo(Place::Data));
    assert!(matches!(page.effects[..], [Effect::Show(Place::Data, false)]));
    page.does(Action::Change(Change::RemoveDocument("1".to_owned())));
    page.does(Action::GoTo(Place::Search));
    assert!(matches!(page.effects[..], [Effect::Show(Place::Search, true)]));
    page.does(Action::Follow(format!("s={}", &link[..40])));
    assert_eq!(page.state.notice.as_ref().unwrap().text, "Nothing is opened: the link is cut or changed.");
    page.does(Action::Follow("people".to_owned()));
    assert_eq!((page.state.place, page.state.scenario().documents.len()), (Place::People, 2));
    page.does(Action::Follow("nowhere".to_owned()));
    assert_eq!(page.state.place, Place::People);
}

#[test]
fn a_dimension_is_renamed_wherever_it_is_written() {
    let mut page = Page::new(tiny()).with_keys();
    let mut document = page.state.scenario().documents[0].clone();
    document.id = "9".to_owned();
    document.policy = r#"{"roles": ["author", "reader"]}"#.to_owned();
    page.does(Action::Change(Change::SetDocument(document)));
    page.does(Action::Change(Change::RenameDimension(0, "tasks".to_owned())));
    page.does(Action::Change(Change::RenameAttribute(
        "tasks".to_owned(),
        "author".to_owned(),
        "writer".to_owned(),
    )));
    let scenario = page.state.scenario();
    assert!(page.state.checked.structure.is_ok() && page.state.checked.wrong_policies(scenario) == 0);
    assert!(page.state.checked.keys.values().all(Result::is_ok));
    assert!(scenario.document("9").unwrap().policy.contains("\"tasks\": [\"writer\"]"), "{scenario:?}");
    page.does(Action::Undo);
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().dimensions[0].name, "roles");
}

#[test]
fn each_change_of_the_structure_is_undone_alone_and_typing_together() {
    let mut page = Page::new(tiny()).with_keys();
    let first = page.state.scenario().dimensions.clone();
    let with = |name: &str| {
        let mut dimensions = first.clone();
        dimensions[0].attributes.push(name.to_owned());
        dimensions
    };
    page.does(Action::Change(Change::Structure(with("a"))));
    page.does(Action::Change(Change::Structure(with("b"))));
    page.does(Action::Change(Change::TypeStructure(with("bc"))));
    page.does(Action::Change(Change::TypeStructure(with("bcd"))));
    page.does(Action::DraftStructure(Some("{".to_owned())));
    page.does(Action::Undo);
    assert_eq!((page.state.scenario().dimensions.clone(), page.state.structure_draft.clone()), (with("b"), None));
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().dimensions, with("a"));
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let mut page = Page::new(tiny()).with_keys();
    let before = page.state.scenario().clone();
    let rename = |from: &str, to: &str| Change::RenameAttribute("roles".to_owned(), from.to_owned(), to.to_owned());
    for change in [rename("reader", "author"), Change::AddAttribute(0, "author".to_owned())] {
        page.state.notice = None;
        page.does(Action::Change(change));
        assert_eq!(page.state.notice.as_ref().unwrap().text, "`author` is there already: take another name.");
    }
    page.does(Action::Change(Change::AddAttribute(0, "editor".to_owned())));
    let mut dimensions = page.state.scenario().dimensions.clone();
    assert_eq!(dimensions[0].attributes.last().unwrap(), "editor");
    dimensions.push(crate::state::Dimension {
        name: "groups".to_owned(),
        ..dimensions[0].clone()
    });
    page.does(Action::Change(Change::Structure(dimensions.clone())));
    page.does(Action::Change(Change::RenameDimension(1, "roles".to_owned())));
    assert_eq!(page.state.scenario().dimensions, dimensions);
    page.does(Action::Undo);
    page.does(Action::Undo);
    assert_eq!(*page.state.scenario(), before);
}
