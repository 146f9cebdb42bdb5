//! Values that are the same only as themselves.

use std::ops::Deref;
use std::rc::Rc;

/// A shared value, compared by where it is: what is large is not read on every change of the page.
#[derive(Debug)]
pub(in crate::page) struct Same<T>(pub(in crate::page) Rc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Deref for Same<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
