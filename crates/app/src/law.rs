//! A snapshot in, the law that it holds out: settings, policies, the schema of free properties.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use meshlaw_changeset::{Globs, Kind, ObjectId, Reader, RepoPath};
use meshlaw_policy::{
    Abstracts, Book, BookFile, BookProblem, Memory, Policy, Product, builtin_files,
};

use serde::Serialize;

use crate::bundles::{self, Floor};
use crate::cache::{Cache, Key, Page};
use crate::codeowners::CodeOwners;
use crate::failure::Failure;
use crate::rulings;
use crate::settings::{self, ReviewFile, Settings, pack_holds};

/// What contracts are judged by.
pub struct Law {
    /// The settings.
    pub settings: Settings,
    /// The policies.
    pub book: Book,
    /// Schema of the free `properties`.
    pub properties: Option<jsonschema::Validator>,
    /// Who reviews which paths.
    pub codeowners: Option<CodeOwners>,
    /// The target had no law yet, so what is built in only advises.
    pub bootstrap: bool,
    /// The texts that the settings come from.
    pub texts: Texts,
    /// The bundles that policies come from.
    pub floors: Vec<Floor>,
    /// The object that holds the settings, where git does.
    settings_id: Option<ObjectId>,
    /// What tells the policies from all others, where they were read from texts.
    book_key: Option<Key>,
    /// What the policies decided before, once anybody asks for it.
    memory: OnceLock<Memory>,
    /// Where that is kept, and under which key.
    kept: Option<(Cache, Key)>,
}

/// The texts that the law comes from beside policies, to tell whether they changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Texts {
    /// The settings.
    pub settings: String,
    /// The schema of free properties.
    pub properties: Option<String>,
    /// Who reviews which paths.
    pub codeowners: Option<(String, String)>,
}

impl Texts {
    fn read(reader: &Reader, settings: &Settings, codeowners: Option<&CodeOwners>) -> Self {
        let text = |path: &str| find(reader, path).ok().flatten().and_then(Result::ok);
        Self {
            settings: text(settings::FILE).unwrap_or_default(),
            properties: settings.properties_schema.as_deref().and_then(text),
            codeowners: codeowners.map(|file| (file.path.clone(), file.text.clone())),
        }
    }
}

/// What books of law and what they decided are called in the cache.
const BOOK: &str = "book";
const VERDICTS: &str = "verdicts";

impl Law {
    /// A law of settings and policies alone, which recalls nothing.
    pub fn new(settings: Settings, book: Book) -> Self {
        Self {
            settings,
            book,
            properties: None,
            codeowners: None,
            bootstrap: false,
            texts: Texts::default(),
            floors: Vec::new(),
            settings_id: None,
            book_key: None,
            memory: OnceLock::new(),
            kept: None,
        }
    }

    /// The policies, to be changed: what was decided by others is not recalled for them.
    pub fn policies_mut(&mut self) -> &mut [Policy] {
        self.book_key = None;
        &mut self.book.policies
    }

    /// Reads the settings of another revision, unless they are the same as this law's; none where
    /// they do not load.
    pub fn settings_of(&self, reader: &Reader) -> Option<Cow<'_, Settings>> {
        let id = settings_id(reader);
        let is_same = id.is_some() && id == self.settings_id;
        if !self.bootstrap && is_same {
            return Some(Cow::Borrowed(&self.settings));
        }
        let text = find(reader, settings::FILE).ok()?.and_then(Result::ok);
        if !self.bootstrap && text.is_some_and(|text| text == self.texts.settings) {
            return Some(Cow::Borrowed(&self.settings));
        }
        read_settings(reader).ok().map(Cow::Owned)
    }

    /// Lets what these policies decided on the same day in earlier runs be recalled.
    pub fn recall(&mut self, reader: &Reader, as_of: Date) {
        let (as_of, parameters) = (as_of.to_string(), format!("{:?}", self.settings.parameters));
        let key = match &self.book_key {
            Some(book) => Key::of(&(VERDICTS, book, as_of, parameters)),
            None => {
                let policies = self.book.policies.iter();
                let texts: Vec<_> = policies.map(|one| (one.id.as_str(), &one.text)).collect();
                Key::of(&(VERDICTS, texts, as_of, parameters))
            }
        };
        self.kept = Cache::of(reader).zip(key);
    }

    /// Returns what these policies decided in earlier runs, and takes down what they decide in this
    /// one.
    pub fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| {
            let page = self.kept.as_ref();
            let page = page.and_then(|(cache, key)| cache.load(VERDICTS, key));
            page.map_or_else(Memory::default, |page| Memory::recall(page.into_bytes()))
        })
    }

    /// Keeps what was decided now for later runs.
    pub fn remember(&self) {
        if let Some((cache, key)) = &self.kept
            && let Some(remembered) = self.memory.get().and_then(Memory::remembered)
        {
            cache.store(VERDICTS, key, &remembered);
        }
    }
}

