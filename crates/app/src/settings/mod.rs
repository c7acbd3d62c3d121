//! The text of `meshlaw.yaml` in, settled settings and problems out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meshlaw_contract::lowering::Lowering;
use meshlaw_contract::model::{Compatibility, Notify, Scheme, Word};
use meshlaw_contract::{Format, Limits, Pointer, Problem, ProblemId, View, Words, locate, read};
use meshlaw_diff::Overrule;
use meshlaw_policy::{Parameters, Product};
use meshlaw_report::{Location, Side};

mod bundles;
mod enforcement;
mod example_world;
mod keys;
mod packs;
mod parameters;
mod vocabulary;

pub use bundles::{BUNDLE, BundleSettings};
pub use enforcement::{ENFORCEMENT, ENFORCEMENTS, PlacedRuling};
pub use example_world::parse_world;
pub use keys::{DOMAIN, GLOSSARY, GRADES, LIMITS, PARAMETERS, PRODUCT, SETTINGS, TEAM, VERSIONS};
pub use packs::{STARTER, names as packs, pack_holds};
pub use parameters::{set as set_parameter, stated as stated_parameters};
pub use vocabulary::VOCABULARY;

use crate::place::{Source, whole_file};

/// Name of the settings file at the root of a repository.
pub const FILE: &str = "meshlaw.yaml";

/// What an organisation sets. Everything has a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Globs of contract files.
    pub contracts: Vec<String>,
    /// Globs of consumer files.
    pub consumers: Vec<String>,
    /// Globs of glossary files.
    pub terms: Vec<String>,
    /// Globs of waiver files.
    pub waivers: Vec<String>,
    /// Folder of policies.
    pub policies: String,
    /// Bundles whose policies hold, too.
    pub bundles: Vec<BundleSettings>,
    /// Built-in packs; absent means all of them where the folder holds no policy for everybody.
    pub extends: Option<Vec<String>>,
    /// Whose grades count where a contract does not say.
    pub compatibility: Compatibility,
    /// Domains, by name.
    pub domains: BTreeMap<String, DomainSettings>,
    /// Data products, by name.
    pub products: BTreeMap<String, Product>,
    /// Teams, by name; there can be hundreds, and whoever judges knows them, too.
    pub teams: Arc<BTreeMap<String, TeamSettings>>,
    /// Other enforcements of policies than their own, by policy or pack.
    pub enforcement: BTreeMap<String, PlacedRuling>,
    /// Which names are expected to mean one thing.
    pub glossary: GlossarySettings,
    /// Numbers and names that policies read.
    pub parameters: Parameters,
    /// How loudly findings that are not a policy's speak, by id.
    pub levels: BTreeMap<String, Level>,
    /// The organisation's own grades, by rule id.
    pub grades: BTreeMap<String, Overrule>,
    /// JSON Schema of the free `properties`.
    pub properties_schema: Option<String>,
    /// What the organisation writes where a standard leaves the words free.
    pub vocabulary: Words,
    /// How versions are numbered where a domain does not say.
    pub versions: VersionSettings,
    /// Which file says who reviews which paths.
    pub codeowners: ReviewFile,
    /// What a reader spends on one file.
    pub limits: Limits,
}

/// Which `CODEOWNERS` file counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReviewFile {
    /// The one that GitHub or GitLab would take.
    #[default]
    Usual,
    /// None.
    Off,
    /// This one.
    At(String),
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DomainSettings {
    /// Team that answers for it.
    pub owner: Option<String>,
    /// Globs of further files that are its own.
    pub paths: Vec<String>,
    /// How its versions are numbered.
    pub versions: VersionSettings,
    /// Most waivers that stand for its contracts at once, where it is stated.
    pub waivers: Option<i64>,
}

/// Names of fields that are compared between contracts, beside those that tell by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GlossarySettings {
    /// Names that are compared, too.
    pub compare: Vec<String>,
    /// Names that are not.
    pub ignore: Vec<String>,
}

/// How versions are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VersionSettings {
    /// The scheme, where it is stated.
    pub scheme: Option<Scheme>,
    /// What makes a version a released one, where it is stated.
    pub released: Option<Released>,
}

/// What makes a version a released one, whose content stands for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Released {
    /// That the target branch has it.
    #[default]
    Branch,
    /// That a tag has it; between two tags, a version may still grow.
    Tags,
}

