//! What can happen, and what the store wants done about it.

use js_sys::Array;
use web_sys::{Blob, File};

use super::places::{Dialog, Place, SearchView, Theme};
use super::scenario::{Dimension, Expected, Scenario};
use crate::protocol::{Attack, Document, KeyId, Message, Pairs, Sealing, Work};

/// What can happen.
#[derive(Debug)]
pub enum Action {
    /// The scenario is to change; the text tells changes about the same thing.
    Change(Change),
    /// Back a change.
    Undo,
    /// Forward again.
    Redo,
    /// Another scenario in place of this one.
    Load(Box<Scenario>),
    /// To a place.
    GoTo(Place),
    /// Something over the page, or nothing.
    Open(Option<Dialog>),
    /// Other colours.
    SetTheme(Theme),
    /// The notice has been there long enough.
    DropNotice(u32),
    /// A text for the clipboard, and what it is.
    Copy(String, &'static str),
    /// It is there.
    Copied(&'static str),
    /// The browser refused it.
    NotCopied(&'static str),
    /// What follows `#` in the page's address is another.
    Follow(String),
    /// A text as a file: its name and its text.
    Save(String, String),
    /// Another address, which reloads the page.
    Reconnect(String),
    /// The same address with this API key, or with the one in use.
    Connect(Option<String>),
    /// The same address without an API key.
    ForgetApiKey,
    /// Asks the Qdrant how it is, unless it was asked since this was put off.
    Ping(u32),
    /// Derives a weaker key of this person from another.
    Attenuate {
        /// The key that it comes from.
        from: KeyId,
        /// What it is to hold.
        pairs: Pairs,
        /// A note of when it expires, in Unix seconds.
        not_after: Option<u64>,
    },
    /// A key of a person, by their number, from a file.
    ImportKey(usize, File),
    /// A key as a file.
    ExportKey(KeyId),
    /// A key anew, at the current epochs.
    Reissue(KeyId),
    /// Rotates a right.
    Rotate(Pairs),
    /// Another name for the collection; the empty one is ours.
    NameCollection(String),
    /// Seals and uploads all documents.
    Upload,
    /// Stops the upload, the import, the search, the matrix or the attack of this number.
    Cancel(u32),
    /// Deletes what was uploaded.
    DeleteCollection,
    /// Deletes the collections that this tab made and no longer uses.
    DeleteLeftovers,
    /// Imports files.
    Import(Array),
    /// The structure's JSON while it is none, or nothing.
    DraftStructure(Option<String>),
    /// Opens a document, or none.
    OpenDocument(Option<String>),
    /// What is typed as a query.
    Type(String),
    /// Searches near a document, or by text again.
    Near(Option<String>),
    /// Whose keys are columns.
    ChoosePerson(usize),
    /// How many results.
    SetLimit(usize),
    /// How results are shown.
    View(SearchView),
    /// Searches.
    Search,
    /// Tries every key on every document.
    TryKeys,
    /// Looks at what the server has of a document.
    Inspect(String),
    /// Projects vectors.
    Project,
    /// Attacks.
    Attack(Attack),
    /// All attacks, one after another.
    AttackAll,
    /// Shows what came of an attack, or of none.
    OpenAttack(Option<Attack>),
    /// Runs the whole story.
    RunStory,
    /// The next step after this one of this run of the story; steps of earlier runs, or passed already, are none.
    StoryNext(u32, Place),
    /// Ends the story.
    StopStory,
    /// The worker says something.
    Heard(Box<Message>),
    /// The worker broke.
    WorkerBroke(String),
}

/// A change of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// All dimensions.
    Structure(Vec<Dimension>),
    /// All dimensions, as they are typed: letters in a row are undone together.
    TypeStructure(Vec<Dimension>),
    /// Another attribute of a dimension, by its number.
    AddAttribute(usize, String),
    /// Another name for a dimension, by its number, in keys and policies too.
    RenameDimension(usize, String),
    /// Another name for an attribute of a dimension, in keys and policies too.
    RenameAttribute(String, String, String),
    /// Somebody new.
    AddPerson(String, String),
    /// A name and what they do.
    DescribePerson(usize, String, String),
    /// Nobody any more.
    RemovePerson(usize),
    /// Another key for a person.
    AddKey(usize, String, Pairs),
    /// What a key is called and holds.
    SetKey(KeyId, String, Pairs),
    /// A key less.
    RemoveKey(KeyId),
    /// A document in place of the one of its id, or more.
    SetDocument(Document),
    /// A document less.
    RemoveDocument(String),
    /// These documents alone, with what was asked of the earlier ones.
    ReplaceDocuments(Vec<Document>),
    /// A policy in place of another one, on all its documents.
    ReplacePolicy(String, String),
    /// A test more, or another outcome for it.
    Expect(KeyId, String, Expected),
    /// A test less.
    DropExpectation(usize),
    /// Tests for everything as it is now.
    ExpectAsNow,
    /// No tests.
    DropExpectations,
    /// How documents are sealed.
    Sealing(Sealing),
}

/// What the store wants done.
#[derive(Debug)]
pub enum Effect {
    /// The worker has a job.
    Work(u32, Work),
    /// A worker of its own imports files, and hands vectors to the other one under this number.
    Import {
        /// The job.
        job: u32,
        /// The files.
        files: Array,
        /// The access structure as JSON.
        structure: String,
    },
    /// That worker ends.
    EndImport,
    /// A file for the user to save.
    SaveFile(String, Blob),
    /// A text to save.
    SaveText(String, String),
    /// A text for the clipboard, and what it is.
    Copy(String, &'static str),
    /// This place's heading gets the focus; the page's address names it, if it may: a link there would be lost.
    Show(Place, bool),
    /// Other colours, which the browser keeps.
    SetTheme(Theme),
    /// The page is loaded anew for the Qdrant of this address, with this scenario in its own, if it fits.
    Reload(String, Option<String>),
    /// This happens after so many milliseconds.
    After(u32, Action),
}
