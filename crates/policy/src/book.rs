//! Policy files in, the book of law out, or what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cedar_policy::{Effect, PolicySet, ValidationMode, Validator};
use meshlaw_contract::nearest;
use meshlaw_report::{Enforcement, Severity};
use miette::Diagnostic;

use crate::policy::{Layer, Policy, PolicyId};
use crate::reads::{Reads, Scope};
use crate::schema::vocabulary;

/// A text of the book, by its path below the policies folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFile {
    /// Path, such as `org/privacy/pii-masked/policy.cedar`.
    pub path: String,
    /// The text.
    pub text: String,
}

/// What is wrong with a policy, where, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BookProblem {
    /// Path below the policies folder.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for BookProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.path, self.line, self.column, self.message
        )
    }
}

/// The policies of an organisation, each valid.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Sorted by id.
    pub policies: Vec<Policy>,
}

/// Deepest attribute path: `resource.contract.status` is two steps from the resource.
const LEVEL: u32 = 2;

impl Book {
    /// Reads a book.
    ///
    /// `builtin` stands below `own`: a policy of the same id replaces it. A book is all or
    /// nothing, since a floor with holes is no floor.
    ///
    /// # Errors
    ///
    /// Returns every problem of every policy.
    pub fn load(builtin: &[BookFile], own: &[BookFile]) -> Result<Self, Vec<BookProblem>> {
        let mut problems = Vec::new();
        let mut policies: BTreeMap<PolicyId, Policy> = BTreeMap::new();
        for (files, is_builtin) in [(builtin, true), (own, false)] {
            let readmes: BTreeMap<&str, &str> = files
                .iter()
                .filter_map(|file| {
                    Some((file.path.strip_suffix("/README.md")?, file.text.as_str()))
                })
                .collect();
            for file in files {
                match parse(file, is_builtin) {
                    Ok(Some(mut policy)) => {
                        let readme = readmes.get(policy.id.as_str()).copied().unwrap_or_default();
                        readme.clone_into(&mut policy.readme);
                        policies.insert(policy.id.clone(), policy);
                    }
                    Ok(None) => {}
                    Err(found) => problems.extend(found),
                }
            }
        }
        problems.sort();
        if problems.is_empty() {
            Ok(Self {
                policies: policies.into_values().collect(),
            })
        } else {
            Err(problems)
        }
    }

    /// Finds a policy by its id.
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id.as_str() == id)
    }

    /// Returns the domains that add policies of their own.
    pub fn domains(&self) -> BTreeSet<&str> {
        self.policies
            .iter()
            .filter_map(|policy| match &policy.layer {
                Layer::Domain(domain) => Some(domain.as_str()),
                Layer::Org => None,
            })
            .collect()
    }
}

/// Reads one file; files that are not policies are passed over.
fn parse(file: &BookFile, is_builtin: bool) -> Result<Option<Policy>, Vec<BookProblem>> {
    let Some((folder, name)) = file.path.rsplit_once('/') else {
        return Ok(None);
    };
    if !name.ends_with(".cedar") {
        return Ok(None);
    }
    let problem = |at: usize, message: String, help: &str| {
        let (line, column) = place(&file.text, at);
        let help = (!help.is_empty()).then(|| help.to_owned());
        BookProblem {
            path: file.path.clone(),
            line,
            column,
            message,
            help,
        }
    };
    let layout =
        "put it at `org/<group>/<name>/policy.cedar` or `domains/<domain>/<name>/policy.cedar`";
    let Some((id, layer)) = PolicyId::parse(folder).filter(|_| name == "policy.cedar") else {
        return Err(vec![problem(
            0,
            format!("`{}` is not where a policy belongs", file.path),
            layout,
        )]);
    };
    let cedar = parse_one(&file.text).map_err(|found| {
        let problem = |(at, message, help): (usize, String, String)| problem(at, message, &help);
        found.into_iter().map(problem).collect::<Vec<_>>()
    })?;
    let cedar = cedar.new_id(cedar_policy::PolicyId::new(id.as_str()));
    let mut problems = Vec::new();
    if cedar.effect() != Effect::Forbid {
        let at = file.text.find("permit").unwrap_or(0);
        let help = "write what must not be as a `forbid`; whatever no policy forbids is permitted";
        problems.push(problem(at, "a policy only forbids".to_owned(), help));
    }
    let words = Annotations::read(&cedar, &file.text, &mut |at, message, help| {
        problems.push(problem(at, message, help));
    });
    let json = cedar
        .to_json()
        .map_err(|error| vec![problem(0, error.to_string(), "")])?;
    problems.extend(
        validate(&cedar)
            .into_iter()
            .map(|(at, message, help)| problem(at, message, &help)),
    );
    let Some(words) = words.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    Ok(Some(Policy {
        id,
        layer,
        severity: words.severity,
        enforcement: words.enforcement,
        message: words.message,
        help: words.help,
        since: words.since,
        text: file.text.clone(),
        readme: String::new(),
        is_builtin,
        reads: Reads::of(&json),
        scope: Scope::of(&json),
        cedar,
    }))
}

/// A place in the text, what is wrong there, and the way out.
type Trouble = (usize, String, String);

