//! The keys of the settings, each with what it means and where it goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use meshlaw_contract::lowering::{KeySpec, Keys, Lowering};
use meshlaw_contract::model::Compatibility;
use meshlaw_contract::{Limits, NodeRef, ProblemId, View, nearest};
use meshlaw_diff::{Grade, Overrule, catalogue};
use meshlaw_policy::{Parameters, Product};

use super::bundles::bundles;
use super::enforcement::rulings;
use super::packs::{is_pack, names};
use super::vocabulary::VOCABULARY;
use super::{
    DomainSettings, GlossarySettings, ReviewFile, Settings, TeamSettings, VersionSettings,
};
use crate::findings;

/// The keys of the settings.
pub const SETTINGS: Keys<Settings> = Keys::new(
    "settings file",
    &[
        KeySpec {
            key: "bundles",
            expects: "a list of bundles",
            doc: "Signed floors of other repositories that hold here, too: each with its `path`, the `hash` by which it is pinned and the `keys` of which one signed it.",
            set: |settings, node, low| settings.bundles = bundles(low, node),
        },
        KeySpec {
            key: "codeowners",
            expects: "a path, or `off`",
            doc: "The file that says who reviews which paths; `off` for none. Left out, `.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS` or `.gitlab/CODEOWNERS`, the first that is there. Its teams exist as much as those of `teams`, without roles.",
            set: |settings, node, low| {
                if let Some(path) = low.text(node) {
                    settings.codeowners = match path.as_str() {
                        "off" => ReviewFile::Off,
                        path => ReviewFile::At(path.trim_start_matches('/').to_owned()),
                    };
                }
            },
        },
        KeySpec {
            key: "compatibility",
            expects: "a compatibility mode",
            doc: "Who must not break when a contract changes, where the contract does not say: `consumers`, `producers`, `full` or `none`.",
            set: |settings, node, low| {
                if let Some(mode) = compatibility(low, node) {
                    settings.compatibility = mode;
                }
            },
        },
        KeySpec {
            key: "consumers",
            expects: "a list of globs",
            doc: "Where consumer files are.",
            set: |settings, node, low| settings.consumers = low.texts(node),
        },
        KeySpec {
            key: "contracts",
            expects: "a list of globs",
            doc: "Where contracts are.",
            set: |settings, node, low| settings.contracts = low.texts(node),
        },
        KeySpec {
            key: "domains",
            expects: "a mapping of domains",
            doc: "The domains: each with its `owner`, the number of `waivers` that it may hold at once and, where its contracts lie elsewhere than in `domains/<domain>/`, the globs of its `paths`.",
            set: |settings, node, low| {
                settings.domains = low.free_map(node, |low, node| {
                    let mut domain = DomainSettings::default();
                    low.mapping(node, &DOMAIN, &mut domain).then_some(domain)
                });
            },
        },
        KeySpec {
            key: "enforcement",
            expects: "a mapping of policies and packs",
            doc: "Another enforcement than a policy's own, for a reason: each policy such as `org/privacy/pii-masked`, or pack such as `org/quality` or `domains/sales`, with what it `is`, the `reason` and, if it ends, `until` when. What names less goes before what names more: a policy before `starter`, that before a group, a group before `org`.",
            set: |settings, node, low| settings.enforcement = rulings(low, node),
        },
        KeySpec {
            key: "extends",
            expects: "a list of packs",
            doc: "Built-in policies to start from: `org` for all, a group such as `org/privacy`, or `starter` for a few that nobody regrets. Left out, all of them hold as long as `policies/org/` is empty.",
            set: |settings, node, low| {
                settings.extends = Some(low.list(node, pack));
            },
        },
        KeySpec {
            key: "glossary",
            expects: "a mapping",
            doc: "Which names of fields are held against each other where contracts define them without a term: `compare` and `ignore`.",
            set: |settings, node, low| {
                low.mapping(node, &GLOSSARY, &mut settings.glossary);
            },
        },
        KeySpec {
            key: "grades",
            expects: "a mapping of rules",
            doc: "The organisation's own grades of breaking-change rules: each rule id with `consumers` and `producers` as `safe`, `risky` or `breaking`.",
            set: |settings, node, low| {
                settings.grades = low.free_map(node, |low, node| {
                    let mut overrule = Overrule::default();
                    low.mapping(node, &GRADES, &mut overrule)
                        .then_some(overrule)
                });
                check_rules(low, node);
            },
        },
        KeySpec {
            key: "levels",
            expects: "a mapping of findings",
            doc: "How loudly findings that are not a policy's speak: each id with `off`, `warn` or `error`.",
            set: |settings, node, low| {
                settings.levels = low.free_map(node, |low, node| low.one_of(node));
                check_known(
                    low,
                    node,
                    "finding",
                    findings::IDS.iter().map(|(id, _)| *id),
                );
            },
        },
        KeySpec {
            key: "limits",
            expects: "a mapping",
            doc: "What is spent on one file: `bytes`, `depth` and `nodes`.",
            set: |settings, node, low| {
                low.mapping(node, &LIMITS, &mut settings.limits);
            },
        },
        KeySpec {
            key: "parameters",
            expects: "a mapping",
            doc: "Numbers and names that policies read, such as `notice_days`, `max_retention_days` and `regions`; see below.",
            set: |settings, node, low| {
                low.mapping(node, &PARAMETERS, &mut settings.parameters);
            },
        },
        KeySpec {
            key: "policies",
            expects: "text",
            doc: "Folder of the organisation's own policies.",
            set: |settings, node, low| {
                if let Some(folder) = low.text(node) {
                    settings.policies = folder.trim_matches('/').to_owned();
                }
            },
        },
        KeySpec {
            key: "products",
            expects: "a mapping of products",
            doc: "The data products: each with its `owner`, the `domain` that it belongs to and a `description`. A contract belongs to one by its `product`.",
            set: |settings, node, low| settings.products = products(low, node),
        },
        KeySpec {
            key: "properties_schema",
            expects: "text",
            doc: "JSON Schema that the free `properties` of contracts are checked against.",
            set: |settings, node, low| settings.properties_schema = low.text(node),
        },
        KeySpec {
            key: "teams",
            expects: "a mapping of teams",
            doc: "The teams: each with ways to reach it (`github`, `slack`, `email`, `webhook`) and its `roles`.",
            set: |settings, node, low| settings.teams = Arc::new(teams(low, node)),
        },
        KeySpec {
            key: "terms",
            expects: "a list of globs",
            doc: "Where glossary files are.",
            set: |settings, node, low| settings.terms = low.texts(node),
        },
        KeySpec {
            key: "versions",
            expects: "a mapping",
            doc: "How contracts number their versions, where a domain does not say: the `scheme`.",
            set: |settings, node, low| {
                low.mapping(node, &VERSIONS, &mut settings.versions);
            },
        },
        KeySpec {
            key: "vocabulary",
            expects: "a mapping",
            doc: "What the organisation writes where a standard leaves the words free: `status`, `classification`, `sla` and `roles`.",
            set: |settings, node, low| {
                low.mapping(node, &VOCABULARY, &mut settings.vocabulary);
            },
        },
        KeySpec {
            key: "waivers",
            expects: "a list of globs",
            doc: "Where waiver files are.",
            set: |settings, node, low| settings.waivers = low.texts(node),
        },
    ],
);

