//! A folder of policies in, what lies in it and is read by nobody out.

use std::path::Path;

use meshlaw_contract::nearest;
use meshlaw_policy::PolicyId;

use crate::settings;

/// Something that whoever put it there believes to hold.
pub struct Stray {
    /// Path, from where the command runs.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// Files of a policy's folder that are read.
const READ: [&str; 3] = ["README.md", "policy.cedar", settings::FILE];

/// Folders below a policy's own.
const EXAMPLES: [&str; 2] = ["allow", "deny"];

/// How deep a policy's folder lies: `org/<group>/<name>`.
const DEPTH: usize = 3;

/// Finds folders that hold no policy, and files that nobody reads.
pub fn find(folder: &Path) -> Vec<Stray> {
    let mut found = Vec::new();
    let walk = walkdir::WalkDir::new(folder)
        .max_depth(DEPTH + 1)
        .sort_by_file_name();
    for entry in walk.into_iter().flatten() {
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let below = below.to_string_lossy().replace('\\', "/");
        let parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
        let stray = match parts.as_slice() {
            [layer] if entry.file_type().is_dir() => layer_of(layer),
            ["org" | "domains", _, _] if entry.file_type().is_dir() => home(entry.path(), &below),
            ["org" | "domains", .., name] if entry.file_type().is_file() => {
                read_by_nobody(parts.len(), name)
            }
            _ => None,
        };
        found.extend(stray.map(|(message, help)| Stray {
            path: entry.path().display().to_string(),
            message,
            help,
        }));
    }
    found
}

type Told = (String, String);

fn layer_of(name: &str) -> Option<Told> {
    let known = ["domains", "org"];
    if known.contains(&name) {
        return None;
    }
    let near = nearest(&name.to_lowercase(), known)?;
    let message = format!("the folder `{name}` is no layer, so that nothing in it holds");
    Some((message, format!("did you mean `{near}`?")))
}

fn home(path: &Path, below: &str) -> Option<Told> {
    if path.join("policy.cedar").is_file() {
        return None;
    }
    let names = std::fs::read_dir(path).into_iter().flatten().flatten();
    let names: Vec<String> = names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !EXAMPLES.contains(&name.as_str()) && name != "README.md")
        .collect();
    let help = match nearest("policy.cedar", names.iter().map(String::as_str)) {
        Some(near) => format!("rename `{near}` to `policy.cedar`"),
        None => "write `policy.cedar`, or remove the folder".to_owned(),
    };
    let message = match PolicyId::parse(below) {
        Some(_) => "this folder holds no policy".to_owned(),
        None => "this folder is not named as a policy is, and holds none".to_owned(),
    };
    Some((message, help))
}

fn read_by_nobody(depth: usize, name: &str) -> Option<Told> {
    if name.ends_with(".cedarschema") || name.contains(".cedarschema.") {
        let message = "a schema beside policies is not read: all share one vocabulary".to_owned();
        return Some((
            message,
            "remove it; `meshlaw explain vocabulary` lists the words".to_owned(),
        ));
    }
    if depth <= DEPTH || READ.contains(&name) || name.ends_with(".cedar") {
        return None;
    }
    let help = match nearest(name, READ) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "put examples under `allow/` and `deny/`, or remove it".to_owned(),
    };
    Some(("nobody reads this file".to_owned(), help))
}
