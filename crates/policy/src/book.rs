//! Policy files in, the book of law out, or what is wrong with them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cedar_policy::{Effect, PolicySet, ValidationMode, Validator};
use miette::Diagnostic;
use rayon::prelude::*;

use crate::annotations::{Annotations, Trouble};
use crate::bulk::too_large;
use crate::clause::span;
use crate::lint::unknown_attribute;
use crate::policy::{Cedar, Layer, Policy, PolicyId};
use crate::reads::{Found, Reads, Scope};
use crate::schema::vocabulary;

/// A text of the book, by its path below the policies folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFile {
    /// Path, such as `org/privacy/pii-masked/policy.cedar`.
    pub path: String,
    /// The text; of what is built in, the program's own.
    pub text: Cow<'static, str>,
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
    /// nothing, since a floor with holes is no floor. What is built in is taken for valid.
    ///
    /// # Errors
    ///
    /// Returns every problem of every policy.
    pub fn load(builtin: &[BookFile], own: &[BookFile]) -> Result<Self, Vec<BookProblem>> {
        let mut problems = Vec::new();
        let mut policies: BTreeMap<PolicyId, Policy> = BTreeMap::new();
        for (files, is_builtin) in [(builtin, true), (own, false)] {
            let readmes = readmes(files);
            let parsed: Vec<_> = files
                .par_iter()
                .map(|file| parse(file, is_builtin))
                .collect();
            for parsed in parsed {
                match parsed {
                    Ok(Some(mut policy)) => {
                        if let Some(readme) = readmes.get(policy.id.as_str()) {
                            policy.readme = (*readme).clone();
                        }
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

/// Reads a policy that is built in.
pub(crate) fn builtin(file: &BookFile) -> Option<Policy> {
    parse(file, true).ok().flatten()
}

/// Returns what explains policies, by their ids.
pub(crate) fn readmes(files: &[BookFile]) -> BTreeMap<&str, &Cow<'static, str>> {
    let of_policy = files.iter().filter_map(|file| {
        let folder = file.path.strip_suffix("/README.md")?;
        Some((folder, &file.text))
    });
    of_policy.collect()
}

/// Reads one file; files that are not policies are passed over.
fn parse(file: &BookFile, is_builtin: bool) -> Result<Option<Policy>, Vec<BookProblem>> {
    let Some((folder, name)) = file.path.rsplit_once('/') else {
        return Ok(None);
    };
    if !name.ends_with(".cedar") {
        return Ok(None);
    }
    let policy = match PolicyId::parse(folder).filter(|_| name == "policy.cedar") {
        Some((id, layer)) => settle(id, layer, file, is_builtin),
        None => {
            let message = format!("`{}` is not where a policy belongs", file.path);
            Err(vec![(0, message, LAYOUT.to_owned())])
        }
    };
    let problem = |(at, message, help): Trouble| {
        let (line, column) = place(&file.text, at);
        BookProblem {
            path: file.path.clone(),
            line,
            column,
            message,
            help: (!help.is_empty()).then_some(help),
        }
    };
    policy
        .map(Some)
        .map_err(|wrong| wrong.into_iter().map(problem).collect())
}

/// Reads a policy's text; says everything that is wrong with it.
fn settle(
    id: PolicyId,
    layer: Layer,
    file: &BookFile,
    is_builtin: bool,
) -> Result<Policy, Vec<Trouble>> {
    let text: &str = &file.text;
    let cedar = parse_one(text)?.new_id(cedar_policy::PolicyId::new(id.as_str()));
    let mut wrong = Vec::new();
    if cedar.effect() != Effect::Forbid {
        let at = text.find("\npermit").map_or(0, |at| at + 1);
        let help = "write what must not be as a `forbid`; whatever no policy forbids is permitted";
        wrong.push((at, "a policy only forbids".to_owned(), help.to_owned()));
    }
    let words = Annotations::read(&cedar, text)
        .map_err(|found| wrong.extend(found))
        .ok();
    // What is built in was validated before it was released: a test does.
    if !is_builtin {
        wrong.extend(validate(&cedar));
    }
    let json = cedar
        .to_json()
        .map_err(|error| wrong.push((0, error.to_string(), String::new())))
        .ok();
    let (Some(words), Some(json), true) = (words, json, wrong.is_empty()) else {
        return Err(wrong);
    };
    let cedar = Cedar::read(&id, file.text.clone(), cedar);
    Ok(Policy {
        id,
        layer,
        severity: words.severity,
        written: words.enforcement,
        rulings: Vec::new(),
        message: words.message,
        help: words.help,
        since: words.since,
        text: file.text.clone(),
        readme: Cow::Borrowed(""),
        is_builtin,
        bundle: None,
        found: Found::now(Reads::of(&json)),
        scope: Scope::of(&json),
        cedar,
    })
}

fn parse_one(text: &str) -> Result<cedar_policy::Policy, Vec<Trouble>> {
    if let Some(trouble) = too_large(text) {
        return Err(vec![trouble]);
    }
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
        (Some(last), false) => {
            policies.push(last);
            let place = |policy: &cedar_policy::Policy| {
                let core: &cedar_policy_core::ast::Policy = policy.as_ref();
                span(core.loc()).map_or(0, |(start, _)| start)
            };
            let mut places: Vec<usize> = policies.iter().map(place).collect();
            places.sort_unstable();
            let second = places.get(1).copied().unwrap_or_default();
            let message = "this file holds several policies; the second begins here".to_owned();
            let help = "give each its own folder, since the folder is its id".to_owned();
            Err(vec![(second, message, help)])
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
        // What never fires mostly asks for something by a name that nothing has.
        let unknown = if found.is_empty() {
            Vec::new()
        } else {
            unknown(policy)
        };
        if !unknown.is_empty() {
            found = unknown;
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Looks for attributes that nothing has.
fn unknown(policy: &cedar_policy::Policy) -> Vec<Trouble> {
    let about = policy
        .to_json()
        .ok()
        .and_then(|json| Scope::of(&json).about());
    let core: &cedar_policy_core::ast::Policy = policy.as_ref();
    let conditions = core.non_scope_constraints().into_iter();
    let all = conditions.flat_map(cedar_policy_core::ast::Expr::subexpressions);
    all.filter_map(|one| unknown_attribute(one, about))
        .collect()
}

const LAYOUT: &str =
    "put it at `org/<group>/<name>/policy.cedar` or `domains/<domain>/<name>/policy.cedar`";

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
    // What is wrong is the same for each action that the policy is about.
    if let Some((what, _)) = message.split_once(" in context for Action::") {
        message = format!("{what} in the context");
    }
    let known = better_way_out(&message);
    let help = known.or(help).unwrap_or_else(|| way_out.to_owned());
    (at, message, help)
}

/// Returns the way out of what authors meet first, where Cedar's own does not lead there.
fn better_way_out(message: &str) -> Option<String> {
    if message.ends_with("is not a valid method") {
        let help = "Cedar has no functions of texts: write `like \"*_at\"` for how a text begins or ends, and \
                    `nameTokens.contains(\"at\")` for the words of a name";
        return Some(help.to_owned());
    }
    let types = message
        .strip_prefix("the types ")?
        .strip_suffix(" are not compatible")?;
    let (one, other) = types.split_once(" and ")?;
    let word = match (one, other) {
        ("String", word) | (word, "String") => word,
        _ => return None,
    };
    let is_closed = WORDS_OF.contains(&word);
    is_closed.then(|| format!("write `{word}::\"…\"` in place of the text alone"))
}

/// Entity types that are closed lists of words.
const WORDS_OF: [&str; 8] = [
    "Classification",
    "CompatibilityMode",
    "DataType",
    "Effect",
    "Enforcement",
    "Grade",
    "Severity",
    "Status",
];

/// Turns a byte offset into line and column, both from 1.
pub(crate) fn place(text: &str, offset: usize) -> (u32, u32) {
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