/// The keys of a domain.
pub const DOMAIN: Keys<DomainSettings> = Keys::new(
    "domain",
    &[
        KeySpec {
            key: "owner",
            expects: "text",
            doc: "Team that answers for the domain.",
            set: |domain, node, low| domain.owner = low.text(node),
        },
        KeySpec {
            key: "paths",
            expects: "a list of globs",
            doc: "Further files that are the domain's.",
            set: |domain, node, low| domain.paths = low.texts(node),
        },
        KeySpec {
            key: "versions",
            expects: "a mapping",
            doc: "How the domain's contracts number their versions: the `scheme`.",
            set: |domain, node, low| {
                low.mapping(node, &VERSIONS, &mut domain.versions);
            },
        },
        KeySpec {
            key: "waivers",
            expects: "a whole number from 0",
            doc: "Most waivers that may stand for its contracts at once; left out, `max_domain_waivers` of the parameters.",
            set: |domain, node, low| domain.waivers = whole(low, node),
        },
    ],
);

/// The keys of which names are compared.
pub const GLOSSARY: Keys<GlossarySettings> = Keys::new(
    "list of names",
    &[
        KeySpec {
            key: "compare",
            expects: "a list of texts",
            doc: "Names that are compared, too. By themselves those are that end in a word such as `id`, `code`, `key` or `number`, and those with allowed values, a unit or a format of anything but times; `status` and other names that everybody has are not.",
            set: |glossary, node, low| glossary.compare = low.texts(node),
        },
        KeySpec {
            key: "ignore",
            expects: "a list of texts",
            doc: "Names that mean different things on purpose.",
            set: |glossary, node, low| glossary.ignore = low.texts(node),
        },
    ],
);

