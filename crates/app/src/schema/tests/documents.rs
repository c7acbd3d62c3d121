//! The documents that this workspace ships, by kind.

use std::path::Path;

use walkdir::WalkDir;

/// A document, and where it is from.
pub struct Shipped {
    pub kind: &'static str,
    pub path: String,
    pub text: String,
}

/// Returns every document of the workspace: fixtures, examples of policies, first files, and the
/// blocks of pages.
pub fn shipped() -> Vec<Shipped> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize();
    let root = root.unwrap();
    let is_source = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_str().unwrap_or_default();
        name != "target" && name != ".git"
    };
    let mut found = Vec::new();
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(is_source).map(Result::unwrap) {
        let path = entry.path().strip_prefix(&root).unwrap();
        let path = path.to_str().unwrap().to_owned();
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        if path.ends_with(".md") {
            found.extend(blocks(&path, &text));
        } else if let Some(kind) = kind_of(&path) {
            found.push(Shipped { kind, path, text });
        }
    }
    found
}

/// Returns documents of a kind in which together every key stands.
///
/// Short ones, since each is read once for every way to put something wrong into it.
pub fn whole(kind: &str) -> Vec<&'static str> {
    match kind {
        "consumer" => vec![include_str!("whole/consumer.yaml")],
        "contract" => vec![
            include_str!("whole/contract.yaml"),
            include_str!("whole/datasets.yaml"),
            include_str!("whole/fields.yaml"),
            include_str!("whole/nested.yaml"),
            include_str!("whole/quality.yaml"),
        ],
        "settings" => vec![include_str!("whole/settings.yaml")],
        "term" => vec![include_str!("whole/term.yaml")],
        "waiver" => vec![include_str!("whole/waiver.yaml")],
        other => panic!("write documents in which every key of a {other} stands"),
    }
}

fn kind_of(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    if name == "meshlaw.yaml" {
        return Some("settings");
    }
    ["contract", "consumer", "term", "waiver"]
        .into_iter()
        .find(|kind| {
            let yaml = [".yaml", ".yml", ".json"];
            let is = |end: &&str| name.ends_with(&format!("{kind}{end}"));
            yaml.iter().any(is) && !name.ends_with(".schema.json")
        })
}

/// Returns the blocks of a page that begin with the name of what they describe.
fn blocks(path: &str, page: &str) -> Vec<Shipped> {
    let kinds = [
        ("schema:", "contract"),
        ("consumer:", "consumer"),
        ("term:", "term"),
        ("waiver:", "waiver"),
    ];
    let blocks = page.split("```yaml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    blocks
        .filter_map(|block| {
            let first = block.lines().find(|line| !line.starts_with('#'))?;
            let (_, kind) = kinds.iter().find(|(key, _)| first.starts_with(key))?;
            Some(Shipped {
                kind,
                path: path.to_owned(),
                text: block.to_owned(),
            })
        })
        .collect()
}