fn parse_one(text: &str) -> Result<cedar_policy::Policy, Vec<Trouble>> {
    let set: PolicySet = match text.parse::<PolicySet>() {
        Ok(set) => set,
        Err(errors) => return Err(errors.iter().map(|error| diagnose(error, SHAPE)).collect()),
    };
    let mut policies: Vec<_> = set.policies().cloned().collect();
    if set.templates().next().is_some() {
        let help = "write the policy without `?principal` and `?resource`".to_owned();
        return Err(vec![(0, "a policy cannot be a template".to_owned(), help)]);
    }
    match (policies.pop(), policies.is_empty()) {
        (Some(policy), true) => Ok(policy),
        (None, _) => {
            let help = "write a `forbid (…)`".to_owned();
            Err(vec![(0, "this file holds no policy".to_owned(), help)])
        }
        (Some(_), false) => {
            let help = "give each its own folder, since the folder is its id".to_owned();
            Err(vec![(
                0,
                "this file holds several policies".to_owned(),
                help,
            )])
        }
    }
}

fn validate(policy: &cedar_policy::Policy) -> Vec<Trouble> {
    let schema = match vocabulary() {
        Ok(schema) => schema.clone(),
        Err(error) => return vec![(0, error.to_owned(), String::new())],
    };
    let Ok(set) = PolicySet::from_policies([policy.clone()]) else {
        return Vec::new();
    };
    let validator = Validator::new(schema);
    let result = validator.validate_with_level(&set, ValidationMode::Strict, LEVEL);
    let errors = result.validation_errors();
    let mut found: Vec<Trouble> = errors.map(|error| diagnose(error, WORDS)).collect();
    // A rule that can never fire is only a warning to Cedar; to us it is a hole in the floor. It
    // often follows from an error, and is then not told twice.
    if found.is_empty() {
        let warnings = result.validation_warnings();
        found.extend(warnings.map(|warning| diagnose(warning, NEVER)));
    }
    found.sort();
    found.dedup();
    found
}

/// The ways out where Cedar knows none.
const SHAPE: &str =
    "compare it with a policy that is valid: `meshlaw explain org/privacy/pii-masked`";
const WORDS: &str = "look the words up in the vocabulary: `meshlaw explain vocabulary`";
const NEVER: &str =
    "look for conditions that rule each other out; a policy that never fires guards nothing";

/// Takes what Cedar says apart.
fn diagnose(error: &dyn Diagnostic, way_out: &str) -> Trouble {
    let at = error
        .labels()
        .and_then(|mut labels| labels.next())
        .map_or(0, |label| label.offset());
    let help = error.help().map(|help| help.to_string());
    let mut message = error.to_string();
    // Cedar repeats our own id in front of every sentence.
    if let Some((_, rest)) = message
        .strip_prefix("for policy `")
        .and_then(|m| m.split_once("`, ").or_else(|| m.split_once("`: ")))
    {
        message = rest.to_owned();
    }
    (at, message, help.unwrap_or_else(|| way_out.to_owned()))
}

/// What the annotations say.
struct Annotations {
    severity: Severity,
    enforcement: Enforcement,
    message: String,
    help: String,
    since: Option<jiff::civil::Date>,
}

/// The annotations that mean something.
const KNOWN: &[&str] = &["enforcement", "help", "message", "severity", "since"];

impl Annotations {
    fn read(
        policy: &cedar_policy::Policy,
        text: &str,
        trouble: &mut impl FnMut(usize, String, &str),
    ) -> Option<Self> {
        for (key, _) in policy.annotations().filter(|(key, _)| !KNOWN.contains(key)) {
            let help = nearest(key, KNOWN.iter().copied());
            let help = help.map(|near| format!("did you mean `@{near}`?"));
            let at = text.find(&format!("@{key}")).unwrap_or(0);
            let known = "known are `@severity`, `@enforcement`, `@message`, `@help` and `@since`";
            trouble(
                at,
                format!("`@{key}` means nothing"),
                help.as_deref().unwrap_or(known),
            );
        }
        let mut required = |key: &str, help: &str| {
            let value = policy
                .annotation(key)
                .filter(|value| !value.trim().is_empty());
            if value.is_none() {
                trouble(0, format!("the policy lacks `@{key}`"), help);
            }
            value.map(str::to_owned)
        };
        let message = required(
            "message",
            "say what is wrong when it fires: `@message(\"…\")`",
        );
        let help = required("help", "say what to do about it: `@help(\"…\")`");
        let severity = required(
            "severity",
            "write `@severity(\"error\")`, `warning` or `note`",
        );
        let enforcement = required(
            "enforcement",
            "write `@enforcement(\"soft\")`, `hard`, `advisory` or `shadow`",
        );
        let mut word = |key: &str, text_of: Option<String>, known: &[&'static str]| {
            let value = text_of?;
            let found = known.iter().position(|one| *one == value);
            if found.is_none() {
                let at = text.find(&format!("@{key}")).unwrap_or(0);
                let help = match nearest(&value, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write one of {}", known.join(", ")),
                };
                trouble(at, format!("`{value}` is no {key}"), &help);
            }
            found
        };
        let severity = word("severity", severity, &["note", "warning", "error"]);
        let enforcement = word(
            "enforcement",
            enforcement,
            &["shadow", "advisory", "soft", "hard"],
        );
        let since = match policy.annotation("since") {
            None => None,
            Some(date) => {
                let parsed = meshlaw_contract::measure::parse_date(date);
                if parsed.is_none() {
                    let at = text.find("@since").unwrap_or(0);
                    trouble(
                        at,
                        format!("`{date}` is not a date"),
                        "write `@since(\"2027-01-31\")`",
                    );
                }
                parsed
            }
        };
        let severities = [Severity::Note, Severity::Warning, Severity::Error];
        let enforcements = [
            Enforcement::Shadow,
            Enforcement::Advisory,
            Enforcement::Soft,
            Enforcement::Hard,
        ];
        Some(Self {
            severity: *severities.get(severity?)?,
            enforcement: *enforcements.get(enforcement?)?,
            message: message?,
            help: help?,
            since,
        })
    }
}

/// Turns a byte offset into line and column, both from 1.
fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}
