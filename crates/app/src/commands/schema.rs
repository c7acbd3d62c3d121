//! A kind of document in, the JSON Schema that editors check such documents by out.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::failure::ExitStatus;
use crate::output::{print, write_file};
use crate::schema::{KINDS, Kind};

/// Print the JSON Schema of a kind of document, for editors
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// The kind of document
    #[arg(value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name)).try_map(kind))]
    kind: Kind,
    /// Write to FILE instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints the schema.
pub fn run(args: &SchemaArgs) -> anyhow::Result<ExitStatus> {
    let schema = serde_json::to_string_pretty(&args.kind.schema())?;
    let text = format!("{schema}\n");
    match &args.output {
        Some(file) => write_file(file, &text)?,
        None => print(&text)?,
    }
    Ok(ExitStatus::Pass)
}

fn kind(name: String) -> Result<Kind, String> {
    let kind = KINDS.iter().find(|kind| kind.name == name);
    kind.copied().ok_or(name)
}
