//! A document in, out what its schema and reading it make of it, and whether the two agree.

use std::collections::BTreeMap;

use meshlaw_contract::lowering::to_value;
use meshlaw_contract::{
    Format, Gravity, Key, Limits, Parsed, Problem, ProblemId, Value as Free, parse_consumers,
    parse_contracts, parse_terms, parse_waivers, read,
};
use serde_json::{Value, json};

use super::texts::{contract, using};
use super::{BEYOND, KINDS, Kind};

/// What the two make of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both accept.
    Accepted,
    /// Only reading refuses, for what is beyond a schema.
    Beyond(ProblemId),
    /// Only reading refuses, by one of the exceptions.
    Excepted(&'static str),
    /// Both refuse.
    Refused,
    /// Both refuse, and reading calls it a contradiction.
    RefusedAsContradiction,
}

/// What reading refuses and a schema cannot, or only by a pattern that nobody could read.
struct Exception {
    name: &'static str,
    kind: &'static str,
    id: ProblemId,
    /// The last key of the pointer, one of these.
    at: &'static [&'static str],
    example: fn() -> Value,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: "a day that its month does not have, in a bound",
        kind: "contract",
        id: ProblemId::WrongType,
        at: &["max", "min"],
        example: || {
            let field = json!({ "name": "a", "type": "date", "min": "2027-02-30" });
            contract("fields", json!([field]))
        },
    },
    Exception {
        name: "a regular expression that does not compile",
        kind: "contract",
        id: ProblemId::BadValue,
        at: &["pattern"],
        example: || {
            let field = json!({ "name": "a", "type": "string", "pattern": "(" });
            contract("fields", json!([field]))
        },
    },
    Exception {
        name: "a duration that no calendar holds",
        kind: "contract",
        id: ProblemId::BadValue,
        at: &["freshness", "latency", "retention"],
        example: || contract("retention", json!("99999999 years")),
    },
    Exception {
        name: "a name that is longer in bytes than in letters",
        kind: "contract",
        id: ProblemId::BadValue,
        at: &["datasets", "fields", "servers"],
        example: || {
            let name = "\u{e9}".repeat(200);
            contract("fields", json!([{ "name": name, "type": "date" }]))
        },
    },
    Exception {
        name: "a version of more than 64 bits",
        kind: "contract",
        id: ProblemId::BadValue,
        at: &["version"],
        example: || contract("version", json!("99999999999999999999.0.0")),
    },
    Exception {
        name: "a version range without quotes that no version is written like",
        kind: "consumer",
        id: ProblemId::BadValue,
        at: &["version"],
        example: || using(json!({ "contract": "a/b", "version": 0.05 })),
    },
];

/// Both ways to look at documents of a kind.
pub struct Judge {
    kind: &'static Kind,
    schema: jsonschema::Validator,
}

impl Judge {
    pub fn of(name: &str) -> Self {
        let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        let schema = options.build(&kind.schema()).unwrap();
        Self { kind, schema }
    }

    /// Compares both on a document as JSON.
    pub fn judge(&self, document: &Value) -> Result<Verdict, String> {
        self.judge_text(document, &document.to_string())
    }

    /// Compares both on a document, and on the text that it was.
    pub fn judge_text(&self, document: &Value, text: &str) -> Result<Verdict, String> {
        let faults = faults(self.kind.name, text);
        let error = self.schema.iter_errors(document).next();
        let is_shape = |fault: &&Problem| !BEYOND.contains(&fault.id);
        let shapes: Vec<&Problem> = faults.iter().filter(is_shape).collect();
        match (error, shapes.as_slice(), faults.first()) {
            (None, [], None) => Ok(Verdict::Accepted),
            (None, [], Some(fault)) => Ok(Verdict::Beyond(fault.id)),
            (None, shapes, _) => match self.exception(shapes) {
                Some(exception) => Ok(Verdict::Excepted(exception.name)),
                None => Err(format!("only reading refuses: {}\n{text}", said(&faults))),
            },
            (Some(_), [_, ..], _) => Ok(Verdict::Refused),
            (Some(error), [], Some(_)) if is_rule(&error) => Ok(Verdict::RefusedAsContradiction),
            (Some(error), [], _) => {
                let (place, said) = (error.schema_path(), said(&faults));
                Err(format!(
                    "only the schema refuses: {error} ({place}); {said}\n{text}"
                ))
            }
        }
    }

