//! The short cut of the judge, held against asking Cedar every time.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use meshlaw_contract::model::Contract;
use meshlaw_contract::{Format, Limits, parse_contracts, parse_terms};
use meshlaw_policy::{
    Book, BookFile, Glossary, Identity, Judge, Meaning, Memory, Team, World, builtin_files,
};
use proptest::prelude::*;

/// Conditions over a field, each valid where it stands; some fail when they are evaluated.
const OF_FIELDS: &[&str] = &[
    "resource has pii",
    "resource has pii && resource.pii == \"contact\"",
    "resource has pii && resource.pii like \"c*\"",
    "resource.isMasked || resource.isEncrypted",
    "resource.nameTokens.contains(\"email\")",
    "resource.nameTokens.containsAny([\"id\", \"tax\"])",
    "resource.type == DataType::\"string\"",
    "resource has classificationRank && resource.classificationRank >= 2",
    "resource has classification && resource.classification == Classification::\"restricted\"",
    "resource.contract has description",
    "resource.contract has owner && resource.contract.owner == \"sales-team\"",
    "resource.contract.ownerIsKnown",
    "resource.contract.tags.contains(\"core\")",
    "resource.contract.fieldCount > 3",
    "resource.contract.piiFields.containsAll(resource.contract.unprotectedPiiFields)",
    "resource.contract.hasTag(\"tier\") && resource.contract.getTag(\"tier\") == \"gold\"",
    "resource.dataset.hasKey",
    "resource.dataset.contract == Contract::\"sales/a\"",
    "resource.contract == Contract::\"sales/a\"",
    "resource in Contract::\"sales/b\"",
    "resource in Domain::\"sales\"",
    "resource in Product::\"journey\"",
    "resource == Field::\"[\\\"sales/a\\\",\\\"fields\\\",\\\"email\\\"]\"",
    "principal.isKnown",
    "principal.roles.contains(\"privacy\")",
    "principal == Team::\"sales-team\"",
    "context.parameters.noticeDays == 30",
    "context.asOf > datetime(\"2026-01-01\")",
    "if resource.isRequired then resource has description else resource.isNested",
    "resource.contract.fieldCount * 4611686018427387904 > 0",
    "resource has precision && resource.precision - 3 > 0",
    "(if resource.isRequired then resource else resource).isMasked",
    "{a: resource}.a.isMasked",
    "{a: resource.contract}.a.ownerIsKnown",
    "{a: resource.isMasked, b: true}.a",
    "(if resource.isRequired then resource.contract else resource.contract).hasTag(\"tier\")",
    "(if resource.isRequired then resource else resource) has pii",
    "(if resource.isRequired then resource else resource) in Domain::\"sales\"",
    "resource has contract.version.major",
    "resource.contract has version && resource.contract.version.major > 1",
    "[resource.contract].contains(Contract::\"sales/a\")",
    "[principal].contains(Team::\"sales-team\")",
    "resource has \"pii\"",
    "resource[\"isMasked\"]",
    "resource is Field in Domain::\"sales\"",
    "resource is Field in Dataset::\"[\\\"sales/a\\\",\\\"datasets\\\",\\\"a\\\"]\"",
    "resource in [Product::\"journey\", Product::\"x\"]",
    "resource in resource.dataset",
    "resource.contract in resource.dataset.contract",
    "principal in Team::\"sales-team\"",
    "resource.contract is Contract in Product::\"journey\"",
    "resource.contract.hasTag(resource.name) && resource.contract.getTag(resource.name) == \"x\"",
    "resource.contract.hasTag(\"tier\") && resource.contract.getTag(\"tier\") like \"g*d\"",
    "resource.nameTokens == resource.contract.nameTokens || resource.tags.isEmpty()",
    "[\"contact\", \"none\"].containsAny(resource.contract.piiCategories)",
    "[\"contact\", \"none\"].containsAll(resource.contract.piiCategories)",
    "resource has pii && [\"contact\", \"none\"].contains(resource.pii)",
    "resource has pii && \"health\" != resource.pii",
    "resource has pii && resource.pii == resource.name",
    "resource.name like \"*_*\"",
    "resource.name like \"?a\\*b\" || resource.name like \"*x\"",
    "[\"email\", \"x\"].contains(resource.name)",
    "resource.nameTokens.containsAll([\"tax\", \"number\"])",
    "resource.nameTokens.isEmpty()",
    "resource.contract.piiFields.isEmpty() && resource.contract.tags.containsAny([\"core\"])",
    "resource.contract has owner && resource.contract.owner != \"sales-team\"",
    "principal.roles.isEmpty() || principal.name == \"x\"",
    "resource in Term::\"identifier\"",
    "resource is Field in Term::\"order_number\"",
    "resource in [Term::\"nothing\", Term::\"identifier\"]",
    "resource in (if resource.isRequired then Term::\"shade\" else Term::\"identifier\")",
    "(if resource.isRequired then resource else resource) in Term::\"identifier\"",
    "resource has term && resource.term == \"order_number\"",
    "resource.termIsKnown",
    "resource.termMismatches.isEmpty()",
    "resource.termMismatches.containsAny([\"type\", \"enum\"])",
    "resource.termMismatches == resource.leftToTerm",
    "resource.leftToTerm.contains(\"classification\")",
    "resource.statesZone",
    "resource.unitIsCurrency && resource has unit && resource.unit like \"E*\"",
];

