//! Files of consumers and terms in, what they name and is not there out.
//!
//! Knows nothing of changes: those name the consumers that feel them.

mod terms;

use std::collections::{BTreeMap, BTreeSet};

use meshlaw_changeset::{Globs, Reader, RepoPath};
use meshlaw_contract::model::{Consumer, Use};
use meshlaw_contract::{Document, NodeRef, Pointer, Span, View, nearest, parse_consumers};
use meshlaw_report::{Finding, Kind, Severity, Side, State};

use crate::atlas::{Atlas, FieldSketch, Sketch};
use crate::crossing::meant;
use crate::estate::{Estate, Held, read_text};
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::governance::Readers;
use crate::place::Source;
use crate::settings::Settings;

/// Checks what consumers and terms name.
pub struct Consumption<'a> {
    settings: &'a Settings,
    estate: &'a Estate,
    atlas: &'a Atlas<'a>,
}

/// What came of the uses of one file of consumers.
#[derive(Debug, Default)]
pub struct OfUses {
    /// Its path.
    pub path: String,
    /// The contracts that it uses.
    pub contracts: BTreeSet<String>,
    /// What is wrong with that.
    pub findings: Vec<Finding>,
    /// Whether any of the contracts is nowhere, so that others were searched for what was meant.
    pub is_unmet: bool,
}

/// The place of a document: what makes a finding of a trouble with it.
struct Page<'p> {
    settings: &'p Settings,
    kind: Kind,
    source: Source<'p>,
    name: &'p str,
}

/// Returns the files that were the first to bear the names of consumers.
pub fn bearers(estate: &Estate) -> BTreeMap<&str, &str> {
    let mut bearers = BTreeMap::new();
    for Held { file, values } in &estate.consumer_files {
        for consumer in values {
            bearers.entry(&*consumer.name).or_insert(&*file.path);
        }
    }
    bearers
}

impl Page<'_> {
    fn finding(
        &self,
        (id, severity): (&str, Severity),
        pointer: Pointer,
        span: Span,
        (message, help): (String, String),
    ) -> Option<Finding> {
        let draft = Draft {
            id,
            kind: self.kind,
            severity,
            about: About::default(),
            pointer,
            message,
            help: Some(help),
            location: Some(self.source.at(span)),
        };
        make(self.settings, draft)
    }
}

impl<'a> Consumption<'a> {
    /// Makes the checks of a revision.
    pub fn new(settings: &'a Settings, estate: &'a Estate, atlas: &'a Atlas<'a>) -> Self {
        Self {
            settings,
            estate,
            atlas,
        }
    }

    /// Checks every term.
    pub fn of_terms(&self, reader: &Reader) -> Result<Vec<Finding>, Failure> {
        self.terms(reader, |_| true)
    }

    /// Checks the uses of the consumers that the estate has.
    pub fn uses_of_estate(&self) -> Result<Vec<OfUses>, Failure> {
        let bearers = bearers(self.estate);
        let all = self.in_files(&self.estate.consumer_files, &bearers);
        all.map(|(_, uses)| uses)
    }

    /// Checks the consumers of some files of the estate; what hangs on contracts is told apart, by
    /// file. `bearers` are the first files of each name in the estate.
    pub fn in_files(
        &self,
        files: &[Held<Consumer>],
        bearers: &BTreeMap<&str, &str>,
    ) -> Result<(Vec<Finding>, Vec<OfUses>), Failure> {
        // Those that use one contract come together: a large one takes long to open.
        let used = |held: &Held<Consumer>| {
            let mut uses = held.values.iter().flat_map(|consumer| &consumer.uses);
            uses.next().map(|usage| usage.contract.clone())
        };
        let mut files: Vec<&Held<Consumer>> = files.iter().collect();
        files.sort_by_cached_key(|held| used(held));
        // The files were read already.
        let files = files.into_iter();
        let texts = files.map(|held| (held.file.path.as_str(), held.file.text.as_str()));
        let first = |name: &str, path| bearers.get(name).copied().unwrap_or(path);
        let (findings, mut uses) = self.in_texts(&texts.collect::<Vec<_>>(), first, |_| true)?;
        uses.sort_by(|one, other| one.path.cmp(&other.path));
        Ok((findings, uses))
    }

