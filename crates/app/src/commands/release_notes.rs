//! What a release brings to those who read contracts: breaks first, with who feels them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use meshlaw_changeset::Reader;
use meshlaw_contract::model::Version;
use meshlaw_diff::{Aspect, Grade, Motion};
use meshlaw_report::ConsumerContact;
use meshlaw_report::formats::markdown::sentence;
use serde::Serialize;

use crate::changed::{Changed, compare_revisions};
use crate::court::grading;
use crate::effects::{Felt, affected, contacts};
use crate::estate::{Estate, read_estate};
use crate::failure::{ExitStatus, Failure};
use crate::ground::Ground;
use crate::identity::Domains;
use crate::output::print;
use crate::pairing::pair;
use crate::revision::Revision;
use crate::settings::Settings;
use crate::when;

/// Write the notes of a release: what changed between two revisions, for readers
///
/// Breaking changes come first, with the consumers that feel them; then what is new, what is
/// deprecated until when, what is gone, and the rest.
#[derive(Debug, clap::Args)]
pub struct ReleaseNotesArgs {
    /// Revision of the release before [default: the latest tag before HEAD]
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Revision of the release
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Write JSON instead of Markdown
    #[arg(long)]
    json: bool,
    /// Date to take for today [default: today in UTC]
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    as_of: Option<Date>,
}

#[derive(Serialize)]
struct Notes {
    since: String,
    head: String,
    items: Vec<Item>,
}

/// One change that readers are told of.
#[derive(Serialize)]
struct Item {
    contract: String,
    version: Option<String>,
    section: Section,
    rule: &'static str,
    message: String,
    consumers: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    name: String,
    owner: Option<String>,
    reach: Vec<String>,
}

/// Where a change is told, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Section {
    Breaking,
    Risky,
    New,
    Deprecated,
    Gone,
    Other,
}

impl Section {
    const ALL: [(Section, &'static str); 6] = [
        (Section::Breaking, "Breaking"),
        (Section::Risky, "To look at"),
        (Section::New, "New"),
        (Section::Deprecated, "Deprecated"),
        (Section::Gone, "Gone"),
        (Section::Other, "Other changes"),
    ];
}

/// Writes the notes.
pub fn run(args: &ReleaseNotesArgs) -> anyhow::Result<ExitStatus> {
    let notes = notes(args)?;
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&notes)?))?;
    } else {
        print(&in_markdown(&notes))?;
    }
    Ok(ExitStatus::Pass)
}

fn notes(args: &ReleaseNotesArgs) -> Result<Notes, Failure> {
    let Ground {
        repository,
        head,
        reader: new,
        settings,
        domains,
    } = Ground::at(&args.head)?;
    let (since, base) = match &args.since {
        Some(since) => (since.clone(), repository.resolve(since)?),
        // The release itself may be tagged already.
        None => {
            let before = repository.first_parent(&head)?;
            let tag = match before {
                Some(before) => repository.latest_tag(&before)?,
                None => None,
            };
            tag.ok_or_else(|| {
                Failure::new(
                    "there is no tag before this revision",
                    "name the release before with `--since REV`",
                )
            })?
        }
    };
    let old = repository.at(base).open()?;
    let as_of = when::settle(args.as_of);
    let estate = read_estate(&settings, None, &new, &[&old], as_of)?;
    let mut items = items(&settings, &domains, &estate, (&old, &new), as_of)?;
    items.sort_by(|left, right| {
        (left.section, &left.contract).cmp(&(right.section, &right.contract))
    });
    Ok(Notes {
        since,
        head: args.head.clone(),
        items,
    })
}

fn items(
    settings: &Settings,
    domains: &Domains,
    estate: &Estate,
    (old, new): (&Reader, &Reader),
    as_of: Date,
) -> Result<Vec<Item>, Failure> {
    let changed = Changed::between(settings, old, new)?;
    let files = changed.contracts(settings, domains);
    let mut found = Vec::new();
    for (before, after) in pair(&files) {
        found.extend(of_contract(settings, estate, before, after, as_of)?);
    }
    Ok(found)
}

