//! Who reads which fields of which contract.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::Word;
use super::scale::words;

/// Somebody or something that reads data under contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Consumer {
    /// Name, unique within the organisation.
    pub name: String,
    /// Team that answers for it.
    pub owner: Option<String>,
    /// What it is.
    pub kind: Option<ConsumerKind>,
    /// What it does.
    pub description: Option<String>,
    /// Where it keeps what it reads.
    pub regions: BTreeSet<String>,
    /// What it reads.
    pub uses: Vec<Use>,
    /// How to reach its people.
    pub notify: Notify,
}

words! {
    /// What a consumer is.
    ConsumerKind {
        /// People look at it.
        Dashboard "dashboard",
        /// It hands data on, out of the organisation's platform.
        Export "export",
        /// It learns or predicts.
        Model "model",
        /// It makes other data.
        Pipeline "pipeline",
        /// It answers requests.
        Service "service",
    }
}

/// What a consumer reads of one contract.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Use {
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Versions that it can read; absent means any.
    pub version: Option<semver::VersionReq>,
    /// Dataset; absent means each that has the fields.
    pub dataset: Option<String>,
    /// Fields; absent means all.
    pub fields: Option<Vec<FieldPath>>,
    /// What it is for.
    pub purpose: Option<String>,
    /// Last day of use.
    pub until: Option<Date>,
}

impl Use {
    /// Tells whether a field is read, by the names that lead to it: where a field is read, so is
    /// all that nests in it.
    pub fn reads_field(&self, names: &[&str]) -> bool {
        let reads = |path: &FieldPath| {
            path.len() <= names.len() && path.iter().zip(names).all(|(own, name)| own == name)
        };
        self.fields
            .as_ref()
            .is_none_or(|fields| fields.iter().any(reads))
    }

    /// Tells whether a field at the top is read, or something that nests in it.
    pub fn reads_of(&self, field: &str) -> bool {
        let begins = |path: &FieldPath| path.first().is_none_or(|first| first == field);
        self.fields
            .as_ref()
            .is_none_or(|fields| fields.iter().any(begins))
    }
}

/// Names from a top field down to a nested one.
pub type FieldPath = Vec<String>;

/// How to reach people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notify {
    /// GitHub user or team.
    pub github: Option<String>,
    /// Slack channel.
    pub slack: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Address that takes events.
    pub webhook: Option<String>,
}
