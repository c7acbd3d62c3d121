//! What is kept between runs, and what is shared between machines: it saves time, and changes no
//! byte of any report.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use playground::{Ran, Repository};

const TODAY: &str = "2026-11-23";
const ORDERS: &str = "domains/sales/orders.contract.yaml";
const LINES: &str = "domains/sales/lines.contract.yaml";
const REPORT: &str = "domains/finance/report.consumer.yaml";

/// An estate in which something hangs on everything that an audit reads.
fn estate() -> Repository {
    let repository = Repository::new();
    repository
        .write(
            "meshlaw.yaml",
            "domains: { sales: {}, finance: {}, other: {} }\nproperties_schema: properties.json\n\
             teams: { sales-team: {}, finance-team: { email: f@example.org } }\n",
        )
        .write("properties.json", r#"{ "type": "object" }"#)
        .write(
            ORDERS,
            "schema: orders\nversion: 1.0.0\nowner: sales-team\nid: o-1\nproduct: shop\n\
             legal_basis: contract\nregions: [eu]\nproperties: { tier: gold }\nfields:\n\
             \x20 - { name: id, type: string, required: true, unique: true, term: order }\n\
             \x20 - { name: amount, type: long }\n\
             \x20 - { name: mail, type: string, pii: contact }\n",
        )
        .write(
            LINES,
            "schema: lines\nversion: 1.0.0\nowner: sales-team\n\
             deprecated: { since: 2026-01-01, sunset: 2027-01-01 }\nfields:\n\
             \x20 - { name: order_id, type: string, references: { contract: sales/orders, field: id } }\n",
        )
        .write(
            REPORT,
            "consumer: report\nowner: finance-team\nuses:\n\
             \x20 - { contract: sales/orders, fields: [id, amount], until: 2027-06-01 }\n",
        )
        .write("glossary/order.term.yaml", "term: order\ndefinition: What was bought.\nowner: sales-team\n");
    for number in 0..12 {
        repository.write(
            &format!("domains/other/p{number}/c{number}.contract.yaml"),
            format!(
                "schema: c{number}\nversion: 1.0.0\nowner: sales-team\ndescription: It is.\nfields:\n\
                 \x20 - {{ name: id, type: string, primary_key: true, description: Which. }}\n"
            ),
        );
    }
    repository.commit("begin", "2026-01-01");
    repository
}

/// Audits files and commit, each without short cuts and twice with them; never with a difference.
fn audit(repository: &Repository, as_of: &str, what: &str) -> String {
    let mut told = String::new();
    for at in [&[][..], &["--at", "HEAD"]] {
        let run = |more: &[&str]| {
            let mut all = vec!["audit", "--as-of", as_of, "--format", "json"];
            all.extend(at);
            all.extend(more);
            repository.meshlaw(&all)
        };
        let plain = run(&["--no-shortcuts"]);
        for time in ["first", "second"] {
            let ran = run(&[]);
            assert_eq!(ran.stdout, plain.stdout, "{what}, {at:?}, {time} time");
            assert_eq!(ran.code, plain.code, "{what}: {}", ran.stderr);
        }
        assert!(plain.code < 2, "{what}: {}", plain.stderr);
        told = plain.stdout;
    }
    told
}

/// Lets files be older than what counts as just changed, as they are in any run but a test's.
fn settle(repository: &Repository) {
    // Times of change cannot be set back, so the test waits.
    let _ = repository;
    std::thread::sleep(std::time::Duration::from_millis(3_100));
}

#[test]
fn a_warm_audit_is_never_stale() {
    let repository = estate();
    settle(&repository);
    let mut before = audit(&repository, TODAY, "begin");
    assert!(before.contains("org/privacy/pii-masked"));
    let mut step = |what: &str, change: &dyn Fn(&Repository)| {
        change(&repository);
        repository.commit(what, "2026-02-01");
        let now = audit(&repository, TODAY, what);
        let head = |text: &str| text.find("\"findings\"").map(|at| text[at..].to_owned());
        assert_ne!(head(&before), head(&now), "{what} shows nowhere");
        before = now;
    };
    // What lies around contracts first: files that just changed are not kept.
    step("its consumer", &|it| {
        it.edit(REPORT, "[id, amount]", "[id, amount, mail]");
    });
    step("where its consumer keeps it", &|it| {
        it.edit(REPORT, "uses:", "regions: [us]\nuses:");
    });
    step("a second consumer", &|it| {
        it.write(
            "domains/finance/more.consumer.yaml",
            "consumer: more\nuses: [{ contract: sales/orders }]\n",
        );
    });
    let order = "glossary/order.term.yaml";
    step("what a term says", &|it| {
        it.edit(order, "owner:", "type: integer\nowner:");
    });
    step("where a term stands", &|it| {
        it.edit(order, "term: order", "# Sales.\nterm: order");
    });
    step("a term", &|it| {
        it.remove("glossary/order.term.yaml");
    });
    step("who reviews", &|it| {
        it.write(".github/CODEOWNERS", "* @acme/finance-team\n");
    });
    step("who reviews what", &|it| {
        it.edit(".github/CODEOWNERS", "* ", "/domains/other/ ");
    });
    step("that nobody's word counts on it", &|it| {
        it.edit("meshlaw.yaml", "domains:", "codeowners: off\ndomains:");
    });
    step("a team", &|it| {
        it.edit("meshlaw.yaml", "sales-team: {}, ", "");
    });
    step("a team that reviews", &|it| {
        it.edit("meshlaw.yaml", "codeowners: off\n", "")
            .write(".github/CODEOWNERS", "* @acme/sales-team\n");
    });
    step("the schema of properties", &|it| {
        it.write(
            "properties.json",
            r#"{ "properties": { "tier": { "type": "integer" } } }"#,
        );
    });
    step("a level", &|it| {
        it.edit(
            "meshlaw.yaml",
            "teams:",
            "levels: { contract/properties: warn }\nteams:",
        );
    });
    step("a parameter", &|it| {
        it.edit(
            "meshlaw.yaml",
            "teams:",
            "parameters: { legal_bases: [consent] }\nteams:",
        );
    });
    step("an enforcement", &|it| {
        it.edit(
            "meshlaw.yaml",
            "teams:",
            "enforcement: { org/privacy: { is: advisory, reason: later, until: 2026-12-31 } }\nteams:",
        );
    });
    step("the enforcement again", &|it| {
        it.edit("meshlaw.yaml", "is: advisory", "is: shadow");
    });
    step("its reason", &|it| {
        it.edit("meshlaw.yaml", "reason: later", "reason: soon");
    });
    step("its last day", &|it| {
        it.edit("meshlaw.yaml", "until: 2026-12-31", "until: 2026-11-22");
    });
    step("a policy", &|it| {
        it.write(
            "policies/domains/other/none/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"none\")\n@help(\"none\")\n\
             forbid (principal, action == Action::\"publish\", resource is Field)\n\
             when { resource.name like \"i*\" };\n",
        );
    });
    step("the policy again", &|it| {
        it.edit(
            "policies/domains/other/none/policy.cedar",
            "like \"i*\"",
            "like \"x*\"",
        );
    });
    step("a waiver", &|it| {
        it.write(
            "waivers/mail.waiver.yaml",
            "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\n\
             pointer: [fields, mail]\nreason: until it is masked\nticket: T-1\n\
             approved_by: finance-team\nexpires: 2026-12-31\n",
        );
    });
    step("a contract", &|it| {
        it.edit(ORDERS, "type: long", "type: lnog");
    });
    step("as many bytes at once", &|it| {
        it.edit(ORDERS, "type: lnog", "type: lgno");
    });
    step("the contract again", &|it| {
        it.edit(ORDERS, "type: lgno", "type: long");
    });
    step("what is referred to", &|it| {
        it.edit(ORDERS, "name: id, type", "name: key, type");
    });
    step("a second contract of the name", &|it| {
        it.write(
            "domains/sales/twin.contract.yaml",
            "schema: orders\nversion: 1.1.0\nid: o-1\nfields: [{ name: id, type: string }]\n",
        );
    });
    step("a name that two define differently", &|it| {
        for (file, ty) in [("one", "long"), ("two", "string")] {
            it.write(
                &format!("domains/other/{file}.contract.yaml"),
                format!("schema: {file}\nfields: [{{ name: batch_id, type: {ty} }}]\n"),
            );
        }
    });
    step("a name that may differ", &|it| {
        it.edit(
            "meshlaw.yaml",
            "levels:",
            "glossary: { ignore: [batchId] }\nlevels:",
        );
    });
    step("the name again", &|it| {
        it.edit("meshlaw.yaml", "ignore: [batchId]", "ignore: []");
    });
    step("one of the two", &|it| {
        it.edit(
            "domains/other/two.contract.yaml",
            "type: string",
            "type: integer",
        );
    });
    step("a contract that is gone", &|it| {
        it.remove("domains/sales/twin.contract.yaml");
    });
    step("a contract that moved", &|it| {
        it.git(&["mv", LINES, "domains/finance/lines.contract.yaml"]);
    });
    let later = audit(&repository, "2027-03-01", "a later day");
    assert!(later.contains("org/lifecycle"), "{later}");
    audit(&repository, "2027-08-01", "the day after the last use");
    audit(&repository, TODAY, "today again");
}

#[test]
fn a_check_says_the_same_without_short_cuts() {
    let repository = estate();
    repository.write(
        "faulty.contract.yaml",
        "schema: faulty\nfields: [{ nme: id }]\n",
    );
    let order = "waivers/orders.waiver.yaml";
    repository.write(
        order,
        "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\nreason: r\n\
         ticket: T-1\napproved_by: sales-team\nexpires: 2026-12-31\n",
    );
    for files in [
        &["domains"][..],
        &["domains", "faulty.contract.yaml", order],
    ] {
        let run = |more: &[&str]| {
            let args = ["check", "--as-of", TODAY, "--format", "json"];
            repository.meshlaw(&[&args[..], more, files].concat())
        };
        let (short, plain) = (run(&[]), run(&["--no-shortcuts"]));
        assert_eq!(short.stdout, plain.stdout, "{files:?}");
        assert_eq!((short.code, plain.code), (1, 1), "{}", plain.stderr);
        assert!(
            plain.stdout.contains("org/privacy/pii-masked"),
            "{}",
            plain.stdout
        );
    }
}

fn pages(repository: &Repository) -> Vec<PathBuf> {
    let folder = repository.path().join(".git/meshlaw");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_is_broken_in_the_cache_is_as_if_it_were_not_there() {
    let repository = estate();
    audit(&repository, TODAY, "begin");
    repository
        .branch("work")
        .edit(ORDERS, "type: long", "type: string");
    repository.commit("break", "2026-02-01");
    let told = repository.gate(&[]).stdout;
    let all = pages(&repository);
    let kinds: BTreeSet<String> = all
        .iter()
        .map(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .split('-')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(kinds.len() >= 4, "{kinds:?}");
    for path in &all {
        let whole = fs::read(path).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let swapped = fs::read(&all[0]).unwrap();
        for bytes in [&whole[..whole.len() / 2], &[], &flipped, &swapped] {
            fs::write(path, bytes).unwrap();
            assert_eq!(repository.gate(&[]).stdout, told, "{}", path.display());
            fs::write(path, bytes).unwrap();
            let ran = repository.meshlaw(&["audit", "--at", "HEAD", "--as-of", TODAY]);
            assert_eq!(ran.code, 1, "{}", ran.stderr);
        }
    }
    audit(&repository, TODAY, "all broken once");
    // A folder in its place, and one that cannot be written.
    fs::remove_dir_all(repository.path().join(".git/meshlaw")).unwrap();
    fs::write(repository.path().join(".git/meshlaw"), "no folder").unwrap();
    audit(&repository, TODAY, "a file in place of the folder");
    assert_eq!(repository.gate(&[]).stdout, told);
}

#[test]
fn files_that_are_replaced_while_they_are_read_are_never_stale() {
    let repository = estate();
    settle(&repository);
    let path = repository.path().join(ORDERS);
    let whole = fs::read_to_string(&path).unwrap();
    let texts = [whole.replace("type: long", "type: lnog"), whole];
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let next = repository.path().join(".git/next");
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                for text in &texts {
                    fs::write(&next, text).unwrap();
                    fs::rename(&next, &path).unwrap();
                }
            }
        });
        for _ in 0..6 {
            let ran = repository.meshlaw(&["audit", "--as-of", TODAY]);
            assert!(ran.code < 2, "{}", ran.stderr);
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    audit(&repository, TODAY, "right after the last change");
    settle(&repository);
    audit(&repository, TODAY, "once nothing changes");
}

#[test]
fn what_was_cut_off_long_ago_is_removed() {
    let repository = estate();
    let folder = repository.path().join(".git/meshlaw");
    fs::create_dir_all(&folder).unwrap();
    let (old, new) = (folder.join(".new-1"), folder.join(".new-2"));
    for path in [&old, &new] {
        fs::write(path, "half of something").unwrap();
    }
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let yesterday = std::time::SystemTime::now() - day;
    let file = fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(yesterday).unwrap();
    audit(&repository, TODAY, "beside what others left");
    // Another run may still be at the younger one.
    assert!(!old.exists() && new.exists());
}

#[test]
fn two_runs_at_once_agree() {
    let repository = estate();
    let args = [
        "audit", "--at", "HEAD", "--as-of", TODAY, "--format", "json",
    ];
    let spawn = || {
        let mut program = playground::program(repository.path());
        program.args(args).stdout(std::process::Stdio::piped());
        program.spawn().unwrap()
    };
    for _ in 0..3 {
        let running: Vec<_> = (0..4).map(|_| spawn()).collect();
        let told: BTreeSet<Vec<u8>> = running
            .into_iter()
            .map(|one| one.wait_with_output().unwrap().stdout)
            .collect();
        assert_eq!(told.len(), 1);
        let ran = repository.meshlaw(&["cache", "clear"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
}

#[test]
fn the_cache_can_be_found_and_cleared() {
    let repository = estate();
    audit(&repository, TODAY, "begin");
    let path = repository.meshlaw(&["cache", "path"]).stdout;
    let folder = Path::new(path.trim_end());
    assert!(folder.is_dir(), "{path}");
    let cleared = repository.meshlaw(&["cache", "clear"]).stdout;
    assert!(
        cleared.starts_with("removed ") && !cleared.starts_with("removed 0 "),
        "{cleared}"
    );
    assert!(!folder.exists());
    assert_eq!(
        repository.meshlaw(&["cache", "clear"]).stdout,
        "removed 0 bytes\n"
    );
    let outside = tempfile::tempdir().unwrap();
    let ran = playground::meshlaw_in(outside.path(), &["cache", "clear"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
}

/// Takes every object out of the repository that the change does not concern.
fn starve(repository: &Repository) -> usize {
    let mut taken = 0;
    let objects = repository.git(&["rev-list", "--objects", "--all"]);
    for line in objects.lines() {
        let (id, path) = line.split_once(' ').unwrap_or((line, ""));
        if path.starts_with("domains/other") || path.ends_with("unconcerned.consumer.yaml") {
            let file = repository
                .path()
                .join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
            fs::remove_file(file).unwrap();
            taken += 1;
        }
    }
    taken
}

#[test]
fn the_gate_opens_only_what_the_change_concerns() {
    let repository = estate();
    for number in 0..12 {
        repository.write(
            &format!("domains/other/p{number}/unconcerned.consumer.yaml"),
            format!("consumer: u{number}\nuses: [{{ contract: other/c{number} }}]\n"),
        );
    }
    repository.commit("consumers", "2026-01-02");
    repository
        .branch("work")
        .edit(ORDERS, "type: long", "type: string")
        // What refers to something that is gone has to be found, too.
        .edit(ORDERS, "{ name: id, type", "{ name: number, type");
    repository.commit("break", "2026-02-01");
    let told = repository.gate(&["--format", "json"]).stdout;
    assert!(told.contains("\"report\""), "the consumer is named: {told}");
    assert!(told.contains("contract/referrer-broken"), "{told}");
    // A commit later, what was registered is brought up to it by what differs.
    repository
        .checkout("main")
        .write("README.md", "# Contracts\n");
    repository.commit("text", "2026-01-03");
    repository.checkout("work");
    assert!(starve(&repository) > 24);
    let args = [
        "gate", "--base", "main", "--as-of", TODAY, "--format", "json",
    ];
    let ran: Ran = repository.meshlaw(&args);
    let told_of = |text: &str| text.find("\"changes\"").map(|at| text[at..].to_owned());
    assert_eq!(told_of(&ran.stdout), told_of(&told), "{}", ran.stderr);
    let plain = repository.meshlaw(&[&args[..], &["--no-shortcuts"]].concat());
    assert!(
        plain.code >= 2,
        "without short cuts the objects are missed: {}",
        plain.stdout
    );
}

#[test]
fn an_audit_keeps_the_references_that_gates_look_up() {
    let repository = estate();
    let ran = repository.meshlaw(&["audit", "--at", "main", "--as-of", TODAY]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    repository
        .branch("harmless")
        .edit(ORDERS, "type: long", "type: string");
    repository.commit("change", "2026-02-01");
    repository.gate(&[]);
    repository.checkout("main").branch("breaking").edit(
        ORDERS,
        "{ name: id, type",
        "{ name: number, type",
    );
    repository.commit("break", "2026-02-02");
    starve(&repository);
    let ran = repository.meshlaw(&["gate", "--base", "main", "--as-of", TODAY]);
    assert!(
        ran.stdout.contains("another contract refers to it"),
        "{}",
        ran.stdout
    );
}

/// `gate` of the playground holds each run against one without short cuts.
#[test]
fn registers_follow_the_target_branch() {
    let repository = estate();
    repository
        .branch("work")
        .edit(ORDERS, "{ name: id, type", "{ name: number, type")
        .edit(
            ORDERS,
            "name: amount, type: long",
            "name: amount, type: string",
        );
    repository.commit("break", "2026-02-01");
    let first = repository.gate(&[]).stdout;
    let on_main = |what: &str, change: &dyn Fn(&Repository)| {
        repository.checkout("main");
        change(&repository);
        repository.commit(what, "2026-03-01");
        repository.checkout("work");
        let forked = repository.gate(&["--format", "json"]).stdout;
        repository.git(&["merge", "-q", "-m", what, "main"]);
        let merged = repository.gate(&["--format", "json"]).stdout;
        [forked, merged]
    };
    let [_, merged] = on_main("a referrer", &|it| {
        it.write(
            "domains/other/more.contract.yaml",
            "schema: more\nversion: 1.0.0\nfields:\n\
             \x20 - { name: x, type: string, references: { contract: sales/orders, field: id } }\n",
        );
    });
    assert!(
        merged.contains("2 references in other contracts"),
        "{merged}"
    );
    let told = on_main("a consumer", &|it| {
        it.write(
            "domains/other/late.consumer.yaml",
            "consumer: late\nuses: [{ contract: sales/orders, fields: [amount] }]\n",
        );
    });
    assert!(
        told.iter().all(|told| told.contains("\"late\"")),
        "{told:?}"
    );
    let told = on_main("a term", &|it| {
        it.edit("glossary/order.term.yaml", "owner:", "type: long\nowner:");
    });
    assert!(
        told.iter()
            .all(|told| told.contains("org/interoperability/term-agrees")),
        "{told:?}"
    );
    let told = on_main("a wider term", &|it| {
        it.write(
            "policies/org/own/wide/policy.cedar",
            "@severity(\"error\")\n@enforcement(\"soft\")\n@message(\"it is wide\")\n@help(\"h\")\n\
             forbid (principal, action == Action::\"publish\", resource in Term::\"wide\");\n",
        )
        .edit("meshlaw.yaml", "domains:", "extends: [org]\ndomains:")
        .edit(
            "glossary/order.term.yaml",
            "owner:",
            "broader: thing\nowner:",
        )
        .write(
            "glossary/thing.term.yaml",
            "term: thing\ndefinition: d\nowner: sales-team\nbroader: wide\n",
        )
        .write(
            "glossary/wide.term.yaml",
            "term: wide\ndefinition: d\nowner: sales-team\n",
        );
    });
    assert!(
        told.iter().all(|told| told.contains("org/own/wide")),
        "{told:?}"
    );
    let told = on_main("no consumer", &|it| {
        it.remove(REPORT).remove("glossary/order.term.yaml");
    });
    assert!(told[0].contains("\"report\"") && !told[1].contains("\"report\""));
    let [_, merged] = on_main("no referrer", &|it| {
        it.remove("domains/other/more.contract.yaml");
        it.remove(LINES);
    });
    assert!(
        !merged.contains("referrer-broken") && first.contains("refers to it"),
        "{merged}"
    );
    on_main("settings", &|it| {
        it.edit(
            "meshlaw.yaml",
            "domains:",
            "consumers: [\"domains/**/*.reader.yaml\"]\ndomains:",
        );
    });
}

#[test]
fn shares_join_into_the_report_of_one_run() {
    let repository = estate();
    repository.write(
        "waivers/mail.waiver.yaml",
        "waiver: W-1\npolicy: org/privacy/pii-masked\ncontract: sales/orders\n\
         pointer: [fields, mail]\nreason: until it is masked\nticket: T-1\n\
         approved_by: finance-team\nexpires: 2026-12-31\n",
    );
    repository.write("domains/other/bad.contract.yaml", b"schema: \xff\n");
    for (number, ty) in ["string", "long", "string", "uuid", "date"]
        .iter()
        .enumerate()
    {
        repository.write(
            &format!("domains/other/n{number}.contract.yaml"),
            format!("schema: n{number}\nfields: [{{ name: batch_id, type: {ty} }}]\n"),
        );
    }
    repository.commit("more", "2026-01-02");
    let folder = tempfile::tempdir().unwrap();
    let share = |number: u32, of: u32| {
        let share = format!("{number}/{of}");
        let ran =
            repository.meshlaw(&["audit", "--at", "main", "--as-of", TODAY, "--shard", &share]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let path = folder.path().join(format!("{number}-of-{of}.jsonl"));
        fs::write(&path, ran.stdout).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let merge = |paths: &[&String], more: &[&str]| {
        let mut all = vec!["merge"];
        all.extend(paths.iter().map(|path| path.as_str()));
        all.extend(more);
        repository.meshlaw(&all)
    };
    let (one, two, three) = (share(1, 3), share(2, 3), share(3, 3));
    for format in ["text", "json", "markdown", "sarif"] {
        let args = [
            "audit",
            "--at",
            "main",
            "--as-of",
            TODAY,
            "--no-shortcuts",
            "--format",
            format,
        ];
        let whole = repository.meshlaw(&args);
        assert!(
            whole
                .stdout
                .contains("contracts define `batch_id` differently")
        );
        let joined = merge(&[&three, &one, &two], &["--format", format]);
        assert_eq!(
            (joined.code, joined.stdout),
            (whole.code, whole.stdout),
            "{}",
            joined.stderr
        );
    }
    for (paths, wanted) in [
        (vec![&one, &two], "the share 3/3 is missing"),
        (vec![&one, &two, &three, &one], "are the same share 1/3"),
        (vec![&one, &two, &share(3, 4)], "are of different audits"),
    ] {
        let ran = merge(&paths, &[]);
        assert_eq!(ran.code, 2, "{wanted}");
        assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
    }
    let text = fs::read_to_string(&two).unwrap();
    fs::write(&two, text.replace("\"outcome\":{", "\"outcome\":[")).unwrap();
    let ran = merge(&[&one, &two, &three], &[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("2-of-3.jsonl:2:1"),
        "{}",
        ran.stderr
    );
    for wrong in ["0/3", "4/3", "a/b", "3"] {
        let ran = repository.meshlaw(&["audit", "--shard", wrong]);
        assert_eq!(ran.code, 2, "{wrong}");
    }
}

#[test]
fn shares_of_another_law_are_refused() {
    let repository = estate();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("share.jsonl");
    let ran = repository.meshlaw(&["audit", "--as-of", TODAY, "--shard", "1/1"]);
    let head = ran.stdout.lines().next().unwrap();
    let law = head
        .split("\"law\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    fs::write(&path, ran.stdout.replace(law, &"0".repeat(law.len()))).unwrap();
    let ran = repository.meshlaw(&["merge", path.to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("by another law"), "{}", ran.stderr);
}
