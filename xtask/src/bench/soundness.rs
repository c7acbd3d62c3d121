//! A made estate in, whether it is what the bench says it is out.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::process;

/// Has a process of its own check a made estate.
pub fn ask(program: &Path, repository: &Path, contracts: u64) -> Result<()> {
    let own = std::env::current_exe().context("cannot tell where this program lies")?;
    let mut command = Command::new(own);
    command.args(["bench", "--sound"]);
    command.args([program, repository]);
    process::capture(command.arg(contracts.to_string())).map(|_| ())
}

/// Checks that each contract can be read, and that something blocks in about one of twenty.
///
/// Policies are added to the library, and what they find in made-up contracts would be measured
/// as if people wrote such.
pub fn check(program: &str, repository: &str, contracts: &str) -> Result<()> {
    let contracts: f64 = contracts.parse()?;
    let output = Command::new(program)
        .args(["audit", "--format", "json"])
        .current_dir(repository)
        .output()
        .context("cannot run the audit")?;
    let report: Value = serde_json::from_slice(&output.stdout).context("the audit told no JSON")?;
    let findings = report.get("findings").and_then(Value::as_array);
    let findings = findings.context("the audit told of no findings")?;
    let mut blocked = BTreeSet::new();
    for finding in findings {
        let text = |key: &str| finding.get(key).and_then(Value::as_str);
        if text("kind") == Some("input") {
            let message = text("message").unwrap_or_default();
            bail!("the bench made what cannot be read: {message}: {finding}");
        }
        if finding.get("blocking").and_then(Value::as_bool) == Some(true) {
            blocked.extend(text("contract"));
        }
    }
    let share = blocked.len() as f64 / contracts;
    ensure!(
        (0.02..0.1).contains(&share),
        "findings block {share:.3} of the contracts, where about 0.05 should be"
    );
    Ok(())
}
