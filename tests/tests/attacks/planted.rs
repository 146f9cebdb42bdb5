//! Headers put where a client looks for them, so that it seals into a compartment whose key somebody else knows.

use vecseal::{Error, Header, hazmat};
use vecseal_tests::random::seeded;

use crate::world::{World, options};

/// Makes a header for one policy that claims another: what a reader of the first can do.
fn claiming(world: &World, readable: &str, claimed: &str) -> Header {
    let (compartment, header) = world.create(&world.policy(readable));
    let reader = world.key(&[("departments", "hr")]);
    let key = hazmat::header_key(&header, &hazmat::label_key(&reader), &hazmat::right_secrets(&reader)).unwrap();
    hazmat::forge_body(&header, &hazmat::with_policy(&compartment, claimed), &key)
}

/// D: the reader of one policy plants a compartment under the name of another, before somebody who reads both.
#[test]
fn a_reader_of_another_policy_gets_nothing_sealed_into_its_compartment() {
    let world = World::new();
    let planted = claiming(&world, "departments:hr", "departments:finance");
    let wanted = world.policy("departments:finance");
    let victim = world.key(&[("departments", "hr"), ("departments", "finance")]);
    assert_eq!(victim.open(&planted).unwrap().policy(), "departments:finance", "the claim alone does not show it");
    assert!(victim.open_to_seal(&planted, &wanted).unwrap().is_none());
    assert!(world.authority.open_to_seal(&planted, &wanted).unwrap().is_none());
}

/// The same with more slots than the policy has clauses, one of them the victim's.
#[test]
fn a_header_for_more_readers_than_its_policy_has_is_not_sealed_into() {
    let world = World::new();
    let planted = claiming(&world, "departments:hr || departments:finance", "departments:finance");
    let wanted = world.policy("departments:finance");
    assert!(world.key(&[("departments", "finance")]).open_to_seal(&planted, &wanted).unwrap().is_none());
    assert!(world.authority.open_to_seal(&planted, &wanted).unwrap().is_none());
    let lying = claiming(&world, "departments:hr", "departments:finance");
    let hr = world.policy("departments:hr");
    assert_eq!(world.authority.open_to_seal(&lying, &hr).unwrap_err(), Error::Tampered);
}

/// D: the reader of one clause takes the slots of others over as they are, so that what is sealed into its compartment is
/// lost to them.
#[test]
fn a_header_that_opens_otherwise_for_some_of_its_readers_is_not_sealed_into() {
    let world = World::new();
    let policy = world.policy("departments:hr || departments:finance");
    let (_, header) = world.create(&policy);
    let (hr, finance) = (world.key(&[("departments", "hr")]), world.key(&[("departments", "finance")]));
    let own = hazmat::with_compartment_key(&hr.open(&header).unwrap(), &[6; 32]);
    for right in hazmat::right_secrets(&hr) {
        let Some(forged) = hazmat::replace_slot(&header, &right.secret, &own, &[7; 32]) else {
            continue;
        };
        assert_eq!(hr.open(&forged).unwrap().cid(), own.cid(), "the forgery is whole for this clause");
        assert_eq!(finance.open(&forged).unwrap_err(), Error::Tampered);
        assert_eq!(world.authority.open_to_seal(&forged, &policy).unwrap_err(), Error::Tampered);
        return;
    }
    panic!("no slot was for the insider's right");
}

/// D: the reader of a policy makes a compartment of scope collection, with a search key that others know.
#[test]
fn a_collection_key_that_is_not_the_authoritys_is_not_sealed_under() {
    let world = World::new();
    let policy = world.policy("departments:hr");
    let other = vecseal::Authority::from_secret(world.authority.structure().clone(), &[9; 32]);
    let create = |authority: &vecseal::Authority| {
        let options = options().collection(&authority.collection_key("documents", 0).unwrap()).unwrap();
        world.authority.create_compartment(&policy, &options, &mut seeded(3)).unwrap()
    };
    let ((ours, header), (planted, planted_header)) = (create(&world.authority), create(&other));
    assert!(world.authority.open_to_seal(&header, &policy).unwrap().is_some());
    assert!(world.authority.open_to_seal(&planted_header, &policy).unwrap().is_none());
    // Nor does a query for the one go to the other, whatever their headers claim to share.
    let name = |compartment: &vecseal::Compartment| compartment.collection_key().unwrap().name().to_owned();
    assert_eq!(name(&ours), name(&planted));
    assert!(!ours.shares_search_key(&planted));
    assert!(ours.shares_search_key(&create(&world.authority).0));
}

/// F: a writer knows the keys of what it created; nobody else may seal there.
#[test]
fn a_compartment_that_a_writer_created_is_not_sealed_into_by_others() {
    let world = World::new();
    let policy = world.policy("departments:hr");
    let writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let (_, header) = writer.create_compartment(&policy, &options(), &mut seeded(1)).unwrap();
    let reader = world.key(&[("departments", "hr")]);
    assert!(reader.open(&header).is_ok());
    assert!(reader.open_to_seal(&header, &policy).unwrap().is_none());
    assert!(world.authority.open_to_seal(&header, &policy).unwrap().is_none());
}

/// G: a revoked reader knows the keys of what was there before the rotation, re-wrapped or not.
#[test]
fn a_compartment_from_before_a_rotation_is_not_sealed_into() {
    let mut world = World::new();
    let policy = world.policy("departments:hr");
    let (_, old) = world.create(&policy);
    world.authority.rotate(policy.clauses()).unwrap();
    let rewrapped = world.authority.rewrap(&old, &policy, &mut seeded(2)).unwrap().unwrap().header;
    let (_, new) = world.create(&policy);
    let reader = world.key(&[("departments", "hr")]);
    for (header, expected) in [(&old, false), (&rewrapped, false), (&new, true)] {
        assert_eq!(world.authority.open_to_seal(header, &policy).unwrap().is_some(), expected);
        assert_eq!(reader.open_to_seal(header, &policy).unwrap().is_some(), expected);
    }
}

#[test]
fn what_the_authority_made_for_a_policy_is_sealed_into_again() {
    let world = World::new();
    let policy = world.policy("clearance:internal || roles:analyst && departments:legal");
    let (compartment, header) = world.create(&policy);
    let cid = |opened: Option<vecseal::Compartment>| *opened.unwrap().cid();
    assert_eq!(cid(world.authority.open_to_seal(&header, &policy).unwrap()), *compartment.cid());
    let reader = world.key(&[("clearance", "secret")]);
    assert_eq!(cid(reader.open_to_seal(&header, &policy).unwrap()), *compartment.cid());
    // Another policy that shares a clause with it, and a key that satisfies no clause.
    let other = world.policy("clearance:internal || roles:manager && departments:legal");
    assert!(reader.open_to_seal(&header, &other).unwrap().is_none());
    assert!(world.key(&[("roles", "manager")]).open_to_seal(&header, &policy).unwrap().is_none());
    let stranger = vecseal::Authority::from_secret(world.authority.structure().clone(), &[7; 32]);
    assert_eq!(stranger.open_to_seal(&header, &policy).unwrap_err(), Error::WrongAuthority);
}