/// The keys of how versions are numbered.
pub const VERSIONS: Keys<VersionSettings> = Keys::new(
    "way of numbering versions",
    &[
        KeySpec {
            key: "released",
            expects: "`branch` or `tags`",
            doc: "What makes a version a released one, whose content stands for good. `branch`: that the target branch has it, so that every change asks for a later version. `tags`: that the latest tag before has it, so that versions are raised once between two tags, by what changed since. Left out, `branch`.",
            set: |versions, node, low| versions.released = low.one_of(node),
        },
        KeySpec {
            key: "scheme",
            expects: "`semantic`, `calendar`, `integer` or `any`",
            doc: "`semantic`: three numbers such as `2.1.0`. `calendar`: a date or a month such as `2026-11-23`, `2026.11` or `2026.11.2`. `integer`: a whole number such as `7`. `any`: whatever a contract began with. Left out, `semantic`. Whatever changes asks a date or a whole number to be raised; a date has no major step, so a break then needs a contract of another name, or a policy that lets it pass.",
            set: |versions, node, low| versions.scheme = low.one_of(node),
        },
    ],
);

/// The keys of a team.
pub const TEAM: Keys<TeamSettings> = Keys::new(
    "team",
    &[
        KeySpec {
            key: "email",
            expects: "text",
            doc: "E-mail address.",
            set: |team, node, low| team.notify.email = low.text(node),
        },
        KeySpec {
            key: "github",
            expects: "text",
            doc: "GitHub team, such as `@org/team`.",
            set: |team, node, low| team.notify.github = low.text(node),
        },
        KeySpec {
            key: "roles",
            expects: "a list of texts",
            doc: "What the team may do for others, such as `privacy` or `governance`; policies read it.",
            set: |team, node, low| team.roles = low.text_set(node),
        },
        KeySpec {
            key: "slack",
            expects: "text",
            doc: "Slack channel.",
            set: |team, node, low| team.notify.slack = low.text(node),
        },
        KeySpec {
            key: "webhook",
            expects: "text",
            doc: "Address that takes events.",
            set: |team, node, low| team.notify.webhook = low.text(node),
        },
    ],
);

/// The keys of the parameters.
pub const PARAMETERS: Keys<Parameters> = Keys::new(
    "list of parameters",
    &[
        KeySpec {
            key: "legal_bases",
            expects: "a list of texts",
            doc: "Reasons for which personal data may be processed, as contracts write them.",
            set: |parameters, node, low| parameters.legal_bases = low.text_set(node),
        },
        KeySpec {
            key: "max_freshness",
            expects: "a duration",
            doc: "Oldest that data of an active contract may promise to be.",
            set: |parameters, node, low| {
                if let Some(duration) = low.duration(node) {
                    parameters.max_freshness = duration;
                }
            },
        },
        KeySpec {
            key: "max_domain_waivers",
            expects: "a whole number from 0",
            doc: "Most waivers that may stand for the contracts of one domain at once, where the domain does not say; left out, any number.",
            set: |parameters, node, low| parameters.max_domain_waivers = whole(low, node),
        },
        KeySpec {
            key: "max_error_waiver_days",
            expects: "a whole number from 0",
            doc: "Most days from today to the end of a waiver for an error; left out, `max_waiver_days`.",
            set: |parameters, node, low| parameters.max_error_waiver_days = whole(low, node),
        },
        KeySpec {
            key: "max_retention_days",
            expects: "a whole number from 0",
            doc: "Most days for which personal data may be kept.",
            set: |parameters, node, low| days(low, node, &mut parameters.max_retention_days),
        },
        KeySpec {
            key: "max_use_days",
            expects: "a whole number from 0",
            doc: "Most days from today to the last day on which a consumer uses restricted data.",
            set: |parameters, node, low| days(low, node, &mut parameters.max_use_days),
        },
        KeySpec {
            key: "max_waiver_days",
            expects: "a whole number from 0",
            doc: "Most days from today to the end of a waiver.",
            set: |parameters, node, low| days(low, node, &mut parameters.max_waiver_days),
        },
        KeySpec {
            key: "min_availability",
            expects: "a percentage",
            doc: "Least availability that an active contract may promise.",
            set: |parameters, node, low| {
                if let Some(share) = low.percentage(node) {
                    parameters.min_availability = share;
                }
            },
        },
        KeySpec {
            key: "max_waiver_renewals",
            expects: "a whole number from 0",
            doc: "Most times in a row that a waiver for the same is renewed.",
            set: |parameters, node, low| days(low, node, &mut parameters.max_waiver_renewals),
        },
        KeySpec {
            key: "notice_days",
            expects: "a whole number from 0",
            doc: "Least days between the notice of a deprecation and its sunset.",
            set: |parameters, node, low| days(low, node, &mut parameters.notice_days),
        },
        KeySpec {
            key: "personal_classification",
            expects: "`public`, `internal`, `confidential` or `restricted`",
            doc: "Least classification of personal data, and of datasets that single people out.",
            set: |parameters, node, low| {
                if let Some(class) = low.one_of(node) {
                    parameters.personal_classification = class;
                }
            },
        },
        KeySpec {
            key: "regions",
            expects: "a list of texts",
            doc: "Regions in which data may lie; none means that the question was not asked.",
            set: |parameters, node, low| parameters.regions = low.text_set(node),
        },
    ],
);

