//! The folder of a new policy: valid from the first moment, with examples that hold.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use meshlaw_policy::{Layer, PolicyId};

use super::starters::{STARTERS, Starter};
use crate::failure::{ExitStatus, Failure};
use crate::output::{print, write_file};

/// Start a policy: its folder with a commented policy, a README and examples that hold
///
/// Asks on a terminal for what is not given.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Id: `org/<group>/<name>`, or `domains/<domain>/<name>` for one domain
    id: Option<String>,
    /// What it is about [default where nobody can be asked: field]
    #[arg(long, value_enum)]
    about: Option<About>,
    /// How grave a finding is
    #[arg(long, default_value = "error", value_parser = ["error", "warning", "note"])]
    severity: String,
    /// What a finding does; begin with one that blocks nothing
    #[arg(long, default_value = "shadow", value_parser = ["hard", "soft", "advisory", "shadow"])]
    enforcement: String,
    /// What is wrong when it fires
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// What to do about it
    #[arg(long, value_name = "TEXT")]
    way_out: Option<String>,
    /// Folder of policies [default: as the settings say]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// What a policy can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum About {
    /// A contract as it stands
    Contract,
    /// A table, topic or file of it
    Dataset,
    /// A field
    Field,
    /// A change of a contract
    Change,
    /// A consumer that wants to read
    Consumer,
    /// A waiver that wants to excuse
    Waiver,
}

/// Writes the folder.
pub fn run(args: &NewArgs) -> anyhow::Result<ExitStatus> {
    let id = match &args.id {
        Some(id) => id.clone(),
        None => ask("Id, as in `org/privacy/no-birthdays` or `domains/sales/no-drafts`")?,
    };
    let is_word = |part: &str| {
        let is_letter =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        !part.is_empty() && part.chars().all(is_letter)
    };
    let parsed = PolicyId::parse(&id).filter(|_| id.split('/').all(is_word));
    let (_, layer) = parsed.ok_or_else(|| {
        let help = "write `org/<group>/<name>`, or `domains/<domain>/<name>`, in lower case";
        Failure::new(format!("`{id}` is not the id of a policy"), help)
    })?;
    let about = match args.about {
        Some(about) => about,
        None if args.id.is_some() && !std::io::stdin().is_terminal() => About::Field,
        None => {
            let answer = ask("About: contract, dataset, field, change, consumer or waiver")?;
            <About as clap::ValueEnum>::from_str(&answer, true).map_err(|_| {
                let help = "answer one of the words that are offered";
                Failure::new(format!("`{answer}` is nothing a policy is about"), help)
            })?
        }
    };
    let starter = STARTERS
        .iter()
        .find(|starter| starter.about == about)
        .ok_or_else(|| Failure::new("there is no starter of this kind", ""))?;
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => super::folder_of_settings()?,
    };
    let home = folder.join(&id);
    if home.exists() {
        let message = format!("`{}` is there already", home.display());
        return Err(Failure::new(message, "choose another name").into());
    }
    let domain = match &layer {
        Layer::Org => "example",
        Layer::Domain(domain) => domain,
    };
    let mut written = String::new();
    for (name, text) in files(args, &id, starter) {
        let path = home.join(&name);
        write_file(&path, &text.replace("{domain}", domain))?;
        written.push_str(&format!("wrote {}\n", path.display()));
    }
    written.push_str(&format!(
        "\nNext: write the condition, shape the examples, and run\n  meshlaw policy check {folder}\n  meshlaw policy \
         test {folder} --policy {id} --coverage --mutants\n",
        folder = folder.display()
    ));
    print(&written)?;
    Ok(ExitStatus::Pass)
}

fn files(args: &NewArgs, id: &str, starter: &Starter) -> Vec<(String, String)> {
    let message = args.message.as_deref().unwrap_or(starter.message);
    let help = args.way_out.as_deref().unwrap_or(starter.help);
    let policy = format!(
        "@severity(\"{}\")\n@enforcement(\"{}\")\n@message({message:?})\n@help({help:?})\nforbid (\n  principal,\n  \
         {},\n  {}\n)\n{}\n",
        args.severity,
        args.enforcement,
        starter.action,
        starter.resource,
        starter.conditions.trim_end()
    );
    let readme = format!(
        "# {id}\n\nSay why the organisation asks for this, in two or three sentences, and where it comes from: a law, \
         a\nstandard, an incident.\n\n## What to do\n\n{help}.\n\n## When to ask for a waiver\n\nSay who may grant one, \
         and for how long.\n",
        help = sentence(help)
    );
    let mut files = vec![
        ("policy.cedar".to_owned(), policy),
        ("README.md".to_owned(), readme),
    ];
    let examples = starter.examples.iter();
    files.extend(examples.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    files
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Asks on the terminal; elsewhere nobody would answer.
fn ask(question: &str) -> Result<String, Failure> {
    let help = "give the id and `--about`";
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("it was not said which policy to start", help));
    }
    let mut answer = String::new();
    let mut out = std::io::stderr();
    let asked = write!(out, "{question}: ").and_then(|()| out.flush());
    let read = asked.and_then(|()| std::io::stdin().lock().read_line(&mut answer));
    match read {
        Ok(length) if length > 0 && !answer.trim().is_empty() => Ok(answer.trim().to_owned()),
        _ => Err(Failure::new("there was no answer", help)),
    }
}
