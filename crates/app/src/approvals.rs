//! A file of approvals in, the teams that agreed out.
//!
//! Whoever runs the gate writes the file: the reviews of a pull request that hold, with the teams
//! of those who wrote them. What cannot be read agrees to nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::settings::TeamSettings;

/// Who agreed to a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// The commit that was agreed to; absent where whoever wrote the file answers for that.
    pub head: Option<String>,
    /// Who agreed.
    pub approvals: Vec<Approval>,
}

/// One who agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Name of the account.
    pub by: String,
    /// Teams for which the account speaks: by name, or as GitHub calls them (`@org/team`).
    pub teams: Vec<String>,
}

impl Approvals {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, with line and column.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Says why it cannot be read.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        Self::parse(&text).map_err(|error| error.to_string())
    }

    /// Returns the teams as they are named, without looking any up.
    pub fn named(&self) -> BTreeSet<String> {
        let all = self.approvals.iter().flat_map(|approval| &approval.teams);
        all.cloned().collect()
    }

    /// Returns the teams of the settings that agreed, each with the first account that did.
    pub fn of(&self, teams: &BTreeMap<String, TeamSettings>) -> BTreeMap<String, String> {
        let mut agreed = BTreeMap::new();
        for approval in &self.approvals {
            for named in &approval.teams {
                let team = teams.iter().find(|(name, team)| {
                    *name == named || team.notify.github.as_deref().is_some_and(same_as(named))
                });
                if let Some((name, _)) = team {
                    agreed
                        .entry(name.clone())
                        .or_insert_with(|| approval.by.clone());
                }
            }
        }
        agreed
    }
}

/// GitHub's names are the same in any case, with or without the sign before them.
fn same_as(named: &str) -> impl Fn(&str) -> bool {
    let plain = |name: &str| name.trim_start_matches('@').to_lowercase();
    let named = plain(named);
    move |own| plain(own) == named
}

#[cfg(test)]
mod tests {
    use super::*;
    use meshlaw_contract::model::Notify;

    #[test]
    fn teams_are_known_by_both_their_names() {
        let team = |github: Option<&str>| TeamSettings {
            notify: Notify {
                github: github.map(str::to_owned),
                ..Notify::default()
            },
            ..TeamSettings::default()
        };
        let teams = BTreeMap::from([
            ("finance".to_owned(), team(Some("@Acme/Finance"))),
            ("sales".to_owned(), team(None)),
        ]);
        let table = [
            (r#"["@acme/finance"]"#, vec!["finance"]),
            (
                r#"["acme/FINANCE", "sales", "nobody"]"#,
                vec!["finance", "sales"],
            ),
            (r#"["@sales", "Sales", "financ"]"#, vec![]),
            (r#"[]"#, vec![]),
        ];
        for (named, expected) in table {
            let text = format!(r#"{{"approvals": [{{"by": "ann", "teams": {named}}}]}}"#);
            let agreed = Approvals::parse(&text).unwrap().of(&teams);
            assert_eq!(agreed.keys().collect::<Vec<_>>(), expected, "{named}");
        }
    }

    #[test]
    fn what_is_not_understood_agrees_to_nothing() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"approvals": [{"by": "ann", "team": ["x"]}]}"#,
            r#"{"approvals": [], "more": 1}"#,
            r#"{"approvals": [{"by": "ann", "teams": "x"}]}"#,
        ] {
            assert!(Approvals::parse(text).is_err(), "{text}");
        }
    }
}
