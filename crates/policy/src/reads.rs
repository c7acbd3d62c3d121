//! A Cedar policy in, what it can read out.
//!
//! Found from the policy's JSON form. Where an attribute is read of something that is not plainly
//! the principal, the resource or a path from them, the policy counts as reading everything: a
//! form that is not known here costs speed and never correctness.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::probe::Probes;

/// What a policy, or several, can read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reads {
    /// Attribute paths whose values are read, such as `resource.contract.status`.
    pub(crate) paths: BTreeSet<Path>,
    /// Of those the paths that are only held against texts of the policy's own.
    pub(crate) probed: BTreeMap<Path, Probes>,
    /// Of those the paths whose values are read otherwise, too.
    whole: BTreeSet<Path>,
    /// Attribute paths of which only `has` is asked; never among the above.
    pub(crate) presences: BTreeSet<Path>,
    /// What is read of entities beside their attributes.
    pub(crate) ties: BTreeSet<Tie>,
    /// The policy may read whatever there is.
    pub(crate) everything: bool,
}

/// What a policy reads, as it is or as it was written down: a run asks few of the policies that it
/// knows.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    written: Box<[u8]>,
    reads: OnceLock<Box<Reads>>,
}

impl Found {
    pub(crate) fn now(reads: Reads) -> Self {
        Self {
            written: Box::default(),
            reads: OnceLock::from(Box::new(reads)),
        }
    }

    /// What was written down by [`Reads::written`].
    pub(crate) fn before(written: &[u8]) -> Self {
        Self {
            written: written.into(),
            reads: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &Reads {
        self.reads.get_or_init(|| {
            let read = postcard::from_bytes(&self.written);
            // What cannot be read may be anything.
            Box::new(read.unwrap_or_else(|_| Reads {
                everything: true,
                ..Reads::default()
            }))
        })
    }
}

/// Something that an entity has beside its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Tie {
    /// Which dataset it is, or lies in.
    Dataset,
    /// Which contract it is, or lies in.
    Contract,
    /// Which resource it is, of whatever type.
    Resource,
    /// The domain it lies in.
    Domain,
    /// The product it lies in.
    Product,
    /// The contract's free keys.
    Tags,
    /// The terms that it is a kind of.
    Term,
}

/// An attribute path from a request variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) attributes: Vec<String>,
}

/// A request variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Root {
    Principal,
    Resource,
    Context,
}

/// Which requests a policy can speak to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scope {
    /// Names of actions; `None` for any.
    pub(crate) actions: Option<BTreeSet<String>>,
    /// Type of the resource; `None` for any.
    pub(crate) resource: Option<String>,
}

impl Reads {
    pub(crate) fn written(&self) -> Vec<u8> {
        // Writing to memory does not fail.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    pub(crate) fn of(policy: &Value) -> Self {
        let mut reads = Reads::default();
        for root in [Root::Principal, Root::Resource] {
            reads.scope(root, policy.get(root.name()));
        }
        if let Some(conditions) = policy.get("conditions") {
            reads.walk(conditions);
        }
        reads.settle();
        reads
    }