impl Word for Released {
    const ALL: &'static [Self] = &[Released::Branch, Released::Tags];

    fn as_str(self) -> &'static str {
        match self {
            Released::Branch => "branch",
            Released::Tags => "tags",
        }
    }
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamSettings {
    /// How to reach it.
    pub notify: Notify,
    /// What it may do for others.
    pub roles: BTreeSet<String>,
}

/// How loudly a finding speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not at all.
    Off,
    /// As a warning.
    Warn,
    /// As an error.
    Error,
}

impl Word for Level {
    const ALL: &'static [Self] = &[Level::Off, Level::Warn, Level::Error];

    fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let list = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        Self {
            contracts: list(&[
                "domains/**/*.contract.yaml",
                "domains/**/*.contract.yml",
                "domains/**/*.contract.json",
                "domains/**/*.odcs.yaml",
                "domains/**/*.odcs.yml",
                "domains/**/*.odcs.json",
            ]),
            consumers: list(&["domains/**/*.consumer.yaml", "domains/**/*.consumer.yml"]),
            terms: list(&["glossary/**/*.term.yaml", "glossary/**/*.term.yml"]),
            waivers: list(&["waivers/**/*.waiver.yaml", "waivers/**/*.waiver.yml"]),
            policies: "policies".to_owned(),
            bundles: Vec::new(),
            extends: None,
            compatibility: Compatibility::DEFAULT,
            domains: BTreeMap::new(),
            products: BTreeMap::new(),
            teams: Arc::default(),
            enforcement: BTreeMap::new(),
            glossary: GlossarySettings::default(),
            parameters: Parameters::default(),
            levels: BTreeMap::new(),
            grades: BTreeMap::new(),
            properties_schema: None,
            vocabulary: Words::default(),
            versions: VersionSettings::default(),
            codeowners: ReviewFile::Usual,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// Returns how the versions of a domain are numbered.
    pub fn scheme(&self, domain: &str) -> Scheme {
        let own = self.domains.get(domain).and_then(|one| one.versions.scheme);
        own.or(self.versions.scheme).unwrap_or_default()
    }

    /// Returns what makes a version of a domain a released one.
    pub fn released(&self, domain: &str) -> Released {
        let own = self
            .domains
            .get(domain)
            .and_then(|one| one.versions.released);
        own.or(self.versions.released).unwrap_or_default()
    }

    /// Returns how many waivers may stand for the contracts of a domain at once.
    pub fn waiver_budget(&self, domain: &str) -> Option<i64> {
        let own = self.domains.get(domain).and_then(|one| one.waivers);
        own.or(self.parameters.max_domain_waivers)
    }

    /// Tells whether a domain states its own budget of waivers.
    pub fn has_own_budget(&self, domain: &str) -> bool {
        let own = self.domains.get(domain).and_then(|one| one.waivers);
        own.is_some()
    }
}

/// Returns where a key stands in the text of the settings, by the keys down to it; the nearest
/// around it where it is not there.
pub fn place(text: &str, keys: &[&str]) -> Location {
    let documents = read(text, &Limits::default());
    let Some((document, _)) = documents.first().filter(|_| !text.is_empty()) else {
        return whole_file(FILE, Side::Head);
    };
    let pointer = keys.iter().fold(Pointer::root(), |at, key| at.name(*key));
    let source = Source {
        path: FILE,
        text,
        side: Side::Head,
    };
    source.at(locate::locate(document, Format::Native, &pointer))
}

/// Reads settings; an empty text means the defaults.
pub fn parse(text: &str) -> (Settings, Vec<Problem>) {
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    let mut documents = read(text, &Limits::default()).into_iter();
    if let Some((document, found)) = documents.next() {
        problems.extend(
            found
                .into_iter()
                .filter(|problem| problem.id != ProblemId::NoDocument),
        );
        if let Some(root) = document.root() {
            let mut low = Lowering::new();
            let is_empty = matches!(root.view(), View::Scalar(scalar) if scalar.is_null());
            if !is_empty {
                low.mapping(root, &SETTINGS, &mut settings);
            }
            problems.extend(low.finish().0);
        }
    }
    problems.sort_by_key(|problem| problem.span.start);
    (settings, problems)
}
