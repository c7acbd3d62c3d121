//! Teams and roles: people who left, followed nobody, or stand twice.

use std::collections::{BTreeMap, BTreeSet};

use super::{dangling, doubt, items, text, wrong};
use crate::lowering::{Lowering, to_value};
use crate::measure::parse_date;
use crate::problem::quoted;
use crate::{NodeRef, ProblemId, View};

/// Checks the team and the roles of a contract.
pub(super) fn check<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>) {
    let (list, word) = match root.get("team").map(NodeRef::view) {
        Some(View::Sequence(_)) => (Some(root), "team"),
        Some(View::Mapping(_)) => (root.get("team"), "members"),
        _ => (None, "team"),
    };
    let people: Vec<NodeRef<'d>> = list
        .into_iter()
        .flat_map(|list| items(list, word))
        .collect();
    low.within("team", |low| {
        if word == "members" {
            low.within("members", |low| members(low, &people));
        } else {
            members(low, &people);
        }
    });
    roles(low, root, &people);
}

fn members<'d>(low: &mut Lowering<'d>, people: &[NodeRef<'d>]) {
    let names: Vec<&'d str> = people
        .iter()
        .filter_map(|one| text(*one, "username"))
        .collect();
    let mut seen: BTreeMap<&'d str, NodeRef<'d>> = BTreeMap::new();
    for person in people {
        let Some(name) = text(*person, "username") else {
            member(low, *person, &names);
            continue;
        };
        low.named(name, |low| {
            member(low, *person, &names);
            let other = seen.insert(name, *person);
            if let (Some(other), Some(stated)) = (other, person.get("username"))
                && is_same_time(*person, other)
            {
                let message = format!("{} is on the team twice at one time", quoted(name));
                let help = "keep one, or state `dateIn` and `dateOut` of both";
                doubt(low, ProblemId::DuplicateName, stated, &message, help);
            }
        });
    }
    nobody_left(low, people);
}

fn member<'d>(low: &mut Lowering<'d>, person: NodeRef<'d>, names: &[&'d str]) {
    let day = |key: &str| text(person, key).and_then(parse_date);
    if let (Some(joined), Some(left), Some(stated)) =
        (day("dateIn"), day("dateOut"), person.get("dateOut"))
        && left < joined
    {
        let message = format!("left on {left}, before joining on {joined}");
        low.within("dateOut", |low| {
            wrong(low, stated, &message, "swap the two")
        });
    }
    let Some((stated, heir)) = person
        .get("replacedByUsername")
        .zip(text(person, "replacedByUsername"))
    else {
        return;
    };
    low.within("replacedByUsername", |low| {
        if text(person, "username") == Some(heir) {
            let message = "nobody follows themselves";
            wrong(low, stated, message, "name who follows, or remove the key");
        } else if !names.contains(&heir) {
            let message = format!("{} is not on the team", quoted(heir));
            dangling(low, stated, &message, heir, names.iter().copied(), false);
        }
    });
}

fn is_same_time(left: NodeRef<'_>, right: NodeRef<'_>) -> bool {
    let day = |person: NodeRef<'_>, key: &str| text(person, key).and_then(parse_date);
    let is_before = |first: NodeRef<'_>, then: NodeRef<'_>| {
        let days = day(first, "dateOut").zip(day(then, "dateIn"));
        days.is_some_and(|(out, back)| out <= back)
    };
    let has_other_role = text(left, "role") != text(right, "role");
    !has_other_role && !is_before(left, right) && !is_before(right, left)
}

/// Says so where everybody who could answer for the data has left.
fn nobody_left<'d>(low: &mut Lowering<'d>, people: &[NodeRef<'d>]) {
    let has_left = |person: &&NodeRef<'d>| person.get("dateOut").is_some();
    let is_all = !people.is_empty() && people.iter().all(|person| has_left(&person));
    let owners: Vec<&NodeRef<'d>> = people
        .iter()
        .filter(|person| {
            let role = text(**person, "role").unwrap_or_default();
            role.to_ascii_lowercase().contains("owner")
        })
        .collect();
    let is_every_owner = !owners.is_empty() && owners.iter().all(has_left);
    let last = if is_all {
        people.last()
    } else if is_every_owner {
        owners.last().copied()
    } else {
        None
    };
    let Some(stated) = last.and_then(|person| person.get("dateOut")) else {
        return;
    };
    let message = if is_all {
        "everybody on the team has a day of leaving"
    } else {
        "every owner has a day of leaving, and nobody follows"
    };
    let help = "add who answers for the data now";
    doubt(low, ProblemId::DanglingName, stated, message, help);
}

fn roles<'d>(low: &mut Lowering<'d>, root: NodeRef<'d>, people: &[NodeRef<'d>]) {
    let mut seen = BTreeSet::new();
    low.within("roles", |low| {
        for role in items(root, "roles") {
            let Some((stated, name)) = role.get("role").zip(text(role, "role")) else {
                continue;
            };
            low.named(name, |low| {
                let known = (name, role.get("access").map(to_value));
                if !seen.insert(known) {
                    let message = format!("the role {} stands twice", quoted(name));
                    doubt(low, ProblemId::DuplicateName, stated, &message, "keep one");
                }
                for key in ["firstLevelApprovers", "secondLevelApprovers"] {
                    approvers(low, role, key, people);
                }
            });
        }
    });
}

fn approvers<'d>(
    low: &mut Lowering<'d>,
    role: NodeRef<'d>,
    key: &'static str,
    people: &[NodeRef<'d>],
) {
    let Some((stated, approvers)) = role.get(key).zip(text(role, key)) else {
        return;
    };
    for name in approvers.split([',', ';']).map(str::trim) {
        let mut known = people
            .iter()
            .filter(|person| text(**person, "username") == Some(name))
            .peekable();
        if known.peek().is_some() && known.all(|person| person.get("dateOut").is_some()) {
            let message = format!("{} approves access, but has a day of leaving", quoted(name));
            let help = "name who follows";
            low.within(key, |low| {
                doubt(low, ProblemId::DanglingName, stated, &message, help);
            });
        }
    }
}
