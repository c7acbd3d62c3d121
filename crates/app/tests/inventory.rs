//! An audit after a change, by way of what an earlier one left: whatever changed, it finds what an
//! audit of everything finds, and looks at nothing else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod playground;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use playground::{Repository, program, ran};
use proptest::prelude::*;

const TODAY: &str = "2026-11-23";

/// Names, of which there are fewer than contracts, so that two often bear one.
const NAMES: [&str; 6] = ["orders", "lines", "clients", "orders2", "sales", "stock"];
const DOMAINS: [&str; 3] = ["a", "b", "c"];
const FORMATS: [&str; 10] = [
    "checkstyle",
    "csv",
    "dotenv",
    "github",
    "gitlab",
    "json",
    "junit",
    "markdown",
    "sarif",
    "text",
];

/// One step: what is done, and numbers by which it is chosen where and how.
type Step = (u8, u8, u8, u8);

/// A contract that may refer to another, bear an id, define a name in its own way, and be wrong.
fn contract(name: u8, dice: u8, more: u8) -> String {
    let pick = |of: &[&str], at: u8| of[usize::from(at) % of.len()].to_owned();
    let mut text = format!("schema: {}\n", pick(&NAMES, name));
    match dice % 5 {
        0 => text.push_str("version: 2.0.0\n"),
        1 => {}
        2 => text.push_str("version: 1.1.0\nlegal_basis: contract\n"),
        _ => text.push_str("version: 1.0.0\n"),
    }
    if dice & 1 == 0 {
        let _ = writeln!(
            text,
            "owner: {}",
            pick(&["a-team", "b-team", "nobody"], more)
        );
    }
    if dice & 2 == 0 {
        let _ = writeln!(text, "id: {}", pick(&["x-1", "x-2", "x-3"], more / 3));
    }
    if dice & 4 == 0 {
        let _ = writeln!(text, "product: {}", pick(&["shop", "desk"], more / 5));
    }
    if dice & 8 == 0 {
        let other = pick(
            &[
                "a/orders",
                "b/lines",
                "c/stock",
                "b/client",
                "../b/f1.contract.yaml",
            ],
            more / 2,
        );
        let _ = writeln!(
            text,
            "deprecated: {{ sunset: 2026-12-15, replacement: {other} }}"
        );
    }
    text.push_str("fields:\n  - { name: id, type: string, required: true, primary_key: true }\n");
    let ty = pick(
        &["long", "string", "date", "decimal, unit: EUR", "lnog"],
        more,
    );
    let _ = writeln!(text, "  - {{ name: batch_id, type: {ty} }}");
    let ty = pick(
        &["long", "string, enum: [x, y]", "string, enum: [x]"],
        more / 7,
    );
    let _ = writeln!(text, "  - {{ name: batchCode, type: {ty} }}");
    if dice & 16 == 0 {
        let to = pick(
            &[
                "a/orders",
                "b/lines",
                "c/stock",
                "b/client",
                "../b/f1.contract.yaml",
                "f2.contract.yaml",
            ],
            more,
        );
        let field = pick(&["id", "batch_id", "gone"], more / 4);
        let _ = writeln!(
            text,
            "  - {{ name: other, type: string, references: {{ contract: {to}, field: {field} }} }}"
        );
    }
    if dice & 32 == 0 {
        text.push_str("  - { name: mail, type: string, pii: contact }\n");
    }
    if dice & 64 == 0 {
        let term = pick(&["order", "purchase", "unheard"], more);
        let _ = writeln!(text, "  - {{ name: term_ref, type: string, term: {term} }}");
    }
    text
}

fn path(file: u8) -> String {
    let domain = DOMAINS[usize::from(file) % DOMAINS.len()];
    format!("domains/{domain}/f{}.contract.yaml", file % 9)
}

fn consumer(dice: u8, more: u8) -> String {
    let domain = DOMAINS[usize::from(dice) % 3];
    let name = NAMES[usize::from(dice / 3) % NAMES.len()];
    let version = ["", ", version: ^1", ", version: ^3"][usize::from(more) % 3];
    let until = ["", ", until: 2026-11-30"][usize::from(more / 3) % 2];
    format!(
        "consumer: u{}\nowner: a-team\nuses:\n  - {{ contract: {domain}/{name}, fields: [id, {}]{version}{until} }}\n\
         \x20 - {{ contract: a/orders }}\n",
        more % 3,
        ["batch_id", "mail", "gone"][usize::from(more / 5) % 3]
    )
}

