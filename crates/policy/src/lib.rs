//! Contract models and changes in, Cedar verdicts and findings out.
//!
//! The only crate that knows Cedar. It reads no file: the book of policies is given as texts. It
//! knows nothing of git; what exists and what day it is, it is told as a [`World`].

mod abstracts;
mod annotations;
mod attribute;
mod book;
mod builtin;
mod bulk;
mod change;
mod clause;
mod currency;
mod decided;
mod decision;
mod entity;
mod example;
mod export;
mod fact;
mod finding;
mod glossary;
mod import;
mod judge;
mod lint;
mod memory;
mod mutant;
mod petition;
mod policy;
mod probe;
mod reading;
mod reads;
mod request;
mod ruling;
mod schema;
mod servers;
mod slice;
mod state;
mod subject;
mod tree;
mod view;
mod walk;
mod why;
mod world;
mod zone;

pub use abstracts::Abstracts;
pub use book::{Book, BookFile, BookProblem};
pub use builtin::{BUILTIN, builtin_files, builtin_properties};
pub use change::{ChangeFacts, Versions};
pub use clause::{Clause, Clauses, Seen, Trace};
pub use decision::{AskedChange, AskedPlea, AskedUse, Asking, Cited, Decision, Named, Role};
pub use example::{Example, Expected, Outcome, run_example, trace, trace_example};
pub use export::{Export, export};
pub use finding::{Origin, finding, fingerprint, mended_finding};
pub use glossary::{Disagreement, Glossary, Meaning, Statement};
pub use import::{CedarTest, Misread};
pub use judge::{Cause, Judge, Mercy, Violation};
pub use lint::{Known, LINTS, Lint, LintKind, Shown, hangs_on_format, lint};
pub use memory::{Memory, Remembered};
pub use mutant::{Mutant, mutants};
pub use petition::{Plea, Precedent, Reader};
pub use policy::{Layer, Policy, PolicyId, format};
pub use ruling::{Ruling, enforcement_of, enforcement_on};
pub use schema::{VOCABULARY, vocabulary};
pub use slice::{Action, Part, WAIVER_FLOOR};
pub use state::{Compared, compare_states};
pub use view::{Identity, part};
pub use world::{Parameters, Product, Team, World};