    /// Checks the files that a branch touched; what stood there before is told as such.
    pub fn touched(
        &self,
        readers: &Readers,
        before: &Atlas<'_>,
        touched: &BTreeSet<String>,
    ) -> Result<Vec<Finding>, Failure> {
        if touched.is_empty() {
            return Ok(Vec::new());
        }
        let is_touched = |path: &str| touched.contains(path);
        let paths = touched.iter().filter_map(|path| RepoPath::parse(path).ok());
        let paths: Vec<RepoPath> = paths.collect();
        let touches = |globs: &[String]| -> Result<bool, Failure> {
            let globs = Globs::new(globs)?;
            Ok(paths.iter().any(|path| globs.matches(path)))
        };
        let consumers = touches(&self.settings.consumers)?;
        let terms = touches(&self.settings.terms)?;
        let mut findings = Vec::new();
        if consumers {
            findings.extend(self.consumers(None, is_touched)?);
        }
        if terms {
            findings.extend(self.terms(&readers.head, is_touched)?);
        }
        if findings.is_empty() {
            return Ok(findings);
        }
        let base = Consumption {
            atlas: before,
            ..*self
        };
        let mut old = Vec::new();
        if consumers {
            old.extend(base.consumers(Some((&readers.base, &paths)), is_touched)?);
        }
        if terms {
            old.extend(base.terms(&readers.base, is_touched)?);
        }
        let old: BTreeSet<(String, String)> = old
            .into_iter()
            .map(|finding| (finding.fingerprint, finding.message))
            .collect();
        for finding in &mut findings {
            if old.contains(&(finding.fingerprint.clone(), finding.message.clone())) {
                finding.state = State::Existing;
            }
        }
        Ok(findings)
    }

    /// Checks the consumers of files that are asked about, beside the others of the estate; of an
    /// earlier revision, with the texts that those files had then.
    fn consumers(
        &self,
        earlier: Option<(&Reader, &[RepoPath])>,
        is_asked: impl Fn(&str) -> bool,
    ) -> Result<Vec<Finding>, Failure> {
        let files = self.estate.consumer_files.iter();
        let texts = files.map(|held| (held.file.path.as_str(), held.file.text.as_str()));
        // Those that are not asked about come first: they bore their names before.
        let (mut own, mut texts): (Vec<_>, Vec<_>) = texts.partition(|(path, _)| is_asked(path));
        let mut old = Vec::new();
        if let Some((reader, asked)) = earlier {
            let globs = Globs::new(&self.settings.consumers)?;
            for path in asked.iter().filter(|path| globs.matches(path)) {
                let entry = reader.find(path)?;
                let text = entry.map(|entry| read_text(reader, &entry, self.settings));
                old.extend(
                    text.and_then(Result::ok)
                        .map(|text| (path.to_string(), text)),
                );
            }
            let old = old.iter();
            own = old
                .map(|(path, text)| (path.as_str(), text.as_str()))
                .collect();
        }
        texts.extend(own);
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        let first = |name: &str, path| *names.entry(name.to_owned()).or_insert(path);
        let (mut findings, uses) = self.in_texts(&texts, first, is_asked)?;
        findings.extend(uses.into_iter().flat_map(|one| one.findings));
        Ok(findings)
    }

    /// Checks the consumers of texts, each with its path; `first` tells of a name that stands in a
    /// file, which was the first to bear it.
    fn in_texts<'t>(
        &self,
        texts: &[(&'t str, &'t str)],
        mut first: impl FnMut(&str, &'t str) -> &'t str,
        is_asked: impl Fn(&str) -> bool,
    ) -> Result<(Vec<Finding>, Vec<OfUses>), Failure> {
        let (mut findings, mut uses) = (Vec::new(), Vec::new());
        for (path, text) in texts {
            let mut of_uses = OfUses {
                path: (*path).to_owned(),
                ..OfUses::default()
            };
            for parsed in parse_consumers(text, &self.settings.limits) {
                let Some(consumer) = &parsed.value else {
                    continue;
                };
                let first = first(&consumer.name, path);
                if !is_asked(path) {
                    continue;
                }
                let page = self.page(Kind::Consumer, path, text, &consumer.name);
                if first != *path {
                    findings.extend(page.twice(
                        "consumer/duplicate-consumer",
                        "consumer",
                        &parsed.document,
                        first,
                    ));
                }
                findings.extend(self.owner(
                    &page,
                    "consumer/unknown-owner",
                    consumer.owner.as_deref(),
                    &parsed.document,
                ));
                self.uses(&page, consumer, &parsed.document, &mut of_uses)?;
            }
            uses.push(of_uses);
        }
        Ok((findings, uses))
    }

    /// Reads files, those that are not asked about first: they bore their names before.
    fn texts(
        &self,
        reader: &Reader,
        globs: &[String],
        is_asked: &impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut texts = Vec::new();
        for entry in reader.list(&Globs::new(globs)?)? {
            if let Ok(text) = read_text(reader, &entry, self.settings) {
                texts.push((entry.path.to_string(), text));
            }
        }
        texts.sort_by_key(|(path, _)| is_asked(path));
        Ok(texts)
    }

