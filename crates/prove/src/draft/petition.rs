//! A consumer's or a waiver's request in, the contract and the file that asks out.

use std::collections::BTreeMap;

use super::field::day;
use super::told::{At, Told};
use super::world::{parameters, settings, team, today};
use super::{Draft, Sketch, contracts, world, yaml};

/// Writes a contract and a consumer that reads it.
pub(super) fn consumers(sketch: &Sketch<'_>, told: &Told<'_>) -> Vec<Draft> {
    let as_of = today(sketch, told);
    let contracts = contracts(sketch, told).into_iter();
    contracts
        .map(|contract| {
            let (mut world, _) = world::of_owner(sketch, told, &contract);
            let (principal, context): (At<'_>, At<'_>) = (&["principal"], &["context"]);
            let name = told.text(principal, "name").filter(|name| !name.is_empty());
            let mut text = format!(
                "consumer: {}\n",
                yaml::text(name.unwrap_or("example-reader"))
            );
            let owner = told.text(&["principal", "owner"], "name");
            let owner = told.plausible("owner", owner.unwrap_or("reading-team"));
            text.push_str(&format!("owner: {}\n", yaml::text(owner)));
            if let Some(kind) = told.text(principal, "kind") {
                text.push_str(&format!("kind: {}\n", yaml::text(kind)));
            }
            let domain = contract.stated("domain").unwrap_or("example");
            let id = format!("{}/{}", domain.trim_matches('"'), contract.name);
            text.push_str(&format!("uses:\n  - contract: {}\n", yaml::text(&id)));
            if told.flag(context, "versionSatisfied") == Some(false) {
                text.push_str("    version: ^99\n");
            }
            if told.flag(context, "namesFields") == Some(true) {
                let names = contract.field_names();
                text.push_str(&format!("    fields: {}\n", yaml::list(names)));
            }
            if let Some(purpose) = told.text(context, "purpose") {
                let purpose = told.plausible("purposes", purpose);
                text.push_str(&format!("    purpose: {}\n", yaml::text(purpose)));
            }
            if let Some(until) = told
                .long(context, "daysToEnd")
                .and_then(|days| day(as_of, days))
            {
                text.push_str(&format!("    until: {until}\n"));
            }
            if told.flag(principal, "hasContact") == Some(true) {
                text.push_str("notify: { email: readers@example.org }\n");
            }
            let at: At<'_> = &["principal", "owner"];
            let roles = told.set(at, "roles").unwrap_or_default();
            team(&mut world.teams, owner, &roles);
            let files = BTreeMap::from([
                ("example.contract.yaml".to_owned(), contract.written()),
                ("reader.consumer.yaml".to_owned(), text),
            ]);
            let settings = settings(&world);
            Draft {
                files,
                world,
                settings,
            }
        })
        .collect()
}

/// Writes a contract and a waiver for a finding about it.
pub(super) fn waivers(sketch: &Sketch<'_>, told: &Told<'_>) -> Vec<Draft> {
    let as_of = today(sketch, told);
    let contracts = contracts(sketch, told).into_iter();
    let drafts = contracts.filter_map(|mut contract| {
        let (principal, context): (At<'_>, At<'_>) = (&["principal"], &["context"]);
        let approver: At<'_> = &["principal", "approver"];
        let owner = told
            .text(context, "owner")
            .map(|name| told.plausible("owner", name));
        // A contract always names an owner, and one that the approver is not.
        if let Some(owner) = owner {
            contract.say("owner", yaml::text(owner));
        }
        let approved_by = told.text(approver, "name").filter(|name| !name.is_empty());
        let approved_by = approved_by.unwrap_or(match owner {
            // The solver may have left both names empty, and meant the same team.
            Some(owner) if told.text(approver, "name").is_some() => owner,
            _ => "approving-team",
        });
        let days = told.long(principal, "daysLeft").unwrap_or(30);
        let expires = day(as_of, days)?;
        let domain = contract.stated("domain").unwrap_or("example");
        let id = format!("{}/{}", domain.trim_matches('"'), contract.name);
        let mut text = format!(
            "waiver: W-1\npolicy: {}\ncontract: {}\nreason: as the example asks\n",
            yaml::text(&excused(told, context)),
            yaml::text(&id)
        );
        if told.flag(principal, "coversContract") == Some(false)
            || sketch.kind.resource != "Contract"
        {
            let names = contract.field_names();
            let name = names.last().copied().unwrap_or_default();
            let pointer = match sketch.kind.resource.as_str() {
                "Field" => yaml::list(["fields", name]),
                "Dataset" => "[datasets, example]".to_owned(),
                _ => "[]".to_owned(),
            };
            text.push_str(&format!("pointer: {pointer}\n"));
        }
        if told.flag(principal, "hasTicket") == Some(true) {
            text.push_str("ticket: GOV-1\n");
        }
        text.push_str(&format!(
            "approved_by: {}\nexpires: {expires}\n",
            yaml::text(approved_by)
        ));
        let mut around = meshlaw_policy::World::empty(as_of);
        parameters(told, &["resource"], &mut around.parameters);
        let roles = told.set(approver, "roles").unwrap_or_default();
        match told.flag(approver, "isKnown") {
            Some(false) => team(&mut around.teams, "another-team", &[]),
            _ => team(&mut around.teams, approved_by, &roles),
        }
        let settings = settings(&around);
        let mut files = BTreeMap::from([
            ("example.contract.yaml".to_owned(), contract.written()),
            ("exception.waiver.yaml".to_owned(), text),
        ]);
        for (file, number) in [
            ("renewals.txt", told.long(principal, "renewals")),
            (
                "waivers-in-domain.txt",
                told.long(context, "waiversInDomain"),
            ),
            ("waiver-budget.txt", told.long(context, "waiverBudget")),
        ] {
            files.extend(number.map(|number| (file.to_owned(), format!("{number}\n"))));
        }
        Some(Draft {
            files,
            world: around,
            settings,
        })
    });
    drafts.collect()
}

/// Names what is excused: an id whose group is the one that is asked for.
fn excused(told: &Told<'_>, context: At<'_>) -> String {
    let stated = told.text(context, "policy").filter(|id| !id.is_empty());
    let group = told.text(context, "group").filter(|group| is_word(group));
    match (stated, group) {
        (Some(id), _) => id.to_owned(),
        (None, Some(group)) => format!("org/{group}/example"),
        (None, None) => "org/example/example".to_owned(),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