const OF_DATASETS: &[&str] = &[
    "resource.hasKey",
    "resource.contract has owner",
    "resource.contract.undescribedFields.containsAll(resource.fields)",
    "resource in Contract::\"sales/a\"",
    "resource is Dataset in Product::\"journey\"",
    "resource == Dataset::\"[\\\"sales/a\\\",\\\"datasets\\\",\\\"a\\\"]\"",
    "resource.contract.hasTag(\"tier\")",
    "{a: resource.contract}.a.hasTag(\"tier\")",
    "resource.fieldCount * 4611686018427387904 > 0",
];

const OF_CONTRACTS: &[&str] = &[
    "resource has owner && resource.owner like \"sales*\"",
    "resource.hasTag(\"tier\") && resource.getTag(\"tier\") == \"gold\"",
    "(if resource.isDeprecated then resource else resource).hasTag(\"tier\")",
    "resource in Product::\"journey\"",
    "resource == Contract::\"sales/a\"",
    "resource has version.major && resource.version.major > 0",
    "resource.piiFields.containsAny(resource.unprotectedPiiFields)",
    "resource.fieldCount * 4611686018427387904 > 0",
    "principal.name == \"sales-team\" || resource has legalBasis",
];

const OF_ANYTHING: &[&str] = &[
    "resource.isSnakeCase",
    "resource has description",
    "resource in Domain::\"sales\"",
    "resource has classification && resource.classification == Classification::\"restricted\"",
];

const PARTS: [(&str, &[&str]); 4] = [
    ("resource is Field", OF_FIELDS),
    ("resource is Dataset", OF_DATASETS),
    ("resource is Contract", OF_CONTRACTS),
    ("resource", OF_ANYTHING),
];

const ACTIONS: &[&str] = &["action == Action::\"publish\"", "action"];

fn policy(index: usize, action: &str, resource: &str, conditions: &str) -> BookFile {
    let text = format!(
        "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"m\")\n@help(\"h\")\n\
         forbid (principal, {action}, {resource})\n{conditions};\n"
    );
    let layer = if index % 3 == 2 {
        "domains/sales"
    } else {
        "org/random"
    };
    BookFile {
        path: format!("{layer}/p{index}/policy.cedar"),
        text: text.into(),
    }
}

fn policies() -> impl Strategy<Value = Vec<BookFile>> {
    // Most policies speak of fields, since there the short cut has most to cut.
    let part = prop::sample::select(vec![
        PARTS[0], PARTS[0], PARTS[0], PARTS[1], PARTS[2], PARTS[3],
    ]);
    let one = part.prop_flat_map(|(resource, conditions)| {
        let pick = || prop::sample::select(conditions);
        let unless = prop::option::of(pick());
        (
            Just(resource),
            pick(),
            unless,
            prop::sample::select(ACTIONS),
        )
    });
    prop::collection::vec(one, 1..6).prop_map(|all| {
        let policy =
            |(index, (resource, when, unless, action)): (usize, (&str, &str, Option<&str>, _))| {
                let unless = unless
                    .map(|unless| format!("unless {{ {unless} }}"))
                    .unwrap_or_default();
                policy(
                    index,
                    action,
                    resource,
                    &format!("when {{ {when} }}\n{unless}"),
                )
            };
        all.into_iter().enumerate().map(policy).collect()
    })
}

