//! What an organisation states of its policies in, whether they see to it out.
//!
//! A property is a `forbid` in a file of its own. It forbids nothing by itself: it says what no set
//! of policies may ever let pass.

use jiff::civil::Date;
use meshlaw_changeset::{Content, DEFAULT_LIMIT, Globs, Reader};
use meshlaw_policy::{Book, BookFile, BookProblem, Layer, builtin_properties};
use meshlaw_prove::{Answer, Prover, Rule, Scene, Sketch, binding, kept};

use super::change::Side;
use super::replay::{Bench, Shown, between};
use crate::failure::Failure;

/// A property, and whether it holds.
pub struct Kept {
    /// Name of its file.
    pub name: String,
    /// What it says.
    pub claim: String,
    /// What came out.
    pub held: Held,
}

/// Whether a property holds.
pub enum Held {
    /// Whatever happens.
    Always,
    /// This passes, against what was stated.
    Broken(Scene, Option<Shown>),
    /// Nobody knows, and why.
    Unproved(String),
}

/// Folder of properties below the policies.
const FOLDER: &str = "properties";

/// What a policy has to state and a property does not: two lines in front of the text.
const HEAD: &str = "@severity(\"error\")\n@enforcement(\"hard\")\n";

/// Reads the properties of a folder of policies, over those that come with built-in waiver policies.
pub fn read(reader: &Reader, folder: &str, book: &Book) -> Result<Book, Failure> {
    let own = own(reader, folder)?;
    let policies = book.policies.iter();
    let mut builtin = policies.filter(|one| one.id.as_str().starts_with("org/waivers/"));
    let builtin = if builtin.any(|one| one.is_builtin) {
        builtin_properties()
    } else {
        Vec::new()
    };
    let statements = |files: &[BookFile]| -> Vec<BookFile> {
        let statement = |file: &BookFile| BookFile {
            path: format!("org/{FOLDER}/{}/policy.cedar", file.path),
            text: format!("{HEAD}{}", file.text).into(),
        };
        files.iter().map(statement).collect()
    };
    Book::load(&statements(&builtin), &statements(&own)).map_err(|problems| {
        let failures = problems.into_iter().map(|problem| failure(folder, problem));
        Failure::all(failures).unwrap_or_else(|| Failure::new("a property does not load", ""))
    })
}

fn own(reader: &Reader, folder: &str) -> Result<Vec<BookFile>, Failure> {
    let prefix = prefix(folder);
    let mut files = Vec::new();
    for entry in reader.list(&Globs::new([format!("{prefix}*.cedar")])?)? {
        let path = entry.path.to_string();
        let text = match reader.read(&entry, DEFAULT_LIMIT) {
            Content::Text(text) => text,
            Content::Unreadable(why) => {
                let message = format!("cannot read a property: {why}");
                return Err(Failure::new(message, why.help().unwrap_or_default()).at(path));
            }
        };
        let name = path.strip_prefix(&prefix).unwrap_or(&path);
        let path = name.strip_suffix(".cedar").unwrap_or(name).to_owned();
        files.push(BookFile {
            path,
            text: text.into(),
        });
    }
    Ok(files)
}

fn prefix(folder: &str) -> String {
    if folder.is_empty() {
        format!("{FOLDER}/")
    } else {
        format!("{folder}/{FOLDER}/")
    }
}

/// Says what is wrong where the author wrote it.
fn failure(folder: &str, problem: BookProblem) -> Failure {
    let name = problem.path.rsplit('/').nth(1).unwrap_or_default();
    let head = u32::try_from(HEAD.lines().count()).unwrap_or(0);
    let line = problem.line.saturating_sub(head).max(1);
    let place = format!("{}{name}.cedar:{line}:{}", prefix(folder), problem.column);
    Failure::new(problem.message, problem.help.unwrap_or_default()).at(place)
}

/// Proves every property.
pub fn properties(
    prover: &Prover,
    side: &Side<'_>,
    stated: &Book,
    as_of: Date,
) -> Result<Vec<Kept>, Failure> {
    let stated_side = Side::of(stated, as_of)?;
    let floor = side.rules.iter();
    let floor: Vec<&Rule> = floor.filter(|rule| rule.layer == Layer::Org).collect();
    let mut all = Vec::new();
    for (policy, property) in stated.policies.iter().zip(&stated_side.rules) {
        let name = policy.id.as_str().rsplit('/').next().unwrap_or_default();
        let mut held = Held::Always;
        for (kind, answer) in kept(prover, &floor, property) {
            match answer {
                Answer::Holds => {}
                Answer::Unproved(why) => held = Held::Unproved(format!("on {kind}: {why}")),
                Answer::Fails(scene) => {
                    let binding = binding(&floor, &kind);
                    let sketch = Sketch {
                        kind: &kind,
                        scene: &scene,
                        rules: std::iter::once(property).chain(binding.clone()).collect(),
                        layer: &Layer::Org,
                        as_of,
                    };
                    let stating = Bench {
                        policies: vec![policy],
                        book: stated,
                    };
                    let binding = binding.iter().filter_map(|rule| side.book.get(&rule.id));
                    let binding = Bench {
                        policies: binding.collect(),
                        book: side.book,
                    };
                    let shown = between(&sketch, &stating, &binding);
                    held = Held::Broken(scene, shown);
                    break;
                }
            }
        }
        all.push(Kept {
            name: name.to_owned(),
            claim: policy.message.clone(),
            held,
        });
    }
    Ok(all)
}
