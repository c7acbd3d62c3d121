//! Two books in, findings about policies that became looser, as far as a solver can tell, out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;
use meshlaw_contract::Pointer;
use meshlaw_policy::{Book, Identity, Layer};
use meshlaw_prove::{Fate, Verdict};
use meshlaw_report::{Finding, Kind, Severity, Side as Of};

use super::Weighed;
use crate::failure::Failure;
use crate::findings::{About, Draft, make};
use crate::governance::{FLOOR, FLOOR_LOOSENED};
use crate::law::Law;
use crate::place::whole_file;
use crate::proofs::{Change, Keeper, Loosened, Side, changes};

/// Longest time for one question: a pull request waits.
const LIMIT: Duration = Duration::from_secs(10);

/// Finds a solver.
pub fn prover(recalls: bool) -> Result<Keeper, Failure> {
    Keeper::find(None, LIMIT, recalls)
}

/// Most policies that may differ for a proof: a pull request waits.
const MOST_EDITS: usize = 6;

/// Proves what a change of policies means.
pub fn weigh(keeper: &Keeper, law: &Law, merged: &Book, as_of: Date) -> Weighed {
    let edits = super::edited(&law.book, merged);
    if edits.len() > MOST_EDITS {
        return many(law, &edits);
    }
    let proved = || -> Result<Vec<Change>, Failure> {
        let (old, new) = (Side::of(&law.book, as_of)?, Side::of(merged, as_of)?);
        let prover = keeper.prover()?;
        let found = changes(&prover, &old, &new, as_of);
        keeper.keep(&prover);
        Ok(found)
    };
    let found = match proved() {
        Ok(found) => found,
        Err(failure) => return super::unproved(&law.book, merged, as_of, &failure.message),
    };
    let mut weighed = Weighed {
        notes: verdicts(&found),
        ..Weighed::default()
    };
    let floor = found.iter().filter(|change| change.layer == Layer::Org);
    let mut by_policy: BTreeMap<&str, Vec<(&Change, &Loosened)>> = BTreeMap::new();
    for change in floor {
        for one in &change.looser {
            let of = by_policy.entry(one.difference.id.as_str()).or_default();
            of.push((change, one));
        }
    }
    for (id, all) in by_policy {
        weighed.findings.extend(finding(law, merged, id, &all));
        weighed.loosens = true;
    }
    weighed
}

/// Says that too much changed at once; where policies of the floor are among it, nobody may take that
/// for a proof.
fn many(law: &Law, edits: &BTreeSet<String>) -> Weighed {
    let is_of_floor = |id: &&String| {
        let policy = law.book.get(id);
        policy.is_some_and(|policy| policy.layer == Layer::Org)
    };
    let old: Vec<&str> = edits
        .iter()
        .filter(is_of_floor)
        .map(String::as_str)
        .collect();
    let count = edits.len();
    let mut weighed = Weighed {
        notes: vec![format!(
            "{count} policies differ, which is too much at once to prove what that means here; see \
             `meshlaw policy prove --base REV`"
        )],
        ..Weighed::default()
    };
    let Some(first) = old.first() else {
        return weighed;
    };
    let (domain, name) = FLOOR;
    let path = format!("{}/{first}/policy.cedar", law.settings.policies);
    let identity = Identity {
        domain: domain.to_owned(),
        name: name.to_owned(),
        path: path.clone(),
    };
    let draft = Draft {
        id: FLOOR_LOOSENED,
        kind: Kind::Settings,
        severity: Severity::Error,
        about: About {
            identity: Some(&identity),
            owner: None,
        },
        pointer: Pointer::root(),
        message: format!(
            "it is not proved that the floor stays as strict: {} of its policies are changed or gone",
            old.len()
        ),
        help: Some(format!(
            "change at most {MOST_EDITS} policies at a time, or have a team with the role `governance` \
             grant a waiver of `{FLOOR_LOOSENED}` for `contract: {domain}/{name}`"
        )),
        location: Some(whole_file(&path, Of::Base)),
    };
    let made = make(&law.settings, draft);
    weighed.loosens = made.is_some();
    weighed.findings.extend(made.map(|made| Finding {
        domain: None,
        ..made
    }));
    weighed
}

