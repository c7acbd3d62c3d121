//! The vocabulary in, the kinds of requests that it knows out.

use std::fmt;

use cedar_policy::{RequestEnv, Schema};

/// A kind of request: who asks for what about which type of thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// Where it stands among the others: as contracts live, from publishing to waivers.
    order: usize,
    /// Name of the action, such as `changeBreaking`.
    pub action: String,
    /// Type of the resource, such as `Field`.
    pub resource: String,
}

/// A kind of request as Cedar has it.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    pub(crate) kind: Kind,
    pub(crate) request: RequestEnv,
}

/// Actions in the order in which they are told.
const ACTIONS: &[&str] = &[
    "publish",
    "changeSafe",
    "changeRisky",
    "changeBreaking",
    "consume",
    "waive",
];

impl Kind {
    /// Tells whether it is about an action, or a group of actions.
    pub(crate) fn is_of(&self, action: &str) -> bool {
        self.action == action || action == "change" && self.action.starts_with("change")
    }

    /// Returns the action without what tells changes apart.
    pub fn group(&self) -> &str {
        if self.is_of("change") {
            "change"
        } else {
            &self.action
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action, self.resource)
    }
}

/// Returns every kind, sorted.
pub(crate) fn environments(schema: &Schema) -> Vec<Environment> {
    let mut all: Vec<Environment> = schema
        .request_envs()
        .map(|request| {
            let action = request.action().id().unescaped().to_owned();
            let resource = request.resource().to_string();
            let order = ACTIONS.iter().position(|known| *known == action);
            let kind = Kind {
                order: order.unwrap_or(ACTIONS.len()),
                action,
                resource,
            };
            Environment { kind, request }
        })
        .collect();
    all.sort_by(|one, other| one.kind.cmp(&other.kind));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_once() {
        let all = environments(meshlaw_policy::vocabulary().unwrap());
        let told: Vec<String> = all.iter().map(|one| one.kind.to_string()).collect();
        assert_eq!(told.len(), 17, "{told:?}");
        assert_eq!(told[0], "publish Contract");
        assert_eq!(told[16], "waive Field");
        assert!(all.iter().all(|one| one.kind.order < ACTIONS.len()));
        assert_eq!(all[4].kind.group(), "change");
    }
}
