//! A kind of document in, the JSON Schema that editors check such documents by out.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::failure::ExitStatus;
use crate::output::{print, write_file};
use crate::schema::{KINDS, Kind};

/// Print the JSON Schema of a kind of document, for editors
#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    /// The kind of document
    #[arg(value_parser = kinds())]
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

/// Returns what reads the name of a kind, and offers every one.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    let names = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name));
    names.try_map(|name| {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        kind.copied().ok_or(name)
    })
}