/// Does a step; tells whether an audit after it may judge everything anew.
fn step(repository: &Repository, (what, file, dice, more): Step) -> bool {
    let own = path(file);
    let place = repository.path().join(&own);
    // Nothing is written through a link.
    if place.is_symlink() && what % 24 < 12 {
        repository.remove(&own);
    }
    let is_there = place.symlink_metadata().is_ok();
    match what % 24 {
        0..=8 => {
            repository.write(&own, contract(file, dice, more));
        }
        9 => {
            let two = [contract(file, dice, more), contract(more, dice, file)];
            repository.write(&own, two.join("---\n"));
        }
        10 => {
            repository.write(
                &own,
                [
                    "schema: [",
                    "",
                    "- no contract\n",
                    "schema: orders\nfeilds: []\n",
                ][usize::from(dice) % 4],
            );
        }
        11 => {
            repository.write(&own, b"schema: \xff\n");
        }
        12 if is_there => {
            repository.remove(&own);
        }
        13 if is_there => {
            let to = path(dice);
            fs::rename(place, repository.path().join(to)).unwrap();
        }
        #[cfg(unix)]
        14 => {
            if is_there {
                repository.remove(&own);
            }
            std::os::unix::fs::symlink("f0.contract.yaml", place).unwrap();
        }
        15 | 16 => {
            repository.write(
                &format!("waivers/w{}.waiver.yaml", more % 3),
                format!(
                    "waiver: W-{}\npolicy: org/privacy/pii-masked\ncontract: {}/{}\nreason: until it is\n\
                     ticket: T-1\napproved_by: b-team\nexpires: {}\n",
                    more % 2,
                    DOMAINS[usize::from(file) % 3],
                    NAMES[usize::from(dice) % NAMES.len()],
                    ["2026-12-31", "2026-11-01", "2026-11-26"][usize::from(more) % 3],
                ),
            );
        }
        17 => {
            fs::remove_dir_all(repository.path().join("waivers")).ok();
        }
        18 => {
            let place = format!("domains/b/u{}.consumer.yaml", file % 3);
            repository.write(&place, consumer(dice, more));
            return true;
        }
        19 => {
            let ty = ["string", "long"][usize::from(more) % 2];
            let text = format!(
                "term: order\ndefinition: What was bought.\nowner: a-team\ntype: {ty}\nsynonyms: [purchase]\n"
            );
            repository.write("glossary/order.term.yaml", text);
            return true;
        }
        20 => {
            let level = ["warn", "error", "off"][usize::from(more) % 3];
            repository.write("meshlaw.yaml", settings(level));
            return true;
        }
        21 => {
            repository.write(
                ".github/CODEOWNERS",
                format!(
                    "/domains/{}/ @acme/a-team\n",
                    DOMAINS[usize::from(dice) % 3]
                ),
            );
            return true;
        }
        22 => {
            repository.write("notes.md", more.to_string());
        }
        _ => {}
    }
    false
}

fn settings(level: &str) -> String {
    format!(
        "domains: {{ a: {{}}, b: {{}}, c: {{}} }}\nteams: {{ a-team: {{}}, b-team: {{ roles: [privacy-office] }} }}\n\
         levels: {{ contract/duplicate-id: {level} }}\n"
    )
}

fn estate(seed: u8) -> Repository {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", settings("error"));
    for file in 0..14_u8 {
        let dice = file.wrapping_mul(37).wrapping_add(seed);
        repository.write(&path(file), contract(file, dice, dice.wrapping_mul(11)));
    }
    for one in 0..3_u8 {
        let place = format!("domains/b/u{one}.consumer.yaml");
        repository.write(&place, consumer(one.wrapping_add(seed), one));
    }
    repository.write(
        "glossary/order.term.yaml",
        "term: order\ndefinition: What was bought.\nowner: a-team\nsynonyms: [purchase]\n",
    );
    repository.commit("begin", "2026-01-01");
    repository
}

/// What an audit writes in every format, and how it ends.
fn told(repository: &Repository, threads: usize, args: &[&str]) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let place = |format: &str| folder.path().join(format);
    let mut command = program(repository.path());
    command.env("RAYON_NUM_THREADS", threads.to_string());
    command.arg("audit").args(args);
    for format in FORMATS {
        command.arg(format!("--format={format}={}", place(format).display()));
    }
    let ran = ran(command.output().unwrap());
    assert!(ran.code < 2, "{}", ran.stderr);
    let read = |format: &&str| fs::read_to_string(place(format)).unwrap();
    (ran.code, FORMATS.iter().map(read).collect())
}