/// Sums the verdicts up, layer by layer.
fn verdicts(changes: &[Change]) -> Vec<String> {
    let mut sums: BTreeMap<(&Layer, Verdict), BTreeSet<String>> = BTreeMap::new();
    for change in changes {
        let kinds = sums.entry((&change.layer, change.verdict)).or_default();
        kinds.insert(change.kind.to_string());
    }
    let sums = sums
        .into_iter()
        .filter(|((_, verdict), _)| *verdict != Verdict::Equivalent);
    let told = sums.map(|((layer, verdict), kinds)| {
        let whose = match layer {
            Layer::Org => "the floor".to_owned(),
            Layer::Domain(domain) => format!("the layer of `{domain}`"),
        };
        let kinds: Vec<String> = kinds.into_iter().collect();
        let kinds = kinds.join(", ");
        let verdict = verdict.as_str();
        format!("this branch changes policies: {whose} is {verdict} on {kinds}")
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return vec!["this branch changes policies: what they forbid stays the same".to_owned()];
    }
    told
}

fn finding(law: &Law, merged: &Book, id: &str, all: &[(&Change, &Loosened)]) -> Option<Finding> {
    // What is shown by a file says more than what is not, and what is proved more than what is open.
    let rank =
        |one: &&(&Change, &Loosened)| (one.1.shown.is_some(), one.1.difference.shown.is_ok());
    let (change, loosened) = all.iter().max_by_key(rank)?;
    let difference = &loosened.difference;
    let what = match difference.fate {
        Fate::Absent => "is gone",
        Fate::Lighter => "weighs less",
        Fate::Differs => "says less",
    };
    let message = match &difference.shown {
        Ok(_) => format!(
            "the floor becomes looser: `{id}` {what}, and lets more pass on {}",
            change.kind
        ),
        Err(why) => {
            format!("it is not proved that the floor stays as strict: `{id}` {what}: {why}")
        }
    };
    let (domain, name) = FLOOR;
    let parts: Vec<&str> = id.split('/').skip(1).collect();
    let help = format!(
        "restore it, or have a team with the role `governance` grant a waiver of `{FLOOR_LOOSENED}` for \
         `contract: {domain}/{name}` with `pointer: [{}]`; `meshlaw policy prove --base REV` tells more",
        parts.join(", ")
    );
    let side = if merged.get(id).is_some() {
        Of::Head
    } else {
        Of::Base
    };
    let path = format!("{}/{id}/policy.cedar", law.settings.policies);
    let identity = Identity {
        domain: domain.to_owned(),
        name: name.to_owned(),
        path: path.clone(),
    };
    let draft = Draft {
        id: FLOOR_LOOSENED,
        kind: Kind::Settings,
        severity: if all.iter().any(|(_, one)| one.difference.blocks) {
            Severity::Error
        } else {
            Severity::Note
        },
        about: About {
            identity: Some(&identity),
            owner: None,
        },
        pointer: parts
            .iter()
            .fold(Pointer::root(), |at, part| at.name(*part)),
        message,
        help: Some(help),
        location: Some(whole_file(&path, side)),
    };
    let made = make(&law.settings, draft)?;
    let notes = loosened.shown.iter().flat_map(|shown| {
        let settings = shown
            .settings
            .iter()
            .map(|line| format!("with the setting {line}"));
        let files = shown.files.iter().map(|(name, text)| {
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            format!("this passes then: {name}: {}", lines.join("; "))
        });
        settings.chain(files).collect::<Vec<_>>()
    });
    Some(Finding {
        notes: notes.collect(),
        domain: None,
        ..made
    })
}
