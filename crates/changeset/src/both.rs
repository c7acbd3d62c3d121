//! Two pieces of work in, what comes of each out; the first is done by a thread of its own.

use std::panic::resume_unwind;
use std::thread;

pub(crate) fn both<A: Send, B>(
    theirs: impl FnOnce() -> A + Send,
    own: impl FnOnce() -> B,
) -> (A, B) {
    thread::scope(|scope| {
        let theirs = scope.spawn(theirs);
        let own = own();
        (
            theirs.join().unwrap_or_else(|panic| resume_unwind(panic)),
            own,
        )
    })
}
