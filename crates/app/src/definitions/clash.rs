//! A tally in, a finding for each name that contracts define differently out.

use std::collections::BTreeMap;

use meshlaw_changeset::{Entry, Snapshot};
use meshlaw_contract::Pointer;
use meshlaw_contract::model::Field;
use meshlaw_policy::{Glossary, Statement};
use meshlaw_report::{Finding, Kind, Location, Related, Severity, Side};
use serde::{Deserialize, Serialize};

use super::compared::plain;
use super::{STATEMENTS, Said, Scribe, Stated, Tally, Told};
use crate::cores;
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::identity::Domains;
use crate::output::count;
use crate::revision::{FileText, Revision};
use crate::settings::Settings;

/// Id of the findings.
pub const ID: &str = "term/incompatible-definition";

/// Definitions of one name that are shown beside the most common one.
const MOST_SHOWN: usize = 4;

/// Values of a list that are shown.
const MOST_VALUES: usize = 6;

/// One way in which contracts define a name that others define otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clash {
    /// The name and what is stated of it, as a hash.
    pub about: [u8; 8],
    /// What it is, as a hash.
    pub value: [u8; 4],
    /// How many contracts say so.
    pub count: u32,
    /// Place of the first within its file.
    pub document: u32,
    name: String,
    key: u8,
    /// What it says, for people.
    shown: String,
    /// Where the first says so.
    pub location: Location,
}

/// What a name is said to be, by what is stated.
type Defined = BTreeMap<Statement, Vec<Clash>>;

/// Finds the definitions of names that contracts define differently.
pub fn clashes(
    settings: &Settings,
    domains: &Domains,
    (snapshot, entries): (&Snapshot, &[Entry]),
    tally: &Tally,
) -> Result<Vec<Clash>, Failure> {
    let scribe = Scribe::new(settings);
    let wanted: Vec<(u32, Wanted)> = wanted(tally).into_iter().collect();
    let parts = cores::shares(&wanted, |_, share| {
        let reader = snapshot.open()?;
        let mut found = Vec::new();
        for (file, wanted) in share {
            let entry = usize::try_from(*file).ok().and_then(|at| entries.get(at));
            let read = |entry| FileText::read(&reader, entry, settings, Side::Head);
            if let Some(text) = entry.and_then(read) {
                let revisions = text.contracts(settings, domains);
                define(&scribe, &revisions, wanted, &mut found);
            }
        }
        Ok(found)
    });
    Ok(parts?.into_iter().flatten().collect())
}

/// Says which names contracts define differently.
pub fn tell(settings: &Settings, glossary: &Glossary, clashes: Vec<Clash>) -> Vec<Finding> {
    let mut names: BTreeMap<String, Defined> = BTreeMap::new();
    for clash in clashes {
        let Some(statement) = statement_of(clash.key) else {
            continue;
        };
        let defined = names.entry(clash.name.clone()).or_default();
        defined.entry(statement).or_default().push(clash);
    }
    let finding = |(name, defined): (String, Defined)| of_name(settings, glossary, &name, defined);
    names.into_iter().filter_map(finding).collect()
}

fn statement_of(key: u8) -> Option<Statement> {
    STATEMENTS.into_iter().find(|one| *one as u8 == key)
}

/// What is wanted of a file: values, and what they are stated of.
pub(super) type Wanted = Vec<(Told, [u8; 8])>;

/// Returns what has to be read again, by file: the first place of each definition of whatever more
/// than one contract defines differently.
fn wanted(tally: &Tally) -> BTreeMap<u32, Wanted> {
    let mut wanted: BTreeMap<u32, Wanted> = BTreeMap::new();
    for (about, all) in tally.iter() {
        let places = all.iter().map(|one| (one.told.count, one.told.first));
        if is_clash(places) {
            for Stated { told, .. } in all {
                let of_file = wanted.entry(told.first.file).or_default();
                of_file.push((*told, about));
            }
        }
    }
    wanted
}

/// Tells whether contracts say several things of a name, and more than one contract at that; each
/// thing comes with how many say so, and the first that does.
pub(super) fn is_clash<S: PartialEq>(all: impl Iterator<Item = (u32, S)>) -> bool {
    let (mut first, mut is_of_several, mut many) = (None, false, 0);
    for (count, spot) in all {
        many += 1;
        is_of_several |= count > 1 || first.as_ref().is_some_and(|one| *one != spot);
        first.get_or_insert(spot);
    }
    many > 1 && is_of_several
}

