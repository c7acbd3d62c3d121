//! What starts to block on days to come: known days, and the same as judging every day.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use playground::Repository;
use playground::schemas::fitting;
use serde_json::Value;

const TODAY: &str = "2026-11-23";
const UNTIL: &str = "2027-06-30";

fn rule(more: &str, scope: &str, condition: &str) -> String {
    format!(
        "@severity(\"error\")\n@enforcement(\"soft\")\n{more}@message(\"it is so\")\n@help(\"change it\")\n\
         forbid (principal, action == Action::{scope})\nwhen {{ {condition} }};\n"
    )
}

/// A small mesh in which every kind of date turns something, on days that are known by hand.
fn mesh() -> Repository {
    let repository = Repository::new();
    let policy = |name: &str, text: String| {
        repository.write(&format!("policies/org/acme/{name}/policy.cedar"), text);
    };
    policy(
        "no-open-mail",
        rule(
            "@since(\"2027-01-01\")\n",
            "\"publish\", resource is Field",
            "resource has pii",
        ),
    );
    policy(
        "goes-soon",
        rule(
            "",
            "\"publish\", resource is Contract",
            "resource has daysToSunset && resource.daysToSunset <= 10 && resource.daysToSunset >= 0",
        ),
    );
    policy(
        "use-ended",
        rule(
            "",
            "\"consume\", resource is Contract",
            "context has daysToEnd && context.daysToEnd < 0",
        ),
    );
    policy(
        "by-spring",
        rule(
            "",
            "\"publish\", resource is Contract",
            "resource.name == \"late\" && context.asOf >= datetime(\"2027-02-15\")",
        ),
    );
    // What it holds days against stands in the contract, so that the day has to be searched.
    policy(
        "kept-beyond",
        rule(
            "",
            "\"publish\", resource is Contract",
            "resource has daysToSunset && resource has retentionDays && resource.daysToSunset + 100 < resource.retentionDays",
        ),
    );
    policy(
        "named",
        rule(
            "",
            "\"publish\", resource is Contract",
            "resource.name == \"orders\"",
        ),
    );
    let contract = |path: &str, text: &str| {
        let name = path.rsplit('/').next().unwrap();
        let text = format!(
            "schema: {name}\nversion: 1.0.0\nowner: team\n{text}fields:\n  - {{ name: id, type: string }}\n"
        );
        repository.write(&format!("domains/{path}.contract.yaml"), text);
    };
    repository
        .write(
            "meshlaw.yaml",
            "extends: [org/waivers]\ndomains: { sales: {}, finance: {} }\n\
             teams: { team: {}, privacy-office: { roles: [acme] } }\n\
             enforcement:\n  org/acme/named: { is: advisory, reason: not yet, until: 2027-03-31 }\n",
        )
        .write(
            "domains/sales/orders.contract.yaml",
            "schema: orders\nversion: 1.0.0\nowner: team\nfields:\n  - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            "domains/sales/mails.contract.yaml",
            "schema: mails\nversion: 1.0.0\nowner: team\nfields:\n  - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            "waivers/mails.waiver.yaml",
            "waiver: W-1\npolicy: org/acme/no-open-mail\ncontract: sales/mails\nreason: until it is masked\n\
             ticket: T-1\napproved_by: privacy-office\nexpires: 2027-02-28\n",
        )
        .write(
            "domains/sales/board.consumer.yaml",
            "consumer: board\nowner: team\nuses:\n  - { contract: finance/ledger, until: 2027-05-31 }\n",
        );
    contract(
        "finance/old",
        "deprecated: { since: 2026-01-01, sunset: 2027-04-20, replacement: finance/ledger }\n",
    );
    contract(
        "finance/kept",
        "retention: 150 days\ndeprecated: { since: 2026-01-01, sunset: 2027-05-01, replacement: finance/ledger }\n",
    );
    contract("finance/ledger", "");
    contract("finance/late", "");
    contract("finance/plain", "");
    repository.commit("begin", "2026-01-01");
    repository
}

fn forecast(repository: &Repository, args: &[&str]) -> Value {
    let mut all = vec![
        "policy", "forecast", "--as-of", TODAY, "--until", UNTIL, "--format", "json",
    ];
    all.extend(args);
    let ran = repository.meshlaw(&all);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    fitting(&ran.stdout, "policy-forecast.schema.json")
}

fn told(json: &Value) -> Vec<String> {
    let days = json["days"].as_array().unwrap().iter();
    days.flat_map(|day| {
        let turns = day["contracts"].as_array().unwrap().iter();
        turns.map(|turn| {
            let cause = &turn["causes"][0];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!(
                "{} {} {} {} {}",
                text(&day["date"]),
                text(&turn["contract"]),
                text(&turn["way"]),
                text(&cause["id"]),
                text(&cause["reason"])
            )
        })
    })
    .collect()
}

