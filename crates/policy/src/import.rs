//! A test in the form of Cedar's `run-tests` in, what the book says otherwise out.
//!
//! The outcome is that of Cedar's own tool: the decision has to be the same, the reasons that are
//! named have to be among those found, and as many policies have to fail.

use std::collections::BTreeSet;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Response, Schema,
};
use meshlaw_contract::nearest;
use serde_json::Value;

use crate::book::Book;
use crate::schema::vocabulary;
use crate::slice::{Action, floor};

/// One test.
#[derive(Debug)]
pub struct CedarTest {
    request: Request,
    entities: Entities,
    decision: Decision,
    reason: Vec<String>,
    errors: usize,
}

/// Why the JSON of a test is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The keys that lead to the place.
    pub keys: Vec<&'static str>,
    /// What is wrong there.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// The keys of a test.
const KEYS: [&str; 6] = [
    "decision",
    "entities",
    "name",
    "num_errors",
    "reason",
    "request",
];

impl CedarTest {
    /// Reads a test; `entities` stand in for those of the test where it names a file of them.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where.
    pub fn read(test: &Value, entities: Option<Value>) -> Result<Self, Misread> {
        let schema = vocabulary().map_err(|error| misread(&[], error, ""))?;
        let decision = match text(test, &["decision"])? {
            "allow" => Decision::Allow,
            "deny" => Decision::Deny,
            other => {
                let message = format!("`{other}` is no decision");
                return Err(misread(&["decision"], message, "write `allow` or `deny`"));
            }
        };
        let request = request(test, schema)?;
        let entities = match entities {
            Some(entities) => entities,
            None => at(test, &["entities"])?.clone(),
        };
        let entities = Entities::from_json_value(entities, Some(schema)).map_err(|error| {
            misread(
                &["entities"],
                chain(&error),
                "write them as `meshlaw policy export` does",
            )
        })?;
        Ok(Self {
            request,
            entities,
            decision,
            reason: reasons(test)?,
            errors: count(test)?,
        })
    }

    /// Asks the book; returns what differs from what the test expects.
    ///
    /// # Errors
    ///
    /// Fails where Cedar refuses what was valid before.
    pub fn trouble(&self, book: &Book) -> Result<Option<String>, String> {
        let law = self.law(book)?;
        let response = Authorizer::new().is_authorized(&self.request, &law, &self.entities);
        let found: BTreeSet<String> = response
            .diagnostics()
            .reason()
            .map(ToString::to_string)
            .collect();
        if response.decision() != self.decision {
            let (expected, is) = (word(self.decision), word(response.decision()));
            let reasons = listed(&found);
            return Ok(Some(format!(
                "expected {expected}, found {is} by {reasons}"
            )));
        }
        let troubles: Vec<String> = [self.missing(&found, book), self.failures(&response)]
            .into_iter()
            .flatten()
            .collect();
        Ok((!troubles.is_empty()).then(|| troubles.join("; ")))
    }

    fn missing(&self, found: &BTreeSet<String>, book: &Book) -> Option<String> {
        let missing: Vec<&String> = self
            .reason
            .iter()
            .filter(|one| !found.contains(*one))
            .collect();
        let first = missing.first()?;
        let unknown = missing.iter().find(|one| {
            let id = one.as_str();
            id != "base" && book.get(id).is_none()
        });
        let near = unknown.map(|id| {
            let ids = book.policies.iter().map(|policy| policy.id.as_str());
            match nearest(id, ids) {
                Some(near) => format!("; there is no policy `{id}`, did you mean `{near}`?"),
                None => format!("; there is no policy `{id}`"),
            }
        });
        let more = match missing.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "expected the reason `{first}`{more}, found {}{}",
            listed(found),
            near.unwrap_or_default()
        ))
    }

    fn failures(&self, response: &Response) -> Option<String> {
        let found: Vec<String> = response
            .diagnostics()
            .errors()
            .map(ToString::to_string)
            .collect();
        (found.len() != self.errors).then(|| {
            let (expected, is) = (self.errors, found.len());
            let mut told = format!("expected {expected} policies to fail, found {is}");
            if !found.is_empty() {
                told = format!("{told}: {}", found.join(", "));
            }
            told
        })
    }

    /// The policies that hold for whom and what the test is about, over the floor of its action.
    fn law(&self, book: &Book) -> Result<PolicySet, String> {
        let parties = [self.request.principal(), self.request.resource()];
        let mut domains = BTreeSet::new();
        for party in parties.into_iter().flatten() {
            let around = self.entities.ancestors(party).into_iter().flatten();
            let is_domain = |one: &&EntityUid| one.type_name().to_string() == "Domain";
            domains.extend(
                around
                    .filter(is_domain)
                    .map(|one| one.id().unescaped().to_owned()),
            );
        }
        let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
        let mut law = floor(self.action(), &self.request)?;
        for policy in book
            .policies
            .iter()
            .filter(|one| one.layer.holds_in(&domains))
        {
            law.add(policy.cedar.get()?.clone())
                .map_err(|error| error.to_string())?;
        }
        Ok(law)
    }

    fn action(&self) -> Option<Action> {
        let uid = self.request.action()?;
        let name: &str = uid.id().unescaped();
        Action::ALL.into_iter().find(|action| action.name() == name)
    }
}

