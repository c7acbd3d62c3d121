//! Starts a rule, a format or a report: a kind and a name come in, a folder of skeleton
//! files and one line in a registry go out. Does not know what the files will say.

mod name;
mod recipe;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::{registry, workspace};
use name::Name;
use recipe::{File, Recipe};

/// Start a rule, a contract format or a report format
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    thing: Thing,
}

#[derive(clap::Subcommand)]
enum Thing {
    /// Start a contract format, such as `avro`
    Format { name: Name },
    /// Start a report format, such as `html`
    Report { name: Name },
    /// Start a breaking-change rule, such as `field-renamed`
    Rule { name: Name },
}

pub fn run(args: &Args, root: &Path) -> Result<ExitCode> {
    let recipe = match &args.thing {
        Thing::Format { name } => recipe::format(name),
        Thing::Report { name } => recipe::report(name),
        Thing::Rule { name } => recipe::rule(name),
    };
    write(&recipe, root)?;
    println!("next: {}", recipe.next);
    println!("      then run `cargo xtask check`");
    Ok(ExitCode::SUCCESS)
}

fn write(recipe: &Recipe, root: &Path) -> Result<()> {
    for File { path, .. } in &recipe.files {
        if root.join(path).exists() {
            bail!("`{path}` exists already; choose another name or edit it");
        }
    }
    // The registry first: if it cannot take the line, no file is left behind without one.
    if let Some(entry) = &recipe.entry {
        let text = workspace::read(root, entry.registry)?;
        if registry::names(&text, entry.list).contains(&entry.name.as_str()) {
            bail!("`{}` lists `{}` already", entry.registry, entry.name);
        }
        let text = registry::insert(&text, entry.list, &entry.name)
            .with_context(|| format!("`{}` holds no list to add a line to", entry.registry))?;
        workspace::write(root, entry.registry, &text)?;
        println!("listed `{}` in {}", entry.name, entry.registry);
    }
    for File { path, text } in &recipe.files {
        workspace::write(root, path, text)?;
        println!("wrote {path}");
    }
    Ok(())
}
