//! The bundles that settings name in, their policies out, where pin and signature hold.
//!
//! The bytes, the pin and the keys are all of one snapshot: whose law holds, its bundles hold.

use std::collections::BTreeSet;

use meshlaw_bundle::{Bundle, BundleError, Hash, MOST_BYTES, PublicKey, SignatureError, verify};
use meshlaw_changeset::{Content, Reader, RepoPath};
use meshlaw_policy::{Book, BookFile, BookProblem};

use crate::failure::Failure;
use crate::law::LawProblem;
use crate::settings::{self, BundleSettings, Settings, set_parameter, stated_parameters};

/// What stands behind the name of a bundle's file, in that of its signature.
pub const SIGNATURE: &str = ".minisig";

/// A bundle that was found to be what the settings say.
#[derive(Debug, Clone)]
pub struct Floor {
    /// Path of its file.
    pub path: String,
    /// The policies.
    pub bundle: Bundle,
    /// The key that signed it.
    pub signer: PublicKey,
}

/// Reads the bundles that settings name; says everything that keeps one from holding.
pub fn read(reader: &Reader, settings: &Settings) -> Result<Vec<Floor>, Vec<LawProblem>> {
    let mut floors = Vec::new();
    let mut problems = Vec::new();
    for wanted in &settings.bundles {
        match read_one(reader, wanted) {
            Ok(floor) => floors.push(floor),
            Err(failure) => problems.push(LawProblem::Policy(failure)),
        }
    }
    if problems.is_empty() {
        Ok(floors)
    } else {
        Err(problems)
    }
}

fn read_one(reader: &Reader, wanted: &BundleSettings) -> Result<Floor, Failure> {
    let path = &wanted.path;
    let text = text(reader, path)?;
    let found = Hash::of(text.as_bytes());
    if found != wanted.hash {
        let pinned = wanted.hash;
        let message = format!(
            "the bundle `{path}` is not the one that {} pins: it has {found}, and not {pinned}",
            settings::FILE
        );
        let help = "restore the file; or, if another floor is meant, write its hash there, in the \
                    same change";
        return Err(Failure::new(message, help).at(path.clone()));
    }
    let beside = format!("{path}{SIGNATURE}");
    let signature = self::text(reader, &beside)?;
    let signer = verify(text.as_bytes(), &signature, &wanted.keys)
        .map_err(|error| unsigned(path, &error).at(beside.clone()))?;
    let bundle = Bundle::read(text.as_bytes()).map_err(|error| malformed(path, &error))?;
    Ok(Floor {
        path: path.clone(),
        bundle,
        signer: signer.clone(),
    })
}

fn text(reader: &Reader, path: &str) -> Result<String, Failure> {
    let at = RepoPath::parse(path).ok().filter(|_| is_plain(path));
    let at = at.ok_or_else(|| {
        let message = format!("`{path}` is not the path of a bundle");
        let help = "write the path of one file from the root of the repository, without `..` and \
                    wildcards";
        Failure::new(message, help).at(settings::FILE)
    })?;
    let Some(entry) = reader.find(&at)? else {
        let message = format!("`{path}` is not there, which `bundles` asks for");
        let help = "bring it with `meshlaw policy bundle pull-from-dir DIR`, or take the bundle out \
                    of the list";
        return Err(Failure::new(message, help).at(settings::FILE));
    };
    match reader.read(&entry, MOST_BYTES as u64) {
        Content::Text(text) => Ok(text),
        Content::Unreadable(why) => {
            let message = format!("cannot read `{path}`: {why}");
            Err(Failure::new(message, why.help().unwrap_or_default()).at(path.to_owned()))
        }
    }
}

/// Tells whether a path names one file of the repository, and is no pattern.
pub fn is_plain(path: &str) -> bool {
    let is_special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '!' | '\\');
    RepoPath::parse(path).is_ok() && !path.contains(is_special)
}

/// Says that a signature does not hold.
pub fn unsigned(path: &str, error: &SignatureError) -> Failure {
    let help = "ask those who sign for the file and its signature; if their key changed, write the \
                new one beside the old into `keys`";
    Failure::new(
        format!("the bundle `{path}` is not verified: {error}"),
        help,
    )
}

/// Says that bytes are no bundle.
pub fn malformed(path: &str, error: &BundleError) -> Failure {
    let (line, column) = error.place().unwrap_or((1, 1));
    let message = format!("`{path}` is not a bundle: {error}");
    let help = "make it with `meshlaw policy bundle build`; it is not edited by hand";
    Failure::new(message, help).at(format!("{path}:{line}:{column}"))
}