    fn page<'p>(&'p self, kind: Kind, path: &'p str, text: &'p str, name: &'p str) -> Page<'p> {
        Page {
            settings: self.settings,
            kind,
            source: Source {
                path,
                text,
                side: Side::Head,
            },
            name,
        }
    }

    fn owner(
        &self,
        page: &Page<'_>,
        id: &str,
        owner: Option<&str>,
        document: &Document<'_>,
    ) -> Option<Finding> {
        let owner = owner?;
        let teams = &self.estate.teams;
        if self.estate.world.knows_team(owner) {
            return None;
        }
        let near = nearest(owner, teams.keys().map(String::as_str)).map(str::to_owned);
        let help = meant(
            near,
            "add the team to `teams` in meshlaw.yaml, or name one that is there",
        );
        let message = format!(
            "the owner `{owner}` is neither a team of the settings nor one that reviews code"
        );
        let pointer = Pointer::root().name(page.name).word("owner");
        page.finding(
            (id, Severity::Warning),
            pointer,
            key_span(document.root(), "owner"),
            (message, help),
        )
    }

    fn uses(
        &self,
        page: &Page<'_>,
        consumer: &Consumer,
        document: &Document<'_>,
        of_uses: &mut OfUses,
    ) -> Result<(), Failure> {
        let OfUses {
            contracts,
            findings,
            is_unmet,
            ..
        } = of_uses;
        let nodes: Vec<NodeRef<'_>> = match document
            .root()
            .and_then(|root| root.get("uses"))
            .map(NodeRef::view)
        {
            Some(View::Sequence(items)) => items
                .filter(|item| {
                    item.get("contract")
                        .and_then(NodeRef::text)
                        .is_some_and(|text| !text.is_empty())
                })
                .collect(),
            _ => Vec::new(),
        };
        for (index, usage) in consumer.uses.iter().enumerate() {
            let node = nodes.get(index).copied();
            let at = Pointer::root()
                .name(page.name)
                .word("uses")
                .name(&usage.contract);
            let say = |id: &str, severity, word: &'static str, span: Span, said| {
                page.finding((id, severity), at.word(word), span, said)
            };
            if let Some(until) = usage.until.filter(|until| *until < self.estate.world.as_of) {
                let message = format!("this use of `{}` ended on {until}", usage.contract);
                let help =
                    "remove the use, or agree on a later day with the contract's owner".to_owned();
                findings.extend(say(
                    "consumer/use-expired",
                    Severity::Warning,
                    "until",
                    key_span(node, "until"),
                    (message, help),
                ));
            }
            contracts.insert(usage.contract.clone());
            let all = self.atlas.all(&usage.contract)?;
            if all.is_empty() {
                *is_unmet = true;
                let message = format!(
                    "this use names the contract `{}`, which is not there",
                    usage.contract
                );
                let help = meant(
                    self.atlas.nearest(&usage.contract),
                    "name a contract that is there, or remove the use",
                );
                findings.extend(say(
                    "consumer/unknown-contract",
                    Severity::Error,
                    "contract",
                    key_span(node, "contract"),
                    (message, help),
                ));
                continue;
            }
            let all: Vec<&Sketch> = all.iter().map(|sketch| &**sketch).collect();
            let readable = readable(usage, &all);
            if readable.is_empty() {
                let said = unsatisfied(usage, &all);
                findings.extend(say(
                    "consumer/version-unsatisfied",
                    Severity::Error,
                    "version",
                    key_span(node, "version"),
                    said,
                ));
                continue;
            }
            if readable.iter().any(|sketch| !sketch.is_whole) {
                continue;
            }
            if let Some(name) = &usage.dataset
                && !readable
                    .iter()
                    .any(|sketch| sketch.datasets.iter().any(|(other, _)| **other == **name))
            {
                let known = readable
                    .iter()
                    .flat_map(|sketch| &sketch.datasets)
                    .map(|(name, _)| &**name);
                let near = nearest(name, known).map(str::to_owned);
                let message = format!(
                    "this use names the dataset `{name}`, which `{}` does not have",
                    usage.contract
                );
                let help = meant(near, "name a dataset that is there");
                findings.extend(say(
                    "consumer/unknown-dataset",
                    Severity::Error,
                    "dataset",
                    key_span(node, "dataset"),
                    (message, help),
                ));
                continue;
            }
            for path in usage.fields.iter().flatten() {
                if readable
                    .iter()
                    .any(|sketch| holds(sketch.fields(usage.dataset.as_deref()), path))
                {
                    continue;
                }
                let shown = path.join(".");
                let known = readable
                    .iter()
                    .flat_map(|sketch| sketch.fields(usage.dataset.as_deref()));
                let near = path
                    .first()
                    .filter(|_| path.len() == 1)
                    .and_then(|name| nearest(name, known.map(|field| &*field.name)));
                let message = format!(
                    "this use names the field `{shown}`, which `{}` does not have",
                    usage.contract
                );
                let help = meant(near.map(str::to_owned), "name a field that is there");
                let pointer = at.word("fields").name(&shown);
                findings.extend(page.finding(
                    ("consumer/unknown-field", Severity::Error),
                    pointer,
                    field_span(node, path),
                    (message, help),
                ));
            }
        }
        Ok(())
    }
}

