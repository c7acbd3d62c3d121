//! Two root trees in, the entries that differ out, looked for on two cores where there is much to
//! look into.
//!
//! Knows no more of trees than [`crate::tree`] does, whose walk it shares out.

use std::cell::Cell;
use std::sync::Arc;

use crate::both::both;
use crate::changes::Sides;
use crate::error::Result;
use crate::globs::Globs;
use crate::store::{Objects, Store};
use crate::tree::{Folder, Source, Trees, differing, look};

/// So many folders that differ are worth another thread.
const MANY: usize = 32;

/// Every entry of interest that is not the same on both sides, by path.
pub(crate) fn compare(before: Trees<'_>, after: Trees<'_>, globs: &Globs) -> Result<Vec<Sides>> {
    let mut stack = differing(before, after, globs);
    let mut found = Vec::new();
    look(before, after, globs, (&mut stack, &mut found), MANY)?;
    let others = stack.split_off(stack.len() / 2);
    let stores = [before, after].map(|side| match side.source {
        Source::Objects(objects) => Some(objects.store()),
        Source::Git(_) => None,
    });
    match stores {
        [Some(one), Some(other)] if !others.is_empty() => {
            let all = (&mut stack, &mut found);
            let (theirs, own) = both(
                || elsewhere([one, other], others, globs),
                || look(before, after, globs, all, usize::MAX),
            );
            own?;
            let (more, opened) = theirs?;
            found.extend(more);
            for (side, opened) in [before, after].into_iter().zip(opened) {
                side.opened.set(side.opened.get() + opened);
            }
        }
        _ => {
            stack.extend(others);
            look(before, after, globs, (&mut stack, &mut found), usize::MAX)?;
        }
    }
    found.sort_by(|one, other| one.path().cmp(&other.path()));
    Ok(found)
}

/// Looks into folders on a thread that has handles of its own; tells how many it opened, too.
fn elsewhere(
    stores: [&Arc<Store>; 2],
    mut stack: Vec<Folder>,
    globs: &Globs,
) -> Result<(Vec<Sides>, [u64; 2])> {
    let [one, other] = stores.map(Objects::new);
    let opened = [Cell::new(0), Cell::new(0)];
    let [of_one, of_other] = &opened;
    let side = |objects, opened| Trees {
        source: Source::Objects(objects),
        // Folders name all that is looked into.
        root: crate::entry::ObjectId::from_bytes(&[0; 20]),
        opened,
    };
    let mut found = Vec::new();
    let all = (&mut stack, &mut found);
    look(
        side(&one, of_one),
        side(&other, of_other),
        globs,
        all,
        usize::MAX,
    )?;
    Ok((found, opened.map(|count| count.get())))
}