/// Returns the texts of bundles, and says which ids stand elsewhere, too, with other texts.
///
/// Adding to a floor is safe, since a forbid wins; replacing is not, so that nobody may.
pub fn join(floors: &[Floor], own: &[BookFile], folder: &str) -> (Vec<BookFile>, Vec<LawProblem>) {
    let mut texts: Vec<BookFile> = Vec::new();
    let mut problems = Vec::new();
    let is_policy = |path: &str| path.ends_with("/policy.cedar");
    for floor in floors {
        for file in floor.bundle.files() {
            let other = texts.iter().find(|one| one.path == file.path);
            match other {
                Some(other) if other.text != file.text && is_policy(&file.path) => {
                    let (id, path) = (id(&file.path), &floor.path);
                    let message =
                        format!("`{id}` stands in another bundle, too, and says otherwise");
                    let help = "take one of the bundles out, or ask for one in which it is renamed";
                    let line = floor.bundle.line_of(&file.path, 1).unwrap_or(1);
                    let place = format!("{path}:{line}:1");
                    problems.push(LawProblem::Policy(Failure::new(message, help).at(place)));
                }
                Some(_) => {}
                None => texts.push(BookFile {
                    path: file.path.clone(),
                    text: file.text.clone().into(),
                }),
            }
        }
    }
    for file in own.iter().filter(|file| is_policy(&file.path)) {
        let Some(floor) = holder(floors, id(&file.path)) else {
            continue;
        };
        let (id, name) = (id(&file.path), floor.bundle.name());
        let message = format!("`{id}` is a policy of the bundle `{name}`, and stands here, too");
        let help = "rename yours; a policy of your own can only add to what the bundle forbids";
        let slash = if folder.is_empty() { "" } else { "/" };
        let place = format!("{folder}{slash}{}:1:1", file.path);
        problems.push(LawProblem::Policy(Failure::new(message, help).at(place)));
    }
    (texts, problems)
}

/// Sets the parameters that bundles bring, and says which the settings or another bundle state
/// otherwise: whoever takes a floor takes its numbers.
pub fn settle(floors: &[Floor], into: &mut Settings, text: &str) -> Vec<LawProblem> {
    if floors.is_empty() {
        return Vec::new();
    }
    let mut stated: BTreeSet<String> = stated_parameters(text).into_keys().collect();
    let mut problems = Vec::new();
    for floor in floors {
        let (bundle, path) = (floor.bundle.name(), &floor.path);
        for (name, value) in floor.bundle.parameters() {
            let mut changed = into.parameters.clone();
            let failure = match set_parameter(&mut changed, name, value) {
                Err(error) => {
                    let message = format!("the bundle `{bundle}` sets no parameter: {error}");
                    let help = "ask for another bundle; or use the version of meshlaw that made it";
                    Failure::new(message, help).at(path.clone())
                }
                Ok(()) if changed != into.parameters && stated.contains(name) => {
                    let message = format!(
                        "the bundle `{bundle}` sets the parameter `{name}`, which is stated \
                         otherwise, too"
                    );
                    let help = "take yours out; what a floor sets holds wherever it does";
                    Failure::new(message, help).at(settings::FILE)
                }
                Ok(()) => {
                    into.parameters = changed;
                    stated.insert(name.clone());
                    continue;
                }
            };
            problems.push(LawProblem::Policy(failure));
        }
    }
    problems
}

/// Says of each policy of a book which bundle it comes from.
pub fn mark(floors: &[Floor], book: &mut Book) {
    for policy in &mut book.policies {
        let floor = holder(floors, policy.id.as_str());
        policy.bundle = floor.map(|floor| floor.bundle.name().to_owned());
    }
}

/// Returns where a problem of a policy stands in its bundle.
pub fn place(floors: &[Floor], problem: &BookProblem) -> Option<String> {
    let floor = holder(floors, id(&problem.path))?;
    let line = floor.bundle.line_of(&problem.path, problem.line as usize)?;
    Some(format!("{}:{line}:1", floor.path))
}

fn holder<'f>(floors: &'f [Floor], id: &str) -> Option<&'f Floor> {
    let is_held = |floor: &&Floor| {
        let files = floor.bundle.files().iter();
        files
            .filter(|file| file.path.ends_with("/policy.cedar"))
            .any(|file| self::id(&file.path) == id)
    };
    floors.iter().find(is_held)
}

fn id(path: &str) -> &str {
    path.strip_suffix("/policy.cedar").unwrap_or(path)
}