#[test]
fn the_days_are_those_that_are_known() {
    let repository = mesh();
    let json = forecast(&repository, &[]);
    assert_eq!(
        told(&json),
        [
            "2027-01-01 sales/orders fails org/acme/no-open-mail policy-starts",
            "2027-02-15 finance/late fails org/acme/by-spring date-came",
            "2027-03-01 sales/mails fails org/acme/no-open-mail waiver-ended",
            "2027-03-13 finance/kept fails org/acme/kept-beyond date-came",
            "2027-04-01 sales/orders worsens org/acme/named policy-starts",
            "2027-04-10 finance/old fails org/acme/goes-soon date-came",
            "2027-04-21 finance/kept worsens org/acme/goes-soon date-came",
            "2027-04-21 finance/old passes org/acme/goes-soon ended",
            "2027-06-01 finance/ledger fails org/acme/use-ended date-came",
        ],
    );
    assert_eq!(
        (&json["contracts"], &json["failing"]),
        (&7.into(), &0.into())
    );
}

#[test]
fn judging_every_day_says_the_same() {
    let repository = mesh();
    let args = ["policy", "forecast", "--as-of", TODAY, "--until", UNTIL];
    let same = |what: &str| {
        let short = repository.meshlaw(&[&args[..], &["--format", "json"]].concat());
        let plain =
            repository.meshlaw(&[&args[..], &["--format", "json", "--no-shortcuts"]].concat());
        assert_eq!(
            (plain.code, &plain.stdout),
            (0, &short.stdout),
            "{what}: {}",
            plain.stderr
        );
    };
    same("all of it");
    let text = repository.meshlaw(&args).stdout;
    insta::assert_snapshot!("forecast_text", text);
    // A revision holds what the files hold.
    let at = repository.meshlaw(&[&args[..], &["--at", "main"]].concat());
    let days = |text: &str| text.split("forecast:").next().unwrap().to_owned();
    assert_eq!(days(&at.stdout), days(&text));
    // Where no policy reads the date itself, contracts without dates are not judged again.
    repository.remove("policies/org/acme/by-spring/policy.cedar");
    same("without the date");
    repository.remove("waivers/mails.waiver.yaml");
    same("without waivers");
    repository.edit("meshlaw.yaml", "is: advisory", "is: hard");
    same("a ruling that ends");
}

/// What is held against audits of the day before and of the day itself.
#[test]
fn audits_on_the_day_agree() {
    let repository = mesh();
    let json = forecast(&repository, &[]);
    for day in json["days"].as_array().unwrap() {
        for turn in day["contracts"].as_array().unwrap() {
            let fails = |as_of: &str| {
                let ran = repository.meshlaw(&["audit", "--as-of", as_of, "--format", "json"]);
                let report: Value = serde_json::from_str(&ran.stdout).unwrap();
                let mut findings = report["findings"].as_array().unwrap().iter();
                findings.any(|one| one["contract"] == turn["contract"] && one["blocking"] == true)
            };
            let date = day["date"].as_str().unwrap();
            let on = fails(date);
            assert_eq!(on, turn["way"] != "passes", "{date}: {turn}");
            if turn["way"] == "fails" {
                let (year_month, number) = date.rsplit_once('-').unwrap();
                let before = match number.parse::<u32>().unwrap() {
                    1 => match year_month {
                        "2027-01" => "2026-12-31".to_owned(),
                        "2027-03" => "2027-02-28".to_owned(),
                        "2027-06" => "2027-05-31".to_owned(),
                        other => panic!("{other}"),
                    },
                    day => format!("{year_month}-{:02}", day - 1),
                };
                assert!(!fails(&before), "{before}: {turn}");
            }
        }
    }
}

#[test]
fn an_audit_says_in_short_what_comes_by_the_law() {
    let repository = mesh();
    let run = |args: &[&str]| {
        let mut all = vec!["audit", "--as-of", TODAY];
        all.extend(args);
        repository.meshlaw(&all).stdout
    };
    let text = run(&[]);
    for line in [
        "on 2027-01-01 1 contract of 1 domain will fail: org/acme/no-open-mail starts to block",
        "on 2027-03-01 1 contract of 1 domain will fail: org/acme/no-open-mail is no longer waived",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(
        run(&["--format", "markdown"]).contains("To come"),
        "no section"
    );
    let json: Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    let coming: Vec<&str> = json["coming"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| day["date"].as_str().unwrap())
        .collect();
    assert_eq!(coming, ["2027-01-01", "2027-03-01"]);
    let later = repository
        .meshlaw(&["audit", "--as-of", "2027-06-30", "--format", "json"])
        .stdout;
    assert!(!later.contains("\"coming\""), "nothing comes after all");
}

#[test]
fn nothing_to_come_is_said_in_one_line_and_what_is_wrong_with_its_way_out() {
    let repository = Repository::new();
    repository
        .write("meshlaw.yaml", "extends: [starter]\n")
        .commit("begin", "2026-01-01");
    let ran = repository.meshlaw(&["policy", "forecast", "--as-of", TODAY]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains(
            "forecast: 0 of 0 contracts fail today, 0 more will start to until 2027-11-23"
        ),
        "{}",
        ran.stdout
    );
    let ran = repository.meshlaw(&[
        "policy",
        "forecast",
        "--as-of",
        TODAY,
        "--until",
        "2026-11-23",
    ]);
    assert!(
        ran.code == 2 && ran.stderr.contains("name a day to come"),
        "{}",
        ran.stderr
    );
}
