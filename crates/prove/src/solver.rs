//! A solver's program in, answers to questions out; whatever it does, in bounded time.
//!
//! The solver is another program, which may be missing, die, hang or talk nonsense. It is asked two
//! sums first whose answers are known. Each question has a limit, after which the child is killed;
//! a solver that fails again and again is asked no more. None of that ever reads as a proof.

use std::path::PathBuf;
use std::time::Duration;

use cedar_policy::Schema;
use cedar_policy_symcc::err::Error;
use cedar_policy_symcc::solver::{Decision, LocalSolver, Solver as _};
use cedar_policy_symcc::{
    CedarSymCompiler, CompiledPolicy, CompiledPolicySet, CompiledSchema, Env, SmtLibScript as _,
    SymEnv,
};
use tokio::process::Command;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::Trouble;
use crate::kind::Environment;
use crate::question::{Answer, Claim, Question, set};
use crate::rule::Rule;
use crate::scene::Scene;

/// Where the solver is, and how long it may think about one question.
#[derive(Debug, Clone)]
pub struct Solver {
    /// Path of the program.
    pub program: PathBuf,
    /// Longest time for one question.
    pub limit: Duration,
}

/// Time that the child gets beyond its own limit, to say that it ran out.
const GRACE: Duration = Duration::from_secs(3);

/// A running solver, started anew where the last one failed.
pub(crate) struct Session {
    solver: Solver,
    runtime: Runtime,
    compiler: Option<CedarSymCompiler<LocalSolver>>,
}

/// Why there is no answer.
enum Failing {
    /// The question is beyond the solver.
    Question(String),
    /// The solver is not what it should be.
    Solver(String),
}

impl Session {
    /// Starts a solver, and sees whether it can do sums.
    pub(crate) fn start(solver: &Solver) -> Result<Self, Trouble> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Trouble::Solver(error.to_string()))?;
        let mut session = Self {
            solver: solver.clone(),
            runtime,
            compiler: None,
        };
        session.compiler = Some(session.spawn().map_err(Trouble::Solver)?);
        Ok(session)
    }

    /// Asks one question; the second value tells whether the solver itself failed.
    pub(crate) fn ask(
        &mut self,
        question: &Question<'_>,
        guarantees: &[&Rule],
        schema: &CompiledSchema,
        environment: &Environment,
    ) -> (Answer, bool) {
        match self.answer(question, guarantees, schema, environment) {
            Ok(answer) => (answer, false),
            Err(Failing::Question(why)) => (Answer::Unproved(why), false),
            Err(Failing::Solver(why)) => {
                // What is left of it is killed; the next question has one of its own.
                self.compiler = None;
                (Answer::Unproved(why), true)
            }
        }
    }

    fn answer(
        &mut self,
        question: &Question<'_>,
        guarantees: &[&Rule],
        schema: &CompiledSchema,
        environment: &Environment,
    ) -> Result<Answer, Failing> {
        let compiled = Compiled::of(question, guarantees, schema, environment)
            .map_err(|error| Failing::Question(error.to_string()))?;
        let mut compiler = match self.compiler.take() {
            Some(running) => running,
            None => self.spawn().map_err(Failing::Solver)?,
        };
        let limit = self.solver.limit + GRACE;
        let found = self
            .runtime
            .block_on(async { timeout(limit, compiled.ask(&mut compiler)).await });
        let found = match found {
            Err(_) => {
                let limit = self.solver.limit.as_secs();
                let why = format!("the solver gave no answer within {limit} s");
                return Err(Failing::Solver(why));
            }
            Ok(found) => found,
        };
        match found {
            Ok(None) => {
                self.compiler = Some(compiler);
                Ok(Answer::Holds)
            }
            Ok(Some(env)) => {
                self.compiler = Some(compiler);
                // What the solver found has to convince the ordinary evaluator, too.
                if !question.is_shown_by(&env) {
                    let why = "the request that the solver found does not show it";
                    return Err(Failing::Question(why.to_owned()));
                }
                let fired = question.fired(&env);
                let scene = Scene::of(&env, &question.attributes(), &fired)
                    .map_err(|error| Failing::Question(error.to_string()))?;
                Ok(Answer::Fails(scene))
            }
            Err(Error::SolverUnknown) => {
                self.compiler = Some(compiler);
                let limit = self.solver.limit.as_secs();
                Err(Failing::Question(format!(
                    "the solver came to no conclusion within {limit} s"
                )))
            }
            Err(Error::SolverError(error)) => Err(Failing::Solver(told(&error))),
            Err(error) => Err(Failing::Solver(told(&error))),
        }
    }

    /// Starts the child.
    fn spawn(&self) -> Result<CedarSymCompiler<LocalSolver>, String> {
        let program = self.solver.program.display();
        let millis = self.solver.limit.as_millis();
        self.runtime.block_on(async {
            let mut command = Command::new(&self.solver.program);
            command
                .args(["--lang", "smt", "--strings-exp"])
                .arg(format!("--tlimit-per={millis}"))
                .kill_on_drop(true);
            let mut child = LocalSolver::from_command(&mut command)
                .map_err(|error| format!("`{program}` cannot be started: {}", told(&error)))?;
            let sums = timeout(
                self.solver.limit.min(Duration::from_secs(10)),
                sums(&mut child),
            );
            match sums.await {
                Ok(Ok(())) => {}
                Ok(Err(why)) => {
                    return Err(format!("`{program}` is no solver that is known: {why}"));
                }
                Err(_) => {
                    return Err(format!(
                        "`{program}` is no solver that is known: it says nothing"
                    ));
                }
            }
            CedarSymCompiler::new(child).map_err(|error| told(&error))
        })
    }
}