/// The counts alone, for which no finding is read.
fn counted(repository: &Repository, args: &[&str]) -> (i32, String) {
    let ran = repository.meshlaw(&[&["audit", "--format", "dotenv"], args].concat());
    (ran.code, ran.stdout)
}

fn inventories(repository: &Repository) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(repository.path().join(".git/meshlaw")).into_iter();
    let paths = entries.flatten().map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("inventory-")
    };
    let mut all: Vec<_> = paths
        .filter(is_one)
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    all.sort();
    all
}

/// The lines of two texts that are not in both, with some around the first.
fn difference(plain: &str, warm: &str) -> String {
    let mut lines = plain.lines().zip(warm.lines());
    let at = lines.position(|(one, other)| one != other);
    let start = at.unwrap_or_default().saturating_sub(12);
    let shown = |text: &str| {
        text.lines()
            .skip(start)
            .take(30)
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!("plain:\n{}\nwarm:\n{}", shown(plain), shown(warm))
}

/// Holds a warm audit against one of everything, byte by byte.
fn agree(repository: &Repository, args: &[&str], threads: usize, what: &str) {
    let plain = told(repository, 2, &[args, &["--no-shortcuts"]].concat());
    let warm = told(repository, threads, args);
    for (format, (warm, plain)) in FORMATS.iter().zip(warm.1.iter().zip(&plain.1)) {
        assert!(
            warm == plain,
            "{what}: {format}\n{}",
            difference(plain, warm)
        );
    }
    assert_eq!(warm.0, plain.0, "{what}");
    let (code, counts) = counted(repository, args);
    assert_eq!(
        (code, &counts),
        (plain.0, &plain.1[2]),
        "{what}: counts alone"
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_patched_audit_finds_what_a_whole_one_finds(
        seed in any::<u8>(),
        walk in prop::collection::vec(
            (prop::collection::vec(any::<Step>(), 1..4), 1..4_usize, any::<u8>()),
            10,
        ),
    ) {
        let repository = estate(seed);
        let at = ["--at", "HEAD", "--as-of", TODAY];
        agree(&repository, &at, 2, "begin");
        for (number, (steps, threads, dice)) in walk.iter().enumerate() {
            let mut is_whole = false;
            for one in steps {
                is_whole |= step(&repository, *one);
            }
            repository.commit(&format!("step {number}"), "2026-02-01");
            let what = format!("seed {seed}, step {number}: {steps:?}");
            let before = inventories(&repository);
            agree(&repository, &at, *threads, &what);
            if !is_whole {
                prop_assert!(inventories(&repository) == before, "{what}: all was judged anew");
            }
            match dice % 8 {
                0 => agree(&repository, &["--at", "HEAD", "--as-of", "2026-12-20"], 2, &what),
                1 => agree(&repository, &["--as-of", TODAY], 2, &what),
                2 => agree(&repository, &["--at", "HEAD~1", "--as-of", TODAY], 2, &what),
                3 => {
                    let ran = repository.meshlaw(&["cache", "clear"]);
                    prop_assert_eq!(ran.code, 0);
                    agree(&repository, &at, *threads, &what);
                }
                _ => continue,
            }
            // Another day, or other consumers, may have left another inventory.
            agree(&repository, &at, *threads, &what);
        }
    }
}

/// Takes every object out of the repository that lies at paths which no change reaches.
fn starve(repository: &Repository, is_reached: impl Fn(&str) -> bool) -> usize {
    let mut taken = 0;
    let objects = repository.git(&["rev-list", "--objects", "--all"]);
    for line in objects.lines() {
        let (id, path) = line.split_once(' ').unwrap_or((line, ""));
        let is_file = path.ends_with(".contract.yaml") || path.ends_with(".consumer.yaml");
        if is_file && !is_reached(path) {
            let (folder, file) = id.split_at(2);
            fs::remove_file(
                repository
                    .path()
                    .join(".git/objects")
                    .join(folder)
                    .join(file),
            )
            .unwrap();
            taken += 1;
        }
    }
    taken
}

#[test]
fn only_what_a_change_reaches_is_opened() {
    let repository = Repository::new();
    repository.write("meshlaw.yaml", settings("error"));
    let text = |name: &str, more: &str| {
        format!(
            "schema: {name}\nversion: 1.0.0\nowner: a-team\nfields:\n  - {{ name: id, type: string }}\n{more}"
        )
    };
    for number in 0..20 {
        let place = format!("domains/a/p{number}/c{number}.contract.yaml");
        repository.write(&place, text(&format!("c{number}"), ""));
    }
    let to = "  - { name: other, type: string, references: { contract: a/c3, field: id } }\n";
    repository
        .write("domains/b/referring.contract.yaml", text("referring", to))
        .write(
            "domains/b/using.consumer.yaml",
            "consumer: using\nowner: a-team\nuses: [{ contract: a/c3, fields: [id] }]\n",
        )
        .write(
            "domains/b/apart.consumer.yaml",
            "consumer: apart\nowner: a-team\nuses: [{ contract: a/c5, fields: [id] }]\n",
        );
    repository.commit("begin", "2026-01-01");
    let at = ["--at", "HEAD", "--as-of", TODAY];
    agree(&repository, &at, 2, "begin");
    let changed = "domains/a/p3/c3.contract.yaml";
    repository.edit(changed, "name: id, type: string", "name: key, type: string");
    repository.commit("break", "2026-02-01");
    let whole = told(&repository, 2, &[&at[..], &["--no-shortcuts"]].concat());
    let reached = [
        changed,
        "domains/b/referring.contract.yaml",
        "domains/b/using.consumer.yaml",
    ];
    let taken = starve(&repository, |path| reached.contains(&path));
    assert!(taken >= 20, "{taken}");
    let (code, warm) = told(&repository, 2, &at);
    assert_eq!((code, &warm), (whole.0, &whole.1));
    for wanted in ["contract/reference-unknown", "consumer/unknown-field"] {
        assert!(warm[5].contains(wanted), "{wanted}");
    }
}

#[test]
fn a_damaged_inventory_is_as_good_as_none() {
    let repository = estate(7);
    let at = ["--at", "HEAD", "--as-of", TODAY];
    agree(&repository, &at, 2, "begin");
    repository.edit(&path(3), "batch_id", "batch_no");
    repository.commit("change", "2026-02-01");
    let whole = told(&repository, 2, &[&at[..], &["--no-shortcuts"]].concat());
    let (place, bytes) = inventories(&repository).remove(0);
    let mut forms: Vec<Vec<u8>> = vec![Vec::new(), bytes[..bytes.len() / 2].to_vec()];
    for part in 0..12 {
        let mut flipped = bytes.clone();
        let at = flipped.len() * part / 12 + part;
        flipped[at] ^= 1;
        forms.push(flipped);
    }
    for (number, form) in forms.iter().enumerate() {
        fs::write(&place, form).unwrap();
        let (code, warm) = told(&repository, 2, &at);
        assert_eq!((code, &warm), (whole.0, &whole.1), "form {number}");
        fs::write(&place, form).unwrap();
        let (code, counts) = counted(&repository, &at);
        assert_eq!((code, &counts), (whole.0, &whole.1[2]), "form {number}");
    }
}

/// What was judged under other terms holds no longer, however the inventory came and went.
#[test]
fn what_changed_lately_is_judged_by_the_terms_of_today() {
    let repository = estate(64);
    let at = ["--at", "HEAD", "--as-of", TODAY];
    agree(&repository, &at, 2, "begin");
    let field = "schema: fresh\nversion: 1.0.0\nowner: a-team\nfields:\n  - { name: order_ref, type: string, term: order }\n";
    repository.write("domains/a/fresh.contract.yaml", field);
    repository.commit("a contract", "2026-02-01");
    agree(&repository, &at, 2, "a contract");
    let term = "glossary/order.term.yaml";
    repository.edit(term, "owner:", "type: long\nowner:");
    repository.remove("domains/a/fresh.contract.yaml");
    repository.commit("a term", "2026-02-02");
    agree(&repository, &at, 2, "a term");
    repository.write("domains/a/fresh.contract.yaml", field);
    repository.commit("the contract again", "2026-02-03");
    agree(&repository, &at, 2, "the contract again");
    let (_, told) = told(&repository, 2, &at);
    assert!(told[5].contains("org/interoperability/term-agrees"));
}

#[test]
fn runs_at_once_leave_one_whole_inventory() {
    let repository = estate(9);
    let at = ["--at", "HEAD", "--as-of", TODAY];
    let whole = told(&repository, 2, &[&at[..], &["--no-shortcuts"]].concat());
    for round in 0..2 {
        let running: Vec<_> = (0..4)
            .map(|_| {
                let mut command = program(repository.path());
                command.arg("audit").args(at).args(["--format", "json"]);
                command
                    .stdout(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for one in running {
            let output = one.wait_with_output().unwrap();
            assert_eq!(
                String::from_utf8(output.stdout).unwrap(),
                whole.1[5],
                "{round}"
            );
        }
        assert_eq!(inventories(&repository).len(), 1);
    }
    assert_eq!(repository.meshlaw(&["cache", "clear"]).code, 0);
    assert!(inventories(&repository).is_empty());
    agree(&repository, &at, 1, "cleared");
}

/// The files of a work tree are known by their stamps; those that just changed are known by nothing.
#[test]
fn a_work_tree_is_patched_as_a_commit_is() {
    let repository = estate(3);
    // Times of change cannot be set back, so the test waits.
    std::thread::sleep(std::time::Duration::from_millis(3_100));
    let now = ["--as-of", TODAY];
    agree(&repository, &now, 2, "begin");
    let before = inventories(&repository);
    let rounds: [&[Step]; 5] = [
        &[(0, 1, 4, 9)],
        &[(12, 5, 0, 0), (0, 7, 40, 3)],
        &[(13, 1, 20, 0)],
        &[(10, 6, 0, 0), (15, 0, 0, 0)],
        &[(14, 3, 0, 0), (9, 2, 8, 1)],
    ];
    for (number, steps) in rounds.iter().enumerate() {
        for one in *steps {
            step(&repository, *one);
        }
        agree(
            &repository,
            &now,
            1 + number % 3,
            &format!("round {number}"),
        );
        assert!(inventories(&repository) == before, "round {number}");
    }
    step(&repository, (18, 0, 3, 2));
    agree(&repository, &now, 2, "a consumer");
}

/// Only whoever looks at each file sees what happens to it without a trace in its folder.
#[test]
fn a_work_tree_is_looked_at_file_by_file() {
    let repository = estate(5);
    for number in 0..40_u8 {
        let place = format!("domains/a/p{number}/q/f0.contract.yaml");
        repository.write(&place, contract(number, 3, number));
    }
    std::thread::sleep(std::time::Duration::from_millis(3_100));
    let now = ["--as-of", TODAY];
    agree(&repository, &now, 2, "begin");
    let before = inventories(&repository);
    let own = "domains/a/p7/q/f0.contract.yaml";
    let place = |path: &str| repository.path().join(path);
    // As long as before, within one second, in place.
    for (from, to) in [
        ("string", "binary"),
        ("binary", "string"),
        ("string", "number"),
    ] {
        repository.edit(own, from, to);
        agree(&repository, &now, 2, to);
    }
    // Two files change places, with all that is known of them.
    let other = "domains/a/p8/q/f0.contract.yaml";
    fs::rename(place(own), place("kept")).unwrap();
    fs::rename(place(other), place(own)).unwrap();
    fs::rename(place("kept"), place(other)).unwrap();
    agree(&repository, &now, 1, "two files change places");
    fs::rename(place("domains/a/p9"), place("domains/b/p9")).unwrap();
    agree(&repository, &now, 3, "a folder moves to another domain");
    fs::remove_dir_all(place("domains/a/p10")).unwrap();
    agree(&repository, &now, 2, "a folder goes");
    fs::remove_dir_all(place("domains/a/p11/q")).unwrap();
    repository.write("domains/a/p11/q", "no folder any more");
    agree(&repository, &now, 2, "a folder becomes a file");
    repository.write("domains/a/p12/deep/er/f0.contract.yaml", contract(1, 1, 1));
    agree(&repository, &now, 2, "a folder comes");
    #[cfg(unix)]
    {
        fs::remove_dir_all(place("domains/a/p13/q")).unwrap();
        std::os::unix::fs::symlink("../p14/q", place("domains/a/p13/q")).unwrap();
        agree(&repository, &now, 2, "a folder becomes a link to another");
    }
    fs::rename(place("domains/c"), place("domains/d")).unwrap();
    agree(&repository, &now, 2, "a domain has another name");
    assert!(inventories(&repository) == before, "all was judged anew");
    // An inventory that is made within the second of an edit takes nothing for sure.
    repository.meshlaw(&["cache", "clear"]);
    for (from, to) in [("number", "binary"), ("binary", "string")] {
        repository.edit(other, from, to);
        agree(
            &repository,
            &now,
            2,
            "edits before and after an inventory is made",
        );
    }
    // What cannot be looked at is told by the look at everything.
    repository.write(
        "domains/a/p15/q/line\nbreak.contract.yaml",
        contract(2, 1, 1),
    );
    agree(
        &repository,
        &now,
        2,
        "a path that is shown otherwise than it is",
    );
}
