//! Any attribute of any shipped contract, dropped or replaced: nothing is silent but what is
//! listed, with the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use meshlaw_contract::Format;
use serde_json::Value;

use crate::{changes, kind, otherwise, read, sites, without};

/// Mutations that say nothing: the end of their place, what stands there (or anything) and why.
/// Places in lists are `*`.
const SILENT: &[(&str, Option<&str>, &str)] = &[
    (".required", Some("false"), "fields are optional anyway"),
    (
        ".renamed_from",
        None,
        "of a contract compared with itself, nothing was renamed",
    ),
    (
        ".severity",
        Some("\"error\""),
        "an error is what a failure is anyway",
    ),
    (
        ".threshold",
        Some("\"100%\""),
        "every row holds the rule anyway",
    ),
    (
        ".logicalType",
        Some("\"object\""),
        "`properties` tell that it is one",
    ),
    (
        ".logicalType",
        Some("\"array\""),
        "`items` tell that it is one",
    ),
    (
        ".relationships.*.type",
        Some("\"foreignKey\""),
        "there is one type",
    ),
    (
        ".quality.*.type",
        Some("\"library\""),
        "`metric` tells that it is one",
    ),
    (
        ".quality.*.type",
        Some("\"text\""),
        "a rule that says nothing else is a text",
    ),
    (
        ".quality.*.unit",
        Some("\"rows\""),
        "rows are counted in rows, and none of them is no share of them",
    ),
];

fn is_listed((place, stated): (&str, &Value), listed: &(&str, Option<&str>, &str)) -> bool {
    let (end, value, _) = listed;
    let stated = stated.to_string();
    place.ends_with(end) && value.is_none_or(|value| value == stated)
}

/// Returns every file below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the shipped contracts: those of the mesh and the demo, and what the pairs start from.
fn shipped() -> Vec<(String, Format, Value)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found = Vec::new();
    for path in files(&fixtures) {
        let name = path.strip_prefix(&fixtures).unwrap().display().to_string();
        let text = || fs::read_to_string(&path).unwrap();
        if name.starts_with("pairs/") && name.ends_with(".yaml") {
            let topic: Value = serde_yaml::from_str(&text()).unwrap();
            let format = match topic["format"].as_str() {
                Some("odcs") => Format::Odcs,
                _ => Format::Native,
            };
            let base = serde_yaml::from_str(topic["base"].as_str().unwrap()).unwrap();
            found.push((name, format, base));
        } else if name.ends_with(".contract.yaml") && !name.starts_with("scenarios") {
            let base: Value = serde_yaml::from_str(&text()).unwrap();
            let format = if base.get("apiVersion").is_some() {
                Format::Odcs
            } else {
                Format::Native
            };
            found.push((name, format, base));
        } else if name.ends_with(".odcs.yaml") && !name.starts_with("scenarios") {
            let base = serde_yaml::from_str(&text()).unwrap();
            found.push((name, Format::Odcs, base));
        }
    }
    found
}

#[test]
fn no_attribute_of_a_shipped_contract_is_silent() {
    let (mut silent, mut needed) = (Vec::new(), BTreeSet::new());
    let (mut tried, mut refused, mut files) = (0, 0, 0);
    for (name, format, whole) in shipped() {
        let Some(base) = read(&whole, format) else {
            panic!("{name} has a fault");
        };
        files += 1;
        assert!(changes(&base, &base).is_empty(), "{name}");
        let mut all = Vec::new();
        sites(&whole, "", &mut all);
        for site in &all {
            let mutants = [Some(without(&whole, site)), otherwise(&whole, site)];
            for (deed, mutant) in ["without", "otherwise"].iter().zip(mutants) {
                let Some(mutant) = mutant else { continue };
                let Some(head) = read(&mutant, format) else {
                    refused += 1;
                    continue;
                };
                tried += 1;
                if !changes(&base, &head).is_empty() {
                    continue;
                }
                let (place, stated) = (kind(site), whole.pointer(site).unwrap());
                let mut listed = SILENT.iter().enumerate();
                match listed.find(|(_, listed)| is_listed((&place, stated), listed)) {
                    Some((at, _)) => drop(needed.insert(at)),
                    None => silent.push(format!("{deed} {name}{site}, {stated}")),
                }
            }
        }
    }
    eprintln!("{files} contracts, {tried} mutations told, {refused} refused as faults");
    assert!(silent.is_empty(), "{silent:#?}");
    assert_eq!(
        needed.len(),
        SILENT.len(),
        "an exception that nothing needs: {needed:?}"
    );
    assert!(
        files > 20 && tried > 2_000,
        "{files} files, {tried} mutations"
    );
}
