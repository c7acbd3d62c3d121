//! Policies in, what can be proved of them out.

mod json;
mod proved;
mod source;
mod text;
mod whole;
mod write;

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use meshlaw_prove::{Rule, layers, passages, study};

use crate::failure::{ExitStatus, Failure};
use crate::output::print;
use crate::proofs::{Keeper, Side, changes, properties};
use crate::when;
use proved::Proved;
use source::Source;

/// Prove what policies forbid and let pass, with a solver that knows all contracts there can be
///
/// Of each policy: whether it can fire, whether it always does, whether its evaluation can fail,
/// and whether others make it pointless. Of all together: whether anything can pass. Of each
/// domain: that its layer cannot loosen the floor. Of each property in `properties/` of the
/// policies: that they see to it. With --base: whether the policies became
/// stricter or looser. What the solver does not settle in time is not proved, and never a pass.
/// docs/prove.md shows all of it.
#[derive(Debug, clap::Args)]
pub struct ProveArgs {
    /// Revision, repository or folder of policies [default: the policies that hold in this folder]
    #[arg(value_name = "REV|FOLDER")]
    policies: Option<String>,
    /// Compare with the policies of a revision, repository or folder
    #[arg(long, value_name = "REV|FOLDER")]
    base: Option<String>,
    /// Write what passes now into the examples of the policy that should forbid it
    #[arg(long, requires = "base")]
    write_example: bool,
    /// Look at these policies only; repeatable
    #[arg(long = "policy", value_name = "ID")]
    only: Vec<String>,
    /// The solver cvc5 [default: what CVC5 names, else `cvc5` on the PATH]
    #[arg(long, value_name = "PROGRAM")]
    solver: Option<PathBuf>,
    /// Longest time for one question
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Write JSON instead of text
    #[arg(long)]
    json: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
    /// Prove everything anew and keep nothing: slower, and the same
    #[arg(long)]
    no_shortcuts: bool,
}

/// Proves and tells.
pub fn run(args: &ProveArgs) -> anyhow::Result<ExitStatus> {
    let as_of = when::settle(args.as_of);
    let source = Source::read(args.policies.as_deref())?;
    let base = args.base.as_deref();
    let base = base.map(|base| Source::read(Some(base))).transpose()?;
    for id in &args.only {
        super::find(&source.book, id)?;
    }
    let new = Side::of(&source.book, as_of)?;
    let old = base.as_ref().map(|base| Side::of(&base.book, as_of));
    let old = old.transpose()?;
    let limit = Duration::from_secs(args.timeout);
    let keeper = Keeper::find(args.solver.as_ref(), limit, !args.no_shortcuts)?;
    let examples = source.examples()?;
    let prover = keeper.prover()?.knowing(examples.asked(&source.book));
    let chosen = new.rules.iter().filter(|rule| args.asks_for(&rule.id));
    let chosen: Vec<Rule> = chosen.cloned().collect();
    let mut proved = Proved {
        studies: study(&prover, &chosen, &new.rules),
        base: args.base.clone(),
        ..Proved::default()
    };
    if args.only.is_empty() {
        let all: Vec<&Rule> = new.rules.iter().collect();
        proved.passages = passages(&prover, &all);
        proved.layers = layers(&prover, &new.rules);
        proved.properties = properties(&prover, &new, &source.properties()?, as_of)?;
        proved.wholes = whole::wholes(&prover, &new, &source.world(as_of)?, &examples);
    }
    proved.changes = old.map(|old| changes(&prover, &old, &new, as_of));
    proved.asked = prover.asked();
    keeper.keep(&prover);
    print(&if args.json {
        json::json(&proved).map_err(|error| Failure::new(error.to_string(), ""))?
    } else {
        text::text(&proved)
    })?;
    if let (true, Some(base), Some(changes)) = (args.write_example, &base, &proved.changes) {
        let folder = source.on_disk(args.policies.as_deref())?;
        for line in write::write(changes, &base.book, &source.book, &folder)? {
            if !args.json {
                print(&format!("{line}\n"))?;
            }
        }
    }
    Ok(if proved.is_sound() {
        ExitStatus::Pass
    } else {
        ExitStatus::Blocked
    })
}

impl ProveArgs {
    fn asks_for(&self, id: &str) -> bool {
        self.only.is_empty()
            || self
                .only
                .iter()
                .any(|only| only.trim_end_matches('/') == id)
    }
}
