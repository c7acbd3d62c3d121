//! Valid policies, and examples that hold.

use std::fmt::Write as _;
use std::path::Path;

use meshlaw_policy::{Book, Expected, Policy};

use super::{examples, read_book, settle};
use crate::failure::{ExitStatus, Failure};
use crate::output::print;

/// Checks every policy of a folder.
pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let folder = settle(folder)?;
    let book = read_book(&folder)?;
    let mut text = String::new();
    let (mut wrong, mut examples) = (0, 0);
    for policy in &book.policies {
        let results = results(policy, &book, &folder)?;
        let bad = results.iter().filter(|result| result.trouble.is_some());
        examples += results.len();
        wrong += bad.clone().count();
        let mark = if bad.clone().next().is_some() {
            "error"
        } else {
            "ok"
        };
        let _ = writeln!(text, "{mark:<5} {} ({} examples)", policy.id, results.len());
        for result in bad {
            let trouble = result.trouble.as_deref().unwrap_or_default();
            let _ = writeln!(text, "      {}: {trouble}", result.path);
        }
    }
    let _ = writeln!(
        text,
        "\n{} policies, {examples} examples, {wrong} wrong",
        book.policies.len()
    );
    print(&text)?;
    Ok(if wrong == 0 {
        ExitStatus::Pass
    } else {
        ExitStatus::Blocked
    })
}

/// What came of an example.
pub struct ExampleResult {
    /// Path below the folder of policies.
    pub path: String,
    /// What is wrong with it, if anything is.
    pub trouble: Option<String>,
}

/// Runs the examples of a policy; one of each kind has to be there.
pub fn results(policy: &Policy, book: &Book, folder: &Path) -> Result<Vec<ExampleResult>, Failure> {
    let read = examples::read(policy, folder)?;
    let mut results = Vec::new();
    for (name, expected) in [("allow", Expected::Allow), ("deny", Expected::Deny)] {
        if read.iter().all(|example| example.expected != expected) {
            let trouble = format!("there is no example; add a contract under `{name}/`");
            results.push(ExampleResult {
                path: format!("{}/{name}", policy.id),
                trouble: Some(trouble),
            });
        }
    }
    for example in read {
        results.push(ExampleResult {
            trouble: example.trouble(policy, book)?,
            path: example.path,
        });
    }
    Ok(results)
}
