//! A policy in, why it is not asked out.

use meshlaw_policy::{Action, Layer, Policy};
use meshlaw_report::Impact;

/// Says that the policy is another domain's.
pub fn beside(policy: &Policy, domains: &[&str]) -> Option<String> {
    match &policy.layer {
        Layer::Domain(own) if !domains.contains(&own.as_str()) => {
            let mut domains = domains.to_vec();
            domains.dedup();
            Some(format!(
                "the policy holds in the domain `{own}`, and this lies in `{}`",
                domains.join("` and `")
            ))
        }
        _ => None,
    }
}

/// Says that the policy is about changes that are felt otherwise.
pub fn other_impact(policy: &Policy, impact: Impact) -> Option<String> {
    let all = [
        (Action::ChangeSafe, "safe"),
        (Action::ChangeRisky, "risky"),
        (Action::ChangeBreaking, "breaking"),
    ];
    let asked = all
        .into_iter()
        .filter(|(action, _)| policy.is_asked(*action));
    let asked: Vec<&str> = asked.map(|(_, word)| word).collect();
    if asked.is_empty() {
        return Some(other_question(policy, "changes"));
    }
    (!asked.contains(&impact.as_str())).then(|| {
        let asked = asked.join(" or ");
        format!("the policy is about {asked} changes, and this one is {impact}")
    })
}

/// Says what the policy asks instead.
pub fn other_question(policy: &Policy, what: &str) -> String {
    let asked = Action::ALL
        .into_iter()
        .filter(|action| policy.is_asked(*action));
    let mut asked: Vec<&str> = asked.map(Action::question).collect();
    asked.dedup();
    format!(
        "the policy asks {}, and not about {what}",
        asked.join(" and ")
    )
}

/// Says what the policy is asked about instead.
pub fn other_part(policy: &Policy) -> String {
    match policy.about() {
        Some(about) => format!("the policy is asked where it is about a {}", about.noun()),
        None => "the policy is not asked".to_owned(),
    }
}