/// Reads a book, or what is kept of the same texts from before, and what tells it from all others.
fn load_book(
    reader: &Reader,
    builtin: &[BookFile],
    own: &[BookFile],
) -> Result<(Book, Option<Key>), Vec<BookProblem>> {
    // The texts of what is built in are the program's, by which every key is told apart.
    let names: Vec<&str> = builtin.iter().map(|file| file.path.as_str()).collect();
    let texts: Vec<(&str, &str)> = own.iter().map(|file| (&*file.path, &*file.text)).collect();
    let key = Key::of(&(BOOK, names, texts));
    let kept = Cache::of(reader).zip(key);
    if let Some((cache, key)) = &kept {
        let known = cache.load(BOOK, key);
        let known = known.as_ref().and_then(Page::value::<Abstracts<'_>>);
        if let Some(book) = known.and_then(|known| known.book(builtin, own)) {
            return Ok((book, Some(*key)));
        }
    }
    let book = Book::load(builtin, own)?;
    if let Some((cache, key)) = kept {
        cache.store(BOOK, &key, &Abstracts::of(&book));
    }
    Ok((book, key))
}

/// Returns the object that holds the settings of a snapshot, where git does.
fn settings_id(reader: &Reader) -> Option<ObjectId> {
    let entry = reader.find(&RepoPath::parse(settings::FILE).ok()?).ok()??;
    entry.object().filter(|_| entry.kind == Kind::File)
}

/// Something wrong with the law, by the kind of text that it is in.
pub enum LawProblem {
    /// The settings, or what they name.
    Settings(Failure),
    /// A policy.
    Policy(Failure),
}

impl LawProblem {
    /// Returns the problem alone.
    pub fn into_failure(self) -> Failure {
        match self {
            LawProblem::Settings(failure) | LawProblem::Policy(failure) => failure,
        }
    }
}

/// Where the texts of policies come from.
pub enum PolicySource<'r> {
    /// The folder that the settings name, in the same snapshot.
    Settings,
    /// Another folder.
    Folder(&'r Reader),
}

/// Tells whether a snapshot has any law of its own.
pub fn has_law(reader: &Reader) -> Result<bool, Failure> {
    if find(reader, settings::FILE)?.is_some() {
        return Ok(true);
    }
    let globs = Globs::new(["policies/**/policy.cedar"])?;
    Ok(!reader.list(&globs)?.is_empty())
}

/// Returns the text of a snapshot's settings; empty where there is none to read.
pub fn settings_text(reader: &Reader) -> String {
    let text = find(reader, settings::FILE).ok().flatten();
    text.and_then(Result::ok).unwrap_or_default()
}

/// Reads the settings of a snapshot; a snapshot without settings has the defaults.
pub fn read_settings(reader: &Reader) -> Result<Settings, Vec<LawProblem>> {
    let text = find(reader, settings::FILE).map_err(one)?;
    let Some(text) = text else {
        return Ok(Settings::default());
    };
    let text = text.map_err(|failure| vec![LawProblem::Settings(failure)])?;
    let (settings, problems) = settings::parse(&text);
    if problems.is_empty() {
        return Ok(settings);
    }
    let failure = |problem: meshlaw_contract::Problem| {
        let place = format!(
            "{}:{}:{}",
            settings::FILE,
            problem.span.line,
            problem.span.column
        );
        let help = problem.help.unwrap_or_default();
        LawProblem::Settings(Failure::new(problem.message, help).at(place))
    };
    Err(problems.into_iter().map(failure).collect())
}

/// Reads the whole law of a snapshot.
pub fn load(reader: &Reader, policies: &PolicySource<'_>) -> Result<Law, Vec<LawProblem>> {
    let mut settings = read_settings(reader)?;
    let mut problems = Vec::new();
    for globs in [
        &settings.contracts,
        &settings.consumers,
        &settings.terms,
        &settings.waivers,
    ] {
        problems.extend(
            Globs::new(globs)
                .err()
                .map(|error| LawProblem::Settings(at_settings(error))),
        );
    }
    let properties = match properties_schema(reader, &settings) {
        Ok(schema) => schema,
        Err(failure) => {
            problems.push(LawProblem::Settings(failure));
            None
        }
    };
    let codeowners = match CodeOwners::find(reader, &settings) {
        Ok(None) if matches!(settings.codeowners, ReviewFile::At(_)) => {
            problems.push(LawProblem::Settings(no_codeowners(&settings)));
            None
        }
        Ok(found) => found,
        Err(failure) => {
            problems.push(LawProblem::Settings(failure));
            None
        }
    };
    let own = match policies {
        PolicySource::Settings => policy_files(reader, &settings.policies),
        PolicySource::Folder(folder) => policy_files(folder, ""),
    };
    let own = own.map_err(one)?;
    // What is missing of the law would only make more of it look wrong.
    let floors = bundles::read(reader, &settings).map_err(|found| {
        problems.extend(found);
        std::mem::take(&mut problems)
    })?;
    let texts = Texts::read(reader, &settings, codeowners.as_ref());
    problems.extend(bundles::settle(&floors, &mut settings, &texts.settings));
    let (mut all, clashes) = bundles::join(&floors, &own, &settings.policies);
    problems.extend(clashes);
    all.extend(own);
    match load_book(reader, &chosen_builtin(&settings, &all), &all) {
        Ok((mut book, book_key)) => {
            bundles::mark(&floors, &mut book);
            let wrong = rulings::settle(&mut book, &settings);
            // Another folder is tried out, and need not have what the settings speak of.
            if matches!(policies, PolicySource::Settings) {
                problems.extend(wrong.into_iter().map(LawProblem::Settings));
            }
            if !problems.is_empty() {
                return Err(problems);
            }
            Ok(Law {
                properties,
                codeowners,
                texts,
                floors,
                settings_id: settings_id(reader),
                book_key,
                ..Law::new(settings, book)
            })
        }
        Err(found) => {
            let failure = |problem: BookProblem| {
                let place = bundles::place(&floors, &problem);
                let failure = book_failure(&settings.policies, problem);
                LawProblem::Policy(match place {
                    Some(place) => failure.at(place),
                    None => failure,
                })
            };
            problems.extend(found.into_iter().map(failure));
            Err(problems)
        }
    }
}

/// Makes a law of a snapshot's settings and nothing but what is built in, which only advises.
pub fn bootstrap(reader: &Reader) -> Result<Law, Vec<LawProblem>> {
    let settings = read_settings(reader)?;
    let (book, book_key) = load_book(reader, &builtin_files(), &[]).map_err(|problems| {
        let failure = |problem| LawProblem::Policy(book_failure("built in", problem));
        problems.into_iter().map(failure).collect::<Vec<_>>()
    })?;
    let properties = properties_schema(reader, &settings)
        .map_err(|failure| vec![LawProblem::Settings(failure)])?;
    let codeowners = CodeOwners::find(reader, &settings).map_err(one)?;
    Ok(Law {
        properties,
        codeowners,
        bootstrap: true,
        book_key,
        ..Law::new(settings, book)
    })
}

/// Joins problems into the failure that ends a run.
pub fn failure(problems: Vec<LawProblem>) -> Failure {
    let all = Failure::all(problems.into_iter().map(LawProblem::into_failure));
    all.unwrap_or_else(|| Failure::new("the law does not load", ""))
}

/// Returns the policy texts of a folder, with examples left out.
pub fn policy_files(reader: &Reader, folder: &str) -> Result<Vec<BookFile>, Failure> {
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    // Whatever looks like a policy and lies elsewhere is told, since it would hold for nobody.
    let mut globs = vec![format!("{prefix}**/*.cedar")];
    for layer in ["org", "domains"] {
        globs.push(format!("{prefix}{layer}/**/README.md"));
        // A link to a folder hides what is in it: nothing is followed.
        globs.extend(["", "/*", "/*/*"].map(|below| format!("{prefix}{layer}{below}")));
    }
    let globs = Globs::new(globs)?;
    let mut files = Vec::new();
    for entry in reader.list(&globs)? {
        let path = entry.path.to_string();
        let below = path.strip_prefix(&prefix).unwrap_or(&path);
        let is_text = below.ends_with(".cedar") || below.ends_with("/README.md");
        if is_property(below) || !is_text && entry.kind == Kind::File {
            continue;
        }
        let text = match reader.read(&entry, meshlaw_changeset::DEFAULT_LIMIT) {
            meshlaw_changeset::Content::Text(text) => text,
            meshlaw_changeset::Content::Unreadable(why) => {
                let message = format!("cannot read a policy: {why}");
                return Err(Failure::new(message, why.help().unwrap_or_default()).at(path));
            }
        };
        let path = path.strip_prefix(&prefix).unwrap_or(&path).to_owned();
        files.push(BookFile {
            path,
            text: text.into(),
        });
    }
    Ok(files)
}

/// Tells whether a file says what must stay true of the policies, and is none itself.
fn is_property(path: &str) -> bool {
    let name = path.strip_prefix("properties/");
    name.is_some_and(|name| !name.contains('/'))
}

/// Returns the built-in policies that the settings ask for.
///
/// An organisation that writes a floor of its own says itself whether ours lies below it; one
/// that has none gets all of ours.
fn chosen_builtin(settings: &Settings, own: &[BookFile]) -> Vec<BookFile> {
    let has_floor = own
        .iter()
        .any(|file| file.path.starts_with("org/") && file.path.ends_with("/policy.cedar"));
    let packs = match &settings.extends {
        Some(packs) => packs.clone(),
        None if has_floor => Vec::new(),
        None => vec![meshlaw_policy::BUILTIN.to_owned()],
    };
    // Who may grant a waiver is never left open: without policies of its own on that, an
    // organisation has ours.
    let lacks_authority = !own
        .iter()
        .any(|file| file.path.starts_with("org/waivers/") && file.path.ends_with("/policy.cedar"));
    let is_in = |file: &BookFile| {
        let in_pack = packs.iter().any(|pack| pack_holds(pack, &file.path));
        in_pack || lacks_authority && file.path.starts_with("org/waivers/")
    };
    builtin_files().into_iter().filter(is_in).collect()
}

fn no_codeowners(settings: &Settings) -> Failure {
    let path = match &settings.codeowners {
        ReviewFile::At(path) => path.as_str(),
        ReviewFile::Usual | ReviewFile::Off => "",
    };
    let message = format!("`codeowners` names `{path}`, which is not there");
    Failure::new(message, "add the file, remove the key, or write `off`").at(settings::FILE)
}

fn properties_schema(
    reader: &Reader,
    settings: &Settings,
) -> Result<Option<jsonschema::Validator>, Failure> {
    let Some(path) = &settings.properties_schema else {
        return Ok(None);
    };
    let text = find(reader, path)?.ok_or_else(|| {
        Failure::new(
            format!("`properties_schema` names `{path}`, which is not there"),
            "add the file, or remove the key",
        )
        .at(settings::FILE)
    })??;
    let schema: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        let place = format!("{path}:{}:{}", error.line(), error.column());
        Failure::new(format!("this is not JSON: {error}"), "mend the schema").at(place)
    })?;
    let validator = jsonschema::validator_for(&schema).map_err(|error| {
        Failure::new(
            format!("this is not a JSON Schema: {error}"),
            "mend the schema",
        )
        .at(path.clone())
    })?;
    Ok(Some(validator))
}

