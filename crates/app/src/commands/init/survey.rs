//! A folder in, the files in it that matter to meshlaw out.
//!
//! Knows nothing of settings: files are told by their names and by what they hold.

use std::path::Path;

use meshlaw_changeset::{Content, DEFAULT_LIMIT, Entry, Kind, Place, Reader, RepoPath, Snapshot};
use meshlaw_contract::{Limits, NodeRef, ProblemId, View, read};
use walkdir::{DirEntry, WalkDir};

use super::facts::{Facts, native_facts, odcs_facts};
use super::vocabulary::Words;

/// Folders of what machines wrote.
const SKIPPED: &[&str] = &["node_modules", "target"];

/// What a folder holds; all paths are sorted.
#[derive(Debug, Default)]
pub struct Survey {
    /// The contracts.
    pub contracts: Vec<Found>,
    /// Files of consumers.
    pub consumers: Vec<String>,
    /// Files of terms.
    pub terms: Vec<String>,
    /// Files of waivers.
    pub waivers: Vec<String>,
    /// Files of policies.
    pub policies: Vec<String>,
    /// Every YAML and JSON file, whatever it is.
    pub files: Vec<String>,
    /// What could not be read, each with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Free words of the contracts.
    pub words: Words,
}

/// A contract.
#[derive(Debug)]
pub struct Found {
    /// Where it lies.
    pub path: String,
    /// How it is written.
    pub format: Format,
    /// What it says of itself.
    pub facts: Facts,
}

/// How a contract is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// As meshlaw's own documents.
    Native,
    /// After the Open Data Contract Standard.
    Odcs,
}

/// Reads every file that is neither hidden, nor linked, nor in a folder of what machines wrote.
pub fn survey(root: &Path) -> Survey {
    let mut survey = Survey::default();
    let reader = Snapshot::folder(root).open();
    let walk = WalkDir::new(root).min_depth(1).sort_by_file_name();
    for found in walk
        .into_iter()
        .filter_entry(|found| found.file_name() != ".git")
    {
        match found {
            Ok(found) if found.file_type().is_file() => {
                if let Ok(reader) = &reader {
                    survey.look(root, reader, &found);
                }
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let path = path.strip_prefix(root).unwrap_or(path);
                let reason = "it cannot be opened".to_owned();
                survey.unreadable.push((path.display().to_string(), reason));
            }
        }
    }
    survey.drop_examples();
    survey.sort();
    survey
}

/// Tells whether a path is hidden, or in a folder of what machines wrote.
fn is_passed_over(path: &str) -> bool {
    path.split('/')
        .any(|part| part.starts_with('.') || SKIPPED.contains(&part))
}

impl Survey {
    fn look(&mut self, root: &Path, reader: &Reader, found: &DirEntry) {
        let relative = found.path().strip_prefix(root).unwrap_or(found.path());
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let path = parts.join("/");
        let is_passed_over = is_passed_over(&path);
        if path.ends_with("/policy.cedar") && !is_passed_over {
            self.policies.push(path);
            return;
        }
        let is_data = [".yaml", ".yml", ".json"]
            .iter()
            .any(|suffix| path.ends_with(suffix));
        if !is_data {
            return;
        }
        let Ok(repo_path) = RepoPath::parse(&path) else {
            return;
        };
        if relative.to_str().is_none() {
            self.unreadable
                .push((path, "its name is not UTF-8".to_owned()));
            return;
        }
        // Globs do not pass these over, so that they must be known not to be matched by chance.
        self.files.push(path.clone());
        if is_passed_over {
            return;
        }
        match named(&path) {
            Some("consumer") => self.consumers.push(path),
            Some("term") => self.terms.push(path),
            Some("waiver") => self.waivers.push(path),
            _ => {
                let entry = Entry {
                    path: repo_path,
                    kind: Kind::File,
                    place: Place::Disk(root.into()),
                };
                self.open(path, &reader.read(&entry, DEFAULT_LIMIT));
            }
        }
    }

    /// A file with the name of a contract counts as one even where it cannot be read, since the
    /// audit will say what is wrong with it.
    fn open(&mut self, path: String, content: &Content) {
        let mut contract = named(&path).and_then(by_name).map(|format| Found {
            path: path.clone(),
            format,
            facts: Facts::default(),
        });
        match content {
            Content::Unreadable(reason) => self.unreadable.push((path, reason.to_string())),
            Content::Text(text) => {
                for (document, problems) in read(text, &Limits::default()) {
                    let Some(root) = document.root() else {
                        let broken = problems.iter().find(|one| one.id != ProblemId::NoDocument);
                        if let Some(problem) = broken {
                            self.unreadable
                                .push((path.clone(), problem.message.clone()));
                        }
                        continue;
                    };
                    let named = contract.as_ref().map(|one| one.format);
                    if let Some(format) = by_content(root).or(named) {
                        let facts = match format {
                            Format::Native => native_facts(root),
                            Format::Odcs => odcs_facts(root, &mut self.words),
                        };
                        contract = Some(Found {
                            path: path.clone(),
                            format,
                            facts,
                        });
                        break;
                    }
                }
            }
        }
        self.contracts.extend(contract);
    }

    /// What lies around a policy shows what it allows and denies, and is nobody's contract.
    fn drop_examples(&mut self) {
        let folders = self.policies.iter();
        let folders: Vec<&str> = folders
            .filter_map(|path| path.strip_suffix("policy.cedar"))
            .collect();
        let is_example = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
        self.contracts.retain(|found| !is_example(&found.path));
        self.unreadable.retain(|(path, _)| !is_example(path));
        for paths in [&mut self.consumers, &mut self.terms, &mut self.waivers] {
            paths.retain(|path| !is_example(path));
        }
    }

    /// Folders are walked by name, which is not the order of whole paths.
    fn sort(&mut self) {
        self.contracts
            .sort_by(|one, other| one.path.cmp(&other.path));
        self.unreadable.sort();
        self.unreadable.dedup();
        for paths in [
            &mut self.consumers,
            &mut self.terms,
            &mut self.waivers,
            &mut self.policies,
            &mut self.files,
        ] {
            paths.sort();
        }
    }
}

/// The last but one part of a file name: `odcs` of `orders.odcs.yaml`.
fn named(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let mut parts = name.rsplit('.');
    parts.next()?;
    let kind = parts.next()?;
    parts.next().map(|_| kind)
}

fn by_name(kind: &str) -> Option<Format> {
    match kind {
        "contract" => Some(Format::Native),
        "odcs" => Some(Format::Odcs),
        _ => None,
    }
}

/// A resource of Kubernetes has a group in its `apiVersion`, or a `spec`.
fn by_content(root: NodeRef<'_>) -> Option<Format> {
    let has = |key: &str| root.get(key).is_some();
    let text = |key: &str| root.get(key).and_then(NodeRef::text);
    if let Some(version) = text("apiVersion") {
        let is_contract = text("kind") == Some("DataContract");
        return (is_contract && !version.contains('/') && !has("spec")).then_some(Format::Odcs);
    }
    let has_body = ["fields", "datasets"].iter().any(|key| {
        root.get(key)
            .is_some_and(|body| !matches!(body.view(), View::Scalar(_)))
    });
    (text("schema").is_some() && has("version") && has_body).then_some(Format::Native)
}
