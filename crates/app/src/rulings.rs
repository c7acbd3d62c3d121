//! Settings and a book in, the book with the enforcements that the settings ask for out, or what is
//! wrong with those.
//!
//! Settings are the council's, and like all law they are those of the target branch; so whoever may
//! change them may loosen a policy. What is hard nobody is excused from in passing: it is loosened by
//! its own name, and until a day.

use std::collections::BTreeSet;

use meshlaw_policy::{Book, Policy, Ruling, builtin_files};
use meshlaw_report::Enforcement;

use crate::failure::Failure;
use crate::meaning::nearest_id;
use crate::settings::{self, PlacedRuling, STARTER, Settings, pack_holds};

/// Gives each policy the rulings that are about it, the most specific first; says which are wrong.
pub fn settle(book: &mut Book, settings: &Settings) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (subject, placed) in &settings.enforcement {
        let mut names_any = false;
        let held = book.policies.iter_mut();
        for policy in held.filter(|policy| holds(subject, policy)) {
            names_any = true;
            let refused = apply(policy, &placed.ruling).err();
            failures.extend(refused.map(|failure| at(failure, placed)));
        }
        if !names_any {
            failures.push(at(unknown(subject, book), placed));
        }
    }
    for policy in &mut book.policies {
        let rank = |ruling: &Ruling| std::cmp::Reverse(specificity(ruling, policy.id.as_str()));
        policy.rulings.sort_by_key(rank);
    }
    failures
}

fn holds(subject: &str, policy: &Policy) -> bool {
    pack_holds(subject, &format!("{}/policy.cedar", policy.id))
}

/// Gives a policy a ruling, unless that loosens what is hard by the name of a pack.
fn apply(policy: &mut Policy, ruling: &Ruling) -> Result<(), Failure> {
    let loosens_hard =
        policy.written == Enforcement::Hard && ruling.enforcement < Enforcement::Hard;
    let is_named = ruling.subject == policy.id.as_str();
    if loosens_hard && is_named && ruling.until.is_none() {
        let message = format!("`{}` is hard, and is loosened without an end", policy.id);
        let help = "add `until:` with the last day on which it may be; for good, write a policy of your own in its place";
        return Err(Failure::new(message, help));
    }
    if !loosens_hard || is_named {
        policy.rulings.push(ruling.clone());
    }
    Ok(())
}

/// A policy itself is more than the list of the starter, that more than a folder, a deep folder more
/// than a shallow one.
fn specificity(ruling: &Ruling, id: &str) -> usize {
    match ruling.subject.as_str() {
        subject if subject == id => 3,
        STARTER => 2,
        folder => folder.matches('/').count(),
    }
}

fn unknown(subject: &str, book: &Book) -> Failure {
    let is_built_in = builtin_files()
        .iter()
        .any(|file| pack_holds(subject, &file.path));
    let ids = book.policies.iter().map(|policy| policy.id.as_str());
    let mut known: BTreeSet<&str> = ids.clone().collect();
    for id in ids {
        known.extend(id.match_indices('/').filter_map(|(at, _)| id.get(..at)));
    }
    let known: Vec<&str> = known.into_iter().collect();
    let help = match nearest_id(subject, &known) {
        _ if is_built_in => "ask for it in `extends`, or remove the key".to_owned(),
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a policy or a pack that `meshlaw policy list` shows".to_owned(),
    };
    let message = format!("`{subject}` is no policy and no pack that holds here");
    Failure::new(message, help)
}

fn at(failure: Failure, placed: &PlacedRuling) -> Failure {
    let place = format!(
        "{}:{}:{}",
        settings::FILE,
        placed.place.line,
        placed.place.column
    );
    failure.at(place)
}
