//! A contract as Cedar's own tools take it.

use std::path::{Path, PathBuf};

use meshlaw_policy::Export;

use super::explain::judged;
use super::law_in;
use crate::failure::{ExitStatus, Failure};
use crate::output::{count, print, write_file};
use crate::when;

/// Write a contract, its policies and every question about it for Cedar's own tools
///
/// The folder then holds `policies.cedar`, `vocabulary.cedarschema`, `entities.json` and
/// `tests.json`, which `cedar run-tests` runs: each question with the answer that meshlaw gives.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// Contract file
    contract: PathBuf,
    /// Folder to write to
    #[arg(long, value_name = "FOLDER", default_value = "cedar")]
    to: PathBuf,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<jiff::civil::Date>,
}

/// Writes the folder.
pub fn run(args: &ExportArgs) -> anyhow::Result<ExitStatus> {
    let (reader, law) = law_in(Path::new("."))?;
    let mut exports: Vec<Export> = Vec::new();
    let path = &args.contract;
    judged(
        path,
        args.as_of,
        &law,
        &reader,
        |contract, identity, world| {
            exports.push(meshlaw_policy::export(
                &law.book, contract, identity, world,
            )?);
            Ok(())
        },
    )?;
    let [export] = exports.as_slice() else {
        let message = format!(
            "`{}` holds {}",
            path.display(),
            count(exports.len(), "contract")
        );
        return Err(Failure::new(message, "name a file with one contract").into());
    };
    let home = &args.to;
    write_file(&home.join("policies.cedar"), &export.policies)?;
    write_file(&home.join("vocabulary.cedarschema"), export.schema)?;
    for (name, value) in [
        ("entities.json", &export.entities),
        ("tests.json", &export.tests),
    ] {
        let text = format!("{}\n", serde_json::to_string_pretty(value)?);
        write_file(&home.join(name), &text)?;
    }
    let home = home.display();
    let questions = count(export.tests.as_array().map_or(0, Vec::len), "question");
    print(&format!(
        "wrote {home}: {questions}, answered\n\nNext:\n  cedar validate --schema \
         {home}/vocabulary.cedarschema --policies {home}/policies.cedar\n  cedar run-tests --schema \
         {home}/vocabulary.cedarschema --policies {home}/policies.cedar --tests {home}/tests.json\n"
    ))?;
    Ok(ExitStatus::Pass)
}
