//! Valid policies, examples that hold, and what authors would regret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use meshlaw_changeset::{Globs, Snapshot};
use meshlaw_contract::{parse_consumers, read_contracts};
use meshlaw_policy::{Book, Expected, Known, Lint, Policy, hangs_on_format, lint};

use super::bundle::policies;
use super::examples::{self, Read};
use super::{read_book, settle, strays};
use crate::bundles::Floor;
use crate::estate::read_text;
use crate::failure::{ExitStatus, Failure};
use crate::glossary;
use crate::identity::Domains;
use crate::law::{self, PolicySource};
use crate::output::{count, print};
use crate::settings::Settings;

/// Validate every policy, run its examples, and look for what its author would regret
///
/// docs/policy-lints.md lists what is looked for. Names of domains, teams, products and properties
/// are held against the settings and contracts of the folder that the command runs in.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Folder of policies [default: as the settings say]
    folder: Option<PathBuf>,
    /// Fail where a lint has something to say
    #[arg(long)]
    strict: bool,
}

/// Checks every policy of a folder.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitStatus> {
    let floors = match args.folder {
        Some(_) => Vec::new(),
        None => floors()?,
    };
    let (folder, book) = match settle(args.folder.as_deref()) {
        // Whoever has a bundle needs no policies of their own.
        Err(_) if !floors.is_empty() => (PathBuf::new(), Book::default()),
        folder => {
            let folder = folder?;
            let book = read_book(&folder)?;
            (folder, book)
        }
    };
    let known = known(&book)?;
    let mut text = String::new();
    for floor in &floors {
        let (path, bundle) = (&floor.path, floor.bundle.name());
        let (policies, signer) = (policies(&floor.bundle), &floor.signer);
        let _ = writeln!(
            text,
            "ok    bundle {bundle} ({policies}) {path}, signed by {signer}"
        );
    }
    let (mut wrong, mut examples, mut lints) = (0, 0, 0);
    for policy in &book.policies {
        let read = examples::read(policy, &folder)?;
        let judged = examples::judge(policy, &book, &read)?.into_iter();
        let troubles: Vec<(String, String)> = judged
            .filter_map(|(path, trouble)| Some((path, trouble?)))
            .collect();
        let mut found = lint(policy, &book, &known).map_err(|error| Failure::new(error, ""))?;
        found.extend(of_examples(policy, &book, &read)?);
        examples += read.len();
        wrong += troubles.len();
        lints += found.len();
        let mark = match (troubles.is_empty(), found.is_empty()) {
            (false, _) => "error",
            (true, false) => "warn",
            (true, true) => "ok",
        };
        let _ = writeln!(
            text,
            "{mark:<5} {} ({})",
            policy.id,
            count(read.len(), "example")
        );
        for (path, trouble) in troubles {
            let _ = writeln!(text, "      {path}: {trouble}");
            let example = read.iter().find(|one| one.path == path && one.case.is_ok());
            if let Some(command) = example.and_then(|one| one.explained(policy, &folder)) {
                let _ = writeln!(text, "        help: `{command}` says why");
            }
        }
        for lint in found {
            let path = folder.join(policy.id.as_str()).join("policy.cedar");
            let place = format!("{}:{}:{}", path.display(), lint.line, lint.column);
            let _ = writeln!(text, "      {place}: {} [{}]", lint.message, lint.id);
            let _ = writeln!(text, "        help: {}", lint.help);
        }
    }
    for stray in strays::find(&folder) {
        lints += 1;
        let _ = writeln!(text, "warn  {}: {} [not-read]", stray.path, stray.message);
        let _ = writeln!(text, "        help: {}", stray.help);
    }
    let _ = writeln!(
        text,
        "\n{}, {}, {wrong} wrong, {}",
        count(book.policies.len(), "policy"),
        count(examples, "example"),
        count(lints, "lint")
    );
    print(&text)?;
    Ok(if wrong == 0 && (lints == 0 || !args.strict) {
        ExitStatus::Pass
    } else {
        ExitStatus::Blocked
    })
}

