//! A contract and a book in, what Cedar's own tools need to judge the one by the other out.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cedar_policy::{Entities, Request};
use meshlaw_contract::model::Contract;
use serde_json::{Value, json};

use crate::book::Book;
use crate::clause::Clauses;
use crate::judge::Judge;
use crate::policy::Policy;
use crate::schema::VOCABULARY;
use crate::subject::Subject;
use crate::view::Identity;
use crate::world::World;

/// Everything about one contract, in the forms of the `cedar` program.
#[derive(Debug)]
pub struct Export {
    /// The base permit and the policies that hold for the contract, each with its id as `@id`.
    pub policies: String,
    /// The schema.
    pub schema: &'static str,
    /// All entities, as JSON.
    pub entities: Value,
    /// Every question with the answer that meshlaw gives, as `cedar run-tests` takes it.
    pub tests: Value,
}

/// A question, and which policies fired.
struct Question {
    request: Value,
    entities: BTreeMap<String, Value>,
    fired: Vec<String>,
    failed: usize,
}

/// Writes down whether a contract may stand as it is.
///
/// # Errors
///
/// Fails where Cedar refuses to write down what it was asked.
pub fn export(
    book: &Book,
    contract: &Contract,
    identity: &Identity,
    world: &World,
) -> Result<Export, String> {
    let domains = [identity.domain.as_str()];
    let holds = |policy: &&Policy| policy.layer.holds_in(&domains);
    let mut clauses = BTreeMap::new();
    for policy in book.policies.iter().filter(holds) {
        clauses.insert(policy.id.as_str(), Clauses::of(policy)?);
    }
    let questions: RefCell<BTreeMap<String, Question>> = RefCell::default();
    let trouble: RefCell<Option<String>> = RefCell::default();
    let witness =
        |policy: &Policy, subject: &Subject<'_>, request: &Request, entities: &Entities| {
            let Some(clauses) = clauses.get(policy.id.as_str()) else {
                return;
            };
            let mut questions = questions.borrow_mut();
            let name = subject.uid().to_string();
            if !questions.contains_key(&name) {
                match Question::of(request, entities) {
                    Ok(question) => {
                        questions.insert(name.clone(), question);
                    }
                    Err(error) => {
                        trouble.borrow_mut().get_or_insert(error);
                    }
                }
            }
            let Some(question) = questions.get_mut(&name) else {
                return;
            };
            match clauses.trace(subject.pointer(), request, entities).fired {
                Ok(true) => question.fired.push(policy.id.to_string()),
                Ok(false) => {}
                Err(_) => question.failed += 1,
            }
        };
    let mut judge = Judge::plain(book, world)?.heard_by(&witness);
    judge.publish(contract, identity, &domains);
    drop(judge);
    if let Some(error) = trouble.into_inner() {
        return Err(error);
    }
    let mut entities = BTreeMap::new();
    let mut tests = Vec::new();
    for (name, mut question) in questions.into_inner() {
        let own: Vec<&Value> = question.entities.values().collect();
        question.fired.sort();
        tests.push(json!({
            "name": name,
            "request": question.request,
            "entities": own,
            "decision": if question.fired.is_empty() { "allow" } else { "deny" },
            "reason": question.fired,
            "num_errors": question.failed,
        }));
        entities.extend(question.entities);
    }
    let mut policies = "@id(\"base\")\npermit (principal, action, resource);\n".to_owned();
    for policy in book.policies.iter().filter(holds) {
        let text = policy.text.trim();
        if let Some(bundle) = &policy.bundle {
            policies.push_str(&format!("\n// from the bundle {bundle}"));
        }
        policies.push_str(&format!("\n@id(\"{}\")\n{text}\n", policy.id));
    }
    Ok(Export {
        policies,
        schema: VOCABULARY,
        entities: Value::Array(entities.into_values().collect()),
        tests: Value::Array(tests),
    })
}

