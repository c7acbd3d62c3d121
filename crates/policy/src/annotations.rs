//! The annotations of a policy in, what they mean out.

use jiff::civil::Date;
use meshlaw_contract::measure::parse_date;
use meshlaw_contract::nearest;
use meshlaw_report::{Enforcement, Severity};

/// What the annotations say.
pub(crate) struct Annotations {
    pub(crate) severity: Severity,
    pub(crate) enforcement: Enforcement,
    pub(crate) message: String,
    pub(crate) help: String,
    pub(crate) since: Option<Date>,
}

/// The annotations that mean something.
const KNOWN: &[&str] = &["enforcement", "help", "message", "severity", "since"];

const SEVERITIES: &[(&str, Severity)] = &[
    ("note", Severity::Note),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
];

const ENFORCEMENTS: &[(&str, Enforcement)] = &[
    ("shadow", Enforcement::Shadow),
    ("advisory", Enforcement::Advisory),
    ("soft", Enforcement::Soft),
    ("hard", Enforcement::Hard),
];

/// Returns the severity of a word.
pub(crate) fn severity(word: &str) -> Option<Severity> {
    SEVERITIES
        .iter()
        .find(|(one, _)| *one == word)
        .map(|(_, it)| *it)
}

/// Returns the enforcement of a word.
pub(crate) fn enforcement(word: &str) -> Option<Enforcement> {
    ENFORCEMENTS
        .iter()
        .find(|(one, _)| *one == word)
        .map(|(_, it)| *it)
}

/// A place in the text, what is wrong there, and the way out.
pub(crate) type Trouble = (usize, String, String);

impl Annotations {
    /// Reads the annotations; says everything that is wrong with them.
    pub(crate) fn read(policy: &cedar_policy::Policy, text: &str) -> Result<Self, Vec<Trouble>> {
        let mut wrong = unknown(policy, text);
        let message = "say what is wrong when it fires: `@message(\"…\")`";
        let message = required(policy, "message", message, &mut wrong);
        let help = "say what to do about it: `@help(\"…\")`";
        let help = required(policy, "help", help, &mut wrong);
        let severity = "write `@severity(\"error\")`, `warning` or `note`";
        let severity = required(policy, "severity", severity, &mut wrong);
        let enforcement = "write `@enforcement(\"soft\")`, `hard`, `advisory` or `shadow`";
        let enforcement = required(policy, "enforcement", enforcement, &mut wrong);
        let severity = severity.and_then(|it| word("severity", it, SEVERITIES, text, &mut wrong));
        let enforcement =
            enforcement.and_then(|it| word("enforcement", it, ENFORCEMENTS, text, &mut wrong));
        let since = policy.annotation("since");
        let date = since.and_then(parse_date);
        if let (Some(since), None) = (since, date) {
            let help = "write `@since(\"2027-01-31\")`".to_owned();
            wrong.push((
                place_of("since", text),
                format!("`{since}` is not a date"),
                help,
            ));
        }
        match (severity, enforcement, message, help) {
            (Some(severity), Some(enforcement), Some(message), Some(help)) if wrong.is_empty() => {
                Ok(Self {
                    severity,
                    enforcement,
                    message: message.to_owned(),
                    help: help.to_owned(),
                    since: date,
                })
            }
            _ => Err(wrong),
        }
    }
}

fn unknown(policy: &cedar_policy::Policy, text: &str) -> Vec<Trouble> {
    let keys = policy.annotations().map(|(key, _)| key);
    let unknown = keys.filter(|key| !KNOWN.contains(key));
    unknown
        .map(|key| {
            let help = match nearest(key, KNOWN.iter().copied()) {
                Some(near) => format!("did you mean `@{near}`?"),
                None => "known are `@severity`, `@enforcement`, `@message`, `@help` and `@since`"
                    .to_owned(),
            };
            (place_of(key, text), format!("`@{key}` means nothing"), help)
        })
        .collect()
}

fn required<'p>(
    policy: &'p cedar_policy::Policy,
    key: &str,
    help: &str,
    wrong: &mut Vec<Trouble>,
) -> Option<&'p str> {
    let value = policy
        .annotation(key)
        .filter(|value| !value.trim().is_empty());
    if value.is_none() {
        wrong.push((0, format!("the policy lacks `@{key}`"), help.to_owned()));
    }
    value
}

fn word<T: Copy>(
    key: &str,
    value: &str,
    known: &[(&'static str, T)],
    text: &str,
    wrong: &mut Vec<Trouble>,
) -> Option<T> {
    if let Some((_, meant)) = known.iter().find(|(word, _)| *word == value) {
        return Some(*meant);
    }
    let words = known.iter().map(|(word, _)| *word);
    let help = match nearest(value, words.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", words.collect::<Vec<_>>().join(", ")),
    };
    wrong.push((place_of(key, text), format!("`{value}` is no {key}"), help));
    None
}

/// Returns where an annotation begins: at the start of a line, as far as one can tell.
fn place_of(key: &str, text: &str) -> usize {
    let annotation = format!("@{key}");
    let at_line = text.find(&format!("\n{annotation}")).map(|at| at + 1);
    at_line
        .filter(|_| !text.starts_with(&annotation))
        .or_else(|| text.find(&annotation))
        .unwrap_or(0)
}
