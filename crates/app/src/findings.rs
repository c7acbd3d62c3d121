//! Findings that are not a policy's: their ids, what they mean, and how they are made.

use std::sync::Arc;

use meshlaw_contract::{Gravity, Pointer, Problem, ProblemId};
use meshlaw_policy::{Identity, fingerprint};
use meshlaw_report::{Enforcement, Finding, Kind, Location, Severity, Side, State};

use crate::place::whole_file;
use crate::repair::CAN_MEND;
use crate::settings::{Level, Settings};

/// Every finding that is not a policy's, sorted by id.
pub const IDS: &[(&str, &str)] = &[
    (
        "consumer/duplicate-consumer",
        "Two consumers carry the same name.",
    ),
    (
        "consumer/unknown-contract",
        "A consumer uses a contract that is not there.",
    ),
    (
        "consumer/unknown-dataset",
        "A consumer uses a dataset that the contract does not have.",
    ),
    (
        "consumer/unknown-field",
        "A consumer uses a field that the contract does not have.",
    ),
    (
        "consumer/unknown-owner",
        "A consumer names an owner that is neither a team of the settings nor one of `CODEOWNERS`.",
    ),
    (
        "consumer/use-expired",
        "A consumer still uses a contract after the last day that it gave itself.",
    ),
    (
        "consumer/version-unsatisfied",
        "No version of the contract that is there lies in the range that a consumer can read.",
    ),
    (
        "contract/bad-value",
        "A value has the right type but says nothing that can be meant.",
    ),
    (
        "contract/budget-exceeded",
        "A text is deeper, larger or more repetitive than contracts ever are.",
    ),
    (
        "contract/codeowners-disagree",
        "`CODEOWNERS` gives a contract's file to another team than the contract's owner.",
    ),
    (
        "contract/contradiction",
        "Two statements of one contract cannot both hold.",
    ),
    (
        "contract/dangling-name",
        "A key, quality rule or reference names something that the contract does not have.",
    ),
    (
        "contract/domain-disagrees",
        "A contract names another domain than the folder that it lies in.",
    ),
    (
        "contract/domain-unknown",
        "A contract lies in a domain that the settings do not list.",
    ),
    (
        "contract/duplicate-contract",
        "Two contracts of one domain bear the same name and major version.",
    ),
    (
        "contract/duplicate-id",
        "Two contracts of different names bear the same stable id.",
    ),
    ("contract/duplicate-key", "A mapping holds one key twice."),
    (
        "contract/duplicate-name",
        "Two things of one kind carry the same name.",
    ),
    (
        "contract/incomplete-deprecation",
        "Something is deprecated without a replacement or without the date on which it goes.",
    ),
    ("contract/missing-key", "A key that must be there is not."),
    ("contract/no-document", "The file holds no document at all."),
    (
        "contract/planned-break",
        "A new major version stands beside the old one, which somebody still reads.",
    ),
    (
        "contract/properties",
        "The free properties do not match the organisation's own JSON Schema.",
    ),
    (
        "contract/reference-type",
        "A field refers to a field of another contract that is of another type.",
    ),
    (
        "contract/reference-unknown",
        "A reference to another contract names a contract, dataset or field that is not there.",
    ),
    (
        "contract/referrer-broken",
        "A contract or field went while other contracts still refer to it.",
    ),
    (
        "contract/replacement-unknown",
        "A deprecation names a contract that is not there as the one to use instead.",
    ),
    ("contract/syntax", "The text is not YAML or JSON."),
    ("contract/unknown-key", "A key is not part of the format."),
    (
        "contract/unknown-word",
        "A value is not one of the words that the format knows.",
    ),
    (
        "contract/unsupported-yaml",
        "The text uses a part of YAML that contracts do without.",
    ),
    (
        "contract/wrong-type",
        "A value is of another type than the format expects.",
    ),
    ("data/malformed", "A line of data is no record."),
    (
        "data/repeated",
        "Two records bear a key that the contract says never repeats.",
    ),
    (
        "data/row-count",
        "There are more or fewer records than the contract promises.",
    ),
    (
        "data/value",
        "A record holds what the contract does not allow.",
    ),
    (
        "governance/floor-loosened",
        "A branch changes policies so that something passes that the organisation's floor stops; where that is shown or cannot be ruled out.",
    ),
    (
        "input/unreadable",
        "A file cannot be read: a symbolic link, a submodule, not UTF-8 or too large.",
    ),
    (
        "settings/invalid",
        "The settings of the head revision would not load.",
    ),
    (
        "settings/policy-invalid",
        "A policy of the head revision would not load.",
    ),
    ("term/ambiguous-synonym", "Two terms claim one synonym."),
    (
        "settings/unknown-owner",
        "A domain or a product has an owner that is neither a team of the settings nor one of `CODEOWNERS`.",
    ),
    (
        "term/broader-cycle",
        "A term is broader than itself, by way of others.",
    ),
    (
        "term/change-felt",
        "A branch changes a term, and fields that name it would say otherwise.",
    ),
    ("term/duplicate-term", "Two terms carry the same name."),
    (
        "term/gone-in-use",
        "A branch removes a term or one of its synonyms, and fields still name it.",
    ),
    (
        "term/incompatible-definition",
        "Contracts define one name of fields differently, without a term; in an audit.",
    ),
    (
        "term/synonym-is-term",
        "A synonym of a term is the name of another one.",
    ),
    (
        "term/synonym-used",
        "A field names its term by a synonym; told as a note.",
    ),
    (
        "term/unknown-broader",
        "A term names a broader term that the glossary lacks.",
    ),
    (
        "term/unknown-owner",
        "A term names an owner that is neither a team of the settings nor one of `CODEOWNERS`.",
    ),
    (
        "version/breaks-earlier",
        "A change breaks a version before the last one, and the mode of compatibility counts them all.",
    ),
    ("version/lowered", "A contract's version went down."),
    ("version/reused", "A contract changed and kept its version."),
    (
        "version/scheme",
        "A contract's version is not numbered as the settings ask.",
    ),
    (
        "version/skipped",
        "A contract's version went past the next one; told as a note.",
    ),
    (
        "version/too-small",
        "A contract's version rose by less than its changes ask for.",
    ),
    ("waiver/duplicate-name", "Two waivers bear one name."),
    (
        "waiver/expired",
        "A waiver's last day has passed, so that it excuses nothing.",
    ),
    (
        "waiver/hard",
        "A waiver names a policy that cannot be waived.",
    ),
    (
        "waiver/over-budget",
        "A domain holds more waivers at once than the settings allow it.",
    ),
    (
        "waiver/unknown-approver",
        "A waiver is granted by a team that the settings do not list.",
    ),
    (
        "waiver/unknown-contract",
        "A waiver names a contract that is not there.",
    ),
    (
        "waiver/unknown-policy",
        "A waiver names no policy, rule or finding that there is.",
    ),
    ("waiver/unused", "A waiver excuses nothing that is there."),
];