fn of_contract(
    settings: &Settings,
    estate: &Estate,
    before: Option<&Revision<'_>>,
    after: Option<&Revision<'_>>,
    as_of: Date,
) -> Result<Vec<Item>, Failure> {
    let (base, head) = (
        before.and_then(Revision::contract),
        after.and_then(Revision::contract),
    );
    let compared = compare_revisions(before, after, as_of)?;
    let grading = grading(settings, base);
    let ids = [before, after].map(|side| side.map(|one| one.identity.id()));
    let felt = Felt {
        ids: [ids[0].as_deref(), ids[1].as_deref()],
        version: base.and_then(|contract| contract.version.as_ref()),
    };
    let version = head.or(base).and_then(|contract| contract.version.as_ref());
    let told = compared
        .changes
        .iter()
        .filter(|change| change.edit.aspect != Aspect::Version);
    Ok(told
        .map(|change| {
            let grade = grading.impact(change);
            let consumers = if grade == Grade::Safe {
                Vec::new()
            } else {
                affected(&estate.consumers, felt, change)
            };
            let consumers = contacts(estate, &consumers);
            Item {
                contract: ids[1]
                    .clone()
                    .or_else(|| ids[0].clone())
                    .unwrap_or_default(),
                version: version.map(Version::to_string),
                section: section(grade, change.edit.aspect, change.edit.motion),
                rule: change.rule.id,
                message: change.message(),
                consumers: consumers.into_iter().map(told_of).collect(),
            }
        })
        .collect())
}

fn told_of(contact: ConsumerContact) -> Told {
    Told {
        name: contact.name,
        owner: contact.owner,
        reach: contact.reach,
    }
}

fn section(grade: Grade, aspect: Aspect, motion: Motion) -> Section {
    let is_part = matches!(aspect, Aspect::Contract | Aspect::Dataset | Aspect::Field);
    match (grade, aspect, motion) {
        (_, Aspect::Deprecation | Aspect::Sunset, _) => Section::Deprecated,
        (Grade::Breaking, ..) => Section::Breaking,
        (_, _, Motion::Retired) if is_part => Section::Gone,
        (Grade::Risky, ..) => Section::Risky,
        (_, _, Motion::Added | Motion::AddedRequired) if is_part => Section::New,
        (_, _, Motion::Removed) if is_part => Section::Gone,
        _ => Section::Other,
    }
}

fn in_markdown(notes: &Notes) -> String {
    let mut out = format!(
        "# Release notes\n\nFrom {} to {}.\n",
        sentence(&notes.since),
        sentence(&notes.head)
    );
    for (section, heading) in Section::ALL {
        let of_section = notes.items.iter().filter(|item| item.section == section);
        let mut by_contract: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        for item in of_section {
            by_contract.entry(&item.contract).or_default().push(item);
        }
        if by_contract.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {heading}");
        for (contract, items) in by_contract {
            let version = items.first().and_then(|item| item.version.as_deref());
            let version = version
                .map(|version| format!(" {version}"))
                .unwrap_or_default();
            let _ = writeln!(out, "\n**{}**{}\n", sentence(contract), sentence(&version));
            for item in items {
                let _ = writeln!(out, "- {} (`{}`)", sentence(&item.message), item.rule);
                for consumer in &item.consumers {
                    let owner = consumer.owner.iter().chain(&consumer.reach);
                    let owner = owner.cloned().collect::<Vec<_>>().join(", ");
                    let told = format!("felt by {} ({owner})", consumer.name);
                    let _ = writeln!(out, "  - {}", sentence(&told));
                }
            }
        }
    }
    if notes.items.is_empty() {
        let _ = writeln!(out, "\nNothing changed in meaning.");
    }
    out
}