/// Tries a solver on what everybody knows.
async fn sums(child: &mut LocalSolver) -> Result<(), String> {
    for (sum, expected) in [("(= 1 2)", Decision::Unsat), ("(= 2 2)", Decision::Sat)] {
        let say = |error: std::io::Error| error.to_string();
        child.smtlib_input().reset().await.map_err(say)?;
        child.smtlib_input().set_logic("ALL").await.map_err(say)?;
        child.smtlib_input().assert(sum).await.map_err(say)?;
        let answer = child.check_sat().await.map_err(|error| told(&error))?;
        if answer != expected {
            return Err(format!("it gets `{sum}` wrong"));
        }
    }
    Ok(())
}

/// Says what is wrong with all its causes, on one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.replace('\n', " ")
}

/// A question in the solver's terms.
enum Compiled {
    Implies(Box<(CompiledPolicySet, CompiledPolicySet)>),
    Refuses(Box<CompiledPolicySet>),
    Runs(Box<CompiledPolicy>),
}

impl Compiled {
    fn of(
        question: &Question<'_>,
        guarantees: &[&Rule],
        schema: &CompiledSchema,
        environment: &Environment,
    ) -> Result<Self, Trouble> {
        let trouble = |error: Error| Trouble::Model(told(&error));
        let request = &environment.request;
        let (kind, schema_of): (_, &Schema) = (&question.kind, schema.schema());
        let symbols = || -> Result<SymEnv, Trouble> { schema.sym_env(request).map_err(trouble) };
        let compile = |rules: &[&Rule], guarantees: &[&Rule]| {
            let set = set(kind, rules, guarantees)?;
            CompiledPolicySet::compile_with_custom_symenv(&set, request, schema_of, symbols()?)
                .map_err(trouble)
        };
        Ok(match &question.claim {
            Claim::Implies { candidate, floor } => Self::Implies(Box::new((
                compile(candidate, guarantees)?,
                compile(floor, &[])?,
            ))),
            Claim::Refuses(all) => Self::Refuses(Box::new(compile(all, guarantees)?)),
            Claim::Runs(rule) => {
                let rule = rule.under(guarantees)?;
                let compiled = CompiledPolicy::compile_with_custom_symenv(
                    &rule.cedar,
                    request,
                    schema_of,
                    symbols()?,
                );
                Self::Runs(Box::new(compiled.map_err(trouble)?))
            }
        })
    }

    /// Asks for a request that shows the opposite.
    async fn ask(
        &self,
        compiler: &mut CedarSymCompiler<LocalSolver>,
    ) -> Result<Option<Env>, Error> {
        match self {
            Self::Implies(sets) => {
                let (candidate, floor) = sets.as_ref();
                compiler
                    .check_implies_with_counterexample_opt(candidate, floor)
                    .await
            }
            Self::Refuses(all) => {
                compiler
                    .check_always_denies_with_counterexample_opt(all)
                    .await
            }
            Self::Runs(rule) => {
                compiler
                    .check_never_errors_with_counterexample_opt(rule)
                    .await
            }
        }
    }
}
