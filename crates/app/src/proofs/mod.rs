//! Policies in, proofs and contracts that show the opposite out.
//!
//! What the solver finds is written down as files and judged anew by the ordinary judge, before
//! anybody is shown it.

mod change;
mod examples;
mod keeper;
mod properties;
mod replay;

pub use change::{Change, Loosened, Side, changes};
pub use examples::Examples;
pub use keeper::Keeper;
pub use properties::{Held, Kept, properties, read as read_properties};
pub use replay::{Bench, Shown, passing};