/// Reads the text at a path: absent, unreadable or there.
fn find(reader: &Reader, path: &str) -> Result<Option<Result<String, Failure>>, Failure> {
    let path = RepoPath::parse(path)?;
    let Some(entry) = reader.find(&path)? else {
        return Ok(None);
    };
    Ok(Some(
        match reader.read(&entry, meshlaw_changeset::DEFAULT_LIMIT) {
            meshlaw_changeset::Content::Text(text) => Ok(text),
            meshlaw_changeset::Content::Unreadable(why) => {
                let message = format!("cannot read this file: {why}");
                Err(Failure::new(message, why.help().unwrap_or_default()).at(path.to_string()))
            }
        },
    ))
}

fn book_failure(folder: &str, problem: BookProblem) -> Failure {
    let slash = if folder.is_empty() { "" } else { "/" };
    let place = format!(
        "{folder}{slash}{}:{}:{}",
        problem.path, problem.line, problem.column
    );
    Failure::new(problem.message, problem.help.unwrap_or_default()).at(place)
}

fn at_settings(error: meshlaw_changeset::Error) -> Failure {
    Failure::from(error).at(settings::FILE)
}

fn one(failure: Failure) -> Vec<LawProblem> {
    vec![LawProblem::Settings(failure)]
}

/// Settings of two revisions, joined where they say what exists: names, never rights.
pub fn join_teams(
    tip: &Settings,
    head: Option<&Settings>,
) -> BTreeMap<String, meshlaw_policy::Team> {
    let of_tip = tip.teams.iter().map(|(name, team)| {
        let roles = team.roles.clone();
        (name.clone(), meshlaw_policy::Team { roles })
    });
    let mut teams: BTreeMap<String, meshlaw_policy::Team> = of_tip.collect();
    // A team that only the head revision has exists, but may nothing yet.
    for name in head.into_iter().flat_map(|settings| settings.teams.keys()) {
        teams.entry(name.clone()).or_default();
    }
    teams
}

/// Products of two revisions; where both name one, the tip says whose it is.
pub fn join_products(tip: &Settings, head: Option<&Settings>) -> BTreeMap<String, Product> {
    let mut products = head
        .map(|settings| settings.products.clone())
        .unwrap_or_default();
    products.extend(tip.products.clone());
    products
}