    /// Returns what several policies read together.
    pub(crate) fn of_all<'r>(each: impl Iterator<Item = &'r Reads>) -> Self {
        let mut reads = Reads::default();
        each.for_each(|one| reads.extend(one));
        reads.settle();
        reads
    }

    fn extend(&mut self, other: &Reads) {
        self.paths.extend(other.paths.iter().cloned());
        self.whole.extend(other.whole.iter().cloned());
        for (path, probes) in &other.probed {
            self.probed.entry(path.clone()).or_default().extend(probes);
        }
        self.presences.extend(other.presences.iter().cloned());
        self.ties.extend(&other.ties);
        self.everything |= other.everything;
    }

    /// Returns the attributes of the principal that are read or asked for.
    pub(crate) fn of_principal(&self) -> BTreeSet<&str> {
        let all = self.paths.iter().chain(&self.presences);
        let own = all.filter(|path| path.root == Root::Principal);
        own.filter_map(|path| path.attributes.first().map(String::as_str))
            .collect()
    }

    /// Returns what is read or asked for of a record that is an attribute of the principal; nothing
    /// where it is the record itself.
    pub(crate) fn of_principals(&self, record: &str) -> Option<BTreeSet<&str>> {
        let all = self.paths.iter().chain(&self.presences);
        let is_of = |path: &&Path| {
            let first = path.attributes.first();
            path.root == Root::Principal && first.is_some_and(|first| first == record)
        };
        all.filter(is_of)
            .map(|path| path.attributes.get(1).map(String::as_str))
            .collect()
    }

    /// Returns what is read or asked for of the context; nothing where that may be all.
    pub(crate) fn of_context(&self) -> Option<BTreeSet<&str>> {
        let all = self.paths.iter().chain(&self.presences);
        let own = all.filter(|path| path.root == Root::Context);
        let names = own.map(|path| path.attributes.first().map(String::as_str));
        names.collect::<Option<_>>().filter(|_| !self.everything)
    }

    /// Returns the attributes of the resource that are read or asked for.
    pub(crate) fn of_resource(&self) -> impl Iterator<Item = &str> {
        let all = self.paths.iter().chain(&self.presences);
        let own = all.filter(|path| path.root == Root::Resource);
        own.filter_map(|path| path.attributes.first().map(String::as_str))
    }

    /// A value that is read tells whether it is there, too.
    fn settle(&mut self) {
        let paths = &self.paths;
        self.presences.retain(|path| !paths.contains(path));
        let whole = &self.whole;
        self.probed.retain(|path, _| !whole.contains(path));
    }

    /// Anything but "any" and a bare type looks at which entity it is, or at what it lies in.
    fn scope(&mut self, root: Root, scope: Option<&Value>) {
        let op = scope.and_then(|scope| scope.get("op")?.as_str());
        match (op, scope.and_then(|scope| scope.get("in"))) {
            (Some("All"), _) | (Some("is"), None) => {}
            _ => {
                self.read(Path::root(root));
                self.lie_anywhere();
            }
        }
    }

    fn walk(&mut self, value: &Value) {
        if let Some(path) = path_of(value) {
            self.read(path);
            return;
        }
        match value {
            Value::Object(entries) => {
                for (form, inner) in entries {
                    self.walk_form(form, inner);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }

    fn walk_form(&mut self, form: &str, inner: &Value) {
        if let Some((asked, probes)) = Probes::of(form, inner)
            && let Some(path) = path_of(asked).filter(|path| !path.is_entity())
        {
            self.paths.insert(path.clone());
            self.probed.entry(path).or_default().extend(&probes);
            return;
        }
        let left = inner.get("left");
        let path = left.and_then(path_of);
        match (form, path) {
            ("Value", _) => {}
            // The keys of a record are the author's own words, never forms.
            ("Record", _) => {
                let values = inner
                    .as_object()
                    .into_iter()
                    .flat_map(|entries| entries.values());
                values.for_each(|value| self.walk(value));
            }
            ("has", Some(path)) => self.ask_for(path, inner.get("attr")),
            ("is", Some(path)) => match inner.get("in") {
                Some(place) => self.lie_in(path, place),
                // A type is known before anything is read.
                None if path.is_entity() => {}
                None => self.read(path),
            },
            ("in", Some(path)) => match inner.get("right") {
                Some(place) => self.lie_in(path, place),
                None => self.everything = true,
            },
            ("hasTag" | "getTag", Some(path)) if path.is_entity() => {
                self.ties.insert(Tie::Tags);
                inner
                    .get("right")
                    .into_iter()
                    .for_each(|key| self.walk(key));
            }
            // What these look into is reached by some way that is not a plain path.
            ("." | "has" | "is" | "in" | "hasTag" | "getTag", _) if left.is_some() => {
                self.everything = true;
                self.walk(inner);
            }
            _ => self.walk(inner),
        }
    }

    /// Notes that a value is read; of an entity, which one it is.
    fn read(&mut self, path: Path) {
        let tie = match (path.root, path.attributes.last().map(String::as_str)) {
            (Root::Resource, None) => Tie::Resource,
            (Root::Resource, Some("contract")) => Tie::Contract,
            (Root::Resource, Some("dataset")) => Tie::Dataset,
            // A team is its name.
            (Root::Principal, None) => {
                self.read_whole(path.attribute("name"));
                return;
            }
            (Root::Context, None) => {
                self.everything = true;
                return;
            }
            _ => {
                self.read_whole(path);
                return;
            }
        };
        self.ties.insert(tie);
    }

    fn read_whole(&mut self, path: Path) {
        self.whole.insert(path.clone());
        self.paths.insert(path);
    }

    /// Notes which attributes a `has` asks for: `resource has a.b` asks for `a` and for `a.b`.
    fn ask_for(&mut self, mut path: Path, names: Option<&Value>) {
        let names: Option<Vec<&str>> = match names {
            Some(Value::String(name)) => Some(vec![name]),
            Some(Value::Array(names)) => names.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let Some(names) = names else {
            self.everything = true;
            return;
        };
        if !path.is_entity() && path.root != Root::Context {
            self.presences.insert(path.clone());
        }
        for name in names {
            path = path.attribute(name);
            self.presences.insert(path.clone());
        }
    }

    /// Notes what decides whether something lies in a place.
    fn lie_in(&mut self, path: Path, place: &Value) {
        if !path.is_entity() || path.root == Root::Principal {
            self.read(path);
            self.walk(place);
            return;
        }
        let places = place.get("Set").and_then(Value::as_array);
        let places = places.map_or_else(|| vec![place], |places| places.iter().collect());
        for place in places {
            let literal = place.get("Value").and_then(|value| value.get("__entity"));
            match literal.and_then(|entity| entity.get("type")?.as_str()) {
                Some("Domain") => self.ties.insert(Tie::Domain),
                Some("Product") => self.ties.insert(Tie::Product),
                Some("Contract") => self.ties.insert(Tie::Contract),
                Some("Dataset") => self.ties.insert(Tie::Dataset),
                Some("Term") => self.ties.insert(Tie::Term),
                _ => {
                    self.lie_anywhere();
                    self.walk(place);
                    true
                }
            };
        }
    }

    fn lie_anywhere(&mut self) {
        let all = [Tie::Resource, Tie::Domain, Tie::Product, Tie::Term];
        self.ties.extend(all);
    }
}

impl Root {
    fn name(self) -> &'static str {
        match self {
            Root::Principal => "principal",
            Root::Resource => "resource",
            Root::Context => "context",
        }
    }
}

impl Path {
    fn root(root: Root) -> Self {
        Self {
            root,
            attributes: Vec::new(),
        }
    }

    fn attribute(mut self, name: &str) -> Self {
        self.attributes.push(name.to_owned());
        self
    }

    /// Tells whether the path ends at the resource, the principal, or what the resource lies in.
    fn is_entity(&self) -> bool {
        match (self.root, self.attributes.last().map(String::as_str)) {
            (Root::Principal | Root::Resource, None) => true,
            (Root::Resource, Some(last)) => matches!(last, "contract" | "dataset"),
            _ => false,
        }
    }
}

impl Scope {
    pub(crate) fn of(policy: &Value) -> Self {
        let action = policy.get("action");
        let entities = action.into_iter().flat_map(|action| {
            let several = action.get("entities").and_then(Value::as_array);
            action
                .get("entity")
                .into_iter()
                .chain(several.into_iter().flatten())
        });
        let names: BTreeSet<String> = entities
            .filter_map(|entity| Some(entity.get("id")?.as_str()?.to_owned()))
            .collect();
        let is_any = action.and_then(|action| action.get("op")?.as_str()) == Some("All");
        let resource = policy.get("resource");
        let named = resource.and_then(|scope| scope.get("entity_type")?.as_str());
        Self {
            actions: (!is_any).then_some(names),
            resource: named.map(str::to_owned),
        }
    }
}

/// Returns the attribute path that an expression is: a chain of `.` down to a variable.
fn path_of(value: &Value) -> Option<Path> {
    let entries = value.as_object().filter(|entries| entries.len() == 1)?;
    let (form, inner) = entries.iter().next()?;
    match form.as_str() {
        "Var" => {
            let all = [Root::Principal, Root::Resource, Root::Context];
            let name = inner.as_str()?;
            let root = all.into_iter().find(|root| root.name() == name)?;
            Some(Path::root(root))
        }
        "." => {
            let path = path_of(inner.get("left")?)?;
            Some(path.attribute(inner.get("attr")?.as_str()?))
        }
        _ => None,
    }
}