fn fields() -> impl Strategy<Value = String> {
    let extra = prop::sample::subsequence(
        vec![
            "required: true",
            "pii: contact",
            "pii: health",
            "masking: hash",
            "encrypted: true",
            "classification: restricted",
            "description: what it is",
            "unique: true",
            "term: order_number",
            "term: order no",
            "term: shade",
            "term: unheard",
            "unit: EUR",
            "format: date-time",
            "enum: [red]",
        ],
        0..6,
    );
    let name = prop::sample::select(vec![
        "email",
        "order_id",
        "taxNumber",
        "required",
        "a.b",
        "x",
    ]);
    let ty = prop::sample::select(vec!["string", "integer", "uuid", "timestamp"]);
    let field = (name, ty, extra).prop_map(|(name, ty, mut extra)| {
        // A field has one category of personal data.
        if extra.contains(&"pii: contact") {
            extra.retain(|one| *one != "pii: health");
        }
        // And one term.
        let mut terms = 0;
        extra.retain(|one| {
            terms += usize::from(one.starts_with("term"));
            terms < 2 || !one.starts_with("term")
        });
        let extra: String = extra.iter().map(|one| format!(", {one}")).collect();
        (name, format!("{{ name: \"{name}\", type: {ty}{extra} }}"))
    });
    prop::collection::vec(field, 1..6).prop_map(|fields| {
        let unique: std::collections::BTreeMap<_, _> = fields.into_iter().collect();
        let inner: Vec<String> = unique.into_values().collect();
        let nested = format!(
            "{{ name: nest, type: object, fields: [{}] }}",
            inner.join(", ")
        );
        format!("fields: [{}, {nested}]\n", inner.join(", "))
    })
}

fn contract_text() -> impl Strategy<Value = String> {
    let lines = prop::sample::subsequence(
        vec![
            "description: orders\n",
            "owner: sales-team\n",
            "retention: 30 days\n",
            "deprecated: { sunset: 2027-01-01 }\n",
            "classification: confidential\n",
            "tags: [core]\n",
            "product: journey\n",
            "properties: { tier: gold }\n",
            "legal_basis: consent\n",
        ],
        0..9,
    );
    (lines, fields(), any::<bool>()).prop_map(|(lines, fields, is_listed)| {
        let fields = if is_listed {
            format!("datasets: [{{ name: a, {fields} }}, {{ name: b, {fields} }}]\n")
        } else {
            fields
        };
        lines.concat() + &fields + "\n"
    })
}

fn contract(name: &str, text: &str) -> Contract {
    let text = format!("schema: {name}\nversion: 1.0.0\n{text}");
    let parsed = parse_contracts(&text, Format::Native, &Limits::default()).remove(0);
    parsed.value.expect("a mapping")
}

fn world() -> World {
    let mut world = World::empty(jiff::civil::date(2026, 11, 23));
    world.teams.insert(
        "sales-team".to_owned(),
        Team {
            roles: ["privacy".to_owned()].into(),
        },
    );
    // Two kinds of term that lead to a wider one, and two that lead to each other.
    let glossary = "term: order_number\ndefinition: d\nowner: o\ntype: integer\nclassification: confidential\n\
                    synonyms: [order no]\nbroader: identifier\n\
                    ---\nterm: identifier\ndefinition: d\nowner: o\nbroader: name\n\
                    ---\nterm: name\ndefinition: d\nowner: o\nbroader: identifier\n\
                    ---\nterm: shade\ndefinition: d\nowner: o\nenum: [blue]\nunit: EUR\nbroader: identifier\n";
    let terms = parse_terms(glossary, &Limits::default()).into_iter();
    let terms = terms.filter_map(|parsed| parsed.value);
    world.glossary = Glossary::of(terms.map(|term| Meaning::of(&term)));
    assert_eq!(world.glossary.names().count(), 4);
    world
}

/// Returns what is said with short cuts, after making sure that a judge says it again who recalls
/// what the first decided.
fn with_short_cuts(book: &Book, world: &World, contracts: &[(Identity, Contract)]) -> Vec<String> {
    let memory = Memory::default();
    let judge = || Judge::new(book, world).unwrap().giving_reasons();
    let first = verdicts(&mut judge().with_memory(&memory), contracts);
    let page = memory
        .remembered()
        .map(|kept| postcard::to_stdvec(&kept).unwrap());
    let memory = Memory::recall(page.unwrap_or_default());
    let again = verdicts(&mut judge().with_memory(&memory), contracts);
    assert_eq!(first, again);
    assert_eq!(first, verdicts(&mut judge(), contracts));
    first
}

fn plainly(book: &Book, world: &World, contracts: &[(Identity, Contract)]) -> Vec<String> {
    let judge = Judge::plain(book, world).unwrap();
    verdicts(&mut judge.giving_reasons(), contracts)
}

/// What a judge says, as text that can be compared.
fn verdicts(judge: &mut Judge<'_>, contracts: &[(Identity, Contract)]) -> Vec<String> {
    let mut all = Vec::new();
    for (identity, contract) in contracts {
        for violation in judge.publish(contract, identity, &[&identity.domain]) {
            let (pointer, cause, facts) = (violation.pointer, violation.cause, violation.facts);
            let (contract, policy, why) = (identity.id(), &violation.policy.id, violation.why);
            all.push(format!(
                "{contract} {policy} {pointer:?} {cause:?} {facts:?} {why:?}"
            ));
        }
    }
    all.sort();
    all
}

