//! Proofs in, what people read of them out.

use std::fmt::Write as _;

use meshlaw_policy::Layer;
use meshlaw_prove::{
    Answer, Difference, Fate, Fires, Implied, Layered, Passage, Refusal, Scene, Study, Way,
};

use super::proved::{Proved, layer_name};
use super::whole::Whole;
use crate::output::count;
use crate::proofs::{Change, Held, Kept, Shown};

/// Writes text.
pub fn text(proved: &Proved) -> String {
    let mut text = String::new();
    policies(&proved.studies, &mut text);
    requests(&proved.passages, &mut text);
    for kept in &proved.properties {
        of_property(kept, &mut text);
    }
    for layer in &proved.layers {
        of_layer(layer, &mut text);
    }
    for whole in &proved.wholes {
        of_whole(whole, &mut text);
    }
    if let Some(changes) = &proved.changes {
        change(
            proved.base.as_deref().unwrap_or_default(),
            changes,
            &mut text,
        );
    }
    text
}

fn policies(studies: &[Study], text: &mut String) {
    let start = text.len();
    for study in studies {
        of_policy(study, text);
    }
    let all = count(studies.len(), "policy");
    let is_silent = text.len() == start;
    let line = if is_silent {
        "each fires on something and lets something pass, none can fail, none is pointless"
    } else {
        "of the others each fires on something and lets something pass, none can fail, none is \
         pointless"
    };
    let _ = writeln!(text, "{all}: {line}");
}

fn of_policy(study: &Study, text: &mut String) {
    let mut say = |mark: &str, what: String| {
        let _ = writeln!(text, "{mark:<10}  {}: {what}", study.id);
    };
    match study.fires {
        Fires::On(..) | Fires::Unproved => {}
        Fires::Never => say(
            "wrong",
            "it can never fire, and so guards nothing".to_owned(),
        ),
    }
    if !study.always.is_empty() {
        let kinds: Vec<String> = study.always.iter().map(ToString::to_string).collect();
        let what = format!("it always fires on {}", kinds.join(", "));
        say("wrong", what);
    }
    if let Some((kind, _)) = &study.fails {
        say(
            "wrong",
            format!("its evaluation can fail on {kind}, where it then guards nothing"),
        );
    }
    match &study.implied {
        Implied::No => {}
        Implied::By(others) => {
            let others = quoted(others);
            say(
                "note",
                format!("all that it forbids is forbidden by {others}"),
            );
        }
        Implied::Together => {
            say(
                "note",
                "all that it forbids is forbidden by others together".to_owned(),
            );
        }
    }
    for why in &study.unproved {
        say("not proved", why.clone());
    }
    if let Some((_, scene)) = &study.fails {
        request(scene, text);
    }
}

/// Lists ids of policies.
fn quoted(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}

fn requests(passages: &[Passage], text: &mut String) {
    let mut open = 0;
    for passage in passages {
        let kind = &passage.kind;
        match &passage.way {
            Way::Open => open += 1,
            Way::Shut(all) => {
                let what = match kind.action.as_str() {
                    "publish" => format!("no {}", kind.resource.to_lowercase()),
                    _ => format!("no request for `{kind}`"),
                };
                let all = quoted(all);
                let _ = writeln!(text, "wrong       {what} can ever pass, because of {all}");
            }
            Way::Unproved(why) => {
                let _ = writeln!(text, "not proved  {kind}: whether anything can pass: {why}");
            }
        }
    }
    if !passages.is_empty() {
        let all = count(passages.len(), "kind");
        let _ = writeln!(text, "{all} of requests: {open} with a way to pass");
    }
}

fn of_layer(layer: &Layered, text: &mut String) {
    let domain = &layer.domain;
    let mut is_held = true;
    for (kind, answer) in &layer.kinds {
        match answer {
            Answer::Holds => {}
            Answer::Fails(scene) => {
                is_held = false;
                let _ = writeln!(
                    text,
                    "wrong       domains/{domain} lets {kind} pass, which the floor does not"
                );
                request(scene, text);
            }
            Answer::Unproved(why) => {
                is_held = false;
                let _ = writeln!(text, "not proved  domains/{domain} on {kind}: {why}");
            }
        }
    }
    if is_held {
        let _ = writeln!(
            text,
            "domains/{domain}: cannot loosen the floor, for publish, change, consume and waive"
        );
    }
}

