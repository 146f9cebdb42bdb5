//! Attacks by people whose keys were revoked, or are about to be (adversary G).

use vecseal::hazmat;
use vecseal::{Document, Error, PointId};
use vecseal_tests::random::{seeded, vector};

use crate::world::{World, options};

/// A revoked user who kept everything: the old header, the old compartment key, all old secrets.
#[test]
fn what_was_kept_before_a_rotation_opens_nothing_sealed_after_it() {
    let mut world = World::new();
    let policy = world.policy("departments:hr && roles:manager");
    let (before, old_header) = world.create(&policy);
    let revoked = world.key(&[("roles", "manager"), ("departments", "hr")]);
    let old_key = hazmat::compartment_key(&before);
    let rights: Vec<_> = revoked.rights().map(|(right, _)| right).collect();
    world.authority.rotate(&rights).unwrap();
    let mut rng = seeded(21);
    let rewrapped = world.authority.rewrap(&old_header, &policy, &mut rng).unwrap().unwrap();
    let next = options().generation_after(&rewrapped.compartment).unwrap();
    let (after, new_header) = world.authority.create_compartment(&policy, &next, &mut rng).unwrap();
    let point = PointId::Number(1);
    let sealed = after.seal(&point, &Document::new(&vector(8, &mut rng)).text("new"), &mut rng).unwrap();

    assert_eq!(revoked.open(&rewrapped.header).unwrap_err(), Error::AccessDenied);
    assert_eq!(revoked.open(&new_header).unwrap_err(), Error::AccessDenied);
    assert_eq!(revoked.open(&old_header).unwrap().open(&point, &sealed.record).unwrap_err(), Error::Tampered);
    // The old key in the new compartment's place, with the right cid claimed or not.
    assert_eq!(
        hazmat::with_compartment_key(&after, &old_key).open(&point, &sealed.record).unwrap_err(),
        Error::Tampered
    );
    assert_ne!(hazmat::search_key(&before), hazmat::search_key(&after));
    // The old header in the new one's place is recognised by its id, and closed compartments take nothing new.
    assert_ne!(old_header.cid(), new_header.cid());
    let refused = rewrapped.compartment.seal(&point, &Document::new(&[1.0; 8]), &mut rng);
    assert_eq!(refused.unwrap_err(), Error::CompartmentClosed);
}

/// A revoked user with write access to the database reopens a closed compartment, so that others seal into it.
#[test]
fn a_revoked_reader_cannot_forge_the_body_of_a_re_wrapped_header() {
    let mut world = World::new();
    let policy = world.policy("departments:hr && roles:manager");
    let (open, old_header) = world.create(&policy);
    let revoked = world.key(&[("roles", "manager"), ("departments", "hr")]);
    let label_key = hazmat::label_key(&revoked);
    let old_header_key = hazmat::header_key(&old_header, &label_key, &hazmat::right_secrets(&revoked)).unwrap();
    let rights: Vec<_> = revoked.rights().map(|(right, _)| right).collect();
    world.authority.rotate(&rights).unwrap();
    let rewrapped = world.authority.rewrap(&old_header, &policy, &mut seeded(22)).unwrap().unwrap();
    let current = world.key(&[("roles", "manager"), ("departments", "hr")]);
    // The compartment key alone, with whatever header key could be guessed or kept, does not write a body that fits.
    for header_key in [old_header_key, hazmat::compartment_key(&open), [0; 32]] {
        let forged = hazmat::forge_body(&rewrapped.header, &open, &header_key);
        assert_eq!(current.open(&forged).unwrap_err(), Error::Tampered);
    }
    // The attack itself works for who has the header key, as current readers do.
    let header_key = hazmat::header_key(&rewrapped.header, &label_key, &hazmat::right_secrets(&current)).unwrap();
    let forged = hazmat::forge_body(&rewrapped.header, &open, &header_key);
    assert!(!current.open(&forged).unwrap().is_closed());
}

/// A reader about to be demoted widens the policy that the header claims, and waits for the authority to re-wrap it.
#[test]
fn a_policy_claimed_in_a_header_does_not_steer_the_authority() {
    let mut world = World::new();
    let policy = world.policy("roles:manager");
    let (compartment, header) = world.create(&policy);
    let manager = world.key(&[("roles", "manager")]);
    let header_key =
        hazmat::header_key(&header, &hazmat::label_key(&manager), &hazmat::right_secrets(&manager)).unwrap();
    let widened = hazmat::with_policy(&compartment, "roles:analyst || roles:manager");
    let forged = hazmat::forge_body(&header, &widened, &header_key);
    assert_eq!(manager.open(&forged).unwrap().policy(), "roles:analyst || roles:manager");
    world.authority.rotate(policy.clauses()).unwrap();
    let rewrapped = world.authority.rewrap(&forged, &policy, &mut seeded(23)).unwrap().unwrap();
    assert_eq!(&*rewrapped.claimed_policy, "roles:analyst || roles:manager");
    assert_eq!(rewrapped.compartment.policy(), "roles:manager");
    assert_eq!(world.key(&[("roles", "analyst")]).open(&rewrapped.header).unwrap_err(), Error::AccessDenied);
    assert!(world.key(&[("roles", "manager")]).open(&rewrapped.header).is_ok());
}

/// Writer keys wrap for the epochs they were issued with: after a rotation they have to be issued anew.
#[test]
fn a_writer_key_issued_after_a_rotation_locks_old_keys_out() {
    let mut world = World::new();
    let policy = world.policy("departments:hr");
    let old_writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let revoked = world.key(&[("departments", "hr")]);
    world.authority.rotate(policy.clauses()).unwrap();
    let new_writer = world.authority.issue_writer_key(std::slice::from_ref(&policy), None).unwrap();
    let current = world.key(&[("departments", "hr")]);
    let opens = |writer: &vecseal::WriterKey| {
        let (_, header) = writer.create_compartment(&policy, &options(), &mut seeded(24)).unwrap();
        (revoked.open(&header).is_ok(), current.open(&header).is_ok())
    };
    assert_eq!(opens(&new_writer), (false, true));
    // As SECURITY.md says, an old one does not know of the rotation.
    assert_eq!(opens(&old_writer), (true, false));
}