/// Returns the bundles that the settings name, once they are verified and their policies load.
fn floors() -> Result<Vec<Floor>, Failure> {
    let here = Snapshot::folder(".").open()?;
    let settings = law::read_settings(&here).map_err(law::failure)?;
    if settings.bundles.is_empty() {
        return Ok(Vec::new());
    }
    let law = law::load(&here, &PolicySource::Settings).map_err(law::failure)?;
    Ok(law.floors)
}

/// Looks at examples that hold for no good reason.
fn of_examples(policy: &Policy, book: &Book, read: &[Read]) -> Result<Vec<Lint>, Failure> {
    let mut found = Vec::new();
    let mut say = |id, message: String, help: &str| {
        found.push(Lint {
            line: 1,
            column: 1,
            id,
            message,
            help: help.to_owned(),
        });
    };
    let mut known: BTreeMap<Vec<&String>, &str> = BTreeMap::new();
    for example in read {
        let path = example.path.as_str();
        if let Some(before) = known.insert(example.texts.values().collect(), path) {
            let message = format!("`{path}` says what `{before}` says");
            say("repeated-example", message, "drop one of the two");
        }
        let Ok(case) = &example.case else {
            continue;
        };
        // Of changes the scope itself may be what an example shows: a break, or none.
        let can_miss = example.expected == Expected::Allow && !case.is_change();
        if can_miss && case.traces(policy, book)?.is_empty() {
            let message = format!("the policy is never asked about `{path}`");
            let help = "write an example that has what the policy is about, and passes";
            say("beside-the-point", message, help);
        }
    }
    Ok(found)
}

/// Reads what policies can name: nothing is known of a folder without settings.
fn known(book: &Book) -> Result<Known, Failure> {
    let here = Snapshot::folder(".").open()?;
    let settings = law::read_settings(&here).map_err(law::failure)?;
    let mut known = Known {
        domains: settings.domains.keys().cloned().collect(),
        teams: settings.teams.keys().cloned().collect(),
        products: settings.products.keys().cloned().collect(),
        ..Known::default()
    };
    for team in settings.teams.values() {
        known.roles.extend(team.roles.iter().cloned());
    }
    let names = |piece: &str| book.policies.iter().any(|one| one.text.contains(piece));
    if names("Consumer::") {
        let globs = Globs::new(&settings.consumers)?;
        for entry in here.list(&globs)? {
            let text = read_text(&here, &entry, &settings).unwrap_or_default();
            let parsed = parse_consumers(&text, &settings.limits).into_iter();
            known
                .consumers
                .extend(parsed.filter_map(|one| Some(one.value?.name)));
        }
    }
    // Contracts are many; they are read only where a policy names one, asks for their keys, or for
    // what only some formats can state.
    let asks = names("Tag(") || names("Contract::");
    if asks || book.policies.iter().any(hangs_on_format) {
        let domains = Domains::new(&settings, None)?;
        let globs = Globs::new(&settings.contracts)?;
        for entry in here.list(&globs)? {
            let Ok(text) = read_text(&here, &entry, &settings) else {
                continue;
            };
            let Settings {
                limits, vocabulary, ..
            } = &settings;
            let path = entry.path.to_string();
            let parsed = read_contracts(&text, &path, limits, vocabulary);
            for contract in parsed.into_iter().filter_map(|one| one.value) {
                known.formats.insert(contract.format);
                known.tags.extend(contract.properties.keys().cloned());
                known
                    .contracts
                    .insert(domains.identify(&path, &contract).id());
            }
        }
    }
    let names_terms = |text: &str| text.contains("Term::") || text.contains(".term");
    if book.policies.iter().any(|one| names_terms(&one.text)) {
        for entry in here.list(&Globs::new(&settings.terms)?)? {
            let text = read_text(&here, &entry, &settings).unwrap_or_default();
            let parsed = glossary::parse(&text, &settings.limits).into_iter();
            let terms = parsed.filter_map(|one| Some(one.value?.meaning.name));
            known.terms.extend(terms);
        }
    }
    Ok(known)
}