/// What a finding is about, where it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'c> {
    /// The contract.
    pub identity: Option<&'c Identity>,
    /// Its owner.
    pub owner: Option<&'c str>,
}

/// A finding before the settings have spoken.
#[derive(Debug)]
pub struct Draft<'d> {
    /// Id, one of [`IDS`].
    pub id: &'d str,
    /// Where it comes from.
    pub kind: Kind,
    /// How much it matters where the settings do not say.
    pub severity: Severity,
    /// What it is about.
    pub about: About<'d>,
    /// The part that it is about.
    pub pointer: Pointer,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The place.
    pub location: Option<Location>,
}

/// Makes a finding, at the level that the settings give it; `None` where they turn it off.
pub fn make(settings: &Settings, draft: Draft<'_>) -> Option<Finding> {
    let severity = match settings.levels.get(draft.id) {
        None => draft.severity,
        Some(Level::Off) => return None,
        Some(Level::Warn) => Severity::Warning,
        Some(Level::Error) => Severity::Error,
    };
    let Draft { about, pointer, .. } = draft;
    let contract = about.identity.map(Identity::id);
    Some(Finding {
        id: draft.id.to_owned(),
        kind: draft.kind,
        severity,
        enforcement: Enforcement::Soft,
        state: State::New,
        message: draft.message,
        help: draft.help,
        notes: Vec::new(),
        why: Arc::default(),
        location: draft.location,
        related: Vec::new(),
        fingerprint: fingerprint(draft.id, contract.as_deref(), &pointer),
        contract,
        pointer: pointer.to_strings(),
        part: (!pointer.is_root()).then(|| pointer.to_string()),
        domain: about.identity.map(|identity| identity.domain.clone()),
        owner: about.owner.map(str::to_owned),
        consumers: Vec::new(),
        witness: None,
        rule: None,
        fix: None,
        exception: None,
    })
}

/// Makes the finding of a problem with a text.
pub fn of_problem(
    settings: &Settings,
    problem: &Problem,
    kind: Kind,
    about: About<'_>,
    location: Location,
) -> Option<Finding> {
    let severity = match problem.gravity {
        Gravity::Doubt => Severity::Warning,
        Gravity::Fault => Severity::Error,
    };
    // A text that cannot be read is an input finding whatever the file was to hold.
    let kind = match problem.id {
        ProblemId::Syntax | ProblemId::BudgetExceeded | ProblemId::NoDocument => Kind::Input,
        _ => kind,
    };
    let draft = Draft {
        id: &format!("contract/{}", problem.id.as_str()),
        kind,
        severity,
        about,
        pointer: problem.pointer.clone(),
        message: problem.message.clone(),
        help: problem.help.clone(),
        location: Some(location),
    };
    let made = make(settings, draft)?;
    let mends = kind == Kind::Contract
        && problem.gravity == Gravity::Fault
        && problem.replacement.is_some();
    let notes = mends.then(|| CAN_MEND.to_owned()).into_iter().collect();
    Some(Finding { notes, ..made })
}

/// Makes the finding of a file that gives no text.
pub fn unreadable(
    settings: &Settings,
    path: &str,
    why: &str,
    help: Option<&str>,
) -> Option<Finding> {
    let draft = Draft {
        id: "input/unreadable",
        kind: Kind::Input,
        severity: Severity::Error,
        about: About::default(),
        pointer: Pointer::root().name(path),
        message: format!("cannot read this file: {why}"),
        help: help.map(str::to_owned),
        location: Some(whole_file(path, Side::Head)),
    };
    make(settings, draft)
}
