//! Teams of the standard: a mapping since v3.1, a list of people before; who owns the contract.

use super::Standard;
use super::check;
use super::tables::{MEMBER, TEAM};
use crate::lowering::Lowering;
use crate::{NodeRef, ProblemId, Scalar, View};

/// Roles of people who answer for a contract.
const OWNERS: &[&str] = &["owner", "data owner", "product owner", "data product owner"];

/// Checks a team.
pub(super) fn team<'d>(low: &mut Lowering<'d>, node: NodeRef<'d>, standard: Standard) {
    match node.view() {
        View::Mapping(_) if standard >= Standard::V31 => {
            check::object(low, node, &TEAM, standard);
        }
        View::Mapping(_) => {
            let message = "a `team` that is a mapping needs apiVersion v3.1.0".to_owned();
            let help = format!(
                "this contract declares {standard}: write a list of people, or raise `apiVersion`"
            );
            low.bad(ProblemId::WrongType, node.span(), message, help);
        }
        View::Sequence(_) => {
            low.list(node, |low, item| {
                match item
                    .get("username")
                    .and_then(|node| node.scalar()?.to_text())
                {
                    Some(name) => {
                        low.named(name, |low| check::object(low, item, &MEMBER, standard))
                    }
                    None => check::object(low, item, &MEMBER, standard),
                }
                Some(())
            });
        }
        View::Scalar(_) => low.wrong_type(node, "a team or a list of people"),
    }
}

/// Returns who owns the contract: the team, else the person whose role says so.
pub(super) fn owner(team: NodeRef<'_>) -> Option<String> {
    let text = |node: NodeRef<'_>, key: &str| {
        let text = node.get(key)?.scalar()?.to_text()?;
        (!text.trim().is_empty()).then(|| text.to_owned())
    };
    let members = match team.view() {
        View::Sequence(members) => members,
        View::Mapping(_) => {
            if let Some(name) = text(team, "name") {
                return Some(name);
            }
            match team.get("members")?.view() {
                View::Sequence(members) => members,
                View::Mapping(_) | View::Scalar(_) => return None,
            }
        }
        View::Scalar(_) => return None,
    };
    let is_owner = |member: &NodeRef<'_>| {
        let role = member
            .get("role")
            .and_then(|role| role.scalar().and_then(Scalar::to_text));
        role.is_some_and(|role| {
            OWNERS
                .iter()
                .any(|owner| owner.eq_ignore_ascii_case(role.trim()))
        })
    };
    let mut owners = members.filter(is_owner);
    let owner = owners.next()?;
    text(owner, "username").or_else(|| text(owner, "name"))
}
