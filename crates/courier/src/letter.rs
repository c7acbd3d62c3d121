//! What one team is told, in no format yet.

use std::fmt::Write as _;

use serde::Serialize;

/// What a team has to do with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It reads the data.
    Reads,
    /// It answers for the contract.
    Owns,
}

/// One thing that concerns a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What the team has to do with it.
    pub role: Role,
    /// Contract, as `domain/name`.
    pub contract: String,
    /// Consumers of the team that feel it.
    pub consumers: Vec<String>,
    /// How it is felt, or how grave it is: `breaking`, `risky`, `error`, `warning` or `note`.
    pub weight: String,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Last day to do it, as `2027-01-31`, where there is one.
    pub by: Option<String>,
    /// Where it is, as `path:line`.
    pub place: Option<String>,
    /// Name of the item, the same in every run that finds it.
    pub fingerprint: String,
}

/// What one team is told at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The team, or a consumer that has none.
    pub team: String,
    /// One line.
    pub subject: String,
    /// What concerns it, the gravest first.
    pub items: Vec<Item>,
    /// Where to read more.
    pub link: Option<String>,
}

impl Role {
    /// Returns what stands over the items of a role.
    pub fn title(self) -> &'static str {
        match self {
            Role::Reads => "What you read",
            Role::Owns => "What you answer for",
        }
    }
}

impl Item {
    /// Says what happened, to what and to whom, on one line.
    pub fn line(&self) -> String {
        let consumers = match self.consumers.as_slice() {
            [] => String::new(),
            names => format!(" (felt by {})", names.join(", ")),
        };
        format!(
            "{}: {}: {}{consumers}",
            self.weight, self.contract, self.message
        )
    }

    /// Says what to do, and until when; nothing where there is nothing to do.
    pub fn advice(&self) -> Option<String> {
        match (&self.help, &self.by) {
            (Some(help), Some(by)) => Some(format!("{help} (by {by})")),
            (Some(help), None) => Some(help.clone()),
            (None, Some(by)) => Some(format!("by {by}")),
            (None, None) => None,
        }
    }
}

impl Letter {
    /// Returns the roles that the letter speaks to, each with its items.
    pub fn by_role(&self) -> Vec<(Role, Vec<&Item>)> {
        let of = |role: Role| {
            let items = self.items.iter().filter(move |item| item.role == role);
            (role, items.collect::<Vec<&Item>>())
        };
        let all = [Role::Reads, Role::Owns].map(of).into_iter();
        all.filter(|(_, items)| !items.is_empty()).collect()
    }

    /// Writes the letter as plain text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.subject);
        for (role, items) in self.by_role() {
            let _ = writeln!(text, "\n{}:\n", role.title());
            for item in items {
                let _ = writeln!(text, "- {}", item.line());
                if let Some(advice) = item.advice() {
                    let _ = writeln!(text, "  help: {advice}");
                }
                if let Some(place) = &item.place {
                    let _ = writeln!(text, "  at: {place}");
                }
            }
        }
        if let Some(link) = &self.link {
            let _ = writeln!(text, "\nMore: {link}");
        }
        text
    }
}
