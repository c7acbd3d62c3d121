//! Recipes: a name comes in; the files, the line in a registry and the next step go out. Writes
//! nothing. The texts lie beside this file in `skeletons/`.

use super::name::Name;
use crate::registry::List;

/// All that starting one thing takes.
pub struct Recipe {
    pub files: Vec<File>,
    /// The line that makes the thing known.
    pub entry: Option<Entry>,
    /// What the developer does now, as a sentence.
    pub next: String,
}

/// A file to write, by its path from the root.
pub struct File {
    pub path: String,
    pub text: String,
}

/// A line to add.
pub struct Entry {
    pub registry: &'static str,
    pub list: List,
    pub name: String,
}

pub fn rule(name: &Name) -> Recipe {
    let path = format!("crates/diff/rules/{}.md", name.stem());
    Recipe {
        next: format!("fill in `{path}`: metadata, why readers care, an example and a near miss"),
        files: vec![file(path, include_str!("skeletons/rule.md"), name)],
        entry: Some(Entry {
            registry: "crates/diff/src/catalogue.rs",
            list: List::Quoted,
            name: name.stem(),
        }),
    }
}

pub fn format(name: &Name) -> Recipe {
    let folder = format!("crates/contract/src/formats/{}", name.stem());
    Recipe {
        next: format!(
            "lower the text in `{folder}/mod.rs`, add a variant to `Format` in `formats/mod.rs`, \
             and fill the mapping table"
        ),
        files: vec![
            file(
                format!("{folder}/mod.rs"),
                include_str!("skeletons/format.rs.txt"),
                name,
            ),
            file(
                format!("{folder}/schema.json"),
                include_str!("skeletons/format.json"),
                name,
            ),
            file(
                format!("{folder}/README.md"),
                include_str!("skeletons/format.md"),
                name,
            ),
        ],
        entry: Some(Entry {
            registry: "crates/contract/src/formats/mod.rs",
            list: List::Modules,
            name: name.stem(),
        }),
    }
}

pub fn report(name: &Name) -> Recipe {
    let folder = format!("crates/report/src/formats/{}", name.stem());
    Recipe {
        next: format!(
            "render the report in `{folder}/mod.rs`, name it in `formats/mod.rs`, and keep the \
             expected output beside it"
        ),
        files: vec![file(
            format!("{folder}/mod.rs"),
            include_str!("skeletons/report.rs.txt"),
            name,
        )],
        entry: Some(Entry {
            registry: "crates/report/src/formats/mod.rs",
            list: List::Modules,
            name: name.stem(),
        }),
    }
}

fn file(path: String, skeleton: &str, name: &Name) -> File {
    File {
        path,
        text: skeleton.replace("{name}", name.id()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipes() -> Vec<Recipe> {
        let name: Name = "new-thing".parse().unwrap();
        vec![format(&name), report(&name), rule(&name)]
    }

    #[test]
    fn every_skeleton_is_filled() {
        for recipe in recipes() {
            for File { path, text } in recipe.files {
                assert!(
                    path.contains("new_thing") || path.contains("new-thing"),
                    "{path}"
                );
                assert!(!text.contains("{name}"), "{path}");
                assert!(text.ends_with('\n'), "{path}");
            }
        }
    }
}
