//! What a run asked the policies in, a log of it out; and from a log back to what was asked.
//!
//! A log names documents by the hash that git gives their bytes, and parts of them by pointers, so
//! that each request can be made again and nothing of what the documents say stands in it.

mod comparison;
mod draft;
mod line;
mod log;
mod reading;
mod retrial;
mod schema;

use meshlaw_changeset::blob_of;
use meshlaw_contract::Pointer;
use meshlaw_policy::{Cited, Role};
use meshlaw_report::Side;

pub use comparison::{Answer, Comparison};
pub use draft::Draft;
pub use line::Head;
pub use log::{Log, LogArgs, Run};
pub use reading::Lines;
pub use retrial::{Documents, Retrial};
pub use schema::schema;

use crate::revision::Revision;

/// Cites the document that a revision stands in.
pub fn cite(revision: &Revision<'_>) -> Cited {
    let role = match revision.source.side {
        Side::Base => Role::Base,
        Side::Head => Role::Head,
    };
    let line = revision.locate(&Pointer::root()).line;
    cited(role, revision.source.path, revision.source.text, line)
}

/// Cites a document by its text.
pub fn cited(role: Role, path: &str, text: &str, line: u32) -> Cited {
    Cited {
        role,
        path: path.to_owned(),
        blob: blob_of(text.as_bytes()).to_string(),
        line,
    }
}
