//! Undo and redo.

/// A value with its past and its future.
#[derive(Debug, Clone, PartialEq)]
pub struct History<T> {
    past: Vec<T>,
    present: T,
    future: Vec<T>,
    /// What the last change was about: changes about the same thing in a row are undone together.
    about: Option<String>,
}

/// Changes that can be undone.
const MAX_PAST: usize = 100;

impl<T: Clone + PartialEq> History<T> {
    /// A value without a past.
    pub fn new(present: T) -> Self {
        Self {
            past: Vec::new(),
            present,
            future: Vec::new(),
            about: None,
        }
    }

    /// The value.
    pub fn present(&self) -> &T {
        &self.present
    }

    /// Changes the value. Changes in a row about the same thing, such as letters typed into one field, are one. Returns
    /// whether it is another now.
    pub fn change(&mut self, about: Option<&str>, change: impl FnOnce(&mut T)) -> bool {
        let before = self.present.clone();
        change(&mut self.present);
        if before == self.present {
            return false;
        }
        if about.is_none() || self.about.as_deref() != about {
            self.past.push(before);
            if self.past.len() > MAX_PAST {
                self.past.remove(0);
            }
        }
        self.about = about.map(ToOwned::to_owned);
        self.future.clear();
        true
    }

    /// Completes the last change: this is not undone by itself.
    pub fn amend(&mut self, amend: impl FnOnce(&mut T)) {
        amend(&mut self.present);
    }

    /// Goes back a change, if there is one.
    pub fn undo(&mut self) {
        if let Some(past) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.present, past));
            self.about = None;
        }
    }

    /// Goes forward again.
    pub fn redo(&mut self) {
        if let Some(future) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.present, future));
            self.about = None;
        }
    }

    /// Whether there is a change to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is one to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{History, MAX_PAST};

    #[test]
    fn changes_are_undone_and_redone() {
        let mut history = History::new(0);
        assert!(history.change(None, |value| *value = 1));
        assert!(history.change(None, |value| *value = 2));
        assert!(!history.change(None, |value| *value = 2));
        history.undo();
        assert_eq!((*history.present(), history.can_redo()), (1, true));
        history.redo();
        assert_eq!(*history.present(), 2);
        history.undo();
        history.undo();
        history.undo();
        assert_eq!((*history.present(), history.can_undo()), (0, false));
        assert!(history.change(None, |value| *value = 5));
        assert!(!history.can_redo());
    }

    #[test]
    fn what_is_typed_into_one_field_is_one_change() {
        let mut history = History::new(String::new());
        for letter in ["a", "b", "c"] {
            history.change(Some("name"), |text| text.push_str(letter));
        }
        history.change(Some("about"), |text| text.push('!'));
        history.change(Some("name"), |text| text.push('d'));
        history.undo();
        assert_eq!(history.present(), "abc!");
        history.undo();
        assert_eq!(history.present(), "abc");
        history.undo();
        assert_eq!(history.present(), "");
    }

    #[test]
    fn the_past_is_bounded() {
        let mut history = History::new(0);
        for value in 1..=300 {
            history.change(None, |present| *present = value);
        }
        for _ in 0..300 {
            history.undo();
        }
        assert_eq!(*history.present(), 300 - i32::try_from(MAX_PAST).unwrap());
    }
}
