//! What threads found out about files in, all of it in the order of their paths out.

use std::iter::Peekable;

use super::judged::Told;

/// What came of files, one by one; boxed, since an estate is long: a list spares no room for more of
/// them, and what was taken from it is let go.
pub(super) type List<'p> = Vec<Box<Told<'p>>>;

/// What came of files, in the order of their paths, from lists that are each in that order: put
/// together one by one, since all of an estate in two lists at once would be much.
pub struct InOrder<'p> {
    lists: Vec<Peekable<std::vec::IntoIter<Box<Told<'p>>>>>,
}

impl<'p> InOrder<'p> {
    pub(super) fn of(lists: Vec<List<'p>>) -> Self {
        let lists = lists.into_iter().map(|list| list.into_iter().peekable());
        Self {
            lists: lists.collect(),
        }
    }
}

impl<'p> Iterator for InOrder<'p> {
    type Item = Told<'p>;

    fn next(&mut self) -> Option<Told<'p>> {
        let heads = self.lists.iter_mut().enumerate();
        let heads = heads.filter_map(|(nth, list)| Some((list.peek()?.0, nth)));
        let (_, nth) = heads.min()?;
        self.lists.get_mut(nth)?.next().map(|told| *told)
    }
}
