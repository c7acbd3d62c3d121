//! A decision in, a line of the log out, and back: versioned types of its own.

use meshlaw_diff::{Bump, Grade};
use meshlaw_policy::{
    AskedChange, AskedPlea, AskedUse, Asking, Cited, Decision, Identity, Named, Role,
};
use meshlaw_report::{Enforcement, Severity};
use serde::{Deserialize, Serialize};

/// Version of the lines.
pub const FORMAT: u32 = 1;

/// One line of a log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub enum Line {
    /// The first one.
    Head(Box<Head>),
    /// A request.
    Request(Box<Request>),
    /// The last one.
    End(End),
}

/// What a log is of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Version of the lines.
    pub format: u32,
    /// Version of meshlaw.
    pub meshlaw: String,
    /// The command.
    pub command: String,
    /// The date that was taken for today.
    pub as_of: String,
    /// Whose law it was: a commit, or `worktree`.
    pub law: String,
    /// There was no law yet, so that what is built in only advised.
    pub bootstrap: bool,
    /// The commit that was compared with.
    pub base: Option<String>,
    /// What was judged: a commit, `staged` or `worktree`.
    pub head: String,
    /// Hash of the policies.
    pub policies: String,
    /// Hash of the settings.
    pub settings: String,
    /// Teams that agreed to the change, sorted.
    pub approved_by: Vec<String>,
}

/// How a log ends; one without was cut off.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// How many requests there are.
    pub requests: u64,
}