fn identity(domain: &str, name: &str) -> Identity {
    let path = format!("domains/{domain}/{name}.contract.yaml");
    Identity {
        domain: domain.to_owned(),
        name: name.to_owned(),
        path,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_short_cut_is_the_plain_way(
        files in policies(),
        texts in prop::collection::vec(contract_text(), 2..5),
    ) {
        // What is not strictly valid never becomes law.
        let valid: Vec<_> = files
            .into_iter()
            .filter(|file| Book::load(&[], std::slice::from_ref(file)).is_ok())
            .collect();
        let book = Book::load(&[], &valid).unwrap();
        let world = world();
        // One judge hears both revisions of a contract, so one name stands for several texts.
        let names = [("sales", "a"), ("sales", "a"), ("finance", "a"), ("sales", "b")];
        let contracts: Vec<_> = names
            .iter()
            .zip(&texts)
            .map(|((domain, name), text)| (identity(domain, name), contract(name, text)))
            .collect();
        let shared = with_short_cuts(&book, &world, &contracts);
        let plain = plainly(&book, &world, &contracts);
        prop_assert_eq!(shared, plain);
    }

    #[test]
    fn the_built_in_policies_say_the_same_both_ways(
        texts in prop::collection::vec(contract_text(), 1..4),
    ) {
        let book = Book::load(&builtin_files(), &[]).unwrap();
        let world = world();
        let contracts: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let name = format!("c{index}");
                (identity("sales", &name), contract(&name, text))
            })
            .collect();
        let shared = with_short_cuts(&book, &world, &contracts);
        let plain = plainly(&book, &world, &contracts);
        prop_assert_eq!(shared, plain);
    }
}

#[test]
fn the_generated_policies_are_valid() {
    for (resource, conditions) in PARTS {
        for condition in conditions {
            let file = policy(0, ACTIONS[0], resource, &format!("when {{ {condition} }}"));
            let problems = Book::load(&[], &[file]).err();
            assert_eq!(problems, None, "{condition}");
        }
    }
}

/// Every condition alone, over texts that differ in one thing: what a policy reads by whatever
/// way, its verdict follows.
#[test]
fn every_condition_follows_what_it_reads() {
    let world = world();
    let mut texts = Vec::new();
    for top in [
        "",
        "owner: sales-team\n",
        "product: journey\n",
        "properties: { tier: gold, x: x }\n",
    ] {
        for more in [
            "",
            ", masking: hash",
            ", pii: contact",
            ", required: true",
            ", term: order no",
            ", term: shade, enum: [red]",
            ", term: identifier",
            ", term: unheard",
            ", unit: EUR",
        ] {
            let fields = format!("fields: [{{ name: x, type: string{more} }}]\n");
            texts.push((
                identity("sales", "a"),
                contract("a", &format!("{top}{fields}")),
            ));
        }
    }
    for (resource, conditions) in PARTS {
        for condition in conditions {
            let file = policy(0, ACTIONS[0], resource, &format!("when {{ {condition} }}"));
            let book = Book::load(&[], &[file]).unwrap();
            let shared = with_short_cuts(&book, &world, &texts);
            let plain = plainly(&book, &world, &texts);
            assert_eq!(shared, plain, "{condition}");
        }
    }
}

#[test]
fn a_policy_that_cannot_be_evaluated_is_never_silent() {
    use meshlaw_policy::Cause;
    let file = policy(
        0,
        ACTIONS[0],
        "resource is Field",
        "when { resource.contract.fieldCount * 4611686018427387904 > 0 }",
    );
    let book = Book::load(&[], &[file]).unwrap();
    let world = world();
    let contract = contract(
        "a",
        "fields: [{ name: x, type: string }, { name: y, type: string }]\n",
    );
    let mut judge = Judge::new(&book, &world).unwrap();
    let found = judge.publish(&contract, &identity("finance", "a"), &["finance"]);
    assert_eq!(found.len(), 2);
    for violation in found {
        assert!(
            matches!(violation.cause, Cause::Failed(_)),
            "{:?}",
            violation.cause
        );
        let origin = meshlaw_policy::Origin {
            identity: &identity("finance", "a"),
            owner: None,
            bootstrap: true,
            as_of: world.as_of,
        };
        let finding = meshlaw_policy::finding(&violation, origin, meshlaw_report::State::New);
        assert!(finding.blocks(meshlaw_report::Severity::Error, false));
    }
}