/// The keys of the limits.
pub const LIMITS: Keys<Limits> = Keys::new(
    "list of limits",
    &[
        KeySpec {
            key: "bytes",
            expects: "a whole number from 0",
            doc: "Longest file.",
            set: |limits, node, low| size(low, node, &mut limits.bytes),
        },
        KeySpec {
            key: "depth",
            expects: "a whole number from 0",
            doc: "Deepest nesting; at most 512.",
            set: |limits, node, low| {
                size(low, node, &mut limits.depth);
                // Documents are walked by recursion, so the stack bounds what may be asked for.
                limits.depth = limits.depth.min(512);
            },
        },
        KeySpec {
            key: "nodes",
            expects: "a whole number from 0",
            doc: "Most values in a file, with aliases expanded.",
            set: |limits, node, low| size(low, node, &mut limits.nodes),
        },
    ],
);

/// The keys of a rule's own grades.
pub const GRADES: Keys<Overrule> = Keys::new(
    "grade",
    &[
        KeySpec {
            key: "consumers",
            expects: "`safe`, `risky` or `breaking`",
            doc: "How readers feel it.",
            set: |overrule, node, low| overrule.consumers = grade(low, node),
        },
        KeySpec {
            key: "producers",
            expects: "`safe`, `risky` or `breaking`",
            doc: "How writers feel it.",
            set: |overrule, node, low| overrule.producers = grade(low, node),
        },
    ],
);

/// Reads a mapping of teams.
pub(super) fn teams<'d>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
) -> BTreeMap<String, TeamSettings> {
    low.free_map(node, |low, node| {
        let mut team = TeamSettings::default();
        low.mapping(node, &TEAM, &mut team).then_some(team)
    })
}

/// The keys of a product.
pub const PRODUCT: Keys<Product> = Keys::new(
    "product",
    &[
        KeySpec {
            key: "description",
            expects: "text",
            doc: "What the product is.",
            set: |product, node, low| product.description = low.text(node),
        },
        KeySpec {
            key: "domain",
            expects: "text",
            doc: "Domain that the product belongs to.",
            set: |product, node, low| product.domain = low.text(node),
        },
        KeySpec {
            key: "owner",
            expects: "text",
            doc: "Team that answers for the product.",
            set: |product, node, low| product.owner = low.text(node),
        },
    ],
);

/// Reads a mapping of products.
pub(super) fn products<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> BTreeMap<String, Product> {
    low.free_map(node, |low, node| {
        let mut product = Product::default();
        low.mapping(node, &PRODUCT, &mut product).then_some(product)
    })
}

fn pack<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<String> {
    let name = low.str(node)?;
    if is_pack(name) {
        return Some(name.to_owned());
    }
    let known = names();
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    let message = format!("`{name}` is not a pack of built-in policies");
    low.bad(ProblemId::UnknownWord, node.span(), message, help);
    None
}

fn compatibility<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Compatibility> {
    low.one_of_texts(node, Compatibility::SPELLINGS)
        .and_then(Compatibility::parse)
}

fn grade<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<Grade> {
    low.one_of_texts(node, &["safe", "risky", "breaking"])
        .and_then(Grade::parse)
}

fn days<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, into: &mut i64) {
    if let Some(count) = whole(low, node) {
        *into = count;
    }
}

fn whole<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) -> Option<i64> {
    let count = low.count(node)?;
    Some(i64::try_from(count).unwrap_or(i64::MAX))
}

fn size<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, into: &mut usize) {
    if let Some(count) = low.count(node) {
        *into = usize::try_from(count).unwrap_or(usize::MAX);
    }
}

fn check_rules<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>) {
    let rules = catalogue()
        .map(|catalogue| catalogue.rules())
        .unwrap_or_default();
    check_known(low, node, "rule", rules.iter().map(|rule| rule.id));
}

/// Says which keys of a mapping name nothing, so that a typo does not silence nothing.
fn check_known<'d, 'k>(
    low: &mut Lowering<'d>,
    node: NodeRef<'d>,
    noun: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) {
    let View::Mapping(entries) = node.view() else {
        return;
    };
    for (key, _) in entries {
        let Some(name) = key.text() else { continue };
        if known.clone().any(|one| one == name) {
            continue;
        }
        let is_rule = catalogue().is_ok_and(|catalogue| catalogue.get(name).is_some());
        let help = match nearest(name, known.clone()) {
            _ if is_rule => "rules are graded under `grades`".to_owned(),
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("list every {noun} with `meshlaw explain`"),
        };
        let message = format!("`{name}` is not the id of a {noun}");
        low.contradiction(ProblemId::UnknownWord, key.span(), message, help);
    }
}