    fn exception(&self, faults: &[&Problem]) -> Option<&'static Exception> {
        let holds = |one: &&Exception| {
            one.kind == self.kind.name && faults.iter().all(|fault| one.holds(fault))
        };
        EXCEPTIONS.iter().find(holds)
    }
}

impl Exception {
    fn holds(&self, fault: &Problem) -> bool {
        let at = match fault.pointer.keys().last() {
            Some(Key::Word(word)) => *word,
            Some(Key::Name(name)) => name.as_str(),
            None => return false,
        };
        fault.id == self.id && self.at.contains(&at)
    }
}

/// Tells whether a schema says a contradiction: it speaks of several keys, or of an empty `enum`.
fn is_rule(error: &jsonschema::ValidationError<'_>) -> bool {
    let path = error.schema_path().to_string();
    let rules = [
        "/then/",
        "/oneOf",
        "/enum/minItems",
        "/element/additionalProperties",
    ];
    rules.iter().any(|rule| path.contains(rule))
}

fn said(faults: &[Problem]) -> String {
    let said = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.id.as_str(), fault.message));
    said.collect::<Vec<_>>().join("; ")
}

/// Reads a text as a kind, and returns what is wrong with it.
fn faults(kind: &str, text: &str) -> Vec<Problem> {
    let limits = Limits::default();
    let problems = match kind {
        "consumer" => problems_of(parse_consumers(text, &limits)),
        "contract" => problems_of(parse_contracts(text, Format::Native, &limits)),
        "settings" => crate::settings::parse(text).1,
        "term" => problems_of(parse_terms(text, &limits)),
        "waiver" => problems_of(parse_waivers(text, &limits)),
        other => panic!("say how a {other} is read"),
    };
    let is_fault = |problem: &Problem| problem.gravity == Gravity::Fault;
    problems.into_iter().filter(is_fault).collect()
}

fn problems_of<T>(parsed: Vec<Parsed<'_, T>>) -> Vec<Problem> {
    parsed
        .into_iter()
        .flat_map(|parsed| parsed.problems)
        .collect()
}

/// Returns the documents of a text as JSON.
pub fn values(text: &str) -> Vec<Value> {
    let documents = read(text, &Limits::default()).into_iter();
    documents
        .filter_map(|(document, _)| document.root().map(|root| json_of(&to_value(root))))
        .collect()
}

fn json_of(value: &Free) -> Value {
    match value {
        Free::Null => Value::Null,
        Free::Boolean(value) => json!(value),
        Free::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Free::Text(text) => json!(text),
        Free::List(items) => items.iter().map(json_of).collect(),
        Free::Map(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (key.clone(), json_of(value)));
            Value::Object(members.collect())
        }
    }
}

/// Counts verdicts, and fails once all were heard.
#[derive(Default)]
pub struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    disagreements: Vec<String>,
}

impl Tally {
    pub fn hear(&mut self, verdict: Result<Verdict, String>) {
        match verdict {
            Ok(verdict) => *self.verdicts.entry(verdict).or_default() += 1,
            Err(disagreement) => self.disagreements.push(disagreement),
        }
    }

    pub fn count(&self, wanted: Verdict) -> usize {
        self.verdicts.get(&wanted).copied().unwrap_or_default()
    }

    /// Prints the counts, and fails where the two disagreed.
    pub fn close(&self, title: &str) {
        let agreed: usize = self.verdicts.values().sum();
        println!("{title}: {agreed} judged alike, {:?}", self.verdicts);
        for disagreement in self.disagreements.iter().take(20) {
            println!("  {disagreement}");
        }
        let wrong = self.disagreements.len();
        assert_eq!(wrong, 0, "{title}: {wrong} of {}", agreed + wrong);
    }
}

#[test]
fn every_exception_is_one() {
    for exception in EXCEPTIONS {
        let verdict = Judge::of(exception.kind).judge(&(exception.example)());
        assert_eq!(verdict, Ok(Verdict::Excepted(exception.name)));
    }
}

#[test]
fn a_disagreement_is_noticed() {
    let mut judge = Judge::of("contract");
    let mut schema = judge.kind.schema();
    schema["required"] = json!(["schema"]);
    judge.schema = jsonschema::draft202012::new(&schema).unwrap();
    let lacks_owner = json!({ "schema": "a", "version": "1.0.0", "fields": [] });
    assert!(judge.judge(&lacks_owner).is_err());
    schema["required"] = json!(["schema", "domain"]);
    judge.schema = jsonschema::draft202012::new(&schema).unwrap();
    assert!(judge.judge(&contract("owner", json!("b"))).is_err());
}
