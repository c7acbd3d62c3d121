//! Work on many things in, the same done on all cores out, in the order of the things.

use rayon::prelude::*;

use crate::failure::Failure;

/// So few things are done by the thread that asks: waking others would take longer.
const FEW: usize = 4;

/// Does the work on shares of the things, one for each core, and tells it at which thing each share
/// begins.
///
/// # Errors
///
/// Fails with one of the failures of the shares.
pub fn shares<'t, T: Sync, R: Send>(
    things: &'t [T],
    work: impl Fn(usize, &'t [T]) -> Result<R, Failure> + Sync + Send,
) -> Result<Vec<R>, Failure> {
    if things.len() <= FEW {
        return things.chunks(FEW).map(|share| work(0, share)).collect();
    }
    let size = things.len().div_ceil(rayon::current_num_threads());
    let shares = things.par_chunks(size).enumerate();
    shares.map(|(nth, share)| work(nth * size, share)).collect()
}

/// Does the work on each of the things.
pub fn each<T: Send, R: Send>(things: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if things.len() <= FEW {
        return things.into_iter().map(work).collect();
    }
    things.into_par_iter().map(work).collect()
}
