//! Settings in, which owners of domains and products do not exist out.

use meshlaw_contract::{Pointer, nearest};
use meshlaw_policy::World;
use meshlaw_report::{Finding, Kind, Severity};

use crate::findings::{About, Draft, make};
use crate::settings::{self, Settings};

/// Says which owners do not exist. `text` is that of the settings that are looked at; `law` says how
/// loudly.
///
/// Owners that `before` has alike are passed over: a branch answers for what it brings.
pub fn unknown(
    law: &Settings,
    world: &World,
    (settings, text): (&Settings, &str),
    before: Option<&Settings>,
) -> Vec<Finding> {
    let domains = |settings: &Settings| -> Vec<Owned> {
        let all = settings.domains.iter();
        let owned = all.map(|(name, domain)| Owned::of("domains", "domain", name, &domain.owner));
        owned.collect()
    };
    let products = |settings: &Settings| -> Vec<Owned> {
        let all = settings.products.iter();
        let owned = all.map(|(name, one)| Owned::of("products", "product", name, &one.owner));
        owned.collect()
    };
    let all = |settings: &Settings| [domains(settings), products(settings)].concat();
    let old = before.map(all).unwrap_or_default();
    let is_new = |owned: &Owned| !old.contains(owned);
    let new = all(settings).into_iter().filter(is_new);
    new.filter_map(|owned| owned.trouble(law, world, text))
        .collect()
}

/// A thing of the settings, and who is to own it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owned {
    key: &'static str,
    noun: &'static str,
    name: String,
    owner: Option<String>,
}

impl Owned {
    fn of(key: &'static str, noun: &'static str, name: &str, owner: &Option<String>) -> Self {
        Self {
            key,
            noun,
            name: name.to_owned(),
            owner: owner.clone(),
        }
    }

    fn trouble(&self, law: &Settings, world: &World, text: &str) -> Option<Finding> {
        let owner = self.owner.as_deref()?;
        if world.knows_team(owner) {
            return None;
        }
        let near = nearest(owner, world.teams.keys().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add the team to `teams` in meshlaw.yaml, or name one that is there".to_owned(),
        };
        let (noun, name) = (self.noun, &self.name);
        let draft = Draft {
            id: "settings/unknown-owner",
            kind: Kind::Settings,
            severity: Severity::Warning,
            about: About::default(),
            pointer: Pointer::root().word(self.key).name(name).word("owner"),
            message: format!(
                "the {noun} `{name}` is owned by `{owner}`, which is neither a team of the settings \
                 nor one that reviews code"
            ),
            help: Some(help),
            location: Some(settings::place(text, &[self.key, name, "owner"])),
        };
        make(law, draft)
    }
}