/// Finds in the contracts of a file what is wanted of them, with its words and places.
pub(super) fn define(
    scribe: &Scribe,
    revisions: &[Revision<'_>],
    wanted: &Wanted,
    found: &mut Vec<Clash>,
) {
    for (document, revision) in (0..).zip(revisions) {
        let own = wanted
            .iter()
            .filter(|(told, _)| told.first.document == document);
        let mut open: BTreeMap<Said, Told> = own
            .map(|(told, about)| {
                let (about, value) = (*about, told.value);
                (Said { about, value }, *told)
            })
            .collect();
        let Some(contract) = revision.contract().filter(|_| !open.is_empty()) else {
            continue;
        };
        scribe.each(contract, |place, field, statement, said| {
            let Some(told) = open.remove(&said) else {
                return;
            };
            let pointer = place.to_pointer().word(statement.as_str());
            found.push(Clash {
                about: said.about,
                value: said.value,
                count: told.count,
                document,
                name: plain(&field.name),
                key: statement as u8,
                shown: shown(field, statement),
                location: revision.locate(&pointer),
            });
        });
    }
}

fn shown(field: &Field, statement: Statement) -> String {
    match statement {
        Statement::Unit => code(field.unit.as_deref().unwrap_or_default()),
        Statement::Format => code(field.format.as_deref().unwrap_or_default()),
        Statement::Enum => {
            let values = field.allowed.iter().flatten();
            let values: Vec<String> = values.map(ToString::to_string).collect();
            let mut shown: Vec<&str> = values
                .iter()
                .map(String::as_str)
                .take(MOST_VALUES)
                .collect();
            if values.len() > MOST_VALUES {
                shown.push("…");
            }
            code(&format!("[{}]", shown.join(", ")))
        }
        Statement::Type | Statement::Classification => code(field.ty.word()),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Makes the finding about a name, at the first place that departs from the most common definition.
fn of_name(
    settings: &Settings,
    glossary: &Glossary,
    name: &str,
    defined: Defined,
) -> Option<Finding> {
    let (mut said, mut related) = (Vec::new(), Vec::new());
    let mut location = None;
    for (statement, mut all) in defined {
        // Two names of one hash leave each with less than there seemed to be.
        if all.len() < 2 {
            continue;
        }
        all.sort_by(|one, other| one.order().cmp(&other.order()));
        said.push(sentence(statement, &all));
        let mut others = all.into_iter();
        let common = others.next()?;
        let first = others.next()?;
        if location.is_none() {
            location = Some(first.location);
        } else {
            related.push(relate(statement, first));
        }
        related.push(relate(statement, common));
        related.extend(others.take(MOST_SHOWN).map(|one| relate(statement, one)));
    }
    let draft = Draft {
        id: ID,
        kind: Kind::Term,
        severity: Severity::Warning,
        about: About::default(),
        pointer: Pointer::root().name(name),
        message: format!("contracts define `{name}` differently: {}", said.join("; ")),
        help: Some(way_out(glossary, name)),
        location: Some(location?),
    };
    let made = make(settings, draft)?;
    Some(Finding { related, ..made })
}

impl Clash {
    /// The most common comes first, then what stands first.
    fn order(&self) -> (u32, &str, u32, (u32, u32), &str) {
        let Location {
            path, line, column, ..
        } = &self.location;
        let place = (*line, *column);
        (
            u32::MAX - self.count,
            path,
            self.document,
            place,
            &self.shown,
        )
    }
}

fn sentence(statement: Statement, all: &[Clash]) -> String {
    let key = statement.as_str();
    let mut parts: Vec<String> = all
        .iter()
        .take(MOST_SHOWN)
        .map(|one| format!("{} in {}", one.shown, count(one.count, "contract")))
        .collect();
    let more = all.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        parts.push(format!("{more} more ways in others"));
    }
    match parts.split_last() {
        Some((last, first)) => format!("its {key} is {} and {last}", first.join(", ")),
        None => String::new(),
    }
}

fn relate(statement: Statement, one: Clash) -> Related {
    let (key, value) = (statement.as_str(), &one.shown);
    let many = count(one.count, "contract");
    Related {
        message: format!("here its {key} is {value}, as in {many}"),
        location: one.location,
    }
}

fn way_out(glossary: &Glossary, name: &str) -> String {
    let term = [name.to_owned(), name.replace('_', " ")];
    let term = term.iter().find_map(|word| glossary.get(word));
    let same = match term {
        Some(term) => format!("write `term: {}` in each", term.name),
        None => "add it to the glossary, and name the term in each".to_owned(),
    };
    format!(
        "where all mean the same, {same}; where they do not, rename one, or list the name under \
         `glossary: {{ ignore: [{name}] }}` in meshlaw.yaml"
    )
}
