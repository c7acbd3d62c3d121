//! Findings in, waiver files that would excuse them out.

use jiff::civil::Date;
use meshlaw_changeset::{Globs, RepoPath};
use meshlaw_contract::model::Waiver;
use meshlaw_report::Finding;
use serde::Serialize;

use crate::failure::Failure;
use crate::settings::Settings;

/// What people decide about a waiver; the rest follows from the finding.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Team that grants it.
    pub approved_by: String,
    /// Last day on which it holds.
    pub expires: Date,
    /// Why.
    pub reason: String,
    /// Where the matter is tracked.
    pub ticket: Option<String>,
}

/// The file, with its keys in the order that people read them in.
#[derive(Serialize)]
struct Document<'w> {
    waiver: &'w str,
    policy: &'w str,
    contract: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'w [String]>,
    reason: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'w str>,
    approved_by: &'w str,
    expires: String,
}

/// Makes the waiver that excuses one finding and no other; `None` where it is about no contract.
pub fn waiver_for(finding: &Finding, terms: &Terms, today: Date) -> Option<Waiver> {
    let digits = finding
        .fingerprint
        .get(..12)
        .unwrap_or(&finding.fingerprint);
    Some(Waiver {
        name: format!("W-{}-{digits}", today.year()),
        policy: finding.id.clone(),
        contract: finding.contract.clone()?,
        pointer: Some(finding.pointer.clone()),
        reason: terms.reason.clone(),
        ticket: terms.ticket.clone(),
        approved_by: terms.approved_by.clone(),
        expires: terms.expires,
    })
}

/// Writes waivers as the documents of one file.
pub fn to_yaml(waivers: &[Waiver]) -> Result<String, Failure> {
    let mut text = String::new();
    for waiver in waivers {
        if !text.is_empty() {
            text.push_str("---\n");
        }
        let document = Document {
            waiver: &waiver.name,
            policy: &waiver.policy,
            contract: &waiver.contract,
            pointer: waiver.pointer.as_deref(),
            reason: &waiver.reason,
            ticket: waiver.ticket.as_deref(),
            approved_by: &waiver.approved_by,
            expires: waiver.expires.to_string(),
        };
        let written = serde_yaml::to_string(&document).map_err(|error| {
            Failure::new(format!("cannot write the waiver as YAML: {error}"), "")
        })?;
        text.push_str(&written);
    }
    Ok(text)
}

/// Returns the path for the file of one waiver, named after what it excuses.
pub fn file_for(
    settings: &Settings,
    waiver: &Waiver,
    fingerprint: &str,
) -> Result<String, Failure> {
    let (domain, name) = waiver
        .contract
        .split_once('/')
        .unwrap_or(("", &waiver.contract));
    let policy = waiver.policy.rsplit('/').next().unwrap_or(&waiver.policy);
    let digits = fingerprint.get(..8).unwrap_or(fingerprint);
    path_for(settings, &[domain, &format!("{name}-{policy}-{digits}")])
}

/// Returns the path for a waiver file, where the settings look for waivers.
///
/// `parts` are folders and the file's stem, below the folder of waivers.
pub fn path_for(settings: &Settings, parts: &[&str]) -> Result<String, Failure> {
    let globs = Globs::new(&settings.waivers)?;
    let stem: Vec<String> = parts.iter().map(|part| file_name(part)).collect();
    let stem = stem.join("/");
    for glob in &settings.waivers {
        let folder: Vec<&str> = glob
            .split('/')
            .take_while(|part| !part.contains(['*', '?', '[', '{']))
            .filter(|part| !part.contains(".waiver."))
            .collect();
        let folder = folder.join("/");
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}{stem}.waiver.yaml");
        if globs.matches(&RepoPath::parse(&path)?) {
            return Ok(path);
        }
    }
    Err(Failure::new(
        "cannot tell where `waivers` of meshlaw.yaml wants a new file",
        "name it with `--output`",
    ))
}

/// Makes a name that any file system takes.
fn file_name(text: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    let name: String = text.chars().map(plain).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() {
        "unnamed".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meshlaw_contract::{Limits, parse_waivers};

    fn waiver(pointer: Option<Vec<String>>, reason: &str) -> Waiver {
        Waiver {
            name: "W-1".to_owned(),
            policy: "org/privacy/pii-masked".to_owned(),
            contract: "a/b: c".to_owned(),
            pointer,
            reason: reason.to_owned(),
            ticket: None,
            approved_by: "yes".to_owned(),
            expires: jiff::civil::date(2027, 1, 31),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let names = [
            "fields",
            "no",
            "2024",
            "a: b",
            "- x",
            "'",
            "\"",
            "ü\n\u{7f}",
            "~",
            "#",
        ];
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let waivers = [
            waiver(Some(names), "it says: \"no\"\n--- and more"),
            waiver(Some(Vec::new()), "1e3"),
            waiver(None, "null"),
        ];
        let text = to_yaml(&waivers).unwrap();
        let read = parse_waivers(&text, &Limits::default());
        let values: Vec<Waiver> = read
            .into_iter()
            .map(|one| {
                assert_eq!(one.problems, [], "{text}");
                one.value.unwrap()
            })
            .collect();
        assert_eq!(values, waivers);
    }

    #[test]
    fn paths_are_where_the_settings_look() {
        let settings = |globs: &[&str]| Settings {
            waivers: globs.iter().map(|glob| (*glob).to_owned()).collect(),
            ..Settings::default()
        };
        let path = |globs: &[&str]| path_for(&settings(globs), &["sales", "a/b: ü"]).ok();
        for (globs, expected) in [
            (
                &["waivers/**/*.waiver.yaml"][..],
                Some("waivers/sales/a-b--ü.waiver.yaml"),
            ),
            (&["**/*.waiver.yaml"][..], Some("sales/a-b--ü.waiver.yaml")),
            (
                &["gov/*.yml", "gov/x/**"][..],
                Some("gov/x/sales/a-b--ü.waiver.yaml"),
            ),
            (&["gov/*.yml"][..], None),
        ] {
            assert_eq!(path(globs).as_deref(), expected, "{globs:?}");
        }
    }
}
