//! The kinds of document in, the page that tells people how to wire their editors out.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{BEYOND, KINDS};
use crate::settings::Settings;

/// Returns the page.
pub fn page() -> anyhow::Result<String> {
    let mut page = INTRODUCTION.to_owned();
    for kind in KINDS {
        let globs: Vec<String> = globs(kind.globs)
            .iter()
            .map(|glob| format!("`{glob}`"))
            .collect();
        let _ = writeln!(
            page,
            "| [`{0}`](schemas/{0}.schema.json) | {1} | {2} |",
            kind.name,
            globs.join(", "),
            kind.about
        );
    }
    let _ = write!(
        page,
        "{WHOLE_REPOSITORY}```json\n{}\n```\n{ONE_FILE}",
        serde_json::to_string_pretty(&wiring())?
    );
    for id in BEYOND {
        let _ = writeln!(page, "- `contract/{}`: {}", id.as_str(), id.describe());
    }
    page.push_str(LIMITS);
    Ok(page)
}

/// Returns the settings of an editor, with the files that the default settings of meshlaw name.
fn wiring() -> Value {
    let yaml: serde_json::Map<_, _> = KINDS
        .iter()
        .map(|kind| (kind.id(), json!(only(kind.globs, false))))
        .collect();
    let json: Vec<Value> = KINDS
        .iter()
        .map(|kind| (kind, only(kind.globs, true)))
        .filter(|(_, globs)| !globs.is_empty())
        .map(|(kind, globs)| json!({ "fileMatch": globs, "url": kind.id() }))
        .collect();
    json!({ "yaml.schemas": yaml, "json.schemas": json })
}

fn only(of: fn(Settings) -> Vec<String>, is_json: bool) -> Vec<String> {
    let wanted = |glob: &String| glob.ends_with(".json") == is_json;
    globs(of).into_iter().filter(wanted).collect()
}

fn globs(of: fn(Settings) -> Vec<String>) -> Vec<String> {
    of(Settings::default())
}

const INTRODUCTION: &str = "\
# Editors

`meshlaw schema KIND` prints a JSON Schema (draft 2020-12), by which an editor completes keys, shows
what each means and underlines what is wrong, before anything is committed. The schemas are made of
the same tables that documents are read by, and a test holds both to accept and refuse the same.

| kind | files | what it is |
|---|---|---|
";

const WHOLE_REPOSITORY: &str = "
## For a whole repository

In VS Code with the YAML extension, put this into `.vscode/settings.json`, with the globs of your
own `meshlaw.yaml` where they differ; other editors with the YAML language server take the same
mapping:

";

const ONE_FILE: &str = "
Without the network, or to hold a repository to one version, keep the schemas in it and name their
paths instead of the addresses:

```console
$ meshlaw schema contract --output .vscode/contract.schema.json
```

## For one file

Begin it with a line that names an address, or a path from the file:

```yaml
# yaml-language-server: $schema=../../.vscode/contract.schema.json
schema: marketing_leads
```

## What no schema can say

An editor without a complaint is not a passed check: `meshlaw check` also finds what takes more than
the place itself to see.

";

const LIMITS: &str = "
And only `meshlaw check` compiles regular expressions, knows the days of a month in a
bound, and minds numbers and names of absurd length.
";
