//! What was said of the solver in, a prover that recalls earlier proofs out.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use meshlaw_changeset::Snapshot;
use meshlaw_prove::{Proofs, Prover, Solver};

use crate::cache::{Cache, Key};
use crate::environment::variable;
use crate::failure::Failure;

/// A solver, and the place where its proofs are kept.
pub struct Keeper {
    solver: Solver,
    kept: Option<(Cache, Key)>,
}

/// What proofs are called in the cache.
const PROOFS: &str = "proofs";

/// Solvers that work side by side: the machine does other things, too.
const WORKERS: usize = 2;

const HELP: &str = "install the package `cvc5` (`apt-get install cvc5`), or name the program with \
                    `--solver` or the variable CVC5";

impl Keeper {
    /// Finds the solver: as named, by the environment, or on the path.
    pub fn find(named: Option<&PathBuf>, limit: Duration, recalls: bool) -> Result<Self, Failure> {
        let program = program(named)?;
        let solver = Solver { program, limit };
        let key = identity(&solver).and_then(|identity| Key::of(&(PROOFS, identity)));
        let cache = Snapshot::folder(".").open().ok();
        let cache = cache.and_then(|reader| Cache::of(&reader));
        let kept = cache.zip(key).filter(|_| recalls);
        Ok(Self { solver, kept })
    }

    /// Starts the solver.
    pub fn prover(&self) -> Result<Prover, Failure> {
        let page = self
            .kept
            .as_ref()
            .and_then(|(cache, key)| cache.load(PROOFS, key));
        let known = page.and_then(|page| page.value::<Proofs>());
        Prover::new(self.solver.clone(), WORKERS, known.unwrap_or_default())
            .map_err(|error| Failure::new(error.to_string(), HELP))
    }

    /// Keeps what was proved for later runs.
    pub fn keep(&self, prover: &Prover) {
        if let (Some((cache, key)), Some(proofs)) = (&self.kept, prover.learned()) {
            cache.store(PROOFS, key, &proofs);
        }
    }
}

/// Tells one solver from another, so that what one claimed is not taken for another's proof.
fn identity(solver: &Solver) -> Option<(String, u64, String)> {
    let path = fs::canonicalize(&solver.program).ok()?;
    let about = fs::metadata(&path).ok()?;
    let changed = format!("{:?}", about.modified().ok()?);
    Some((path.display().to_string(), about.len(), changed))
}

fn program(named: Option<&PathBuf>) -> Result<PathBuf, Failure> {
    let stated = variable("CVC5").map(PathBuf::from);
    let (program, whose) = match (named, stated) {
        (Some(named), _) => (named.clone(), "--solver"),
        (None, Some(stated)) => (stated, "CVC5"),
        (None, None) => {
            return on_path("cvc5").ok_or_else(|| {
                Failure::new("proofs need the solver cvc5, which is not installed", HELP)
            });
        }
    };
    if program.is_file() {
        return Ok(program);
    }
    let is_name = program.components().count() == 1;
    let name = program.to_str().filter(|_| is_name);
    if let Some(found) = name.and_then(on_path) {
        return Ok(found);
    }
    let message = format!(
        "proofs need the solver cvc5; `{}`, which {whose} names, is not there",
        program.display()
    );
    Err(Failure::new(message, HELP))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let names = [name.to_owned(), format!("{name}.exe")];
    let places = env::split_paths(&folders).flat_map(|folder| {
        let names = names.iter();
        names.map(|name| folder.join(name)).collect::<Vec<_>>()
    });
    places.into_iter().find(|place| place.is_file())
}