fn request(test: &Value, schema: &Schema) -> Result<Request, Misread> {
    let uid = |key: &'static str| -> Result<EntityUid, Misread> {
        let keys = ["request", key];
        let written = text(test, &keys)?;
        written.parse().map_err(|error| {
            let help = "write a type and an id, as in `Team::\"sales-team\"`";
            misread(&keys, format!("`{written}` is no entity: {error}"), help)
        })
    };
    let (principal, action, resource) = (uid("principal")?, uid("action")?, uid("resource")?);
    let keys = ["request", "context"];
    let context = at(test, &keys)?.clone();
    let help = "look the words up in the vocabulary: `meshlaw explain vocabulary`";
    let context = Context::from_json_value(context, Some((schema, &action)))
        .map_err(|error| misread(&keys, chain(&error), help))?;
    Request::new(principal, action, resource, context, Some(schema))
        .map_err(|error| misread(&["request"], chain(&error), help))
}

fn reasons(test: &Value) -> Result<Vec<String>, Misread> {
    let wrong = || {
        misread(
            &["reason"],
            "this is no list of policy ids",
            "write `[]`, or ids in quotes",
        )
    };
    let list = at(test, &["reason"])?.as_array().ok_or_else(wrong)?;
    let text = |one: &Value| one.as_str().map(str::to_owned).ok_or_else(wrong);
    list.iter().map(text).collect()
}

fn count(test: &Value) -> Result<usize, Misread> {
    let number = at(test, &["num_errors"])?.as_u64();
    let number = number.and_then(|number| usize::try_from(number).ok());
    let wrong = || {
        misread(
            &["num_errors"],
            "this is no number of errors",
            "write `0`, or how many policies fail",
        )
    };
    number.ok_or_else(wrong)
}

fn text<'v>(test: &'v Value, keys: &[&'static str]) -> Result<&'v str, Misread> {
    let wrong = || misread(keys, "this is no text", "write it in quotes");
    at(test, keys)?.as_str().ok_or_else(wrong)
}

fn at<'v>(test: &'v Value, keys: &[&'static str]) -> Result<&'v Value, Misread> {
    let mut value = test;
    for (depth, key) in keys.iter().enumerate() {
        let above = keys.get(..depth).unwrap_or_default();
        let Some(entries) = value.as_object() else {
            let message = "this is no test: it has no keys";
            return Err(misread(above, message, FORM));
        };
        value = entries.get(*key).ok_or_else(|| {
            let mut strangers = entries.keys().filter(|one| !KEYS.contains(&one.as_str()));
            let near = strangers.find(|one| nearest(one, [*key]).is_some());
            let help = match near {
                Some(near) => format!("`{near}` stands there; did you mean `{key}`?"),
                None => FORM.to_owned(),
            };
            misread(above, format!("the test lacks `{key}`"), help)
        })?;
    }
    Ok(value)
}

const FORM: &str = "write it as `meshlaw policy export CONTRACT` does";

fn misread(keys: &[&'static str], message: impl Into<String>, help: impl Into<String>) -> Misread {
    Misread {
        keys: keys.to_vec(),
        message: message.into(),
        help: help.into(),
    }
}

/// Joins an error with what lies behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        let cause_told = cause.to_string();
        if !told.contains(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        behind = cause.source();
    }
    told
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Deny => "deny",
    }
}

fn listed(ids: &BTreeSet<String>) -> String {
    if ids.is_empty() {
        return "no policy".to_owned();
    }
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}