impl Question {
    fn of(request: &Request, entities: &Entities) -> Result<Self, String> {
        let text = |uid: Option<&cedar_policy::EntityUid>| uid.map(ToString::to_string);
        let context = request.context().map(cedar_policy::Context::to_json_value);
        let context = context.transpose().map_err(|error| error.to_string())?;
        let written = entities
            .to_json_value()
            .map_err(|error| error.to_string())?;
        let all = written.as_array().into_iter().flatten();
        // The schema knows the actions, and does not want to be told of them again.
        let is_own = |(uid, _): &(&Value, &Value)| uid.get("type").is_none_or(|it| it != "Action");
        Ok(Self {
            request: json!({
                "principal": text(request.principal()),
                "action": text(request.action()),
                "resource": text(request.resource()),
                "context": context,
            }),
            entities: all
                .filter_map(|entity| Some((entity.get("uid")?, entity)))
                .filter(is_own)
                .map(|(uid, entity)| (uid.to_string(), entity.clone()))
                .collect(),
            fired: Vec::new(),
            failed: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BookFile, builtin_files};
    use cedar_policy::{Authorizer, Context, PolicySet, Schema};
    use meshlaw_contract::{Format, Limits, parse_contracts};

    const TEXT: &str = "schema: leads\nversion: 1.0.0\nowner: t\nclassification: restricted\nfields:\n\
                        \x20 - { name: id, type: string }\n\
                        \x20 - { name: mail, type: string, pii: contact, classification: public }\n\
                        \x20 - { name: BadName, type: decimal }\n";

    /// Cedar, told no more than what is written down, says the same of every question.
    #[test]
    fn cedar_agrees_with_what_is_written_down() {
        let text = "@severity(\"note\")\n@enforcement(\"shadow\")\n@message(\"m\")\n@help(\"h\")\n\
                    forbid (principal, action == Action::\"publish\", resource is Field)\n\
                    when { resource.type == DataType::\"decimal\" && resource in Domain::\"sales\" };\n";
        let file = |path: &str| BookFile {
            path: path.to_owned(),
            text: text.to_owned().into(),
        };
        let own = [
            file("domains/sales/a/policy.cedar"),
            file("domains/other/a/policy.cedar"),
        ];
        let book = Book::load(&builtin_files(), &own).unwrap();
        let parsed = parse_contracts(TEXT, Format::Native, &Limits::default()).remove(0);
        let contract = parsed.value.unwrap();
        let identity = Identity {
            domain: "sales".to_owned(),
            name: "leads".to_owned(),
            path: "p".to_owned(),
        };
        let world = World::empty(jiff::civil::date(2026, 11, 23));
        let export = export(&book, &contract, &identity, &world).unwrap();
        let (schema, _) = Schema::from_cedarschema_str(export.schema).unwrap();
        let numbered: PolicySet = export.policies.parse().unwrap();
        let named = numbered.policies().map(|policy| {
            let id = policy.annotation("id").unwrap();
            policy.new_id(cedar_policy::PolicyId::new(id))
        });
        let set = PolicySet::from_policies(named).unwrap();
        assert!(!export.policies.contains("domains/other"));
        // What is told of all questions together is as good as what is told of each.
        let all = Entities::from_json_value(export.entities.clone(), Some(&schema)).unwrap();
        let mut fired = 0;
        for test in export.tests.as_array().unwrap() {
            let part = |name: &str| test["request"][name].as_str().unwrap().parse().unwrap();
            let context = test["request"]["context"].clone();
            let action = part("action");
            let context = Context::from_json_value(context, Some((&schema, &action))).unwrap();
            let request = Request::new(
                part("principal"),
                action,
                part("resource"),
                context,
                Some(&schema),
            );
            let request = request.unwrap();
            let own = Entities::from_json_value(test["entities"].clone(), Some(&schema)).unwrap();
            for entities in [&own, &all] {
                let response = Authorizer::new().is_authorized(&request, &set, entities);
                let reasons = response.diagnostics().reason();
                let mut reasons: Vec<String> = reasons.map(ToString::to_string).collect();
                reasons.retain(|one| one != "base");
                reasons.sort();
                let expected: Vec<&str> = test["reason"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one.as_str().unwrap())
                    .collect();
                assert_eq!(reasons, expected, "{}", test["name"]);
                fired += reasons.len();
            }
        }
        assert!(fired >= 10, "{fired}");
    }
}