/// A request and its answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    action: String,
    principal: Entity,
    resource: Entity,
    contract: String,
    domain: String,
    pointer: Vec<String>,
    layers: Vec<String>,
    decision: Answer,
    policies: Vec<String>,
    errors: Vec<String>,
    inputs: Vec<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiver: Option<Plea>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entity {
    #[serde(rename = "type")]
    of: String,
    id: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Allow,
    Deny,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    role: InputRole,
    path: String,
    blob: String,
    line: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum InputRole {
    Base,
    Head,
    Principal,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    rule: String,
    impact: String,
    consumers_grade: String,
    producers_grade: String,
    required: String,
    declared: String,
    consumers: Vec<Affected>,
    noticed: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Affected {
    consumer: String,
    owner: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    consumer: String,
    number: usize,
    domain: Option<String>,
    has_contact: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plea {
    waiver: String,
    policy: String,
    rule: Option<String>,
    severity: String,
    enforcement: String,
    renewals: i64,
    waivers_in_domain: i64,
}

impl Request {
    /// Writes a decision down.
    pub fn of(decision: Decision) -> Self {
        let (mut change, mut usage, mut waiver) = (None, None, None);
        match decision.asking {
            Asking::Publish => {}
            Asking::Change(asked) => change = Some(Change::of(asked)),
            Asking::Consume(asked) => {
                usage = Some(Usage {
                    consumer: asked.consumer,
                    number: asked.number,
                    domain: asked.domain,
                    has_contact: asked.has_contact,
                });
            }
            Asking::Waive(asked) => {
                waiver = Some(Plea {
                    waiver: asked.waiver,
                    policy: asked.policy,
                    rule: asked.rule,
                    severity: asked.severity.to_string(),
                    enforcement: asked.enforcement.to_string(),
                    renewals: asked.renewals,
                    waivers_in_domain: asked.in_domain,
                });
            }
        }
        Self {
            action: decision.action,
            principal: Entity::of(decision.principal),
            resource: Entity::of(decision.resource),
            contract: decision.contract.id(),
            domain: decision.contract.domain,
            pointer: decision.pointer,
            layers: decision.domains,
            decision: if decision.is_allowed {
                Answer::Allow
            } else {
                Answer::Deny
            },
            policies: decision.policies,
            errors: decision.failed,
            inputs: decision.cited.iter().map(Input::of).collect(),
            change,
            usage,
            waiver,
        }
    }

    /// Reads the decision back; says what keeps it from being one.
    pub fn decision(self) -> Result<Decision, String> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_hash = |text: &str| text.len() == 40 && text.bytes().all(is_digit);
        if let Some(input) = self.inputs.iter().find(|one| !is_hash(&one.blob)) {
            return Err(format!("`{}` is not the hash of a document", input.blob));
        }
        let of_contract = self.inputs.iter();
        let mut of_contract = of_contract.filter(|one| !matches!(one.role, InputRole::Principal));
        let path = of_contract.next_back().map(|one| one.path.clone());
        let path = match path {
            Some(path) => path,
            // A waiver may speak of the floor, which is no contract and stands in no document.
            None if self.waiver.is_some() => String::new(),
            None => return Err("it names no input that the contract stands in".to_owned()),
        };
        let name = self.contract.strip_prefix(&self.domain);
        let name = name.and_then(|rest| rest.strip_prefix('/'));
        let name = name.ok_or("the contract is not one of the domain")?;
        let asking = match (self.action.as_str(), self.change, self.usage, self.waiver) {
            ("publish", None, None, None) => Asking::Publish,
            ("changeSafe" | "changeRisky" | "changeBreaking", Some(change), None, None) => {
                Asking::Change(change.asked()?)
            }
            ("consume", None, Some(usage), None) => Asking::Consume(AskedUse {
                consumer: usage.consumer,
                number: usage.number,
                domain: usage.domain,
                has_contact: usage.has_contact,
            }),
            ("waive", None, None, Some(plea)) => Asking::Waive(plea.asked()?),
            (action, ..) => return Err(format!("it does not say what `{action}` needs")),
        };
        Ok(Decision {
            principal: self.principal.named(),
            resource: self.resource.named(),
            contract: Identity {
                domain: self.domain.clone(),
                name: name.to_owned(),
                path,
            },
            action: self.action,
            domains: self.layers,
            asking,
            pointer: self.pointer,
            is_allowed: matches!(self.decision, Answer::Allow),
            policies: self.policies,
            failed: self.errors,
            cited: self.inputs.into_iter().map(Input::cited).collect(),
        })
    }
}

impl Entity {
    fn of(named: Named) -> Self {
        Self {
            of: named.of,
            id: named.id,
        }
    }

    fn named(self) -> Named {
        Named {
            of: self.of,
            id: self.id,
        }
    }
}

impl Input {
    fn of(cited: &Cited) -> Self {
        Self {
            role: match cited.role {
                Role::Base => InputRole::Base,
                Role::Head => InputRole::Head,
                Role::Principal => InputRole::Principal,
            },
            path: cited.path.clone(),
            blob: cited.blob.clone(),
            line: cited.line,
        }
    }

    fn cited(self) -> Cited {
        Cited {
            role: match self.role {
                InputRole::Base => Role::Base,
                InputRole::Head => Role::Head,
                InputRole::Principal => Role::Principal,
            },
            path: self.path,
            blob: self.blob,
            line: self.line,
        }
    }
}

impl Change {
    fn of(asked: AskedChange) -> Self {
        let affected = |(consumer, owner)| Affected { consumer, owner };
        Self {
            rule: asked.rule,
            impact: asked.impact.to_string(),
            consumers_grade: asked.grades.0.to_string(),
            producers_grade: asked.grades.1.to_string(),
            required: asked.required.to_string(),
            declared: asked.declared.to_string(),
            consumers: asked.consumers.into_iter().map(affected).collect(),
            noticed: asked.noticed.map(|date| date.to_string()),
        }
    }

    fn asked(self) -> Result<AskedChange, String> {
        let consumers = self.consumers.into_iter();
        Ok(AskedChange {
            rule: self.rule,
            impact: word(Grade::parse, &self.impact)?,
            grades: (
                word(Grade::parse, &self.consumers_grade)?,
                word(Grade::parse, &self.producers_grade)?,
            ),
            required: word(Bump::parse, &self.required)?,
            declared: word(Bump::parse, &self.declared)?,
            consumers: consumers.map(|one| (one.consumer, one.owner)).collect(),
            noticed: match self.noticed {
                None => None,
                Some(date) => Some(word(|text| text.parse().ok(), &date)?),
            },
        })
    }
}

impl Plea {
    fn asked(self) -> Result<AskedPlea, String> {
        let severities = [Severity::Note, Severity::Warning, Severity::Error];
        let severity = |text: &str| severities.into_iter().find(|one| one.as_str() == text);
        let enforcements = [
            Enforcement::Shadow,
            Enforcement::Advisory,
            Enforcement::Soft,
            Enforcement::Hard,
        ];
        let enforcement = |text: &str| enforcements.into_iter().find(|one| one.as_str() == text);
        Ok(AskedPlea {
            waiver: self.waiver,
            policy: self.policy,
            rule: self.rule,
            severity: word(severity, &self.severity)?,
            enforcement: word(enforcement, &self.enforcement)?,
            renewals: self.renewals,
            in_domain: self.waivers_in_domain,
        })
    }
}

fn word<T>(parse: impl Fn(&str) -> Option<T>, text: &str) -> Result<T, String> {
    parse(text).ok_or_else(|| format!("`{text}` is not a word of this log"))
}