impl Page<'_> {
    fn twice(
        &self,
        id: &str,
        noun: &'static str,
        document: &Document<'_>,
        first: &str,
    ) -> Option<Finding> {
        let message = format!("a second {noun} is called `{}`", self.name);
        let help = format!("rename or remove one; the first stands in `{first}`");
        let pointer = Pointer::root().name(self.source.path).word(noun);
        self.finding(
            (id, Severity::Error),
            pointer,
            key_span(document.root(), noun),
            (message, help),
        )
    }
}

/// Returns the versions of a contract that a use can read.
fn readable<'s>(usage: &Use, all: &[&'s Sketch]) -> Vec<&'s Sketch> {
    let semantic = |sketch: &Sketch| sketch.version.as_ref()?.semantic().cloned();
    let fits = |sketch: &&&Sketch| match (&usage.version, semantic(sketch)) {
        (Some(range), Some(version)) => range.matches(&version),
        _ => true,
    };
    all.iter().filter(fits).copied().collect()
}

fn unsatisfied(usage: &Use, all: &[&Sketch]) -> (String, String) {
    let range = usage
        .version
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut versions: Vec<_> = all
        .iter()
        .filter_map(|sketch| sketch.version.as_ref())
        .collect();
    versions.sort_by_key(|version| (version.semantic(), version.as_str()));
    let versions: Vec<String> = versions
        .into_iter()
        .map(|version| format!("`{version}`"))
        .collect();
    let owners: BTreeSet<&str> = all
        .iter()
        .filter_map(|sketch| sketch.owner.as_deref())
        .collect();
    let owners: Vec<&str> = owners.into_iter().collect();
    let message = format!(
        "no version of `{}` that is there lies in `{range}`",
        usage.contract
    );
    let owned = if owners.is_empty() {
        String::new()
    } else {
        format!(", owned by {}", owners.join(", "))
    };
    (
        message,
        format!(
            "there is {}{owned}; widen the range, or agree on a version with the owner",
            versions.join(" and ")
        ),
    )
}

/// Tells whether fields hold a path; the parts of arrays and maps need not be named.
fn holds<'f>(fields: impl IntoIterator<Item = &'f FieldSketch>, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else {
        return true;
    };
    fields.into_iter().any(|field| {
        let is_part = matches!(&*field.name, "items" | "values" | "keys");
        (*field.name == **name && holds(&field.children, rest))
            || (is_part && holds(&field.children, path))
    })
}

fn leads_back(broader: &BTreeMap<&str, Option<&str>>, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = broader.get(name).copied().flatten();
    while let Some(wider) = at.filter(|wider| seen.insert(*wider)) {
        if wider == name {
            return true;
        }
        at = broader.get(wider).copied().flatten();
    }
    false
}

fn key_span(node: Option<NodeRef<'_>>, key: &str) -> Span {
    let entry = node
        .and_then(|node| node.entry(key))
        .map(|(key, _)| key.span());
    entry.or_else(|| node.map(NodeRef::span)).unwrap_or(Span {
        line: 1,
        column: 1,
        ..Span::default()
    })
}

fn field_span(node: Option<NodeRef<'_>>, path: &[String]) -> Span {
    let is_it = |item: &NodeRef<'_>| match item.view() {
        View::Sequence(names) => names
            .map(NodeRef::text)
            .eq(path.iter().map(|name| Some(name.as_str()))),
        _ => path.len() == 1 && item.text() == path.first().map(String::as_str),
    };
    let list = node.and_then(|node| node.get("fields")).map(NodeRef::view);
    let found = match list {
        Some(View::Sequence(mut items)) => items.find(is_it),
        _ => None,
    };
    found.map_or_else(|| key_span(node, "fields"), NodeRef::span)
}
