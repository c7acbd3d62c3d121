//! Sets of policies in, proofs or requests that show the opposite out.
//!
//! The only crate that knows the symbolic compiler of Cedar, and the only one that runs a solver.
//! It reads no file and judges nothing: whether a request that a solver found can be a contract's,
//! the ordinary judge says.

mod comparison;
mod draft;
mod guarantee;
mod kind;
mod layer;
mod passage;
mod pool;
mod property;
mod prover;
mod question;
mod rule;
mod scene;
mod solver;
mod study;
mod synthesis;
mod total;

pub use comparison::{Compared, Difference, Fate, Verdict, changed, compare};
pub use draft::{Draft, Sketch, drafts};
pub use kind::Kind;
pub use layer::{Layered, layers};
pub use passage::{Passage, Way, passages};
pub use pool::Witness;
pub use property::{binding, kept};
pub use prover::{Proofs, Prover};
pub use question::{Answer, QuestionId};
pub use rule::{Rule, Weight};
pub use scene::Scene;
pub use solver::Solver;
pub use study::{Fires, Implied, Study, study};
pub use synthesis::{Refusal, Seat, Whole};

/// What keeps a proof from being tried.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A text is no policy.
    #[error("`{0}` is no policy: {1}")]
    Text(String, String),
    /// The solver cannot be used.
    #[error("{0}")]
    Solver(String),
    /// What is asked has no form that solvers know, or an answer none that we do.
    #[error("{0}")]
    Model(String),
}