fn of_property(kept: &Kept, text: &mut String) {
    let Kept { name, claim, held } = kept;
    match held {
        Held::Always => {
            let _ = writeln!(text, "properties/{name}: {claim}");
        }
        Held::Broken(scene, shown) => {
            let _ = writeln!(
                text,
                "wrong       properties/{name}: it does not hold that {claim}"
            );
            of_loosened(shown.as_ref(), scene, text);
        }
        Held::Unproved(why) => {
            let _ = writeln!(text, "not proved  properties/{name}, that {claim}: {why}");
        }
    }
}

fn of_whole(whole: &Whole, text: &mut String) {
    let layer = match &whole.layer {
        Layer::Org => "the floor".to_owned(),
        Layer::Domain(domain) => format!("the floor and domains/{domain}"),
    };
    match &whole.contract {
        Ok(contract) => {
            let _ = writeln!(text, "a contract that passes all of {layer}:");
            file(contract, text);
        }
        Err(Refusal::Shut(all)) => {
            let all = quoted(all);
            let _ = writeln!(
                text,
                "wrong       no contract with a field can ever pass all of {layer}, because of {all}"
            );
        }
        Err(Refusal::Unproved(why)) => {
            let _ = writeln!(
                text,
                "not proved  that a contract can pass all of {layer}: {why}"
            );
        }
    }
}

fn change(base: &str, changes: &[Change], text: &mut String) {
    let _ = writeln!(text, "\nsince {base}:");
    let mut equivalent = 0;
    for one in changes {
        if one.looser.is_empty() && one.stricter.is_empty() {
            equivalent += 1;
            continue;
        }
        let verdict = one.verdict.as_str();
        let layer = layer_name(&one.layer);
        let _ = writeln!(text, "{verdict:<12}  {} ({layer})", one.kind);
        for loosened in &one.looser {
            of_difference("looser", &loosened.difference, text);
            if let Ok(scene) = &loosened.difference.shown {
                of_loosened(loosened.shown.as_ref(), scene, text);
            }
        }
        for difference in &one.stricter {
            of_difference("stricter", difference, text);
        }
    }
    let kinds = count(equivalent, "kind");
    let _ = writeln!(text, "equivalent    {kinds} of requests");
}

fn of_difference(word: &str, one: &Difference, text: &mut String) {
    let fate = match (word, one.fate) {
        ("looser", Fate::Absent) => "is gone",
        ("looser", Fate::Lighter) => "weighs less",
        (_, Fate::Absent) => "is new",
        (_, Fate::Lighter) => "weighs more",
        (_, Fate::Differs) => "says something else",
    };
    let id = &one.id;
    let _ = match &one.shown {
        Ok(_) => writeln!(text, "  {word}: `{id}` {fate}"),
        Err(why) => writeln!(text, "  not proved: whether `{id}` makes it {word}: {why}"),
    };
}

/// Shows what passes now: as files, else as the request that the solver found.
fn of_loosened(shown: Option<&Shown>, scene: &Scene, text: &mut String) {
    let Some(shown) = shown else {
        let _ = writeln!(
            text,
            "    this passes, though no file could be written that asks it:"
        );
        request(scene, text);
        return;
    };
    let _ = writeln!(text, "    this passes:");
    for line in &shown.settings {
        let _ = writeln!(text, "      # meshlaw.yaml: {line}");
    }
    let is_one = shown.files.len() == 1;
    for (name, content) in &shown.files {
        if !is_one {
            let _ = writeln!(text, "      # {name}");
        }
        file(content, text);
    }
}

fn file(content: &str, text: &mut String) {
    for line in content.lines() {
        let _ = writeln!(text, "      {line}");
    }
}

/// Shows a request by its attributes.
fn request(scene: &Scene, text: &mut String) {
    for (path, value) in scene.told() {
        let _ = writeln!(text, "      {path} is {value}");
    }
}
