//! What all places are made of.

mod attributes;
mod button;
mod copy;
mod field;
mod icon;
mod json;
mod message;
mod modal;
mod model;
mod notices;
pub(super) mod numbers;
mod pager;
mod policy_field;
mod progress;
mod same;
mod tabs;

pub(super) use attributes::AttributePicker;
pub(super) use button::{Button, Look};
pub(super) use copy::{CopyButton, Id};
pub(super) use field::{Select, TextField};
pub(super) use icon::{Icon, Shape};
pub(super) use json::Json;
pub(super) use message::{Empty, FailureBox, MistakeLine, NeedsUpload, no_qdrant, stored_old};
pub(super) use modal::Modal;
pub(super) use model::ModelLine;
pub(super) use notices::Notices;
pub(super) use pager::Pager;
pub(super) use policy_field::PolicyField;
pub(super) use progress::ProgressLine;
pub(super) use same::Same;
pub(super) use tabs::Tabs;
